"""What follows by itself in a case."""

from datetime import datetime
from functools import reduce

from domain import (
    after_care,
    allocation,
    assignment,
    ending,
    growth,
    guarantee,
    happy_call,
    joining,
    late_refund,
    lesson,
    promise,
    remedy,
    retention,
    saga,
    task,
    treatment,
    triage,
    wish,
    written_form,
)
from domain.case_evolve import evolve
from domain.case_reading import (
    agreed_of,
    around,
    before_remedy,
    course_of,
    desk_of,
    learned_of,
    past_of,
    seen_of,
)
from domain.case_state import Case, opened
from domain.earlier import earlier_failure
from domain.message import Event
from domain.suggestion import read_surely


def consequences(case: Case, at: datetime) -> tuple[Event, ...]:
    """Return what follows by itself, step by step, until nothing does."""
    followed: tuple[Event, ...] = ()
    while events := _follow(case, at):
        followed += events
        case = reduce(evolve, events, case)
    return followed


def _follow(case: Case, at: datetime) -> tuple[Event, ...]:
    if case.ending.end is not None:
        return growth.follow(case.growth, case.ending, course_of(case), at)
    before = before_remedy(case)
    return (
        joining.follow(case.joining, at)
        or _read_surely(case, at)
        or assignment.follow(case.assignment, case.triage, case.policy, at)
        or allocation.follow(case.allocation, desk_of(case), at)
        or treatment.follow(
            case.treatment, case.policy, opened(case), case.triage, at, emotion=case.contacts.emotion
        )
        or _begin_higher(case, at)
        or guarantee.follow(case.guarantees, around(case), case.targets, at)
        or lesson.follow(case.lessons, learned_of(case), at)
        or wish.follow(case.wishes, case.remedy, at)
        or remedy.follow(case.remedy, before, at)
        or late_refund.follow(around(case), at)
        or saga.follow(case.saga, agreed_of(case), at)
        or _follow_result(case, at)
        or promise.follow(case.promises, seen_of(case), at)
        or _withdrawn_by_staff(case, at)
        or _called_off(case, at)
        or ending.follow(case.ending, course_of(case), at)
    )


def _follow_result(case: Case, at: datetime) -> tuple[Event, ...]:
    if case.ending.withdrawn:
        return ()
    past = past_of(case)
    return (
        retention.follow(case.retention, past.before, case.remedy, case.follow_up, at)
        or happy_call.follow(case.follow_up, past, at)
        or written_form.follow(case.form, case.follow_up, at)
        or after_care.follow(case.after_care, past, bad=bool(case.follow_up.bad), at=at)
    )


def _read_surely(case: Case, at: datetime) -> tuple[Event, ...]:
    """A report of a failure that the rules read surely takes its way at once (R106)."""
    read = read_surely(case.policy, opened(case).opening) if not case.triage.classed else None
    if read is None or case.ending.withdrawn:
        return ()
    classed = triage.read(
        case.triage,
        cause=read.cause,
        product=read.product,
        severity=read.severity,
        safety=read.safety,
        at=at,
    )
    return (classed,)


def _called_off(case: Case, at: datetime) -> tuple[Event, ...]:
    """Departments do not go on working for a complaint that was taken back."""
    return task.called_off(case.tasks, at, "the customer withdrew") if case.ending.withdrawn else ()


def _withdrawn_by_staff(case: Case, at: datetime) -> tuple[Event, ...]:
    """What staff noted counts once nobody contradicted, and never past a request for a supervisor."""
    noted = case.withdrawal
    if not noted.stands or case.supervisor.open or case.ending.withdrawn:
        return ()
    return (ending.WithdrawalRecorded(reason=noted.reason, at=at),)


def _begin_higher(case: Case, at: datetime) -> tuple[Event, ...]:
    """A complaint begins as high as the policy says: after an earlier failure, or by a row of its table."""
    held, applied = case.assignment, case.treatment.applied
    if (
        case.triage.voc_type != "complaint"
        or held.department is None
        or case.result.registered_at is not None
    ):
        return ()
    row = treatment.row_of_level(case.policy, applied) if applied and applied.level > held.level else None
    failure = earlier_failure(case.policy, opened(case), case.triage) if held.level == 0 else None
    clause: str | None
    if row is not None and not (row.failed_before and failure):
        cause, clause = f"treatment:{row.id}", row.clause
        reason = f"by the policy's row {row.id} such a complaint begins at level {row.level}"
    elif failure is not None:
        cause, clause = "earlier_failure", _clause_of_failure(case)
        reason = f"an earlier failure of the same customer on {failure.on}"
    else:
        return ()
    return assignment.escalate(held, case.policy, cause=cause, reason=reason, at=at, clause=clause)


def _clause_of_failure(case: Case) -> str | None:
    return case.policy.repeat_failure.clause if case.policy.repeat_failure else None
