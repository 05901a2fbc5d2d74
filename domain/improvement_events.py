"""What may be asked of an improvement request, by whom, and what can have happened to it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.actor import Role
from domain.attempt import AttemptEvent
from domain.figures import Figures
from domain.message import Command, Event
from domain.partner import PartnerCommand, PartnerEvent
from domain.prosumer import ProsumerCommand, ProsumerEvent
from domain.record import Id, Instant, Letter, Line, Note, Text
from domain.theme import LikeCase, Rulebook, Theme

Why = Literal["often", "safety", "adopted"]
State = Literal["watched", "raised", "accepted", "done", "refused"]
OPEN: tuple[State, ...] = ("raised", "accepted")

# Commands. --------------------------------------------------------------------------------------------------


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


class ReportFigures(Command):
    """The figures of a period are there; the head who answers for them is asked, once for the period."""

    kind: Literal["report_figures"] = "report_figures"
    theme: Theme
    figures: Figures
    book: Rulebook


class AnswerFigures(Command):
    """The head answers for the figures.

    Attributes:
        answer: what will be done about them, or why nothing needs to be.
    """

    kind: Literal["answer_figures"] = "answer_figures"
    answer: Annotated[Note, StringConstraints(min_length=1)]


ImprovementCommand = Annotated[
    ReportCase
    | AcceptImprovement
    | SetImprovementDue
    | FinishImprovement
    | RefuseImprovement
    | PartnerCommand
    | ProsumerCommand
    | ReportFigures
    | AnswerFigures,
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
    "ask_partner": (LEADS, (*OPEN, "done")),
    "record_review": (STAFF, (*OPEN, "done")),
    "invite_prosumer": (LEADS, (*OPEN, "done")),
    "answer_invitation": (STAFF, (*OPEN, "done")),
    "share_benefit": ((Role.DEPARTMENT_HEAD,), ("done",)),
    "report_figures": ((Role.SYSTEM,), ("watched", "raised", "done")),
    "answer_figures": ((Role.DEPARTMENT_HEAD,), ("raised",)),
}
"""Who may ask for what, and while the request is what; people are of the department that answers for it."""

OF_FIGURES = ("report_figures", "answer_figures")
"""What a request about figures takes; a head cannot refuse them, hand them on or put them off."""

# Events. ----------------------------------------------------------------------------------------------------


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


class FiguresReported(Event):
    """The head is asked to answer for the figures of a period.

    Attributes:
        falls_due: until when.
        owner: the head.
    """

    kind: Literal["figures_reported"] = "figures_reported"
    figures: Figures
    falls_due: Instant | None
    owner: Id
    book: Rulebook


class FiguresAnswered(Event):
    """The head said what will be done."""

    kind: Literal["figures_answered"] = "figures_answered"
    answer: Text


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
    | PartnerEvent
    | ProsumerEvent
    | FiguresReported
    | FiguresAnswered
    | StaffTold
    | SuggesterTold
    | AttemptEvent,
    Field(discriminator="kind"),
]
"""Everything that can have happened to an improvement request."""
