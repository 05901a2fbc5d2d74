import asyncpg
import pytest

from ledger.breach import Breach
from ledger.errors import LedgerRejected
from ledger.pool import Connection, Pool
from ledger.rests import is_erased
from ledger.store import ERASED, EventStore
from ledger.verify import verify_chain
from tests.ledger.chains import WORDS, chain, fold, redacting

CHANGES = ("UPDATE events SET by = 'agent:other'", "DELETE FROM events", "TRUNCATE events")


@pytest.fixture(autouse=True)
async def _three_events(store: EventStore) -> None:
    events = chain("c", 3)
    await store.append("c", events, fold(events))


@pytest.mark.parametrize("change", CHANGES)
async def test_the_application_has_no_right_to_change_events(pool: Pool, change: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute(change)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_trigger_refuses_even_the_owner(owner: Connection, change: str) -> None:
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError, match="append-only"):
        await owner.execute(change)


async def test_the_application_may_not_redact(pool: Pool) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("SELECT redact_event('c', 2)")


async def test_an_erasure_by_hand_leaves_the_chain_whole_and_is_noticed(
    owner: Connection, store: EventStore, pool: Pool
) -> None:
    before = await store.read("c")
    assert await owner.fetchval("SELECT redact_event('c', 2)") is True
    assert await owner.fetchval("SELECT redact_event('c', 2)") is False
    assert await owner.fetchval("SELECT redact_event('c', 7)") is False
    after = await store.read("c")
    assert after == (before[0], before[1].model_copy(update={"body": ERASED, "salt": ERASED}), before[2])
    assert await owner.fetchval("SELECT body IS NULL AND salt IS NULL FROM events WHERE seq = 2") is True
    assert await verify_chain(pool) == (
        Breach("V2", "c", "event 2 is erased, and no event says on which ground"),
    )


async def test_the_application_erases_what_a_recorded_redaction_names_and_nothing_else(
    store: EventStore, pool: Pool
) -> None:
    before = await store.read("c")
    with pytest.raises(LedgerRejected):
        await store.erase("c", 2)
    record = redacting(2, before)
    await store.append("c", [record], fold((*before, record)))
    for other in (1, 3, record.seq, 9):
        with pytest.raises(LedgerRejected):
            await store.erase("c", other)
    assert await store.erase("c", 2) is True
    assert await store.erase("c", 2) is False
    after = await store.read("c")
    assert [entry.body for entry in after if WORDS.split()[0] in entry.body] == [
        before[0].body,
        before[2].body,
    ]
    assert '"words":"[erased]"' in after[1].body
    assert [entry.seq for entry in after if is_erased(entry)] == [2]
    assert fold(after).stage == "registered"
    assert await verify_chain(pool) == ()


async def test_erased_events_sent_again_are_the_same_events(owner: Connection, store: EventStore) -> None:
    before = await store.read("c")
    await owner.execute("SELECT redact_event('c', 2)")
    await store.append("c", before)
    assert (await store.read("c"))[1].body == ERASED


async def test_only_the_function_may_erase(owner: Connection) -> None:
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
        await owner.execute("UPDATE events SET body = NULL, salt = NULL WHERE seq = 2")
    async with owner.transaction():
        await owner.execute("SELECT redact_event('c', 1)")
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
            async with owner.transaction():
                await owner.execute("UPDATE events SET body = NULL, salt = NULL WHERE seq = 1")


async def test_a_redaction_can_change_nothing_else(owner: Connection) -> None:
    async with owner.transaction():
        await owner.execute("SELECT set_config('redress.redacting', 'c/2', true)")
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
            await owner.execute("UPDATE events SET body = NULL, salt = NULL, by = 'agent:x' WHERE seq = 2")
