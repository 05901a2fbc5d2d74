"""The remedy of a case for a person: every plan, the money, steps and undos, and what waits for whom.

Told from events, so that a plan that was replaced, rejected or taken back is still there to be seen.
"""

from collections.abc import Callable, Sequence
from functools import reduce

from domain.actor import Actor, Role
from domain.case import Case, todo
from domain.interest import InterestOwed
from domain.message import Event
from domain.money import Money, total
from domain.permission import TABLE
from domain.plan import Plan, amount_of, chosen
from domain.record import Id, Instant, Line, Record, Text
from domain.remedy import (
    OfferExpired,
    RemedyAgreed,
    RemedyApproved,
    RemedyCompensated,
    RemedyDeclined,
    RemedyDone,
    RemedyOffered,
    RemedyProposed,
    RemedyRejected,
    RoundOpened,
)
from domain.saga import HAND_STEPS, InspectionFound, SagaBegun, Step, StepDone, StepSkipped, pivot


class Approval(Record):
    """Who let a plan pass, or did not; `by` is None while nobody has."""

    needed: bool
    by: Actor | None = None
    at: Instant | None = None
    rejected: Line | None = None


class PlanView(Record):
    """One proposal and what became of it.

    Attributes:
        decided: what it gives in all, as the customer chose it, with the interest that the law adds.
        choice: which of its alternatives the customer took.
        interest: what of it the law adds because the money came late.
        withheld: what stays for goods that did not come back, until a person lets it go out.
        paid: what has gone out for it.
        let_go: whether a person skipped a step of it or did one by hand: then less may go out than decided.
    """

    number: int
    hash: Line
    by: Actor
    at: Instant
    plan: Plan
    decided: Money
    approval: Approval
    state: Line
    paid: Money
    choice: Line | None = None
    interest: Money | None = None
    withheld: Money | None = None
    let_go: bool = False


class StepRow(Record):
    """One step as it stands.

    Attributes:
        pivot: whether there is only forward once it has happened; steps before it can be undone.
        tries: how often it was tried since a person last gave it a chance.
        again_at: when it is looked at or tried again, or a department is late.
    """

    step: Line
    state: Line
    pivot: bool
    undoable: bool
    tries: int
    key: Line | None
    reference: Line | None
    again_at: Instant | None
    done_at: Instant | None


class Waiting(Record):
    """What waits for whom, until when where there is a limit."""

    what: Line
    whom: Line
    due: Instant | None
    ko: Text
    en: Text


class MoneyView(Record):
    """What was decided, what has gone out, and what will still go out if nobody interferes."""

    decided: Money
    paid: Money
    left: Money


class RemedyView(Record):
    """Everything about the remedy of one case.

    Attributes:
        state: how far the present plan is carried out; none where nothing was agreed in this round.
        point_worth: what one point is worth, where the policy tells points as points.
    """

    case_id: Id
    version: int
    round: int
    state: Line
    money: MoneyView
    plans: tuple[PlanView, ...]
    steps: tuple[StepRow, ...]
    waiting: tuple[Waiting, ...]
    point_worth: Money | None = None


def remedy_view(case: Case, events: Sequence[Event]) -> RemedyView:
    """Return the remedy of the case that these events make.

    Args:
        case: as it stands after them.
        events: everything that happened, in order.
    """
    plans = reduce(_told, events, _Plans()).plans
    return RemedyView(
        case_id=case.id,
        version=case.version,
        round=case.remedy.round,
        state=case.saga.stage if case.saga.number else "none",
        money=_money(plans, case.policy.currency),
        plans=plans,
        steps=_steps(case),
        waiting=_waiting(case),
        point_worth=case.policy.point_worth,
    )


# Plans and money. ------------------------------------------------------------------------------------------


class _Plans(Record):
    """The plans so far, and the number of the one that is being carried out."""

    plans: tuple[PlanView, ...] = ()
    carried_out: int = 0

    def changed(self, event_hash: str, **fields: object) -> "_Plans":
        plans = tuple(
            each.model_copy(update=fields) if each.hash == event_hash else each for each in self.plans
        )
        return self.model_copy(update={"plans": plans})


OVER = ("done", "compensated", "rejected", "declined", "expired", "replaced", "void")


def _told(told: _Plans, event: Event) -> _Plans:
    match event:
        case RemedyProposed():
            return _proposed(told, event)
        case RemedyApproved(hash=hash_, by=by, at=at):
            return told.changed(hash_, state="approved", approval=Approval(needed=True, by=by, at=at))
        case RemedyRejected(hash=hash_, by=by, at=at, reason=reason):
            approval = Approval(needed=True, by=by, at=at, rejected=reason)
            return told.changed(hash_, state="rejected", approval=approval)
        case RemedyOffered(hash=hash_):
            return told.changed(hash_, state="offered")
        case RemedyAgreed():
            return _each(told, event.hash, lambda plan: _agreed(plan, event))
        case RemedyDeclined(hash=hash_):
            return told.changed(hash_, state="declined")
        case OfferExpired(hash=hash_):
            return told.changed(hash_, state="expired")
        case RemedyDone(hash=hash_):
            return told.changed(hash_, state="done")
        case RemedyCompensated(hash=hash_):
            return told.changed(hash_, state="compensated")
        case SagaBegun(number=number):
            return told.model_copy(update={"carried_out": number})
        case StepDone() | StepSkipped() | InterestOwed() | InspectionFound():
            return _moved(told, event)
        case RoundOpened():
            return _replaced(told)
        case _:
            return told


def _replaced(told: _Plans) -> _Plans:
    """A new plan or round puts aside what was not over."""
    plans = tuple(
        each if each.state in OVER else each.model_copy(update={"state": "replaced"}) for each in told.plans
    )
    return told.model_copy(update={"plans": plans})


def _proposed(told: _Plans, event: RemedyProposed) -> _Plans:
    new = PlanView(
        number=event.number,
        hash=event.hash,
        by=event.by,
        at=event.at,
        plan=event.plan,
        decided=event.total,
        approval=Approval(needed=event.needs_approval),
        state="waiting_approval" if event.needs_approval else "approved",
        paid=Money(minor=0, currency=event.total.currency),
    )
    return told.model_copy(update={"plans": (*_replaced(told).plans, new)})


def _each(told: _Plans, hash_: str, change: Callable[[PlanView], PlanView]) -> _Plans:
    plans = tuple(change(each) if each.hash == hash_ else each for each in told.plans)
    return told.model_copy(update={"plans": plans})


def _agreed(plan: PlanView, event: RemedyAgreed) -> PlanView:
    taken = chosen(plan.plan, event.choice)
    decided = amount_of(taken, plan.decided.currency)
    return plan.model_copy(update={"state": "agreed", "choice": event.choice, "decided": decided})


def _moved(told: _Plans, event: StepDone | StepSkipped | InterestOwed | InspectionFound) -> _Plans:
    plans = tuple(_paid(each, event) if each.number == told.carried_out else each for each in told.plans)
    return told.model_copy(update={"plans": plans})


def _paid(plan: PlanView, event: StepDone | StepSkipped | InterestOwed | InspectionFound) -> PlanView:
    currency = plan.decided.currency
    match event:
        case InterestOwed(amount=amount):
            interest = total((plan.interest, amount), currency) if plan.interest else amount
            more = {"interest": interest, "decided": total((plan.decided, amount), currency)}
            return plan.model_copy(update=more)
        case InspectionFound(withheld=withheld):
            return plan.model_copy(update={"withheld": withheld or plan.withheld})
        case StepDone(amount=amount) if amount is not None:
            return plan.model_copy(update={"paid": total((plan.paid, amount), currency)})
        case _:
            by_a_person = isinstance(event, StepSkipped) or event.by.role is not Role.SYSTEM
            return plan.model_copy(update={"let_go": plan.let_go or by_a_person})


def _money(plans: tuple[PlanView, ...], currency: str) -> MoneyView:
    agreed = [each for each in plans if each.state in ("agreed", "done")]
    running = [each for each in plans if each.state == "agreed"]
    left = sum(max(0, each.decided.minor - each.paid.minor - _kept(each)) for each in running)
    return MoneyView(
        decided=total((each.decided for each in agreed), currency),
        paid=total((each.paid for each in plans), currency),
        left=Money(minor=left, currency=currency),
    )


def _kept(plan: PlanView) -> int:
    """Return the minor units that stay until a person lets them go out."""
    return plan.withheld.minor if plan.withheld else 0


# Steps, and who waits for whom. ----------------------------------------------------------------------------


def _steps(case: Case) -> tuple[StepRow, ...]:
    turn = pivot(case.saga)
    names = [step.name for step in case.saga.steps]
    place = names.index(turn) if turn in names else len(names)
    return tuple(
        StepRow(
            step=step.name,
            state=step.state,
            pivot=step.name == turn,
            undoable=number < place,
            tries=step.tries,
            key=step.key,
            reference=step.reference,
            again_at=step.again_at,
            done_at=step.done_at,
        )
        for number, step in enumerate(case.saga.steps)
    )


def _waiting(case: Case) -> tuple[Waiting, ...]:
    return (*_for_people(case), *_for_the_outside(case), *_for_the_hour(case))


def _for_people(case: Case) -> tuple[Waiting, ...]:
    """Return what waits for an approver, the customer, or whoever frees a parked saga."""
    proposal, saga = case.remedy.proposal, case.saga
    if saga.stage == "parked":
        where = f"step {saga.parked_at}"
        ko, en = f"멈춘 단계 {saga.parked_at}: {saga.parked_why}", f"parked at {where}: {saga.parked_why}"
        return (Waiting(what=where, whom=_roles("skip_step", "retry_step"), due=None, ko=ko, en=en),)
    if proposal is not None and proposal.state == "waiting_approval":
        ko, en = f"{proposal.total} 제안의 승인", f"approval of a proposal over {proposal.total}"
        what, whom = f"proposal {proposal.number}", _roles("approve_remedy")
        return (Waiting(what=what, whom=whom, due=proposal.approval_due, ko=ko, en=en),)
    if proposal is not None and proposal.state == "offered":
        ko, en = "고객의 답", "the customer's answer to the offer"
        what = f"proposal {proposal.number}"
        return (Waiting(what=what, whom=Role.CUSTOMER, due=proposal.offer_due, ko=ko, en=en),)
    return ()


def _for_the_outside(case: Case) -> tuple[Waiting, ...]:
    """Return what a provider owes the remedy; an effect is the remedy's where a step has its key."""
    keys = {step.key for step in case.saga.steps if step.key}
    return tuple(
        Waiting(
            what=effect.key,
            whom=effect.request.kind,
            due=None,
            ko=f"외부 시스템의 응답({effect.request.kind})",
            en=f"the outside world's answer to {effect.request.kind}",
        )
        for effect in todo(case)
        if effect.key in keys
    )


def _for_the_hour(case: Case) -> tuple[Waiting, ...]:
    """Return the steps that are looked at or tried again at their hour, or that a department reports."""
    return tuple(_later(case, step) for step in case.saga.steps if step.again_at is not None)


def _later(case: Case, step: Step) -> Waiting:
    if step.name in HAND_STEPS:
        ko, en = f"담당 부서의 {step.name} 처리", f"the department carries out {step.name} by hand"
        whom = case.assignment.department or "department"
    else:
        ko, en = f"{step.name} 단계를 다시 확인하거나 시도", f"{step.name} is looked at or tried again"
        whom = Role.SYSTEM.value
    return Waiting(what=f"step {step.name}", whom=whom, due=step.again_at, ko=ko, en=en)


def _roles(*commands: str) -> str:
    return ", ".join(dict.fromkeys(role.value for name in commands for role in TABLE[name].roles))
