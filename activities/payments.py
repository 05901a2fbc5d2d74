"""The payments port: money back to the original means, and whether it got there."""

from typing import Annotated

import httpx
from pydantic import Field, TypeAdapter
from temporalio import activity

from activities.http import Patience, Provider, expect
from activities.keys import idempotency_key
from domain.effect import Answer, Ask, PayRefund, RefundFailed, RefundPaid, RefundPending, TrackRefund
from domain.record import Record

PAID_OR_PENDING: TypeAdapter[RefundPaid | RefundPending] = TypeAdapter(
    Annotated[RefundPaid | RefundPending, Field(discriminator="kind")]
)
SETTLED_OR_NOT: TypeAdapter[RefundPaid | RefundPending | RefundFailed] = TypeAdapter(
    Annotated[RefundPaid | RefundPending | RefundFailed, Field(discriminator="kind")]
)


class Settlement(Record):
    """What the bank is asked: its own key of a refund that it has taken on."""

    kind: str = "track_refund"
    key: str


class Payments:
    """Asks the bank."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience = Patience()) -> None:  # noqa: B008 - frozen
        self._bank = Provider(client, "bank", patience)

    @activity.defn(name="pay_refund")
    async def pay_refund(self, ask: Ask) -> Answer:
        """Pay a refund, once per case and effect key however often this is tried."""
        request = expect(ask, PayRefund)
        taken = await self._bank.ask(ask, request, PAID_OR_PENDING)
        return Answer(result=taken)

    @activity.defn(name="track_refund")
    async def track_refund(self, ask: Ask) -> Answer:
        """Return whether a refund that was taken on is settled by now."""
        request = expect(ask, TrackRefund)
        settlement = Settlement(key=idempotency_key(ask.case_id, request.refund))
        settled = await self._bank.ask(ask, settlement, SETTLED_OR_NOT)
        return Answer(result=settled)
