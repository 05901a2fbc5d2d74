"""The record of an explained deadline and its words in Korean and English (rule 20)."""

from datetime import date, datetime, time, timedelta
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

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
from domain.pauses import Pause
from domain.record import Instant, Record

Edge = Literal[
    "at_start",
    "at_closing",
    "during_opening",
    "as_elapsed",
    "same_time",
    "moved_to_opening",
    "end_of_day",
    "moved_past_holiday",
    "paused",
    "never_opens",
]
"""The rule that fixed the last step of a due instant."""

EDGES: dict[Edge, tuple[str, str]] = {
    "at_start": (
        "기한이 0이므로 시작 시각이 곧 기한입니다.",
        "The budget is zero, so it is due at the start.",
    ),
    "at_closing": (
        "업무 종료 시각에 정확히 기한이 다하므로 다음 개시 시각이 아니라 종료 시각이 기한입니다.",
        "It runs out exactly at closing time, so it is due at closing and not at the next opening.",
    ),
    "during_opening": ("업무 시간 중에 기한이 다합니다.", "It runs out during opening hours."),
    "as_elapsed": (
        "달력과 무관하게 흐른 시간 그대로 계산하였습니다.",
        "Plain elapsed time counts, whatever the calendar says.",
    ),
    "same_time": (
        "마지막 영업일의 같은 시각이 기한입니다.",
        "It is due at the same wall-clock time on the last business day.",
    ),
    "moved_to_opening": (
        "같은 시각이 업무 시간 밖이므로 다음 개시 시각으로 옮겼습니다.",
        "That time of day is outside opening hours, so it moved to the next opening.",
    ),
    "end_of_day": (
        "마지막 날이 끝나는 때(24시)가 기한입니다.",
        "It is due when the last day ends, at 24:00.",
    ),
    "moved_past_holiday": (
        "마지막 날이 토요일 또는 공휴일이므로 그다음 평일이 끝나는 때(24시)로 옮겼습니다.",
        "The last day is a Saturday or public holiday: it moved to the end of the next day that is neither.",
    ),
    "paused": (
        "일시 정지가 아직 끝나지 않아 지금은 기한이 없습니다.",
        "A pause is still open, so there is no due instant now.",
    ),
    "never_opens": (
        "이 달력은 다시 열리지 않아 기한을 정할 수 없습니다. 정책의 달력을 확인해 주십시오.",
        "This calendar never opens long enough again: there is no due instant; check the policy's calendar.",
    ),
}


class PauseCost(Record):
    """What one pause cost the deadline.

    Attributes:
        pause: The pause.
        cost: Working time it took, up to the due; what an earlier pause already took is not counted again.
            None while the pause is open.
    """

    pause: Pause
    cost: timedelta | None


class Explanation(Record):
    """One due computation, laid open (rule 20).

    Attributes:
        start: Where the budget began, UTC.
        due: When it has run out, UTC; None as for `due_of`.
        latest: Where an open pause leaves no due: the due if that pause lasts to its maximum.
        timezone: The zone in which days and opening hours were read.
        budget_ko: The budget in words.
        budget_en: The same in English.
        pauses: Each pause that stopped the clock and what it cost; empty for units that pauses do not stop.
        holidays: The holidays between start and due (or latest) that made it later.
        edge: The rule that fixed the last step.
        ko: All of it in one Korean paragraph.
        en: The same in English.
    """

    start: Instant
    due: Instant | None
    latest: Instant | None
    timezone: str
    budget_ko: str
    budget_en: str
    pauses: tuple[PauseCost, ...]
    holidays: tuple[date, ...]
    edge: Edge
    ko: str = ""
    en: str = ""


def budget_words(budget: AnyBudget) -> tuple[str, str]:
    """Return a budget in Korean and in English words."""
    match budget:
        case WorkingTime(minutes=minutes):
            return f"업무 시간 {_korean_length(minutes)}", f"{_english_length(minutes)} of working time"
        case PlainTime(minutes=minutes):
            return f"{_korean_length(minutes)}(달력과 무관)", f"{_english_length(minutes)} of plain time"
        case BusinessDays(n=n, form="same_time"):
            return f"{n}영업일(같은 시각까지)", f"{_count(n, 'business day')} (same time)"
        case BusinessDays(n=n):
            return f"{n}영업일(마지막 날 끝까지)", f"{_count(n, 'business day')} (by end of day)"
        case CalendarDays(n=n):
            return f"{n}일", _count(n, "calendar day")
        case Weeks(n=n):
            return f"{n}주", _count(n, "week")
        case Months(n=n):
            return f"{n}개월", _count(n, "month")
        case CivilKr(n=n, period=period):
            unit = {"days": "일", "weeks": "주", "months": "개월"}[period]
            return f"민법상 {n}{unit}", f"{_count(n, period[:-1])} under the Korean Civil Code"
        case _:
            assert_never(budget)


def korean(told: Explanation) -> str:
    """Return the explanation as one Korean paragraph."""
    start = instant_words(told.start, told.timezone)
    lines = [f"기산 시각은 {start}({told.timezone})이며, 주어진 기간은 {told.budget_ko}입니다."]
    lines += [_korean_pause(each, told.timezone) for each in told.pauses]
    if told.holidays:
        days = ", ".join(day.isoformat() for day in told.holidays)
        lines.append(f"그 사이의 휴일({days})은 세지 않았습니다.")
    lines.append(EDGES[told.edge][0])
    if told.due is not None:
        lines.append(f"따라서 기한은 {_due_words(told, told.due)}입니다.")
    elif told.latest is not None:
        latest = instant_words(told.latest, told.timezone)
        lines.append(f"일시 정지가 최대 기간까지 이어지더라도 기한은 {latest}입니다.")
    return " ".join(lines)


def english(told: Explanation) -> str:
    """Return the explanation as one English paragraph."""
    start = instant_words(told.start, told.timezone)
    lines = [f"The clock started at {start} ({told.timezone}) with a budget of {told.budget_en}."]
    lines += [_english_pause(each, told.timezone) for each in told.pauses]
    if told.holidays:
        lines.append(f"Holidays not counted: {', '.join(day.isoformat() for day in told.holidays)}.")
    lines.append(EDGES[told.edge][1])
    if told.due is not None:
        lines.append(f"Due: {_due_words(told, told.due)}.")
    elif told.latest is not None:
        latest = instant_words(told.latest, told.timezone)
        lines.append(f"If the pause lasts to its maximum, it will be due at {latest}.")
    return " ".join(lines)


def instant_words(instant: datetime, timezone: str) -> str:
    """Return an instant as local date and time, with seconds and microseconds only where there are any."""
    local = instant.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    exactness = "minutes" if not (local.second or local.microsecond) else "auto"
    return local.isoformat(sep=" ", timespec=exactness)


def _due_words(told: Explanation, due: datetime) -> str:
    """Return the due instant; the end of a day is 24:00 of that day, not 00:00 of another."""
    local = due.astimezone(ZoneInfo(told.timezone))
    if told.edge in {"end_of_day", "moved_past_holiday"} and local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24:00"
    return instant_words(due, told.timezone)


def _korean_pause(each: PauseCost, timezone: str) -> str:
    begin = instant_words(each.pause.start, timezone)
    if each.cost is None or each.pause.end is None:
        until = instant_words(each.pause.ends_by, timezone)
        return f"일시 정지({each.pause.reason})가 {begin}에 시작되었고, 늦어도 {until}에는 자동으로 끝납니다."
    end = instant_words(each.pause.end, timezone)
    lost = _korean_length(each.cost / timedelta(minutes=1))
    return f"일시 정지({each.pause.reason}, {begin}~{end})로 업무 시간 {lost}만큼 늦추어졌습니다."


def _english_pause(each: PauseCost, timezone: str) -> str:
    begin = instant_words(each.pause.start, timezone)
    if each.cost is None or each.pause.end is None:
        until = instant_words(each.pause.ends_by, timezone)
        return f"A pause ({each.pause.reason}) is open since {begin}; it ends by itself by {until}."
    end = instant_words(each.pause.end, timezone)
    lost = _english_length(each.cost / timedelta(minutes=1))
    return f"A pause ({each.pause.reason}, {begin} to {end}) took out {lost} of working time."


def _parts(minutes: float) -> tuple[int, int, str]:
    """Return whole hours, whole minutes and the seconds left, as short as they can be written exactly."""
    micros = round(minutes * 60_000_000)
    whole, rest = divmod(micros, 60_000_000)
    seconds = f"{rest / 1_000_000:.6f}".rstrip("0").rstrip(".")
    return whole // 60, whole % 60, seconds


def _korean_length(minutes: float) -> str:
    hours, left, seconds = _parts(minutes)
    words = [f"{hours}시간"] * bool(hours) + [f"{left}분"] * bool(left) + [f"{seconds}초"] * (seconds != "0")
    return " ".join(words) or "0분"


def _english_length(minutes: float) -> str:
    hours, left, seconds = _parts(minutes)
    words = [_count(hours, "hour")] * bool(hours) + [_count(left, "minute")] * bool(left)
    return " ".join([*words, *[f"{seconds} seconds"] * (seconds != "0")]) or "0 minutes"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
