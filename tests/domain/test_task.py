"""Tasks of departments: given, taken, answered, late; and what waits for them."""

from typing import Any

from domain.actor import Actor, Role
from domain.ending import AnswerCase, WithdrawCase
from domain.message import EffectSucceeded
from domain.task import MAX_TASKS, AcceptTask, CancelTask, FinishTask, GiveTask, RefuseTask
from domain.view import view
from tests.domain.lives import (
    AGENT,
    HANDLED,
    IN_RECOVERY,
    INQUIRY,
    MIRA,
    MONDAY,
    NOTICE,
    OWNER,
    PUT_RIGHT,
    SUPERVISOR,
    eur,
    given,
    ok,
    register,
    say,
    wait,
)

WIM = Actor(role=Role.AGENT, id="wim")
GIVE = say(GiveTask, OWNER, department="works", needed="why did the handle break?")


def handled(*items: Any) -> Any:
    """Return a life under the policy that has people."""
    return given(*items, policy=HANDLED)


def accept(by: Actor = WIM) -> Any:
    return say(AcceptTask, by, number=1)


def finish(by: Actor = WIM, **fields: Any) -> Any:
    return say(FinishTask, by, number=1, **{"result": "the glue was old", **fields})


def test_a_task_has_a_department_a_due_time_an_owner_and_a_result() -> None:
    life = handled(*IN_RECOVERY).when(GIVE).then("task_given")
    assert life.dues["task/due:1"] == life.last("task_given").falls_due == MONDAY.replace(hour=18)
    life = life.when(accept()).then("task_accepted")
    life.when(accept()).then()
    life = life.when(finish(cost=eur(700))).then("task_done")
    assert "task/due:1" not in life.dues
    (task,) = view(life.case, head="", unwritten=0).tasks
    assert (task.state, task.person, task.result) == ("done", "wim", "the glue was old")
    life.when(finish(cost=eur(700))).then()
    life.when(finish(result="another")).then_refused("task 1 is done", "done")


def test_the_same_task_is_not_given_twice_while_it_is_open() -> None:
    life = handled(*IN_RECOVERY, GIVE)
    life.when(say(GiveTask, OWNER, department="works", needed="why did the handle break?")).then()
    life.when(say(GiveTask, OWNER, department="moon", needed="x")).then_refused("use one of", "department")


def test_only_the_department_answers_for_its_task() -> None:
    life = handled(*IN_RECOVERY, GIVE)
    life.when(accept(AGENT)).then_refused("the department works's", "not-your-department")
    life.when(finish(SUPERVISOR)).then_refused("the department works's", "not-your-department")
    life.when(say(AcceptTask, WIM, number=7)).then_refused("no task 7", "no-task")
    life.when(finish(cost=eur(1).model_copy(update={"currency": "KRW"}))).then_refused("EUR", "currency")


def test_no_result_and_no_answer_while_a_task_is_open() -> None:
    life = handled(*PUT_RIGHT, GIVE)
    life.when(register()).then_refused("these tasks are open: 1 (works)", "open-task")
    life.told(finish()).when(register()).then("result_registered")
    cancelled = life.told(say(CancelTask, OWNER, number=1, reason="known by now"))
    cancelled.when(say(CancelTask, OWNER, number=1, reason="known by now")).then()
    cancelled.when(register()).then("result_registered")
    answer = say(AnswerCase, OWNER, text="At nine.")
    handled(*INQUIRY, GIVE).when(answer).then_refused("these tasks are open", "open-task")


def test_a_refused_task_is_the_owners_to_decide_on() -> None:
    life = (
        handled(*PUT_RIGHT, GIVE).when(say(RefuseTask, WIM, number=1, reason="not ours")).then("task_refused")
    )
    word = life.case.staff_news.items[-1]
    assert (word.topic, word.staff) == ("staff_task_answer", "ann")
    life.when(say(RefuseTask, WIM, number=1, reason="not ours")).then()
    life.when(register()).then("result_registered")


def test_a_late_task_moves_the_case_up_each_time_and_tells_the_next_leader_of_the_department() -> None:
    life = handled(*IN_RECOVERY, GIVE, accept()).when(wait(hours=10))
    assert [event.kind for event in life.events][-2:] == ["task_missed", "case_escalated"]
    late = life.life
    assert late.last("case_escalated").cause == "task/due"
    told = [(item.staff, item.topic) for item in late.case.staff_news.items]
    assert [each for each in told if each[1] == "staff_task_late"] == [
        ("wim", "staff_task_late"),
        ("sid", "staff_task_late"),
    ]
    later = late.told(wait(hours=24))
    assert (later.last("task_missed").times, later.case.staff_news.items[-1].staff) == (2, "hal")
    later.when(finish()).then("task_done")
    for_weeks = handled(*IN_RECOVERY, GIVE).told(*(wait(hours=12) for _ in range(40)))
    assert for_weeks.many("task_missed") == 3


def test_words_about_tasks_wait_for_working_hours_and_then_go_out() -> None:
    evening = handled(*IN_RECOVERY, wait(hours=10), GIVE)
    (word,) = [item for item in evening.case.staff_news.items if item.topic == "staff_task"]
    assert word.key not in evening.owed
    (due,) = [due for name, due in evening.dues.items() if name.startswith("news/words")]
    assert due == MONDAY.replace(day=24)
    morning = evening.told(wait(hours=14, seconds=1))
    assert word.key in morning.owed
    told = morning.when(EffectSucceeded(at=morning.now, key=word.key, result=NOTICE)).event("staff_informed")
    assert (told.topic, told.staff, told.reached) == ("staff_task", "sid", True)


def test_a_case_that_is_taken_back_calls_its_tasks_off() -> None:
    life = handled(*IN_RECOVERY, GIVE, accept())
    life = life.when(say(WithdrawCase, MIRA)).then("withdrawal_recorded", "task_cancelled", "case_ended")
    assert life.case.staff_news.items[-1].staff == "wim"
    assert not life.over
    for _ in life.case.staff_news.items:
        life = life.told(ok("news", NOTICE))
    assert life.over


def test_a_case_takes_so_many_tasks_and_no_more() -> None:
    many = (say(GiveTask, OWNER, department="works", needed=f"{n}?") for n in range(MAX_TASKS))
    life = handled(*IN_RECOVERY, *many)
    life.when(GIVE).then_refused("a case takes 20 tasks", "tasks")
