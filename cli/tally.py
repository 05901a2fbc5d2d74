"""Counts what happened to many cases, from the ledger alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from cli.output import row, table
from domain.answer_link import LinkDelivered
from domain.assignment import CaseEscalated
from domain.case import CaseEvent
from domain.ending import CaseEnded
from domain.happy_call import HappyCallAnswered, HappyCallMissed, ScoreSolicited
from domain.promise import PromiseBroken, PromiseMade
from domain.remedy import RemedyApproved, RemedyCompensated, RemedyDeclined, RemedyRejected, RoundOpened
from domain.retention import ChurnFlagged, RetentionStepTaken
from domain.saga import SagaParked, StepDone
from domain.supervisor import SupervisorRequested
from domain.targets import TargetBreached
from domain.written_form import FormAnswered
from ledger.fold import events_of
from ledger.store import EventStore

NAMED: tuple[tuple[type, str], ...] = (
    (CaseEscalated, "escalations"),
    (PromiseMade, "promises"),
    (PromiseBroken, "promises broken"),
    (SupervisorRequested, "supervisors asked for"),
    (RemedyApproved, "approvals"),
    (RemedyRejected, "approvals refused"),
    (RemedyDeclined, "offers declined"),
    (RemedyCompensated, "sagas compensated"),
    (SagaParked, "sagas parked"),
    (RoundOpened, "reopenings"),
    (HappyCallAnswered, "happy calls answered"),
    (HappyCallMissed, "happy calls missed"),
    (LinkDelivered, "answer links and forms sent"),
    (FormAnswered, "written forms answered"),
    (ScoreSolicited, "scores solicited"),
    (ChurnFlagged, "customers who may leave"),
    (RetentionStepTaken, "of them spoken to"),
)

JUDGED = ("targets missed", "refunds", "exchanges")
"""Named by what an event says, not by its kind alone."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of everything."""

    cases: int
    events: int
    ends: dict[str, int]
    happened: dict[str, int]


async def tally(store: EventStore, numbers: Sequence[str]) -> Tally:
    """Count over the events of these cases."""
    ends: Counter[str] = Counter()
    happened: Counter[str] = Counter(dict.fromkeys((*(name for _, name in NAMED), *JUDGED), 0))
    events = 0
    for number in numbers:
        for event in events_of(await store.read(number)):
            events += 1
            if isinstance(event, CaseEnded):
                ends[event.end] += 1
            happened.update(_names(event))
    ends["still open"] = len(numbers) - ends.total()
    return Tally(cases=len(numbers), events=events, ends=dict(+ends), happened=dict(happened))


def _names(event: CaseEvent) -> list[str]:
    names = [name for kind, name in NAMED if isinstance(event, kind)]
    # What was overdue before it was known, and a way that closed, is nobody's miss.
    if isinstance(event, TargetBreached) and not (event.late_known or event.closes_option):
        names.append("targets missed")
    if isinstance(event, StepDone) and event.amount is not None:
        names.append("refunds")
    if isinstance(event, StepDone) and event.step == "deliver":
        names.append("exchanges")
    return names


def shown(found: Tally, *, seconds: float, more: dict[str, object]) -> Table:
    """Return the summary as a table."""
    lines = table(f"{found.cases} cases, {found.events} events", "", "")
    lines.show_header = False
    for name, count in sorted(found.ends.items(), key=lambda item: -item[1]):
        row(lines, f"ended: {name}" if name != "still open" else name, count)
    for name, count in found.happened.items():
        row(lines, name, count)
    row(lines, "lives per second", f"{found.cases / seconds:.1f} ({seconds:.0f} s)")
    for name, value in more.items():
        row(lines, name, value)
    return lines
