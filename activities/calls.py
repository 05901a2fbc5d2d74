"""The calls port: one attempt of a happy call, as the call centre reports it, and calls made by hand."""

from collections.abc import Mapping

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect
from activities.wordings import Wordings, script
from domain.effect import Answer, Ask, CallMade, FetchCall, PlaceCall
from domain.record import Text


class Scripted(PlaceCall):
    """What the call centre takes: beside the ids, the words in which each question is asked."""

    script: dict[str, Text]


class Calls:
    """Asks the call centre, over wordings that the worker has read from the policies, by their hash."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        wordings: Mapping[str, Wordings] | None = None,
    ) -> None:
        self._calls = Provider(client, "calls", patience)
        self._wordings = wordings or {}

    @activity.defn(name="place_call")
    async def place_call(self, ask: Ask) -> Answer:
        """Call the customer once; a lost answer is asked for again and nobody is called twice."""
        request = expect(ask, PlaceCall)
        known = self._wordings.get(request.wording_hash)
        # A call whose script is lost is made all the same: the call centre knows the ids.
        words = script(known, request.questions, request.language) if known else {}
        scripted = Scripted(**request.model_dump(), script=words)
        return Answer(result=await self._calls.ask(ask, scripted, CallMade))

    @activity.defn(name="fetch_call")
    async def fetch_call(self, ask: Ask) -> Answer:
        """Return a call that somebody says they made; one that nobody made for this case is refused."""
        request = expect(ask, FetchCall)
        return Answer(result=await self._calls.ask(ask, request, CallMade))
