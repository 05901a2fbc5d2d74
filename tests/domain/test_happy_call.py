from datetime import timedelta
from typing import Any

import pytest

from domain import happy_call
from domain.assignment import AcceptCase
from domain.case import before_remedy, todo
from domain.effect import Contact, PlaceCall
from domain.ending import AppealCase, OpenRound
from domain.happy_call import FollowUp, faults
from domain.hours import contact_window
from domain.plan import Plan
from domain.questions import in_order
from domain.triage import ClaimHarm, HarmLine
from tests.domain.lives import (
    AGAIN,
    BAD_CALL,
    CALL_DECLINED,
    CALLED,
    CUSTOMER,
    FINAL,
    GOOD_CALL,
    HEAD,
    MIRA,
    MONDAY,
    NO_ANSWER,
    NOTICE,
    NOTIFIED,
    PAID,
    POLICY,
    RAISED,
    REGISTERED,
    SECOND_ROUND,
    SECOND_SUPERVISOR,
    STILL_BAD,
    SUPERVISOR,
    Item,
    Life,
    accept,
    contact,
    decision,
    eur,
    given,
    ok,
    plan,
    propose,
    refused,
    say,
    unknown,
    wait,
)

TUESDAY = MONDAY + timedelta(days=1)
SHY = CUSTOMER.model_copy(update={"consent_to_calls": False})


def due(life: Life, attempt: int = 1) -> Any:
    """Return when an attempt is due."""
    return life.dues[f"happy_call/attempt:{attempt}"]


def test_a_call_is_made_a_day_after_the_customer_had_the_result() -> None:
    life = given(*NOTIFIED)
    assert due(life) == TUESDAY
    assert life.told(wait(hours=24)).owed == ()
    life = life.when(wait(hours=24, milliseconds=1)).then("happy_call_begun")
    (effect,) = todo(life.case)
    assert isinstance(effect.request, PlaceCall)
    assert (effect.key, effect.request.caller, effect.request.attempt) == ("happy-call:1.1", "cat", 1)
    assert life.last("happy_call_begun").due == TUESDAY


def test_the_order_of_questions_varies_from_a_recorded_seed() -> None:
    life = given(*CALLED)
    first = life.last("happy_call_begun")
    orders = {in_order(("problem_gone", "outcome_fair", "came_back"), str(seed)) for seed in range(50)}
    assert len(orders) == 6
    assert first.questions == in_order(POLICY.happy_call.questions, first.seed)
    life = life.told(ok("happy-call", NO_ANSWER), wait(hours=6))
    assert life.last("happy_call_begun").seed != first.seed
    (effect,) = todo(life.case)
    assert isinstance(effect.request, PlaceCall)
    assert effect.request.questions == life.last("happy_call_begun").questions


def test_a_good_answer_opens_the_reopen_window() -> None:
    life = given(*CALLED).when(ok("happy-call", GOOD_CALL)).then("happy_call_answered")
    assert life.stage == "reopen_window"


def test_a_missed_call_is_tried_again_hours_later() -> None:
    life = given(*CALLED).when(ok("happy-call", NO_ANSWER)).then("happy_call_missed")
    assert due(life, 2) == TUESDAY + timedelta(hours=6)


def test_an_unreachable_customer_is_never_counted_as_satisfied() -> None:
    life = given(*CALLED, ok("happy-call", NO_ANSWER), wait(hours=7))
    life = life.when(ok("happy-call", NO_ANSWER)).then(
        "happy_call_missed", "follow_up_given_up", "case_ended"
    )
    assert (life.end, life.last("follow_up_given_up").why) == ("unconfirmed", "unreachable")


@pytest.mark.parametrize("how", [refused("happy-call"), unknown("happy-call")])
def test_a_call_that_was_never_made_does_not_count_yet_does_not_go_on_for_ever(how: Item) -> None:
    life = given(*CALLED)
    for _ in range(4):
        life = life.when(how).then("happy_call_missed").told(wait(hours=30))
        assert life.case.follow_up.attempts == 0
    life.when(how).then("happy_call_missed", "follow_up_given_up", "case_ended")


def test_a_customer_who_declines_is_unconfirmed() -> None:
    life = given(*CALLED).when(ok("happy-call", CALL_DECLINED)).then("follow_up_given_up", "case_ended")
    assert life.end == "unconfirmed"


def test_a_customer_who_wants_no_calls_is_not_called() -> None:
    life = given(RAISED[0], RAISED[1], ok("customer", SHY), *REGISTERED[3:])
    life = life.when(ok("result-notice", NOTICE)).then("result_notified", "follow_up_given_up", "case_ended")
    assert (life.end, life.last("follow_up_given_up").why) == ("unconfirmed", "no_consent")


def test_a_wish_that_the_crm_tells_after_the_answer_changes_nothing() -> None:
    life = given(RAISED[0], RAISED[1], RAISED[3], *CALLED[4:], ok("happy-call", GOOD_CALL))
    life = life.when(ok("customer", SHY)).then("customer_read")
    assert life.stage == "reopen_window"


def test_a_final_position_is_followed_by_an_appeal_window_not_by_a_call() -> None:
    assert [name for name in given(*FINAL).dues if name.startswith("happy_call")] == []


def test_calls_keep_to_the_hours_of_the_house_and_of_the_customer() -> None:
    early = MONDAY.replace(hour=5, minute=30)
    late = MONDAY.replace(hour=21)
    before = before_remedy(given(*NOTIFIED).case)
    assert contact_window(before, early) == MONDAY
    assert contact_window(before, late) == TUESDAY
    assert contact_window(before, MONDAY) == MONDAY
    choosy = CUSTOMER.model_copy(update={"open_from_hour": 12, "open_to_hour": 15})
    before = before_remedy(given(RAISED[0], RAISED[1], ok("customer", choosy), *NOTIFIED[3:]).case)
    assert contact_window(before, MONDAY) == MONDAY.replace(hour=12)
    assert contact_window(before, late) == TUESDAY.replace(hour=12)
    unread = before_remedy(given(RAISED[0]).case)
    assert contact_window(unread, early) == MONDAY


def test_nobody_asks_for_a_verdict_on_their_own_work() -> None:
    nobody = POLICY.model_copy(update={"people": tuple(each for each in POLICY.people if each.id != "cat")})
    life = given(*CALLED, policy=nobody)
    assert life.end == "unconfirmed"


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"problem_gone": 1, "came_back": 0, "outcome_fair": 4}, ()),
        ({"problem_gone": 0}, ("problem_not_gone",)),
        ({"came_back": 1}, ("came_back",)),
        ({"outcome_fair": 3, "process_fair": 2, "treatment_fair": 7}, ("outcome_fair", "process_fair")),
        ({}, ()),
    ],
)
def test_an_answer_is_bad_where_it_is_not_gone_came_back_or_was_unfair(
    answers: dict[str, int], found: tuple[str, ...]
) -> None:
    assert faults(answers, 3) == found


def test_a_bad_answer_opens_the_next_round_in_higher_hands() -> None:
    bad = given(*CALLED).when(ok("happy-call", BAD_CALL))
    life = bad.then("happy_call_answered", "round_opened", "case_escalated")
    assert (life.stage, life.case.remedy.round, life.case.follow_up.round) == ("in_recovery", 2, 2)


@pytest.mark.parametrize(
    "again",
    [
        plan(decision("refusal"), gestures=()),
        plan(decision("refusal")),
    ],
)
def test_after_a_bad_answer_what_did_not_win_the_customer_back_is_not_enough(again: Plan) -> None:
    life = given(*SECOND_ROUND, *AGAIN[:2])
    life.when(propose(again, by=SUPERVISOR)).then_refused(
        "not won back by apology_call, refund", "not-better"
    )


@pytest.mark.parametrize(
    "better",
    [
        plan(decision("refund", amount=eur(1))),
        plan(decision("exchange")),
        plan(decision("coupon", amount=eur(1))),
        plan(decision("apology"), gestures=("manager_letter",)),
    ],
)
def test_after_a_bad_answer_worth_goods_or_a_new_gesture_make_the_next_round_better(better: Plan) -> None:
    given(*SECOND_ROUND, *AGAIN[:2]).when(propose(better, by=SUPERVISOR)).event("remedy_proposed")


def test_an_exceptional_round_has_to_beat_the_last_and_a_later_harm_of_it_nothing() -> None:
    sid = SECOND_SUPERVISOR
    life = given(*STILL_BAD, say(OpenRound, HEAD, reason="once more"), say(AcceptCase, sid), contact(sid))
    life.when(propose(plan(decision("refusal")), by=sid)).then_refused("not won back", "not-better")
    life = life.told(propose(by=sid), accept(), ok("payout", PAID))
    life = life.told(say(ClaimHarm, MIRA, line=HarmLine(id="more", harm="trouble")))
    life.when(propose(plan(decision("refusal", harm_line="more")), by=sid)).event("remedy_proposed")


def test_an_appeal_is_judged_anew() -> None:
    life = given(*FINAL, say(AppealCase, MIRA, reason="no"))
    assert life.case.remedy.to_beat is None


def test_a_second_round_can_give_amends_of_both_kinds_and_no_third_opens_by_itself() -> None:
    script = (*SECOND_ROUND, say(AcceptCase, SUPERVISOR), contact(SUPERVISOR))
    both = plan(decision("refund"), gestures=("manager_letter",))
    given(*script).when(propose(both, by=SUPERVISOR)).then("remedy_proposed", "remedy_offered")
    life = given(*SECOND_ROUND, *AGAIN).told(ok("happy-call", BAD_CALL))
    assert (life.many("round_opened"), life.case.remedy.round) == (1, 2)


def test_before_an_answer_there_is_no_window() -> None:
    assert happy_call.reopen_until(FollowUp(), POLICY) is None
    assert Contact().phone is None
