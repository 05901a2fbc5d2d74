"""What falls due in a case, and what it means that it passed."""

from collections.abc import Callable
from datetime import datetime

from domain import (
    after_care,
    allocation,
    assignment,
    contact,
    ending,
    exemption,
    happy_call,
    heat,
    intake,
    post,
    promise,
    remedy,
    retention,
    saga,
    staff_news,
    supervisor,
    targets,
    task,
    withdrawal,
    written_form,
)
from domain.case_reading import around, before_remedy, course_of, desk_of, past_of
from domain.case_state import Case, opened
from domain.latest import of_the_latest
from domain.message import Deadline, Event


@of_the_latest
def deadlines(case: Case) -> tuple[Deadline, ...]:
    """Return everything that falls due, earliest first."""
    if case.version == 0 or case.ending.end is not None:
        return ()
    found = (
        *intake.deadlines(opened(case)),
        *exemption.deadlines(case.exemptions),
        *contact.deadlines(case.contacts),
        *(() if case.ending.withdrawn else heat.deadlines(case.heat)),
        *allocation.deadlines(case.allocation, desk_of(case)),
        *task.deadlines(case.tasks),
        *staff_news.deadlines(case.staff_news),
        *promise.deadlines(case.promises),
        *supervisor.deadlines(case.supervisor),
        *remedy.deadlines(case.remedy),
        *saga.deadlines(case.saga),
        *_after_result_deadlines(case),
        *ending.deadlines(case.ending, course_of(case)),
        *post.deadlines(case.post),
        *withdrawal.deadlines(case.withdrawal),
        *targets.deadlines(case.targets, around(case)),
    )
    return tuple(sorted(found, key=lambda deadline: (deadline.due, deadline.name)))


def _after_result_deadlines(case: Case) -> tuple[Deadline, ...]:
    """A customer who took the complaint back is left alone."""
    if case.ending.withdrawn:
        return ()
    past = past_of(case)
    return (
        *happy_call.deadlines(case.follow_up, past),
        *written_form.deadlines(case.form, past.before, case.follow_up),
        # Nobody writes while somebody calls; and an alarm for it would be one more.
        *(() if happy_call.is_in_flight(case.follow_up) else after_care.deadlines(case.after_care, past)),
        *retention.deadlines(case.retention),
    )


def next_due(case: Case) -> datetime | None:
    """Return when the earliest deadline falls due."""
    found = deadlines(case)
    return found[0].due if found else None


def time_passes(case: Case, at: datetime) -> tuple[Event, ...]:
    """Answer the earliest deadline that has passed; the interpreter asks again until nothing has."""
    found = deadlines(case)
    if not found or at <= found[0].due:  # at the due instant is in time
        return ()
    lapsed = _lapse(case, found[0], at)
    if isinstance(lapsed[0], MOVES_UP):
        cause = found[0].name.partition(":")[0]
        lapsed += assignment.escalate(
            case.assignment, case.policy, cause=cause, reason=f"{cause} was missed", at=at, due=found[0].due
        )
    return lapsed


MOVES_UP = (
    task.TaskMissed,
    promise.PromiseBroken,
    supervisor.SupervisorRequestMissed,
    remedy.ApprovalMissed,
    remedy.ApprovalExpired,
    saga.HandStepMissed,
    retention.RetentionStepMissed,
    post.RemovalUnexplained,
)
"""Events of deadlines after which the case moves one level up."""


def _lapse(case: Case, deadline: Deadline, at: datetime) -> tuple[Event, ...]:
    lapse: dict[str, Callable[[], tuple[Event, ...]]] = {
        "intake": lambda: intake.lapse(deadline, at),
        "exemption": lambda: exemption.lapse(deadline, at),
        "contact": lambda: contact.lapse(case.contacts, deadline, at),
        "heat": lambda: heat.lapse(deadline, at),
        "allocation": lambda: allocation.lapse(case.allocation, desk_of(case), deadline, at),
        "task": lambda: task.lapse(case.tasks, case.policy, deadline, at),
        "news": lambda: staff_news.lapse(case.staff_news, deadline, at),
        "promise": lambda: promise.lapse(deadline, at),
        "supervisor": lambda: supervisor.lapse(case.supervisor, deadline, at),
        "remedy": lambda: remedy.lapse(case.remedy, before_remedy(case), deadline, at),
        "saga": lambda: saga.lapse(case.saga, case.policy, deadline, at),
        "happy_call": lambda: happy_call.lapse(case.follow_up, past_of(case), deadline, at),
        "written_form": lambda: written_form.lapse(case.form, before_remedy(case), deadline, at),
        "after_care": lambda: after_care.lapse(case.after_care, past_of(case), case.remedy, deadline, at),
        "retention": lambda: retention.lapse(case.retention, before_remedy(case), deadline, at),
        "ending": lambda: ending.lapse(deadline, at),
        "post": lambda: post.lapse(deadline, at),
        "withdrawal": lambda: withdrawal.lapse(case.withdrawal, deadline, at),
        "targets": lambda: targets.lapse(case.targets, around(case), deadline, at),
    }
    return lapse[deadline.name.partition("/")[0]]()
