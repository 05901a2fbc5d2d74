"""The longer written form (SERVQUAL): once a case, by link after a good answer, never on the phone."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain import answer_link
from domain.answer_link import (
    Link,
    LinkAsked,
    LinkDelivered,
    LinkFailed,
    LinkPrepared,
    LinkUnanswered,
)
from domain.consent import WRITTEN, ContactWithheld, may_write, written_channels
from domain.effect import Effect
from domain.happy_call import FollowUp
from domain.hours import contact_window
from domain.message import CameBack, Deadline, Event
from domain.plan import Before
from domain.questions import seed_of
from domain.record import Line, Text
from domain.servqual import items_for


class FormAnswered(Event):
    """The customer filled the form in: item by item, expected and perceived, 1 to 7; gaps are a fold."""

    kind: Literal["form_answered"] = "form_answered"
    reference: Line
    answers: dict[str, int]
    verbatim: Text


class FormClosed(Event):
    """The form came to nothing."""

    kind: Literal["form_closed"] = "form_closed"
    why: Literal["unanswered", "declined", "withheld", "undelivered", "reopened"]


FormEvent = FormAnswered | FormClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How far the written form is."""

    link: Link | None = None
    answered_at: datetime | None = None
    closed: str | None = None

    @property
    def over(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.answered_at is not None or self.closed is not None


def _plan(before: Before) -> answer_link.Plan | None:
    rules = before.policy.happy_call.form
    if rules is None:
        return None
    tangibles = before.intake.opening.source in rules.tangibles_for
    return answer_link.Plan(
        survey="servqual",
        round=1,
        template="form_link",
        questions=tuple(item.id for item in items_for(tangibles=tangibles)),
        allowed=WRITTEN,
        open_for=rules.open_for,
        look_every=rules.open_for,
    )


def follow(form: Form, follow_up: FollowUp, at: datetime) -> tuple[FormEvent, ...]:
    """A customer who has to be won back first is not asked for more."""
    waits = form.link is not None and not form.over
    return (FormClosed(why="reopened", at=at),) if waits and not follow_up.good else ()


def deadlines(form: Form, before: Before, follow_up: FollowUp) -> tuple[Deadline, ...]:
    """Return when the form goes out, or when its answer is fetched."""
    rules = before.policy.happy_call.form
    if rules is None or form.over or not follow_up.good or follow_up.answered_at is None:
        return ()
    if form.link is None:
        due = contact_window(before, follow_up.answered_at + rules.delay)
        return (Deadline(name="written_form/send:1", due=due),)
    if form.link.look_at is None:
        return ()
    return (Deadline(name=f"written_form/look:{form.link.looks + 1}", due=form.link.look_at),)


def lapse(form: Form, before: Before, deadline: Deadline, at: datetime) -> tuple[Event, ...]:
    """Send the form, or fetch its answer; what consent or channel forbids is recorded and not sent."""
    if form.link is not None:
        return (answer_link.lapse(form.link, "servqual", deadline.due, at),)
    return _prepared(form, before, at, deadline.due)


def _prepared(form: Form, before: Before, at: datetime, due: datetime | None) -> tuple[Event, ...]:
    plan = _plan(before)
    why: Literal["no_consent", "no_channel"] | None = None
    if not may_write(before):
        why = "no_consent"
    elif not written_channels(before):
        why = "no_channel"
    if why is not None:
        withheld = ContactWithheld(purpose="servqual", number=1, why=why, due=due, at=at)
        return (withheld, FormClosed(why="withheld", at=at))
    seed = seed_of(before.intake.key_digest, "servqual")
    prepared = answer_link.prepare(form.link, plan, before, seed=seed, at=at) if plan else None
    if prepared is None:
        return (FormClosed(why="undelivered", due=due, at=at),)
    return (prepared.model_copy(update={"due": due}),)


def todo(form: Form, before: Before, number: str) -> tuple[Effect, ...]:
    """Return the link while it goes out, or the question whether it was answered."""
    plan = _plan(before)
    if form.link is None or form.over or plan is None:
        return ()
    return answer_link.todo(form.link, plan, before, number)


def came_back(form: Form, before: Before, fact: CameBack) -> tuple[Event, ...]:
    """Say whether the link went out, and what was answered."""
    link, plan = form.link, _plan(before)
    if link is None or plan is None or form.over or not answer_link.is_ours(link, fact.key):
        return (FormClosed(why=_last(form), at=fact.at),)
    if fact.key == link.key:
        sent = answer_link.sent(link, plan, fact)
        return (sent,) if isinstance(sent, LinkDelivered) else (sent, *_prepared(form, before, fact.at, None))
    given = answer_link.answer_in(link, fact)
    if given is not None and given.state == "declined":
        return (FormClosed(why="declined", at=fact.at),)
    if given is not None:
        reference = link.reference or fact.key
        answered = FormAnswered(
            reference=reference, answers=given.answers, verbatim=given.verbatim, at=fact.at
        )
        return (answered,)
    later = answer_link.unanswered(link, plan, fact)
    return (later,) if later.look_at else (later, FormClosed(why="unanswered", at=fact.at))


def _last(form: Form) -> Literal["unanswered", "reopened"]:
    return "reopened" if form.closed == "reopened" else "unanswered"


LinkOfForm = LinkPrepared | LinkDelivered | LinkFailed | LinkAsked | LinkUnanswered


def evolve(form: Form, event: FormEvent | LinkOfForm) -> Form:
    """Apply one event of the form."""
    match event:
        case FormAnswered(at=at):
            return replace(form, answered_at=at, link=answer_link.closed(form.link))
        case FormClosed(why=why):
            closed = form.closed or (None if form.answered_at else why)
            return replace(form, closed=closed, link=answer_link.closed(form.link))
        case LinkPrepared() | LinkDelivered() | LinkFailed() | LinkAsked() | LinkUnanswered():
            return replace(form, link=answer_link.evolve(form.link, event))
        case _:
            assert_never(event)
