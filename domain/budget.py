"""Budgets: how long something may take, in units that are never converted into each other (rule 12)."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, assert_never
from zoneinfo import ZoneInfo

from pydantic import Field

from domain import timeline
from domain.calendar import Calendar, Interruption, add_working_time, local_date, next_opening
from domain.record import Record

SEOUL = "Asia/Seoul"
SATURDAY = 5

Minutes = Annotated[int | float, Field(ge=0, le=5_256_000, allow_inf_nan=False)]
"""A length in minutes, at most ten years."""

Count = Annotated[int, Field(ge=0, le=10_000)]
"""A number of days, weeks or months."""


class WorkingTime(Record):
    """Elapsed time inside opening intervals, pauses cut out (rules 3 to 7)."""

    unit: Literal["working_time"] = "working_time"
    minutes: Minutes


class BusinessDays(Record):
    """Days on which the calendar opens at all; `form` says what happens on the last one (rule 12)."""

    unit: Literal["business_days"] = "business_days"
    n: Count
    form: Literal["same_time", "end_of_day"]


class CalendarDays(Record):
    """Local days of the calendar's zone, due at the end of the last (rule 12)."""

    unit: Literal["calendar_days"] = "calendar_days"
    n: Count


class Weeks(Record):
    """To the end of the same weekday n weeks on (rule 12)."""

    unit: Literal["weeks"] = "weeks"
    n: Count


class Months(Record):
    """To the end of the same date n months on, or of the last day of a shorter month (rule 12)."""

    unit: Literal["months"] = "months"
    n: Count


class CivilKr(Record):
    """A period under the Korean Civil Code, articles 155 to 161 (rule 12), always in Asia/Seoul."""

    unit: Literal["civil_kr"] = "civil_kr"
    n: Count
    period: Literal["days", "weeks", "months"]


class PlainTime(Record):
    """Elapsed time that no calendar and no pause stops."""

    unit: Literal["plain_time"] = "plain_time"
    minutes: Minutes


AnyBudget = WorkingTime | BusinessDays | CalendarDays | Weeks | Months | CivilKr | PlainTime
Budget = Annotated[AnyBudget, Field(discriminator="unit")]


def due_of(
    budget: AnyBudget, calendar: Calendar, start: datetime, pauses: Iterable[Interruption] = ()
) -> datetime | None:
    """Return the UTC instant at which a budget that began at `start` has run out.

    Args:
        budget: How long.
        calendar: Opening hours, zone and holidays; `PlainTime` ignores it, `CivilKr` reads its holidays only.
        start: Aware instant.
        pauses: Cut out of `WorkingTime`; every other unit runs through them (rules 7 and 9).

    Returns:
        The due instant; None while an open pause stops it, or if the calendar never opens long enough again.
    """
    match budget:
        case WorkingTime(minutes=minutes):
            return add_working_time(calendar, start, timedelta(minutes=minutes), pauses)
        case PlainTime(minutes=minutes):
            return start.astimezone(UTC) + timedelta(minutes=minutes)
        case BusinessDays(form="same_time", n=n):
            return same_time(calendar, start, n)
        case BusinessDays(n=n):
            return end_of_business_day(calendar, start, n)
        case CalendarDays() | Weeks() | Months():
            return end_of_day(calendar.rota.zone, last_day(budget, local_date(calendar, start)))
        case CivilKr():
            return end_of_day(ZoneInfo(SEOUL), civil_last_day(budget, calendar, start))
        case _:
            assert_never(budget)


def share_of(
    budget: AnyBudget,
    calendar: Calendar,
    start: datetime,
    fraction: float,
    pauses: Iterable[Interruption] = (),
) -> datetime | None:
    """Return the UTC instant at which a fraction of the budget is used (rule 6), to the nearest microsecond.

    Working time is counted as such; any other unit by the elapsed share of the way from `start` to its due.

    Args:
        budget: How long.
        calendar: As for `due_of`.
        start: Aware instant.
        fraction: From 0 to 1.
        pauses: As for `due_of`.

    Returns:
        The instant; None where `due_of` has none, except that what fell before an open pause stays.
    """
    if isinstance(budget, WorkingTime):
        return add_working_time(calendar, start, timedelta(minutes=budget.minutes) * fraction, pauses)
    due = due_of(budget, calendar, start)
    begin = start.astimezone(UTC)
    return None if due is None else begin + (due - begin) * fraction


def end_of_day(zone: ZoneInfo, day: date) -> datetime:
    """Return 00:00 of the next local day as a UTC instant (rule 12, edges as rule 3)."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def months_on(day: date, n: int) -> date | None:
    """Return the same date n months on; None where that month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return day.replace(year=year, month=month + 1) if day.day <= monthrange(year, month + 1)[1] else None


def end_of_month(day: date, n: int) -> date:
    """Return the last day of the month n months on."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def last_day(budget: CalendarDays | Weeks | Months, first: date) -> date:
    """Return the last local day of a period of calendar days, weeks or months (rule 12)."""
    match budget:
        case CalendarDays(n=n):
            return first + timedelta(days=n)
        case Weeks(n=n):
            return first + timedelta(weeks=n)
        case Months(n=n):
            return months_on(first, n) or end_of_month(first, n)
        case _:
            assert_never(budget)


def business_day(calendar: Calendar, after: date, n: int) -> date | None:
    """Return the n-th business day after a local day, that day itself for n = 0; None if there are too few.

    A closed day in between is never counted, so a start on a closed day has the next business day as day 1.
    """
    day, left, rota = after.toordinal(), n, calendar.rota
    end = timeline.last_day(rota)
    while left and day < end:
        day += 1
        left -= bool(timeline.open_ranges(rota, day))
    return None if left else date.fromordinal(day)


def same_wall_time(calendar: Calendar, start: datetime, n: int) -> datetime | None:
    """Return the same wall-clock time n business days on, as local time; None if there are too few."""
    local = start.astimezone(calendar.rota.zone)
    day = business_day(calendar, local.date(), n)
    if day is None or n == 0:
        return None if day is None else local
    return datetime.combine(day, local.time().replace(fold=0), tzinfo=local.tzinfo)


def same_time(calendar: Calendar, start: datetime, n: int) -> datetime | None:
    """Return the same wall-clock time n business days on, moved into opening hours (rule 12).

    Closing time itself is not after closing and stays. Zero days is the start itself or the next opening.
    """
    arrival = same_wall_time(calendar, start, n)
    if arrival is None:
        return None
    at = timeline.micros(arrival)
    if any(first <= at <= last for first, last in timeline.open_ranges(calendar.rota, arrival.toordinal())):
        return timeline.at_micros(at)
    return next_opening(calendar, arrival)


def end_of_business_day(calendar: Calendar, start: datetime, n: int) -> datetime | None:
    """Return the end of the n-th business day; the local day of the event is not counted (rule 12)."""
    day = business_day(calendar, local_date(calendar, start), n)
    return None if day is None else end_of_day(calendar.rota.zone, day)


def civil_last_day(budget: CivilKr, calendar: Calendar, start: datetime) -> date:
    """Return the last day of a Korean civil period, moved past weekends and holidays (article 161)."""
    day = civil_period_end(budget, start)
    while day.weekday() >= SATURDAY or day in calendar.holidays:
        day += timedelta(days=1)
    return day


def civil_period_end(budget: CivilKr, start: datetime) -> date:
    """Return the last day of a Korean civil period before any move.

    The first day is excluded unless the period starts at 00:00 (article 157). Weeks and months end on the eve
    of the day that corresponds to the first counted one, or with a month that has no such day (article 160).
    """
    local = start.astimezone(ZoneInfo(SEOUL))
    counted = local.date() + timedelta(days=local.time() != time())
    if budget.period == "months":
        same = months_on(counted, budget.n)
        return end_of_month(counted, budget.n) if same is None else same - timedelta(days=1)
    return counted + timedelta(days=budget.n * (7 if budget.period == "weeks" else 1) - 1)
