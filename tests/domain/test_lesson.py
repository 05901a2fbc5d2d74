"""What a case teaches is passed on once, to the department that can change it."""

from datetime import timedelta
from typing import Any

from domain.assignment import AcceptCase
from domain.budget import PlainTime
from domain.case import todo
from domain.effect import ImprovementJoined, OrderSnapshot, ReportLesson
from domain.ending import AnswerCase
from domain.money import Money
from domain.policy import Guarantee, ImprovementLimits, ImprovementRules
from domain.view import view
from tests.domain.lives import (
    AGAIN,
    AGENT,
    BAD_CALL,
    CUSTOMER,
    IN_RECOVERY,
    MONDAY,
    NOTICE,
    ORDER,
    OWNER,
    POLICY,
    PUT_RIGHT,
    RAISED,
    REGISTERED,
    SECOND_ROUND,
    Life,
    decision,
    given,
    ok,
    opening,
    plan,
    propose,
    register,
    say,
    triage,
    unknown,
    wait,
)

LIMITS = ImprovementLimits(accept=PlainTime(minutes=60), done=PlainTime(minutes=600))
RULES = ImprovementRules(
    raise_at=3,
    window=timedelta(days=30),
    usual=LIMITS,
    safety=LIMITS,
    remind_at=0.8,
    late_every=PlainTime(minutes=60),
    measure_over=timedelta(days=30),
)
LEARNING = POLICY.model_copy(update={"improvement": RULES})
JOINED = ImprovementJoined(improvement="IMP-1")


def report_of(life: Life) -> ReportLesson:
    """Return the one report that the case wants to make."""
    (effect,) = [each for each in todo(life.case) if each.key.startswith("lesson")]
    assert isinstance(effect.request, ReportLesson)
    return effect.request


def test_a_registered_result_is_passed_on_with_its_theme_and_its_rules() -> None:
    life = given(*PUT_RIGHT, policy=LEARNING).when(register()).then("result_registered", "lesson_noted")
    request = report_of(life)
    assert request.theme.model_dump() == {
        "kind": "fault",
        "department": "service",
        "product": "cup",
        "cause": "defect",
    }
    assert (request.case.case_id, request.case.failed_at) == ("TEST", MONDAY)
    assert request.book.levels == ("sue", "sid", "hal")
    after = life.when(ok("lesson", JOINED)).then("lesson_passed_on")
    assert after.case.lessons.improvements == ("IMP-1",)
    assert not [key for key in after.owed if key.startswith("lesson")]
    assert view(after.case, head="", unwritten=0).improvements == ("IMP-1",)


def test_a_policy_without_rules_for_improvements_passes_nothing_on() -> None:
    given(*PUT_RIGHT).when(register()).then("result_registered")


def test_the_department_is_the_one_that_answers_for_the_cause_whoever_had_the_case() -> None:
    life = given(*PUT_RIGHT, register(cause="design"), policy=LEARNING)
    assert (life.case.assignment.department, report_of(life).theme.department) == ("service", "works")
    assert report_of(life).book.levels == ("sid", "hal")


def test_the_failure_counts_from_when_the_customer_first_raised_it() -> None:
    raised = MONDAY - timedelta(days=9)
    script = (opening(raised_at=raised, received_at=MONDAY), *PUT_RIGHT[1:], register())
    assert report_of(given(*script, policy=LEARNING)).case.failed_at == raised


def test_a_complaint_that_was_not_upheld_shows_no_fault() -> None:
    refusal = plan(decision("refusal"))
    life = given(*IN_RECOVERY, propose(refusal), policy=LEARNING)
    life.when(register(outcome="not_upheld")).then("result_registered")


def test_a_second_round_with_the_same_cause_is_not_another_case() -> None:
    life = given(*REGISTERED, ok("lesson", JOINED), policy=LEARNING)
    life = life.told(ok("result-notice", NOTICE), wait(hours=25), ok("happy-call", BAD_CALL), *AGAIN)
    assert (life.many("result_registered"), life.many("lesson_noted")) == (2, 1)


def test_safety_is_passed_on() -> None:
    grave = triage(safety=True)
    script = (*RAISED, grave, *PUT_RIGHT[len(RAISED) + 1 :], register())
    assert report_of(given(*script, policy=LEARNING)).case.safety


def test_nobody_who_takes_it_is_an_event_and_holds_up_nothing() -> None:
    life = given(*REGISTERED, policy=LEARNING)
    life.when(unknown("lesson")).then("lesson_not_passed_on")


def test_a_payout_is_passed_on_with_its_cause_as_soon_as_it_is_made() -> None:
    late = Guarantee(
        id="day",
        promise="delivery",
        pays=Money(minor=500, currency="EUR"),
        clause="promise",
        terms={"en": "late", "ko": "늦음"},
    )
    order: Any = ORDER.model_copy(
        update={"promised_on": MONDAY.date() - timedelta(days=3), "delivered_on": MONDAY.date()}
    )
    assert isinstance(order, OrderSnapshot)
    policy = LEARNING.model_copy(update={"guarantees": (late,)})
    script = (opening(), ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", order))
    life = given(*script, triage(cause="late"), policy=policy)
    report = report_of(life)
    assert (report.theme.cause, report.case.payout) == ("late", True)


def test_an_answered_suggestion_is_grouped_by_product_and_feature() -> None:
    script = (*RAISED, triage(voc_type="suggestion", cause=None), say(AcceptCase, AGENT))
    answer = say(AnswerCase, OWNER, text="We will do it.", outcome="adopted", feature="lid")
    life = given(*script, policy=LEARNING).when(answer).then("answer_given", "lesson_noted")
    request = report_of(life)
    assert (request.theme.kind, request.theme.product, request.theme.cause) == ("suggestion", "cup", "lid")
    assert request.case.adopted
    ended = life.told(ok("answer", NOTICE))
    assert (ended.end, ended.over) == ("answered", False), "it stays until its lesson is passed on"
    assert ended.told(ok("lesson", JOINED)).over


def test_a_case_that_ends_still_passes_its_lesson_on() -> None:
    life = given(*SECOND_ROUND, policy=LEARNING)
    assert [key for key in life.owed if key.startswith("lesson")] == ["lesson:1"]
