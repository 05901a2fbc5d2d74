"""What a good end makes possible: an advocate candidate and an offer; never while a case is open."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.brief import brief, in_words
from domain.case import todo
from domain.contact import OptOut
from domain.effect import CallMade, CustomerSnapshot, Effect, FactsTaken, ProposeWhenAlone
from domain.ending import ReopenCase, WithdrawCase
from domain.follow_up_rules import GrowthRules
from domain.growth import AttachSalesOffer, EncourageContact
from domain.policy import Policy
from domain.supervisor import RequestSupervisor
from domain.treatment_rules import RelationRule
from tests.domain.follow_ups import asking
from tests.domain.lives import (
    AGAIN,
    AGENT,
    CALLED,
    CALLER,
    CUSTOMER,
    FINAL,
    GOOD_CALL,
    HEAD,
    MIRA,
    NO_ANSWER,
    NOTIFIED,
    OFFERED,
    OWNED,
    OWNER,
    PAYING,
    POLICY,
    RAISED,
    REGISTERED,
    SATISFIED,
    SECOND_ROUND,
    SUPERVISOR,
    SYSTEM,
    WITH_DEPARTMENT,
    Item,
    Life,
    given,
    ok,
    refused,
    say,
    unknown,
    wait,
)

PATIENCE = timedelta(days=60)


def growing(**advocate_from: int) -> Policy:
    """Return the small policy that lets something grow out of a good end."""
    return asking(growth=GrowthRules(advocate_from=advocate_from or {"outcome_fair": 6}, patience=PATIENCE))


END = wait(days=30)
TAKEN = FactsTaken(reference="fact-1")


def offering(by: Any = OWNER, offer: str = "of-7", selling: str = "cross_sell") -> Any:
    return say(AttachSalesOffer, by, offer=offer, selling=selling)


def called(*, policy: Policy | None = None, **answers: int) -> Life:
    """Return the life after a happy call with these answers, to its end."""
    call = CallMade(reference="call1", outcome="answered", answers={"problem_gone": 1, **answers})
    return given(*CALLED, ok("happy-call", call), END, policy=policy or growing())


def to_the_crm(life: Life) -> tuple[Effect, ...]:
    return tuple(each for each in todo(life.case) if isinstance(each.request, ProposeWhenAlone))


# An advocate candidate. -------------------------------------------------------------------------------------


def test_a_recovered_case_with_a_high_score_tells_the_crm_once_with_its_source() -> None:
    life = called(outcome_fair=6)
    assert (life.end, life.many("advocate_found")) == ("recovered", 1)
    (effect,) = to_the_crm(life)
    assert isinstance(effect.request, ProposeWhenAlone)
    (fact,) = effect.request.facts
    assert (fact.fact, fact.value, effect.request.customer_id) == ("advocate", "candidate", "mira")
    assert life.events[fact.seq - 1] == life.last("advocate_found")
    after = life.told(ok("growth", TAKEN))
    assert (to_the_crm(after), after.over, after.many("facts_proposed")) == ((), True, 1)


def test_it_is_said_after_the_end_and_nothing_before() -> None:
    waiting = given(*SATISFIED, policy=growing())
    assert (waiting.many("advocate_found"), to_the_crm(waiting)) == (0, ())
    kinds = [getattr(event, "kind", "") for event in called(outcome_fair=6).events]
    assert kinds[-2:] == ["case_ended", "advocate_found"]


@pytest.mark.parametrize(
    ("answers", "high"),
    [
        ({"outcome_fair": 6, "effort": 2}, True),
        ({"outcome_fair": 7, "effort": 1}, True),
        ({"outcome_fair": 5, "effort": 2}, False),
        ({"outcome_fair": 6, "effort": 3}, False),
        ({"outcome_fair": 7}, False),
        ({"outcome_fair": 7, "effort": 1, "solicited": 1}, False),
    ],
)
def test_the_cut_off_is_inclusive_on_each_scale_and_what_is_missing_or_begged_for_is_not_high(
    answers: dict[str, int],
    high: bool,  # noqa: FBT001
) -> None:
    life = called(policy=growing(outcome_fair=6, effort=2), **answers)
    assert (life.end, life.many("advocate_found")) == ("recovered", int(high))
    assert bool(to_the_crm(life)) is high


def test_only_a_recovered_case_has_candidates() -> None:
    missed = (ok("happy-call", NO_ANSWER), wait(hours=7), ok("happy-call", NO_ANSWER))
    for script in ((*CALLED, *missed, END), (*SATISFIED, say(WithdrawCase, MIRA), END), (*FINAL, END)):
        life = given(*script, policy=growing())
        assert life.end not in (None, "recovered")
        assert life.many("advocate_found") == 0


def test_the_score_of_the_last_round_counts() -> None:
    again = given(*SECOND_ROUND, *AGAIN, ok("happy-call", GOOD_CALL), END, policy=growing())
    assert again.many("advocate_found") == 1
    taken_back = (say(ReopenCase, MIRA, reason="it broke again"), *AGAIN)
    low = CallMade(reference="call2", outcome="answered", answers={"problem_gone": 1, "outcome_fair": 4})
    life = given(*SATISFIED, *taken_back, ok("happy-call", low), END, policy=growing())
    assert (life.end, life.many("advocate_found")) == ("recovered", 0)


@pytest.mark.parametrize(
    "customer",
    [
        CustomerSnapshot(known=False),
        CUSTOMER.model_copy(update={"consent_to_profile": False}),
        CustomerSnapshot(known=True),
    ],
)
def test_whom_the_crm_does_not_know_or_may_not_profile_it_is_told_nothing_about(
    customer: CustomerSnapshot,
) -> None:
    script = tuple(ok("customer", customer) if item is RAISED[2] else item for item in SATISFIED)
    life = given(*script, END, policy=growing())
    assert (life.many("advocate_found"), to_the_crm(life), life.over) == (1, (), True)


def test_it_waits_for_other_cases_as_long_as_the_policy_says_and_holds_up_nothing() -> None:
    life = called(outcome_fair=6)
    (effect,) = to_the_crm(life)
    assert (life.end, life.dues, effect.patience) == ("recovered", {}, PATIENCE)
    for outcome in (unknown("growth"), refused("growth")):
        given_up = life.told(outcome)
        assert (to_the_crm(given_up), given_up.over, given_up.many("facts_not_proposed")) == ((), True, 1)


def test_a_policy_without_it_lives_as_it_did() -> None:
    life = given(*SATISFIED, END)
    assert (life.over, life.many("advocate_found")) == (True, 0)
    assert getattr(life.events[-1], "kind", "") == "case_ended"


# An offer. --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [RAISED, WITH_DEPARTMENT, OWNED, OFFERED, PAYING, REGISTERED, NOTIFIED, CALLED, SECOND_ROUND, FINAL],
)
@pytest.mark.parametrize("by", [AGENT, SUPERVISOR, HEAD, SYSTEM])
def test_in_an_open_recovery_it_is_refused_and_told_when_it_may_be(script: tuple[Item, ...], by: Any) -> None:
    life = given(*script, policy=growing())
    life.when(offering(by)).then_refused("wait for a good happy call", "open-recovery")


def test_after_a_good_call_it_is_set_aside_and_attached_only_once_the_case_is_closed() -> None:
    aside = given(*SATISFIED, policy=growing()).when(offering()).then("sales_offer_set_aside")
    assert (aside.stage, to_the_crm(aside)) == ("reopen_window", ())
    closed = aside.told(END)
    kinds = [getattr(event, "kind", "") for event in closed.events]
    assert kinds[kinds.index("case_ended") :] == ["case_ended", "advocate_found", "sales_offer_attached"]
    attached = closed.last("sales_offer_attached")
    assert (attached.offer, attached.selling) == ("of-7", "cross_sell")
    (effect,) = to_the_crm(closed)
    assert [(each.fact, each.value) for each in effect.request.facts] == [  # type: ignore[union-attr]
        ("advocate", "candidate"),
        ("sales_offer", "of-7"),
    ]
    assert closed.told(ok("growth", TAKEN)).over


def test_the_good_score_of_an_offer_need_not_be_an_advocates() -> None:
    fair = CallMade(reference="call1", outcome="answered", answers={"problem_gone": 1, "outcome_fair": 4})
    life = given(*CALLED, ok("happy-call", fair), offering(), END, policy=growing())
    assert (life.many("advocate_found"), life.many("sales_offer_attached")) == (0, 1)


def test_a_reopening_or_a_withdrawal_drops_it() -> None:
    aside = (*SATISFIED, offering())
    again = (say(ReopenCase, MIRA, reason="it broke again"), *AGAIN, ok("happy-call", GOOD_CALL))
    reopened = given(*aside, *again, policy=growing())
    reopened.when(offering(SUPERVISOR)).then("sales_offer_set_aside")
    assert reopened.told(END).many("sales_offer_attached") == 0
    withdrawn = given(*aside, say(WithdrawCase, MIRA), END, policy=growing())
    assert (withdrawn.end, withdrawn.many("sales_offer_attached")) == ("withdrawn", 0)


def test_nothing_is_offered_to_a_customer_who_waits_for_a_supervisor() -> None:
    life = given(*SATISFIED, say(RequestSupervisor, MIRA), policy=growing())
    life.when(offering()).then_refused("has to speak to this customer", "open-recovery")


def test_there_is_one_offer_and_the_same_again_changes_nothing() -> None:
    life = given(*SATISFIED, offering(), policy=growing())
    life.when(offering()).then()
    life.when(offering(offer="of-8")).then_refused("leave it at one", "one-offer")


def test_a_policy_that_makes_no_offers_says_so() -> None:
    given(*SATISFIED, policy=POLICY).when(offering()).then_refused("happy_call.growth", "no-offers")


def test_a_closed_case_takes_no_more_and_customers_and_callers_sell_nothing() -> None:
    given(*SATISFIED, END, policy=growing()).when(offering()).then_refused("has ended", "ended")
    for by in (MIRA, CALLER):
        given(*SATISFIED, policy=growing()).when(offering(by)).then_refused("may not", "not-your-role")


def test_who_wants_no_messages_is_offered_nothing() -> None:
    life = given(*SATISFIED, say(OptOut, MIRA, messages=True), policy=growing())
    life.when(offering()).then_refused("wants no messages", "no-consent")
    later = given(*SATISFIED, offering(), say(OptOut, MIRA, messages=True), END, policy=growing())
    assert (later.end, later.many("sales_offer_attached")) == ("recovered", 0)


# Contact with other customers. ------------------------------------------------------------------------------

BUYS_OFTEN = CUSTOMER.model_copy(update={"purchases": 20, "first_bought_on": date(2020, 1, 1)})


def regular(
    script: tuple[Item, ...] = SATISFIED, customer: CustomerSnapshot = BUYS_OFTEN
) -> tuple[Item, ...]:
    """Return the life of a customer who comes regularly."""
    return tuple(ok("customer", customer) if item is RAISED[2] else item for item in script)


RELATED = (RelationRule(relation="regular", purchases=10, clause="care"),)


def related() -> Policy:
    return growing().model_copy(update={"relations": RELATED})


def meeting(by: Any = OWNER, between: str = "reference") -> Any:
    return say(EncourageContact, by, between=between)


def test_contact_between_customers_is_a_fact_of_a_closed_case_and_the_crms_once() -> None:
    aside = given(*regular(), policy=related()).when(meeting()).then("contact_set_aside")
    assert to_the_crm(aside) == ()
    closed = aside.told(END)
    kinds = [getattr(event, "kind", "") for event in closed.events]
    assert kinds[kinds.index("case_ended") :] == ["case_ended", "advocate_found", "contact_encouraged"]
    (effect,) = to_the_crm(closed)
    assert [(each.fact, each.value) for each in effect.request.facts][1:] == [  # type: ignore[union-attr]
        ("customer_contact", "reference")
    ]
    assert closed.events[effect.request.facts[1].seq - 1] == closed.last("contact_encouraged")  # type: ignore[union-attr]


@pytest.mark.parametrize("script", [OWNED, PAYING, NOTIFIED, SECOND_ROUND, FINAL])
def test_it_is_off_while_the_case_is_open(script: tuple[Item, ...]) -> None:
    life = given(*regular(script), policy=related())
    life.when(meeting(SUPERVISOR)).then_refused("wait for a good happy call", "open-recovery")


def test_what_was_encouraged_before_rests_while_a_case_is_open_and_a_reader_sees_it() -> None:
    known = BUYS_OFTEN.model_copy(update={"meets": ("reference", "community")})
    life = given(*regular(customer=known), policy=related())
    told = dict(in_words(brief(life.case), "en"))["contact with other customers"]
    assert told.endswith("customers' community: off while this case is open")
    assert "쉽니다" in dict(in_words(brief(life.case), "ko"))["다른 고객과의 만남"]
    assert brief(life.told(END).case).meets == ()


def test_a_reopening_and_an_opt_out_drop_it() -> None:
    again = (say(ReopenCase, MIRA, reason="it broke again"), *AGAIN, ok("happy-call", GOOD_CALL), END)
    assert given(*regular(), meeting(), *again, policy=related()).many("contact_encouraged") == 0
    out = (meeting(), say(OptOut, MIRA, messages=True), END)
    assert given(*regular(), *out, policy=related()).many("contact_encouraged") == 0


def test_only_a_regular_is_brought_together_with_others() -> None:
    for customer in (CUSTOMER, CustomerSnapshot(known=False)):
        life = given(*regular(customer=customer), policy=related())
        life.when(meeting()).then_refused("no regular", "no-regular")


def test_the_same_again_changes_nothing_and_there_is_one() -> None:
    life = given(*regular(), meeting(), policy=related())
    life.when(meeting()).then()
    life.when(meeting(between="community")).then_refused("leave it at one", "one-contact")


def test_an_offer_and_contact_go_together_in_one_word() -> None:
    life = given(*regular(), meeting(), offering(), END, policy=related())
    (effect,) = to_the_crm(life)
    assert [each.fact for each in effect.request.facts] == [  # type: ignore[union-attr]
        "advocate",
        "sales_offer",
        "customer_contact",
    ]


def test_who_may_not_be_written_to_or_waits_for_somebody_is_not_sent_to_others() -> None:
    out = given(*regular(), say(OptOut, MIRA, messages=True), policy=related())
    out.when(meeting()).then_refused("wants no messages", "no-consent")
    waits = given(*regular(), say(RequestSupervisor, MIRA), policy=related())
    waits.when(meeting()).then_refused("has to speak to this customer", "open-recovery")
    plain = related().model_copy(update={"happy_call": POLICY.happy_call})
    given(*regular(), policy=plain).when(meeting()).then_refused("happy_call.growth", "no-offers")
