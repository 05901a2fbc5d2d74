"""Asks the ledger what is left of an event without its words, and has it erase them."""

from temporalio import activity

from activities.heartbeats import heartbeats
from activities.http import expect, refused
from activities.ledger_failure import ledger_failure
from domain.chain import RecordedEvent
from domain.effect import Answer, Ask, EraseWords, ReadRest, RestRead, WordsGone
from domain.record import canonical
from domain.rest import rest_of
from ledger.errors import LedgerError
from ledger.fold import events_of
from ledger.rests import is_erased
from ledger.store import EventStore


class Redactions:
    """Erasing in the ledger, over a store that the worker opens; every step may be repeated."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    @activity.defn
    async def read_rest(self, ask: Ask) -> Answer:
        """Return what is left of an event; the words themselves travel nowhere.

        Of one that is erased already, with a record that nobody heard the end of, it is what that left.
        """
        request = expect(ask, ReadRest)
        entry = await self._entry(ask.case_id, request.seq)
        if not entry.body:
            raise refused("its words were erased without a record", "erased")
        (event,) = events_of((entry,))
        rest = canonical(rest_of(event))
        words = is_erased(entry) or rest != canonical(event)
        return Answer(result=RestRead(was=entry.kind, rest=rest, words=words))

    @activity.defn
    async def erase_words(self, ask: Ask) -> Answer:
        """Erase the words of an event whose redaction is in the ledger; erased already is erased."""
        request = expect(ask, EraseWords)
        try:
            async with heartbeats():
                await self._store.erase(ask.case_id, request.seq)
                return Answer(result=WordsGone())
        except LedgerError as error:
            failure = ledger_failure(error)
        raise failure

    async def _entry(self, case_id: str, seq: int) -> RecordedEvent:
        """Return one event; the order to erase it was written after it, so it is there."""
        try:
            async with heartbeats():
                entries = await self._store.read(case_id)
                return entries[seq - 1]
        except LedgerError as error:
            failure = ledger_failure(error)
        raise failure
