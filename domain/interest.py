"""Interest that the law owes on a refund that came late: a line of its own, which nobody has to approve.

Principal x rate x days late / 365, each day at the rate in force on it, rounded up once to the next minor
unit. A day late is a calendar day in the policy's zone after the day on which the deadline ended.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from domain.calendar import Calendar, local_date
from domain.message import Event
from domain.money import Money
from domain.policy import InterestRate
from domain.record import Instant, Line, Record

YEAR = 365
"""Days by which a yearly rate is divided, in leap years too."""

WHOLE = 10_000
"""Basis points of the whole."""


class DaysAtRate(Record):
    """Days that one rate counts for."""

    days: int
    basis_points: int
    clause: Line


PaidLate = Literal["payout", "fee_refund", "rest_payout"]
"""Payments that can be late by themselves: the refund, the fees, and a rest that a person let go later."""


class InterestOwed(Event):
    """A refund was settled after its statutory deadline; this much is paid on top.

    Attributes:
        on: the payment that was late.
        clock: the statutory clock that was missed.
        principal: what was refunded late; extras bear no interest.
        was_due: when it should have been settled.
        settled: when it was.
    """

    kind: Literal["interest_owed"] = "interest_owed"
    on: PaidLate = "payout"
    clock: Line
    principal: Money
    was_due: Instant
    settled: Instant
    rates: tuple[DaysAtRate, ...]
    amount: Money


def days_late(was_due: datetime, settled: datetime, calendar: Calendar) -> tuple[date, int]:
    """Return the last day that was in time, and how many days after it the money came.

    A deadline at midnight ended the day before it.
    """
    last = local_date(calendar, was_due - timedelta(microseconds=1))
    return last, max(0, (local_date(calendar, settled) - last).days)


def at_rates(rates: Sequence[InterestRate], *, last: date, days: int) -> tuple[DaysAtRate, ...]:
    """Return how many of the days after `last` each rate counts for; before the first rate none does."""
    if not rates:
        return ()
    first, end = last + timedelta(days=1), last + timedelta(days=days + 1)
    ordered = sorted(rates, key=lambda rate: rate.valid_from)
    ends = [rate.valid_from for rate in ordered[1:]]
    found = []
    for rate, until in zip(ordered, [*ends, end], strict=True):
        counted = (min(until, end) - max(rate.valid_from, first)).days
        if counted > 0:
            found.append(DaysAtRate(days=counted, basis_points=rate.basis_points, clause=rate.clause))
    return tuple(found)


def interest_on(principal: Money, rates: Sequence[DaysAtRate]) -> Money:
    """Return the interest, rounded up to the next minor unit."""
    weighted = sum(rate.days * rate.basis_points for rate in rates)
    return Money(
        minor=-(-principal.minor * weighted // (YEAR * WHOLE)),
        currency=principal.currency,
    )
