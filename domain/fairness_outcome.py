"""Distributive fairness: what the customer got for the harm they stated (rules O1 to O5)."""

from collections.abc import Iterator
from datetime import date

from domain.actor import Role
from domain.budget import Months, last_day
from domain.calendar import local_date
from domain.ending import AnswerGiven, AnswerNotified
from domain.fairness_clocks import missed_clocks
from domain.fairness_history import History, Offer, Seen
from domain.fee import FeeQuoted, FeeWaived
from domain.finding import Finding, said
from domain.plan import LineDecision
from domain.policy import Policy
from domain.remedy import RemedyApproved
from domain.result import ResultRegistered
from domain.triage import HarmLine

SENIOR = (Role.SUPERVISOR, Role.DEPARTMENT_HEAD)


def overlooked_harm(history: History) -> Iterator[Finding]:
    """O1: at a registered result, a stated harm that no plan put to the customer decides.

    Harm counts until the result; a refusal without its reason decides nothing. That nobody asked for further
    harm beyond the item is not judged: no event says what was asked.
    """
    if history.may_lack("remedy_proposed", "remedy_offered", "remedy_agreed"):
        return
    for line in history.harms:
        results = [each for each in history.of(ResultRegistered) if each.seq > line.seq]
        deciding = [offer for offer in history.offers if _decides(offer, line.event)]
        late = next(
            (each for each in results if not any(offer.reached < each.seq for offer in deciding)), None
        )
        if late is not None:
            yield _overlooked(history, line, late, put_right=bool(deciding))


def _overlooked(
    history: History, line: Seen[HarmLine], result: Seen[ResultRegistered], *, put_right: bool
) -> Finding:
    before = [offer.proposed.seq for offer in history.offers if offer.reached < result.seq]
    return history.finding(
        "O1",
        about=line.event.id,
        proof=(line.seq, *before[-1:], result.seq),
        since=result.event.at,
        what=said(
            f"피해 항목 {line.event.id}에 대한 보상이나 근거를 밝힌 거절 없이 결과가 등록되었습니다.",
            f"a result was registered with no remedy and no reasoned refusal for the harm {line.event.id}",
        ),
        put_right=put_right,
    )


def _decides(offer: Offer, line: HarmLine) -> bool:
    decisions = (each for each in offer.proposed.event.plan.decisions if each.harm_line == line.id)
    return any(each.remedy != "refusal" or (each.clause and each.reason) for each in decisions)


def short_warranty(history: History) -> Iterator[Finding]:
    """O2: a warranty claim refused by an agent alone, inside the reference term, beyond the firm's own.

    A refusal is one of a warranty claim where its ground says so. One that a supervisor decided is the
    goodwill decision that the rule asks for. The shares per product, and the comparison with competing
    products, are firm-level: one case cannot show them.
    """
    for offer in history.offers:
        refused = [each for each in offer.proposed.event.plan.decisions if _refuses_warranty(each)]
        order = history.order
        if not refused or order is None or _decided_by_senior(history, offer):
            continue
        if is_short(history):
            yield history.finding(
                "O2",
                about=refused[0].harm_line,
                proof=(order.seq, offer.proposed.seq, offer.reached),
                since=offer.at,
                clause=refused[0].clause,
                what=said(
                    "기준 보증기간 안의 하자를 상급자의 판단 없이 보증기간 만료로 거절했습니다.",
                    "refused for an expired warranty inside the reference term, by no supervisor's decision",
                ),
            )


def _refuses_warranty(decision: LineDecision) -> bool:
    return decision.remedy == "refusal" and decision.ground == "warranty"


def _decided_by_senior(history: History, offer: Offer) -> bool:
    proposed = offer.proposed.event
    approved = any(each.event.hash == proposed.hash for each in history.of(RemedyApproved))
    return approved or is_senior(history.policy, proposed.by.id)


def is_senior(policy: Policy, person: str) -> bool:
    """Say whether the role directory knows somebody as supervisor or department head."""
    return any(policy.holds(person, role) for role in SENIOR)


def is_short(history: History) -> bool:
    """Say whether the goods were beyond the firm's warranty on the day of receipt, yet inside the reference.

    The last day is inside. Goods of unknown age are neither.
    """
    if history.order is None or history.opened is None:
        return False
    bought = history.order.event.snapshot
    began = bought.delivered_on or bought.bought_on
    if began is None:
        return False
    day = local_date(history.policy.calendar, history.opened.event.received_at)
    reference = history.policy.fairness.reference_for(history.product)
    return _term_end(began, bought.warranty_months) < day <= _term_end(began, reference)


def _term_end(began: date, months: int) -> date:
    return last_day(Months(n=months), began)


def dear_service(history: History) -> Iterator[Finding]:
    """O3: the fees of the case that stand, together, above the policy's share of the price paid.

    Where the order or its price is unknown there is no share, and no finding.
    """
    order = history.order
    price = sum(line.price.minor for line in order.event.snapshot.lines) if order else 0
    if order is None or not price:
        return
    limit = history.policy.fairness.max_fee_per_cent
    fees = history.of(FeeQuoted)
    for count, fee in enumerate(fees, start=1):
        together = sum(each.event.amount.minor for each in fees[:count])
        if together * 100 > price * limit:
            share = together * 100 // price
            yield history.finding(
                "O3",
                about="fees",
                proof=(order.seq, *(each.seq for each in fees[:count])),
                since=fee.event.at,
                what=said(
                    f"청구한 비용이 구매 가격의 {share} %로 한도 {limit} %를 넘습니다.",
                    f"the fees come to {share} % of the price; the limit is {limit} %",
                ),
                put_right=_standing_fees(history) * 100 <= price * limit,
            )
            return


def _standing_fees(history: History) -> int:
    waived = {each.event.number for each in history.of(FeeWaived)}
    return sum(fee.amount.minor for _, fee in history.of(FeeQuoted) if fee.number not in waived)


def unanswered_suggestion(history: History) -> Iterator[Finding]:
    """O4: a suggestion without a delivered answer in its time, or ended without one.

    The time is the policy's resolve target for suggestions; without one only the end counts.
    """
    if history.voc_type != "suggestion" or history.opened is None:
        return
    answers = [
        each for each in history.of(AnswerNotified) if each.event.delivered and _was_given(history, each)
    ]
    answered = answers[0] if answers else None
    proof = (history.opened.seq, *((answered.seq,) if answered else ()))
    late = missed_clocks(history, "resolve")
    if late:
        yield history.finding(
            "O4",
            about="answer",
            proof=(*proof, late[0].known),
            since=late[0].due,
            clause=late[0].clause,
            what=said(
                "제안에 대한 답이 정해진 시간 안에 전달되지 않았습니다.",
                "the answer to the suggestion was not delivered in time",
            ),
            put_right=answered is not None,
        )
    elif history.ended and answered is None and _can_tell_unanswered(history, history.ended.event.end):
        yield history.finding(
            "O4",
            about="answer",
            proof=(*proof, history.ended.seq),
            since=history.ended.event.at,
            what=said("제안에 답하지 않고 종결했습니다.", "the suggestion was closed without an answer"),
        )


def _can_tell_unanswered(history: History, end: str) -> bool:
    return end != "withdrawn" and not history.may_lack("answer_given", "answer_notified")


def _was_given(history: History, notified: Seen[AnswerNotified]) -> bool:
    return any(given.seq < notified.seq for given in history.of(AnswerGiven))


def customer_pays_for_our_fault(history: History) -> Iterator[Finding]:
    """O5: shipping or fees on the customer although the cause, in force when judged, is the firm's.

    A plan that a later one replaced with the customer, and a fee that was waived, were put right.
    """
    if history.cause not in history.policy.firm_pays_causes:
        return
    why = history.causes[-1].seq
    for place, offer in enumerate(history.offers):
        if _burdens(history, offer):
            better = any(not _burdens(history, later) for later in history.offers[place + 1 :])
            yield history.finding(
                "O5",
                about=f"plan {offer.proposed.event.number}",
                proof=(offer.proposed.seq, offer.reached, why),
                since=max(offer.at, history.causes[-1].event.at),
                what=said(
                    f"원인이 {history.cause}인데도 배송비를 고객에게 지우는 방안을 제시했습니다.",
                    f"the cause is {history.cause}, yet a plan put shipping on the customer",
                ),
                put_right=better,
            )
            break
    yield from _fees_for_our_fault(history, why)


def _burdens(history: History, offer: Offer) -> bool:
    """The plan lets the customer pay, or refuses the shipping that they claim back."""
    plan = offer.proposed.event.plan
    shipping = {line.event.id for line in history.harms if line.event.harm == "shipping"}
    refused = any(each.remedy == "refusal" and each.harm_line in shipping for each in plan.decisions)
    return plan.fee_payer == "customer" or refused


def _fees_for_our_fault(history: History, why: int) -> Iterator[Finding]:
    waived = {each.event.number for each in history.of(FeeWaived)}
    for seq, fee in history.of(FeeQuoted):
        yield history.finding(
            "O5",
            about=f"fee {fee.number}",
            proof=(seq, why),
            since=max(fee.at, history.causes[-1].event.at),
            what=said(
                f"원인이 {history.cause}인데도 고객에게 비용을 청구했습니다.",
                f"the cause is {history.cause}, yet a fee was put to the customer",
            ),
            put_right=fee.number in waived,
        )
