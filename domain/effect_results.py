"""What the outside world answers."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.money import Money
from domain.record import Id, Instant, Line, Record, Text


class EarlierFailure(Record):
    """A failure that this customer has been through before: what it was put down to, and when."""

    on: date
    cause: Line | None = None


class CustomerValue(Record):
    """What a customer is worth to the firm in a year, its five sources apart; None: the CRM does not say."""

    base: Money | None = None
    volume: Money | None = None
    savings: Money | None = None
    referral: Money | None = None
    premium: Money | None = None


class OpenPromise(Record):
    """A promise of another case of the same customer that is not kept yet."""

    number: int
    by: Line
    due: Instant
    what: Text = ""


class Taste(Record):
    """What an earlier case teaches of one kind of remedy, and when."""

    word: Literal["chosen", "liked", "disliked"]
    remedy: Line
    at: Instant


class OtherCase(Record):
    """Another case of the same customer, as the ledger knew it when the snapshot was taken.

    Attributes:
        end: how it ended; None while it is open.
        tastes: what it teaches of what this customer likes.
    """

    case_id: Id
    voc_type: Line
    product: Line | None = None
    cause: Line | None = None
    opened_at: Instant
    stage: Line
    end: Line | None = None
    promises: tuple[OpenPromise, ...] = ()
    tastes: tuple[Taste, ...] = ()


Between = Literal["reference", "community"]
"""Contact between customers: one who thinks of buying asks another, or they are members of a circle."""


class CustomerSnapshot(Record):
    """What the CRM knows; `known` is false for a prospect, who is a full customer of this engine.

    Attributes:
        purchases: how often they have bought.
        referrals: how many others came by their word.
        partner: whether they take part in the firm's partner programme.
        prefers: remedies that they told the firm they like best, the best first.
        access: what they need to be served at all, for example `large-print`.
        consent_to_profile: whether what is learnt in a case may be proposed for this profile.
        meets: contact with other customers that the firm encourages.
        cases: their other cases; None: the ledger could not be asked.
    """

    kind: Literal["customer_snapshot"] = "customer_snapshot"
    known: bool
    customer_id: Id | None = None
    tier: Line = "none"
    language: Literal["ko", "en"] | None = None
    preferred_channel: Literal["sms", "email", "phone", "post"] | None = None
    consent_to_calls: bool = True
    consent_to_messages: bool = True
    open_from_hour: int = 9
    open_to_hour: int = 20
    earlier_failures: int = 0
    earlier: tuple[EarlierFailure, ...] = ()
    purchases: int = 0
    first_bought_on: date | None = None
    referrals: int = 0
    partner: bool = False
    value: CustomerValue | None = None
    prefers: tuple[Line, ...] = ()
    access: tuple[Line, ...] = ()
    consent_to_profile: bool = True
    # Left out where there is none: what was pinned before it was there keeps its text, and so its hash.
    meets: tuple[Between, ...] = Field(default=(), exclude_if=lambda meets: not meets)
    cases: tuple[OtherCase, ...] | None = None


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
    """A notice as it went out: rendered text and whether the gateway confirmed its delivery.

    Attributes:
        digest: of the text within its case; the same words in one case have the same, and it tells nothing.
    """

    kind: Literal["notice_sent"] = "notice_sent"
    reference: Line
    delivered: bool
    text: Text
    digest: Line | None = None


class RefundPaid(Record):
    """Money went out; `settled_at` is when, where the bank says so."""

    kind: Literal["refund_paid"] = "refund_paid"
    reference: Line
    amount: Money
    settled_at: Instant | None = None


class RefundPending(Record):
    """The bank took a refund on; it will be settled or fail."""

    kind: Literal["refund_pending"] = "refund_pending"
    reference: Line


class RefundFailed(Record):
    """A refund that the bank had taken on came to nothing; no money went out."""

    kind: Literal["refund_failed"] = "refund_failed"
    reference: Line
    reason: Line
    code: Line


class VoucherIssued(Record):
    """The customer has the reward."""

    kind: Literal["voucher_issued"] = "voucher_issued"
    reference: Line


class RepairAccepted(Record):
    """The workshop has the goods and will repair them."""

    kind: Literal["repair_accepted"] = "repair_accepted"
    reference: Line


class GoodsRepaired(Record):
    """The goods are repaired."""

    kind: Literal["goods_repaired"] = "goods_repaired"
    reference: Line
    repaired_at: Instant | None = None


class RepairFailed(Record):
    """The goods cannot be repaired after all."""

    kind: Literal["repair_failed"] = "repair_failed"
    reference: Line
    reason: Line


class GoodsReturned(Record):
    """The customer's own goods are on their way back to them."""

    kind: Literal["goods_returned"] = "goods_returned"
    reference: Line


class CollectionBooked(Record):
    """The courier will come."""

    kind: Literal["collection_booked"] = "collection_booked"
    reference: Line


class CollectionStatus(Record):
    """Where collected goods are; `finding` once they were inspected.

    Attributes:
        no_show: the courier met nobody; this booking is over.
        lost: the goods were lost on their way to the firm.
        returned: the order lines that arrived, where not all did.
    """

    kind: Literal["collection_status"] = "collection_status"
    arrived: bool
    arrived_at: Instant | None = None
    finding: Literal["as_claimed", "not_as_claimed", "missing", "part_returned"] | None = None
    no_show: bool = False
    lost: bool = False
    returned: tuple[Id, ...] = ()


class LabelIssued(Record):
    """The customer has the label; its reference is tracked like a collection's."""

    kind: Literal["label_issued"] = "label_issued"
    reference: Line


class ReplacementReserved(Record):
    """A replacement is set aside."""

    kind: Literal["replacement_reserved"] = "replacement_reserved"
    reference: Line


class ReplacementShipped(Record):
    """A replacement is on its way."""

    kind: Literal["replacement_shipped"] = "replacement_shipped"
    reference: Line


class DeliveryStatus(Record):
    """Where a shipment is; `lost` where it will never arrive."""

    kind: Literal["delivery_status"] = "delivery_status"
    delivered: bool
    delivered_at: Instant | None = None
    lost: bool = False


class Undone(Record):
    """An undo took effect (a collection cancelled, a reservation released, a voucher revoked)."""

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


class LinkSent(Record):
    """The link went out; its secret part is known to the survey service and the customer only."""

    kind: Literal["link_sent"] = "link_sent"
    reference: Line
    delivered: bool
    text: Text


class SurveyAnswer(Record):
    """How a survey stands; `answered_at` is when the customer sent it off.

    Attributes:
        answers: question id to answer; what was left out is missing.
    """

    kind: Literal["survey_answer"] = "survey_answer"
    state: Literal["open", "answered", "declined"]
    answered_at: Instant | None = None
    answers: dict[str, int] = Field(default_factory=dict)
    verbatim: Text = ""


class AuthorityAnswer(Record):
    """What became of a reservation, and what the person and the customer have used with it or without.

    Attributes:
        state: `reserved`: it counts; `exceeded`: a limit forbids it; `released`: it was given up before.
        person_used: of this period, without this proposal.
        customer_used: the same for the customer; None where nobody knows the customer's id.
        tier_used: what the customer's tier has had of its budget of extras; None where it was not asked for.
    """

    kind: Literal["authority_answer"] = "authority_answer"
    state: Literal["reserved", "exceeded", "released"]
    person_used: Money
    customer_used: Money | None = None
    tier_used: Money | None = None


class AuthorityFreed(Record):
    """A proposal does not count any more."""

    kind: Literal["authority_freed"] = "authority_freed"


class LoadAnswer(Record):
    """How many open cases each person owns; whoever is missing owns none."""

    kind: Literal["load_answer"] = "load_answer"
    open_cases: dict[Id, int]


class ImprovementJoined(Record):
    """A case was counted with its like; `improvement` is where."""

    kind: Literal["improvement_joined"] = "improvement_joined"
    improvement: Id


class FactsTaken(Record):
    """The CRM has what was proposed."""

    kind: Literal["facts_taken"] = "facts_taken"
    reference: Line


class HandedOver(Record):
    """The other case has everything."""

    kind: Literal["handed_over"] = "handed_over"
    case: Id


class SplitOpened(Record):
    """What was joined wrongly is a case of its own, under this number."""

    kind: Literal["split_opened"] = "split_opened"
    case: Id


class RestRead(Record):
    """What is left of an event.

    Attributes:
        was: its kind.
        rest: its canonical text without the words.
        words: whether there are any in it.
    """

    kind: Literal["rest_read"] = "rest_read"
    was: Line
    rest: str
    words: bool


class WordsGone(Record):
    """The ledger holds the words no longer."""

    kind: Literal["words_gone"] = "words_gone"


Outcome = Annotated[
    CustomerSnapshot
    | OrderSnapshot
    | NoticeSent
    | RefundPaid
    | RefundPending
    | RefundFailed
    | VoucherIssued
    | RepairAccepted
    | GoodsRepaired
    | RepairFailed
    | GoodsReturned
    | CollectionBooked
    | LabelIssued
    | CollectionStatus
    | ReplacementReserved
    | ReplacementShipped
    | DeliveryStatus
    | Undone
    | CallMade
    | LinkSent
    | SurveyAnswer
    | AuthorityAnswer
    | AuthorityFreed
    | LoadAnswer
    | ImprovementJoined
    | FactsTaken
    | HandedOver
    | SplitOpened
    | RestRead
    | WordsGone,
    Field(discriminator="kind"),
]


class Found(Record):
    """The answer to `FindOutcome`: what happened under the key, or None where nothing did."""

    kind: Literal["found"] = "found"
    outcome: Outcome | None = None


Result = Annotated[Outcome | Found, Field(discriminator="kind")]
