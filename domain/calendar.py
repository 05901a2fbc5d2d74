"""Calendars: when a firm or an office is open, and working time counted inside those hours."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Annotated, Any, NamedTuple, Protocol, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator

from domain import timeline
from domain.record import Record
from domain.timeline import Ranges, Rota, at_micros, micros

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EDGE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)
# Later than any instant a `datetime` can hold: the end of a pause that is still open.
FAR = 1 << 62

Hours = tuple[tuple[str, str], ...]
"""Opening intervals of one day as pairs of `HH:MM`; `24:00` is a legal end."""


class Interruption(Protocol):
    """Anything that stops working time from `start` up to, not including, `end`; None while it is open."""

    @property
    def start(self) -> datetime:
        """First instant that does not count."""

    @property
    def end(self) -> datetime | None:
        """First instant that counts again."""


class Span(NamedTuple):
    """The plainest interruption: two aware instants, the second None while it is open."""

    start: datetime
    end: datetime | None


def known_zone(name: str) -> str:
    """Return the name if it is an IANA time zone.

    Raises:
        ValueError: There is no such zone.
    """
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError("is not an IANA time zone such as Asia/Seoul") from error
    return name


def minutes_of(hours: Hours, day: str) -> timeline.Hours:
    """Return opening intervals in minutes since 00:00, as stated and merged (rule 2).

    Args:
        hours: The stated intervals; overlapping ones are legal, empty ones count nothing.
        day: The weekday or date to name in an error.

    Raises:
        ValueError: An edge is not a time of day, or an interval ends before it starts.
    """
    stated = tuple([_minutes(first, last, day) for first, last in hours])
    return timeline.Hours(stated, timeline.merged(stated))


def _minutes(first: str, last: str, day: str) -> tuple[int, int]:
    for edge in (first, last):
        if EDGE.fullmatch(edge) is None:
            raise ValueError(f"{day}: every edge is HH:MM from 00:00 to 24:00")
    begin, end = (int(edge[:2]) * 60 + int(edge[3:]) for edge in (first, last))
    if end < begin:
        raise ValueError(
            f"{day}: {first}-{last} ends before it starts; a night is two intervals, to 24:00 and from 00:00"
        )
    return begin, end


class Calendar(Record):
    """When something is open (rule 2).

    Attributes:
        timezone: IANA name; every wall-clock time below is read in it.
        hours: `mon` to `sun` to that weekday's opening intervals; a weekday left out is closed.
        holidays: Local dates on which nothing opens.
        special_days: Local dates whose intervals replace the weekday's, and win over a holiday.
    """

    timezone: Annotated[str, AfterValidator(known_zone)]
    hours: dict[str, Hours]
    holidays: tuple[date, ...] = ()
    special_days: dict[date, Hours] = Field(default_factory=dict)

    @field_validator("hours")
    @classmethod
    def _weekdays_make_sense(cls, hours: dict[str, Hours]) -> dict[str, Hours]:
        for day, intervals in hours.items():
            if day not in WEEKDAYS:
                raise ValueError(f"{day!r:.20} is not a weekday; use {', '.join(WEEKDAYS)}")
            minutes_of(intervals, day)
        return hours

    @field_validator("special_days")
    @classmethod
    def _special_days_make_sense(cls, days: dict[date, Hours]) -> dict[date, Hours]:
        for day, intervals in days.items():
            minutes_of(intervals, day.isoformat())
        return days

    def __hash__(self) -> int:
        return hash(self.rota)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy that counts by its own hours: pydantic would copy the cached rota as well."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("rota", None)
        return copied

    @cached_property
    def rota(self) -> Rota:
        """This calendar made ready for counting; equal calendars share one, and what was counted on it."""
        return _rota(
            self.timezone,
            tuple([self.hours.get(day, ()) for day in WEEKDAYS]),
            self.holidays,
            tuple(self.special_days.items()),
        )


@lru_cache(maxsize=1024)
def _rota(
    timezone: str,
    week: tuple[Hours, ...],
    holidays: tuple[date, ...],
    special_days: tuple[tuple[date, Hours], ...],
) -> Rota:
    closed = {day.toordinal(): timeline.Hours((), ()) for day in holidays}
    special = {day.toordinal(): minutes_of(hours, day.isoformat()) for day, hours in special_days}
    return Rota(
        zone=ZoneInfo(timezone),
        week=tuple([minutes_of(hours, day) for day, hours in zip(WEEKDAYS, week, strict=True)]),
        exceptions=closed | special,
    )


def local_date(calendar: Calendar, instant: datetime) -> date:
    """Return the local date of an aware instant in the calendar's zone."""
    return instant.astimezone(calendar.rota.zone).date()


def opening_intervals(calendar: Calendar, local_day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return a local day's opening intervals as pairs of UTC instants, merged, in order (rules 2, 3)."""
    ranges = timeline.open_ranges(calendar.rota, local_day.toordinal())
    return tuple([(at_micros(first), at_micros(last)) for first, last in ranges])


def is_business_day(calendar: Calendar, local_day: date) -> bool:
    """Tell whether the calendar opens at all on this local day (rule 12)."""
    return bool(timeline.open_ranges(calendar.rota, local_day.toordinal()))


def next_opening(calendar: Calendar, instant: datetime) -> datetime | None:
    """Return the first open UTC instant at or after an aware one; None if the calendar never opens again."""
    opening = timeline.opening_from(calendar.rota, micros(instant))
    return None if opening is None else at_micros(opening)


def working_time(
    calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Interruption] = ()
) -> timedelta:
    """Return the working time from `start` up to `end`, exact to the microsecond (rules 1, 3 and 7).

    Args:
        calendar: When time counts.
        start: Aware instant.
        end: Aware instant; at or before `start` there is no working time.
        pauses: Their union is cut out; they may overlap, stay open, or lie outside opening hours.
    """
    begin, stop, rota = micros(start), micros(end), calendar.rota
    cut = sum(timeline.open_time(rota, max(first, begin), min(last, stop)) for first, last in cuts(pauses))
    return timedelta(microseconds=timeline.open_time(rota, begin, stop) - cut)


def add_working_time(
    calendar: Calendar, start: datetime, budget: timedelta, pauses: Iterable[Interruption] = ()
) -> datetime | None:
    """Return the first UTC instant at which `budget` of working time since `start` is used (rules 4, 5, 7).

    What runs out at closing time, or at the very instant a pause begins, is due there. A budget of zero is
    due at the start.

    Returns:
        The due instant; None if an open pause began before it, or the calendar never opens long enough again.
    """
    at, left = micros(start), budget // timedelta(microseconds=1)
    for first, last in cuts(pauses):
        if last <= at:
            continue
        running = timeline.open_time(calendar.rota, at, first)
        if running >= left:
            break
        left, at = left - running, last
    return None if at >= FAR else _due(calendar.rota, at, left)


def _due(rota: Rota, at: int, left: int) -> datetime | None:
    due = timeline.open_time_later(rota, at, left)
    return None if due is None else at_micros(due)


def cuts(pauses: Iterable[Interruption]) -> Ranges:
    """Return the union of pauses as ordered ranges of microseconds since 1970; an open one ends at `FAR`."""
    return timeline.merged(
        [(micros(each.start), FAR if each.end is None else micros(each.end)) for each in pauses]
    )
