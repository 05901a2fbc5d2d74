"""What each stage may read of the others."""

from collections.abc import Mapping
from datetime import datetime

from domain.allocation import Desk
from domain.case_state import Case, opened
from domain.clocks import Around
from domain.ending import Course
from domain.happy_call import Past
from domain.joining import Standing
from domain.lesson import Learned
from domain.plan import Before
from domain.promise import PromisedFact
from domain.result import Recovery
from domain.saga import Agreed


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
    return Course(
        before=before_remedy(case),
        assignment=case.assignment,
        remedy=case.remedy,
        saga=case.saga,
        result=case.result,
        follow_up=case.follow_up,
        held=case.retention.open,
        held_until=case.retention.settled_at,
    )


def standing_of(case: Case) -> Standing:
    """Return what joining with other cases reads."""
    return Standing(
        case_id=case.id,
        intake=opened(case),
        contacts=case.contacts,
        promises=case.promises,
        supervisor=case.supervisor,
        saga=case.saga,
        ended=case.ending.end is not None,
        same_claim_days=case.policy.same_claim_days,
    )


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
