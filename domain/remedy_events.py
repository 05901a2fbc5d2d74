"""What may be said about a remedy, and what can have happened to it."""

from typing import Annotated, Literal

from pydantic import Field

from domain.authority import AuthorityEvent, Bound
from domain.effect import ReserveAuthority
from domain.message import Command, Decision, Event
from domain.money import Money
from domain.plan import Plan
from domain.record import Instant, Line, Text
from domain.spoken import PhoneContent


class ProposeRemedy(Command):
    """Propose a plan; it replaces one that is not agreed yet.

    Attributes:
        contact: number of the contact in which the customer was told; None: a notice goes out.
        acknowledges: what the brief shows and the plan regards: open promises, needs.
        why_otherwise: why it is something else than the customer said they expect.
        exception: number of the approved exception on which it rests.
        said: what the customer was told in that contact beside what is offered; what the policy asks for and
            was not said makes a notice go out as well.
    """

    kind: Literal["propose_remedy"] = "propose_remedy"
    plan: Plan
    contact: int | None = None
    said: tuple[PhoneContent, ...] = ()
    acknowledges: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    why_otherwise: Line | None = None
    exception: int | None = None


class ApproveRemedy(Command):
    """Approve exactly this proposal."""

    kind: Literal["approve_remedy"] = "approve_remedy"
    proposal: Line


class RejectRemedy(Command):
    """Refuse to approve this proposal.

    Attributes:
        clause: the clause of the policy on which it rests; needed where the plan gives what the law owes,
            which nobody refuses only because it is above somebody's authority.
    """

    kind: Literal["reject_remedy"] = "reject_remedy"
    proposal: Line
    reason: Line
    clause: Line | None = None


class AcceptRemedy(Command):
    """The customer accepts the offer; staff may enter it with the contact in which they said so.

    Attributes:
        choice: which of the plan's alternatives, or `main`; needed where there are any.
    """

    kind: Literal["accept_remedy"] = "accept_remedy"
    proposal: Line
    choice: Line | None = None
    contact: int | None = None


class DeclineRemedy(Command):
    """The customer declines the offer."""

    kind: Literal["decline_remedy"] = "decline_remedy"
    proposal: Line
    reason: Line
    contact: int | None = None


class RemedyProposed(Decision):
    """A plan was proposed; `hash` names it.

    Attributes:
        command_id: the command that proposed it.
        over: which limits it passes, so that a second person decides.
        because: why a second person decides, whatever it pays.
        reserves: what it asks the ledger before anybody is offered anything; None where nothing is added up.
        approval_until: until when it can be approved.
    """

    kind: Literal["remedy_proposed"] = "remedy_proposed"
    number: int
    hash: Line
    plan: Plan
    total: Money
    needs_approval: bool
    approval_due: Instant | None
    contact: int | None
    policy: Line
    command_id: Line | None = None
    over: tuple[Bound, ...] = ()
    because: tuple[Line, ...] = ()
    reserves: ReserveAuthority | None = None
    approval_until: Instant | None = None
    acknowledges: tuple[Line, ...] = ()
    why_otherwise: Line | None = None
    exception: int | None = None
    said: tuple[PhoneContent, ...] = ()


class RemedyApproved(Decision):
    """A second person approved exactly this proposal; `counts` is what the ledger is told of it."""

    kind: Literal["remedy_approved"] = "remedy_approved"
    hash: Line
    counts: ReserveAuthority | None = None


class RemedyRejected(Decision):
    """Approval was refused."""

    kind: Literal["remedy_rejected"] = "remedy_rejected"
    hash: Line
    reason: Line
    clause: Line | None = None


class ApprovalMissed(Event):
    """Nobody approved in time; the case moves up and the approval gets a new due instant."""

    kind: Literal["approval_missed"] = "approval_missed"
    hash: Line
    next_due: Instant | None


class ApprovalExpired(Event):
    """Nobody approved while it could be done: the proposal is void, the case moves up, another is due."""

    kind: Literal["approval_expired"] = "approval_expired"
    hash: Line


class WaitTold(Event):
    """The customer was told that an approval takes longer, or could not be told."""

    kind: Literal["wait_told"] = "wait_told"
    key: Line
    reached: bool
    digest: Line | None = None


class RemedyOffered(Event):
    """The customer has the offer, until `falls_due`; by notice unless told in a contact.

    Attributes:
        words_from: when the notice goes out, where it is not the customer's time now.
    """

    kind: Literal["remedy_offered"] = "remedy_offered"
    hash: Line
    falls_due: Instant | None
    by_notice: bool
    words_from: Instant | None = None


class OfferWordsReleased(Event):
    """The customer's hours have begun: the words that waited go out."""

    kind: Literal["offer_words_released"] = "offer_words_released"
    hash: Line


class OfferNoticeSent(Event):
    """The words of the offer (or of its reminder) went out."""

    kind: Literal["offer_notice_sent"] = "offer_notice_sent"
    key: Line
    delivered: bool
    text: Text
    digest: Line | None = None


class OfferNoticeFailed(Event):
    """The offer's words did not go out, or nobody knows."""

    kind: Literal["offer_notice_failed"] = "offer_notice_failed"
    key: Line


class OfferReminded(Event):
    """The customer did not answer in time and is reminded once."""

    kind: Literal["offer_reminded"] = "offer_reminded"
    hash: Line
    next_due: Instant | None
    words_from: Instant | None = None


class OfferExpired(Event):
    """The customer did not answer the reminder either."""

    kind: Literal["offer_expired"] = "offer_expired"
    hash: Line


class RemedyAgreed(Event):
    """The customer accepted; `needed` is false where the plan asks nothing of the customer."""

    kind: Literal["remedy_agreed"] = "remedy_agreed"
    hash: Line
    needed: bool
    choice: Line | None = None
    contact: int | None = None


class RemedyDeclined(Event):
    """The customer declined."""

    kind: Literal["remedy_declined"] = "remedy_declined"
    hash: Line
    reason: Line


class RemedyDone(Event):
    """Every step of the agreed plan was carried out.

    Attributes:
        refunded: what of the order's price went back with it.
        given: what it came to in all, vouchers too; less than was agreed where a person kept or skipped some.
    """

    kind: Literal["remedy_done"] = "remedy_done"
    hash: Line
    refunded: Money | None = None
    given: Money | None = None


class RemedyCompensated(Event):
    """The plan was given up; every step that had begun was undone."""

    kind: Literal["remedy_compensated"] = "remedy_compensated"
    hash: Line
    reason: Line


class RoundOpened(Event):
    """Recovery begins anew: the next round, and what caused it."""

    kind: Literal["round_opened"] = "round_opened"
    round: int
    cause: Literal["happy_call", "customer", "appeal", "supervisor"]
    reason: Line


RemedyCommand = ProposeRemedy | ApproveRemedy | RejectRemedy | AcceptRemedy | DeclineRemedy


ProposalEvent = (
    RemedyApproved
    | RemedyRejected
    | ApprovalMissed
    | ApprovalExpired
    | AuthorityEvent
    | RemedyOffered
    | OfferWordsReleased
    | OfferNoticeSent
    | OfferNoticeFailed
    | OfferReminded
    | OfferExpired
    | RemedyAgreed
    | RemedyDeclined
    | RemedyDone
    | RemedyCompensated
)
"""What moves the proposal on that is under way."""

RemedyEvent = RemedyProposed | WaitTold | RoundOpened | ProposalEvent
