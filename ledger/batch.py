"""Checks a batch of events before it travels: one case, one unbroken run of numbers, links and digests."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from domain.chain import RecordedEvent, digest_of, link
from domain.row import CaseRow, ImprovementRow
from ledger.errors import LedgerRejected, VersionConflict


def check(case_id: str, events: Sequence[RecordedEvent], row: CaseRow | ImprovementRow | None) -> None:
    """Refuse a batch that cannot belong into any ledger; what is stored already is not known here.

    Raises:
        LedgerRejected: where an event or the row is of another case, or its time cannot be read.
        VersionConflict: where the events do not follow on each other.
    """
    if any(event.case_id != case_id for event in events) or (row is not None and row.id != case_id):
        raise LedgerRejected(f"case {case_id}: the batch holds an event or row of another case")
    for event in events:
        instant_of(event)
        if event.digest != digest_of(event.salt, event.body):
            raise VersionConflict(case_id, event.seq, "its digest is not that of its body")
    for before, event in pairwise(events):
        _check_link(before, event)


def instant_of(event: RecordedEvent) -> datetime:
    """Return the event's time for sorting; its text is what counts."""
    try:
        instant = datetime.fromisoformat(event.at)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise LedgerRejected(f"case {event.case_id}, event {event.seq}: its time is not an instant")
    return instant


def relink(before: str, event: RecordedEvent) -> str:
    """Return the hash that the event must have after `before`."""
    return link(
        before,
        case_id=event.case_id,
        seq=event.seq,
        kind=event.kind,
        at=event.at,
        by=event.by,
        digest=event.digest,
    )


def _check_link(before: RecordedEvent, event: RecordedEvent) -> None:
    if event.seq != before.seq + 1:
        raise VersionConflict(event.case_id, event.seq, f"it follows event {before.seq}")
    if event.hash != relink(before.hash, event):
        raise VersionConflict(event.case_id, event.seq, "its link does not fit the event before it")
