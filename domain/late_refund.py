"""A refund that was settled after its statutory deadline: interest follows by itself, in the same saga.

Each payment counts by itself: fees that came later than the price, and a rest that was kept until a person
let it go, bear interest until they were settled.
"""

from datetime import datetime

from domain.clocks import Around, refund_deadline
from domain.interest import InterestOwed, PaidLate, at_rates, days_late, interest_on
from domain.money import Money, split
from domain.plan import sum_of
from domain.policy import FEES, PAYS, RemedyKind, StatutoryClock
from domain.remedy import Proposal
from domain.saga_steps import INTEREST_ON, Saga


def follow(around: Around, at: datetime) -> tuple[InterestOwed, ...]:
    """Owe interest once a payment has been settled late; `()` where it was in time or bears none."""
    proposal, saga = around.remedy.proposal, around.saga
    running = proposal is not None and proposal.state == "agreed" and saga.number == proposal.number
    deadline = refund_deadline(around) if running and saga.stage == "forward" else None
    if proposal is None or deadline is None:
        return ()
    for on in INTEREST_ON:
        owed = _owed(around, proposal, deadline, on, at)
        if owed is not None:
            return (owed,)
    return ()


def _owed(
    around: Around, proposal: Proposal, deadline: tuple[StatutoryClock, datetime], on: PaidLate, at: datetime
) -> InterestOwed | None:
    """Return what one payment bears; None where it is not settled, was in time, or has its interest."""
    saga, policy, (clock, was_due) = around.saga, around.before.policy, deadline
    settled = _settled(saga, on)
    if settled is None:
        return None
    last, days = days_late(was_due, settled, policy.calendar)
    rates = at_rates(policy.interest, last=last, days=days)
    principal = _principal(saga, proposal, clock, on)
    amount = interest_on(principal, rates)
    if amount.minor == 0:
        return None
    return InterestOwed(
        on=on,
        clock=clock.id,
        principal=principal,
        was_due=was_due,
        settled=settled,
        rates=rates,
        amount=amount,
        at=at,
    )


def _settled(saga: Saga, on: PaidLate) -> datetime | None:
    """Return when a payment was settled, while its interest is still undecided."""
    step = saga.find(on)
    if step is None or step.state != "done" or saga.find(INTEREST_ON[on]) is not None:
        return None
    return step.done_at


def _principal(saga: Saga, proposal: Proposal, clock: StatutoryClock, on: PaidLate) -> Money:
    """Return what the law wanted paid of a payment: the lines on its grounds, and no extras."""
    kept = _kept(saga, proposal, clock)
    fees = _on_grounds(proposal, clock, FEES)
    match on:
        case "rest_payout":
            minor = kept
        case "fee_refund":
            minor = fees
        case "payout":
            apart = fees if saga.find("fee_refund") else 0
            minor = _on_grounds(proposal, clock, PAYS) - apart - kept
    return Money(minor=minor, currency=proposal.total.currency)


def _kept(saga: Saga, proposal: Proposal, clock: StatutoryClock) -> int:
    """Return what of the kept rest is on the clock's grounds, by the share that they have in the refund."""
    if saga.withheld is None:
        return 0
    meant, whole = (
        _on_grounds(proposal, clock, ("refund",)),
        sum_of(proposal.plan, ("refund",), saga.withheld.currency).minor,
    )
    return split(saga.withheld, (meant, whole - meant))[0].minor


def _on_grounds(proposal: Proposal, clock: StatutoryClock, kinds: tuple[RemedyKind, ...]) -> int:
    plan = proposal.plan
    meant = tuple(each for each in plan.decisions if not clock.grounds or each.ground in clock.grounds)
    return sum_of(plan.model_copy(update={"decisions": meant}), kinds, proposal.total.currency).minor
