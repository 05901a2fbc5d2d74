"""What a listener keeps and looks up: how far it has read, calls without a case, callers, equal claims."""

from datetime import datetime, timedelta
from typing import Any

from domain.news import Call
from domain.record import Record
from domain.row import CaseRow
from ledger.patience import patiently
from ledger.pool import CONNECT_SECONDS, Pool

PATIENCE = timedelta(seconds=5)

CURSOR = "SELECT cursor FROM feeds WHERE name = $1"
# Of two listeners the one behind does not take the other back.
MOVE = """
INSERT INTO feeds (name, cursor) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET cursor = greatest(feeds.cursor, excluded.cursor), moved_at = now()
"""
NOTE = """
INSERT INTO unplaced_calls (reference, happened, caller_key, cases, reached, wait_seconds, minutes)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (reference) DO NOTHING
"""
UNPLACED = "SELECT * FROM unplaced_calls ORDER BY happened DESC, reference LIMIT $1"
CALLER = "SELECT row::text FROM cases WHERE row ->> 'caller_key' = $1 AND ended IS NULL ORDER BY opened_at"
SAME_CLAIM = """
SELECT DISTINCT ON (later.case_id) later.case_id AS later, earlier.case_id AS earlier
FROM cases AS later JOIN cases AS earlier ON later.row ->> 'claim' = earlier.row ->> 'claim'
    AND (earlier.opened_at, earlier.case_id) < (later.opened_at, later.case_id)
WHERE later.ended IS NULL AND earlier.ended IS NULL AND later.row ->> 'claim' IS NOT NULL
    AND later.stage IN ('raised', 'with_department', 'owned')
    AND earlier.stage IN ('raised', 'with_department', 'owned', 'in_recovery')
ORDER BY later.case_id, earlier.opened_at DESC, earlier.case_id DESC
"""


class UnplacedCall(Record):
    """A call that belongs to no one case.

    Attributes:
        cases: the caller's open cases where there are several; none of a caller nobody knows.
    """

    reference: str
    happened: datetime
    caller_key: str | None
    cases: tuple[str, ...]
    reached: bool
    wait_seconds: int
    minutes: int


class ListeningStore:
    """Over a pool; waits a little for a database that is away."""

    def __init__(self, pool: Pool, *, patience: timedelta = PATIENCE) -> None:
        self._pool = pool
        self._patience = patience

    async def cursor(self, feed: str) -> int:
        """Return the number of the last entry that was dealt with; 0 before the first."""
        rows = await self._fetch(CURSOR, feed)
        return rows[0]["cursor"] if rows else 0

    async def move(self, feed: str, cursor: int) -> None:
        """Remember how far a feed was dealt with."""
        await self._fetch(MOVE, feed, cursor)

    async def note(self, call: Call, caller_key: str | None, cases: tuple[str, ...]) -> None:
        """Keep a call that belongs to no one case, once."""
        told = (call.reached, call.wait_seconds, call.minutes)
        await self._fetch(NOTE, call.call, call.began, caller_key, list(cases), *told)

    async def unplaced(self, limit: int = 100) -> tuple[UnplacedCall, ...]:
        """Return the calls that belong to no one case, the latest first."""
        return tuple(UnplacedCall.model_validate(dict(row)) for row in await self._fetch(UNPLACED, limit))

    async def cases_of(self, caller_key: str | None) -> tuple[CaseRow, ...]:
        """Return the open cases of a caller."""
        if caller_key is None:
            return ()
        rows = await self._fetch(CALLER, caller_key)
        return tuple(CaseRow.model_validate_json(row["row"]) for row in rows)

    async def same_claims(self) -> tuple[tuple[str, str], ...]:
        """Return each open case that has an earlier one about the same claim, with the nearest of those."""
        return tuple((row["later"], row["earlier"]) for row in await self._fetch(SAME_CLAIM))

    async def _fetch(self, sql: str, *values: object) -> list[dict[str, Any]]:
        async def fetch() -> list[dict[str, Any]]:
            async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
                return [dict(row) for row in await connection.fetch(sql, *values)]

        return await patiently(fetch, self._patience)
