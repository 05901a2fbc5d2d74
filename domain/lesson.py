"""What a case teaches (cause, pay-out, suggestion), passed on to the request that answers for it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from domain.assignment import Assignment, route
from domain.effect import Effect, ImprovementJoined, ReportLesson
from domain.ending import Ending
from domain.guarantee import Guarantees
from domain.message import CameBack, EffectSucceeded, Event
from domain.plan import Before
from domain.record import Id, Line
from domain.result import Result
from domain.theme import UNNAMED, LikeCase, Rulebook, Theme, rulebook_of

PATIENCE = timedelta(days=30)
"""Only the workflow server itself is asked, so it is asked as long as anything runs at all."""


class LessonNoted(Event):
    """The case is one of its kind; the department that can change that will hear of it."""

    kind: Literal["lesson_noted"] = "lesson_noted"
    number: int
    mark: Line
    theme: Theme
    case: LikeCase


class LessonPassedOn(Event):
    """It was counted with its like."""

    kind: Literal["lesson_passed_on"] = "lesson_passed_on"
    key: Line
    improvement: Id


class LessonNotPassedOn(Event):
    """Nobody could take it."""

    kind: Literal["lesson_not_passed_on"] = "lesson_not_passed_on"
    key: Line
    why: Literal["refused", "unknown"]


LessonEvent = LessonNoted | LessonPassedOn | LessonNotPassedOn


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson that has not been passed on yet."""

    key: str
    theme: Theme
    case: LikeCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What was noted, what is on its way, and which requests it went to."""

    marks: tuple[str, ...] = ()
    waiting: tuple[Lesson, ...] = ()
    improvements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What the stages before this one know."""

    case_id: str
    before: Before
    assignment: Assignment
    result: Result
    guarantees: Guarantees
    ending: Ending


def follow(lessons: Lessons, learned: Learned, at: datetime) -> tuple[LessonNoted, ...]:
    """Note what became known: the cause of an upheld complaint, a pay-out, an answered suggestion."""
    if learned.before.policy.improvement is None or learned.assignment.department is None:
        return ()
    for mark, theme, flags in (*_of_result(learned), *_of_guarantees(learned), *_of_suggestion(learned)):
        if mark not in lessons.marks:
            case = _like_case(learned, flags, at)
            return (LessonNoted(number=len(lessons.marks) + 1, mark=mark, theme=theme, case=case, at=at),)
    return ()


Found = tuple[tuple[str, Theme, dict[str, bool]], ...]


def _of_result(learned: Learned) -> Found:
    """A complaint that was not upheld shows no fault; nor does an opening by which nothing was wrong."""
    cause, outcome = learned.result.cause, learned.result.outcome
    if cause is None or outcome not in ("upheld", "partly_upheld"):
        return ()
    return ((f"result:{cause}", _fault(learned, cause), {}),)


def _of_guarantees(learned: Learned) -> Found:
    cause = learned.before.triage.cause
    return tuple(
        (f"payout:{each}", _fault(learned, cause or f"guarantee {each}"), {"payout": True})
        for each in learned.guarantees.broken
    )


def _of_suggestion(learned: Learned) -> Found:
    triage, ending = learned.before.triage, learned.ending
    if triage.voc_type != "suggestion" or ending.answer_outcome is None:
        return ()
    theme = Theme(
        kind="suggestion",
        department=learned.assignment.department or learned.before.policy.fallback_department,
        product=triage.product or UNNAMED,
        cause=ending.feature or UNNAMED,
    )
    return ((f"suggestion:{ending.answer_outcome}", theme, {"adopted": ending.answer_outcome == "adopted"}),)


def _fault(learned: Learned, cause: str) -> Theme:
    """Name the department that the rules hold answerable for this cause, whoever handled the case."""
    policy, triage = learned.before.policy, learned.before.triage
    answerable = route((), replace(triage, cause=cause), policy).department
    return Theme(kind="fault", department=answerable, product=triage.product or UNNAMED, cause=cause)


def _like_case(learned: Learned, flags: dict[str, bool], at: datetime) -> LikeCase:
    intake = learned.before.intake
    return LikeCase(
        case_id=learned.case_id,
        registered_at=at,
        failed_at=intake.opening.raised_at or intake.received_at,
        safety=learned.before.triage.safety,
        partner=intake.customer.customer_id if intake.customer and intake.relation == "partner" else None,
        **flags,
    )


def todo(lessons: Lessons, before: Before) -> tuple[Effect, ...]:
    """Return the lessons that nobody has taken yet."""
    rules = before.policy.improvement
    if rules is None:
        return ()
    books: dict[str, Rulebook] = {
        each.theme.department: rulebook_of(before.policy, rules, each.theme.department)
        for each in lessons.waiting
    }
    return tuple(
        Effect(
            key=each.key,
            request=ReportLesson(theme=each.theme, case=each.case, book=books[each.theme.department]),
            patience=PATIENCE,
        )
        for each in lessons.waiting
    )


def came_back(fact: CameBack) -> tuple[LessonEvent, ...]:
    """Say whether somebody took it."""
    match fact:
        case EffectSucceeded(result=ImprovementJoined(improvement=improvement)):
            return (LessonPassedOn(key=fact.key, improvement=improvement, at=fact.at),)
        case _:
            why: Literal["refused", "unknown"] = "refused" if fact.kind == "effect_refused" else "unknown"
            return (LessonNotPassedOn(key=fact.key, why=why, at=fact.at),)


def evolve(lessons: Lessons, event: LessonEvent) -> Lessons:
    """Apply one event."""
    match event:
        case LessonNoted(number=number, mark=mark, theme=theme, case=case):
            waiting = Lesson(key=f"lesson:{number}", theme=theme, case=case)
            return replace(lessons, marks=(*lessons.marks, mark), waiting=(*lessons.waiting, waiting))
        case LessonPassedOn(key=key, improvement=improvement):
            known = dict.fromkeys((*lessons.improvements, improvement))
            return replace(_without(lessons, key), improvements=tuple(known))
        case LessonNotPassedOn(key=key):
            return _without(lessons, key)
        case _:
            assert_never(event)


def _without(lessons: Lessons, key: str) -> Lessons:
    return replace(lessons, waiting=tuple(each for each in lessons.waiting if each.key != key))
