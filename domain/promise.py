"""Promises: what a named person told the customer, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, assert_never

from domain.actor import Role
from domain.contact import Contacts
from domain.message import Command, Deadline, Event
from domain.policy import Policy
from domain.record import Instant, Line, Text
from domain.refusal import Refused
from domain.suggestion import matches

FARTHEST = timedelta(days=3650)
"""Nobody promises anything for later than this: it is a slip of the pen, and no alarm can be set for it."""

SHOWN = 200
"""Characters of a promise that stay with the case: every channel and whoever takes it over sees them."""

PromiseState = Literal["open", "kept", "broken", "moved", "superseded"]

PromisedFact = Literal["contact", "payment", "result"]
"""What was promised, where the case itself will see it: word from us, money, the result."""


class MakePromise(Command):
    """Somebody told the customer what will happen until when; a vague word gets the policy's time.

    Attributes:
        matter: what it is about, for example `refund`; without it the policy's words tell, else its own.
        supersedes: number of the open promise on the same matter that this one takes the place of.
        fact: what keeps it by itself once it comes about; None where only the customer can tell.
    """

    kind: Literal["make_promise"] = "make_promise"
    what: Text
    due: Instant | None = None
    word: Line | None = None
    matter: Line | None = None
    supersedes: int | None = None
    fact: PromisedFact | None = None


class KeepPromise(Command):
    """The promised thing happened: by the customer's own word, or as a contact shows.

    Attributes:
        contact: number of the contact in which the customer heard or said so; the customer needs none.
    """

    kind: Literal["keep_promise"] = "keep_promise"
    number: int
    proof: Line
    contact: int | None = None


class MovePromise(Command):
    """The customer was told, before it fell due, that it will be later."""

    kind: Literal["move_promise"] = "move_promise"
    number: int
    due: Instant
    told: Line


class PromiseMade(Event):
    """A promise, with the instant at which it falls due (`falls_due`)."""

    kind: Literal["promise_made"] = "promise_made"
    number: int
    what: Text
    falls_due: Instant
    word: Line | None
    matter: Line | None = None
    supersedes: int | None = None
    fact: PromisedFact | None = None
    happened: Instant | None = None


class PromiseKept(Event):
    """A promise was kept in time: a contact shows it, the customer says so, or the fact came about."""

    kind: Literal["promise_kept"] = "promise_kept"
    number: int
    proof: Line
    contact: int | None = None


class PromiseMoved(Event):
    """A promise was moved with the customer's knowledge."""

    kind: Literal["promise_moved"] = "promise_moved"
    number: int
    falls_due: Instant
    told: Line


class PromiseBroken(Event):
    """A promise passed its due instant."""

    kind: Literal["promise_broken"] = "promise_broken"
    number: int


PromiseCommand = MakePromise | KeepPromise | MovePromise
PromiseEvent = PromiseMade | PromiseKept | PromiseMoved | PromiseBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise as it stands.

    Attributes:
        matter: what it is about, by which a second promise is held against it.
        what: how its words begin, for whoever speaks to the customer next.
        words: digest of its words.
    """

    number: int
    by: str
    due: datetime
    made_at: datetime
    fact: PromisedFact | None = None
    state: PromiseState = "open"
    moved: int = 0
    matter: str = ""
    what: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """All promises of the case, in the order in which they were made."""

    made: tuple[Promise, ...] = ()


def decide(
    promises: Promises, policy: Policy, contacts: Contacts, command: PromiseCommand
) -> tuple[PromiseEvent, ...]:
    """Make, keep or move a promise."""
    match command:
        case MakePromise():
            return _make(promises, policy, command)
        case KeepPromise():
            return _keep(promises, contacts, command)
        case MovePromise():
            return _move(promises, command)
        case _:
            assert_never(command)


def _make(promises: Promises, policy: Policy, command: MakePromise) -> tuple[PromiseEvent, ...]:
    due = command.due
    if due is None:
        span = policy.vague_words.get(command.word or "", policy.vague_default)
        due = command.happened + span
    _check_near(due, command)
    if due < command.happened:
        raise Refused("due: a promise cannot fall due before it was made; name a later instant", code="due")
    matter = _matter(policy, command)
    if _says_so_already(promises, command, matter, due):
        return ()
    made = PromiseMade(
        number=len(promises.made) + 1,
        what=command.what,
        falls_due=due,
        word=command.word,
        matter=matter,
        supersedes=command.supersedes,
        fact=command.fact,
        happened=command.happened,
        at=command.at,
        by=command.by,
    )
    return (made,)


def _matter(policy: Policy, command: MakePromise) -> str | None:
    """Return the matter as stated, or the one whose words of the policy it has; None where that is open."""
    if command.matter is not None:
        return command.matter
    found = [
        matter
        for matter, words in policy.promise_matters.items()
        if any(matches(word, command.what) for word in words)
    ]
    return found[0] if len(found) == 1 else None


def _says_so_already(promises: Promises, command: MakePromise, stated: str | None, due: datetime) -> bool:
    """Hold a promise against the open ones on its matter: the customer must not hear two different things.

    Raises:
        Refused: it contradicts one that it does not name, names one that is not on this matter, or nothing
            tells whether it is on the matter of an open one.
    """
    matter = matter_of(stated, command.what)
    opened = [each for each in promises.made if each.state == "open" and each.number != command.supersedes]
    superseded = next((each for each in promises.made if each.number == command.supersedes), None)
    if command.supersedes is not None and not (superseded and _may_be_on(superseded, matter, stated)):
        raise Refused(
            "supersedes: names no open promise on this matter; name one that is open", code="supersedes"
        )
    same = [each for each in opened if each.matter == matter]
    for each in same:
        if each.due == due and each.words == digest_of_words(command.what):
            return True
        raise Refused(
            f"promise {each.number} on this matter is open and falls due {each.due.isoformat()}: "
            f"keep it, move it, or name it (supersedes)",
            code="contradicts",
        )
    if command.matter is None:
        _check_clear(next((each for each in opened if _may_be_on(each, matter, stated)), None))
    return False


def _may_be_on(promise: Promise, matter: str, stated: str | None) -> bool:
    """Say whether a promise is open and on a matter, or nobody can tell from the words of either."""
    unread = stated is None or promise.matter == promise.words
    return promise.state == "open" and (promise.matter == matter or unread)


def _check_clear(doubtful: Promise | None) -> None:
    if doubtful is not None:
        raise Refused(
            f"matter: promise {doubtful.number} is open and falls due {doubtful.due.isoformat()}; the "
            "words do not tell whether this one is about the same: name its matter, or the promise whose "
            "place it takes (supersedes)",
            code="matter",
        )


def matter_of(matter: str | None, what: str) -> str:
    """Return what a promise is about: as stated, else its own words."""
    return " ".join(matter.casefold().split()) if matter else digest_of_words(what)


def digest_of_words(what: str) -> str:
    """Return what tells words from other words, whatever their case and spaces."""
    return sha256(" ".join(what.casefold().split()).encode()).hexdigest()[:16]


def _keep(promises: Promises, contacts: Contacts, command: KeepPromise) -> tuple[PromiseEvent, ...]:
    promise = _find(promises, command.number)
    if promise.state == "kept":
        return ()
    if promise.state != "open":
        raise Refused(f"promise {command.number} is {promise.state}; make a new one", code=promise.state)
    if command.by.role is not Role.CUSTOMER:
        _check_proof(promise, contacts, command.contact)
    kept = PromiseKept(
        number=command.number, proof=command.proof, contact=command.contact, at=command.at, by=command.by
    )
    return (kept,)


def _check_proof(promise: Promise, contacts: Contacts, number: int | None) -> None:
    """Nobody marks an own promise as kept on their bare word."""
    talk = contacts.talk(number)
    if talk is None:
        raise Refused(
            "contact: log the contact in which the customer heard or said that it was kept, and name it",
            code="proof",
        )
    if not talk.answered or talk.happened < promise.made_at:
        raise Refused(
            "contact: it did not reach the customer after the promise was made, so it proves nothing"
            "; name one that did",
            code="proof",
        )


def follow(
    promises: Promises, seen: Mapping[PromisedFact, datetime | None], at: datetime
) -> tuple[PromiseEvent, ...]:
    """What was promised and has come about keeps its promise by itself.

    Args:
        promises: Of the case.
        seen: When each kind of fact last came about.
        at: Now.
    """
    for promise in promises.made:
        came = seen.get(promise.fact) if promise.fact is not None else None
        if promise.state == "open" and came is not None and came > promise.made_at:
            return (PromiseKept(number=promise.number, proof=str(promise.fact), at=at),)
    return ()


def _move(promises: Promises, command: MovePromise) -> tuple[PromiseEvent, ...]:
    promise = _find(promises, command.number)
    if promise.state != "open":
        raise Refused(f"promise {command.number} is {promise.state}; make a new one", code=promise.state)
    if command.due <= promise.due:
        raise Refused("due: a promise moves to a later time only; name one", code="due")
    _check_near(command.due, command)
    return (
        PromiseMoved(
            number=command.number, falls_due=command.due, told=command.told, at=command.at, by=command.by
        ),
    )


def _check_near(due: datetime, command: MakePromise | MovePromise) -> None:
    if due > command.at + FARTHEST:
        raise Refused(
            "due: nobody can promise for later than ten years ahead; name an earlier instant", code="due"
        )


def _find(promises: Promises, number: int) -> Promise:
    if not 1 <= number <= len(promises.made):
        raise Refused(f"number: there is no promise {number}; name one of the case's", code="no-promise")
    return promises.made[number - 1]


def deadlines(promises: Promises) -> tuple[Deadline, ...]:
    """Every open promise falls due; no pause stops it (clock rule 9)."""
    return tuple(
        Deadline(name=f"promise/kept:{promise.number}", due=promise.due)
        for promise in promises.made
        if promise.state == "open"
    )


def lapse(deadline: Deadline, at: datetime) -> tuple[PromiseEvent, ...]:
    """A promise that passed is broken."""
    return (PromiseBroken(number=int(deadline.name.rpartition(":")[2]), due=deadline.due, at=at),)


def evolve(promises: Promises, event: PromiseEvent) -> Promises:
    """Apply one event of promise."""
    match event:
        case PromiseMade():
            return _made(promises, event)
        case PromiseKept(number=number):
            return _with(promises, replace(promises.made[number - 1], state="kept"))
        case PromiseMoved(number=number, falls_due=due):
            old = promises.made[number - 1]
            return _with(promises, replace(old, due=due, moved=old.moved + 1))
        case PromiseBroken(number=number):
            return _with(promises, replace(promises.made[number - 1], state="broken"))
        case _:
            assert_never(event)


def _made(promises: Promises, event: PromiseMade) -> Promises:
    made = Promise(
        number=event.number,
        by=event.by.id,
        due=event.falls_due,
        made_at=event.happened or event.at,
        fact=event.fact,
        matter=matter_of(event.matter, event.what),
        what=event.what[:SHOWN],
        words=digest_of_words(event.what),
    )
    before = promises
    if event.supersedes is not None:
        before = _with(promises, replace(promises.made[event.supersedes - 1], state="superseded"))
    return Promises(made=(*before.made, made))


def _with(promises: Promises, changed: Promise) -> Promises:
    made = tuple(changed if promise.number == changed.number else promise for promise in promises.made)
    return Promises(made=made)
