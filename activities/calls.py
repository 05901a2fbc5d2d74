"""The calls port: one attempt of a happy call, as the call centre reports it."""

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect
from domain.effect import Answer, Ask, CallMade, PlaceCall


class Calls:
    """Asks the call centre."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience = Patience()) -> None:  # noqa: B008 - frozen
        self._calls = Provider(client, "calls", patience)

    @activity.defn(name="place_call")
    async def place_call(self, ask: Ask) -> Answer:
        """Call the customer once; a lost answer is asked for again and nobody is called twice."""
        request = expect(ask, PlaceCall)
        return Answer(result=await self._calls.ask(ask, request, CallMade))
