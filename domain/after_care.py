"""Reassurance after the remedy: a short series that says what was changed, and stops when it should."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.actor import Role
from domain.call_attempts import counted_from
from domain.consent import ContactWithheld, Why, may_write, written_channels
from domain.effect import Effect, NoticeSent
from domain.follow_up_rules import WrittenChannel
from domain.happy_call import Past
from domain.hours import contact_window
from domain.intake import AddedToCase
from domain.message import CameBack, Deadline, EffectSucceeded, Event
from domain.notice import Post
from domain.record import Line, Text
from domain.remedy import Remedy
from domain.supervisor import SupervisorRequested

Stop = Literal["complained", "opted_out", "dissatisfied"]


class ReassuranceBegun(Event):
    """A message of the series is going out."""

    kind: Literal["reassurance_begun"] = "reassurance_begun"
    number: int
    key: Line
    channel: WrittenChannel


class ReassuranceSent(Event):
    """It went out; `delivered` by the gateway's word. One that did not arrive is not sent again."""

    kind: Literal["reassurance_sent"] = "reassurance_sent"
    key: Line
    delivered: bool
    text: Text


class ReassuranceFailed(Event):
    """It did not go out, or nobody knows."""

    kind: Literal["reassurance_failed"] = "reassurance_failed"
    key: Line


class AfterCareStopped(Event):
    """No further message of the series goes out."""

    kind: Literal["after_care_stopped"] = "after_care_stopped"
    why: Stop


AfterCareEvent = ReassuranceBegun | ReassuranceSent | ReassuranceFailed | AfterCareStopped


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterCare:
    """How far the series of the present round is.

    Attributes:
        handled: messages whose turn has come, sent or withheld.
        complained: whether the customer wrote or asked for a supervisor since the result.
    """

    round: int = 1
    handled: int = 0
    sent: int = 0
    key: str | None = None
    channel: WrittenChannel | None = None
    complained: bool = False
    stopped: Stop | None = None


def follow(after_care: AfterCare, past: Past, *, bad: bool, at: datetime) -> tuple[AfterCareEvent, ...]:
    """Stop the series at a new complaint, at a bad answer, and when the customer wants no messages."""
    if after_care.stopped is not None or not _runs(after_care, past):
        return ()
    why: Stop | None = "complained" if after_care.complained else "dissatisfied" if bad else None
    if past.before.contacts.no_messages:
        why = "opted_out"
    return (AfterCareStopped(why=why, at=at),) if why else ()


def _runs(after_care: AfterCare, past: Past) -> bool:
    rules, result = past.before.policy.happy_call.after_care, past.result
    left = rules is not None and after_care.handled < len(rules.after)
    return left and result.delivered_at is not None and not result.final


def deadlines(after_care: AfterCare, past: Past) -> tuple[Deadline, ...]:
    """Return when the next message goes out, inside the customer's hours."""
    rules, start = past.before.policy.happy_call.after_care, counted_from(past.result, past.saga)
    if rules is None or start is None or not _runs(after_care, past):
        return ()
    if after_care.stopped is not None or after_care.key is not None:
        return ()
    due = contact_window(past.before, start + rules.after[after_care.handled])
    return (Deadline(name=f"after_care/reassure:{after_care.handled + 1}", due=due),)


def lapse(
    after_care: AfterCare, past: Past, remedy: Remedy, deadline: Deadline, at: datetime
) -> tuple[Event, ...]:
    """Send the message where it may go out, reaches somebody and says something; else record why not."""
    number = after_care.handled + 1
    why = _unfit(past, remedy)
    if why is not None:
        return (ContactWithheld(purpose="reassurance", number=number, why=why, due=deadline.due, at=at),)
    begun = ReassuranceBegun(
        number=number,
        key=f"reassurance:{after_care.round}.{number}",
        channel=written_channels(past.before)[0],
        due=deadline.due,
        at=at,
    )
    return (begun,)


def _unfit(past: Past, remedy: Remedy) -> Why | None:
    if not may_write(past.before):
        return "no_consent"
    if not written_channels(past.before):
        return "no_channel"
    put_right = any(decision.remedy != "refusal" for decision in remedy.done)
    return None if put_right and past.result.prevention.strip() else "nothing_to_say"


def todo(after_care: AfterCare, past: Past, post: Post) -> tuple[Effect, ...]:
    """Return the message in flight."""
    if after_care.key is None or after_care.channel is None:
        return ()
    template = "reassurance" if after_care.handled == 1 else "reassurance_again"
    own = {"prevention": past.result.prevention}
    return (post.notice(after_care.key, template, own, channel=after_care.channel),)


def came_back(fact: CameBack) -> tuple[AfterCareEvent, ...]:
    """Say what became of a message; it is not sent again, the next in the series comes at its time."""
    match fact:
        case EffectSucceeded(result=NoticeSent(delivered=delivered, text=text)):
            return (ReassuranceSent(key=fact.key, delivered=delivered, text=text, at=fact.at),)
        case _:
            return (ReassuranceFailed(key=fact.key, at=fact.at),)


def evolve(after_care: AfterCare, event: AfterCareEvent | ContactWithheld) -> AfterCare:
    """Apply one event of after-care."""
    match event:
        case ReassuranceBegun(key=key, channel=channel, number=number):
            return replace(after_care, key=key, channel=channel, handled=number)
        case ContactWithheld(number=number):
            return replace(after_care, handled=number)
        case ReassuranceSent(delivered=delivered, key=key):
            sent = after_care.sent + delivered
            return replace(after_care, sent=sent, key=None if key == after_care.key else after_care.key)
        case ReassuranceFailed(key=key):
            return replace(after_care, key=None if key == after_care.key else after_care.key)
        case AfterCareStopped(why=why):
            return replace(after_care, stopped=why)
        case _:
            assert_never(event)


def heard(after_care: AfterCare, past_result_at: datetime | None, event: Event) -> AfterCare:
    """Note that the customer came back to us after the result: whatever it is, it comes first."""
    spoke = isinstance(event, AddedToCase) and event.by.role is Role.CUSTOMER
    if past_result_at is None or not (spoke or isinstance(event, SupervisorRequested)):
        return after_care
    return replace(after_care, complained=True)
