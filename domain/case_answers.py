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
from domain.case_reading import (
    agreed_of,
    before_remedy,
    desk_of,
    hand_over_summary,
    is_left,
    past_of,
    standing_of,
)
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
            desk = replace(desk_of(case), summary=hand_over_summary(case))
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
        case "reassurance" | "reassurance-look":
            past, over = past_of(case), is_left(case)
            return after_care.came_back(case.after_care, past, case.remedy, fact, over=over)
        case "answer":
            return ending.came_back(fact)
        case "lesson":
            return lesson.came_back(fact)
        case "facts" | "growth":
            return learnt.came_back(fact)
        case "tell":
            return targets.came_back(fact)
        case "join" | "split" | "joined":
            return joining.came_back(case.joining, standing_of(case), fact)
        case "withdrawal":
            return withdrawal.came_back(case.policy, fact)
        case _:
            return saga.came_back(case.saga, agreed_of(case), fact)
