"""Differentiation as published policy: rows that say who gets what beyond what everybody gets.

A row can only add: priority and level do not fall below nothing, a share shortens a target and never
lengthens it. So the fair minimum is the same for all by the form of the data, not by anybody's care.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import Role
from domain.budget import Budget
from domain.money import Money
from domain.record import Id, Line, Record

Relation = Literal["prospect", "customer", "regular", "advocate", "partner"]
"""How far a customer has come with the firm (R131 to R135)."""

Emotion = Literal["calm", "high"]
Tone = Literal["plain", "warm", "formal"]

DecisionName = Literal[
    "triage",
    "routing",
    "treatment",
    "escalation",
    "remedy",
    "approval",
    "result",
    "supervisor",
    "exception",
]
"""Decisions that name a clause of the policy even where no rule of their own has one."""

ExceptionKind = Literal["extras", "offers"]
"""What a policy may let somebody decide otherwise: the limit of extras, or one further offer in a round."""


class RelationRule(Record):
    """From which facts a customer has come so far; of all rules the first of which everything holds decides.

    Attributes:
        purchases: at least so many.
        months: at least so long since the first purchase.
        referrals: at least so many others came by this customer's word.
        partner: only who takes part in the firm's partner programme.
    """

    relation: Relation
    purchases: Annotated[int, Field(ge=0)] = 0
    months: Annotated[int, Field(ge=0)] = 0
    referrals: Annotated[int, Field(ge=0)] = 0
    partner: bool = False
    clause: Line


class TreatmentRow(Record):
    """One published row: for whom it holds, and what it adds. Every row that fits applies.

    Attributes:
        life_cycles: stages of the product's life; empty here and below: whichever.
        failed_before: only a customer whom an earlier similar or recent failure hit.
        value_from: only a customer whose known value comes to this or more.
        priority: how much sooner the case is looked at than others; rows add up.
        level: the level of owner at which a complaint begins; of all rows the highest.
        sooner: the share of a service target's budget that is left; of all rows the smallest.
        extras: how much more may be given beyond what is owed; of all rows the most.
        alert: whether a supervisor hears of the open case at once.
        tone: in which the customer is written to; of all rows the first that says so, as with the next two.
        channels: which to try first, after the one that the customer prefers.
        hours: from which to which hour of the day the customer is called or written to unasked.
    """

    id: Line
    clause: Line
    life_cycles: tuple[Literal["introduction", "growth", "maturity", "decline"], ...] = ()
    severities: tuple[Literal["low", "normal", "high", "critical"], ...] = ()
    tiers: tuple[Line, ...] = ()
    relations: tuple[Relation, ...] = ()
    emotions: tuple[Emotion, ...] = ()
    failed_before: bool = False
    value_from: Money | None = None
    priority: Annotated[int, Field(ge=0, le=9)] = 0
    level: Annotated[int, Field(ge=0, le=3)] = 0
    sooner: dict[
        Literal[
            "acknowledge",
            "accept",
            "owner_accepts",
            "first_response",
            "next_update",
            "resolve",
            "result_notice",
        ],
        Annotated[float, Field(gt=0, le=1)],
    ] = Field(default_factory=dict)
    extras: Money | None = None
    alert: bool = False
    tone: Tone | None = None
    channels: tuple[Literal["sms", "email", "phone", "post"], ...] = ()
    hours: tuple[int, int] | None = None


Fact = Literal["preference", "need", "cause"]
"""What a case may learn about its customer."""


class ProfileRules(Record):
    """How the customer's profile and the order are had, and what of them a plan may not pass over.

    Attributes:
        patience: how long one try goes on.
        again_after: how long to wait after each try that came to nothing; their number bounds the tries.
        proposes: which facts that a case learns are proposed to the CRM at its end.
        needs: codes of what customers may need to be served at all; a contact may note one of them.
        read_first: whoever proposes has read the case's brief; a first answer without it is a finding.
    """

    patience: timedelta
    again_after: Annotated[tuple[timedelta, ...], Field(max_length=20)] = ()
    proposes: tuple[Fact, ...] = ()
    needs: tuple[Id, ...] = ()
    read_first: bool = False


class ExceptionRule(Record):
    """What may be decided otherwise than the policy says, by whom it is approved, and how far.

    Attributes:
        approver: the role that approves; nobody approves their own request, in whatever role.
        at_most: of extras: the most that an exception may let them come to.
        answer: by when a request is answered.
        valid: how long an approved exception can be used, once.
    """

    rule: ExceptionKind
    approver: Role
    at_most: Money | None = None
    answer: Budget
    valid: Budget
    clause: Line
