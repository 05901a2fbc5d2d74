"""The customers port: what the CRM knows of a person, and the ledger of their other cases."""

from collections.abc import Awaitable, Callable

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect
from domain.effect import (
    Answer,
    Ask,
    CustomerSnapshot,
    FactsTaken,
    FetchCustomer,
    OtherCase,
    ProposeFacts,
)
from ledger.errors import LedgerError

OtherCases = Callable[[str, str], Awaitable[tuple[OtherCase, ...]]]
"""Returns the other cases of a customer, by customer and case."""


class Customers:
    """Asks the CRM, and the ledger for what the CRM cannot know."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        *,
        other_cases: OtherCases | None = None,
    ) -> None:
        self._crm = Provider(client, "crm", patience)
        self._other_cases = other_cases

    @activity.defn(name="fetch_customer")
    async def fetch_customer(self, ask: Ask) -> Answer:
        """Return who this is; somebody the CRM does not know is a customer too."""
        request = expect(ask, FetchCustomer)
        found = await self._crm.ask(ask, request, CustomerSnapshot)
        customer = found.customer_id or request.contact.customer_id
        return Answer(result=found.model_copy(update={"cases": await self._cases(customer, ask.case_id)}))

    @activity.defn(name="propose_facts")
    async def propose_facts(self, ask: Ask) -> Answer:
        """Propose to the CRM what a case learnt about its customer."""
        return Answer(result=await self._crm.ask(ask, expect(ask, ProposeFacts), FactsTaken))

    async def _cases(self, customer: str | None, case_id: str) -> tuple[OtherCase, ...] | None:
        """A ledger that is down leaves other cases unknown; the profile does not wait for it."""
        if customer is None or self._other_cases is None:
            return None
        try:
            return await self._other_cases(customer, case_id)
        except LedgerError:
            return None
