"""V5: every deadline fires once and never early, on the case's own clock."""

from collections import Counter
from collections.abc import Iterator

from cli.checks.evidence import Ledger, events
from domain.after_care import OtherCasesAsked, ReassuranceBegun
from domain.allocation import OwnerAway
from domain.answer_link import LinkAsked
from domain.case import CaseEvent
from domain.contact import TargetsResumed
from domain.happy_call import HappyCallBegun
from domain.heat import CooledOff
from domain.improvement_events import (
    ImprovementAccepted,
    ImprovementDueSet,
    ImprovementEvent,
    ImprovementRaised,
    ImprovementReopened,
    ImprovementTightened,
)
from domain.promise import PromiseBroken
from domain.remedy import ApprovalExpired, ApprovalMissed, OfferExpired, OfferReminded, OfferWordsReleased
from domain.retention import RetentionStepMissed
from domain.saga import HandStepMissed, SettlementAsked, StepAsked, StepBegun, UndoBegun
from domain.staff_news import NewsReleased
from domain.supervisor import SupervisorRequestMissed
from domain.targets import Rung, WordsReleased
from domain.task import TaskMissed
from ledger.breach import Breach
from ledger.fold import events_of_request

BEGINS_A_LIMIT = (
    ImprovementRaised,
    ImprovementReopened,
    ImprovementTightened,
    ImprovementAccepted,
    ImprovementDueSet,
)


def deadline_breaches(ledger: Ledger) -> tuple[Breach, ...]:
    """Name every deadline that fired early or more than once."""
    return tuple(
        Breach("V5", case_id, what)
        for case_id, entries in ledger.items()
        for what in _faults(events(entries))
    )


def request_breaches(requests: Ledger) -> tuple[Breach, ...]:
    """Name every reminder and limit of an improvement request that fired early or more than once."""
    return tuple(
        Breach("V5", id_, what)
        for id_, entries in requests.items()
        for what in _faults_of_request(events_of_request([each for each in entries if each.body]))
    )


def _faults_of_request(happened: tuple[ImprovementEvent, ...]) -> Iterator[str]:
    fired: Counter[str] = Counter()
    limits = 0
    for event in happened:
        if isinstance(event, BEGINS_A_LIMIT):
            limits += 1
        if event.due is None:
            continue
        if event.at <= event.due:
            yield f"{event.kind} fired at {event.at}, it was due at {event.due}"
        fired[f"{event.kind} of limit {limits} due {event.due}"] += 1
    for name, times in fired.items():
        if times > 1:
            yield f"{name} fired {times} times"


def _faults(happened: tuple[CaseEvent, ...]) -> Iterator[str]:
    fired = [(event, name_of(event)) for event in happened if event.due is not None]
    for event, name in fired:
        if event.due is not None and event.at <= event.due and not isinstance(event, TargetsResumed):
            yield f"{name or event.kind} fired at {event.at}, it was due at {event.due}"
    for name, times in Counter(name for _, name in fired if name).items():
        if times > 1:
            yield f"{name} fired {times} times"


def name_of(event: CaseEvent) -> str | None:
    """Return what is unique about the event of a deadline; None for what only follows from one."""
    if isinstance(event, Rung):
        return f"{event.target} {event.generation} rung {event.rung}"
    match event:
        case PromiseBroken(number=number):
            return f"promise {number}"
        case CooledOff(contact=contact):
            return f"cooling-off after contact {contact}"
        case SupervisorRequestMissed(number=number):
            return f"supervisor request {number}"
        case ApprovalMissed(hash=hash_, due=due):
            return f"approval of {hash_[:8]} due {due}"
        case ApprovalExpired(hash=hash_) | OfferReminded(hash=hash_) | OfferExpired(hash=hash_):
            return f"{event.kind} of {hash_[:8]}"
        case (
            StepBegun(key=key)
            | StepAsked(key=key)
            | SettlementAsked(key=key)
            | UndoBegun(key=key)
            | HappyCallBegun(key=key)
            | LinkAsked(key=key)
            | ReassuranceBegun(key=key)
            | OtherCasesAsked(key=key)
        ):
            return f"{event.kind} {key}"
        case WordsReleased(keys=keys):
            return f"words {' '.join(keys)}"
        case OfferWordsReleased(hash=hash_, due=due):
            return f"words of {hash_[:8]} due {due}"
        case HandStepMissed(step=step, due=due):
            return f"step {step} due {due}"
        case RetentionStepMissed(due=due):
            return f"retention due {due}"
        case TaskMissed(number=number, times=times):
            return f"task {number} miss {times}"
        case NewsReleased(keys=keys):
            return f"news {' '.join(keys)}"
        case OwnerAway(person=person, due=due):
            return f"absence of {person} due {due}"
        case _:
            return None
