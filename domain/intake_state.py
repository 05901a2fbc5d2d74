"""How a case came in: who, about what, and how they are reached."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from domain.effect import CustomerSnapshot, OrderSnapshot
from domain.intake_events import (
    Acknowledged,
    AcknowledgementFailed,
    AcknowledgementSent,
    AddedToCase,
    CaseOpened,
    CustomerRead,
    CustomerUnknown,
    IntakeEvent,
    Opening,
    OrderRead,
    OrderUnknown,
    SnapshotAskedAgain,
)
from domain.policy import Channel, Language
from domain.record import Record
from domain.treatment_rules import Relation, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A snapshot that is asked for again under this key, and when."""

    key: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How this customer is spoken to, as the policy chose it from the profile (R64)."""

    tone: Tone | None = None
    channels: tuple[Channel, ...] = ()
    hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is known about how the case came in."""

    opening: Opening
    opened_at: datetime
    received_at: datetime
    source_key: str
    key_digest: str
    acknowledged_at: datetime | None = None
    acknowledgements: int = 1
    acknowledge_since: datetime | None = None
    customer: CustomerSnapshot | None = None
    relation: Relation | None = None
    order: OrderSnapshot | None = None
    again: tuple[Again, ...] = ()
    manner: Manner = Manner()
    waiting: tuple[str, ...] = ("acknowledgement:1", "customer:1", "order:1")
    caller_key: str | None = None

    @property
    def language(self) -> Language:
        """The language in which the customer is spoken to."""
        asked = self.opening.language or self.opening.contact.language
        return asked or (self.customer and self.customer.language) or _language_of(self.opening.text)

    @property
    def channel(self) -> Channel:
        """The channel by which the customer is reached first."""
        return channels(self)[0]


def customer_of(intake: Intake) -> str | None:
    """Return the customer's id, from the channel or from the CRM; None where neither knows it."""
    known = intake.customer.customer_id if intake.customer else None
    return intake.opening.contact.customer_id or known


class Gaps(Record):
    """How long it took until the firm knew, in seconds; None where an instant is not known.

    Attributes:
        to_awareness: from the failure until the firm was aware of it, by itself or by the customer.
        to_raising: from the failure until the customer raised it.
        to_receipt: from the raising until a channel had it.
    """

    to_awareness: int | None
    to_raising: int | None
    to_receipt: int | None


def gaps(intake: Intake) -> Gaps:
    """Measure the way from the failure to the firm's knowledge of it."""
    opening = intake.opening
    aware = min(filter(None, (opening.noticed_at, intake.received_at)))
    return Gaps(
        to_awareness=_seconds(opening.failed_at, aware),
        to_raising=_seconds(opening.failed_at, opening.raised_at),
        to_receipt=_seconds(opening.raised_at, intake.received_at),
    )


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else int((end - start).total_seconds())


def channels(intake: Intake) -> tuple[Channel, ...]:
    """Return the channels by which this customer can be reached, best first; post where nothing is known.

    The one that the customer prefers comes first, then those that the policy chose for such a customer.
    """
    contact = intake.opening.contact
    possible: list[Channel] = []
    if intake.customer and intake.customer.preferred_channel:
        possible.append(intake.customer.preferred_channel)
    possible += [each for each in intake.manner.channels if _reaches(each, intake)]
    if contact.phone:
        possible.append("sms")
    if contact.email:
        possible.append("email")
    return tuple(dict.fromkeys([*possible, "post"]))


def _reaches(channel: Channel, intake: Intake) -> bool:
    contact = intake.opening.contact
    match channel:
        case "sms" | "phone":
            return contact.phone is not None
        case "email":
            return contact.email is not None
        case "post":
            return True
        case _:
            assert_never(channel)


def evolve(intake: Intake | None, event: IntakeEvent) -> Intake:
    """Apply one event of intake; the first makes the state."""
    if isinstance(event, CaseOpened):
        return Intake(
            opening=event.opening,
            opened_at=event.at,
            received_at=event.received_at,
            source_key=event.source_key,
            key_digest=event.key_digest,
            caller_key=event.caller_key,
        )
    if intake is None:  # a case begins with its opening; the ledger's verify names any other beginning
        raise ValueError("a case must begin with case_opened")
    match event:
        case AcknowledgementSent(delivered=delivered, at=at):
            told = intake.acknowledged_at or (
                at if delivered and event.key == acknowledgement_of(intake) else None
            )
            return replace(_answered(intake, event.key), acknowledged_at=told)
        case Acknowledged(happened=happened):
            return replace(intake, acknowledged_at=happened)
        case AcknowledgementFailed():
            return _answered(intake, event.key)
        case CustomerUnknown(again_at=again_at) | OrderUnknown(again_at=again_at):
            without = _answered(intake, event.key)
            if again_at is None:
                return without
            what = event.key.partition(":")[0]
            again = Again(key=f"{what}:{number_in(event.key) + 1}", due=again_at)
            return replace(without, again=(*without.again, again))
        case SnapshotAskedAgain(key=key):
            left = tuple(each for each in intake.again if each.key != key)
            return replace(intake, again=left, waiting=(*intake.waiting, key))
        case CustomerRead(snapshot=customer, relation=relation):
            return replace(_answered(intake, event.key), customer=customer, relation=relation)
        case OrderRead(snapshot=order):
            return replace(_answered(intake, event.key), order=order)
        case AddedToCase():
            return intake
        case _:
            assert_never(event)


def _language_of(text: str) -> Language:
    """Tell Korean by its letters."""
    return "ko" if any("가" <= letter <= "힣" for letter in text) else "en"


def _answered(intake: Intake, key: str) -> Intake:
    return replace(intake, waiting=tuple(waiting for waiting in intake.waiting if waiting != key))


def converted(intake: Intake, at: datetime) -> Intake:
    """An inquiry that turned into a complaint is acknowledged anew, from then on (clock rule 15)."""
    before = _answered(intake, acknowledgement_of(intake))
    again = replace(
        before, acknowledgements=intake.acknowledgements + 1, acknowledged_at=None, acknowledge_since=at
    )
    return replace(again, waiting=(*again.waiting, acknowledgement_of(again)))


def acknowledgement_of(intake: Intake) -> str:
    """Return the key of the acknowledgement that is owed."""
    return f"acknowledgement:{intake.acknowledgements}"


def number_in(key: str) -> int:
    """Return the number with which an effect's key ends."""
    return int(key.rpartition(":")[2])
