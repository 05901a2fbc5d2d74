"""Service targets beside the life of a case: when each falls due, and what its ladder does, exactly once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.assignment import Assignment, CaseEscalated, escalate
from domain.budget import due_of
from domain.effect import Effect, NoticeSent, SendNotice
from domain.ending import Ending
from domain.ladder import Action, rung_dues
from domain.message import CameBack, Command, Deadline, EffectSucceeded, Event
from domain.policy import Target, TargetName
from domain.record import Id, Line
from domain.remedy import Before, Remedy
from domain.result import Result


class TargetWarned(Event):
    """A rung before the deadline was reached."""

    kind: Literal["target_warned"] = "target_warned"
    target: TargetName
    generation: Line
    rung: int
    actions: tuple[Action, ...]
    clause: Line


class TargetBreached(Event):
    """A target was missed; `late_known` where it was overdue already when it became known."""

    kind: Literal["target_breached"] = "target_breached"
    target: TargetName
    generation: Line
    rung: int
    actions: tuple[Action, ...]
    clause: Line
    late_known: bool


class TargetOverdue(Event):
    """A rung after the deadline was reached."""

    kind: Literal["target_overdue"] = "target_overdue"
    target: TargetName
    generation: Line
    rung: int
    actions: tuple[Action, ...]
    clause: Line


class Told(Event):
    """A member of staff (or the customer) was told about a target, or could not be told."""

    kind: Literal["told"] = "told"
    key: Line
    reached: bool


class LadderParked(Event):
    """A ladder's last rung gave the case to a human."""

    kind: Literal["ladder_parked"] = "ladder_parked"
    target: TargetName


class ResumeCase(Command):
    """A human took note of a case that its ladder parked."""

    kind: Literal["resume_case"] = "resume_case"
    note: Line


class CaseResumed(Event):
    """The case goes on."""

    kind: Literal["case_resumed"] = "case_resumed"
    note: Line


TargetCommand = ResumeCase
Rung = TargetWarned | TargetBreached | TargetOverdue
TargetEvent = TargetWarned | TargetBreached | TargetOverdue | Told | LadderParked | CaseResumed


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something to tell somebody because of a target."""

    key: str
    target: TargetName
    staff: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Which rungs fired (`target:generation:rung`, of a breach its name), and who still has to be told."""

    fired: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    told: int = 0
    parked: TargetName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The stages whose facts start and meet targets."""

    before: Before
    assignment: Assignment
    remedy: Remedy
    result: Result
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One target that runs: from when it counts, and since when that has been known."""

    target: Target
    generation: str
    start: datetime
    since: datetime


def running(around: Around) -> tuple[Running, ...]:
    """Return the targets that run now: started, not met, and the class of the case has them."""
    if around.ending.end is not None or around.ending.withdrawn:
        return ()
    return tuple(_running(around))


def _running(around: Around) -> Iterator[Running]:
    triage, policy = around.before.triage, around.before.policy
    known = max(filter(None, (around.before.intake.opened_at, triage.classed_at)))
    for name, generation, start, met in _standings(around):
        target = policy.target(name, triage.voc_type or "complaint", triage.severity)
        if target is not None and start is not None and met is None:
            yield Running(target=target, generation=generation, start=start, since=max(known, start))


Standing = tuple[TargetName, str, datetime | None, datetime | None]


def _standings(around: Around) -> tuple[Standing, ...]:
    """For each target: its name, generation, start and what met it."""
    intake, contacts, result = around.before.intake, around.before.contacts, around.result
    answered = around.ending.answered_at
    # The answer to an inquiry does not resolve the complaint that it turned into (clock rule 15).
    resolved = result.delivered_at or (None if around.before.triage.voc_type == "complaint" else answered)
    resolve_start = around.remedy.round_at or intake.received_at
    return (
        ("acknowledge", "1", intake.received_at, intake.acknowledged_at),
        (
            "accept",
            str(around.assignment.asks),
            around.assignment.assigned_at,
            around.assignment.accepted_at,
        ),
        ("first_response", "1", intake.received_at, contacts.first_response_at or answered),
        ("resolve", str(around.remedy.round), resolve_start, resolved),
        ("result_notice", str(result.number), result.registered_at, result.delivered_at),
    )


def deadlines(targets: Targets, around: Around) -> tuple[Deadline, ...]:
    """Return every rung that has not fired yet, of every target that runs."""
    pauses = around.before.contacts.pauses
    calendar = around.before.policy.calendar
    return tuple(
        Deadline(name=f"targets/{each.target.name}:{each.generation}:{index}", due=due)
        for each in running(around)
        for index, due in _open_rungs(
            targets, each, rung_dues(each.target.ladder, each.target.budget, calendar, each.start, pauses)
        )
    )


def _open_rungs(
    targets: Targets, each: Running, dues: tuple[tuple[int, datetime], ...]
) -> tuple[tuple[int, datetime], ...]:
    """Leave out what fired, and what had passed before it was known, except the breach (clock rule 14)."""
    return tuple(
        (index, due)
        for index, due in dues
        if _mark(each.target.name, each.generation, _rung_name(each, index)) not in targets.fired
        and (due > each.since or each.target.ladder[index].at == "breach")
    )


def _rung_name(each: Running, index: int) -> int | Literal["breach"]:
    """A breach is one, wherever the ladder of another class has it (clock rule 14)."""
    return "breach" if each.target.ladder[index].at == "breach" else index


def _mark(target: TargetName, generation: str, rung: int | Literal["breach"]) -> str:
    return f"{target}:{generation}:{rung}"


def due_of_target(around: Around, each: Running) -> datetime | None:
    """Return when a running target falls due; None while it is paused."""
    before = around.before
    return due_of(each.target.budget, before.policy.calendar, each.start, before.contacts.pauses)


def lapse(around: Around, deadline: Deadline, at: datetime) -> tuple[TargetEvent | CaseEscalated, ...]:
    """Fire one rung: the event, and the move up if its actions say so."""
    name, generation, index = deadline.name.removeprefix("targets/").split(":")
    each = next(
        each for each in running(around) if each.target.name == name and each.generation == generation
    )
    rung = _rung(each, int(index), deadline, at)
    events: tuple[TargetEvent | CaseEscalated, ...] = (rung,)
    if "escalate" in rung.actions:
        events += escalate(
            around.assignment,
            around.before.policy,
            cause=f"target:{name}",
            reason=f"{name} was missed",
            at=at,
            due=deadline.due,
        )
    if "park" in rung.actions:
        events += (LadderParked(target=rung.target, due=deadline.due, at=at),)
    return events


def _rung(each: Running, index: int, deadline: Deadline, at: datetime) -> Rung:
    rung = each.target.ladder[index]
    if rung.at == "breach":
        return TargetBreached(
            target=each.target.name,
            generation=each.generation,
            rung=index,
            actions=rung.actions,
            clause=each.target.clause,
            late_known=deadline.due <= each.since,
            due=deadline.due,
            at=at,
        )
    kind = TargetWarned if isinstance(rung.at, float) else TargetOverdue
    return kind(
        target=each.target.name,
        generation=each.generation,
        rung=index,
        actions=rung.actions,
        clause=each.target.clause,
        due=deadline.due,
        at=at,
    )


def decide(targets: Targets, command: TargetCommand) -> tuple[TargetEvent, ...]:
    """Let a human take a parked case up again."""
    if targets.parked is None:
        return ()
    return (CaseResumed(note=command.note, at=command.at, by=command.by),)


def todo(targets: Targets, around: Around, number: str) -> tuple[Effect, ...]:
    """Return the words that have not gone out, to staff by the internal channel."""
    return tuple(_word(word, around, number) for word in targets.words)


def _word(word: Word, around: Around, number: str) -> Effect:
    intake, policy = around.before.intake, around.before.policy
    to_customer = word.staff is None
    request = SendNotice(
        template="delay" if to_customer else "target_staff",
        wording_hash=policy.wording_hash,
        language=intake.language if to_customer else policy.language,
        channel=intake.channel if to_customer else "internal",
        contact=intake.opening.contact if to_customer else None,
        staff=word.staff,
        slots={"number": number} if to_customer else {"number": number, "target": word.target},
    )
    return Effect(key=word.key, request=request)


def came_back(fact: CameBack) -> tuple[TargetEvent, ...]:
    """Note whether somebody was told; a failed word is not tried again, its rung stands in the history."""
    reached = (
        isinstance(fact, EffectSucceeded) and isinstance(fact.result, NoticeSent) and fact.result.delivered
    )
    return (Told(key=fact.key, reached=reached, at=fact.at),)


def evolve(targets: Targets, event: TargetEvent, around: Around) -> Targets:
    """Apply one event of the targets; whom a rung tells is read from the case as it stood."""
    match event:
        case TargetWarned() | TargetBreached() | TargetOverdue():
            return _fired(targets, event, around)
        case Told(key=key):
            return replace(targets, words=tuple(word for word in targets.words if word.key != key))
        case LadderParked(target=target):
            return replace(targets, parked=target)
        case CaseResumed():
            return replace(targets, parked=None)
        case _:
            assert_never(event)


def _fired(targets: Targets, event: Rung, around: Around) -> Targets:
    rung: int | Literal["breach"] = "breach" if isinstance(event, TargetBreached) else event.rung
    words = tuple(
        Word(key=f"tell:{targets.told + place}", target=event.target, staff=person)
        for place, person in enumerate(_whom(event, around), start=1)
    )
    return replace(
        targets,
        fired=(*targets.fired, _mark(event.target, event.generation, rung)),
        words=(*targets.words, *words),
        told=targets.told + len(words),
    )


def _whom(event: Rung, around: Around) -> tuple[Id | None, ...]:
    """Return the ids to tell; None stands for the customer."""
    people: list[Id | None] = []
    if "remind_owner" in event.actions and around.assignment.owner:
        people.append(around.assignment.owner)
    if "tell_supervisor" in event.actions:
        policy = around.before.policy
        department = policy.department(around.assignment.department or policy.fallback_department)
        people.append(department.levels[min(around.assignment.level, len(department.levels) - 1)])
    if "tell_customer" in event.actions:
        people.append(None)
    return tuple(dict.fromkeys(people))
