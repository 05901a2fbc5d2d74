"""The ends of a case, each with its conditions; nothing else ends one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import Field, StringConstraints

from domain.actor import REDRESS, Actor
from domain.assignment import Assignment, appoint_reviewer, escalate
from domain.budget import due_of
from domain.effect import Effect, NoticeSent
from domain.happy_call import FollowUp, reopen_until
from domain.intake import Intake
from domain.line_outcome import LineRefusal, in_words, outcomes
from domain.message import CameBack, Command, Deadline, EffectSucceeded, Event
from domain.notice import Post
from domain.plan import Before
from domain.policy import Policy
from domain.prepared import filled
from domain.record import Instant, Letter, Line, Note, Text
from domain.refusal import Refused
from domain.remedy import Remedy, RoundOpened
from domain.result import OutcomeOfCase, Result, ResultRegistered, check_letter
from domain.saga import Saga, cancel, in_flight, past_pivot

End = Literal["recovered", "final_position", "unconfirmed", "withdrawn", "answered", "joined"]


class WithdrawCase(Command):
    """The customer takes the complaint back; nobody else can."""

    kind: Literal["withdraw_case"] = "withdraw_case"
    reason: Line | None = None


class AnswerCase(Command):
    """Answer an inquiry, thank for a compliment, say what becomes of a suggestion.

    Attributes:
        text: the answer in words of one's own, where none is prepared.
        prepared: id of the policy's prepared answer.
        situation: this customer's situation, by the names that the prepared answer asks for.
        feature: what of the product a suggestion concerns; like suggestions are counted together by it.
    """

    kind: Literal["answer_case"] = "answer_case"
    text: Annotated[Letter, StringConstraints(min_length=1)] | None = None
    prepared: Line | None = None
    situation: dict[Line, Note] = Field(default_factory=dict)
    outcome: Literal["answered", "adopted", "held", "declined"] = "answered"
    feature: Line | None = None


class ReopenCase(Command):
    """The customer says, in the reopen window, that it was not put right after all."""

    kind: Literal["reopen_case"] = "reopen_case"
    reason: Line


class AppealCase(Command):
    """The customer contests a final position within the appeal window."""

    kind: Literal["appeal_case"] = "appeal_case"
    reason: Line


class OpenRound(Command):
    """A supervisor opens one exceptional round after the last bounded one failed too."""

    kind: Literal["open_round"] = "open_round"
    reason: Line


class StateFinalPosition(Command):
    """A supervisor states the firm's final position after the bounded rounds; an appeal stays open.

    Attributes:
        clauses: the clauses of the policy on which it rests.
        to_do: what the customer has to do, until `to_do_by`; empty: nothing.
    """

    kind: Literal["state_final_position"] = "state_final_position"
    outcome: OutcomeOfCase
    cause: Line
    summary: Annotated[Letter, StringConstraints(min_length=1)]
    clauses: tuple[Line, ...] = ()
    to_do: Note = ""
    to_do_by: Instant | None = None
    refusals: Annotated[tuple[LineRefusal, ...], Field(max_length=20)] = ()


class WithdrawalRecorded(Event):
    """The customer took the complaint back; what runs is undone first."""

    kind: Literal["withdrawal_recorded"] = "withdrawal_recorded"
    reason: Line | None


class AnswerGiven(Event):
    """The answer of a case that takes the short way; `prepared` is whose text it is, filled in."""

    kind: Literal["answer_given"] = "answer_given"
    number: int
    text: Text
    outcome: Line
    feature: Line | None = None
    prepared: Line | None = None
    situation: dict[Line, Note] = Field(default_factory=dict)


class AnswerNotified(Event):
    """The answer went out; `delivered` by the gateway's word."""

    kind: Literal["answer_notified"] = "answer_notified"
    key: Line
    delivered: bool
    text: Text
    digest: Line | None = None


class AnswerFailed(Event):
    """The answer did not go out, or nobody knows; a person must see to it."""

    kind: Literal["answer_failed"] = "answer_failed"
    key: Line


class CaseEnded(Event):
    """The case came to one of its ends."""

    kind: Literal["case_ended"] = "case_ended"
    end: End


EndingCommand = WithdrawCase | AnswerCase | ReopenCase | AppealCase | OpenRound | StateFinalPosition
EndingEvent = WithdrawalRecorded | AnswerGiven | AnswerNotified | AnswerFailed | CaseEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What leads to the end, and the end."""

    withdrawn: bool = False
    withdrawn_at: datetime | None = None
    answer: str | None = None
    answers: int = 0
    answer_key: str | None = None
    answer_by: str | None = None
    answer_outcome: str | None = None
    feature: str | None = None
    answered_at: datetime | None = None
    answer_failed: bool = False
    end: End | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the stages before the end know.

    Attributes:
        held: whether somebody has to speak to the customer before the case may end: to one who may leave, or
            a supervisor to one who asked for it (R23).
        held_until: when that was last done or given up.
        under_review: a leader still has to look at how the customer was spoken to (R22).
    """

    before: Before
    assignment: Assignment
    remedy: Remedy
    saga: Saga
    result: Result
    follow_up: FollowUp
    held: bool = False
    held_until: datetime | None = None
    under_review: bool = False


def decide(ending: Ending, course: Course, command: EndingCommand) -> tuple[Event, ...]:
    """Withdraw, answer, reopen, appeal, or open an exceptional round."""
    match command:
        case WithdrawCase(reason=reason, at=at, by=by):
            return () if ending.withdrawn else (WithdrawalRecorded(reason=reason, at=at, by=by),)
        case AnswerCase():
            return _answer(ending, course, command)
        case ReopenCase(reason=reason):
            if not course.follow_up.good:
                raise Refused(
                    "there is no good answer to take back; add to the case instead", code="not-closed"
                )
            return _round(course, "customer", reason=reason, at=command.at, by=command.by)
        case AppealCase(reason=reason):
            if not (course.result.final and course.result.delivered_at):
                raise Refused(
                    "there is no final position to appeal against; add to the case instead",
                    code="no-final-position",
                )
            return _round(course, "appeal", reason=reason, at=command.at, by=command.by)
        case OpenRound():
            return _exceptional(course, command)
        case StateFinalPosition():
            return _final(course, command)
        case _:
            assert_never(command)


Cause = Literal["happy_call", "customer", "appeal", "supervisor"]


def _round(
    course: Course, cause: Cause, *, reason: str, at: datetime, by: Actor = REDRESS
) -> tuple[Event, ...]:
    """Open the next round in higher hands; an appeal goes to somebody who took no part."""
    opened = RoundOpened(round=course.remedy.round + 1, cause=cause, reason=reason, at=at, by=by)
    policy = course.before.policy
    if cause == "appeal":
        part = (*course.remedy.people, *filter(None, (course.result.registered_by,)))
        return (opened, *appoint_reviewer(course.assignment, policy, reason="appeal", at=at, part=part))
    moved = escalate(course.assignment, policy, cause=f"round:{cause}", reason=reason, at=at)
    return (opened, *moved)


def _exceptional(course: Course, command: OpenRound) -> tuple[Event, ...]:
    if not dissatisfied_for_good(course) or course.result.final:
        raise Refused(
            "the bounded rounds are not used up; register a result, or wait for the follow-up", code="round"
        )
    if course.remedy.round > course.before.policy.max_rounds:
        raise Refused("the one exceptional round was used; state the final position", code="round")
    return _round(course, "supervisor", reason=command.reason, at=command.at, by=command.by)


def _final(course: Course, command: StateFinalPosition) -> tuple[Event, ...]:
    if course.result.final:
        return ()
    if not dissatisfied_for_good(course):
        raise Refused("the bounded rounds are not used up; register a result instead", code="round")
    policy = course.before.policy
    if command.cause not in policy.causes:
        raise Refused(f"cause: use one of {', '.join(policy.causes)}", code="cause")
    check_letter(policy, command.clauses, command.to_do, command.to_do_by)
    lines = outcomes(course.before, course.remedy, command.refusals)
    registered = ResultRegistered(
        number=course.result.number + 1,
        outcome=command.outcome,
        cause=command.cause,
        summary=command.summary,
        final=True,
        clauses=command.clauses,
        to_do=command.to_do,
        to_do_by=command.to_do_by,
        department=course.assignment.department,
        policy=f"{policy.name}/{policy.version}",
        lines=lines,
        decided=in_words(lines, policy, course.before.intake.language),
        at=command.at,
        by=command.by,
    )
    return (registered,)


def dissatisfied_for_good(course: Course) -> bool:
    """Say whether the customer is still dissatisfied after the last bounded round."""
    return bool(course.follow_up.bad) and course.remedy.round >= course.before.policy.max_rounds


def _answer(ending: Ending, course: Course, command: AnswerCase) -> tuple[EndingEvent, ...]:
    triage = course.before.triage
    if not triage.classed or triage.voc_type == "complaint":
        raise Refused(
            "only inquiries, compliments and suggestions are answered; triage it first", code="short-way"
        )
    text = answer_in_words(course.before.policy, course.before.intake, command)
    if ending.answer == text and not ending.answer_failed:
        return ()
    if ending.answer is not None and not ending.answer_failed:
        raise Refused("it is answered already; add further words to the case (add_to_case)", code="answered")
    if triage.voc_type == "suggestion" and command.outcome == "answered":
        raise Refused("outcome: a suggestion is adopted, held or declined: use one of these", code="outcome")
    given = AnswerGiven(
        number=ending.answers + 1,
        text=text,
        outcome=command.outcome,
        feature=command.feature,
        prepared=command.prepared,
        situation=command.situation,
        at=command.at,
        by=command.by,
    )
    return (given,)


def answer_in_words(policy: Policy, intake: Intake, command: AnswerCase) -> str:
    """Return the words of an answer: one's own, or a prepared answer about this customer's situation.

    Raises:
        Refused: there are none, or both, or something of the situation is missing.
    """
    if command.prepared is not None and command.text is None:
        return filled(policy, command.prepared, command.situation, intake.language)
    if command.text is None or command.prepared is not None:
        raise Refused("text: give your own words, or `prepared` with its `situation`", code="answer")
    return command.text


def follow(ending: Ending, course: Course, at: datetime) -> tuple[Event, ...]:
    """A bad happy call opens the next round; conditions that hold end the case."""
    if ending.end is not None:
        return ()
    if ending.withdrawn:
        return _after_withdrawal(course, at)
    if ending.answered_at is not None and course.before.triage.voc_type != "complaint" and not course.held:
        return (CaseEnded(end="answered", at=at),)
    if course.follow_up.given_up is not None and not course.result.final and not course.held:
        return (CaseEnded(end="unconfirmed", at=at),)
    if course.follow_up.bad and not dissatisfied_for_good(course):
        return _round(course, "happy_call", reason=", ".join(course.follow_up.bad), at=at)
    return ()


def _after_withdrawal(course: Course, at: datetime) -> tuple[Event, ...]:
    """Give the remedy up where that still can be; the case ends when nothing is on its way or in review."""
    if _at_rest(course.saga):
        return () if course.under_review else (CaseEnded(end="withdrawn", at=at),)
    if past_pivot(course.saga):
        return ()
    return cancel(course.saga, reason="the customer withdrew the complaint", at=at, by=REDRESS)


def _at_rest(saga: Saga) -> bool:
    """A withdrawn case ends when nothing of its remedy is on its way, forward or back."""
    return saga.number == 0 or (in_flight(saga) is None and saga.stage in ("completed", "compensated"))


def deadlines(ending: Ending, course: Course) -> tuple[Deadline, ...]:
    """The reopen window after a good answer, the appeal window after a final position."""
    if ending.end is not None or ending.withdrawn or course.held:
        return ()
    policy, result = course.before.policy, course.result
    reopen = None if result.final else reopen_until(course.follow_up, policy)
    if reopen is not None:
        return (_window("reopen", course, reopen),)
    if result.final and result.delivered_at is not None:
        due = due_of(policy.appeal_window, policy.calendar, result.delivered_at)
        return (_window("appeal", course, due),) if due else ()
    return ()


def _window(name: str, course: Course, due: datetime) -> Deadline:
    """A window that passed while somebody still had to speak to the customer closes once that is settled."""
    return Deadline(
        name=f"ending/{name}-window:{course.remedy.round}", due=max(due, course.held_until or due)
    )


def lapse(deadline: Deadline, at: datetime) -> tuple[EndingEvent, ...]:
    """A window that closed ends the case."""
    end: End = "recovered" if deadline.name.startswith("ending/reopen") else "final_position"
    return (CaseEnded(end=end, due=deadline.due, at=at),)


def todo(ending: Ending, post: Post) -> tuple[Effect, ...]:
    """Return the answer's words while they have not gone out."""
    if ending.answer_key is None or ending.answer is None:
        return ()
    return (post.notice(ending.answer_key, "answer", {"answer": ending.answer}),)


def came_back(fact: CameBack) -> tuple[EndingEvent, ...]:
    """Say what became of the answer."""
    match fact:
        case EffectSucceeded(result=NoticeSent() as sent):
            notified = AnswerNotified(
                key=fact.key, delivered=sent.delivered, text=sent.text, digest=sent.digest, at=fact.at
            )
            return (notified,)
        case _:
            return (AnswerFailed(key=fact.key, at=fact.at),)


def evolve(ending: Ending, event: EndingEvent) -> Ending:
    """Apply one event of the ending."""
    match event:
        case WithdrawalRecorded():
            return replace(ending, withdrawn=True, withdrawn_at=event.at)
        case AnswerGiven(number=number, text=text, by=by, outcome=outcome, feature=feature):
            return replace(
                ending,
                answer=text,
                answers=number,
                answer_key=f"answer:{number}",
                answer_by=by.id,
                answer_outcome=outcome,
                feature=feature,
                answer_failed=False,
            )
        case AnswerNotified(delivered=delivered, at=at):
            answered = at if delivered else None
            return replace(ending, answer_key=None, answered_at=answered, answer_failed=not delivered)
        case AnswerFailed():
            return replace(ending, answer_key=None, answer_failed=True)
        case CaseEnded(end=end, at=at):
            return replace(ending, end=end, ended_at=at, answer_key=None)
        case _:
            assert_never(event)
