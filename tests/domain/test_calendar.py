from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendar import (
    WEEKDAYS,
    Calendar,
    Span,
    add_working_time,
    is_business_day,
    next_opening,
    opening_intervals,
    working_time,
)

WORKDAYS = WEEKDAYS[:5]
ALL_DAY = [["00:00", "24:00"]]
OFFICE = [["09:00", "12:00"], ["13:00", "18:00"]]


def calendar(zone: str = "Asia/Seoul", hours: dict[str, Any] | None = None, **more: Any) -> Calendar:
    stated = dict.fromkeys(WORKDAYS, OFFICE) if hours is None else hours
    return Calendar.model_validate({"timezone": zone, "hours": stated, **more})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def due(
    of: Calendar, start: str, minutes: float, pauses: Sequence[tuple[str, str | None]] = ()
) -> datetime | None:
    spans = [Span(utc(first), None if last is None else utc(last)) for first, last in pauses]
    return add_working_time(of, utc(start), timedelta(minutes=minutes), spans)


def hours_open(of: Calendar, day: str) -> float:
    return sum(
        (end - begin) / timedelta(hours=1) for begin, end in opening_intervals(of, date.fromisoformat(day))
    )


# Rule 1


def test_a_pause_of_36_seconds_costs_36_seconds() -> None:
    paused = [("2024-03-05T10:00:00+09:00", "2024-03-05T10:00:36+09:00")]
    assert due(calendar(), "2024-03-05T09:00+09:00", 120, paused) == utc("2024-03-05T11:00:36+09:00")


def test_a_microsecond_is_counted() -> None:
    start = utc("2024-03-05T09:00:00.000001+09:00")
    assert add_working_time(calendar(), start, timedelta(hours=3)) == utc("2024-03-05T13:00:00.000001+09:00")


# Rule 2


def test_a_lunch_break_does_not_count() -> None:
    assert due(calendar(), "2024-03-05T11:30+09:00", 60) == utc("2024-03-05T13:30+09:00")


def test_a_night_shift_is_two_intervals() -> None:
    night = calendar(hours={"fri": [["22:00", "24:00"]], "sat": [["00:00", "06:00"]]})
    assert due(night, "2024-03-08T21:00+09:00", 7 * 60) == utc("2024-03-09T05:00+09:00")


def test_overlapping_intervals_count_once_and_empty_ones_not_at_all() -> None:
    messy = calendar(hours={"tue": [["13:00", "18:00"], ["09:00", "14:00"], ["20:00", "20:00"]]})
    assert opening_intervals(messy, date(2024, 3, 5)) == (
        (utc("2024-03-05T09:00+09:00"), utc("2024-03-05T18:00+09:00")),
    )


def test_a_holiday_is_closed_and_a_special_day_wins_over_it() -> None:
    both = calendar(
        holidays=["2024-03-01", "2024-03-04"],
        special_days={"2024-03-04": [["10:00", "11:00"]], "2024-03-05": []},
    )
    assert [hours_open(both, f"2024-03-0{day}") for day in (1, 4, 5, 6)] == [0, 1, 0, 8]
    assert [is_business_day(both, date(2024, 3, day)) for day in (1, 2, 4, 5, 6)] == [
        False,
        False,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("field", "stated", "named"),
    [
        ("hours", {"wed": [["18:00", "09:00"]]}, "wed: 18:00-09:00 ends before it starts"),
        ("hours", {"wed": [["22:00", "00:00"]]}, "wed: 22:00-00:00 ends before it starts"),
        ("hours", {"thu": [["9:00", "18:00"]]}, "thu: every edge is HH:MM"),
        ("hours", {"thu": [["09:00", "24:01"]]}, "thu: every edge is HH:MM"),
        ("hours", {"thursday": []}, "'thursday' is not a weekday"),
        ("special_days", {"2024-03-04": [["18:00", "09:00"]]}, "2024-03-04: 18:00-09:00 ends before"),
        ("timezone", "Asia/Soul", "is not an IANA time zone"),
        ("timezone", "../etc/passwd", "is not an IANA time zone"),
    ],
)
def test_an_error_names_the_day(field: str, stated: object, named: str) -> None:
    fine: dict[str, object] = {"timezone": "Asia/Seoul", "hours": {}}
    with pytest.raises(ValidationError, match=named):
        Calendar.model_validate(fine | {field: stated})


# Rule 3


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2024-03-10", 23),
        ("America/New_York", "2024-11-03", 25),
        ("Australia/Lord_Howe", "2024-10-06", 23.5),
        ("Australia/Lord_Howe", "2024-04-07", 24.5),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("America/Havana", "2024-11-03", 25),
        ("Pacific/Apia", "2011-12-29", 24),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Pacific/Apia", "2011-12-31", 24),
        ("Asia/Kathmandu", "2024-03-05", 24),
    ],
)
def test_an_open_day_is_as_long_as_it_really_is(zone: str, day: str, hours: float) -> None:
    assert hours_open(calendar(zone, dict.fromkeys(WEEKDAYS, ALL_DAY)), day) == hours


def test_an_edge_that_occurs_twice_is_its_first_occurrence() -> None:
    sunday = calendar("America/New_York", {"sun": [["01:30", "03:00"]]})
    first, last = opening_intervals(sunday, date(2024, 11, 3))[0]
    assert (first, last) == (utc("2024-11-03T05:30Z"), utc("2024-11-03T08:00Z"))


def test_an_edge_that_does_not_exist_is_read_with_the_offset_before_the_change() -> None:
    sunday = calendar("America/New_York", {"sun": [["02:30", "05:00"]]})
    first, last = opening_intervals(sunday, date(2024, 3, 10))[0]
    assert (first, last) == (utc("2024-03-10T07:30Z"), utc("2024-03-10T09:00Z"))


def test_an_interval_that_a_clock_change_turns_over_counts_nothing() -> None:
    sunday = calendar("America/New_York", {"sun": [["02:30", "03:15"]]})
    assert opening_intervals(sunday, date(2024, 3, 10)) == ()
    assert not is_business_day(sunday, date(2024, 3, 10))


def test_an_overlapping_interval_whose_edge_was_moved_does_not_shorten_another() -> None:
    # 00:00 to 01:00 did not exist: 00:30 is read as 01:30, but the other interval opens at 01:15.
    sunday = calendar("America/Havana", {"sun": [["01:15", "02:34"], ["00:30", "07:45"]]})
    assert opening_intervals(sunday, date(1994, 4, 3)) == (
        (utc("1994-04-03T05:15Z"), utc("1994-04-03T11:45Z")),
    )


def test_a_skipped_day_is_no_business_day_and_counts_nothing() -> None:
    every = calendar("Pacific/Apia", dict.fromkeys(WEEKDAYS, OFFICE))
    assert not is_business_day(every, date(2011, 12, 30))
    assert working_time(every, utc("2011-12-29T00:00-10:00"), utc("2012-01-01T00:00+14:00")) == timedelta(
        hours=16
    )


# Rules 4 and 5


def test_what_runs_out_at_closing_time_is_due_at_closing() -> None:
    assert due(calendar(), "2024-03-08T17:00+09:00", 60) == utc("2024-03-08T18:00+09:00")
    assert due(calendar(), "2024-03-08T11:00+09:00", 60) == utc("2024-03-08T12:00+09:00")
    assert due(calendar(), "2024-03-08T17:00+09:00", 60.001) == utc("2024-03-11T09:00:00.060+09:00")


def test_a_budget_of_zero_is_due_at_the_start_whatever_is_closed_or_paused() -> None:
    sunday = "2024-03-10T03:00+09:00"
    assert due(calendar(), sunday, 0) == utc(sunday)
    assert due(calendar(), sunday, 0, [("2024-03-01T00:00Z", None)]) == utc(sunday)
    assert due(calendar(hours={}), sunday, 0) == utc(sunday)


def test_a_calendar_that_never_opens_again_gives_no_due() -> None:
    once = calendar(hours={}, special_days={"2024-03-05": [["09:00", "10:00"]]})
    assert due(once, "2024-03-01T00:00Z", 60) == utc("2024-03-05T10:00+09:00")
    assert due(once, "2024-03-01T00:00Z", 61) is None
    assert due(once, "2024-03-06T00:00Z", 1) is None
    assert due(calendar(hours={}), "2024-03-06T00:00Z", 1) is None
    assert next_opening(once, utc("2024-03-05T10:00+09:00")) is None


def test_the_next_opening_is_now_if_it_is_open() -> None:
    assert next_opening(calendar(), utc("2024-03-08T10:00+09:00")) == utc("2024-03-08T10:00+09:00")
    assert next_opening(calendar(), utc("2024-03-08T12:00+09:00")) == utc("2024-03-08T13:00+09:00")
    assert next_opening(calendar(), utc("2024-03-08T18:00+09:00")) == utc("2024-03-11T09:00+09:00")


def test_working_time_backwards_is_none_at_all() -> None:
    assert working_time(calendar(), utc("2024-03-08T10:00Z"), utc("2024-03-07T10:00Z")) == timedelta(0)


def test_working_time_over_years_is_counted_day_by_day() -> None:
    # 2024 has 262 weekdays.
    year = working_time(calendar(), utc("2024-01-01T00:00+09:00"), utc("2025-01-01T00:00+09:00"))
    assert year == timedelta(hours=262 * 8)


def test_a_changed_copy_counts_by_its_own_hours() -> None:
    monday, before = utc("2024-03-04T00:00Z"), calendar()
    assert working_time(before, monday, monday + timedelta(days=1)) == timedelta(hours=8)
    after = before.model_copy(update={"holidays": (date(2024, 3, 4), date(2024, 3, 5))})
    assert working_time(after, monday, monday + timedelta(days=1)) == timedelta(0)


def test_equal_calendars_are_one_key() -> None:
    assert hash(calendar()) == hash(calendar())
    assert calendar() == Calendar.model_validate_json(calendar().model_dump_json())


# Properties

ZONES = (
    "Asia/Seoul",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Casablanca",
)
MONTHS = st.sampled_from(
    [datetime(2011, 12, 20, tzinfo=UTC), datetime(2024, 3, 8, tzinfo=UTC), datetime(2006, 10, 20, tzinfo=UTC)]
)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=20))
BUDGETS = st.timedeltas(timedelta(0), timedelta(hours=60))


@st.composite
def intervals(draw: st.DrawFn) -> list[list[str]]:
    pairs = draw(st.lists(st.tuples(st.integers(0, 1440), st.integers(0, 1440)), max_size=3))
    return [[f"{edge // 60:02}:{edge % 60:02}" for edge in sorted(pair)] for pair in pairs]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    hours = draw(st.dictionaries(st.sampled_from(WEEKDAYS), intervals()))
    return calendar(draw(st.sampled_from(ZONES)), hours | {"wed": OFFICE})


@st.composite
def situations(draw: st.DrawFn) -> tuple[Calendar, datetime, list[Span]]:
    begin = draw(MONTHS)
    spans = [
        Span(begin + first, begin + first + length)
        for first, length in draw(st.lists(st.tuples(MOMENTS, MOMENTS), max_size=4))
    ]
    return draw(calendars()), begin + draw(MOMENTS), spans


def known(due: datetime | None) -> datetime:
    assert due is not None
    return due


@given(situations(), BUDGETS, BUDGETS)
def test_more_budget_is_never_due_earlier(
    situation: tuple[Calendar, datetime, list[Span]], budget: timedelta, more: timedelta
) -> None:
    of, start, pauses = situation
    first = known(add_working_time(of, start, budget, pauses))
    assert first <= known(add_working_time(of, start, budget + more, pauses))


@given(situations(), BUDGETS, MOMENTS, MOMENTS)
def test_a_pause_never_makes_it_earlier(
    situation: tuple[Calendar, datetime, list[Span]], budget: timedelta, after: timedelta, length: timedelta
) -> None:
    of, start, pauses = situation
    another = Span(start + after - timedelta(days=5), start + after - timedelta(days=5) + length)
    first = known(add_working_time(of, start, budget, pauses))
    assert first <= known(add_working_time(of, start, budget, [another, *pauses]))


@given(situations(), BUDGETS, st.floats(0, 1))
def test_splitting_a_pause_changes_nothing(
    situation: tuple[Calendar, datetime, list[Span]], budget: timedelta, share: float
) -> None:
    of, start, pauses = situation
    split: list[Span] = []
    for first, last in pauses:
        assert last is not None
        middle = first + (last - first) * share
        split += [Span(middle, last), Span(first, middle)]
    assert add_working_time(of, start, budget, split) == add_working_time(of, start, budget, pauses)


@given(situations(), BUDGETS)
def test_the_time_from_start_to_due_is_the_budget(
    situation: tuple[Calendar, datetime, list[Span]], budget: timedelta
) -> None:
    of, start, pauses = situation
    due = known(add_working_time(of, start, budget, pauses))
    assert working_time(of, start, due, pauses) == budget
    if budget:
        # The first such instant: a microsecond earlier something is still left.
        assert working_time(of, start, due - timedelta(microseconds=1), pauses) < budget
