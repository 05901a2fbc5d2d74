"""A second opinion on working time: it walks along the wall clock and counts, and shares no engine code.

By the minute where nothing happens, by the second near an edge, a pause or a clock change. Slow on purpose.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE, HOUR, DAY = 60, 3600, 86_400
# How far a due instant is looked for.
HORIZON = 30 * DAY

ZONES = (
    *("Asia/Seoul", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Pyongyang", "Asia/Beirut"),
    *("Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kwajalein"),
    *("America/St_Johns", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/Caracas"),
    *("Africa/Casablanca", "Europe/London", "Europe/Dublin", "Antarctica/Troll", "America/Asuncion", "UTC"),
)

Span = tuple[int, int | None]
Op = Literal["due", "elapsed", "business_days", "by_end_of_business_day"]


class Case(NamedTuple):
    """One question, all instants in whole seconds since 1970.

    `amount` is a budget in seconds (`due`), an end (`elapsed`) or a number of days.
    """

    calendar: dict[str, Any]
    op: Op
    start: int
    amount: int
    pauses: tuple[Span, ...]


class Labels:
    """Reads a calendar by the wall clock: open is an instant whose own label lies in its day's hours."""

    def __init__(self, calendar: dict[str, Any]) -> None:
        self.zone = ZoneInfo(calendar["timezone"])
        self.calendar = calendar
        self._days: dict[int, bytearray] = {}

    def hours(self, day: date) -> list[tuple[int, int]]:
        """Return the stated opening minutes of a date."""
        special = self.calendar["special_days"].get(day.isoformat())
        weekday = self.calendar["hours"].get(WEEKDAYS[day.weekday()], [])
        closed = day.isoformat() in self.calendar["holidays"]
        stated = special if special is not None else [] if closed else weekday
        return [(clock(first), clock(last)) for first, last in stated]

    def label(self, second: int) -> datetime:
        """Return what the clock on the wall shows."""
        return datetime.fromtimestamp(second, self.zone)

    def _minutes(self, label: datetime) -> bytearray:
        ordinal = label.toordinal()
        if ordinal not in self._days:
            flags = bytearray(1440)
            for first, last in self.hours(label.date()):
                flags[first:last] = b"\1" * (last - first)
            self._days[ordinal] = flags
        return self._days[ordinal]

    def is_open(self, second: int) -> bool:
        """Tell whether a second counts."""
        return self.look(second)[0]

    def look(self, second: int) -> tuple[bool, timedelta | None]:
        """Return whether a second counts, and the clock's offset."""
        label = self.label(second)
        return self._is_open(second, label), label.utcoffset()

    def _is_open(self, _second: int, label: datetime) -> bool:
        return bool(self._minutes(label)[label.hour * 60 + label.minute])


class Edges(Labels):
    """Reads each edge as rule 3 says, by looking along the clock for it; else the same as `Labels`."""

    def __init__(self, calendar: dict[str, Any]) -> None:
        super().__init__(calendar)
        self._spans: dict[date, list[tuple[int, int]]] = {}

    def _is_open(self, second: int, label: datetime) -> bool:
        today = label.date()
        near = (today + timedelta(days=shift) for shift in (-1, 0, 1))
        return any(first <= second < last for day in near for first, last in self._read(day))

    def _read(self, day: date) -> list[tuple[int, int]]:
        if day not in self._spans:
            there = happens(self.zone, day)
            self._spans[day] = [
                (instant_of(self.zone, day, first), instant_of(self.zone, day, last))
                for first, last in self.hours(day)
                if there
            ]
        return self._spans[day]


def clock(edge: str) -> int:
    """Return the minutes since midnight of an edge."""
    hour, minute = edge.split(":")
    return int(hour) * 60 + int(minute)


def _around(zone: ZoneInfo, label: datetime) -> Iterator[tuple[int, datetime]]:
    """Yield each minute that could carry a label, with its own label."""
    guess = int(label.replace(tzinfo=UTC).timestamp())
    for second in range(guess - 40 * HOUR, guess + 40 * HOUR, MINUTE):
        yield second, datetime.fromtimestamp(second, zone).replace(tzinfo=None)


@cache
def happens(zone: ZoneInfo, day: date) -> bool:
    """Tell whether any instant carries this date."""
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - a wall-clock label
    return any(label.date() == day for _, label in _around(zone, noon))


@cache
def instant_of(zone: ZoneInfo, day: date, minute: int) -> int:
    """Return the first second that carries a label, else the label read with the offset before the change."""
    wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - a label
    before = (0, datetime.min)  # noqa: DTZ901 - a label
    for second, label in _around(zone, wanted):
        if label == wanted:
            return second
        if label > wanted:
            return before[0] + int((wanted - before[1]).total_seconds())
        before = (second, label)
    raise AssertionError("no such label within 40 hours")


def ask(case: Case, read: type[Labels] = Labels) -> int | None:
    """Answer a case: seconds of working time for `elapsed`, else the due second; None if there is none.

    For `due` None also means: not within the horizon.
    """
    wall = read(case.calendar)
    match case.op:
        case "elapsed":
            return sum(seconds for _, seconds in counted(wall, case.start, case.amount, case.pauses))
        case "due":
            return _due(wall, case)
        case "business_days":
            return _same_time(wall, case.start, case.amount)
        case _:
            return _end_of_day(wall, case.start, case.amount)


def counted(wall: Labels, begin: int, end: int, pauses: tuple[Span, ...]) -> Iterator[tuple[int, int]]:
    """Yield the ends of the stretches (at most a minute) that count, with how many of their seconds do."""
    borders = {border // MINUTE for span in pauses for border in span if border is not None}
    look = cache(wall.look)
    for minute in range(begin // MINUTE * MINUTE, end, MINUTE):
        first, last = max(begin, minute), min(end, minute + MINUTE)
        calm = last - first == MINUTE and minute // MINUTE not in borders
        if calm and look(minute - MINUTE) == look(minute) == look(minute + MINUTE):
            seconds = MINUTE if look(minute)[0] and not _paused(minute, pauses) else 0
            if seconds:
                yield last, seconds
        else:
            for second in range(first, last):
                if wall.is_open(second) and not _paused(second, pauses):
                    yield second + 1, 1


def _paused(second: int, pauses: tuple[Span, ...]) -> bool:
    return any(first <= second and (last is None or second < last) for first, last in pauses)


def _due(wall: Labels, case: Case) -> int | None:
    left = case.amount
    if not left:
        return case.start
    for end, seconds in counted(wall, case.start, case.start + HORIZON, case.pauses):
        if seconds >= left:
            return end - seconds + left
        left -= seconds
    return None


def _scan(begin: int, found: Callable[[int], bool]) -> int | None:
    return next((second for second in range(begin, begin + HORIZON, MINUTE) if found(second)), None)


def _business_day(wall: Labels, start: int, n: int) -> date | None:
    """Return the n-th later date on which any minute is open."""
    day = wall.label(start).date()
    if n == 0:
        return day
    opened = {day}
    for second in range(start - start % MINUTE, start + HORIZON, MINUTE):
        if wall.is_open(second):
            opened.add(wall.label(second).date())
        # Two more than asked for: at a clock change a label may still go back to an earlier date.
        if len(opened) > n + 1:
            break
    later = sorted(opened - {day})
    return later[n - 1] if len(later) >= n else None


def _same_time(wall: Labels, start: int, n: int) -> int | None:
    day, label = _business_day(wall, start, n), wall.label(start)
    if day is None:
        return None
    at = start if n == 0 else instant_of(wall.zone, day, label.hour * 60 + label.minute) + label.second
    minute = at - at % MINUTE
    closing = at == minute and wall.is_open(at - 1) and wall.label(at - 1).date() == wall.label(at).date()
    if wall.is_open(at) or closing:
        return at
    return _scan(minute, wall.is_open)


def _end_of_day(wall: Labels, start: int, n: int) -> int | None:
    day = _business_day(wall, start, n)
    return None if day is None else instant_of(wall.zone, day, 1440)


@cache
def clock_changes(zone: str) -> tuple[int, ...]:
    """Return the seconds at which a zone's offset changes, 1986 to 2036, found by looking."""
    info = ZoneInfo(zone)

    def offset(second: int) -> timedelta | None:
        return datetime.fromtimestamp(second, info).utcoffset()

    begin, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1986, 2037))
    changes = []
    for low in range(begin, end, DAY):
        early, late = low, low + DAY
        if offset(early) == offset(late):
            continue
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (middle, late) if offset(middle) == offset(early) else (early, middle)
        changes.append(late)
    return tuple(changes)


def generated(seed: int) -> Case:
    """Return the case of a seed: the same for ever, as far as the zone database stays the same."""
    dice = random.Random(seed)
    zone = dice.choice(ZONES)
    changes = clock_changes(zone)
    if changes and dice.random() < 0.6:
        change = dice.choice(changes)
    else:
        change = dice.randrange(946_684_800, 2_000_000_000)
    start = change + dice.randrange(-4 * DAY, 2 * DAY)
    calendar = _calendar(dice, zone, change)
    pauses = tuple(_pause(dice, start) for _ in range(dice.choice((0, 0, 1, 2, 3, 5))))
    op: Op = dice.choice(
        ("due", "due", "due", "elapsed", "elapsed", "business_days", "by_end_of_business_day")
    )
    if op == "due":
        budget = dice.choice(
            (0, HOUR, 4 * HOUR, 8 * HOUR, dice.randrange(1, 30 * HOUR), dice.randrange(60) * MINUTE)
        )
        return Case(calendar, op, start, budget, pauses)
    if op == "elapsed":
        return Case(calendar, op, start, start + dice.randrange(8 * DAY), pauses)
    return Case(calendar, op, start, dice.randrange(6), ())


def _calendar(dice: random.Random, zone: str, change: int) -> dict[str, Any]:
    days = dice.sample(WEEKDAYS, dice.choice((1, 3, 5, 5, 6, 7)))
    shape = dice.choice((_lunch, _night, _all_day, _anything, _anything, _at_the_change))
    same = shape(dice, zone, change)
    uneven = dice.random() < 0.4
    near = [
        datetime.fromtimestamp(change, UTC).date() + timedelta(days=dice.randrange(-4, 9)) for _ in range(6)
    ]
    special = {day.isoformat(): _anything(dice, zone, change) for day in near[: dice.randrange(3)]}
    return {
        "timezone": zone,
        "hours": {day: shape(dice, zone, change) if uneven else same for day in days},
        "holidays": [day.isoformat() for day in near[2 : 2 + dice.randrange(4)]],
        "special_days": special,
    }


Hours = list[list[str]]


def _lunch(_dice: random.Random, _zone: str, _change: int) -> Hours:
    return [["09:00", "12:00"], ["13:00", "18:00"]]


def _night(_dice: random.Random, _zone: str, _change: int) -> Hours:
    return [["22:00", "24:00"], ["00:00", "06:00"]]


def _all_day(_dice: random.Random, _zone: str, _change: int) -> Hours:
    return [["00:00", "24:00"]]


def _anything(dice: random.Random, _zone: str, _change: int) -> Hours:
    edges = [
        sorted(dice.randrange(0, 1441, dice.choice((1, 15, 60))) for _ in "ab")
        for _ in range(dice.randrange(4))
    ]
    return [[_edge(first), _edge(last)] for first, last in edges]


def _at_the_change(dice: random.Random, zone: str, change: int) -> Hours:
    """Return hours with an edge near the label of a clock change: what rule 3 is about."""
    label = datetime.fromtimestamp(change + dice.randrange(-90, 90) * MINUTE, ZoneInfo(zone))
    near = label.hour * 60 + label.minute
    first, last = sorted((near, dice.randrange(1441)))
    return [[_edge(first), _edge(last)]]


def _edge(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _pause(dice: random.Random, start: int) -> Span:
    begin = start + dice.randrange(-DAY, 5 * DAY)
    length = dice.choice((0, 36, HOUR, dice.randrange(3 * DAY)))
    return begin, None if dice.random() < 0.1 else begin + length
