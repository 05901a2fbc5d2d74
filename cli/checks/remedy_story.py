"""What a case says of its remedies, folded from its events to be held against the outside world's books."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from activities.keys import idempotency_key
from cli.checks.evidence import Ledger, events
from domain.actor import Role
from domain.case import CaseEvent
from domain.remedy import RemedyCompensated, RemedyDone
from domain.saga import (
    GoodsHandedIn,
    InspectionFound,
    PickupMissed,
    SagaBegun,
    ShipmentLost,
    StepBegun,
    StepDone,
    StepPending,
    StepSkipped,
    UndoBegun,
    UndoDone,
)


class Attempt(NamedTuple):
    """For which remedy a provider was asked for which step, forward or back."""

    number: int
    step: str
    undo: bool = False

    def __str__(self) -> str:
        return f"{'the undo of ' if self.undo else ''}{self.step} of proposal {self.number}"


@dataclass(slots=True)
class Story:
    """What one case says of itself; remedies are known by the numbers of their proposals.

    Attributes:
        attempts: by the key that its provider sees, what it was begun for.
        again: how often a step had to be done once more: nobody was met, or a replacement was lost.
        paid: payments, with their amounts.
        done: steps that happened by themselves, with the references that their providers gave.
        references: every reference that the case knows.
        over: pickups that ended without goods.
        came_in: remedies for which the customer's goods came in; `ended`: those that are over.
        taken_back: remedies of which everything was undone.
        by_a_person: remedies of which a person saw to an undo or a step, or let one go.
    """

    attempts: dict[str, Attempt] = field(default_factory=dict)
    again: Counter[Attempt] = field(default_factory=Counter)
    paid: list[StepDone] = field(default_factory=list)
    done: list[tuple[str, str]] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)
    came_in: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    taken_back: set[int] = field(default_factory=set)
    by_a_person: set[int] = field(default_factory=set)


NOTHING_SAID = Story()


def stories(ledger: Ledger) -> Mapping[str, Story]:
    """Return what every case says."""
    return {case_id: _Teller(case_id).tell(events(entries)) for case_id, entries in ledger.items()}


@dataclass(slots=True)
class _Teller:
    """Reads the events of one case in their order."""

    case_id: str
    story: Story = field(default_factory=Story)
    number: int = 0
    pickup: str = ""

    def tell(self, happened: tuple[CaseEvent, ...]) -> Story:
        """Return what they tell."""
        for event in happened:
            self._begun(event)
            self._happened(event)
            self._on_the_way(event)
        return self.story

    def _begun(self, event: CaseEvent) -> None:
        match event:
            case SagaBegun():
                self.number = event.number
            case StepBegun(step=step, once=once):
                self.story.attempts[idempotency_key(self.case_id, once)] = Attempt(self.number, step)
            case UndoBegun(step=step, once=once):
                undo = Attempt(self.number, step, undo=True)
                self.story.attempts[idempotency_key(self.case_id, once)] = undo
            case RemedyDone():
                self.story.ended.add(self.number)
            case RemedyCompensated():
                self.story.ended.add(self.number)
                self.story.taken_back.add(self.number)
            case _:
                pass

    def _happened(self, event: CaseEvent) -> None:
        match event:
            case StepDone(step=step, reference=reference):
                self.story.references.add(reference)
                if event.amount is not None:
                    self.story.paid.append(event)
                if event.by.role is not Role.SYSTEM:
                    self.story.by_a_person.add(self.number)
                elif not reference.startswith("store-"):  # a receipt of a store is none of the courier's
                    self.story.done.append((step, reference))
            case StepPending(reference=reference) if reference is not None:
                self.story.references.add(reference)
            case UndoDone(by=by) | StepSkipped(by=by) if by.role is not Role.SYSTEM:
                self.story.by_a_person.add(self.number)
            case _:
                pass

    def _on_the_way(self, event: CaseEvent) -> None:
        """Follow the customer's goods and the replacement."""
        match event:
            case StepDone(step="collect", reference=reference):
                self.pickup = reference
            case PickupMissed():
                self.story.over.add(self.pickup)
                self.story.again[Attempt(self.number, "collect")] += 1
            case ShipmentLost(step="inspect"):
                self.story.over.add(self.pickup)
            case ShipmentLost():
                for step in ("reserve", "ship"):
                    self.story.again[Attempt(self.number, step)] += 1
            case StepDone(step="inspect") if self.pickup not in self.story.over:
                self.story.came_in.add(self.number)
            case InspectionFound(finding=finding) if finding != "missing":
                self.story.came_in.add(self.number)
            case GoodsHandedIn():
                self.story.came_in.add(self.number)
            case _:
                pass
