"""Amounts of an offer: computed, explained, equal for equal cases."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from domain.effect import CustomerSnapshot, OrderLine, OrderSnapshot
from domain.money import Money
from domain.offer import Facts, Offer, compute, differences, in_words, share_of
from domain.plan import Extra, LineDecision, Plan
from domain.policy import ExtraLimit, Harm, OfferRule, Severity
from domain.triage import Classification, HarmLine
from tests.domain.lives import (
    CUSTOMER,
    NOTICE,
    OWNED,
    POLICY,
    RAISED,
    Life,
    accept,
    contact,
    decision,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    triage,
)

TABLE = (
    OfferRule(id="all", harm="price", causes=("defect",), owes="price", clause="promise"),
    OfferRule(id="half", harm="price", owes="price", per_cent=50, clause="not-ours"),
    OfferRule(id="shipping", harm="shipping", causes=("defect",), owes="shipping", clause="promise"),
    OfferRule(id="damage", harm="consequential", owes="stated", at_most=eur(5_000), clause="promise"),
    OfferRule(
        id="grave",
        harm="trouble",
        severities=("critical",),
        owes="extra",
        usual=eur(900),
        at_most=eur(1_500),
        clause="promise",
    ),
    OfferRule(
        id="trouble", harm="trouble", owes="extra", usual=eur(300), at_most=eur(1_000), clause="promise"
    ),
)
LIMITS = (
    ExtraLimit(tiers=("gold",), at_most=eur(2_000), clause="promise"),
    ExtraLimit(severities=("normal", "high", "critical"), at_most=eur(1_000), clause="promise"),
)
PRICED = POLICY.model_copy(update={"offer_table": TABLE, "extra_limits": LIMITS})
BOUGHT = OrderSnapshot(
    known=True,
    order_id="o1",
    lines=(
        OrderLine(line_id="l1", product="cup", price=eur(9_000)),
        OrderLine(line_id="l2", product="pot", price=eur(2_001)),
    ),
    shipping_paid=eur(300),
)
FREE_OF_SHIPPING = BOUGHT.model_copy(update={"shipping_paid": None})
PRICE = HarmLine(id="price", harm="price")
TROUBLE = HarmLine(id="trouble", harm="trouble")


def facts(*lines: HarmLine, order: OrderSnapshot | None = BOUGHT, **classed: str) -> Facts:
    """Return inputs about these harm lines."""
    known = {"cause": "defect", **classed}
    return Facts(policy=PRICED, triage=Classification(harm_lines=lines, **known), order=order)  # type: ignore[arg-type]


def amounts(offer: Offer) -> dict[str, int]:
    """Return what each line comes to."""
    return {line.harm_line: line.amount.minor for line in offer.lines}


def recovering(*lines: HarmLine, order: OrderSnapshot = FREE_OF_SHIPPING, **fields: Any) -> Life:
    """Return a case of this order in recovery, with these harm lines."""
    raised = (opening(), ok("ack", NOTICE), ok("cust", CUSTOMER), ok("order", order))
    return given(*raised, triage(harm_lines=lines, **fields), *OWNED[5:], contact(), policy=PRICED)


# What harms come to. ---------------------------------------------------------------------------------------


def test_the_price_of_the_lines_in_question_is_owed() -> None:
    assert amounts(compute(facts(PRICE))) == {"price": 11_001}
    assert amounts(compute(facts(PRICE), order_lines=("l2",))) == {"price": 2_001}


def test_a_share_is_rounded_up_for_the_customer() -> None:
    assert amounts(compute(facts(PRICE, cause="other"), order_lines=("l2",))) == {"price": 1_001}
    assert [share_of(eur(minor), 33).minor for minor in (0, 1, 100, 101)] == [0, 1, 33, 34]


def test_lines_of_one_kind_share_what_was_paid() -> None:
    part = HarmLine(id="part", harm="price", amount=eur(4_000))
    assert amounts(compute(facts(part, PRICE))) == {"part": 4_000, "price": 7_001}
    more = HarmLine(id="more", harm="price", amount=eur(90_000))
    assert amounts(compute(facts(PRICE, more))) == {"price": 11_001, "more": 0}


def test_what_is_stated_is_owed_up_to_the_limit() -> None:
    carpet = HarmLine(id="carpet", harm="consequential", amount=eur(4_000))
    house = HarmLine(id="house", harm="consequential", amount=eur(400_000))
    assert amounts(compute(facts(carpet, house))) == {"carpet": 4_000, "house": 5_000}


@pytest.mark.parametrize(
    "order",
    [
        None,
        OrderSnapshot(known=False),
        OrderSnapshot(known=True),
        BOUGHT.model_copy(
            update={
                "lines": (OrderLine(line_id="l1", product="cup", price=Money(minor=1, currency="KRW")),),
                "shipping_paid": Money(minor=1, currency="KRW"),
            }
        ),
    ],
)
def test_without_an_order_in_this_currency_nothing_is_computed_from_it(order: OrderSnapshot | None) -> None:
    shipping = HarmLine(id="shipping", harm="shipping")
    assert amounts(compute(facts(PRICE, shipping, TROUBLE, order=order))) == {"trouble": 300}


def test_nothing_stated_comes_to_nothing() -> None:
    assert compute(facts(HarmLine(id="carpet", harm="consequential"))).lines == ()


def test_the_limit_of_extras_goes_by_tier_and_severity() -> None:
    gold = replace(facts(PRICE), customer=CustomerSnapshot(known=True, tier="gold"))
    assert compute(gold).extras_limit == eur(2_000)
    assert compute(facts(PRICE)).extras_limit == eur(1_000)
    assert compute(facts(PRICE, severity="low")).extras_limit is None


# Equal cases, and why others differ. -----------------------------------------------------------------------

HARMS: tuple[Harm, ...] = ("price", "shipping", "time", "trouble", "consequential")
SEVERITIES: tuple[Severity, ...] = ("low", "normal", "high", "critical")
a_line = st.builds(
    HarmLine,
    id=st.sampled_from(["a", "b"]),
    harm=st.sampled_from(HARMS),
    amount=st.none() | st.integers(0, 10_000).map(eur),
)
some_facts = st.builds(
    Facts,
    policy=st.just(PRICED),
    triage=st.builds(
        Classification,
        cause=st.sampled_from(["defect", "late", None]),
        severity=st.sampled_from(SEVERITIES),
        harm_lines=st.lists(a_line, max_size=2, unique_by=lambda line: line.id).map(tuple),
        # What must not count: how the case is told, not what happened.
        wants=st.sampled_from([None, "money", "an apology"]),
        product=st.sampled_from([None, "cup"]),
        vulnerable=st.booleans(),
    ),
    order=st.sampled_from([None, BOUGHT, BOUGHT.model_copy(update={"shipping_paid": None})]),
    customer=st.sampled_from([None, CUSTOMER, CUSTOMER.model_copy(update={"tier": "gold"})]),
)


def inputs(one: Facts) -> tuple[object, ...]:
    """Return what may count, and nothing else."""
    stated = tuple((line.id, line.harm, line.amount) for line in one.triage.harm_lines)
    tier = one.customer.tier if one.customer else "none"
    paid = (one.order.lines, one.order.shipping_paid) if one.order else None
    return (one.triage.cause, one.triage.severity, stated, tier, paid)


@holds(some_facts, some_facts)
def test_equal_cases_get_equal_offers_and_every_difference_is_named(one: Facts, other: Facts) -> None:
    first, second = compute(one), compute(other)
    assert compute(one) == first
    if inputs(one) == inputs(other):
        assert first == second
    if amounts(first) != amounts(second) or first.extras_limit != second.extras_limit:
        assert differences(first, second)
    assert (differences(first, second) == ()) == (first == second)


@holds(some_facts)
def test_how_a_case_is_told_changes_no_amount(one: Facts) -> None:
    told = replace(one.triage, wants="everything", product="pot", vulnerable=not one.triage.vulnerable)
    assert compute(replace(one, triage=told)) == compute(one)


@holds(some_facts)
def test_nothing_owed_is_more_than_its_base_or_its_limit(one: Facts) -> None:
    for owed in compute(one).lines:
        assert owed.base is None or owed.amount.minor <= owed.base.minor
        assert owed.at_most is None or owed.amount.minor <= owed.at_most.minor


def test_a_difference_names_the_input_and_both_sides() -> None:
    defect, other = compute(facts(PRICE)), compute(facts(PRICE, cause="other"))
    said = {each.what: (each.one, each.other) for each in differences(defect, other)}
    assert said == {
        "cause": ("defect", "other"),
        "harm line price: rule": ("all", "half"),
        "harm line price: per_cent": ("100", "50"),
    }
    (only,) = differences(compute(facts()), compute(facts(TROUBLE)))
    assert (only.what, only.one, only.other) == ("harm line trouble", "none", "trouble")


def test_an_amount_says_how_it_came_about() -> None:
    carpet = HarmLine(id="carpet", harm="consequential", amount=eur(4_000))
    price, trouble, damage = compute(facts(PRICE, TROUBLE, carpet)).lines
    assert in_words(price, "en") == "price: 110.01 EUR (price paid 110.01 EUR x 100 %, promise)"
    assert in_words(price, "ko") == "price: 110.01 EUR (결제 금액 110.01 EUR x 100 %, promise)"
    assert (
        in_words(trouble, "en") == "trouble: 3.00 EUR (given beyond what is owed, at most 10.00 EUR, promise)"
    )
    assert in_words(trouble, "ko") == "trouble: 3.00 EUR (법이 정한 것을 넘어 드림, 최대 10.00 EUR, promise)"
    assert in_words(damage, "en").startswith("carpet: 40.00 EUR (amount stated 40.00 EUR x 100 %, at most 50")


# In a proposal. --------------------------------------------------------------------------------------------


def test_amounts_left_out_are_computed_and_bound_by_the_hash() -> None:
    life = recovering(PRICE, TROUBLE)
    bare = plan(decision(amount=None), decision("goodwill_credit", harm_line="trouble", amount=None))
    life = life.told(propose(bare))
    proposed = life.last("remedy_proposed")
    assert [(d.amount, d.clause) for d in proposed.plan.decisions] == [
        (eur(11_001), "promise"),
        (eur(300), "promise"),
    ]
    assert proposed.total == eur(11_301)
    assert proposed.plan.offer.cause == "defect"
    forged = bare.model_copy(update={"offer": compute(facts(severity="critical"))})
    again = recovering(PRICE, TROUBLE).told(propose(forged)).last("remedy_proposed")
    assert (again.plan, again.hash) == (proposed.plan, proposed.hash)


@pytest.mark.parametrize(
    ("said", "code", "wrong"),
    [
        ("decisions[0].amount: promise comes to 110.01 EUR", "above-offer", decision(amount=eur(11_002))),
        ("decisions[0].reason: promise comes to", "other-amount", decision(amount=eur(11_000))),
    ],
)
def test_another_amount_than_the_computed_one_needs_a_reason_or_an_extra(
    said: str, code: str, wrong: LineDecision
) -> None:
    recovering(PRICE).when(propose(plan(wrong))).then_refused(said, code)


def test_less_is_possible_with_a_reason() -> None:
    less = decision(amount=eur(5_000), reason="the customer keeps the cup")
    life = recovering(PRICE).told(propose(plan(less)))
    assert life.last("remedy_proposed").total == eur(5_000)


@pytest.mark.parametrize("minor", [1, 299, 301, 1_000])
def test_an_extra_for_trouble_has_its_limit_and_its_reason(minor: int) -> None:
    credit = decision("goodwill_credit", harm_line="trouble", amount=eur(minor))
    life = recovering(TROUBLE)
    life.when(propose(plan(credit))).then_refused("decisions[0].reason", "other-amount")
    said = credit.model_copy(update={"reason": "three calls"})
    assert life.told(propose(plan(said))).last("remedy_proposed").total == eur(minor)
    over = said.model_copy(update={"amount": eur(1_001)})
    life.when(propose(plan(over))).then_refused("comes to 10.00 EUR; give no more", "above-offer")


def extra(minor: int = 1_000, **fields: object) -> Extra:
    """Return an extra."""
    return Extra(**{"amount": eur(minor), "reason": "a long wait", **fields})  # type: ignore[arg-type]


def test_extras_are_lines_of_their_own_within_their_limit_and_are_paid() -> None:
    life = recovering(PRICE)
    more = plan(decision(amount=None), extras=(extra(),))
    life = life.told(propose(more))
    assert life.last("remedy_proposed").total == eur(12_001)
    over = plan(decision(amount=None), extras=(extra(), extra(1)))
    life.when(propose(over)).then_refused("extras together may come to 10.00 EUR", "extras")
    words = life.told(propose(plan(decision("apology"), extras=(extra(500),))), accept())
    assert words.owed[-1].startswith("payout")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("extras[0].remedy: this policy gives no extra exchange", extra(remedy="exchange")),
        ("extras[0].amount: this case is in EUR", extra(amount=Money(minor=1, currency="KRW"))),
    ],
)
def test_an_extra_pays_money_of_this_case(said: str, wrong: Extra) -> None:
    recovering(PRICE).when(propose(plan(decision(amount=None), extras=(wrong,)))).then_refused(said)


def test_no_extras_without_a_limit_in_the_policy() -> None:
    life = recovering(PRICE, severity="low")
    life.when(propose(plan(decision(amount=None), extras=(extra(1),)))).then_refused(
        "gives no extras", "extras"
    )
    bare = given(*RAISED, triage(), *OWNED[5:], contact())
    bare.when(propose(plan(extras=(extra(1),)))).then_refused("gives no extras", "extras")


def test_where_the_table_says_nothing_the_amount_is_given() -> None:
    life = recovering(HarmLine(id="carpet", harm="consequential"))
    life.when(propose(plan(decision(harm_line="carpet", amount=None)))).then_refused(
        "give the amount", "amount"
    )
    life.when(propose(plan(decision(harm_line="carpet", amount=eur(1))))).then(
        "remedy_proposed", "remedy_offered"
    )


def test_what_comes_to_nothing_is_not_paid() -> None:
    none = HarmLine(id="more", harm="price", amount=eur(1))
    life = recovering(PRICE, none)
    both = plan(decision(amount=None), decision(harm_line="more", amount=None))
    life.when(propose(both)).then_refused("give the amount", "amount")


@pytest.mark.parametrize(("harm", "severity"), list(product(HARMS, SEVERITIES)))
def test_the_korean_policy_has_an_amount_or_a_basis_for_every_harm_of_a_defect(
    harm: Harm, severity: Severity, korean: Facts
) -> None:
    line = HarmLine(id="a", harm=harm, amount=Money(minor=1_000, currency="KRW"))
    classed = Classification(cause="defect", severity=severity, harm_lines=(line,))
    (owed,) = compute(replace(korean, triage=classed)).lines
    assert owed.clause in {clause.id for clause in korean.policy.clauses}


@pytest.fixture
def korean() -> Facts:
    """Return facts under the shipped Korean policy."""
    import policies  # noqa: PLC0415 - the only test here that reads a file

    order = OrderSnapshot(
        known=True,
        order_id="o1",
        lines=(OrderLine(line_id="l1", product="cup", price=Money(minor=9_000, currency="KRW")),),
        shipping_paid=Money(minor=3_000, currency="KRW"),
    )
    return Facts(policy=policies.load("retail-kr"), triage=Classification(), order=order)


def test_a_plan_without_a_table_has_no_offer() -> None:
    assert given(*RAISED, triage(), *OWNED[5:], contact(), propose()).last("remedy_proposed").plan == plan()
    assert Plan(decisions=(decision(),)).offer is None
