"""Reassurance after the remedy: a short series that says what was changed, and stops when it should."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.actor import Role
from domain.call_attempts import counted_from
from domain.consent import ContactWithheld, Why, may_write, written_channels
from domain.effect import CustomerSnapshot, Effect, FetchCustomer, NoticeSent, OtherCase
from domain.follow_up_rules import WrittenChannel
from domain.happy_call import Past
from domain.hours import contact_window
from domain.intake import AddedToCase
from domain.message import CameBack, Deadline, EffectSucceeded, Event
from domain.notice import Post
from domain.record import Id, Line, Text
from domain.remedy import Remedy
from domain.supervisor import SupervisorRequested

Stop = Literal["complained", "opted_out", "dissatisfied"]


class OtherCasesAsked(Event):
    """A message of the series is due: whether this customer has complained anew is looked up first."""

    kind: Literal["other_cases_asked"] = "other_cases_asked"
    number: int
    key: Line


class OtherCasesSeen(Event):
    """What the look brought: complaints that the customer opened as other cases since this one.

    Attributes:
        known: whether it could be looked up.
    """

    kind: Literal["other_cases_seen"] = "other_cases_seen"
    key: Line
    known: bool
    complaints: tuple[Id, ...] = ()


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


AfterCareEvent = (
    OtherCasesAsked
    | OtherCasesSeen
    | ReassuranceBegun
    | ReassuranceSent
    | ReassuranceFailed
    | AfterCareStopped
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterCare:
    """How far the series of the present round is.

    Attributes:
        handled: messages whose turn has come, sent or withheld.
        looking: key of the look at the customer's other cases that is under way.
        complained: whether the customer wrote or asked for a supervisor since the result.
    """

    round: int = 1
    handled: int = 0
    sent: int = 0
    looking: str | None = None
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
    if after_care.stopped is not None or after_care.key is not None or after_care.looking is not None:
        return ()
    due = contact_window(past.before, start + rules.after[after_care.handled])
    return (Deadline(name=f"after_care/reassure:{after_care.handled + 1}", due=due),)


def lapse(
    after_care: AfterCare, past: Past, remedy: Remedy, deadline: Deadline, at: datetime
) -> tuple[Event, ...]:
    """Where the message may go out, reaches somebody and says something, look first; else record why not."""
    number = after_care.handled + 1
    why = _unfit(past, remedy)
    if why is not None:
        return (ContactWithheld(purpose="reassurance", number=number, why=why, due=deadline.due, at=at),)
    key = f"{LOOK}:{after_care.round}.{number}"
    return (OtherCasesAsked(number=number, key=key, due=deadline.due, at=at),)


LOOK = "reassurance-look"
"""How the keys of looks at a customer's other cases begin."""

NO_COMPLAINT = ("inquiry", "compliment", "suggestion")
PUT_ASIDE = ("joined", "withdrawn")


def _seen(after_care: AfterCare, past: Past, remedy: Remedy, fact: CameBack) -> tuple[Event, ...]:
    """Send the message where nobody has complained anew; what is not known is not risked."""
    found = fact.result if isinstance(fact, EffectSucceeded) else None
    customer = found if isinstance(found, CustomerSnapshot) else None
    # Whom nobody knows by an id has no other cases that could be found.
    nobody = past.before.intake.opening.contact.customer_id is None
    known = customer is not None and (customer.cases is not None or (customer.customer_id is None and nobody))
    others = (customer.cases or ()) if customer else ()
    since = past.before.intake.received_at
    complaints = tuple(each.case_id for each in others if _complains(each, since))
    seen = OtherCasesSeen(key=fact.key, known=known, complaints=complaints, at=fact.at)
    if after_care.looking != fact.key or after_care.stopped is not None:
        return (seen,)
    if complaints or after_care.complained:
        return (seen, AfterCareStopped(why="complained", at=fact.at))
    number, why = after_care.handled, _unfit(past, remedy)
    if customer is not None and customer.known and not customer.consent_to_messages:
        why = "no_consent"
    elif contact_window(past.before, fact.at) != fact.at:
        why = "outside_hours"
    elif not known:
        why = "not_known"
    if why is not None:
        return (seen, ContactWithheld(purpose="reassurance", number=number, why=why, at=fact.at))
    begun = ReassuranceBegun(
        number=number,
        key=f"reassurance:{after_care.round}.{number}",
        channel=written_channels(past.before)[0],
        at=fact.at,
    )
    return (seen, begun)


def _complains(case: OtherCase, since: datetime) -> bool:
    """Say whether another case is a complaint after this one; one not classed yet may be one."""
    return case.opened_at > since and case.voc_type not in NO_COMPLAINT and case.end not in PUT_ASIDE


def _unfit(past: Past, remedy: Remedy) -> Why | None:
    if not may_write(past.before):
        return "no_consent"
    if not written_channels(past.before):
        return "no_channel"
    put_right = any(decision.remedy != "refusal" for decision in remedy.done)
    return None if put_right and past.result.prevention.strip() else "nothing_to_say"


def todo(after_care: AfterCare, past: Past, post: Post, *, over: bool) -> tuple[Effect, ...]:
    """Return the message in flight, or the look before it; nobody looks once the case is over."""
    if after_care.looking is not None:
        look = FetchCustomer(contact=past.before.intake.opening.contact)
        done = over or after_care.stopped is not None
        return () if done else (Effect(key=after_care.looking, request=look),)
    if after_care.key is None or after_care.channel is None:
        return ()
    template = "reassurance" if after_care.handled == 1 else "reassurance_again"
    own = {"prevention": past.result.prevention}
    return (post.notice(after_care.key, template, own, channel=after_care.channel),)


def came_back(
    after_care: AfterCare, past: Past, remedy: Remedy, fact: CameBack, *, over: bool
) -> tuple[Event, ...]:
    """Say what became of a look or a message; none is sent again, the next comes at its time."""
    if fact.key.startswith(f"{LOOK}:"):
        seen = _seen(after_care, past, remedy, fact)
        return seen[:1] if over else seen
    match fact:
        case EffectSucceeded(result=NoticeSent(delivered=delivered, text=text)):
            return (ReassuranceSent(key=fact.key, delivered=delivered, text=text, at=fact.at),)
        case _:
            return (ReassuranceFailed(key=fact.key, at=fact.at),)


def evolve(after_care: AfterCare, event: AfterCareEvent | ContactWithheld) -> AfterCare:
    """Apply one event of after-care."""
    match event:
        case OtherCasesAsked(key=key, number=number):
            return replace(after_care, looking=key, handled=number)
        case OtherCasesSeen(key=key):
            return replace(after_care, looking=None if key == after_care.looking else after_care.looking)
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
