from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.budget import (
    AnyBudget,
    Budget,
    BusinessDays,
    CalendarDays,
    CivilKr,
    Months,
    PlainTime,
    Weeks,
    WorkingTime,
    due_of,
    share_of,
)
from domain.calendar import Calendar, Span
from domain.retarget import Retarget, in_force, is_overdue, retargeted_due

OFFICE = [["09:00", "12:00"], ["13:00", "18:00"]]
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def calendar(zone: str = "Asia/Seoul", **more: Any) -> Calendar:
    return Calendar.model_validate({"timezone": zone, "hours": dict.fromkeys(WORKDAYS, OFFICE), **more})


SEOUL = calendar(holidays=["2024-03-01"])
NEVER = Calendar(timezone="Asia/Seoul", hours={})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def seoul(text: str) -> datetime:
    return utc(f"{text}+09:00")


def same_time(n: int) -> BusinessDays:
    return BusinessDays(n=n, form="same_time")


def by_end_of_day(n: int) -> BusinessDays:
    return BusinessDays(n=n, form="end_of_day")


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        # Thursday, then a holiday and a weekend.
        ("2024-02-29T10:00", 1, "2024-03-04T10:00"),
        ("2024-02-29T10:00", 2, "2024-03-05T10:00"),
        # A start on a closed day counts the next business day as day 1.
        ("2024-03-02T10:00", 1, "2024-03-04T10:00"),
        ("2024-03-01T10:00", 1, "2024-03-04T10:00"),
        # Before opening, in the lunch break, at and after closing.
        ("2024-03-05T07:00", 1, "2024-03-06T09:00"),
        ("2024-03-05T12:30", 1, "2024-03-06T13:00"),
        ("2024-03-05T12:00", 1, "2024-03-06T12:00"),
        ("2024-03-05T18:00", 1, "2024-03-06T18:00"),
        ("2024-03-05T18:00:00.000001", 1, "2024-03-07T09:00"),
        ("2024-03-07T20:00", 1, "2024-03-11T09:00"),
        # No days at all: the start itself, or the next opening.
        ("2024-03-05T10:00:36", 0, "2024-03-05T10:00:36"),
        ("2024-03-05T12:30", 0, "2024-03-05T13:00"),
        ("2024-03-08T19:00", 0, "2024-03-11T09:00"),
    ],
)
def test_business_days_at_the_same_time(start: str, n: int, due: str) -> None:
    assert due_of(same_time(n), SEOUL, seoul(start)) == seoul(due)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2024-02-29T23:59", 1, "2024-03-05T00:00"),
        ("2024-03-05T00:00", 3, "2024-03-09T00:00"),
        ("2024-03-02T10:00", 1, "2024-03-05T00:00"),
        ("2024-03-05T10:00", 0, "2024-03-06T00:00"),
    ],
)
def test_business_days_by_the_end_of_the_day(start: str, n: int, due: str) -> None:
    assert due_of(by_end_of_day(n), SEOUL, seoul(start)) == seoul(due)


def test_the_same_wall_clock_time_survives_a_clock_change() -> None:
    friday = utc("2024-03-08T10:00-05:00")
    assert due_of(same_time(1), calendar("America/New_York"), friday) == utc("2024-03-11T10:00-04:00")


def test_a_calendar_without_business_days_has_no_due() -> None:
    assert due_of(same_time(1), NEVER, seoul("2024-03-05T10:00")) is None
    assert due_of(same_time(0), NEVER, seoul("2024-03-05T10:00")) is None
    assert due_of(by_end_of_day(1), NEVER, seoul("2024-03-05T10:00")) is None


@pytest.mark.parametrize(
    ("budget", "zone", "start", "due"),
    [
        (CalendarDays(n=15), "America/New_York", "2024-03-01T10:00-05:00", "2024-03-17T00:00-04:00"),
        (CalendarDays(n=0), "Asia/Seoul", "2024-03-01T10:00+09:00", "2024-03-02T00:00+09:00"),
        (Weeks(n=8), "Europe/London", "2024-02-28T23:30+00:00", "2024-04-25T00:00+01:00"),
        (Months(n=1), "Asia/Seoul", "2024-01-31T10:00+09:00", "2024-03-01T00:00+09:00"),
        (Months(n=1), "Asia/Seoul", "2023-01-31T10:00+09:00", "2023-03-01T00:00+09:00"),
        (Months(n=12), "Asia/Seoul", "2024-02-29T10:00+09:00", "2025-03-01T00:00+09:00"),
        (Months(n=1), "Asia/Seoul", "2024-12-15T10:00+09:00", "2025-01-16T00:00+09:00"),
        # The day ends at a midnight that does not exist, and at the first of two.
        (CalendarDays(n=1), "America/Sao_Paulo", "2018-11-02T10:00-03:00", "2018-11-04T03:00+00:00"),
        (CalendarDays(n=1), "America/Havana", "2024-11-01T10:00-04:00", "2024-11-03T04:00+00:00"),
        # The local day decides, not that of the start's offset.
        (CalendarDays(n=1), "Asia/Seoul", "2024-03-01T16:00Z", "2024-03-04T00:00+09:00"),
    ],
)
def test_days_weeks_and_months_end_with_the_local_day(
    budget: AnyBudget, zone: str, start: str, due: str
) -> None:
    assert due_of(budget, calendar(zone), utc(start)) == utc(due)


Period = Literal["days", "weeks", "months"]


@pytest.mark.parametrize(
    ("period", "n", "start", "due"),
    [
        # The first day is excluded, unless the period starts at 00:00.
        ("days", 3, "2024-03-04T10:00", "2024-03-08T00:00"),
        ("days", 3, "2024-03-04T00:00", "2024-03-07T00:00"),
        ("days", 3, "2024-03-04T00:00:00.000001", "2024-03-08T00:00"),
        # The last day is a Saturday, a Sunday, a holiday: on to the next that is neither (11 March is one).
        ("days", 4, "2024-03-05T10:00", "2024-03-13T00:00"),
        ("days", 5, "2024-03-05T10:00", "2024-03-13T00:00"),
        ("days", 1, "2024-02-29T10:00", "2024-03-05T00:00"),
        ("weeks", 1, "2024-03-05T10:00", "2024-03-13T00:00"),
        ("weeks", 1, "2024-03-05T00:00", "2024-03-13T00:00"),
        ("months", 1, "2024-03-05T10:00", "2024-04-06T00:00"),
        # Counted from the first of a month it ends with a month (article 160).
        ("months", 1, "2024-04-29T10:00", "2024-05-30T00:00"),
        ("months", 3, "2024-04-30T10:00", "2024-08-01T00:00"),
        ("months", 1, "2024-01-30T10:00", "2024-03-01T00:00"),
        ("months", 1, "2024-07-31T00:00", "2024-08-31T00:00"),
    ],
)
def test_korean_civil_periods(period: Period, n: int, start: str, due: str) -> None:
    calendars = calendar("America/New_York", holidays=["2024-03-01", "2024-03-11"])
    assert due_of(CivilKr(n=n, period=period), calendars, seoul(start)) == seoul(due)


def test_plain_time_ignores_the_calendar_and_pauses() -> None:
    start = seoul("2024-03-09T10:00")
    paused = [Span(start, None)]
    assert due_of(PlainTime(minutes=90.5), NEVER, start, paused) == start + timedelta(minutes=90, seconds=30)


def test_pauses_stop_working_time_only() -> None:
    start = seoul("2024-03-05T10:00")
    paused = [Span(start, None)]
    assert due_of(WorkingTime(minutes=1), SEOUL, start, paused) is None
    for budget in (same_time(1), by_end_of_day(1), CalendarDays(n=1), Weeks(n=1), Months(n=1)):
        assert due_of(budget, SEOUL, start, paused) == due_of(budget, SEOUL, start)


def test_a_share_is_the_instant_at_which_it_is_used() -> None:
    start = seoul("2024-03-05T11:00")
    assert share_of(WorkingTime(minutes=120), SEOUL, start, 0.5) == seoul("2024-03-05T12:00")
    assert share_of(WorkingTime(minutes=120), SEOUL, start, 0.8) == seoul("2024-03-05T13:36")
    assert share_of(PlainTime(minutes=10), SEOUL, start, 0.8) == seoul("2024-03-05T11:08")
    # From 11:00 to 24:00 of the next day are 37 hours.
    assert share_of(CalendarDays(n=1), SEOUL, start, 0.5) == seoul("2024-03-06T05:30")
    assert share_of(same_time(1), NEVER, start, 0.5) is None


def test_units_are_told_apart_and_stay_as_they_are() -> None:
    adapter: TypeAdapter[AnyBudget] = TypeAdapter(Budget)
    for budget in (
        WorkingTime(minutes=30),
        same_time(3),
        CivilKr(n=7, period="days"),
        PlainTime(minutes=0.5),
    ):
        assert adapter.validate_json(adapter.dump_json(budget)) == budget
    with pytest.raises(ValidationError, match="business_days"):
        adapter.validate_python({"unit": "fortnights", "n": 1})
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        adapter.validate_python({"unit": "working_time", "minutes": -1})


# Rule 14

START = seoul("2024-03-05T09:00")
HOUR, DAY = WorkingTime(minutes=60), WorkingTime(minutes=480)


def retargeted(*retargets: Retarget) -> datetime | None:
    return retargeted_due(DAY, retargets, SEOUL, START)


def test_a_retarget_counts_from_the_original_start() -> None:
    later = Retarget(at=seoul("2024-03-05T15:00"), budget=HOUR)
    assert retargeted() == seoul("2024-03-05T18:00")
    assert retargeted(later) == seoul("2024-03-05T10:00")
    assert is_overdue(retargeted(later), later.at)


def test_the_last_retarget_by_its_instant_holds() -> None:
    first, second = (Retarget(at=seoul(f"2024-03-05T1{hour}:00"), budget=None) for hour in (1, 2))
    back = Retarget(at=second.at, budget=HOUR)
    assert retargeted(second, first) is None
    assert retargeted(second, back, first) == seoul("2024-03-05T10:00")
    assert retargeted(back, second, first) is None
    assert in_force(None, ()) is None


def test_at_the_due_instant_it_is_in_time() -> None:
    assert not is_overdue(START, START)
    assert is_overdue(START, START + timedelta(microseconds=1))
    assert not is_overdue(None, START)
