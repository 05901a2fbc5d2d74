"""Service guarantees: when events show one broken, it pays out by itself, without a claim or an approval."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain.actor import REDRESS
from domain.calendar import local_date
from domain.clocks import Around
from domain.message import Event
from domain.money import Money
from domain.plan import LineDecision, Plan, hash_of
from domain.policy import Guarantee
from domain.record import Line
from domain.remedy import RemedyProposed
from domain.targets import Targets, was_breached

FREE = ("done", "rejected", "approval_expired", "void", "compensated")
"""States of a proposal beside which a guarantee may pay out; the customer's own decision comes first."""


class GuaranteeBroken(Event):
    """A guarantee was broken; what it pays is proposed with it, and its cause can be counted.

    Attributes:
        promise: what was guaranteed.
        cause: what the case is put down to.
        department: whose case it is.
    """

    kind: Literal["guarantee_broken"] = "guarantee_broken"
    guarantee: Line
    promise: Literal["delivery", "response"]
    cause: Line | None
    department: Line | None
    clause: Line
    pays: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantees:
    """Which guarantees were broken in this case; each pays once."""

    broken: tuple[str, ...] = ()


def follow(
    guarantees: Guarantees, around: Around, targets: Targets, at: datetime
) -> tuple[GuaranteeBroken | RemedyProposed, ...]:
    """Pay out the first guarantee that was broken and has not paid yet."""
    if not _may_pay(around):
        return ()
    for guarantee in around.before.policy.guarantees:
        if guarantee.id not in guarantees.broken and _is_broken(guarantee, around, targets):
            return (_broken(guarantee, around, at), _payout(guarantee, around, at))
    return ()


def _may_pay(around: Around) -> bool:
    before, proposal = around.before, around.remedy.proposal
    order = before.intake.order
    return (
        before.triage.classed
        and before.triage.voc_type == "complaint"
        and around.assignment.department is not None
        and around.result.registered_at is None
        and not around.ending.withdrawn
        and order is not None
        and order.known
        and (proposal is None or proposal.state in FREE)
    )


def _is_broken(guarantee: Guarantee, around: Around, targets: Targets) -> bool:
    if guarantee.promise == "response":
        return was_breached(targets, guarantee.target or "first_response")
    before, order = around.before, around.before.intake.order
    if order is None or order.promised_on is None:
        return False
    arrived = order.delivered_on or local_date(before.policy.calendar, before.intake.received_at)
    return arrived > order.promised_on


def _broken(guarantee: Guarantee, around: Around, at: datetime) -> GuaranteeBroken:
    return GuaranteeBroken(
        guarantee=guarantee.id,
        promise=guarantee.promise,
        cause=around.before.triage.cause,
        department=around.assignment.department,
        clause=guarantee.clause,
        pays=guarantee.pays,
        at=at,
    )


def _payout(guarantee: Guarantee, around: Around, at: datetime) -> RemedyProposed:
    """Propose exactly what is guaranteed: it needs nobody's approval and nobody's yes."""
    before, number = around.before, around.remedy.proposed + 1
    decision = LineDecision(
        harm_line=f"guarantee {guarantee.id}",
        remedy="goodwill_credit",
        ground="guarantee",
        amount=guarantee.pays,
        clause=guarantee.clause,
    )
    words = guarantee.terms.get(before.intake.language, "")
    plan = Plan(decisions=(decision,), words=words, guarantee=guarantee.id)
    return RemedyProposed(
        number=number,
        hash=hash_of(plan, number=number, contact=None),
        plan=plan,
        total=guarantee.pays,
        needs_approval=False,
        approval_due=None,
        contact=None,
        policy=f"{before.policy.name}/{before.policy.version}",
        at=at,
        by=REDRESS,
    )


def evolve(guarantees: Guarantees, event: GuaranteeBroken) -> Guarantees:
    """Apply one event."""
    return replace(guarantees, broken=(*guarantees.broken, event.guarantee))
