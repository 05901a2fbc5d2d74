"""Which clocks run on a case: service targets that pauses stop, and statutory clocks that nothing stops."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from domain.assignment import Assignment
from domain.budget import AnyBudget, WorkingTime, due_of
from domain.calendar import Calendar
from domain.ending import Ending
from domain.ladder import Ladder, Rung
from domain.pauses import Pause
from domain.policy import StatutoryClock, Target, TargetName
from domain.remedy import Before, Remedy
from domain.result import Result
from domain.saga import Saga

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
    """

    before: Before
    assignment: Assignment
    remedy: Remedy
    saga: Saga
    result: Result
    ending: Ending
    extended: tuple[str, ...] = ()
    updates_missed: int = 0
    update_from: datetime | None = None


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


def running(around: Around) -> tuple[Clock, ...]:
    """Return the clocks that run now: started, not met, and this class of case has them."""
    if around.ending.end is not None or around.ending.withdrawn:
        return ()
    return (*_service(around), *_statutory(around))


# Service targets. ----------------------------------------------------------------------------------------


def _service(around: Around) -> Iterator[Clock]:
    triage, policy = around.before.triage, around.before.policy
    known = max(filter(None, (around.before.intake.opened_at, triage.classed_at)))
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
                pauses=around.before.contacts.pauses,
            )


Standing = tuple[TargetName, str, datetime | None, datetime | None]


def _standings(around: Around) -> tuple[Standing, ...]:
    """For each target: its name, generation, start and what met it."""
    intake, contacts, result = around.before.intake, around.before.contacts, around.result
    answered = around.ending.answered_at
    # The answer to an inquiry does not resolve the complaint that it turned into (clock rule 15).
    resolved = result.delivered_at or (None if around.before.triage.voc_type == "complaint" else answered)
    resolve_start = around.remedy.round_at or intake.received_at
    return (
        ("acknowledge", "1", intake.received_at, intake.acknowledged_at),
        _acceptance(around),
        ("first_response", "1", intake.received_at, contacts.first_response_at or answered),
        _update(around, resolved),
        ("resolve", str(around.remedy.round), resolve_start, resolved),
        ("result_notice", str(result.number), result.registered_at, result.delivered_at),
    )


def _acceptance(around: Around) -> Standing:
    """The department's first acceptance; then that of each person to whom the case was moved.

    A policy that has no target of its own for the latter holds both to the same.
    """
    assignment, triage = around.assignment, around.before.triage
    own = around.before.policy.target("owner_accepts", triage.voc_type or "complaint", triage.severity)
    name: TargetName = "owner_accepts" if assignment.asks > 1 and own is not None else "accept"
    return (name, str(assignment.asks), assignment.assigned_at, assignment.accepted_at)


def _update(around: Around, resolved: datetime | None) -> Standing:
    """The next update runs from what the customer last heard, and again from each period that was missed."""
    contacts = around.before.contacts
    heard = contacts.last_update_at or contacts.first_response_at
    if heard is None or around.assignment.owner is None:
        return ("next_update", "0", None, None)
    start = max(filter(None, (heard, around.update_from)))
    return ("next_update", f"{contacts.updates}.{around.updates_missed}", start, resolved)


def _budget(target: Target, around: Around) -> AnyBudget:
    """The product's stage of life is a factor of the resolve target (R25)."""
    order, budget = around.before.intake.order, target.budget
    stage = order.life_cycle if order else None
    if target.name != "resolve" or stage is None or not isinstance(budget, WorkingTime):
        return budget
    return WorkingTime(minutes=budget.minutes * around.before.policy.resolve_factor.get(stage, 1))


# Statutory clocks. ---------------------------------------------------------------------------------------


def _statutory(around: Around) -> Iterator[Clock]:
    policy = around.before.policy
    duties: set[str] = set()
    for clock in policy.statutory:
        start = _start(clock, around)
        if clock.duty in duties or start is None or not _fits(clock, around):
            continue
        duties.add(clock.duty)
        if _met(clock, around):
            continue
        extended = clock.id in around.extended and clock.extended_by is not None
        yield Clock(
            name=clock.id,
            generation="extended" if extended else "1",
            start=start,
            since=max(start, _known(clock, around)),
            budget=clock.extended_by if extended and clock.extended_by else clock.budget,
            ladder=clock.ladder or BARE,
            clause=clock.clause,
            calendar=policy.calendar_of(clock),
            statutory=True,
            closes_option=clock.consequence == "closes_option",
        )


def _fits(clock: StatutoryClock, around: Around) -> bool:
    """Statutory clocks of complaints start at the first expression of dissatisfaction (clock rule 15)."""
    triage, proposal = around.before.triage, around.remedy.proposal
    if triage.voc_type not in (None, "complaint"):
        return False
    if clock.products and triage.product not in clock.products:
        return False
    grounds = {each.ground for each in proposal.plan.decisions} if proposal else set()
    return not clock.grounds or clock.met_by == "withdrawn" or bool(grounds & set(clock.grounds))


def _start(clock: StatutoryClock, around: Around) -> datetime | None:
    intake, proposal = around.before.intake, around.remedy.proposal
    match clock.starts_on:
        case "receipt":
            return intake.received_at
        case "sent_to_company":
            return intake.received_at if intake.opening.source in PORTALS else None
        case "goods_delivered":
            return _delivered(around)
        case "goods_returned":
            return next((step.done_at for step in around.saga.steps if step.name == "inspect"), None)
        case "withdrawal":
            if proposal is None or proposal.agreed_at is None or proposal.plan.collect:
                return None
            return intake.received_at


def _delivered(around: Around) -> datetime | None:
    """A shop tells the day only; noon stands for it, so that the first day is never counted."""
    order = around.before.intake.order
    if order is None or order.delivered_on is None:
        return None
    zone = ZoneInfo(around.before.policy.calendar.timezone)
    return datetime.combine(order.delivered_on, time(12), zone).astimezone(UTC)


def _known(clock: StatutoryClock, around: Around) -> datetime:
    """When the firm could first know that this clock runs; what passed before is noticed once."""
    opened = around.before.intake.opened_at
    return around.remedy.agreed_at or opened if clock.starts_on == "withdrawal" else opened


def _met(clock: StatutoryClock, around: Around) -> bool:
    match clock.met_by:
        case "sent":
            return around.result.sent_at is not None or around.ending.answered_at is not None
        case "delivered":
            return around.result.delivered_at is not None
        case "paid":
            return any(step.name == "payout" and step.state == "done" for step in around.saga.steps)
        case "withdrawn":
            # Whoever complains about the goods has declared it with the complaint; nothing else closes then.
            return around.remedy.proposal is not None
