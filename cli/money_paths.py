"""Which ways the remedies of a drill went, as their events tell it; a drill that misses one is broken."""

from collections.abc import Iterator, Sequence
from typing import Literal

from domain.actor import Role
from domain.ending import WithdrawalRecorded
from domain.message import Event
from domain.plan import Plan
from domain.remedy import RemedyAgreed, RemedyApproved, RemedyCompensated, RemedyDone, RemedyProposed
from domain.saga import (
    PAYOUTS,
    AccountChecked,
    GoodsHandedIn,
    InspectionFound,
    PickupMissed,
    RemedyCancelled,
    SagaBegun,
    SagaParked,
    ShipmentLost,
    StepAsked,
    StepDone,
    StepPending,
    StepRefused,
    UndoDone,
)
from domain.saga_steps import REWARD_STEPS

PathName = Literal[
    "paid",
    "approved",
    "asked by key",
    "parked",
    "collected",
    "exchanged",
    "exchanged in advance",
    "coupon given",
    "points given",
    "membership given",
    "information given",
    "voucher taken back",
    "repaired",
    "not repairable",
    "goods given back",
    "settled later",
    "settlement failed",
    "paid to another account",
    "handed in at a store",
    "nobody met",
    "lost from the customer",
    "lost to the customer",
    "part came back",
    "cancelled",
    "withdrawn midway",
    "taken back",
]

BY_STEP: dict[str, PathName] = {
    "deliver": "exchanged",
    "inspect": "collected",
    "coupon": "coupon given",
    "points": "points given",
    "membership": "membership given",
    "information": "information given",
    "returned": "repaired",
}
UNDONE: dict[str, PathName] = {
    **dict.fromkeys(REWARD_STEPS, "voucher taken back"),
    "inspect": "goods given back",
}


def paths(happened: Sequence[Event]) -> set[PathName]:
    """Return every way that the remedies of one case have gone."""
    return {*_plainly(happened), *_in_order(happened)}


def asked_by_key(happened: Sequence[Event]) -> int:
    """Count how often nobody knew what had become of a step, so that its provider was asked."""
    return sum(isinstance(event, StepAsked) for event in happened)


def remedies(happened: Sequence[Event]) -> set[str]:
    """Return the kinds of remedy that were agreed."""
    plans: dict[str, Plan] = {}
    kinds: set[str] = set()
    for event in happened:
        if isinstance(event, RemedyProposed):
            plans[event.hash] = event.plan
        if isinstance(event, RemedyAgreed):
            kinds |= {decision.remedy for decision in plans[event.hash].decisions}
    return kinds


def _plainly(happened: Sequence[Event]) -> Iterator[PathName]:
    """Yield what one event alone tells; what people did by hand is no proof of what the engine does."""
    for event in happened:
        by_itself = event.by.role is Role.SYSTEM
        match event:
            case StepDone(step=step) if by_itself and step in BY_STEP:
                yield BY_STEP[step]
            case StepDone(step=step) if event.amount is not None:
                yield "paid"
            case UndoDone(step=step) if by_itself and step in UNDONE:
                yield UNDONE[step]
            case StepAsked():
                yield "asked by key"
            case StepRefused(code="not-repairable"):
                yield "not repairable"
            case StepRefused(code="returned", settled=True):
                yield "settlement failed"
            case GoodsHandedIn():
                yield "handed in at a store"
            case PickupMissed():
                yield "nobody met"
            case ShipmentLost(step="inspect"):
                yield "lost from the customer"
            case ShipmentLost():
                yield "lost to the customer"
            case InspectionFound(finding="part_returned") if event.withheld is not None:
                yield "part came back"
            case RemedyApproved():
                yield "approved"
            case RemedyCancelled():
                yield "cancelled"
            case RemedyCompensated():
                yield "taken back"
            case SagaParked():
                yield "parked"
            case _:
                pass


def _in_order(happened: Sequence[Event]) -> Iterator[PathName]:
    """Yield what only several events together tell."""
    running, in_advance, pending, checked = False, False, False, False
    for event in happened:
        match event:
            case SagaBegun(steps=steps):
                running, pending = True, False
                in_advance = "collect" in steps and "ship" in steps[: steps.index("collect")]
            case RemedyDone() | RemedyCompensated():
                if in_advance and isinstance(event, RemedyDone):
                    yield "exchanged in advance"
                running = False
            case WithdrawalRecorded() if running:
                yield "withdrawn midway"
            case AccountChecked():
                checked = True
            case StepPending(step=step) if step in PAYOUTS:
                pending = True
            case StepDone(step=step) if step in PAYOUTS and event.amount is not None:
                if pending:
                    yield "settled later"
                if checked:
                    yield "paid to another account"
            case _:
                pass
