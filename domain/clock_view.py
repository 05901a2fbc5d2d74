"""Why each clock of a case is due when it is: clock rule 20, for a person to read."""

from domain.case import Case, around
from domain.clocks import Clock, running
from domain.explain import explain
from domain.explanation import Explanation
from domain.ladder import Rung, rung_dues
from domain.record import Instant, Line, Record
from domain.targets import has_fired, open_rungs


class RungView(Record):
    """One rung: when, what it does, and whether it fired; no due while a pause keeps it from one."""

    at: Line
    actions: tuple[str, ...]
    due: Instant | None
    fired: bool


class ClockView(Record):
    """One clock with its whole explanation.

    Attributes:
        source: where the rule is written, with its date; `kind` says whether it is law, standard or our own.
    """

    name: str
    generation: str
    statutory: bool
    clause: str
    kind: str
    source: str
    due: Instant | None
    explanation: Explanation
    rungs: tuple[RungView, ...]


def clock_views(case: Case) -> tuple[ClockView, ...]:
    """Return every clock that runs on the case, what falls due first at the top."""
    views = [_view(case, clock) for clock in running(around(case))]
    return tuple(sorted(views, key=lambda view: (view.due is None, view.due or case.at, view.name)))


def _view(case: Case, clock: Clock) -> ClockView:
    clause = next(clause for clause in case.policy.clauses if clause.id == clock.clause)
    return ClockView(
        name=clock.name,
        generation=clock.generation,
        statutory=clock.statutory,
        clause=clause.id,
        kind=clause.kind,
        source=clause.source,
        due=clock.due,
        explanation=explain(clock.budget, clock.calendar, clock.start, clock.pauses),
        rungs=_rungs(case, clock),
    )


def _rungs(case: Case, clock: Clock) -> tuple[RungView, ...]:
    """Return the rungs that fired and those to come; one passed before it was known is neither (rule 14)."""
    dues = dict(rung_dues(clock.ladder, clock.budget, clock.calendar, clock.start, clock.pauses))
    coming = {index for index, _ in open_rungs(case.targets, clock)}
    return tuple(
        RungView(at=_place(rung), actions=rung.actions, due=dues.get(index), fired=fired)
        for index, rung in enumerate(clock.ladder)
        if (fired := has_fired(case.targets, clock, index)) or index in coming or index not in dues
    )


def _place(rung: Rung) -> str:
    if isinstance(rung.at, float):
        return f"{rung.at:.0%}"
    return "breach" if rung.at == "breach" else "after"
