"""What the outside world owes a case, as data: requests to ports, and what came back.

A request's `kind` is the name of the activity that carries it out; so the interpreter needs no table.
"""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.money import Money
from domain.record import Id, Instant, Line, Record, Text


class Contact(Record):
    """How to reach a customer. Personal data: never in ids, search attributes, summaries or logs."""

    customer_id: Id | None = None
    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    language: Literal["ko", "en"] | None = None


# Requests. ---------------------------------------------------------------------------------------------


class FetchCustomer(Record):
    """Ask the CRM who this is (port customers)."""

    kind: Literal["fetch_customer"] = "fetch_customer"
    contact: Contact


class FetchOrder(Record):
    """Ask the shop what was bought (port orders)."""

    kind: Literal["fetch_order"] = "fetch_order"
    order_id: Id | None = None
    source: Line
    source_key: Line
    product: Line | None = None


class SendNotice(Record):
    """Send words to a customer or a member of staff (port notices); rendered where they are sent.

    Attributes:
        template: name of the wording in the policy, for example `acknowledgement`.
        wording_hash: sha256 of the policy's wordings; another text under the same name is refused.
        channel: sms, email, phone, post or internal.
        to: where; None where only the CRM knows (the adapter asks for it by customer id).
        slots: what the template's gaps are filled with.
    """

    kind: Literal["send_notice"] = "send_notice"
    template: Line
    wording_hash: str
    language: Literal["ko", "en"]
    channel: Literal["sms", "email", "phone", "post", "internal"]
    contact: Contact | None = None
    staff: Id | None = None
    slots: dict[str, Text] = Field(default_factory=dict)


class PayRefund(Record):
    """Pay money back to the original means (port payments).

    Attributes:
        beyond: the part of the amount that is no refund of what was paid (an extra, interest); None: none.
            What is left to refund on the order lines limits only the rest.
    """

    kind: Literal["pay_refund"] = "pay_refund"
    order_id: Id
    line_ids: tuple[Id, ...] = ()
    amount: Money
    beyond: Money | None = None
    reason: Line


class BookCollection(Record):
    """Have the courier fetch goods from the customer (port logistics)."""

    kind: Literal["book_collection"] = "book_collection"
    order_id: Id
    line_ids: tuple[Id, ...] = ()


class CancelCollection(Record):
    """Undo a booked collection."""

    kind: Literal["cancel_collection"] = "cancel_collection"
    reference: Line


class TrackCollection(Record):
    """Ask whether the goods have come back and what the inspection found."""

    kind: Literal["track_collection"] = "track_collection"
    reference: Line


class ReserveReplacement(Record):
    """Set a replacement aside."""

    kind: Literal["reserve_replacement"] = "reserve_replacement"
    order_id: Id
    line_ids: tuple[Id, ...] = ()


class ReleaseReplacement(Record):
    """Undo a reservation."""

    kind: Literal["release_replacement"] = "release_replacement"
    reference: Line


class ShipReplacement(Record):
    """Send the reserved replacement to the customer."""

    kind: Literal["ship_replacement"] = "ship_replacement"
    reference: Line
    order_id: Id


class TrackDelivery(Record):
    """Ask whether a shipment has arrived."""

    kind: Literal["track_delivery"] = "track_delivery"
    reference: Line


class PlaceCall(Record):
    """Make one attempt of a happy call (port calls).

    Attributes:
        questions: ids of the questions in the order in which they are asked.
    """

    kind: Literal["place_call"] = "place_call"
    caller: Id
    contact: Contact
    language: Literal["ko", "en"]
    attempt: int
    questions: tuple[Line, ...]


class FindOutcome(Record):
    """Ask a provider, by our key, what became of a request whose outcome we do not know.

    Attributes:
        key: the effect key of the lost request.
        lost: the lost request itself.
    """

    kind: Literal["find_outcome"] = "find_outcome"
    key: Line
    lost: Annotated[
        PayRefund
        | BookCollection
        | CancelCollection
        | ReserveReplacement
        | ReleaseReplacement
        | ShipReplacement
        | SendNotice
        | PlaceCall,
        Field(discriminator="kind"),
    ]


Request = Annotated[
    FetchCustomer
    | FetchOrder
    | SendNotice
    | PayRefund
    | BookCollection
    | CancelCollection
    | TrackCollection
    | ReserveReplacement
    | ReleaseReplacement
    | ShipReplacement
    | TrackDelivery
    | PlaceCall
    | FindOutcome,
    Field(discriminator="kind"),
]

# Results. ----------------------------------------------------------------------------------------------


class EarlierFailure(Record):
    """A failure that this customer has been through before: what it was put down to, and when."""

    on: date
    cause: Line | None = None


class CustomerSnapshot(Record):
    """What the CRM knows; `known` is false for a prospect, who is a full customer of this engine."""

    kind: Literal["customer_snapshot"] = "customer_snapshot"
    known: bool
    customer_id: Id | None = None
    tier: Line = "none"
    language: Literal["ko", "en"] | None = None
    preferred_channel: Literal["sms", "email", "phone", "post"] | None = None
    consent_to_calls: bool = True
    open_from_hour: int = 9
    open_to_hour: int = 20
    earlier_failures: int = 0
    earlier: tuple[EarlierFailure, ...] = ()


class OrderLine(Record):
    """One line of an order; `replaceable` while goods of the same kind are left."""

    line_id: Id
    product: Line
    price: Money
    replaceable: bool = True


class OrderSnapshot(Record):
    """What the shop knows of the order; `known` is false where there is none.

    Attributes:
        promised_on: the day by which delivery was guaranteed.
        repairs: how often the same defect was repaired.
        in_repair_since: since when the goods have been away for a repair that has not come back.
    """

    kind: Literal["order_snapshot"] = "order_snapshot"
    known: bool
    order_id: Id | None = None
    lines: tuple[OrderLine, ...] = ()
    shipping_paid: Money | None = None
    bought_on: date | None = None
    delivered_on: date | None = None
    promised_on: date | None = None
    repairs: int = 0
    in_repair_since: date | None = None
    warranty_months: int = 0
    life_cycle: Literal["introduction", "growth", "maturity", "decline"] | None = None


class NoticeSent(Record):
    """A notice as it went out: rendered text and whether the gateway confirmed its delivery."""

    kind: Literal["notice_sent"] = "notice_sent"
    reference: Line
    delivered: bool
    text: Text


class RefundPaid(Record):
    """Money went out."""

    kind: Literal["refund_paid"] = "refund_paid"
    reference: Line
    amount: Money


class CollectionBooked(Record):
    """The courier will come."""

    kind: Literal["collection_booked"] = "collection_booked"
    reference: Line


class CollectionStatus(Record):
    """Where collected goods are; `finding` once they were inspected."""

    kind: Literal["collection_status"] = "collection_status"
    arrived: bool
    arrived_at: Instant | None = None
    finding: Literal["as_claimed", "not_as_claimed", "missing"] | None = None


class ReplacementReserved(Record):
    """A replacement is set aside."""

    kind: Literal["replacement_reserved"] = "replacement_reserved"
    reference: Line


class ReplacementShipped(Record):
    """A replacement is on its way."""

    kind: Literal["replacement_shipped"] = "replacement_shipped"
    reference: Line


class DeliveryStatus(Record):
    """Where a shipment is."""

    kind: Literal["delivery_status"] = "delivery_status"
    delivered: bool
    delivered_at: Instant | None = None


class Undone(Record):
    """An undo took effect (a collection cancelled, a reservation released)."""

    kind: Literal["undone"] = "undone"
    reference: Line


class CallMade(Record):
    """One attempt of a happy call as the call centre reports it.

    Attributes:
        answers: question id to answer: 1-7 for scales, 0 or 1 for yes/no; missing answers are missing.
    """

    kind: Literal["call_made"] = "call_made"
    reference: Line
    outcome: Literal["answered", "no_answer", "declined"]
    answers: dict[str, int] = Field(default_factory=dict)
    verbatim: Text = ""


Outcome = Annotated[
    CustomerSnapshot
    | OrderSnapshot
    | NoticeSent
    | RefundPaid
    | CollectionBooked
    | CollectionStatus
    | ReplacementReserved
    | ReplacementShipped
    | DeliveryStatus
    | Undone
    | CallMade,
    Field(discriminator="kind"),
]


class Found(Record):
    """The answer to `FindOutcome`: what happened under the key, or None where nothing did."""

    kind: Literal["found"] = "found"
    outcome: Outcome | None = None


Result = Annotated[Outcome | Found, Field(discriminator="kind")]

# What the interpreter carries out, and what it hands to an activity. ------------------------------------


class Effect(Record):
    """One thing owed to the case, under a key that never changes.

    Attributes:
        key: stable within the case, for example `refund:2`; another try is the next generation.
        once: the key under which the provider knows it, where that differs: a try after an outcome that
            stayed unknown goes out under the first key, so that a late arrival of the first cannot pay twice.
        patience: how long tries go on before the outcome counts as unknown.
        after_written: seq of the event that must be in the ledger first (money); None: at once.
    """

    key: Line
    once: Line | None = None
    request: Request
    patience: timedelta = timedelta(hours=1)
    after_written: int | None = None


class Ask(Record):
    """The one argument of every activity that reaches the outside world.

    Attributes:
        key: what the provider knows the request by (`Effect.once` or `Effect.key`).
        at: the case's own time; the sandbox and its people live on it, because each case may skip time.
    """

    case_id: Id
    key: Line
    at: Instant
    request: Request


class Answer(Record):
    """The one result of such an activity (a wrapper, so that the union is decoded by its tag)."""

    result: Result


REFUSED = "ProviderRefused"
"""Type of the only non-retryable error that means *refused for good*; everything else is *unknown*."""
