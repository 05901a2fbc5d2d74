"""What the outside world owes a case, as data: requests to ports, and what came back.

A request's `kind` is the name of the activity that carries it out; so the interpreter needs no table.
"""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.money import Money
from domain.record import Id, Instant, Letter, Line, Record, Text
from domain.theme import LikeCase, Rulebook, Theme
from domain.treatment_rules import Fact


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


class RefundPart(Record):
    """How much of a refund belongs to one line of the order, or to its shipping."""

    line_id: Id
    amount: Money


class PayerAccount(Record):
    """An account of the payer, for money that the original means cannot take back.

    Attributes:
        account: the token under which the account is kept; never its number.
        checked_by: a second person; a bank refuses one person's word.
    """

    account: Id
    entered_by: Id
    checked_by: Id


class PayRefund(Record):
    """Pay money back to the original means, or to a checked account of the payer (port payments).

    Attributes:
        beyond: the part of the amount that is no refund of what was paid (an extra, interest); None: none.
            What is left to refund on the order lines limits only the rest.
        parts: what is paid for which line, where that is known; they add up to the amount less `beyond`.
    """

    kind: Literal["pay_refund"] = "pay_refund"
    order_id: Id
    line_ids: tuple[Id, ...] = ()
    amount: Money
    beyond: Money | None = None
    reason: Line
    parts: tuple[RefundPart, ...] = ()
    account: PayerAccount | None = None


class TrackRefund(Record):
    """Ask whether a refund that the bank took on is settled.

    Attributes:
        refund: the effect key of the refund; the adapter asks by the key that the bank knows.
    """

    kind: Literal["track_refund"] = "track_refund"
    refund: Line


class IssueVoucher(Record):
    """Give the customer of an order a coupon or points (port vouchers).

    Attributes:
        points: how many, of points; None where the policy has no rate for them.
    """

    kind: Literal["issue_voucher"] = "issue_voucher"
    voucher: Literal["coupon", "points"]
    order_id: Id
    worth: Money
    points: int | None = None


class RevokeVoucher(Record):
    """Take a coupon or points back, as long as they are not used."""

    kind: Literal["revoke_voucher"] = "revoke_voucher"
    reference: Line


class RepairGoods(Record):
    """Have the workshop repair goods that came in."""

    kind: Literal["repair_goods"] = "repair_goods"
    reference: Line
    order_id: Id
    line_ids: tuple[Id, ...] = ()


class TrackRepair(Record):
    """Ask whether a repair is finished."""

    kind: Literal["track_repair"] = "track_repair"
    reference: Line


class ReturnGoods(Record):
    """Send the customer's own goods back to them: repaired, or because nothing came of the remedy."""

    kind: Literal["return_goods"] = "return_goods"
    reference: Line
    order_id: Id


class BookCollection(Record):
    """Have the courier fetch goods from the customer (port logistics)."""

    kind: Literal["book_collection"] = "book_collection"
    order_id: Id
    line_ids: tuple[Id, ...] = ()


class IssueLabel(Record):
    """Give the customer a prepaid label under which they send goods back themselves (port logistics)."""

    kind: Literal["issue_label"] = "issue_label"
    order_id: Id
    line_ids: tuple[Id, ...] = ()


class VoidLabel(Record):
    """Undo a label that nothing was sent with yet."""

    kind: Literal["void_label"] = "void_label"
    reference: Line


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
        wording_hash: sha256 of the policy's wordings, which hold the script; empty: ids are all there is.
    """

    kind: Literal["place_call"] = "place_call"
    caller: Id
    contact: Contact
    language: Literal["ko", "en"]
    attempt: int
    questions: tuple[Line, ...]
    wording_hash: str = ""


class FetchCall(Record):
    """Ask the call centre for a call that a caller says they made (port calls)."""

    kind: Literal["fetch_call"] = "fetch_call"
    reference: Line


class SendLink(Record):
    """Open a survey that is answered once, by a link, and send the link (ports surveys and notices).

    Attributes:
        template: name of the wording that carries the link.
        questions: ids in the order in which they are shown; the wordings hold their texts.
        expires_at: after this nobody can answer.
    """

    kind: Literal["send_link"] = "send_link"
    survey: Literal["happy_call", "servqual"]
    template: Line
    wording_hash: str
    language: Literal["ko", "en"]
    channel: Literal["sms", "email"]
    contact: Contact
    questions: tuple[Line, ...]
    expires_at: Instant
    slots: dict[str, Text] = Field(default_factory=dict)


class FetchAnswer(Record):
    """Ask whether a survey was answered (port surveys); a word from outside is never taken for it."""

    kind: Literal["fetch_answer"] = "fetch_answer"
    reference: Line


class ReserveAuthority(Record):
    """Count a proposal against what a person and a customer have had in a period (the ledger's own port).

    Attributes:
        proposal: the proposal's hash, under which it counts once within its case.
        person: who decides it.
        customer: who gets it; None where nobody knows the customer's id.
        period: name of the period in which it was decided, by the event's own time.
        person_limit: most that the person may decide alone in the period.
        customer_limit: most that the customer may get in the period without a second person.
        approved: a second person decided: it is counted in any case, in place of what was reserved before.
    """

    kind: Literal["reserve_authority"] = "reserve_authority"
    proposal: Line
    person: Id
    customer: Id | None = None
    period: Line
    amount: Money
    person_limit: Money | None = None
    customer_limit: Money | None = None
    approved: bool = False


class ReleaseAuthority(Record):
    """Count a proposal no longer; one that was never counted will not be counted later either."""

    kind: Literal["release_authority"] = "release_authority"
    proposal: Line


class ReadLoad(Record):
    """Ask the ledger how many open cases each of these people owns (the ledger's own port)."""

    kind: Literal["read_load"] = "read_load"
    people: tuple[Id, ...]


class ReportLesson(Record):
    """Count a case with its like, and ask their department for an improvement where it is time to."""

    kind: Literal["report_lesson"] = "report_lesson"
    theme: Theme
    case: LikeCase
    book: Rulebook


class LearntFact(Record):
    """Something that a case taught about its customer, in a code: never their words.

    Attributes:
        fact: what they like or want no more, what they need to be served at all, or what had failed them.
        value: a remedy, `no-calls`, `no-messages`, a need or a cause of the policy.
        seq: number of the event that it comes from; `event` is its kind.
    """

    fact: Fact
    value: Line
    seq: int
    event: Line


class ProposeFacts(Record):
    """Propose facts about a customer to the CRM, which decides what it takes into the profile."""

    kind: Literal["propose_facts"] = "propose_facts"
    customer_id: Id
    facts: tuple[LearntFact, ...]


class TellSuggester(Record):
    """Tell the customer of a case, which may have ended long ago, what became of their suggestion."""

    kind: Literal["tell_suggester"] = "tell_suggester"
    case_id: Id
    wording_hash: str
    letter: Letter


class JoinInto(Record):
    """Hand what a case holds of one claim to the case that was opened first (port cases).

    Attributes:
        into: the earlier case.
        mode: join: its contacts are copied there; link: both only know of each other.
        since: events after this one are handed over.
        upto: and up to this one.
        basis: why they are one claim: the same keys, the customer's word, or what a member of staff knows.
    """

    kind: Literal["join_into"] = "join_into"
    into: Id
    mode: Literal["join", "link"]
    since: int = 0
    upto: int
    basis: Line


class SplitOff(Record):
    """Open a case of its own again for what was joined wrongly (port cases).

    Attributes:
        joined: the case whose contacts leave.
        number: which split of the asking case this is.
    """

    kind: Literal["split_off"] = "split_off"
    joined: Id
    number: int


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
        | IssueVoucher
        | RevokeVoucher
        | RepairGoods
        | ReturnGoods
        | BookCollection
        | CancelCollection
        | IssueLabel
        | VoidLabel
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
    | TrackRefund
    | IssueVoucher
    | RevokeVoucher
    | RepairGoods
    | TrackRepair
    | ReturnGoods
    | BookCollection
    | CancelCollection
    | IssueLabel
    | VoidLabel
    | TrackCollection
    | ReserveReplacement
    | ReleaseReplacement
    | ShipReplacement
    | TrackDelivery
    | PlaceCall
    | FetchCall
    | SendLink
    | FetchAnswer
    | ReserveAuthority
    | ReleaseAuthority
    | ReadLoad
    | ReportLesson
    | TellSuggester
    | ProposeFacts
    | JoinInto
    | SplitOff
    | FindOutcome,
    Field(discriminator="kind"),
]

# Results. ----------------------------------------------------------------------------------------------


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


class OtherCase(Record):
    """Another case of the same customer, as the ledger knew it when the snapshot was taken.

    Attributes:
        end: how it ended; None while it is open.
    """

    case_id: Id
    voc_type: Line
    product: Line | None = None
    cause: Line | None = None
    opened_at: Instant
    stage: Line
    end: Line | None = None
    promises: tuple[OpenPromise, ...] = ()


class CustomerSnapshot(Record):
    """What the CRM knows; `known` is false for a prospect, who is a full customer of this engine.

    Attributes:
        purchases: how often they have bought.
        referrals: how many others came by their word.
        partner: whether they take part in the firm's partner programme.
        prefers: remedies that they like best, the best first.
        access: what they need to be served at all, for example `large-print`.
        consent_to_profile: whether what is learnt in a case may be proposed for this profile.
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
    """The customer has the coupon or the points."""

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
    """

    kind: Literal["authority_answer"] = "authority_answer"
    state: Literal["reserved", "exceeded", "released"]
    person_used: Money
    customer_used: Money | None = None


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
    | SplitOpened,
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
