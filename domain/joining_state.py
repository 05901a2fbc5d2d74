"""What a case knows of those that were joined, linked or split."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.intake import Intake
from domain.joining_events import (
    CaseJoined,
    CaseLinked,
    CaseSplit,
    CaseTakenIn,
    JoinAsked,
    JoinDeclined,
    JoiningEvent,
    JoinTold,
    Mode,
    SplitAsked,
    SplitFailed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A case that was taken in, up to an event of its own."""

    case: str
    mode: Mode
    received_at: datetime
    upto: int
    split_into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the other case is asked now."""

    number: int
    into: str
    mode: Literal["join", "link"]
    basis: str
    since: int
    upto: int
    news: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitting:
    """A split that is on its way."""

    number: int
    joined: str
    intent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Which cases this one is one claim with.

    Attributes:
        asked: the join that is on its way.
        joined_into: the case that has everything of this one.
        told: the customer knows it, or could not be told.
        linked: cases that this one knows of.
        taken: cases that were taken in.
        declined: a join came to nothing, so that no rule asks again by itself.
    """

    asks: int = 0
    asked: Asked | None = None
    joined_into: str | None = None
    told: bool = False
    basis: str | None = None
    linked: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    splits: int = 0
    splitting: Splitting | None = None
    declined: bool = False

    def of(self, case: str) -> Taken | None:
        """Return what was taken in from a case."""
        return next((each for each in self.taken if each.case == case), None)


UNKNOWN = "unknown"
"""Why a join came to nothing, where nobody answered: a rule may ask again by itself."""


def evolve(joining: Joining, event: JoiningEvent, version: int) -> Joining:
    """Apply one event of joining; `version` is its seq."""
    match event:
        case JoinAsked(number=number):
            asked = Asked(
                number=number,
                into=event.into,
                mode=event.mode,
                basis=event.basis,
                since=event.since,
                upto=version,
            )
            return replace(joining, asks=number, asked=asked)
        case JoinDeclined(code=code):
            return replace(joining, asked=None, declined=joining.declined or code != UNKNOWN)
        case CaseJoined(into=into, basis=basis):
            return replace(joining, asked=None, joined_into=into, basis=basis)
        case JoinTold():
            return replace(joining, told=True)
        case CaseLinked(other=other):
            linked = tuple(dict.fromkeys((*joining.linked, other)))
            return replace(joining, asked=None if event.answered else joining.asked, linked=linked)
        case CaseTakenIn():
            return _took(joining, event)
        case SplitAsked(number=number, joined=joined):
            splitting = Splitting(number=number, joined=joined, intent=version)
            return replace(joining, splits=number, splitting=splitting)
        case CaseSplit(joined=joined, into=into):
            taken = tuple(
                replace(each, split_into=into) if each.case == joined else each for each in joining.taken
            )
            return replace(joining, splitting=None, taken=taken)
        case SplitFailed():
            return replace(joining, splitting=None)
        case _:
            assert_never(event)


def _took(joining: Joining, event: CaseTakenIn) -> Joining:
    rest = tuple(each for each in joining.taken if each.case != event.case)
    taken = Taken(case=event.case, mode=event.mode, received_at=event.received_at, upto=event.upto)
    return replace(joining, taken=(*rest, taken))


def heard(joining: Joining) -> Joining:
    """Note that a contact came while the other case is being asked: it is handed over as well."""
    return joining if joining.asked is None else replace(joining, asked=replace(joining.asked, news=True))


def earliest_start(joining: Joining, intake: Intake) -> datetime:
    """Return from when the claim counts: the earliest receipt of all that is joined here now."""
    own = intake.opening.received_at or intake.opened_at
    here = [each for each in joining.taken if each.mode == "join" and each.split_into is None]
    return min([own, *(each.received_at for each in here)])
