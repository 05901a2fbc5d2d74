"""Lives of cases for tests: a small policy, named people and instants, and given / when / then.

A script is a row of messages. A command without a time is taken at the life's own clock, after time has
passed, as the interpreter does it; `wait` moves that clock; `ok`, `refused` and `unknown` answer the effect
whose key begins with a word.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from domain.actor import Actor, Role
from domain.assignment import AcceptCase
from domain.budget import CalendarDays, WorkingTime
from domain.calendar import WEEKDAYS, Calendar
from domain.case import (
    Case,
    CaseCommand,
    Open,
    deadlines,
    decide,
    evolve,
    is_over,
    parked,
    stage,
    todo,
    unopened,
)
from domain.contact import LogContact
from domain.effect import (
    AuthorityAnswer,
    AuthorityFreed,
    CallMade,
    CollectionBooked,
    CollectionStatus,
    Contact,
    CustomerSnapshot,
    DeliveryStatus,
    GoodsRepaired,
    GoodsReturned,
    LabelIssued,
    NoticeSent,
    OrderLine,
    OrderSnapshot,
    RefundFailed,
    RefundPaid,
    RefundPending,
    RepairAccepted,
    RepairFailed,
    ReplacementReserved,
    ReplacementShipped,
    Result,
    Undone,
    VoucherIssued,
)
from domain.intake import Opening
from domain.ladder import Rung
from domain.message import (
    EffectRefused,
    EffectSucceeded,
    Event,
    Fact,
    LetTimePass,
    OutcomeUnknown,
)
from domain.money import Money
from domain.plan import LineDecision, Plan
from domain.policy import (
    PAYS,
    VOUCHERS,
    AuthorityTotals,
    Clause,
    Costs,
    Department,
    Handling,
    HappyCall,
    PauseReason,
    Person,
    Policy,
    RemedyKind,
    Routing,
    SkillRule,
    SureReading,
    Target,
    TargetName,
    TriageRule,
)
from domain.refusal import Refused
from domain.remedy import AcceptRemedy, ApproveRemedy, DeclineRemedy, ProposeRemedy, RejectRemedy
from domain.result import RegisterResult
from domain.triage import HarmLine, Triage

# People and instants. --------------------------------------------------------------------------------------

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""Opening time of a Monday; the firm is open 9 to 18, Monday to Friday, in UTC."""

MIRA = Actor(role=Role.CUSTOMER, id="mira")
TOM = Actor(role=Role.CUSTOMER, id="tom")
AGENT = Actor(role=Role.AGENT, id="ann")
OTHER_AGENT = Actor(role=Role.AGENT, id="ben")
OWNER = Actor(role=Role.OWNER, id="ann")
SUPERVISOR = Actor(role=Role.SUPERVISOR, id="sue")
SECOND_SUPERVISOR = Actor(role=Role.SUPERVISOR, id="sid")
HEAD = Actor(role=Role.DEPARTMENT_HEAD, id="hal")
CALLER = Actor(role=Role.HAPPY_CALLER, id="cat")
AUDITOR = Actor(role=Role.AUDITOR, id="aud")
SYSTEM = Actor(role=Role.SYSTEM, id="shop")
BOTH = Actor(role=Role.SUPERVISOR, id="pat")
"""Somebody whom the directory knows as agent and as supervisor."""


def eur(minor: int) -> Money:
    """Return an amount in cents."""
    return Money(minor=minor, currency="EUR")


# A policy small enough to be known by heart. ---------------------------------------------------------------


def _target(
    name: TargetName, minutes: int, *ladder: Rung, voc: Any = ("complaint",), sev: Any = ()
) -> Target:
    return Target(
        name=name,
        voc_types=voc,
        severities=sev,
        budget=WorkingTime(minutes=minutes),
        ladder=ladder,
        clause="promise",
    )


def _rung(at: Any, *actions: Any) -> Rung:
    return Rung(at=at, actions=actions)


def _later(minutes: int) -> WorkingTime:
    return WorkingTime(minutes=minutes)


def _person(id_: str, *roles: Role) -> Person:
    return Person(id=id_, roles=roles, department="service")


REMEDIES: tuple[RemedyKind, ...] = (
    "refund",
    "exchange",
    "repair",
    "return_shipping",
    "coupon",
    "points",
    "membership",
    "information",
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
    "recognition",
    "explanation",
)

POLICY = Policy(
    name="test",
    version="1",
    language="en",
    currency="EUR",
    calendar=Calendar(timezone="UTC", hours=dict.fromkeys(WEEKDAYS[:5], (("09:00", "18:00"),))),
    holidays_from="none",
    hash="h",
    wording_hash="w",
    clauses=(
        Clause(id="promise", kind="own", source="house rules 1", plain={"en": "in time", "ko": "제때"}),
        Clause(id="not-ours", kind="own", source="house rules 2", plain={"en": "not ours", "ko": "아님"}),
    ),
    departments=(
        Department(id="service", name={"en": "Service", "ko": "서비스"}, levels=("sue", "sid", "hal")),
        Department(id="works", name={"en": "Works", "ko": "공장"}, levels=("sid", "hal")),
    ),
    fallback_department="service",
    people=(
        _person("ann", Role.AGENT),
        _person("ben", Role.AGENT),
        _person("pat", Role.AGENT, Role.SUPERVISOR),
        _person("sue", Role.SUPERVISOR),
        _person("sid", Role.SUPERVISOR),
        _person("hal", Role.DEPARTMENT_HEAD),
        _person("cat", Role.HAPPY_CALLER),
        _person("aud", Role.AUDITOR),
    ),
    routing=(
        Routing(department="works", causes=("design",), reason="design is the works' own"),
        Routing(department="works", products=("oven",), reason="ovens are the works' own"),
        Routing(department="service", voc_types=("inquiry",), reason="service answers"),
    ),
    targets=(
        _target("acknowledge", 60, _rung("breach", "tell_supervisor")),
        _target("accept", 120, _rung(0.5, "tell_supervisor"), _rung("breach", "escalate")),
        _target("accept", 120, _rung("breach", "escalate"), voc=()),
        _target(
            "first_response",
            480,
            _rung(0.5, "remind_owner"),
            _rung("breach", "tell_supervisor", "escalate"),
            _rung(_later(240), "tell_customer", "escalate"),
        ),
        _target(
            "resolve",
            540,
            _rung("breach", "tell_supervisor", "escalate"),
            sev=("critical",),
        ),
        _target(
            "resolve",
            2700,
            _rung(0.5, "remind_owner"),
            _rung("breach", "tell_supervisor", "escalate", "tell_customer"),
            _rung(_later(540), "escalate", "park"),
        ),
        _target("resolve", 1080, _rung("breach", "tell_supervisor"), voc=("inquiry",)),
        _target("result_notice", 240, _rung("breach", "tell_supervisor")),
    ),
    pause_reasons=(
        PauseReason(id="customer", maximum=timedelta(days=7), total=timedelta(days=10)),
        PauseReason(id="report", maximum=timedelta(days=2), total=timedelta(days=2), ended_by_customer=False),
    ),
    vague_words={"soon": timedelta(hours=1)},
    vague_default=timedelta(hours=24),
    remedies=REMEDIES,
    authority={
        Role.AGENT: eur(10_000),
        Role.OWNER: eur(10_000),
        Role.SUPERVISOR: eur(50_000),
        Role.DEPARTMENT_HEAD: eur(1_000_000),
    },
    approval=WorkingTime(minutes=240),
    offer=CalendarDays(n=7),
    offer_reminder=CalendarDays(n=3),
    supervisor_meeting=WorkingTime(minutes=240),
    by_hand=WorkingTime(minutes=540),
    max_offers=2,
    max_rounds=2,
    look_every=timedelta(days=1),
    max_looks=3,
    retry_after=timedelta(hours=1),
    max_tries=3,
    happy_call=HappyCall(
        delay=timedelta(hours=24),
        attempts=2,
        apart=timedelta(hours=5),
        from_hour=9,
        to_hour=20,
        questions=("problem_gone", "outcome_fair", "came_back"),
        cut_off=3,
    ),
    reopen_window=CalendarDays(n=7),
    appeal_window=CalendarDays(n=14),
    outside_body={"en": "the ombudsman", "ko": "소비자원"},
    firm_pays_causes=("defect",),
    causes=("defect", "design", "late", "other"),
)


HANDLED = POLICY.model_copy(
    update={
        "handling": Handling(
            max_refusals=2,
            max_transfers=3,
            task=WorkingTime(minutes=540),
            skills=(
                SkillRule(skill="ovens", products=("oven",)),
                SkillRule(skill="grave", severities=("critical",)),
            ),
            sure=SureReading(least=2, lead=1),
            costs=Costs(contact_minute=eur(50), collection=eur(400), shipment=eur(600)),
        ),
        "triage_rules": (
            TriageRule(field="voc_type", value="complaint", words=("refund", "angry")),
            TriageRule(field="voc_type", value="inquiry", words=("question",)),
            TriageRule(field="cause", value="design", words=("badly made", "too heavy")),
            TriageRule(field="cause", value="defect", words=("broken",)),
            TriageRule(field="safety", value="true", words=("burned",)),
        ),
        "people": (
            Person(id="ann", roles=(Role.AGENT,), department="service"),
            Person(id="ben", roles=(Role.AGENT,), department="service", skills=("ovens",)),
            Person(id="bob", roles=(Role.AGENT,), department="service", skills=("ovens", "grave")),
            Person(id="wim", roles=(Role.AGENT,), department="works", skills=("ovens",)),
            Person(id="wes", roles=(Role.SUPERVISOR,), department="works"),
            *(person for person in POLICY.people if person.id not in ("ann", "ben")),
        ),
    }
)
"""The small policy with people: skills, tasks of departments, hand-overs, prices of handling."""


def totals(case: int, person: int, customer: int) -> AuthorityTotals:
    """Return what may be decided without a second person, in cents."""
    return AuthorityTotals(case=eur(case), person=eur(person), customer=eur(customer))


ADDED_UP = POLICY.model_copy(
    update={
        "authority_totals": {
            Role.OWNER: totals(15_000, 30_000, 20_000),
            Role.SUPERVISOR: totals(60_000, 200_000, 80_000),
        },
        "approval_expires": POLICY.approval.model_copy(update={"minutes": 600}),
    }
)
"""The small policy with sums: an owner gives 100 at once, 150 in a case, 300 a month, 200 to one customer."""

# Scripts. --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wait:
    """Let this much time pass."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Until:
    """Let time pass until this instant."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Came:
    """The outcome of the effect whose key begins with this; None is a refusal, `unknown` nobody knows."""

    key: str
    result: Result | None = None
    reason: str | None = None
    code: str | None = None


Message = CaseCommand | Fact | Open
Item = Message | Event | Wait | Until | Came | Callable[[Case], Message]


def wait(**span: float) -> Wait:
    """Let time pass."""
    return Wait(timedelta(**span))


def ok(key: str, result: Result) -> Came:
    """The effect whose key begins with this succeeded."""
    return Came(key, result=result)


def refused(key: str, reason: str = "no", code: str | None = None) -> Came:
    """The effect whose key begins with this was refused for good."""
    return Came(key, reason=reason, code=code)


def unknown(key: str) -> Came:
    """Nobody knows what became of the effect whose key begins with this."""
    return Came(key)


def owed(case: Case, start: str) -> str:
    """Return the one key in the to-do list that begins with this."""
    found = [effect.key for effect in todo(case) if effect.key.startswith(start)]
    assert found, f"nothing is owed under {start}: {[effect.key for effect in todo(case)]}"
    return found[0]


def message_of(item: Item, case: Case, now: datetime) -> Message:
    """Return what an item of a script says to the case, stamped with the life's clock."""
    if isinstance(item, Came):
        key = owed(case, item.key)
        if item.result is not None:
            return EffectSucceeded(at=now, key=key, result=item.result)
        if item.reason is not None:
            return EffectRefused(at=now, key=key, reason=item.reason, code=item.code)
        return OutcomeUnknown(at=now, key=key)
    if isinstance(item, LetTimePass | EffectSucceeded | EffectRefused | OutcomeUnknown | Open):
        return item
    assert not isinstance(item, Event | Wait | Until)
    message = item(case) if callable(item) else item
    return message.model_copy(update={"at": now})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a message: events, or a refusal."""

    life: "Life"
    events: tuple[Event, ...] = ()
    refusal: Refused | None = None

    def then(self, *kinds: str) -> "Life":
        """Expect exactly these events; none where it is already so."""
        assert self.refusal is None, f"refused: {self.refusal}"
        assert kinds_of(self.events) == kinds
        return self.life

    def then_refused(self, words: str, code: str | None = None) -> "Life":
        """Expect a refusal with these words in its reason."""
        assert self.refusal is not None, f"not refused, but {kinds_of(self.events)}"
        assert words in self.refusal.reason
        assert code is None or self.refusal.code == code
        return self.life

    def event(self, kind: str) -> Any:
        """Return the one event of this kind."""
        (found,) = [event for event in self.events if kinds_of((event,)) == (kind,)]
        return found


@dataclass(frozen=True, slots=True)
class Life:
    """A case and its clock."""

    case: Case
    now: datetime = MONDAY
    events: tuple[Event, ...] = ()

    def told(self, *items: Item) -> "Life":
        """Live through a script; a refusal is a mistake in the script."""
        life = self
        for item in items:
            life = life._told(item)
        return life

    def _told(self, item: Item) -> "Life":
        if isinstance(item, Wait):
            return self.passed(self.now + item.span)
        if isinstance(item, Until):
            return self.passed(item.at)
        if isinstance(item, Event):
            return self.after((item,))
        answer = self.when(item)
        assert answer.refusal is None, f"refused: {answer.refusal}"
        return answer.life

    def after(self, events: tuple[Event, ...]) -> "Life":
        """Return the life with these events on top."""
        case = self.case
        for event in events:
            case = evolve(case, event)
        return replace(self, case=case, events=self.events + events)

    def passed(self, at: datetime) -> "Life":
        """Let time pass to its fixpoint, as the interpreter does."""
        life = replace(self, now=at)
        while events := decide(life.case, LetTimePass(at=at)):
            life = life.after(events)
        return life

    def when(self, item: Item) -> Answer:
        """Say one thing, after time has passed."""
        if isinstance(item, Wait):
            return self._waited(self.now + item.span)
        if isinstance(item, Until):
            return self._waited(item.at)
        life = self.passed(self.now)
        try:
            events = decide(life.case, message_of(item, life.case, life.now))
        except Refused as refusal:
            return Answer(life, refusal=refusal)
        return Answer(life.after(events), events)

    def _waited(self, at: datetime) -> Answer:
        later = self.passed(at)
        return Answer(later, later.events[len(self.events) :])

    @property
    def stage(self) -> str:
        """Where in its life the case stands."""
        return stage(self.case)

    @property
    def owed(self) -> tuple[str, ...]:
        """Keys of what the outside world owes."""
        return tuple(effect.key for effect in todo(self.case))

    @property
    def dues(self) -> dict[str, datetime]:
        """What falls due when."""
        return {deadline.name: deadline.due for deadline in deadlines(self.case)}

    @property
    def parked(self) -> str | None:
        """Why the case waits for a human."""
        return parked(self.case)

    @property
    def end(self) -> str | None:
        """How the case ended."""
        return self.case.ending.end

    @property
    def over(self) -> bool:
        """Whether the case owes and is owed nothing."""
        return is_over(self.case)

    def many(self, kind: str) -> int:
        """Return how many events of this kind there were."""
        return kinds_of(self.events).count(kind)

    def last(self, kind: str) -> Any:
        """Return the last event of this kind."""
        return [event for event in self.events if kinds_of((event,)) == (kind,)][-1]


def kinds_of(events: tuple[Event, ...]) -> tuple[str, ...]:
    """Return the kinds of events."""
    return tuple(str(getattr(event, "kind", "")) for event in events)


def given(*items: Item, policy: Policy = POLICY, now: datetime = MONDAY) -> Life:
    """Return the life after this script."""
    return Life(unopened("TEST", policy), now).told(*items)


def refuses(words: str) -> Any:
    """Expect a refusal with these words."""
    return pytest.raises(Refused, match=words)


# What people say. ------------------------------------------------------------------------------------------

_ids = count(1)


def say(kind: type[Any], by: Actor, **fields: Any) -> Any:
    """Return a command with a fresh id."""
    return kind(id=f"c{next(_ids)}", by=by, **fields)


def opening(**fields: Any) -> Open:
    """Return the opening of Mira's complaint."""
    known: dict[str, Any] = {
        "source": "web",
        "text": "The cup arrived broken.",
        "contact": Contact(customer_id="mira", phone="555", email="m at home"),
    }
    at = fields.pop("at", MONDAY)
    return Open(at=at, opening=Opening(**{**known, **fields}), source_key="k1", key_digest="d1")


NOTICE = NoticeSent(reference="n1", delivered=True, text="...")
LOST_NOTICE = NoticeSent(reference="n1", delivered=False, text="...")
CUSTOMER = CustomerSnapshot(known=True, customer_id="mira")
ORDER = OrderSnapshot(
    known=True, order_id="o1", lines=(OrderLine(line_id="l1", product="cup", price=eur(90_000)),)
)
WITHIN = AuthorityAnswer(state="reserved", person_used=eur(0), customer_used=eur(0))
EXCEEDED = AuthorityAnswer(state="exceeded", person_used=eur(30_000), customer_used=eur(0))
FREED = AuthorityFreed()
BOOKED = CollectionBooked(reference="col1")
LABEL = LabelIssued(reference="lab1")
NOT_THERE = CollectionStatus(arrived=False)
INSPECTED = CollectionStatus(arrived=True, finding="as_claimed")
RESERVED = ReplacementReserved(reference="res1")
SHIPPED = ReplacementShipped(reference="ship1")
ON_ITS_WAY = DeliveryStatus(delivered=False)
DELIVERED = DeliveryStatus(delivered=True)
PAID = RefundPaid(reference="pay1", amount=eur(9_000))
UNDONE = Undone(reference="u1")
PENDING = RefundPending(reference="pay1")
FAILED = RefundFailed(reference="pay1", reason="the account does not take it", code="returned")
ISSUED = VoucherIssued(reference="vo1")
IN_WORKSHOP = RepairAccepted(reference="rep1")
REPAIRED = GoodsRepaired(reference="rep1")
BEYOND_REPAIR = RepairFailed(reference="rep1", reason="cannot be repaired")
SENT_BACK = GoodsReturned(reference="ret1")
GOOD_CALL = CallMade(reference="call1", outcome="answered", answers={"problem_gone": 1, "outcome_fair": 6})
BAD_CALL = CallMade(reference="call1", outcome="answered", answers={"problem_gone": 0, "outcome_fair": 2})
NO_ANSWER = CallMade(reference="call1", outcome="no_answer")
CALL_DECLINED = CallMade(reference="call1", outcome="declined")

PRICE = HarmLine(id="price", harm="price", amount=eur(9_000))


def triage(by: Actor = AGENT, **fields: Any) -> Any:
    """Class it as a complaint about a defect, one harm line, unless told otherwise."""
    known: dict[str, Any] = {"voc_type": "complaint", "product": "cup", "cause": "defect"}
    if fields.get("voc_type", "complaint") == "complaint":
        known["harm_lines"] = (PRICE,)
    return say(Triage, by, **{**known, **fields})


def contact(by: Actor = OWNER, **fields: Any) -> Any:
    """Log a call in which the customer got a real answer."""
    known = {
        "direction": "outbound",
        "channel": "phone",
        "apology": True,
        "named_owner": True,
        "asks_further": True,
        "next_step": "we collect",
    }
    return say(LogContact, by, **{**known, **fields})


def decision(remedy: RemedyKind = "refund", **fields: Any) -> LineDecision:
    """Decide the price line."""
    known: dict[str, Any] = {"harm_line": "price", "remedy": remedy, "ground": "defect"}
    if remedy in (*PAYS, *VOUCHERS):
        known["amount"] = eur(9_000)
    if remedy == "refusal":
        known |= {"ground": None, "clause": "not-ours", "reason": "worn out by use"}
    return LineDecision(**{**known, **fields})


def plan(*decisions: LineDecision, **fields: Any) -> Plan:
    """Return a plan; one refund where no decision is given."""
    known = {"gestures": ("apology_call",), "words": "we are sorry"}
    return Plan(decisions=decisions or (decision(),), **{**known, **fields})


def propose(plan_: Plan | None = None, by: Actor = OWNER, told_in: int | None = 1) -> Any:
    """Propose a plan, told in the first contact."""
    return say(ProposeRemedy, by, plan=plan_ or plan(), contact=told_in)


def standing(case: Case) -> str:
    """Return the hash of the proposal that stands."""
    assert case.remedy.proposal is not None
    return case.remedy.proposal.hash


def about_it(kind: type[Any], by: Actor, **fields: Any) -> Callable[[Case], Any]:
    """Return a command about whichever proposal stands then."""
    return lambda case: say(kind, by, **{"proposal": standing(case), **fields})


def approve(by: Actor = SUPERVISOR) -> Callable[[Case], Any]:
    """Approve the proposal that stands."""
    return about_it(ApproveRemedy, by)


def reject(by: Actor = SUPERVISOR, clause: str | None = "not-ours") -> Callable[[Case], Any]:
    """Refuse to approve the proposal that stands."""
    return about_it(RejectRemedy, by, reason="too much", clause=clause)


def accept(by: Actor = MIRA, **fields: Any) -> Callable[[Case], Any]:
    """Accept the offer that stands."""
    return about_it(AcceptRemedy, by, **fields)


def decline(by: Actor = MIRA, **fields: Any) -> Callable[[Case], Any]:
    """Decline the offer that stands."""
    return about_it(DeclineRemedy, by, reason="not enough", **fields)


def register(by: Actor = OWNER, **fields: Any) -> Any:
    """Register the result."""
    known = {"outcome": "upheld", "cause": "defect", "summary": "we refunded it"}
    return say(RegisterResult, by, **{**known, **fields})


# Lives up to a point. --------------------------------------------------------------------------------------

RAISED: tuple[Item, ...] = (
    opening(),
    ok("acknowledgement", NOTICE),
    ok("customer", CUSTOMER),
    ok("order", ORDER),
)
WITH_DEPARTMENT: tuple[Item, ...] = (*RAISED, triage())
OWNED: tuple[Item, ...] = (*WITH_DEPARTMENT, say(AcceptCase, AGENT))
IN_RECOVERY: tuple[Item, ...] = (*OWNED, contact())
OFFERED: tuple[Item, ...] = (*IN_RECOVERY, propose())
PAYING: tuple[Item, ...] = (*OFFERED, accept())
PUT_RIGHT: tuple[Item, ...] = (*PAYING, ok("payout", PAID))
REGISTERED: tuple[Item, ...] = (*PUT_RIGHT, register())
NOTIFIED: tuple[Item, ...] = (*REGISTERED, ok("result-notice", NOTICE))
CALLED: tuple[Item, ...] = (*NOTIFIED, wait(hours=25))
SATISFIED: tuple[Item, ...] = (*CALLED, ok("happy-call", GOOD_CALL))
SECOND_ROUND: tuple[Item, ...] = (*CALLED, ok("happy-call", BAD_CALL))

AGAIN: tuple[Item, ...] = (
    say(AcceptCase, SUPERVISOR),
    contact(SUPERVISOR),
    propose(by=SUPERVISOR),
    accept(),
    ok("payout", PAID),
    register(SUPERVISOR),
    ok("result-notice", NOTICE),
    wait(hours=25),
)
"""A further round, in the supervisor's hands, up to its happy call."""

STILL_BAD: tuple[Item, ...] = (*SECOND_ROUND, *AGAIN, ok("happy-call", BAD_CALL))
FINAL: tuple[Item, ...] = (
    *OFFERED,
    decline(),
    register(final=True, outcome="not_upheld"),
    ok("result-notice", NOTICE),
)
INQUIRY: tuple[Item, ...] = (*RAISED, triage(voc_type="inquiry"), say(AcceptCase, AGENT))


def to_end_of_collection() -> tuple[Item, ...]:
    """Return the script of a refund for which goods come back, up to the inspection."""
    return (*IN_RECOVERY, propose(plan(collect=True)), accept(), ok("collect", BOOKED))
