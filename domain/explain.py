"""Why a deadline is when it is: one due computation laid open (rule 20)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from domain.budget import (
    SEOUL,
    AnyBudget,
    BusinessDays,
    CalendarDays,
    CivilKr,
    Months,
    PlainTime,
    Weeks,
    WorkingTime,
    civil_last_day,
    civil_period_end,
    due_of,
    same_wall_time,
)
from domain.calendar import WEEKDAYS, Calendar, local_date, opening_intervals, working_time
from domain.explanation import Edge, Explanation, PauseCost, budget_words, english, korean
from domain.pauses import Pause, at_the_latest
from domain.timeline import micros


def explain(
    budget: AnyBudget, calendar: Calendar, start: datetime, pauses: Sequence[Pause] = ()
) -> Explanation:
    """Explain when a budget that began at `start` has run out, and why then.

    Args:
        budget: How long.
        calendar: As for `due_of`.
        start: Aware instant.
        pauses: All pauses of the case that stop this clock.
    """
    stopping = pauses if isinstance(budget, WorkingTime) else ()
    due = due_of(budget, calendar, start, stopping)
    latest = due_of(budget, calendar, start, at_the_latest(stopping)) if due is None else None
    zone = SEOUL if isinstance(budget, CivilKr) else calendar.timezone
    costs = pause_costs(calendar, start, due, stopping)
    crossed = holidays_crossed(budget, calendar, start, due or latest)
    ko, en = budget_words(budget)
    bare = Explanation(
        start=start.astimezone(UTC),
        due=due,
        latest=latest,
        timezone=zone,
        budget_ko=ko,
        budget_en=en,
        pauses=costs,
        holidays=crossed,
        edge=edge_of(budget, calendar, start, due, stopping),
    )
    return bare.model_copy(update={"ko": korean(bare), "en": english(bare)})


def pause_costs(
    calendar: Calendar, start: datetime, due: datetime | None, pauses: Sequence[Pause]
) -> tuple[PauseCost, ...]:
    """Return the working time each pause took out of the span from start to due, in order of their start.

    The costs of ended pauses add up to the working time of their union.
    """
    ordered = sorted(
        (each for each in pauses if each.start < (due or each.ends_by)), key=lambda each: each.start
    )
    costs: list[PauseCost] = []
    for at, pause in enumerate(ordered):
        end = due if pause.end is None else min(pause.end, due or pause.end)
        begin = max(start, pause.start)
        cost = None if end is None else working_time(calendar, begin, end, ordered[:at])
        costs.append(PauseCost(pause=pause, cost=cost))
    return tuple(costs)


def holidays_crossed(
    budget: AnyBudget, calendar: Calendar, start: datetime, due: datetime | None
) -> tuple[date, ...]:
    """Return the holidays that made the due later: on their weekday the calendar would have opened.

    For a Korean civil period only the holidays past which its last day moved.
    """
    if due is None or isinstance(budget, (PlainTime, CalendarDays, Weeks, Months)):
        return ()
    if isinstance(budget, CivilKr):
        end, moved = civil_period_end(budget, start), civil_last_day(budget, calendar, start)
        return tuple(sorted(day for day in set(calendar.holidays) if end <= day < moved))
    # A due at 24:00 belongs to the day that it ends.
    first, last = local_date(calendar, start), local_date(calendar, due - timedelta(microseconds=1))
    return tuple(
        sorted(day for day in set(calendar.holidays) if first <= day <= last and _cost_a_day(calendar, day))
    )


def _cost_a_day(calendar: Calendar, day: date) -> bool:
    return day not in calendar.special_days and bool(calendar.hours.get(WEEKDAYS[day.weekday()]))


def edge_of(
    budget: AnyBudget, calendar: Calendar, start: datetime, due: datetime | None, pauses: Sequence[Pause]
) -> Edge:
    """Return the rule that fixed the last step of the due instant (rules 4, 5, 7 and 12)."""
    if due is None:
        return "paused" if any(each.end is None for each in pauses) else "never_opens"
    match budget:
        case WorkingTime(minutes=minutes):
            return _working_edge(calendar, due) if minutes else "at_start"
        case PlainTime(minutes=minutes):
            return "as_elapsed" if minutes else "at_start"
        case BusinessDays(form="same_time", n=n):
            return _same_time_edge(calendar, start, due, n)
        case BusinessDays() | CalendarDays() | Weeks() | Months():
            return "end_of_day"
        case CivilKr():
            moved = civil_period_end(budget, start) != civil_last_day(budget, calendar, start)
            return "moved_past_holiday" if moved else "end_of_day"
        case _:
            assert_never(budget)


def _working_edge(calendar: Calendar, due: datetime) -> Edge:
    day = local_date(calendar, due)
    near = [each for at in (day - timedelta(days=1), day) for each in opening_intervals(calendar, at)]
    closes = due in {end for _, end in near} and due not in {begin for begin, _ in near}
    return "at_closing" if closes else "during_opening"


def _same_time_edge(calendar: Calendar, start: datetime, due: datetime, n: int) -> Edge:
    arrival = same_wall_time(calendar, start, n)
    return "same_time" if arrival is not None and micros(arrival) == micros(due) else "moved_to_opening"
