"""What each stage may read of the others."""

from collections.abc import Mapping
from datetime import datetime

from domain import heat
from domain.allocation import Desk
from domain.case_state import Case, opened
from domain.clocks import Around
from domain.ending import Course
from domain.happy_call import Past
from domain.joining import Standing
from domain.latest import of_the_latest
from domain.lesson import Learned
from domain.plan import Before
from domain.promise import PromisedFact
from domain.result import Recovery
from domain.saga import Agreed


@of_the_latest
def before_remedy(case: Case) -> Before:
    """Return what the stages before the remedy know."""
    return Before(
        policy=case.policy,
        intake=opened(case),
        triage=case.triage,
        contacts=case.contacts,
        treatment=case.treatment.applied,
        exemptions=case.exemptions,
    )


def desk_of(case: Case) -> Desk:
    """Return what giving the case to somebody reads."""
    return Desk(
        policy=case.policy,
        triage=case.triage,
        assignment=case.assignment,
        claimed=opened(case).opening.claimed,
        upset=None if is_left(case) else heat.upset_of(case.heat, case.policy),
    )


AWAY = ("부재로 인계합니다", "is away")
CLASSED_ANEW = ("담당 건을 다시 분류하여 인계합니다", "classed it anew, so it goes to another department")


def hand_over_summary(case: Case, why: tuple[str, str] = AWAY) -> str:
    """Say what whoever takes over must know; the rest stands in the case itself."""
    open_promises = sum(each.state == "open" for each in case.promises.made)
    if case.policy.language == "ko":
        return (
            f"담당자 {case.assignment.owner}: {why[0]}. 분류 {case.triage.voc_type}, "
            f"원인 {case.triage.cause or '미정'}, 심각도 {case.triage.severity}, "
            f"접촉 {case.contacts.count}회, 지켜야 할 약속 {open_promises}건, "
            f"진행 중인 부서 과제 {len(case.tasks.open)}건입니다."
        )
    return (
        f"{case.assignment.owner} {why[1]}. A {case.triage.voc_type}, cause {case.triage.cause or 'open'}, "
        f"severity {case.triage.severity}; {case.contacts.count} contacts so far, {open_promises} open "
        f"promises, {len(case.tasks.open)} open tasks of departments."
    )


def agreed_of(case: Case) -> Agreed:
    """Return what the customer agreed to, and of which order."""
    intake_ = opened(case)
    order_id = intake_.order.order_id if intake_.order else intake_.opening.order_id
    return Agreed(
        policy=case.policy,
        proposal=case.remedy.proposal,
        order=intake_.order,
        order_id=order_id or "unknown",
        contacts=case.contacts,
    )


def recovery_of(case: Case) -> Recovery:
    """Return what a result reads."""
    return Recovery(
        before=before_remedy(case), remedy=case.remedy, saga=case.saga, department=case.assignment.department
    )


def past_of(case: Case) -> Past:
    """Return what lies behind a follow-up."""
    return Past(
        before=before_remedy(case),
        assignment=case.assignment,
        saga=case.saga,
        result=case.result,
        worked=case.took_part.worked,
    )


def course_of(case: Case) -> Course:
    """Return what the end of the case reads."""
    settled = (case.retention.settled_at, case.supervisor.settled_at)
    return Course(
        before=before_remedy(case),
        assignment=case.assignment,
        remedy=case.remedy,
        saga=case.saga,
        result=case.result,
        follow_up=case.follow_up,
        held=case.retention.open or case.supervisor.open or case.tasks.under_review,
        held_until=max(filter(None, settled), default=None),
        under_review=case.tasks.under_review,
    )


def standing_of(case: Case) -> Standing:
    """Return what joining with other cases reads."""
    return Standing(
        case_id=case.id,
        intake=opened(case),
        triage=case.triage,
        currency=case.policy.currency,
        claims=case.result.registered_at is None and case.ending.end is None,
        remedy=case.remedy,
        contacts=case.contacts,
        promises=case.promises,
        supervisor=case.supervisor,
        saga=case.saga,
        ended=case.ending.end is not None,
        same_claim_days=case.policy.same_claim_days,
    )


@of_the_latest
def around(case: Case) -> Around:
    """Return what the targets read."""
    return Around(
        before=before_remedy(case),
        assignment=case.assignment,
        remedy=case.remedy,
        saga=case.saga,
        result=case.result,
        ending=case.ending,
        allocation=case.allocation,
        extended=case.targets.extended,
        updates_missed=case.targets.updates_missed,
        update_from=case.targets.update_from,
        amended_at=case.amended_at,
        treated_at=case.treatment.changed_at,
        heat=case.heat,
    )


def learned_of(case: Case) -> Learned:
    """Return what a lesson reads."""
    return Learned(
        case_id=case.id,
        before=before_remedy(case),
        assignment=case.assignment,
        result=case.result,
        guarantees=case.guarantees,
        ending=case.ending,
    )


def seen_of(case: Case) -> Mapping[PromisedFact, datetime | None]:
    """Return when what can be promised last came about."""
    told = (talk.happened for talk in case.contacts.talks if talk.outbound and talk.answered)
    return {
        "contact": max(told, default=None),
        "payment": next((s.done_at for s in case.saga.steps if s.name == "payout"), None),
        "result": case.result.delivered_at,
    }


def is_left(case: Case) -> bool:
    """Say whether nobody writes to the customer unasked any more."""
    return case.ending.withdrawn or case.ending.end is not None
