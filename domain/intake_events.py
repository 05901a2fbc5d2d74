"""What comes in, and what can have happened to it until it is acknowledged."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.effect import Contact, CustomerSnapshot, OrderSnapshot
from domain.message import Command, Decision, Event
from domain.money import Money
from domain.policy import Language, VocType
from domain.record import Id, Instant, Line, Note, Record, Text
from domain.treatment_rules import Relation


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
