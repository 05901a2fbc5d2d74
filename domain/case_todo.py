"""What the outside world still owes a case."""

from domain import (
    after_care,
    allocation,
    ending,
    growth,
    happy_call,
    intake,
    joining,
    learnt,
    lesson,
    remedy,
    result,
    saga,
    said,
    staff_news,
    targets,
    treatment,
    withdrawal,
    written_form,
)
from domain.case_reading import agreed_of, around, before_remedy, is_left, past_of
from domain.case_state import Case, opened
from domain.effect import Effect
from domain.notice import Post


def todo(case: Case) -> tuple[Effect, ...]:
    """Return what the outside world still owes this case."""
    if case.version == 0:
        return ()
    before, writes = before_remedy(case), _writes(case)
    return (
        *intake.todo(opened(case), writes),
        *remedy.todo(case.remedy, before, writes),
        *saga.todo(case.saga, agreed_of(case)),
        *result.todo(case.result, case.remedy, before, writes),
        *happy_call.todo(case.follow_up, past_of(case), case.id),
        *written_form.todo(case.form, before, case.id),
        *after_care.todo(case.after_care, past_of(case), writes, over=is_left(case)),
        *ending.todo(case.ending, writes),
        *withdrawal.todo(case.withdrawal, writes, case.id),
        *targets.todo(case.targets, around(case), writes),
        *(allocation.todo(case.allocation) if case.ending.end is None else ()),
        *treatment.todo(case.treatment, case.policy, case.assignment, case.id),
        *joining.todo(case.joining, writes),
        *staff_news.todo(case.staff_news, case.policy, case.id),
        *lesson.todo(case.lessons, before),
        *learnt.todo(case.learnt, case.policy, before.intake, ended=case.ending.end is not None),
        *growth.todo(case.growth, case.policy, before.intake),
    )


def _writes(case: Case) -> Post:
    before = before_remedy(case)
    return Post(
        policy=case.policy,
        language=before.intake.language,
        channel=before.intake.channel,
        contact=before.intake.opening.contact,
        number=case.id,
        says=lambda: said.common(case.policy, before, case.assignment),
    )
