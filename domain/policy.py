"""The policy of one case: every limit, amount, rule and calendar, pinned when the case was opened."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.actor import Role
from domain.budget import Budget, CalendarDays
from domain.calendar import WEEKDAYS, Calendar
from domain.fairness_limits import FairnessLimits
from domain.follow_up_rules import AfterCareRules, FormRules, LinkRules, RetentionRules
from domain.ladder import Rung
from domain.money import Money
from domain.record import Id, Line, Record, Text, canonical
from domain.spoken import Spoken
from domain.treatment_rules import (
    DecisionName,
    ExceptionKind,
    ExceptionRule,
    ProfileRules,
    RelationRule,
    TreatmentRow,
)

VocType = Literal["complaint", "inquiry", "compliment", "suggestion"]
Severity = Literal["low", "normal", "high", "critical"]
Ground = Literal["withdrawal", "defect", "warranty", "guarantee", "goodwill"]
Language = Literal["ko", "en"]
Channel = Literal["sms", "email", "phone", "post"]

Harm = Literal["price", "shipping", "time", "trouble", "consequential"]

LifeCycle = Literal["introduction", "growth", "maturity", "decline"]
RemedyKind = Literal[
    "refund",
    "exchange",
    "repair",
    "return_shipping",
    "coupon",
    "points",
    "fee_refund",
    "goodwill_credit",
    "correction",
    "reissued_card",
    "free_service",
    "installation",
    "instruction",
    "apology",
    "apology_letter",
    "manager_apology",
    "explanation",
    "refusal",
]
PAYS: tuple[RemedyKind, ...] = ("refund", "fee_refund", "return_shipping", "goodwill_credit")
"""Remedies that move money."""

FEES: tuple[RemedyKind, ...] = ("fee_refund", "return_shipping")
"""Remedies that give back what the customer paid beside the goods: fees, and shipping either way."""

VOUCHERS: tuple[RemedyKind, ...] = ("coupon", "points")
"""Remedies that give worth without paying; they can be taken back until they are used."""

MOVES_GOODS: tuple[RemedyKind, ...] = ("refund", "exchange", "repair")
"""Remedies for which goods may have to come back."""

BY_HAND: tuple[RemedyKind, ...] = (
    "correction",
    "reissued_card",
    "free_service",
    "installation",
    "instruction",
    "apology_letter",
    "manager_apology",
)
"""Remedies that a department carries out and reports as done."""

SPOKEN: tuple[RemedyKind, ...] = ("apology", "apology_letter", "manager_apology", "explanation")
"""Remedies that consist of words to the customer."""

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


class InterestRate(Record):
    """The yearly rate of interest on a refund that is late, from a day on until the next entry's."""

    valid_from: date
    basis_points: Annotated[int, Field(ge=0, le=10_000)]
    clause: Line


class Warranty(Record):
    """When a refusal for expired warranty is anybody's to give.

    Attributes:
        reference_months: what a fair warranty lasts; `products` names others.
        clause: the clause that such a refusal names.
    """

    reference_months: Annotated[int, Field(ge=1)]
    products: dict[Line, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    clause: Line

    def reference_for(self, product: str | None) -> int:
        """Return the months below which this product's warranty is short."""
        return self.products.get(product or "", self.reference_months)


class StandardRule(Record):
    """What has to be given for the price of goods once something went wrong for good.

    Attributes:
        when: repaired in vain `at_least` times, in repair for more than `at_least` months, or no goods of the
            same kind are left.
        owed: remedies of which it has to be one.
        instead_of: only where the plan says one of these; empty: whatever it says.
    """

    id: Line
    when: Literal["repaired_in_vain", "repair_overdue", "no_same_kind"]
    at_least: Annotated[int, Field(ge=1)] = 1
    owed: Annotated[tuple[RemedyKind, ...], Field(min_length=1)]
    instead_of: tuple[RemedyKind, ...] = ()
    clause: Line


class RepeatFailure(Record):
    """Which earlier failure of the same customer counts besides a similar one: any as recent as this."""

    recent_months: Annotated[int, Field(ge=1)]
    clause: Line | None = None


Means = Literal["in_person", "sms", "email", "phone", "post"]
"""How a customer hears that we have their words: a message, or the person who took them in says so."""


class SourceRule(Record):
    """A channel by which cases come in: how and within what time it is acknowledged.

    Attributes:
        kind: across a counter, or from afar.
        means: best first; the first that can reach the customer is used. In person needs somebody who took
            the case in.
        within: in place of the budget of the target `acknowledge`, whose ladder and clause hold as they are.
    """

    source: Line
    kind: Literal["face_to_face", "remote"]
    means: Annotated[tuple[Means, ...], Field(min_length=1)]
    within: Budget


class Guarantee(Record):
    """A service guarantee: a promise to every customer that pays by itself once it is broken.

    Attributes:
        promise: delivery by the promised day, or a response before a service target is missed.
        target: which service target, of a promised response.
        terms: what the customer is told, in both languages.
    """

    id: Line
    promise: Literal["delivery", "response"]
    target: TargetName | None = None
    pays: Money
    clause: Line
    terms: dict[Language, Line]


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
        per_day: how many attempts on one day; None: as many as fall on it.
        business_days: whether calls are made on business days only.
        refused_questions: ids asked where everything was refused; none: such a customer is not called.
        link: what follows calls that nobody answered; None: the follow-up ends with them.
        form: the longer written form; None: there is none.
        after_care: reassurance after the remedy; None: there is none.
        retention: what is done about a customer who may leave; None: nothing.
    """

    delay: timedelta
    attempts: Annotated[int, Field(ge=1)]
    apart: timedelta
    from_hour: int
    to_hour: int
    questions: tuple[Line, ...]
    cut_off: int
    per_day: Annotated[int, Field(ge=1)] | None = None
    business_days: bool = False
    refused_questions: tuple[Line, ...] = ()
    link: LinkRules | None = None
    form: FormRules | None = None
    after_care: AfterCareRules | None = None
    retention: RetentionRules | None = None


Period = Literal["day", "week", "month"]


class AuthorityTotals(Record):
    """What a role may decide without a second person, added up, so that splitting gains nothing.

    Attributes:
        case: for everything that is given in one case.
        person: for everything that one person decides in a period.
        customer: for everything that one customer gets in a period, whoever decided it.
    """

    case: Money
    person: Money
    customer: Money


class OfferRule(Record):
    """What is owed for one kind of harm; of all rules the first that fits decides.

    Attributes:
        causes: what the case is put down to; empty: whatever the cause.
        severities: how grave it is; empty: however grave.
        owes: the price paid, the shipping paid, what the customer states (each in the share `per_cent`), or
            an extra: nothing is owed, and the firm gives something all the same.
        at_most: the most that this rule gives; None: no limit.
        usual: what an extra gives where nobody says otherwise.
    """

    id: Line
    harm: Harm
    causes: tuple[Line, ...] = ()
    severities: tuple[Severity, ...] = ()
    owes: Literal["price", "shipping", "stated", "extra"]
    per_cent: Annotated[int, Field(ge=0, le=100)] = 100
    at_most: Money | None = None
    usual: Money | None = None
    clause: Line


class ExtraLimit(Record):
    """How much may be given beyond what is owed; of all limits the first that fits holds."""

    severities: tuple[Severity, ...] = ()
    tiers: tuple[Line, ...] = ()
    at_most: Money
    clause: Line


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


class Handling(Record):
    """How a case finds its people, and what they owe each other; a policy without it asks none of this.

    Attributes:
        max_refusals: after so many departments that refused, the fallback department takes the case.
        max_transfers: the hand-over of this number moves the case up instead, to a supervisor who keeps it.
        task: how long a department has for a task.
        skills: which skills a case asks of its owner.
        sure: when a report is routed without waiting for a person; None: never.
        costs: what handling costs; None: a result names no cost.
    """

    max_refusals: Annotated[int, Field(ge=1)]
    max_transfers: Annotated[int, Field(ge=1)]
    task: Budget
    skills: tuple[SkillRule, ...] = ()
    sure: SureReading | None = None
    costs: Costs | None = None


class ImprovementLimits(Record):
    """How long a department has: to take a request on, and from then to carry it out."""

    accept: Budget
    done: Budget


class ImprovementRules(Record):
    """When like cases become a request to a department, and what happens while it waits.

    Attributes:
        raise_at: how many like cases within the window raise one request.
        window: the span of time, counted back from the latest failure.
        usual: limits of a request.
        safety: limits where somebody may come to harm; one such case is enough to raise it.
        remind_at: share of the way to a limit at which whoever has it is reminded.
        late_every: what passes between two moves up of a request that is late.
        measure_over: the span before and after an improvement over which its cases are counted.
    """

    raise_at: Annotated[int, Field(ge=1)]
    window: timedelta
    usual: ImprovementLimits
    safety: ImprovementLimits
    remind_at: Annotated[float, Field(gt=0, lt=1)]
    late_every: Budget
    measure_over: timedelta


class FiguresRules(Record):
    """How the figures of customer service reach the head who answers for them (`service_head`).

    Attributes:
        every: they are of the last whole week, from Monday on, or of the last whole month.
        answer: how long the head has to say what will be done.
        late_to: who hears of it besides while the answer is late, one more with each reminder.
    """

    every: Literal["week", "month"]
    answer: Budget
    late_to: tuple[Id, ...] = ()


class SignalRule(Record):
    """What the firm may observe that opens a case before the customer complains.

    Attributes:
        signal: what is observed.
        at_least: how often, by one customer about one order or product.
        within: the span of time in which that is counted.
        at_most: of a survey, the score up to which it counts.
        later_than: of a delay, how late it must be.
        text: the reason, as the case shows it, in both languages.
    """

    id: Line
    signal: Literal["delay", "contact", "refund", "survey"]
    at_least: Annotated[int, Field(ge=1)] = 1
    within: timedelta
    at_most: Annotated[int, Field(ge=1, le=7)] | None = None
    later_than: timedelta | None = None
    text: dict[Language, Line]


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
    signals: tuple[SignalRule, ...] = ()
    plain_words: dict[Line, Text] = Field(default_factory=dict)
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


def content_hash(policy: Policy) -> str:
    """Return the hash under which a pinned policy is kept: of all its content, whatever it calls itself."""
    return sha256(canonical(policy).encode()).hexdigest()
