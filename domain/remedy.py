"""The remedy: one decision per harm line, approved where it must be, offered to the customer and answered.

What is said and what happens is in `remedy_events`, what a proposal is held against in `remedy_proposing`,
who approves in `remedy_approval`, the words in `remedy_words`, what an event means in `remedy_evolve`. Here
is what the customer answers, what follows by itself and with time, and what is owed.
"""

from datetime import datetime
from typing import assert_never

from domain import authority
from domain.actor import Actor, Role
from domain.attempt import AttemptRefused
from domain.authority import AuthorityExceeded
from domain.budget import due_of
from domain.consent import ContactWithheld
from domain.effect import Effect
from domain.message import CameBack, Deadline
from domain.notice import Post, reached, sent_by
from domain.offer_attempt import not_before, why_not
from domain.plan import Before, chosen, needs_answer
from domain.policy import Policy
from domain.refusal import Refused
from domain.remedy_approval import approve, approver_of, reject, waiting
from domain.remedy_events import (
    AcceptRemedy,
    ApprovalExpired,
    ApprovalMissed,
    ApproveRemedy,
    DeclineRemedy,
    OfferExpired,
    OfferNoticeFailed,
    OfferNoticeSent,
    OfferReminded,
    OfferWordsReleased,
    ProposeRemedy,
    RejectRemedy,
    RemedyAgreed,
    RemedyApproved,
    RemedyCommand,
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
from domain.remedy_evolve import evolve
from domain.remedy_proposing import WHOSE, propose, split_up
from domain.remedy_state import Proposal, ProposalState, Remedy, closed, proposal_named, undecided, untold
from domain.remedy_words import in_words, offer_words, says_late
from domain.spoken import PhoneContent

__all__ = [
    "WHOSE",
    "AcceptRemedy",
    "ApprovalExpired",
    "ApprovalMissed",
    "ApproveRemedy",
    "DeclineRemedy",
    "OfferExpired",
    "OfferNoticeFailed",
    "OfferNoticeSent",
    "OfferReminded",
    "OfferWordsReleased",
    "Proposal",
    "ProposalState",
    "ProposeRemedy",
    "RejectRemedy",
    "Remedy",
    "RemedyAgreed",
    "RemedyApproved",
    "RemedyCommand",
    "RemedyCompensated",
    "RemedyDeclined",
    "RemedyDone",
    "RemedyEvent",
    "RemedyOffered",
    "RemedyProposed",
    "RemedyRejected",
    "RoundOpened",
    "WaitTold",
    "approver_of",
    "came_back",
    "closed",
    "deadlines",
    "decide",
    "evolve",
    "follow",
    "in_words",
    "lapse",
    "todo",
    "undecided",
    "untold",
]


def decide(
    remedy: Remedy, before: Before, command: RemedyCommand
) -> tuple[RemedyEvent | AttemptRefused, ...]:
    """Propose, approve, reject, accept or decline."""
    match command:
        case ProposeRemedy():
            return propose(remedy, before, command)
        case ApproveRemedy():
            return approve(remedy, before, command)
        case RejectRemedy():
            return reject(remedy, before.policy, command)
        case AcceptRemedy():
            return _accept(remedy, before, command)
        case DeclineRemedy():
            return _decline(remedy, before, command)
        case _:
            assert_never(command)


def _accept(remedy: Remedy, before: Before, command: AcceptRemedy) -> tuple[RemedyEvent, ...]:
    proposal = proposal_named(remedy, command.proposal)
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
    proposal = proposal_named(remedy, command.proposal)
    if proposal.state == "declined":
        return ()
    _check_answer(proposal, before, command)
    return (RemedyDeclined(hash=proposal.hash, reason=command.reason, at=command.at, by=command.by),)


def _check_answer(proposal: Proposal, before: Before, command: AcceptRemedy | DeclineRemedy) -> None:
    if proposal.state != "offered":
        raise Refused(
            f"proposal: it is {proposal.state}, not an open offer; look at the present one",
            code=proposal.state,
        )
    if command.by.role is Role.CUSTOMER:
        return
    unsaid = _unsaid(proposal, before.policy) if proposal.contact is not None else ()
    if unsaid and (proposal.words_failed or proposal.words_waiting == f"offer:{proposal.number}"):
        raise Refused(
            f"the offer goes out in writing first: by phone the customer was not told {', '.join(unsaid)}",
            code="not-told-yet",
        )
    if not before.contacts.heard(command.contact):
        raise Refused(
            "contact: staff enter a customer's answer with the contact that proves it"
            "; log it and give its number",
            code="contact",
        )


def follow(remedy: Remedy, before: Before, at: datetime) -> tuple[RemedyEvent | ContactWithheld, ...]:
    """An approved plan is offered at once; one that asks nothing of the customer is agreed at once."""
    proposal = remedy.proposal
    if proposal is None or proposal.state != "approved":
        return ()
    if not needs_answer(proposal.plan):
        return (RemedyAgreed(hash=proposal.hash, needed=False, at=at),)
    by_notice = proposal.contact is None or bool(_unsaid(proposal, before.policy))
    later = not_before(before, at) if by_notice else None
    due = due_of(before.policy.offer, before.policy.calendar, later or at)
    offered = RemedyOffered(hash=proposal.hash, falls_due=due, by_notice=by_notice, words_from=later, at=at)
    return (offered, *_withheld(proposal, before, at)) if by_notice else (offered,)


def _withheld(proposal: Proposal, before: Before, at: datetime) -> tuple[ContactWithheld, ...]:
    """Say that an offer is not written, and why; somebody has to speak to the customer instead."""
    why = why_not(before, proposal.plan)
    number = proposal.number
    return (ContactWithheld(purpose="offer", number=number, why=why, at=at),) if why else ()


def _unsaid(proposal: Proposal, policy: Policy) -> tuple[PhoneContent, ...]:
    """Return what the policy asks for and nobody said when the offer was told."""
    asked = policy.spoken.by_phone if policy.spoken else ()
    return tuple(each for each in asked if each not in proposal.said)


def deadlines(remedy: Remedy) -> tuple[Deadline, ...]:
    """Approvals and offers fall due; no pause stops them (clock rule 9)."""
    proposal = remedy.proposal
    if proposal is None:
        return ()
    dues: tuple[tuple[str, datetime | None], ...] = ()
    if proposal.state == "waiting_approval":
        dues = (("approval", proposal.approval_due), ("approval-expires", proposal.approval_until))
    if proposal.state == "offered":
        dues = (("offer", proposal.offer_due), ("words", proposal.words_from))
    return tuple(Deadline(name=f"remedy/{name}:{proposal.number}", due=due) for name, due in dues if due)


def lapse(
    remedy: Remedy, before: Before, deadline: Deadline, at: datetime
) -> tuple[RemedyEvent | ContactWithheld, ...]:
    """Say what it means that nobody approved, or that the customer did not answer; or let words go out."""
    proposal, policy = remedy.proposal, before.policy
    if proposal is None:
        return ()
    if deadline.name.startswith("remedy/words"):
        released = OfferWordsReleased(hash=proposal.hash, due=deadline.due, at=at)
        return (released, *_withheld(proposal, before, at))
    if deadline.name.startswith("remedy/approval-expires"):
        return (ApprovalExpired(hash=proposal.hash, due=deadline.due, at=at),)
    if deadline.name.startswith("remedy/approval"):
        again = due_of(policy.approval, policy.calendar, deadline.due)
        return (ApprovalMissed(hash=proposal.hash, next_due=again, due=deadline.due, at=at),)
    if proposal.reminded:
        return (OfferExpired(hash=proposal.hash, due=deadline.due, at=at),)
    again = due_of(policy.offer_reminder, policy.calendar, deadline.due)
    later = not_before(before, at)
    reminded = OfferReminded(hash=proposal.hash, next_due=again, words_from=later, due=deadline.due, at=at)
    return (reminded, *_withheld(proposal, before, at))


def todo(remedy: Remedy, before: Before, post: Post) -> tuple[Effect, ...]:
    """Return what the ledger has yet to be told, and the words that have not gone out."""
    return (
        *authority.todo(remedy.reservations),
        *(post.notice(key, "delay", says_late(remedy, before, key)) for key in remedy.delays),
        *offer_words(remedy, before, post),
    )


def came_back(remedy: Remedy, policy: Policy, fact: CameBack) -> tuple[RemedyEvent | AttemptRefused, ...]:
    """Say what became of the words, or of what the ledger was asked."""
    name, _, number = fact.key.partition(":")
    if name in authority.PREFIXES.values():
        return _authority_came_back(remedy, policy, int(number), fact)
    sent = sent_by(fact)
    if name == "approval-delay":
        digest = sent.digest if sent is not None else None
        return (WaitTold(key=fact.key, reached=reached(fact), digest=digest, at=fact.at),)
    if sent is not None:
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
    event = authority.came_back(fact, hash_, asked, waiting(policy, fact.at))
    waits = proposal is not None and proposal.state == "reserving" and proposal.number == number
    if proposal is None or not waits or not isinstance(event, AuthorityExceeded):
        return (event,)
    by, command_id = Actor(role=proposal.role, id=proposal.by), proposal.command_id or fact.key
    tried = authority.over_budget if "tier" in event.over else split_up
    return (event, tried(command_id, event.over, at=fact.at, by=by))
