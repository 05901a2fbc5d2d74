"""What may be said about joined cases, and what can have happened to them."""

from typing import Annotated, Literal

from pydantic import Field

from domain.contact import ContactLogged
from domain.message import Command, Event
from domain.record import Id, Instant, Line, Note, Record, Text
from domain.triage import MAX_LINES, HarmLine

Basis = Literal["same_key", "customer", "staff"]


Mode = Literal["join", "link", "split"]


class JoinCase(Command):
    """This case is about the same claim as an earlier one: its contacts go there, and it ends as joined.

    Attributes:
        basis: the same order and customer, the customer's word, or what a member of staff knows.
    """

    kind: Literal["join_case"] = "join_case"
    into: Id
    basis: Basis = "staff"
    reason: Note | None = None


class LinkCase(Command):
    """Let this case and an earlier one know of each other; both go on."""

    kind: Literal["link_case"] = "link_case"
    to: Id
    reason: Note | None = None


class SplitCase(Command):
    """What was joined from a case was joined wrongly: it becomes a case of its own again."""

    kind: Literal["split_case"] = "split_case"
    joined: Id
    reason: Note


class ContactCopy(Record):
    """A contact of another case, with the number of its event there."""

    case: Id
    seq: int
    contact: ContactLogged


class TakeIn(Command):
    """Take in what another case hands over; sent by that case's effect, page by page.

    Attributes:
        case: which case hands over; of a split, the case that it is split off from.
        opened_at: when that case was opened; the earlier of two is the one that stays.
        received_at: when its claim was received: the earliest start counts.
        upto: the last event there that was looked at.
        last: no page follows.
        lines: the harms that are stated there.
    """

    kind: Literal["take_in"] = "take_in"
    case: Id
    mode: Mode
    basis: Line = "staff"
    opened_at: Instant
    received_at: Instant
    customer: Id | None = None
    upto: int = 0
    last: bool = True
    contacts: tuple[ContactCopy, ...] = ()
    lines: Annotated[tuple[HarmLine, ...], Field(max_length=MAX_LINES)] = ()


class JoinAsked(Event):
    """The earlier case is asked to take this one in (or to know of it)."""

    kind: Literal["join_asked"] = "join_asked"
    number: int
    into: Id
    mode: Literal["join", "link"]
    basis: Line
    reason: Note | None
    since: int = 0


class JoinDeclined(Event):
    """The other case does not take this one in, or nobody knows whether it did; this one goes on."""

    kind: Literal["join_declined"] = "join_declined"
    number: int
    into: Id
    reason: Line
    code: Line


class CaseJoined(Event):
    """The earlier case has everything."""

    kind: Literal["case_joined"] = "case_joined"
    into: Id
    basis: Line


class CaseLinked(Event):
    """This case and another know of each other.

    Attributes:
        reason: why a join became no more than this.
        answered: the other case answered what this one had asked.
    """

    kind: Literal["case_linked"] = "case_linked"
    other: Id
    reason: Line | None = None
    answered: bool = False


class CaseTakenIn(Event):
    """A later case about the same claim was taken in, or this case took up what a split gave it."""

    kind: Literal["case_taken_in"] = "case_taken_in"
    case: Id
    mode: Mode
    basis: Line
    received_at: Instant
    upto: int


class SplitAsked(Event):
    """A case of its own is asked for, for what was joined wrongly."""

    kind: Literal["split_asked"] = "split_asked"
    number: int
    joined: Id
    reason: Note


class CaseSplit(Event):
    """What was joined from a case is a case of its own again.

    Attributes:
        lines: the harm lines that left with it.
    """

    kind: Literal["case_split"] = "case_split"
    number: int
    joined: Id
    into: Id
    lines: tuple[Line, ...] = ()


class JoinTold(Event):
    """The customer was told which number counts from now on, or could not be told."""

    kind: Literal["join_told"] = "join_told"
    key: Line
    delivered: bool
    text: Text = ""
    digest: Line | None = None


class SplitFailed(Event):
    """The split did not come about, or nobody knows; asked again it gives the same case."""

    kind: Literal["split_failed"] = "split_failed"
    number: int
    joined: Id
    reason: Line


JoiningCommand = JoinCase | LinkCase | SplitCase | TakeIn


JoiningEvent = (
    JoinAsked
    | JoinDeclined
    | CaseJoined
    | JoinTold
    | CaseLinked
    | CaseTakenIn
    | SplitAsked
    | CaseSplit
    | SplitFailed
)
