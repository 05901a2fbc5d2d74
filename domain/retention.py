"""Keeping a customer who may leave: a flag with its reason, and a talk with them before the end."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.budget import due_of
from domain.follow_up_rules import RetentionRules
from domain.happy_call import FollowUp
from domain.message import Command, Deadline, Event
from domain.plan import Before
from domain.record import Instant, Line
from domain.refusal import Refused
from domain.remedy import Remedy

Reason = Literal["low_score", "double_deviation", "declined_remedy"]

MOST_MISSES = 2
"""After the second the step is given up, missed for good: a case may not stay open for ever."""


class TakeRetentionStep(Command):
    """Somebody spoke to a customer who may leave, in a contact that is logged.

    Attributes:
        what: what was done to keep the customer.
    """

    kind: Literal["take_retention_step"] = "take_retention_step"
    contact: int
    what: Line


class ChurnFlagged(Event):
    """This customer may leave; somebody speaks to them by `falls_due`."""

    kind: Literal["churn_flagged"] = "churn_flagged"
    why: Reason
    stage: Line | None
    contacts: int
    falls_due: Instant | None


class RetentionStepTaken(Event):
    """Somebody spoke to the customer."""

    kind: Literal["retention_step_taken"] = "retention_step_taken"
    contact: int
    what: Line


class RetentionStepMissed(Event):
    """Nobody did in time; `next_due` is when somebody must have, None where it is given up."""

    kind: Literal["retention_step_missed"] = "retention_step_missed"
    next_due: Instant | None


RetentionEvent = ChurnFlagged | RetentionStepTaken | RetentionStepMissed


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Why this customer may leave, and what came of it.

    Attributes:
        contacts: how many contacts there were when the flag was raised; the step is a later one.
        flagged_at: when the last flag was raised.
        settled_at: when the last step was taken or given up; no end lies before it.
    """

    reasons: tuple[Reason, ...] = ()
    due: datetime | None = None
    contacts: int = 0
    misses: int = 0
    taken: int = 0
    flagged_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has to speak to the customer."""
        return self.due is not None


def rules_for(before: Before) -> RetentionRules | None:
    """Return the policy's rules where they hold for this case's product."""
    rules = before.policy.happy_call.retention
    if rules is None or not rules.stages or _stage(before) in rules.stages:
        return rules
    return None


def _stage(before: Before) -> str | None:
    return before.intake.order.life_cycle if before.intake.order else None


def decide(retention: Retention, before: Before, command: TakeRetentionStep) -> tuple[RetentionEvent, ...]:
    """Note what was done; it needs a contact after the flag."""
    if not retention.open:
        raise Refused("nobody has to be kept here: no churn flag is open; leave it", code="no-flag")
    talk = before.contacts.talk(command.contact) if command.contact > retention.contacts else None
    if talk is None or not (talk.outbound and talk.answered):
        raise Refused("contact: speak to the customer, log the contact and give its number", code="contact")
    return (RetentionStepTaken(contact=command.contact, what=command.what, at=command.at, by=command.by),)


def follow(
    retention: Retention, before: Before, remedy: Remedy, follow_up: FollowUp, at: datetime
) -> tuple[RetentionEvent, ...]:
    """Raise the flag once for each reason."""
    rules = rules_for(before)
    if rules is None:
        return ()
    why = next((each for each in _reasons(remedy, follow_up) if each not in retention.reasons), None)
    if why is None:
        return ()
    flagged = ChurnFlagged(
        why=why,
        stage=_stage(before),
        contacts=before.contacts.count,
        falls_due=due_of(rules.within, before.policy.calendar, at),
        at=at,
    )
    return (flagged,)


def _reasons(remedy: Remedy, follow_up: FollowUp) -> tuple[Reason, ...]:
    found: list[Reason] = ["double_deviation"] if follow_up.bad and follow_up.round > 1 else []
    found += ["low_score"] if follow_up.bad else []
    declined = remedy.proposal is not None and remedy.proposal.state == "declined"
    return (*found, "declined_remedy") if declined else tuple(found)


def deadlines(retention: Retention) -> tuple[Deadline, ...]:
    """Return by when somebody has spoken to the customer."""
    if retention.due is None:
        return ()
    return (
        Deadline(name=f"retention/step:{len(retention.reasons)}.{retention.misses + 1}", due=retention.due),
    )


def lapse(
    retention: Retention, before: Before, deadline: Deadline, at: datetime
) -> tuple[RetentionEvent, ...]:
    """Note that nobody did; the case moves up, and the next one has as long."""
    rules = rules_for(before)
    again = rules is not None and retention.misses + 1 < MOST_MISSES
    next_due = due_of(rules.within, before.policy.calendar, at) if rules and again else None
    return (RetentionStepMissed(next_due=next_due, due=deadline.due, at=at),)


def evolve(retention: Retention, event: RetentionEvent) -> Retention:
    """Apply one event of retention."""
    match event:
        case ChurnFlagged(why=why, falls_due=due, contacts=contacts, at=at):
            reasons = (*retention.reasons, why)
            return replace(retention, reasons=reasons, due=due, contacts=contacts, misses=0, flagged_at=at)
        case RetentionStepTaken(at=at):
            return replace(retention, due=None, taken=retention.taken + 1, settled_at=at)
        case RetentionStepMissed(next_due=due, at=at):
            settled = at if due is None else retention.settled_at
            return replace(retention, due=due, misses=retention.misses + 1, settled_at=settled)
        case _:
            assert_never(event)
