"""Distributive fairness: what the customer got for the harm they stated (rules O1 to O5)."""

from collections.abc import Iterator
from datetime import date

from domain.budget import Months, last_day
from domain.calendar import local_date
from domain.ending import AnswerGiven, AnswerNotified
from domain.fairness_clocks import missed_clocks
from domain.fairness_history import History, Offer, Seen
from domain.finding import Finding, said
from domain.money import total
from domain.plan import LineDecision
from domain.policy import Policy
from domain.remedy import RemedyApproved
from domain.result import ResultRegistered
from domain.triage import HarmLine


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
    products, take many cases (`fairness_many`): one cannot show them.
    """
    for offer in history.offers:
        refused = [
            each for each in offer.proposed.event.plan.decisions if refuses_warranty(history.policy, each)
        ]
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


def refuses_warranty(policy: Policy, decision: LineDecision) -> bool:
    """Say whether a decision refuses a warranty claim, by its ground or by the clause that it names."""
    named = policy.warranty is not None and decision.clause == policy.warranty.clause
    return decision.remedy == "refusal" and (named or decision.ground == "warranty")


def _decided_by_senior(history: History, offer: Offer) -> bool:
    proposed = offer.proposed.event
    approved = any(each.event.hash == proposed.hash for each in history.of(RemedyApproved))
    return approved or history.policy.leads(proposed.by.id)


def is_short(history: History) -> bool:
    """Say whether the goods were beyond the firm's warranty on the day of receipt, yet inside the reference.

    The last day is inside. Goods of unknown age are neither, nor is anything where the policy names no term.
    """
    warranty = history.policy.warranty
    if history.order is None or history.opened is None or warranty is None:
        return False
    bought = history.order.event.snapshot
    began = bought.delivered_on or bought.bought_on
    if began is None:
        return False
    day = local_date(history.policy.calendar, history.opened.event.received_at)
    reference = warranty.reference_for(history.product)
    return _term_end(began, bought.warranty_months) < day <= _term_end(began, reference)


def _term_end(began: date, months: int) -> date:
    return last_day(Months(n=months), began)


def dear_service(history: History) -> Iterator[Finding]:
    """O3: the fees of a plan that reached the customer, together, above the policy's share of the price paid.

    Where the price is unknown, or the policy names no share, there is none to be above.
    """
    order, limit = history.order, history.policy.max_fee_per_cent
    price = sum(line.price.minor for line in order.event.snapshot.lines) if order else 0
    if order is None or limit is None or not price:
        return
    for place, offer in enumerate(history.offers):
        fees = _fees(history, offer)
        if fees * 100 > price * limit:
            later = history.offers[place + 1 :]
            yield history.finding(
                "O3",
                about="fees",
                proof=(order.seq, offer.proposed.seq, offer.reached),
                since=offer.at,
                what=said(
                    f"고객이 낼 비용이 구매 가격의 {fees * 100 // price} %로 한도 {limit} %를 넘습니다.",
                    f"the fees come to {fees * 100 // price} % of the price; the limit is {limit} %",
                ),
                put_right=any(_fees(history, each) * 100 <= price * limit for each in later),
            )
            return


def _fees(history: History, offer: Offer) -> int:
    plan = offer.proposed.event.plan
    return total((fee.amount for fee in plan.fees), history.policy.currency).minor


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

    A plan that a later one replaced with the customer was put right.
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


def _burdens(history: History, offer: Offer) -> bool:
    """The plan lets the customer pay, or refuses the shipping that they claim back."""
    plan = offer.proposed.event.plan
    shipping = {line.event.id for line in history.harms if line.event.harm == "shipping"}
    refused = any(each.remedy == "refusal" and each.harm_line in shipping for each in plan.decisions)
    return plan.fee_payer == "customer" or refused
