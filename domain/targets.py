"""What the ladders of a case's clocks do, each rung exactly once."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, assert_never

from domain import said
from domain.assignment import CaseEscalated, escalate
from domain.clocks import Around, Clock, running
from domain.effect import Effect
from domain.hours import at_work, contact_window
from domain.ladder import Action, rung_dues
from domain.message import CameBack, Command, Deadline, Decision, Event
from domain.notice import Post, reached, sent_by, to_staff
from domain.record import Id, Line, Note
from domain.refusal import Refused

WORDS = "targets/words"
"""How the name of a deadline begins at which words that waited for their reader go out; no clock has it."""


class TargetWarned(Decision):
    """A rung before the deadline was reached."""

    kind: Literal["target_warned"] = "target_warned"
    target: Line
    generation: Line
    rung: int
    actions: tuple[Action, ...]
    clause: Line
    urgent: bool = False


class TargetBreached(Decision):
    """A clock was missed.

    Attributes:
        late_known: it was overdue already when it became known.
        closes_option: it is no breach of duty; a way that was open is closed now.
    """

    kind: Literal["target_breached"] = "target_breached"
    target: Line
    generation: Line
    rung: int
    actions: tuple[Action, ...]
    clause: Line
    urgent: bool = False
    late_known: bool
    closes_option: bool = False


class TargetOverdue(Decision):
    """A rung after the deadline was reached."""

    kind: Literal["target_overdue"] = "target_overdue"
    target: Line
    generation: Line
    rung: int
    actions: tuple[Action, ...]
    clause: Line
    urgent: bool = False


class Told(Event):
    """A member of staff (or the customer) was told about a target, or could not be told."""

    kind: Literal["told"] = "told"
    key: Line
    reached: bool
    digest: Line | None = None


class WordsReleased(Event):
    """The hours of somebody who has to be told began; what waited for them goes out (clock rule 19)."""

    kind: Literal["words_released"] = "words_released"
    keys: tuple[Line, ...]


class LadderParked(Event):
    """A ladder's last rung gave the case to a human."""

    kind: Literal["ladder_parked"] = "ladder_parked"
    target: Line


class ResumeCase(Command):
    """A human took note of a case that its ladder parked."""

    kind: Literal["resume_case"] = "resume_case"
    note: Line


class CaseResumed(Event):
    """The case goes on."""

    kind: Literal["case_resumed"] = "case_resumed"
    note: Line


class ExtendClock(Command):
    """A holding response with its reasons went out, which gives a statutory clock its longer limit.

    Attributes:
        clock: id of the statutory clock.
        contact: number of the contact by which the customer was told.
    """

    kind: Literal["extend_clock"] = "extend_clock"
    clock: Line
    reasons: Note
    contact: int


class ClockExtended(Event):
    """A statutory clock has its longer limit from the same start."""

    kind: Literal["clock_extended"] = "clock_extended"
    clock: Line
    reasons: Note
    contact: int


TargetCommand = ResumeCase | ExtendClock
Rung = TargetWarned | TargetBreached | TargetOverdue
TargetEvent = Rung | Told | WordsReleased | LadderParked | CaseResumed | ClockExtended


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something to tell somebody because of a target.

    Attributes:
        staff: whom; None for the customer.
        not_before: when their hours begin, while it waits for them.
        since: since when the target is missed, for the customer.
    """

    key: str
    target: Line
    staff: str | None
    not_before: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Which rungs fired (`target:generation:rung`, of a breach its name), and who still has to be told."""

    fired: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    told: int = 0
    extended: tuple[str, ...] = ()
    updates_missed: int = 0
    update_from: datetime | None = None
    parked: str | None = None


def deadlines(targets: Targets, around: Around) -> tuple[Deadline, ...]:
    """Return every rung that has not fired yet, of every clock that runs, and when words may go out."""
    rungs = tuple(
        Deadline(name=f"targets/{clock.name}:{clock.generation}:{index}", due=due)
        for clock in running(around)
        for index, due in open_rungs(targets, clock)
    )
    waiting = dict.fromkeys(word.not_before for word in targets.words if word.not_before is not None)
    return (*rungs, *(Deadline(name=_release(instant), due=instant) for instant in waiting))


def _release(instant: datetime) -> str:
    """Name the moment at which words go out; staff and customers may have another one each."""
    return f"{WORDS}:{instant.astimezone(UTC):%Y%m%dT%H%M%S}"


def open_rungs(targets: Targets, clock: Clock) -> tuple[tuple[int, datetime], ...]:
    """Return the rungs to come; what passed before it was known fires as the breach only (clock rule 14)."""
    dues = rung_dues(clock.ladder, clock.budget, clock.calendar, clock.start, clock.pauses)
    return tuple(
        (index, due)
        for index, due in dues
        if not has_fired(targets, clock, index) and (due > clock.since or clock.ladder[index].at == "breach")
    )


def was_breached(targets: Targets, name: str) -> bool:
    """Say whether a target of this name was missed in this case, in whichever run of its clock."""
    return any(mark.startswith(f"{name}:") and mark.endswith(":breach") for mark in targets.fired)


def has_fired(targets: Targets, clock: Clock, index: int) -> bool:
    """Say whether this rung of a clock that runs was reached and noted."""
    return _mark(clock.name, clock.generation, _rung_name(clock, index)) in targets.fired


def _rung_name(clock: Clock, index: int) -> int | Literal["breach"]:
    """A breach is one, wherever the ladder of another class has it (clock rule 14)."""
    return "breach" if clock.ladder[index].at == "breach" else index


def _mark(target: str, generation: str, rung: int | Literal["breach"]) -> str:
    return f"{target}:{generation}:{rung}"


def lapse(
    targets: Targets, around: Around, deadline: Deadline, at: datetime
) -> tuple[TargetEvent | CaseEscalated, ...]:
    """Fire one rung, the event and the move up if its actions say so; or let words go out."""
    if deadline.name.startswith(f"{WORDS}:"):
        keys = tuple(word.key for word in targets.words if word.not_before == deadline.due)
        return (WordsReleased(keys=keys, due=deadline.due, at=at),)
    # The id of a statutory clock is the policy's own word and may have colons, the rest has none.
    name, generation, index = deadline.name.removeprefix("targets/").rsplit(":", maxsplit=2)
    clock = next(each for each in running(around) if each.name == name and each.generation == generation)
    rung = _rung(clock, int(index), deadline, at)
    events: tuple[TargetEvent | CaseEscalated, ...] = (rung,)
    if "escalate" in rung.actions:
        events += escalate(
            around.assignment,
            around.before.policy,
            cause=f"target:{name}",
            reason=f"{name} was missed",
            at=at,
            due=deadline.due,
            clause=clock.clause,
        )
    if "park" in rung.actions:
        events += (LadderParked(target=rung.target, due=deadline.due, at=at),)
    return events


def _rung(clock: Clock, index: int, deadline: Deadline, at: datetime) -> Rung:
    rung = clock.ladder[index]
    if rung.at == "breach":
        return TargetBreached(
            target=clock.name,
            generation=clock.generation,
            rung=index,
            actions=rung.actions,
            clause=clock.clause,
            urgent=rung.urgent,
            late_known=deadline.due <= clock.since,
            closes_option=clock.closes_option,
            due=deadline.due,
            at=at,
        )
    kind = TargetWarned if isinstance(rung.at, float) else TargetOverdue
    return kind(
        target=clock.name,
        generation=clock.generation,
        rung=index,
        actions=rung.actions,
        clause=clock.clause,
        urgent=rung.urgent,
        due=deadline.due,
        at=at,
    )


def decide(targets: Targets, around: Around, command: TargetCommand) -> tuple[TargetEvent, ...]:
    """Let a human take a parked case up again, or extend a statutory clock."""
    match command:
        case ResumeCase(note=note, at=at, by=by):
            return () if targets.parked is None else (CaseResumed(note=note, at=at, by=by),)
        case ExtendClock():
            return _extend(targets, around, command)
        case _:
            assert_never(command)


def _extend(targets: Targets, around: Around, command: ExtendClock) -> tuple[TargetEvent, ...]:
    """A fact recorded after a breach may explain it; it never removes it (clock rule 13)."""
    if command.clock in targets.extended:
        return ()
    known = {clock.id for clock in around.before.policy.statutory if clock.extended_by is not None}
    if command.clock not in known:
        names = ", ".join(sorted(known)) or "none"
        raise Refused(f"clock: only these can be extended: {names}", code="clock")
    clock = next((clock for clock in running(around) if clock.name == command.clock), None)
    if clock is None:
        raise Refused(f"clock: {command.clock} does not run; name one that does", code="not-running")
    if _mark(clock.name, clock.generation, "breach") in targets.fired:
        raise Refused(
            f"clock: {command.clock} was missed already; nothing removes a breach"
            ": tell the customer why, and go on",
            code="late",
        )
    if not around.before.contacts.heard(command.contact):
        raise Refused(
            "contact: log the holding response that reached the customer first, and give its number",
            code="contact",
        )
    extended = ClockExtended(
        clock=command.clock,
        reasons=command.reasons,
        contact=command.contact,
        at=command.at,
        by=command.by,
    )
    return (extended,)


def todo(targets: Targets, around: Around, post: Post) -> tuple[Effect, ...]:
    """Return the words that have not gone out and need not wait, to staff by the internal channel."""
    return tuple(_word(word, around, post) for word in targets.words if word.not_before is None)


def _word(word: Word, around: Around, post: Post) -> Effect:
    if word.staff is None:
        return post.notice(word.key, "delay", _late(word, around))
    slots = {"number": post.number, "target": word.target}
    return to_staff(around.before.policy, word.key, "target_staff", staff=word.staff, slots=slots)


def _late(word: Word, around: Around) -> dict[str, str]:
    policy, language = around.before.policy, around.before.intake.language
    late = {"late": said.late(word.target, language)}
    return late if word.since is None else {**late, "since": said.day(word.since, policy, language)}


def came_back(fact: CameBack) -> tuple[TargetEvent, ...]:
    """Note whether somebody was told; a failed word is not tried again, its rung stands in the history."""
    sent = sent_by(fact)
    digest = sent.digest if sent is not None else None
    return (Told(key=fact.key, reached=reached(fact), digest=digest, at=fact.at),)


def evolve(targets: Targets, event: TargetEvent, around: Around) -> Targets:
    """Apply one event of the targets; whom a rung tells is read from the case as it stood."""
    match event:
        case TargetWarned() | TargetBreached() | TargetOverdue():
            return _fired(targets, event, around)
        case Told(key=key):
            return replace(targets, words=tuple(word for word in targets.words if word.key != key))
        case WordsReleased(keys=keys):
            return replace(
                targets,
                words=tuple(
                    replace(word, not_before=None) if word.key in keys else word for word in targets.words
                ),
            )
        case LadderParked(target=target):
            return replace(targets, parked=target)
        case CaseResumed():
            return replace(targets, parked=None)
        case ClockExtended(clock=clock):
            return replace(targets, extended=(*targets.extended, clock))
        case _:
            assert_never(event)


def _fired(targets: Targets, event: Rung, around: Around) -> Targets:
    rung: int | Literal["breach"] = "breach" if isinstance(event, TargetBreached) else event.rung
    words = tuple(
        Word(
            key=f"tell:{targets.told + place}",
            target=event.target,
            staff=person,
            not_before=_not_before(event, around, person),
            since=_missed_at(event, around),
        )
        for place, person in enumerate(_whom(event, around), start=1)
    )
    period_over = event.target == "next_update" and isinstance(event, TargetBreached)
    return replace(
        targets,
        updates_missed=targets.updates_missed + period_over,
        update_from=_next_period(event) if period_over else targets.update_from,
        fired=(*targets.fired, _mark(event.target, event.generation, rung)),
        words=(*targets.words, *words),
        told=targets.told + len(words),
    )


def _missed_at(event: Rung, around: Around) -> datetime | None:
    """Return when the target itself was missed, whichever rung tells of it."""
    for clock in running(around):
        if (clock.name, clock.generation) == (event.target, event.generation):
            dues = rung_dues(clock.ladder, clock.budget, clock.calendar, clock.start, clock.pauses)
            return next((due for index, due in dues if clock.ladder[index].at == "breach"), event.due)
    return event.due


def _not_before(event: Rung, around: Around, person: Id | None) -> datetime | None:
    """Say when somebody may hear of a rung that fired outside their hours; None: at once (clock rule 19)."""
    if event.urgent:
        return None
    hours = (
        contact_window(around.before, event.at) if person is None else at_work(around.before.policy, event.at)
    )
    return hours if hours > event.at else None


def _next_period(event: Rung) -> datetime | None:
    """The next period begins with the end of the one missed, or once it is known (clock rule 14)."""
    return event.at if isinstance(event, TargetBreached) and event.late_known else event.due


def _owner_or_leader(event: Rung, around: Around, owner: Id) -> Id:
    """Reminding somebody who is away reminds nobody."""
    if not around.allocation.is_away(owner, event.at):
        return owner
    return around.before.policy.leader(around.assignment.department, around.assignment.level + 1)


def _whom(event: Rung, around: Around) -> tuple[Id | None, ...]:
    """Return the ids to tell; None stands for the customer."""
    people: list[Id | None] = []
    if "remind_owner" in event.actions and around.assignment.owner:
        people.append(_owner_or_leader(event, around, around.assignment.owner))
    if "tell_supervisor" in event.actions:
        policy = around.before.policy
        department = policy.department(around.assignment.department or policy.fallback_department)
        people.append(department.levels[min(around.assignment.level, len(department.levels) - 1)])
    if "tell_customer" in event.actions:
        people.append(None)
    return tuple(dict.fromkeys(people))
