"""Raising and acknowledging: the voice of a customer becomes a case, and the customer hears so."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import Field, StringConstraints

from domain.effect import (
    Contact,
    CustomerSnapshot,
    Effect,
    FetchCustomer,
    FetchOrder,
    NoticeSent,
    OrderSnapshot,
)
from domain.message import EARLIEST, CameBack, Command, EffectSucceeded, Event
from domain.money import Money
from domain.notice import Post
from domain.policy import Channel, Language, Policy, VocType, content_hash
from domain.record import Id, Instant, Line, Record, Text
from domain.refusal import Refused

KNOWN_SOURCES = (
    *("head_office", "sales_person", "store", "branch", "service_centre"),
    *("phone", "fax", "web", "board", "email", "post", "kiosk", "sms", "cfpb", "signal"),
)
"""Channels the engine knows; others are accepted and marked."""


class Opening(Record):
    """What a channel hands in: who, what, how to reach. Missing is asked for later, never refused.

    Attributes:
        source: the channel or system, for example `web` or `cfpb`.
        source_key: its own key for this message; where missing, the digest of the content.
        text: the customer's words; composed from the channel's fields where `composed`.
        received_at: receipt by any channel, as the evidence shows; service clocks start here.
        raised_at: when the customer first raised it, where that is known to be earlier.
        began_at: when the customer began to claim; None: the channel does not say.
        rejected_tries: how often the channel turned the customer away before; None: it does not say.
        taken_by: id of the person (or store) who took it in; they hear how it came out.
    """

    source: Line
    source_key: Line | None = None
    text: Text = ""
    composed: bool = False
    voc_type: VocType | None = None
    product: Line | None = None
    issue: Line | None = None
    contact: Contact = Field(default_factory=Contact)
    language: Language | None = None
    order_id: Id | None = None
    claimed: Money | None = None
    received_at: Instant | None = None
    raised_at: Instant | None = None
    began_at: Instant | None = None
    rejected_tries: Annotated[int, Field(ge=0, le=1000)] | None = None
    proactive: bool = False
    taken_by: Id | None = None


class CaseOpened(Event):
    """A voice of a customer became a case."""

    kind: Literal["case_opened"] = "case_opened"
    opening: Opening
    source_key: Line
    key_digest: Line
    policy: Line
    policy_hash: Line
    known_source: bool
    received_at: Instant


class AcknowledgementSent(Event):
    """The customer was told that we have it, and its number."""

    kind: Literal["acknowledgement_sent"] = "acknowledgement_sent"
    key: Line
    reference: Line
    delivered: bool
    text: Text
    digest: Line | None = None


class AcknowledgementFailed(Event):
    """The acknowledgement could not be sent or nobody knows whether it was; a person must do it."""

    kind: Literal["acknowledgement_failed"] = "acknowledgement_failed"
    key: Line
    why: Literal["refused", "unknown"]


class CustomerRead(Event):
    """The customer's snapshot was taken and pinned."""

    kind: Literal["customer_read"] = "customer_read"
    key: Line
    snapshot: CustomerSnapshot


class CustomerUnknown(Event):
    """The CRM did not answer; the case runs with the profile unknown."""

    kind: Literal["customer_unknown"] = "customer_unknown"
    key: Line


class OrderRead(Event):
    """The order's snapshot was taken and pinned."""

    kind: Literal["order_read"] = "order_read"
    key: Line
    snapshot: OrderSnapshot


class OrderUnknown(Event):
    """The shop did not answer; the case runs without an order."""

    kind: Literal["order_unknown"] = "order_unknown"
    key: Line


class AddToCase(Command):
    """The customer adds words to a case."""

    kind: Literal["add_to_case"] = "add_to_case"
    text: Annotated[Text, StringConstraints(min_length=1)]


class AddedToCase(Event):
    """Words were added."""

    kind: Literal["added_to_case"] = "added_to_case"
    text: Text


class Acknowledge(Command):
    """A member of staff tells the customer in person that we have it."""

    kind: Literal["acknowledge"] = "acknowledge"
    how: Line


class Acknowledged(Event):
    """A member of staff acknowledged in person."""

    kind: Literal["acknowledged"] = "acknowledged"
    how: Line
    happened: Instant


IntakeCommand = AddToCase | Acknowledge
IntakeEvent = (
    CaseOpened
    | AcknowledgementSent
    | AcknowledgementFailed
    | Acknowledged
    | CustomerRead
    | CustomerUnknown
    | OrderRead
    | OrderUnknown
    | AddedToCase
)


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
    order: OrderSnapshot | None = None
    waiting: tuple[str, ...] = ("acknowledgement:1", "customer:1", "order:1")

    @property
    def language(self) -> Language:
        """The language in which the customer is spoken to."""
        asked = self.opening.language or self.opening.contact.language
        return asked or (self.customer and self.customer.language) or _language_of(self.opening.text)

    @property
    def channel(self) -> Channel:
        """The channel by which the customer is reached first."""
        return channels(self)[0]


def _language_of(text: str) -> Language:
    """Tell Korean by its letters."""
    return "ko" if any("가" <= letter <= "힣" for letter in text) else "en"


def customer_of(intake: Intake) -> str | None:
    """Return the customer's id, from the channel or from the CRM; None where neither knows it."""
    known = intake.customer.customer_id if intake.customer else None
    return intake.opening.contact.customer_id or known


def channels(intake: Intake) -> tuple[Channel, ...]:
    """Return the channels by which this customer can be reached, best first; post where nothing is known."""
    contact = intake.opening.contact
    possible: list[Channel] = []
    if intake.customer and intake.customer.preferred_channel:
        possible.append(intake.customer.preferred_channel)
    if contact.phone:
        possible.append("sms")
    if contact.email:
        possible.append("email")
    return tuple(dict.fromkeys([*possible, "post"]))


def open_case(
    opening: Opening, *, policy: Policy, source_key: str, key_digest: str, at: datetime
) -> CaseOpened:
    """Return the first event of a case.

    Raises:
        Refused: where there is neither text nor issue nor contact, or receipt lies in the future.
    """
    contact = opening.contact
    reachable = contact.customer_id or contact.phone or contact.email or contact.name
    if not (opening.text.strip() or opening.issue or reachable):
        raise Refused("the submission is empty: give `text`, `issue` or `contact`", code="empty")
    received = opening.received_at or at
    if min(received, opening.raised_at or received, opening.began_at or received) < EARLIEST:
        raise Refused("received_at, raised_at or began_at lies before 1970: correct it", code="past")
    if received > at:
        raise Refused("received_at lies in the future: leave it out or correct it", code="future")
    return CaseOpened(
        at=at,
        opening=opening,
        source_key=source_key,
        key_digest=key_digest,
        policy=f"{policy.name}/{policy.version}",
        policy_hash=content_hash(policy),
        known_source=opening.source in KNOWN_SOURCES,
        received_at=received,
    )


def decide(intake: Intake, command: IntakeCommand) -> tuple[IntakeEvent, ...]:
    """Take words, or a personal acknowledgement, into the case."""
    match command:
        case AddToCase(text=text, at=at, by=by):
            return (AddedToCase(text=text, at=at, by=by),)
        case Acknowledge(how=how, at=at, by=by):
            if intake.acknowledged_at is not None:
                return ()
            if intake.acknowledge_since is not None and command.happened < intake.acknowledge_since:
                raise Refused("happened: that was before this became a complaint", code="happened")
            return (Acknowledged(how=how, happened=command.happened, at=at, by=by),)
        case _:
            assert_never(command)


def came_back(fact: CameBack) -> tuple[IntakeEvent, ...]:
    """Say what an outcome of one of intake's effects means."""
    match fact:
        case EffectSucceeded(result=NoticeSent() as notice):
            sent = AcknowledgementSent(
                key=fact.key,
                reference=notice.reference,
                delivered=notice.delivered,
                text=notice.text,
                digest=notice.digest,
                at=fact.at,
            )
            return (sent,)
        case EffectSucceeded(result=CustomerSnapshot() as customer):
            return (CustomerRead(key=fact.key, snapshot=customer, at=fact.at),)
        case EffectSucceeded(result=OrderSnapshot() as order):
            return (OrderRead(key=fact.key, snapshot=order, at=fact.at),)
        case _:
            return (_failed(fact),)


def _failed(fact: CameBack) -> IntakeEvent:
    if fact.key.startswith("customer"):
        return CustomerUnknown(key=fact.key, at=fact.at)
    if fact.key.startswith("order"):
        return OrderUnknown(key=fact.key, at=fact.at)
    why: Literal["refused", "unknown"] = "refused" if fact.kind == "effect_refused" else "unknown"
    return AcknowledgementFailed(key=fact.key, why=why, at=fact.at)


def evolve(intake: Intake | None, event: IntakeEvent) -> Intake:
    """Apply one event of intake; the first makes the state."""
    if isinstance(event, CaseOpened):
        return Intake(
            opening=event.opening,
            opened_at=event.at,
            received_at=event.received_at,
            source_key=event.source_key,
            key_digest=event.key_digest,
        )
    if intake is None:  # a case begins with its opening; the ledger's verify names any other beginning
        raise ValueError("a case must begin with case_opened")
    match event:
        case AcknowledgementSent(delivered=delivered, at=at):
            told = intake.acknowledged_at or (
                at if delivered and event.key == _acknowledgement(intake) else None
            )
            return replace(_answered(intake, event.key), acknowledged_at=told)
        case Acknowledged(happened=happened):
            return replace(intake, acknowledged_at=happened)
        case AcknowledgementFailed() | CustomerUnknown() | OrderUnknown():
            return _answered(intake, event.key)
        case CustomerRead(snapshot=customer):
            return replace(_answered(intake, event.key), customer=customer)
        case OrderRead(snapshot=order):
            return replace(_answered(intake, event.key), order=order)
        case AddedToCase():
            return intake
        case _:
            assert_never(event)


def _answered(intake: Intake, key: str) -> Intake:
    return replace(intake, waiting=tuple(waiting for waiting in intake.waiting if waiting != key))


def converted(intake: Intake, at: datetime) -> Intake:
    """An inquiry that turned into a complaint is acknowledged anew, from then on (clock rule 15)."""
    before = _answered(intake, _acknowledgement(intake))
    again = replace(
        before, acknowledgements=intake.acknowledgements + 1, acknowledged_at=None, acknowledge_since=at
    )
    return replace(again, waiting=(*again.waiting, _acknowledgement(again)))


def _acknowledgement(intake: Intake) -> str:
    return f"acknowledgement:{intake.acknowledgements}"


def todo(intake: Intake, post: Post) -> tuple[Effect, ...]:
    """Return what intake still asks of the outside: the acknowledgement and the two snapshots."""
    return tuple(_asked(intake, post, key) for key in intake.waiting)


def _asked(intake: Intake, post: Post, key: str) -> Effect:
    opening = intake.opening
    if key == "customer:1":
        return Effect(key=key, request=FetchCustomer(contact=opening.contact))
    if key == "order:1":
        order = FetchOrder(
            order_id=opening.order_id,
            source=opening.source,
            source_key=intake.source_key,
            product=opening.product,
        )
        return Effect(key=key, request=order)
    template = "acknowledgement" if intake.acknowledgements == 1 else "complaint_acknowledgement"
    return post.notice(key, template, {})
