"""How fast the clock engine is: lines of `clock eval` per second, microseconds per case.

Run: `python -m benchmarks.clock_eval`.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from cli.clock import evaluate
from domain.budget import AnyBudget, BusinessDays, CalendarDays, CivilKr, Weeks, WorkingTime, due_of
from domain.calendar import WEEKDAYS, Calendar, Span
from domain.ladder import Ladder, Rung, rung_dues

START = datetime(2024, 2, 29, 8, 30, tzinfo=UTC)
LINES = 10_000
PAUSES = (Span(START + timedelta(hours=20), START + timedelta(days=3)), Span(START + timedelta(days=4), None))
LADDER: Ladder = (
    Rung(at=0.5, actions=("remind_owner",)),
    Rung(at=0.8, actions=("tell_supervisor",)),
    Rung(at="breach", actions=("escalate",)),
    Rung(at=WorkingTime(minutes=120), actions=("tell_customer",)),
)
SERVICE = tuple(WorkingTime(minutes=minutes) for minutes in (30, 60, 120, 240, 480, 960, 2400, 4800))
STATUTORY: tuple[AnyBudget, ...] = (
    BusinessDays(n=3, form="end_of_day"),
    BusinessDays(n=35, form="same_time"),
    CalendarDays(n=60),
    Weeks(n=8),
    CivilKr(n=7, period="days"),
)


def stated_calendar(dice: random.Random) -> dict[str, Any]:
    """Return a calendar as a line states it, with closing times and holidays of its own."""
    closing = f"{dice.randrange(15, 24)}:{dice.randrange(60):02}"
    return {
        "timezone": dice.choice(("Asia/Seoul", "Europe/London", "America/New_York", "Australia/Lord_Howe")),
        "hours": {day: [["09:00", "12:00"], ["13:00", closing]] for day in WEEKDAYS[:5]},
        "holidays": [f"2024-03-{dice.randrange(1, 32):02}" for _ in range(3)],
    }


def lines(calendars: Sequence[dict[str, Any]], seed: int) -> list[str]:
    """Return questions about spans up to a month, the calendars taken in turn."""
    dice = random.Random(seed)  # noqa: S311 - a sample, not a secret
    asked = []
    for number in range(LINES):
        calendar, start = (
            calendars[number % len(calendars)],
            START + timedelta(minutes=dice.randrange(200_000)),
        )
        pause = [(start + timedelta(hours=hours)).isoformat() for hours in sorted(dice.sample(range(200), 2))]
        line: dict[str, Any] = {"calendar": calendar, "pauses": [pause]}
        if number % 2:
            line |= {"op": "due", "start": start.isoformat(), "target_minutes": dice.randrange(10_000)}
        else:
            end = start + timedelta(minutes=dice.randrange(43_200))
            line |= {"op": "elapsed", "from": start.isoformat(), "to": end.isoformat()}
        asked.append(json.dumps(line))
    return asked


def per_second(asked: Sequence[str]) -> float:
    """Return how many lines are answered per second of this process."""
    begin = time.process_time()
    answered = sum("error" not in line for line in evaluate(asked))
    assert answered == len(asked)
    return answered / (time.process_time() - begin)


def all_deadlines(calendar: Calendar) -> int:
    """Compute every rung of eight service targets and five statutory clocks; return how many instants."""
    rungs = sum(len(rung_dues(LADDER, budget, calendar, START, PAUSES)) for budget in SERVICE)
    return rungs + sum(due_of(budget, calendar, START) is not None for budget in STATUTORY)


def micros(run: Callable[[], object], times: int) -> float:
    """Return the mean microseconds of a run."""
    begin = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - begin) / times * 1e6


def main() -> None:
    """Print the measurements."""
    dice = random.Random(4)  # noqa: S311 - a sample, not a secret
    few, many = ([stated_calendar(dice) for _ in range(number)] for number in (4, LINES))
    print(f"clock eval, 4 calendars: {per_second(lines(few, 1)):,.0f} lines/s")
    print(f"clock eval, a calendar of its own in each line: {per_second(lines(many, 2)):,.0f} lines/s")
    calendar = Calendar.model_validate(few[0])
    print(f"all deadlines of a case ({all_deadlines(calendar)} instants, 2 pauses): ", end="")
    print(f"{micros(lambda: all_deadlines(calendar), 500):,.0f} us")
    holidays = count(1)
    fresh = [
        calendar.model_copy(update={"holidays": (START.date() + timedelta(days=next(holidays)),)})
        for _ in "x" * 200
    ]
    each = iter(fresh)
    print(f"the same, calendar never seen before: {micros(lambda: all_deadlines(next(each)), 200):,.0f} us")


if __name__ == "__main__":
    main()
