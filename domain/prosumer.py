"""Turning a customer whose suggestion was adopted into a prosumer (R31): invited once, and they answer.

Their case ended with its answer, so the request that carries the suggestion out invites them. Whether they
may be invited no request knows: the CRM notes an invitation once for each customer, whichever request asks,
and not while a case of theirs is open. Once it has noted it, people speak to the customer.
"""

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from domain.effect import Effect, LearntFact, NoteProsumer
from domain.learnt import PATIENCE
from domain.message import CameBack, Command, EffectRefused, EffectSucceeded, Event
from domain.record import Id, Line
from domain.refusal import Refused

Reply = Literal["accepted", "declined"]


class InviteProsumer(Command):
    """Invite the customer of a case, whose suggestion was adopted, to develop products with the firm."""

    kind: Literal["invite_prosumer"] = "invite_prosumer"
    case: Id


class AnswerInvitation(Command):
    """An invited customer said yes or no."""

    kind: Literal["answer_invitation"] = "answer_invitation"
    case: Id
    reply: Reply


class InvitationAsked(Event):
    """Somebody would invite this customer; whether that may be is looked up first."""

    kind: Literal["invitation_asked"] = "invitation_asked"
    case: Id
    number: int


class ProsumerInvited(Event):
    """The customer is invited, and will never be again."""

    kind: Literal["prosumer_invited"] = "prosumer_invited"
    case: Id
    key: Line


class ProsumerNotInvited(Event):
    """The customer is not invited.

    Attributes:
        why: `open-case`, `invited-before`, `no-profile`, another word of the CRM, or `unknown`.
    """

    kind: Literal["prosumer_not_invited"] = "prosumer_not_invited"
    case: Id
    key: Line
    why: Line


class InvitationAnswered(Event):
    """The customer said yes or no."""

    kind: Literal["invitation_answered"] = "invitation_answered"
    case: Id
    reply: Reply


class InvitationAnswerNoted(Event):
    """The CRM has the answer, or could not be told."""

    kind: Literal["invitation_answer_noted"] = "invitation_answer_noted"
    case: Id
    key: Line
    taken: bool


ProsumerCommand = InviteProsumer | AnswerInvitation
ProsumerEvent = (
    InvitationAsked | ProsumerInvited | ProsumerNotInvited | InvitationAnswered | InvitationAnswerNoted
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prosumer:
    """How the customer of one case stands to the invitation.

    Attributes:
        asked: how often somebody wanted to invite them.
        source: number of the event by which somebody first did, or by which they answered.
        waits: whether the CRM is being asked or told.
        why_not: why the last attempt came to nothing.
    """

    case: str
    source: int
    asked: int = 0
    waits: bool = False
    invited: bool = False
    reply: Reply | None = None
    why_not: str | None = None


def decide(
    prosumers: tuple[Prosumer, ...], adopted: tuple[str, ...], command: ProsumerCommand
) -> tuple[ProsumerEvent, ...]:
    """Take an invitation or its answer.

    Args:
        prosumers: whom somebody wanted to invite so far.
        adopted: cases of this request whose suggestion was adopted.
        command: what is asked.
    """
    known = next((each for each in prosumers if each.case == command.case), None)
    match command:
        case InviteProsumer(case=case, at=at, by=by):
            if case not in adopted:
                raise Refused(
                    "case: no suggestion of this request that was adopted; name one that was",
                    code="not-adopted",
                )
            if known is not None and (known.invited or known.why_not == BEFORE):
                raise Refused(
                    "case: this customer was invited already, and is invited once; leave it", code=BEFORE
                )
            if known is not None and known.waits:
                return ()
            return (InvitationAsked(case=case, number=known.asked + 1 if known else 1, at=at, by=by),)
        case AnswerInvitation(case=case, reply=reply, at=at, by=by):
            if known is None or not known.invited:
                raise Refused(
                    "case: its customer was not invited; use invite_prosumer first", code="not-invited"
                )
            if known.reply not in (None, reply):
                raise Refused(f"reply: the customer {known.reply} already; leave it", code="answered")
            return () if known.reply else (InvitationAnswered(case=case, reply=reply, at=at, by=by),)
        case _:
            assert_never(command)


BEFORE = "invited-before"
"""Why nobody is invited twice; the CRM's own word for it as well."""

INVITES, ANSWERS = "prosumer", "prosumer-reply"
"""How the keys of the two words to the CRM begin."""


def todo(prosumers: tuple[Prosumer, ...]) -> tuple[Effect, ...]:
    """Return what the CRM is asked and told.

    Every try to invite goes out under the first one's key: where its outcome stayed unknown the CRM may have
    noted it, and would take the next for a second invitation.
    """
    return tuple(_word(each) for each in prosumers if each.waits)


def _word(own: Prosumer) -> Effect:
    answer = own.reply is not None
    fact = LearntFact(
        fact="prosumer",
        value=own.reply or "invited",
        seq=own.source,
        event="invitation_answered" if answer else "invitation_asked",
    )
    return Effect(
        key=f"{ANSWERS}:{own.case}" if answer else f"{INVITES}:{own.case}.{own.asked}",
        once=None if answer else f"{INVITES}:{own.case}",
        request=NoteProsumer(case_id=own.case, fact=fact),
        patience=PATIENCE,
    )


def is_ours(fact: CameBack) -> bool:
    """Say whether an answer is the CRM's about a prosumer."""
    return fact.key.partition(":")[0] in (INVITES, ANSWERS)


def came_back(fact: CameBack) -> tuple[ProsumerEvent, ...]:
    """Say whether the customer is invited, or whether the CRM has their answer."""
    name, _, about = fact.key.partition(":")
    taken = isinstance(fact, EffectSucceeded)
    if name == ANSWERS:
        return (InvitationAnswerNoted(case=about, key=fact.key, taken=taken, at=fact.at),)
    case = about.rpartition(".")[0]
    if taken:
        return (ProsumerInvited(case=case, key=fact.key, at=fact.at),)
    why = (fact.code or "refused") if isinstance(fact, EffectRefused) else "unknown"
    return (ProsumerNotInvited(case=case, key=fact.key, why=why, at=fact.at),)


def evolve(prosumers: tuple[Prosumer, ...], event: ProsumerEvent, seq: int) -> tuple[Prosumer, ...]:
    """Apply one event."""
    known = {each.case: each for each in prosumers}
    own = known.get(event.case, Prosumer(case=event.case, source=seq))
    known[event.case] = _after(own, event, seq)
    return tuple(known.values())


def _after(own: Prosumer, event: ProsumerEvent, seq: int) -> Prosumer:
    match event:
        case InvitationAsked(number=number):
            return replace(own, asked=number, waits=True, why_not=None)
        case ProsumerInvited():
            return replace(own, waits=False, invited=True)
        case ProsumerNotInvited(why=why):
            return replace(own, waits=False, why_not=why)
        case InvitationAnswered(reply=reply):
            return replace(own, source=seq, waits=True, reply=reply)
        case InvitationAnswerNoted():
            return replace(own, waits=False)
        case _:
            assert_never(event)
