import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from domain.row import OwedContact
from ledger.errors import LedgerRejected, SourceTaken, VersionConflict
from ledger.pool import Connection, Pool
from ledger.store import EventStore
from tests.ledger.chains import NOON, WORDS, chain, fold, recorded

# What Postgres says to the loser of two identical appends once in a few hundred races.
LOSES_THE_RACE = """
CREATE FUNCTION lose_the_race() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE unique_violation USING CONSTRAINT = 'cases_source_key';
END
$$;
CREATE TRIGGER lose_the_race BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION lose_the_race();
"""


async def test_events_come_back_exactly_as_they_were_sent(store: EventStore) -> None:
    events = chain("c", 3)
    await store.append("c", events, fold(events))
    assert await store.read("c") == events
    assert await store.row("c") == fold(events)
    assert await store.read("unknown") == ()
    assert await store.row("unknown") is None


async def test_every_event_is_queued_once_under_a_stable_id(store: EventStore, pool: Pool) -> None:
    events = chain("c", 3)
    await store.append("c", events, fold(events))
    await store.append("c", events, fold(events))
    queued = await pool.fetch("SELECT id FROM outbox ORDER BY seq")
    assert [row["id"] for row in queued] == ["c/1", "c/2", "c/3"]


async def test_the_same_events_again_change_nothing(store: EventStore) -> None:
    events = chain("c", 3)
    await store.append("c", events[:2])
    await store.append("c", events[:2])
    await store.append("c", events[1:2])
    assert await store.read("c") == events[:2]


async def test_a_batch_that_is_half_there_is_completed(store: EventStore) -> None:
    events = chain("c", 4)
    await store.append("c", events[:2], fold(events[:2]))
    await store.append("c", events, fold(events))
    assert await store.read("c") == events
    assert await store.row("c") == fold(events)


async def test_fifty_identical_appends_at_once_all_succeed(store: EventStore) -> None:
    events = chain("c", 5)
    await asyncio.gather(*(store.append("c", events, fold(events)) for _ in range(50)))
    assert await store.read("c") == events


async def test_of_many_writers_with_different_pasts_one_wins(store: EventStore) -> None:
    pasts = [chain("c", 2, words=f"past {number}") for number in range(20)]
    answers = await asyncio.gather(*(store.append("c", past) for past in pasts), return_exceptions=True)
    assert [type(answer) for answer in answers if answer is not None] == [VersionConflict] * 19
    assert await store.read("c") == pasts[answers.index(None)]


async def test_another_event_under_the_same_number_is_a_conflict(store: EventStore) -> None:
    ours = chain("c", 2)
    theirs = chain("c", 2, after=ours[:1], words="other")
    await store.append("c", ours)
    with pytest.raises(VersionConflict, match="another event") as raised:
        await store.append("c", theirs)
    assert (raised.value.case_id, raised.value.seq) == ("c", 2)
    assert await store.read("c") == ours


async def test_a_gap_is_a_conflict(store: EventStore) -> None:
    events = chain("c", 4)
    await store.append("c", events[:1])
    with pytest.raises(VersionConflict, match="does not link"):
        await store.append("c", events[2:])
    with pytest.raises(VersionConflict, match="follows event 2"):
        await store.append("c", (events[1], events[3]))
    assert await store.read("c") == events[:1]


async def test_an_event_that_links_to_another_past_is_a_conflict(store: EventStore) -> None:
    ours, theirs = chain("c", 2), chain("c", 3, words="other")
    await store.append("c", ours, fold(ours))
    with pytest.raises(VersionConflict, match="does not link"):
        await store.append("c", theirs[2:], fold(theirs))
    assert await store.row("c") == fold(ours)


async def test_the_first_event_links_to_the_beginning(store: EventStore) -> None:
    with pytest.raises(VersionConflict, match="does not link"):
        await store.append("c", (recorded("c", 1, "f" * 64),))
    with pytest.raises(VersionConflict, match="does not link"):
        await store.append("c", (recorded("c", 0, "f" * 64),))


async def test_a_batch_with_a_wrong_link_or_digest_is_a_conflict(store: EventStore) -> None:
    first, second = chain("c", 2)
    for broken in (second.model_copy(update={"hash": "0" * 64}), second.model_copy(update={"body": "{}"})):
        with pytest.raises(VersionConflict):
            await store.append("c", (first, broken))
    assert await store.read("c") == ()


async def test_what_postgres_can_never_take_is_rejected_without_its_words(store: EventStore) -> None:
    nul = chain("c", 1, by="agent:\0")
    with pytest.raises(LedgerRejected) as raised:
        await store.append("c", nul)
    assert WORDS not in repr(raised.value)
    assert raised.value.__context__ is None
    for batch in (chain("d", 1), (chain("c", 1)[0].model_copy(update={"at": "now"}),)):
        with pytest.raises(LedgerRejected):
            await store.append("c", batch)


async def test_no_conflict_carries_the_words_of_the_driver(store: EventStore) -> None:
    await store.append("c", chain("c", 1))
    with pytest.raises(VersionConflict) as raised:
        await store.append("c", chain("c", 1, words="other"))
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None


async def test_the_same_complaint_under_another_case_is_a_conflict(store: EventStore) -> None:
    ours, theirs = chain("c", 1), chain("d", 1)
    await store.append("c", ours, fold(ours))
    twin = fold(theirs).model_copy(update={"key_digest": fold(ours).key_digest})
    with pytest.raises(SourceTaken):
        await store.append("d", theirs, twin)
    assert await store.read("d") == ()
    assert await store.find_source("shop", twin.key_digest) == "c"
    assert await store.find_source("shop", "none") is None


async def test_losing_a_race_against_the_same_events_is_no_conflict(
    store: EventStore, owner: Connection
) -> None:
    events = chain("c", 2)
    await store.append("c", events, fold(events))
    await owner.execute(LOSES_THE_RACE)
    try:
        await store.append("c", events, fold(events))
    finally:
        await owner.execute("DROP FUNCTION lose_the_race CASCADE")
    assert await store.read("c") == events


async def test_an_older_row_never_replaces_a_newer_one(store: EventStore, pool: Pool) -> None:
    events = chain("c", 2)
    await store.append("c", events[:1], fold(events[:1]))
    newer = fold(events).model_copy(update={"version": 9, "stage": "newer"})
    await pool.execute("UPDATE cases SET version = 9, row = $1::jsonb", newer.model_dump_json())
    await store.append("c", events[1:], fold(events))
    assert await store.row("c") == newer


async def test_a_row_ahead_of_a_partial_batch_waits_for_its_event(store: EventStore) -> None:
    events = chain("c", 4)
    await store.append("c", events[:2], fold(events))
    assert await store.row("c") is None
    await store.append("c", events[2:], fold(events))
    assert await store.row("c") == fold(events)


async def test_cases_are_listed_by_what_falls_due_first(store: EventStore) -> None:
    stages = {"a": "registered", "b": "owned", "c": "recovered"}
    for number, (case_id, stage) in enumerate(stages.items(), start=1):
        events = chain(case_id, number, stage=stage)
        await store.append(case_id, events, fold(events))

    assert [row.case_id for row in await store.cases()] == ["a", "b", "c"]
    assert [row.case_id for row in await store.cases(stage="owned")] == ["b"]
    assert [row.case_id for row in await store.cases(owner="mira")] == ["b"]
    assert [row.case_id for row in await store.cases(department="care", limit=1)] == ["a"]
    assert [row.case_id for row in await store.cases(ended=False)] == ["a", "b"]
    assert [row.case_id for row in await store.cases(parked=True)] == []
    soon = fold(chain("b", 2)).dues[0].due
    assert [row.case_id for row in await store.cases(due_before=soon)] == ["a"]
    assert await store.cases(due_before=NOON) == []


async def test_owed_contacts_are_one_queue_over_all_cases_or_two(store: EventStore) -> None:
    hour = timedelta(hours=1)
    call = OwedContact(
        what="happy_call", direction="outbound", since=NOON, due=None, not_before=NOON + 3 * hour, who="mira"
    )
    asked = OwedContact(what="message", direction="inbound", since=NOON - hour, due=None)
    late, early = (
        OwedContact(what="answer", direction="inbound", since=NOON, due=NOON + hours * hour)
        for hours in (2, 1)
    )
    for case_id, stage, owed, priority in (
        ("a", "registered", (late, call), 0),
        ("b", "registered", (late, asked), 2),
        ("c", "owned", (early,), 0),
        ("d", "recovered", (early,), 9),
    ):
        events = chain(case_id, 1, stage=stage)
        row = fold(events).model_copy(update={"contacts": owed, "priority": priority})
        await store.append(case_id, events, row)

    async def queue(**wanted: Any) -> list[tuple[str, str]]:
        return [(each.case_id, each.what) for each in await store.contacts(**wanted)]

    inbound = [("b", "message"), ("c", "answer"), ("b", "answer"), ("a", "answer")]
    assert await queue() == [*inbound, ("a", "happy_call")]
    assert await queue(direction="inbound") == await queue(free=True) == inbound
    assert await queue(direction="outbound") == await queue(who="mira") == [("a", "happy_call")]
    assert await queue(department="care", limit=1) == inbound[:1]
    assert await queue(department="billing") == []
    _, second = await store.contacts(limit=2)
    assert (second.due, second.priority, second.department, second.stage) == (early.due, 0, "care", "owned")


async def test_a_row_from_before_there_were_contacts_owes_none(store: EventStore, pool: Pool) -> None:
    events = chain("a", 1)
    await store.append("a", events, fold(events))
    await pool.execute("UPDATE cases SET row = row - 'contacts'")
    assert await store.contacts() == []


async def test_case_ids_stream_over_pages(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.store.PAGE", 2)
    for case_id in "abcde":
        await store.append(case_id, chain(case_id, 2))
    assert [case_id async for case_id in store.case_ids()] == list("abcde")


async def test_bodies_are_kept_to_the_letter(store: EventStore, pool: Pool) -> None:
    events = chain("c", 1, words='b\\a\u0000 "quote"\n끝 \U0001f600')
    await store.append("c", events)
    body = await pool.fetchval("SELECT body FROM events")
    assert body == events[0].body
    assert json.loads(body)["words"].endswith("\U0001f600")
