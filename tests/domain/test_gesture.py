"""Gestures of a plan: somebody makes each, at no cost, before anything final is said."""

from typing import Any

import pytest

from domain.budget import WorkingTime
from domain.case import todo
from domain.effect import SendNotice
from domain.ending import WithdrawCase
from domain.plan import Gesture
from domain.policy import RemedyKind
from domain.saga import MarkStepDone
from tests.domain.lives import (
    AGENT,
    HANDLED,
    IN_RECOVERY,
    MIRA,
    OWNED,
    PAID,
    POLICY,
    SUPERVISOR,
    Life,
    accept,
    contact,
    decision,
    eur,
    given,
    ok,
    plan,
    propose,
    register,
    say,
    wait,
)

MADE = POLICY.model_copy(update={"gestures": WorkingTime(minutes=60)})
"""Gestures are to be reported within an hour."""

TOLD_WITHOUT = contact(apology=False, empathy=True)


def paid(*gestures: Gesture, told: Any = TOLD_WITHOUT) -> Life:
    """A refund with gestures, told in a contact that held none of them, as far as its payout."""
    agreed = (*OWNED, told, propose(plan(gestures=gestures)), accept())
    return given(*agreed, ok("payout", PAID), policy=MADE)


def report(step: str) -> Any:
    return say(MarkStepDone, AGENT, step=step, reference="letter 3")


@pytest.mark.parametrize(
    ("gesture", "step"),
    [
        ("apology_call", "apology_call"),
        ("apology_letter", "apology_letter"),
        ("manager_letter", "manager_apology"),
        ("recognition", "recognition"),
        ("explanation", "explanation"),
        ("follow_up", "follow_up"),
    ],
)
def test_a_gesture_is_a_step_that_somebody_reports_before_the_result(gesture: Any, step: str) -> None:
    life = paid(gesture)
    life.when(register()).then_refused("not carried out", "undecided")
    life = life.when(report(step)).then("step_done", "remedy_done")
    life.when(register()).then("result_registered")


def test_gestures_come_after_the_money_one_by_one_and_each_once() -> None:
    life = paid("apology_call", "apology_call", "manager_letter")
    assert [step.name for step in life.case.saga.steps] == ["payout", "apology_call", "manager_apology"]
    life.when(report("manager_apology")).then_refused("not parked", "not-parked")
    life = life.when(report("apology_call")).then("step_done", "step_begun")
    life.when(report("manager_apology")).then("step_done", "remedy_done")


def test_a_late_gesture_moves_the_case_up_and_is_told() -> None:
    life = paid("recognition")
    assert "saga/recognition:1" in life.dues
    late = life.told(wait(hours=30))
    assert late.many("hand_step_missed") >= 1
    assert late.case.assignment.level > life.case.assignment.level
    life.when(report("recognition")).then("step_done", "remedy_done")


def test_a_call_that_held_the_apology_is_the_gesture() -> None:
    life = paid("apology_call")
    life.when(contact(channel="email")).then("contact_logged")
    life.when(contact(reached=False)).then("contact_logged")
    life.when(contact(explanation=True, apology=False)).then("contact_logged")
    life.when(contact()).then("contact_logged", "step_done", "remedy_done")
    paid("explanation").when(contact(explanation=True)).then("contact_logged", "step_done", "remedy_done")


def test_the_contact_in_which_the_offer_was_told_may_hold_it() -> None:
    life = given(*IN_RECOVERY, propose(), accept(), policy=MADE)
    assert life.when(ok("payout", PAID)).then("step_done", "step_done", "remedy_done")


def test_an_apology_from_before_an_offer_by_notice_does_not_count() -> None:
    life = given(*IN_RECOVERY, propose(told_in=None), accept(), ok("payout", PAID), policy=MADE)
    assert life.case.saga.step("apology_call").state == "begun"
    life.told(wait(minutes=1)).when(contact()).then("contact_logged", "step_done", "remedy_done")


@pytest.mark.parametrize(
    "kind", ["apology", "apology_letter", "manager_apology", "recognition", "explanation"]
)
def test_a_psychological_remedy_costs_nothing_and_is_made(kind: RemedyKind) -> None:
    life = given(*OWNED, TOLD_WITHOUT, propose(plan(decision(kind), gestures=())), policy=MADE)
    assert life.case.remedy.proposal is not None
    assert life.case.remedy.proposal.total == eur(0)
    step = {"apology": "apology_call"}.get(kind, kind)
    life.when(register()).then_refused("not carried out", "undecided")
    life.when(report(step)).then("step_done", "remedy_done")


def test_a_policy_that_gives_no_time_for_gestures_takes_the_owners_word() -> None:
    life = given(*IN_RECOVERY, propose(plan(gestures=("recognition",))), accept())
    life.when(ok("payout", PAID)).then("step_done", "remedy_done")


def test_what_a_decision_brings_is_no_gesture_besides() -> None:
    both = plan(decision("manager_apology"), gestures=("manager_letter",))
    life = given(*IN_RECOVERY, propose(both, by=SUPERVISOR), policy=MADE)
    assert [step.name for step in life.case.saga.steps] == ["manager_apology"]


def test_a_customer_who_gives_up_when_the_money_is_on_its_way_is_left_alone() -> None:
    life = given(*OWNED, TOLD_WITHOUT, propose(), accept(), policy=MADE)
    life = life.when(say(WithdrawCase, MIRA)).then("withdrawal_recorded", "remedy_cancelled")
    life = life.when(ok("payout", PAID)).then("step_done", "step_skipped", "remedy_done", "case_ended")
    assert "nobody is called" in life.last("step_skipped").reason
    assert life.end == "withdrawn"


def test_an_apology_that_was_made_before_counts_for_whoever_gave_up_too() -> None:
    life = given(*IN_RECOVERY, propose(), accept(), say(WithdrawCase, MIRA), policy=MADE)
    life.when(ok("payout", PAID)).then("step_done", "step_done", "remedy_done", "case_ended")


def test_of_a_late_gesture_the_owner_and_the_next_leader_hear() -> None:
    policy = HANDLED.model_copy(update={"gestures": WorkingTime(minutes=60)})
    agreed = (*OWNED, TOLD_WITHOUT, propose(), accept(), ok("payout", PAID))
    life = given(*agreed, wait(hours=2), policy=policy)
    asked = [each.request for each in todo(life.case) if isinstance(each.request, SendNotice)]
    late = [request.staff for request in asked if request.template == "staff_task_late"]
    assert late == [life.case.assignment.owners[0], policy.leader("service", 1)]
