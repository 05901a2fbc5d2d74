from datetime import timedelta
from typing import Any

import pytest

from domain.actor import Actor
from domain.assignment import AcceptCase, EscalateCase
from domain.budget import WorkingTime
from domain.case import around, todo
from domain.clocks import running
from domain.contact import PauseTargets, ResumeTargets
from domain.effect import SendNotice
from domain.ending import WithdrawCase
from domain.ladder import Action, Rung
from domain.policy import StatutoryClock
from domain.promise import MakePromise
from domain.targets import ResumeCase
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    IN_RECOVERY,
    INQUIRY,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    OTHER_AGENT,
    OWNED,
    OWNER,
    POLICY,
    PUT_RIGHT,
    RAISED,
    REGISTERED,
    SECOND_ROUND,
    SUPERVISOR,
    WITH_DEPARTMENT,
    Life,
    contact,
    given,
    ok,
    opening,
    refused,
    say,
    triage,
    unknown,
    wait,
)

FRIDAY = MONDAY + timedelta(days=4)
NEXT_MONDAY = MONDAY + timedelta(days=7)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
MS = timedelta(milliseconds=1)
NOTHING_ACKNOWLEDGED = (opening(), refused("acknowledgement"), ok("customer", CUSTOMER), ok("order", ORDER))


def of_target(life: Life, kind: str, target: str) -> int:
    """Return how many events of a kind a target caused."""
    return len(
        [event for event in life.events if getattr(event, "target", None) == target and _is(event, kind)]
    )


def _is(event: Any, kind: str) -> bool:
    return getattr(event, "kind", None) == kind


def at(life: Life, name: str) -> Life:
    """Return the life just after the deadline of this name."""
    return life.passed(life.dues[name] + MS)


def test_the_due_instant_is_in_time_and_strictly_later_is_late() -> None:
    life = given(*NOTHING_ACKNOWLEDGED)
    due = life.dues["targets/acknowledge:1:0"]
    assert due == MONDAY + timedelta(hours=1)
    assert life.passed(due).many("target_breached") == 0
    late = life.passed(due + timedelta(microseconds=1))
    assert late.many("target_breached") == 1
    assert late.last("target_breached").due == due
    assert of_target(late.passed(due + timedelta(days=3)), "target_breached", "acknowledge") == 1


def test_a_breach_tells_the_supervisor_once() -> None:
    life = at(given(*NOTHING_ACKNOWLEDGED), "targets/acknowledge:1:0")
    (effect,) = todo(life.case)
    assert isinstance(effect.request, SendNotice)
    assert (effect.request.staff, effect.request.channel) == ("sue", "internal")


@pytest.mark.parametrize(
    ("how", "reached"),
    [(ok("tell", NOTICE), True), (ok("tell", LOST_NOTICE), False), (refused("tell"), False)],
)
def test_a_word_to_staff_goes_out_once_whatever_comes_of_it(how: Any, reached: bool) -> None:  # noqa: FBT001
    life = at(given(*NOTHING_ACKNOWLEDGED), "targets/acknowledge:1:0")
    answer = life.when(how)
    assert answer.event("told").reached is reached
    assert answer.life.owed == ()


def test_a_warning_then_a_breach_then_what_follows_each_once_and_in_order() -> None:
    life = given(*OWNED)
    warned = at(life, "targets/first_response:1:0")
    assert (of_target(warned, "target_warned", "first_response"), warned.owed) == (1, ("tell:1",))
    breached = at(warned, "targets/first_response:1:1")
    assert breached.case.assignment.owner == "sue"
    overdue = at(breached, "targets/first_response:1:2")
    assert of_target(overdue, "target_overdue", "first_response") == 1
    delay = [effect.request for effect in todo(overdue.case)]
    assert [request.template for request in delay if isinstance(request, SendNotice)].count("delay") == 1


def test_after_an_outage_the_ladder_is_climbed_rung_by_rung() -> None:
    life = given(*OWNED)
    late = life.told(wait(days=2))
    kinds = [
        event.kind  # type: ignore[attr-defined]
        for event in late.events[len(life.events) :]
        if getattr(event, "target", None) == "first_response"
    ]
    assert kinds == ["target_warned", "target_breached", "target_overdue"]
    assert all(event.due is not None and event.due < event.at for event in late.events[len(life.events) :])
    dues = [event.due for event in late.events[len(life.events) :] if event.due]
    assert dues == sorted(dues)


def test_a_case_opened_twenty_hours_late_breaches_once_with_one_notice_and_keeps_escalating() -> None:
    now = MONDAY + timedelta(days=1, hours=5)
    life = given(opening(at=now, received_at=MONDAY), now=now)
    life = life.passed(now + MS)
    first = [event for event in life.events if _is(event, "target_breached")]
    assert [(event.target, event.late_known) for event in first] == [  # type: ignore[attr-defined]
        ("acknowledge", True),
        ("first_response", True),
    ]
    assert of_target(life, "target_warned", "first_response") == 0
    words = [word for word in life.case.targets.words if word.target == "first_response"]
    assert len(words) == 1
    later = life.told(wait(days=9))
    assert of_target(later, "target_breached", "first_response") == 1
    assert of_target(later, "target_breached", "resolve") == 1
    assert later.case.assignment.level == 3


def test_what_was_passed_before_it_was_known_is_not_fired_but_the_next_rung_is() -> None:
    now = MONDAY + timedelta(hours=9, minutes=30)
    life = given(opening(at=now, received_at=MONDAY), now=now).told(wait(seconds=1))
    assert of_target(life, "target_breached", "first_response") == 1
    life = at(life, "targets/first_response:1:2")
    assert of_target(life, "target_overdue", "first_response") == 1


def test_a_target_that_was_met_falls_silent() -> None:
    life = given(*IN_RECOVERY)
    assert [name for name in life.dues if name.startswith("targets/")] == [
        "targets/resolve:1:0",
        "targets/resolve:1:1",
        "targets/resolve:1:2",
    ]


def test_a_target_stands_still_while_it_is_paused_and_moves_by_the_pause() -> None:
    life = given(*IN_RECOVERY)
    assert life.dues["targets/resolve:1:1"] == FRIDAY.replace(hour=18)
    paused = life.told(say(PauseTargets, OWNER, reason="customer"))
    assert "targets/resolve:1:1" not in paused.dues
    resumed = paused.told(wait(hours=2), say(ResumeTargets, OWNER, reason="customer"))
    assert resumed.dues["targets/resolve:1:1"] == NEXT_MONDAY + timedelta(hours=2)


def test_a_graver_class_counts_from_the_original_start_and_breaches_once_if_already_late() -> None:
    life = given(*IN_RECOVERY, wait(days=2))
    before = life.many("target_breached")
    life = life.told(triage(severity="critical"), wait(milliseconds=1))
    assert life.many("target_breached") == before + 1
    assert life.last("target_breached").late_known
    life = life.told(triage(severity="normal"), wait(days=12))
    assert of_target(life, "target_breached", "resolve") == 1


def test_a_breach_is_one_wherever_the_ladder_of_another_class_has_it() -> None:
    life = given(*RAISED, triage(voc_type="inquiry"), wait(hours=3))
    assert of_target(life, "target_breached", "accept") == 1
    generation = life.case.assignment.asks
    assert generation == 2
    life = life.told(triage(), wait(milliseconds=1))
    assert of_target(life, "target_breached", "accept") == 1


def test_a_class_without_the_target_withdraws_it() -> None:
    assert [name for name in given(*INQUIRY).dues if "first_response" in name] == []


def test_an_escalated_case_waits_for_its_new_owner_to_accept() -> None:
    life = given(*IN_RECOVERY, say(EscalateCase, AGENT, reason="urgent"))
    assert "targets/accept:2:1" in life.dues
    assert "targets/accept:2:1" not in life.told(say(AcceptCase, SUPERVISOR)).dues
    by_doing = life.told(contact(Actor(role=OWNER.role, id="sue")))
    assert by_doing.many("case_accepted") == 2
    assert "targets/accept:2:1" not in by_doing.dues


def test_a_case_that_moved_up_after_its_result_can_still_be_accepted() -> None:
    up = say(EscalateCase, AGENT, reason="urgent")
    given(*REGISTERED, up).when(say(AcceptCase, SUPERVISOR)).then("case_accepted")


def test_a_case_that_moved_up_before_triage_can_be_accepted() -> None:
    soon = say(MakePromise, AGENT, what="x", due=MONDAY)
    life = given(*RAISED, soon, wait(milliseconds=1))
    assert life.case.assignment.owner == "sue"
    life.when(say(AcceptCase, OTHER_AGENT)).then_refused("triage it first")
    life.when(say(AcceptCase, SUPERVISOR)).then("case_accepted")


def test_the_last_rung_gives_the_case_to_a_human() -> None:
    life = at(given(*IN_RECOVERY), "targets/resolve:1:2")
    assert life.many("ladder_parked") == 1
    assert "resolve is far overdue" in (life.parked or "")
    resume = say(ResumeCase, SUPERVISOR, note="seen")
    life = life.when(resume).then("case_resumed")
    assert life.parked is None
    life.when(resume).then()


def test_an_unclassed_case_is_treated_as_a_normal_complaint() -> None:
    assert "targets/resolve:1:1" in given(*RAISED).dues


def test_a_result_has_to_reach_the_customer_in_time() -> None:
    life = given(*REGISTERED)
    life = life.told(unknown("result-notice"), refused("result-notice"), refused("result-notice"))
    assert of_target(at(life, "targets/result_notice:1:0"), "target_breached", "result_notice") == 1


def test_a_new_round_has_a_resolve_target_of_its_own() -> None:
    life = given(*SECOND_ROUND)
    assert "targets/resolve:2:1" in life.dues
    assert "targets/resolve:1:1" not in life.dues


def test_a_withdrawn_case_has_no_targets() -> None:
    life = given(*PUT_RIGHT, say(WithdrawCase, MIRA))
    assert running(around(life.case)) == ()


def test_a_paused_target_has_no_due_instant() -> None:
    life = given(*IN_RECOVERY)
    (clock,) = running(around(life.case))
    assert clock.due == life.dues["targets/resolve:1:1"]
    (paused,) = running(around(life.told(say(PauseTargets, OWNER, reason="customer")).case))
    assert paused.due is None


def test_a_breach_before_there_is_a_department_is_told_in_the_fallback_department() -> None:
    life = at(given(*NOTHING_ACKNOWLEDGED), "targets/acknowledge:1:0")
    assert life.case.targets.words[0].staff == "sue"


def test_a_warning_without_an_owner_reminds_nobody() -> None:
    life = at(given(*WITH_DEPARTMENT), "targets/accept:1:0")
    assert life.case.targets.words[0].staff == "sue"
    life = at(given(*RAISED), "targets/first_response:1:0")
    assert life.case.targets.words == ()


def overdue_at(hour: int, *, urgent: bool = False, told: Action = "tell_supervisor") -> Life:
    """Return a case whose law-given clock was missed at this hour of Tuesday, and what its breach says."""
    clock = StatutoryClock(
        id="act",
        duty="answer",
        clause=POLICY.clauses[0].id,
        budget=WorkingTime(minutes=24 * 60),
        calendar="public",
        starts_on="receipt",
        met_by="sent",
        ladder=(Rung(at="breach", actions=(told,), urgent=urgent),),
    )
    policy = POLICY.model_copy(update={"statutory": (clock,), "targets": ()})
    received = MONDAY.replace(hour=hour)
    life = given(
        opening(at=MONDAY.replace(hour=23), received_at=received), now=MONDAY.replace(hour=23), policy=policy
    )
    life = life.told(ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", ORDER))
    return at(life, "targets/act:1:0")


@pytest.mark.parametrize(
    ("told", "hour", "release"),
    [
        ("tell_supervisor", 3, 9),  # before the department opens
        ("tell_supervisor", 10, None),
        ("tell_customer", 3, 9),  # before the contact window
        ("tell_customer", 19, None),  # the department has closed, the customer may still be told
    ],
)
def test_words_wait_for_the_hours_of_whom_they_tell(told: Action, hour: int, release: int | None) -> None:
    life = overdue_at(hour, told=told)
    assert life.owed == (("tell:1",) if release is None else ())
    if release is not None:
        assert life.dues["targets/words"] == TUESDAY.replace(hour=release)
        released = at(life, "targets/words")
        assert released.last("words_released").keys == ("tell:1",)
        assert released.owed == ("tell:1",)
        assert at(life, "targets/words").passed(FRIDAY).many("words_released") == 1


def test_words_that_fall_due_after_closing_wait_for_the_next_day() -> None:
    assert overdue_at(21).dues["targets/words"] == TUESDAY.replace(hour=9) + timedelta(days=1)
    assert overdue_at(22, told="tell_customer").dues["targets/words"] == WEDNESDAY.replace(hour=9)


def test_a_policy_can_mark_words_urgent() -> None:
    assert overdue_at(3, urgent=True).owed == ("tell:1",)


def test_words_that_wait_do_not_outlive_their_case() -> None:
    life = overdue_at(3).told(say(WithdrawCase, MIRA))
    assert (life.owed, life.many("words_released")) == ((), 0)
