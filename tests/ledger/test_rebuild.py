import asyncio

import pytest

from domain.row import CaseRow
from ledger import read_models
from ledger.errors import LedgerError
from ledger.pool import Connection, Pool
from ledger.read_models import Fold, rebuild
from ledger.store import EventStore
from tests.ledger.chains import chain, fold

CONTENT = "SELECT * FROM cases ORDER BY case_id"


async def fill(store: EventStore, count: int) -> None:
    for number in range(count):
        events = chain(f"c{number}", 3, stage="owned" if number % 2 else "registered")
        await store.append(f"c{number}", events, fold(events))


async def test_rebuilt_content_is_equal(store: EventStore, pool: Pool) -> None:
    await fill(store, 5)
    before = await pool.fetch(CONTENT)
    told: list[tuple[int, int]] = []
    await pool.execute("DELETE FROM cases WHERE case_id = 'c1'")
    await pool.execute(
        "UPDATE cases SET version = 99, row = row || '{\"stage\": \"lost\"}' WHERE case_id = 'c2'"
    )
    await pool.execute(
        "INSERT INTO cases (case_id, version, row, opened_at) "
        'VALUES (\'ghost\', 1, \'{"source": "s", "key_digest": "k"}\', now())'
    )
    assert await rebuild(pool, fold, lambda done, total: told.append((done, total))) == 5
    assert await pool.fetch(CONTENT) == before
    assert told == [(number, 5) for number in range(1, 6)]
    assert await rebuild(pool, fold) == 5


async def test_a_fold_that_fails_leaves_the_read_model_as_it_was(store: EventStore, pool: Pool) -> None:
    await fill(store, 2)
    before = await pool.fetch(CONTENT)
    with pytest.raises(ZeroDivisionError):
        await rebuild(pool, lambda _: 1 // 0)  # type: ignore[arg-type,return-value]
    twin = fold(chain("c0", 3))
    with pytest.raises(LedgerError):
        await rebuild(pool, lambda events: twin.model_copy(update={"case_id": events[0].case_id}))
    assert await pool.fetch(CONTENT) == before


async def test_workers_append_and_readers_see_all_cases_during_a_rebuild(
    store: EventStore, pool: Pool
) -> None:
    await fill(store, 20)
    stop = asyncio.Event()
    counts: set[int] = set()

    async def work(case_id: str) -> None:
        events = await store.read(case_id)
        while not stop.is_set():
            events += chain(case_id, 1, after=events, stage="owned")
            await store.append(case_id, events[-1:], fold(events))

    async def look() -> None:
        while not stop.is_set():
            counts.add(len(await store.cases()))

    tasks = [asyncio.create_task(work(f"c{number}")) for number in range(4)]
    tasks.append(asyncio.create_task(look()))
    for _ in range(3):
        await rebuild(pool, fold)
    stop.set()
    await asyncio.gather(*tasks)
    assert counts == {20}
    for number in range(20):
        assert await store.row(f"c{number}") == fold(await store.read(f"c{number}"))


async def test_what_grows_during_the_long_part_is_folded_again(
    store: EventStore, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store, 2)
    old = await store.read("c0")
    grown, opened = (*old, *chain("c0", 1, after=old)), chain("new", 1)
    swap = read_models._swap  # noqa: SLF001 - the moment before it is the one in question

    async def grow_and_swap(connection: Connection, fold: Fold) -> int:
        await store.append("c0", grown, fold(grown))
        await store.append("new", opened, fold(opened))
        return await swap(connection, fold)

    monkeypatch.setattr(read_models, "_swap", grow_and_swap)
    assert await rebuild(pool, fold) == 3
    assert await store.row("c0") == fold(grown)
    assert await store.row("new") == fold(opened)


async def test_an_append_during_the_swap_waits_and_is_not_lost(
    store: EventStore, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store, 1)
    events = await store.read("c0")
    events += chain("c0", 2, after=events)
    appends: list[asyncio.Task[None]] = []
    swap, keep = read_models._swap, read_models._keep  # noqa: SLF001 - as above

    async def grow_and_swap(connection: Connection, fold: Fold) -> int:
        await store.append("c0", events[:4], fold(events[:4]))
        monkeypatch.setattr(read_models, "_keep", keep_while_appending)
        return await swap(connection, fold)

    async def keep_while_appending(connection: Connection, row: CaseRow) -> None:
        appends.append(asyncio.create_task(store.append("c0", events, fold(events))))
        await asyncio.wait(appends, timeout=0.2)
        await keep(connection, row)

    monkeypatch.setattr(read_models, "_swap", grow_and_swap)
    await rebuild(pool, fold)
    await asyncio.gather(*appends)
    assert len(appends) == 1
    assert await store.row("c0") == fold(events)
