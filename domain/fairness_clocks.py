"""Clocks that a case missed: as its events say, and as they must have run where nobody kept time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.case import Case, around, evolve, unopened
from domain.clocks import running
from domain.fairness_history import History
from domain.targets import TargetBreached


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """One run of a clock that passed its due instant.

    Attributes:
        known: number of the event by which that was known; of a breach that was never noted, the first event
            after it, or the last of all.
    """

    name: str
    generation: str
    clause: str
    due: datetime
    known: int


def missed_clocks(history: History, *names: str) -> tuple[Missed, ...]:
    """Return each missed run of these clocks once, in order.

    A history written by hand, or one that ends before its time was kept, holds no breach; if it is whole,
    its clocks are run as the engine runs them.
    """
    found: dict[tuple[str, str], Missed] = {}
    for each in (*_recorded(history), *(_counted(history, names) if history.whole else ())):
        if each.name in names:
            found.setdefault((each.name, each.generation), each)
    return tuple(sorted(found.values(), key=lambda each: (each.due, each.name)))


def _recorded(history: History) -> Iterator[Missed]:
    for seq, event in history.of(TargetBreached):
        if not event.closes_option:
            due = event.due or event.at
            yield Missed(
                name=event.target, generation=event.generation, clause=event.clause, due=due, known=seq
            )


def _counted(history: History, names: tuple[str, ...]) -> Iterator[Missed]:
    """Time passes before anything is said: whatever runs past an event's instant has been missed by it."""
    case = unopened("-", history.pinned)
    for seq, event in history.seen:
        if case.version:
            yield from _past(case, names, event.at, seq)
        case = evolve(case, event)
    if case.version:
        yield from _past(case, names, history.at, case.version)


def _past(case: Case, names: tuple[str, ...], at: datetime, seq: int) -> Iterator[Missed]:
    for clock in running(around(case)):
        due = clock.due if clock.name in names else None
        if due is not None and due < at:
            yield Missed(
                name=clock.name, generation=clock.generation, clause=clock.clause, due=due, known=seq
            )
