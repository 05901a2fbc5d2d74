"""Which clocks run on a case: service targets that pauses stop, and statutory clocks that nothing stops."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import assert_never
from zoneinfo import ZoneInfo

from domain.allocation import Allocation
from domain.assignment import Assignment
from domain.budget import AnyBudget, PlainTime, WorkingTime, due_of
from domain.calendar import Calendar
from domain.ending import Ending
from domain.heat import Heat
from domain.ladder import Ladder, Rung
from domain.latest import of_the_latest
from domain.pauses import Pause
from domain.plan import Before
from domain.policy import PAYS, Ground, StatutoryClock, Target, TargetName
from domain.remedy import Remedy
from domain.result import Result
from domain.saga import Saga, is_given_up

BARE: Ladder = (Rung(at="breach", actions=()),)
"""A clock without a ladder is still noticed when it is missed."""

PORTALS = ("cfpb",)
"""Sources whose receipt is the date on which an authority's portal sent the complaint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The stages whose facts start and meet clocks.

    Attributes:
        extended: ids of statutory clocks that a holding response has extended.
        updates_missed: how many periods passed without an update to the customer.
        update_from: when the present such period began, where one was missed before it.
        amended_at: when the pinned rules were last amended; what that makes overdue breaches once.
        treated_at: the same of what the policy adds for this case.
        heat: whether the customer was upset, and when they may be called back.
    """

    before: Before
    assignment: Assignment
    remedy: Remedy
    saga: Saga
    result: Result
    ending: Ending
    allocation: Allocation = field(default_factory=Allocation)
    extended: tuple[str, ...] = ()
    updates_missed: int = 0
    update_from: datetime | None = None
    amended_at: datetime | None = None
    treated_at: datetime | None = None
    heat: Heat = field(default_factory=Heat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock that runs.

    Attributes:
        generation: tells this run of the clock from earlier ones (round, ask, period).
        since: since when it has been known that it runs; what had passed before fires once (clock rule 14).
        closes_option: missing it is no breach, it only closes a way that was open.
    """

    name: str
    generation: str
    start: datetime
    since: datetime
    budget: AnyBudget
    ladder: Ladder
    clause: str
    calendar: Calendar
    pauses: tuple[Pause, ...] = ()
    statutory: bool = False
    closes_option: bool = False

    @property
    def due(self) -> datetime | None:
        """When it falls due; None while it is paused."""
        return due_of(self.budget, self.calendar, self.start, self.pauses)


@of_the_latest
def running(around: Around) -> tuple[Clock, ...]:
    """Return the clocks that run now: started, not met, and this class of case has them.

    A customer who withdraws frees the firm of everything but money that is on its way already.
    """
    if around.ending.end is not None:
        return ()
    return (*(() if around.ending.withdrawn else _service(around)), *_statutory(around))


# Service targets. ----------------------------------------------------------------------------------------


def _service(around: Around) -> Iterator[Clock]:
    triage, policy = around.before.triage, around.before.policy
    known = _known(around)
    for name, generation, start, met in _standings(around):
        target = policy.target(name, triage.voc_type or "complaint", triage.severity)
        if target is not None and start is not None and met is None:
            yield Clock(
                name=name,
                generation=generation,
                start=start,
                since=max(known, start),
                budget=_budget(target, around),
                ladder=target.ladder,
                clause=target.clause,
                calendar=policy.calendar,
                # A call back is owed like a promise: no pause stops it (clock rule 9).
                pauses=() if name == "call_back" else around.before.contacts.pauses,
            )


Standing = tuple[TargetName, str, datetime | None, datetime | None]


def _standings(around: Around) -> tuple[Standing, ...]:
    """For each target: its name, generation, start and what met it."""
    intake, contacts, result = around.before.intake, around.before.contacts, around.result
    answered = around.ending.answered_at
    # The answer to an inquiry does not resolve the complaint that it turned into (clock rule 15).
    resolved = (
        result.told_at
        or result.delivered_at
        or (None if around.before.triage.voc_type == "complaint" else answered)
    )
    resolve_start = around.remedy.round_at or intake.received_at
    return (
        (
            "acknowledge",
            str(intake.acknowledgements),
            intake.acknowledge_since or intake.received_at,
            intake.acknowledged_at,
        ),
        _acceptance(around),
        ("first_response", "1", intake.received_at, contacts.first_response_at or answered),
        _update(around, resolved),
        # From the end of the cooling-off; it is met once no flag stands.
        ("call_back", str(around.heat.contact), around.heat.cools_at, None),
        ("resolve", str(around.remedy.round), resolve_start, resolved),
        ("result_notice", str(result.number), result.registered_at, result.delivered_at),
    )


def _acceptance(around: Around) -> Standing:
    """The department's first acceptance; then that of each person who takes, or is to take, the case up.

    A policy that has no target of its own for the latter holds both to the same.
    """
    assignment, triage = around.assignment, around.before.triage
    own = around.before.policy.target("owner_accepts", triage.voc_type or "complaint", triage.severity)
    if assignment.offered_at is not None and assignment.accepted_at is not None:
        to_a_person = assignment.passed_from is None
        offer: TargetName = "owner_accepts" if own is not None or to_a_person else "accept"
        return (offer, f"offer-{assignment.offers}", assignment.offered_at, None)
    if assignment.taken_at is not None and own is not None:
        return ("owner_accepts", f"taken-{assignment.asks}", assignment.taken_at, None)
    # A department that is asked has no owner yet; whoever a case is moved up to owns it before they accept.
    name: TargetName = "owner_accepts" if assignment.owner is not None and own is not None else "accept"
    return (name, str(assignment.asks), assignment.assigned_at, assignment.accepted_at)


def _update(around: Around, resolved: datetime | None) -> Standing:
    """The next update runs from what the customer last heard, and again from each period that was missed.

    It counts from the opening at the earliest, and in each round anew (clock rules 14 and 17).
    """
    contacts, remedy = around.before.contacts, around.remedy
    heard = contacts.last_update_at or contacts.first_response_at
    if heard is None or around.assignment.owner is None:
        return ("next_update", "0", None, None)
    heard = max(filter(None, (heard, around.before.intake.opened_at, remedy.round_at)))
    if around.update_from is not None and around.update_from >= heard:
        # An update that happened before this period began leaves the period as it is.
        return ("next_update", f"{remedy.round}.{around.updates_missed}", around.update_from, resolved)
    generation = f"{remedy.round}.{contacts.updates}.{around.updates_missed}"
    return ("next_update", generation, heard, resolved)


def _budget(target: Target, around: Around) -> AnyBudget:
    """A source has its own time to acknowledge; the product's stage of life is a factor of resolve (R25).

    What the policy adds for this case shortens its service targets, and lengthens none (R121).
    """
    order, budget = around.before.intake.order, target.budget
    source = around.before.policy.source(around.before.intake.opening.source)
    if target.name == "acknowledge" and source is not None:
        budget = source.within
    stage = order.life_cycle if order and target.name == "resolve" else None
    factor = around.before.policy.resolve_factor.get(stage, 1) if stage else 1
    if around.before.treatment is not None:
        factor = min(factor, around.before.treatment.sooner.get(target.name, 1))
    if factor == 1:
        return budget
    match budget:
        case WorkingTime(minutes=minutes) | PlainTime(minutes=minutes):
            return budget.model_copy(update={"minutes": minutes * factor})
        case _:
            return budget  # a target in whole days has no shares


# Statutory clocks. ---------------------------------------------------------------------------------------


def _statutory(around: Around) -> Iterator[Clock]:
    policy = around.before.policy
    duties: set[str] = set()
    calendars: dict[str, Calendar] = {}  # making one costs more than all that is counted on it
    for clock in policy.statutory:
        start = _start(clock, around)
        if clock.duty in duties or start is None or not _fits(clock, around):
            continue
        duties.add(clock.duty)
        if _met(clock, around):
            continue
        if clock.calendar not in calendars:
            calendars[clock.calendar] = policy.calendar_of(clock)
        extended = clock.id in around.extended and clock.extended_by is not None
        yield Clock(
            name=clock.id,
            generation="extended" if extended else _generation(clock, around),
            start=start,
            since=max(start, _known(around, _agreed(clock, around))),
            budget=clock.extended_by if extended and clock.extended_by else clock.budget,
            ladder=clock.ladder or BARE,
            clause=clock.clause,
            calendar=calendars[clock.calendar],
            statutory=True,
            closes_option=clock.consequence == "closes_option",
        )


def refund_deadline(around: Around) -> tuple[StatutoryClock, datetime] | None:
    """Return the earliest deadline that the law sets for the agreed refund, met or not."""
    policy, found = around.before.policy, []
    for clock in policy.statutory:
        start = _start(clock, around) if clock.met_by == "paid" else None
        due = due_of(clock.budget, policy.calendar_of(clock), start) if start is not None else None
        if due is not None and _fits(clock, around):
            found.append((clock, due))
    return min(found, key=lambda each: each[1], default=None)


def _generation(clock: StatutoryClock, around: Around) -> str:
    """Every remedy that was agreed owes a refund of its own; any other duty is owed once."""
    match clock.starts_on:
        case "goods_returned":
            return str(around.saga.number)
        case "withdrawal":
            return str(around.remedy.proposed)
        case _:
            return "1"


def _fits(clock: StatutoryClock, around: Around) -> bool:
    triage = around.before.triage
    if triage.voc_type not in (None, "complaint"):
        return False
    if around.ending.withdrawn and clock.met_by != "paid":
        return False
    if clock.products and triage.product not in clock.products:
        return False
    if clock.met_by == "paid":
        # What a person has given up (an exchange instead, nothing at all) is no longer owed by this remedy.
        return not is_given_up(around.saga) and _holds(clock, _paid_grounds(around))
    return _holds(clock, _presumed(around) if clock.met_by == "withdrawn" else _grounds(around))


def _holds(clock: StatutoryClock, grounds: set[Ground | None]) -> bool:
    return bool(grounds & set(clock.grounds) if clock.grounds else clock.met_by != "paid" or grounds)


def _grounds(around: Around) -> set[Ground | None]:
    proposal = around.remedy.proposal
    return {each.ground for each in proposal.plan.decisions} if proposal else set()


def _paid_grounds(around: Around) -> set[Ground | None]:
    """The grounds on which money is owed: an exchange or an apology owes none."""
    proposal = around.remedy.proposal
    return {each.ground for each in proposal.plan.decisions if each.remedy in PAYS} if proposal else set()


def _presumed(around: Around) -> set[Ground | None]:
    """Before there is a plan the cause tells a change of mind from what is the firm's to answer for."""
    firm = around.before.triage.cause in around.before.policy.firm_pays_causes
    return {"defect" if firm else "withdrawal"}


def _start(clock: StatutoryClock, around: Around) -> datetime | None:
    intake, proposal = around.before.intake, around.remedy.proposal
    match clock.starts_on:
        case "receipt":  # of the complaint: for a converted inquiry its first dissatisfaction (clock rule 15)
            return around.before.triage.complaint_since or intake.received_at
        case "sent_to_company":
            return intake.received_at if intake.opening.source in PORTALS else None
        case "goods_delivered":
            return _delivered(around)
        case "goods_returned":
            return next((step.done_at for step in around.saga.steps if step.name == "inspect"), None)
        case "withdrawal":
            if proposal is None or proposal.agreed_at is None or proposal.plan.collect:
                return None
            return around.remedy.round_at or intake.received_at
        case _:
            assert_never(clock.starts_on)


def _delivered(around: Around) -> datetime | None:
    """A shop tells the day only; noon stands for it, so that the first day is never counted."""
    order = around.before.intake.order
    if order is None or order.delivered_on is None:
        return None
    zone = ZoneInfo(around.before.policy.calendar.timezone)
    return datetime.combine(order.delivered_on, time(12), zone).astimezone(UTC)


def _agreed(clock: StatutoryClock, around: Around) -> datetime | None:
    """A withdrawal is known as such only when the remedy on that ground is agreed."""
    return around.remedy.agreed_at if clock.starts_on == "withdrawal" else None


def _known(around: Around, agreed: datetime | None = None) -> datetime:
    """When the firm could first know that a clock runs; what passed before is noticed once."""
    changed = (around.before.triage.classed_at, around.amended_at, around.treated_at, agreed)
    return max(filter(None, (around.before.intake.opened_at, *changed)))


def _met(clock: StatutoryClock, around: Around) -> bool:
    # A further round begins after a result that was delivered: what that met stays met (clock rule 14).
    answered = around.remedy.round > 1
    match clock.met_by:
        case "sent":
            return answered or around.result.sent_at is not None
        case "delivered":
            return answered or around.result.delivered_at is not None
        case "paid":
            return any(step.name == "payout" and step.state == "done" for step in around.saga.steps)
        case "withdrawn":
            # Whoever complains about the goods has declared it with the complaint; nothing else closes then.
            return around.remedy.proposed > 0
        case _:
            assert_never(clock.met_by)
