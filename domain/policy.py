"""The policy of one case: every limit, amount, rule and calendar, pinned when the case was opened."""

from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.actor import Role
from domain.budget import Budget
from domain.calendar import WEEKDAYS, Calendar
from domain.fairness_limits import FairnessLimits
from domain.ladder import Rung
from domain.money import Money
from domain.record import Id, Line, Record, Text, canonical

VocType = Literal["complaint", "inquiry", "compliment", "suggestion"]
Severity = Literal["low", "normal", "high", "critical"]
Ground = Literal["withdrawal", "defect", "warranty", "guarantee", "goodwill"]
Language = Literal["ko", "en"]
Channel = Literal["sms", "email", "phone", "post"]

LifeCycle = Literal["introduction", "growth", "maturity", "decline"]
RemedyKind = Literal[
    "refund",
    "exchange",
    "fee_refund",
    "goodwill_credit",
    "correction",
    "reissued_card",
    "apology",
    "explanation",
    "refusal",
]
PAYS: tuple[RemedyKind, ...] = ("refund", "fee_refund", "goodwill_credit")
"""Remedies that move money."""

MOVES_GOODS: tuple[RemedyKind, ...] = ("refund", "exchange")
"""Remedies for which goods may have to come back."""

BY_HAND: tuple[RemedyKind, ...] = ("correction", "reissued_card")
"""Remedies that a department carries out and reports as done."""

TargetName = Literal[
    "acknowledge", "accept", "owner_accepts", "first_response", "next_update", "resolve", "result_notice"
]


class Clause(Record):
    """A rule that a decision can name.

    Attributes:
        kind: law, standard (a recommendation by an authority) or own.
        source: where it is written, with its date.
        plain: what it means for the customer, in both languages.
    """

    id: Line
    kind: Literal["law", "standard", "own"]
    source: Line
    plain: dict[Language, Line]


class Person(Record):
    """A member of staff, known by id only."""

    id: Id
    roles: tuple[Role, ...]
    department: Line | None = None


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


class Target(Record):
    """A service target: for whom it holds, how long, and what happens before, at and after it."""

    name: TargetName
    voc_types: tuple[VocType, ...] = ()
    severities: tuple[Severity, ...] = ()
    budget: Budget
    ladder: tuple[Rung, ...]
    clause: Line


class StatutoryClock(Record):
    """A duty with a time limit from outside the firm: it runs whatever the case does, and no pause stops it.

    Attributes:
        duty: what is owed, for example `refund`; of the clocks of one duty the first that fits runs.
        grounds: remedies on these grounds only; empty: whatever the ground.
        products: cases about these products only; empty: all.
        calendar: public (every weekday that is no public holiday, whole days) or the firm's own.
        starts_on: receipt by any channel, arrival of the goods at the customer, their return, withdrawal
            where nothing has to come back, or the date on which an authority's portal sent the complaint.
        met_by: what ends it: words sent, words delivered, money paid, or the customer's withdrawal.
        extended_by: the limit from the same start once a holding response with its reasons went out in time.
        consequence: a miss is a breach, or only closes a way that was open until then.
        ladder: what happens before and after; shares count elapsed time.
    """

    id: Line
    duty: Line
    clause: Line
    grounds: tuple[Ground, ...] = ()
    products: tuple[Line, ...] = ()
    budget: Budget
    calendar: Literal["firm", "public"] = "public"
    starts_on: Literal["receipt", "goods_delivered", "goods_returned", "withdrawal", "sent_to_company"]
    met_by: Literal["sent", "delivered", "paid", "withdrawn"]
    extended_by: Budget | None = None
    consequence: Literal["breach", "closes_option"] = "breach"
    ladder: tuple[Rung, ...] = ()


class PauseReason(Record):
    """A reason for which service targets may stand still.

    Attributes:
        maximum: plain time after which one pause ends by itself.
        total: plain time that all pauses of a case for this reason may last together.
        ended_by_customer: whether a message from the customer ends it.
    """

    id: Line
    maximum: timedelta
    total: timedelta
    ended_by_customer: bool = True


class HappyCall(Record):
    """When and how the follow-up call is made, and which answer is bad.

    Attributes:
        delay: plain hours from the delivered notice (or arrival, settlement) to the first attempt.
        attempts: how many in all.
        apart: plain hours between attempts, so that they fall at different hours.
        from_hour: first hour of the day (policy's zone) at which a customer may be called.
        to_hour: hour at which calls stop.
        questions: ids asked.
        cut_off: a justice score (1-7) at or below it is bad.
    """

    delay: timedelta
    attempts: Annotated[int, Field(ge=1)]
    apart: timedelta
    from_hour: int
    to_hour: int
    questions: tuple[Line, ...]
    cut_off: int


class Policy(Record):
    """One policy snapshot, at most 64 KB, with its holidays resolved; identified by its content's hash."""

    name: Line
    version: Line
    hash: str = ""
    language: Language
    currency: Line
    calendar: Calendar
    holidays_from: Line
    wording_hash: str = ""
    clauses: tuple[Clause, ...]
    departments: tuple[Department, ...]
    fallback_department: Line
    people: tuple[Person, ...]
    routing: tuple[Routing, ...]
    triage_rules: tuple[TriageRule, ...] = ()
    targets: tuple[Target, ...]
    resolve_factor: dict[LifeCycle, float] = Field(default_factory=dict)
    statutory: tuple[StatutoryClock, ...] = ()
    pause_reasons: tuple[PauseReason, ...]
    vague_words: dict[Line, timedelta]
    vague_default: timedelta
    remedies: tuple[RemedyKind, ...]
    authority: dict[Role, Money]
    approval: Budget
    offer: Budget
    offer_reminder: Budget
    supervisor_meeting: Budget
    by_hand: Budget
    max_offers: Annotated[int, Field(ge=1)]
    max_rounds: Annotated[int, Field(ge=1)]
    look_every: timedelta
    max_looks: Annotated[int, Field(ge=1)]
    retry_after: timedelta
    max_tries: Annotated[int, Field(ge=1)]
    happy_call: HappyCall
    reopen_window: Budget
    appeal_window: Budget
    outside_body: dict[Language, Line]
    firm_pays_causes: tuple[Line, ...]
    causes: tuple[Line, ...]
    plain_words: dict[Line, Text] = Field(default_factory=dict)
    fairness: FairnessLimits = Field(default_factory=FairnessLimits)

    @model_validator(mode="after")
    def _names_hold(self) -> "Policy":
        """Refuse a policy that names what it does not define."""
        departments = {department.id for department in self.departments}
        people = {person.id for person in self.people}
        clauses = {clause.id for clause in self.clauses}
        wrong = [
            *(f"fallback_department: {d}" for d in (self.fallback_department,) if d not in departments),
            *(f"routing: department {r.department}" for r in self.routing if r.department not in departments),
            *(
                f"departments.{d.id}.levels: {p}"
                for d in self.departments
                for p in d.levels
                if p not in people
            ),
            *(f"targets.{t.name}: clause {t.clause}" for t in self.targets if t.clause not in clauses),
            *(f"statutory.{s.id}: clause {s.clause}" for s in self.statutory if s.clause not in clauses),
        ]
        if wrong:
            raise ValueError(f"names something that this policy does not define: {'; '.join(wrong)}")
        return self

    def person(self, id_: str) -> Person | None:
        """Return the member of staff with this id."""
        return next((person for person in self.people if person.id == id_), None)

    def holds(self, id_: str, role: Role) -> bool:
        """Say whether the role directory gives this person the role."""
        person = self.person(id_)
        return person is not None and role in person.roles

    def department(self, id_: str) -> Department:
        """Return the department with this id; the caller has it from this policy."""
        return next(department for department in self.departments if department.id == id_)

    def calendar_of(self, clock: StatutoryClock) -> Calendar:
        """Return the calendar that counts for a duty from outside: never opening hours, unless it says so."""
        if clock.calendar == "firm":
            return self.calendar
        return Calendar(
            timezone=self.calendar.timezone,
            hours=dict.fromkeys(WEEKDAYS[:5], (("00:00", "24:00"),)),
            holidays=self.calendar.holidays,
        )

    def target(self, name: str, voc_type: str, severity: str) -> Target | None:
        """Return the first target of that name that holds for this class of case."""
        for target in self.targets:
            fits = (not target.voc_types or voc_type in target.voc_types) and (
                not target.severities or severity in target.severities
            )
            if target.name == name and fits:
                return target
        return None


def content_hash(policy: Policy) -> str:
    """Return the hash under which a pinned policy is kept: of all its content, whatever it calls itself."""
    return sha256(canonical(policy).encode()).hexdigest()
