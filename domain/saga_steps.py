"""The steps of a remedy as state: their order, which can be undone, the one pivot, and what is under way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.contact import Contacts
from domain.effect import OrderSnapshot
from domain.interest import PaidLate
from domain.money import Money, total
from domain.plan import Plan, by_hand
from domain.policy import FEES, PAYS, Policy
from domain.remedy import Proposal

StepName = Literal[
    "reserve",
    "collect",
    "inspect",
    "coupon",
    "points",
    "membership",
    "information",
    "repair",
    "return",
    "returned",
    "ship",
    "deliver",
    "payout",
    "fee_refund",
    "rest_payout",
    "interest",
    "fee_interest",
    "rest_interest",
    "correction",
    "reissued_card",
    "free_service",
    "installation",
    "instruction",
    "apology_letter",
    "manager_apology",
    "recognition",
    "apology_call",
    "explanation",
    "follow_up",
]
StepState = Literal[
    "waiting",
    "begun",
    "again",
    "asking",
    "pending",
    "tracking",
    "reported",
    "done",
    "skipped",
    "undoing",
    "undo_again",
    "undone",
]
"""`pending` was accepted and is not settled yet, `tracking` is asked whether it is; `reported` was done by
hand and waits for the customer's word."""
Stage = Literal["forward", "back", "completed", "compensated", "parked"]
Finding = Literal["as_claimed", "not_as_claimed", "missing", "part_returned"]

HAND_STEPS: tuple[StepName, ...] = (
    "correction",
    "reissued_card",
    "free_service",
    "installation",
    "instruction",
    "apology_letter",
    "manager_apology",
    "recognition",
    "apology_call",
    "explanation",
    "follow_up",
)
"""Steps that a department carries out and reports."""

CONFIRMED: tuple[StepName, ...] = ("free_service", "installation", "instruction")
"""Steps done by hand that count only once the customer says so."""

PAYOUTS: tuple[StepName, ...] = (
    "payout",
    "fee_refund",
    "rest_payout",
    "interest",
    "fee_interest",
    "rest_interest",
)
"""Steps that move money: each pays once, and together what was agreed, with interest on what came late."""

INTEREST_ON: dict[PaidLate, StepName] = {
    "payout": "interest",
    "fee_refund": "fee_interest",
    "rest_payout": "rest_interest",
}
"""The step that pays what the law adds to each payment that came late."""

READS: tuple[StepName, ...] = ("inspect", "deliver", "returned")
"""Steps that only look: done twice they do no harm, so an unknown outcome is looked at again."""

REWARD_STEPS: tuple[StepName, ...] = ("coupon", "points", "membership", "information")
"""Steps of the loyalty system, each taken back by itself."""

UNDOABLE: tuple[StepName, ...] = ("reserve", "collect", "inspect", *REWARD_STEPS)
"""Steps before the pivot. The undo of an inspection is giving the goods back."""


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
class OtherAccount:
    """An account for money that the original means cannot take back; known by its token only.

    Attributes:
        checked_by: a second person, who compared it with the payer's name; None: no money goes there.
    """

    token: str
    entered_by: str
    checked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReturn:
    """Goods that the customer brought to a store.

    Attributes:
        called_off: whether no courier comes for them any more.
    """

    receipt: str
    finding: Finding
    returned: tuple[str, ...]
    at: datetime
    called_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Saga:
    """How far the agreed plan is carried out; `number` is its proposal's, 0 where none is.

    Attributes:
        intent: seq of the event that says what will be done; no money moves before the ledger has it.
        passed: the pivot has happened, whatever had to be done again since.
        goods_here: the customer's goods are with the firm, and are given back if it turns back.
        booking_closed: the courier does not come any more: it has been there, or was called off.
        short: the order lines that did come back, where not all did.
        withheld: what those that did not come back would have brought; paid only when a person says so.
        interest: what the law owes because the payout came late; the other two: on fees, on a kept rest.
    """

    number: int = 0
    intent: int | None = None
    stage: Stage = "forward"
    steps: tuple[Step, ...] = ()
    cancelled: str | None = None
    turned_back: str | None = None
    parked_at: StepName | None = None
    parked_why: str | None = None
    parked_from: Stage = "forward"
    paid: tuple[Money, ...] = ()
    passed: bool = False
    goods_here: bool = False
    booking_closed: bool = False
    no_shows: int = 0
    losses: int = 0
    short: tuple[str, ...] = ()
    withheld: Money | None = None
    interest: Money | None = None
    fee_interest: Money | None = None
    rest_interest: Money | None = None
    rest_released: bool = False
    account_needed: bool = False
    account: OtherAccount | None = None
    store: StoreReturn | None = None

    @property
    def interest_in_all(self) -> Money | None:
        """What the law adds to this remedy; None where nothing came late."""
        owed = [each for each in (self.interest, self.fee_interest, self.rest_interest) if each is not None]
        return total(owed, owed[0].currency) if owed else None

    def step(self, name: StepName) -> Step:
        """Return the step of that name; its caller has the name from this saga."""
        return next(step for step in self.steps if step.name == name)

    def find(self, name: StepName) -> Step | None:
        """Return the step of that name, where this remedy has one."""
        return next((step for step in self.steps if step.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What a saga carries out, under which policy, about which order, and what the customer was told."""

    policy: Policy
    proposal: Proposal | None
    order: OrderSnapshot | None
    order_id: str
    contacts: Contacts = field(default_factory=Contacts)


def steps_of(plan: Plan) -> tuple[StepName, ...]:
    """Return the ordered steps of a plan: what can be undone first, then the pivot, then what must follow."""
    kinds = {decision.remedy for decision in plan.decisions}
    exchange = "exchange" in kinds
    back: list[StepName] = ["collect", "inspect"] if plan.collect else []
    swap: list[StepName] = ["ship", "deliver"] if exchange else []
    steps: list[StepName] = ["reserve"] if exchange else []
    steps += [] if plan.in_advance else back
    steps += [name for name in REWARD_STEPS if name in kinds]
    steps += ["repair", "return", "returned"] if "repair" in kinds else []
    steps += [*swap, *back] if plan.in_advance else swap
    steps += _payouts(plan)
    steps += [name for name in HAND_STEPS if name in by_hand(plan)]
    return tuple(steps)


def _payouts(plan: Plan) -> list[StepName]:
    """Fees that are paid back beside something else are a payment of their own."""
    kinds = {decision.remedy for decision in plan.decisions}
    paid, fees = kinds & set(PAYS), kinds & set(FEES)
    if not paid and not plan.extras:
        return []
    return ["payout", "fee_refund"] if fees and (paid - fees or plan.extras) else ["payout"]


def pivot(saga: Saga) -> StepName | None:
    """Return the step after which there is only forward: the first that cannot be undone."""
    return next((step.name for step in saga.steps if step.name not in UNDOABLE), None)


def past_pivot(saga: Saga) -> bool:
    """Say whether the pivot has happened (or was skipped by a person)."""
    name = pivot(saga)
    return saga.passed or (name is not None and saga.step(name).state in ("done", "skipped", "reported"))


def is_given_up(saga: Saga) -> bool:
    """Say whether somebody gave the remedy up before its pivot; past it that changes nothing."""
    return saga.cancelled is not None and not past_pivot(saga)


def in_flight(saga: Saga) -> Step | None:
    """Return the step that may be happening now; one done by hand no longer counts once it is cancelled."""
    for step in saga.steps:
        given_up = step.name in HAND_STEPS and saga.cancelled is not None
        if step.state in ("begun", "asking", "tracking", "undoing") and not given_up:
            return step
    return None


def goes_forward(saga: Saga) -> bool:
    """Say whether the saga has not turned back, be it parked or not."""
    return saga.stage == "forward" or (saga.stage == "parked" and saga.parked_from == "forward")


def next_key(saga: Saga, step: Step, verb: str) -> str:
    """Return the next key of a step; a key is used for one request only."""
    return f"{verb}{step.name}:{saga.number}.{step.count + 1}"
