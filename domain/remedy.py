"""The remedy: one decision per harm line, approved where it must be, offered to the customer and answered."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain import authority, exemption, said
from domain.actor import Actor, Role
from domain.attempt import AttemptRefused
from domain.authority import (
    AuthorityCounted,
    AuthorityEvent,
    AuthorityExceeded,
    AuthorityLessened,
    AuthorityReleased,
    AuthorityReserved,
    AuthorityUnknown,
    Bound,
    Reservation,
    Waiting,
)
from domain.budget import due_of
from domain.effect import Effect, NoticeSent, ReserveAuthority
from domain.favourite import favourites
from domain.message import CameBack, Command, Deadline, Decision, EffectSucceeded, Event
from domain.money import Money
from domain.notice import Post
from domain.plan import (
    Before,
    LineDecision,
    Plan,
    amount_of,
    check_plan,
    chosen,
    extras_of,
    hash_of,
    needs_answer,
    offered,
    quoted,
    sum_of,
    with_amounts,
    with_clauses,
    worth_of,
)
from domain.plan_rules import (
    check_better,
    check_capped,
    check_further,
    check_rules,
    needs_approval_because,
)
from domain.points import told
from domain.policy import Language, Policy
from domain.record import Instant, Line, Text
from domain.refundable import check_refundable
from domain.refusal import Refused
from domain.triage import Classification

ProposalState = Literal[
    "reserving",
    "waiting_approval",
    "approval_expired",
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
        acknowledges: what the brief shows and the plan regards: open promises, needs.
        why_otherwise: why it is something else than the customer said they expect.
        exception: number of the approved exception on which it rests.
    """

    kind: Literal["propose_remedy"] = "propose_remedy"
    plan: Plan
    contact: int | None = None
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
RemedyEvent = (
    RemedyProposed
    | RemedyApproved
    | RemedyRejected
    | ApprovalMissed
    | ApprovalExpired
    | WaitTold
    | AuthorityEvent
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
    """One proposal as it stands.

    Attributes:
        over: which limits it passes, so that a second person decides.
        because: why a second person decides, whatever it pays.
        customer_used: what its customer has had in the period already, where the ledger said that.
        missed: how often nobody approved in time.
        words_failed: the offer's words did not go out, so that the customer knows nothing of it.
    """

    number: int
    hash: str
    plan: Plan
    total: Money
    by: str
    role: Role
    command_id: str | None = None
    needs_approval: bool
    state: ProposalState
    over: tuple[Bound, ...] = ()
    because: tuple[str, ...] = ()
    customer_used: Money | None = None
    approval_due: datetime | None = None
    approval_until: datetime | None = None
    missed: int = 0
    approved_by: str | None = None
    agreed_at: datetime | None = None
    offer_due: datetime | None = None
    reminded: bool = False
    contact: int | None = None
    exception: int | None = None
    words_waiting: str | None = None
    words_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The rounds of recovery and the proposals of the present one.

    Attributes:
        done: the decisions of this round that were carried out; a harm claimed later gets its own plan.
        people: whoever proposed, approved or rejected, in all rounds: none of them reviews an appeal.
        hashes: every proposal ever made, so that an approval of an old one is told apart from nonsense.
        given: minor units of all remedies of this case that were carried out, in all rounds.
        refunded: minor units of them that went back of what the order was paid with.
        reservations: what of this case may count for its people and its customer elsewhere.
        delays: words about late approvals that have not gone out.
        late_since: since when, for each of those words by its key.
        earlier: what earlier rounds decided about each harm line, carried out or offered in vain.
        to_beat: what an earlier round gave in vain, by the customer's own word in a happy call.
        fee_capped: a second person refused a fee above the policy's share; none like it is proposed again.
    """

    round: int = 1
    round_at: datetime | None = None
    offers: int = 0
    proposed: int = 0
    proposal: Proposal | None = None
    done: tuple[LineDecision, ...] = ()
    hashes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    given: int = 0
    refunded: int = 0
    reservations: tuple[Reservation, ...] = ()
    delays: tuple[str, ...] = ()
    late_since: tuple[tuple[str, datetime], ...] = ()
    fee_capped: bool = False
    earlier: tuple[LineDecision, ...] = ()
    to_beat: Plan | None = None

    @property
    def agreed_at(self) -> datetime | None:
        """When the customer agreed to the proposal that stands."""
        return self.proposal.agreed_at if self.proposal else None


def decide(
    remedy: Remedy, before: Before, command: RemedyCommand
) -> tuple[RemedyEvent | AttemptRefused, ...]:
    """Propose, approve, reject, accept or decline."""
    match command:
        case ProposeRemedy():
            return _propose(remedy, before, command)
        case ApproveRemedy():
            return _approve(remedy, before, command)
        case RejectRemedy():
            return _reject(remedy, before.policy, command)
        case AcceptRemedy():
            return _accept(remedy, before, command)
        case DeclineRemedy():
            return _decline(remedy, before, command)
        case _:
            assert_never(command)


def _propose(
    remedy: Remedy, before: Before, command: ProposeRemedy
) -> tuple[RemedyEvent | AttemptRefused, ...]:
    before = _with_exception(before, command)
    plan = with_clauses(before.policy, with_amounts(before, command.plan))
    command = command.model_copy(update={"plan": plan})
    _check_may_propose(remedy, before, command)
    check_plan(before, plan, lines=undecided(remedy, before.triage))
    check_rules(before, plan)
    if remedy.fee_capped:
        check_capped(before, plan)
    check_refundable(before, plan, refunded=remedy.refunded)
    number, policy = remedy.proposed + 1, before.policy
    worth = worth_of(plan, policy.currency)
    over = authority.bounds_passed(policy, command.by.role, worth, remedy.given)
    because = needs_approval_because(before, plan, command.by.role)
    needs_approval = bool(over or because)
    hash_ = hash_of(plan, number=number, contact=command.contact)
    reserves = authority.claim(
        policy,
        before.intake,
        person=command.by.id,
        role=command.by.role,
        proposal=hash_,
        total=worth,
        at=command.at,
        extras=extras_of(plan, policy.currency),
    )
    wait = _waiting(policy, command.at) if needs_approval else Waiting(due=None, until=None)
    proposed = RemedyProposed(
        number=number,
        hash=hash_,
        plan=plan,
        total=amount_of(plan, policy.currency),
        needs_approval=needs_approval,
        approval_due=wait.due,
        contact=command.contact,
        policy=f"{policy.name}/{policy.version}",
        command_id=command.id,
        over=over,
        because=because,
        reserves=None if needs_approval else reserves,
        approval_until=wait.until,
        acknowledges=command.acknowledges,
        why_otherwise=command.why_otherwise,
        exception=command.exception,
        at=command.at,
        by=command.by,
    )
    if over == ("case",):
        return (proposed, _split(command.id, over, at=command.at, by=command.by))
    return (proposed,)


def _with_exception(before: Before, command: ProposeRemedy) -> Before:
    """Return what the plan is held against, the exception that it names set in."""
    if command.exception is None:
        return before
    return replace(before, exemption=exemption.usable(before.exemptions, command.exception, command.at))


def _worth(proposal: Proposal) -> Money:
    """Return what a proposal costs the firm; what a guarantee pays is nobody's decision."""
    if proposal.plan.guarantee is not None:
        return Money(minor=0, currency=proposal.total.currency)
    return worth_of(proposal.plan, proposal.total.currency)


def _waiting(policy: Policy, at: datetime) -> Waiting:
    """Return by when somebody has to approve, and until when they can."""
    until = due_of(policy.approval_expires, policy.calendar, at) if policy.approval_expires else None
    return Waiting(due=due_of(policy.approval, policy.calendar, at), until=until)


WHOSE: dict[Bound, str] = {
    "case": "this case",
    "person": "this person in the period",
    "customer": "this customer in the period",
}


def _split(command_id: str, over: tuple[Bound, ...], *, at: datetime, by: Actor) -> AttemptRefused:
    """What is small alone and too much together was tried without a second person: that is an attempt."""
    whose = " and of ".join(WHOSE[bound] for bound in over if bound in WHOSE)
    return AttemptRefused(
        command="propose_remedy",
        command_id=command_id,
        code="splitting",
        reason=f"together with the other proposals of {whose} it is above your authority; another approves",
        at=at,
        by=by,
    )


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
    if remedy.offers >= before.policy.max_offers + _further(before):
        raise Refused("no further offer in this round; register the final position", code="offers")
    if standing is not None and standing.state == "declined":
        check_better(standing.plan, command.plan, before.policy.currency)
    if remedy.to_beat is not None and not remedy.done:
        check_further(remedy.to_beat, command.plan, before.policy.currency)
    if command.contact is not None and not before.contacts.heard(command.contact):
        raise Refused(
            "contact: log the contact first in which the customer heard of it, and give its number; "
            "without one a notice goes out",
            code="contact",
        )


def _further(before: Before) -> int:
    """An approved exception lets one further offer be made."""
    return 1 if before.exemption is not None and before.exemption.rule == "offers" else 0


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


def _approve(remedy: Remedy, before: Before, command: ApproveRemedy) -> tuple[RemedyEvent, ...]:
    proposal, policy = _named(remedy, command.proposal), before.policy
    if proposal.approved_by is not None:
        raise Refused(
            f"proposal: {proposal.approved_by} approved it already, and an approval counts once",
            code="replay",
        )
    _check_waits(proposal)
    _check_second_person(proposal, command.by.id)
    role, used = command.by.role, proposal.customer_used
    if not authority.may_approve(policy, role, _worth(proposal), remedy.given, used):
        raise Refused(
            f"{proposal.total} is above your authority; a department head decides", code="authority"
        )
    counts = authority.claim(
        policy,
        before.intake,
        person=command.by.id,
        role=role,
        proposal=proposal.hash,
        total=_worth(proposal),
        at=command.at,
        approved=True,
        extras=extras_of(proposal.plan, policy.currency),
    )
    return (RemedyApproved(hash=proposal.hash, counts=counts, at=command.at, by=command.by),)


def approver_of(remedy: Remedy, policy: Policy) -> Role | None:
    """Return the lowest role that may approve the proposal that waits; None where none waits."""
    proposal = remedy.proposal
    if proposal is None or proposal.state != "waiting_approval":
        return None
    enough = authority.may_approve(
        policy, Role.SUPERVISOR, _worth(proposal), remedy.given, proposal.customer_used
    )
    return Role.SUPERVISOR if enough else Role.DEPARTMENT_HEAD


def _check_waits(proposal: Proposal) -> None:
    if proposal.state == "approval_expired":
        raise Refused(
            "proposal: it could be approved for a limited time, which is over; propose it anew",
            code="expired",
        )
    if proposal.state != "waiting_approval":
        raise Refused(f"proposal: it is {proposal.state}, not waiting for approval", code=proposal.state)


def _check_second_person(proposal: Proposal, person: str) -> None:
    if proposal.by == person:
        raise Refused("nobody approves their own proposal, in whatever role", code="self-approval")


def _reject(remedy: Remedy, policy: Policy, command: RejectRemedy) -> tuple[RemedyEvent, ...]:
    proposal = _named(remedy, command.proposal)
    if proposal.state == "rejected":
        return ()
    _check_waits(proposal)
    _check_second_person(proposal, command.by.id)
    if command.clause is not None and command.clause not in {clause.id for clause in policy.clauses}:
        raise Refused(f"clause: this policy has no {command.clause}", code="clause")
    if command.clause is None and owed_by_law(proposal.plan):
        raise Refused(
            "clause: the plan gives what is owed, not goodwill; want of authority is no ground to refuse it. "
            "Name the clause on which the refusal rests, or let somebody else approve",
            code="owed",
        )
    rejected = RemedyRejected(
        hash=proposal.hash, reason=command.reason, clause=command.clause, at=command.at, by=command.by
    )
    return (rejected,)


def owed_by_law(plan: Plan) -> bool:
    """Say whether a plan gives anything that is owed and not only kindness."""
    return any(each.ground not in (None, "goodwill") for each in plan.decisions)


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
    if not before.contacts.heard(command.contact):
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
    dues: tuple[tuple[str, datetime | None], ...] = ()
    if proposal.state == "waiting_approval":
        dues = (("approval", proposal.approval_due), ("approval-expires", proposal.approval_until))
    if proposal.state == "offered":
        dues = (("offer", proposal.offer_due),)
    return tuple(Deadline(name=f"remedy/{name}:{proposal.number}", due=due) for name, due in dues if due)


def lapse(remedy: Remedy, policy: Policy, deadline: Deadline, at: datetime) -> tuple[RemedyEvent, ...]:
    """Say what it means that nobody approved, or that the customer did not answer."""
    proposal = remedy.proposal
    if proposal is None:
        return ()
    if deadline.name.startswith("remedy/approval-expires"):
        return (ApprovalExpired(hash=proposal.hash, due=deadline.due, at=at),)
    if deadline.name.startswith("remedy/approval"):
        again = due_of(policy.approval, policy.calendar, deadline.due)
        return (ApprovalMissed(hash=proposal.hash, next_due=again, due=deadline.due, at=at),)
    if proposal.reminded:
        return (OfferExpired(hash=proposal.hash, due=deadline.due, at=at),)
    again = due_of(policy.offer_reminder, policy.calendar, deadline.due)
    return (OfferReminded(hash=proposal.hash, next_due=again, due=deadline.due, at=at),)


def todo(remedy: Remedy, before: Before, post: Post) -> tuple[Effect, ...]:
    """Return what the ledger has yet to be told, and the words that have not gone out."""
    return (
        *authority.todo(remedy.reservations),
        *(post.notice(key, "delay", _late(remedy, before, key)) for key in remedy.delays),
        *_offer_words(remedy, before, post),
    )


def _late(remedy: Remedy, before: Before, key: str) -> dict[str, str]:
    language = before.intake.language
    since = dict(remedy.late_since).get(key)
    late = {"late": said.late("approval", language)}
    return late if since is None else {**late, "since": said.day(since, before.policy, language)}


def _offer_words(remedy: Remedy, before: Before, post: Post) -> tuple[Effect, ...]:
    proposal = remedy.proposal
    if proposal is None or proposal.words_waiting is None or proposal.state != "offered":
        return ()
    template = "offer_reminder" if proposal.words_waiting.startswith("offer-reminder") else "offer"
    return (post.notice(proposal.words_waiting, template, _says(proposal, before)),)


def _says(proposal: Proposal, before: Before) -> dict[str, str]:
    """Say what is offered, for which harm, by which clause, and until when an answer is awaited."""
    policy, language, plan = before.policy, before.intake.language, proposal.plan
    until = said.day(proposal.offer_due, policy, language) if proposal.offer_due else ""
    return {
        "offer": in_words(proposal, language, policy, favourites(before.intake.customer)),
        "remedies": said.decided(before, plan.decisions, language),
        "clauses": said.clauses(policy, (each.clause for each in plan.decisions), language),
        "until": until,
    }


def in_words(
    proposal: Proposal, language: Language, policy: Policy | None = None, prefers: tuple[str, ...] = ()
) -> str:
    """Say what a plan gives, for the customer; points as points where the policy has a rate for them."""
    words = offered(proposal.plan, language, currency=proposal.total.currency, prefers=prefers)
    words += quoted(proposal.plan, language)
    sums = []
    if proposal.total.minor:
        sums.append(f"환불 금액 {proposal.total}" if language == "ko" else f"refund of {proposal.total}")
    points = sum_of(proposal.plan, ("points",), proposal.total.currency)
    if policy is not None and policy.point_worth is not None and points.minor:
        sums.append(told(points, policy, language))
    given = ", ".join(sums)
    return f"{words} ({given})" if words and given else words or given


def came_back(remedy: Remedy, policy: Policy, fact: CameBack) -> tuple[RemedyEvent | AttemptRefused, ...]:
    """Say what became of the words, or of what the ledger was asked."""
    name, _, number = fact.key.partition(":")
    if name in authority.PREFIXES.values():
        return _authority_came_back(remedy, policy, int(number), fact)
    sent = fact.result if isinstance(fact, EffectSucceeded) else None
    if name == "approval-delay":
        digest = sent.digest if isinstance(sent, NoticeSent) else None
        reached = isinstance(sent, NoticeSent) and sent.delivered
        return (WaitTold(key=fact.key, reached=reached, digest=digest, at=fact.at),)
    if isinstance(sent, NoticeSent):
        went = OfferNoticeSent(
            key=fact.key, delivered=sent.delivered, text=sent.text, digest=sent.digest, at=fact.at
        )
        return (went,)
    return (OfferNoticeFailed(key=fact.key, at=fact.at),)


def _authority_came_back(
    remedy: Remedy, policy: Policy, number: int, fact: CameBack
) -> tuple[RemedyEvent | AttemptRefused, ...]:
    asked = next((each.asked for each in remedy.reservations if each.number == number), None)
    hash_, proposal = remedy.hashes[number - 1], remedy.proposal
    event = authority.came_back(fact, hash_, asked, _waiting(policy, fact.at))
    waits = proposal is not None and proposal.state == "reserving" and proposal.number == number
    if proposal is None or not waits or not isinstance(event, AuthorityExceeded):
        return (event,)
    by, command_id = Actor(role=proposal.role, id=proposal.by), proposal.command_id or fact.key
    tried = authority.over_budget if "tier" in event.over else _split
    return (event, tried(command_id, event.over, at=fact.at, by=by))


def evolve(remedy: Remedy, event: RemedyEvent) -> Remedy:
    """Apply one event of remedy."""
    if isinstance(event, RemedyProposed):
        return _proposed(remedy, event)
    if isinstance(event, RoundOpened):
        return _next_round(remedy, event)
    if isinstance(event, WaitTold):
        return replace(
            remedy,
            delays=tuple(key for key in remedy.delays if key != event.key),
            late_since=tuple(each for each in remedy.late_since if each[0] != event.key),
        )
    proposal = remedy.proposal
    if isinstance(event, AuthorityEvent):
        remedy = replace(remedy, reservations=authority.settled(remedy.reservations, event))
        if proposal is None or proposal.state != "reserving" or proposal.hash != event.hash:
            return remedy
    if proposal is None:
        return remedy
    offers = remedy.offers + isinstance(event, RemedyOffered)
    people = _with_person(remedy, event)
    moved = replace(remedy, proposal=_moved(proposal, event), offers=offers, people=people)
    return _counted(moved, proposal, event)


def _counted(remedy: Remedy, proposal: Proposal, event: RemedyEvent) -> Remedy:
    """Bring along what depends on more than the proposal itself."""
    match event:
        case RemedyApproved(counts=counts):
            held = authority.wanted(remedy.reservations, number=proposal.number, asked=counts)
            return replace(remedy, reservations=held)
        case RemedyDone():
            return _carried_out(remedy, proposal, event)
        case RemedyAgreed(choice=choice):
            taken = replace(proposal, plan=chosen(proposal.plan, choice))
            held = authority.lessened(remedy.reservations, proposal.number, _worth(taken), "rest")
            return replace(remedy, reservations=held)
        case ApprovalMissed():
            key = f"approval-delay:{proposal.number}.{proposal.missed + 1}"
            since = (*remedy.late_since, (key, event.due)) if event.due else remedy.late_since
            return replace(remedy, delays=(*remedy.delays, key), late_since=since)
        case AuthorityExceeded() | AuthorityUnknown() if (
            remedy.proposal and remedy.proposal.state == "rejected"
        ):
            return closed(remedy)
        case RemedyRejected() if "fees" in proposal.because:
            return replace(closed(remedy), fee_capped=True)
        case RemedyRejected() | ApprovalExpired() | RemedyDeclined() | OfferExpired() | RemedyCompensated():
            return closed(remedy)
        case _:
            return remedy


def _carried_out(remedy: Remedy, proposal: Proposal, event: RemedyDone) -> Remedy:
    """What was really given counts; of a guarantee nothing does."""
    worth = _worth(proposal)
    given = event.given if event.given is not None and event.given.minor < worth.minor else worth
    held = authority.lessened(remedy.reservations, proposal.number, given, "given")
    return replace(
        remedy,
        done=(*remedy.done, *proposal.plan.decisions),
        refunded=remedy.refunded + (event.refunded.minor if event.refunded else 0),
        given=remedy.given + given.minor,
        reservations=authority.carried_out(held, proposal.number),
    )


def closed(remedy: Remedy) -> Remedy:
    """Return the remedy with nothing reserved for a proposal that came to nothing."""
    proposal = remedy.proposal
    if proposal is None or proposal.state == "done":
        return remedy
    return replace(remedy, reservations=authority.given_up(remedy.reservations, proposal.number))


def _next_round(remedy: Remedy, event: RoundOpened) -> Remedy:
    over = closed(remedy)
    return Remedy(
        round=event.round,
        round_at=event.at,
        proposed=over.proposed,
        hashes=over.hashes,
        people=over.people,
        given=over.given,
        refunded=over.refunded,
        reservations=over.reservations,
        delays=over.delays,
        late_since=over.late_since,
        fee_capped=over.fee_capped,
        earlier=_decided(over),
        to_beat=_in_vain(over) if event.cause in ("happy_call", "supervisor") else None,
    )


def _decided(remedy: Remedy) -> tuple[LineDecision, ...]:
    """Return the last decision on each harm line so far."""
    proposal = remedy.proposal
    answered = proposal is not None and proposal.state in ("declined", "expired")
    offered = proposal.plan.decisions if proposal is not None and answered else ()
    last = {each.harm_line: each for each in (*remedy.earlier, *offered, *remedy.done)}
    return tuple(last.values())


def _in_vain(remedy: Remedy) -> Plan | None:
    """Return all that the round gave as one plan; what a guarantee paid is no part of it."""
    proposal = remedy.proposal
    given = tuple(each for each in remedy.done if each.ground != "guarantee")
    if not given or proposal is None:
        return remedy.to_beat
    last = proposal.plan if proposal.state == "done" else Plan(decisions=given)
    return last.model_copy(update={"decisions": given})


def _proposed(remedy: Remedy, event: RemedyProposed) -> Remedy:
    remedy = closed(remedy)
    waits: ProposalState = "waiting_approval" if event.needs_approval else "approved"
    proposal = Proposal(
        number=event.number,
        hash=event.hash,
        plan=event.plan,
        total=event.total,
        by=event.by.id,
        role=event.by.role,
        command_id=event.command_id,
        needs_approval=event.needs_approval,
        state=waits if event.reserves is None else "reserving",
        over=event.over,
        because=event.because,
        approval_due=event.approval_due,
        approval_until=event.approval_until,
        contact=event.contact,
        exception=event.exception,
    )
    return replace(
        remedy,
        proposal=proposal,
        proposed=event.number,
        hashes=(*remedy.hashes, event.hash),
        people=_with_person(remedy, event),
        reservations=authority.wanted(remedy.reservations, number=event.number, asked=event.reserves),
    )


def _waits_for_approval(
    proposal: Proposal, event: AuthorityExceeded | AuthorityUnknown, over: tuple[Bound, ...]
) -> Proposal:
    return replace(
        proposal,
        state="waiting_approval",
        needs_approval=True,
        over=over,
        approval_due=event.approval_due,
        approval_until=event.approval_until,
    )


def _with_person(remedy: Remedy, event: RemedyEvent) -> tuple[str, ...]:
    decides = isinstance(event, RemedyProposed | RemedyApproved | RemedyRejected)
    return tuple(dict.fromkeys((*remedy.people, event.by.id))) if decides else remedy.people


def _moved(
    proposal: Proposal,
    event: RemedyApproved
    | RemedyRejected
    | ApprovalMissed
    | ApprovalExpired
    | AuthorityEvent
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
        case AuthorityReserved():
            return replace(proposal, state="approved")
        case AuthorityExceeded(over=over) if "tier" in over:
            return replace(proposal, state="rejected", over=over)
        case AuthorityUnknown() if proposal.approved_by is not None:
            return replace(proposal, state="rejected", over=("unknown",))
        case AuthorityExceeded(over=over, customer_used=used):
            return replace(_waits_for_approval(proposal, event, over), customer_used=used)
        case AuthorityUnknown():
            return _waits_for_approval(proposal, event, ("unknown",))
        case AuthorityCounted():
            return replace(proposal, state="approved")
        case AuthorityReleased() | AuthorityLessened():
            return proposal
        case RemedyApproved(by=by, counts=counts):
            waits = counts is not None and counts.tier is not None
            return replace(proposal, state="reserving" if waits else "approved", approved_by=by.id)
        case RemedyRejected():
            return replace(proposal, state="rejected")
        case ApprovalMissed(next_due=due):
            return replace(proposal, approval_due=due, missed=proposal.missed + 1)
        case ApprovalExpired():
            return replace(proposal, state="approval_expired")
        case RemedyOffered(falls_due=due, by_notice=by_notice):
            words = f"offer:{proposal.number}" if by_notice else None
            return replace(proposal, state="offered", offer_due=due, words_waiting=words)
        case OfferNoticeSent(key=key) | OfferNoticeFailed(key=key):
            if proposal.words_waiting != key:
                return proposal
            return replace(proposal, words_waiting=None, words_failed=isinstance(event, OfferNoticeFailed))
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
