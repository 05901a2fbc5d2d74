"""The courier and its warehouse (port logistics): collections, inspections, replacements, deliveries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from domain.effect import (
    BookCollection,
    CancelCollection,
    CollectionBooked,
    CollectionStatus,
    DeliveryStatus,
    GoodsRepaired,
    GoodsReturned,
    IssueLabel,
    LabelIssued,
    ReleaseReplacement,
    RepairAccepted,
    RepairFailed,
    RepairGoods,
    ReplacementReserved,
    ReplacementShipped,
    ReserveReplacement,
    ReturnGoods,
    ShipReplacement,
    TrackCollection,
    TrackDelivery,
    TrackRepair,
    Undone,
    VoidLabel,
)
from domain.refusal import Refused
from sandbox.books import Deed
from sandbox.chance import between, draw, mark
from sandbox.service import Call, Operation, Operations, World
from sandbox.shop import PARTLY, chosen_lines, require_order

PICKUP_REFUSED_SHARE = 0.1
NOT_AS_CLAIMED_SHARE = 0.08
MISSING_SHARE = 0.03

Finding = Literal["as_claimed", "not_as_claimed", "missing"]

NOBODY_HOME = "away-"
"""At the first pickup of an order whose id begins so, nobody is met."""

LOST = "lost-"
"""The first shipment of such an order gets lost on its way."""

BEYOND_REPAIR = "scrap-"
"""What such an order brought cannot be repaired, as the workshop finds on opening it."""

NEVER_SENT = "never-"
"""The customer of such an order never sends the parcel for which they have a label."""

STORE = "store-"
"""So begins a store's receipt for goods that were handed in there."""


def book_collection(world: World, call: Call[BookCollection]) -> CollectionBooked:
    """Promise to fetch goods; some addresses the courier does not go to, whoever asks."""
    order = require_order(world, call.request.order_id, at=call.at)
    chosen_lines(order, call.request.line_ids)
    if not world.lucky and not comes_for(world.seed, call.request.order_id):
        raise Refused("the courier does not collect at this address", code="no-pickup")
    return CollectionBooked(reference=f"co-{mark(call.key)}")


def comes_for(seed: int, order_id: str) -> bool:
    """Say whether the courier goes to where an order was delivered."""
    return draw(seed, order_id, "pickup") >= PICKUP_REFUSED_SHARE


def cancel_collection(world: World, call: Call[CancelCollection]) -> Undone:
    """Call off a collection that has not come in yet."""
    reference = call.request.reference
    booked = _require(world, "book_collection", reference)
    if not _undone(world, "cancel_collection", reference) and _arrival(world, booked, reference) <= call.at:
        raise Refused("the goods have already been collected", code="too-late")
    return Undone(reference=reference)


def issue_label(world: World, call: Call[IssueLabel]) -> LabelIssued:
    """Send the customer a prepaid label; no courier has to come, so every address will do."""
    order = require_order(world, call.request.order_id, at=call.at)
    chosen_lines(order, call.request.line_ids)
    return LabelIssued(reference=f"lb-{mark(call.key)}")


def void_label(world: World, call: Call[VoidLabel]) -> Undone:
    """Make a label worthless with which nothing has come in yet."""
    reference = call.request.reference
    issued = _require(world, "issue_label", reference)
    sent = not _order_of(issued).startswith(NEVER_SENT) and _arrival(world, issued, reference) <= call.at
    if sent and not _undone(world, "void_label", reference):
        raise Refused("the goods have already come in with this label", code="too-late")
    return Undone(reference=reference)


def track_collection(world: World, call: Call[TrackCollection]) -> CollectionStatus:
    """Tell whether the goods are back, as seen from the time of the question."""
    reference = call.request.reference
    booked = _way_back(world, reference)
    arrival, order_id = _arrival(world, booked, reference), _order_of(booked)
    by_label = booked.operation == "issue_label"
    undo = "void_label" if by_label else "cancel_collection"
    if call.at < arrival or _undone(world, undo, reference):
        return CollectionStatus(arrived=False)
    if by_label and order_id.startswith(NEVER_SENT):
        return CollectionStatus(arrived=False)
    if not by_label and order_id.startswith(NOBODY_HOME) and _is_first(world, booked, order_id):
        return CollectionStatus(arrived=False, no_show=True)
    if order_id.startswith(LOST):
        return CollectionStatus(arrived=False, lost=True)
    if order_id.startswith(PARTLY):
        first = require_order(world, order_id, at=call.at).lines[0].line_id
        return CollectionStatus(arrived=True, arrived_at=arrival, finding="part_returned", returned=(first,))
    return CollectionStatus(arrived=True, arrived_at=arrival, finding=finding(world, reference))


def _way_back(world: World, reference: str) -> Deed:
    """Return the deed by which goods come in: a label with which they are sent, or a collection."""
    labels = world.books.done_with("issue_label", reference)
    return labels[0] if labels else _require(world, "book_collection", reference)


def _is_first(world: World, deed: Deed, order_id: str) -> bool:
    return world.books.done_for_order(deed.operation, order_id)[0].key == deed.key


def repair_goods(world: World, call: Call[RepairGoods]) -> RepairAccepted:
    """Take goods into the workshop that have come in."""
    _require_goods(world, call.request.reference, at=call.at)
    return RepairAccepted(reference=f"rp-{mark(call.key)}")


def track_repair(world: World, call: Call[TrackRepair]) -> RepairAccepted | GoodsRepaired | RepairFailed:
    """Tell whether a repair is finished, as seen from the time of the question."""
    reference = call.request.reference
    taken = _require(world, "repair_goods", reference)
    finished = _arrival(world, taken, reference)
    if call.at < finished:
        return RepairAccepted(reference=reference)
    if RepairGoods.model_validate_json(taken.request).order_id.startswith(BEYOND_REPAIR):
        return RepairFailed(reference=reference, reason="the workshop cannot repair it")
    return GoodsRepaired(reference=reference, repaired_at=finished)


def return_goods(world: World, call: Call[ReturnGoods]) -> GoodsReturned:
    """Send goods that came in back to their owner, once."""
    reference = call.request.reference
    _require_goods(world, reference, at=call.at)
    if world.books.done_with("return_goods", reference):
        raise Refused("these goods have already been sent back", code="already-returned")
    return GoodsReturned(reference=f"rt-{mark(call.key)}")


def _require_goods(world: World, reference: str, *, at: datetime) -> None:
    """Refuse what was never collected or handed in, or has not arrived yet."""
    if reference.startswith(STORE):
        return
    if at < _arrival(world, _way_back(world, reference), reference):
        raise Refused("these goods have not come in", code="not-here")


def reserve_replacement(world: World, call: Call[ReserveReplacement]) -> ReplacementReserved:
    """Set a replacement aside."""
    order = require_order(world, call.request.order_id, at=call.at)
    chosen_lines(order, call.request.line_ids)
    return ReplacementReserved(reference=f"rs-{mark(call.key)}")


def release_replacement(world: World, call: Call[ReleaseReplacement]) -> Undone:
    """Put a reserved replacement back on the shelf."""
    reference = call.request.reference
    _require(world, "reserve_replacement", reference)
    if _shipped(world, reference):
        raise Refused("the replacement has already been shipped", code="too-late")
    return Undone(reference=reference)


def ship_replacement(world: World, call: Call[ShipReplacement]) -> ReplacementShipped:
    """Send a reserved replacement, once."""
    reference = call.request.reference
    _require(world, "reserve_replacement", reference)
    if _undone(world, "release_replacement", reference):
        raise Refused("the reservation was released", code="released")
    if _shipped(world, reference):
        raise Refused("the replacement has already been shipped", code="already-shipped")
    return ReplacementShipped(reference=f"sh-{mark(call.key)}")


def track_delivery(world: World, call: Call[TrackDelivery]) -> DeliveryStatus:
    """Tell whether a shipment has arrived, as seen from the time of the question."""
    reference = call.request.reference
    sent = _shipment(world, reference)
    arrival = _arrival(world, sent, reference)
    if call.at < arrival:
        return DeliveryStatus(delivered=False)
    order_id = _order_of(sent)
    if order_id.startswith(LOST) and _is_first(world, sent, order_id):
        return DeliveryStatus(delivered=False, lost=True)
    return DeliveryStatus(delivered=True, delivered_at=arrival)


def _shipment(world: World, reference: str) -> Deed:
    """Return the deed that sent something to the customer: a replacement, or their own goods."""
    returned = world.books.done_with("return_goods", reference)
    return returned[0] if returned else _require(world, "ship_replacement", reference)


SHAPES: Mapping[str, type[BookCollection | IssueLabel | ReturnGoods | ShipReplacement]] = {
    "book_collection": BookCollection,
    "issue_label": IssueLabel,
    "return_goods": ReturnGoods,
    "ship_replacement": ShipReplacement,
}


def _order_of(sent: Deed) -> str:
    return SHAPES[sent.operation].model_validate_json(sent.request).order_id


def _require(world: World, operation: str, reference: str) -> Deed:
    deeds = world.books.done_with(operation, reference)
    if not deeds:
        raise Refused("the courier does not know this reference", code="no-such-reference")
    return deeds[0]


def _undone(world: World, undo: str, reference: str) -> bool:
    return bool(world.books.done_with(undo, reference))


def _shipped(world: World, reservation: str) -> bool:
    return bool(world.books.done_with("ship_replacement", reservation))


def _arrival(world: World, sent: Deed, reference: str) -> datetime:
    return sent.at + between(1, 3, world.seed, reference, "days") * world.day


def finding(world: World, reference: str) -> Finding:
    """Return what the inspection of collected goods finds."""
    luck = 1.0 if world.lucky else draw(world.seed, reference, "inspection")
    if luck < MISSING_SHARE:
        return "missing"
    return "not_as_claimed" if luck < MISSING_SHARE + NOT_AS_CLAIMED_SHARE else "as_claimed"


OPERATIONS: Operations = {
    "book_collection": Operation(takes=BookCollection, answer=book_collection),
    "cancel_collection": Operation(takes=CancelCollection, answer=cancel_collection),
    "issue_label": Operation(takes=IssueLabel, answer=issue_label),
    "void_label": Operation(takes=VoidLabel, answer=void_label),
    "track_collection": Operation(takes=TrackCollection, answer=track_collection, keeps=False),
    "reserve_replacement": Operation(takes=ReserveReplacement, answer=reserve_replacement),
    "release_replacement": Operation(takes=ReleaseReplacement, answer=release_replacement),
    "ship_replacement": Operation(takes=ShipReplacement, answer=ship_replacement),
    "repair_goods": Operation(takes=RepairGoods, answer=repair_goods),
    "track_repair": Operation(takes=TrackRepair, answer=track_repair, keeps=False),
    "return_goods": Operation(takes=ReturnGoods, answer=return_goods),
    "track_delivery": Operation(takes=TrackDelivery, answer=track_delivery, keeps=False),
}
