"""Who should own a case: by skill, load and authority, and what happens when its owner is away.

What others have on their desks is a fact of other cases: the ledger is asked for it, and where it does not
answer the suggestion says so and does without.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from domain.actor import Role
from domain.assignment import (
    Assignment,
    AssignmentEvent,
    OwnerAppointed,
    TransferCase,
    TransferOffered,
    escalate,
)
from domain.effect import Effect, LoadAnswer, ReadLoad
from domain.message import CameBack, Command, Deadline, EffectSucceeded, Event
from domain.money import Money
from domain.policy import Person, Policy, SkillRule
from domain.record import Id, Instant, Line, Text
from domain.refusal import Refused
from domain.triage import Classification

Because = Literal["asked", "away", "taken", "upset"]
"""Why an owner is sought: somebody asks, the owner is away, a department took the case without one, or the
customer is upset and its owner is not the one to speak to them."""


class SuggestOwner(Command):
    """Ask who should own the case, by skill, load and authority."""

    kind: Literal["suggest_owner"] = "suggest_owner"


class ReportAbsence(Command):
    """Somebody who owns the case is away, or has left for good where no return is named."""

    kind: Literal["report_absence"] = "report_absence"
    person: Id
    until: Instant | None = None
    reason: Line


class OwnerSought(Event):
    """The ledger is asked what these people have on their desks."""

    kind: Literal["owner_sought"] = "owner_sought"
    number: int
    people: tuple[Id, ...]
    because: Because


class OwnerSuggested(Event):
    """Who should own the case, and why.

    Attributes:
        person: None where nobody of the department is there.
        load: how many open cases each person owned; empty where the ledger did not answer.
        lacks: what even this person lacks.
    """

    kind: Literal["owner_suggested"] = "owner_suggested"
    key: Line | None
    person: Id | None
    reasons: tuple[Line, ...]
    load: dict[Id, int]
    lacks: tuple[Line, ...] = ()


class OwnerAway(Event):
    """The owner is away: the case is offered to somebody else, and every deadline runs on."""

    kind: Literal["owner_away"] = "owner_away"
    person: Id
    until: Instant | None
    reason: Line


class SkillMismatched(Event):
    """The owner lacks what the case asks for; the next hand-over goes to somebody who has it."""

    kind: Literal["skill_mismatched"] = "skill_mismatched"
    owner: Id
    lacks: tuple[Line, ...]


AllocationCommand = SuggestOwner | ReportAbsence
AllocationEvent = OwnerSought | OwnerSuggested | OwnerAway | SkillMismatched


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Somebody is away; without `until` they have left for good."""

    person: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Who was sought and suggested, who is away, and whom the case asks too much of.

    Attributes:
        seeking: key of the question to the ledger that is open.
        sought_at: when the last one was asked.
        away: who of its people is away.
        mismatched: an owner and what they lack.
    """

    sought: int = 0
    seeking: str | None = None
    people: tuple[str, ...] = ()
    because: Because = "asked"
    sought_at: datetime | None = None
    suggested: str | None = None
    reasons: tuple[str, ...] = ()
    away: tuple[Away, ...] = ()
    mismatched: tuple[str, tuple[str, ...]] | None = None

    def absence(self, person: str) -> Away | None:
        """Return since when and until when somebody is away."""
        return next((each for each in self.away if each.person == person), None)

    def is_away(self, person: str, at: datetime) -> bool:
        """Say whether somebody is known to be away."""
        known = self.absence(person)
        return known is not None and (known.until is None or at < known.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upset:
    """The customer is upset: who speaks to them next has this skill or leads.

    Attributes:
        contact: number of the contact that found them so; `known_at` is when it was logged.
        apart: who spoke in such a contact, and does not speak to them next.
    """

    contact: int
    known_at: datetime
    skill: str
    apart: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the stages before this one know, what the case is worth, and whether its customer is upset."""

    policy: Policy
    triage: Classification
    assignment: Assignment
    claimed: Money | None = None
    summary: str = ""
    upset: Upset | None = None


# What a case asks of its owner. ----------------------------------------------------------------------------


def needed(policy: Policy, triage: Classification) -> tuple[str, ...]:
    """Return the skills that a case of this class asks of its owner."""
    rules = policy.handling.skills if policy.handling else ()
    return tuple(dict.fromkeys(rule.skill for rule in rules if _fits(rule, triage)))


def _fits(rule: SkillRule, triage: Classification) -> bool:
    return (
        (not rule.voc_types or triage.voc_type in rule.voc_types)
        and (not rule.causes or triage.cause in rule.causes)
        and (not rule.products or triage.product in rule.products)
        and (not rule.severities or triage.severity in rule.severities)
    )


def lacking(policy: Policy, triage: Classification, person: str) -> tuple[str, ...]:
    """Return the skills that somebody lacks for this case."""
    known = policy.person(person)
    has = known.skills if known else ()
    return tuple(skill for skill in needed(policy, triage) if skill not in has)


def may_speak(policy: Policy, upset: Upset | None, person: str) -> bool:
    """Say whether somebody may speak to the customer next; while nobody is upset anybody may."""
    known = policy.person(person)
    if upset is None or known is None:
        return upset is None
    return person not in upset.apart and (upset.skill in known.skills or policy.leads(person))


def planned_absence(policy: Policy, person: Person, at: datetime) -> bool:
    """Say whether the directory has somebody away on the day of this instant."""
    day = at.astimezone(ZoneInfo(policy.calendar.timezone)).date()
    return any(
        each.from_day <= day and (each.to_day is None or day <= each.to_day) for each in person.absences
    )


def candidates(allocation: Allocation, desk: Desk, at: datetime) -> tuple[Person, ...]:
    """Return who of the department could own the case now: everybody there but its present owner."""
    policy = desk.policy
    department = desk.assignment.department or policy.fallback_department
    return tuple(
        person
        for person in policy.people
        if person.department == department
        and (Role.AGENT in person.roles or Role.SUPERVISOR in person.roles)
        and person.id != desk.assignment.owner
        and not allocation.is_away(person.id, at)
        and not planned_absence(policy, person, at)
    )


# decide ----------------------------------------------------------------------------------------------------


def decide(allocation: Allocation, desk: Desk, command: AllocationCommand) -> tuple[Event, ...]:
    """Seek an owner, or note that the present one is away."""
    match command:
        case SuggestOwner(at=at):
            if allocation.seeking is not None:
                return ()
            if desk.assignment.department is None:
                raise Refused("the case has no department yet: triage it first", code="not-triaged")
            return (_seek(allocation, desk, at, "asked"),)
        case ReportAbsence():
            return _absent(allocation, desk, command)
        case _:
            assert_never(command)


def _absent(allocation: Allocation, desk: Desk, command: ReportAbsence) -> tuple[Event, ...]:
    if command.person not in (desk.assignment.owner, desk.assignment.offered_to):
        raise Refused(
            "person: the case is neither theirs nor offered to them"
            "; name its owner, or whom it is offered to",
            code="not-owner",
        )
    if command.until is not None and command.until <= command.at:
        raise Refused(
            "until: lies in the past; there is nothing to hand over: name a later instant", code="past"
        )
    known = allocation.absence(command.person)
    if known is not None and known.until == command.until:
        return ()
    gone = OwnerAway(
        person=command.person,
        until=command.until,
        reason=command.reason,
        at=command.at,
        by=command.by,
    )
    return _hand_on(allocation, desk, gone)


def _hand_on(allocation: Allocation, desk: Desk, gone: OwnerAway) -> tuple[Event, ...]:
    """Seek a successor, unless one is sought or asked already."""
    sought = allocation.seeking is not None and allocation.because == "away"
    offered = desk.assignment.offered_to not in (None, gone.person)
    if sought or offered:
        return (gone,)
    return (gone, _seek(evolve(allocation, gone), desk, gone.at, "away"))


def _seek(allocation: Allocation, desk: Desk, at: datetime, because: Because) -> OwnerSought:
    people = tuple(person.id for person in candidates(allocation, desk, at))
    return OwnerSought(number=allocation.sought + 1, people=people, because=because, at=at)


def check_transfer(allocation: Allocation, desk: Desk, command: TransferCase) -> None:
    """A hand-over goes to somebody who is there, and after a mismatch to somebody who has the skill.

    Raises:
        Refused: naming who is there and has it.
    """
    policy, triage = desk.policy, desk.triage
    person = policy.person(command.to)
    if policy.handling is None or person is None:
        return
    if allocation.is_away(command.to, command.at) or planned_absence(policy, person, command.at):
        raise Refused("to: is away; name somebody who is there", code="absent")
    if desk.upset is not None and not may_speak(policy, desk.upset, command.to):
        raise Refused(
            f"to: the customer was upset in contact {desk.upset.contact}; name somebody trained in "
            f"{desk.upset.skill}, or a leader, who did not speak to them then",
            code="skill",
        )
    mismatch = allocation.mismatched
    if mismatch is None or mismatch[0] != desk.assignment.owner:
        return
    lacks = lacking(policy, triage, command.to)
    able = [
        each.id for each in candidates(allocation, desk, command.at) if not lacking(policy, triage, each.id)
    ]
    if lacks and able:
        raise Refused(
            f"to: lacks {', '.join(lacks)}, which {', '.join(able)} have; name one of them", code="skill"
        )


def follow(allocation: Allocation, desk: Desk, at: datetime) -> tuple[AllocationEvent, ...]:
    """Seek an owner where a department took the case without one, or the customer is upset and needs another.

    One who lacks what the case asks for is noted. Leaders own for their authority, not for a skill.
    """
    taken = desk.assignment.taken_at
    sought = allocation.sought_at is not None and taken is not None and allocation.sought_at >= taken
    if taken is not None and not sought and allocation.seeking is None:
        return (_seek(allocation, desk, at, "taken"),)
    if _needs_another(allocation, desk):
        return (_seek(allocation, desk, at, "upset"),)
    owner, policy = desk.assignment.owner, desk.policy
    if owner is None or desk.assignment.accepted_at is None or not policy.holds(owner, Role.AGENT):
        return ()
    lacks = lacking(policy, desk.triage, owner)
    if not lacks or allocation.mismatched == (owner, lacks):
        return ()
    return (SkillMismatched(owner=owner, lacks=lacks, at=at),)


def _needs_another(allocation: Allocation, desk: Desk) -> bool:
    """Another owner is sought once for each owner whom an upset customer should not have to speak to."""
    held = desk.assignment
    if desk.upset is None or held.owner is None or allocation.seeking is not None:
        return False
    known = max(filter(None, (held.assigned_at, held.accepted_at, desk.upset.known_at)))
    sought = allocation.because == "upset" and allocation.sought_at is not None
    if sought and allocation.sought_at is not None and allocation.sought_at >= known:
        return False
    return not may_speak(desk.policy, desk.upset, held.owner)


# What time does. -------------------------------------------------------------------------------------------


def deadlines(allocation: Allocation, desk: Desk) -> tuple[Deadline, ...]:
    """An absence that the directory announces for the owner begins while they have the case."""
    owner, since = desk.assignment.owner, desk.assignment.accepted_at
    person = desk.policy.person(owner) if owner is not None else None
    if person is None or since is None:
        return ()
    away = allocation.absence(person.id)
    known = max(since, away.since) if away is not None else since
    zone = ZoneInfo(desk.policy.calendar.timezone)
    starts = (datetime.combine(each.from_day, time(), zone) for each in person.absences)
    begins = min((start for start in starts if start > known), default=None)
    return (Deadline(name=f"allocation/absence:{owner}", due=begins),) if begins is not None else ()


def lapse(allocation: Allocation, desk: Desk, deadline: Deadline, at: datetime) -> tuple[Event, ...]:
    """The announced absence has begun."""
    person = deadline.name.rpartition(":")[2]
    known = desk.policy.person(person)
    zone = ZoneInfo(desk.policy.calendar.timezone)
    day = deadline.due.astimezone(zone).date()
    last = next((each.to_day for each in known.absences if each.from_day == day), None) if known else None
    until = datetime.combine(last, time(23, 59, 59), zone) if last is not None else None
    gone = OwnerAway(person=person, until=until, reason="announced in the directory", due=deadline.due, at=at)
    return _hand_on(allocation, desk, gone)


# The ledger's answer. --------------------------------------------------------------------------------------


def todo(allocation: Allocation) -> tuple[Effect, ...]:
    """Return the question to the ledger."""
    if allocation.seeking is None:
        return ()
    return (Effect(key=allocation.seeking, request=ReadLoad(people=allocation.people)),)


def came_back(
    allocation: Allocation, desk: Desk, fact: CameBack
) -> tuple[AllocationEvent | AssignmentEvent, ...]:
    """Suggest an owner; where the present one is away, offer them the case or move it up."""
    answer = fact.result if isinstance(fact, EffectSucceeded) else None
    load = answer.open_cases if isinstance(answer, LoadAnswer) else None
    found = suggest(allocation, desk, load, fact.at)
    suggested = found.model_copy(update={"key": fact.key})
    owner = desk.assignment.owner
    if allocation.because == "upset":
        return (suggested, *_to_another(desk, suggested))
    handed = allocation.because == "away" and owner is not None and allocation.is_away(owner, fact.at)
    if not handed or desk.assignment.offered_to is not None:
        return (suggested,)
    if suggested.person is not None:
        offered = TransferOffered(to=suggested.person, summary=desk.summary, at=fact.at)
        return (suggested, offered)
    reason = f"{owner} is away and nobody of the department is there"
    return (
        suggested,
        *escalate(desk.assignment, desk.policy, cause="absence", reason=reason, at=fact.at),
    )


def _to_another(desk: Desk, found: OwnerSuggested) -> tuple[AssignmentEvent, ...]:
    """Give the case to whoever may speak to the customer; where nobody of the department may, move it up."""
    held, policy, at = desk.assignment, desk.policy, found.at
    if desk.upset is None or held.owner is None or may_speak(policy, desk.upset, held.owner):
        return ()  # the customer has calmed down, or the case has moved meanwhile
    why = f"the customer was upset in contact {desk.upset.contact}"
    if found.person is not None and _fits_upset(desk, found.person):
        reason = f"{why}: {', '.join(found.reasons)}"
        return (OwnerAppointed(owner=found.person, before=held.owner, reason=reason, at=at),)
    reason = f"{why}, and nobody of the department is trained in {desk.upset.skill}"
    return escalate(held, policy, cause="upset", reason=reason, at=at)


def suggest(allocation: Allocation, desk: Desk, load: dict[str, int] | None, at: datetime) -> OwnerSuggested:
    """Rank who is there: who may speak to the customer, then skill, authority for the claim, least load."""
    ranked = sorted(
        (person for person in candidates(allocation, desk, at) if person.id in allocation.people),
        key=lambda person: _rank(desk, person, load),
    )
    if not ranked:
        nobody: Text = "nobody of the department is there"
        return OwnerSuggested(key=None, person=None, reasons=(nobody,), load=load or {}, at=at)
    best = ranked[0]
    return OwnerSuggested(
        key=None,
        person=best.id,
        reasons=_reasons(desk, best, load),
        load=load or {},
        lacks=lacking(desk.policy, desk.triage, best.id),
        at=at,
    )


def _rank(desk: Desk, person: Person, load: dict[str, int] | None) -> tuple[bool, int, bool, bool, int]:
    return (
        not _fits_upset(desk, person.id),
        len(lacking(desk.policy, desk.triage, person.id)),
        not _has_authority(desk, person),
        Role.AGENT not in person.roles,
        load.get(person.id, 0) if load is not None else 0,
    )


def _has_authority(desk: Desk, person: Person) -> bool:
    """What is claimed should not need a second person; without an amount anybody has enough."""
    if desk.claimed is None:
        return True
    limits = [desk.policy.authority[role] for role in person.roles if role in desk.policy.authority]
    return any(
        limit.currency == desk.claimed.currency and limit.minor >= desk.claimed.minor for limit in limits
    )


def _reasons(desk: Desk, person: Person, load: dict[str, int] | None) -> tuple[str, ...]:
    asked = needed(desk.policy, desk.triage)
    lacks = lacking(desk.policy, desk.triage, person.id)
    has = ", ".join(skill for skill in asked if skill not in lacks)
    told = [
        _calms(desk, person),
        f"has {has}" if has else "",
        f"lacks {', '.join(lacks)}{'' if desk.upset else ', as everybody there'}" if lacks else "",
        f"may decide {desk.claimed} alone" if desk.claimed and _has_authority(desk, person) else "",
        f"{load.get(person.id, 0)} open cases" if load is not None else "load unknown: no answer",
    ]
    return tuple(filter(None, told))


def _fits_upset(desk: Desk, person: str) -> bool:
    """Say whether somebody may have the case of an upset customer; a pinned one stays with leaders."""
    if desk.upset is not None and desk.assignment.pinned and not desk.policy.leads(person):
        return False
    return may_speak(desk.policy, desk.upset, person)


def _calms(desk: Desk, person: Person) -> str:
    """Say why somebody may speak to an upset customer."""
    if desk.upset is None or not may_speak(desk.policy, desk.upset, person.id):
        return ""
    return f"trained in {desk.upset.skill}" if desk.upset.skill in person.skills else "leads"


# evolve ----------------------------------------------------------------------------------------------------


def evolve(allocation: Allocation, event: AllocationEvent) -> Allocation:
    """Apply one event of allocation."""
    match event:
        case OwnerSought(number=number, people=people, because=because, at=at):
            return replace(
                allocation,
                sought=number,
                seeking=f"load:{number}",
                people=people,
                because=because,
                sought_at=at,
            )
        case OwnerSuggested(person=person, reasons=reasons):
            return replace(allocation, seeking=None, suggested=person, reasons=reasons)
        case OwnerAway(person=person, until=until, at=at):
            gone = Away(person=person, since=at, until=until)
            return replace(allocation, away=(*_others(allocation, person), gone))
        case SkillMismatched(owner=owner, lacks=lacks):
            return replace(allocation, mismatched=(owner, lacks))
        case _:
            assert_never(event)


def back_at_work(allocation: Allocation, person: str) -> Allocation:
    """Whoever acts is there."""
    return replace(allocation, away=_others(allocation, person)) if allocation.away else allocation


def _others(allocation: Allocation, person: str) -> tuple[Away, ...]:
    return tuple(each for each in allocation.away if each.person != person)


def without_offer(assignment: Assignment, person: str) -> Assignment:
    """An offer to somebody who is away is taken back."""
    if assignment.offered_to != person:
        return assignment
    return replace(assignment, offered_to=None, offered_at=None)
