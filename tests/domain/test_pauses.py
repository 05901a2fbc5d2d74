from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from domain.budget import WorkingTime, due_of
from domain.calendar import WEEKDAYS, Calendar, working_time
from domain.explain import explain
from domain.pauses import (
    Pause,
    at_the_latest,
    ended,
    ended_for,
    is_paused,
    lapsed,
    next_lapse,
    pause_from,
    time_paused,
)

OFFICE = (("09:00", "12:00"), ("13:00", "18:00"))
SEOUL = Calendar(timezone="Asia/Seoul", hours=dict.fromkeys(WEEKDAYS[:5], OFFICE))
WAIT = "customer_information"


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-03-{text}+09:00").astimezone(UTC)


def paused(start: str, end: str | None, *, reason: str = WAIT, ends_by: str = "29T00:00") -> Pause:
    stop = None if end is None else seoul(end)
    return Pause(reason=reason, owner="mira", start=seoul(start), end=stop, ends_by=seoul(ends_by))


def due(minutes: int, *pauses: Pause) -> datetime | None:
    return due_of(WorkingTime(minutes=minutes), SEOUL, seoul("05T09:00"), pauses)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


# Rule 7: what a pause takes out


def test_a_pause_takes_out_the_working_time_it_covers() -> None:
    assert due(120, paused("05T10:00", "05T14:00")) == seoul("05T15:00")
    assert due(120, paused("05T10:00", "05T12:30")) == seoul("05T14:00")
    assert due(120, paused("05T12:00", "05T13:00")) == seoul("05T11:00")


def test_a_pause_over_the_weekend_resumes_where_it_stopped() -> None:
    friday = seoul("08T17:00")
    over = paused("08T17:30", "11T10:00")
    assert due_of(WorkingTime(minutes=60), SEOUL, friday, [over]) == seoul("11T10:30")


def test_overlapping_pauses_count_once() -> None:
    assert due(120, paused("05T10:00", "05T11:00"), paused("05T10:30", "05T11:30")) == seoul("05T13:30")


def test_a_pause_that_began_before_the_start_counts_from_the_start() -> None:
    assert due(60, paused("04T10:00", "05T10:00")) == seoul("05T11:00")
    assert due(60, paused("04T10:00", "05T09:00")) == seoul("05T10:00")


def test_a_pause_is_half_open() -> None:
    assert is_paused([paused("05T10:00", "05T11:00")], seoul("05T10:00"))
    assert not is_paused([paused("05T10:00", "05T11:00")], seoul("05T11:00"))
    assert due(60, paused("05T10:00", "05T11:00")) == seoul("05T10:00")


def test_while_a_pause_is_open_there_is_no_due() -> None:
    assert due(61, paused("05T10:00", None)) is None
    assert due(61, paused("05T10:00", None), paused("05T11:00", "05T12:00")) is None


def test_what_fell_due_before_the_pause_stays_due() -> None:
    assert due(59, paused("05T10:00", None)) == seoul("05T09:59")
    assert due(60, paused("05T10:00", None)) == seoul("05T10:00")


# Rule 7: how long a pause may be


def test_a_pause_ends_by_itself_at_its_maximum() -> None:
    open_ = paused("05T10:00", None, ends_by="05T15:00")
    assert next_lapse([open_]) == seoul("05T15:00")
    assert lapsed([open_], seoul("05T14:59")) == (open_,)
    assert lapsed([open_], seoul("06T10:00"))[0].end == seoul("05T15:00")
    assert next_lapse(lapsed([open_], seoul("06T10:00"))) is None


def test_a_message_from_the_customer_ends_a_wait_for_the_customer_only() -> None:
    wait, other = paused("05T10:00", None), paused("05T10:00", None, reason="authority")
    assert [each.end for each in ended_for([wait, other], {WAIT}, seoul("05T11:00"))] == [
        seoul("05T11:00"),
        None,
    ]


def test_nothing_ends_twice_or_later_than_its_maximum_or_before_its_start() -> None:
    assert ended(paused("05T10:00", "05T11:00"), seoul("05T12:00")).end == seoul("05T11:00")
    assert ended(paused("05T10:00", None, ends_by="05T11:00"), seoul("05T12:00")).end == seoul("05T11:00")
    assert ended(paused("05T10:00", None), seoul("05T09:00")).end == seoul("05T10:00")
    with pytest.raises(ValidationError, match="by its maximum"):
        paused("05T10:00", "05T12:00", ends_by="05T11:00")


def begun(*pauses: Pause, reason: str = WAIT, total: float | None = 10) -> Pause | None:
    cap = None if total is None else hours(total)
    return pause_from(pauses, reason=reason, owner="mira", at=seoul("06T10:00"), longest=hours(8), total=cap)


def ends_by(pause: Pause | None) -> datetime:
    assert pause is not None
    return pause.ends_by


def test_all_pauses_for_one_reason_have_a_cap_together() -> None:
    earlier = paused("05T10:00", "05T15:00")
    overlapping = paused("05T12:00", "05T16:00")
    assert ends_by(begun()) == seoul("06T18:00")
    assert ends_by(begun(earlier)) == seoul("06T15:00")
    assert ends_by(begun(earlier, overlapping)) == seoul("06T14:00")
    assert ends_by(begun(earlier, reason="authority")) == seoul("06T18:00")
    assert ends_by(begun(earlier, total=None)) == seoul("06T18:00")
    assert begun(earlier, paused("05T15:00", "05T20:00")) is None


def test_an_open_pause_counts_towards_the_cap_so_far() -> None:
    open_ = paused("06T04:00", None)
    assert time_paused([open_], WAIT, until=seoul("06T10:00")) == hours(6)
    assert ends_by(begun(open_)) == seoul("06T14:00")


# Rule 20: what a pause cost


def test_the_costs_of_pauses_add_up_to_their_union() -> None:
    both = (paused("05T10:30", "05T11:30"), paused("05T10:00", "05T11:00"), paused("05T20:00", "05T21:00"))
    told = explain(WorkingTime(minutes=600), SEOUL, seoul("05T09:00"), both)
    assert [each.cost for each in told.pauses] == [hours(1), hours(0.5), hours(0)]
    assert told.due is not None
    whole = working_time(SEOUL, told.start, told.due)
    assert whole - timedelta(minutes=600) == hours(1.5)


def test_an_open_pause_is_told_with_the_latest_due() -> None:
    open_ = paused("05T10:00", None, ends_by="05T11:00")
    told = explain(WorkingTime(minutes=120), SEOUL, seoul("05T09:00"), [open_])
    assert (told.due, told.latest, told.edge) == (None, seoul("05T12:00"), "paused")
    assert [each.cost for each in told.pauses] == [None]
    assert "늦어도 2024-03-05 11:00에는 자동으로 끝납니다." in told.ko
    assert told.en.endswith("it will be due at 2024-03-05 12:00.")
    assert at_the_latest([open_])[0].end == seoul("05T11:00")
