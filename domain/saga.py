"""The remedy saga as data: ordered steps, an undo for each undoable one, one pivot, parking for a human.

A step is noted as begun before it runs, because one that timed out may have happened. Before the pivot a
refusal turns the saga back, newest step first; after it there is only forward, retries and a human. What is
said and what happens is in `saga_events`, what an answer means in `saga_outcomes`, what an event means in
`saga_state`; here is what follows by itself and with time.
"""

from datetime import datetime

from domain.budget import due_of
from domain.gesture import budget_of, gesture_steps, made_in, not_wanted
from domain.message import Deadline
from domain.policy import Policy
from domain.remedy import Proposal, RemedyCompensated, RemedyDone
from domain.saga_amounts import given, refunded
from domain.saga_commands import cancel, decide
from domain.saga_events import (
    AccountChecked,
    AccountGiven,
    AccountNeeded,
    CancelRemedy,
    CheckAccount,
    ConfirmStep,
    ContestStep,
    GiveAccount,
    GoodsHandedIn,
    HandIn,
    HandStepMissed,
    InspectionFound,
    MarkStepDone,
    PickupMissed,
    RemedyCancelled,
    RetryStep,
    SagaBegun,
    SagaCommand,
    SagaEvent,
    SagaParked,
    SagaTurnedBack,
    SagaUnparked,
    SettlementAsked,
    ShipmentLost,
    SkipStep,
    StepAsked,
    StepBegun,
    StepContested,
    StepDone,
    StepPending,
    StepRefused,
    StepReported,
    StepSkipped,
    StepWaits,
    UndoBegun,
    UndoByHand,
    UndoDone,
    UndoWaits,
)
from domain.saga_outcomes import came_back, inspected
from domain.saga_requests import todo
from domain.saga_state import evolve
from domain.saga_steps import (
    HAND_STEPS,
    PAYOUTS,
    UNDOABLE,
    Agreed,
    Saga,
    Step,
    StepName,
    in_flight,
    is_given_up,
    next_key,
    past_pivot,
    pivot,
    steps_of,
)

__all__ = [
    "HAND_STEPS",
    "PAYOUTS",
    "AccountChecked",
    "AccountGiven",
    "AccountNeeded",
    "Agreed",
    "CancelRemedy",
    "CheckAccount",
    "ConfirmStep",
    "ContestStep",
    "GiveAccount",
    "GoodsHandedIn",
    "HandIn",
    "HandStepMissed",
    "InspectionFound",
    "MarkStepDone",
    "PickupMissed",
    "RemedyCancelled",
    "RetryStep",
    "Saga",
    "SagaBegun",
    "SagaCommand",
    "SagaEvent",
    "SagaParked",
    "SagaTurnedBack",
    "SagaUnparked",
    "SettlementAsked",
    "ShipmentLost",
    "SkipStep",
    "Step",
    "StepAsked",
    "StepBegun",
    "StepContested",
    "StepDone",
    "StepName",
    "StepPending",
    "StepRefused",
    "StepReported",
    "StepSkipped",
    "StepWaits",
    "UndoBegun",
    "UndoByHand",
    "UndoDone",
    "UndoWaits",
    "came_back",
    "cancel",
    "deadlines",
    "decide",
    "evolve",
    "follow",
    "in_flight",
    "is_given_up",
    "lapse",
    "past_pivot",
    "pivot",
    "steps_of",
    "todo",
]

# What follows by itself. ---------------------------------------------------------------------------------


def follow(
    saga: Saga, agreed: Agreed, at: datetime
) -> tuple[SagaEvent | RemedyDone | RemedyCompensated, ...]:
    """Return the next thing that happens without anybody asking; `()` while something is in flight."""
    proposal = agreed.proposal
    if proposal is None or proposal.state != "agreed":
        return ()
    if saga.number != proposal.number:
        gestures = gesture_steps(proposal.plan) if agreed.policy.gestures is not None else ()
        steps = (*steps_of(proposal.plan), *gestures)
        return (SagaBegun(number=proposal.number, steps=steps, at=at),)
    made = made_in(saga, agreed)
    if made is not None:
        step, contact = made
        key = step.key or step.name
        return (StepDone(step=step.name, key=key, reference=f"contact {contact}", at=at),)
    unwanted = not_wanted(saga, agreed)
    if unwanted is not None:
        reason = f"nobody is called after the remedy was given up: {saga.cancelled}"
        return (StepSkipped(step=unwanted.name, reason=reason[:200], at=at),)
    if in_flight(saga) is not None:
        return ()
    if saga.stage == "forward":
        return _forward(saga, agreed, proposal, at)
    if saga.stage == "back":
        return _back(saga, proposal, at)
    return ()


def _forward(
    saga: Saga, agreed: Agreed, proposal: Proposal, at: datetime
) -> tuple[SagaEvent | RemedyDone, ...]:
    lost = next((step for step in saga.steps if step.unsure), None)
    if lost is not None:
        return (StepAsked(step=lost.name, key=next_key(saga, lost, "ask-"), at=at),)
    if is_given_up(saga):
        late = any(_may_arrive_late(step) for step in saga.steps)
        return () if late else (SagaTurnedBack(reason=saga.cancelled or "cancelled", at=at),)
    courier = saga.find("collect")
    if courier is not None and courier.state == "done" and saga.store and not saga.store.called_off:
        return (_begin_undo(saga, courier, at),)
    step = next((step for step in saga.steps if step.state not in ("done", "skipped")), None)
    if step is None:
        return (
            RemedyDone(
                hash=proposal.hash, refunded=refunded(saga, proposal), given=given(saga, proposal), at=at
            ),
        )
    return _next(saga, agreed, step, at)


def _next(saga: Saga, agreed: Agreed, step: Step, at: datetime) -> tuple[SagaEvent, ...]:
    if step.name == "inspect" and saga.store is not None and step.state in ("waiting", "again"):
        store = saga.store
        return inspected(
            saga,
            agreed,
            step,
            key="hand-in",
            finding=store.finding,
            returned=store.returned,
            happened=store.at,
            at=at,
        )
    if step.state != "waiting":
        return ()
    if step.name == "rest_payout" and not saga.rest_released:
        why = f"not all goods came back; {saga.withheld} is kept: retry_step pays it, skip_step keeps it"
        return (SagaParked(step=step.name, reason=why, at=at),)
    return (_begin(saga, step, agreed.policy, at),)


def _may_arrive_late(step: Step) -> bool:
    """Say whether something may still happen although nobody waits for an answer.

    A lost request may reach its provider after that was asked; what a provider took on may be settled. What
    is given up meanwhile is asked for once more before anything is undone, or a refund might be paid for a
    remedy that was taken back.
    """
    return step.state == "pending" or (step.state == "again" and step.denied)


def _back(saga: Saga, proposal: Proposal, at: datetime) -> tuple[SagaEvent | RemedyCompensated, ...]:
    open_steps = [step for step in saga.steps if _is_open(saga, step)]
    if not open_steps:
        reason = saga.turned_back or "cancelled"
        return (RemedyCompensated(hash=proposal.hash, reason=reason, at=at),)
    step = open_steps[-1]
    return () if step.state == "undo_again" else (_begin_undo(saga, step, at),)


def _is_open(saga: Saga, step: Step) -> bool:
    """Say whether a step has left something to undo."""
    if step.name == "inspect":
        return saga.goods_here
    if step.name == "collect" and saga.booking_closed:
        return False
    return step.state in ("done", "undo_again") and step.name in UNDOABLE


def _begin(saga: Saga, step: Step, policy: Policy, at: datetime) -> StepBegun:
    key = next_key(saga, step, "")
    due = due_of(budget_of(policy, step.name), policy.calendar, at) if step.name in HAND_STEPS else None
    return StepBegun(step=step.name, key=key, once=step.once or key, falls_due=due, at=at)


def _begin_undo(saga: Saga, step: Step, at: datetime) -> UndoBegun:
    key = next_key(saga, step, "undo-")
    once = step.once if step.once and step.once.startswith("undo-") else key
    return UndoBegun(step=step.name, key=key, once=once, at=at)


# What time does. -----------------------------------------------------------------------------------------


def deadlines(saga: Saga) -> tuple[Deadline, ...]:
    """Return when something is looked at or tried again, or a department's step is late."""
    if saga.stage not in ("forward", "back"):
        return ()
    return tuple(
        Deadline(name=f"saga/{step.name}:{step.count}", due=step.again_at)
        for step in saga.steps
        if step.again_at is not None
    )


def lapse(saga: Saga, policy: Policy, deadline: Deadline, at: datetime) -> tuple[SagaEvent, ...]:
    """Try again, ask again, undo again; or note that a department or a customer is late."""
    name = deadline.name.removeprefix("saga/").partition(":")[0]
    step = next(step for step in saga.steps if step.name == name)
    due = {"due": deadline.due}
    match step.state:
        case "begun":
            again = due_of(budget_of(policy, step.name), policy.calendar, deadline.due)
            return (HandStepMissed(step=step.name, next_due=again, due=deadline.due, at=at),)
        case "reported":
            why = "the customer has not said whether it was done: ask them"
            return (SagaParked(step=step.name, reason=why, due=deadline.due, at=at),)
        case "pending":
            key = next_key(saga, step, "settle-")
            return (SettlementAsked(step=step.name, key=key, due=deadline.due, at=at),)
        case "undo_again":
            return (_begin_undo(saga, step, at).model_copy(update=due),)
        case _ if step.state == "asking" or (is_given_up(saga) and _may_arrive_late(step)):
            return (StepAsked(step=step.name, key=next_key(saga, step, "ask-"), due=deadline.due, at=at),)
        case _:
            return (_begin(saga, step, policy, at).model_copy(update=due),)
