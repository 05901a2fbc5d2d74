from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.append import AppendEvents
from activities.ledger import LedgerActivities
from ledger.errors import LedgerError, LedgerNotReady, LedgerRejected, LedgerUnavailable, VersionConflict
from ledger.pool import Pool
from ledger.store import EventStore
from tests.ledger.chains import WORDS, chain, fold
from tests.ledger.failing import failing

EVENTS = chain("c", 2)
REQUEST = AppendEvents(case_id="c", events=EVENTS, row=fold(EVENTS))


@pytest.mark.parametrize(
    ("error", "kind", "final"),
    [
        (VersionConflict("c", 2, "another event"), "VersionConflict", True),
        (LedgerRejected("never"), "LedgerRejected", True),
        (LedgerUnavailable("not now"), "LedgerUnavailable", False),
        (LedgerNotReady("not yet"), "LedgerUnavailable", False),
    ],
)
async def test_only_what_waiting_cannot_cure_is_not_retried(
    pool: Pool, error: LedgerError, kind: str, *, final: bool
) -> None:
    ledger = LedgerActivities(failing(EventStore(pool), error))
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(ledger.append_events, REQUEST)
    assert (raised.value.type, raised.value.non_retryable) == (kind, final)
    assert raised.value.__context__ is None


async def test_the_activity_beats_while_it_waits(pool: Pool) -> None:
    beats: list[tuple[object, ...]] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *details: beats.append(details)
    waiting = failing(EventStore(pool), LedgerUnavailable("not now"), after=0.1)
    with pytest.raises(ApplicationError):
        await environment.run(
            LedgerActivities(waiting, heartbeat=timedelta(milliseconds=10)).append_events, REQUEST
        )
    assert len(beats) > 3


async def test_the_activity_writes_and_may_be_repeated(store: EventStore) -> None:
    ledger = LedgerActivities(store)
    await ActivityEnvironment().run(ledger.append_events, REQUEST)
    await ActivityEnvironment().run(ledger.append_events, REQUEST)
    assert await store.read("c") == EVENTS


async def test_a_second_writer_hears_no_words_of_the_first(store: EventStore) -> None:
    await store.append("c", EVENTS)
    other = AppendEvents(case_id="c", events=chain("c", 2, words="other"))
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(LedgerActivities(store).append_events, other)
    assert raised.value.type == "VersionConflict"
    assert WORDS not in str(raised.value)


def test_the_request_travels_as_json() -> None:
    assert AppendEvents.model_validate_json(REQUEST.model_dump_json()) == REQUEST
