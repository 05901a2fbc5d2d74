"""Where a follow-up stands, and what each of its events means."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from domain import answer_link
from domain.answer_link import Link, LinkAsked, LinkDelivered, LinkFailed, LinkPrepared, LinkUnanswered
from domain.budget import due_of
from domain.happy_call_events import (
    CallCameLate,
    CallerAssigned,
    CallReported,
    CallUnproved,
    DoubleDeviation,
    FollowUpGivenUp,
    HappyCallAnswered,
    HappyCallBegun,
    HappyCallEvent,
    HappyCallMissed,
    ScoreSolicited,
)
from domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How far the follow-up of the present round is.

    Attributes:
        attempts: calls that count, each with the call centre's reference.
        failed: attempts that were never made.
        tried_at: when each attempt began.
        reported: key and reference of a call that its caller reported and that is being asked for.
        answers: kept for the view, which shows them to a supervisor, or after the end.
    """

    round: int = 1
    attempts: int = 0
    failed: int = 0
    key: str | None = None
    caller: str | None = None
    questions: tuple[str, ...] = ()
    next_at: datetime | None = None
    answered_at: datetime | None = None
    bad: tuple[str, ...] = ()
    given_up: str | None = None
    assigned: str | None = None
    tried_at: tuple[datetime, ...] = ()
    references: tuple[str, ...] = ()
    reported: tuple[str, str] | None = None
    reports: int = 0
    link: Link | None = None
    answers: tuple[tuple[str, int], ...] = ()
    solicited: bool = False

    @property
    def over(self) -> bool:
        """Whether the customer answered, or nobody asks any more."""
        return self.answered_at is not None or self.given_up is not None

    @property
    def good(self) -> bool:
        """Whether the customer said that it was put right."""
        return self.answered_at is not None and not self.bad


LinkOfCall = LinkPrepared | LinkDelivered | LinkFailed | LinkAsked | LinkUnanswered


def evolve(follow_up: FollowUp, event: HappyCallEvent | LinkOfCall) -> FollowUp:
    """Apply one event of the follow-up."""
    match event:
        case CallerAssigned(caller=caller):
            return replace(follow_up, assigned=caller)
        case CallReported(key=key, reference=reference):
            return replace(follow_up, reported=(key, reference), reports=follow_up.reports + 1)
        case CallUnproved():
            return replace(follow_up, reported=None)
        case HappyCallBegun(key=key, caller=caller, questions=questions, at=at):
            tried = (*follow_up.tried_at, at)
            return replace(
                follow_up, key=key, caller=caller, questions=questions, next_at=None, tried_at=tried
            )
        case HappyCallMissed(counted=counted, again_at=again, reference=reference):
            return replace(
                _with(follow_up, reference),
                attempts=follow_up.attempts + counted,
                failed=follow_up.failed + (not counted),
                next_at=again,
            )
        case HappyCallAnswered(bad=bad, at=at, way=way, answers=answers, reference=reference):
            return replace(
                _with(follow_up, reference),
                attempts=follow_up.attempts + (way == "call"),
                answered_at=at,
                bad=bad,
                answers=tuple(answers.items()),
                link=answer_link.closed(follow_up.link),
            )
        case ScoreSolicited():
            return replace(follow_up, solicited=True)
        case DoubleDeviation() | CallCameLate():
            return follow_up
        case FollowUpGivenUp(why=why):
            return replace(_with(follow_up, None), given_up=why, link=answer_link.closed(follow_up.link))
        case LinkPrepared() | LinkDelivered() | LinkFailed() | LinkAsked() | LinkUnanswered():
            return replace(follow_up, link=answer_link.evolve(follow_up.link, event))
        case _:
            assert_never(event)


def _with(follow_up: FollowUp, reference: str | None) -> FollowUp:
    """Return the follow-up with nothing in flight, and the reference of a call that counts."""
    known = (*follow_up.references, reference) if reference else follow_up.references
    return replace(follow_up, key=None, reported=None, references=known)


def reopen_until(follow_up: FollowUp, policy: Policy) -> datetime | None:
    """Return when the reopen window of a good answer ends."""
    if not follow_up.good or follow_up.answered_at is None:
        return None
    return due_of(policy.reopen_window, policy.calendar, follow_up.answered_at)
