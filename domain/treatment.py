"""What the policy adds for this customer, product and trouble: decided openly and pinned.

The rows of the policy are held against the pinned profile whenever that or the classification changes; what
applies is an event that names every row and its clause.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, assert_never

from pydantic import Field

from domain.assignment import Assignment
from domain.earlier import earlier_failure
from domain.effect import CustomerValue, Effect
from domain.intake import Intake, Manner
from domain.message import CameBack, Decision, Event
from domain.money import Money
from domain.notice import reached, to_staff
from domain.policy import Channel, LifeCycle, Policy, Severity, TargetName
from domain.record import Instant, Line, Record
from domain.treatment_rules import Emotion, Relation, Tone, TreatmentRow
from domain.triage import Classification


class Applied(Record):
    """What of the case the rows were held against, and what they add together.

    Attributes:
        rows: ids of the rows that apply; clauses: those that they name.
        sooner: the share of a service target's budget that is left.
        extras: how much more may be given beyond what is owed.
    """

    life_cycle: LifeCycle | None = None
    severity: Severity = "normal"
    tier: Line = "none"
    relation: Relation | None = None
    failed_on: date | None = None
    emotion: Emotion | None = None
    value: Money | None = None
    rows: tuple[Line, ...] = ()
    clauses: tuple[Line, ...] = ()
    priority: int = 0
    level: int = 0
    sooner: dict[TargetName, float] = Field(default_factory=dict)
    extras: Money | None = None
    alert: bool = False
    tone: Tone | None = None
    channels: tuple[Channel, ...] = ()
    hours: tuple[int, int] | None = None


class TreatmentDecided(Decision):
    """What the policy adds for this case was decided, or decided anew since something became known."""

    kind: Literal["treatment_decided"] = "treatment_decided"
    applied: Applied


class StaffAlerted(Event):
    """A supervisor was told about an open case of such a customer, or could not be told."""

    kind: Literal["staff_alerted"] = "staff_alerted"
    key: Line
    reached: bool


TreatmentEvent = TreatmentDecided | StaffAlerted


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What applies now, since when, and whether a supervisor is still to be told."""

    applied: Applied | None = None
    changed_at: Instant | None = None
    alerted: bool = False
    waiting: str | None = None


def applied_to(
    policy: Policy, intake: Intake, triage: Classification, emotion: Emotion | None = None
) -> Applied:
    """Hold the policy's rows against a case: equal cases are treated alike, because nothing else is read.

    Args:
        policy: Whose rows.
        intake: The pinned profile and order.
        triage: How the case is classed.
        emotion: What the last contact noted; else what triage did counts.
    """
    customer, failure = intake.customer, earlier_failure(policy, intake, triage)
    facts = Applied(
        life_cycle=intake.order.life_cycle if intake.order else None,
        severity=triage.severity,
        tier=customer.tier if customer else "none",
        relation=intake.relation,
        failed_on=failure.on if failure else None,
        emotion=emotion or triage.emotion,
        value=value_of(customer.value if customer else None, policy.currency),
    )
    rows = [row for row in policy.treatments if _fits(row, facts)]
    return facts.model_copy(
        update={
            "rows": tuple(row.id for row in rows),
            "clauses": tuple(dict.fromkeys(row.clause for row in rows)),
            "priority": sum(row.priority for row in rows),
            "level": max((row.level for row in rows), default=0),
            "sooner": _sooner(rows),
            "extras": max((row.extras for row in rows if row.extras), key=lambda m: m.minor, default=None),
            "alert": any(row.alert for row in rows),
            "tone": next((row.tone for row in rows if row.tone), None),
            "channels": next((row.channels for row in rows if row.channels), ()),
            "hours": next((row.hours for row in rows if row.hours), None),
        }
    )


def _fits(row: TreatmentRow, facts: Applied) -> bool:
    return (
        (not row.life_cycles or facts.life_cycle in row.life_cycles)
        and (not row.severities or facts.severity in row.severities)
        and (not row.tiers or facts.tier in row.tiers)
        and (not row.relations or facts.relation in row.relations)
        and (not row.emotions or facts.emotion in row.emotions)
        and (facts.failed_on is not None or not row.failed_before)
        and (row.value_from is None or _is_worth(facts.value, row.value_from))
    )


def _is_worth(value: Money | None, least: Money) -> bool:
    return value is not None and value.currency == least.currency and value.minor >= least.minor


def _sooner(rows: list[TreatmentRow]) -> dict[TargetName, float]:
    shares: dict[TargetName, float] = {}
    for row in rows:
        for name, share in row.sooner.items():
            shares[name] = min(share, shares.get(name, 1.0))
    return shares


def parts(value: CustomerValue, currency: str) -> Iterator[tuple[str, Money]]:
    """Yield the parts of a customer's value that the CRM gave in our currency; unknown is not nothing."""
    for name, amount in value:
        if isinstance(amount, Money) and amount.currency == currency:
            yield name, amount


def value_of(value: CustomerValue | None, currency: str) -> Money | None:
    """Return what a customer is worth as far as the CRM says; None where it says nothing."""
    known = [amount.minor for _, amount in parts(value, currency)] if value else []
    return Money(minor=sum(known), currency=currency) if known else None


def follow(
    treatment: Treatment,
    policy: Policy,
    intake: Intake,
    triage: Classification,
    at: datetime,
    *,
    emotion: Emotion | None = None,
) -> tuple[TreatmentDecided, ...]:
    """Decide once the case is classed, and anew whenever what the rows read has changed."""
    if not policy.treatments or not triage.classed:
        return ()
    now = applied_to(policy, intake, triage, emotion)
    if treatment.applied == now:
        return ()
    return (TreatmentDecided(applied=now, clause=next(iter(now.clauses), None), at=at),)


def row_of_level(policy: Policy, applied: Applied) -> TreatmentRow | None:
    """Return the row by which a complaint begins in higher hands."""
    rows = (row for row in policy.treatments if row.id in applied.rows)
    return next((row for row in rows if applied.level and row.level == applied.level), None)


def todo(treatment: Treatment, policy: Policy, assignment: Assignment, number: str) -> tuple[Effect, ...]:
    """Return the word to the supervisor that has not gone out."""
    if treatment.waiting is None or treatment.applied is None:
        return ()
    department = policy.department(assignment.department or policy.fallback_department)
    staff = department.levels[min(assignment.level, len(department.levels) - 1)]
    slots = {"number": number, "why": ", ".join(treatment.applied.rows)}
    return (to_staff(policy, treatment.waiting, "staff_alert", staff=staff, slots=slots),)


def came_back(fact: CameBack) -> tuple[TreatmentEvent, ...]:
    """Note whether the supervisor was told."""
    return (StaffAlerted(key=fact.key, reached=reached(fact), at=fact.at),)


def evolve(treatment: Treatment, event: TreatmentEvent) -> Treatment:
    """Apply one event of treatment; a supervisor hears of a case once."""
    match event:
        case TreatmentDecided(applied=applied, at=at):
            first = applied.alert and not treatment.alerted
            return Treatment(
                applied=applied,
                changed_at=at,
                alerted=treatment.alerted or first,
                waiting="alert:1" if first else treatment.waiting,
            )
        case StaffAlerted():
            return replace(treatment, waiting=None)
        case _:
            assert_never(event)


def manner_of(applied: Applied) -> Manner:
    """Return how the customer is spoken to."""
    return Manner(tone=applied.tone, channels=applied.channels, hours=applied.hours)
