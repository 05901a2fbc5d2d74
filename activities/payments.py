"""The payments port: money back to the original means."""

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect
from domain.effect import Answer, Ask, PayRefund, RefundPaid


class Payments:
    """Asks the bank."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience = Patience()) -> None:  # noqa: B008 - frozen
        self._bank = Provider(client, "bank", patience)

    @activity.defn(name="pay_refund")
    async def pay_refund(self, ask: Ask) -> Answer:
        """Pay a refund, once per case and effect key however often this is tried."""
        request = expect(ask, PayRefund)
        return Answer(result=await self._bank.ask(ask, request, RefundPaid))
