"""The result goes back to those of the staff who heard the customer first: they learn how it ended."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.effect import Effect, NoticeSent, SendNotice
from domain.happy_call import Past
from domain.message import CameBack, EffectSucceeded, Event
from domain.record import Id, Line


class FeedbackDue(Event):
    """These people are told how it ended; whoever registered the result knows it."""

    kind: Literal["feedback_due"] = "feedback_due"
    result: int
    people: tuple[Id, ...]


class FeedbackTold(Event):
    """One of them was told, or could not be."""

    kind: Literal["feedback_told"] = "feedback_told"
    key: Line
    reached: bool


FeedbackEvent = FeedbackDue | FeedbackTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Whom to tell of the result: key and id; and of which result everybody was told."""

    result: int = 0
    waiting: tuple[tuple[str, str], ...] = ()


def follow(feedback: Feedback, past: Past, heard: tuple[str, ...], at: datetime) -> tuple[FeedbackEvent, ...]:
    """Tell them once the customer has the result, and not before."""
    result = past.result
    if not past.before.policy.happy_call.feedback or result.delivered_at is None:
        return ()
    people = tuple(each for each in heard if each != result.registered_by)
    if feedback.result >= result.number or not people:
        return ()
    return (FeedbackDue(result=result.number, people=people, at=at),)


def todo(feedback: Feedback, past: Past, number: str) -> tuple[Effect, ...]:
    """Return the words that have not gone out; they name no score."""
    policy = past.before.policy
    return tuple(
        Effect(
            key=key,
            request=SendNotice(
                template="result_staff",
                wording_hash=policy.wording_hash,
                language=policy.language,
                channel="internal",
                staff=person,
                slots={
                    "number": number,
                    "outcome": OUTCOMES[past.result.outcome or "upheld"][policy.language],
                },
            ),
        )
        for key, person in feedback.waiting
    )


OUTCOMES = {
    "upheld": {"ko": "고객님의 말씀이 맞았습니다", "en": "the customer was right"},
    "partly_upheld": {"ko": "고객님의 말씀이 일부 맞았습니다", "en": "the customer was partly right"},
    "not_upheld": {"ko": "받아들여지지 않았습니다", "en": "the complaint was not upheld"},
}
"""An outcome as staff read it."""


def came_back(fact: CameBack) -> tuple[FeedbackEvent, ...]:
    """Note whether somebody was told; it is not tried again."""
    reached = (
        isinstance(fact, EffectSucceeded) and isinstance(fact.result, NoticeSent) and fact.result.delivered
    )
    return (FeedbackTold(key=fact.key, reached=reached, at=fact.at),)


def evolve(feedback: Feedback, event: FeedbackEvent) -> Feedback:
    """Apply one event of feedback."""
    match event:
        case FeedbackDue(result=result, people=people):
            waiting = tuple(
                (f"feedback:{result}.{place}", person) for place, person in enumerate(people, start=1)
            )
            return Feedback(result=result, waiting=waiting)
        case FeedbackTold(key=key):
            return replace(feedback, waiting=tuple(each for each in feedback.waiting if each[0] != key))
        case _:
            assert_never(event)
