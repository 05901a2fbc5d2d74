"""The loyalty system (port vouchers): gives rewards, and takes them back until they are used."""

from domain.effect import IssueVoucher, RevokeVoucher, Undone, VoucherIssued
from domain.refusal import Refused
from sandbox.chance import between, draw, mark
from sandbox.service import Call, Operation, Operations, World

USED_SHARE = 0.3
"""Of the customers, so many use what they got within days."""


def issue_voucher(_world: World, call: Call[IssueVoucher]) -> VoucherIssued:
    """Give a coupon, points, a membership or information; only the last may be worth nothing."""
    free = call.request.voucher == "information"
    if (not call.request.worth.minor and not free) or call.request.points == 0:
        raise Refused("a voucher of no worth is none", code="nothing")
    return VoucherIssued(reference=f"vo-{mark(call.key)}")


def revoke_voucher(world: World, call: Call[RevokeVoucher]) -> Undone:
    """Take it back, unless it was used by then; information simply comes no more."""
    reference = call.request.reference
    issued = world.books.done_with("issue_voucher", reference)
    if not issued:
        raise Refused("no voucher has this reference", code="no-such-reference")
    if world.books.done_with("revoke_voucher", reference):
        return Undone(reference=reference)
    asked = IssueVoucher.model_validate_json(issued[0].request)
    usable = asked.voucher != "information"
    used = usable and not world.lucky and draw(world.seed, reference, "used") < USED_SHARE
    if used and issued[0].at + between(1, 5, world.seed, reference, "days") * world.day <= call.at:
        raise Refused("the voucher was used already", code="used")
    return Undone(reference=reference)


OPERATIONS: Operations = {
    "issue_voucher": Operation(takes=IssueVoucher, answer=issue_voucher),
    "revoke_voucher": Operation(takes=RevokeVoucher, answer=revoke_voucher),
}
