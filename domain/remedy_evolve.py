"""What each event of remedy means."""

from dataclasses import replace
from typing import assert_never

from domain import authority
from domain.authority import (
    AuthorityCounted,
    AuthorityEvent,
    AuthorityExceeded,
    AuthorityLessened,
    AuthorityReleased,
    AuthorityReserved,
    AuthorityUnknown,
    Bound,
)
from domain.plan import LineDecision, Plan, amount_of, chosen
from domain.remedy_events import (
    ApprovalExpired,
    ApprovalMissed,
    OfferExpired,
    OfferNoticeFailed,
    OfferNoticeSent,
    OfferReminded,
    OfferWordsReleased,
    ProposalEvent,
    RemedyAgreed,
    RemedyApproved,
    RemedyCompensated,
    RemedyDeclined,
    RemedyDone,
    RemedyEvent,
    RemedyOffered,
    RemedyProposed,
    RemedyRejected,
    RoundOpened,
    WaitTold,
)
from domain.remedy_state import Proposal, ProposalState, Remedy, closed, cost_to_firm


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
            held = authority.lessened(remedy.reservations, proposal.number, cost_to_firm(taken), "rest")
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
    worth = cost_to_firm(proposal)
    given = event.given if event.given is not None and event.given.minor < worth.minor else worth
    held = authority.lessened(remedy.reservations, proposal.number, given, "given")
    return replace(
        remedy,
        done=(*remedy.done, *proposal.plan.decisions),
        refunded=remedy.refunded + (event.refunded.minor if event.refunded else 0),
        given=remedy.given + given.minor,
        reservations=authority.carried_out(held, proposal.number),
    )


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
        said=event.said,
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


def _moved(proposal: Proposal, event: ProposalEvent) -> Proposal:
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
        case RemedyOffered(falls_due=due, by_notice=by_notice, words_from=later):
            words = f"offer:{proposal.number}" if by_notice else None
            return replace(proposal, state="offered", offer_due=due, words_waiting=words, words_from=later)
        case OfferWordsReleased():
            return replace(proposal, words_from=None)
        case OfferNoticeSent(key=key) | OfferNoticeFailed(key=key):
            if proposal.words_waiting != key:
                return proposal
            return replace(proposal, words_waiting=None, words_failed=isinstance(event, OfferNoticeFailed))
        case OfferReminded(next_due=due, words_from=later):
            words = f"offer-reminder:{proposal.number}"
            return replace(proposal, reminded=True, offer_due=due, words_waiting=words, words_from=later)
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
