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
from domain.record import Id, Instant, Line, Note, Record, Text
from domain.refusal import Refused
from domain.relation import relation_of
from domain.treatment_rules import Relation, Tone

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
        place: where it was taken in: a store, a branch, a kiosk.
        taken_by: id of the person who took it in; they hear how it came out.
        failed_at: when it went wrong, where that is known.
        noticed_at: when the firm became aware of the failure, where that was before the customer said so.
        warned: what was done before the failure became known, such as a warning to the customers concerned.
        split_from: the case from which it was split off.
        asked_further: whether the channel itself asked for harm beyond the item, as a form's own field does.
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
    place: Line | None = None
    taken_by: Id | None = None
    failed_at: Instant | None = None
    noticed_at: Instant | None = None
    warned: Note | None = None
    split_from: Id | None = None
    asked_further: bool = False


LATER_FIELDS = ("place", "taken_by", "failed_at", "noticed_at", "warned", "split_from", "asked_further")
"""Fields that openings have had only later: where they are not given, a message is what it was before."""


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
    caller_key: Line | None = None


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


def _language_of(text: str) -> Language:
    """Tell Korean by its letters."""
    return "ko" if any("가" <= letter <= "힣" for letter in text) else "en"


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


def open_case(
    opening: Opening,
    *,
    policy: Policy,
    source_key: str,
    key_digest: str,
    at: datetime,
    caller_key: str | None = None,
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
    _check_before(opening, at)
    return CaseOpened(
        at=at,
        opening=opening,
        source_key=source_key,
        key_digest=key_digest,
        policy=f"{policy.name}/{policy.version}",
        policy_hash=content_hash(policy),
        known_source=is_known(opening.source, policy),
        received_at=received,
        caller_key=caller_key,
    )


def is_known(source: str, policy: Policy) -> bool:
    """Say whether the engine or the policy knows a channel; others are accepted and marked."""
    return source in KNOWN_SOURCES or policy.source(source) is not None


def _check_before(opening: Opening, at: datetime) -> None:
    """What went before cannot lie ahead, and nobody is aware of a failure before it happened."""
    failed, noticed = opening.failed_at or EARLIEST, opening.noticed_at or EARLIEST
    if min(failed, noticed) < EARLIEST:
        raise Refused("failed_at or noticed_at lies before 1970: correct it", code="past")
    if max(failed, noticed) > at:
        raise Refused("failed_at or noticed_at lies in the future: correct it", code="future")
    if opening.noticed_at is not None and noticed < failed:
        raise Refused("noticed_at: nobody is aware of a failure before it happened", code="order")


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
            caller_key=event.caller_key,
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


def told_by(intake: Intake, policy: Policy) -> Channel | None:
    """Return the channel of the acknowledgement; None where somebody says it in person."""
    opening, rule = intake.opening, policy.source(intake.opening.source)
    addresses = {"sms": opening.contact.phone, "phone": opening.contact.phone, "email": opening.contact.email}
    for means in rule.means if rule else ():
        if means == "in_person":
            if opening.taken_by is not None and intake.acknowledgements == 1:
                return None
        elif means == "post" or addresses[means]:
            return means
    return intake.channel


def todo(intake: Intake, post: Post) -> tuple[Effect, ...]:
    """Return what intake still asks of the outside: the acknowledgement and the two snapshots."""
    in_person = _acknowledgement(intake) if told_by(intake, post.policy) is None else None
    return tuple(_asked(intake, post, key) for key in intake.waiting if key != in_person)


def _asked(intake: Intake, post: Post, key: str) -> Effect:
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
        return Effect(key=key, request=request, patience=_patience(post.policy))
    template = "acknowledgement" if intake.acknowledgements == 1 else "complaint_acknowledgement"
    return post.notice(key, template, {}, channel=told_by(intake, post.policy))


LONG = timedelta(hours=1)
"""How long the only try for a snapshot goes on."""


def _patience(policy: Policy) -> timedelta:
    return policy.profile.patience if policy.profile else LONG
