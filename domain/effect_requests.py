"""What the outside world can be asked."""

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
    """Give the customer of an order a reward (port vouchers).

    Attributes:
        worth: nothing, of information; it is a reward all the same.
        points: how many, of points; None where the policy has no rate for them.
    """

    kind: Literal["issue_voucher"] = "issue_voucher"
    voucher: Literal["coupon", "points", "membership", "information"]
    order_id: Id
    worth: Money
    points: int | None = None


class RevokeVoucher(Record):
    """Take a reward back, as long as it is not used: end a membership, send no more information."""

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
    """Set a replacement aside.

    Attributes:
        product: another product of equal use; None: goods of the same kind.
    """

    kind: Literal["reserve_replacement"] = "reserve_replacement"
    order_id: Id
    line_ids: tuple[Id, ...] = ()
    product: Line | None = None


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
        tier: whose budget of extras it uses; None: there is no such budget, or it has no extras.
        extras: how much of that budget it uses.
        tier_limit: that budget; nobody passes it, approved or not.
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
    tier: Line | None = None
    extras: Money | None = None
    tier_limit: Money | None = None


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


Growth = Literal["advocate", "sales_offer", "customer_contact", "prosumer"]
"""What becomes possible with a customer once nothing of theirs is open (R27, R31, R32)."""


class LearntFact(Record):
    """Something that a case taught about its customer, in a code: never their words.

    Attributes:
        fact: what they like or want no more, what they need to be served at all, what had failed them; or
            what they may be to the firm from now on.
        value: a remedy, `no-calls`, `no-messages`, a need or a cause of the policy; `candidate`, the number
            of an offer, with whom contact is encouraged, or how an invitation stands.
        seq: number of the event that it comes from; `event` is its kind.
    """

    fact: Fact | Growth
    value: Line
    seq: int
    event: Line


class ProposeFacts(Record):
    """Propose facts about a customer to the CRM, which decides what it takes into the profile."""

    kind: Literal["propose_facts"] = "propose_facts"
    customer_id: Id
    facts: tuple[LearntFact, ...]


class ProposeWhenAlone(Record):
    """Propose facts to the CRM, but not while any other case of the customer is open."""

    kind: Literal["propose_when_alone"] = "propose_when_alone"
    customer_id: Id
    facts: tuple[LearntFact, ...]


class NoteProsumer(Record):
    """Have the CRM note how an invitation stands; it is asked before anybody is invited (port customers).

    Attributes:
        case_id: the case of the customer, which ended long ago.
    """

    kind: Literal["note_prosumer"] = "note_prosumer"
    case_id: Id
    fact: LearntFact


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


class ReadRest(Record):
    """Ask the ledger what is left of an event without its words (port ledger)."""

    kind: Literal["read_rest"] = "read_rest"
    seq: int


class EraseWords(Record):
    """Have the ledger erase the words of an event, which it does only where a record of it is there."""

    kind: Literal["erase_words"] = "erase_words"
    seq: int


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
    | ProposeWhenAlone
    | NoteProsumer
    | JoinInto
    | SplitOff
    | ReadRest
    | EraseWords
    | FindOutcome,
    Field(discriminator="kind"),
]
