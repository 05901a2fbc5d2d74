"""V1: an acknowledged complaint is never lost."""

from cli.checks.evidence import Books
from client import Redress
from ledger.breach import Breach
from ledger.store import EventStore


async def presence_breaches(redress: Redress, store: EventStore, books: Books) -> tuple[Breach, ...]:
    """Name every workflow without a ledger, and every acknowledgement without a case."""
    known = {case_id async for case_id in store.case_ids()}
    running = {number async for number in redress.numbers()}
    acknowledged = {notice.case_id for notice in books.notices if notice.template == "acknowledgement"}
    return (
        *(
            Breach("V1", number, "the server runs it, the ledger has no event of it")
            for number in sorted(running - known)
        ),
        *(
            Breach("V1", number, "the customer was sent an acknowledgement, the ledger has no such case")
            for number in sorted(acknowledged - known)
        ),
    )
