from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ledger.breach import Breach
from ledger.personal import pattern_of
from ledger.pool import Connection, Pool, open_pool
from ledger.store import EventStore
from ledger.verify import verify_chain, verify_no_personal_data, verify_read_model, verify_roles
from tests.ledger.chains import chain, fold, redacting
from tests.ledger.conftest import Database


@pytest.fixture(autouse=True)
async def _two_cases(store: EventStore) -> None:
    for case_id in ("a", "b"):
        events = chain(case_id, 4)
        await store.append(case_id, events, fold(events))


@asynccontextmanager
async def unguarded(owner: Connection) -> AsyncIterator[None]:
    """Let the owner do what the triggers refuse."""
    await owner.execute("ALTER TABLE events DISABLE TRIGGER USER")
    yield
    await owner.execute("ALTER TABLE events ENABLE TRIGGER USER")


async def redacted(store: EventStore, seq: int, *, left: str = "moved") -> None:
    """Record in case a that one of its events is erased, and erase it as the application may."""
    events = await store.read("a")
    record = redacting(seq, events, left=left)
    await store.append("a", [record], fold((*events, record)))
    assert await store.erase("a", seq)


async def test_an_untouched_ledger_has_no_breach(store: EventStore, pool: Pool) -> None:
    await redacted(store, 2)
    told: list[tuple[int, int]] = []
    assert await verify_chain(pool, lambda done, total: told.append((done, total))) == ()
    assert told == [(1, 2), (2, 2)]
    assert await verify_read_model(pool, fold) == ()
    assert await verify_no_personal_data(pool, lambda _: {"Mira", "010-1234-5678"}) == ()
    assert await verify_roles(pool) == ()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("DELETE FROM events WHERE seq = 2 AND case_id = 'b'", "events are missing between 1 and 3"),
        ("DELETE FROM events WHERE seq = 1 AND case_id = 'b'", "the events start at 2"),
        ("DELETE FROM events WHERE seq = 4 AND case_id = 'b'", "the read model is at 4, the events end at 3"),
        ("UPDATE events SET body = '{}' WHERE seq = 2", "the body of event 2 does not have its digest"),
        ("UPDATE events SET body = NULL WHERE seq = 2", "event 2 is half erased"),
        ("UPDATE events SET by = 'agent:x' WHERE seq = 1", "event 1 is not linked to the beginning"),
        ("UPDATE events SET by = 'agent:x' WHERE seq = 3", "event 3 is not linked to event 2"),
        ("UPDATE events SET at = '2026-11-22T12:03:00Z' WHERE seq = 3", "event 3 is not linked to event 2"),
        ("UPDATE events SET digest = 'x', body = NULL, salt = NULL WHERE seq = 3", "event 3 is not linked"),
        ("UPDATE events SET hash = 'x' WHERE seq = 2", "event 3 is not linked to event 2"),
        ("UPDATE events SET instant = '2020-01-01' WHERE seq = 2", "event 2 happened before event 1"),
        ("DELETE FROM cases WHERE case_id = 'b'", "the read model has no row for it"),
        ("UPDATE cases SET version = 3", "the read model is at 3, the events end at 4"),
    ],
)
async def test_v2_names_a_changed_past(pool: Pool, owner: Connection, change: str, what: str) -> None:
    async with unguarded(owner):
        await owner.execute(change)
    breaches = await verify_chain(pool)
    assert {breach.invariant for breach in breaches} == {"V2"}
    assert any(breach.case_id == "b" and what in breach.what for breach in breaches)


async def test_v2_demands_a_redaction_for_every_erasure_and_an_erasure_for_every_redaction(
    store: EventStore, pool: Pool, owner: Connection
) -> None:
    await owner.execute("SELECT redact_event('b', 2)")
    events = await store.read("a")
    record = redacting(3, events)
    await store.append("a", [record], fold((*events, record)))
    assert set(await verify_chain(pool)) == {
        Breach("V2", "b", "event 2 is erased, and no event says on which ground"),
        Breach("V2", "a", "event 3 is redacted, and its words are still there"),
    }


async def test_v2_names_a_redaction_that_left_another_event(store: EventStore, pool: Pool) -> None:
    await redacted(store, 2, left="refunded")
    assert await verify_chain(pool) == (
        Breach("V2", "a", "what its redaction left of event 2 is another event"),
    )


async def test_v2_names_events_written_out_of_order(pool: Pool, owner: Connection) -> None:
    async with unguarded(owner):
        await owner.execute(
            "WITH moved AS (SELECT * FROM events WHERE case_id = 'b' AND seq = 2) "
            "INSERT INTO events (case_id, seq, kind, at, instant, by, digest, hash) "
            "SELECT 'late', seq - 1, kind, at, instant, by, digest, hash FROM moved"
        )
        await owner.execute("DELETE FROM events WHERE case_id = 'b' AND seq = 2")
        await owner.execute("UPDATE events SET case_id = 'b', seq = 2 WHERE case_id = 'late'")
    assert Breach("V2", "b", "event 3 was written before event 2") in await verify_chain(pool)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            'UPDATE cases SET row = row || \'{"stage": "x"}\'',
            "the read model differs from the events in stage",
        ),
        ('UPDATE cases SET row = \'{"source": "s", "key_digest": "b"}\' WHERE case_id = \'b\'', "folded"),
        ("DELETE FROM cases WHERE case_id = 'b'", "the read model has no row for it"),
        ("UPDATE cases SET next_due = NULL", "the columns of its row differ from the row"),
        ("UPDATE cases SET case_id = 'ghost' WHERE case_id = 'b'", "the read model has no row for it"),
    ],
)
async def test_v6_names_a_row_that_is_not_the_fold(pool: Pool, change: str, what: str) -> None:
    await pool.execute(change)
    breaches = await verify_read_model(pool, fold)
    assert {breach.invariant for breach in breaches} == {"V6"}
    assert any(breach.case_id == "b" and what in breach.what for breach in breaches)


async def test_v6_names_a_row_without_events(pool: Pool) -> None:
    await pool.execute("UPDATE cases SET case_id = 'ghost' WHERE case_id = 'b'")
    found = await verify_read_model(pool, fold)
    assert Breach("V6", "ghost", "the read model has a row, the ledger no event") in found


async def test_v8_finds_what_slipped_and_does_not_repeat_it(store: EventStore, pool: Pool) -> None:
    values = {"Mira Kim", "+82 10-1234-5678", "kim@example.org"}
    for case_id, by in (
        ("kim@example.org", "agent:a"),
        ("p", "customer:01012345678"),
        ("n", "agent:mira kim"),
    ):
        events = chain(case_id, 1, by=by)
        row = fold(events).model_copy(update={"product": "for MIRA KIM" if case_id == "p" else None})
        await store.append(case_id, events, row)
    found = await verify_no_personal_data(pool, lambda events: {*values, "01012345678"} if events else set())
    assert {(breach.case_id, breach.what) for breach in found if breach.case_id != "kim@example.org"} == {
        ("p", "a personal value stands in `by` of event 1"),
        ("p", "a personal value stands in product of the read model"),
        ("n", "a personal value stands in `by` of event 1"),
    }
    assert any(breach.case_id == "kim@example.org" for breach in found)
    assert not any(value in breach.what for value in values for breach in found)


@pytest.mark.parametrize(
    ("value", "text", "stands"),
    [
        ("010-1234-5678", "call 010 1234.5678!", True),
        ("010-1234-5678", "9010123456789", False),
        ("Al", "portal", False),
        ("Al", "customer:AL", True),
        ("김미라", "agent:김미라", True),
        ('Mira "Kim"', 'mira "kim" said', True),
    ],
)
def test_a_personal_value_is_found_as_people_write_it(value: str, text: str, *, stands: bool) -> None:
    assert bool(pattern_of(value).search(text)) is stands


async def test_verify_says_where_both_roles_are_one(database: Database, owner: Connection) -> None:
    await owner.execute("ALTER TABLE events DISABLE TRIGGER events_are_not_deleted")
    async with await open_pool(database.owner_url) as pool:
        said = " ".join(breach.what for breach in await verify_roles(pool))
    for words in ("is the owner role", "may update, delete", "may redact", "is missing or disabled"):
        assert words in said


async def test_verify_says_where_the_application_was_given_too_much(pool: Pool, owner: Connection) -> None:
    await owner.execute("GRANT UPDATE (body) ON events TO redress_app")
    assert await verify_roles(pool) == (
        Breach("V2", None, "the application role redress_app may update, delete or truncate events"),
    )
