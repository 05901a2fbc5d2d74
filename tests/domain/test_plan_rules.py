"""What a plan is held against beside its amounts."""

from datetime import date, timedelta
from typing import Any

import pytest

import policies
from domain.assignment import AcceptCase
from domain.effect import EarlierFailure, OrderLine, OrderSnapshot
from domain.money import Money
from domain.plan import Extra, Fee, Plan, needs_answer
from domain.policy import (
    Clause,
    ExtraLimit,
    OfferRule,
    Policy,
    RepeatFailure,
    StandardRule,
    Warranty,
)
from domain.remedy import RoundOpened, in_words, undecided
from domain.triage import ClaimHarm, HarmLine
from domain.view import view
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    IN_RECOVERY,
    MONDAY,
    NOTICE,
    OWNED,
    PAID,
    POLICY,
    PRICE,
    SUPERVISOR,
    Life,
    accept,
    approve,
    contact,
    decision,
    decline,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    reject,
    say,
    triage,
)

TODAY = MONDAY.date()
STANDARD = Clause(id="standard", kind="standard", source="the ministry", plain={"en": "s", "ko": "s"})
EXPIRED = Clause(id="expired", kind="own", source="house rules 3", plain={"en": "e", "ko": "e"})
RULED = POLICY.model_copy(
    update={
        "clauses": (*POLICY.clauses, STANDARD, EXPIRED),
        "offer_table": (
            OfferRule(id="price", harm="price", owes="price", clause="promise"),
            OfferRule(id="shipping", harm="shipping", owes="shipping", clause="promise"),
        ),
        "extra_limits": (ExtraLimit(at_most=eur(1_000), clause="promise"),),
        "max_fee_per_cent": 10,
        "warranty": Warranty(reference_months=24, products={"lamp": 6}, clause="expired"),
        "standards": (
            StandardRule(
                id="repeat",
                when="repaired_in_vain",
                at_least=2,
                owed=("exchange", "refund"),
                clause="standard",
            ),
            StandardRule(id="overdue", when="repair_overdue", owed=("exchange", "refund"), clause="standard"),
            StandardRule(
                id="gone", when="no_same_kind", owed=("refund",), instead_of=("exchange",), clause="standard"
            ),
        ),
        "repeat_failure": RepeatFailure(recent_months=6),
    }
)
CUP = OrderLine(line_id="l1", product="cup", price=eur(9_000))
BOUGHT = OrderSnapshot(known=True, order_id="o1", lines=(CUP,))
REFUND = plan(decision(amount=None))
SHIPPING = decision(harm_line="shipping", amount=None)


def recovering(
    order: dict[str, Any] | None = None, customer: dict[str, Any] | None = None, **classed: Any
) -> Life:
    """Return a case in recovery with this order, customer and class."""
    raised = (
        opening(),
        ok("ack", NOTICE),
        ok("cust", CUSTOMER.model_copy(update=customer or {})),
        ok("order", BOUGHT.model_copy(update=order or {})),
    )
    return given(*raised, triage(**classed), *OWNED[5:], contact(), policy=RULED)


# Fees. -----------------------------------------------------------------------------------------------------


def fee(minor: int, **fields: Any) -> Fee:
    return Fee(**{"what": "repair", "amount": eur(minor), "reason": "a new handle", **fields})


def charged(minor: int, **fields: Any) -> Plan:
    """Return a plan that explains, and repairs for a fee."""
    known: dict[str, Any] = {"fee_payer": "customer", "fees": (fee(minor),), "gestures": ()}
    return plan(decision("explanation", ground="goodwill"), **{**known, **fields})


@pytest.mark.parametrize(
    ("cause", "wrong", "said"),
    [
        ("defect", charged(10, fee_payer="firm"), "fees: for defect every fee is the firm's"),
        ("defect", charged(10), "fee_payer: for defect every fee is the firm's"),
        ("other", charged(10, fee_payer="firm"), "fee_payer: fees are what the customer pays"),
        (
            "other",
            charged(0, fees=(fee(0, amount=Money(minor=1, currency="KRW")),)),
            "fees[0].amount: this case",
        ),
    ],
)
def test_fees_are_the_customers_only_where_the_firm_does_not_answer(
    cause: str, wrong: Plan, said: str
) -> None:
    recovering(cause=cause).when(propose(wrong)).then_refused(said)


def test_a_fee_above_its_share_of_the_price_needs_approval_and_the_customer_sees_the_quote() -> None:
    life = recovering(cause="other")
    small, dear = charged(900), charged(901)
    offered = life.when(propose(small)).then("remedy_proposed", "remedy_offered")
    assert offered.case.remedy.proposal is not None
    assert (
        in_words(offered.case.remedy.proposal, "en") == "we are sorry; you would pay: 9.00 EUR (a new handle)"
    )
    assert "고객님 부담: 9.00 EUR" in in_words(offered.case.remedy.proposal, "ko")
    waiting = life.when(propose(dear)).then("remedy_proposed")
    assert waiting.last("remedy_proposed").because == ("fees",)
    waiting.when(approve()).then("remedy_approved", "remedy_offered")
    assert needs_answer(small)


def test_a_fee_that_a_second_person_refused_is_capped_at_its_share_in_every_round() -> None:
    life = recovering(cause="other").told(propose(charged(901)), reject(SUPERVISOR))
    life.when(propose(charged(901))).then_refused("EUR at most in all, or leave", "fee-capped")
    split = charged(0, fees=(fee(900), fee(1)))
    life.when(propose(split)).then_refused("at most in all", "fee-capped")
    life.when(propose(charged(900))).then("remedy_proposed", "remedy_offered")
    later = RoundOpened(round=2, cause="supervisor", reason="again", at=life.now)
    life.told(later).when(propose(charged(901))).then_refused("at most in all", "fee-capped")
    waived = plan(decision("explanation", ground="goodwill"))
    life.when(propose(waived)).then("remedy_proposed", "remedy_agreed", "saga_begun", "remedy_done")


def test_a_fee_that_was_only_declined_by_the_customer_is_not_capped() -> None:
    life = recovering(cause="other").told(propose(charged(901)), approve(SUPERVISOR), decline())
    assert not life.case.remedy.fee_capped


def test_a_fee_needs_approval_where_the_price_is_unknown_and_none_where_the_policy_sets_no_share() -> None:
    life = recovering({"known": False}, cause="other")
    assert life.told(propose(charged(1))).last("remedy_proposed").because == ("fees",)
    free = RULED.model_copy(update={"max_fee_per_cent": None})
    raised = given(*IN_RECOVERY[:4], triage(cause="other"), *OWNED[5:], contact(), policy=free)
    assert raised.told(propose(charged(9_000))).last("remedy_proposed").because == ()


# Shipping. -------------------------------------------------------------------------------------------------


def test_shipping_that_the_customer_paid_is_paid_back_with_the_price() -> None:
    life = recovering({"shipping_paid": eur(300)})
    life.when(propose(REFUND)).then_refused("the customer paid 3.00 EUR for shipping", "shipping")
    both = plan(decision(amount=None), SHIPPING)
    life = life.when(propose(both)).then("remedy_proposed", "remedy_offered")
    assert life.last("remedy_proposed").total == eur(9_300)


def test_stated_shipping_is_decided_like_any_line() -> None:
    lines = (PRICE, HarmLine(id="postage", harm="shipping"))
    life = recovering({"shipping_paid": eur(300)}, harm_lines=lines)
    refused = decision("refusal", harm_line="postage")
    life.when(propose(plan(decision(amount=None), refused))).then_refused("add a refund", "shipping")
    paid = decision(harm_line="postage", amount=None)
    life = life.told(propose(plan(decision(amount=None), paid)))
    assert life.last("remedy_proposed").total == eur(9_300)


@pytest.mark.parametrize(
    ("order", "classed", "decided"),
    [
        ({"shipping_paid": eur(0)}, {}, REFUND),
        ({"shipping_paid": None}, {}, REFUND),
        ({"shipping_paid": eur(300)}, {"cause": "other"}, REFUND),
        ({"shipping_paid": eur(300)}, {}, plan(decision("exchange"))),
    ],
)
def test_no_shipping_is_owed(order: dict[str, Any], classed: dict[str, Any], decided: Plan) -> None:
    recovering(order, **classed).when(propose(decided)).then("remedy_proposed", "remedy_offered")


def test_shipping_that_an_earlier_plan_settled_is_not_asked_for_again() -> None:
    postage = HarmLine(id="postage", harm="shipping")
    life = recovering({"shipping_paid": eur(300)}, harm_lines=(postage,))
    paid = plan(decision(harm_line="postage", amount=None))
    life = life.told(propose(paid), accept(), ok("payout", PAID))
    life = life.told(say(ClaimHarm, AGENT, line=HarmLine(id="price", harm="price")))
    assert undecided(life.case.remedy, life.case.triage) == ("price",)
    life.when(propose(REFUND)).then("remedy_proposed", "remedy_offered")


def test_a_plan_without_a_table_cannot_add_shipping() -> None:
    given(*IN_RECOVERY).when(propose(plan(decision(), SHIPPING))).then_refused("decide each harm line once")


# Warranty. -------------------------------------------------------------------------------------------------

OVER = plan(decision("refusal", clause="expired", reason="out of warranty"), gestures=())


@pytest.mark.parametrize(
    ("bought", "product", "because"),
    [
        (TODAY - timedelta(days=400), "cup", ("warranty",)),
        (date(2024, 11, 23), "cup", ("warranty",)),  # the last day of 24 months is inside
        (date(2024, 11, 22), "cup", ()),
        (TODAY - timedelta(days=400), "lamp", ()),
        (None, "cup", ("warranty",)),
    ],
)
def test_a_refusal_for_expiry_inside_the_reference_period_is_a_supervisors(
    bought: date | None, product: str, because: tuple[str, ...]
) -> None:
    life = recovering({"delivered_on": bought}, product=product)
    assert life.told(propose(OVER)).last("remedy_proposed").because == because


def test_a_supervisor_decides_that_alone() -> None:
    life = recovering({"bought_on": TODAY - timedelta(days=400)}).told(propose(OVER, by=SUPERVISOR))
    assert life.last("remedy_proposed").because == ()


def test_a_refusal_for_expiry_does_not_hold_while_the_warranty_runs() -> None:
    inside = {"delivered_on": TODAY - timedelta(days=10), "warranty_months": 12}
    recovering(inside).when(propose(OVER)).then_refused("the warranty runs until 2027-11-13", "warranty")
    given(*IN_RECOVERY).when(propose(plan(decision("refusal")))).then(
        "remedy_proposed", "remedy_agreed", "saga_begun", "remedy_done"
    )


# Standards. ------------------------------------------------------------------------------------------------

GONE = {"lines": (CUP.model_copy(update={"replaceable": False}),)}
WORDS = plan(decision("explanation"))


@pytest.mark.parametrize(
    ("order", "wrong", "right"),
    [
        ({"repairs": 2}, WORDS, plan(decision("exchange"))),
        ({"in_repair_since": TODAY - timedelta(days=40)}, WORDS, REFUND),
        (GONE, plan(decision("exchange")), REFUND),
        (GONE, plan(decision("exchange"), order_lines=("l1",)), WORDS),
        (GONE, plan(decision("exchange")), plan(decision("exchange"), equivalent="mug")),
    ],
)
def test_a_standard_says_what_the_price_comes_to(order: dict[str, Any], wrong: Plan, right: Plan) -> None:
    life = recovering(order)
    life.when(propose(wrong)).then_refused("by standard (standard) use one of", "standard")
    assert life.told(propose(right)).many("remedy_proposed") == 1


@pytest.mark.parametrize(
    ("order", "classed"),
    [
        ({"repairs": 1}, {}),
        ({"in_repair_since": TODAY - timedelta(days=30)}, {}),
        ({"repairs": 2}, {"cause": "other"}),
        ({"repairs": 2}, {"harm_lines": (HarmLine(id="price", harm="trouble"),)}),
    ],
)
def test_a_standard_that_is_not_met_leaves_the_plan_alone(order: dict[str, Any], classed: Any) -> None:
    assert recovering(order, **classed).told(propose(WORDS)).many("remedy_proposed") == 1


def test_without_an_order_no_standard_is_known() -> None:
    life = given(*IN_RECOVERY[:3], triage(), *OWNED[5:], contact(), policy=RULED)
    assert life.told(propose(WORDS)).many("remedy_proposed") == 1


# Double deviation. -----------------------------------------------------------------------------------------


def failed(days: int, cause: str | None = None) -> dict[str, Any]:
    """Return a customer who was failed some days ago."""
    return {"earlier": (EarlierFailure(on=TODAY - timedelta(days=days), cause=cause),)}


@pytest.mark.parametrize(
    ("customer", "counts"),
    [
        (failed(30), True),
        (failed(30, "late"), True),
        (failed(300, "defect"), True),
        (failed(300, "late"), False),
        (failed(300), False),
        (failed(-1, "defect"), False),
        ({"earlier_failures": 3}, False),
    ],
)
def test_a_similar_or_a_recent_failure_raises_the_level(customer: dict[str, Any], counts: bool) -> None:  # noqa: FBT001
    life = given(
        opening(),
        ok("ack", NOTICE),
        ok("cust", CUSTOMER.model_copy(update=customer)),
        ok("order", BOUGHT),
        triage(),
        policy=RULED,
    )
    assert (life.case.assignment.level, life.case.assignment.owner) == ((1, "sue") if counts else (0, None))
    assert (view(life.case, head="h", unwritten=0).earlier_failure is not None) == counts
    if counts:
        assert life.last("case_escalated").cause == "earlier_failure"


def again() -> Life:
    """Return a case of somebody who was failed a month ago, in a supervisor's hands."""
    raised = (opening(), ok("ack", NOTICE), ok("cust", CUSTOMER.model_copy(update=failed(30))))
    owned = (ok("order", BOUGHT), triage(), say(AcceptCase, SUPERVISOR), contact(SUPERVISOR))
    return given(*raised, *owned, policy=RULED)


def test_after_an_earlier_failure_the_standard_offer_is_not_enough() -> None:
    life = again()
    life.when(propose(REFUND, by=SUPERVISOR)).then_refused("had a failure on 2026-10-24", "double-deviation")
    more = Extra(amount=eur(500), reason="the second time")
    for enough in (
        plan(decision(amount=None), gestures=("manager_letter",)),
        plan(decision(amount=None), extras=(more,)),
    ):
        assert life.told(propose(enough, by=SUPERVISOR)).many("remedy_proposed") == 1


def test_an_inquiry_of_such_a_customer_begins_where_others_do() -> None:
    raised = (opening(), ok("ack", NOTICE), ok("cust", CUSTOMER.model_copy(update=failed(30))))
    life = given(*raised, triage(voc_type="inquiry"), policy=RULED)
    assert life.case.assignment.level == 0


def test_what_the_crm_says_after_acceptance_still_counts() -> None:
    life = given(opening(), triage(), say(AcceptCase, AGENT), policy=RULED)
    assert life.case.assignment.owner == "ann"
    life = life.told(ok("cust", CUSTOMER.model_copy(update=failed(30))))
    assert (life.case.assignment.owner, life.many("case_escalated")) == ("sue", 1)


def test_the_shipped_standards_name_their_source() -> None:
    policy: Policy = policies.load("retail-kr")
    clauses = {clause.id: clause for clause in policy.clauses}
    assert {rule.when for rule in policy.standards} == {"repaired_in_vain", "repair_overdue", "no_same_kind"}
    assert {clauses[rule.clause].kind for rule in policy.standards} == {"standard"}
    assert all("소비자분쟁해결기준" in clauses[rule.clause].source for rule in policy.standards)
