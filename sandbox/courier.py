"""The courier and its warehouse (port logistics): collections, inspections, replacements, deliveries."""

from datetime import datetime
from typing import Literal

from domain.effect import (
    BookCollection,
    CancelCollection,
    CollectionBooked,
    CollectionStatus,
    DeliveryStatus,
    ReleaseReplacement,
    ReplacementReserved,
    ReplacementShipped,
    ReserveReplacement,
    ShipReplacement,
    TrackCollection,
    TrackDelivery,
    Undone,
)
from domain.refusal import Refused
from sandbox.books import Deed
from sandbox.chance import between, draw, mark
from sandbox.service import Call, Operation, Operations, World
from sandbox.shop import chosen_lines, require_order

PICKUP_REFUSED_SHARE = 0.1
NOT_AS_CLAIMED_SHARE = 0.08
MISSING_SHARE = 0.03

Finding = Literal["as_claimed", "not_as_claimed", "missing"]


def book_collection(world: World, call: Call[BookCollection]) -> CollectionBooked:
    """Promise to fetch goods; some addresses the courier does not go to, whoever asks."""
    order = require_order(world, call.request.order_id, at=call.at)
    chosen_lines(order, call.request.line_ids)
    if not world.lucky and draw(world.seed, call.request.order_id, "pickup") < PICKUP_REFUSED_SHARE:
        raise Refused("the courier does not collect at this address", code="no-pickup")
    return CollectionBooked(reference=f"co-{mark(call.key)}")


def cancel_collection(world: World, call: Call[CancelCollection]) -> Undone:
    """Call off a collection that has not come in yet."""
    reference = call.request.reference
    booked = _require(world, "book_collection", reference)
    if not _undone(world, "cancel_collection", reference) and _arrival(world, booked, reference) <= call.at:
        raise Refused("the goods have already been collected", code="too-late")
    return Undone(reference=reference)


def track_collection(world: World, call: Call[TrackCollection]) -> CollectionStatus:
    """Tell whether the goods are back, as seen from the time of the question."""
    reference = call.request.reference
    booked = _require(world, "book_collection", reference)
    arrival = _arrival(world, booked, reference)
    if call.at < arrival or _undone(world, "cancel_collection", reference):
        return CollectionStatus(arrived=False)
    return CollectionStatus(arrived=True, arrived_at=arrival, finding=finding(world, reference))


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
    arrival = _arrival(world, _require(world, "ship_replacement", reference), reference)
    if call.at < arrival:
        return DeliveryStatus(delivered=False)
    return DeliveryStatus(delivered=True, delivered_at=arrival)


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
    "track_collection": Operation(takes=TrackCollection, answer=track_collection, keeps=False),
    "reserve_replacement": Operation(takes=ReserveReplacement, answer=reserve_replacement),
    "release_replacement": Operation(takes=ReleaseReplacement, answer=release_replacement),
    "ship_replacement": Operation(takes=ShipReplacement, answer=ship_replacement),
    "track_delivery": Operation(takes=TrackDelivery, answer=track_delivery, keeps=False),
}
