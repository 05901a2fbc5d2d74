"""Rules of a policy about its people: who there is, what goes to whom, and what they owe each other."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import Role
from domain.budget import Budget, WorkingTime
from domain.money import Money
from domain.policy_terms import Language, Severity, VocType
from domain.record import Id, Line, Record


class Absence(Record):
    """Days on which somebody is away, both inclusive; without `to_day` they have left for good."""

    from_day: date
    to_day: date | None = None


class Person(Record):
    """A member of staff, known by id only.

    Attributes:
        skills: what they are trained for, in the words of `handling.skills`.
        absences: when they are known to be away.
    """

    id: Id
    roles: tuple[Role, ...]
    department: Line | None = None
    skills: tuple[Line, ...] = ()
    absences: tuple[Absence, ...] = ()


class Department(Record):
    """A department and whom its cases climb to, lowest level first (level 1 is the first entry)."""

    id: Line
    name: dict[Language, Line]
    levels: Annotated[tuple[Id, ...], Field(min_length=1)]


class Routing(Record):
    """One routing rule: the first whose every named field matches decides."""

    department: Line
    voc_types: tuple[VocType, ...] = ()
    products: tuple[Line, ...] = ()
    causes: tuple[Line, ...] = ()
    reason: Line


class TriageRule(Record):
    """Words of a customer that speak for one reading of the case.

    Attributes:
        field: what of the classification it speaks for; `safety` has the value `true`.
        words: Latin words match whole, Korean ones as stems; each counts once.
        weight: how much one word counts.
    """

    field: Literal["voc_type", "product", "cause", "severity", "safety", "emotion"]
    value: Line
    words: Annotated[tuple[Line, ...], Field(min_length=1)]
    weight: Annotated[int, Field(ge=1, le=9)] = 1


class SkillRule(Record):
    """A skill that a case asks of its owner, where every named field fits."""

    skill: Line
    voc_types: tuple[VocType, ...] = ()
    causes: tuple[Line, ...] = ()
    products: tuple[Line, ...] = ()
    severities: tuple[Severity, ...] = ()


class SureReading(Record):
    """When a report of a failure is read so surely that it is routed before a person has classed it.

    Attributes:
        least: how much the words for a complaint and for its cause must weigh together.
        lead: by how much the words for each must outweigh those for the next reading.
    """

    least: Annotated[int, Field(ge=1)]
    lead: Annotated[int, Field(ge=1)]


class Costs(Record):
    """What handling costs the firm itself, beside what the customer gets."""

    contact_minute: Money
    collection: Money
    shipment: Money


class Heated(Record):
    """What follows a contact in which the customer was upset (R22).

    Attributes:
        skill: whoever speaks to the customer next is trained in it, or leads.
        cooling_off: for so long nobody of ours calls; from its end on the target `call_back` runs.
    """

    skill: Line = "de_escalation"
    cooling_off: Budget = WorkingTime(minutes=60)


class Handling(Record):
    """How a case finds its people, and what they owe each other; a policy without it asks none of this.

    Attributes:
        max_refusals: after so many departments that refused, the fallback department takes the case.
        max_transfers: the hand-over of this number moves the case up instead, to a supervisor who keeps it.
        task: how long a department has for a task.
        skills: which skills a case asks of its owner.
        sure: when a report is routed without waiting for a person; None: never.
        reroute: a person's correction of the class moves a case also while somebody owns it.
        costs: what handling costs; None: a result names no cost.
        heated: who calls an upset customer back, and when; None: whoever has the case, whenever.
    """

    max_refusals: Annotated[int, Field(ge=1)]
    max_transfers: Annotated[int, Field(ge=1)]
    task: Budget
    skills: tuple[SkillRule, ...] = ()
    sure: SureReading | None = None
    reroute: bool = False
    costs: Costs | None = None
    # Left out where there is none: policies that cases pinned before keep their hash, and so their chain.
    heated: Heated | None = Field(default=None, exclude_if=lambda rules: rules is None)
