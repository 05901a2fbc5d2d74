"""The happy call (해피콜): asks, after everything, whether it was really put right."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.actor import Role
from domain.assignment import Assignment
from domain.budget import due_of
from domain.effect import CallMade, Effect, PlaceCall
from domain.hours import contact_window
from domain.message import CameBack, Deadline, EffectSucceeded, Event
from domain.plan import Before
from domain.policy import Policy
from domain.record import Id, Instant, Line, Text
from domain.result import Result

JUSTICE = ("outcome_fair", "process_fair", "treatment_fair")
"""Questions on the three justice dimensions, 1-7."""


class HappyCallBegun(Event):
    """An attempt is being made, by somebody who took no part in the case."""

    kind: Literal["happy_call_begun"] = "happy_call_begun"
    attempt: int
    key: Line
    caller: Id
    questions: tuple[Line, ...]


class HappyCallMissed(Event):
    """Nobody answered, or the attempt could not be made (`counted` is false); tried again at `again_at`."""

    kind: Literal["happy_call_missed"] = "happy_call_missed"
    attempt: int
    counted: bool
    reference: Line | None
    again_at: Instant | None


class HappyCallAnswered(Event):
    """The customer answered; `bad` says why it was not put right, empty where it was."""

    kind: Literal["happy_call_answered"] = "happy_call_answered"
    attempt: int
    reference: Line
    answers: dict[str, int]
    verbatim: Text
    bad: tuple[Line, ...]


class FollowUpGivenUp(Event):
    """Nobody can say whether it was put right: this is unconfirmed, never satisfied."""

    kind: Literal["follow_up_given_up"] = "follow_up_given_up"
    why: Literal["unreachable", "declined", "no_consent"]


HappyCallEvent = HappyCallBegun | HappyCallMissed | HappyCallAnswered | FollowUpGivenUp


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How far the follow-up of the present round is."""

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

    @property
    def over(self) -> bool:
        """Whether the customer answered, or nobody asks any more."""
        return self.answered_at is not None or self.given_up is not None

    @property
    def good(self) -> bool:
        """Whether the customer said that it was put right."""
        return self.answered_at is not None and not self.bad


def is_due(result: Result) -> bool:
    """A final position gets an appeal window instead of a call (a call on clarity comes with issue 7)."""
    return result.delivered_at is not None and not result.final


def follow(follow_up: FollowUp, before: Before, result: Result, at: datetime) -> tuple[HappyCallEvent, ...]:
    """A customer who does not want calls is not called."""
    customer = before.intake.customer
    if is_due(result) and not follow_up.over and customer and not customer.consent_to_calls:
        return (FollowUpGivenUp(why="no_consent", at=at),)
    return ()


def deadlines(follow_up: FollowUp, before: Before, result: Result) -> tuple[Deadline, ...]:
    """Return when the next attempt is due."""
    if follow_up.over or follow_up.key is not None or result.delivered_at is None or not is_due(result):
        return ()
    due = follow_up.next_at or contact_window(before, result.delivered_at + before.policy.happy_call.delay)
    return (Deadline(name=f"happy_call/attempt:{follow_up.attempts + follow_up.failed + 1}", due=due),)


def caller_of(policy: Policy, assignment: Assignment, attempt: int) -> str | None:
    """Return a happy caller who never owned the case; None where the policy has none left."""
    free = [
        person.id
        for person in policy.people
        if Role.HAPPY_CALLER in person.roles and person.id not in assignment.owners
    ]
    return free[attempt % len(free)] if free else None


def lapse(
    follow_up: FollowUp, before: Before, assignment: Assignment, deadline: Deadline, at: datetime
) -> tuple[HappyCallEvent, ...]:
    """Begin an attempt; the order of questions turns with each."""
    attempt = follow_up.attempts + 1
    caller = caller_of(before.policy, assignment, attempt)
    if caller is None:
        return (FollowUpGivenUp(why="unreachable", due=deadline.due, at=at),)
    questions = before.policy.happy_call.questions
    turn = attempt % len(questions)
    begun = HappyCallBegun(
        attempt=attempt,
        key=f"happy-call:{follow_up.round}.{deadline.name.rpartition(':')[2]}",
        caller=caller,
        questions=(*questions[turn:], *questions[:turn]),
        due=deadline.due,
        at=at,
    )
    return (begun,)


def todo(follow_up: FollowUp, before: Before) -> tuple[Effect, ...]:
    """Return the attempt in flight."""
    if follow_up.key is None or follow_up.caller is None:
        return ()
    request = PlaceCall(
        caller=follow_up.caller,
        contact=before.intake.opening.contact,
        language=before.intake.language,
        attempt=follow_up.attempts + 1,
        questions=follow_up.questions,
    )
    return (Effect(key=follow_up.key, request=request),)


def came_back(follow_up: FollowUp, before: Before, fact: CameBack) -> tuple[HappyCallEvent, ...]:
    """Say what an attempt brought; only one with the call centre's reference counts."""
    attempt = follow_up.attempts + 1
    match fact:
        case EffectSucceeded(result=CallMade(outcome="answered") as call):
            answered = HappyCallAnswered(
                attempt=attempt,
                reference=call.reference,
                answers=call.answers,
                verbatim=call.verbatim,
                bad=faults(call.answers, before.policy.happy_call.cut_off),
                at=fact.at,
            )
            return (answered,)
        case EffectSucceeded(result=CallMade(outcome="declined")):
            return (FollowUpGivenUp(why="declined", at=fact.at),)
        case EffectSucceeded(result=CallMade(reference=reference)):
            return _missed(follow_up, before, fact.at, reference)
        case _:
            return _missed(follow_up, before, fact.at, None)


def faults(answers: dict[str, int], cut_off: int) -> tuple[str, ...]:
    """Return what makes an answer bad: not gone, came back, or a justice score at or below the cut-off."""
    found = ["problem_not_gone"] if answers.get("problem_gone") == 0 else []
    found += ["came_back"] if answers.get("came_back") == 1 else []
    found += [name for name in JUSTICE if name in answers and answers[name] <= cut_off]
    return tuple(found)


def _missed(
    follow_up: FollowUp, before: Before, at: datetime, reference: str | None
) -> tuple[HappyCallEvent, ...]:
    rules = before.policy.happy_call
    counted = reference is not None
    made = follow_up.attempts + counted
    # An attempt that the call centre never made does not count, yet it may not go on for ever either.
    exhausted = made >= rules.attempts or follow_up.failed + (not counted) > 2 * rules.attempts
    again = None if exhausted else contact_window(before, at + rules.apart)
    missed = HappyCallMissed(
        attempt=follow_up.attempts + 1, counted=counted, reference=reference, again_at=again, at=at
    )
    return (missed, FollowUpGivenUp(why="unreachable", at=at)) if exhausted else (missed,)


def evolve(follow_up: FollowUp, event: HappyCallEvent) -> FollowUp:
    """Apply one event of the follow-up."""
    match event:
        case HappyCallBegun(key=key, caller=caller, questions=questions):
            return replace(follow_up, key=key, caller=caller, questions=questions, next_at=None)
        case HappyCallMissed(counted=counted, again_at=again):
            return replace(
                follow_up,
                key=None,
                attempts=follow_up.attempts + counted,
                failed=follow_up.failed + (not counted),
                next_at=again,
            )
        case HappyCallAnswered(bad=bad, at=at):
            return replace(follow_up, key=None, attempts=follow_up.attempts + 1, answered_at=at, bad=bad)
        case FollowUpGivenUp(why=why):
            return replace(follow_up, key=None, given_up=why)
        case _:
            assert_never(event)


def reopen_until(follow_up: FollowUp, policy: Policy) -> datetime | None:
    """Return when the reopen window of a good answer ends."""
    if not follow_up.good or follow_up.answered_at is None:
        return None
    return due_of(policy.reopen_window, policy.calendar, follow_up.answered_at)
