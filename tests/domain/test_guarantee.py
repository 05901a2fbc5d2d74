"""A broken guarantee pays by itself; the result says what the customer gets and why it helps."""

from datetime import timedelta
from typing import Any

import pytest

from domain.assignment import AcceptCase
from domain.case import todo
from domain.effect import OrderSnapshot, PayRefund, SendNotice
from domain.ending import WithdrawCase
from domain.plan import Extra, needs_answer
from domain.policy import ExtraLimit, Guarantee, OfferRule
from domain.saga import RetryStep
from domain.view import view
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    HEAD,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    OWNED,
    PAID,
    POLICY,
    RAISED,
    Item,
    Life,
    accept,
    contact,
    decision,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    refused,
    register,
    say,
    triage,
    unknown,
    wait,
)

TODAY = MONDAY.date()
DELIVERY = Guarantee(
    id="day",
    promise="delivery",
    pays=eur(500),
    clause="promise",
    terms={"en": "late: 5 euros", "ko": "늦으면 5유로"},
)
ANSWER = Guarantee(
    id="answer",
    promise="response",
    target="first_response",
    pays=eur(300),
    clause="promise",
    terms={"en": "no answer: 3 euros", "ko": "답이 없으면 3유로"},
)
SURE = POLICY.model_copy(update={"guarantees": (DELIVERY, ANSWER)})
GIFT = PAID.model_copy(update={"amount": eur(500)})


def raised(**order: Any) -> tuple[Item, ...]:
    """Return the opening of a case with this order."""
    bought = ORDER.model_copy(update=order)
    return (opening(), ok("ack", NOTICE), ok("cust", CUSTOMER), ok("order", bought))


LATE = raised(promised_on=TODAY - timedelta(days=3), delivered_on=TODAY - timedelta(days=2))


def late(*more: Item) -> Life:
    """Return a case about an order that came after its promised day."""
    return given(*LATE, triage(cause="late"), *more, policy=SURE)


def test_a_late_delivery_pays_by_itself_without_claim_approval_or_yes() -> None:
    life = (
        given(*LATE, policy=SURE)
        .when(triage(cause="late"))
        .then(
            "triaged",
            "department_assigned",
            "guarantee_broken",
            "remedy_proposed",
            "remedy_agreed",
            "saga_begun",
            "step_begun",
        )
    )
    broken, proposed = life.last("guarantee_broken"), life.last("remedy_proposed")
    assert (broken.guarantee, broken.cause, broken.department, broken.pays) == (
        "day",
        "late",
        "service",
        eur(500),
    )
    assert (str(proposed.by), proposed.needs_approval, proposed.total) == ("system:redress", False, eur(500))
    (request,) = [effect.request for effect in todo(life.case) if isinstance(effect.request, PayRefund)]
    assert (request.amount, request.beyond) == (eur(500), eur(500))
    life = life.when(ok("payout", GIFT)).then("step_done", "remedy_done")
    assert life.case.saga.paid == (eur(500),)


def test_harms_are_decided_beside_the_guarantee() -> None:
    life = late(ok("payout", GIFT), say(AcceptCase, AGENT), contact())
    life.when(register()).then_refused("undecided", "undecided")
    life = life.told(propose(), accept(), ok("payout", PAID))
    assert life.case.saga.paid == (eur(500), eur(9_000))
    life.when(register(cause="late")).then("result_registered")
    assert life.many("guarantee_broken") == 1


@pytest.mark.parametrize(
    "script",
    [
        (*raised(promised_on=TODAY, delivered_on=TODAY), triage()),
        (*raised(delivered_on=TODAY), triage()),
        (*raised(promised_on=TODAY), triage()),
        (*LATE, triage(voc_type="inquiry")),
        LATE,
        (*LATE[:3], ok("order", OrderSnapshot(known=False)), triage()),
        (*LATE[:3], triage()),
        (*LATE[:3], say(WithdrawCase, MIRA)),
    ],
)
def test_no_guarantee_is_broken(script: tuple[Item, ...]) -> None:
    assert given(*script, policy=SURE).many("guarantee_broken") == 0


def test_what_has_not_come_by_the_day_of_receipt_is_late() -> None:
    life = given(*raised(promised_on=TODAY - timedelta(days=1)), triage(), policy=SURE)
    assert life.many("guarantee_broken") == 1


def test_a_response_that_was_missed_pays_once() -> None:
    life = given(*RAISED, triage(), policy=SURE).told(wait(days=1, minutes=1))
    broken = life.last("guarantee_broken")
    assert (broken.guarantee, broken.promise) == ("answer", "response")
    paid = life.told(ok("payout", GIFT), wait(days=3))
    assert (paid.many("guarantee_broken"), paid.many("step_done")) == (1, 1)


def test_two_broken_guarantees_pay_one_after_the_other() -> None:
    life = late(wait(days=1, minutes=1))
    assert life.many("guarantee_broken") == 1
    life = life.told(ok("payout", GIFT))
    assert life.case.guarantees.broken == ("day", "answer")


def test_a_remedy_that_is_under_way_comes_first() -> None:
    order = ORDER.model_copy(update={"promised_on": TODAY - timedelta(days=9)})
    mending = propose(plan(decision("correction")))
    life = given(*raised()[:3], triage(), say(AcceptCase, AGENT), contact(), mending, policy=SURE)
    assert life.many("remedy_proposed") == 1
    life = life.told(ok("order", order))
    assert life.many("guarantee_broken") == 0  # agreed, and the department is at work


def test_a_payout_that_the_bank_refuses_is_tried_under_new_keys_and_then_parked_and_never_lost() -> None:
    life, keys = late(), []
    for tried in (1, 2):
        keys += [key for key in life.owed if key.startswith("payout")]
        life = life.when(refused("payout", "the bank is closed")).then("step_refused", "step_waits")
        assert "payout" not in " ".join(life.owed), tried
        life = life.told(wait(hours=1, seconds=1))
    keys += [key for key in life.owed if key.startswith("payout")]
    life = life.when(refused("payout", "the bank is closed")).then("step_refused", "saga_parked")
    assert keys == ["payout:1.1", "payout:1.2", "payout:1.3"]
    assert life.parked == "remedy step payout: the bank is closed"
    life = life.when(say(RetryStep, HEAD, step="payout")).then("saga_unparked", "step_begun")
    life = life.when(ok("payout", GIFT)).then("step_done", "remedy_done")
    assert life.case.saga.paid == (eur(500),)


def test_a_payout_that_nobody_knows_of_is_asked_for_and_then_parked() -> None:
    life = late(unknown("payout"))
    life = life.when(unknown("ask-payout")).then("step_waits").told(wait(hours=1, seconds=1))
    life = life.when(unknown("ask-payout")).then("saga_parked")
    assert "does not say whether it happened" in (life.parked or "")


def test_a_payout_is_given_up_where_the_customer_takes_the_complaint_back() -> None:
    life = late(say(WithdrawCase, MIRA))
    life = life.when(refused("payout")).then(
        "step_refused", "saga_turned_back", "remedy_compensated", "case_ended"
    )
    assert life.end == "withdrawn"


def test_nobody_but_the_engine_proposes_under_a_guarantee() -> None:
    forged = plan(guarantee="day")
    assert not needs_answer(forged)
    life = (
        given(*OWNED, contact(), policy=SURE).when(propose(forged)).then("remedy_proposed", "remedy_offered")
    )
    assert life.last("remedy_proposed").plan.guarantee is None
    table = (OfferRule(id="price", harm="price", owes="price", clause="promise"),)
    priced = SURE.model_copy(update={"offer_table": table})
    life = given(*OWNED, contact(), propose(forged), policy=priced)
    assert life.last("remedy_proposed").plan.guarantee is None


def test_the_terms_are_on_the_page_of_every_case() -> None:
    shown = view(late().case, head="h", unwritten=0).guarantees
    assert [(each.terms, each.pays, each.broken) for each in shown] == [
        ("late: 5 euros", "5.00 EUR", True),
        ("no answer: 3 euros", "3.00 EUR", False),
    ]


# What the customer gets. -----------------------------------------------------------------------------------

KIND = POLICY.model_copy(
    update={
        "benefits": {
            "refund": {"en": "buy elsewhere at once", "ko": "바로 다른 곳에서 사실 수 있습니다"},
            "apology": {"en": "it was our fault", "ko": "저희 잘못입니다"},
            "goodwill_credit": {"en": "for your time", "ko": "수고에 대한 보답입니다"},
        },
        "offer_table": (OfferRule(id="price", harm="price", owes="price", clause="promise"),),
        "extra_limits": (ExtraLimit(at_most=eur(500), clause="promise"),),
    }
)


def told(life: Life) -> str:
    """Return the summary that goes out with the result."""
    life = life.told(register())
    (request,) = [effect.request for effect in todo(life.case) if effect.key.startswith("result-notice")]
    assert isinstance(request, SendNotice)
    return request.slots["summary"]


def recovered(decided: Any, *, text: str = "broken") -> Life:
    """Return a case in which this plan was carried out."""
    script = (opening(text=text), *RAISED[1:], triage(), *OWNED[5:], contact(), propose(decided))
    life = given(*script, policy=KIND)
    if life.case.remedy.proposal is not None and life.case.remedy.proposal.state == "offered":
        life = life.told(accept(), ok("payout", PAID))
    return life


def test_the_result_says_what_the_customer_gets_and_why_it_helps() -> None:
    extra = Extra(amount=eur(500), reason="a long wait")
    decided = plan(decision(amount=None), extras=(extra,))
    assert told(recovered(decided)) == (
        "we refunded it\n- 90.00 EUR: buy elsewhere at once\n- 5.00 EUR: for your time"
    )
    assert told(recovered(decided, text="깨졌어요")).endswith("- 5.00 EUR: 수고에 대한 보답입니다")
    assert told(recovered(plan(decision("apology")))) == "we refunded it\n- it was our fault"
    assert told(recovered(plan(decision("explanation")))) == "we refunded it"
