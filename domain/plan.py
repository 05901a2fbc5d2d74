"""The plan of a remedy: one decision per harm line, held against harm, policy and order."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from domain.contact import Contacts
from domain.intake import Intake
from domain.money import Money, total
from domain.policy import BY_HAND, MOVES_GOODS, PAYS, VOUCHERS, Ground, Policy, RemedyKind
from domain.record import Id, Letter, Line, Record, canonical
from domain.refusal import Refused
from domain.triage import Classification

Gesture = Literal["apology_call", "apology_letter", "manager_letter", "explanation", "follow_up"]


class LineDecision(Record):
    """What is done about one harm line: a remedy, or a reasoned refusal that names its clause."""

    harm_line: Line
    remedy: RemedyKind
    ground: Ground | None = None
    amount: Money | None = None
    clause: Line | None = None
    reason: Line | None = None


class Plan(Record):
    """What is proposed; its hash is what an approval is bound to.

    Attributes:
        collect: whether the goods come back before the firm's part is done.
        in_advance: the replacement goes out first, and the goods come back after it.
        order_lines: which lines of the order it is about; empty: all.
        fee_payer: who pays fees and return shipping.
    """

    decisions: Annotated[tuple[LineDecision, ...], Field(min_length=1, max_length=20)]
    gestures: tuple[Gesture, ...] = ()
    collect: bool = False
    in_advance: bool = False
    order_lines: tuple[Id, ...] = ()
    fee_payer: Literal["firm", "customer"] = "firm"
    words: Letter = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the stages before this one know, and the policy."""

    policy: Policy
    intake: Intake
    triage: Classification
    contacts: Contacts


def needs_answer(plan: Plan) -> bool:
    """Say whether the customer must agree: words and corrections need no yes, money and goods do."""
    asks = (*PAYS, *MOVES_GOODS, *VOUCHERS)
    return plan.collect or any(decision.remedy in asks for decision in plan.decisions)


def hash_of(plan: Plan, *, number: int, contact: int | None) -> str:
    """Return the 32 hex characters that name a proposal: any edit gives another."""
    return sha256(f"{number}\n{contact}\n{canonical(plan)}".encode()).hexdigest()[:32]


def amount_of(plan: Plan, currency: str) -> Money:
    """Return what the plan pays out in all."""
    paid = (decision.amount for decision in plan.decisions if decision.remedy in PAYS and decision.amount)
    return total(paid, currency)


def worth_of(plan: Plan, currency: str) -> Money:
    """Return what the plan costs the firm in all: money, coupons and points."""
    gives = (*PAYS, *VOUCHERS)
    given = (each.amount for each in plan.decisions if each.remedy in gives and each.amount)
    return total(given, currency)


def by_hand(plan: Plan) -> tuple[RemedyKind, ...]:
    """Return the plan's remedies that a department carries out and reports."""
    return tuple(dict.fromkeys(each.remedy for each in plan.decisions if each.remedy in BY_HAND))


def check_plan(before: Before, plan: Plan, *, lines: tuple[str, ...]) -> None:
    """Hold a plan against the harm lines that are left, policy and order.

    Raises:
        Refused: naming the decision and what is wrong with it.
    """
    decided = [decision.harm_line for decision in plan.decisions]
    if sorted(lines) != sorted(decided):
        raise Refused(f"decide each harm line once: {', '.join(lines)}", code="harm-lines")
    for decision in plan.decisions:
        _check_decision(before, decision)
    _check_goods(before, plan)
    if plan.fee_payer != "firm" and before.triage.cause in before.policy.firm_pays_causes:
        raise Refused(f"fee_payer: for {before.triage.cause} every fee is the firm's", code="fee-payer")
    defect = any(each.ground == "defect" and each.remedy in MOVES_GOODS for each in plan.decisions)
    if defect and not plan.gestures:
        raise Refused(
            "gestures: a swap or refund alone does not mend a defect; add an apology", code="gesture"
        )


def _check_decision(before: Before, decision: LineDecision) -> None:
    where = f"decision on {decision.harm_line}"
    if decision.remedy not in (*before.policy.remedies, "refusal"):
        raise Refused(f"{where}: this policy has no {decision.remedy}", code="remedy-kind")
    if decision.remedy == "refusal":
        known = {clause.id for clause in before.policy.clauses}
        if decision.reason is None or decision.clause not in known:
            raise Refused(f"{where}: a refusal names its clause and a reason", code="clause")
        return
    if decision.ground is None:
        raise Refused(f"{where}: name the ground", code="ground")
    needs_amount = decision.remedy in (*PAYS, *VOUCHERS)
    if needs_amount and (decision.amount is None or decision.amount.minor == 0):
        raise Refused(f"{where}: give the amount", code="amount")
    if decision.amount is not None and decision.amount.currency != before.policy.currency:
        raise Refused(f"{where}: this case is in {before.policy.currency}", code="currency")


def _check_goods(before: Before, plan: Plan) -> None:
    order = before.intake.order
    kinds = {each.remedy for each in plan.decisions}
    needs_order = plan.collect or bool(kinds & {"exchange", "repair", *PAYS})
    if "repair" in kinds and not plan.collect:
        raise Refused("collect: what is to be repaired has to come in first", code="collect")
    if plan.in_advance and not (plan.collect and "exchange" in kinds):
        raise Refused("in_advance: only an exchange whose goods come back afterwards", code="in-advance")
    if needs_order and (order is None or not order.known):
        raise Refused("no order is known for this case; find it first", code="no-order")
    if order is None:
        return
    unknown = [line for line in plan.order_lines if line not in {known.line_id for known in order.lines}]
    if unknown:
        raise Refused(f"order_lines: the order has no line {unknown[0]}", code="order-line")
