"""The clauses by which it was decided: told to the customer, and plain enough to understand (rule P5)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from domain.contact import ContactLogged
from domain.fairness_history import History, Offer, Seen, in_order
from domain.finding import Finding, said
from domain.plan import LineDecision
from domain.policy import Policy
from domain.remedy import RemedyProposed
from domain.result import ResultNotified, ResultRegistered, ResultTold


def obscure_rules(history: History) -> Iterator[Finding]:
    """P5: a refusal without a plain clause or its reason; a question about it afterwards; a long clause.

    One question is enough, as whoever logged the contact marked it. A clause with more conditions than the
    policy's maximum is hard whatever was decided by it. Shares per clause take many cases (`fairness_many`).
    """
    explained = [each for each in history.of(ResultRegistered) if each.event.clauses]
    for offer in history.offers:
        for decision in offer.proposed.event.plan.decisions:
            if decision.remedy == "refusal" and not _is_explained(history.policy, decision):
                yield _obscure(
                    history,
                    decision.harm_line,
                    offer.proposed,
                    put_right=any(each.seq > offer.reached for each in explained),
                )
    for result in history.of(ResultRegistered):
        if result.event.outcome == "not_upheld" and not result.event.clauses:
            later = any(each.seq > result.seq for each in explained)
            yield _obscure(history, f"result {result.event.number}", result, put_right=later)
    yield from _asked_again(history)
    yield from _many_conditions(history)


def _is_explained(policy: Policy, decision: LineDecision) -> bool:
    clause = next((each for each in policy.clauses if each.id == decision.clause), None)
    return clause is not None and bool(clause.plain) and bool(decision.reason)


def _obscure(
    history: History,
    about: str,
    refused: Seen[RemedyProposed] | Seen[ResultRegistered],
    *,
    put_right: bool,
) -> Finding:
    return history.finding(
        "P5",
        about=about,
        proof=(refused.seq,),
        since=refused.event.at,
        what=said(
            "어느 조항에 따른 것인지, 왜인지 밝히지 않고 거절했습니다.",
            "refused without a clause in plain words and a reason",
        ),
        put_right=put_right,
    )


def _asked_again(history: History) -> Iterator[Finding]:
    results = history.of(ResultRegistered)
    asked = [each for each in history.of(ContactLogged) if each.event.asks_rule]
    after = [each for each in asked if results and each.seq > results[0].seq]
    if after:
        yield history.finding(
            "P5",
            about=f"question in contact {after[0].event.number}",
            proof=(results[0].seq, after[0].seq),
            since=after[0].event.at,
            what=said(
                "결정 뒤에 고객이 적용한 규정의 뜻을 다시 물었습니다.",
                "the customer had to ask what the rule means after the decision",
            ),
        )


def _many_conditions(history: History) -> Iterator[Finding]:
    limit = history.policy.fairness.max_conditions
    conditions = {each.id: len(each.conditions) for each in history.policy.clauses}
    for decided in decided_under(history):
        number = conditions.get(decided.clause, 0)
        if number > limit:
            yield history.finding(
                "P5",
                about=f"clause {decided.clause}",
                proof=(decided.seq,),
                since=decided.at,
                clause=decided.clause,
                what=said(
                    f"조건이 {number}가지인 조항으로 결정했습니다(한도 {limit}가지).",
                    f"decided by a clause with {number} conditions; the limit is {limit}",
                ),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A clause that something was decided by.

    Attributes:
        seq: number of the first decision under it that the customer heard of.
        told: number of the event that told the customer a result under it; None where none did.
    """

    clause: str
    seq: int
    at: datetime
    told: int | None = None


def decided_under(history: History) -> tuple[Decided, ...]:
    """Return each clause once, in the order of their names: offers that reached the customer, and results."""
    told = in_order(history.of(ResultNotified), history.of(ResultTold))
    found: dict[str, Decided] = {}
    for offer in history.offers:
        for clause in clauses_of(offer):
            found.setdefault(clause, Decided(clause=clause, seq=offer.proposed.seq, at=offer.at))
    for result in history.of(ResultRegistered):
        reached = next((each.seq for each in told if each.seq > result.seq), None)
        for clause in result.event.clauses:
            first = found.get(clause, Decided(clause=clause, seq=result.seq, at=result.event.at))
            found[clause] = first if first.told else replace(first, told=reached)
    return tuple(found[clause] for clause in sorted(found))


def clauses_of(offer: Offer) -> tuple[str, ...]:
    """Return the clauses that an offer names."""
    named = {each.clause for each in offer.proposed.event.plan.decisions}
    return tuple(sorted(clause for clause in named if clause is not None))
