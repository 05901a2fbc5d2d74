"""Pauses: when and why a service target stands still, for how long at most, and when that ends by itself."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Self

from pydantic import model_validator

from domain.calendar import Span, cuts
from domain.record import Id, Instant, Line, Record
from domain.timeline import micros


class Pause(Record):
    """A half-open interval in which working time does not count (rule 7).

    Attributes:
        reason: One of the policy's; waiting inside the firm is none of them (rule 8).
        owner: Who asked for it.
        start: First instant that does not count; never before the pause was recorded.
        end: First instant that counts again; None while the pause is open.
        ends_by: When it ends by itself at the latest.
    """

    reason: Line
    owner: Id
    start: Instant
    end: Instant | None = None
    ends_by: Instant

    @model_validator(mode="after")
    def _keeps_its_maximum(self) -> Self:
        if not self.start <= (self.end or self.start) <= self.ends_by:
            raise ValueError("a pause ends at or after its start and by its maximum")
        return self


def pause_from(
    pauses: Sequence[Pause],
    *,
    reason: str,
    owner: str,
    at: datetime,
    longest: timedelta,
    total: timedelta | None = None,
) -> Pause | None:
    """Return the pause that begins now, limited by its own maximum and by the total of its reason (rule 7).

    Args:
        pauses: Those of the case so far.
        reason: The policy's word for it.
        owner: Who asks for it.
        at: When it is recorded, which is when it begins.
        longest: Maximum length of this pause, in plain time.
        total: Maximum of all pauses of this case for this reason together, in plain time; None for no cap.

    Returns:
        The open pause; None if the reason has no time left.
    """
    left = longest if total is None else min(longest, total - time_paused(pauses, reason, until=at))
    if left <= timedelta(0):
        return None
    return Pause(reason=reason, owner=owner, start=at, ends_by=at + left)


def time_paused(pauses: Sequence[Pause], reason: str, *, until: datetime) -> timedelta:
    """Return how long pauses for one reason have lasted in plain time, overlaps counted once."""
    spans = [Span(each.start, min(stop(each), until)) for each in pauses if each.reason == reason]
    return timedelta(microseconds=sum(last - first for first, last in cuts(spans)))


def stop(pause: Pause) -> datetime:
    """Return when a pause ended, or by when it will at the latest."""
    return pause.ends_by if pause.end is None else pause.end


def ended(pause: Pause, at: datetime) -> Pause:
    """Return the pause as ended at that instant; nothing ends twice, or later than its maximum."""
    if pause.end is not None:
        return pause
    return pause.model_copy(update={"end": min(max(at, pause.start), pause.ends_by)})


def ended_for(pauses: Sequence[Pause], reasons: Container[str], at: datetime) -> tuple[Pause, ...]:
    """Return the pauses with the open ones for these reasons ended, as by a message from the customer."""
    return tuple(ended(each, at) if each.reason in reasons else each for each in pauses)


def lapsed(pauses: Sequence[Pause], at: datetime) -> tuple[Pause, ...]:
    """Return the pauses with those that reached their maximum by that instant ended there (rule 7)."""
    return tuple(ended(each, at) if each.ends_by <= at else each for each in pauses)


def next_lapse(pauses: Sequence[Pause]) -> datetime | None:
    """Return when the next open pause ends by itself; None if none is open."""
    return min((each.ends_by for each in pauses if each.end is None), default=None)


def at_the_latest(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """Return the pauses as if each open one lasted to its maximum: a due instant from these is the latest."""
    return tuple(ended(each, each.ends_by) for each in pauses)


def is_paused(pauses: Sequence[Pause], at: datetime) -> bool:
    """Tell whether any pause covers an instant."""
    return any(first <= micros(at) < last for first, last in cuts(pauses))
