"""The remedy: one decision per harm line, approved where it must be, offered to the customer and answered."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.actor import Role
from domain.budget import due_of
from domain.effect import Effect, NoticeSent, SendNotice
from domain.message import CameBack, Command, Deadline, EffectSucceeded, Event
from domain.money import Money
from domain.plan import (
    Before,
    LineDecision,
    Plan,
    amount_of,
    check_plan,
    choices,
    chosen,
    hash_of,
    needs_answer,
    quoted,
    with_amounts,
)
from domain.plan_rules import check_better, check_rules, needs_approval_because
from domain.policy import Policy
from domain.record import Instant, Line, Text
from domain.refusal import Refused
from domain.triage import Classification

ProposalState = Literal[
    "waiting_approval",
    "approved",
    "rejected",
    "offered",
    "agreed",
    "declined",
    "expired",
    "void",
    "done",
    "compensated",
]


class ProposeRemedy(Command):
    """Propose a plan; it replaces one that is not agreed yet.

    Attributes:
        contact: number of the contact in which the customer was told; None: a notice goes out.
    """

    kind: Literal["propose_remedy"] = "propose_remedy"
    plan: Plan
    contact: int | None = None


class ApproveRemedy(Command):
    """Approve exactly this proposal."""

    kind: Literal["approve_remedy"] = "approve_remedy"
    proposal: Line


class RejectRemedy(Command):
    """Refuse to approve this proposal."""

    kind: Literal["reject_remedy"] = "reject_remedy"
    proposal: Line
    reason: Line


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


class RemedyProposed(Event):
    """A plan was proposed; `hash` names it; `because`: why a second person decides, whatever it pays."""

    kind: Literal["remedy_proposed"] = "remedy_proposed"
    number: int
    hash: Line
    plan: Plan
    total: Money
    needs_approval: bool
    approval_due: Instant | None
    contact: int | None
    policy: Line
    because: tuple[Line, ...] = ()


class RemedyApproved(Event):
    """A second person approved exactly this proposal."""

    kind: Literal["remedy_approved"] = "remedy_approved"
    hash: Line


class RemedyRejected(Event):
    """Approval was refused."""

    kind: Literal["remedy_rejected"] = "remedy_rejected"
    hash: Line
    reason: Line


class ApprovalMissed(Event):
    """Nobody approved in time; the case moves up and the approval gets a new due instant."""

    kind: Literal["approval_missed"] = "approval_missed"
    hash: Line
    next_due: Instant | None


class RemedyOffered(Event):
    """The customer has the offer, until `falls_due`; by notice unless told in a contact."""

    kind: Literal["remedy_offered"] = "remedy_offered"
    hash: Line
    falls_due: Instant | None
    by_notice: bool


class OfferNoticeSent(Event):
    """The words of the offer (or of its reminder) went out."""

    kind: Literal["offer_notice_sent"] = "offer_notice_sent"
    key: Line
    delivered: bool
    text: Text


class OfferNoticeFailed(Event):
    """The offer's words did not go out, or nobody knows."""

    kind: Literal["offer_notice_failed"] = "offer_notice_failed"
    key: Line


class OfferReminded(Event):
    """The customer did not answer in time and is reminded once."""

    kind: Literal["offer_reminded"] = "offer_reminded"
    hash: Line
    next_due: Instant | None


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
    """Every step of the agreed plan was carried out."""

    kind: Literal["remedy_done"] = "remedy_done"
    hash: Line


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
RemedyEvent = (
    RemedyProposed
    | RemedyApproved
    | RemedyRejected
    | ApprovalMissed
    | RemedyOffered
    | OfferNoticeSent
    | OfferNoticeFailed
    | OfferReminded
    | OfferExpired
    | RemedyAgreed
    | RemedyDeclined
    | RemedyDone
    | RemedyCompensated
    | RoundOpened
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One proposal as it stands."""

    number: int
    hash: str
    plan: Plan
    total: Money
    by: str
    needs_approval: bool
    state: ProposalState
    approval_due: datetime | None = None
    approved_by: str | None = None
    agreed_at: datetime | None = None
    offer_due: datetime | None = None
    reminded: bool = False
    contact: int | None = None
    words_waiting: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The rounds of recovery and the proposals of the present one.

    Attributes:
        done: the decisions of this round that were carried out; a harm claimed later gets its own plan.
        people: whoever proposed, approved or rejected, in all rounds: none of them reviews an appeal.
        hashes: every proposal ever made, so that an approval of an old one is told apart from nonsense.
    """

    round: int = 1
    round_at: datetime | None = None
    offers: int = 0
    proposed: int = 0
    proposal: Proposal | None = None
    done: tuple[LineDecision, ...] = ()
    hashes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def agreed_at(self) -> datetime | None:
        """When the customer agreed to the proposal that stands."""
        return self.proposal.agreed_at if self.proposal else None


def decide(remedy: Remedy, before: Before, command: RemedyCommand) -> tuple[RemedyEvent, ...]:
    """Propose, approve, reject, accept or decline."""
    match command:
        case ProposeRemedy():
            return _propose(remedy, before, command)
        case ApproveRemedy():
            return _approve(remedy, before.policy, command)
        case RejectRemedy():
            return _reject(remedy, before.policy, command)
        case AcceptRemedy():
            return _accept(remedy, before, command)
        case DeclineRemedy():
            return _decline(remedy, before, command)
        case _:
            assert_never(command)


def _propose(remedy: Remedy, before: Before, command: ProposeRemedy) -> tuple[RemedyEvent, ...]:
    command = command.model_copy(update={"plan": with_amounts(before, command.plan)})
    _check_may_propose(remedy, before, command)
    check_plan(before, command.plan, lines=undecided(remedy, before.triage))
    check_rules(before, command.plan)
    because = needs_approval_because(before, command.plan, command.by.role)
    number = remedy.proposed + 1
    amount = amount_of(command.plan, before.policy.currency)
    limit = before.policy.authority.get(command.by.role)
    needs = bool(because) or limit is None or amount.minor > limit.minor
    proposed = RemedyProposed(
        number=number,
        hash=hash_of(command.plan, number=number, contact=command.contact),
        plan=command.plan,
        total=amount,
        needs_approval=needs,
        approval_due=due_of(before.policy.approval, before.policy.calendar, command.at) if needs else None,
        contact=command.contact,
        policy=f"{before.policy.name}/{before.policy.version}",
        because=because,
        at=command.at,
        by=command.by,
    )
    return (proposed,)


def _check_may_propose(remedy: Remedy, before: Before, command: ProposeRemedy) -> None:
    standing = remedy.proposal
    if not before.triage.classed:
        raise Refused("the case is not triaged yet", code="not-triaged")
    if before.triage.voc_type != "complaint":
        raise Refused("only complaints get a remedy; answer this case instead", code="short-way")
    if standing is not None and standing.state == "agreed":
        raise Refused("the customer has agreed to a remedy; cancel it first", code="agreed")
    if not undecided(remedy, before.triage):
        raise Refused("every harm line is decided and put right; register the result", code="done")
    if remedy.offers >= before.policy.max_offers:
        raise Refused("no further offer in this round; register the final position", code="offers")
    if standing is not None and standing.state == "declined":
        check_better(standing.plan, command.plan, before.policy.currency)
    if command.contact is not None and not 1 <= command.contact <= before.contacts.count:
        raise Refused("contact: log the contact first and give its number", code="contact")


def undecided(remedy: Remedy, triage: Classification) -> tuple[str, ...]:
    """Return the harm lines that no plan of this round has put right or refused yet."""
    settled = {decision.harm_line for decision in remedy.done}
    return tuple(line.id for line in triage.harm_lines if line.id not in settled)


SHORTEST_HASH = 8
"""Letters of a hash that name a proposal."""


def _named(remedy: Remedy, given: str) -> Proposal:
    """Return the proposal that is meant; a prefix of 8 characters or more will do."""
    standing = remedy.proposal
    if len(given) < SHORTEST_HASH:
        raise Refused(f"proposal: give at least {SHORTEST_HASH} letters of its hash", code="no-proposal")
    if standing is not None and standing.hash.startswith(given):
        return standing
    if any(old.startswith(given) for old in remedy.hashes):
        raise Refused("proposal: it was replaced by another; look at the present one", code="void")
    raise Refused("proposal: there is none of that hash", code="no-proposal")


def _approve(remedy: Remedy, policy: Policy, command: ApproveRemedy) -> tuple[RemedyEvent, ...]:
    proposal = _named(remedy, command.proposal)
    if proposal.approved_by is not None:
        return ()
    if proposal.state != "waiting_approval":
        raise Refused(f"proposal: it is {proposal.state}, not waiting for approval", code=proposal.state)
    _check_second_person(proposal, command.by.id)
    limit = policy.authority.get(command.by.role)
    if command.by.role is not Role.DEPARTMENT_HEAD and (limit is None or proposal.total.minor > limit.minor):
        raise Refused(
            f"{proposal.total} is above your authority; a department head decides", code="authority"
        )
    return (RemedyApproved(hash=proposal.hash, at=command.at, by=command.by),)


def _check_second_person(proposal: Proposal, person: str) -> None:
    if proposal.by == person:
        raise Refused("nobody approves their own proposal, in whatever role", code="self-approval")


def _reject(remedy: Remedy, _policy: Policy, command: RejectRemedy) -> tuple[RemedyEvent, ...]:
    proposal = _named(remedy, command.proposal)
    if proposal.state == "rejected":
        return ()
    if proposal.state != "waiting_approval":
        raise Refused(f"proposal: it is {proposal.state}, not waiting for approval", code=proposal.state)
    _check_second_person(proposal, command.by.id)
    return (RemedyRejected(hash=proposal.hash, reason=command.reason, at=command.at, by=command.by),)


def _accept(remedy: Remedy, before: Before, command: AcceptRemedy) -> tuple[RemedyEvent, ...]:
    proposal = _named(remedy, command.proposal)
    if proposal.state in ("agreed", "done"):
        return ()
    _check_answer(proposal, before, command)
    chosen(proposal.plan, command.choice)
    agreed = RemedyAgreed(
        hash=proposal.hash,
        needed=True,
        choice=command.choice,
        contact=command.contact,
        at=command.at,
        by=command.by,
    )
    return (agreed,)


def _decline(remedy: Remedy, before: Before, command: DeclineRemedy) -> tuple[RemedyEvent, ...]:
    proposal = _named(remedy, command.proposal)
    if proposal.state == "declined":
        return ()
    _check_answer(proposal, before, command)
    return (RemedyDeclined(hash=proposal.hash, reason=command.reason, at=command.at, by=command.by),)


def _check_answer(proposal: Proposal, before: Before, command: AcceptRemedy | DeclineRemedy) -> None:
    if proposal.state != "offered":
        raise Refused(f"proposal: it is {proposal.state}, not an open offer", code=proposal.state)
    if command.by.role is Role.CUSTOMER:
        return
    if command.contact is None or not 1 <= command.contact <= before.contacts.count:
        raise Refused(
            "contact: staff enter a customer's answer with the contact that proves it", code="contact"
        )


def follow(remedy: Remedy, before: Before, at: datetime) -> tuple[RemedyEvent, ...]:
    """An approved plan is offered at once; one that asks nothing of the customer is agreed at once."""
    proposal = remedy.proposal
    if proposal is None or proposal.state != "approved":
        return ()
    if not needs_answer(proposal.plan):
        return (RemedyAgreed(hash=proposal.hash, needed=False, at=at),)
    due = due_of(before.policy.offer, before.policy.calendar, at)
    offered = RemedyOffered(hash=proposal.hash, falls_due=due, by_notice=proposal.contact is None, at=at)
    return (offered,)


def deadlines(remedy: Remedy) -> tuple[Deadline, ...]:
    """Approvals and offers fall due; no pause stops them (clock rule 9)."""
    proposal = remedy.proposal
    if proposal is None:
        return ()
    if proposal.state == "waiting_approval" and proposal.approval_due:
        return (Deadline(name=f"remedy/approval:{proposal.number}", due=proposal.approval_due),)
    if proposal.state == "offered" and proposal.offer_due:
        return (Deadline(name=f"remedy/offer:{proposal.number}", due=proposal.offer_due),)
    return ()


def lapse(remedy: Remedy, policy: Policy, deadline: Deadline, at: datetime) -> tuple[RemedyEvent, ...]:
    """Say what it means that nobody approved, or that the customer did not answer."""
    proposal = remedy.proposal
    if proposal is None:
        return ()
    if deadline.name.startswith("remedy/approval"):
        again = due_of(policy.approval, policy.calendar, deadline.due)
        return (ApprovalMissed(hash=proposal.hash, next_due=again, due=deadline.due, at=at),)
    if proposal.reminded:
        return (OfferExpired(hash=proposal.hash, due=deadline.due, at=at),)
    again = due_of(policy.offer_reminder, policy.calendar, deadline.due)
    return (OfferReminded(hash=proposal.hash, next_due=again, due=deadline.due, at=at),)


def todo(remedy: Remedy, before: Before, number: str) -> tuple[Effect, ...]:
    """Return the offer's words, or its reminder's, while they have not gone out."""
    proposal = remedy.proposal
    if proposal is None or proposal.words_waiting is None or proposal.state != "offered":
        return ()
    template = "offer_reminder" if proposal.words_waiting.startswith("offer-reminder") else "offer"
    request = SendNotice(
        template=template,
        wording_hash=before.policy.wording_hash,
        language=before.intake.language,
        channel=before.intake.channel,
        contact=before.intake.opening.contact,
        slots={"number": number, "offer": in_words(proposal, before.intake.language)},
    )
    return (Effect(key=proposal.words_waiting, request=request),)


def in_words(proposal: Proposal, language: str) -> str:
    """Say what a plan gives, for the customer."""
    words = proposal.plan.words + choices(proposal.plan, language) + quoted(proposal.plan, language)
    if proposal.total.minor == 0:
        return words
    paid = f"환불 금액 {proposal.total}" if language == "ko" else f"refund of {proposal.total}"
    return f"{words} ({paid})" if words else paid


def came_back(fact: CameBack) -> tuple[RemedyEvent, ...]:
    """Say what became of the offer's words."""
    match fact:
        case EffectSucceeded(result=NoticeSent(delivered=delivered, text=text)):
            return (OfferNoticeSent(key=fact.key, delivered=delivered, text=text, at=fact.at),)
        case _:
            return (OfferNoticeFailed(key=fact.key, at=fact.at),)


def evolve(remedy: Remedy, event: RemedyEvent) -> Remedy:
    """Apply one event of remedy."""
    if isinstance(event, RemedyProposed):
        return _proposed(remedy, event)
    if isinstance(event, RoundOpened):
        return Remedy(
            round=event.round,
            round_at=event.at,
            proposed=remedy.proposed,
            hashes=remedy.hashes,
            people=remedy.people,
        )
    proposal = remedy.proposal
    if proposal is None:
        return remedy
    offers = remedy.offers + isinstance(event, RemedyOffered)
    done = (*remedy.done, *proposal.plan.decisions) if isinstance(event, RemedyDone) else remedy.done
    people = _with_person(remedy, event)
    return replace(remedy, proposal=_moved(proposal, event), offers=offers, done=done, people=people)


def _proposed(remedy: Remedy, event: RemedyProposed) -> Remedy:
    proposal = Proposal(
        number=event.number,
        hash=event.hash,
        plan=event.plan,
        total=event.total,
        by=event.by.id,
        needs_approval=event.needs_approval,
        state="waiting_approval" if event.needs_approval else "approved",
        approval_due=event.approval_due,
        contact=event.contact,
    )
    hashes = (*remedy.hashes, event.hash)
    people = _with_person(remedy, event)
    return replace(remedy, proposal=proposal, proposed=event.number, hashes=hashes, people=people)


def _with_person(remedy: Remedy, event: RemedyEvent) -> tuple[str, ...]:
    decides = isinstance(event, RemedyProposed | RemedyApproved | RemedyRejected)
    return tuple(dict.fromkeys((*remedy.people, event.by.id))) if decides else remedy.people


def _moved(
    proposal: Proposal,
    event: RemedyApproved
    | RemedyRejected
    | ApprovalMissed
    | RemedyOffered
    | OfferNoticeSent
    | OfferNoticeFailed
    | OfferReminded
    | OfferExpired
    | RemedyAgreed
    | RemedyDeclined
    | RemedyDone
    | RemedyCompensated,
) -> Proposal:
    match event:
        case RemedyApproved(by=by):
            return replace(proposal, state="approved", approved_by=by.id)
        case RemedyRejected():
            return replace(proposal, state="rejected")
        case ApprovalMissed(next_due=due):
            return replace(proposal, approval_due=due)
        case RemedyOffered(falls_due=due, by_notice=by_notice):
            words = f"offer:{proposal.number}" if by_notice else None
            return replace(proposal, state="offered", offer_due=due, words_waiting=words)
        case OfferNoticeSent(key=key) | OfferNoticeFailed(key=key):
            waiting = None if proposal.words_waiting == key else proposal.words_waiting
            return replace(proposal, words_waiting=waiting)
        case OfferReminded(next_due=due):
            words = f"offer-reminder:{proposal.number}"
            return replace(proposal, reminded=True, offer_due=due, words_waiting=words)
        case OfferExpired():
            return replace(proposal, state="expired")
        case RemedyAgreed(at=at, choice=choice):
            plan = chosen(proposal.plan, choice)
            paid = amount_of(plan, proposal.total.currency)
            return replace(proposal, state="agreed", agreed_at=at, words_waiting=None, plan=plan, total=paid)
        case RemedyDeclined():
            return replace(proposal, state="declined", words_waiting=None)
        case RemedyDone():
            return replace(proposal, state="done")
        case RemedyCompensated():
            return replace(proposal, state="compensated")
        case _:
            assert_never(event)
