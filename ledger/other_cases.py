"""What the ledger knows of a customer's other cases, for the snapshot that a case pins."""

from domain.effect import OpenPromise, OtherCase, Taste
from domain.preference import TEACHES, tastes
from domain.row import CaseRow
from ledger.fold import events_of, fold_case
from ledger.store import EventStore

MOST = 20
"""Cases of one customer that travel with a snapshot, the latest first."""


async def other_cases(store: EventStore, customer: str, *, but: str) -> tuple[OtherCase, ...]:
    """Return a customer's other cases, with what was promised in those still open.

    Raises:
        LedgerError: where the ledger cannot be asked.
    """
    rows = await store.cases_of(customer, but=but, limit=MOST)
    return tuple([await _other(store, row) for row in rows])


async def _other(store: EventStore, row: CaseRow) -> OtherCase:
    promised = any(due.name.startswith("promise/") for due in row.dues)
    return OtherCase(
        case_id=row.case_id,
        voc_type=row.voc_type,
        product=row.product,
        opened_at=row.opened_at,
        stage=row.stage,
        end=row.end,
        promises=await _promises(store, row.case_id) if promised else (),
        tastes=await _tastes(store, row.case_id) if row.voc_type == "complaint" else (),
    )


async def _tastes(store: EventStore, case_id: str) -> tuple[Taste, ...]:
    """What was erased teaches nothing; the rest still does."""
    entries = await store.read(case_id)
    told = [entry for entry in entries if entry.kind in TEACHES and entry.body]
    return tuple(tastes(events_of(told)))


async def _promises(store: EventStore, case_id: str) -> tuple[OpenPromise, ...]:
    entries = await store.read(case_id)
    if not all(entry.body for entry in entries):
        return ()  # a body was erased; what was promised in it is nobody's to read
    case = fold_case(await store.policies(), entries)
    return tuple(
        OpenPromise(number=each.number, by=each.by, due=each.due, what=each.what)
        for each in case.promises.made
        if each.state == "open"
    )
