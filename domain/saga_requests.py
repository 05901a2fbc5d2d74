"""What a saga asks of the outside world: the one step in flight, forward or back."""

from domain.effect import (
    BookCollection,
    CancelCollection,
    Effect,
    FindOutcome,
    IssueLabel,
    IssueVoucher,
    PayRefund,
    ReleaseReplacement,
    RepairGoods,
    ReserveReplacement,
    ReturnGoods,
    RevokeVoucher,
    ShipReplacement,
    TrackCollection,
    TrackDelivery,
    TrackRefund,
    TrackRepair,
    VoidLabel,
)
from domain.plan import sum_of
from domain.points import points_for
from domain.remedy import Proposal
from domain.saga_amounts import payment
from domain.saga_steps import HAND_STEPS, PAYOUTS, Agreed, Saga, Step, StepName, in_flight

Write = (
    PayRefund
    | IssueVoucher
    | RepairGoods
    | ReturnGoods
    | BookCollection
    | IssueLabel
    | ReserveReplacement
    | ShipReplacement
)
"""Requests after which something is different outside."""
Undo = ReleaseReplacement | CancelCollection | VoidLabel | ReturnGoods | RevokeVoucher
Look = TrackCollection | TrackDelivery | TrackRefund | TrackRepair


def todo(saga: Saga, agreed: Agreed) -> tuple[Effect, ...]:
    """Return the one step now in flight, forward or back; money only after its intent is in the ledger."""
    step, proposal = in_flight(saga), agreed.proposal
    if step is None or step.key is None or proposal is None or saga.stage == "parked":
        return ()
    if step.name in HAND_STEPS or step.again_at is not None:
        return ()
    request = _request(saga, agreed, proposal, step)
    money = step.name in PAYOUTS and step.state == "begun"
    effect = Effect(
        key=step.key,
        once=None if isinstance(request, FindOutcome | TrackRefund | TrackRepair) else step.once,
        request=request,
        patience=agreed.policy.unknown_after,
        after_written=saga.intent if money else None,
    )
    return (effect,)


def _request(saga: Saga, agreed: Agreed, proposal: Proposal, step: Step) -> Write | Undo | Look | FindOutcome:
    match step.state, step.name:
        case "undoing", _:
            return _undo(saga, agreed, proposal, step)
        case "tracking", "repair":
            return TrackRepair(reference=step.reference or "none")
        case "tracking", _:
            return TrackRefund(refund=step.once or "none")
        case _, "inspect":
            return TrackCollection(reference=_reference(saga, "collect"))
        case _, "deliver":
            return TrackDelivery(reference=_reference(saga, "ship"))
        case _, "returned":
            return TrackDelivery(reference=_reference(saga, "return"))
        case _:
            request = _write(saga, agreed, proposal, step.name)
            return FindOutcome(key=step.once or "none", lost=request) if step.state == "asking" else request


def _undo(saga: Saga, agreed: Agreed, proposal: Proposal, step: Step) -> Undo:
    reference = step.reference or "none"
    match step.name:
        case "reserve":
            return ReleaseReplacement(reference=reference)
        case "coupon" | "points" | "membership" | "information":
            return RevokeVoucher(reference=reference)
        case "inspect":
            return ReturnGoods(reference=_goods(saga), order_id=agreed.order_id)
        case _ if proposal.plan.label:
            return VoidLabel(reference=reference)
        case _:
            return CancelCollection(reference=reference)


def _write(saga: Saga, agreed: Agreed, proposal: Proposal, name: StepName) -> Write:
    order, lines = agreed.order_id, proposal.plan.order_lines
    match name:
        case "reserve":
            return ReserveReplacement(order_id=order, line_ids=lines, product=proposal.plan.equivalent)
        case "collect" if proposal.plan.label:
            return IssueLabel(order_id=order, line_ids=lines)
        case "collect":
            return BookCollection(order_id=order, line_ids=lines)
        case "ship":
            return ShipReplacement(reference=_reference(saga, "reserve"), order_id=order)
        case "repair":
            return RepairGoods(reference=_goods(saga), order_id=order, line_ids=lines)
        case "return":
            return ReturnGoods(reference=_goods(saga), order_id=order)
        case "coupon" | "points" | "membership" | "information":
            worth = sum_of(proposal.plan, (name,), proposal.total.currency)
            points = points_for(worth, agreed.policy.point_worth) if name == "points" else None
            return IssueVoucher(voucher=name, order_id=order, worth=worth, points=points)
        case _:
            return payment(saga, agreed, proposal, name)


def _goods(saga: Saga) -> str:
    """Return what the firm knows the customer's goods by: a store's receipt, else the collection."""
    return saga.store.receipt if saga.store else _reference(saga, "collect")


def _reference(saga: Saga, name: StepName) -> str:
    return next((step.reference for step in saga.steps if step.name == name and step.reference), "none")
