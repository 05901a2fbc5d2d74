"""The customers port: what the CRM knows of a person, and the ledger of their other cases."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.http import Patience, Provider, expect, refused
from domain.effect import (
    Answer,
    Ask,
    CustomerSnapshot,
    FactsTaken,
    FetchCustomer,
    LearntFact,
    OtherCase,
    ProposeFacts,
    ProposeWhenAlone,
)
from ledger.errors import LedgerError

OtherCases = Callable[[str, str], Awaitable[tuple[OtherCase, ...]]]
"""Returns the other cases of a customer, by customer and case."""

OpenCases = Callable[[str, str], Awaitable[list[str]]]
"""Returns the numbers of those that are open."""

LOOK_AGAIN_AFTER = timedelta(days=1)
"""A case that is open today may be open for weeks; nobody waits for what is held back by it."""


class Customers:
    """Asks the CRM, and the ledger for what the CRM cannot know."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        *,
        other_cases: OtherCases | None = None,
        open_cases: OpenCases | None = None,
    ) -> None:
        self._crm = Provider(client, "crm", patience)
        self._other_cases = other_cases
        self._open_cases = open_cases

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

    @activity.defn(name="propose_when_alone")
    async def propose_when_alone(self, ask: Ask) -> Answer:
        """Do the same as soon as no other case of the customer is open; until then look again each day."""
        request = expect(ask, ProposeWhenAlone)
        if await self._others_open(request.customer_id, ask.case_id):
            raise ApplicationError(
                "another case of this customer is open", type="CaseOpen", next_retry_delay=LOOK_AGAIN_AFTER
            )
        return await self._propose(ask, request.customer_id, request.facts)

    async def propose_now(self, ask: Ask, customer: str, fact: LearntFact, *, alone: bool) -> Answer:
        """Tell the CRM one fact.

        Args:
            ask: on whose behalf.
            customer: whose fact.
            fact: what it is.
            alone: refuse it for good while a case of the customer is open.
        """
        if alone and await self._others_open(customer, ask.case_id):
            raise refused("a case of this customer is open", "open-case")
        return await self._propose(ask, customer, (fact,))

    async def _propose(self, ask: Ask, customer: str, facts: tuple[LearntFact, ...]) -> Answer:
        request = ProposeFacts(customer_id=customer, facts=facts)
        return await self.propose_facts(ask.model_copy(update={"request": request}))

    async def _others_open(self, customer: str, case_id: str) -> bool:
        """Say whether another case of a customer is open; what the ledger does not say is not risked."""
        try:
            if self._open_cases is not None:
                return bool(await self._open_cases(customer, case_id))
        except LedgerError as error:
            raise ApplicationError(str(error), type=type(error).__name__) from error
        raise ApplicationError("no ledger says which cases are open", type="LedgerUnavailable")

    async def _cases(self, customer: str | None, case_id: str) -> tuple[OtherCase, ...] | None:
        """A ledger that is down leaves other cases unknown; the profile does not wait for it."""
        if customer is None or self._other_cases is None:
            return None
        try:
            return await self._other_cases(customer, case_id)
        except LedgerError:
            return None
