"""What people may ask of a running remedy, and what can happen to one."""

from typing import Literal

from domain.interest import InterestOwed
from domain.message import Command, Event
from domain.money import Money
from domain.record import Id, Instant, Line
from domain.saga_steps import Finding, StepName


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


class UndoByHand(Command):
    """Say that a step whose undo is parked was undone by hand, with its reference."""

    kind: Literal["undo_by_hand"] = "undo_by_hand"
    step: StepName
    reference: Line


class CancelRemedy(Command):
    """Give the remedy up; possible until the pivot."""

    kind: Literal["cancel_remedy"] = "cancel_remedy"
    reason: Line


class ConfirmStep(Command):
    """The customer confirms what was done by hand; staff enter it with the contact that proves it."""

    kind: Literal["confirm_step"] = "confirm_step"
    step: StepName
    contact: int | None = None


class ContestStep(Command):
    """The customer says that it was not done, or not well; it is done again."""

    kind: Literal["contest_step"] = "contest_step"
    step: StepName
    reason: Line
    contact: int | None = None


class GiveAccount(Command):
    """Enter another account of the payer, where the original means cannot take money back.

    Attributes:
        account: the token under which the account is kept; never its number.
    """

    kind: Literal["give_account"] = "give_account"
    account: Id


class CheckAccount(Command):
    """Confirm, as a second person, that this very account stands in the payer's name."""

    kind: Literal["check_account"] = "check_account"
    account: Id


class HandIn(Command):
    """Goods were handed in at a store; that completes their collection.

    Attributes:
        receipt: what the store wrote on the customer's receipt.
        returned: which order lines came, where not all did.
    """

    kind: Literal["hand_in"] = "hand_in"
    store: Id
    receipt: Id
    finding: Literal["as_claimed", "not_as_claimed", "part_returned"] = "as_claimed"
    returned: tuple[Id, ...] = ()


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


class StepPending(Event):
    """The provider took the step on and has not settled it; it is asked again at `again_at`."""

    kind: Literal["step_pending"] = "step_pending"
    step: StepName
    key: Line
    reference: Line | None = None
    again_at: Instant


class SettlementAsked(Event):
    """The provider is asked whether what it took on is settled."""

    kind: Literal["settlement_asked"] = "settlement_asked"
    step: StepName
    key: Line


class StepReported(Event):
    """A step was done by hand and waits for the customer's word until `falls_due`."""

    kind: Literal["step_reported"] = "step_reported"
    step: StepName
    reference: Line
    falls_due: Instant | None = None


class StepContested(Event):
    """The customer does not agree that it was done; it is done again by `falls_due`."""

    kind: Literal["step_contested"] = "step_contested"
    step: StepName
    reason: Line
    falls_due: Instant | None = None


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
    """The provider refused a step for good, or to say what became of it.

    Attributes:
        code: the provider's stable word for why.
        settled: it was taken on before and came to nothing; surely it did not happen.
    """

    kind: Literal["step_refused"] = "step_refused"
    step: StepName
    key: Line
    reason: Line
    code: Line | None = None
    settled: bool = False


class StepSkipped(Event):
    """A person let the saga go on without this step."""

    kind: Literal["step_skipped"] = "step_skipped"
    step: StepName
    reason: Line


class InspectionFound(Event):
    """The goods are not as they should be, or not all of them came.

    Attributes:
        returned: the order lines that came back, where not all did.
        withheld: what the others would have brought.
    """

    kind: Literal["inspection_found"] = "inspection_found"
    step: StepName
    finding: Finding
    returned: tuple[Id, ...] = ()
    withheld: Money | None = None


class PickupMissed(Event):
    """The courier met nobody; the collection is booked anew."""

    kind: Literal["pickup_missed"] = "pickup_missed"
    step: StepName
    key: Line
    times: int


class ShipmentLost(Event):
    """A shipment was lost on its way; the loss is the firm's.

    From the customer: the goods count as back. To the customer: another replacement goes out.
    """

    kind: Literal["shipment_lost"] = "shipment_lost"
    step: StepName
    key: Line
    reference: Line


class GoodsHandedIn(Event):
    """The customer brought the goods to a store."""

    kind: Literal["goods_handed_in"] = "goods_handed_in"
    store: Id
    receipt: Line
    finding: Finding
    returned: tuple[Id, ...] = ()
    happened: Instant


class AccountNeeded(Event):
    """The original means cannot take the money back; somebody asks the payer for an account."""

    kind: Literal["account_needed"] = "account_needed"
    step: StepName
    code: Line


class AccountGiven(Event):
    """Somebody entered an account of the payer, by its token."""

    kind: Literal["account_given"] = "account_given"
    account: Id


class AccountChecked(Event):
    """A second person found this account to be in the payer's name."""

    kind: Literal["account_checked"] = "account_checked"
    account: Id


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
    """A step was undone; by hand where there is a reference."""

    kind: Literal["undo_done"] = "undo_done"
    step: StepName
    key: Line
    reference: Line | None = None


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


SagaCommand = (
    RetryStep
    | SkipStep
    | MarkStepDone
    | UndoByHand
    | CancelRemedy
    | ConfirmStep
    | ContestStep
    | GiveAccount
    | CheckAccount
    | HandIn
)
StepEvent = (
    StepBegun
    | StepAsked
    | StepPending
    | SettlementAsked
    | StepReported
    | StepContested
    | StepDone
    | StepWaits
    | StepRefused
    | StepSkipped
    | UndoBegun
    | UndoDone
    | UndoWaits
    | SagaUnparked
    | HandStepMissed
)
"""Events that move one step."""
CourseEvent = (
    SagaBegun
    | RemedyCancelled
    | SagaTurnedBack
    | SagaParked
    | InspectionFound
    | PickupMissed
    | ShipmentLost
    | GoodsHandedIn
    | AccountNeeded
    | AccountGiven
    | AccountChecked
    | InterestOwed
)
"""Events that move the saga as a whole."""
SagaEvent = StepEvent | CourseEvent
