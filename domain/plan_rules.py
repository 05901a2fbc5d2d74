"""What a plan is held against beside its amounts: fees, shipping, warranty, standards, earlier failures.

What breaks a rule is refused and says what would do; what only a second person may decide is a reason for
approval.
"""

from dataclasses import replace
from datetime import date
from typing import assert_never

from domain.actor import Role
from domain.calendar import local_date
from domain.earlier import earlier_failure, months_after
from domain.effect import OrderSnapshot
from domain.money import Money, total
from domain.offer import WHOLE, compute, lines_of
from domain.plan import (
    SHIPPING,
    Before,
    LineDecision,
    Plan,
    amount_of,
    facts_of,
    is_shipping,
    variants,
    worth_of,
)
from domain.policy import MOVES_GOODS, PAYS, StandardRule
from domain.refusal import Refused

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
            raise Refused(
                f"fees[{place}].amount: this case is in {before.policy.currency}; give it in that currency",
                code="currency",
            )


def _fees_are_high(before: Before, plan: Plan) -> bool:
    """Say whether the fees of the plan together are above the policy's share of the price paid."""
    if not plan.fees or before.policy.max_fee_per_cent is None:
        return False
    fees = total((fee.amount for fee in plan.fees), before.policy.currency)
    return fees.minor > _highest_fee(before, plan, before.policy.max_fee_per_cent).minor


def _highest_fee(before: Before, plan: Plan, share: int) -> Money:
    """Return what the fees of a plan may come to without a second person: nothing where no price is known."""
    price = compute(facts_of(before), order_lines=plan.order_lines).price
    return Money(minor=price.minor * share // WHOLE if price else 0, currency=before.policy.currency)


def check_capped(before: Before, plan: Plan) -> None:
    """Hold a plan against the policy's share of the price, once a second person refused a higher fee.

    Raises:
        Refused: naming the most that may be asked for.
    """
    share = before.policy.max_fee_per_cent
    if share is not None and _fees_are_high(before, plan):
        most = _highest_fee(before, plan, share)
        raise Refused(
            f"fees: a fee above the policy's share of the price was refused in this case; ask for {most} "
            "at most in all, or leave the fees out",
            code="fee-capped",
        )


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
    asked = replace(facts, triage=replace(facts.triage, harm_lines=(SHIPPING,)))
    owed = compute(asked).of(SHIPPING.id)
    return owed.amount if owed is not None and owed.amount.minor else None


def _refunds_price(before: Before, plan: Plan) -> bool:
    return any(each.remedy == "refund" and _is_price(before, each) for each in plan.decisions)


def _is_price(before: Before, decision: LineDecision) -> bool:
    """Say whether a decision is about the price of what was bought."""
    return any(line.harm == "price" and line.id == decision.harm_line for line in before.triage.harm_lines)


# Warranty. -------------------------------------------------------------------------------------------------


def _is_expiry(before: Before, decision: LineDecision) -> bool:
    warranty = before.policy.warranty
    named = warranty is not None and decision.clause == warranty.clause
    return decision.remedy == "refusal" and warranty is not None and (named or decision.ground == "warranty")


def _check_warranty(before: Before, decision: LineDecision, where: str) -> None:
    """A refusal for expiry does not hold while the warranty runs; its last day is inside."""
    order, bought = before.intake.order, _bought(before)
    if not _is_expiry(before, decision) or order is None or bought is None or not order.warranty_months:
        return
    runs_to = months_after(bought, order.warranty_months)
    if _received(before) <= runs_to:
        raise Refused(
            f"{where}.clause: the warranty runs until {runs_to}, it has not expired"
            "; put it right, or name another clause",
            code="warranty",
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
    return local_date(before.policy.calendar, before.intake.received_at)


# Standards of dispute resolution. --------------------------------------------------------------------------


def _check_standards(before: Before, plan: Plan) -> None:
    order = before.intake.order
    if order is None or before.triage.cause not in before.policy.firm_pays_causes:
        return
    for rule in before.policy.standards:
        if not _holds(rule, before, order, plan):
            continue
        for place, decision in enumerate(plan.decisions):
            meant = _is_price(before, decision) and decision.remedy not in rule.owed
            if meant and (not rule.instead_of or decision.remedy in rule.instead_of):
                raise Refused(_what_would_do(rule, before, place), code="standard")


def _what_would_do(rule: StandardRule, before: Before, place: int) -> str:
    kind = next(clause.kind for clause in before.policy.clauses if clause.id == rule.clause)
    return f"decisions[{place}].remedy: by {rule.clause} ({kind}) use one of {', '.join(rule.owed)}"


def _holds(rule: StandardRule, before: Before, order: OrderSnapshot, plan: Plan) -> bool:
    match rule.when:
        case "repaired_in_vain":
            return order.repairs >= rule.at_least
        case "repair_overdue":
            since = order.in_repair_since
            return since is not None and _received(before) > months_after(since, rule.at_least)
        case "no_same_kind":
            gone = any(not line.replaceable for line in lines_of(order, plan.order_lines))
            return gone and plan.equivalent is None
        case _:
            assert_never(rule.when)


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


def check_further(given: Plan, offered: Plan, currency: str) -> None:
    """After a bad happy call the next round is better: worth on top, goods, or what was not given yet.

    Raises:
        Refused: naming what did not win the customer back.
    """
    new = _gives(offered) - _gives(given)
    if not (worth_of(offered, currency).minor or new or _gives(offered) & set(MOVES_GOODS)):
        kinds = ", ".join(sorted(_gives(given))) or "nothing"
        raise Refused(
            f"plan: the customer was not won back by {kinds}; give something of worth on top, or add a "
            "gesture that was not made yet",
            code="not-better",
        )


def _gives(plan: Plan) -> set[str]:
    decisions = (decision for each in variants(plan) for decision in each.decisions)
    kinds = {decision.remedy for decision in decisions if decision.remedy != "refusal"}
    return {*kinds, *plan.gestures, *(f"extra {extra.remedy}" for extra in plan.extras)}
