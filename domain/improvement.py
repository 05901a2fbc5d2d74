"""An improvement request as a decider: like cases join it, a department answers for it, a recurrence reopens it.

It outlives the cases that raise it, so it is a thing of its own, with its own events; nothing here knows a case
from within. Pure like a case: messages carry the time at which the interpreter took them.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Annotated, Literal, assert_never

from pydantic import Field, StringConstraints

from domain.actor import Role
from domain.attempt import AttemptEvent
from domain.budget import due_of
from domain.effect import Effect, NoticeSent, SendNotice, TellSuggester
from domain.message import (
    CameBack,
    Command,
    Deadline,
    EffectSucceeded,
    Event,
    Fact,
    LetTimePass,
)
from domain.policy import ImprovementLimits
from domain.record import Id, Instant, Letter, Line, Note, Text
from domain.refusal import Refused
from domain.theme import LikeCase, Rulebook, Theme, within

KEPT = 2000
"""Like cases that a request remembers one by one; the counts go on."""

Why = Literal["often", "safety", "adopted"]
Notice = Literal["improvement_asked", "improvement_reminder", "improvement_late", "improvement_safety"]
State = Literal["watched", "raised", "accepted", "done", "refused"]
OPEN: tuple[State, ...] = ("raised", "accepted")

# Commands. ---------------------------------------------------------------------------------------------------


class ReportCase(Command):
    """A case knows its cause and joins the like ones; cases send this, not people."""

    kind: Literal["report_case"] = "report_case"
    theme: Theme
    case: LikeCase
    book: Rulebook


class AcceptImprovement(Command):
    """A member of the department takes the request on; it is theirs from now on.

    Attributes:
        until: when it will be done, where that is earlier than the policy's limit.
    """

    kind: Literal["accept_improvement"] = "accept_improvement"
    until: Instant | None = None


class SetImprovementDue(Command):
    """Set another day for the request; beyond the policy's limit only the head of the department may."""

    kind: Literal["set_improvement_due"] = "set_improvement_due"
    until: Instant
    reason: Line


class FinishImprovement(Command):
    """The improvement is made.

    Attributes:
        changed: what is different from now on.
        letter: what the customers are told whose suggestion it was; without it nobody is told.
    """

    kind: Literal["finish_improvement"] = "finish_improvement"
    changed: Annotated[Note, StringConstraints(min_length=1)]
    letter: Letter | None = None


class RefuseImprovement(Command):
    """The department will not make it, and says why."""

    kind: Literal["refuse_improvement"] = "refuse_improvement"
    reason: Line


ImprovementCommand = Annotated[
    ReportCase | AcceptImprovement | SetImprovementDue | FinishImprovement | RefuseImprovement,
    Field(discriminator="kind"),
]
"""Everything that may be asked of an improvement request."""

STAFF = (Role.AGENT, Role.SUPERVISOR, Role.DEPARTMENT_HEAD)
LEADS = (Role.SUPERVISOR, Role.DEPARTMENT_HEAD)
TABLE: dict[str, tuple[tuple[Role, ...], tuple[State, ...]]] = {
    "report_case": ((Role.SYSTEM,), ("watched", "raised", "accepted", "done", "refused")),
    "accept_improvement": (STAFF, OPEN),
    "set_improvement_due": (LEADS, ("accepted",)),
    "finish_improvement": (STAFF, ("accepted",)),
    "refuse_improvement": (LEADS, OPEN),
}
"""Who may ask for what, and while the request is what; people are of the department that answers for it."""

# Events. -----------------------------------------------------------------------------------------------------


class ThemeOpened(Event):
    """The first case of its kind: from now on like ones are counted together."""

    kind: Literal["theme_opened"] = "theme_opened"
    theme: Theme


class LikeCaseReported(Event):
    """A case joined; one that was here already only says more of itself."""

    kind: Literal["like_case_reported"] = "like_case_reported"
    case: LikeCase


class ImprovementRaised(Event):
    """The department is asked for an improvement, once for all these cases.

    Attributes:
        cases: how many are alike so far.
        falls_due: until when somebody has to take it on.
        owner: who hears of it first.
    """

    kind: Literal["improvement_raised"] = "improvement_raised"
    round: int
    why: Why
    cases: int
    safety: bool
    falls_due: Instant | None
    owner: Id
    book: Rulebook


class ImprovementReopened(Event):
    """A like case failed after the improvement was done: it did not hold, and is asked for again."""

    kind: Literal["improvement_reopened"] = "improvement_reopened"
    round: int
    case_id: Id
    safety: bool
    falls_due: Instant | None
    owner: Id
    book: Rulebook


class ImprovementTightened(Event):
    """Somebody may come to harm, as a further case shows: the limits are tighter from now on."""

    kind: Literal["improvement_tightened"] = "improvement_tightened"
    case_id: Id
    falls_due: Instant | None


class ImprovementAccepted(Event):
    """Somebody of the department has it."""

    kind: Literal["improvement_accepted"] = "improvement_accepted"
    owner: Id
    falls_due: Instant | None


class ImprovementDueSet(Event):
    """It is due at another instant, for this reason."""

    kind: Literal["improvement_due_set"] = "improvement_due_set"
    falls_due: Instant
    reason: Line


class ImprovementReminded(Event):
    """Whoever has it was reminded before its limit."""

    kind: Literal["improvement_reminded"] = "improvement_reminded"
    owner: Id


class ImprovementLate(Event):
    """It was not taken on, or not done, in time: it moves up, as long as there is a level.

    Attributes:
        again_at: when it moves up again if nothing happens; None at the last level.
    """

    kind: Literal["improvement_late"] = "improvement_late"
    times: int
    level: int
    owner: Id
    again_at: Instant | None


class ImprovementDone(Event):
    """The improvement was made; from now on a like failure is a recurrence."""

    kind: Literal["improvement_done"] = "improvement_done"
    changed: Text
    letter: Text | None


class ImprovementRefused(Event):
    """The department will not make it, for this reason; further cases may raise it again."""

    kind: Literal["improvement_refused"] = "improvement_refused"
    reason: Line


class StaffTold(Event):
    """Somebody was told about the request, or could not be told."""

    kind: Literal["staff_told"] = "staff_told"
    key: Line
    reached: bool


class SuggesterTold(Event):
    """A customer was told that the suggestion was carried out, or could not be told."""

    kind: Literal["suggester_told"] = "suggester_told"
    key: Line
    case_id: Id
    reached: bool


ImprovementEvent = Annotated[
    ThemeOpened
    | LikeCaseReported
    | ImprovementRaised
    | ImprovementReopened
    | ImprovementTightened
    | ImprovementAccepted
    | ImprovementDueSet
    | ImprovementReminded
    | ImprovementLate
    | ImprovementDone
    | ImprovementRefused
    | StaffTold
    | SuggesterTold
    | AttemptEvent,
    Field(discriminator="kind"),
]
"""Everything that can have happened to an improvement request."""

# State. ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something to tell a member of staff."""

    key: str
    staff: str
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """The state of one request.

    Attributes:
        cases: the like cases, at most the last `KEPT`; `count` counts all.
        months: how many of them failed in which month (UTC), the first first.
        level: how far it moved up inside the department.
        since: when the limit that runs now began.
        falls_due: the limit that runs now: to take it on, or to have it done.
        miss_at: when it is late, or late once more.
        recurrences: how often it had to be opened again after it was done.
    """

    id: str
    theme: Theme | None = None
    version: int = 0
    at: datetime | None = None
    cases: tuple[LikeCase, ...] = ()
    count: int = 0
    payouts: int = 0
    first_failed_at: datetime | None = None
    last_failed_at: datetime | None = None
    months: tuple[tuple[str, int], ...] = ()
    state: State = "watched"
    round: int = 0
    why: Why | None = None
    raised_at: datetime | None = None
    book: Rulebook | None = None
    safety: bool = False
    owner: str | None = None
    level: int = 0
    since: datetime | None = None
    falls_due: datetime | None = None
    reminded: bool = False
    misses: int = 0
    miss_at: datetime | None = None
    changed: str | None = None
    letter: str | None = None
    done_at: datetime | None = None
    refused_at: datetime | None = None
    refusal: str | None = None
    recurrences: int = 0
    words: tuple[Word, ...] = ()
    told: int = 0
    heard: tuple[str, ...] = ()


def unheard_of(id_: str) -> Improvement:
    """Return a request that no case has reached yet."""
    return Improvement(id=id_)


# decide ------------------------------------------------------------------------------------------------------


def decide(request: Improvement, message: ImprovementCommand | Fact) -> tuple[Event, ...]:
    """Return what happened, with all that follows by itself; `()` if it is already so.

    Raises:
        Refused: if it may not be.
    """
    match message:
        case LetTimePass(at=at):
            return _time(request, at)
        case ReportCase():
            _check_role(request, message)
            return _report(request, message)
        case AcceptImprovement() | SetImprovementDue() | FinishImprovement() | RefuseImprovement():
            _check_role(request, message)
            return _answered(request, message)
        case _:
            return _came_back(message)


def _check_role(request: Improvement, command: ImprovementCommand) -> None:
    roles, states = TABLE[command.kind]
    role, person = command.by.role, command.by.id
    if role not in roles:
        raise Refused(
            f"by: a {role} may not {command.kind}; these may: {', '.join(roles)}", code="not-your-role"
        )
    if request.state not in states:
        raise Refused(
            f"{command.kind} has no meaning while the request is {request.state}; only: {', '.join(states)}",
            code="stage",
        )
    people = request.book.people if request.book is not None else ()
    if role is not Role.SYSTEM and not any(each.id == person and role in each.roles for each in people):
        raise Refused(
            f"by: {person} is no {role} of the department that answers for this", code="not-in-directory"
        )


def _report(request: Improvement, command: ReportCase) -> tuple[Event, ...]:
    case = _merged(request, command.case)
    if case is None:
        return ()
    opened: tuple[Event, ...] = ()
    if request.theme is None:
        opened = (ThemeOpened(theme=command.theme, at=command.at, by=command.by),)
    events = (*opened, LikeCaseReported(case=case, at=command.at, by=command.by))
    return events + _raised(reduce(evolve, events, request), case, command)


def _merged(request: Improvement, case: LikeCase) -> LikeCase | None:
    """Return the case with what was known of it before; None where it says nothing new."""
    known = next((each for each in request.cases if each.case_id == case.case_id), None)
    if known is None:
        return case
    more = known.model_copy(
        update={name: getattr(known, name) or getattr(case, name) for name in ("safety", "adopted", "payout")}
    )
    return None if more == known else more


def _raised(request: Improvement, case: LikeCase, command: ReportCase) -> tuple[Event, ...]:
    """Ask the department where there are enough cases, or one that cannot wait; again where it did not hold."""
    if request.state in OPEN:
        return _tightened(request, case, command) if case.safety and not request.safety else ()
    if request.state == "done":
        recurs = request.done_at is not None and case.failed_at > request.done_at
        return (_reopened(request, case, command),) if recurs else ()
    why = _reason(request, command)
    if why is None:
        return ()
    safety = any(each.safety for each in _recent(request, command))
    raised = ImprovementRaised(
        round=request.round + 1,
        why=why,
        cases=request.count,
        safety=safety,
        falls_due=_until(command.book, command.at, "accept", safety=safety),
        owner=command.book.levels[0],
        book=command.book,
        at=command.at,
    )
    return (raised,)


def _recent(request: Improvement, command: ReportCase) -> tuple[LikeCase, ...]:
    """Return the cases of the window; what was before a refusal was weighed with it."""
    latest = max(each.failed_at for each in request.cases)
    opens = latest - command.book.rules.window
    after = max(opens, request.refused_at) if request.refused_at is not None else opens
    return within(request.cases, after=after, until=latest)


def _reason(request: Improvement, command: ReportCase) -> Why | None:
    recent = _recent(request, command)
    if any(each.safety for each in recent):
        return "safety"
    if any(each.adopted for each in recent):
        return "adopted"
    faults = request.theme is not None and request.theme.kind == "fault"
    return "often" if faults and len(recent) >= command.book.rules.raise_at else None


def _reopened(request: Improvement, case: LikeCase, command: ReportCase) -> ImprovementReopened:
    safety = case.safety or request.safety
    return ImprovementReopened(
        round=request.round + 1,
        case_id=case.case_id,
        safety=safety,
        falls_due=_until(command.book, command.at, "accept", safety=safety),
        owner=command.book.levels[0],
        book=command.book,
        at=command.at,
    )


def _tightened(request: Improvement, case: LikeCase, command: ReportCase) -> tuple[Event, ...]:
    step: Literal["accept", "done"] = "accept" if request.state == "raised" else "done"
    tighter = _until(request.book or command.book, command.at, step, safety=True)
    due = min(filter(None, (request.falls_due, tighter)), default=None)
    return (ImprovementTightened(case_id=case.case_id, falls_due=due, at=command.at),)


def _limits(book: Rulebook, *, safety: bool) -> ImprovementLimits:
    return book.rules.safety if safety else book.rules.usual


def _until(
    book: Rulebook, start: datetime, step: Literal["accept", "done"], *, safety: bool
) -> datetime | None:
    limits = _limits(book, safety=safety)
    return due_of(limits.accept if step == "accept" else limits.done, book.calendar, start)


def _answered(
    request: Improvement,
    command: AcceptImprovement | SetImprovementDue | FinishImprovement | RefuseImprovement,
) -> tuple[Event, ...]:
    match command:
        case AcceptImprovement():
            return _accept(request, command)
        case SetImprovementDue():
            return _set_due(request, command)
        case FinishImprovement(changed=changed, letter=letter):
            _check_owner(request, command)
            return (ImprovementDone(changed=changed, letter=letter, at=command.at, by=command.by),)
        case RefuseImprovement(reason=reason):
            return (ImprovementRefused(reason=reason, at=command.at, by=command.by),)
        case _:
            assert_never(command)


def _accept(request: Improvement, command: AcceptImprovement) -> tuple[Event, ...]:
    latest = _latest(request, command.at)
    if request.state == "accepted":
        if request.owner == command.by.id:
            return ()
        if command.by.role not in LEADS:
            raise Refused(f"{request.owner} has it already; a supervisor may take it over", code="accepted")
        latest = request.falls_due
    until = command.until or latest
    if until is not None and until <= command.at:
        raise Refused("until: lies in the past", code="past")
    if until is not None and latest is not None and until > latest:
        raise Refused(
            f"until: at the latest {latest.isoformat()}; the head of the department may set a later day "
            "(set_improvement_due)",
            code="late",
        )
    return (ImprovementAccepted(owner=command.by.id, falls_due=until, at=command.at, by=command.by),)


def _latest(request: Improvement, at: datetime) -> datetime | None:
    return _until(request.book, at, "done", safety=request.safety) if request.book else None


def _set_due(request: Improvement, command: SetImprovementDue) -> tuple[Event, ...]:
    if command.until == request.falls_due:
        return ()
    if command.until <= command.at:
        raise Refused("until: lies in the past", code="past")
    latest = _latest(request, command.at)
    if command.by.role is not Role.DEPARTMENT_HEAD and latest is not None and command.until > latest:
        raise Refused(
            f"until: at the latest {latest.isoformat()}; only a department_head sets a later day", code="late"
        )
    return (ImprovementDueSet(falls_due=command.until, reason=command.reason, at=command.at, by=command.by),)


def _check_owner(request: Improvement, command: Command) -> None:
    if command.by.role not in LEADS and command.by.id != request.owner:
        raise Refused(f"by: {request.owner} has this request, or a supervisor says so", code="not-owner")


# What time does. ---------------------------------------------------------------------------------------------


def deadlines(request: Improvement) -> tuple[Deadline, ...]:
    """Return what falls due, earliest first: the reminder, and the limit itself or its next move up."""
    if request.state not in OPEN:
        return ()
    phase = f"{request.state}:{request.round}"
    found = []
    remind_at = _remind_at(request)
    if remind_at is not None:
        found.append(Deadline(name=f"improvement/remind/{phase}", due=remind_at))
    if request.miss_at is not None:
        found.append(Deadline(name=f"improvement/late/{phase}.{request.misses}", due=request.miss_at))
    return tuple(sorted(found, key=lambda each: (each.due, each.name)))


def _remind_at(request: Improvement) -> datetime | None:
    """Return the share of the way to the limit; a span so short that it lies there already needs none."""
    if request.reminded or request.misses or request.since is None or request.falls_due is None:
        return None
    if request.book is None:
        return None
    span = max(request.falls_due - request.since, timedelta())
    return request.since + span * request.book.rules.remind_at


def next_due(request: Improvement) -> datetime | None:
    """Return when the earliest deadline falls due."""
    found = deadlines(request)
    return found[0].due if found else None


def _time(request: Improvement, at: datetime) -> tuple[Event, ...]:
    """Answer the earliest deadline that has passed."""
    found = deadlines(request)
    if not found or at <= found[0].due:  # at the due instant is in time
        return ()
    due, owner = found[0].due, request.owner or ""
    if found[0].name.startswith("improvement/remind"):
        return (ImprovementReminded(owner=owner, due=due, at=at),)
    levels = request.book.levels if request.book is not None else (owner,)
    level = min(request.level + 1, len(levels) - 1)
    again = None
    if request.book is not None and level + 1 < len(levels):
        again = due_of(request.book.rules.late_every, request.book.calendar, due)
    late = ImprovementLate(
        times=request.misses + 1, level=level, owner=levels[level], again_at=again, due=due, at=at
    )
    return (late,)


def after_time(request: Improvement, at: datetime) -> Improvement:
    """Return the request as it stands once everything that has passed by `at` has been answered."""
    while events := decide(request, LetTimePass(at=at)):
        request = reduce(evolve, events, request)
    return request


# What the outside world owes. --------------------------------------------------------------------------------


def todo(request: Improvement) -> tuple[Effect, ...]:
    """Return who has still to be told: staff of the request, customers of what their suggestion became."""
    book = request.book
    if book is None:
        return ()
    staff = tuple(
        Effect(
            key=word.key,
            request=SendNotice(
                template=word.notice,
                wording_hash=book.wording_hash,
                language=book.language,
                channel="internal",
                staff=word.staff,
                slots={"number": request.id, "about": about(request)},
            ),
        )
        for word in request.words
    )
    return staff + _letters(request, book)


def about(request: Improvement) -> str:
    """Say in one line what the like cases are about."""
    theme = request.theme
    return "-" if theme is None else f"{theme.product}: {theme.cause}"


def _letters(request: Improvement, book: Rulebook) -> tuple[Effect, ...]:
    if request.letter is None:
        return ()
    return tuple(
        Effect(
            key=f"suggester:{each.case_id}",
            request=TellSuggester(
                case_id=each.case_id, wording_hash=book.wording_hash, letter=request.letter
            ),
            patience=timedelta(days=7),
        )
        for each in suggestions(request)
        if each.case_id not in request.heard
    )


def suggestions(request: Improvement) -> tuple[LikeCase, ...]:
    """Return the cases whose customers were told that their suggestion will be carried out."""
    return tuple(each for each in request.cases if each.adopted)


def _came_back(fact: CameBack) -> tuple[Event, ...]:
    """Say whether somebody was told; nobody is told twice, and what failed stands in the history."""
    reached = (
        isinstance(fact, EffectSucceeded) and isinstance(fact.result, NoticeSent) and fact.result.delivered
    )
    name, _, about = fact.key.partition(":")
    if name == "suggester":
        return (SuggesterTold(key=fact.key, case_id=about, reached=reached, at=fact.at),)
    return (StaffTold(key=fact.key, reached=reached, at=fact.at),)


# evolve ------------------------------------------------------------------------------------------------------


def evolve(request: Improvement, event: Event) -> Improvement:
    """Apply one recorded event. Total: the past is never refused."""
    return replace(_evolve(request, event), version=request.version + 1, at=event.at)


def _evolve(request: Improvement, event: Event) -> Improvement:
    match event:
        case ThemeOpened(theme=theme):
            return replace(request, theme=theme)
        case LikeCaseReported(case=case):
            return _joined(request, case)
        case ImprovementRaised(why=why):
            return replace(_asked(request, event), why=why, refused_at=None, refusal=None)
        case ImprovementReopened():
            return replace(_asked(request, event), recurrences=request.recurrences + 1)
        case ImprovementTightened(falls_due=due):
            tight = replace(request, safety=True, falls_due=due, since=event.at, reminded=False)
            return _tell(replace(tight, miss_at=_missed(request, due)), request.owner, "improvement_safety")
        case ImprovementAccepted(owner=owner, falls_due=due):
            return replace(_limited(request, event.at, due), state="accepted", owner=owner)
        case ImprovementDueSet(falls_due=due):
            return _limited(request, event.at, due)
        case ImprovementReminded(owner=owner):
            return _tell(replace(request, reminded=True), owner, "improvement_reminder")
        case ImprovementLate(owner=owner, level=level, again_at=again, times=times):
            late = replace(request, owner=owner, level=level, misses=times, miss_at=again)
            return _tell(_tell(late, request.owner, "improvement_late"), owner, "improvement_late")
        case ImprovementDone(changed=changed, letter=letter):
            done = replace(request, state="done", changed=changed, letter=letter, done_at=event.at)
            return replace(done, falls_due=None, miss_at=None)
        case ImprovementRefused(reason=reason):
            no = replace(request, state="refused", refusal=reason, refused_at=event.at)
            return replace(no, falls_due=None, miss_at=None)
        case StaffTold(key=key):
            return replace(request, words=tuple(word for word in request.words if word.key != key))
        case SuggesterTold(case_id=case_id):
            return replace(request, heard=(*request.heard, case_id))
        case _:
            return request


def _joined(request: Improvement, case: LikeCase) -> Improvement:
    known = next((each for each in request.cases if each.case_id == case.case_id), None)
    payouts = request.payouts + (case.payout and not (known is not None and known.payout))
    if known is not None:
        cases = tuple(case if each.case_id == case.case_id else each for each in request.cases)
        return replace(request, cases=cases, payouts=payouts)
    month = f"{case.failed_at:%Y-%m}"
    counted = dict(request.months)
    counted[month] = counted.get(month, 0) + 1
    return replace(
        request,
        cases=(*request.cases, case)[-KEPT:],
        count=request.count + 1,
        payouts=payouts,
        first_failed_at=min(request.first_failed_at or case.failed_at, case.failed_at),
        last_failed_at=max(request.last_failed_at or case.failed_at, case.failed_at),
        months=tuple(sorted(counted.items())),
    )


def _asked(request: Improvement, event: ImprovementRaised | ImprovementReopened) -> Improvement:
    asked = replace(
        _limited(request, event.at, event.falls_due),
        state="raised",
        round=event.round,
        raised_at=event.at,
        safety=event.safety,
        owner=event.owner,
        level=0,
        book=event.book,
        letter=None,
    )
    return _tell(asked, event.owner, "improvement_asked")


def _limited(request: Improvement, at: datetime, due: datetime | None) -> Improvement:
    """Begin another limit: it can be missed and reminded of anew."""
    return replace(request, since=at, falls_due=due, reminded=False, misses=0, miss_at=due)


def _missed(request: Improvement, due: datetime | None) -> datetime | None:
    return request.miss_at if request.misses else due


def _tell(request: Improvement, staff: str | None, notice: Notice) -> Improvement:
    if not staff or any((word.staff, word.notice) == (staff, notice) for word in request.words):
        return request
    number = request.told + 1
    word = Word(key=f"tell:{number}", staff=staff, notice=notice)
    return replace(request, words=(*request.words, word), told=number)
