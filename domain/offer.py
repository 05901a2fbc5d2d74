"""What an offer comes to: amounts computed from harm lines, cause, severity, order and policy, with reasons.

One pure function, so that equal cases get equal offers; another says why two offers differ. Shares are
rounded up to the next minor unit, in the customer's favour.
"""

from dataclasses import dataclass
from typing import Literal

from domain.effect import CustomerSnapshot, OrderLine, OrderSnapshot
from domain.money import Money
from domain.policy import ExtraLimit, Harm, OfferRule, Policy, Severity
from domain.record import Id, Line, Record
from domain.triage import Classification, HarmLine

WHOLE = 100
"""Per cent."""


class Owed(Record):
    """What one harm line comes to, and from what.

    Attributes:
        base: what the amount is a share of; None where the firm gives an extra.
        amount: what is owed; of an extra: what is usual.
        at_most: the limit that the rule sets.
        rule: the rule of the policy's offer table.
    """

    harm_line: Line
    harm: Harm
    owes: Literal["price", "shipping", "stated", "extra"]
    stated: Money | None = None
    base: Money | None = None
    per_cent: int = WHOLE
    at_most: Money | None = None
    amount: Money
    rule: Line
    clause: Line


class Offer(Record):
    """Everything that the amounts of a case come from, and what they come to.

    Attributes:
        price: what was paid for the order lines in question; None: no order is known.
        shipping: what the customer paid for shipping.
        extras_limit: what may be given beyond, all extras together; None: nothing.
    """

    policy: Line
    cause: Line | None
    severity: Severity
    tier: Line
    price: Money | None = None
    shipping: Money | None = None
    lines: tuple[Owed, ...] = ()
    extras_limit: Money | None = None
    extras_clause: Line | None = None

    def of(self, harm_line: str) -> Owed | None:
        """Return what this harm line comes to; None where the policy's table says nothing about it."""
        return next((owed for owed in self.lines if owed.harm_line == harm_line), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The inputs of an offer; nothing else may change its amounts."""

    policy: Policy
    triage: Classification
    order: OrderSnapshot | None = None
    customer: CustomerSnapshot | None = None


def compute(facts: Facts, *, order_lines: tuple[Id, ...] = ()) -> Offer:
    """Return what the harm lines come to, each with its input and clause.

    Lines of the same kind share what was paid: the first takes what it states, the last what is left.

    Args:
        facts: The inputs.
        order_lines: The lines of the order that it is about; empty: all.
    """
    price, shipping = _price(facts, order_lines), _shipping(facts)
    left = {"price": price, "shipping": shipping}
    lines = []
    for line in facts.triage.harm_lines:
        owed = _owed(facts, line, left)
        if owed is not None:
            lines.append(owed)
            left = _taken(left, owed)
    limit = _extra_limit(facts)
    return Offer(
        policy=f"{facts.policy.name}/{facts.policy.version}",
        cause=facts.triage.cause,
        severity=facts.triage.severity,
        tier=facts.customer.tier if facts.customer else "none",
        price=price,
        shipping=shipping,
        lines=tuple(lines),
        extras_limit=limit.at_most if limit else None,
        extras_clause=limit.clause if limit else None,
    )


def lines_of(order: OrderSnapshot | None, line_ids: tuple[str, ...]) -> tuple[OrderLine, ...]:
    """Return the named lines of an order; all where none is named."""
    lines = order.lines if order is not None else ()
    return tuple(line for line in lines if not line_ids or line.line_id in line_ids)


def _price(facts: Facts, order_lines: tuple[Id, ...]) -> Money | None:
    if facts.order is None or not facts.order.known or not facts.order.lines:
        return None
    meant = [line.price for line in lines_of(facts.order, order_lines)]
    if any(price.currency != facts.policy.currency for price in meant):
        return None  # an order in another currency says nothing about amounts in ours
    return Money(minor=sum(price.minor for price in meant), currency=facts.policy.currency)


def _shipping(facts: Facts) -> Money | None:
    paid = facts.order.shipping_paid if facts.order is not None and facts.order.known else None
    return paid if paid is not None and paid.currency == facts.policy.currency else None


def rule_for(facts: Facts, harm: Harm) -> OfferRule | None:
    """Return the first rule of the offer table that fits this harm, cause and severity."""
    triage = facts.triage
    for rule in facts.policy.offer_table:
        fits = (not rule.causes or triage.cause in rule.causes) and (
            not rule.severities or triage.severity in rule.severities
        )
        if rule.harm == harm and fits:
            return rule
    return None


def _owed(facts: Facts, line: HarmLine, left: dict[str, Money | None]) -> Owed | None:
    rule = rule_for(facts, line.harm)
    if rule is None:
        return None
    base = _base(rule, line, left)
    amount = _given(rule, facts.policy.currency) if rule.owes == "extra" else _share(rule, base)
    if amount is None:
        return None
    return Owed(
        harm_line=line.id,
        harm=line.harm,
        owes=rule.owes,
        stated=line.amount,
        base=base,
        per_cent=rule.per_cent,
        at_most=rule.at_most,
        amount=amount,
        rule=rule.id,
        clause=rule.clause,
    )


def _base(rule: OfferRule, line: HarmLine, left: dict[str, Money | None]) -> Money | None:
    """Return what the amount is a share of: never more than the customer states or than is left."""
    if rule.owes == "extra":
        return None
    known = line.amount if rule.owes == "stated" else left[rule.owes]
    return _smaller(known, line.amount) if known is not None else None


def _smaller(one: Money, other: Money | None) -> Money:
    return one if other is None or one.minor <= other.minor else other


def _given(rule: OfferRule, currency: str) -> Money:
    return rule.usual or Money(minor=0, currency=currency)


def _share(rule: OfferRule, base: Money | None) -> Money | None:
    if base is None:
        return None
    return _smaller(share_of(base, rule.per_cent), rule.at_most)


def share_of(base: Money, per_cent: int) -> Money:
    """Return a share, rounded up to the next minor unit."""
    return Money(minor=-(-base.minor * per_cent // WHOLE), currency=base.currency)


def _taken(left: dict[str, Money | None], owed: Owed) -> dict[str, Money | None]:
    standing = left.get(owed.owes)
    if standing is None or owed.base is None:
        return left
    rest = Money(minor=standing.minor - owed.base.minor, currency=standing.currency)
    return {**left, owed.owes: rest}


def _extra_limit(facts: Facts) -> ExtraLimit | None:
    tier = facts.customer.tier if facts.customer else "none"
    for limit in facts.policy.extra_limits:
        fits = not limit.severities or facts.triage.severity in limit.severities
        if fits and (not limit.tiers or tier in limit.tiers):
            return limit
    return None


class Difference(Record):
    """One input in which two offers differ."""

    what: Line
    one: Line
    other: Line


def differences(one: Offer, other: Offer) -> tuple[Difference, ...]:
    """Say from which inputs a difference between two offers comes; `()` where all inputs are equal.

    Offers whose amounts differ always differ in an input named here, because there are no others.
    """
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in _INPUTS}
    found = [_differs(name, *pair) for name, pair in pairs.items() if pair[0] != pair[1]]
    for name in dict.fromkeys(line.harm_line for line in (*one.lines, *other.lines)):
        found += _of_line(name, one.of(name), other.of(name))
    return tuple(found)


_INPUTS = ("policy", "cause", "severity", "tier", "price", "shipping")
_OF_A_LINE = ("harm", "stated", "rule", "base", "per_cent", "at_most")


def _of_line(name: str, one: Owed | None, other: Owed | None) -> list[Difference]:
    if one is None or other is None:
        return [_differs(f"harm line {name}", one and one.harm, other and other.harm)]
    return [
        _differs(f"harm line {name}: {field}", getattr(one, field), getattr(other, field))
        for field in _OF_A_LINE
        if getattr(one, field) != getattr(other, field)
    ]


def _differs(what: str, one: object, other: object) -> Difference:
    return Difference(what=what, one=_said(one), other=_said(other))


def _said(value: object) -> str:
    return "none" if value is None else str(value)


def in_words(owed: Owed, language: Literal["ko", "en"]) -> str:
    """Say how one amount came about, for staff and customer."""
    limit = f", {'최대' if language == 'ko' else 'at most'} {owed.at_most}" if owed.at_most else ""
    if owed.base is None:
        given = "법이 정한 것을 넘어 드림" if language == "ko" else "given beyond what is owed"
        return f"{owed.harm_line}: {owed.amount} ({given}{limit}, {owed.clause})"
    base = _BASES[owed.owes][language]
    return f"{owed.harm_line}: {owed.amount} ({base} {owed.base} x {owed.per_cent} %{limit}, {owed.clause})"


_BASES = {
    "price": {"ko": "결제 금액", "en": "price paid"},
    "shipping": {"ko": "내신 배송비", "en": "shipping paid"},
    "stated": {"ko": "말씀하신 금액", "en": "amount stated"},
}
