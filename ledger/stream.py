"""Reads the whole ledger one case at a time, in one consistent view, for `rebuild` and `verify`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from domain.chain import RecordedEvent
from domain.theme import is_request
from ledger.pool import CONNECT_SECONDS, Connection, Pool
from ledger.rests import with_rests
from ledger.store import ERASED

PREFETCH = 200
"""Events held at once beside those of one case (a body may have 64 KB)."""

LONG_SECONDS = 3600.0
"""Time-out for statements that touch the whole ledger."""

Progress = Callable[[int, int], None]
"""Told how many cases are done, of how many."""

EVERY_EVENT = """
SELECT case_id, seq, kind, at, instant, by, body, salt, digest, hash, position
FROM events ORDER BY case_id, seq
"""
ROW = "SELECT version, row::text, next_due FROM cases WHERE case_id = $1"
ROW_OF_REQUEST = "SELECT version, row::text, next_due FROM improvements WHERE improvement_id = $1"
COUNT = "SELECT count(DISTINCT case_id) FROM events"


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of `events`; body and salt are None where they were erased."""

    case_id: str
    seq: int
    kind: str
    at: str
    instant: datetime
    by: str
    body: str | None
    salt: str | None
    digest: str
    hash: str
    position: int

    def recorded(self) -> RecordedEvent:
        """Return the event as it travelled; `ERASED` stands for what was erased."""
        return RecordedEvent(
            case_id=self.case_id,
            seq=self.seq,
            kind=self.kind,
            at=self.at,
            by=self.by,
            body=self.body or ERASED,
            salt=self.salt or ERASED,
            digest=self.digest,
            hash=self.hash,
        )


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row of `cases` or `improvements`: the JSON of the whole and the columns kept beside it."""

    version: int
    row: str
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class StoredCase:
    """All that the ledger holds of one case, or of one improvement request."""

    case_id: str
    events: tuple[StoredEvent, ...]
    row: StoredRow | None

    def recorded(self) -> tuple[RecordedEvent, ...]:
        """Return the events as they travelled, or what a recorded redaction left of them."""
        return with_rests([event.recorded() for event in self.events])


@asynccontextmanager
async def snapshot(pool: Pool) -> AsyncIterator[Connection]:
    """Hold one view of the ledger: an append that commits meanwhile is not seen by half."""
    async with (
        pool.acquire(timeout=CONNECT_SECONDS) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield connection


async def stored_cases(connection: Connection, progress: Progress = silent) -> AsyncIterator[StoredCase]:
    """Yield every case and every improvement request that has events; call it inside a transaction."""
    total = await connection.fetchval(COUNT, timeout=LONG_SECONDS)
    done = 0
    async for events in _by_case(connection):
        case_id = events[0].case_id
        row = await connection.fetchrow(ROW_OF_REQUEST if is_request(case_id) else ROW, case_id)
        yield StoredCase(case_id, events, StoredRow(**dict(row)) if row else None)
        done += 1
        progress(done, total)


async def _by_case(connection: Connection) -> AsyncIterator[tuple[StoredEvent, ...]]:
    held: list[StoredEvent] = []
    async for record in connection.cursor(EVERY_EVENT, prefetch=PREFETCH, timeout=LONG_SECONDS):
        event = stored_event(record)
        if held and held[-1].case_id != event.case_id:
            yield tuple(held)
            held = []
        held.append(event)
    if held:
        yield tuple(held)


def stored_event(record: asyncpg.Record) -> StoredEvent:
    """Return one row of `events`."""
    return StoredEvent(**dict(record))
