"""The remedy saga as data: ordered steps, an undo for each undoable one, one pivot, parking for a human.

A step is noted as begun before it runs, because one that timed out may have happened. Before the pivot a
refusal turns the saga back, newest step first; after it there is only forward, retries and a human.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from domain.actor import Actor
from domain.budget import due_of
from domain.effect import (
    BookCollection,
    CancelCollection,
    CollectionBooked,
    CollectionStatus,
    DeliveryStatus,
    Effect,
    FindOutcome,
    Found,
    Outcome,
    PayRefund,
    RefundPaid,
    ReleaseReplacement,
    ReplacementReserved,
    ReplacementShipped,
    ReserveReplacement,
    ShipReplacement,
    TrackCollection,
    TrackDelivery,
)
from domain.interest import InterestOwed
from domain.message import CameBack, Command, Deadline, EffectRefused, EffectSucceeded, Event
from domain.money import Money
from domain.plan import Plan, beyond_price, by_hand
from domain.policy import Policy
from domain.record import Instant, Line
from domain.refusal import Refused
from domain.remedy import Proposal, RemedyCompensated, RemedyDone

StepName = Literal[
    "reserve", "collect", "inspect", "ship", "deliver", "payout", "interest", "correction", "reissued_card"
]
StepState = Literal[
    "waiting", "begun", "again", "asking", "done", "skipped", "undoing", "undo_again", "undone"
]
Stage = Literal["forward", "back", "completed", "compensated", "parked"]

HAND_STEPS = ("correction", "reissued_card")
READS = ("inspect", "deliver")
"""Steps that only look: done twice they do no harm, so an unknown outcome is looked at again."""


class RetryStep(Command):
    """Try the step again at which the saga is parked."""

    kind: Literal["retry_step"] = "retry_step"
    step: StepName


class SkipStep(Command):
    """Go on without the step at which the saga is parked; the reason is kept."""

    kind: Literal["skip_step"] = "skip_step"
    step: StepName
    reason: Line


class MarkStepDone(Command):
    """Say that the step was done, by hand or outside, with its reference."""

    kind: Literal["mark_step_done"] = "mark_step_done"
    step: StepName
    reference: Line


class CancelRemedy(Command):
    """Give the remedy up; possible until the pivot."""

    kind: Literal["cancel_remedy"] = "cancel_remedy"
    reason: Line


class SagaBegun(Event):
    """The plan is being carried out: its steps, in order."""

    kind: Literal["saga_begun"] = "saga_begun"
    number: int
    steps: tuple[StepName, ...]


class StepBegun(Event):
    """A step may happen from now on; `once` is the key under which its provider knows it.

    `falls_due` is when a department that carries it out by hand must have reported it.
    """

    kind: Literal["step_begun"] = "step_begun"
    step: StepName
    key: Line
    once: Line
    falls_due: Instant | None = None


class StepAsked(Event):
    """Nobody knows whether the step happened; its provider is asked."""

    kind: Literal["step_asked"] = "step_asked"
    step: StepName
    key: Line


class StepDone(Event):
    """A step happened; `happened` is when, where the outside says so."""

    kind: Literal["step_done"] = "step_done"
    step: StepName
    key: Line
    reference: Line
    amount: Money | None = None
    happened: Instant | None = None


class StepWaits(Event):
    """A step is looked at or tried again at `again_at`."""

    kind: Literal["step_waits"] = "step_waits"
    step: StepName
    key: Line
    again_at: Instant
    why: Line


class StepRefused(Event):
    """The provider refused a step for good."""

    kind: Literal["step_refused"] = "step_refused"
    step: StepName
    key: Line
    reason: Line


class StepSkipped(Event):
    """A person let the saga go on without this step."""

    kind: Literal["step_skipped"] = "step_skipped"
    step: StepName
    reason: Line


class RemedyCancelled(Event):
    """Somebody gave the remedy up; what runs comes back first."""

    kind: Literal["remedy_cancelled"] = "remedy_cancelled"
    reason: Line


class SagaTurnedBack(Event):
    """From here on everything that had begun is undone, newest first."""

    kind: Literal["saga_turned_back"] = "saga_turned_back"
    reason: Line


class UndoBegun(Event):
    """An undo may happen from now on."""

    kind: Literal["undo_begun"] = "undo_begun"
    step: StepName
    key: Line
    once: Line


class UndoDone(Event):
    """A step was undone."""

    kind: Literal["undo_done"] = "undo_done"
    step: StepName
    key: Line


class UndoWaits(Event):
    """An undo is tried again at `again_at`, under the key that its provider knows."""

    kind: Literal["undo_waits"] = "undo_waits"
    step: StepName
    key: Line
    again_at: Instant


class SagaParked(Event):
    """The saga cannot go on without a person."""

    kind: Literal["saga_parked"] = "saga_parked"
    step: StepName
    reason: Line


class SagaUnparked(Event):
    """A person let the saga go on; `retry` begins the step anew."""

    kind: Literal["saga_unparked"] = "saga_unparked"
    step: StepName


class HandStepMissed(Event):
    """A step that a department carries out is late; the case moves up."""

    kind: Literal["hand_step_missed"] = "hand_step_missed"
    step: StepName
    next_due: Instant | None


SagaCommand = RetryStep | SkipStep | MarkStepDone | CancelRemedy
SagaEvent = (
    SagaBegun
    | StepBegun
    | StepAsked
    | StepDone
    | StepWaits
    | StepRefused
    | StepSkipped
    | RemedyCancelled
    | SagaTurnedBack
    | UndoBegun
    | UndoDone
    | UndoWaits
    | SagaParked
    | SagaUnparked
    | HandStepMissed
    | InterestOwed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step as it stands.

    Attributes:
        count: how many keys it has used; part of the next.
        key: the key in flight.
        once: the key under which the provider knows the present attempt.
        again_at: when it is looked at or tried again.
        denied: whether its provider said that the present try had not happened.
        unsure: whether the saga was parked while nobody knew if the step had happened; its provider is asked
            again before anything else is done about it.
        done_at: when it happened, by the outside's own word where it gives one.
    """

    name: StepName
    state: StepState = "waiting"
    count: int = 0
    tries: int = 0
    key: str | None = None
    once: str | None = None
    again_at: datetime | None = None
    reference: str | None = None
    denied: bool = False
    unsure: bool = False
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saga:
    """How far the agreed plan is carried out; `number` is its proposal's, 0 where none is.

    Attributes:
        intent: seq of the event that says what will be done; no money moves before the ledger has it.
        interest: what the law owes because the payout came late.
    """

    number: int = 0
    intent: int | None = None
    interest: Money | None = None
    stage: Stage = "forward"
    steps: tuple[Step, ...] = ()
    cancelled: str | None = None
    turned_back: str | None = None
    parked_at: StepName | None = None
    parked_why: str | None = None
    parked_from: Stage = "forward"
    paid: tuple[Money, ...] = ()

    def step(self, name: StepName) -> Step:
        """Return the step of that name; its caller has the name from this saga."""
        return next(step for step in self.steps if step.name == name)


def steps_of(plan: Plan) -> tuple[StepName, ...]:
    """Return the ordered steps of a plan."""
    kinds = {decision.remedy for decision in plan.decisions}
    exchange = "exchange" in kinds
    pays = bool(plan.extras) or bool(kinds & {"refund", "fee_refund", "goodwill_credit"})
    steps: list[StepName] = ["reserve"] if exchange else []
    steps += ["collect", "inspect"] if plan.collect else []
    steps += ["ship", "deliver"] if exchange else []
    steps += ["payout"] if pays else []
    hand = by_hand(plan)
    steps += ["correction"] if "correction" in hand else []
    steps += ["reissued_card"] if "reissued_card" in hand else []
    return tuple(steps)


def pivot(saga: Saga) -> StepName | None:
    """Return the step after which there is only forward: the first that cannot be undone."""
    undoable = ("reserve", "collect", "inspect")
    return next((step.name for step in saga.steps if step.name not in undoable), None)


def past_pivot(saga: Saga) -> bool:
    """Say whether the pivot has happened (or was skipped by a person)."""
    name = pivot(saga)
    return name is not None and saga.step(name).state in ("done", "skipped")


def is_given_up(saga: Saga) -> bool:
    """Say whether somebody gave the remedy up before its pivot; past it that changes nothing."""
    return saga.cancelled is not None and not past_pivot(saga)


def in_flight(saga: Saga) -> Step | None:
    """Return the step that may be happening now; one done by hand no longer counts once it is cancelled."""
    for step in saga.steps:
        given_up = step.name in HAND_STEPS and saga.cancelled is not None
        if step.state in ("begun", "asking", "undoing") and not given_up:
            return step
    return None


# What people may ask. ------------------------------------------------------------------------------------


def decide(saga: Saga, command: SagaCommand) -> tuple[SagaEvent, ...]:
    """Let a person cancel, retry, skip or report a step."""
    match command:
        case CancelRemedy(reason=reason, at=at, by=by):
            return cancel(saga, reason=reason, at=at, by=by)
        case MarkStepDone():
            return _mark_done(saga, command)
        case RetryStep(step=name, at=at, by=by):
            _check_parked_at(saga, name)
            return (SagaUnparked(step=name, at=at, by=by),)
        case SkipStep(step=name, reason=reason, at=at, by=by):
            _check_parked_at(saga, name)
            return (StepSkipped(step=name, reason=reason, at=at, by=by),)
        case _:
            assert_never(command)


def cancel(saga: Saga, *, reason: str, at: datetime, by: Actor) -> tuple[SagaEvent, ...]:
    """Give a running remedy up.

    Raises:
        Refused: where nothing runs, or the pivot is past.
    """
    turned = saga.stage == "back" or (saga.stage == "parked" and saga.parked_from == "back")
    if turned or saga.cancelled is not None:
        return ()
    if saga.number == 0 or saga.stage in ("completed", "compensated"):
        raise Refused("no remedy is being carried out", code="no-saga")
    if past_pivot(saga):
        raise Refused("the remedy is past the point of return; it can only be completed", code="pivot")
    return (RemedyCancelled(reason=reason, at=at, by=by),)


def _check_parked_at(saga: Saga, name: StepName) -> None:
    if saga.stage != "parked" or saga.parked_at != name:
        raise Refused(f"step: the remedy is not parked at {name}", code="not-parked")


def _mark_done(saga: Saga, command: MarkStepDone) -> tuple[SagaEvent, ...]:
    step = next((step for step in saga.steps if step.name == command.step), None)
    if step is None:
        raise Refused(f"step: this remedy has no {command.step}", code="no-step")
    if step.state == "done" and saga.parked_at != step.name:
        return ()
    by_a_person = step.name in HAND_STEPS and step.state == "begun"
    if not by_a_person:
        _check_parked_at(saga, step.name)
    if saga.stage == "parked" and saga.parked_from == "back":
        return (UndoDone(step=step.name, key=step.key or step.name, at=command.at, by=command.by),)
    done = StepDone(
        step=step.name,
        key=step.key or step.name,
        reference=command.reference,
        at=command.at,
        by=command.by,
    )
    return (done,)


# What follows by itself. ---------------------------------------------------------------------------------


def follow(
    saga: Saga, proposal: Proposal | None, policy: Policy, at: datetime
) -> tuple[SagaEvent | RemedyDone | RemedyCompensated, ...]:
    """Return the next thing that happens without anybody asking; `()` while something is in flight."""
    if proposal is None or proposal.state != "agreed":
        return ()
    if saga.number != proposal.number:
        return (SagaBegun(number=proposal.number, steps=steps_of(proposal.plan), at=at),)
    if in_flight(saga) is not None:
        return ()
    if saga.stage == "forward":
        return _forward(saga, proposal, policy, at)
    if saga.stage == "back":
        return _back(saga, proposal, at)
    return ()


def _forward(
    saga: Saga, proposal: Proposal, policy: Policy, at: datetime
) -> tuple[SagaEvent | RemedyDone, ...]:
    lost = next((step for step in saga.steps if step.unsure), None)
    if lost is not None:
        return (StepAsked(step=lost.name, key=_next_key(saga, lost, "ask-"), at=at),)
    if is_given_up(saga):
        late = any(_may_arrive_late(step) for step in saga.steps)
        return () if late else (SagaTurnedBack(reason=saga.cancelled or "cancelled", at=at),)
    step = next((step for step in saga.steps if step.state not in ("done", "skipped")), None)
    if step is None:
        return (RemedyDone(hash=proposal.hash, at=at),)
    if step.state == "waiting":
        return (_begin(saga, step, policy, at),)
    return ()


def _may_arrive_late(step: Step) -> bool:
    """Say whether a lost request may still reach its provider, although that has not seen it yet.

    What is given up meanwhile is asked for once more before anything is undone, or a refund might be paid
    for a remedy that was taken back.
    """
    return step.state == "again" and step.denied


def _back(saga: Saga, proposal: Proposal, at: datetime) -> tuple[SagaEvent | RemedyCompensated, ...]:
    open_steps = [
        step for step in saga.steps if step.state in ("done", "undo_again") and step.name in UNDOABLE
    ]
    if not open_steps:
        reason = saga.turned_back or "cancelled"
        return (RemedyCompensated(hash=proposal.hash, reason=reason, at=at),)
    step = open_steps[-1]
    return (_begin_undo(saga, step, at),) if step.state == "done" else ()


UNDOABLE = ("reserve", "collect")
"""Steps that leave something to undo."""


def _next_key(saga: Saga, step: Step, verb: str) -> str:
    return f"{verb}{step.name}:{saga.number}.{step.count + 1}"


def _begin(saga: Saga, step: Step, policy: Policy, at: datetime) -> StepBegun:
    key = _next_key(saga, step, "")
    due = due_of(policy.by_hand, policy.calendar, at) if step.name in HAND_STEPS else None
    return StepBegun(step=step.name, key=key, once=step.once or key, falls_due=due, at=at)


def _begin_undo(saga: Saga, step: Step, at: datetime) -> UndoBegun:
    key = _next_key(saga, step, "undo-")
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
    """Try again, ask again, undo again; or note that a department is late."""
    name = deadline.name.removeprefix("saga/").partition(":")[0]
    step = next(step for step in saga.steps if step.name == name)
    if step.state == "begun":
        again = due_of(policy.by_hand, policy.calendar, deadline.due)
        return (HandStepMissed(step=step.name, next_due=again, due=deadline.due, at=at),)
    if step.state == "undo_again":
        return (_begin_undo(saga, step, at).model_copy(update={"due": deadline.due}),)
    if step.state == "asking" or (is_given_up(saga) and _may_arrive_late(step)):
        return (StepAsked(step=step.name, key=_next_key(saga, step, "ask-"), due=deadline.due, at=at),)
    return (_begin(saga, step, policy, at).model_copy(update={"due": deadline.due}),)


# What the outside world is asked, and what its answers mean. ---------------------------------------------


def todo(saga: Saga, proposal: Proposal | None, order_id: str | None) -> tuple[Effect, ...]:
    """Return the one step now in flight, forward or back; money only after its intent is in the ledger."""
    step = in_flight(saga)
    if step is None or step.key is None or proposal is None or saga.stage == "parked":
        return ()
    if step.name in HAND_STEPS or step.again_at is not None:
        return ()
    request = _request(saga, proposal, order_id or "unknown", step)
    money = step.name in ("payout", "interest") and step.state == "begun"
    effect = Effect(
        key=step.key,
        once=None if isinstance(request, FindOutcome) else step.once,
        request=request,
        patience=timedelta(minutes=10),
        after_written=saga.intent if money else None,
    )
    return (effect,)


def _request(
    saga: Saga, proposal: Proposal, order: str, step: Step
) -> (
    ReserveReplacement
    | BookCollection
    | TrackCollection
    | ShipReplacement
    | TrackDelivery
    | PayRefund
    | ReleaseReplacement
    | CancelCollection
    | FindOutcome
):
    if step.state == "undoing":
        reference = step.reference or "none"
        if step.name == "reserve":
            return ReleaseReplacement(reference=reference)
        return CancelCollection(reference=reference)
    if step.name == "inspect":
        return TrackCollection(reference=_reference(saga, "collect"))
    if step.name == "deliver":
        return TrackDelivery(reference=_reference(saga, "ship"))
    request = _writes(saga, proposal, order, step.name)
    return FindOutcome(key=step.once or "none", lost=request) if step.state == "asking" else request


def _writes(
    saga: Saga, proposal: Proposal, order: str, name: StepName
) -> ReserveReplacement | BookCollection | ShipReplacement | PayRefund:
    lines = proposal.plan.order_lines
    if name == "reserve":
        return ReserveReplacement(order_id=order, line_ids=lines)
    if name == "collect":
        return BookCollection(order_id=order, line_ids=lines)
    if name == "ship":
        return ShipReplacement(reference=_reference(saga, "reserve"), order_id=order)
    if name == "interest" and saga.interest is not None:
        why = f"interest {proposal.number}"
        return PayRefund(
            order_id=order, line_ids=lines, amount=saga.interest, beyond=saga.interest, reason=why
        )
    return PayRefund(
        order_id=order,
        line_ids=lines,
        amount=proposal.total,
        beyond=beyond_price(proposal.plan, proposal.total.currency),
        reason=f"remedy {proposal.number}",
    )


def _reference(saga: Saga, name: StepName) -> str:
    return next((step.reference for step in saga.steps if step.name == name and step.reference), "none")


def came_back(saga: Saga, policy: Policy, fact: CameBack) -> tuple[SagaEvent, ...]:
    """Say what an outcome means for the step under whose key it came."""
    step = next((step for step in saga.steps if step.key == fact.key), None)
    if step is None:
        raise ValueError(f"no step is under way under {fact.key}")
    if step.state == "undoing":
        return _undo_came_back(policy, step, fact)
    match fact:
        case EffectSucceeded(result=Found(outcome=None)):
            return (_did_not_happen(saga, policy, step, fact),)
        case EffectSucceeded(result=Found(outcome=outcome)) if outcome is not None:
            return (_happened(policy, step, fact, outcome),)
        case EffectSucceeded(result=result) if not isinstance(result, Found):
            return (_happened(policy, step, fact, result),)
        case EffectRefused(reason=reason):
            return _refused(saga, step, fact, reason)
        case _:
            return (_unknown(saga, policy, step, fact),)


def _happened(policy: Policy, step: Step, fact: CameBack, outcome: Outcome) -> SagaEvent:
    match outcome:
        case RefundPaid(reference=reference, amount=amount):
            return StepDone(step=step.name, key=fact.key, reference=reference, amount=amount, at=fact.at)
        case (
            CollectionBooked(reference=ref)
            | ReplacementReserved(reference=ref)
            | ReplacementShipped(reference=ref)
        ):
            return StepDone(step=step.name, key=fact.key, reference=ref, at=fact.at)
        case CollectionStatus(finding=None) | DeliveryStatus(delivered=False):
            return _look_again(policy, step, fact)
        case CollectionStatus(finding="as_claimed", arrived_at=then):
            return StepDone(step=step.name, key=fact.key, reference="as claimed", happened=then, at=fact.at)
        case CollectionStatus(finding=finding):
            return SagaParked(step=step.name, reason=f"the inspection found the goods {finding}", at=fact.at)
        case DeliveryStatus(delivered_at=then):
            return StepDone(step=step.name, key=fact.key, reference="delivered", happened=then, at=fact.at)
        case _:
            return SagaParked(
                step=step.name, reason=f"an answer of the wrong kind: {outcome.kind}", at=fact.at
            )


def _look_again(policy: Policy, step: Step, fact: CameBack) -> SagaEvent:
    if step.tries >= policy.max_looks:
        return SagaParked(step=step.name, reason=f"nothing arrived after {step.tries} looks", at=fact.at)
    again = fact.at + policy.look_every
    return StepWaits(step=step.name, key=fact.key, again_at=again, why="not there yet", at=fact.at)


def _did_not_happen(saga: Saga, policy: Policy, step: Step, fact: CameBack) -> SagaEvent:
    if is_given_up(saga) and step.denied:
        return SagaTurnedBack(reason=saga.cancelled or "cancelled", at=fact.at)
    if step.tries >= policy.max_tries:
        return SagaParked(step=step.name, reason=f"did not happen in {step.tries} tries", at=fact.at)
    again = fact.at + policy.retry_after
    return StepWaits(step=step.name, key=fact.key, again_at=again, why="did not happen", at=fact.at)


def _refused(saga: Saga, step: Step, fact: CameBack, reason: str) -> tuple[SagaEvent, ...]:
    refused = StepRefused(step=step.name, key=fact.key, reason=reason, at=fact.at)
    if step.state == "asking" or past_pivot(saga):
        return (refused, SagaParked(step=step.name, reason=reason, at=fact.at))
    return (refused, SagaTurnedBack(reason=reason, at=fact.at))


def _unknown(saga: Saga, policy: Policy, step: Step, fact: CameBack) -> SagaEvent:
    if step.name in READS:
        return _look_again(policy, step, fact)
    if step.state == "begun":
        return StepAsked(step=step.name, key=_next_key(saga, step, "ask-"), at=fact.at)
    if step.tries >= policy.max_tries:
        return SagaParked(step=step.name, reason="its provider does not say whether it happened", at=fact.at)
    again = fact.at + policy.retry_after
    return StepWaits(step=step.name, key=fact.key, again_at=again, why="asked in vain", at=fact.at)


def _undo_came_back(policy: Policy, step: Step, fact: CameBack) -> tuple[SagaEvent, ...]:
    if isinstance(fact, EffectSucceeded):
        return (UndoDone(step=step.name, key=fact.key, at=fact.at),)
    if isinstance(fact, EffectRefused):
        refused = StepRefused(step=step.name, key=fact.key, reason=fact.reason, at=fact.at)
        reason = f"cannot be undone: {fact.reason}"[:200]
        return (refused, SagaParked(step=step.name, reason=reason, at=fact.at))
    if step.tries >= policy.max_tries:
        return (SagaParked(step=step.name, reason="nobody knows whether it was undone", at=fact.at),)
    return (UndoWaits(step=step.name, key=fact.key, again_at=fact.at + policy.retry_after, at=fact.at),)


# What events mean. ---------------------------------------------------------------------------------------


def evolve(saga: Saga, event: SagaEvent | RemedyDone | RemedyCompensated, version: int) -> Saga:
    """Apply one event of the saga; `version` is its seq."""
    match event:
        case SagaBegun(number=number, steps=names):
            steps = tuple(Step(name=name) for name in names)
            return Saga(number=number, intent=version, steps=steps, paid=saga.paid)
        case InterestOwed(amount=amount):
            return replace(_with_step(saga, "interest", after="payout"), interest=amount, intent=version)
        case RemedyDone():
            return replace(saga, stage="completed")
        case RemedyCompensated():
            return replace(saga, stage="compensated")
        case RemedyCancelled(reason=reason):
            cancelled = replace(saga, cancelled=reason)
            return (
                _with_tries(_released(cancelled, saga.parked_from)) if saga.stage == "parked" else cancelled
            )
        case SagaTurnedBack(reason=reason):
            return replace(_still(saga), stage="back", turned_back=reason)
        case SagaParked(step=name, reason=reason):
            before = saga.stage if saga.stage != "parked" else saga.parked_from
            halted = _halted(saga, name)
            return replace(halted, stage="parked", parked_at=name, parked_why=reason, parked_from=before)
        case _:
            return _with(saga, _moved(saga.step(event.step), event), event)


def _with_step(saga: Saga, name: StepName, *, after: StepName) -> Saga:
    """Return the saga with one more step, right after another."""
    place = next(place for place, step in enumerate(saga.steps, start=1) if step.name == after)
    return replace(saga, steps=(*saga.steps[:place], Step(name=name), *saga.steps[place:]))


def _with(saga: Saga, step: Step, event: SagaEvent) -> Saga:
    steps = tuple(step if each.name == step.name else each for each in saga.steps)
    paid = saga.paid
    if isinstance(event, StepDone) and event.amount is not None:
        paid = (*paid, event.amount)
    changed = replace(saga, steps=steps, paid=paid)
    frees = isinstance(event, StepDone | StepSkipped | SagaUnparked | UndoDone)
    return _released(changed, saga.parked_from) if frees and saga.stage == "parked" else changed


def _released(saga: Saga, stage: Stage) -> Saga:
    return replace(saga, stage=stage, parked_at=None, parked_why=None)


def _with_tries(saga: Saga) -> Saga:
    """A human gave the saga another chance, so tries are counted anew."""
    return replace(saga, steps=tuple(replace(step, tries=0) for step in saga.steps))


def _still(saga: Saga) -> Saga:
    """Nothing is looked at, tried again or done by hand in the old direction."""
    stopped = tuple(
        replace(step, again_at=None, state="waiting") if step.state in ("again", "begun", "asking") else step
        for step in saga.steps
    )
    return replace(saga, steps=stopped)


def _halted(saga: Saga, name: StepName) -> Saga:
    """The parked step is no longer in flight: done for an undo that failed, else still to do.

    A step that may have happened stays unsure, or a retry could do it twice and a cancellation forget it.
    """
    steps = []
    for step in saga.steps:
        if step.name != name:
            steps.append(step)
            continue
        undoing = step.state in ("undoing", "undo_again")
        done = undoing or step.state == "done"
        unsure = step.state in ("begun", "asking") and step.name not in READS
        steps.append(
            replace(step, state="done" if done else "waiting", again_at=None, key=None, unsure=unsure)
        )
    return replace(saga, steps=tuple(steps))


def _moved(
    step: Step,
    event: StepBegun
    | StepAsked
    | StepDone
    | StepWaits
    | StepRefused
    | StepSkipped
    | UndoBegun
    | UndoDone
    | UndoWaits
    | SagaUnparked
    | HandStepMissed,
) -> Step:
    tried = replace(step, count=step.count + 1, tries=step.tries + 1, again_at=None, unsure=False)
    match event:
        case StepBegun(key=key, once=once, falls_due=due):
            return replace(tried, state="begun", key=key, once=once, again_at=due, denied=False)
        case StepAsked(key=key):
            return replace(tried, state="asking", key=key)
        case StepDone(reference=reference):
            return replace(
                step,
                state="done",
                done_at=event.happened or event.at,
                key=None,
                again_at=None,
                reference=reference,
                tries=0,
                once=None,
                unsure=False,
            )
        case StepWaits(again_at=again_at):
            state: StepState = (
                "asking" if step.state == "asking" and event.why == "asked in vain" else "again"
            )
            denied = step.state == "asking" and state == "again"
            return replace(step, state=state, again_at=again_at, key=None, denied=denied)
        case StepRefused():
            return _refused_step(step)
        case StepSkipped():
            return replace(step, state="skipped", key=None, again_at=None, unsure=False)
        case UndoBegun(key=key, once=once):
            return replace(tried, state="undoing", key=key, once=once)
        case UndoDone():
            return replace(step, state="undone", key=None, again_at=None)
        case UndoWaits(again_at=again_at):
            return replace(step, state="undo_again", again_at=again_at, key=None)
        case SagaUnparked():
            return replace(step, tries=0)
        case HandStepMissed(next_due=due):
            return replace(step, again_at=due)
        case _:
            assert_never(event)


def _refused_step(step: Step) -> Step:
    """A refused try is over and the next one is new; a refused question leaves open what happened."""
    if step.state == "asking":
        return replace(step, key=None)
    state: StepState = "done" if step.state == "undoing" else "waiting"
    return replace(step, state=state, key=None, once=None, tries=0)
