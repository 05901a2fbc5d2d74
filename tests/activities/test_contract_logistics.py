"""The contract of the logistics port, over HTTP: a real courier's adapter has to pass it too."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from domain.effect import (
    REFUSED,
    BookCollection,
    CancelCollection,
    CollectionStatus,
    DeliveryStatus,
    FetchOrder,
    FindOutcome,
    Found,
    GoodsRepaired,
    GoodsReturned,
    IssueLabel,
    LabelIssued,
    RepairAccepted,
    RepairFailed,
    RepairGoods,
    ReserveReplacement,
    ReturnGoods,
    ShipReplacement,
    TrackCollection,
    TrackDelivery,
    TrackRepair,
    Undone,
    VoidLabel,
)

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
LATER = NOON + timedelta(days=4)
MUCH_LATER = NOON + timedelta(days=9)


async def code_of(asked: Any) -> str:
    with pytest.raises(ApplicationError) as raised:
        await asked
    assert (raised.value.type, raised.value.non_retryable) == (REFUSED, True)
    return str(raised.value.details[0])


async def collected(outside: Any, order_id: str, key: str = "collect:1") -> str:
    """Book a collection and return its reference."""
    booked = await outside.port(BookCollection(order_id=order_id), key=key)
    reference: str = booked.reference
    return reference


async def looked(outside: Any, reference: str, at: datetime = LATER) -> CollectionStatus:
    status = await outside.port(TrackCollection(reference=reference), key="look", at=at)
    assert isinstance(status, CollectionStatus)
    return status


async def test_a_courier_who_met_nobody_comes_again_when_asked(outside: Any) -> None:
    missed = await looked(outside, await collected(outside, "away-1"))
    assert (missed.no_show, missed.arrived) == (True, False)
    met = await looked(outside, await collected(outside, "away-1", "collect:2"))
    assert (met.no_show, met.finding) == (False, "as_claimed")


async def test_goods_that_are_lost_on_the_way_are_told_as_lost(outside: Any) -> None:
    assert (await looked(outside, await collected(outside, "lost-1"))).lost


async def labelled(outside: Any, order_id: str) -> str:
    """Have a return label issued and return its reference."""
    issued = await outside.port(IssueLabel(order_id=order_id), key="collect:1")
    reference: str = issued.reference
    return reference


async def test_goods_sent_with_a_label_are_tracked_like_collected_ones(outside: Any) -> None:
    reference = await labelled(outside, "ord-1")
    assert not (await looked(outside, reference, NOON)).arrived
    assert (await looked(outside, reference)).finding == "as_claimed"
    back = await outside.port(ReturnGoods(reference=reference, order_id="ord-1"), key="return:1", at=LATER)
    assert isinstance(back, GoodsReturned)
    too_late = outside.port(VoidLabel(reference=reference), key="undo:1", at=LATER)
    assert await code_of(too_late) == "too-late"


async def test_a_label_that_was_not_used_can_be_made_void_however_often(outside: Any) -> None:
    reference = await labelled(outside, "never-1")
    assert not (await looked(outside, reference, MUCH_LATER)).arrived
    for number in (1, 2):
        void = await outside.port(VoidLabel(reference=reference), key=f"undo:{number}", at=MUCH_LATER)
        assert isinstance(void, Undone)
    assert await code_of(outside.port(VoidLabel(reference="lb-none"), key="undo:3")) == "no-such-reference"


async def test_a_label_whose_answer_was_lost_is_found_by_its_key(outside: Any) -> None:
    reference = await labelled(outside, "ord-1")
    lost = IssueLabel(order_id="ord-1")
    found = await outside.port(FindOutcome(key="collect:1", lost=lost), key="ask:1")
    assert found == Found(outcome=LabelIssued(reference=reference))


async def test_it_is_told_which_lines_came_back(outside: Any) -> None:
    order = await outside.port(FetchOrder(order_id="part-1", source="web", source_key="1"))
    status = await looked(outside, await collected(outside, "part-1"))
    assert (status.finding, status.returned) == ("part_returned", (order.lines[0].line_id,))


async def test_a_replacement_that_was_lost_can_be_sent_again(outside: Any) -> None:
    seen = []
    for number in (1, 2):
        reserved = await outside.port(ReserveReplacement(order_id="lost-1"), key=f"reserve:{number}")
        ship = ShipReplacement(reference=reserved.reference, order_id="lost-1")
        shipped = await outside.port(ship, key=f"ship:{number}")
        status = await outside.port(TrackDelivery(reference=shipped.reference), key="look", at=LATER)
        assert isinstance(status, DeliveryStatus)
        seen.append((status.lost, status.delivered))
    assert seen == [(True, False), (False, True)]


async def test_goods_are_repaired_and_returned_once(outside: Any) -> None:
    reference = await collected(outside, "ord-1")
    repair = RepairGoods(reference=reference, order_id="ord-1")
    assert await code_of(outside.port(repair, key="early")) == "not-here"
    taken = await outside.port(repair, key="repair:1", at=LATER)
    assert isinstance(taken, RepairAccepted)
    track = TrackRepair(reference=taken.reference)
    assert await outside.port(track, key="look", at=LATER) == taken
    done = await outside.port(track, key="look", at=MUCH_LATER)
    assert isinstance(done, GoodsRepaired)
    assert done.repaired_at is not None
    give = ReturnGoods(reference=reference, order_id="ord-1")
    sent = await outside.port(give, key="return:1", at=MUCH_LATER)
    assert isinstance(sent, GoodsReturned)
    assert await outside.port(give, key="return:1", at=MUCH_LATER) == sent
    assert await code_of(outside.port(give, key="return:2", at=MUCH_LATER)) == "already-returned"
    there = TrackDelivery(reference=sent.reference)
    assert (await outside.port(there, key="look", at=MUCH_LATER + timedelta(days=4))).delivered


async def test_what_cannot_be_repaired_is_told_by_the_workshop(outside: Any) -> None:
    reference = await collected(outside, "scrap-1")
    taken = await outside.port(RepairGoods(reference=reference, order_id="scrap-1"), key="r:1", at=LATER)
    failed = await outside.port(TrackRepair(reference=taken.reference), key="look", at=MUCH_LATER)
    assert isinstance(failed, RepairFailed)


async def test_goods_from_a_store_are_known_by_its_receipt(outside: Any) -> None:
    give = ReturnGoods(reference="store-s1-77", order_id="ord-1")
    assert isinstance(await outside.port(give, key="return:1"), GoodsReturned)
    unknown = ReturnGoods(reference="co-unknown", order_id="ord-1")
    assert await code_of(outside.port(unknown, key="return:2")) == "no-such-reference"


async def test_a_courier_can_be_called_off_while_somebody_hands_the_goods_in(outside: Any) -> None:
    reference = await collected(outside, "ord-1")
    assert await outside.port(CancelCollection(reference=reference), key="undo:1") == Undone(
        reference=reference
    )


async def test_a_lost_answer_of_workshop_or_return_is_found_by_key(outside: Any) -> None:
    for lost, key in (
        (RepairGoods(reference="store-s1-1", order_id="ord-1"), "repair:1"),
        (ReturnGoods(reference="store-s1-1", order_id="ord-1"), "return:1"),
    ):
        outside.arm(kind="lose_answer", service="courier", operation=lost.kind, calls=1)
        with pytest.raises(ApplicationError):
            await outside.hasty(lost, key=key)
        found = await outside.port(FindOutcome(key=key, lost=lost), key=f"ask-{key}")
        assert found == Found(outcome=await outside.port(lost, key=key))
