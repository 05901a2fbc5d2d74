"""V7: nobody approves their own proposal, and what was approved is what was agreed and carried out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cli.checks.evidence import Ledger, whole
from domain.actor import Role
from domain.case import CaseEvent
from domain.interest import InterestOwed
from domain.money import Money
from domain.plan import amount_of, chosen, hash_of
from domain.remedy import RemedyAgreed, RemedyApproved, RemedyCompensated, RemedyDone, RemedyProposed
from domain.saga import SagaBegun, StepDone, StepSkipped, steps_of
from ledger.breach import Breach


def approval_breaches(ledger: Ledger) -> tuple[Breach, ...]:
    """Name every approval that was none, and every remedy that is not the one agreed."""
    return tuple(
        Breach("V7", case_id, what)
        for case_id, happened in whole(ledger)
        for what in _Remedies().faults(happened)
    )


@dataclass(slots=True)
class _Saga:
    """What was carried out of one proposal."""

    proposal: RemedyProposed | None
    total: Money | None
    paid: int = 0
    interest: int = 0
    """What the law owed on a late payout and was not paid yet; below nothing: paid and not owed."""
    by_a_person: bool = False
    """Whether a person skipped a step or did it by hand: then less may have gone out than was decided."""


@dataclass(slots=True)
class _Remedies:
    """The remedies of one case, as its events tell of them one after another."""

    proposed: dict[str, RemedyProposed] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    agreed: str | None = None
    choice: str | None = None
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
                case InterestOwed(amount=amount) if self.saga is not None:
                    self.saga.interest += amount.minor
                case StepDone(step="interest", amount=amount) if self.saga is not None:
                    self.saga.interest -= amount.minor if amount else 0
                case StepDone(amount=amount, by=by) if self.saga is not None:
                    self.saga.paid += amount.minor if amount else 0
                    self.saga.by_a_person |= by.role is not Role.SYSTEM
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
        self.agreed, self.choice = event.hash, event.choice
        proposal = self.proposed.get(event.hash)
        if proposal is None:
            yield f"{event.hash[:8]} was agreed, which nobody proposed"
        elif proposal.needs_approval and event.hash not in self.approved:
            yield f"proposal {proposal.number} was agreed without the approval that it needs"

    def _begun(self, event: SagaBegun) -> Iterator[str]:
        proposal = next((each for each in self.proposed.values() if each.number == event.number), None)
        plan = chosen(proposal.plan, self.choice) if proposal else None
        self.saga = _Saga(proposal, amount_of(plan, proposal.total.currency) if plan and proposal else None)
        if proposal is None or proposal.hash != self.agreed:
            yield f"proposal {event.number} is carried out, and it is not the one that was agreed"
        elif plan is not None and event.steps != steps_of(plan):
            steps = ", ".join(event.steps) or "none"
            yield f"the steps carried out ({steps}) are not those of proposal {event.number}"

    def _over(self, event: RemedyDone | RemedyCompensated) -> Iterator[str]:
        saga, self.saga = self.saga, None
        if saga is None or saga.proposal is None:
            return
        number, total = saga.proposal.number, saga.total or saga.proposal.total
        if event.hash != saga.proposal.hash:
            yield f"{event.hash[:8]} is over, and proposal {number} was carried out"
        if saga.interest < 0:
            yield f"proposal {number}: {-saga.interest} (minor units) of interest more than owed were paid"
        if isinstance(event, RemedyCompensated):
            if saga.paid:
                yield f"proposal {number} was taken back, and {saga.paid} (minor units) had been paid for it"
        elif saga.paid > total.minor or (saga.paid < total.minor and not saga.by_a_person):
            yield f"proposal {number} decided {total}, and {saga.paid} (minor units) were paid"
