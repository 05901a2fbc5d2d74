"""The orders port: what was bought, for how much, and how it stands with the product."""

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect
from domain.effect import Answer, Ask, FetchOrder, OrderSnapshot


class Orders:
    """Asks the shop."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience = Patience()) -> None:  # noqa: B008 - frozen
        self._shop = Provider(client, "shop", patience)

    @activity.defn(name="fetch_order")
    async def fetch_order(self, ask: Ask) -> Answer:
        """Return the order that a complaint is about."""
        request = expect(ask, FetchOrder)
        return Answer(result=await self._shop.ask(ask, request, OrderSnapshot))
