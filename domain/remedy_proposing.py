"""A proposal: what it is held against before anybody is offered anything."""

from dataclasses import replace
from datetime import datetime

from domain import authority, exemption
from domain.actor import Actor
from domain.attempt import AttemptRefused
from domain.authority import Bound, Waiting
from domain.plan import (
    Before,
    amount_of,
    check_plan,
    extras_of,
    hash_of,
    with_amounts,
    with_clauses,
    worth_of,
)
from domain.plan_rules import check_better, check_capped, check_further, check_rules, needs_approval_because
from domain.refundable import check_refundable
from domain.refusal import Refused
from domain.remedy_approval import waiting
from domain.remedy_events import ProposeRemedy, RemedyEvent, RemedyProposed
from domain.remedy_state import Remedy, undecided


def propose(
    remedy: Remedy, before: Before, command: ProposeRemedy
) -> tuple[RemedyEvent | AttemptRefused, ...]:
    """Hold a plan against everything that it must meet, and say whether a second person decides."""
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
    wait = waiting(policy, command.at) if needs_approval else Waiting(due=None, until=None)
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
        said=command.said,
        at=command.at,
        by=command.by,
    )
    if over == ("case",):
        return (proposed, split_up(command.id, over, at=command.at, by=command.by))
    return (proposed,)


def _with_exception(before: Before, command: ProposeRemedy) -> Before:
    """Return what the plan is held against, the exception that it names set in."""
    if command.exception is None:
        return before
    return replace(before, exemption=exemption.usable(before.exemptions, command.exception, command.at))


WHOSE: dict[Bound, str] = {
    "case": "this case",
    "person": "this person in the period",
    "customer": "this customer in the period",
}


def split_up(command_id: str, over: tuple[Bound, ...], *, at: datetime, by: Actor) -> AttemptRefused:
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
        raise Refused("the case is not triaged yet: triage it first", code="not-triaged")
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
