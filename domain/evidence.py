"""Evidence that something was the customer's doing: recorded first, then seen by a second person."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, assert_never

from pydantic import StringConstraints

from domain.intake import Intake
from domain.message import Command, Event
from domain.policy import Policy
from domain.record import Line, Note
from domain.refusal import Refused
from domain.suggestion import suggest


class RecordEvidence(Command):
    """Record what shows that the customer caused it.

    Attributes:
        what: what it shows, in words.
        reference: where it is kept: a photograph, a log, a report.
    """

    kind: Literal["record_evidence"] = "record_evidence"
    what: Annotated[Note, StringConstraints(min_length=1)]
    reference: Line


class ConfirmEvidence(Command):
    """A second person has looked at the evidence and says that it shows this."""

    kind: Literal["confirm_evidence"] = "confirm_evidence"


class EvidenceRecorded(Event):
    """There is evidence that the customer caused it."""

    kind: Literal["evidence_recorded"] = "evidence_recorded"
    what: Note
    reference: Line


class EvidenceConfirmed(Event):
    """A second person saw the evidence."""

    kind: Literal["evidence_confirmed"] = "evidence_confirmed"


EvidenceCommand = RecordEvidence | ConfirmEvidence
EvidenceEvent = EvidenceRecorded | EvidenceConfirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for the customer's own doing.

    Attributes:
        people: who recorded evidence; none of them confirms it.
        inspected: an inspection found the goods not as claimed.
        confirmed_by: the second person who saw it; further evidence has to be seen anew.
    """

    references: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    inspected: bool = False
    confirmed_by: str | None = None


def decide(evidence: Evidence, policy: Policy, intake: Intake, command: EvidenceCommand) -> tuple[Event, ...]:
    """Record evidence, or confirm it."""
    match command:
        case RecordEvidence(what=what, reference=reference, at=at, by=by):
            if reference in evidence.references:
                return ()
            return (EvidenceRecorded(what=what, reference=reference, at=at, by=by),)
        case ConfirmEvidence(at=at, by=by):
            if evidence.confirmed_by is not None:
                return ()
            if not is_there(evidence, policy, intake):
                raise Refused("there is no evidence to confirm: record_evidence first", code="evidence")
            if by.id in evidence.people:
                raise Refused(
                    "a second person confirms what one has recorded; let somebody else confirm it",
                    code="second-person",
                )
            return (EvidenceConfirmed(at=at, by=by),)
        case _:
            assert_never(command)


def is_there(evidence: Evidence, policy: Policy, intake: Intake) -> bool:
    """Say whether anything speaks for it: a record, an inspection, or the customer's own words."""
    return bool(evidence.references) or evidence.inspected or _own_words(policy, intake)


def _own_words(policy: Policy, intake: Intake) -> bool:
    if policy.spoken is None or intake.opening.composed:
        return False
    return suggest(policy, intake.opening.text).cause in policy.spoken.blaming_causes


def inspected(evidence: Evidence) -> Evidence:
    """Take in that an inspection found the goods not as claimed."""
    return replace(evidence, inspected=True)


def evolve(evidence: Evidence, event: EvidenceEvent) -> Evidence:
    """Apply one event of evidence."""
    match event:
        case EvidenceRecorded(reference=reference, by=by):
            return replace(
                evidence,
                references=(*evidence.references, reference),
                people=tuple(dict.fromkeys((*evidence.people, by.id))),
                confirmed_by=None,
            )
        case EvidenceConfirmed(by=by):
            return replace(evidence, confirmed_by=by.id)
        case _:
            assert_never(event)
