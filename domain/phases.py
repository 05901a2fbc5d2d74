"""The three phases of a case, before, on and after service, and what time and money each took (R108).

Before is from the failure until the firm is aware of it, on from there until the customer has the result, and
after is what follows, until it turns out that it has to be put right again. A fold over events: every event
belongs to one phase, and nothing is stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from domain import cost, remedy
from domain.cost import Cost, Spent, cost_of
from domain.ending import AnswerNotified, CaseEnded
from domain.intake import CaseOpened
from domain.message import Event
from domain.money import Money
from domain.policy import Policy
from domain.record import Record
from domain.remedy import Remedy, RemedyEvent, RoundOpened
from domain.result import ResultNotified, ResultTold

Phase = Literal["before", "on", "after"]
PHASES: tuple[Phase, ...] = ("before", "on", "after")


class PhaseTaken(Record):
    """What one phase of a case took.

    Attributes:
        events: how many of the case's events belong to it.
        seconds: how long it lasted, all rounds together; None where nobody knows when the failure happened,
            or where the case has not come so far.
        cost: None where the policy has no prices for handling.
    """

    phase: Phase
    events: int
    seconds: int | None
    cost: Cost | None


class PhaseSum(Record):
    """What one phase took in several cases; `known` of them know how long it lasted, `seconds` in all."""

    phase: Phase
    known: int
    seconds: int
    cost: Money | None


def phases_of(events: Iterable[Event]) -> Iterator[tuple[Phase, Event]]:
    """Give each event its phase: what begins a phase belongs to it, the opening ends the first."""
    phase: Phase = "before"
    for event in events:
        match event:
            case ResultNotified() | ResultTold() | AnswerNotified(delivered=True):
                phase = "after"
            case RoundOpened():
                phase = "on"
            case _:
                pass
        yield phase, event
        if isinstance(event, CaseOpened):
            phase = "on"


def phases(events: Sequence[Event], policy: Policy, at: datetime) -> tuple[PhaseTaken, ...]:
    """Return what each phase took.

    Args:
        events: everything that happened, in order.
        policy: whose prices count.
        at: until when the phase that runs is counted; a case that has ended is counted to its end.
    """
    placed = tuple(phases_of(events))
    spans, spent = _spans(placed, at), _spent(placed)
    return tuple(
        PhaseTaken(
            phase=phase,
            events=sum(own == phase for own, _ in placed),
            seconds=int(spans[phase].total_seconds()) if phase in spans else None,
            cost=cost_of(spent[phase], policy),
        )
        for phase in PHASES
    )


def _spans(placed: Sequence[tuple[Phase, Event]], at: datetime) -> dict[Phase, timedelta]:
    """Return how long each phase lasted."""
    spans: dict[Phase, timedelta] = {}
    phase: Phase = "before"
    since: datetime | None = None
    for own, event in placed:
        if isinstance(event, CaseOpened):
            opening = event.opening
            failed, aware = opening.failed_at or opening.raised_at, opening.noticed_at or event.received_at
            if failed is not None:
                spans["before"] = max(aware - failed, timedelta())
            phase, since = "on", aware
        elif since is not None and (own != phase or isinstance(event, CaseEnded)):
            spans[phase] = spans.get(phase, timedelta()) + max(event.at - since, timedelta())
            phase, since = own, None if isinstance(event, CaseEnded) else event.at
    if since is not None:
        spans[phase] = spans.get(phase, timedelta()) + max(at - since, timedelta())
    return spans


def _spent(placed: Sequence[tuple[Phase, Event]]) -> dict[Phase, Spent]:
    """Return what was spent in each phase, counted as the cost of a result is."""
    spent, plan = dict.fromkeys(PHASES, Spent()), Remedy()
    for phase, event in placed:
        spent[phase] = cost.evolve(spent[phase], event, plan)
        if isinstance(event, RemedyEvent):
            plan = remedy.evolve(plan, event)
    return spent


def added_up(cases: Iterable[tuple[PhaseTaken, ...]]) -> tuple[PhaseSum, ...]:
    """Add up what each phase took in several cases of one policy."""
    every = [each for case in cases for each in case]
    found = []
    for phase in PHASES:
        own = [each for each in every if each.phase == phase]
        known = [each.seconds for each in own if each.seconds is not None]
        paid = [each.cost.total for each in own if each.cost is not None]
        total = Money(minor=sum(each.minor for each in paid), currency=paid[0].currency) if paid else None
        found.append(PhaseSum(phase=phase, known=len(known), seconds=sum(known), cost=total))
    return tuple(found)
