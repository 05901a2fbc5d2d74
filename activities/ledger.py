"""Writes a case's events to the ledger."""

from datetime import timedelta

from temporalio import activity

from activities.append import APPEND_EVENTS, AppendEvents
from activities.heartbeats import HEARTBEAT, heartbeats
from activities.ledger_failure import ledger_failure
from ledger.errors import LedgerRejected, LedgerUnavailable, VersionConflict
from ledger.store import EventStore


class LedgerActivities:
    """Ledger writes, over a store that the worker opens and a test may replace."""

    def __init__(self, store: EventStore, *, heartbeat: timedelta = HEARTBEAT) -> None:
        self._store = store
        self._heartbeat = heartbeat

    @activity.defn(name=APPEND_EVENTS)
    async def append_events(self, request: AppendEvents) -> None:
        """Append the events; do nothing if these very events are already there."""
        try:
            async with heartbeats(self._heartbeat):
                await self._store.append(request.case_id, request.events, request.row, request.policy)
        except (VersionConflict, LedgerRejected, LedgerUnavailable) as error:
            failure = ledger_failure(error)
        else:
            return
        raise failure
