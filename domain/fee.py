"""Fees within a complaint: told to the customer before work begins, and never out of proportion."""

from dataclasses import dataclass
from typing import Literal, assert_never

from domain.actor import Role
from domain.message import Command, Event
from domain.money import Money
from domain.plan import Before
from domain.record import Line
from domain.refusal import Refused

FeeFor = Literal["repair", "return", "inspection"]


class QuoteFee(Command):
    """Tell the customer what something will cost, before work on it begins.

    Attributes:
        contact: number of the contact in which the customer was told.
    """

    kind: Literal["quote_fee"] = "quote_fee"
    what: FeeFor
    amount: Money
    contact: int


class WaiveFee(Command):
    """The firm bears a fee that it had quoted."""

    kind: Literal["waive_fee"] = "waive_fee"
    number: int
    reason: Line


class FeeQuoted(Event):
    """A fee was put to the customer."""

    kind: Literal["fee_quoted"] = "fee_quoted"
    number: int
    what: FeeFor
    amount: Money
    contact: int


class FeeWaived(Event):
    """The customer need not pay it after all."""

    kind: Literal["fee_waived"] = "fee_waived"
    number: int
    reason: Line


FeeCommand = QuoteFee | WaiveFee
FeeEvent = FeeQuoted | FeeWaived


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """How many fees were quoted, and which of them stand: number and minor units."""

    quoted: int = 0
    standing: tuple[tuple[int, int], ...] = ()


def decide(fees: Fees, before: Before, command: FeeCommand) -> tuple[FeeEvent, ...]:
    """Quote a fee, or waive one."""
    match command:
        case QuoteFee():
            return _quote(fees, before, command)
        case WaiveFee(number=number, reason=reason, at=at, by=by):
            if not 1 <= number <= fees.quoted:
                raise Refused(f"number: there is no fee {number}", code="no-fee")
            if number not in dict(fees.standing):
                return ()
            return (FeeWaived(number=number, reason=reason, at=at, by=by),)
        case _:
            assert_never(command)


def _quote(fees: Fees, before: Before, command: QuoteFee) -> tuple[FeeEvent, ...]:
    policy = before.policy
    if command.amount.currency != policy.currency:
        raise Refused(f"amount: this case is in {policy.currency}", code="currency")
    if before.triage.cause in policy.firm_pays_causes:
        raise Refused(f"amount: for {before.triage.cause} every fee is the firm's", code="fee-payer")
    if not 1 <= command.contact <= before.contacts.count:
        raise Refused(
            "contact: tell the customer first, log that contact and give its number", code="contact"
        )
    _check_proportion(fees, before, command)
    quoted = FeeQuoted(
        number=fees.quoted + 1,
        what=command.what,
        amount=command.amount,
        contact=command.contact,
        at=command.at,
        by=command.by,
    )
    return (quoted,)


def _check_proportion(fees: Fees, before: Before, command: QuoteFee) -> None:
    """Fees of one case are added up, or splitting one would evade the limit."""
    order, limit = before.intake.order, before.policy.fairness.max_fee_per_cent
    if order is None or not order.lines:
        raise Refused(
            "no order is known for this case; a fee is held against its price: find it first", code="no-order"
        )
    price = sum(line.price.minor for line in order.lines)
    together = command.amount.minor + sum(minor for _, minor in fees.standing)
    if together * 100 > price * limit and command.by.role is not Role.DEPARTMENT_HEAD:
        raise Refused(
            f"amount: the fees of this case would pass {limit} % of the price; ask for less, or have a "
            "department head quote it",
            code="fee-ratio",
        )


def evolve(fees: Fees, event: FeeEvent) -> Fees:
    """Apply one event of fees."""
    match event:
        case FeeQuoted(number=number, amount=amount):
            return Fees(quoted=number, standing=(*fees.standing, (number, amount.minor)))
        case FeeWaived(number=number):
            return Fees(
                quoted=fees.quoted, standing=tuple(each for each in fees.standing if each[0] != number)
            )
        case _:
            assert_never(event)
