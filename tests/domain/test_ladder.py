from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.budget import CalendarDays, PlainTime, WorkingTime
from domain.calendar import WEEKDAYS, Calendar, Span
from domain.ladder import Ladder, Rung, next_rung, rung_dues, rungs_passed

OFFICE = (("09:00", "12:00"), ("13:00", "18:00"))
SEOUL = Calendar(timezone="Asia/Seoul", hours=dict.fromkeys(WEEKDAYS[:5], OFFICE))
TEN_HOURS = WorkingTime(minutes=600)
LADDER: Ladder = (
    Rung(at="breach", actions=("escalate", "tell_customer")),
    Rung(at=0.5, actions=("remind_owner",)),
    Rung(at=0.8, actions=("tell_supervisor",)),
    Rung(at=WorkingTime(minutes=120), actions=("escalate",)),
    Rung(at=PlainTime(minutes=60), actions=("park",)),
)


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-03-{text}+09:00").astimezone(UTC)


START = seoul("05T09:00")


def test_rungs_stand_before_at_and_after_the_deadline() -> None:
    # 8 hours on Tuesday, 2 on Wednesday.
    assert rung_dues(LADDER, TEN_HOURS, SEOUL, START) == (
        (1, seoul("05T15:00")),
        (2, seoul("05T18:00")),
        (0, seoul("06T11:00")),
        (4, seoul("06T12:00")),
        (3, seoul("06T14:00")),
    )


def test_rungs_at_one_instant_keep_the_ladders_order() -> None:
    ladder = (Rung(at="breach", actions=("park",)), Rung(at=0.5, actions=("remind_owner",)))
    assert rung_dues(ladder, WorkingTime(minutes=0), SEOUL, START) == ((0, START), (1, START))


def test_a_pause_moves_the_rungs_that_come_after_it() -> None:
    pause = Span(seoul("05T16:00"), seoul("06T10:00"))
    assert [due for _, due in rung_dues(LADDER[:3], TEN_HOURS, SEOUL, START, [pause])] == [
        seoul("05T15:00"),
        seoul("06T12:00"),
        seoul("06T15:00"),
    ]


def test_an_open_pause_leaves_only_the_rungs_before_it() -> None:
    pause = Span(seoul("05T16:00"), None)
    assert rung_dues(LADDER, TEN_HOURS, SEOUL, START, [pause]) == ((1, seoul("05T15:00")),)


def test_a_pause_after_the_deadline_stops_the_rungs_that_count_working_time() -> None:
    pause = Span(seoul("06T11:30"), None)
    assert [index for index, _ in rung_dues(LADDER, TEN_HOURS, SEOUL, START, [pause])] == [1, 2, 0, 4]


def test_shares_of_other_units_go_by_the_way_to_the_due() -> None:
    half = (Rung(at=0.5, actions=("remind_owner",)),)
    assert rung_dues(half, CalendarDays(n=1), SEOUL, seoul("05T10:00")) == ((0, seoul("06T05:00")),)


def test_each_rung_is_passed_once_and_strictly_after_its_due() -> None:
    dues = rung_dues(LADDER, TEN_HOURS, SEOUL, START)
    assert rungs_passed(dues, (), seoul("05T15:00")) == ()
    assert rungs_passed(dues, (), seoul("05T15:01")) == dues[:1]
    assert rungs_passed(dues, (1,), seoul("06T11:00")) == dues[1:2]
    assert next_rung(dues, (1,)) == seoul("05T18:00")
    assert next_rung(dues, range(5)) is None


@pytest.mark.parametrize("at", [0, 1, 1.5, "late", {"unit": "working_time"}])
def test_a_rung_stands_somewhere_sensible(at: object) -> None:
    with pytest.raises(ValidationError):
        Rung.model_validate({"at": at, "actions": ["park"]})


def test_a_ladder_survives_json() -> None:
    adapter: TypeAdapter[Ladder] = TypeAdapter(Ladder)
    assert adapter.validate_json(adapter.dump_json(LADDER)) == LADDER
