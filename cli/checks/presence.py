"""V1: an acknowledged complaint is never lost."""

from cli.checks.evidence import Books
from client import Redress
from ledger.breach import Breach
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
