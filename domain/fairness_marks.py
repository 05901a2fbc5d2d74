"""What one case adds to findings over many: marks for its product and for each clause that it was decided by.

A mark says that the case counts, and whether it speaks against the product or the clause, as its own policy
has it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.contact import ContactLogged
from domain.fairness_clauses import clauses_of, decided_under
from domain.fairness_history import History, Offer
from domain.fairness_outcome import is_short, refuses_warranty
from domain.fairness_words import Told, told_in
from domain.remedy import RemedyAgreed, RemedyDeclined, RoundOpened

Aspect = Literal["expired", "competitors", "declined", "asked", "disputed", "conditions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a case adds to one aspect of a product or a clause.

    Attributes:
        policy: the policy's name; its versions count together.
        value: what was found: 1 or 0 where a share is taken, else months or conditions.
        limit: what the case's own policy holds it against, in per cent, months or conditions.
        proof: numbers of the events that prove what speaks against it.
        over: whether the case has ended.
    """

    case: str
    aspect: Aspect
    about: str
    clause: str
    policy: str
    received: datetime
    against: bool
    value: int
    limit: int
    proof: tuple[int, ...]
    at: datetime
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one case adds to findings over many."""

    marks: tuple[Mark, ...]
    told: tuple[Told, ...]


def facts_of(case: str, history: History) -> Facts:
    """Return what a case adds, as it stands when it is judged.

    A case that went on as another one adds nothing: its claim would count twice.
    """
    if history.ended is not None and history.ended.event.end == "joined":
        return Facts(marks=(), told=())
    marks = (
        *_expired(case, history),
        *_competitors(case, history),
        *_answered(case, history),
        *_contested(case, history),
    )
    return Facts(marks=marks, told=tuple(told_in(case, history)))


def _mark(
    case: str,
    history: History,
    aspect: Aspect,
    about: str,
    *,
    limit: int,
    proof: Iterable[int] = (),
    at: datetime | None = None,
    clause: str | None = None,
    against: bool | None = None,
    value: int | None = None,
) -> Mark:
    """Return a mark; without anything said against it, what proves something does."""
    seqs = tuple(sorted(set(proof)))
    speaks = bool(seqs) if against is None else against
    received = history.opened.event.received_at if history.opened else history.at
    return Mark(
        case=case,
        aspect=aspect,
        about=about,
        clause=clause or about,
        policy=history.policy.name,
        received=received,
        against=speaks,
        value=int(speaks) if value is None else value,
        limit=limit,
        proof=seqs,
        at=at or received,
        over=history.ended is not None,
    )


def _expired(case: str, history: History) -> Iterator[Mark]:
    """O2: of a product's defect cases, those refused for expiry although inside the reference term.

    Whoever decided it: a supervisor's refusal is lawful in its case, and still shows that the term is short.
    A later offer that does not refuse puts it right.
    """
    limits, warranty = history.policy.fairness, history.policy.warranty
    if warranty is None or history.product is None:
        return
    last = history.offers[-1] if history.offers else None
    refused = last is not None and is_short(history) and _refuses(history, last)
    if not refused and history.cause not in limits.defects:
        return
    proof = (history.order.seq, last.proposed.seq, last.reached) if refused and history.order and last else ()
    yield _mark(
        case,
        history,
        "expired",
        history.product,
        limit=limits.max_short_warranty_per_cent,
        proof=proof,
        at=last.at if refused and last else None,
        clause=warranty.clause,
    )


def _refuses(history: History, offer: Offer) -> bool:
    return any(refuses_warranty(history.policy, each) for each in offer.proposed.event.plan.decisions)


def _competitors(case: str, history: History) -> Iterator[Mark]:
    """O2: a term below the middle one of competing products; without a term from the shop there is none."""
    warranty = history.policy.warranty
    competing = history.policy.fairness.competing_warranty_months.get(history.product or "", ())
    months = history.order.event.snapshot.warranty_months if history.order else 0
    if warranty is None or history.order is None or not competing or not months:
        return
    middle = sorted(each.months for each in competing)[(len(competing) - 1) // 2]
    yield _mark(
        case,
        history,
        "competitors",
        history.product or "",
        limit=middle,
        proof=(history.order.seq,),
        at=history.order.event.at,
        clause=warranty.clause,
        against=months < middle,
        value=months,
    )


def _answered(case: str, history: History) -> Iterator[Mark]:
    """P5: of the offers under a clause that the customer answered, those that they declined."""
    limit = history.policy.fairness.max_declined_per_cent
    declined = {each.event.hash: each for each in history.of(RemedyDeclined)}
    agreed = {each.event.hash for each in history.of(RemedyAgreed) if each.event.needed}
    for offer in history.offers:
        proposed = offer.proposed.event
        no = declined.get(proposed.hash)
        if no is None and proposed.hash not in agreed:
            continue
        for clause in clauses_of(offer):
            proof = (offer.proposed.seq, no.seq) if no else ()
            at = no.event.at if no else None
            yield _mark(case, history, "declined", clause, limit=limit, proof=proof, at=at)


def _contested(case: str, history: History) -> Iterator[Mark]:
    """P5: a clause's conditions, questions after a decision under it, and results that were contested."""
    limits = history.policy.fairness
    asked = [each for each in history.of(ContactLogged) if each.event.asks_rule]
    contested = [each for each in history.of(RoundOpened) if each.event.cause in ("customer", "appeal")]
    known = {each.id: len(each.conditions) for each in history.policy.clauses}
    for each in decided_under(history):
        number = known.get(each.clause, 0)
        yield _mark(
            case,
            history,
            "conditions",
            each.clause,
            limit=limits.max_conditions,
            proof=(each.seq,),
            at=each.at,
            against=number > limits.max_conditions,
            value=number,
        )
        question = next((one for one in asked if one.seq > each.seq), None)
        yield _mark(
            case,
            history,
            "asked",
            each.clause,
            limit=limits.max_asked_per_cent,
            proof=(each.seq, question.seq) if question else (),
            at=question.event.at if question else None,
        )
        if each.told is not None:
            told = each.told
            again = next((one for one in contested if one.seq > told), None)
            yield _mark(
                case,
                history,
                "disputed",
                each.clause,
                limit=limits.max_disputed_per_cent,
                proof=(each.seq, told, again.seq) if again else (),
                at=again.event.at if again else None,
            )
