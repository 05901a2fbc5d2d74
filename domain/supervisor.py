"""The customer's right to a supervisor: a request that no agent can stop."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.budget import due_of
from domain.contact import Contacts
from domain.message import Command, Deadline, Decision, Event
from domain.policy import Policy
from domain.record import Instant, Line
from domain.refusal import Refused


class RequestSupervisor(Command):
    """The customer asks for a supervisor (or staff notes that they did)."""

    kind: Literal["request_supervisor"] = "request_supervisor"
    words: Line | None = None


class RecordMeeting(Command):
    """A supervisor met the customer, with the number of the contact that proves it."""

    kind: Literal["record_meeting"] = "record_meeting"
    contact: int


class WithdrawRequest(Command):
    """The customer no longer wants to speak to a supervisor."""

    kind: Literal["withdraw_request"] = "withdraw_request"


class SupervisorRequested(Decision):
    """The customer asked; `happened` says when, `falls_due` when the meeting must have been held."""

    kind: Literal["supervisor_requested"] = "supervisor_requested"
    number: int
    falls_due: datetime | None
    happened: Instant | None = None


class SupervisorMet(Event):
    """A supervisor met the customer."""

    kind: Literal["supervisor_met"] = "supervisor_met"
    number: int
    contact: int


class SupervisorRequestWithdrawn(Event):
    """The customer withdrew the request."""

    kind: Literal["supervisor_request_withdrawn"] = "supervisor_request_withdrawn"
    number: int


class SupervisorRequestMissed(Event):
    """Nobody met the customer in time; the case moves up."""

    kind: Literal["supervisor_request_missed"] = "supervisor_request_missed"
    number: int


SupervisorCommand = RequestSupervisor | RecordMeeting | WithdrawRequest
SupervisorEvent = SupervisorRequested | SupervisorMet | SupervisorRequestWithdrawn | SupervisorRequestMissed


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorRight:
    """The request that stands, if one does; a missed one still stands.

    Attributes:
        due: when nobody has met the customer in time, until that was noticed; `by` stays.
        settled_at: when the last one was met, or taken back by the customer.
    """

    number: int = 0
    open: bool = False
    due: datetime | None = None
    by: datetime | None = None
    asked_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def missed(self) -> bool:
        """Whether the customer waits and no further deadline reminds anybody."""
        return self.open and self.due is None


def decide(
    right: SupervisorRight, policy: Policy, contacts: Contacts, command: SupervisorCommand
) -> tuple[SupervisorEvent, ...]:
    """Ask for a supervisor, record the meeting, or withdraw the request."""
    match command:
        case RequestSupervisor(at=at, by=by):
            if right.open:
                return ()
            due = due_of(policy.supervisor_meeting, policy.calendar, command.happened)
            asked = SupervisorRequested(
                number=right.number + 1, falls_due=due, happened=command.happened, at=at, by=by
            )
            return (asked,)
        case RecordMeeting(contact=contact, at=at, by=by):
            if not right.open:
                return ()
            _check_met(right, contacts, command)
            return (SupervisorMet(number=right.number, contact=contact, at=at, by=by),)
        case WithdrawRequest(at=at, by=by):
            return (SupervisorRequestWithdrawn(number=right.number, at=at, by=by),) if right.open else ()
        case _:
            assert_never(command)


def _check_met(right: SupervisorRight, contacts: Contacts, command: RecordMeeting) -> None:
    """A meeting is a contact of the very supervisor who records it, after the customer asked."""
    talk = contacts.talk(command.contact)
    if talk is None:
        raise Refused("contact: log the contact first and give its number", code="contact")
    if talk.by != command.by.id:
        raise Refused(
            f"contact: that was {talk.by}; a meeting is recorded by who held it: let them do it",
            code="contact",
        )
    if not talk.answered:
        raise Refused(
            "contact: it did not reach the customer, so nobody met them; name one that did", code="contact"
        )
    if right.asked_at is not None and talk.happened < right.asked_at:
        raise Refused("contact: it took place before the customer asked; name a later one", code="contact")


def check_result(right: SupervisorRight, policy: Policy, person: str) -> None:
    """Refuse a result or an answer by staff while the customer waits for a supervisor (rule I4, R23).

    Raises:
        Refused: somebody else than a supervisor or department head would close what the customer wants to
            take to one.
    """
    if right.open and not policy.leads(person):
        raise Refused(
            "the customer waits for a supervisor: only one registers a result or answers now, "
            "or the customer withdraws the request"
            "; ask one",
            code="supervisor-waits",
        )


def deadlines(right: SupervisorRight) -> tuple[Deadline, ...]:
    """The meeting must be held; pauses do not stop this (clock rule 9)."""
    if not right.open or right.due is None:
        return ()
    return (Deadline(name=f"supervisor/meeting:{right.number}", due=right.due),)


def lapse(right: SupervisorRight, deadline: Deadline, at: datetime) -> tuple[SupervisorEvent, ...]:
    """Note that nobody came; moving the case up is the composition's part."""
    return (SupervisorRequestMissed(number=right.number, due=deadline.due, at=at),)


def evolve(right: SupervisorRight, event: SupervisorEvent) -> SupervisorRight:
    """Apply one event of the right to a supervisor."""
    match event:
        case SupervisorRequested(number=number, falls_due=due, happened=happened, at=at):
            return SupervisorRight(number=number, open=True, due=due, by=due, asked_at=happened or at)
        case SupervisorMet(at=at) | SupervisorRequestWithdrawn(at=at):
            return SupervisorRight(number=right.number, settled_at=at)
        case SupervisorRequestMissed():
            return replace(right, due=None)
        case _:
            assert_never(event)
