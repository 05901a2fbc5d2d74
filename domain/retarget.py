"""Retargets: what a change of class does to a deadline that already runs (rule 14)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.budget import Budget, due_of
from domain.calendar import Calendar, Interruption
from domain.record import Instant, Record


class Retarget(Record):
    """Another budget from some instant on; None withdraws the deadline, and a later one revives it."""

    at: Instant
    budget: Budget | None


def in_force(first: Budget | None, retargets: Sequence[Retarget]) -> Budget | None:
    """Return the budget of the last retarget by `at` (of two at once the later listed), or the first."""
    last = max(enumerate(retargets), key=lambda each: (each[1].at, each[0]), default=None)
    return first if last is None else last[1].budget


def retargeted_due(
    first: Budget | None,
    retargets: Sequence[Retarget],
    calendar: Calendar,
    start: datetime,
    pauses: Iterable[Interruption] = (),
) -> datetime | None:
    """Return the due instant of the budget in force, counted from the original start with all pauses kept.

    It may lie before the retarget itself. None if the deadline is withdrawn, or as for `due_of`.
    """
    budget = in_force(first, retargets)
    return None if budget is None else due_of(budget, calendar, start, pauses)


def is_overdue(due: datetime | None, at: datetime) -> bool:
    """Tell whether a deadline is breached by that instant: late is strictly after (rule 4)."""
    return due is not None and due < at
