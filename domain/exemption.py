"""Exceptions to the policy: asked for with a reason, approved by somebody else, bounded, used once (R73)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.actor import Role
from domain.budget import due_of
from domain.message import Command, Deadline, Decision, Event
from domain.money import Money
from domain.policy import Policy
from domain.record import Instant, Line
from domain.refusal import Refused
from domain.treatment_rules import ExceptionKind, ExceptionRule

MOST = 20
"""Exceptions that may be asked for in one case: all of them travel with it."""


class RequestException(Command):
    """Ask that a rule be set aside once: more extras (up to `amount`), or one further offer."""

    kind: Literal["request_exception"] = "request_exception"
    rule: ExceptionKind
    reason: Line
    amount: Money | None = None


class ApproveException(Command):
    """Approve exactly this request."""

    kind: Literal["approve_exception"] = "approve_exception"
    number: int


class RefuseException(Command):
    """Refuse this request."""

    kind: Literal["refuse_exception"] = "refuse_exception"
    number: int
    reason: Line


class ExceptionRequested(Decision):
    """Somebody asked for an exception; it is answered by `falls_due`, or counts as refused."""

    kind: Literal["exception_requested"] = "exception_requested"
    number: int
    rule: ExceptionKind
    reason: Line
    amount: Money | None
    approver: Role
    falls_due: Instant | None


class ExceptionApproved(Decision):
    """A second person approved the exception; it can be used once, until `until`."""

    kind: Literal["exception_approved"] = "exception_approved"
    number: int
    until: Instant | None


class ExceptionRefused(Decision):
    """The exception was refused."""

    kind: Literal["exception_refused"] = "exception_refused"
    number: int
    reason: Line


class ExceptionLapsed(Event):
    """Nobody answered the request in time: the policy holds as it is."""

    kind: Literal["exception_lapsed"] = "exception_lapsed"
    number: int


ExceptionCommand = RequestException | ApproveException | RefuseException
ExceptionEvent = ExceptionRequested | ExceptionApproved | ExceptionRefused | ExceptionLapsed

ExemptionState = Literal["requested", "approved", "refused", "lapsed", "used"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One exception as it stands; `used` once the customer agreed to what was proposed under it."""

    number: int
    rule: ExceptionKind
    reason: str
    amount: Money | None
    by: str
    approver: Role
    state: ExemptionState = "requested"
    due: datetime | None = None
    approved_by: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemptions:
    """Every exception of the case."""

    made: tuple[Exemption, ...] = ()


def decide(exemptions: Exemptions, policy: Policy, command: ExceptionCommand) -> tuple[ExceptionEvent, ...]:
    """Ask for an exception, or answer such a request."""
    match command:
        case RequestException():
            return _request(exemptions, policy, command)
        case ApproveException(number=number, at=at, by=by):
            standing = _standing(exemptions, number)
            if standing.state == "approved":
                return ()
            rule = _answerable(standing, policy, command)
            until = due_of(rule.valid, policy.calendar, at)
            return (ExceptionApproved(number=number, until=until, clause=rule.clause, at=at, by=by),)
        case RefuseException(number=number, reason=reason, at=at, by=by):
            standing = _standing(exemptions, number)
            if standing.state == "refused":
                return ()
            rule = _answerable(standing, policy, command)
            return (ExceptionRefused(number=number, reason=reason, clause=rule.clause, at=at, by=by),)
        case _:
            assert_never(command)


def _request(exemptions: Exemptions, policy: Policy, command: RequestException) -> tuple[ExceptionEvent, ...]:
    rule = _rule(policy, command.rule)
    amount = _checked_amount(policy, rule, command.amount)
    waiting = (each for each in exemptions.made if each.state == "requested")
    if any((each.rule, each.amount, each.by) == (rule.rule, amount, command.by.id) for each in waiting):
        return ()
    if len(exemptions.made) >= MOST:
        raise Refused(
            f"rule: a case takes {MOST} requests for exceptions; decide it by the policy", code="exception"
        )
    requested = ExceptionRequested(
        number=len(exemptions.made) + 1,
        rule=rule.rule,
        reason=command.reason,
        amount=amount,
        approver=rule.approver,
        falls_due=due_of(rule.answer, policy.calendar, command.at),
        clause=rule.clause,
        at=command.at,
        by=command.by,
    )
    return (requested,)


def _rule(policy: Policy, kind: ExceptionKind) -> ExceptionRule:
    rule = policy.exception(kind)
    if rule is None:
        known = ", ".join(each.rule for each in policy.exceptions) or "nothing"
        raise Refused(f"rule: this policy lets nobody set {kind} aside; only: {known}", code="exception")
    return rule


def _checked_amount(policy: Policy, rule: ExceptionRule, amount: Money | None) -> Money | None:
    if rule.rule != "extras":
        return None
    if amount is None or not amount.minor:
        raise Refused("amount: say to how much the extras shall be able to come", code="amount")
    if amount.currency != policy.currency:
        raise Refused(f"amount: this case is in {policy.currency}; give it in that currency", code="currency")
    if rule.at_most is not None and amount.minor > rule.at_most.minor:
        raise Refused(
            f"amount: an exception may let extras come to {rule.at_most} ({rule.clause}); ask for no more",
            code="exception",
        )
    return amount


def _standing(exemptions: Exemptions, number: int) -> Exemption:
    found = next((each for each in exemptions.made if each.number == number), None)
    if found is None:
        raise Refused(
            f"number: there is no request {number} for an exception; name one of the case's", code="exception"
        )
    return found


def _answerable(
    standing: Exemption, policy: Policy, command: ApproveException | RefuseException
) -> ExceptionRule:
    if standing.state != "requested":
        raise Refused(
            f"number: this request is {standing.state} already; make a new one (request_exception)",
            code="exception",
        )
    if command.by.id == standing.by:
        raise Refused(
            "nobody approves their own exception, in whatever role; ask somebody else who may",
            code="self-approval",
        )
    if command.by.role not in (standing.approver, Role.DEPARTMENT_HEAD):
        raise Refused(f"by: a {standing.approver} decides about this exception; ask one", code="authority")
    return _rule(policy, standing.rule)


def usable(exemptions: Exemptions, number: int, at: datetime) -> Exemption:
    """Return an approved exception that a decision names.

    Raises:
        Refused: saying why it cannot be used.
    """
    standing = _standing(exemptions, number)
    if standing.state != "approved":
        raise Refused(
            f"exception: {number} is {standing.state}, not approved; name an approved one, or leave it out",
            code="exception",
        )
    if standing.until is not None and at > standing.until:
        raise Refused(
            f"exception: {number} could be used until {standing.until}; request another (request_exception)",
            code="exception",
        )
    return standing


def deadlines(exemptions: Exemptions) -> tuple[Deadline, ...]:
    """Return by when requests are answered."""
    return tuple(
        Deadline(name=f"exemption/answer:{each.number}", due=each.due)
        for each in exemptions.made
        if each.state == "requested" and each.due is not None
    )


def lapse(deadline: Deadline, at: datetime) -> tuple[ExceptionEvent, ...]:
    """A request that nobody answered lapses."""
    number = int(deadline.name.rpartition(":")[2])
    return (ExceptionLapsed(number=number, due=deadline.due, at=at),)


def evolve(exemptions: Exemptions, event: ExceptionEvent) -> Exemptions:
    """Apply one event of an exception."""
    match event:
        case ExceptionRequested():
            asked = Exemption(
                number=event.number,
                rule=event.rule,
                reason=event.reason,
                amount=event.amount,
                by=event.by.id,
                approver=event.approver,
                due=event.falls_due,
            )
            return replace(exemptions, made=(*exemptions.made, asked))
        case ExceptionApproved(number=number, until=until, by=by):
            return _changed(exemptions, number, state="approved", until=until, approved_by=by.id)
        case ExceptionRefused(number=number):
            return _changed(exemptions, number, state="refused")
        case ExceptionLapsed(number=number):
            return _changed(exemptions, number, state="lapsed")
        case _:
            assert_never(event)


def used(exemptions: Exemptions, number: int) -> Exemptions:
    """Return the exceptions with this one used up."""
    return _changed(exemptions, number, state="used")


def _changed(
    exemptions: Exemptions,
    number: int,
    *,
    state: ExemptionState,
    until: datetime | None = None,
    approved_by: str | None = None,
) -> Exemptions:
    made = tuple(
        replace(each, state=state, until=until or each.until, approved_by=approved_by or each.approved_by)
        if each.number == number
        else each
        for each in exemptions.made
    )
    return replace(exemptions, made=made)
