"""What a recorded redaction left of an erased event is read in its place."""

import json
from collections.abc import Sequence

from domain.chain import RecordedEvent

REDACTED = "redacted"
"""Kind of the events that record an erasure: the number of the other event, and what is left of it."""


def with_rests(entries: Sequence[RecordedEvent]) -> tuple[RecordedEvent, ...]:
    """Return the events, what is left of an erased one as its body; its salt stays erased.

    An event that was erased without a record keeps its empty body.
    """
    if all(entry.body for entry in entries):
        return tuple(entries)
    left = rests(entries)
    return tuple(
        entry if entry.body or entry.seq not in left else entry.model_copy(update={"body": left[entry.seq]})
        for entry in entries
    )


def rests(entries: Sequence[RecordedEvent]) -> dict[int, str]:
    """Return what is left of each event that a recorded redaction names."""
    records = (json.loads(entry.body) for entry in entries if entry.kind == REDACTED and entry.body)
    return {record["seq"]: record["rest"] for record in records}


def is_erased(entry: RecordedEvent) -> bool:
    """Say whether the words of an event, as it was read, are gone."""
    return not entry.salt
