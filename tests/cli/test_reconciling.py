from dataclasses import replace

import pytest

from activities.keys import idempotency_key
from cli.checks.reconciling import Deed, Reckoning, reckon
from domain.effect import (
    CollectionBooked,
    CollectionStatus,
    DeliveryStatus,
    ReplacementReserved,
    ReplacementShipped,
)
from domain.message import Event
from domain.saga import CancelRemedy, MarkStepDone, SkipStep
from tests.cli.forging import altered, ledger, without
from tests.domain.lives import (
    BOOKED,
    IN_RECOVERY,
    INSPECTED,
    ISSUED,
    MIRA,
    NOT_THERE,
    OFFERED,
    PAID,
    PAYING,
    PUT_RIGHT,
    RESERVED,
    SENT_BACK,
    SHIPPED,
    SUPERVISOR,
    UNDONE,
    Item,
    accept,
    decision,
    given,
    ok,
    plan,
    propose,
    refused,
    say,
    to_end_of_collection,
)
from tests.domain.test_saga_kinds import refund_and_coupon

COLLECTED = to_end_of_collection()
CANCEL = say(CancelRemedy, MIRA, reason="never mind")
SETTLED: tuple[Item, ...] = (*COLLECTED, ok("inspect", INSPECTED), ok("payout", PAID))
CALLED_OFF: tuple[Item, ...] = (*COLLECTED, ok("inspect", NOT_THERE), CANCEL, ok("undo-collect", UNDONE))
SWAPPED: tuple[Item, ...] = (
    *IN_RECOVERY,
    propose(plan(decision("exchange"))),
    accept(),
    ok("reserve", RESERVED),
)


def deed(operation: str, effect: str, **fields: object) -> Deed:
    """Return what a provider says that it did under the key of an effect."""
    key = idempotency_key("A", effect)
    bare = Deed(operation=operation, case_id="A", key=key, named=None, reference=None, minor=None)
    return replace(bare, **fields)  # type: ignore[arg-type]


REFUND = deed("pay_refund", "payout:1.1", reference="pay1", minor=9_000)
PICKUP = deed("book_collection", "collect:1.1", reference="col1")
SHELF = deed("reserve_replacement", "reserve:1.1", reference="res1")


def held(events: tuple[Event, ...], *done: Deed) -> Reckoning:
    return reckon(ledger(*events), done)


def test_books_that_agree_to_the_last_unit_show_nothing() -> None:
    found = held(given(*PUT_RIGHT).events, REFUND)
    assert found.ok
    assert (found.payments, found.paid_minor, found.recorded_minor) == (1, 9_000, 9_000)
    assert held(given(*SETTLED).events, PICKUP, REFUND).ok


def test_a_step_that_was_paid_twice_is_named() -> None:
    again = replace(REFUND, reference="pay2")
    found = held(given(*PUT_RIGHT).events, REFUND, again)
    assert [each.what for each in found.double_payments] == ["payout of proposal 1 was paid 2 times"]
    assert not found.ok


def test_money_that_no_step_began_is_named() -> None:
    stray = replace(REFUND, key="k" * 64, reference="pay9")
    found = held(given(*OFFERED).events, stray)
    assert [each.what for each in found.double_payments] == ["pay9 was paid and never begun"]
    unknown_case = replace(stray, case_id="B")
    assert [each.case_id for each in held((), unknown_case).double_payments] == ["B"]


def test_a_payment_that_the_books_do_not_have_is_named() -> None:
    found = held(given(*PUT_RIGHT).events)
    assert [each.what for each in found.lost_payments] == ["it says that pay1 was paid, the books say None"]
    assert not found.ok


def test_a_payment_that_the_case_does_not_know_is_named() -> None:
    found = held(given(*PAYING).events, REFUND)
    assert [each.what for each in found.lost_payments] == ["pay1 was paid, and the case does not say so"]


@pytest.mark.parametrize("minor", [8_999, 9_001])
def test_a_single_unit_too_much_or_too_little_is_named(minor: int) -> None:
    found = held(given(*PUT_RIGHT).events, replace(REFUND, minor=minor))
    assert [each.what for each in found.lost_payments] == [
        f"it says that pay1 was paid, the books say {minor}"
    ]


def test_a_pickup_for_a_case_that_paid_nothing_is_an_orphan_until_it_is_called_off() -> None:
    events = given(*CALLED_OFF).events
    found = held(events, PICKUP)
    assert [each.what for each in found.orphans] == ["book_collection col1 was left lying about"]
    called_off = deed("cancel_collection", "undo-collect:1.2", named="col1", reference="col1")
    assert held(events, PICKUP, called_off).ok


def test_a_replacement_on_the_shelf_is_an_orphan_until_it_is_shipped_or_put_back() -> None:
    events = given(*SWAPPED, refused("ship"), ok("undo-reserve", UNDONE)).events
    assert len(held(events, SHELF).orphans) == 1
    assert held(events, SHELF, deed("release_replacement", "undo-reserve:1.2", named="res1")).ok
    sent = given(*SWAPPED, ok("ship", SHIPPED)).events
    assert held(sent, SHELF, deed("ship_replacement", "ship:1.1", named="res1", reference="ship1")).ok


def test_what_a_person_has_seen_to_is_no_orphan() -> None:
    stuck = given(*SWAPPED, refused("ship"), refused("undo-reserve"))
    by_hand = say(MarkStepDone, SUPERVISOR, step="reserve", reference="on the shelf again")
    let_go = say(SkipStep, SUPERVISOR, step="reserve", reason="sold meanwhile")
    assert held(stuck.told(by_hand).events, SHELF).ok
    assert held(stuck.told(let_go).events, SHELF).ok
    assert len(held(stuck.events, SHELF).orphans) == 1


# Vouchers. -------------------------------------------------------------------------------------------------

COUPON = deed("issue_voucher", "coupon:1.1", reference="vo1")
CREDITED: tuple[Item, ...] = (*IN_RECOVERY, propose(plan(decision("coupon"))), accept())
TAKEN_BACK = (
    refund_and_coupon().told(ok("coupon", ISSUED), refused("payout"), ok("undo-coupon", UNDONE)).events
)
REVOKED = deed("revoke_voucher", "undo-coupon:1.2", named="vo1", reference="vo1")


def test_a_voucher_that_the_case_knows_is_in_order() -> None:
    found = held(given(*CREDITED, ok("coupon", ISSUED)).events, COUPON)
    assert (found.ok, found.vouchers) == (True, 1)


def test_a_voucher_issued_twice_or_for_nobody_is_named() -> None:
    events = given(*CREDITED, ok("coupon", ISSUED)).events
    again = replace(COUPON, reference="vo2")
    twice = held(events, COUPON, again)
    assert [each.what for each in twice.double_vouchers] == ["coupon of proposal 1 was issued 2 times"]
    stray = held(events, COUPON, replace(again, key="k" * 64))
    assert [each.what for each in stray.double_vouchers] == ["vo2 was issued and never begun"]


def test_a_voucher_that_only_one_side_knows_is_lost() -> None:
    found = held(given(*CREDITED, ok("coupon", ISSUED)).events)
    assert [each.what for each in found.lost_vouchers] == ["it says that vo1 was issued, the books do not"]
    found = held(given(*CREDITED).events, COUPON)
    assert [each.what for each in found.lost_vouchers] == ["vo1 was issued, and the case does not say so"]


def test_a_voucher_of_a_remedy_that_was_taken_back_is_an_orphan_until_it_is_revoked() -> None:
    found = held(TAKEN_BACK, COUPON)
    assert [each.what for each in found.orphans] == [
        "vo1 was left with the customer of a remedy that was taken back"
    ]
    assert held(TAKEN_BACK, COUPON, REVOKED).ok


def test_a_voucher_that_nobody_asked_to_take_back_is_named() -> None:
    events = given(*CREDITED, ok("coupon", ISSUED)).events
    found = held(events, COUPON, REVOKED)
    assert [each.what for each in found.orphans] == ["revoke_voucher of vo1 was never begun"]


# Goods. ----------------------------------------------------------------------------------------------------

SENT = deed("ship_replacement", "ship:1.1", named="res1", reference="ship1")


def test_a_replacement_goes_out_once_more_only_where_the_first_was_lost() -> None:
    once = (*SWAPPED, ok("ship", SHIPPED))
    second = replace(SENT, reference="ship2")
    found = held(given(*once).events, SHELF, SENT, second)
    assert [each.what for each in found.double_goods] == ["ship of proposal 1 was done 2 times"]
    lost = ok("deliver", DeliveryStatus(delivered=False, lost=True))
    again = given(
        *once,
        lost,
        ok("reserve", ReplacementReserved(reference="res2")),
        ok("ship", ReplacementShipped(reference="ship2")),
    )
    shelf = replace(SHELF, key=deed("", "reserve:1.2").key, reference="res2")
    second = replace(second, key=deed("", "ship:1.2").key, named="res2")
    assert held(again.events, SHELF, SENT, shelf, second).ok


def test_a_pickup_at_which_nobody_was_met_is_over() -> None:
    missed = (*COLLECTED, ok("inspect", CollectionStatus(arrived=False, no_show=True)))
    second = ok("collect", CollectionBooked(reference="col2"))
    events = given(*missed, second, CANCEL, ok("inspect", NOT_THERE), ok("undo-collect", UNDONE)).events
    booked = replace(PICKUP, key=deed("", "collect:1.2").key, reference="col2")
    called_off = deed("cancel_collection", "undo-collect:1.3", named="col2", reference="col2")
    assert held(events, PICKUP, booked, called_off).ok
    assert [each.what for each in held(events, PICKUP, booked).orphans] == [
        "book_collection col2 was left lying about"
    ]


def test_what_the_courier_did_and_only_one_side_knows_is_named() -> None:
    begun = given(*IN_RECOVERY, propose(plan(decision("refund"), collect=True)), accept()).events
    found = held(begun, PICKUP)
    assert [each.what for each in found.lost_goods] == ["col1 was done, and the case does not say so"]
    found = held(given(*SETTLED).events, REFUND)
    assert [each.what for each in found.lost_goods] == ["it says that col1 was done, the books do not"]


def test_goods_that_came_in_go_back_where_nothing_was_given_for_them() -> None:
    events = given(
        *COLLECTED, ok("inspect", INSPECTED), refused("payout"), ok("undo-inspect", SENT_BACK)
    ).events
    found = held(events, PICKUP)
    assert "the goods that proposal 1 brought in stayed, and nothing was given for them" in [
        each.what for each in found.orphans
    ]
    assert held(events, PICKUP, deed("return_goods", "undo-inspect:1.2", named="col1", reference="ret1")).ok


def test_what_one_remedy_gave_does_not_excuse_what_another_left_behind() -> None:
    first = given(*CALLED_OFF).events
    paid_again = deed("pay_refund", "payout:2.1", reference="pay2", minor=9_000)
    begun = tuple(
        each
        for each in given(*PUT_RIGHT).events
        if getattr(each, "kind", "") in ("saga_begun", "step_begun", "step_done", "remedy_done")
    )
    second = altered("saga_begun", begun, number=2)
    second = altered("step_begun", second, key="payout:2.1", once="payout:2.1")
    second = altered("step_done", second, key="payout:2.1", reference="pay2")
    found = held((*first, *second), PICKUP, paid_again)
    assert [each.what for each in found.orphans] == ["book_collection col1 was left lying about"]


def test_a_later_remedy_is_told_apart_from_the_first() -> None:
    paid_again = deed("pay_refund", "payout:2.1", reference="pay2", minor=9_000)
    first = given(*PUT_RIGHT).events
    begun = tuple(
        each for each in first if getattr(each, "kind", "") in ("saga_begun", "step_begun", "step_done")
    )
    second = altered("saga_begun", begun, number=2)
    second = altered("step_begun", second, key="payout:2.1", once="payout:2.1")
    second = altered("step_done", second, key="payout:2.1", reference="pay2")
    assert held((*first, *second), REFUND, paid_again).ok
    assert not held((*first, *without("step_done", second)), REFUND, paid_again).ok
    assert BOOKED.reference == PICKUP.reference
