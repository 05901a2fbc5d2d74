import asyncio
import os
import signal
import time
from datetime import timedelta

import pytest

from ledger.errors import LedgerNotReady, LedgerUnavailable
from ledger.migrate import migrate
from ledger.pool import Pool, open_pool
from ledger.store import EventStore
from stack.postgres import Postgres
from tests.ledger.chains import chain, fold
from tests.ledger.conftest import Database


async def test_appends_wait_until_the_database_is_back(postgres: Postgres, store: EventStore) -> None:
    events = chain("c", 2)
    await store.append("c", events[:1])
    await postgres.stop()
    try:
        waiting = [asyncio.create_task(store.append("c", events, fold(events))) for _ in range(5)]
        await asyncio.sleep(0.2)
        assert not any(task.done() for task in waiting)
    finally:
        await postgres.start()
    await asyncio.gather(*waiting)
    assert await store.read("c") == events


async def test_a_crash_amid_appends_loses_and_doubles_nothing(postgres: Postgres, store: EventStore) -> None:
    cases = {f"c{number}": chain(f"c{number}", 3) for number in range(40)}
    writes = [asyncio.create_task(_in_steps(store, case_id, events)) for case_id, events in cases.items()]
    await asyncio.sleep(0.05)
    await postgres.kill()
    await postgres.start()
    await asyncio.gather(*writes)
    for case_id, events in cases.items():
        assert await store.read(case_id) == events


async def test_a_database_that_stays_away_is_named(postgres: Postgres, pool: Pool) -> None:
    hasty = EventStore(pool, patience=timedelta(milliseconds=200))
    await postgres.stop()
    try:
        with pytest.raises(LedgerUnavailable, match="does not answer"):
            await hasty.append("c", chain("c", 1))
        with pytest.raises(LedgerUnavailable):
            await hasty.read("c")
        with pytest.raises(LedgerUnavailable):
            await migrate(postgres.migration_url, "redress_app")
    finally:
        await postgres.start()


async def test_a_frozen_server_ends_the_wait_in_time(
    postgres: Postgres, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.store.CONNECT_SECONDS", 0.5)
    pool = await open_pool(database.app_url, max_size=1)
    hasty = EventStore(pool, patience=timedelta(milliseconds=200))
    await hasty.append("c", chain("c", 1))
    backend = await pool.fetchval("SELECT pg_backend_pid()")
    assert postgres.pid is not None
    for pid in (postgres.pid, backend):
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(LedgerUnavailable):
            await hasty.read("c")
    finally:
        for pid in (postgres.pid, backend):
            os.kill(pid, signal.SIGCONT)
    assert time.monotonic() - began < 3
    assert len(await hasty.read("c")) == 1
    pool.terminate()


async def test_a_pool_opens_while_the_database_is_down(postgres: Postgres, database: Database) -> None:
    await postgres.stop()
    try:
        pool = await open_pool(database.app_url)
    finally:
        await postgres.start()
    await EventStore(pool).append("c", chain("c", 1))
    await pool.close()


async def test_a_database_without_tables_is_not_waited_for(bare: Database) -> None:
    async with await open_pool(bare.app_url) as pool:
        with pytest.raises(LedgerNotReady, match="migrate"):
            await EventStore(pool).append("c", chain("c", 1))


async def _in_steps(store: EventStore, case_id: str, events: tuple) -> None:  # type: ignore[type-arg]
    for end in range(1, len(events) + 1):
        await store.append(case_id, events[:end], fold(events[:end]))
