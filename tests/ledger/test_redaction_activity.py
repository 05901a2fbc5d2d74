"""What an event leaves is read, recorded, and only then are its words erased; every step may be repeated."""

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.redaction import Redactions
from domain.case import evolve, unopened
from domain.chain import GENESIS, RecordedEvent
from domain.effect import Ask, EraseWords, ReadRest, RestRead, WordsGone
from domain.message import Event
from domain.redaction_events import Redacted
from domain.view import case_row
from ledger.errors import LedgerUnavailable
from ledger.fold import events_of, fold_case, fold_row, wordless
from ledger.pool import Connection, Pool
from ledger.store import EventStore
from ledger.verify import verify_chain, verify_read_model
from tests.domain.lives import MONDAY, OWNER, POLICY
from tests.domain.test_redaction import CALL, HANDLED
from tests.ledger.failing import failing
from workflows.record import recorded

WORDS = "Tom Kim"


def ask(request: ReadRest | EraseWords) -> Ask:
    return Ask(case_id="TEST", key="redaction:1", at=MONDAY, request=request)


async def write(store: EventStore, *events: Event) -> tuple[RecordedEvent, ...]:
    """Write a case as its workflow does, from where the ledger stands."""
    known = await store.read("TEST")
    case, head = unopened("TEST", POLICY), GENESIS
    for entry, told in zip(known, events_of(known), strict=True):
        case, head = evolve(case, told), entry.hash
    entries = []
    for event in events:
        case = evolve(case, event)
        entries.append(recorded(case, event, before=head, salt=f"{case.version:032x}"))
        head = entries[-1].hash
    await store.append("TEST", entries, case_row(case), POLICY)
    return tuple(entries)


async def test_an_erasure_is_recorded_first_and_may_be_repeated(store: EventStore, pool: Pool) -> None:
    port, environment = Redactions(store), ActivityEnvironment()
    await write(store, *HANDLED.events)
    answer = await environment.run(port.read_rest, ask(ReadRest(seq=CALL)))
    rest = answer.result
    assert isinstance(rest, RestRead)
    assert (rest.was, rest.words, WORDS in rest.rest) == ("contact_logged", True, False)

    with pytest.raises(ApplicationError) as unrecorded:
        await environment.run(port.erase_words, ask(EraseWords(seq=CALL)))
    assert (unrecorded.value.type, unrecorded.value.non_retryable) == ("LedgerRejected", True)
    assert WORDS in (await store.read("TEST"))[CALL - 1].body

    redacted = Redacted(
        number=1,
        seq=CALL,
        was=rest.was,
        rest=rest.rest,
        reason="it speaks of a neighbour",
        ground="rights_of_another",
        approved_by="sue",
        at=HANDLED.now,
        by=OWNER,
    )
    before = await store.row("TEST")
    await write(store, redacted)
    for _ in range(2):
        done = await environment.run(port.erase_words, ask(EraseWords(seq=CALL)))
        assert done.result == WordsGone()
    again = await environment.run(port.read_rest, ask(ReadRest(seq=CALL)))
    assert again.result == rest, "an order that nobody heard the end of may be given again"

    entries, policies = await store.read("TEST"), await store.policies()
    assert not [entry for entry in entries if WORDS in entry.body]
    row = case_row(fold_case(policies, entries))
    assert before is not None
    assert row.model_copy(update={"version": before.version}) == before
    assert case_row(fold_case(policies, wordless(entries))) == row
    assert (await verify_chain(pool), await verify_read_model(pool, fold_row(policies))) == ((), ())


async def test_what_was_erased_by_hand_has_nothing_left(store: EventStore, owner: Connection) -> None:
    await write(store, *HANDLED.events)
    await owner.execute("SELECT redact_event('TEST', $1)", CALL)
    with pytest.raises(ApplicationError) as refused:
        await ActivityEnvironment().run(Redactions(store).read_rest, ask(ReadRest(seq=CALL)))
    assert (refused.value.type, refused.value.details) == ("ProviderRefused", ("erased",))


@pytest.mark.parametrize("request_", [ReadRest(seq=1), EraseWords(seq=1)])
async def test_a_ledger_that_is_away_is_asked_again(pool: Pool, request_: ReadRest | EraseWords) -> None:
    port = Redactions(failing(EventStore(pool), LedgerUnavailable("not now")))
    work = port.read_rest if isinstance(request_, ReadRest) else port.erase_words
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(work, ask(request_))
    assert (raised.value.type, raised.value.non_retryable) == ("LedgerUnavailable", False)
