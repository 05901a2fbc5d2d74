import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.clock import AuditReport, PriorityTargets, as_json, as_table, audit, evaluate
from domain.budget import WorkingTime
from domain.calendar import WEEKDAYS, Calendar

OFFICE = [["09:00", "12:00"], ["13:00", "18:00"]]
SEOUL: dict[str, Any] = {
    "timezone": "Asia/Seoul",
    "hours": dict.fromkeys(WEEKDAYS[:5], OFFICE),
    "holidays": ["2024-03-01"],
}
LEAP_DAY = "2024-02-29T10:00:00+09:00"
TUESDAY = "2024-03-05T09:00:00+09:00"


def answer(op: str, **asked: Any) -> dict[str, Any]:
    (line,) = evaluate([json.dumps({"op": op} | asked)])
    answered: dict[str, Any] = json.loads(line)
    return answered


def due(minutes: float | None, **more: Any) -> Any:
    return answer("due", calendar=SEOUL, start=TUESDAY, target_minutes=minutes, **more)["due"]


def test_due_is_answered_in_utc_to_the_microsecond() -> None:
    assert due(60) == "2024-03-05T01:00:00Z"
    assert due(0.5) == "2024-03-05T00:00:30Z"
    assert due(120, pauses=[["2024-03-05T10:00:00+09:00", "2024-03-05T10:00:36.000001+09:00"]]) == (
        "2024-03-05T02:00:36.000001Z"
    )
    assert due(120, pauses=[["2024-03-05T10:00:00+09:00", None]]) is None


def test_the_last_retarget_by_at_decides_from_the_start() -> None:
    withdrawn = {"at": "2024-03-05T10:00:00Z", "target_minutes": None}
    revived = {"at": "2024-03-05T11:00:00Z", "target_minutes": 60}
    assert due(480, retargets=[withdrawn]) is None
    assert due(480, retargets=[revived, withdrawn]) == "2024-03-05T01:00:00Z"
    assert due(None, retargets=[revived]) == "2024-03-05T01:00:00Z"
    assert due(480, retargets=[revived | {"at": withdrawn["at"]}, withdrawn]) is None


def test_elapsed_is_whole_seconds_where_it_can_be() -> None:
    asked = {
        "calendar": SEOUL,
        "from": TUESDAY,
        "pauses": [["2024-03-05T09:00:00+09:00", "2024-03-05T09:30:00+09:00"]],
    }
    assert answer("elapsed", **asked, to="2024-03-05T10:01:59+09:00") == {"seconds": 1919, "minutes": 31}
    assert answer("elapsed", **asked, to="2024-03-05T09:30:00.5+09:00") == {"seconds": 0.5, "minutes": 0}


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (
            {"op": "business_days", "calendar": SEOUL, "start": LEAP_DAY, "business_days": 1},
            "2024-03-04T01:00:00Z",
        ),
        (
            {"op": "by_end_of_business_day", "calendar": SEOUL, "start": LEAP_DAY, "business_days": 1},
            "2024-03-04T15:00:00Z",
        ),
        (
            {
                "op": "calendar_days",
                "timezone": "America/New_York",
                "start": "2024-03-09T12:00:00-05:00",
                "n": 1,
            },
            "2024-03-11T04:00:00Z",
        ),
        (
            {"op": "weeks", "timezone": "Europe/London", "start": "2024-03-27T12:00:00Z", "n": 1},
            "2024-04-03T23:00:00Z",
        ),
        (
            {"op": "months", "timezone": "Asia/Seoul", "start": "2024-01-31T12:00:00+09:00", "n": 1},
            "2024-02-29T15:00:00Z",
        ),
        (
            {"op": "civil_kr", "start": LEAP_DAY, "unit": "days", "n": 1, "holidays": ["2024-03-01"]},
            "2024-03-04T15:00:00Z",
        ),
        ({"op": "civil_kr", "start": LEAP_DAY, "unit": "days", "n": 1}, "2024-03-01T15:00:00Z"),
    ],
)
def test_each_unit_has_its_operation(asked: dict[str, Any], due: str) -> None:
    assert answer(**asked) == {"due": due}


FINE: dict[str, Any] = {"op": "due", "calendar": SEOUL, "start": TUESDAY, "target_minutes": 60}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"op": "dew"}, "op: use one of due"),
        ({"op": []}, "op: use one of due"),
        ({"start": "2024-03-05T09:00:00"}, "start: has no offset; add one"),
        ({"start": "yesterday"}, "start: write an ISO 8601 time"),
        ({"start": 1709596800}, "start: write an ISO 8601 time"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "start: use a year from 1900"),
        ({"target_minutes": "60"}, "target_minutes: write a number"),
        ({"target_minutes": -1}, "target_minutes: write a number"),
        ({"target_minutes": True}, "target_minutes: write a number"),
        ({"target_minutes": float("nan")}, "target_minutes: write a number"),
        ({"calendar": None}, "calendar: write an object"),
        ({"calendar": {"timezone": "Asia/Seoul"}}, "calendar.hours: Field required"),
        ({"calendar": SEOUL | {"timezone": "Asia/Soul"}}, "calendar.timezone: is not an IANA time zone"),
        ({"calendar": SEOUL | {"hours": {"tue": [["18:00", "09:00"]]}}}, "calendar.hours: tue: 18:00-"),
        ({"calendar": SEOUL | {"special_day": {}}}, "calendar.special_day: no such field; did you mean"),
        ({"pause": []}, "pause: no such field; did you mean pauses?"),
        ({"pauses": {}}, "pauses: write a list"),
        ({"pauses": [[TUESDAY]]}, "pauses[0]: write [start, end]"),
        (
            {"pauses": [[TUESDAY, None], [TUESDAY, "2024-03-05T08:00:00+09:00"]]},
            "pauses[1]: ends before it starts",
        ),
        ({"retargets": [60]}, "retargets[0]: write"),
        ({"retargets": [{"at": TUESDAY}]}, "retargets[0].target_minutes: write a number"),
        ({"op": "elapsed", "from": TUESDAY, "to": "2024-03-05T08:00:00+09:00"}, "to: lies before from"),
        ({"op": "business_days", "business_days": 1.5}, "business_days: write a whole number"),
        ({"op": "weeks", "n": 1}, "timezone: name an IANA time zone"),
        ({"op": "weeks", "timezone": "Mars/Olympus", "n": 1}, "timezone: is not an IANA time zone"),
        ({"op": "civil_kr", "unit": "years", "n": 1}, "unit: use days, weeks or months"),
        ({"op": "civil_kr", "unit": "days", "n": 1, "holidays": ["soon"]}, "holidays.0: Input should be"),
    ],
)
def test_a_bad_line_names_the_field_and_what_to_do(changed: dict[str, Any], named: str) -> None:
    assert answer(**(FINE | changed))["error"].startswith(named)


def test_a_field_of_ones_own_is_left_alone() -> None:
    assert due(60, id="line 1", note="x") == "2024-03-05T01:00:00Z"


def test_after_a_bad_line_the_rest_go_on() -> None:
    lines = ["", "{", "[" * 100_000, "[]", json.dumps(FINE)]
    answers = [json.loads(line) for line in evaluate(lines)]
    assert [set(each) for each in answers] == [{"error"}] * 4 + [{"due"}]


def test_lines_are_answered_as_they_come() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield json.dumps(FINE)

    assert json.loads(next(iter(evaluate(endless())))) == {"due": "2024-03-05T01:00:00Z"}


def test_an_answer_too_far_away_is_an_error() -> None:
    far = answer("months", timezone="Asia/Seoul", start="2899-01-01T00:00:00Z", n=10_000)
    assert far["due"].startswith("3732-")
    assert "error" in answer("months", timezone="Asia/Seoul", start="2899-01-01T00:00:00Z", n=100_000)


HEADER = "number,incident_state,opened_at,sys_updated_at,priority,reassignment_count\n"
LOG = HEADER + (
    "A,New,05-03-2024 09:00,05-03-2024 09:00,3 - Moderate,0\n"
    "A,Awaiting User Info,05-03-2024 09:00,05-03-2024 10:00,3 - Moderate,0\n"
    "A,Active,05-03-2024 09:00,05-03-2024 11:00,3 - Moderate,1\n"
    "A,Awaiting Problem,05-03-2024 09:00,05-03-2024 13:00,3 - Moderate,1\n"
    "A,Resolved,05-03-2024 09:00,05-03-2024 15:00,3 - Moderate,1\n"
    "A,Active,05-03-2024 09:00,05-03-2024 16:00,3 - Moderate,2\n"
    "A,Resolved,05-03-2024 09:00,05-03-2024 17:00,3 - Moderate,2\n"
    "A,Closed,05-03-2024 09:00,08-03-2024 17:00,1 - Critical,2\n"
    "B,New,05-03-2024 09:00,05-03-2024 09:30,1 - Critical,0\n"
    "B,New,05-03-2024 09:00,05-03-2024 11:00,3 - Moderate,0\n"
    "C,New,?,05-03-2024 09:30,1 - Critical,0\n"
    "C,New,05-03-2024 09:00,soon,1 - Critical,0\n"
    "C,New,05-03-2024 09:00,05-03-2024 08:00,1 - Critical,0\n"
    "C,Lost,05-03-2024 09:00,05-03-2024 09:00,1 - Critical,0\n"
    "C,New,05-03-2024 09:00,05-03-2024 09:00,?,0\n"
    "C,New,05-03-2024 09:00,05-03-2024 09:00,1 - Critical,many\n"
    "D,Closed,08-03-2024 17:00,11-03-2024 10:00,4 - Low,0\n"
)
TARGETS = {
    "1 - Critical": PriorityTargets(respond=WorkingTime(minutes=60), resolve=WorkingTime(minutes=60)),
    "3 - Moderate": PriorityTargets(respond=WorkingTime(minutes=61), resolve=WorkingTime(minutes=360)),
}


@pytest.fixture
def report(tmp_path: Path) -> AuditReport:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return audit(path, Calendar.model_validate(SEOUL), TARGETS)


def test_the_audit_measures_each_case_by_its_own_transitions(report: AuditReport) -> None:
    a, b, d = report.cases
    minutes = [
        (time and time.total_seconds() / 60) for time in (a.response, a.resolve, a.paused, a.internal_wait)
    ]
    # Opened 09:00, an hour of waiting for the user, lunch, two hours of waiting for a problem (which count).
    assert minutes == [60, 360, 60, 120]
    assert (a.reassignments, a.reopened, a.response_breach, a.resolve_breach) == (2, 1, None, None)
    assert (b.responded, b.response_breach, b.resolve_breach) == (None, "1 - Critical", "1 - Critical")
    assert d.response is not None
    assert d.response.total_seconds() / 60 == 120
    assert (d.priority, d.response_breach) == ("4 - Low", None)


def test_the_audit_says_why_a_row_was_left_out(report: AuditReport) -> None:
    assert report.rows == 17
    assert [(row.line, row.reason.split()[0]) for row in report.unusable] == [
        (12, "opened_at"),
        (13, "sys_updated_at"),
        (14, "sys_updated_at"),
        (15, "incident_state"),
        (16, "priority"),
        (17, "reassignment_count"),
    ]


def test_the_audit_sums_breaches_under_the_priority_they_fell_under(report: AuditReport) -> None:
    told = {
        each.priority: (each.cases, each.response_breaches, each.resolve_breaches)
        for each in report.priorities
    }
    assert told == {"1 - Critical": (1, 1, 1), "3 - Moderate": (1, 0, 0), "4 - Low": (1, 0, 0)}


def test_the_audit_is_shown_as_tables_and_as_json(report: AuditReport) -> None:
    console = Console(width=120, file=StringIO(), record=True)
    console.print(as_table(report))
    text = console.export_text()
    assert "3 cases from 17 rows" in text
    assert "6 rows left out" in text
    assert AuditReport.model_validate_json(as_json(report)) == report


def test_a_log_without_its_columns_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("number,opened_at\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column incident_state, sys_updated_at"):
        audit(path, Calendar.model_validate(SEOUL), TARGETS)
