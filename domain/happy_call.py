"""The happy call (해피콜): asks, after everything, whether it was really put right.

Calls come first, then an answer link, then *unconfirmed*. When and by whom it is called is in
call_attempts, what is asked in questions, how a link works in answer_link.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain import answer_link
from domain.answer_link import LinkDelivered, is_ours
from domain.assignment import Assignment
from domain.call_attempts import callers, check_caller, counted_from, permitted
from domain.consent import ContactWithheld, may_call, may_write
from domain.effect import CallMade, Effect, FetchCall, PlaceCall
from domain.happy_call_events import (
    AssignCaller,
    CallCameLate,
    CallerAssigned,
    CallReported,
    CallUnproved,
    DoubleDeviation,
    FollowUpGivenUp,
    HappyCallAnswered,
    HappyCallBegun,
    HappyCallCommand,
    HappyCallEvent,
    HappyCallMissed,
    ReportCall,
    ScoreSolicited,
)
from domain.happy_call_state import FollowUp, evolve, reopen_until
from domain.message import CameBack, Deadline, EffectSucceeded, Event
from domain.plan import Before
from domain.questions import faults, in_order, on_scale, scales_of, seed_of
from domain.refusal import Refused
from domain.result import Result
from domain.saga import Saga

__all__ = [
    "AssignCaller",
    "DoubleDeviation",
    "FollowUp",
    "FollowUpGivenUp",
    "HappyCallAnswered",
    "HappyCallBegun",
    "HappyCallCommand",
    "HappyCallEvent",
    "HappyCallMissed",
    "Past",
    "ReportCall",
    "ScoreSolicited",
    "came_back",
    "deadlines",
    "decide",
    "evolve",
    "faults",
    "follow",
    "is_in_flight",
    "lapse",
    "reopen_until",
    "todo",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the stages before the follow-up know; `worked` are the staff who did anything in the case."""

    before: Before
    assignment: Assignment
    saga: Saga
    result: Result
    worked: tuple[str, ...] = ()


def questions_for(past: Past) -> tuple[str, ...]:
    """Return what is asked: of whom everything was refused, how they were treated and how clear it was."""
    rules = past.before.policy.happy_call
    return rules.refused_questions if past.result.final else rules.questions


def is_due(past: Past) -> bool:
    """A result is followed by a call; a final position only where it refused and the policy asks about it."""
    result = past.result
    refused = result.outcome == "not_upheld" and bool(past.before.policy.happy_call.refused_questions)
    return result.delivered_at is not None and (refused or not result.final)


def _link_plan(follow_up: FollowUp, past: Past) -> answer_link.Plan | None:
    rules = past.before.policy.happy_call.link
    if rules is None:
        return None
    return answer_link.Plan(
        survey="happy_call",
        round=follow_up.round,
        template="follow_up_link",
        questions=questions_for(past),
        allowed=rules.channels,
        open_for=rules.open_for,
        look_every=rules.look_every,
    )


def decide(follow_up: FollowUp, past: Past, command: HappyCallCommand) -> tuple[HappyCallEvent, ...]:
    """Assign a caller, or take a call that was made by hand."""
    policy, at, by = past.before.policy, command.at, command.by
    match command:
        case AssignCaller(to=person):
            check_caller(policy, past.assignment, past.worked, person)
            return () if follow_up.assigned == person else (CallerAssigned(caller=person, at=at, by=by),)
        case ReportCall(reference=None):
            raise Refused(
                "reference: an attempt counts only with the call centre's reference; give it",
                code="no-reference",
            )
        case ReportCall(reference=str(reference)):
            check_caller(policy, past.assignment, past.worked, by.id)
            if reference in follow_up.references:
                raise Refused("reference: this call was counted already; report the next one", code="counted")
            if follow_up.over or not is_due(past):
                raise Refused(
                    "no call is due: nobody has to be asked now; wait until one is", code="no-call-due"
                )
            if is_in_flight(follow_up):
                raise Refused("an attempt is under way; report this one when it is over", code="under-way")
            key = f"call-report:{follow_up.round}.{follow_up.reports + 1}"
            return (CallReported(key=key, reference=reference, at=at, by=by),)
        case _:  # pragma: no cover - the two cases above are all that a report can be
            raise TypeError(command)


def is_in_flight(follow_up: FollowUp) -> bool:
    """Say whether somebody calls, or a link goes out or is looked at, just now."""
    link = follow_up.link
    return (
        follow_up.key is not None
        or follow_up.reported is not None
        or (link is not None and (link.sending or link.asking is not None))
    )


def follow(follow_up: FollowUp, past: Past, at: datetime) -> tuple[HappyCallEvent, ...]:
    """A customer who wants neither calls nor a link is not asked."""
    if not is_due(past) or follow_up.over or is_in_flight(follow_up) or may_call(past.before):
        return ()
    if _link_plan(follow_up, past) is not None and may_write(past.before):
        return ()
    return (FollowUpGivenUp(why="no_consent", at=at),)


def deadlines(follow_up: FollowUp, past: Past) -> tuple[Deadline, ...]:
    """Return when the next attempt is due, or when the link is looked at."""
    start = counted_from(past.result, past.saga)
    if follow_up.over or is_in_flight(follow_up) or start is None or not is_due(past):
        return ()
    link = follow_up.link
    if link is not None:
        looks = (link.look_at,) if link.look_at else ()
        return tuple(Deadline(name=f"happy_call/look:{link.looks + 1}", due=due) for due in looks)
    due = follow_up.next_at or permitted(past.before, start + past.before.policy.happy_call.delay, ())
    return (Deadline(name=f"happy_call/attempt:{follow_up.attempts + follow_up.failed + 1}", due=due),)


def lapse(follow_up: FollowUp, past: Past, deadline: Deadline, at: datetime) -> tuple[Event, ...]:
    """Begin an attempt, or look whether the link was answered; the order of questions varies by a seed."""
    if follow_up.link is not None:
        return (answer_link.lapse(follow_up.link, "happy_call", deadline.due, at),)
    attempt = follow_up.attempts + 1
    if not may_call(past.before):
        withheld = ContactWithheld(
            purpose="happy_call", number=attempt, why="no_consent", due=deadline.due, at=at
        )
        return (withheld, *_written(follow_up, past, at))
    free = callers(past.before.policy, past.assignment, past.worked)
    caller = follow_up.assigned if follow_up.assigned in free else None
    if caller is None and not free:
        return _written(follow_up, past, at, due=deadline.due)
    tries = deadline.name.rpartition(":")[2]
    seed = seed_of(past.before.intake.key_digest, follow_up.round, tries)
    begun = HappyCallBegun(
        attempt=attempt,
        key=f"happy-call:{follow_up.round}.{tries}",
        caller=caller or free[attempt % len(free)],
        questions=in_order(questions_for(past), seed),
        seed=seed,
        due=deadline.due,
        at=at,
    )
    return (begun,)


def _written(
    follow_up: FollowUp, past: Past, at: datetime, *, due: datetime | None = None
) -> tuple[Event, ...]:
    """Calls are used up, or may not be made: a link by the next channel; where none is left, nobody asks."""
    plan = _link_plan(follow_up, past)
    given_up = FollowUpGivenUp(why="unreachable", due=due, at=at)
    if plan is None:
        return (given_up,)
    number = len(follow_up.link.tried) + 1 if follow_up.link else 1
    if not may_write(past.before):
        return (
            ContactWithheld(purpose="answer_link", number=number, why="no_consent", due=due, at=at),
            given_up,
        )
    seed = seed_of(past.before.intake.key_digest, follow_up.round, "link")
    asked = replace(plan, questions=in_order(plan.questions, seed))
    prepared = answer_link.prepare(follow_up.link, asked, past.before, seed=seed, at=at)
    if prepared is None:
        no_channel = ContactWithheld(purpose="answer_link", number=number, why="no_channel", due=due, at=at)
        return (no_channel, given_up)
    return (prepared.model_copy(update={"due": due}),)


def todo(follow_up: FollowUp, past: Past, number: str) -> tuple[Effect, ...]:
    """Return the attempt, the question about a reported one, or the link in flight."""
    before, plan = past.before, _link_plan(follow_up, past)
    if follow_up.reported is not None:
        key, reference = follow_up.reported
        return (Effect(key=key, request=FetchCall(reference=reference)),)
    if follow_up.link is not None and plan is not None and not follow_up.over:
        return answer_link.todo(follow_up.link, plan, before, number)
    if follow_up.key is None or follow_up.caller is None:
        return ()
    request = PlaceCall(
        caller=follow_up.caller,
        contact=before.intake.opening.contact,
        language=before.intake.language,
        attempt=follow_up.attempts + 1,
        questions=follow_up.questions,
        wording_hash=before.policy.wording_hash,
    )
    return (Effect(key=follow_up.key, request=request),)


def came_back(follow_up: FollowUp, past: Past, fact: CameBack) -> tuple[Event, ...]:
    """Say what an attempt brought; only one with the call centre's reference counts."""
    match fact.key.partition(":")[0]:
        case "happy-call-link" | "happy-call-answer":
            return _by_link(follow_up, past, fact)
        case "call-report":
            return _reported(follow_up, past, fact)
        case _:
            call = fact.result if isinstance(fact, EffectSucceeded) else None
            made = call if isinstance(call, CallMade) else None
            if fact.key != follow_up.key:
                reference = made.reference if made else None
                return (CallCameLate(key=fact.key, reference=reference, at=fact.at),)
            return _called(follow_up, past, made, fact.at)


def _called(follow_up: FollowUp, past: Past, call: CallMade | None, at: datetime) -> tuple[Event, ...]:
    if call is None:
        return _missed(follow_up, past, at, None)
    match call.outcome:
        case "answered":
            return _answered(follow_up, past, call, "call", at)
        case "declined":
            return (FollowUpGivenUp(why="declined", at=at),)
        case "no_answer":
            return _missed(follow_up, past, at, call.reference)
        case _:
            assert_never(call.outcome)


def _answered(
    follow_up: FollowUp, past: Past, call: CallMade, way: Literal["call", "link"], at: datetime
) -> tuple[Event, ...]:
    given = on_scale(call.answers)
    bad = faults(given, past.before.policy.happy_call.cut_off)
    answered = HappyCallAnswered(
        attempt=follow_up.attempts + (way == "call"),
        reference=call.reference,
        answers=given,
        verbatim=call.verbatim,
        bad=bad,
        way=way,
        scales=scales_of(given),
        at=at,
    )
    solicited = (ScoreSolicited(reference=call.reference, at=at),) if given.get("solicited") == 1 else ()
    twice = (DoubleDeviation(round=follow_up.round, at=at),) if bad and follow_up.round > 1 else ()
    return (answered, *solicited, *twice)


def _reported(follow_up: FollowUp, past: Past, fact: CameBack) -> tuple[Event, ...]:
    asked = follow_up.reported
    reference = asked[1] if asked and asked[0] == fact.key else None
    call = fact.result if isinstance(fact, EffectSucceeded) else None
    proved = isinstance(call, CallMade) and reference is not None and call.reference == reference
    if not proved or not isinstance(call, CallMade):
        return (CallUnproved(key=fact.key, reference=reference or "unknown", at=fact.at),)
    return _called(follow_up, past, call, fact.at)


def _by_link(follow_up: FollowUp, past: Past, fact: CameBack) -> tuple[Event, ...]:
    link, plan = follow_up.link, _link_plan(follow_up, past)
    if link is None or plan is None or not is_ours(link, fact.key):
        return (CallCameLate(key=fact.key, reference=None, at=fact.at),)
    if fact.key == link.key:
        sent = answer_link.sent(link, plan, fact)
        return (sent,) if isinstance(sent, LinkDelivered) else (sent, *_written(follow_up, past, fact.at))
    given = answer_link.answer_in(link, fact)
    if given is not None and given.state == "declined":
        return (FollowUpGivenUp(why="declined", at=fact.at),)
    if given is not None:
        said = CallMade(
            reference=link.reference or fact.key,
            outcome="answered",
            answers=given.answers,
            verbatim=given.verbatim,
        )
        return _answered(follow_up, past, said, "link", fact.at)
    later = answer_link.unanswered(link, plan, fact)
    return (later,) if later.look_at else (later, FollowUpGivenUp(why="unreachable", at=fact.at))


def _missed(follow_up: FollowUp, past: Past, at: datetime, reference: str | None) -> tuple[Event, ...]:
    rules = past.before.policy.happy_call
    counted = reference is not None
    made = follow_up.attempts + counted
    # An attempt that the call centre never made does not count, yet it may not go on for ever either.
    exhausted = made >= rules.attempts or follow_up.failed + (not counted) > 2 * rules.attempts
    again = None if exhausted else permitted(past.before, at + rules.apart, follow_up.tried_at)
    missed = HappyCallMissed(
        attempt=follow_up.attempts + 1, counted=counted, reference=reference, again_at=again, at=at
    )
    return (missed, *_written(follow_up, past, at)) if exhausted else (missed,)
