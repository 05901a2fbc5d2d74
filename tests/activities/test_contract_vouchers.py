"""The contract of the vouchers port, over HTTP: a real loyalty system's adapter has to pass it too."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from domain.effect import REFUSED, FindOutcome, Found, IssueVoucher, RevokeVoucher, Undone, VoucherIssued
from domain.money import Money
from sandbox.app import create_app
from sandbox.service import World

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
FIVE = Money(minor=5_000, currency="KRW")
COUPON = IssueVoucher(voucher="coupon", order_id="ord-1", worth=FIVE)


async def code_of(asked: Any) -> str:
    with pytest.raises(ApplicationError) as raised:
        await asked
    assert (raised.value.type, raised.value.non_retryable) == (REFUSED, True)
    return str(raised.value.details[0])


@pytest.mark.parametrize("voucher", ["coupon", "points", "membership", "information"])
async def test_a_voucher_is_issued_once_per_key(outside: Any, voucher: Any) -> None:
    asked = COUPON.model_copy(update={"voucher": voucher})
    first = await outside.port(asked, key="v:1")
    assert isinstance(first, VoucherIssued)
    assert await outside.port(asked, key="v:1") == first
    assert await outside.port(asked, key="v:2") != first


async def test_points_are_issued_as_so_many_points(outside: Any) -> None:
    points = COUPON.model_copy(update={"voucher": "points", "points": 500})
    assert isinstance(await outside.port(points, key="v:1"), VoucherIssued)
    assert await code_of(outside.port(points.model_copy(update={"points": 0}), key="v:2")) == "nothing"


async def test_a_voucher_is_taken_back_and_that_again_changes_nothing(outside: Any) -> None:
    issued = await outside.port(COUPON, key="v:1")
    revoke = RevokeVoucher(reference=issued.reference)
    assert await outside.port(revoke, key="undo:1") == Undone(reference=issued.reference)
    assert await outside.port(revoke, key="undo:2") == Undone(reference=issued.reference)


@pytest.mark.parametrize("voucher", ["coupon", "points", "membership", "information"])
async def test_every_type_has_its_compensation(outside: Any, voucher: Any) -> None:
    free = Money(minor=0, currency="KRW")
    worth = free if voucher == "information" else FIVE
    issued = await outside.port(COUPON.model_copy(update={"voucher": voucher, "worth": worth}), key="v:1")
    assert isinstance(issued, VoucherIssued)
    undone = await outside.port(RevokeVoucher(reference=issued.reference), key="undo:1")
    assert undone == Undone(reference=issued.reference)


async def test_information_is_never_used_up(outside: Any, stage: Any) -> None:
    stage.app = create_app(World(books=outside.world.books, seed=7))
    told = COUPON.model_copy(update={"voucher": "information"})
    for number in range(12):
        issued = await outside.port(told, key=f"v:{number}")
        revoke = RevokeVoucher(reference=issued.reference)
        assert await outside.port(revoke, key=f"undo:{number}", at=NOON + timedelta(days=9))


async def test_a_used_voucher_is_not_taken_back(outside: Any, stage: Any) -> None:
    stage.app = create_app(World(books=outside.world.books, seed=7))
    codes = set()
    for number in range(12):
        issued = await outside.port(COUPON, key=f"v:{number}")
        revoke = RevokeVoucher(reference=issued.reference)
        try:
            await outside.port(revoke, key=f"undo:{number}", at=NOON + timedelta(days=9))
        except ApplicationError as error:
            codes.add(error.details[0])
    assert codes == {"used"}


async def test_what_makes_no_sense_is_refused(outside: Any) -> None:
    nothing = COUPON.model_copy(update={"worth": Money(minor=0, currency="KRW")})
    assert await code_of(outside.port(nothing)) == "nothing"
    assert await code_of(outside.port(RevokeVoucher(reference="vo-x"), key="u")) == "no-such-reference"


async def test_a_lost_answer_is_found_by_key(outside: Any) -> None:
    outside.arm(kind="lose_answer", service="vouchers", operation="issue_voucher", calls=1)
    with pytest.raises(ApplicationError):
        await outside.hasty(COUPON, key="v:1")
    found = await outside.port(FindOutcome(key="v:1", lost=COUPON), key="ask:1")
    assert found == Found(outcome=await outside.port(COUPON, key="v:1"))
