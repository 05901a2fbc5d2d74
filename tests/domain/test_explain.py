from datetime import UTC, date, datetime

import pytest

from domain.budget import (
    AnyBudget,
    BusinessDays,
    CalendarDays,
    CivilKr,
    Months,
    PlainTime,
    Weeks,
    WorkingTime,
)
from domain.calendar import WEEKDAYS, Calendar
from domain.explain import explain
from domain.pauses import Pause

OFFICE = (("09:00", "12:00"), ("13:00", "18:00"))
SEOUL = Calendar(
    timezone="Asia/Seoul",
    hours=dict.fromkeys(WEEKDAYS[:5], OFFICE),
    holidays=(date(2024, 3, 1), date(2024, 3, 3), date(2024, 3, 5)),
    special_days={date(2024, 3, 5): OFFICE},
)
NEVER = Calendar(timezone="Asia/Seoul", hours={})
NIGHTS = Calendar(
    timezone="Asia/Seoul", hours=dict.fromkeys(WEEKDAYS, (("22:00", "24:00"), ("00:00", "06:00")))
)


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-{text}+09:00").astimezone(UTC)


THURSDAY = seoul("02-29T17:00")
FIRST = (date(2024, 3, 1),)


@pytest.mark.parametrize(
    ("budget", "edge", "holidays"),
    [
        (WorkingTime(minutes=0), "at_start", ()),
        (WorkingTime(minutes=60), "at_closing", ()),
        (WorkingTime(minutes=61), "during_opening", FIRST),
        (PlainTime(minutes=0), "at_start", ()),
        (PlainTime(minutes=90.5), "as_elapsed", ()),
        (BusinessDays(n=1, form="same_time"), "same_time", FIRST),
        (BusinessDays(n=1, form="end_of_day"), "end_of_day", FIRST),
        (CalendarDays(n=3), "end_of_day", ()),
        (Weeks(n=1), "end_of_day", ()),
        (Months(n=1), "end_of_day", ()),
        (CivilKr(n=1, period="days"), "moved_past_holiday", (date(2024, 3, 1), date(2024, 3, 3))),
        (CivilKr(n=1, period="weeks"), "end_of_day", ()),
        (CivilKr(n=2, period="months"), "end_of_day", ()),
    ],
)
def test_an_explanation_names_the_edge_and_the_holidays_that_mattered(
    budget: AnyBudget, edge: str, holidays: tuple[date, ...]
) -> None:
    told = explain(budget, SEOUL, THURSDAY)
    assert (told.edge, told.holidays) == (edge, holidays)
    assert told.budget_ko in told.ko
    assert told.budget_en in told.en
    assert (told.due is not None, told.latest) == (True, None)


def test_a_time_outside_opening_hours_moved() -> None:
    evening = explain(BusinessDays(n=1, form="same_time"), SEOUL, seoul("03-05T19:00"))
    assert (evening.edge, evening.due) == ("moved_to_opening", seoul("03-07T09:00"))


def test_midnight_inside_a_night_shift_is_no_closing_time() -> None:
    assert explain(WorkingTime(minutes=60), NIGHTS, seoul("03-05T23:00")).edge == "during_opening"
    assert explain(WorkingTime(minutes=420), NIGHTS, seoul("03-05T23:00")).edge == "at_closing"


def test_a_calendar_that_never_opens_is_said_so() -> None:
    told = explain(WorkingTime(minutes=1), NEVER, THURSDAY)
    assert (told.edge, told.due, told.latest) == ("never_opens", None, None)
    assert told.ko.endswith("정책의 달력을 확인해 주십시오.")
    assert told.en.endswith("check the policy's calendar.")


def test_the_end_of_a_day_is_written_as_24_00() -> None:
    told = explain(BusinessDays(n=1, form="end_of_day"), SEOUL, THURSDAY)
    assert told.due == seoul("03-05T00:00")
    assert told.ko.endswith("따라서 기한은 2024-03-04 24:00입니다.")
    assert told.en.endswith("Due: 2024-03-04 24:00.")


def test_the_whole_story_in_both_languages() -> None:
    pause = Pause(
        reason="customer_information",
        owner="mira",
        start=seoul("03-04T10:00"),
        end=seoul("03-04T11:00:36"),
        ends_by=seoul("03-09T00:00"),
    )
    told = explain(WorkingTime(minutes=150), SEOUL, THURSDAY, [pause])
    assert told.ko == (
        "기산 시각은 2024-02-29 17:00(Asia/Seoul)이며, 주어진 기간은 업무 시간 2시간 30분입니다. "
        "일시 정지(customer_information, 2024-03-04 10:00~2024-03-04 11:00:36)로 업무 시간 1시간 36초만큼 "
        "늦추어졌습니다. 그 사이의 휴일(2024-03-01)은 세지 않았습니다. 업무 시간 중에 기한이 다합니다. "
        "따라서 기한은 2024-03-04 11:30:36입니다."
    )
    assert told.en == (
        "The clock started at 2024-02-29 17:00 (Asia/Seoul) with a budget of 2 hours 30 minutes of working "
        "time. A pause (customer_information, 2024-03-04 10:00 to 2024-03-04 11:00:36) took out 1 hour "
        "36 seconds of working time. Holidays not counted: 2024-03-01. It runs out during opening hours. "
        "Due: 2024-03-04 11:30:36."
    )
