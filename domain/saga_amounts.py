"""What each payment of a remedy comes to, and how it is split over the lines of the order."""

from domain.effect import OrderLine, OrderSnapshot, PayerAccount, PayRefund, RefundPart
from domain.money import Money, split, total
from domain.offer import lines_of
from domain.plan import beyond_price, sum_of
from domain.policy import FEES, REWARDS
from domain.refundable import GIVES_BACK
from domain.remedy import Proposal
from domain.saga_steps import Agreed, Saga, StepName

SHIPPING = "shipping"
"""The part of a refund that belongs to no line of goods."""


def amount_due(saga: Saga, proposal: Proposal, name: StepName) -> Money:
    """Return what a step pays; all payouts of a remedy together come to what was agreed, and its interest."""
    agreed, fees = proposal.total, sum_of(proposal.plan, FEES, proposal.total.currency)
    kept = saga.withheld.minor if saga.withheld else 0
    by_law = _interest(saga, name)
    if by_law is not None:
        return by_law
    if name == "fee_refund":
        return fees
    if name == "rest_payout":
        return Money(minor=kept, currency=agreed.currency)
    apart = fees.minor if saga.find("fee_refund") else 0
    return Money(minor=agreed.minor - apart - kept, currency=agreed.currency)


def _interest(saga: Saga, name: StepName) -> Money | None:
    """Return what the law adds, where a step pays just that."""
    found = {
        "interest": saga.interest,
        "fee_interest": saga.fee_interest,
        "rest_interest": saga.rest_interest,
    }
    return found.get(name)


def withheld_for(proposal: Proposal, order: OrderSnapshot | None, returned: tuple[str, ...]) -> Money:
    """Return the share of the refund that belongs to goods which did not come back, by their prices."""
    for_goods = sum_of(proposal.plan, ("refund",), proposal.total.currency)
    lines = lines_of(order, proposal.plan.order_lines)
    if not lines:
        return for_goods
    shares = split(for_goods, [line.price.minor for line in lines])
    out = (share for line, share in zip(lines, shares, strict=True) if line.line_id not in returned)
    return total(out, for_goods.currency)


def refunded(saga: Saga, proposal: Proposal) -> Money:
    """Return what of the order's price went back with a remedy that was carried out."""
    currency = proposal.total.currency
    kept = saga.withheld or Money(minor=0, currency=currency)
    payout, rest = saga.find("payout"), saga.find("rest_payout")
    first = sum_of(proposal.plan, GIVES_BACK, currency).minor - kept.minor
    back = first if payout is not None and payout.state == "done" else 0
    back += kept.minor if rest is not None and rest.state == "done" else 0
    return Money(minor=back, currency=currency)


def given(saga: Saga, proposal: Proposal) -> Money:
    """Return what a remedy that was carried out came to; the law's interest is nobody's gift."""
    currency, done = proposal.total.currency, {step.name for step in saga.steps if step.state == "done"}
    payouts: tuple[StepName, ...] = ("payout", "fee_refund", "rest_payout")
    paid = [amount_due(saga, proposal, name) for name in payouts if name in done]
    rewards = tuple(kind for kind in REWARDS if kind in done)
    return total((*paid, sum_of(proposal.plan, rewards, currency)), currency)


def payment(saga: Saga, agreed: Agreed, proposal: Proposal, name: StepName) -> PayRefund:
    """Return the request that pays a step."""
    amount = amount_due(saga, proposal, name)
    line_ids = _lines(saga, agreed, proposal, name)
    beyond = _beyond(saga, proposal, name)
    refunded = Money(minor=amount.minor - (beyond.minor if beyond else 0), currency=amount.currency)
    return PayRefund(
        order_id=agreed.order_id,
        line_ids=line_ids,
        amount=amount,
        beyond=beyond,
        reason=f"remedy {proposal.number}" if name == "payout" else f"remedy {proposal.number} {name}",
        parts=_parts(refunded, lines_of(agreed.order, line_ids)) if line_ids else (),
        account=_account(saga),
    )


def _beyond(saga: Saga, proposal: Proposal, name: StepName) -> Money | None:
    """Return what of a payment is no refund of what the order was paid with."""
    plan, currency = proposal.plan, proposal.total.currency
    by_law = _interest(saga, name)
    if by_law is not None:
        return by_law
    if name == "rest_payout":
        return None
    apart = saga.find("fee_refund") is not None
    fees = name == "fee_refund"
    part = tuple(each for each in plan.decisions if not apart or (each.remedy in FEES) == fees)
    extras = () if fees else plan.extras
    return beyond_price(plan.model_copy(update={"decisions": part, "extras": extras}), currency)


def _lines(saga: Saga, agreed: Agreed, proposal: Proposal, name: StepName) -> tuple[str, ...]:
    named = proposal.plan.order_lines
    if saga.withheld is None or name == "fee_refund":
        return named
    lines = lines_of(agreed.order, named)
    back = name == "payout"
    return tuple(line.line_id for line in lines if (line.line_id in saga.short) == back) or named


def _parts(amount: Money, lines: tuple[OrderLine, ...]) -> tuple[RefundPart, ...]:
    """Split over the lines by price, up to what they cost; what is more belongs to shipping."""
    prices = [line.price.minor for line in lines]
    goods = Money(minor=min(amount.minor, sum(prices)), currency=amount.currency)
    parts = zip((line.line_id for line in lines), split(goods, prices), strict=True)
    rest = Money(minor=amount.minor - goods.minor, currency=amount.currency)
    named = (*parts, (SHIPPING, rest))
    return tuple(RefundPart(line_id=line_id, amount=part) for line_id, part in named if part.minor)


def _account(saga: Saga) -> PayerAccount | None:
    """Money goes to another account only once a second person has checked it."""
    account = saga.account
    if account is None or account.checked_by is None:
        return None
    return PayerAccount(account=account.token, entered_by=account.entered_by, checked_by=account.checked_by)
