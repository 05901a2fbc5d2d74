"""What the answers of the outside world mean for the step under whose key they came."""

from datetime import datetime

from domain.actor import Actor
from domain.attempt import AttemptRefused
from domain.effect import (
    CollectionBooked,
    CollectionStatus,
    DeliveryStatus,
    Found,
    GoodsRepaired,
    GoodsReturned,
    LabelIssued,
    Outcome,
    RefundFailed,
    RefundPaid,
    RefundPending,
    RepairAccepted,
    RepairFailed,
    ReplacementReserved,
    ReplacementShipped,
    VoucherIssued,
)
from domain.message import CameBack, EffectRefused, EffectSucceeded
from domain.policy import Policy
from domain.remedy import Proposal
from domain.saga_amounts import withheld_for
from domain.saga_events import (
    AccountNeeded,
    InspectionFound,
    PickupMissed,
    SagaEvent,
    SagaParked,
    SagaTurnedBack,
    ShipmentLost,
    StepAsked,
    StepDone,
    StepPending,
    StepRefused,
    StepWaits,
    UndoDone,
    UndoWaits,
)
from domain.saga_steps import (
    PAYOUTS,
    READS,
    Agreed,
    Finding,
    Saga,
    Step,
    is_given_up,
    next_key,
    past_pivot,
)

CANNOT_TAKE_BACK = ("means-expired", "means-closed")
"""The words of a bank for an original means to which no money can go."""

ATTEMPTS = ("over-refund", "currency")
"""The words of a bank for a refund that must not be: that its proposer tried it is recorded."""

LOSSES_BORNE = 1
"""So many replacements are sent again by themselves; then a person looks at it."""


def came_back(saga: Saga, agreed: Agreed, fact: CameBack) -> tuple[SagaEvent | AttemptRefused, ...]:
    """Say what an outcome means for the step under whose key it came, and which attempt it uncovers."""
    events = _meant(saga, agreed, fact)
    refusals = [event for event in events if isinstance(event, StepRefused)]
    tried = (_attempt(agreed.proposal, event) for event in refusals if _is_attempt(event))
    return (*events, *filter(None, tried))


def _is_attempt(refused: StepRefused) -> bool:
    return refused.step in PAYOUTS and refused.code in ATTEMPTS


def _attempt(proposal: Proposal | None, refused: StepRefused) -> AttemptRefused | None:
    if proposal is None or refused.code is None:
        return None
    return AttemptRefused(
        command="propose_remedy",
        command_id=proposal.command_id or refused.key,
        code=refused.code,
        reason=refused.reason,
        at=refused.at,
        by=Actor(role=proposal.role, id=proposal.by),
    )


def _meant(saga: Saga, agreed: Agreed, fact: CameBack) -> tuple[SagaEvent, ...]:
    step = next((step for step in saga.steps if step.key == fact.key), None)
    if step is None:
        raise ValueError(f"no step is under way under {fact.key}")
    policy = agreed.policy
    if step.state == "undoing":
        return _undo_came_back(policy, step, fact)
    match fact:
        case EffectSucceeded(result=Found(outcome=None)):
            return (_did_not_happen(saga, policy, step, fact),)
        case EffectSucceeded(result=Found(outcome=outcome)) if outcome is not None:
            return _happened(saga, agreed, step, fact, outcome)
        case EffectSucceeded(result=result) if not isinstance(result, Found):
            return _happened(saga, agreed, step, fact, result)
        case EffectRefused(reason=reason, code=code):
            return _refused(saga, agreed, step, fact, reason=reason, code=code)
        case _:
            return (_unknown(saga, agreed, step, fact),)


def _happened(
    saga: Saga, agreed: Agreed, step: Step, fact: CameBack, outcome: Outcome
) -> tuple[SagaEvent, ...]:
    match outcome:
        case RefundPaid(reference=ref, amount=amount, settled_at=then):
            done = StepDone(
                step=step.name, key=fact.key, reference=ref, amount=amount, happened=then, at=fact.at
            )
            return (done,)
        case RefundPending(reference=ref) | RepairAccepted(reference=ref):
            return (_not_settled(agreed.policy, step, fact, ref),)
        case RefundFailed(reason=reason, code=code):
            return _failed(saga, agreed, step, fact, reason=reason, code=code)
        case RepairFailed(reason=reason):
            return _failed(saga, agreed, step, fact, reason=reason, code="not-repairable")
        case (
            CollectionBooked(reference=ref)
            | LabelIssued(reference=ref)
            | ReplacementReserved(reference=ref)
            | ReplacementShipped(reference=ref)
            | VoucherIssued(reference=ref)
            | GoodsReturned(reference=ref)
        ):
            return (StepDone(step=step.name, key=fact.key, reference=ref, at=fact.at),)
        case GoodsRepaired(reference=ref, repaired_at=then):
            return (StepDone(step=step.name, key=fact.key, reference=ref, happened=then, at=fact.at),)
        case CollectionStatus():
            return _collected(saga, agreed, step, fact, outcome)
        case DeliveryStatus():
            return (_delivered(saga, agreed.policy, step, fact, outcome),)
        case _:
            return (_parked(step, fact, f"an answer of the wrong kind: {outcome.kind}"),)


def _parked(step: Step, fact: CameBack, reason: str) -> SagaParked:
    return SagaParked(step=step.name, reason=reason[:200], at=fact.at)


# Goods on their way. --------------------------------------------------------------------------------------


def _collected(
    saga: Saga, agreed: Agreed, step: Step, fact: CameBack, status: CollectionStatus
) -> tuple[SagaEvent, ...]:
    if saga.store is not None:  # handed in at a store meanwhile, which knows better
        again = fact.at + agreed.policy.look_every
        return (StepWaits(step=step.name, key=fact.key, again_at=again, why="handed in", at=fact.at),)
    if status.lost:
        lost = ShipmentLost(step=step.name, key=fact.key, reference="from the customer", at=fact.at)
        borne = "lost on the way; the firm bears it"
        return (lost, StepDone(step=step.name, key=fact.key, reference=borne, at=fact.at))
    if status.no_show:
        return (_nobody_met(saga, agreed.policy, step, fact),)
    if status.finding is None:
        return (_parcel_awaited(saga, agreed, step, fact),)
    return inspected(
        saga,
        agreed,
        step,
        key=fact.key,
        finding=status.finding,
        returned=status.returned,
        happened=status.arrived_at,
        at=fact.at,
    )


def _parcel_awaited(saga: Saga, agreed: Agreed, step: Step, fact: CameBack) -> SagaEvent:
    """A courier comes on a day; a label lies with the customer until its deadline, however many looks."""
    policy, sent = agreed.policy, saga.step("collect").done_at
    if agreed.proposal is None or not agreed.proposal.plan.label or sent is None:
        return _look_again(policy, step, fact)
    until = sent + policy.label_for
    if fact.at >= until:
        why = f"no parcel came with the return label by {until:%Y-%m-%d}: ask the customer, or cancel_remedy"
        return _parked(step, fact, why)
    again = min(fact.at + policy.look_every, until)
    return StepWaits(step=step.name, key=fact.key, again_at=again, why="no parcel yet", at=fact.at)


def _nobody_met(saga: Saga, policy: Policy, step: Step, fact: CameBack) -> SagaEvent:
    times = saga.no_shows + 1
    if times >= policy.max_pickups:
        return _parked(step, fact, f"the courier met nobody {times} times; ask the customer for a day")
    return PickupMissed(step=step.name, key=fact.key, times=times, at=fact.at)


def inspected(
    saga: Saga,
    agreed: Agreed,
    step: Step,
    *,
    key: str,
    finding: Finding,
    returned: tuple[str, ...],
    happened: datetime | None,
    at: datetime,
) -> tuple[SagaEvent, ...]:
    """Say what an inspection means: go on, pay the share of what came back, or let a person decide."""
    if finding == "as_claimed":
        return (StepDone(step=step.name, key=key, reference="as claimed", happened=happened, at=at),)
    if finding == "part_returned" and agreed.proposal and _pays_for_goods(saga, agreed.proposal):
        withheld = withheld_for(agreed.proposal, agreed.order, returned)
        if not withheld.minor:  # all that is paid for has come
            return (StepDone(step=step.name, key=key, reference="as claimed", happened=happened, at=at),)
        found = InspectionFound(step=step.name, finding=finding, returned=returned, withheld=withheld, at=at)
        some = f"part returned: {', '.join(returned) or 'nothing'}"[:200]
        return (found, StepDone(step=step.name, key=key, reference=some, happened=happened, at=at))
    found = InspectionFound(step=step.name, finding=finding, returned=returned, at=at)
    reason = f"the inspection found the goods {finding}"
    return (found, SagaParked(step=step.name, reason=reason, at=at))


def _pays_for_goods(saga: Saga, proposal: Proposal) -> bool:
    refunds = any(each.remedy == "refund" for each in proposal.plan.decisions)
    payout = saga.find("payout")
    return refunds and payout is not None and payout.state == "waiting" and saga.withheld is None


def _delivered(saga: Saga, policy: Policy, step: Step, fact: CameBack, status: DeliveryStatus) -> SagaEvent:
    if status.lost and (step.name != "deliver" or saga.losses >= LOSSES_BORNE):
        return _parked(
            step, fact, "the shipment was lost; the loss is the firm's, decide what the customer gets"
        )
    if status.lost:
        return ShipmentLost(step=step.name, key=fact.key, reference="to the customer", at=fact.at)
    if not status.delivered:
        return _look_again(policy, step, fact)
    return StepDone(
        step=step.name, key=fact.key, reference="delivered", happened=status.delivered_at, at=fact.at
    )


def _look_again(policy: Policy, step: Step, fact: CameBack) -> SagaEvent:
    if step.tries >= policy.max_looks:
        return _parked(step, fact, f"nothing arrived after {step.tries} looks")
    again = fact.at + policy.look_every
    return StepWaits(step=step.name, key=fact.key, again_at=again, why="not there yet", at=fact.at)


# What was taken on, did not happen, was refused, or nobody knows. ----------------------------------------


def _not_settled(policy: Policy, step: Step, fact: CameBack, reference: str | None) -> SagaEvent:
    """A provider that took something on is asked for its end, by our key, at a deadline."""
    looks = step.tries if step.state == "tracking" else 0
    if looks >= policy.max_looks:
        return _parked(step, fact, f"not settled after {looks} looks")
    again = fact.at + policy.look_every
    return StepPending(step=step.name, key=fact.key, reference=reference, again_at=again, at=fact.at)


def _did_not_happen(saga: Saga, policy: Policy, step: Step, fact: CameBack) -> SagaEvent:
    if is_given_up(saga) and step.denied:
        return SagaTurnedBack(reason=saga.cancelled or "cancelled", at=fact.at)
    if step.tries >= policy.max_tries:
        return _parked(step, fact, f"did not happen in {step.tries} tries")
    again = fact.at + policy.retry_after
    return StepWaits(step=step.name, key=fact.key, again_at=again, why="did not happen", at=fact.at)


def _refused(
    saga: Saga, agreed: Agreed, step: Step, fact: CameBack, *, reason: str, code: str | None
) -> tuple[SagaEvent, ...]:
    if step.state in ("asking", "tracking"):
        refused = StepRefused(step=step.name, key=fact.key, reason=reason, code=code, at=fact.at)
        return (refused, _parked(step, fact, reason))
    return _failed(saga, agreed, step, fact, reason=reason, code=code)


def _failed(
    saga: Saga, agreed: Agreed, step: Step, fact: CameBack, *, reason: str, code: str | None
) -> tuple[SagaEvent, ...]:
    """It surely did not happen: back before the pivot, a person after it; money may need another account."""
    settled = step.state in ("asking", "tracking")
    refused = StepRefused(step=step.name, key=fact.key, reason=reason, code=code, settled=settled, at=fact.at)
    if step.name == "collect" and saga.store is not None:
        handed_in = StepDone(step=step.name, key=fact.key, reference=saga.store.receipt, at=fact.at)
        return (refused, handed_in)
    if step.name == "inspect" and saga.store is not None:
        return (refused,)
    if step.name in PAYOUTS and code in CANNOT_TAKE_BACK and not is_given_up(saga):
        needed = AccountNeeded(step=step.name, code=code, at=fact.at)
        why = f"the original means cannot take the money back ({code}): give_account, then check_account"
        return (refused, needed, _parked(step, fact, why))
    if _pays_a_guarantee(agreed) and not is_given_up(saga):
        return (refused, _tried_anew(agreed.policy, step, fact, reason))
    if past_pivot(saga):
        return (refused, _parked(step, fact, reason))
    return (refused, SagaTurnedBack(reason=reason, at=fact.at))


def _pays_a_guarantee(agreed: Agreed) -> bool:
    return agreed.proposal is not None and agreed.proposal.plan.guarantee is not None


def _tried_anew(policy: Policy, step: Step, fact: CameBack, reason: str) -> SagaEvent:
    """What a guarantee owes is never given up by itself: another try has a new key, then a person decides."""
    if step.count >= policy.max_tries:
        return _parked(step, fact, reason)
    again = fact.at + policy.retry_after
    return StepWaits(step=step.name, key=fact.key, again_at=again, why="refused", at=fact.at)


def _unknown(saga: Saga, agreed: Agreed, step: Step, fact: CameBack) -> SagaEvent:
    policy = agreed.policy
    if step.name == "inspect":
        return _parcel_awaited(saga, agreed, step, fact)
    if step.state == "tracking":
        return _not_settled(policy, step, fact, None)
    if step.name in READS:
        return _look_again(policy, step, fact)
    if step.state == "begun":
        return StepAsked(step=step.name, key=next_key(saga, step, "ask-"), at=fact.at)
    if step.tries >= policy.max_tries:
        return _parked(step, fact, "its provider does not say whether it happened")
    again = fact.at + policy.retry_after
    return StepWaits(step=step.name, key=fact.key, again_at=again, why="asked in vain", at=fact.at)


def _undo_came_back(policy: Policy, step: Step, fact: CameBack) -> tuple[SagaEvent, ...]:
    if isinstance(fact, EffectSucceeded):
        return (UndoDone(step=step.name, key=fact.key, at=fact.at),)
    if isinstance(fact, EffectRefused):
        refused = StepRefused(step=step.name, key=fact.key, reason=fact.reason, code=fact.code, at=fact.at)
        return (refused, _parked(step, fact, f"cannot be undone: {fact.reason}"))
    if step.tries >= policy.max_tries:
        return (_parked(step, fact, "nobody knows whether it was undone"),)
    return (UndoWaits(step=step.name, key=fact.key, again_at=fact.at + policy.retry_after, at=fact.at),)
