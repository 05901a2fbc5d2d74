"""What people may say to a running remedy, and what comes of it."""

from datetime import datetime
from typing import assert_never

from domain.actor import Actor, Role
from domain.budget import due_of
from domain.contact import Contacts
from domain.gesture import budget_of
from domain.policy import Policy
from domain.refusal import Refused
from domain.saga_events import (
    AccountChecked,
    AccountGiven,
    CancelRemedy,
    CheckAccount,
    ConfirmStep,
    ContestStep,
    GiveAccount,
    GoodsHandedIn,
    HandIn,
    MarkStepDone,
    RemedyCancelled,
    RetryStep,
    SagaCommand,
    SagaEvent,
    SagaUnparked,
    SkipStep,
    StepContested,
    StepDone,
    StepReported,
    StepSkipped,
    UndoByHand,
    UndoDone,
)
from domain.saga_steps import (
    CONFIRMED,
    HAND_STEPS,
    PAYOUTS,
    Saga,
    Step,
    StepName,
    goes_forward,
    past_pivot,
)


def decide(saga: Saga, policy: Policy, command: SagaCommand, *, contacts: Contacts) -> tuple[SagaEvent, ...]:
    """Let a person cancel, retry, skip, report, confirm, hand in, or see to an account."""
    match command:
        case CancelRemedy(reason=reason, at=at, by=by):
            return cancel(saga, reason=reason, at=at, by=by)
        case MarkStepDone():
            return _mark_done(saga, policy, command)
        case UndoByHand():
            return _undo_by_hand(saga, command)
        case RetryStep(step=name, at=at, by=by):
            _check_parked_at(saga, name)
            _check_no_account_waits(saga, name)
            return (SagaUnparked(step=name, at=at, by=by),)
        case SkipStep(step=name, reason=reason, at=at, by=by):
            _check_parked_at(saga, name)
            return (StepSkipped(step=name, reason=reason, at=at, by=by),)
        case ConfirmStep():
            return _confirm(saga, command, contacts=contacts)
        case ContestStep():
            return _contest(saga, policy, command, contacts=contacts)
        case GiveAccount():
            return _give_account(saga, command)
        case CheckAccount():
            return _check_account(saga, command)
        case HandIn():
            return _hand_in(saga, command)
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
        raise Refused("no remedy is being carried out; propose one first", code="no-saga")
    if past_pivot(saga):
        raise Refused(
            "the remedy is past the point of return; it can only be completed"
            ": wait for its end, or propose the rest anew",
            code="pivot",
        )
    return (RemedyCancelled(reason=reason, at=at, by=by),)


def _check_parked_at(saga: Saga, name: StepName) -> None:
    if saga.stage != "parked" or saga.parked_at != name:
        raise Refused(
            f"step: the remedy is not parked at {name}; name the step at which it is", code="not-parked"
        )


def _find(saga: Saga, name: StepName) -> Step:
    step = saga.find(name)
    if step is None:
        raise Refused(f"step: this remedy has no {name}; name one that it has", code="no-step")
    return step


# Reported, confirmed, undone by hand. ---------------------------------------------------------------------


def _mark_done(saga: Saga, policy: Policy, command: MarkStepDone) -> tuple[SagaEvent, ...]:
    step = _find(saga, command.step)
    if step.state in ("done", "reported") and saga.parked_at != step.name:
        return ()
    by_a_person = step.name in HAND_STEPS and step.state == "begun"
    if not by_a_person:
        _check_parked_at(saga, step.name)
    if saga.stage == "parked" and saga.parked_from == "back":
        return (_undone(step, command),)
    if by_a_person and step.name in CONFIRMED:
        due = due_of(policy.offer, policy.calendar, command.at)
        reported = StepReported(
            step=step.name, reference=command.reference, falls_due=due, at=command.at, by=command.by
        )
        return (reported,)
    return (_done(step, command.reference, at=command.at, by=command.by),)


def _done(step: Step, reference: str, *, at: datetime, by: Actor) -> StepDone:
    return StepDone(step=step.name, key=step.key or step.name, reference=reference, at=at, by=by)


def _undone(step: Step, command: MarkStepDone | UndoByHand) -> UndoDone:
    key = step.key or step.name
    return UndoDone(step=step.name, key=key, reference=command.reference, at=command.at, by=command.by)


def _undo_by_hand(saga: Saga, command: UndoByHand) -> tuple[SagaEvent, ...]:
    step = _find(saga, command.step)
    if step.state == "undone":
        return ()
    _check_parked_at(saga, step.name)
    if saga.parked_from != "back":
        raise Refused(f"step: {step.name} is not being undone; cancel the remedy first", code="not-undoing")
    return (_undone(step, command),)


def _confirm(saga: Saga, command: ConfirmStep, *, contacts: Contacts) -> tuple[SagaEvent, ...]:
    step = _find(saga, command.step)
    if step.state == "done":
        return ()
    _check_reported(step)
    _check_customers_word(command, contacts)
    return (_done(step, step.reference or step.name, at=command.at, by=command.by),)


def _contest(
    saga: Saga, policy: Policy, command: ContestStep, *, contacts: Contacts
) -> tuple[SagaEvent, ...]:
    step = _find(saga, command.step)
    if step.state == "begun":
        return ()
    _check_reported(step)
    _check_customers_word(command, contacts)
    due = due_of(budget_of(policy, step.name), policy.calendar, command.at)
    contested = StepContested(
        step=step.name, reason=command.reason, falls_due=due, at=command.at, by=command.by
    )
    return (contested,)


def _check_reported(step: Step) -> None:
    if step.state != "reported":
        raise Refused(
            f"step: {step.name} does not wait for the customer's word; name one that does",
            code="not-reported",
        )


def _check_customers_word(command: ConfirmStep | ContestStep, contacts: Contacts) -> None:
    if command.by.role is Role.CUSTOMER:
        return
    if not contacts.heard(command.contact):
        raise Refused(
            "contact: staff enter a customer's word with the contact that proves it; "
            "log it and give its number",
            code="contact",
        )


# Another account. -----------------------------------------------------------------------------------------


def _give_account(saga: Saga, command: GiveAccount) -> tuple[SagaEvent, ...]:
    _check_account_needed(saga)
    standing = saga.account
    if standing is not None and (standing.token, standing.entered_by) == (command.account, command.by.id):
        return ()
    return (AccountGiven(account=command.account, at=command.at, by=command.by),)


def _check_account(saga: Saga, command: CheckAccount) -> tuple[SagaEvent, ...]:
    given = saga.account
    if given is not None and given.checked_by is not None and given.token == command.account:
        return ()
    _check_account_needed(saga)
    if given is None or given.token != command.account:
        raise Refused(
            "account: this is not the account that was entered"
            "; give that one, or enter it anew (give_account)",
            code="other-account",
        )
    if given.entered_by == command.by.id:
        raise Refused(
            "account: a second person checks what one has entered; let somebody else do it",
            code="second-person",
        )
    return (AccountChecked(account=command.account, at=command.at, by=command.by),)


def _check_account_needed(saga: Saga) -> None:
    if not saga.account_needed:
        raise Refused(
            "account: money goes back to where it came from; leave another account out unless it cannot",
            code="account-not-needed",
        )


def _check_no_account_waits(saga: Saga, name: StepName) -> None:
    unchecked = saga.account is not None and saga.account.checked_by is None
    if name in PAYOUTS and saga.account_needed and unchecked:
        raise Refused("account: a second person checks it first (check_account)", code="second-person")


# Goods brought to a store. --------------------------------------------------------------------------------


def _hand_in(saga: Saga, command: HandIn) -> tuple[SagaEvent, ...]:
    receipt = f"store-{command.store}-{command.receipt}"
    if saga.store is not None and saga.store.receipt == receipt:
        return ()
    inspect = saga.find("inspect")
    awaited = inspect is not None and goes_forward(saga) and inspect.state not in ("done", "skipped")
    if not awaited or saga.goods_here or (saga.cancelled is not None and not past_pivot(saga)):
        raise Refused("no goods of this case are awaited; do not take them in", code="not-awaited")
    handed_in = GoodsHandedIn(
        store=command.store,
        receipt=receipt,
        finding=command.finding,
        returned=command.returned,
        happened=command.happened,
        at=command.at,
        by=command.by,
    )
    return (handed_in,)
