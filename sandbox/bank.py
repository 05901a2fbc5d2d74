"""The bank (port payments): pays back at most what an order line was paid, once per key."""

from collections.abc import Sequence
from datetime import datetime

from domain.effect import OrderLine, OrderSnapshot, PayRefund, RefundPaid
from domain.refusal import Refused
from sandbox.chance import mark
from sandbox.service import Call, Operation, Operations, World
from sandbox.shop import chosen_lines, require_order

SHIPPING = "shipping"


def pay_refund(world: World, call: Call[PayRefund]) -> RefundPaid:
    """Pay money back; the books of the bank have the last word on what is left."""
    asked = call.request
    order = require_order(world, asked.order_id, at=call.at)
    lines = chosen_lines(order, asked.line_ids)
    currency = order.lines[0].price.currency
    if asked.amount.currency != currency:
        reason = f"the order was paid in {currency}, the refund is in {asked.amount.currency}"
        raise Refused(reason, code="currency")
    if not asked.amount.minor:
        raise Refused("a refund of nothing cannot be paid", code="nothing")
    left = _left(world, order, at=call.at)
    refundable = sum(left[name] for name in _names(lines))
    if _refunded(asked) > refundable:
        reason = f"at most {refundable} {currency} (minor units) are left to refund on these order lines"
        raise Refused(reason, code="over-refund")
    return RefundPaid(reference=f"rf-{mark(call.key)}", amount=asked.amount)


def _refunded(asked: PayRefund) -> int:
    """Return how much of a payment gives back what was paid; extras and interest go on top."""
    return asked.amount.minor - (asked.beyond.minor if asked.beyond else 0)


def _names(lines: Sequence[OrderLine]) -> tuple[str, ...]:
    """Return where a refund of these lines is taken from: the lines first, then what shipping cost."""
    return (*(line.line_id for line in lines), SHIPPING)


def _left(world: World, order: OrderSnapshot, *, at: datetime) -> dict[str, int]:
    """Return what can still be refunded per line: what was paid, less every refund in the books."""
    left = {line.line_id: line.price.minor for line in order.lines}
    left[SHIPPING] = order.shipping_paid.minor if order.shipping_paid else 0
    for deed in world.books.done_for_order("pay_refund", order.order_id or ""):
        paid = PayRefund.model_validate_json(deed.request)
        lines = chosen_lines(require_order(world, paid.order_id, at=at), paid.line_ids)
        _take(left, _names(lines), _refunded(paid))
    return left


def _take(left: dict[str, int], names: Sequence[str], minor: int) -> None:
    for name in names:
        taken = min(left[name], minor)
        left[name] -= taken
        minor -= taken


OPERATIONS: Operations = {"pay_refund": Operation(takes=PayRefund, answer=pay_refund)}
