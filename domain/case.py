"""A case as a decider, and the face of the files that compose the stages of its life.

`decide` says what a message may cause, `evolve` what an event means, `deadlines` what falls due and `todo`
what the outside world still owes. Pure: messages carry the time at which the interpreter took them. Only the
files named `case*.py` know all stages.
"""

from datetime import datetime
from functools import reduce

from domain import assignment, contact, intake, permission, plain_speech
from domain.actor import Role
from domain.attempt import AttemptRefused
from domain.case_answers import came_back
from domain.case_commands import commanded
from domain.case_consequences import consequences
from domain.case_deadlines import deadlines, next_due, time_passes
from domain.case_evolve import evolve, fold
from domain.case_messages import CaseCommand, CaseEvent, Open
from domain.case_notices import check_notices
from domain.case_reading import around, before_remedy, past_of
from domain.case_standing import is_over, offer_untold, parked, stage
from domain.case_state import Case, opened, unopened
from domain.case_todo import todo
from domain.decision import named
from domain.message import EARLIEST, EffectRefused, EffectSucceeded, Event, Fact, LetTimePass, OutcomeUnknown
from domain.refusal import Refused

__all__ = [
    "Case",
    "CaseCommand",
    "CaseEvent",
    "Open",
    "after_time",
    "around",
    "attempt",
    "before_remedy",
    "deadlines",
    "decide",
    "evolve",
    "fold",
    "is_over",
    "next_due",
    "offer_untold",
    "opened",
    "parked",
    "past_of",
    "stage",
    "todo",
    "unopened",
]


def decide(case: Case, message: CaseCommand | Fact | Open) -> tuple[Event, ...]:
    """Return what happened, with all that follows by itself; `()` if it is already so.

    Raises:
        Refused: if it may not be.
    """
    direct = tuple(named(case.policy, event) for event in _directly(case, message))
    if not direct:
        return ()
    after = reduce(evolve, direct, case)
    return direct + tuple(named(after.policy, event) for event in consequences(after, message.at))


def _directly(case: Case, message: CaseCommand | Fact | Open) -> tuple[Event, ...]:
    match message:
        case Open():
            return _open(case, message)
        case LetTimePass(at=at):
            return time_passes(case, at)
        case EffectSucceeded() | EffectRefused() | OutcomeUnknown():
            return came_back(case, message)
        case _:
            _check(case, message)
            plain_speech.check(case.policy, case.evidence, opened(case), message)
            events = commanded(case, message)
            check_notices(case, events, message.at)
            taken = assignment.taken_up(case.assignment, message)
            return taken + events + _wait_over(case, message) if events else ()


def _wait_over(case: Case, command: CaseCommand) -> tuple[Event, ...]:
    """Whatever the customer says to us ends a wait for the customer; a logged contact knows that itself."""
    if command.by.role is not Role.CUSTOMER or isinstance(command, contact.LogContact):
        return ()
    return contact.heard_from_customer(case.contacts, case.policy, command.at)


def _open(case: Case, message: Open) -> tuple[Event, ...]:
    if case.version:
        return ()
    opened_ = intake.open_case(
        message.opening,
        policy=case.policy,
        source_key=message.source_key,
        key_digest=message.key_digest,
        caller_key=message.caller_key,
        at=message.at,
    )
    return (opened_,)


def _check(case: Case, command: CaseCommand) -> None:
    if command.occurred_at is not None and command.occurred_at > command.at:
        raise Refused("occurred_at lies in the future: leave it out or correct it", code="future")
    if command.occurred_at is not None and command.occurred_at < EARLIEST:
        raise Refused("occurred_at lies before 1970: correct it", code="past")
    permission.check(
        command.kind,
        command,
        policy=case.policy,
        stage=stage(case),
        owner=case.assignment.owner,
        customer=intake.customer_of(opened(case)),
    )


def attempt(command: CaseCommand, refusal: Refused) -> AttemptRefused:
    """Return the event that a refused command on money, authority or rights leaves behind."""
    return AttemptRefused(
        command=command.kind,
        command_id=command.id,
        code=refusal.code,
        reason=refusal.reason[:200],
        at=command.at,
        by=command.by,
    )


def after_time(case: Case, at: datetime) -> Case:
    """Return the case as it stands once everything that has passed by `at` has been answered."""
    while events := decide(case, LetTimePass(at=at)):
        case = reduce(evolve, events, case)
    return case
