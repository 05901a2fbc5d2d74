"""An upset customer: who speaks to them next, when at the earliest, and when they are called back (R22).

A contact that finds the customer upset sets a flag. While it stands nobody of ours calls before the
cooling-off is over; then the target `call_back` runs, and whoever calls is trained or leads, and is not who
spoke in the heated contact. What happened is logged all the same: a contact that passes this over is noted as
such, and the call is still owed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Literal, assert_never

from domain.allocation import Upset, may_speak
from domain.budget import due_of
from domain.contact import WRITTEN, ContactLogged, ContactTakenIn, ended_lawfully, speaker
from domain.message import Deadline, Event
from domain.policy import Heated, Policy
from domain.record import Id, Instant
from domain.treatment_rules import Emotion


class HeatFlagged(Event):
    """A contact found the customer upset.

    Attributes:
        contact: its number.
        spoke: who of ours spoke in it, where that is known.
        happened: when the contact took place.
        cools_at: when the cooling-off ends; None where the calendar never opens that long.
    """

    kind: Literal["heat_flagged"] = "heat_flagged"
    contact: int
    spoke: Id | None
    happened: Instant
    cools_at: Instant | None


class CooledOff(Event):
    """The cooling-off is over: from now on the customer is called back."""

    kind: Literal["cooled_off"] = "cooled_off"
    contact: int


class HeatPassedOver(Event):
    """The customer was called before the cooling-off was over, or by somebody who should not have called."""

    kind: Literal["heat_passed_over"] = "heat_passed_over"
    contact: int
    why: Literal["too_soon", "not_trained"]


class HeatSettled(Event):
    """A contact found the customer calm, or somebody who is trained or leads spoke to them."""

    kind: Literal["heat_settled"] = "heat_settled"
    contact: int
    why: Literal["calm", "called_back"]


HeatEvent = HeatFlagged | CooledOff | HeatPassedOver | HeatSettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The flag, as it stands.

    Attributes:
        contact: number of the last contact that found the customer upset; None: no flag stands.
        since: when that was; `known_at` is when it was logged.
        apart: who spoke to the customer in those contacts.
        cooling: the end of the cooling-off has not come yet.
    """

    contact: int | None = None
    since: datetime | None = None
    known_at: datetime | None = None
    apart: tuple[str, ...] = ()
    cools_at: datetime | None = None
    cooling: bool = False


def rules_of(policy: Policy) -> Heated | None:
    """Return what the policy says about upset customers."""
    return policy.handling.heated if policy.handling else None


def upset_of(heat: Heat, policy: Policy) -> Upset | None:
    """Return what the flag asks of whoever speaks to the customer; None where none stands."""
    rules = rules_of(policy)
    if rules is None or heat.contact is None or heat.known_at is None:
        return None
    return Upset(contact=heat.contact, known_at=heat.known_at, skill=rules.skill, apart=heat.apart)


def _contacts(events: Iterable[Event]) -> Iterator[ContactLogged]:
    """Yield the contacts among these events, each with its number in this case."""
    for event in events:
        if isinstance(event, ContactLogged):
            yield event
        elif isinstance(event, ContactTakenIn):
            yield event.contact.model_copy(update={"number": event.number})


def heard(heat: Heat, policy: Policy, events: Iterable[Event], at: datetime) -> tuple[HeatEvent, ...]:
    """Return what contacts that were just logged mean for the flag."""
    found: tuple[HeatEvent, ...] = ()
    for contact in _contacts(events):
        meant = _meant(heat, policy, contact, at)
        found, heat = (*found, *meant), reduce(evolve, meant, heat)
    return found


def _meant(heat: Heat, policy: Policy, contact: ContactLogged, at: datetime) -> tuple[HeatEvent, ...]:
    rules, upset = rules_of(policy), upset_of(heat, policy)
    if contact.emotion == "high" and rules is not None:
        flagged = HeatFlagged(
            contact=contact.number,
            spoke=speaker(contact),
            happened=contact.happened,
            cools_at=due_of(rules.cooling_off, policy.calendar, contact.happened),
            at=at,
        )
        return (flagged,)
    answered = contact.reached or contact.direction == "inbound"
    if upset is None or not answered or (heat.since is not None and contact.happened < heat.since):
        return ()
    if contact.emotion == "calm":
        return (HeatSettled(contact=contact.number, why="calm", at=at),)
    if contact.channel in WRITTEN or speaker(contact) is None:
        return ()
    fits = may_speak(policy, upset, speaker(contact) or "")
    return _called(heat, contact, at, fits=fits)


def _called(heat: Heat, contact: ContactLogged, at: datetime, *, fits: bool) -> tuple[HeatEvent, ...]:
    """A customer who calls us is spoken to whenever they call; it is us who wait."""
    number, ours = contact.number, contact.direction == "outbound"
    if ours and heat.cools_at is not None and contact.happened < heat.cools_at:
        return (HeatPassedOver(contact=number, why="too_soon", at=at),)
    if ours and not fits:
        return (HeatPassedOver(contact=number, why="not_trained", at=at),)
    if not fits or contact.tone == "hostile" or contact.ended_by_staff is not None:
        return ()
    return (HeatSettled(contact=number, why="called_back", at=at),)


def to_review(
    policy: Policy, events: Iterable[Event], emotion: Emotion | None
) -> tuple[tuple[int, str | None], ...]:
    """Return which contacts a supervisor has to look at, and who spoke in them.

    Args:
        policy: One that says nothing about upset customers asks for no review.
        events: What was just logged.
        emotion: How the customer was before.
    """
    found: list[tuple[int, str | None]] = []
    for contact in _contacts(events) if rules_of(policy) else ():
        emotion, ended = contact.emotion or emotion, contact.ended_by_staff
        cut_off = emotion == "high" and ended is not None and not ended_lawfully(policy, ended)
        if contact.tone == "hostile" or cut_off:
            found.append((contact.number, speaker(contact)))
    return tuple(found)


def deadlines(heat: Heat) -> tuple[Deadline, ...]:
    """Return when the cooling-off ends."""
    if not heat.cooling or heat.cools_at is None:
        return ()
    return (Deadline(name=f"heat/cooling-off:{heat.contact}", due=heat.cools_at),)


def lapse(deadline: Deadline, at: datetime) -> tuple[HeatEvent, ...]:
    """From now on the customer is called back."""
    return (CooledOff(contact=int(deadline.name.rpartition(":")[2]), due=deadline.due, at=at),)


def evolve(heat: Heat, event: HeatEvent) -> Heat:
    """Apply one event of the flag; whoever spoke in an earlier heated contact still keeps apart."""
    match event:
        case HeatFlagged(contact=contact, spoke=spoke, happened=happened, cools_at=cools_at, at=at):
            apart = dict.fromkeys((*heat.apart, *((spoke,) if spoke else ())))
            return Heat(
                contact=contact,
                since=happened,
                known_at=at,
                apart=tuple(apart),
                cools_at=cools_at,
                cooling=cools_at is not None,
            )
        case CooledOff():
            return replace(heat, cooling=False)
        case HeatPassedOver():
            return heat
        case HeatSettled():
            return Heat()
        case _:
            assert_never(event)
