"""Writes a case's events to the ledger."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio import activity

from activities.append import APPEND_EVENTS, AppendEvents
from activities.ledger_failure import ledger_failure
from ledger.errors import LedgerRejected, LedgerUnavailable, VersionConflict
from ledger.store import EventStore

HEARTBEAT = timedelta(seconds=2)
"""How often the activity says that it still waits; a heartbeat timeout should be some of these."""


class LedgerActivities:
    """Ledger writes, over a store that the worker opens and a test may replace."""

    def __init__(self, store: EventStore, *, heartbeat: timedelta = HEARTBEAT) -> None:
        self._store = store
        self._heartbeat = heartbeat

    @activity.defn(name=APPEND_EVENTS)
    async def append_events(self, request: AppendEvents) -> None:
        """Append the events; do nothing if these very events are already there."""
        try:
            async with _heartbeats(self._heartbeat):
                await self._store.append(request.case_id, request.events, request.row, request.policy)
        except (VersionConflict, LedgerRejected, LedgerUnavailable) as error:
            failure = ledger_failure(error)
        else:
            return
        raise failure


@asynccontextmanager
async def _heartbeats(every: timedelta) -> AsyncIterator[None]:
    """Beat in the background: the store may hang in one call to a frozen server."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(every.total_seconds())

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
