"""V7: nobody approves their own proposal or erasure, and what was approved is what was agreed and done."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cli.checks.evidence import Ledger, whole
from domain import assignment
from domain.actor import Role
from domain.case import CaseEvent
from domain.gesture import gesture_steps
from domain.interest import InterestOwed
from domain.plan import Plan, amount_of, chosen, hash_of
from domain.redaction_events import RedactionOrdered
from domain.refusal import Refused
from domain.remedy import RemedyAgreed, RemedyApproved, RemedyCompensated, RemedyDone, RemedyProposed
from domain.saga import InspectionFound, SagaBegun, StepDone, StepSkipped, steps_of
from ledger.breach import Breach


def approval_breaches(ledger: Ledger) -> tuple[Breach, ...]:
    """Name every approval that was none, and every remedy that is not the one agreed."""
    return tuple(
        Breach("V7", case_id, what)
        for case_id, happened in whole(ledger)
        for what in (*_Remedies().faults(happened), *_erasures(happened))
    )


def _erasures(happened: tuple[CaseEvent, ...]) -> Iterator[str]:
    """Name every erasure that its requester, or the case's owner, approved."""
    desk = assignment.Assignment()
    for event in happened:
        if isinstance(event, assignment.AssignmentEvent):
            desk = assignment.evolve(desk, event)
        elif isinstance(event, RedactionOrdered) and event.approved_by in (desk.owner, event.by.id):
            yield f"{event.approved_by} approved the erasing of event {event.seq}, and asked or owns the case"


@dataclass(slots=True)
class _Saga:
    """What was carried out of one proposal.

    Attributes:
        decided: minor units of what the customer chose of it, and of the interest that the law adds.
        withheld: minor units for goods that did not come back; they go out only when a person says so.
    """

    proposal: RemedyProposed | None
    decided: int
    withheld: int = 0
    paid: int = 0
    by_a_person: bool = False
    """Whether a person skipped a step or did it by hand: then less may have gone out than was decided."""


@dataclass(slots=True)
class _Remedies:
    """The remedies of one case, as its events tell of them one after another."""

    proposed: dict[str, RemedyProposed] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    agreed: RemedyAgreed | None = None
    saga: _Saga | None = None

    def faults(self, happened: tuple[CaseEvent, ...]) -> Iterator[str]:
        for event in happened:
            match event:
                case RemedyProposed():
                    yield from self._proposed(event)
                case RemedyApproved():
                    yield from self._approved(event)
                case RemedyAgreed():
                    yield from self._agreed(event)
                case SagaBegun():
                    yield from self._begun(event)
                case StepDone(amount=amount, by=by) if self.saga is not None:
                    self.saga.paid += amount.minor if amount else 0
                    self.saga.by_a_person |= by.role is not Role.SYSTEM
                case InterestOwed(amount=amount) if self.saga is not None:
                    self.saga.decided += amount.minor
                case InspectionFound(withheld=withheld) if self.saga is not None and withheld is not None:
                    self.saga.withheld += withheld.minor
                case StepSkipped() if self.saga is not None:
                    self.saga.by_a_person = True
                case RemedyDone() | RemedyCompensated():
                    yield from self._over(event)
                case _:
                    pass

    def _proposed(self, event: RemedyProposed) -> Iterator[str]:
        self.proposed[event.hash] = event
        if hash_of(event.plan, number=event.number, contact=event.contact) != event.hash:
            yield f"proposal {event.number} is not what its hash {event.hash[:8]} names"

    def _approved(self, event: RemedyApproved) -> Iterator[str]:
        self.approved.add(event.hash)
        proposal = self.proposed.get(event.hash)
        if proposal is None:
            yield f"{event.by} approved {event.hash[:8]}, which nobody proposed"
        elif proposal.by.id == event.by.id:
            yield f"{event.by} approved proposal {proposal.number}, which is {event.by.id}'s own"
        elif proposal is not list(self.proposed.values())[-1]:
            yield f"{event.by} approved proposal {proposal.number} after another had replaced it"

    def _agreed(self, event: RemedyAgreed) -> Iterator[str]:
        self.agreed = event
        proposal = self.proposed.get(event.hash)
        if proposal is None:
            yield f"{event.hash[:8]} was agreed, which nobody proposed"
        elif proposal.needs_approval and event.hash not in self.approved:
            yield f"proposal {proposal.number} was agreed without the approval that it needs"

    def _begun(self, event: SagaBegun) -> Iterator[str]:
        agreed = self.agreed
        proposal = next((each for each in self.proposed.values() if each.number == event.number), None)
        if proposal is None or agreed is None or proposal.hash != agreed.hash:
            self.saga = _Saga(proposal, decided=proposal.total.minor if proposal else 0)
            yield f"proposal {event.number} is carried out, and it is not the one that was agreed"
            return
        plan = _as_chosen(proposal.plan, agreed.choice)
        self.saga = _Saga(proposal, decided=amount_of(plan, proposal.total.currency).minor)
        steps = steps_of(plan)
        if event.steps not in (steps, (*steps, *gesture_steps(plan))):
            carried_out = ", ".join(event.steps) or "none"
            yield f"the steps carried out ({carried_out}) are not those of proposal {event.number}"

    def _over(self, event: RemedyDone | RemedyCompensated) -> Iterator[str]:
        saga, self.saga = self.saga, None
        if saga is None or saga.proposal is None:
            return
        number = saga.proposal.number
        if event.hash != saga.proposal.hash:
            yield f"{event.hash[:8]} is over, and proposal {number} was carried out"
        if isinstance(event, RemedyCompensated):
            if saga.paid:
                yield f"proposal {number} was taken back, and {saga.paid} (minor units) had been paid for it"
            return
        least = 0 if saga.by_a_person else saga.decided - saga.withheld
        if not least <= saga.paid <= saga.decided:
            yield f"proposal {number} decided {saga.decided} (minor units), and {saga.paid} were paid"


def _as_chosen(plan: Plan, choice: str | None) -> Plan:
    """Return the plan as the customer chose it; as it stands where the choice names nothing."""
    try:
        return chosen(plan, choice)
    except Refused:
        return plan
