"""The state of an improvement request, and what each of its events means."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain import partner, prosumer
from domain.actor import Actor
from domain.figures import Figures
from domain.improvement_events import (
    FiguresAnswered,
    FiguresReported,
    ImprovementAccepted,
    ImprovementDone,
    ImprovementDueSet,
    ImprovementLate,
    ImprovementRaised,
    ImprovementRefused,
    ImprovementReminded,
    ImprovementReopened,
    ImprovementTightened,
    LikeCaseReported,
    StaffTold,
    State,
    SuggesterTold,
    ThemeOpened,
    Why,
)
from domain.message import Event
from domain.partner import BenefitShared, Partner, PartnerAsked, PartnerReviewed
from domain.prosumer import (
    InvitationAnswered,
    InvitationAnswerNoted,
    InvitationAsked,
    Prosumer,
    ProsumerInvited,
    ProsumerNotInvited,
)
from domain.theme import LikeCase, Rulebook, Theme

KEPT = 2000
"""Like cases that a request remembers one by one; the counts go on."""

Notice = Literal[
    "improvement_asked",
    "improvement_reminder",
    "improvement_late",
    "improvement_safety",
    "figures_asked",
    "figures_reminder",
    "figures_late",
]


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
        partners: those who were asked to review it in this round.
        prosumers: customers whom somebody wanted to invite, in whatever round: they are invited once.
        figures: what a head is to answer for; None of a request about like cases.
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
    partners: tuple[Partner, ...] = ()
    prosumers: tuple[Prosumer, ...] = ()
    figures: Figures | None = None
    answer: str | None = None
    answered_by: Actor | None = None
    answered_at: datetime | None = None


def unheard_of(id_: str) -> Improvement:
    """Return a request that no case has reached yet."""
    return Improvement(id=id_)


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
            reminder: Notice = "figures_reminder" if request.figures else "improvement_reminder"
            return _tell(replace(request, reminded=True), owner, reminder)
        case ImprovementLate():
            return _late(request, event)
        case ImprovementDone(changed=changed, letter=letter):
            done = replace(request, state="done", changed=changed, letter=letter, done_at=event.at)
            return replace(done, falls_due=None, miss_at=None)
        case ImprovementRefused(reason=reason):
            no = replace(request, state="refused", refusal=reason, refused_at=event.at)
            return replace(no, falls_due=None, miss_at=None)
        case PartnerAsked() | PartnerReviewed() | BenefitShared():
            return replace(request, partners=partner.evolve(request.partners, event))
        case (
            InvitationAsked()
            | ProsumerInvited()
            | ProsumerNotInvited()
            | InvitationAnswered()
            | InvitationAnswerNoted()
        ):
            number = request.version + 1
            return replace(request, prosumers=prosumer.evolve(request.prosumers, event, number))
        case FiguresReported():
            return _figures_asked(request, event)
        case FiguresAnswered(answer=answer):
            answered = replace(request, state="done", answer=answer, answered_by=event.by)
            return replace(answered, answered_at=event.at, falls_due=None, miss_at=None)
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
        partners=(),
    )
    return _tell(asked, event.owner, "improvement_asked")


def _figures_asked(request: Improvement, event: FiguresReported) -> Improvement:
    asked = replace(
        _limited(request, event.at, event.falls_due),
        state="raised",
        round=1,
        raised_at=event.at,
        owner=event.owner,
        book=event.book,
        figures=event.figures,
    )
    return _tell(asked, event.owner, "figures_asked")


def _late(request: Improvement, event: ImprovementLate) -> Improvement:
    """Move it up; figures stay with the head who must answer, and another hears of it."""
    late = replace(request, level=event.level, misses=event.times, miss_at=event.again_at)
    if request.figures is not None:
        return _tell(_tell(late, request.owner, "figures_late"), event.owner, "figures_late")
    late = replace(late, owner=event.owner)
    return _tell(_tell(late, request.owner, "improvement_late"), event.owner, "improvement_late")


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
