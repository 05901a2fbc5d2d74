"""A refund that was settled after its statutory deadline: interest follows by itself, in the same saga."""

from datetime import datetime

from domain.clocks import Around, refund_deadline
from domain.interest import InterestOwed, at_rates, days_late, interest_on
from domain.money import Money, total
from domain.policy import PAYS, StatutoryClock
from domain.remedy import Proposal


def follow(around: Around, at: datetime) -> tuple[InterestOwed, ...]:
    """Owe interest once the payout has been settled late; `()` where it was in time or bears none."""
    proposal, settled = around.remedy.proposal, _settled(around)
    deadline = refund_deadline(around) if settled is not None else None
    if proposal is None or settled is None or deadline is None:
        return ()
    clock, was_due = deadline
    policy = around.before.policy
    last, days = days_late(was_due, settled, policy.calendar)
    rates = at_rates(policy.interest, last=last, days=days)
    principal = _principal(proposal, clock, policy.currency)
    amount = interest_on(principal, rates)
    if amount.minor == 0:
        return ()
    owed = InterestOwed(
        clock=clock.id,
        principal=principal,
        was_due=was_due,
        settled=settled,
        rates=rates,
        amount=amount,
        at=at,
    )
    return (owed,)


def _settled(around: Around) -> datetime | None:
    """Return when the payout of the agreed remedy was settled, while its interest is still undecided."""
    saga, proposal = around.saga, around.remedy.proposal
    if proposal is None or proposal.state != "agreed" or saga.number != proposal.number:
        return None
    if saga.stage != "forward" or saga.interest is not None:
        return None
    return next((s.done_at for s in saga.steps if s.name == "payout" and s.state == "done"), None)


def _principal(proposal: Proposal, clock: StatutoryClock, currency: str) -> Money:
    """Return what the law wanted paid: the lines on its grounds, and no extras."""
    owed = (
        decision.amount
        for decision in proposal.plan.decisions
        if decision.remedy in PAYS
        and decision.amount
        and (not clock.grounds or decision.ground in clock.grounds)
    )
    return total(owed, currency)
