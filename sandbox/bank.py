"""The bank (port payments): pays back at most what an order line was paid, once per key, at once or later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from domain.effect import (
    OrderLine,
    OrderSnapshot,
    PayerAccount,
    PayRefund,
    RefundFailed,
    RefundPaid,
    RefundPending,
)
from domain.record import Line, Record, canonical
from domain.refusal import Refused
from sandbox.books import Deed
from sandbox.chance import between, mark
from sandbox.service import Call, Operation, Operations, World
from sandbox.shop import chosen_lines, require_order

SHIPPING = "shipping"

LATER = "later-"
"""A refund of an order whose id begins so is settled days later."""

BOUNCES = "bounce-"
"""Such a refund is taken on and fails days later."""

EXPIRED = "expired-"
"""Such an order was paid by a card that has expired since: nothing can go back to it."""

FOREIGN = "other-"
"""An account whose token begins so is not in the payer's name."""


class TrackSettlement(Record):
    """The question whether a refund is settled, by the bank's own key of it."""

    kind: Literal["track_refund"] = "track_refund"
    key: Line


def pay_refund(world: World, call: Call[PayRefund]) -> RefundPaid | RefundPending:
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
    _check_left(world, order, lines, call)
    _check_means(order, asked.account)
    reference = f"rf-{mark(call.key)}"
    if asked.account is None and _order_id(order).startswith((LATER, BOUNCES)):
        return RefundPending(reference=reference)
    return RefundPaid(reference=reference, amount=asked.amount)


def track_refund(world: World, call: Call[TrackSettlement]) -> RefundPaid | RefundPending | RefundFailed:
    """Tell whether a refund is settled, as seen from the time of the question; its end is written down."""
    deed = world.books.find("bank", call.request.key)
    if deed is None or deed.status != "done":
        raise Refused("the bank knows no refund under this key", code="no-such-refund")
    asked = PayRefund.model_validate_json(deed.request)
    ended = _ended(deed, asked)
    if ended is not None:
        return ended
    reference = f"rf-{mark(deed.key)}"
    settles = deed.at + between(1, 3, world.seed, reference, "settles") * world.day
    if call.at < settles:
        return RefundPending(reference=reference)
    end: RefundPaid | RefundFailed
    if asked.order_id.startswith(BOUNCES):
        end = RefundFailed(reference=reference, reason="the account does not take it", code="returned")
    else:
        end = RefundPaid(reference=reference, amount=asked.amount, settled_at=settles)
    world.books.settle("bank", deed.key, canonical(end))
    return end


def _ended(deed: Deed, asked: PayRefund) -> RefundPaid | RefundFailed | None:
    """Return how a refund ended, where the books say so already."""
    if '"kind":"refund_failed"' in deed.result:
        return RefundFailed.model_validate_json(deed.result)
    if '"kind":"refund_paid"' in deed.result:
        paid = RefundPaid.model_validate_json(deed.result)
        return paid.model_copy(update={"settled_at": paid.settled_at or deed.at, "amount": asked.amount})
    return None


def _check_left(
    world: World, order: OrderSnapshot, lines: tuple[OrderLine, ...], call: Call[PayRefund]
) -> None:
    """Hold a refund against what is left, line by line where it says what belongs to which."""
    asked = call.request
    left = _left(world, order, at=call.at)
    refundable = sum(left[name] for name in _names(lines))
    if _refunded(asked) > refundable:
        currency = asked.amount.currency
        reason = f"at most {refundable} {currency} (minor units) are left to refund on these order lines"
        raise Refused(reason, code="over-refund")
    if asked.parts and sum(part.amount.minor for part in asked.parts) != _refunded(asked):
        raise Refused("the parts of the refund do not add up to what it gives back", code="parts")
    for part in asked.parts:
        if part.line_id not in left:
            raise Refused(f"the order has no line {part.line_id}", code="no-such-line")
        if part.amount.minor > left[part.line_id]:
            reason = f"at most {left[part.line_id]} (minor units) are left to refund on {part.line_id}"
            raise Refused(reason, code="over-refund")


def _check_means(order: OrderSnapshot, account: PayerAccount | None) -> None:
    if account is None:
        if _order_id(order).startswith(EXPIRED):
            raise Refused("the card that paid has expired", code="means-expired")
        return
    if account.entered_by == account.checked_by:
        raise Refused("one person alone gave this account", code="second-person")
    if account.account.startswith(FOREIGN):
        raise Refused("the account is not in the payer's name", code="not-the-payer")


def _order_id(order: OrderSnapshot) -> str:
    return order.order_id or ""


def _refunded(asked: PayRefund) -> int:
    """Return how much of a payment gives back what was paid; extras and interest go on top."""
    return asked.amount.minor - (asked.beyond.minor if asked.beyond else 0)


def _names(lines: Sequence[OrderLine]) -> tuple[str, ...]:
    """Return where a refund of these lines is taken from: the lines first, then what shipping cost."""
    return (*(line.line_id for line in lines), SHIPPING)


def _left(world: World, order: OrderSnapshot, *, at: datetime) -> dict[str, int]:
    """Return what can still be refunded per line: what was paid, less every refund that did not fail."""
    left = {line.line_id: line.price.minor for line in order.lines}
    left[SHIPPING] = order.shipping_paid.minor if order.shipping_paid else 0
    for deed in world.books.done_for_order("pay_refund", _order_id(order)):
        paid = PayRefund.model_validate_json(deed.request)
        if isinstance(_ended(deed, paid), RefundFailed):
            continue
        lines = chosen_lines(require_order(world, paid.order_id, at=at), paid.line_ids)
        for part in paid.parts:
            left[part.line_id] -= part.amount.minor
        if not paid.parts:
            _take(left, _names(lines), _refunded(paid))
    return left


def _take(left: dict[str, int], names: Sequence[str], minor: int) -> None:
    for name in names:
        taken = min(left[name], minor)
        left[name] -= taken
        minor -= taken


OPERATIONS: Operations = {
    "pay_refund": Operation(takes=PayRefund, answer=pay_refund),
    "track_refund": Operation(takes=TrackSettlement, answer=track_refund, keeps=False),
}
