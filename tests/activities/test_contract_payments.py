"""The contract of the payments port, over HTTP: a real bank's adapter has to pass it too."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from domain.effect import (
    REFUSED,
    FetchOrder,
    FindOutcome,
    Found,
    OrderSnapshot,
    PayerAccount,
    PayRefund,
    RefundFailed,
    RefundPaid,
    RefundPart,
    RefundPending,
    TrackRefund,
)
from domain.money import Money

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
LATER = NOON + timedelta(days=4)


def won(minor: int) -> Money:
    return Money(minor=minor, currency="KRW")


async def bought(outside: Any, order_id: str) -> OrderSnapshot:
    order = await outside.port(FetchOrder(order_id=order_id, source="web", source_key="1", product="Kettle"))
    assert isinstance(order, OrderSnapshot)
    return order


def refund(order_id: str, amount: Money, **fields: Any) -> PayRefund:
    return PayRefund(order_id=order_id, amount=amount, reason="broken", **fields)


async def refused(asked: Any) -> tuple[str, str]:
    """Return reason and code of a refusal; nothing else may come."""
    with pytest.raises(ApplicationError) as raised:
        await asked
    assert (raised.value.type, raised.value.non_retryable) == (REFUSED, True)
    return raised.value.message, raised.value.details[0]


async def test_the_same_key_pays_once_and_answers_the_same(outside: Any) -> None:
    asked = refund("ord-1", won(1_000))
    first = await outside.port(asked, key="payout:1")
    assert isinstance(first, RefundPaid)
    assert await outside.port(asked, key="payout:1", at=LATER) == first
    (deed,) = outside.deeds("bank")
    assert (deed.status, deed.asked) == ("done", 2)


async def test_what_is_settled_later_is_asked_for_by_our_key(outside: Any) -> None:
    asked = refund("later-1", won(1_000))
    taken = await outside.port(asked, key="payout:1")
    assert isinstance(taken, RefundPending)
    track = TrackRefund(refund="payout:1")
    assert await outside.port(track, key="settle:2") == taken
    settled = await outside.port(track, key="settle:3", at=LATER)
    assert isinstance(settled, RefundPaid)
    assert settled.amount == won(1_000)
    assert settled.settled_at is not None
    assert NOON < settled.settled_at < LATER
    assert await outside.port(track, key="settle:4", at=NOON) == settled, "an end is an end"
    found = await outside.port(FindOutcome(key="payout:1", lost=asked), key="ask:5")
    assert found == Found(outcome=settled)


async def test_a_lost_answer_of_something_pending_is_found_as_pending(outside: Any) -> None:
    asked = refund("later-1", won(1_000))
    outside.arm(kind="lose_answer", service="bank", operation="pay_refund", calls=1)
    with pytest.raises(ApplicationError):
        await outside.hasty(asked, key="payout:1")
    found = await outside.port(FindOutcome(key="payout:1", lost=asked), key="ask:2")
    assert isinstance(found.outcome, RefundPending)


async def test_what_failed_after_all_was_not_paid_and_may_be_paid_again(outside: Any) -> None:
    order = await bought(outside, "bounce-1")
    everything = won(sum(line.price.minor for line in order.lines))
    assert isinstance(await outside.port(refund("bounce-1", everything), key="payout:1"), RefundPending)
    message, code = await refused(outside.port(refund("bounce-1", everything), key="payout:2"))
    assert (code, "left to refund" in message) == ("over-refund", True), "what is pending is spoken for"
    failed = await outside.port(TrackRefund(refund="payout:1"), key="settle:3", at=LATER)
    assert isinstance(failed, RefundFailed)
    assert isinstance(await outside.port(refund("bounce-1", everything), key="payout:4"), RefundPending)


async def test_nobody_knows_a_refund_that_was_never_asked_for(outside: Any) -> None:
    assert (await refused(outside.port(TrackRefund(refund="payout:9"))))[1] == "no-such-refund"


async def test_more_than_was_paid_is_refused_also_from_two_cases(outside: Any) -> None:
    order = await bought(outside, "ord-1")
    line = order.lines[0]
    price = line.price.minor

    def part(minor: int) -> PayRefund:
        part = RefundPart(line_id=line.line_id, amount=won(minor))
        return refund("ord-1", won(minor), line_ids=(line.line_id,), parts=(part,))

    assert (await refused(outside.port(part(price + 1), key="a")))[1] == "over-refund"
    assert isinstance(await outside.port(part(price - 10), key="b", case_id="case-1"), RefundPaid)
    message, code = await refused(outside.port(part(11), key="c", case_id="case-2"))
    assert (code, "at most 10 " in message) == ("over-refund", True), "whichever case it was"
    assert isinstance(await outside.port(part(10), key="d", case_id="case-2"), RefundPaid)


async def test_parts_add_up_and_belong_to_the_order(outside: Any) -> None:
    order = await bought(outside, "ord-1")
    line = order.lines[0].line_id
    short = refund("ord-1", won(100), parts=(RefundPart(line_id=line, amount=won(99)),))
    assert (await refused(outside.port(short, key="a")))[1] == "parts"
    foreign = refund("ord-1", won(100), parts=(RefundPart(line_id="x", amount=won(100)),))
    assert (await refused(outside.port(foreign, key="b")))[1] == "no-such-line"


async def test_another_currency_is_refused(outside: Any) -> None:
    asked = refund("ord-1", Money(minor=5, currency="USD"))
    assert (await refused(outside.port(asked)))[1] == "currency"


def account(name: str = "acc-1", checked_by: str = "sup-01") -> PayerAccount:
    return PayerAccount(account=name, entered_by="agent-01", checked_by=checked_by)


async def test_a_card_that_expired_takes_nothing_back_but_an_account_does(outside: Any) -> None:
    plain = refund("expired-1", won(1_000))
    assert (await refused(outside.port(plain, key="payout:1")))[1] == "means-expired"
    elsewhere = plain.model_copy(update={"account": account()})
    assert isinstance(await outside.port(elsewhere, key="payout:2"), RefundPaid)


@pytest.mark.parametrize(
    ("given", "code"),
    [(account(checked_by="agent-01"), "second-person"), (account("other-1"), "not-the-payer")],
)
async def test_an_account_needs_two_people_and_its_owner(
    outside: Any, given: PayerAccount, code: str
) -> None:
    asked = refund("expired-1", won(1_000), account=given)
    assert (await refused(outside.port(asked)))[1] == code
