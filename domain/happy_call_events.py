"""What can be asked of a follow-up, and what can happen in one."""

from typing import Literal

from pydantic import Field

from domain.message import Command, Event
from domain.questions import Scale
from domain.record import Id, Instant, Line, Text


class AssignCaller(Command):
    """Say who makes the next happy calls; somebody who worked on the case is refused."""

    kind: Literal["assign_caller"] = "assign_caller"
    to: Id


class ReportCall(Command):
    """A caller made an attempt by hand; it counts once the call centre knows its reference."""

    kind: Literal["report_call"] = "report_call"
    reference: Line | None = None


class CallerAssigned(Event):
    """This person makes the next happy calls."""

    kind: Literal["caller_assigned"] = "caller_assigned"
    caller: Id


class CallReported(Event):
    """A caller says that they called; the call centre is asked."""

    kind: Literal["call_reported"] = "call_reported"
    key: Line
    reference: Line


class CallUnproved(Event):
    """The call centre knows no such call, or could not be asked: it does not count."""

    kind: Literal["call_unproved"] = "call_unproved"
    key: Line
    reference: Line


class HappyCallBegun(Event):
    """An attempt is being made, by somebody who took no part in the case; `seed` gives the order."""

    kind: Literal["happy_call_begun"] = "happy_call_begun"
    attempt: int
    key: Line
    caller: Id
    questions: tuple[Line, ...]
    seed: str = ""


class HappyCallMissed(Event):
    """Nobody answered, or the attempt could not be made (`counted` is false); tried again at `again_at`."""

    kind: Literal["happy_call_missed"] = "happy_call_missed"
    attempt: int
    counted: bool
    reference: Line | None
    again_at: Instant | None


class HappyCallAnswered(Event):
    """The customer answered; `bad` says why it was not put right, empty where it was.

    Attributes:
        way: by phone, or by the answer link.
        scales: of each answer, because a wording may turn a scale round.
    """

    kind: Literal["happy_call_answered"] = "happy_call_answered"
    attempt: int
    reference: Line
    answers: dict[str, int]
    verbatim: Text
    bad: tuple[Line, ...]
    way: Literal["call", "link"] = "call"
    scales: dict[str, Scale] = Field(default_factory=dict)


class ScoreSolicited(Event):
    """The customer says that somebody asked them for a good score."""

    kind: Literal["score_solicited"] = "score_solicited"
    reference: Line


class DoubleDeviation(Event):
    """The recovery of this failure failed as well: a further round was not enough either."""

    kind: Literal["double_deviation"] = "double_deviation"
    round: int


class CallCameLate(Event):
    """An attempt of an earlier round came back; it says nothing about the present one."""

    kind: Literal["call_came_late"] = "call_came_late"
    key: Line
    reference: Line | None


class FollowUpGivenUp(Event):
    """Nobody can say whether it was put right: this is unconfirmed, never satisfied."""

    kind: Literal["follow_up_given_up"] = "follow_up_given_up"
    why: Literal["unreachable", "declined", "no_consent"]


HappyCallCommand = AssignCaller | ReportCall
HappyCallEvent = (
    CallerAssigned
    | CallReported
    | CallUnproved
    | HappyCallBegun
    | HappyCallMissed
    | HappyCallAnswered
    | ScoreSolicited
    | DoubleDeviation
    | CallCameLate
    | FollowUpGivenUp
)
