"""What can be given back of what was paid: no more than the order says, over all remedies of a case.

Other cases may have refunded the same order, which one case cannot know: the payments port has the last word.
"""

from domain.money import Money
from domain.offer import lines_of
from domain.plan import Before, Plan, sum_of, variants
from domain.policy import RemedyKind
from domain.refusal import Refused

GIVES_BACK: tuple[RemedyKind, ...] = ("refund",)
"""Remedies that give back what an order was paid with; credits and fees are no part of its price."""


def check_refundable(before: Before, plan: Plan, *, refunded: int) -> None:
    """Refuse a plan that gives back more than was paid; an order that says nothing of it refuses nothing.

    Args:
        before: the order and the currency.
        plan: what is proposed.
        refunded: minor units that earlier remedies of this case gave back.

    Raises:
        Refused: naming what was paid and what of it went back already.
    """
    paid, whole = _paid(before, plan.order_lines), _paid(before, ())
    if paid is None or whole is None:
        return
    back = max(sum_of(each, GIVES_BACK, paid.currency).minor for each in variants(plan))
    if back > paid.minor or (back and back + refunded > whole.minor):
        gone = Money(minor=refunded, currency=paid.currency)
        raise Refused(
            f"decisions: {paid} were paid for these order lines and their shipping, and {gone} of the order "
            "went back already; refund at most the rest, and give more as a credit or an extra",
            code="over-refund",
        )


def _paid(before: Before, line_ids: tuple[str, ...]) -> Money | None:
    """Return what was paid for lines of the order and for shipping; None where the order does not say."""
    order, currency = before.intake.order, before.policy.currency
    lines = lines_of(order, line_ids)
    if order is None or not order.known or not lines:
        return None
    amounts = (*(line.price for line in lines), *((order.shipping_paid,) if order.shipping_paid else ()))
    if any(amount.currency != currency for amount in amounts):
        return None
    return Money(minor=sum(amount.minor for amount in amounts), currency=currency)
