"""No more goes back than was paid: the order says so at the proposal, or else the bank does."""

import pytest

from domain.actor import Role
from domain.assignment import AcceptCase
from domain.effect import CollectionStatus, OrderLine, OrderSnapshot, RefundPaid
from domain.money import Money
from domain.plan import Alternative
from domain.saga import MarkStepDone, RetryStep, SkipStep
from domain.triage import ClaimHarm, HarmLine
from tests.domain.lives import (
    AGENT,
    BOOKED,
    CUSTOMER,
    HEAD,
    IN_RECOVERY,
    MIRA,
    NOTICE,
    OWNER,
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
    say,
    triage,
)

THREE = tuple(OrderLine(line_id=f"l{n}", product="cup", price=eur(3_000)) for n in (1, 2, 3))
CUPS = OrderSnapshot(known=True, order_id="o1", lines=THREE, shipping_paid=eur(500))


def about(order: OrderSnapshot) -> tuple[Item, ...]:
    """Return a life up to where a remedy can be proposed, about this order."""
    return (
        opening(),
        ok("acknowledgement", NOTICE),
        ok("customer", CUSTOMER),
        ok("order", order),
        triage(),
        say(AcceptCase, AGENT),
        contact(),
    )


def more() -> tuple[Item, ...]:
    """Return how the customer claims one harm more."""
    return (say(ClaimHarm, MIRA, line=HarmLine(id="more", harm="trouble")),)


def paid(minor: int) -> RefundPaid:
    """Return the bank's answer."""
    return RefundPaid(reference="p", amount=eur(minor))


def test_more_than_the_order_cost_with_its_shipping_is_refused_at_the_proposal() -> None:
    life = given(*about(CUPS))
    life.when(propose(plan(decision(amount=eur(9_501))))).then_refused("95.00 EUR were paid", "over-refund")
    life.when(propose(plan(decision(amount=eur(9_500))))).then("remedy_proposed", "remedy_offered")


def test_of_named_lines_only_what_they_cost_goes_back() -> None:
    life = given(*about(CUPS))
    two = plan(decision(amount=eur(6_501)), order_lines=("l1", "l2"))
    life.when(propose(two)).then_refused("65.00 EUR were paid", "over-refund")


def test_the_dearest_alternative_counts() -> None:
    dear = Alternative(id="dear", decisions=(decision(amount=eur(9_501)),))
    both = plan(decision(amount=eur(100)), alternatives=(dear,))
    given(*about(CUPS)).when(propose(both)).then_refused("refund at most the rest", "over-refund")


def test_what_went_back_in_this_case_is_counted() -> None:
    half = propose(plan(decision(amount=eur(5_000))))
    life = given(*about(CUPS), half, accept(), ok("payout", paid(5_000)), *more())
    assert life.last("remedy_done").refunded == eur(5_000)
    again = decision(harm_line="more", amount=eur(4_501))
    life.when(propose(plan(again))).then_refused("50.00 EUR of the order went back", "over-refund")
    credit = decision("goodwill_credit", harm_line="more", amount=eur(4_501))
    life.when(propose(plan(credit))).then("remedy_proposed", "remedy_offered")


def some_came() -> Life:
    """Return the life in which one cup of three came back."""
    some = CollectionStatus(arrived=True, finding="part_returned", returned=("l1",))
    whole = propose(plan(decision(amount=eur(9_000)), collect=True))
    life = given(*about(CUPS), whole, accept(), ok("collect", BOOKED), ok("inspect", some))
    return life.told(ok("payout", paid(3_000)))


def test_what_was_kept_has_not_gone_back() -> None:
    life = some_came().told(say(SkipStep, HEAD, step="rest_payout", reason="kept"))
    assert life.last("remedy_done").refunded == eur(3_000)
    life = some_came().told(say(RetryStep, HEAD, step="rest_payout"), ok("rest_payout", paid(6_000)))
    assert life.last("remedy_done").refunded == eur(9_000)


def test_a_payout_that_a_person_skipped_has_not_gone_back_and_one_by_hand_has() -> None:
    life = given(*about(CUPS), propose(plan(decision(amount=eur(9_000)))), accept())
    life = life.told(refused("payout", "expired", code="means-expired"))
    skipped = life.told(say(SkipStep, HEAD, step="payout", reason="settled at the till"))
    assert skipped.last("remedy_done").refunded == eur(0)
    by_hand = life.told(say(MarkStepDone, HEAD, step="payout", reference="wire 7"))
    assert by_hand.last("remedy_done").refunded == eur(9_000)


@pytest.mark.parametrize(
    "order",
    [
        CUPS.model_copy(update={"lines": ()}),
        CUPS.model_copy(update={"shipping_paid": Money(minor=500, currency="KRW")}),
    ],
)
def test_an_order_that_does_not_say_what_was_paid_refuses_nothing(order: OrderSnapshot) -> None:
    life = given(*about(order))
    life.when(propose(plan(decision(amount=eur(9_999))))).then("remedy_proposed", "remedy_offered")


@pytest.mark.parametrize("code", ["over-refund", "currency"])
def test_what_only_the_bank_can_see_is_recorded_as_an_attempt_of_the_proposer(code: str) -> None:
    life = given(*IN_RECOVERY, propose(), accept())
    answer = life.when(refused("payout", "nothing is left to refund", code=code))
    answer.then("step_refused", "saga_turned_back", "attempt_refused", "remedy_compensated")
    tried = answer.event("attempt_refused")
    assert (tried.command, tried.code, tried.by) == ("propose_remedy", code, OWNER)
    assert tried.reason == "nothing is left to refund"
    assert tried.by.role is Role.OWNER


def test_another_refusal_of_the_bank_is_no_attempt() -> None:
    answer = given(*IN_RECOVERY, propose(), accept()).when(refused("payout", code="fault-plan"))
    answer.then("step_refused", "saga_turned_back", "remedy_compensated")
