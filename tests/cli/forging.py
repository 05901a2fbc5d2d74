"""Ledgers made by hand, for checks that must be able to fail."""

from cli.checks.evidence import Ledger
from domain.chain import RecordedEvent
from domain.message import Event
from domain.record import canonical


def ledger(*events: Event) -> Ledger:
    """Return the ledger of one case `A` with these events."""
    return {"A": tuple(_entry(seq, event) for seq, event in enumerate(events, start=1))}


def _entry(seq: int, event: Event) -> RecordedEvent:
    return RecordedEvent(
        case_id="A", seq=seq, kind="k", at="", by="", body=canonical(event), salt="s", digest="", hash=""
    )


def without(kind: str, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return the events but those of a kind."""
    return tuple(event for event in events if getattr(event, "kind", "") != kind)


def altered(kind: str, events: tuple[Event, ...], **fields: object) -> tuple[Event, ...]:
    """Return the events, those of a kind with other fields."""
    return tuple(
        event.model_copy(update=fields) if getattr(event, "kind", "") == kind else event for event in events
    )
