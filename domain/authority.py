"""Authority: what a person may decide alone, added up over a case, a period and a customer.

A case knows its own total. What its people and its customer have had elsewhere is known to the ledger only,
so a proposal within the limits of its own case reserves authority there, and counts until it is given up.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from domain.actor import Actor, Role
from domain.attempt import AttemptRefused
from domain.calendar import local_date
from domain.effect import AuthorityAnswer, AuthorityFreed, Effect, ReleaseAuthority, ReserveAuthority
from domain.intake import Intake, customer_of
from domain.message import CameBack, Decision, EffectSucceeded, Event
from domain.money import Money
from domain.policy import Policy
from domain.record import Instant, Line

Bound = Literal["proposal", "case", "person", "customer", "tier", "unknown"]
"""What keeps somebody from deciding alone: the limit of one proposal or of the case, the person's or the
customer's period, or that nobody could be asked. `tier` is the budget of extras, which nobody passes."""

SHORT = timedelta(minutes=1)
"""How long a proposal waits for its reservation; then a second person decides."""

LONG = timedelta(days=30)
"""How long the ledger is told of a proposal that was approved or given up; nothing waits for it.

What uses a tier's budget waits for the ledger's word in any case, and so never long."""


class AuthorityReserved(Decision):
    """The proposal is within what its proposer may decide alone, and counts."""

    kind: Literal["authority_reserved"] = "authority_reserved"
    key: Line
    hash: Line


class AuthorityExceeded(Decision):
    """With others of its period the proposal is above its proposer's authority: a second person decides.

    Attributes:
        over: whose period is used up.
        person_used: what the proposer has decided in the period, without this.
        customer_used: what the customer has had in the period, without this.
        tier_used: what the customer's tier has had of its budget of extras, without this.
    """

    kind: Literal["authority_exceeded"] = "authority_exceeded"
    key: Line
    hash: Line
    over: tuple[Bound, ...]
    person_used: Money
    customer_used: Money | None
    approval_due: Instant | None
    approval_until: Instant | None
    tier_used: Money | None = None


class AuthorityUnknown(Decision):
    """Nobody could be asked in time; a proposal that waits for this is decided by a second person."""

    kind: Literal["authority_unknown"] = "authority_unknown"
    key: Line
    hash: Line
    approval_due: Instant | None
    approval_until: Instant | None


class AuthorityCounted(Event):
    """What a second person approved counts for that person and for the customer."""

    kind: Literal["authority_counted"] = "authority_counted"
    key: Line
    hash: Line


class AuthorityReleased(Event):
    """A proposal that was given up does not count any more."""

    kind: Literal["authority_released"] = "authority_released"
    key: Line
    hash: Line


class AuthorityLessened(Event):
    """A proposal counts for what it came to only: the dearer choice was not taken, or not all was given."""

    kind: Literal["authority_lessened"] = "authority_lessened"
    key: Line
    hash: Line


AuthorityEvent = (
    AuthorityReserved
    | AuthorityExceeded
    | AuthorityUnknown
    | AuthorityCounted
    | AuthorityReleased
    | AuthorityLessened
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What one proposal may count for.

    Attributes:
        wants: what the ledger has yet to be told.
        final: it was carried out and counts for good; nothing is left to remember once the ledger knows.
        less: what it came to in the end, where that is less; told once the ledger has the rest.
        less_as: how the key of that begins.
    """

    number: int
    hash: str
    asked: ReserveAuthority
    wants: Literal["reserve", "count", "release"] | None
    final: bool = False
    less: ReserveAuthority | None = None
    less_as: Literal["rest", "given"] = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """By when an approval falls due and until when it can be given, should one be needed now."""

    due: datetime | None
    until: datetime | None


def period_of(policy: Policy, at: datetime) -> str:
    """Return the name of the period in which something happened, by the firm's own calendar days."""
    day = local_date(policy.calendar, at)
    match policy.authority_period:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{day.year}-{day.month:02}"


def bounds_passed(policy: Policy, role: Role, total: Money, given: int) -> tuple[Bound, ...]:
    """Return the limits of a role that this proposal passes, as far as its own case can tell.

    Args:
        policy: of the case.
        role: who decides.
        total: what the proposal gives.
        given: minor units that earlier remedies of this case gave.
    """
    limit, totals = policy.authority.get(role), policy.authority_totals.get(role)
    if limit is None or total.minor > limit.minor:
        return ("proposal",)
    if totals is not None and total.minor and given + total.minor > totals.case.minor:
        return ("case",)
    return ()


def may_approve(policy: Policy, role: Role, total: Money, given: int, customer_used: Money | None) -> bool:
    """Say whether a role may decide as the second person; a department head may decide anything."""
    if role is Role.DEPARTMENT_HEAD:
        return True
    totals = policy.authority_totals.get(role)
    if totals is not None and customer_used is not None:
        within = customer_used.minor + total.minor <= totals.customer.minor
    else:
        within = True
    return within and not bounds_passed(policy, role, total, given)


def claim(
    policy: Policy,
    intake: Intake,
    *,
    person: str,
    role: Role,
    proposal: str,
    total: Money,
    at: datetime,
    approved: bool = False,
    extras: Money | None = None,
) -> ReserveAuthority | None:
    """Return what a decision has to reserve; None where it gives no money, or the policy adds nothing up."""
    totals = policy.authority_totals.get(role)
    budget = tier_budget(policy, intake) if extras is not None and extras.minor else None
    unlimited = not policy.authority_totals or (totals is None and not approved)
    if not total.minor or (unlimited and budget is None):
        return None
    limits = None if approved else totals
    return ReserveAuthority(
        proposal=proposal,
        person=person,
        customer=customer_of(intake),
        period=period_of(policy, at),
        amount=total,
        person_limit=limits.person if limits else None,
        customer_limit=limits.customer if limits else None,
        approved=approved,
        tier=budget[0] if budget else None,
        extras=extras if budget else None,
        tier_limit=budget[1] if budget else None,
    )


def tier_budget(policy: Policy, intake: Intake) -> tuple[str, Money] | None:
    """Return the customer's tier and what all its customers may get beyond what is owed; None: no budget."""
    tier = intake.customer.tier if intake.customer else "none"
    for budget in policy.extra_budgets:
        if not budget.tiers or tier in budget.tiers:
            return tier, budget.at_most
    return None


def todo(reservations: tuple[Reservation, ...]) -> tuple[Effect, ...]:
    """Return what the ledger has yet to be told."""
    return tuple(_effect(each) for each in reservations if _untold(each))


def _untold(reservation: Reservation) -> bool:
    return reservation.wants is not None or reservation.less is not None


def _effect(reservation: Reservation) -> Effect:
    key = key_of(reservation)
    if reservation.wants is None and reservation.less is not None:
        return Effect(key=key, request=reservation.less, patience=LONG)
    match reservation.wants:
        case "release":
            return Effect(key=key, request=ReleaseAuthority(proposal=reservation.hash), patience=LONG)
        case "count" if reservation.asked.tier is None:
            return Effect(key=key, request=reservation.asked, patience=LONG)
        case _:
            return Effect(key=key, request=reservation.asked, patience=SHORT)


PREFIXES = {
    "reserve": "authority",
    "count": "authority-count",
    "release": "authority-release",
    "rest": "authority-rest",
    "given": "authority-given",
}
"""How the keys of each wish begin."""


def key_of(reservation: Reservation) -> str:
    """Return the key of what a reservation wants; each is asked for once in a proposal's life."""
    wish = reservation.less_as if reservation.wants is None and reservation.less else reservation.wants
    return f"{PREFIXES[wish or 'reserve']}:{reservation.number}"


def came_back(fact: CameBack, proposal: str, asked: ReserveAuthority | None, wait: Waiting) -> AuthorityEvent:
    """Say what the ledger answered; whatever it did not answer is unknown."""
    match fact:
        case EffectSucceeded(result=AuthorityFreed()):
            return AuthorityReleased(key=fact.key, hash=proposal, at=fact.at)
        case EffectSucceeded(result=AuthorityAnswer(state="reserved")):
            kind = ANSWERS.get(fact.key.partition(":")[0], AuthorityReserved)
            return kind(key=fact.key, hash=proposal, at=fact.at)
        case EffectSucceeded(result=AuthorityAnswer(state="exceeded") as answer) if asked is not None:
            return AuthorityExceeded(
                key=fact.key,
                hash=proposal,
                over=_used_up(asked, answer),
                person_used=answer.person_used,
                customer_used=answer.customer_used,
                tier_used=answer.tier_used,
                approval_due=wait.due,
                approval_until=wait.until,
                at=fact.at,
            )
        case _:
            return AuthorityUnknown(
                key=fact.key, hash=proposal, approval_due=wait.due, approval_until=wait.until, at=fact.at
            )


ANSWERS: dict[str, type[AuthorityCounted | AuthorityLessened]] = {
    PREFIXES["count"]: AuthorityCounted,
    PREFIXES["rest"]: AuthorityLessened,
    PREFIXES["given"]: AuthorityLessened,
}
"""What it means that the ledger counts what was asked under a key; under any other it is reserved."""


def _used_up(asked: ReserveAuthority, answer: AuthorityAnswer) -> tuple[Bound, ...]:
    """Return whose period does not allow it."""
    used: tuple[tuple[Bound, Money | None, Money | None, Money | None], ...] = (
        ("person", answer.person_used, asked.person_limit, asked.amount),
        ("customer", answer.customer_used, asked.customer_limit, asked.amount),
        ("tier", answer.tier_used, asked.tier_limit, asked.extras),
    )
    return tuple(
        name
        for name, sum_, limit, more in used
        if sum_ is not None and limit is not None and more and sum_.minor + more.minor > limit.minor
    )


def settled(reservations: tuple[Reservation, ...], event: AuthorityEvent) -> tuple[Reservation, ...]:
    """Return the reservations after the ledger answered: what was released or is final is forgotten."""
    if isinstance(event, AuthorityReleased):
        return tuple(each for each in reservations if each.hash != event.hash)
    open_ = (each for each in reservations if each.wants != "release" or key_of(each) != event.key)
    answered = tuple(
        _answered(each) if _untold(each) and key_of(each) == event.key else each for each in open_
    )
    return _remembered(answered)


def _answered(reservation: Reservation) -> Reservation:
    """Return a reservation of which nothing is left to tell, or only what it came to in the end."""
    if reservation.wants is not None:
        return replace(reservation, wants=None)
    return replace(reservation, asked=reservation.less or reservation.asked, less=None)


def lessened(
    reservations: tuple[Reservation, ...], number: int, worth: Money, less_as: Literal["rest", "given"]
) -> tuple[Reservation, ...]:
    """Return the reservations with what a proposal came to, where that is less than was reserved."""
    return tuple(_lessened(each, worth, less_as) if each.number == number else each for each in reservations)


def _lessened(reservation: Reservation, worth: Money, less_as: Literal["rest", "given"]) -> Reservation:
    standing = reservation.less or reservation.asked
    if reservation.wants == "release" or worth.minor >= standing.amount.minor:
        return reservation
    if not worth.minor:
        return replace(reservation, wants="release", less=None)
    changed = {"amount": worth, "person_limit": None, "customer_limit": None, "tier_limit": None}
    return replace(reservation, less=standing.model_copy(update=changed), less_as=less_as)


def wanted(
    reservations: tuple[Reservation, ...], *, number: int, asked: ReserveAuthority | None
) -> tuple[Reservation, ...]:
    """Return the reservations with one more; an approval takes the place of what was asked before."""
    if asked is None:
        return reservations
    others = tuple(each for each in reservations if each.number != number)
    wants: Literal["reserve", "count"] = "count" if asked.approved else "reserve"
    return (*others, Reservation(number=number, hash=asked.proposal, asked=asked, wants=wants))


def given_up(reservations: tuple[Reservation, ...], number: int) -> tuple[Reservation, ...]:
    """Return the reservations with this one to be released, even where nobody knows if it was ever made."""
    return tuple(
        replace(each, wants="release", less=None) if each.number == number else each for each in reservations
    )


def carried_out(reservations: tuple[Reservation, ...], number: int) -> tuple[Reservation, ...]:
    """Return the reservations with this one for good."""
    return _remembered(
        tuple(replace(each, final=True) if each.number == number else each for each in reservations)
    )


def _remembered(reservations: tuple[Reservation, ...]) -> tuple[Reservation, ...]:
    return tuple(each for each in reservations if _untold(each) or not each.final)


def over_budget(command_id: str, over: tuple[Bound, ...], *, at: datetime, by: Actor) -> AttemptRefused:
    """Nobody passes the budget of a tier; what is owed is not counted against it, and is proposed alone."""
    del over
    return AttemptRefused(
        command="propose_remedy",
        command_id=command_id,
        code="tier-budget",
        reason="extras: this customer's tier has used up its budget; propose what is owed alone",
        at=at,
        by=by,
    )
