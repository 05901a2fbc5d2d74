"""Raising and acknowledging: the voice of a customer becomes a case, and the customer hears so."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, assert_never
from zoneinfo import ZoneInfo

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
from domain.message import EARLIEST, CameBack, Command, Deadline, Decision, EffectSucceeded, Event
from domain.money import Money
from domain.notice import Post
from domain.policy import Channel, Language, Policy, VocType, content_hash
from domain.record import Id, Instant, Line, Record, Text
from domain.refusal import Refused
from domain.relation import relation_of
from domain.treatment_rules import Relation, Tone

KNOWN_SOURCES = (
    *("head_office", "sales_person", "store", "branch", "service_centre"),
    *("phone", "fax", "web", "board", "email", "post", "kiosk", "sms", "cfpb"),
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


class AcknowledgementFailed(Event):
    """The acknowledgement could not be sent or nobody knows whether it was; a person must do it."""

    kind: Literal["acknowledgement_failed"] = "acknowledgement_failed"
    key: Line
    why: Literal["refused", "unknown"]


class CustomerRead(Decision):
    """The customer's snapshot was taken and pinned.

    Attributes:
        relation: the stage of relationship on the day of the event, by the policy's rule `clause`.
    """

    kind: Literal["customer_read"] = "customer_read"
    key: Line
    snapshot: CustomerSnapshot
    relation: Relation | None = None


class CustomerUnknown(Event):
    """The CRM did not answer; the case runs with the profile unknown.

    Attributes:
        again_at: when the CRM is asked again; None: never by itself.
    """

    kind: Literal["customer_unknown"] = "customer_unknown"
    key: Line
    again_at: Instant | None = None


class OrderRead(Event):
    """The order's snapshot was taken and pinned."""

    kind: Literal["order_read"] = "order_read"
    key: Line
    snapshot: OrderSnapshot


class OrderUnknown(Event):
    """The shop did not answer; the case runs without an order, and asks again at `again_at`."""

    kind: Literal["order_unknown"] = "order_unknown"
    key: Line
    again_at: Instant | None = None


class SnapshotAskedAgain(Event):
    """A snapshot that could not be had is asked for again."""

    kind: Literal["snapshot_asked_again"] = "snapshot_asked_again"
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
    | SnapshotAskedAgain
    | AddedToCase
)


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


def came_back(fact: CameBack, policy: Policy) -> tuple[IntakeEvent, ...]:
    """Say what an outcome of one of intake's effects means."""
    match fact:
        case EffectSucceeded(result=NoticeSent(reference=reference, delivered=delivered, text=text)):
            sent = AcknowledgementSent(
                key=fact.key, reference=reference, delivered=delivered, text=text, at=fact.at
            )
            return (sent,)
        case EffectSucceeded(result=CustomerSnapshot() as customer):
            on = fact.at.astimezone(ZoneInfo(policy.calendar.timezone)).date()
            relation, clause = relation_of(policy, customer, on)
            read = CustomerRead(key=fact.key, snapshot=customer, relation=relation, clause=clause, at=fact.at)
            return (read,)
        case EffectSucceeded(result=OrderSnapshot() as order):
            return (OrderRead(key=fact.key, snapshot=order, at=fact.at),)
        case _:
            return (_failed(fact, policy),)


def _failed(fact: CameBack, policy: Policy) -> IntakeEvent:
    if fact.key.startswith("customer"):
        return CustomerUnknown(key=fact.key, again_at=_again_at(fact, policy), at=fact.at)
    if fact.key.startswith("order"):
        return OrderUnknown(key=fact.key, again_at=_again_at(fact, policy), at=fact.at)
    why: Literal["refused", "unknown"] = "refused" if fact.kind == "effect_refused" else "unknown"
    return AcknowledgementFailed(key=fact.key, why=why, at=fact.at)


def _again_at(fact: CameBack, policy: Policy) -> datetime | None:
    """Say when a snapshot is asked for again: the waits are the policy's, and so is their number."""
    waits = policy.profile.again_after if policy.profile else ()
    tried = _number(fact.key)
    return fact.at + waits[tried - 1] if tried <= len(waits) else None


def _number(key: str) -> int:
    return int(key.rpartition(":")[2])


def deadlines(intake: Intake) -> tuple[Deadline, ...]:
    """Return when snapshots that could not be had are asked for again."""
    return tuple(Deadline(name=f"intake/{each.key}", due=each.due) for each in intake.again)


def lapse(deadline: Deadline, at: datetime) -> tuple[IntakeEvent, ...]:
    """Ask for a snapshot again."""
    return (SnapshotAskedAgain(key=deadline.name.removeprefix("intake/"), due=deadline.due, at=at),)


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
        case AcknowledgementFailed():
            return _answered(intake, event.key)
        case CustomerUnknown(again_at=again_at) | OrderUnknown(again_at=again_at):
            without = _answered(intake, event.key)
            if again_at is None:
                return without
            what = event.key.partition(":")[0]
            again = Again(key=f"{what}:{_number(event.key) + 1}", due=again_at)
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


def post(intake: Intake, policy: Policy) -> Post:
    """Return how this customer is written to."""
    return Post(
        policy=policy,
        language=intake.language,
        channel=intake.channel,
        contact=intake.opening.contact,
    )


def todo(intake: Intake, *, policy: Policy, number: str) -> tuple[Effect, ...]:
    """Return what intake still asks of the outside: the acknowledgement and the two snapshots."""
    return tuple(_asked(intake, policy, number, key) for key in intake.waiting)


def _asked(intake: Intake, policy: Policy, number: str, key: str) -> Effect:
    opening = intake.opening
    customer = FetchCustomer(contact=opening.contact)
    order = FetchOrder(
        order_id=opening.order_id,
        source=opening.source,
        source_key=intake.source_key,
        product=opening.product,
    )
    snapshots: dict[str, FetchCustomer | FetchOrder] = {"customer": customer, "order": order}
    request = snapshots.get(key.partition(":")[0])
    if request is not None:
        return Effect(key=key, request=request, patience=_patience(policy))
    template = "acknowledgement" if intake.acknowledgements == 1 else "complaint_acknowledgement"
    return post(intake, policy).notice(key, template, {"number": number})


LONG = timedelta(hours=1)
"""How long the only try for a snapshot goes on."""


def _patience(policy: Policy) -> timedelta:
    return policy.profile.patience if policy.profile else LONG
