"""A survey by link: sent by the customer's channel, answered once, fetched by asking for it, over in time.

The happy call falls back on one, and the longer written form is one; both drive it through this file.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from domain.consent import written_channels
from domain.effect import Effect, FetchAnswer, LinkSent, SendLink, SurveyAnswer
from domain.follow_up_rules import WrittenChannel
from domain.message import CameBack, EffectRefused, EffectSucceeded, Event
from domain.plan import Before
from domain.record import Instant, Line

Survey = Literal["happy_call", "servqual"]

MOST_FAILED_LOOKS = 3
"""How often in a row the survey service may be beyond reach before nobody waits for it any more."""


class LinkPrepared(Event):
    """A link is going out by this channel; it can be answered once, until `expires_at`."""

    kind: Literal["link_prepared"] = "link_prepared"
    survey: Survey
    key: Line
    channel: WrittenChannel
    questions: tuple[Line, ...]
    seed: Line
    expires_at: Instant


class LinkDelivered(Event):
    """The gateway confirmed the link's delivery; the case asks for an answer from `look_at` on."""

    kind: Literal["link_delivered"] = "link_delivered"
    survey: Survey
    key: Line
    reference: Line
    look_at: Instant


class LinkFailed(Event):
    """The link reached nobody by this channel, or nobody knows."""

    kind: Literal["link_failed"] = "link_failed"
    survey: Survey
    key: Line
    why: Literal["undelivered", "refused", "unknown"]


class LinkAsked(Event):
    """The survey service is asked whether somebody answered."""

    kind: Literal["link_asked"] = "link_asked"
    survey: Survey
    key: Line


class LinkUnanswered(Event):
    """Nobody has answered; it is asked again at `look_at`, or the link is over where that is None."""

    kind: Literal["link_unanswered"] = "link_unanswered"
    survey: Survey
    key: Line
    known: bool
    look_at: Instant | None


LinkEvent = LinkPrepared | LinkDelivered | LinkFailed | LinkAsked | LinkUnanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How far a link is.

    Attributes:
        tried: the channels by which it went out, or was to.
        asking: the key of the question in flight.
        look_at: when the service is asked next; None where it is not.
        failed: how many looks in a row came to nothing because the service was out of reach.
    """

    key: str
    channel: WrittenChannel
    questions: tuple[str, ...]
    expires_at: datetime
    tried: tuple[WrittenChannel, ...] = ()
    sending: bool = True
    reference: str | None = None
    look_at: datetime | None = None
    looks: int = 0
    failed: int = 0
    asking: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a survey by link is made of, by the policy."""

    survey: Survey
    round: int
    template: str
    questions: tuple[str, ...]
    allowed: tuple[WrittenChannel, ...]
    open_for: timedelta
    look_every: timedelta


def prepare(link: Link | None, plan: Plan, before: Before, *, seed: str, at: datetime) -> LinkPrepared | None:
    """Return the link by the next channel that reaches the customer; None where none is left."""
    tried = link.tried if link else ()
    channel = next((each for each in written_channels(before, plan.allowed) if each not in tried), None)
    if channel is None:
        return None
    return LinkPrepared(
        survey=plan.survey,
        key=f"{_word(plan.survey)}-link:{plan.round}.{len(tried) + 1}",
        channel=channel,
        questions=plan.questions,
        seed=seed,
        expires_at=at + plan.open_for,
        at=at,
    )


def _word(survey: Survey) -> str:
    return survey.replace("_", "-")


def lapse(link: Link, survey: Survey, due: datetime, at: datetime) -> LinkAsked:
    """Ask whether somebody answered."""
    return LinkAsked(
        survey=survey,
        key=f"{_word(survey)}-answer:{link.key.rpartition(':')[2]}.{link.looks + 1}",
        due=due,
        at=at,
    )


def todo(link: Link, plan: Plan, before: Before, number: str) -> tuple[Effect, ...]:
    """Return the link while it goes out, or the question whether it was answered."""
    if link.asking is not None and link.reference is not None:
        return (Effect(key=link.asking, request=FetchAnswer(reference=link.reference)),)
    request = SendLink(
        survey=plan.survey,
        template=plan.template,
        wording_hash=before.policy.wording_hash,
        language=before.intake.language,
        channel=link.channel,
        contact=before.intake.opening.contact,
        questions=link.questions,
        expires_at=link.expires_at,
        slots={"number": number},
    )
    return (Effect(key=link.key, request=request),) if link.sending else ()


def sent(link: Link, plan: Plan, fact: CameBack) -> LinkDelivered | LinkFailed:
    """Say whether the link reached the customer."""
    match fact:
        case EffectSucceeded(result=LinkSent(delivered=True, reference=reference)):
            look_at = min(fact.at + plan.look_every, link.expires_at)
            return LinkDelivered(
                survey=plan.survey, key=fact.key, reference=reference, look_at=look_at, at=fact.at
            )
        case EffectSucceeded():
            return LinkFailed(survey=plan.survey, key=fact.key, why="undelivered", at=fact.at)
        case EffectRefused():
            return LinkFailed(survey=plan.survey, key=fact.key, why="refused", at=fact.at)
        case _:
            return LinkFailed(survey=plan.survey, key=fact.key, why="unknown", at=fact.at)


def answer_in(link: Link, fact: CameBack) -> SurveyAnswer | None:
    """Return what the customer answered, in time; None where nobody has."""
    if not isinstance(fact, EffectSucceeded) or not isinstance(fact.result, SurveyAnswer):
        return None
    given = fact.result
    in_time = given.answered_at is None or given.answered_at <= link.expires_at
    return given if given.state != "open" and in_time else None


def unanswered(link: Link, plan: Plan, fact: CameBack) -> LinkUnanswered:
    """Say when it is asked again: until it has expired, and somewhat longer where nobody could be asked."""
    known = isinstance(fact, EffectSucceeded)
    over = fact.at > link.expires_at if known else link.failed + 1 >= MOST_FAILED_LOOKS
    next_look = fact.at + plan.look_every
    if known:
        next_look = min(next_look, link.expires_at)
    look_at = None if over else next_look
    return LinkUnanswered(survey=plan.survey, key=fact.key, known=known, look_at=look_at, at=fact.at)


def is_ours(link: Link | None, key: str) -> bool:
    """Say whether a key belongs to this link; an earlier round's may still come back."""
    return link is not None and key in (link.key, link.asking)


def evolve(link: Link | None, event: LinkEvent) -> Link | None:
    """Apply one event of a link; what belongs to an earlier round's changes nothing."""
    if isinstance(event, LinkPrepared):
        return Link(
            key=event.key,
            channel=event.channel,
            questions=event.questions,
            expires_at=event.expires_at,
            tried=(*(link.tried if link else ()), event.channel),
        )
    if link is None:
        return None
    if isinstance(event, LinkAsked):
        return replace(link, asking=event.key, look_at=None, looks=link.looks + 1)
    if not is_ours(link, event.key):
        return link
    match event:
        case LinkDelivered(reference=reference, look_at=look_at):
            return replace(link, sending=False, reference=reference, look_at=look_at)
        case LinkFailed():
            return replace(link, sending=False)
        case LinkUnanswered(known=known, look_at=look_at):
            failed = 0 if known else link.failed + 1
            return replace(link, asking=None, look_at=look_at, failed=failed)
        case _:
            assert_never(event)


def closed(link: Link | None) -> Link | None:
    """Return a link that nobody asks about any more."""
    return replace(link, sending=False, asking=None, look_at=None) if link else None
