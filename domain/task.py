"""Tasks of departments: what an owner needs from another department, by when, and what came of it.

A remedy that a department carries out by hand is a step of the remedy, not a task. A review is a task that
the case gives by itself where a customer was met with hostility: a leader who took no part answers it. What
the customer waits for does not wait for a review, but the case does not end before it (R22).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import StringConstraints

from domain.actor import REDRESS
from domain.budget import Budget, due_of
from domain.message import Command, Deadline, Event
from domain.money import Money
from domain.policy import Policy
from domain.record import Id, Instant, Line, Note
from domain.refusal import Refused
from domain.review import NEEDED, Asked, ReviewOpened, judges, judging

MAX_TASKS = 20
"""Tasks of one case: all of them travel with it."""

Words = Annotated[Note, StringConstraints(min_length=1)]
TaskState = Literal["given", "accepted", "done", "refused", "cancelled"]
OPEN: tuple[TaskState, ...] = ("given", "accepted")


class GiveTask(Command):
    """Ask a department for something that the case needs; the policy says by when."""

    kind: Literal["give_task"] = "give_task"
    department: Line
    needed: Words


class AcceptTask(Command):
    """A member of the department takes the task on."""

    kind: Literal["accept_task"] = "accept_task"
    number: int


class FinishTask(Command):
    """The task is done: what came of it, and what it cost the department."""

    kind: Literal["finish_task"] = "finish_task"
    number: int
    result: Words
    cost: Money | None = None


class RefuseTask(Command):
    """The department will not do it, with its reason; the owner decides how the case goes on."""

    kind: Literal["refuse_task"] = "refuse_task"
    number: int
    reason: Line


class CancelTask(Command):
    """The case needs it no longer."""

    kind: Literal["cancel_task"] = "cancel_task"
    number: int
    reason: Line


class TaskGiven(Event):
    """A department was asked for something."""

    kind: Literal["task_given"] = "task_given"
    number: int
    department: Line
    needed: Note
    falls_due: Instant | None


class TaskAccepted(Event):
    """A member of the department has it in hand."""

    kind: Literal["task_accepted"] = "task_accepted"
    number: int
    person: Id


class TaskDone(Event):
    """It was done, with its result."""

    kind: Literal["task_done"] = "task_done"
    number: int
    result: Note
    cost: Money | None = None


class TaskRefused(Event):
    """The department refused it, with its reason."""

    kind: Literal["task_refused"] = "task_refused"
    number: int
    reason: Line


class TaskCancelled(Event):
    """It is not needed any more."""

    kind: Literal["task_cancelled"] = "task_cancelled"
    number: int
    reason: Line


class TaskMissed(Event):
    """It is late: the department's next leader hears of it and the case moves up; `next_due` is next."""

    kind: Literal["task_missed"] = "task_missed"
    number: int
    times: int
    next_due: Instant | None


TaskCommand = GiveTask | AcceptTask | FinishTask | RefuseTask | CancelTask
TaskEvent = TaskGiven | ReviewOpened | TaskAccepted | TaskDone | TaskRefused | TaskCancelled | TaskMissed


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task as it stands.

    Attributes:
        person: who accepted or answered it.
        due: when it falls due next; None where the calendar never opens again.
        missed: how often it was late.
        contact: of a review the number of the contact; `apart` are those who do not judge it.
    """

    number: int
    department: str
    needed: str
    given_by: str
    due: datetime | None
    state: TaskState = "given"
    person: str | None = None
    result: str | None = None
    missed: int = 0
    contact: int | None = None
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """All tasks of the case, in the order in which they were given."""

    given: tuple[Task, ...] = ()

    @property
    def open(self) -> tuple[Task, ...]:
        """Those that nobody has answered yet."""
        return tuple(task for task in self.given if task.state in OPEN)

    @property
    def under_review(self) -> bool:
        """Whether a review is open that somebody is still reminded of; a case may not stay open for ever."""
        return any(task.contact is not None and task.due is not None for task in self.open)

    def find(self, number: int) -> Task | None:
        """Return the task of this number."""
        return next((task for task in self.given if task.number == number), None)


def check_none_open(tasks: Tasks) -> None:
    """A case says nothing final while it waits for a department (R8).

    No customer waits for money or an answer until we have looked at ourselves: a review is no such task.

    Raises:
        Refused: naming the open tasks.
    """
    needed = [task for task in tasks.open if task.contact is None]
    if needed:
        waiting = ", ".join(f"{task.number} ({task.department})" for task in needed)
        raise Refused(
            f"these tasks are open: {waiting}; wait for them or cancel_task with a reason", code="open-task"
        )


def decide(tasks: Tasks, policy: Policy, command: TaskCommand) -> tuple[TaskEvent, ...]:
    """Give a task, or answer it."""
    match command:
        case GiveTask():
            return _give(tasks, policy, command)
        case AcceptTask(number=number, at=at, by=by):
            task = _in_department(tasks, policy, command)
            if task.state == "accepted" and task.person == by.id:
                return ()
            _check_open(task)
            return (TaskAccepted(number=number, person=by.id, at=at, by=by),)
        case FinishTask(number=number, result=result, at=at, by=by):
            task = _in_department(tasks, policy, command)
            if task.state == "done" and task.result == result:
                return ()
            _check_open(task)
            if command.cost is not None and command.cost.currency != policy.currency:
                raise Refused(
                    f"cost: this case is in {policy.currency}; give it in that currency", code="currency"
                )
            return (TaskDone(number=number, result=result, cost=command.cost, at=at, by=by),)
        case RefuseTask(number=number, reason=reason, at=at, by=by):
            task = _in_department(tasks, policy, command)
            _check_no_review(task)
            if task.state == "refused":
                return ()
            _check_open(task)
            return (TaskRefused(number=number, reason=reason, at=at, by=by),)
        case CancelTask(number=number, reason=reason, at=at, by=by):
            task = _find(tasks, number)
            _check_no_review(task)
            if task.state == "cancelled":
                return ()
            _check_open(task)
            return (TaskCancelled(number=number, reason=reason, at=at, by=by),)
        case _:
            assert_never(command)


def _give(tasks: Tasks, policy: Policy, command: GiveTask) -> tuple[TaskEvent, ...]:
    if command.department not in {each.id for each in policy.departments}:
        names = ", ".join(each.id for each in policy.departments)
        raise Refused(f"department: use one of {names}", code="department")
    if any((task.department, task.needed) == (command.department, command.needed) for task in tasks.open):
        return ()
    if len(tasks.given) >= MAX_TASKS:
        raise Refused(f"a case takes {MAX_TASKS} tasks; decide it with what is known", code="tasks")
    given = TaskGiven(
        number=len(tasks.given) + 1,
        department=command.department,
        needed=command.needed,
        falls_due=due_of(_budget(policy), policy.calendar, command.at),
        at=command.at,
        by=command.by,
    )
    return (given,)


def review(tasks: Tasks, policy: Policy, asked: Asked, at: datetime) -> tuple[ReviewOpened, ...]:
    """Ask a leader who took no part to look at a contact; `()` where nobody is left, or no task more fits."""
    found = judging(policy, asked)
    if found is None or len(tasks.given) >= MAX_TASKS:
        return ()
    department, apart = found
    opened = ReviewOpened(
        number=len(tasks.given) + 1,
        contact=asked.contact,
        department=department,
        needed=NEEDED[policy.language].format(contact=asked.contact),
        apart=apart,
        falls_due=due_of(_budget(policy), policy.calendar, at),
        at=at,
    )
    return (opened,)


def reviewers(task: Task, policy: Policy) -> tuple[str, ...]:
    """Return who may answer a review; nobody where the task is none."""
    return judges(policy, task.department, task.apart) if task.contact is not None else ()


def _check_no_review(task: Task) -> None:
    if task.contact is not None:
        raise Refused(
            f"task {task.number} is a review, which nobody calls off or turns down; "
            "let a leader who took no part finish it",
            code="review",
        )


def _budget(policy: Policy) -> Budget:
    return policy.handling.task if policy.handling else policy.by_hand


def _find(tasks: Tasks, number: int) -> Task:
    task = tasks.find(number)
    if task is None:
        raise Refused(f"number: there is no task {number}; name one of the case's", code="no-task")
    return task


def _in_department(tasks: Tasks, policy: Policy, command: AcceptTask | FinishTask | RefuseTask) -> Task:
    """Only the department answers for its task; whoever asked cannot say that it was done."""
    task = _find(tasks, command.number)
    person = policy.person(command.by.id)
    if person is None or person.department != task.department:
        raise Refused(
            f"task {task.number} is the department {task.department}'s; let one of its people do it",
            code="not-your-department",
        )
    if task.contact is not None and command.by.id not in reviewers(task, policy):
        raise Refused(
            f"task {task.number} is a review, which only a leader who took no part answers; "
            f"ask one of {', '.join(reviewers(task, policy))}",
            code="took-part",
        )
    return task


def _check_open(task: Task) -> None:
    if task.state not in OPEN:
        raise Refused(f"task {task.number} is {task.state}; give another one", code=task.state)


def deadlines(tasks: Tasks) -> tuple[Deadline, ...]:
    """Every open task falls due, and again for as long as nobody answers."""
    return tuple(
        Deadline(name=f"task/due:{task.number}", due=task.due) for task in tasks.open if task.due is not None
    )


def lapse(tasks: Tasks, policy: Policy, deadline: Deadline, at: datetime) -> tuple[TaskEvent, ...]:
    """A late task is noted, and looked at again after as long; a third time nobody is left to tell."""
    task = _find(tasks, int(deadline.name.rpartition(":")[2]))
    levels = len(policy.department(task.department).levels)
    again = task.missed < levels
    due = due_of(_budget(policy), policy.calendar, max(at, deadline.due)) if again else None
    return (TaskMissed(number=task.number, times=task.missed + 1, next_due=due, due=deadline.due, at=at),)


def called_off(tasks: Tasks, at: datetime, reason: str) -> tuple[TaskEvent, ...]:
    """A case that is given up needs nothing any more but the review of how its customer was spoken to."""
    return tuple(
        TaskCancelled(number=task.number, reason=reason, at=at, by=REDRESS)
        for task in tasks.open
        if task.contact is None
    )


def evolve(tasks: Tasks, event: TaskEvent) -> Tasks:
    """Apply one event of a task."""
    if isinstance(event, TaskGiven | ReviewOpened):
        task = Task(
            number=event.number,
            department=event.department,
            needed=event.needed,
            given_by=event.by.id,
            due=event.falls_due,
        )
        if isinstance(event, ReviewOpened):
            task = replace(task, contact=event.contact, apart=event.apart)
        return Tasks(given=(*tasks.given, task))
    return Tasks(
        given=tuple(_changed(task, event) if task.number == event.number else task for task in tasks.given)
    )


def _changed(task: Task, event: TaskAccepted | TaskDone | TaskRefused | TaskCancelled | TaskMissed) -> Task:
    match event:
        case TaskAccepted(person=person):
            return replace(task, state="accepted", person=person)
        case TaskDone(result=result, by=by):
            return replace(task, state="done", person=by.id, result=result)
        case TaskRefused(reason=reason, by=by):
            return replace(task, state="refused", person=by.id, result=reason)
        case TaskCancelled():
            return replace(task, state="cancelled")
        case TaskMissed(times=times, next_due=due):
            return replace(task, missed=times, due=due)
        case _:
            assert_never(event)
