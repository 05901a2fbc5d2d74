"""Who approves a proposal, by when, and what keeps them from it."""

from datetime import datetime

from domain import authority
from domain.actor import Role
from domain.authority import Waiting
from domain.budget import due_of
from domain.plan import Before, Plan, extras_of
from domain.policy import Policy
from domain.refusal import Refused
from domain.remedy_events import ApproveRemedy, RejectRemedy, RemedyApproved, RemedyEvent, RemedyRejected
from domain.remedy_state import Proposal, Remedy, cost_to_firm, proposal_named


def waiting(policy: Policy, at: datetime) -> Waiting:
    """Return by when somebody has to approve, and until when they can."""
    until = due_of(policy.approval_expires, policy.calendar, at) if policy.approval_expires else None
    return Waiting(due=due_of(policy.approval, policy.calendar, at), until=until)


def approve(remedy: Remedy, before: Before, command: ApproveRemedy) -> tuple[RemedyEvent, ...]:
    """A second person with enough authority approves exactly what waits, once."""
    proposal, policy = proposal_named(remedy, command.proposal), before.policy
    if proposal.approved_by is not None:
        raise Refused(
            f"proposal: {proposal.approved_by} approved it already, and an approval counts once"
            "; let a second person approve",
            code="replay",
        )
    _check_waits(proposal)
    _check_second_person(proposal, command.by.id)
    role, used = command.by.role, proposal.customer_used
    if not authority.may_approve(policy, role, cost_to_firm(proposal), remedy.given, used):
        raise Refused(
            f"{proposal.total} is above your authority; a department head decides: ask one", code="authority"
        )
    counts = authority.claim(
        policy,
        before.intake,
        person=command.by.id,
        role=role,
        proposal=proposal.hash,
        total=cost_to_firm(proposal),
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
        policy, Role.SUPERVISOR, cost_to_firm(proposal), remedy.given, proposal.customer_used
    )
    return Role.SUPERVISOR if enough else Role.DEPARTMENT_HEAD


def _check_waits(proposal: Proposal) -> None:
    if proposal.state == "approval_expired":
        raise Refused(
            "proposal: it could be approved for a limited time, which is over; propose it anew",
            code="expired",
        )
    if proposal.state != "waiting_approval":
        raise Refused(
            f"proposal: it is {proposal.state}, not waiting for approval; look at the present one",
            code=proposal.state,
        )


def _check_second_person(proposal: Proposal, person: str) -> None:
    if proposal.by == person:
        raise Refused(
            "nobody approves their own proposal, in whatever role; ask somebody else who may",
            code="self-approval",
        )


def reject(remedy: Remedy, policy: Policy, command: RejectRemedy) -> tuple[RemedyEvent, ...]:
    """A second person refuses; what is owed is refused by a clause only."""
    proposal = proposal_named(remedy, command.proposal)
    if proposal.state == "rejected":
        return ()
    _check_waits(proposal)
    _check_second_person(proposal, command.by.id)
    if command.clause is not None and command.clause not in {clause.id for clause in policy.clauses}:
        raise Refused(f"clause: this policy has no {command.clause}; name one that it has", code="clause")
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
