"""A withdrawal that staff enter for the customer: told to them, and without effect if they contradict.

The classic dodge is to write a complaint off as withdrawn. So what staff enter names the contact in which the
customer said it, is confirmed to the customer, and ends nothing before the policy's time for a contradiction
has passed, nor while the customer's request for a supervisor stands.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.actor import Role
from domain.budget import due_of
from domain.contact import Contacts
from domain.effect import Effect, NoticeSent
from domain.message import CameBack, Command, Deadline, EffectSucceeded, Event
from domain.notice import Post
from domain.policy import Policy
from domain.record import Instant, Line, Text
from domain.refusal import Refused


class NoteWithdrawal(Command):
    """Staff note that the customer took the complaint back, with the number of the contact that proves it."""

    kind: Literal["note_withdrawal"] = "note_withdrawal"
    contact: int
    reason: Line


class ContradictWithdrawal(Command):
    """The customer says that they did not; from staff it needs the contact in which they said so."""

    kind: Literal["contradict_withdrawal"] = "contradict_withdrawal"
    contact: int | None = None


class WithdrawalNoted(Event):
    """A withdrawal by staff's hand; nothing follows from it before the customer was told."""

    kind: Literal["withdrawal_noted"] = "withdrawal_noted"
    number: int
    contact: int
    reason: Line


class WithdrawalConfirmed(Event):
    """The customer was told what was noted; until `falls_due` they may contradict."""

    kind: Literal["withdrawal_confirmed"] = "withdrawal_confirmed"
    number: int
    key: Line
    text: Text
    digest: Line | None = None
    falls_due: Instant | None


class WithdrawalUnconfirmed(Event):
    """The customer could not be told, so what was noted is void."""

    kind: Literal["withdrawal_unconfirmed"] = "withdrawal_unconfirmed"
    number: int
    key: Line


class WithdrawalContradicted(Event):
    """The customer took nothing back."""

    kind: Literal["withdrawal_contradicted"] = "withdrawal_contradicted"
    number: int
    contact: int | None


class WithdrawalUncontradicted(Event):
    """The time for a contradiction passed."""

    kind: Literal["withdrawal_uncontradicted"] = "withdrawal_uncontradicted"
    number: int


WithdrawalCommand = NoteWithdrawal | ContradictWithdrawal
WithdrawalEvent = (
    WithdrawalNoted
    | WithdrawalConfirmed
    | WithdrawalUnconfirmed
    | WithdrawalContradicted
    | WithdrawalUncontradicted
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """The withdrawal that staff noted last, as it stands.

    Attributes:
        by: who noted it.
        due: until when the customer may contradict; None before they were told.
        stands: nobody contradicted in time; it takes effect once no request for a supervisor is open.
    """

    number: int = 0
    open: bool = False
    by: str = ""
    reason: str = ""
    telling: bool = False
    due: datetime | None = None
    stands: bool = False


def decide(
    withdrawal: Withdrawal, contacts: Contacts, command: WithdrawalCommand
) -> tuple[WithdrawalEvent, ...]:
    """Note what the customer said to staff, or that they contradict it."""
    match command:
        case NoteWithdrawal(contact=contact, reason=reason, at=at, by=by):
            if withdrawal.open:
                return ()
            if not contacts.heard(contact):
                raise Refused("contact: log the contact in which the customer said so", code="contact")
            number = withdrawal.number + 1
            return (WithdrawalNoted(number=number, contact=contact, reason=reason, at=at, by=by),)
        case ContradictWithdrawal(contact=contact, at=at, by=by):
            if not withdrawal.open:
                return ()
            if by.role is not Role.CUSTOMER and not contacts.heard(contact):
                raise Refused("contact: log the contact in which the customer said so", code="contact")
            return (WithdrawalContradicted(number=withdrawal.number, contact=contact, at=at, by=by),)
        case _:
            assert_never(command)


def deadlines(withdrawal: Withdrawal) -> tuple[Deadline, ...]:
    """The customer may contradict so long; no pause stops it."""
    if not withdrawal.open or withdrawal.due is None or withdrawal.stands:
        return ()
    return (Deadline(name=f"withdrawal/contradict:{withdrawal.number}", due=withdrawal.due),)


def lapse(withdrawal: Withdrawal, deadline: Deadline, at: datetime) -> tuple[WithdrawalEvent, ...]:
    """Nobody contradicted."""
    return (WithdrawalUncontradicted(number=withdrawal.number, due=deadline.due, at=at),)


def todo(withdrawal: Withdrawal, post: Post, number: str) -> tuple[Effect, ...]:
    """Return the words to the customer while they have not gone out."""
    if not withdrawal.telling:
        return ()
    slots = {"number": number, "reason": withdrawal.reason}
    return (post.notice(f"withdrawal:{withdrawal.number}", "withdrawal_noted", slots),)


def came_back(policy: Policy, fact: CameBack) -> tuple[WithdrawalEvent, ...]:
    """Say what became of the words: only what was delivered starts the time for a contradiction."""
    number = int(fact.key.rpartition(":")[2])
    match fact:
        case EffectSucceeded(result=NoticeSent(delivered=True) as sent):
            due = due_of(policy.withdrawal_window, policy.calendar, fact.at)
            confirmed = WithdrawalConfirmed(
                number=number,
                key=fact.key,
                text=sent.text,
                digest=sent.digest,
                falls_due=due,
                at=fact.at,
            )
            return (confirmed,)
        case _:
            return (WithdrawalUnconfirmed(number=number, key=fact.key, at=fact.at),)


def closed(withdrawal: Withdrawal) -> Withdrawal:
    """Nothing more is told once the case has ended."""
    return Withdrawal(number=withdrawal.number)


def evolve(withdrawal: Withdrawal, event: WithdrawalEvent) -> Withdrawal:
    """Apply one event of a withdrawal by staff's hand."""
    match event:
        case WithdrawalNoted(number=number, reason=reason, by=by):
            return Withdrawal(number=number, open=True, by=by.id, reason=reason, telling=True)
        case WithdrawalConfirmed(falls_due=due):
            return replace(withdrawal, telling=False, due=due)
        case WithdrawalUnconfirmed() | WithdrawalContradicted():
            return Withdrawal(number=withdrawal.number)
        case WithdrawalUncontradicted():
            return replace(withdrawal, stands=True)
        case _:
            assert_never(event)
