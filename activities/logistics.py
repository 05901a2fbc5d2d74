"""The logistics port: goods that come back, replacements that go out, and the undo of either."""

from typing import Annotated

import httpx
from pydantic import Field, TypeAdapter
from temporalio import activity

from activities.http import Patience, Provider, expect
from domain.effect import (
    Answer,
    Ask,
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

REPAIR: TypeAdapter[RepairAccepted | GoodsRepaired | RepairFailed] = TypeAdapter(
    Annotated[RepairAccepted | GoodsRepaired | RepairFailed, Field(discriminator="kind")]
)


class Logistics:
    """Asks the courier and its warehouse."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience = Patience()) -> None:  # noqa: B008 - frozen
        self._courier = Provider(client, "courier", patience)

    @activity.defn(name="book_collection")
    async def book_collection(self, ask: Ask) -> Answer:
        """Have goods fetched from the customer."""
        request = expect(ask, BookCollection)
        return Answer(result=await self._courier.ask(ask, request, CollectionBooked))

    @activity.defn(name="cancel_collection")
    async def cancel_collection(self, ask: Ask) -> Answer:
        """Call a booked collection off."""
        request = expect(ask, CancelCollection)
        return Answer(result=await self._courier.ask(ask, request, Undone))

    @activity.defn(name="issue_label")
    async def issue_label(self, ask: Ask) -> Answer:
        """Give the customer a prepaid label to send goods back with."""
        request = expect(ask, IssueLabel)
        return Answer(result=await self._courier.ask(ask, request, LabelIssued))

    @activity.defn(name="void_label")
    async def void_label(self, ask: Ask) -> Answer:
        """Make a label worthless that nothing was sent with yet."""
        request = expect(ask, VoidLabel)
        return Answer(result=await self._courier.ask(ask, request, Undone))

    @activity.defn(name="track_collection")
    async def track_collection(self, ask: Ask) -> Answer:
        """Return where collected goods are and what the inspection found."""
        request = expect(ask, TrackCollection)
        return Answer(result=await self._courier.ask(ask, request, CollectionStatus))

    @activity.defn(name="reserve_replacement")
    async def reserve_replacement(self, ask: Ask) -> Answer:
        """Set a replacement aside."""
        request = expect(ask, ReserveReplacement)
        return Answer(result=await self._courier.ask(ask, request, ReplacementReserved))

    @activity.defn(name="release_replacement")
    async def release_replacement(self, ask: Ask) -> Answer:
        """Give a reserved replacement up."""
        request = expect(ask, ReleaseReplacement)
        return Answer(result=await self._courier.ask(ask, request, Undone))

    @activity.defn(name="ship_replacement")
    async def ship_replacement(self, ask: Ask) -> Answer:
        """Send a reserved replacement to the customer."""
        request = expect(ask, ShipReplacement)
        return Answer(result=await self._courier.ask(ask, request, ReplacementShipped))

    @activity.defn(name="track_delivery")
    async def track_delivery(self, ask: Ask) -> Answer:
        """Return whether a shipment has arrived."""
        request = expect(ask, TrackDelivery)
        return Answer(result=await self._courier.ask(ask, request, DeliveryStatus))

    @activity.defn(name="repair_goods")
    async def repair_goods(self, ask: Ask) -> Answer:
        """Have the workshop take on a repair."""
        request = expect(ask, RepairGoods)
        repair = await self._courier.ask(ask, request, REPAIR)
        return Answer(result=repair)

    @activity.defn(name="track_repair")
    async def track_repair(self, ask: Ask) -> Answer:
        """Return whether a repair is finished, or came to nothing."""
        request = expect(ask, TrackRepair)
        repair = await self._courier.ask(ask, request, REPAIR)
        return Answer(result=repair)

    @activity.defn(name="return_goods")
    async def return_goods(self, ask: Ask) -> Answer:
        """Send the customer's own goods back to them."""
        request = expect(ask, ReturnGoods)
        return Answer(result=await self._courier.ask(ask, request, GoodsReturned))
