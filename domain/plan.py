"""The plan of a remedy: one decision per harm line, held against harm, policy and order."""

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from domain.contact import Contacts
from domain.exemption import Exemption, Exemptions
from domain.intake import Intake
from domain.money import Money, total
from domain.offer import Facts, Offer, Owed, compute
from domain.policy import BY_HAND, MOVES_GOODS, PAYS, REWARDS, VOUCHERS, Ground, Policy, RemedyKind
from domain.record import Id, Letter, Line, Record, canonical
from domain.refusal import Refused
from domain.treatment import Applied
from domain.triage import Classification, HarmLine

GIVES: tuple[RemedyKind, ...] = (*PAYS, *VOUCHERS)
"""Remedies that have an amount."""

Gesture = Literal[
    "apology_call", "apology_letter", "manager_letter", "recognition", "explanation", "follow_up"
]


class LineDecision(Record):
    """What is done about one harm line: a remedy, or a reasoned refusal that names its clause.

    Attributes:
        amount: left out, it is computed from the policy's offer table.
        reason: why a line is refused, or why its amount is another than the computed one.
    """

    harm_line: Line
    remedy: RemedyKind
    ground: Ground | None = None
    amount: Money | None = None
    clause: Line | None = None
    reason: Line | None = None


class Extra(Record):
    """Something beyond what is owed: its own line, with its reason, within the policy's limit."""

    remedy: RemedyKind = "goodwill_credit"
    amount: Money
    reason: Line


class Alternative(Record):
    """Another way to put the same harms right, between which the customer chooses.

    Attributes:
        decisions: what is done instead about the harm lines that they name; the others stay as planned.
    """

    id: Id
    decisions: Annotated[tuple[LineDecision, ...], Field(min_length=1, max_length=20)]
    words: Letter = ""


class Fee(Record):
    """A fee that the customer would pay, quoted before work begins."""

    what: Literal["repair", "return", "inspection"]
    amount: Money
    reason: Line


class Plan(Record):
    """What is proposed; its hash is what an approval is bound to.

    Attributes:
        collect: whether the goods come back before the firm's part is done.
        label: the customer sends them with a prepaid label, instead of a courier who comes for them.
        in_advance: the replacement goes out first, and the goods come back after it.
        equivalent: the product of equal use that is sent instead of one of the same kind.
        order_lines: which lines of the order it is about; empty: all.
        fee_payer: who pays fees and return shipping.
        alternatives: equal remedies; whoever accepts names one of them, or `main`.
        fees: what the customer pays; only where `fee_payer` is the customer.
        extras: what the firm gives beyond what is owed.
        guarantee: the broken guarantee that it pays out; the engine's own plans only.
        offer: how the amounts were computed; the engine fills it in, whatever the sender says.
    """

    decisions: Annotated[tuple[LineDecision, ...], Field(min_length=1, max_length=20)]
    gestures: tuple[Gesture, ...] = ()
    collect: bool = False
    label: bool = False
    in_advance: bool = False
    equivalent: Line | None = None
    order_lines: tuple[Id, ...] = ()
    fee_payer: Literal["firm", "customer"] = "firm"
    words: Letter = ""
    alternatives: Annotated[tuple[Alternative, ...], Field(max_length=4)] = ()
    fees: Annotated[tuple[Fee, ...], Field(max_length=5)] = ()
    extras: Annotated[tuple[Extra, ...], Field(max_length=5)] = ()
    guarantee: Line | None = None
    offer: Offer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the stages before this one know, and the policy.

    Attributes:
        treatment: what the policy adds for this case.
        exemption: the approved exception that the decision at hand names.
    """

    policy: Policy
    intake: Intake
    triage: Classification
    contacts: Contacts
    treatment: Applied | None = None
    exemptions: Exemptions = field(default_factory=Exemptions)
    exemption: Exemption | None = None


MAIN = "main"
"""How the decisions of the plan itself are called where there are alternatives."""


def chosen(plan: Plan, choice: str | None) -> Plan:
    """Return the plan as the customer chose it, with no choice left.

    Raises:
        Refused: naming what there is to choose from.
    """
    names = (MAIN, *(each.id for each in plan.alternatives))
    if plan.alternatives and choice not in names:
        raise Refused(f"choice: name one of {', '.join(names)}", code="choice")
    if not plan.alternatives and choice not in (None, MAIN):
        raise Refused("choice: this offer leaves nothing to choose; leave it out", code="choice")
    other = next((each for each in plan.alternatives if each.id == choice), None)
    instead = {decision.harm_line: decision for decision in other.decisions} if other else {}
    decisions = tuple(instead.get(each.harm_line, each) for each in plan.decisions)
    return plan.model_copy(update={"decisions": decisions, "alternatives": ()})


def variants(plan: Plan) -> tuple[Plan, ...]:
    """Return every plan that the customer may choose."""
    if not plan.alternatives:
        return (plan,)
    return tuple(chosen(plan, name) for name in (MAIN, *(each.id for each in plan.alternatives)))


def needs_answer(plan: Plan) -> bool:
    """Say whether the customer must agree: words and corrections need no yes, money and goods do."""
    asks = (*PAYS, *MOVES_GOODS, *REWARDS)
    return plan.guarantee is None and (
        plan.collect
        or bool(plan.extras or plan.fees or plan.alternatives)
        or any(decision.remedy in asks for decision in plan.decisions)
    )


def hash_of(plan: Plan, *, number: int, contact: int | None) -> str:
    """Return the 32 hex characters that name a proposal: any edit gives another."""
    return sha256(f"{number}\n{contact}\n{_hashed(plan)}".encode()).hexdigest()[:32]


def _hashed(plan: Plan) -> str:
    """Return what a hash covers; a field younger than the ledger counts where it says something."""
    text = canonical(plan) if plan.label else canonical(plan).replace('"label":false,', "", 1)
    return text.replace('"equivalent":null,', "", 1)


def sum_of(plan: Plan, kinds: tuple[RemedyKind, ...], currency: str) -> Money:
    """Return what the decisions of some kinds come to together; alternatives and extras left aside."""
    return total((each.amount for each in plan.decisions if each.remedy in kinds and each.amount), currency)


def amount_of(plan: Plan, currency: str) -> Money:
    """Return what the plan pays out in all; of alternatives the dearest."""
    return _dearest(plan, PAYS, currency)


def worth_of(plan: Plan, currency: str) -> Money:
    """Return what the plan costs the firm in all, coupons and points too; of alternatives the dearest."""
    return _dearest(plan, GIVES, currency)


def _dearest(plan: Plan, kinds: tuple[RemedyKind, ...], currency: str) -> Money:
    extras = tuple(extra.amount for extra in plan.extras)
    sums = (total((sum_of(each, kinds, currency), *extras), currency) for each in variants(plan))
    return max(sums, key=lambda amount: amount.minor)


def extras_of(plan: Plan, currency: str) -> Money:
    """Return what the plan gives beyond what is owed."""
    return total((extra.amount for extra in plan.extras), currency)


def beyond_price(plan: Plan, currency: str) -> Money | None:
    """Return what of a payout is no refund of what the order was paid with; None where all of it is."""
    amounts = [extra.amount for extra in plan.extras]
    for decision in plan.decisions:
        owed = plan.offer.of(decision.harm_line) if plan.offer else None
        other_harm = owed is not None and owed.harm not in ("price", "shipping")
        other_harm = other_harm or plan.guarantee is not None
        if other_harm and decision.remedy in PAYS and decision.amount is not None:
            amounts.append(decision.amount)
    return total(amounts, currency) if amounts else None


def by_hand(plan: Plan) -> tuple[RemedyKind, ...]:
    """Return the plan's remedies that a department carries out and reports."""
    return tuple(dict.fromkeys(each.remedy for each in plan.decisions if each.remedy in BY_HAND))


def with_amounts(before: Before, plan: Plan) -> Plan:
    """Return the plan with every amount that was left out, and with how the amounts were computed."""
    if not before.policy.offer_table:
        return plan.model_copy(update={"offer": None, "guarantee": None})
    offer = compute(_with_shipping(before, plan), order_lines=plan.order_lines)
    decisions = tuple(_priced(decision, offer) for decision in plan.decisions)
    alternatives = tuple(
        each.model_copy(update={"decisions": tuple(_priced(decision, offer) for decision in each.decisions)})
        for each in plan.alternatives
    )
    computed = {"decisions": decisions, "alternatives": alternatives, "offer": offer, "guarantee": None}
    return plan.model_copy(update=computed)


def facts_of(before: Before) -> Facts:
    """Return the inputs of an offer for this case."""
    intake = before.intake
    return Facts(policy=before.policy, triage=before.triage, order=intake.order, customer=intake.customer)


SHIPPING = HarmLine(id="shipping", harm="shipping")
"""A plan may give shipping back that nobody has stated as a harm."""


def is_shipping(before: Before, decision: LineDecision) -> bool:
    """Say whether a decision is about what the customer paid for shipping."""
    stated = next((line for line in before.triage.harm_lines if line.id == decision.harm_line), SHIPPING)
    return stated.harm == "shipping" and decision.harm_line in (SHIPPING.id, stated.id)


def _adds_shipping(before: Before, plan: Plan) -> bool:
    stated = any(line.id == SHIPPING.id for line in before.triage.harm_lines)
    return not stated and any(decision.harm_line == SHIPPING.id for decision in plan.decisions)


def _with_shipping(before: Before, plan: Plan) -> Facts:
    facts = facts_of(before)
    if not _adds_shipping(before, plan):
        return facts
    return replace(facts, triage=replace(facts.triage, harm_lines=(*facts.triage.harm_lines, SHIPPING)))


def offered(plan: Plan, language: str, *, currency: str, prefers: tuple[str, ...] = ()) -> str:
    """Say what is offered, each further choice by its name; of equal cost what this customer prefers first.

    What costs more or less stays where staff put it (R30).
    """
    said = "또는" if language == "ko" else "or"
    first, *others = _in_order(plan, currency, prefers)
    words = {MAIN: plan.words, **{each.id: each.words for each in plan.alternatives}}
    return words[first] + "".join(f"; {said} {name}: {words[name]}" for name in others)


def _in_order(plan: Plan, currency: str, prefers: tuple[str, ...]) -> list[str]:
    names = [MAIN, *(each.id for each in plan.alternatives)]
    plans = dict(zip(names, variants(plan), strict=True))
    costs = [sum_of(each, GIVES, currency).minor for each in plans.values()]
    rank = {
        name: (costs.index(cost), _liked(plans[name], prefers))
        for name, cost in zip(names, costs, strict=True)
    }
    return sorted(names, key=lambda name: rank[name])


def _liked(plan: Plan, prefers: tuple[str, ...]) -> int:
    """Return the place among what the customer prefers that the best of a plan has."""
    places = [prefers.index(each.remedy) for each in plan.decisions if each.remedy in prefers]
    return min(places, default=len(prefers))


def sent_instead(plan: Plan, language: str) -> str:
    """Say which other product the customer gets; nothing where it is one of the same kind."""
    if plan.equivalent is None:
        return ""
    return f"; {'같은 용도의 상품으로' if language == 'ko' else 'of equal use'}: {plan.equivalent}"


def quoted(plan: Plan, language: str) -> str:
    """Say what the customer would pay, line by line; nothing where nothing is quoted."""
    said = "고객님 부담" if language == "ko" else "you would pay"
    return "".join(f"; {said}: {fee.amount} ({fee.reason})" for fee in plan.fees)


def _priced(decision: LineDecision, offer: Offer) -> LineDecision:
    owed = offer.of(decision.harm_line)
    if owed is None or decision.remedy not in GIVES:
        return decision
    known = {"amount": decision.amount or owed.amount, "clause": decision.clause or owed.clause}
    return decision.model_copy(update=known)


def with_clauses(policy: Policy, plan: Plan) -> Plan:
    """Return the plan with a clause at every granted line: that of its amount, else that of its ground."""
    if not policy.ground_clauses:
        return plan
    alternatives = tuple(
        each.model_copy(update={"decisions": tuple(_with_clause(policy, one) for one in each.decisions)})
        for each in plan.alternatives
    )
    decisions = tuple(_with_clause(policy, each) for each in plan.decisions)
    return plan.model_copy(update={"decisions": decisions, "alternatives": alternatives})


def _with_clause(policy: Policy, decision: LineDecision) -> LineDecision:
    if decision.clause is not None or decision.ground is None:
        return decision
    return decision.model_copy(update={"clause": policy.ground_clauses.get(decision.ground)})


def check_plan(before: Before, plan: Plan, *, lines: tuple[str, ...]) -> None:
    """Hold a plan against the harm lines that are left, policy and order.

    Raises:
        Refused: naming the decision and what is wrong with it.
    """
    _check_alternatives(plan)
    for each in variants(plan):
        _check_variant(before, each, lines=lines)


def _check_alternatives(plan: Plan) -> None:
    names = [MAIN, *(each.id for each in plan.alternatives)]
    if len(set(names)) != len(names):
        raise Refused(
            "alternatives: each needs an id of its own, and none is called main; name them anew",
            code="choice",
        )
    planned = {decision.harm_line for decision in plan.decisions}
    for place, each in enumerate(plan.alternatives):
        named = [decision.harm_line for decision in each.decisions]
        if len(set(named)) != len(named) or not planned.issuperset(named):
            where = f"alternatives[{place}].decisions"
            raise Refused(f"{where}: decide each once of {', '.join(sorted(planned))}", code="harm-lines")


def _check_variant(before: Before, plan: Plan, *, lines: tuple[str, ...]) -> None:
    decided = [decision.harm_line for decision in plan.decisions]
    lines = (*lines, SHIPPING.id) if _adds_shipping(before, plan) and before.policy.offer_table else lines
    if sorted(lines) != sorted(decided):
        raise Refused(f"decide each harm line once: {', '.join(lines)}", code="harm-lines")
    for decision in plan.decisions:
        _check_decision(before, decision)
    _check_amounts(plan)
    _check_extras(before, plan)
    _check_goods(before, plan)
    if plan.fee_payer != "firm" and before.triage.cause in before.policy.firm_pays_causes:
        raise Refused(
            f"fee_payer: for {before.triage.cause} every fee is the firm's; leave it at `firm`",
            code="fee-payer",
        )
    defect = any(each.ground == "defect" and each.remedy in MOVES_GOODS for each in plan.decisions)
    if defect and not plan.gestures:
        raise Refused(
            "gestures: a swap or refund alone does not mend a defect; add an apology", code="gesture"
        )


def _check_decision(before: Before, decision: LineDecision) -> None:
    where = f"decision on {decision.harm_line}"
    if decision.remedy not in (*before.policy.remedies, "refusal"):
        raise Refused(
            f"{where}: this policy has no {decision.remedy}; name one that it has", code="remedy-kind"
        )
    if decision.remedy == "refusal":
        known = {clause.id for clause in before.policy.clauses}
        if decision.reason is None or decision.clause not in known:
            raise Refused(f"{where}: a refusal names its clause and a reason; give both", code="clause")
        return
    if decision.ground is None:
        raise Refused(f"{where}: name the ground", code="ground")
    needs_amount = decision.remedy in GIVES
    if needs_amount and (decision.amount is None or decision.amount.minor == 0):
        raise Refused(f"{where}: give the amount", code="amount")
    if decision.amount is not None and decision.amount.currency != before.policy.currency:
        raise Refused(
            f"{where}: this case is in {before.policy.currency}; give it in that currency", code="currency"
        )


def _check_amounts(plan: Plan) -> None:
    """Hold every amount against what was computed."""
    for place, decision in enumerate(plan.decisions):
        owed = plan.offer.of(decision.harm_line) if plan.offer else None
        if owed is not None and decision.remedy in GIVES and decision.amount is not None:
            _check_amount(f"decisions[{place}]", decision.amount, decision.reason, owed)


def _check_amount(where: str, amount: Money, reason: str | None, owed: Owed) -> None:
    extra = owed.owes == "extra"
    most = (owed.at_most or owed.amount) if extra else owed.amount
    if amount.minor > most.minor:
        rest = "give no more" if extra else "give the rest as `extras` with a reason"
        raise Refused(f"{where}.amount: {owed.clause} comes to {most}; {rest}", code="above-offer")
    if amount.minor != owed.amount.minor and reason is None:
        raise Refused(
            f"{where}.reason: {owed.clause} comes to {owed.amount}; say why this gives {amount}",
            code="other-amount",
        )


def _check_extras(before: Before, plan: Plan) -> None:
    for place, extra in enumerate(plan.extras):
        where = f"extras[{place}]"
        if extra.remedy not in PAYS or extra.remedy not in before.policy.remedies:
            raise Refused(
                f"{where}.remedy: this policy gives no extra {extra.remedy}; use one that it gives",
                code="remedy-kind",
            )
        if extra.amount.currency != before.policy.currency:
            raise Refused(
                f"{where}.amount: this case is in {before.policy.currency}; give it in that currency",
                code="currency",
            )
    limit = _extras_limit(before, plan)
    given = sum(extra.amount.minor for extra in plan.extras)
    if given and (limit is None or given > limit.minor):
        allowed = f"extras together may come to {limit}" if limit else "this policy gives no extras here"
        raise Refused(
            f"extras: {allowed}; leave out what is more, or request an exception (request_exception)",
            code="extras",
        )


def _extras_limit(before: Before, plan: Plan) -> Money | None:
    """Return what all extras together may come to: by table, by treatment, or by exception."""
    limit = plan.offer.extras_limit if plan.offer else None
    more = before.treatment.extras if before.treatment else None
    limits = [limit] if limit else []
    if limit is not None and more is not None:
        limits.append(Money(minor=limit.minor + more.minor, currency=limit.currency))
    if before.exemption is not None and before.exemption.amount is not None:
        limits.append(before.exemption.amount)
    return max(limits, key=lambda amount: amount.minor, default=None)


def _check_goods(before: Before, plan: Plan) -> None:
    order = before.intake.order
    kinds = {each.remedy for each in plan.decisions}
    needs_order = plan.collect or bool(plan.extras) or bool(kinds & {"exchange", "repair", *PAYS})
    if "repair" in kinds and not plan.collect:
        raise Refused("collect: what is to be repaired has to come in first; set it", code="collect")
    if plan.label and not plan.collect:
        raise Refused("label: only where goods come back; set collect as well", code="collect")
    if plan.in_advance and not (plan.collect and "exchange" in kinds):
        raise Refused(
            "in_advance: only an exchange whose goods come back afterwards"
            "; leave it out, or set collect as well",
            code="in-advance",
        )
    if plan.equivalent is not None and "exchange" not in kinds:
        raise Refused(
            "equivalent: only an exchange sends other goods instead; leave it out", code="equivalent"
        )
    if needs_order and (order is None or not order.known):
        raise Refused("no order is known for this case; find it first", code="no-order")
    if order is None:
        return
    unknown = [line for line in plan.order_lines if line not in {known.line_id for known in order.lines}]
    if unknown:
        raise Refused(
            f"order_lines: the order has no line {unknown[0]}; name lines that it has", code="order-line"
        )
