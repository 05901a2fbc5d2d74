"""What each event means for the state of a saga; total, the past is never refused."""

from dataclasses import replace
from typing import assert_never

from domain.interest import InterestOwed
from domain.remedy import RemedyCompensated, RemedyDone
from domain.saga_events import (
    AccountChecked,
    AccountGiven,
    AccountNeeded,
    CourseEvent,
    GoodsHandedIn,
    HandStepMissed,
    InspectionFound,
    PickupMissed,
    RemedyCancelled,
    SagaBegun,
    SagaEvent,
    SagaParked,
    SagaTurnedBack,
    SagaUnparked,
    SettlementAsked,
    ShipmentLost,
    StepAsked,
    StepBegun,
    StepContested,
    StepDone,
    StepEvent,
    StepPending,
    StepRefused,
    StepReported,
    StepSkipped,
    StepWaits,
    UndoBegun,
    UndoDone,
    UndoWaits,
)
from domain.saga_steps import (
    INTEREST_ON,
    READS,
    OtherAccount,
    Saga,
    Step,
    StepName,
    StepState,
    StoreReturn,
    goes_forward,
)


def evolve(saga: Saga, event: SagaEvent | RemedyDone | RemedyCompensated, version: int) -> Saga:
    """Apply one event of the saga; `version` is its seq."""
    if isinstance(event, RemedyDone):
        return replace(saga, stage="completed")
    if isinstance(event, RemedyCompensated):
        return replace(saga, stage="compensated")
    if isinstance(event, StepEvent):
        return _stepped(saga, event)
    return _turned(saga, event, version)


def _turned(saga: Saga, event: CourseEvent, version: int) -> Saga:
    match event:
        case SagaBegun(number=number, steps=names):
            steps = tuple(Step(name=name) for name in names)
            return Saga(number=number, intent=version, steps=steps, paid=saga.paid)
        case InterestOwed():
            return _interest_owed(saga, event, version)
        case RemedyCancelled(reason=reason):
            cancelled = replace(saga, cancelled=reason)
            return _another_chance(cancelled) if saga.stage == "parked" else cancelled
        case SagaTurnedBack(reason=reason):
            return replace(_still(saga), stage="back", turned_back=reason)
        case SagaParked(step=name, reason=reason):
            before = saga.stage if saga.stage != "parked" else saga.parked_from
            halted = _halted(saga, name)
            return replace(halted, stage="parked", parked_at=name, parked_why=reason, parked_from=before)
        case InspectionFound():
            return _found(saga, event)
        case PickupMissed():
            return replace(_anew(saga, ("collect", "inspect")), no_shows=saga.no_shows + 1)
        case ShipmentLost(step="inspect"):
            return replace(saga, booking_closed=True)
        case ShipmentLost():
            again = _anew(saga, ("reserve", "ship", "deliver"))
            return replace(again, passed=True, losses=saga.losses + 1)
        case GoodsHandedIn():
            return _handed_in(saga, event)
        case AccountNeeded():
            return replace(saga, account_needed=True, account=None)
        case AccountGiven(account=token, by=by):
            waits = f"account {token} was entered by {by.id}: a second person checks it (check_account)"
            given = OtherAccount(token=token, entered_by=by.id)
            return replace(saga, account=given, parked_why=waits)
        case AccountChecked(by=by):
            checked = replace(saga.account, checked_by=by.id) if saga.account else None
            return _another_chance(replace(saga, account=checked, account_needed=False))
        case _:
            assert_never(event)


def _interest_owed(saga: Saga, event: InterestOwed, version: int) -> Saga:
    owed = replace(_with_step(saga, INTEREST_ON[event.on], after=event.on), intent=version)
    match event.on:
        case "payout":
            return replace(owed, interest=event.amount)
        case "fee_refund":
            return replace(owed, fee_interest=event.amount)
        case "rest_payout":
            return replace(owed, rest_interest=event.amount)
        case _:
            assert_never(event.on)


def _anew(saga: Saga, names: tuple[StepName, ...]) -> Saga:
    """Let steps begin from the beginning, under new keys."""
    fresh = tuple(
        Step(name=step.name, count=step.count) if step.name in names else step for step in saga.steps
    )
    return replace(saga, steps=fresh)


def _found(saga: Saga, event: InspectionFound) -> Saga:
    here = event.finding != "missing"
    found = replace(saga, goods_here=here, booking_closed=saga.booking_closed or saga.store is None)
    if event.withheld is None:
        return found
    rest = _with_step(found, "rest_payout", after="payout")
    return replace(rest, short=event.returned, withheld=event.withheld)


def _with_step(saga: Saga, name: StepName, *, after: StepName) -> Saga:
    """Return the saga with one more step, right after another."""
    place = next(place for place, step in enumerate(saga.steps, start=1) if step.name == after)
    return replace(saga, steps=(*saga.steps[:place], Step(name=name), *saga.steps[place:]))


def _handed_in(saga: Saga, event: GoodsHandedIn) -> Saga:
    """A courier who was never asked need not be called off."""
    collect = saga.find("collect")
    unasked = collect is not None and collect.state == "waiting" and collect.once is None
    store = StoreReturn(
        receipt=event.receipt,
        finding=event.finding,
        returned=event.returned,
        at=event.happened,
        called_off=unasked or saga.booking_closed,
    )
    changed = replace(saga, store=store, goods_here=True)
    inspect = saga.find("inspect")
    if inspect is not None and inspect.state == "again":
        changed = _put(changed, replace(inspect, state="waiting", again_at=None))
    if unasked and collect is not None:
        kept = replace(collect, state="done", reference=event.receipt, done_at=event.at)
        changed = replace(_put(changed, kept), booking_closed=True)
    return _another_chance(changed) if saga.stage == "parked" else changed


def _put(saga: Saga, step: Step) -> Saga:
    return replace(saga, steps=tuple(step if each.name == step.name else each for each in saga.steps))


def _stepped(saga: Saga, event: StepEvent) -> Saga:
    before = saga.step(event.step)
    changed = _goods(saga, _put(saga, _moved(before, event)), event)
    if isinstance(event, StepDone) and event.amount is not None:
        changed = replace(changed, paid=(*saga.paid, event.amount))
    if isinstance(event, SagaUnparked):
        released = saga.rest_released or event.step == "rest_payout"
        changed = replace(changed, no_shows=0, rest_released=released)
    frees = isinstance(event, StepDone | StepSkipped | SagaUnparked | UndoDone)
    return _released(changed) if frees and saga.stage == "parked" else changed


def _goods(saga: Saga, changed: Saga, event: StepEvent) -> Saga:
    """Keep track of where the customer's goods are and whether a courier still comes for them."""
    backwards = not goes_forward(saga)
    match event:
        case StepDone(step="inspect") if not saga.booking_closed or saga.goods_here:
            closed = saga.booking_closed or saga.store is None
            return replace(changed, goods_here=True, booking_closed=closed)
        case UndoDone(step="inspect") | StepSkipped(step="inspect") if backwards:
            return replace(changed, goods_here=False)
        case StepDone(step="return") | StepSkipped(step="return"):
            return replace(changed, goods_here=False)
        case UndoDone(step="collect") if not backwards and saga.store is not None:
            kept = replace(changed.step("collect"), state="done", reference=saga.store.receipt, once=None)
            return _called_off(_put(changed, kept))
        case StepDone(step="collect") | StepSkipped(step="collect") if saga.stage == "parked":
            return _called_off(changed)
        case StepDone(step="collect", reference=ref) if saga.store and ref == saga.store.receipt:
            return _called_off(changed)
        case StepWaits(step="inspect") if saga.store is not None:  # the store has seen the goods
            return _put(changed, replace(changed.step("inspect"), state="waiting", again_at=None))
        case _:
            return changed


def _called_off(saga: Saga) -> Saga:
    if saga.store is None:
        return saga
    return replace(saga, store=replace(saga.store, called_off=True), booking_closed=True)


def _released(saga: Saga) -> Saga:
    return replace(saga, stage=saga.parked_from, parked_at=None, parked_why=None, account_needed=False)


def _another_chance(saga: Saga) -> Saga:
    """A human let the saga go on, so tries are counted anew."""
    return replace(_released(saga), steps=tuple(replace(step, tries=0) for step in saga.steps))


def _still(saga: Saga) -> Saga:
    """Nothing is looked at, tried again or done by hand in the old direction."""
    stopped = tuple(
        replace(step, again_at=None, state="waiting")
        if step.state in ("again", "begun", "asking", "reported")
        else step
        for step in saga.steps
    )
    return replace(saga, steps=stopped)


def _halted(saga: Saga, name: StepName) -> Saga:
    """The parked step is no longer in flight: done for an undo that failed, else still to do.

    A step that may have happened stays unsure, or a retry could do it twice and a cancellation forget it.
    """
    steps = []
    for step in saga.steps:
        if step.name != name:
            steps.append(step)
            continue
        if step.state == "reported":
            steps.append(replace(step, again_at=None))
            continue
        done = step.state in ("undoing", "undo_again", "done")
        open_ = step.state in ("begun", "asking", "pending", "tracking")
        unsure = open_ and step.name not in READS
        steps.append(
            replace(step, state="done" if done else "waiting", again_at=None, key=None, unsure=unsure)
        )
    return replace(saga, steps=tuple(steps))


def _moved(step: Step, event: StepEvent) -> Step:
    tried = replace(step, count=step.count + 1, tries=step.tries + 1, again_at=None, unsure=False)
    match event:
        case StepBegun(key=key, once=once, falls_due=due):
            return replace(tried, state="begun", key=key, once=once, again_at=due, denied=False)
        case StepAsked(key=key):
            return replace(tried, state="asking", key=key)
        case StepPending():
            return _pending(step, event)
        case SettlementAsked(key=key):
            return replace(tried, state="tracking", key=key)
        case StepReported(reference=reference, falls_due=due):
            return replace(step, state="reported", reference=reference, key=None, again_at=due)
        case StepContested(falls_due=due):
            return replace(step, state="begun", again_at=due)
        case StepDone():
            return _done(step, event)
        case StepWaits():
            return _waiting(step, event)
        case StepRefused():
            return _refused_step(step, event)
        case StepSkipped():
            return replace(step, state="skipped", key=None, again_at=None, unsure=False)
        case UndoBegun(key=key, once=once):
            return replace(tried, state="undoing", key=key, once=once)
        case UndoDone():
            return replace(step, state="undone", key=None, again_at=None, tries=0)
        case UndoWaits(again_at=again_at):
            return replace(step, state="undo_again", again_at=again_at, key=None)
        case SagaUnparked():
            return replace(step, tries=0, state="waiting" if step.state == "reported" else step.state)
        case HandStepMissed(next_due=due):
            return replace(step, again_at=due)
        case _:
            assert_never(event)


def _pending(step: Step, event: StepPending) -> Step:
    """Accepted: from here on looks at it are counted, not tries of it."""
    return replace(
        step,
        state="pending",
        key=None,
        again_at=event.again_at,
        reference=event.reference or step.reference,
        tries=step.tries if step.state == "tracking" else 0,
    )


def _done(step: Step, event: StepDone) -> Step:
    return replace(
        step,
        state="done",
        done_at=event.happened or event.at,
        key=None,
        again_at=None,
        reference=event.reference,
        tries=0,
        once=None,
        unsure=False,
    )


def _waiting(step: Step, event: StepWaits) -> Step:
    asked_in_vain = step.state == "asking" and event.why == "asked in vain"
    state: StepState = "asking" if asked_in_vain else "again"
    denied = step.state == "asking" and state == "again"
    return replace(step, state=state, again_at=event.again_at, key=None, denied=denied)


def _refused_step(step: Step, event: StepRefused) -> Step:
    """A refused try is over and the next one is new; a refused question leaves open what happened."""
    if step.state in ("asking", "tracking") and not event.settled:
        return replace(step, key=None)
    state: StepState = "done" if step.state == "undoing" else "waiting"
    return replace(step, state=state, key=None, again_at=None, once=None, tries=0)
