"""V1: an acknowledged complaint is never lost."""

from cli.checks.evidence import Books, Ledger, events
from client import Redress
from domain.chain import RecordedEvent
from domain.improvement_state import KEPT
from domain.lesson import LessonPassedOn
from ledger.breach import Breach
from ledger.fold import fold_request
from ledger.store import EventStore

EVERY = 10_000_000


async def presence_breaches(redress: Redress, store: EventStore, books: Books) -> tuple[Breach, ...]:
    """Name workflows without a ledger, acknowledgements without a case, and open cases that nobody runs."""
    known = {case_id async for case_id in store.case_ids()}
    listed = {number async for number in redress.numbers()}
    running = {number async for number in redress.numbers(running=True)}
    open_cases = {row.case_id for row in await store.cases(ended=False, limit=EVERY)}
    acknowledged = {notice.case_id for notice in books.notices if notice.template == "acknowledgement"}
    return (
        *await _of_requests(redress, store),
        *(
            Breach("V1", number, "the server runs it, the ledger has no event of it")
            for number in sorted(listed - known)
        ),
        *(
            Breach("V1", number, "the customer was sent an acknowledgement, the ledger has no such case")
            for number in sorted(acknowledged - known)
        ),
        *(
            Breach("V1", number, "it has not ended and nothing runs it: `redress revive` starts it again")
            for number in sorted(open_cases - running)
        ),
    )


async def _of_requests(redress: Redress, store: EventStore) -> tuple[Breach, ...]:
    """Name improvement requests without a ledger, and those that nobody runs: they never end."""
    known = {id_ async for id_ in store.improvement_ids()}
    listed = {id_ async for id_ in redress.improvements()}
    running = {id_ async for id_ in redress.improvements(running=True)}
    return (
        *(
            Breach("V1", id_, "the server runs it, the ledger has no event of it")
            for id_ in sorted(listed - known)
        ),
        *(
            Breach("V1", id_, "nothing runs it: `redress revive` starts it again")
            for id_ in sorted(known - running)
        ),
    )


def lesson_breaches(ledger: Ledger, requests: Ledger) -> tuple[Breach, ...]:
    """Name every case that was counted with its like, by its own account, and is not there."""
    members = {id_: fold_request(whole).cases for id_, whole in requests.items() if _is_whole(whole)}
    return tuple(
        Breach("V1", case_id, f"it was counted with {event.improvement}, which does not know it")
        for case_id, entries in ledger.items()
        for event in events(entries)
        if isinstance(event, LessonPassedOn)
        and event.improvement in members
        and len(members[event.improvement]) < KEPT
        and all(each.case_id != case_id for each in members[event.improvement])
    )


def _is_whole(entries: tuple[RecordedEvent, ...]) -> bool:
    return all(entry.body for entry in entries)
