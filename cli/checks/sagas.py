"""V4: every saga ends completed, compensated, or parked for a human; none is forgotten on the way.

Told from the events alone and not from the case that they fold into, or a bug in the fold would hide here.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cli.checks.evidence import Ledger, events
from domain.case import CaseEvent
from domain.ending import CaseEnded
from domain.remedy import RemedyCompensated, RemedyDone, RoundOpened
from domain.saga import SagaBegun, SagaEvent, SagaParked
from ledger.breach import Breach

QUIET = timedelta(days=1)
"""A saga that is neither over nor parked says something within this of the instant it waits for: an effect
comes back within minutes, and whatever is tried or looked at again has its instant in the last event."""

WAITS_UNTIL = ("falls_due", "again_at", "next_due")
"""Fields in which an event of a saga says until when nothing more will happen."""


def saga_breaches(
    ledger: Ledger, *, now: datetime | None = None, quiet: timedelta = QUIET
) -> tuple[Breach, ...]:
    """Name every saga that was left in between.

    Args:
        ledger: every case's events.
        now: the present; a case whose own clock is ahead of it is judged by that one.
        quiet: how long nothing may be heard of a saga that should go on by itself.
    """
    present = now or datetime.now(UTC)
    return tuple(
        Breach("V4", case_id, what)
        for case_id, entries in ledger.items()
        for what in _faults(events(entries), present, quiet)
    )


def _faults(happened: tuple[CaseEvent, ...], now: datetime, quiet: timedelta) -> Iterator[str]:
    running: SagaBegun | None = None
    last: CaseEvent | None = None
    for event in happened:
        if running is not None and isinstance(event, SagaBegun | RoundOpened | CaseEnded):
            yield f"the remedy of proposal {running.number} was left in between when {_meanwhile(event)}"
            running = None
        if isinstance(event, SagaBegun):
            running = event
        if isinstance(event, RemedyDone | RemedyCompensated):
            running = None
        if isinstance(event, SagaEvent):
            last = event
    if running is None or last is None or isinstance(last, SagaParked):
        return
    silent = max(now, happened[-1].at) - _expected(last)
    if silent > quiet:
        begun = f"the remedy of proposal {running.number}, begun at {running.at},"
        yield f"{begun} is neither over nor parked, and silent since {last.at} ({last.kind})"


def _meanwhile(event: SagaBegun | RoundOpened | CaseEnded) -> str:
    if isinstance(event, CaseEnded):
        return f"the case ended ({event.end})"
    if isinstance(event, RoundOpened):
        return f"round {event.round} opened"
    return f"that of proposal {event.number} began"


def _expected(event: CaseEvent) -> datetime:
    """Return the instant from which something more should have been heard."""
    stated = (getattr(event, name, None) for name in WAITS_UNTIL)
    return max([event.at, *(instant for instant in stated if isinstance(instant, datetime))])
