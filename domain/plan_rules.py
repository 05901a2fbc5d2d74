"""What a plan is held against beside its amounts: fees, shipping, warranty, standards, earlier failures.

What breaks a rule is refused and says what would do; what only a second person may decide is a reason for
approval.
"""

from dataclasses import replace
from datetime import date
from typing import assert_never

from domain.actor import Role
from domain.earlier import earlier_failure, local_day, months_after
from domain.effect import OrderLine, OrderSnapshot
from domain.money import Money, total
from domain.offer import WHOLE, compute
from domain.plan import Before, LineDecision, Plan, amount_of, facts_of, is_shipping, variants
from domain.policy import MOVES_GOODS, PAYS, StandardRule
from domain.refusal import Refused
from domain.triage import HarmLine

SENIOR = (Role.SUPERVISOR, Role.DEPARTMENT_HEAD)


def check_rules(before: Before, plan: Plan) -> None:
    """Hold a plan against the rules.

    Raises:
        Refused: naming the field, the clause and what would do.
    """
    for each in variants(plan):
        _check_variant(before, each)


def _check_variant(before: Before, plan: Plan) -> None:
    _check_fees(before, plan)
    _check_shipping(before, plan)
    _check_standards(before, plan)
    _check_double_deviation(before, plan)
    for place, decision in enumerate(plan.decisions):
        _check_warranty(before, decision, f"decisions[{place}]")


def needs_approval_because(before: Before, plan: Plan, role: Role) -> tuple[str, ...]:
    """Return why a second person decides, whatever the plan pays; `()` where nothing asks for it."""
    reasons = []
    if _fees_are_high(before, plan):
        reasons.append("fees")
    decisions = (decision for each in variants(plan) for decision in each.decisions)
    expired = any(_is_expiry(before, decision) for decision in decisions)
    if expired and role not in SENIOR and _inside_reference(before):
        reasons.append("warranty")
    return tuple(reasons)


# Fees. -----------------------------------------------------------------------------------------------------


def _check_fees(before: Before, plan: Plan) -> None:
    if not plan.fees:
        return
    if before.triage.cause in before.policy.firm_pays_causes:
        raise Refused(f"fees: for {before.triage.cause} every fee is the firm's; leave them out", code="fees")
    if plan.fee_payer != "customer":
        raise Refused("fee_payer: fees are what the customer pays; else leave them out", code="fee-payer")
    for place, fee in enumerate(plan.fees):
        if fee.amount.currency != before.policy.currency:
            raise Refused(f"fees[{place}].amount: this case is in {before.policy.currency}", code="currency")


def _fees_are_high(before: Before, plan: Plan) -> bool:
    """Say whether the fees of the plan together are above the policy's share of the price paid."""
    share = before.policy.max_fee_per_cent
    if not plan.fees or share is None:
        return False
    price = compute(facts_of(before), order_lines=plan.order_lines).price
    fees = total((fee.amount for fee in plan.fees), before.policy.currency)
    return price is None or fees.minor * WHOLE > price.minor * share


# Shipping. -------------------------------------------------------------------------------------------------


def _check_shipping(before: Before, plan: Plan) -> None:
    """Whoever gets the price back for what is the firm's to answer for gets the shipping back as well."""
    owed = _shipping_owed(before)
    if owed is None or not _refunds_price(before, plan):
        return
    stated = {line.id for line in before.triage.harm_lines if line.harm == "shipping"}
    decided = {d.harm_line: d for d in plan.decisions if is_shipping(before, d)}
    if stated and not decided:
        return  # an earlier plan of this round has settled it
    if not any(decision.remedy in PAYS for decision in decided.values()):
        raise Refused(
            f"decisions: the customer paid {owed} for shipping, which is the firm's to pay back; "
            "add a refund of `shipping`",
            code="shipping",
        )


def _shipping_owed(before: Before) -> Money | None:
    if before.triage.cause not in before.policy.firm_pays_causes:
        return None
    facts = facts_of(before)
    line = HarmLine(id="shipping", harm="shipping")
    asked = replace(facts, triage=replace(facts.triage, harm_lines=(line,)))
    owed = compute(asked).of("shipping")
    return owed.amount if owed is not None and owed.amount.minor else None


def _refunds_price(before: Before, plan: Plan) -> bool:
    prices = {line.id for line in before.triage.harm_lines if line.harm == "price"}
    return any(each.remedy == "refund" and each.harm_line in prices for each in plan.decisions)


# Warranty. -------------------------------------------------------------------------------------------------


def _is_expiry(before: Before, decision: LineDecision) -> bool:
    warranty = before.policy.warranty
    return warranty is not None and decision.remedy == "refusal" and decision.clause == warranty.clause


def _check_warranty(before: Before, decision: LineDecision, where: str) -> None:
    """A refusal for expiry does not hold while the warranty runs; its last day is inside."""
    order, bought = before.intake.order, _bought(before)
    if not _is_expiry(before, decision) or order is None or bought is None or not order.warranty_months:
        return
    runs_to = months_after(bought, order.warranty_months)
    if _received(before) <= runs_to:
        raise Refused(
            f"{where}.clause: the warranty runs until {runs_to}, it has not expired", code="warranty"
        )


def _inside_reference(before: Before) -> bool:
    """Say whether the goods are younger than the reference period; of unknown age they count as young."""
    warranty, bought = before.policy.warranty, _bought(before)
    if warranty is None or bought is None:
        return warranty is not None
    return _received(before) <= months_after(bought, warranty.reference_for(before.triage.product))


def _bought(before: Before) -> date | None:
    order = before.intake.order
    return (order.delivered_on or order.bought_on) if order is not None and order.known else None


def _received(before: Before) -> date:
    return local_day(before.policy, before.intake.received_at)


# Standards of dispute resolution. --------------------------------------------------------------------------


def _check_standards(before: Before, plan: Plan) -> None:
    order = before.intake.order
    if order is None or before.triage.cause not in before.policy.firm_pays_causes:
        return
    prices = {line.id for line in before.triage.harm_lines if line.harm == "price"}
    for rule in before.policy.standards:
        if not _holds(rule, before, order, plan):
            continue
        for place, decision in enumerate(plan.decisions):
            meant = decision.harm_line in prices and decision.remedy not in rule.owed
            if meant and (not rule.instead_of or decision.remedy in rule.instead_of):
                raise Refused(_what_would_do(rule, before, place), code="standard")


def _what_would_do(rule: StandardRule, before: Before, place: int) -> str:
    kind = next(clause.kind for clause in before.policy.clauses if clause.id == rule.clause)
    return f"decisions[{place}].remedy: by {rule.clause} ({kind}) it is one of {', '.join(rule.owed)}"


def _holds(rule: StandardRule, before: Before, order: OrderSnapshot, plan: Plan) -> bool:
    match rule.when:
        case "repaired_in_vain":
            return order.repairs >= rule.at_least
        case "repair_overdue":
            since = order.in_repair_since
            return since is not None and _received(before) > months_after(since, rule.at_least)
        case "no_same_kind":
            return any(not line.replaceable for line in _lines(order, plan))
        case _:
            assert_never(rule.when)


def _lines(order: OrderSnapshot, plan: Plan) -> tuple[OrderLine, ...]:
    return tuple(line for line in order.lines if not plan.order_lines or line.line_id in plan.order_lines)


# Earlier failures. -----------------------------------------------------------------------------------------


def _check_double_deviation(before: Before, plan: Plan) -> None:
    """After an earlier similar or recent failure the standard offer is not enough."""
    failure = earlier_failure(before.policy, before.intake, before.triage)
    more = bool(plan.extras) or "manager_letter" in plan.gestures
    if failure is not None and not more:
        raise Refused(
            f"gestures: this customer had a failure on {failure.on} already; "
            "add a manager_letter or an extra to the standard offer",
            code="double-deviation",
        )


# A better offer. -------------------------------------------------------------------------------------------


def check_better(declined: Plan, offered: Plan, currency: str) -> None:
    """After a declined offer the next one is better: it pays more, or adds something and pays no less.

    Goods may take the place of money.

    Raises:
        Refused: naming what was declined.
    """
    before, now = amount_of(declined, currency), amount_of(offered, currency)
    new = _gives(offered) - _gives(declined)
    better = now.minor > before.minor or (now.minor == before.minor and new) or new & set(MOVES_GOODS)
    if not better:
        kinds = ", ".join(sorted(_gives(declined)))
        raise Refused(
            f"plan: the customer declined {kinds} for {before} in all; offer more, or something else as well",
            code="not-better",
        )


def _gives(plan: Plan) -> set[str]:
    decisions = (decision for each in variants(plan) for decision in each.decisions)
    kinds = {decision.remedy for decision in decisions if decision.remedy != "refusal"}
    return {*kinds, *plan.gestures, *(f"extra {extra.remedy}" for extra in plan.extras)}
