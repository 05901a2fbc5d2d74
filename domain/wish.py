"""What the customer would like instead: a remedy of their own, answered by a proposal or with a reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import StringConstraints

from domain.actor import Role
from domain.message import Command, Event
from domain.plan import Before
from domain.policy import RemedyKind
from domain.record import Line, Note
from domain.refusal import Refused
from domain.remedy import Remedy

MOST = 20
"""Wishes of one case: all of them travel with it."""


class WishRemedy(Command):
    """The customer says what would put it right; staff enter it with the contact in which they said so."""

    kind: Literal["wish_remedy"] = "wish_remedy"
    wish: Annotated[Note, StringConstraints(min_length=1)]
    remedy: RemedyKind | None = None
    contact: int | None = None


class AnswerWish(Command):
    """Say why a wish is not met; a new proposal answers it without words."""

    kind: Literal["answer_wish"] = "answer_wish"
    wish: int
    reason: Line


class RemedyWished(Event):
    """The customer wishes for a remedy; `after` proposals had been made by then."""

    kind: Literal["remedy_wished"] = "remedy_wished"
    number: int
    wish: Note
    remedy: RemedyKind | None
    contact: int | None
    after: int


class WishAnswered(Event):
    """A wish was answered: by a proposal, or with a reason."""

    kind: Literal["wish_answered"] = "wish_answered"
    number: int
    proposal: Line | None = None
    reason: Line | None = None


WishCommand = WishRemedy | AnswerWish
WishEvent = RemedyWished | WishAnswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One wish as it stands."""

    number: int
    wish: str
    remedy: RemedyKind | None
    after: int
    made_at: datetime
    answered: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the customer has asked for so far."""

    made: tuple[Wish, ...] = ()

    @property
    def open(self) -> tuple[Wish, ...]:
        """Wishes that nobody has answered."""
        return tuple(wish for wish in self.made if wish.answered is None)


def decide(wishes: Wishes, before: Before, remedy: Remedy, command: WishCommand) -> tuple[WishEvent, ...]:
    """Take a wish, or answer one."""
    match command:
        case WishRemedy():
            return _wish(wishes, before, remedy, command)
        case AnswerWish(wish=number, reason=reason, at=at, by=by):
            standing = next((wish for wish in wishes.made if wish.number == number), None)
            if standing is None:
                raise Refused(f"wish: there is no wish {number}; name one of the case's", code="no-wish")
            if standing.answered is not None:
                return ()
            return (WishAnswered(number=number, reason=reason, at=at, by=by),)
        case _:
            assert_never(command)


def _wish(wishes: Wishes, before: Before, remedy: Remedy, command: WishRemedy) -> tuple[WishEvent, ...]:
    if command.by.role is not Role.CUSTOMER and not before.contacts.heard(command.contact):
        raise Refused(
            "contact: staff enter a customer's wish with the contact that proves it"
            "; log it and give its number",
            code="contact",
        )
    if command.remedy is not None and command.remedy not in before.policy.remedies:
        raise Refused(f"remedy: use one of {', '.join(before.policy.remedies)}", code="remedy-kind")
    if any((wish.wish, wish.remedy) == (command.wish, command.remedy) for wish in wishes.open):
        return ()
    if len(wishes.made) >= MOST:
        raise Refused(
            f"wish: a case takes {MOST} wishes; add further words to the case (add_to_case)", code="wishes"
        )
    wished = RemedyWished(
        number=len(wishes.made) + 1,
        wish=command.wish,
        remedy=command.remedy,
        contact=command.contact,
        after=remedy.proposed,
        at=command.at,
        by=command.by,
    )
    return (wished,)


def follow(wishes: Wishes, remedy: Remedy, at: datetime) -> tuple[WishEvent, ...]:
    """A proposal that was made after a wish answers it."""
    proposal = remedy.proposal
    if proposal is None:
        return ()
    met = (wish for wish in wishes.open if proposal.number > wish.after)
    return tuple(WishAnswered(number=wish.number, proposal=proposal.hash, at=at) for wish in met)


def check_answered(wishes: Wishes) -> None:
    """Let no result stand while the customer waits for an answer to a wish.

    Raises:
        Refused: naming the wish.
    """
    for wish in wishes.open:
        raise Refused(
            f"the customer's wish {wish.number} is open: propose a remedy or answer it (answer_wish)",
            code="open-wish",
        )


def evolve(wishes: Wishes, event: WishEvent) -> Wishes:
    """Apply one event of a wish."""
    match event:
        case RemedyWished():
            wish = Wish(
                number=event.number,
                wish=event.wish,
                remedy=event.remedy,
                after=event.after,
                made_at=event.at,
            )
            return replace(wishes, made=(*wishes.made, wish))
        case WishAnswered(number=number, proposal=proposal, reason=reason):
            how = f"proposal {proposal}" if proposal else reason
            made = tuple(replace(w, answered=how) if w.number == number else w for w in wishes.made)
            return replace(wishes, made=made)
        case _:
            assert_never(event)
