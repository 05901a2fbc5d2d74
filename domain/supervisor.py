"""The customer's right to a supervisor: a request that no agent can stop."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from domain.budget import due_of
from domain.message import Command, Deadline, Decision, Event
from domain.policy import Policy
from domain.record import Line
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
    """The customer asked; `falls_due` is when the meeting must have been held."""

    kind: Literal["supervisor_requested"] = "supervisor_requested"
    number: int
    falls_due: datetime | None


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
    """The request that stands, if one does; a missed one still stands."""

    number: int = 0
    open: bool = False
    due: datetime | None = None


def decide(
    right: SupervisorRight, policy: Policy, contacts: int, command: SupervisorCommand
) -> tuple[SupervisorEvent, ...]:
    """Ask for a supervisor, record the meeting, or withdraw the request."""
    match command:
        case RequestSupervisor(at=at, by=by):
            if right.open:
                return ()
            due = due_of(policy.supervisor_meeting, policy.calendar, command.happened)
            return (SupervisorRequested(number=right.number + 1, falls_due=due, at=at, by=by),)
        case RecordMeeting(contact=contact, at=at, by=by):
            if not right.open:
                return ()
            if not 1 <= contact <= contacts:
                raise Refused("contact: log the contact first and give its number", code="contact")
            return (SupervisorMet(number=right.number, contact=contact, at=at, by=by),)
        case WithdrawRequest(at=at, by=by):
            return (SupervisorRequestWithdrawn(number=right.number, at=at, by=by),) if right.open else ()
        case _:
            assert_never(command)


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
        case SupervisorRequested(number=number, falls_due=due):
            return SupervisorRight(number=number, open=True, due=due)
        case SupervisorMet() | SupervisorRequestWithdrawn():
            return SupervisorRight(number=right.number)
        case SupervisorRequestMissed():
            return SupervisorRight(number=right.number, open=True)
        case _:
            assert_never(event)
