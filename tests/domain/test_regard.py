"""Nobody proposes past the profile, an open promise, a need, or what the customer expects (R24, R109)."""

from datetime import timedelta
from typing import Any

import pytest

from domain.assignment import AcceptCase
from domain.effect import CustomerSnapshot, OpenPromise, OtherCase
from domain.plan import Plan
from domain.policy import Policy
from domain.promise import MakePromise
from domain.regard import OpenBrief, wanted
from domain.remedy import ProposeRemedy
from domain.treatment_rules import ProfileRules
from domain.triage import ClaimHarm, HarmLine, Triage
from domain.wish import WishRemedy
from policies import load
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    OWNER,
    POLICY,
    PRICE,
    SUPERVISOR,
    Item,
    Life,
    contact,
    decision,
    decline,
    given,
    ok,
    opening,
    plan,
    propose,
    say,
    triage,
    unknown,
    wait,
)

AGAIN = ProfileRules(patience=timedelta(minutes=5), again_after=(timedelta(minutes=15), timedelta(hours=1)))
RULES = POLICY.model_copy(
    update={
        "profile": AGAIN,
        "wish_words": {"exchange": ("교환", "another one"), "refund": ("환불", "money back")},
    }
)
EARLIER = OtherCase(
    case_id="OLD",
    voc_type="complaint",
    opened_at=MONDAY - timedelta(days=9),
    stage="in_recovery",
    promises=(OpenPromise(number=2, by="ben", due=MONDAY + timedelta(days=1), what="a call"),),
)
KNOWN = CUSTOMER.model_copy(update={"cases": (EARLIER,), "access": ("large-print",)})


def life(*items: Item, profile: Item | None = None, policy: Policy = RULES, **classed: Any) -> Life:
    """Return an owned complaint under these rules."""
    asked = () if profile is None else (profile,)
    classing = say(Triage, AGENT, voc_type="complaint", cause="defect", harm_lines=(PRICE,), **classed)
    begun = (opening(), ok("acknowledgement", NOTICE), *asked, ok("order", ORDER), classing)
    return given(*begun, say(AcceptCase, AGENT), *items, policy=policy)


def offer(plan_: Plan, **fields: Any) -> Any:
    """Propose a plan; a notice tells the customer."""
    return say(ProposeRemedy, OWNER, plan=plan_, **fields)


def test_a_proposal_waits_for_the_profile_and_not_for_one_that_cannot_be_had() -> None:
    pending = life()
    pending.when(offer(plan())).then_refused("profile is being fetched", "profile")
    assert pending.told(unknown("customer")).when(offer(plan())).refusal is None
    assert pending.told(ok("customer", CUSTOMER)).when(offer(plan())).refusal is None
    prospect = pending.told(ok("customer", CustomerSnapshot(known=False)))
    assert prospect.when(offer(plan())).refusal is None


def test_open_promises_and_needs_are_acknowledged_an_earlier_cases_first() -> None:
    found = life(say(MakePromise, OWNER, what="I call", word="soon"), profile=ok("customer", KNOWN))
    answer = found.when(offer(plan()))
    answer.then_refused("promise:OLD/2, promise:1, access:large-print", "profile")
    names = ("promise:OLD/2", "promise:1", "access:large-print")
    told = found.told(offer(plan(), acknowledges=names))
    assert told.last("remedy_proposed").acknowledges == names


def test_who_has_not_read_the_brief_proposes_nothing_and_is_told_how_to_read_it() -> None:
    assert RULES.profile is not None
    asks = RULES.model_copy(update={"profile": RULES.profile.model_copy(update={"read_first": True})})
    early = life(say(OpenBrief, OWNER), profile=None, policy=asks)
    for unread in (life(profile=ok("customer", CUSTOMER), policy=asks), early.told(ok("customer", CUSTOMER))):
        unread.when(offer(plan())).then_refused("read it first (open_brief", "brief")
        read_by_another = unread.told(say(OpenBrief, SUPERVISOR))
        read_by_another.when(offer(plan())).then_refused("ann has not read the brief", "brief")
        assert unread.told(say(OpenBrief, OWNER)).when(offer(plan())).refusal is None
    in_vain = life(unknown("customer"), say(OpenBrief, OWNER), policy=asks)
    assert in_vain.when(offer(plan())).refusal is None


@pytest.mark.parametrize("wants", ["exchange", "I want another one", "교환해 주세요"])
def test_an_offer_that_ignores_a_stated_expectation_needs_a_reason(wants: str) -> None:
    found = life(profile=ok("customer", CUSTOMER), wants=wants)
    found.when(offer(plan())).then_refused("the customer expects exchange", "expectation")
    reasoned = found.told(offer(plan(), why_otherwise="none of that kind is left"))
    assert reasoned.last("remedy_proposed").why_otherwise == "none of that kind is left"
    assert found.when(offer(plan(decision("exchange")))).refusal is None


def test_a_wish_is_an_expectation_and_words_that_name_no_remedy_ask_for_no_reason() -> None:
    found = life(profile=ok("customer", CUSTOMER), wants="that somebody cares")
    assert found.when(offer(plan())).refusal is None
    wished = found.told(say(WishRemedy, MIRA, wish="please", remedy="repair"))
    wished.when(offer(plan())).then_refused("the customer expects repair", "expectation")
    worded = found.told(say(WishRemedy, MIRA, wish="my money back"))
    assert worded.when(offer(plan())).refusal is None


@pytest.mark.parametrize(
    ("policy", "words", "kinds"),
    [
        ("retail-kr", "환불해 주세요", {"refund"}),
        ("retail-kr", "새 상품으로 바꿔 주세요", {"exchange"}),
        ("retail-kr", "그냥 사과를 받고 싶습니다", {"apology"}),
        ("finance-us", "I want a refund of the fee", {"fee_refund", "goodwill_credit"}),
        ("finance-uk", "음", set()),
    ],
)
def test_the_shipped_policies_read_what_is_expected(policy: str, words: str, kinds: set[str]) -> None:
    assert wanted(load(policy, year_from=2026), words) == kinds


def test_who_read_the_brief_is_recorded_once_and_anew_when_it_says_something_else() -> None:
    found = life()
    read = found.told(say(OpenBrief, OWNER))
    assert (read.last("brief_opened").profile, read.last("brief_opened").facts) == ("pending", ())
    read.when(say(OpenBrief, OWNER)).then()
    other = read.told(say(OpenBrief, SUPERVISOR))
    assert other.many("brief_opened") == 2
    known = other.told(ok("customer", KNOWN), say(OpenBrief, OWNER))
    assert known.last("brief_opened").facts == ("promise:OLD/2", "access:large-print")


# A snapshot that comes late. -------------------------------------------------------------------------------


def test_a_profile_that_cannot_be_had_is_asked_for_again_and_used_once_it_comes() -> None:
    down = life(unknown("customer"))
    assert down.last("customer_unknown").again_at == MONDAY + timedelta(minutes=15)
    assert down.dues["intake/customer:2"] == MONDAY + timedelta(minutes=15)
    assert down.case.intake is not None
    assert down.case.intake.customer is None
    asked = down.told(wait(minutes=16))
    assert asked.last("snapshot_asked_again").due == MONDAY + timedelta(minutes=15)
    assert "customer:2" in asked.owed
    late = asked.told(ok("customer:2", KNOWN))
    assert late.last("customer_read").snapshot == KNOWN
    assert "intake/customer:3" not in late.dues
    late.when(offer(plan())).then_refused("promise:OLD/2", "profile")


def test_the_tries_are_bounded_and_the_case_goes_on_without() -> None:
    down = life(unknown("customer"), wait(minutes=16), unknown("customer:2"))
    assert down.dues["intake/customer:3"] == MONDAY + timedelta(minutes=16) + timedelta(hours=1)
    last = down.told(wait(hours=2), unknown("customer:3"))
    assert last.last("customer_unknown").again_at is None
    assert not [name for name in last.dues if name.startswith("intake/")]
    assert last.when(offer(plan())).refusal is None


def test_an_order_is_asked_for_again_as_well_and_a_policy_without_waits_asks_once() -> None:
    begun = given(opening(), unknown("order"), policy=RULES)
    assert "intake/order:2" in begun.dues
    found = begun.told(wait(minutes=16), ok("order:2", ORDER))
    assert found.case.intake is not None
    assert found.case.intake.order == ORDER
    once = given(opening(), unknown("order"), unknown("customer"))
    assert not [name for name in once.dues if name.startswith("intake/")]


# Harm beyond the item. --------------------------------------------------------------------------------------

SILENT = contact(asks_further=False)
ASKS = POLICY.model_copy(update={"ask_further_harm": True})


def asking(*items: Item, **form: Any) -> Life:
    """Return an owned complaint under a policy that has the customer asked for further harm."""
    came = (opening(**form), ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", ORDER))
    return given(*came, triage(), say(AcceptCase, AGENT), *items, policy=ASKS)


def test_nobody_proposes_before_the_customer_was_asked_once_for_further_harm() -> None:
    for talk in (
        SILENT,
        contact(asks_further=True, reached=False),
        contact(MIRA, direction="inbound", asks_further=True),
    ):
        asking(talk).when(propose()).then_refused("log_contact with asks_further", "harm-not-asked")
    asked = asking(SILENT, contact(asks_further=True, channel="email"), propose())
    assert asked.last("contact_logged").asks_further
    later = asked.told(decline(), SILENT, propose(plan(gestures=("apology_call", "manager_letter"))))
    assert later.many("remedy_proposed") == 2
    assert asking(contact(direction="inbound", asks_further=True), propose()).many("remedy_proposed") == 1


def test_the_customers_own_form_may_have_asked() -> None:
    assert asking(SILENT, propose(), asked_further=True).many("remedy_proposed") == 1


def test_further_harm_that_the_question_brings_to_light_is_decided_too() -> None:
    more = say(ClaimHarm, MIRA, line=HarmLine(id="wait", harm="time"))
    life = asking(contact(asks_further=True), more)
    life.when(propose()).then_refused("decide each harm line once", "harm-lines")


@pytest.mark.parametrize("name", ["retail-kr", "finance-us", "finance-uk"])
def test_every_shipped_policy_has_the_customer_asked(name: str) -> None:
    assert load(name).ask_further_harm
