"""An improvement request as a decider: like cases join it, a department answers, a recurrence reopens it.

It outlives the cases that raise it, so it is a thing of its own, with its own events; it sees no case from
within. Pure like a case: messages carry the time at which the interpreter took them.
"""

from datetime import datetime, timedelta
from functools import reduce
from typing import Literal, assert_never

from domain import partner, prosumer
from domain.actor import Role
from domain.budget import due_of
from domain.effect import Effect, TellSuggester
from domain.improvement_events import (
    LEADS,
    OF_FIGURES,
    OPEN,
    TABLE,
    AcceptImprovement,
    AnswerFigures,
    FiguresAnswered,
    FiguresReported,
    FinishImprovement,
    ImprovementAccepted,
    ImprovementCommand,
    ImprovementDone,
    ImprovementDueSet,
    ImprovementLate,
    ImprovementRaised,
    ImprovementRefused,
    ImprovementReminded,
    ImprovementReopened,
    ImprovementTightened,
    LikeCaseReported,
    RefuseImprovement,
    ReportCase,
    ReportFigures,
    SetImprovementDue,
    StaffTold,
    SuggesterTold,
    ThemeOpened,
    Why,
)
from domain.improvement_state import Improvement, evolve
from domain.message import CameBack, Command, Deadline, Event, Fact, LetTimePass
from domain.notice import reached, to_staff
from domain.partner import AskPartner, RecordReview, ShareBenefit
from domain.policy import ImprovementLimits
from domain.prosumer import AnswerInvitation, InviteProsumer
from domain.refusal import Refused
from domain.theme import LikeCase, Rulebook, within

# decide -----------------------------------------------------------------------------------------------------


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
        case AskPartner() | RecordReview() | ShareBenefit():
            _check_role(request, message)
            rules = request.book.rules if request.book is not None else None
            most = rules.partner_share if rules is not None else None
            return partner.decide(request.partners, _partners_of(request), most, message)
        case InviteProsumer() | AnswerInvitation():
            _check_role(request, message)
            adopted = tuple(each.case_id for each in suggestions(request))
            return prosumer.decide(request.prosumers, adopted, message)
        case ReportFigures():
            _check_role(request, message)
            return _report_figures(request, message)
        case AnswerFigures():
            _check_role(request, message)
            return (FiguresAnswered(answer=message.answer, at=message.at, by=message.by),)
        case _:
            return _came_back(message)


def _check_role(request: Improvement, command: ImprovementCommand) -> None:
    roles, states = TABLE[command.kind]
    role, person = command.by.role, command.by.id
    if role not in roles:
        raise Refused(
            f"by: a {role} may not {command.kind}; these may: {', '.join(roles)}", code="not-your-role"
        )
    is_of_figures = request.theme is not None and request.theme.kind == "figures"
    if request.theme is not None and is_of_figures is not (command.kind in OF_FIGURES):
        about = "the figures of a period" if is_of_figures else "like cases"
        raise Refused(
            f"{command.kind} has no meaning for a request about {about}; use one that has", code="stage"
        )
    if request.state not in states:
        raise Refused(
            f"{command.kind} has no meaning while the request is {request.state}; only: {', '.join(states)}",
            code="stage",
        )
    people = request.book.people if request.book is not None else ()
    if role is not Role.SYSTEM and not any(each.id == person and role in each.roles for each in people):
        raise Refused(
            f"by: {person} is no {role} of the department that answers for this; let one of its people do it",
            code="not-in-directory",
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


def _partners_of(request: Improvement) -> tuple[str, ...]:
    return tuple(each.partner for each in request.cases if each.partner is not None)


def _report_figures(request: Improvement, command: ReportFigures) -> tuple[Event, ...]:
    """The figures of a period are sent once; what is counted later in another way changes nothing here."""
    if request.theme is not None:
        return ()
    reported = FiguresReported(
        figures=command.figures,
        falls_due=_until(command.book, command.at, "accept", safety=False),
        owner=command.book.levels[0],
        book=command.book,
        at=command.at,
    )
    return (ThemeOpened(theme=command.theme, at=command.at, by=command.by), reported)


ADDED = ("safety", "adopted", "payout", "partner")
"""What a case may say of itself only later."""


def _merged(request: Improvement, case: LikeCase) -> LikeCase | None:
    """Return the case with what was known of it before; None where it says nothing new."""
    known = next((each for each in request.cases if each.case_id == case.case_id), None)
    if known is None:
        return case
    more = known.model_copy(update={name: getattr(known, name) or getattr(case, name) for name in ADDED})
    return None if more == known else more


def _raised(request: Improvement, case: LikeCase, command: ReportCase) -> tuple[Event, ...]:
    """Ask the department where there are enough cases or one that cannot wait, and where it did not hold."""
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
            raise Refused(
                f"{request.owner} has it already; a supervisor may take it over: ask one", code="accepted"
            )
        latest = request.falls_due
    until = command.until or latest
    if until is not None and until <= command.at:
        raise Refused("until: lies in the past; name a later instant", code="past")
    if until is not None and latest is not None and until > latest:
        raise Refused(
            f"until: at the latest {latest.isoformat()}; ask the head of the department for a later day "
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
        raise Refused("until: lies in the past; name a later instant", code="past")
    latest = _latest(request, command.at)
    if command.by.role is not Role.DEPARTMENT_HEAD and latest is not None and command.until > latest:
        raise Refused(
            f"until: at the latest {latest.isoformat()}; only a department_head sets a later day"
            ": ask one, or name an earlier day",
            code="late",
        )
    return (ImprovementDueSet(falls_due=command.until, reason=command.reason, at=command.at, by=command.by),)


def _check_owner(request: Improvement, command: Command) -> None:
    if command.by.role not in LEADS and command.by.id != request.owner:
        raise Refused(
            f"by: {request.owner} has this request, or a supervisor says so; ask one of them",
            code="not-owner",
        )


# What time does. --------------------------------------------------------------------------------------------


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
    unanswered = request.figures is not None  # a head is reminded until the answer is there
    if request.book is not None and (unanswered or level + 1 < len(levels)):
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


# What the outside world owes. -------------------------------------------------------------------------------


def todo(request: Improvement) -> tuple[Effect, ...]:
    """Return who has still to be told: staff, customers of what their suggestion became, the CRM."""
    book = request.book
    if book is None:
        return ()
    staff = tuple(
        to_staff(
            book,
            word.key,
            word.notice,
            staff=word.staff,
            slots={"number": request.id, "about": about(request)},
        )
        for word in request.words
    )
    return staff + _letters(request, book) + prosumer.todo(request.prosumers)


def about(request: Improvement) -> str:
    """Say in one line what the like cases are about."""
    theme = request.theme
    if theme is None:
        return "-"
    return theme.product if theme.kind == "figures" else f"{theme.product}: {theme.cause}"


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
    if prosumer.is_ours(fact):
        return prosumer.came_back(fact)
    name, _, about = fact.key.partition(":")
    if name == "suggester":
        return (SuggesterTold(key=fact.key, case_id=about, reached=reached(fact), at=fact.at),)
    return (StaffTold(key=fact.key, reached=reached(fact), at=fact.at),)
