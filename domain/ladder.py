"""Ladders: what happens before, at and after a deadline, and when (rule 18)."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from domain.budget import Budget, due_of, share_of
from domain.calendar import Calendar, Interruption
from domain.record import Record

Action = Literal["remind_owner", "tell_supervisor", "escalate", "tell_customer", "park"]
Share = Annotated[float, Field(gt=0, lt=1)]


class Rung(Record):
    """One step of a ladder.

    Attributes:
        at: A share of the budget before the deadline (0.8: when 80 % is used, rule 6), `breach`, or how long
            after the deadline.
        actions: What is done, in this order.
        urgent: Whether those whom it tells hear it at any hour (rule 19).
    """

    at: Share | Literal["breach"] | Budget
    actions: tuple[Action, ...]
    urgent: bool = False


Ladder = tuple[Rung, ...]


def rung_dues(
    ladder: Ladder,
    budget: Budget,
    calendar: Calendar,
    start: datetime,
    pauses: Sequence[Interruption] = (),
) -> tuple[tuple[int, datetime], ...]:
    """Return when each rung falls due, ordered in time, rungs at one instant in the ladder's order.

    A rung that an open pause stops has no due and is left out; one that fell due before the pause stays.

    Args:
        ladder: The rungs.
        budget: Of the deadline they belong to.
        calendar: As for `due_of`.
        start: Aware instant from which the budget runs.
        pauses: Cut out of working time, before and after the deadline.

    Returns:
        Pairs of the rung's index in the ladder and its UTC instant.
    """
    due = due_of(budget, calendar, start, pauses)
    dues = []
    for index, rung in enumerate(ladder):
        if isinstance(rung.at, float):
            at = share_of(budget, calendar, start, rung.at, pauses)
        elif rung.at == "breach" or due is None:
            at = due
        else:
            at = due_of(rung.at, calendar, due, pauses)
        if at is not None:
            dues.append((index, at))
    return tuple(sorted(dues, key=lambda each: (each[1], each[0])))


def rungs_passed(
    dues: Sequence[tuple[int, datetime]], fired: Container[int], at: datetime
) -> tuple[tuple[int, datetime], ...]:
    """Return the rungs not yet fired that fell due strictly before an instant (rules 4 and 18)."""
    return tuple((index, due) for index, due in dues if index not in fired and due < at)


def next_rung(dues: Sequence[tuple[int, datetime]], fired: Container[int]) -> datetime | None:
    """Return when the next rung not yet fired falls due; None if there is none."""
    return min((due for index, due in dues if index not in fired), default=None)
