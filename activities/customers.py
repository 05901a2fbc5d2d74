"""The customers port: what the CRM knows of a person."""

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect
from domain.effect import Answer, Ask, CustomerSnapshot, FetchCustomer


class Customers:
    """Asks the CRM."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience = Patience()) -> None:  # noqa: B008 - frozen
        self._crm = Provider(client, "crm", patience)

    @activity.defn(name="fetch_customer")
    async def fetch_customer(self, ask: Ask) -> Answer:
        """Return who this is; somebody the CRM does not know is a customer too."""
        request = expect(ask, FetchCustomer)
        return Answer(result=await self._crm.ask(ask, request, CustomerSnapshot))
