"""The auditor's calculator: `redress clock eval` answers questions about deadlines offline."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from cli.clock_audit import AuditReport, PriorityTargets, as_json, as_table, audit
from domain.budget import (
    SEOUL,
    BusinessDays,
    CalendarDays,
    CivilKr,
    Months,
    Weeks,
    WorkingTime,
    due_of,
)
from domain.calendar import Calendar, Span, working_time
from domain.retarget import Retarget, retargeted_due

__all__ = ["AuditReport", "PriorityTargets", "as_json", "as_table", "audit", "evaluate"]

Line = Mapping[str, Any]
MAX_MINUTES = 5_256_000
MAX_COUNT = 10_000
FIRST_YEAR, LAST_YEAR = 1900, 2899
SECOND = timedelta(seconds=1)


class BadLineError(ValueError):
    """A line that cannot be answered; the message names the field and what to do."""


def evaluate(lines: Iterable[str]) -> Iterator[str]:
    """Answer each line with one line, in order; a bad line is answered with `{"error": ...}`.

    Args:
        lines: JSON objects with an `op` (`due`, `elapsed`, `business_days`, `by_end_of_business_day`,
            `calendar_days`, `weeks`, `months`, `civil_kr`).

    Yields:
        JSON objects without line ends; instants are UTC, times are exact to the microsecond.
    """
    for line in lines:
        yield json.dumps(_answer(line), separators=(",", ":"))


def _answer(line: str) -> dict[str, Any]:
    try:
        asked = _parsed(line)
        fields, op = OPS[_op(asked)]
        _no_slip(asked, fields, "")
        return op(asked)
    except BadLineError as problem:
        return {"error": str(problem)}
    except OverflowError:
        return {"error": "the answer lies beyond the year 9999; use a smaller number or an earlier start"}


def _parsed(line: str) -> Line:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BadLineError("the line is not JSON; write one JSON object per line") from problem
    if not isinstance(asked, dict):
        raise BadLineError("the line is not a JSON object; write one JSON object per line")
    return asked


def _op(asked: Line) -> str:
    op = asked.get("op")
    if not isinstance(op, str) or op not in OPS:
        raise BadLineError(f"op: use one of {', '.join(OPS)}")
    return op


def _no_slip(given: Line, known: tuple[str, ...], where: str) -> None:
    """Refuse a name that is nearly one of ours: ignoring `pause` would silently give a wrong answer."""
    for name in given:
        if name not in known:
            meant = get_close_matches(name, known, n=1, cutoff=0.75)
            if meant:
                raise BadLineError(f"{where}{name}: no such field; did you mean {meant[0]}?")


def _due(asked: Line) -> dict[str, Any]:
    calendar, start, pauses = _calendar(asked), _instant(asked, "start"), _pauses(asked)
    first = _budget(_minutes(asked, "target_minutes", ""))
    return {"due": _utc(retargeted_due(first, _retargets(asked), calendar, start, pauses))}


def _retargets(asked: Line) -> list[Retarget]:
    found = []
    for number, each in enumerate(_list(asked, "retargets")):
        where = f"retargets[{number}]."
        if not isinstance(each, dict):
            raise BadLineError(f'{where[:-1]}: write {{"at": time, "target_minutes": number or null}}')
        _no_slip(each, ("at", "target_minutes"), where)
        budget = _budget(_minutes(each, "target_minutes", where))
        found.append(Retarget(at=_instant(each, "at", where), budget=budget))
    return found


def _budget(minutes: float | None) -> WorkingTime | None:
    return None if minutes is None else WorkingTime(minutes=minutes)


def _elapsed(asked: Line) -> dict[str, Any]:
    calendar, start, end = _calendar(asked), _instant(asked, "from"), _instant(asked, "to")
    if end < start:
        raise BadLineError("to: lies before from; swap them")
    spent = working_time(calendar, start, end, _pauses(asked))
    whole = spent // SECOND
    seconds = whole if whole * SECOND == spent else spent.total_seconds()
    return {"seconds": seconds, "minutes": whole // 60}


def _business_days(asked: Line) -> dict[str, Any]:
    form = "same_time" if asked["op"] == "business_days" else "end_of_day"
    budget = BusinessDays.model_validate({"n": _count(asked, "business_days"), "form": form})
    return {"due": _utc(due_of(budget, _calendar(asked), _instant(asked, "start")))}


def _by_date(asked: Line) -> dict[str, Any]:
    kind = {"calendar_days": CalendarDays, "weeks": Weeks, "months": Months}[asked["op"]]
    return {"due": _utc(due_of(kind(n=_count(asked, "n")), _zone(asked), _instant(asked, "start")))}


def _civil_kr(asked: Line) -> dict[str, Any]:
    if asked.get("unit") not in ("days", "weeks", "months"):
        raise BadLineError("unit: use days, weeks or months")
    budget = CivilKr.model_validate({"n": _count(asked, "n"), "period": asked["unit"]})
    stated = {"timezone": SEOUL, "hours": {}, "holidays": _list(asked, "holidays")}
    return {"due": _utc(due_of(budget, _calendar_of(json.dumps(stated), ""), _instant(asked, "start")))}


def _calendar(asked: Line) -> Calendar:
    stated = asked.get("calendar")
    if not isinstance(stated, dict):
        raise BadLineError("calendar: write an object with timezone, hours, holidays and special_days")
    _no_slip(stated, ("timezone", "hours", "holidays", "special_days"), "calendar.")
    return _calendar_of(json.dumps(stated), "calendar.")


@lru_cache(maxsize=256)
def _calendar_of(stated: str, where: str) -> Calendar:
    try:
        return Calendar.model_validate_json(stated)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadLineError(f"{where}{field}: {first['msg'].removeprefix('Value error, ')}") from problem


def _zone(asked: Line) -> Calendar:
    """Return a calendar that is nothing but a time zone."""
    name = asked.get("timezone")
    if not isinstance(name, str):
        raise BadLineError("timezone: name an IANA time zone such as Asia/Seoul")
    return _calendar_of(json.dumps({"timezone": name, "hours": {}}), "")


def _instant(given: Line, field: str, where: str = "") -> datetime:
    return _moment(given.get(field), f"{where}{field}")


def _moment(stated: object, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(stated)  # type: ignore[arg-type]  # anything else is a TypeError
    except (TypeError, ValueError):
        raise BadLineError(
            f"{where}: write an ISO 8601 time with an offset or Z, 2024-03-01T09:00:00Z"
        ) from None
    if instant.utcoffset() is None:
        raise BadLineError(f"{where}: has no offset; add one such as +09:00, or Z")
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise BadLineError(f"{where}: use a year from {FIRST_YEAR} to {LAST_YEAR}")
    return instant


def _pauses(asked: Line) -> list[Span]:
    return [_pause(each, f"pauses[{number}]") for number, each in enumerate(_list(asked, "pauses"))]


def _pause(stated: object, where: str) -> Span:
    match stated:
        case [start, None]:
            return Span(_moment(start, where), None)
        case [start, end]:
            span = Span(_moment(start, where), _moment(end, where))
            if span.end is not None and span.end < span.start:
                raise BadLineError(f"{where}: ends before it starts; swap the two times")
            return span
        case _:
            raise BadLineError(f"{where}: write [start, end], with null for an end that is still open")


def _list(asked: Line, field: str) -> list[Any]:
    stated = asked.get(field)
    if stated is None:
        return []
    if not isinstance(stated, list):
        raise BadLineError(f"{field}: write a list")
    return stated


def _minutes(given: Line, field: str, where: str) -> float | None:
    """Return a number of minutes, None where the deadline is withdrawn."""
    stated = given.get(field, "")
    if stated is None:
        return None
    number = isinstance(stated, (int, float)) and not isinstance(stated, bool)
    if not number or not math.isfinite(stated) or not 0 <= stated <= MAX_MINUTES:
        raise BadLineError(f"{where}{field}: write a number of minutes from 0 to {MAX_MINUTES}")
    return float(stated)


def _count(asked: Line, field: str) -> int:
    stated = asked.get(field)
    if not isinstance(stated, int) or isinstance(stated, bool) or not 0 <= stated <= MAX_COUNT:
        raise BadLineError(f"{field}: write a whole number from 0 to {MAX_COUNT}")
    return stated


def _utc(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


BUSINESS = ("op", "calendar", "start", "business_days")
BY_DATE = ("op", "timezone", "start", "n")
OPS: dict[str, tuple[tuple[str, ...], Callable[[Line], dict[str, Any]]]] = {
    "due": (("op", "calendar", "start", "target_minutes", "pauses", "retargets"), _due),
    "elapsed": (("op", "calendar", "from", "to", "pauses"), _elapsed),
    "business_days": (BUSINESS, _business_days),
    "by_end_of_business_day": (BUSINESS, _business_days),
    "calendar_days": (BY_DATE, _by_date),
    "weeks": (BY_DATE, _by_date),
    "months": (BY_DATE, _by_date),
    "civil_kr": (("op", "start", "unit", "n", "holidays"), _civil_kr),
}
