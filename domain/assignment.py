"""Who answers for the case: a department by rule, an owner by acceptance, the next level by escalation.

There is exactly one owner at any time after the first acceptance: a hand-over keeps the old owner until the
new one accepts; an escalation moves ownership at once.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.actor import REDRESS, Actor, Role
from domain.message import Command, Decision, Event
from domain.policy import Policy, Routing
from domain.record import Id, Instant, Line, Record, Text
from domain.refusal import Refused
from domain.triage import Classification


class RefuseDepartment(Command):
    """A department says that the case is not its own."""

    kind: Literal["refuse_department"] = "refuse_department"
    reason: Line


class AcceptCase(Command):
    """A member of the department takes the case; it is theirs from now on.

    Attributes:
        for_department: a leader takes it for the department, and who of it will own it is open; somebody is
            suggested, which binds nobody.
    """

    kind: Literal["accept_case"] = "accept_case"
    for_department: bool = False


class TransferCase(Command):
    """The owner (or a supervisor) offers the case to somebody else, with a summary."""

    kind: Literal["transfer_case"] = "transfer_case"
    to: Id
    summary: Text


class AcceptTransfer(Command):
    """The person to whom a case was offered takes it."""

    kind: Literal["accept_transfer"] = "accept_transfer"


class EscalateCase(Command):
    """Move the case one level up."""

    kind: Literal["escalate_case"] = "escalate_case"
    reason: Line


class DepartmentAssigned(Decision):
    """A routing rule found the department; `rule` is its place in the policy, 0 the fallback."""

    kind: Literal["department_assigned"] = "department_assigned"
    department: Line
    rule: int
    reason: Line


class CaseRerouted(Decision):
    """A person classed an owned case anew, and by the rules another department answers for it.

    Whoever owns it keeps it until somebody of that department accepts; every deadline runs on.
    """

    kind: Literal["case_rerouted"] = "case_rerouted"
    department: Line
    before: Line
    owner: Id
    rule: int
    reason: Line
    summary: Text


class FallbackAlerted(Event):
    """No department answers for the case by a rule: the fallback takes it, and its leader is told."""

    kind: Literal["fallback_alerted"] = "fallback_alerted"
    department: Line
    refused: tuple[Line, ...]


class DepartmentRefused(Event):
    """The department refused, with its reason."""

    kind: Literal["department_refused"] = "department_refused"
    department: Line
    reason: Line


class DepartmentAccepted(Event):
    """The department accepted the case; who of it owns it is open."""

    kind: Literal["department_accepted"] = "department_accepted"
    department: Line


class CaseAccepted(Event):
    """A member of the department accepted the case and owns it."""

    kind: Literal["case_accepted"] = "case_accepted"
    owner: Id


class TransferOffered(Event):
    """The case was offered to another person."""

    kind: Literal["transfer_offered"] = "transfer_offered"
    to: Id
    summary: Text


class TransferAccepted(Event):
    """The case changed hands."""

    kind: Literal["transfer_accepted"] = "transfer_accepted"
    owner: Id
    before: Id | None


class CaseEscalated(Decision):
    """The case moved up: another level, another owner.

    Attributes:
        level: the level reached; 0 is where cases begin.
        owner: who owns it from now on.
        cause: what moved it: `command`, or the name of the deadline that was missed.
    """

    kind: Literal["case_escalated"] = "case_escalated"
    level: int
    owner: Id
    before: Id | None
    cause: Line
    reason: Line


class OwnerAppointed(Decision):
    """Somebody was made owner without being asked: a reviewer who took no part."""

    kind: Literal["owner_appointed"] = "owner_appointed"
    owner: Id
    before: Id | None
    reason: Line


class Routed(Record):
    """What the routing rules say; rule 0 is the fallback."""

    department: Line
    rule: int
    reason: Line


TRANSFERS = "transfers"
"""Cause of the escalation that too many hand-overs bring."""

AssignmentCommand = RefuseDepartment | AcceptCase | TransferCase | AcceptTransfer | EscalateCase
AssignmentEvent = (
    DepartmentAssigned
    | CaseRerouted
    | FallbackAlerted
    | DepartmentRefused
    | DepartmentAccepted
    | CaseAccepted
    | TransferOffered
    | TransferAccepted
    | CaseEscalated
    | OwnerAppointed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Department, owner, level, and who was involved so far.

    Attributes:
        assigned_at: since when somebody is asked to accept: the department, or whom the case was moved up to.
        asks: how often somebody new was asked; each ask has an acceptance deadline of its own.
        taken_at: when the department took it without naming an owner; None where it did not, or has one.
        accepted_at: when the present owner accepted; None while that is awaited.
        passed_from: the department whose owner keeps it until somebody of another accepts; else None.
        pinned: it changed hands so often that only leaders pass it on.
    """

    department: str | None = None
    assigned_at: datetime | None = None
    asks: int = 0
    refused: tuple[str, ...] = ()
    taken_at: datetime | None = None
    owner: str | None = None
    accepted_at: Instant | None = None
    offered_to: str | None = None
    offered_at: datetime | None = None
    offers: int = 0
    level: int = 0
    transfers: int = 0
    owners: tuple[str, ...] = ()
    passed_from: str | None = None
    pinned: bool = False


def decide(assignment: Assignment, policy: Policy, command: AssignmentCommand) -> tuple[AssignmentEvent, ...]:
    """Move a case between departments, people and levels."""
    if isinstance(command, AcceptCase) and assignment.owner == command.by.id:
        return _accept(assignment, command)  # whom a case was moved up to accepts it even before triage
    if assignment.department is None:
        raise Refused("the case has no department yet: triage it first", code="not-triaged")
    match command:
        case RefuseDepartment(reason=reason, at=at, by=by):
            kept = assignment.owner is not None and assignment.passed_from is None
            if kept or assignment.taken_at is not None:
                raise Refused("the department has accepted the case; transfer it instead", code="accepted")
            if assignment.department == policy.fallback_department:
                raise Refused("this department takes what no other does; escalate instead", code="fallback")
            return (DepartmentRefused(department=assignment.department, reason=reason, at=at, by=by),)
        case AcceptCase(for_department=True):
            return _accept_for(assignment, assignment.department, command)
        case AcceptCase() if assignment.passed_from is not None and assignment.owner is not None:
            return _accept_passed(assignment, assignment.owner, policy, command)
        case AcceptCase():
            return _accept(assignment, command)
        case TransferCase():
            return _transfer(assignment, policy, command)
        case AcceptTransfer():
            return _accept_transfer(assignment, command)
        case EscalateCase(reason=reason, at=at, by=by):
            return escalate(assignment, policy, cause="command", reason=reason, at=at, by=by)
        case _:
            assert_never(command)


def _accept_for(assignment: Assignment, department: str, command: AcceptCase) -> tuple[AssignmentEvent, ...]:
    """A leader answers for the department, and leaves open who owns the case."""
    if command.by.role not in (Role.SUPERVISOR, Role.DEPARTMENT_HEAD):
        raise Refused("for_department: only a leader takes it so; leave it out", code="not-your-role")
    if assignment.owner is not None:
        raise Refused(f"{assignment.owner} owns the case; ask for a transfer", code="owned")
    if assignment.taken_at is not None:
        return ()
    return (DepartmentAccepted(department=department, at=command.at, by=command.by),)


def _accept(assignment: Assignment, command: AcceptCase) -> tuple[AssignmentEvent, ...]:
    if assignment.owner == command.by.id and assignment.accepted_at is not None:
        return ()
    if assignment.owner is not None and assignment.owner != command.by.id:
        raise Refused(f"{assignment.owner} owns the case; ask for a transfer", code="owned")
    return (CaseAccepted(owner=command.by.id, at=command.at, by=command.by),)


def _accept_passed(
    assignment: Assignment, owner: str, policy: Policy, command: AcceptCase
) -> tuple[AssignmentEvent, ...]:
    """Somebody of the department that now answers for the case takes it over from its owner."""
    person = policy.person(command.by.id)
    if person is None or person.department != assignment.department:
        raise Refused(
            f"by: the case goes to {assignment.department}; let somebody of it accept", code="not-theirs"
        )
    return (TransferAccepted(owner=command.by.id, before=owner, at=command.at, by=command.by),)


def _transfer(assignment: Assignment, policy: Policy, command: TransferCase) -> tuple[AssignmentEvent, ...]:
    if assignment.owner is None:
        raise Refused("nobody owns the case yet: accept it first", code="not-owned")
    if command.to in (assignment.owner, assignment.offered_to):
        return ()
    if not (policy.holds(command.to, Role.AGENT) or policy.holds(command.to, Role.SUPERVISOR)):
        raise Refused(
            "to: the role directory knows no agent or supervisor of that id; name somebody whom it knows",
            code="unknown-person",
        )
    if not command.summary.strip():
        raise Refused("summary: say what the next owner must know", code="summary")
    if _worn(assignment, policy):
        moved = () if assignment.pinned else _handed_too_often(assignment, policy, command)
        if moved:
            return moved
        if not policy.holds(command.to, Role.SUPERVISOR):
            raise Refused(
                "to: it changed hands too often; only a supervisor takes it now: name one",
                code="handed-too-often",
            )
    return (TransferOffered(to=command.to, summary=command.summary, at=command.at, by=command.by),)


def _worn(assignment: Assignment, policy: Policy) -> bool:
    """Every offer counts, taken up or not: the customer hears of a new name each time (R17)."""
    limit = policy.handling.max_transfers if policy.handling else None
    return assignment.pinned or (limit is not None and assignment.offers + 1 >= limit)


def _handed_too_often(
    assignment: Assignment, policy: Policy, command: TransferCase
) -> tuple[CaseEscalated, ...]:
    reason = f"it would change hands for the {assignment.offers + 1}. time"
    return escalate(assignment, policy, cause=TRANSFERS, reason=reason, at=command.at, by=command.by)


def _accept_transfer(assignment: Assignment, command: AcceptTransfer) -> tuple[AssignmentEvent, ...]:
    if assignment.owner == command.by.id:
        return ()
    if assignment.offered_to != command.by.id:
        raise Refused(
            "the case was not offered to you; ask its owner to offer it (transfer_case)", code="not-offered"
        )
    return (TransferAccepted(owner=command.by.id, before=assignment.owner, at=command.at, by=command.by),)


def escalate(
    assignment: Assignment,
    policy: Policy,
    *,
    cause: str,
    reason: str,
    at: datetime,
    by: Actor = REDRESS,
    due: datetime | None = None,
    clause: str | None = None,
) -> tuple[CaseEscalated, ...]:
    """Move one level up; at the top nothing moves and `()` says so.

    A case that has no department yet climbs in the fallback department.
    """
    department = policy.department(assignment.department or policy.fallback_department)
    level = assignment.level + 1
    if level > len(department.levels):
        return ()
    return (
        CaseEscalated(
            level=level,
            owner=department.levels[level - 1],
            before=assignment.owner,
            cause=cause,
            reason=reason,
            clause=clause,
            at=at,
            by=by,
            due=due,
        ),
    )


def appoint_reviewer(
    assignment: Assignment, policy: Policy, *, reason: str, at: datetime, part: tuple[str, ...] = ()
) -> tuple[OwnerAppointed, ...]:
    """Make somebody owner who took no part so far: a supervisor, else a department head.

    Args:
        assignment: Whoever owned the case took part.
        policy: Whom to choose from.
        reason: Why a reviewer is needed.
        at: When.
        part: Whoever else took part.

    Raises:
        Refused: where the policy's people have all taken part.
    """
    for role in (Role.SUPERVISOR, Role.DEPARTMENT_HEAD):
        for person in policy.people:
            if role in person.roles and person.id not in (*assignment.owners, *part):
                return (OwnerAppointed(owner=person.id, before=assignment.owner, reason=reason, at=at),)
    raise Refused("no reviewer is left who took no part; name one in the policy", code="no-reviewer")


def follow(assignment: Assignment, triage: Classification, policy: Policy, at: datetime) -> tuple[Event, ...]:
    """A classed case is given a department by the first rule that matches, and anew while nobody has it."""
    if not triage.classed:
        return ()
    found = route(assignment.refused, triage, policy)
    if assignment.department is not None and not _belongs_elsewhere(assignment, policy, found):
        return ()
    assigned = DepartmentAssigned(department=found.department, rule=found.rule, reason=found.reason, at=at)
    if found.rule or policy.handling is None:
        return (assigned,)
    alert = FallbackAlerted(department=found.department, refused=assignment.refused, at=at)
    return (assigned, alert)


def _belongs_elsewhere(assignment: Assignment, policy: Policy, found: Routed) -> bool:
    """A correction moves a case on as long as nobody has taken it."""
    free = assignment.owner is None and policy.handling is not None
    return free and found.department != assignment.department


def reroute(
    assignment: Assignment, triage: Classification, policy: Policy, *, summary: str, at: datetime, by: Actor
) -> tuple[CaseRerouted | OwnerAppointed, ...]:
    """Hand an owned case to the department that a person's new classification asks for by the rules.

    In higher hands it goes to the leader of that level at once; a case that changed hands too often stays.
    """
    before, owner = assignment.department, assignment.owner
    if not (policy.handling and policy.handling.reroute) or assignment.pinned or not (before and owner):
        return ()
    found = route(assignment.refused, triage, policy)
    if found.department == before:
        return ()
    moved = CaseRerouted(
        department=found.department,
        before=before,
        owner=owner,
        rule=found.rule,
        reason=found.reason,
        summary=summary,
        at=at,
        by=by,
    )
    levels = policy.department(found.department).levels
    leader = levels[min(assignment.level, len(levels)) - 1] if assignment.level else owner
    if leader == owner:
        return (moved,)
    return (moved, OwnerAppointed(owner=leader, before=owner, reason=found.reason, at=at))


def route(refused: Collection[str], triage: Classification, policy: Policy) -> Routed:
    """Return the department of the first rule that fits and has not refused, else customer service."""
    if policy.handling is not None and len(refused) >= policy.handling.max_refusals:
        reason = f"{len(refused)} departments refused; customer service takes it"
        return Routed(department=policy.fallback_department, rule=0, reason=reason)
    for place, rule in enumerate(policy.routing, start=1):
        if rule.department not in refused and _matches(rule, triage):
            return Routed(department=rule.department, rule=place, reason=rule.reason)
    reason = "no rule matches; customer service takes what nobody else does"
    return Routed(department=policy.fallback_department, rule=0, reason=reason)


def _matches(rule: Routing, triage: Classification) -> bool:
    return (
        (not rule.voc_types or triage.voc_type in rule.voc_types)
        and (not rule.products or triage.product in rule.products)
        and (not rule.causes or triage.cause in rule.causes)
    )


def evolve(assignment: Assignment, event: AssignmentEvent) -> Assignment:
    """Apply one event of assignment."""
    match event:
        case DepartmentAssigned(department=department, at=at):
            since = assignment.assigned_at or at  # a refusal by one department does not stop the clock
            if assignment.passed_from == department:  # nobody else wants it: it stays where it is
                assignment = replace(assignment, passed_from=None, offered_at=None)
            return replace(
                assignment,
                department=department,
                assigned_at=since,
                asks=max(assignment.asks, 1),
                taken_at=None,
            )
        case CaseRerouted(department=department, before=before, at=at):
            return replace(
                assignment,
                department=department,
                passed_from=assignment.passed_from or before,
                offered_at=at,
                offers=assignment.offers + 1,
            )
        case FallbackAlerted():
            return assignment
        case DepartmentRefused(department=department):
            return replace(assignment, department=None, refused=(*assignment.refused, department))
        case DepartmentAccepted(at=at):
            return replace(assignment, taken_at=at)
        case CaseAccepted(owner=owner, at=at):
            return replace(_owned_by(assignment, owner), accepted_at=at)
        case TransferOffered(to=to):
            return replace(assignment, offered_to=to, offered_at=event.at, offers=assignment.offers + 1)
        case TransferAccepted(owner=owner, at=at):
            return replace(_owned_by(assignment, owner), transfers=assignment.transfers + 1, accepted_at=at)
        case CaseEscalated(level=level, owner=owner, at=at, cause=cause):
            pinned = assignment.pinned or cause == TRANSFERS
            return replace(_asked(assignment, owner, at), level=level, pinned=pinned)
        case OwnerAppointed(owner=owner, at=at):
            return _asked(assignment, owner, at)
        case _:
            assert_never(event)


def _asked(assignment: Assignment, owner: str, at: datetime) -> Assignment:
    """Somebody owns the case at once, and has an acceptance deadline of their own."""
    moved = _owned_by(assignment, owner)
    return replace(moved, assigned_at=at, asks=assignment.asks + 1, accepted_at=None)


def taken_up(assignment: Assignment, command: Command) -> tuple[CaseAccepted, ...]:
    """Whoever acts as the owner has accepted the case, even without saying so."""
    if command.by.role is not Role.OWNER or assignment.accepted_at is not None:
        return ()
    return (CaseAccepted(owner=command.by.id, at=command.at, by=command.by),)


def _owned_by(assignment: Assignment, owner: str) -> Assignment:
    owners = tuple(dict.fromkeys((*assignment.owners, owner)))
    return replace(
        assignment,
        owner=owner,
        offered_to=None,
        offered_at=None,
        owners=owners,
        taken_at=None,
        passed_from=None,
    )
