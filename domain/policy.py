"""The policy of one case: every limit, amount, rule and calendar, pinned when the case was opened."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.actor import Role
from domain.budget import Budget, CalendarDays
from domain.calendar import WEEKDAYS, Calendar
from domain.fairness_limits import FairnessLimits
from domain.follow_up_rules import HappyCall
from domain.improvement_rules import FiguresRules, ImprovementLimits, ImprovementRules, SignalRule
from domain.money import Money
from domain.policy_terms import (
    BY_HAND,
    FEES,
    MOVES_GOODS,
    PAYS,
    REWARDS,
    SPOKEN,
    VOUCHERS,
    Channel,
    Ground,
    Harm,
    Language,
    LifeCycle,
    RemedyKind,
    Severity,
    TargetName,
    VocType,
)
from domain.record import Id, Instant, Letter, Line, Record, Text, canonical
from domain.refusal import Refused
from domain.remedy_rules import (
    AuthorityTotals,
    ExtraBudget,
    ExtraLimit,
    Guarantee,
    OfferRule,
    Period,
    RepeatFailure,
    StandardRule,
    Warranty,
)
from domain.spoken import Spoken
from domain.staff_rules import (
    Absence,
    Costs,
    Department,
    Handling,
    Heated,
    Person,
    Routing,
    SkillRule,
    SureReading,
    TriageRule,
)
from domain.time_rules import InterestRate, PauseReason, SourceRule, StatutoryClock, Target
from domain.treatment_rules import (
    DecisionName,
    ExceptionKind,
    ExceptionRule,
    ProfileRules,
    RelationRule,
    TreatmentRow,
)

__all__ = [
    "BUDGETS",
    "BY_HAND",
    "FEES",
    "MOVES_GOODS",
    "PAYS",
    "REWARDS",
    "SPOKEN",
    "VOUCHERS",
    "Absence",
    "AuthorityTotals",
    "Channel",
    "Clause",
    "Costs",
    "Department",
    "ExtraBudget",
    "ExtraLimit",
    "Ground",
    "Guarantee",
    "Handling",
    "HappyCall",
    "Harm",
    "Heated",
    "ImprovementLimits",
    "ImprovementRules",
    "InterestRate",
    "Language",
    "LifeCycle",
    "OfferRule",
    "PauseReason",
    "Period",
    "Person",
    "Policy",
    "PreparedAnswer",
    "RemedyKind",
    "RepeatFailure",
    "Routing",
    "Severity",
    "SignalRule",
    "SkillRule",
    "SourceRule",
    "StandardRule",
    "StatutoryClock",
    "SureReading",
    "Target",
    "TargetName",
    "TriageRule",
    "VocType",
    "Warranty",
    "content_hash",
]


class Clause(Record):
    """A rule that a decision can name.

    Attributes:
        kind: law, standard (a recommendation by an authority) or own.
        source: where it is written, with its date.
        plain: what it means for the customer, in both languages.
        conditions: what has to hold for it, one by one, in both languages.
    """

    id: Line
    kind: Literal["law", "standard", "own"]
    source: Line
    plain: dict[Language, Line]
    conditions: tuple[dict[Language, Line], ...] = ()


class PreparedAnswer(Record):
    """The answer to a question that customers keep asking; each `{name}` in it is this customer's situation.

    Attributes:
        question: what they ask, as whoever answers reads it.
        words: words of a report (Korean ones as stems) that ask it.
        text: what is answered; it names at least one thing of the situation, the same in both languages.
    """

    id: Line
    question: dict[Language, Line]
    words: Annotated[tuple[Line, ...], Field(min_length=1)]
    text: dict[Language, Letter]


class SalesLevel(Record):
    """How well whoever wants to buy is served, as the firm measured it: after-sale work is held against it.

    Attributes:
        answer_minutes: working minutes from an enquiry to its first real answer, on average.
        courtesy: what they said of the treatment, 1 to 7, on average.
    """

    answer_minutes: Annotated[int, Field(ge=0)]
    courtesy: Annotated[float, Field(ge=1, le=7)]


class Policy(Record):
    """One policy snapshot, at most 64 KB, with its holidays resolved; identified by its content's hash."""

    name: Line
    version: Line
    effective_from: Instant | None = None
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
    handling: Handling | None = None
    service_head: Id | None = None
    targets: tuple[Target, ...]
    resolve_factor: dict[LifeCycle, float] = Field(default_factory=dict)
    statutory: tuple[StatutoryClock, ...] = ()
    pause_reasons: tuple[PauseReason, ...]
    vague_words: dict[Line, timedelta]
    vague_default: timedelta
    remedies: tuple[RemedyKind, ...]
    offer_table: tuple[OfferRule, ...] = ()
    extra_limits: tuple[ExtraLimit, ...] = ()
    extra_budgets: tuple[ExtraBudget, ...] = ()
    interest: tuple[InterestRate, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    benefits: dict[RemedyKind, dict[Language, Line]] = Field(default_factory=dict)
    point_worth: Money | None = None
    max_fee_per_cent: Annotated[int, Field(ge=0, le=100)] | None = None
    warranty: Warranty | None = None
    standards: tuple[StandardRule, ...] = ()
    repeat_failure: RepeatFailure | None = None
    sources: tuple[SourceRule, ...] = ()
    removal_explanation: Budget | None = None
    promise_matters: dict[Line, Annotated[tuple[Line, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    same_claim_days: Annotated[int, Field(ge=0)] | None = None
    authority: dict[Role, Money]
    authority_totals: dict[Role, AuthorityTotals] = Field(default_factory=dict)
    authority_period: Period = "month"
    approval: Budget
    approval_expires: Budget | None = None
    offer: Budget
    offer_reminder: Budget
    supervisor_meeting: Budget
    by_hand: Budget
    gestures: Budget | None = None
    ask_further_harm: bool = False
    max_offers: Annotated[int, Field(ge=1)]
    max_rounds: Annotated[int, Field(ge=1)]
    look_every: timedelta
    max_looks: Annotated[int, Field(ge=1)]
    retry_after: timedelta
    unknown_after: timedelta = timedelta(minutes=10)
    max_tries: Annotated[int, Field(ge=1)]
    max_pickups: Annotated[int, Field(ge=1)] = 3
    label_for: timedelta = timedelta(days=14)
    happy_call: HappyCall
    reopen_window: Budget
    appeal_window: Budget
    withdrawal_window: Budget = CalendarDays(n=3)
    outside_body: dict[Language, Line]
    firm_pays_causes: tuple[Line, ...]
    causes: tuple[Line, ...]
    improvement: ImprovementRules | None = None
    figures: FiguresRules | None = None
    sales_level: SalesLevel | None = None
    signals: tuple[SignalRule, ...] = ()
    plain_words: dict[Line, Text] = Field(default_factory=dict)
    prepared: tuple[PreparedAnswer, ...] = ()
    spoken: Spoken | None = None
    slots: dict[Line, tuple[Line, ...]] = Field(default_factory=dict)
    relations: tuple[RelationRule, ...] = ()
    treatments: tuple[TreatmentRow, ...] = ()
    profile: ProfileRules | None = None
    wish_words: dict[RemedyKind, tuple[Line, ...]] = Field(default_factory=dict)
    exceptions: tuple[ExceptionRule, ...] = ()
    decision_clauses: dict[DecisionName, Line] = Field(default_factory=dict)
    ground_clauses: dict[Ground, Line] = Field(default_factory=dict)
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
            *(f"service_head: {p}" for p in (self.service_head,) if p is not None and p not in people),
            *(f"targets.{t.name}: clause {t.clause}" for t in self.targets if t.clause not in clauses),
            *(f"statutory.{s.id}: clause {s.clause}" for s in self.statutory if s.clause not in clauses),
            *(f"offer_table.{o.id}: clause {o.clause}" for o in self.offer_table if o.clause not in clauses),
            *(f"standards.{s.id}: clause {s.clause}" for s in self.standards if s.clause not in clauses),
            *(f"warranty: clause {w.clause}" for w in (self.warranty,) if w and w.clause not in clauses),
            *(f"guarantees.{g.id}: clause {g.clause}" for g in self.guarantees if g.clause not in clauses),
            *(f"interest: clause {i.clause}" for i in self.interest if i.clause not in clauses),
            *(f"extra_limits: clause {e.clause}" for e in self.extra_limits if e.clause not in clauses),
            *(f"extra_budgets: clause {e.clause}" for e in self.extra_budgets if e.clause not in clauses),
        ]
        wrong += [
            f"{'.'.join(str(step) for step in path)}: {clause}"
            for path, clause in self.further_clauses()
            if clause not in clauses
        ]
        if wrong:
            raise ValueError(f"names something that this policy does not define: {'; '.join(wrong)}")
        return self

    def further_clauses(self) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        """Return where decisions and the rules of differentiation name a clause, and which."""
        failure = self.repeat_failure.clause if self.repeat_failure else None
        return (
            *((("decision_clauses", name), clause) for name, clause in self.decision_clauses.items()),
            *((("ground_clauses", name), clause) for name, clause in self.ground_clauses.items()),
            *((("relations", place, "clause"), each.clause) for place, each in enumerate(self.relations)),
            *((("treatments", place, "clause"), each.clause) for place, each in enumerate(self.treatments)),
            *((("exceptions", place, "clause"), each.clause) for place, each in enumerate(self.exceptions)),
            *(((("repeat_failure", "clause"), failure),) if failure else ()),
        )

    def exception(self, kind: ExceptionKind) -> ExceptionRule | None:
        """Return the rule by which an exception of this kind is approved; None where none may be made."""
        return next((rule for rule in self.exceptions if rule.rule == kind), None)

    def person(self, id_: str) -> Person | None:
        """Return the member of staff with this id."""
        return next((person for person in self.people if person.id == id_), None)

    def holds(self, id_: str, role: Role) -> bool:
        """Say whether the role directory gives this person the role."""
        person = self.person(id_)
        return person is not None and role in person.roles

    def leads(self, id_: str) -> bool:
        """Say whether the role directory knows somebody as supervisor or department head."""
        return self.holds(id_, Role.SUPERVISOR) or self.holds(id_, Role.DEPARTMENT_HEAD)

    def leader(self, department: str | None, level: int = 1) -> Id:
        """Return who leads a department at a level; of one that nobody knows the fallback's leader."""
        known = {each.id: each.levels for each in self.departments}
        levels = known.get(department or "", known[self.fallback_department])
        return levels[min(level, len(levels)) - 1]

    def department(self, id_: str) -> Department:
        """Return the department with this id; the caller has it from this policy."""
        return next(department for department in self.departments if department.id == id_)

    def source(self, name: str) -> SourceRule | None:
        """Return the rule of a channel; None where the policy has none for it."""
        return next((rule for rule in self.sources if rule.source == name), None)

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


BUDGETS = (
    "approval",
    "offer",
    "offer_reminder",
    "supervisor_meeting",
    "by_hand",
    "reopen_window",
    "appeal_window",
    "withdrawal_window",
)
"""The budgets that every policy has."""


def content_hash(policy: Policy) -> str:
    """Return the hash under which a pinned policy is kept: of all its content, whatever it calls itself."""
    return sha256(canonical(policy).encode()).hexdigest()


def check_in_force(policy: Policy, at: datetime) -> None:
    """Let nobody live under rules to come.

    Raises:
        Refused: naming from when they hold.
    """
    since = policy.effective_from
    if since is not None and since > at:
        raise Refused(
            f"policy: {policy.version} is not in force before {since.isoformat()}; use the version that is",
            code="not-in-force",
        )
