"""What the outside world's answers come to."""

from dataclasses import replace

from domain import (
    after_care,
    allocation,
    ending,
    happy_call,
    intake,
    joining,
    learnt,
    lesson,
    remedy,
    result,
    saga,
    staff_news,
    targets,
    treatment,
    withdrawal,
    written_form,
)
from domain.case_reading import agreed_of, before_remedy, desk_of, past_of, standing_of
from domain.case_state import Case
from domain.message import CameBack, Event


def came_back(case: Case, fact: CameBack) -> tuple[Event, ...]:
    """Return what an answer, a refusal or silence about an effect comes to."""
    before = before_remedy(case)
    match fact.key.partition(":")[0]:
        case "acknowledgement" | "customer" | "order":
            return intake.came_back(fact, case.policy)
        case "alert":
            return treatment.came_back(fact)
        case (
            "offer"
            | "offer-reminder"
            | "approval-delay"
            | "authority"
            | "authority-count"
            | "authority-release"
            | "authority-rest"
            | "authority-given"
        ):
            return remedy.came_back(case.remedy, case.policy, fact)
        case "load":
            desk = replace(desk_of(case), summary=_hand_over_summary(case))
            found = allocation.came_back(case.allocation, desk, fact)
            return found[:1] if case.ending.end is not None else found
        case "news":
            return staff_news.came_back(case.staff_news, fact)
        case "result-notice":
            return result.came_back(case.result, fact)
        case "happy-call" | "call-report" | "happy-call-link" | "happy-call-answer":
            return happy_call.came_back(case.follow_up, past_of(case), fact)
        case "servqual-link" | "servqual-answer":
            return written_form.came_back(case.form, before, fact)
        case "reassurance":
            return after_care.came_back(fact)
        case "answer":
            return ending.came_back(fact)
        case "lesson":
            return lesson.came_back(fact)
        case "facts":
            return learnt.came_back(fact)
        case "tell":
            return targets.came_back(fact)
        case "join" | "split":
            return joining.came_back(case.joining, standing_of(case), fact)
        case "withdrawal":
            return withdrawal.came_back(case.policy, fact)
        case _:
            return saga.came_back(case.saga, agreed_of(case), fact)


def _hand_over_summary(case: Case) -> str:
    """Say what whoever takes over must know; the rest stands in the case itself."""
    open_promises = sum(each.state == "open" for each in case.promises.made)
    if case.policy.language == "ko":
        return (
            f"담당자 {case.assignment.owner} 부재로 인계합니다. 분류 {case.triage.voc_type}, "
            f"원인 {case.triage.cause or '미정'}, 심각도 {case.triage.severity}, "
            f"접촉 {case.contacts.count}회, 지켜야 할 약속 {open_promises}건, "
            f"진행 중인 부서 과제 {len(case.tasks.open)}건입니다."
        )
    return (
        f"{case.assignment.owner} is away. A {case.triage.voc_type}, cause {case.triage.cause or 'open'}, "
        f"severity {case.triage.severity}; {case.contacts.count} contacts so far, {open_promises} open "
        f"promises, {len(case.tasks.open)} open tasks of departments."
    )
