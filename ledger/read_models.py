"""Drops the read models and folds them again from the events, while workers go on appending."""

from collections.abc import Callable, Sequence

from domain.chain import RecordedEvent
from domain.row import CaseRow, ImprovementRow
from ledger.patience import once
from ledger.pool import CONNECT_SECONDS, Connection, Pool
from ledger.rests import with_rests
from ledger.statements import IS_REQUEST, READ
from ledger.store import event_of
from ledger.stream import LONG_SECONDS, Progress, silent, stored_cases

Fold = Callable[[Sequence[RecordedEvent]], CaseRow | ImprovementRow]
"""What the domain makes of all events of a case."""

STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS rebuilt (
    case_id text PRIMARY KEY, version bigint NOT NULL, row jsonb NOT NULL
)
"""
EMPTY = "DELETE FROM pg_temp.rebuilt"
KEEP = """
INSERT INTO pg_temp.rebuilt (case_id, version, row) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, row = excluded.row
"""
# Readers go on; an append waits here before it has written anything, so it cannot wait for us in a circle.
LOCK = "LOCK TABLE cases, improvements IN SHARE ROW EXCLUSIVE MODE"
GROWN = """
SELECT event.case_id FROM events AS event LEFT JOIN pg_temp.rebuilt USING (case_id)
GROUP BY event.case_id, rebuilt.version HAVING max(event.seq) IS DISTINCT FROM rebuilt.version
"""
DROP = ("DELETE FROM cases", "DELETE FROM improvements")
FILL = f"""
INSERT INTO cases (case_id, version, row, opened_at, next_due)
SELECT case_id, version, row, (row ->> 'opened_at')::timestamptz, (row #>> '{{dues,0,due}}')::timestamptz
FROM pg_temp.rebuilt WHERE NOT {IS_REQUEST}
"""  # noqa: S608 - our own constants
FILL_REQUESTS = f"""
INSERT INTO improvements (improvement_id, version, row, next_due)
SELECT case_id, version, row, (row ->> 'next_due')::timestamptz FROM pg_temp.rebuilt WHERE {IS_REQUEST}
"""  # noqa: S608 - our own constants


async def rebuild(pool: Pool, fold: Fold, progress: Progress = silent) -> int:
    """Replace the content of the read models by what the events say; return the number of cases.

    The long part runs without a lock. Then, in one transaction, what has grown meanwhile is folded again and
    the content is swapped, so that no reader sees half of it.

    Raises:
        LedgerError: where the database fails; the read models are then as they were.
    """
    return await once(lambda: _rebuild(pool, fold, progress))


async def _rebuild(pool: Pool, fold: Fold, progress: Progress) -> int:
    async with pool.acquire(timeout=CONNECT_SECONDS) as connection:
        await connection.execute(STAGE)
        try:
            await _fold_all(connection, fold, progress)
            return await _swap(connection, fold)
        finally:
            if not connection.is_closed():
                await connection.execute("DROP TABLE IF EXISTS pg_temp.rebuilt")


async def _fold_all(connection: Connection, fold: Fold, progress: Progress) -> None:
    async with connection.transaction(isolation="repeatable_read"):
        await connection.execute(EMPTY)
        async for case in stored_cases(connection, progress):
            await _keep(connection, fold(case.recorded()))


async def _swap(connection: Connection, fold: Fold) -> int:
    async with connection.transaction():
        await connection.execute(LOCK, timeout=LONG_SECONDS)
        for record in await connection.fetch(GROWN, timeout=LONG_SECONDS):
            events = await connection.fetch(READ, record["case_id"])
            await _keep(connection, fold(with_rests([event_of(event) for event in events])))
        for drop in DROP:
            await connection.execute(drop, timeout=LONG_SECONDS)
        await connection.execute(FILL_REQUESTS, timeout=LONG_SECONDS)
        filled = await connection.execute(FILL, timeout=LONG_SECONDS)
    return int(filled.split()[-1])


async def _keep(connection: Connection, row: CaseRow | ImprovementRow) -> None:
    await connection.execute(KEEP, row.id, row.version, row.model_dump_json())
