"""What holds of a case whatever anybody says, whatever comes back, and however time jumps."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import TypeAdapter

from domain import (
    assignment,
    contact,
    ending,
    fee,
    intake,
    promise,
    remedy,
    result,
    saga,
    supervisor,
    targets,
)
from domain import triage as triage_
from domain.actor import Actor, Role
from domain.attempt import CancellationRequested, LetterRefused
from domain.case import (
    Case,
    CaseEvent,
    after_time,
    attempt,
    deadlines,
    decide,
    evolve,
    is_over,
    next_due,
    parked,
    stage,
    todo,
    unopened,
)
from domain.effect import CollectionStatus, DeliveryStatus, Effect, Found, Outcome
from domain.fairness import report
from domain.fairness_history import numbered
from domain.message import EffectRefused, EffectSucceeded, Event, LetTimePass, OutcomeUnknown
from domain.record import canonical
from domain.refusal import Refused
from domain.view import case_row, view
from tests.domain.lives import (
    AGENT,
    AUDITOR,
    BAD_CALL,
    BOOKED,
    BOTH,
    CALL_DECLINED,
    CALLER,
    CUSTOMER,
    DELIVERED,
    GOOD_CALL,
    HEAD,
    INSPECTED,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NO_ANSWER,
    NOT_THERE,
    NOTICE,
    ON_ITS_WAY,
    ORDER,
    OTHER_AGENT,
    OWNER,
    PAID,
    POLICY,
    PRICE,
    RESERVED,
    SECOND_SUPERVISOR,
    SHIPPED,
    SUPERVISOR,
    SYSTEM,
    TOM,
    UNDONE,
    decision,
    eur,
    opening,
    plan,
    say,
)
from workflows.messages import Carried

PEOPLE = (MIRA, TOM, AGENT, OTHER_AGENT, OWNER, SUPERVISOR, SECOND_SUPERVISOR, HEAD, CALLER, AUDITOR)
ANYBODY = (*PEOPLE, SYSTEM, BOTH)

COMES_BACK: dict[str, tuple[Outcome, ...]] = {
    "send_notice": (NOTICE, NOTICE, LOST_NOTICE),
    "fetch_customer": (CUSTOMER, CUSTOMER.model_copy(update={"consent_to_calls": False, "known": False})),
    "fetch_order": (ORDER, ORDER, ORDER.model_copy(update={"known": False, "lines": ()})),
    "pay_refund": (PAID,),
    "book_collection": (BOOKED,),
    "cancel_collection": (UNDONE,),
    "track_collection": (
        INSPECTED,
        INSPECTED,
        NOT_THERE,
        CollectionStatus(arrived=True, finding="not_as_claimed"),
    ),
    "reserve_replacement": (RESERVED,),
    "release_replacement": (UNDONE,),
    "ship_replacement": (SHIPPED,),
    "track_delivery": (DELIVERED, DELIVERED, ON_ITS_WAY, DeliveryStatus(delivered=False)),
    "place_call": (GOOD_CALL, BAD_CALL, BAD_CALL, NO_ANSWER, CALL_DECLINED),
}

PLANS = (
    plan(),
    plan(decision(amount=eur(40_000))),
    plan(collect=True),
    plan(decision("exchange"), collect=True),
    plan(decision("exchange")),
    plan(decision("correction")),
    plan(decision("apology")),
    plan(decision("refusal")),
    plan(decision(harm_line="more")),
    plan(decision(), decision("goodwill_credit", harm_line="more")),
)

Make = Callable[[Case, Any], dict[str, Any]]


def _hash(case: Case, draw: Any) -> str:
    known = [*case.remedy.hashes, "nonsense"]
    standing = case.remedy.proposal.hash if case.remedy.proposal else "nonsense"
    return str(draw(st.sampled_from([standing, standing, standing, *known])))


def _contact(case: Case, draw: Any) -> int | None:
    return draw(st.sampled_from([None, 1, case.contacts.count, 99]))  # type: ignore[no-any-return]


def _step(case: Case, draw: Any) -> str:
    where = case.saga.parked_at or "payout"
    return str(draw(st.sampled_from([where, where, "payout", "collect", "correction"])))


TEXT = {"reason": "because"}
COMMANDS: dict[Any, Make] = {
    intake.AddToCase: lambda _c, _d: {"text": "and another thing"},
    intake.Acknowledge: lambda _c, _d: {"how": "by phone"},
    triage_.Triage: lambda _c, d: {
        "voc_type": d(st.sampled_from(["complaint", "complaint", "complaint", "inquiry", "suggestion"])),
        "cause": d(st.sampled_from(["defect", "design", "late"])),
        "severity": d(st.sampled_from(["low", "normal", "critical"])),
        "safety": d(st.booleans()),
        "harm_lines": d(st.sampled_from([(), (PRICE,), (PRICE,)])),
    },
    triage_.ClaimHarm: lambda _c, _d: {"line": triage_.HarmLine(id="more", harm="trouble")},
    assignment.RefuseDepartment: lambda _c, _d: TEXT,
    assignment.AcceptCase: lambda _c, _d: {},
    assignment.TransferCase: lambda _c, d: {
        "to": d(st.sampled_from(["ann", "ben", "sid", "nobody"])),
        "summary": "read this",
    },
    assignment.AcceptTransfer: lambda _c, _d: {},
    assignment.EscalateCase: lambda _c, _d: TEXT,
    contact.LogContact: lambda _c, d: {
        "direction": d(st.sampled_from(["inbound", "outbound"])),
        "channel": "phone",
        "named_owner": d(st.booleans()),
    },
    contact.PauseTargets: lambda _c, d: {"reason": d(st.sampled_from(["customer", "report"]))},
    contact.ResumeTargets: lambda _c, d: {"reason": d(st.sampled_from(["customer", "report"]))},
    promise.MakePromise: lambda c, d: {
        "what": "call back",
        "due": d(st.sampled_from([None, (c.at or MONDAY) + timedelta(hours=3)])),
    },
    promise.KeepPromise: lambda _c, d: {"number": d(st.integers(0, 3)), "proof": "call 1"},
    promise.MovePromise: lambda c, d: {
        "number": d(st.integers(0, 3)),
        "due": (c.at or MONDAY) + timedelta(days=2),
        "told": "call 2",
    },
    supervisor.RequestSupervisor: lambda _c, _d: {},
    supervisor.RecordMeeting: lambda c, _d: {"contact": c.contacts.count},
    supervisor.WithdrawRequest: lambda _c, _d: {},
    remedy.ProposeRemedy: lambda c, d: {"plan": d(st.sampled_from(PLANS)), "contact": _contact(c, d)},
    remedy.ApproveRemedy: lambda c, d: {"proposal": _hash(c, d)},
    remedy.RejectRemedy: lambda c, d: {"proposal": _hash(c, d), "reason": "too much"},
    remedy.AcceptRemedy: lambda c, d: {"proposal": _hash(c, d), "contact": _contact(c, d)},
    remedy.DeclineRemedy: lambda c, d: {"proposal": _hash(c, d), "reason": "no", "contact": _contact(c, d)},
    fee.QuoteFee: lambda c, d: {
        "what": "repair",
        "amount": eur(d(st.sampled_from([100, 5_000]))),
        "contact": c.contacts.count,
    },
    fee.WaiveFee: lambda _c, d: {"number": d(st.integers(0, 2)), "reason": "goodwill"},
    saga.CancelRemedy: lambda _c, _d: TEXT,
    saga.RetryStep: lambda c, d: {"step": _step(c, d)},
    saga.SkipStep: lambda c, d: {"step": _step(c, d), "reason": "settled"},
    saga.MarkStepDone: lambda c, d: {"step": _step(c, d), "reference": "by hand"},
    result.RegisterResult: lambda _c, d: {
        "outcome": d(st.sampled_from(["upheld", "upheld", "not_upheld"])),
        "cause": "defect",
        "summary": "done",
        "final": d(st.booleans()),
    },
    result.TellResult: lambda _c, _d: {"how": "by phone"},
    ending.WithdrawCase: lambda _c, _d: {},
    ending.AnswerCase: lambda _c, d: {
        "text": "here you are",
        "outcome": d(st.sampled_from(["answered", "adopted"])),
    },
    ending.ReopenCase: lambda _c, _d: TEXT,
    ending.AppealCase: lambda _c, _d: TEXT,
    ending.OpenRound: lambda _c, _d: TEXT,
    ending.StateFinalPosition: lambda _c, _d: {
        "outcome": "not_upheld",
        "cause": "defect",
        "summary": "no more",
    },
    targets.ResumeCase: lambda _c, _d: {"note": "seen"},
}

USUAL: tuple[tuple[Any, Actor], ...] = (
    (triage_.Triage, AGENT),
    (assignment.AcceptCase, AGENT),
    (contact.LogContact, OWNER),
    (remedy.ProposeRemedy, OWNER),
    (remedy.ApproveRemedy, HEAD),
    (remedy.AcceptRemedy, MIRA),
    (saga.RetryStep, HEAD),
    (saga.MarkStepDone, HEAD),
    (result.RegisterResult, OWNER),
)
"""What usually happens, so that lives get far enough for rare things to meet."""

ONCE = frozenset(
    kind
    for kind in COMMANDS
    if kind
    not in (
        intake.AddToCase,
        assignment.RefuseDepartment,
        assignment.EscalateCase,
        contact.LogContact,
        promise.MakePromise,
        promise.MovePromise,
        remedy.ProposeRemedy,
        fee.QuoteFee,
        saga.RetryStep,
        saga.SkipStep,
        ending.OpenRound,
    )
)
"""Commands that say how things shall be; said twice they change nothing. The others say that something
happened, or shall happen, once more (their ids tell a repeat apart, in the interpreter)."""

EVENT: TypeAdapter[Event] = TypeAdapter(CaseEvent)
BIG = 1024 * 1024


class AnyLife(RuleBasedStateMachine):
    """A case to which anything may be said at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.case: Case = unopened("TEST", POLICY)
        self.now = MONDAY
        self.came_back: set[str] = set()
        self.told: list[Any] = []
        self.ended = False

    @initialize(late=st.sampled_from([0, 0, 1, 20, 400]))
    def open(self, late: int) -> None:
        """Open the case, perhaps hours after the customer wrote."""
        self.now = MONDAY + timedelta(hours=late)
        self.tell(opening(at=self.now, received_at=MONDAY))
        self.pass_time()

    def tell(self, message: Any) -> tuple[Event, ...]:
        """Say one thing; the version grows by one per event, and events live through JSON."""
        events = decide(self.case, message)
        before = self.case
        self.told += events
        for event in events:
            self.case = evolve(self.case, event)
            assert EVENT.validate_json(canonical(event)) == event
        assert self.case.version == before.version + len(events)
        if before.ending.end is not None:
            assert self.case.ending.end == before.ending.end, "an end is the end"
        return events

    def pass_time(self) -> None:
        """Let time pass to its fixpoint."""
        for _ in range(400):
            if not self.tell(LetTimePass(at=self.now)):
                return
        raise AssertionError("time does not come to rest")

    @rule(
        data=st.data(),
        kind=st.sampled_from(list(COMMANDS)),
        by=st.sampled_from(ANYBODY),
        back=st.booleans(),
    )
    def somebody_says_something(self, data: st.DataObject, kind: Any, by: Actor, back: bool) -> None:  # noqa: FBT001
        """Anybody says anything, perhaps about the past."""
        earlier = {"occurred_at": self.now - timedelta(hours=2)} if back else {}
        self.say(say(kind, by, **COMMANDS[kind](self.case, data.draw), **earlier))

    @rule(data=st.data(), usual=st.sampled_from(USUAL))
    def the_usual_happens(self, data: st.DataObject, usual: tuple[Any, Actor]) -> None:
        """Somebody does their job."""
        kind, by = usual
        owner = self.case.assignment.owner
        if by is OWNER and owner is not None:
            by = Actor(role=Role.OWNER, id=owner)
        self.say(say(kind, by, **COMMANDS[kind](self.case, data.draw)))

    def say(self, command: Any) -> None:
        """Give a command as the interpreter takes it; the same again changes nothing."""
        self.pass_time()
        command = command.model_copy(update={"at": self.now})
        try:
            events = self.tell(command)
        except Refused as refusal:
            self.tell_event(attempt(command, refusal))
            return
        if events and type(command) in ONCE:
            again = command.model_copy(update={"id": "again"})
            with suppress(Refused):  # the first may have moved the case to where the second has no meaning
                assert decide(self.case, again) == (), f"{command.kind} said twice happened twice"

    def tell_event(self, event: Event) -> None:
        """Record an event that no decision makes."""
        self.told.append(event)
        self.case = evolve(self.case, event)

    @precondition(lambda self: bool(todo(self.case)))
    @rule(data=st.data(), how=st.sampled_from(["ok", "ok", "ok", "ok", "refused", "unknown"]))
    def the_world_answers(self, data: st.DataObject, how: str) -> None:
        """One of the effects comes back."""
        effect: Effect = data.draw(st.sampled_from(todo(self.case)))
        self.pass_time()
        if effect not in todo(self.case):
            return
        self.came_back.add(effect.key)
        before = self.case.version
        if how == "refused":
            self.tell(EffectRefused(at=self.now, key=effect.key, reason="n" * 200))
        elif how == "unknown":
            self.tell(OutcomeUnknown(at=self.now, key=effect.key))
        else:
            self.tell(EffectSucceeded(at=self.now, key=effect.key, result=self._result(effect, data)))
        assert self.case.version > before, "an outcome is never answered with nothing"

    def _result(self, effect: Effect, data: st.DataObject) -> Any:
        request = effect.request
        if request.kind == "find_outcome":
            lost = COMES_BACK[request.lost.kind][0]
            return Found(outcome=data.draw(st.sampled_from([lost, None])))
        return data.draw(st.sampled_from(COMES_BACK[request.kind]))

    @rule(minutes=st.sampled_from([1, 30, 240, 1440, 3 * 1440, 10 * 1440]))
    def time_passes(self, minutes: int) -> None:
        """Time jumps."""
        self.now += timedelta(minutes=minutes)
        self.pass_time()

    @precondition(lambda self: next_due(self.case) is not None)
    @rule(late=st.sampled_from([timedelta(0), timedelta(milliseconds=1)]))
    def the_next_deadline_comes(self, late: timedelta) -> None:
        """Time jumps to the next deadline, in time or just late."""
        due = next_due(self.case)
        assert due is not None
        self.now = max(self.now, due + late)
        self.pass_time()

    @rule()
    def somebody_cancels_the_workflow(self) -> None:
        """A request to cancel and a letter that nobody can read change nothing."""
        before = (stage(self.case), todo(self.case), deadlines(self.case))
        self.tell_event(CancellationRequested(at=self.now))
        self.tell_event(LetterRefused(at=self.now, name="x", reason="garbage", length=3, digest="d"))
        assert (stage(self.case), todo(self.case), deadlines(self.case)) == before

    @invariant()
    def nothing_lies_in_the_past(self) -> None:
        """After time has passed, no deadline lies in the past."""
        at_rest = after_time(self.case, self.now)
        assert all(deadline.due >= self.now for deadline in deadlines(at_rest))
        names = [deadline.name for deadline in deadlines(at_rest)]
        assert len(set(names)) == len(names), "two deadlines of one name"

    @invariant()
    def what_came_back_is_not_owed(self) -> None:
        """A key that came back is never wanted again, and no key is wanted twice."""
        keys = [effect.key for effect in todo(self.case)]
        assert not self.came_back.intersection(keys)
        assert len(set(keys)) == len(keys)

    @invariant()
    def an_ended_case_waits_for_nothing(self) -> None:
        """No deadline, nothing parked; over once nothing is owed."""
        if self.case.ending.end is not None:
            assert deadlines(self.case) == ()
            assert parked(self.case) is None
            assert is_over(self.case) == (not todo(self.case))

    @invariant()
    def something_always_goes_on(self) -> None:
        """A case that has not ended waits for somebody: the world, an hour, or a person."""
        if self.case.version and self.case.ending.withdrawn and self.case.ending.end is None:
            hand = any(step.state == "begun" for step in self.case.saga.steps)
            assert todo(self.case) or deadlines(self.case) or parked(self.case) or hand

    @invariant()
    def it_can_be_seen_and_carried(self) -> None:
        """Row and view never fail, and the state survives its JSON within a megabyte."""
        if not self.case.version:
            return
        case_row(self.case)
        view(self.case, head="h", unwritten=0)
        carried = Carried(case=self.case)
        text = carried.model_dump_json()
        assert len(text.encode()) < BIG
        assert Carried.model_validate_json(text) == carried

    @invariant()
    def its_fairness_can_be_judged_at_any_point(self) -> None:
        """Two judgements agree, every proof happened, and nothing is found twice."""
        told = numbered(self.told)
        judged = report(told, POLICY, self.now)
        assert canonical(judged) == canonical(report(told, POLICY, self.now))
        assert all(1 <= seq <= len(told) for each in judged.findings for seq in each.proof)
        names = [(each.rule, each.about) for each in judged.findings]
        assert len(set(names)) == len(names), "one thing found twice"

    @invariant()
    def money_went_out_once_per_round(self) -> None:
        """At most one payout per proposal is on the case's own books."""
        assert len(self.case.saga.paid) <= self.case.remedy.proposed


CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def test_a_sample_of_lives_keeps_every_promise() -> None:
    run_state_machine_as_test(
        AnyLife,
        settings=settings(
            max_examples=25,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=CHECKS,
            database=None,
        ),
    )


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_many_long_lives_keep_every_promise() -> None:
    run_state_machine_as_test(
        AnyLife,
        settings=settings(
            max_examples=300,
            stateful_step_count=80,
            deadline=None,
            suppress_health_check=CHECKS,
            database=None,
        ),
    )
