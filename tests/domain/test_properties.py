"""What holds of a case whatever anybody says, whatever comes back, and however time jumps."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import reduce
from typing import Any, Literal

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
    allocation,
    assignment,
    contact,
    ending,
    evidence,
    exemption,
    growth,
    happy_call,
    harm_withdrawal,
    intake,
    joining,
    post,
    promise,
    redaction,
    regard,
    remedy,
    result,
    retention,
    saga,
    supervisor,
    targets,
    task,
    wish,
    withdrawal,
)
from domain import triage as triage_
from domain.actor import Actor, Role
from domain.attempt import CancellationRequested, LetterRefused
from domain.budget import CalendarDays
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
from domain.effect import (
    CollectionStatus,
    DeliveryStatus,
    Effect,
    FactsTaken,
    Found,
    HandedOver,
    LoadAnswer,
    Outcome,
    RestRead,
    SendNotice,
    SplitOpened,
    WordsGone,
)
from domain.fairness import report
from domain.fairness_history import numbered
from domain.follow_up_rules import GrowthRules
from domain.interest import InterestOwed
from domain.message import EffectRefused, EffectSucceeded, Event, LetTimePass, OutcomeUnknown
from domain.notice import unfilled
from domain.plan import Alternative
from domain.policy import Guarantee, InterestRate, OfferRule, RepeatFailure, StatutoryClock
from domain.record import canonical
from domain.redaction_events import Redact
from domain.refusal import Refused
from domain.rest import rest_of
from domain.treatment_rules import ProfileRules
from domain.view import case_row, view
from tests.domain.banks import Bank
from tests.domain.follow_ups import (
    BAD,
    BOUNCED,
    CARE,
    FORM,
    GOOD,
    KEEPING,
    LINK,
    OPEN,
    SENT,
    answered,
    asking,
)
from tests.domain.lives import (
    ADDED_UP,
    AGENT,
    AUDITOR,
    BAD_CALL,
    BEYOND_REPAIR,
    BOOKED,
    BOTH,
    CALL_DECLINED,
    CALLER,
    CUSTOMER,
    DELIVERED,
    EXCEEDED,
    FREED,
    GOOD_CALL,
    HANDLED,
    HEAD,
    IN_WORKSHOP,
    INSPECTED,
    ISSUED,
    LABEL,
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
    PENDING,
    POLICY,
    PRICE,
    REPAIRED,
    RESERVED,
    SECOND_SUPERVISOR,
    SENT_BACK,
    SHIPPED,
    SUPERVISOR,
    SYSTEM,
    TOM,
    UNDONE,
    WITHIN,
    decision,
    eur,
    opening,
    plan,
    say,
)
from tests.domain.speaking import SPEAKING
from tests.domain.test_exemption import EXCEPTIONS
from tests.domain.test_heat import HEATED
from tests.domain.test_treatment import CARE as CARE_CLAUSES
from tests.domain.test_treatment import RELATIONS, ROWS
from workflows.messages import Carried

PEOPLE = (MIRA, TOM, AGENT, OTHER_AGENT, OWNER, SUPERVISOR, SECOND_SUPERVISOR, HEAD, CALLER, AUDITOR)
ANYBODY = (*PEOPLE, SYSTEM, BOTH)

COMES_BACK: dict[str, tuple[Outcome, ...]] = {
    "read_load": (LoadAnswer(open_cases={"ann": 2}),),
    "send_notice": (NOTICE, NOTICE, LOST_NOTICE),
    "fetch_customer": (CUSTOMER, CUSTOMER.model_copy(update={"consent_to_calls": False, "known": False})),
    "fetch_order": (ORDER, ORDER, ORDER.model_copy(update={"known": False, "lines": ()})),
    "issue_voucher": (ISSUED,),
    "revoke_voucher": (UNDONE,),
    "repair_goods": (IN_WORKSHOP, REPAIRED),
    "track_repair": (REPAIRED, IN_WORKSHOP, BEYOND_REPAIR),
    "return_goods": (SENT_BACK,),
    "book_collection": (BOOKED,),
    "cancel_collection": (UNDONE,),
    "issue_label": (LABEL,),
    "void_label": (UNDONE,),
    "track_collection": (
        INSPECTED,
        INSPECTED,
        NOT_THERE,
        CollectionStatus(arrived=True, finding="not_as_claimed"),
        CollectionStatus(arrived=True, finding="part_returned", returned=()),
        CollectionStatus(arrived=False, no_show=True),
        CollectionStatus(arrived=False, lost=True),
    ),
    "reserve_replacement": (RESERVED,),
    "release_replacement": (UNDONE,),
    "ship_replacement": (SHIPPED,),
    "track_delivery": (DELIVERED, DELIVERED, ON_ITS_WAY, DeliveryStatus(delivered=False, lost=True)),
    "reserve_authority": (WITHIN, WITHIN, EXCEEDED),
    "release_authority": (FREED,),
    "place_call": (GOOD_CALL, BAD_CALL, BAD_CALL, NO_ANSWER, NO_ANSWER, CALL_DECLINED),
    "fetch_call": (NO_ANSWER, GOOD_CALL, BAD_CALL),
    "send_link": (SENT, SENT, BOUNCED),
    "fetch_answer": (OPEN, OPEN, answered(GOOD), answered(BAD), answered({}, state="declined")),
    "propose_when_alone": (FactsTaken(reference="fact-1"),),
    "join_into": (HandedOver(case="EARLY"),),
    "split_off": (SplitOpened(case="NEW"),),
    "read_rest": (
        RestRead(was="contact_logged", rest="{}", words=True),
        RestRead(was="promise_made", rest="{}", words=True),
        RestRead(was="case_accepted", rest="{}", words=False),
    ),
    "erase_words": (WordsGone(),),
}

FOLLOWED = asking(
    link=LINK,
    form=FORM,
    after_care=CARE,
    retention=KEEPING.model_copy(update={"stages": ()}),
    refused_questions=("treatment_fair", "clear"),
    growth=GrowthRules(advocate_from={"outcome_fair": 6}, patience=timedelta(days=60)),
    business_days=True,
    per_day=2,
)
"""The small policy with everything that can follow a result."""


PLANS = (
    plan(),
    plan(decision(amount=eur(40_000))),
    plan(collect=True),
    plan(collect=True, label=True),
    plan(decision("exchange"), collect=True),
    plan(decision("exchange")),
    plan(decision("correction")),
    plan(decision("installation")),
    plan(decision("repair"), collect=True),
    plan(decision("exchange"), collect=True, in_advance=True),
    plan(decision("coupon")),
    plan(decision("membership"), decision("information", harm_line="more")),
    plan(decision(), gestures=("manager_letter", "recognition")),
    plan(decision("refund"), decision("return_shipping", harm_line="more", amount=eur(500)), collect=True),
    plan(decision("refund"), decision("points", harm_line="more", amount=eur(500))),
    plan(decision("apology")),
    plan(decision("refusal")),
    plan(decision(harm_line="more")),
    plan(decision(), decision("goodwill_credit", harm_line="more")),
    plan(alternatives=(Alternative(id="swap", decisions=(decision("exchange"),)),)),
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
    others = ("payout", "collect", "correction", "installation", "manager_apology", "apology_call")
    return str(draw(st.sampled_from([where, where, *others])))


def _choice(case: Case, draw: Any) -> str | None:
    plan_ = case.remedy.proposal.plan if case.remedy.proposal else None
    offered = [each.id for each in plan_.alternatives] if plan_ else []
    return draw(st.sampled_from(["main", *offered, "nonsense"] if offered else [None]))  # type: ignore[no-any-return]


def _handed_over() -> tuple[joining.ContactCopy, ...]:
    """Return what another case of Mira's hands over."""
    opened = intake.CaseOpened(
        opening=intake.Opening(source="fax", text="once more"),
        source_key="k9",
        key_digest="d9",
        policy="test/1",
        policy_hash="h",
        known_source=True,
        received_at=MONDAY,
        at=MONDAY,
    )
    return joining.copies("LATE", [(1, opened)], "join")


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
    harm_withdrawal.WithdrawHarm: lambda c, d: {
        "line": d(st.sampled_from(["price", "more", "trouble"])),
        "contact": _contact(c, d),
    },
    assignment.RefuseDepartment: lambda _c, _d: TEXT,
    assignment.AcceptCase: lambda _c, _d: {},
    assignment.TransferCase: lambda _c, d: {
        "to": d(st.sampled_from(["ann", "ben", "sid", "nobody"])),
        "summary": "read this",
    },
    assignment.AcceptTransfer: lambda _c, _d: {},
    assignment.EscalateCase: lambda _c, _d: TEXT,
    allocation.SuggestOwner: lambda _c, _d: {},
    allocation.ReportAbsence: lambda c, d: {
        "person": d(st.sampled_from([c.assignment.owner or "ann", "ann", "ben"])),
        "until": d(st.sampled_from([None, (c.at or MONDAY) + timedelta(days=1)])),
        **TEXT,
    },
    task.GiveTask: lambda _c, d: {
        "department": d(st.sampled_from(["service", "works", "moon"])),
        "needed": d(st.sampled_from(["why?", "how?"])),
    },
    task.AcceptTask: lambda _c, d: {"number": d(st.integers(0, 3))},
    task.FinishTask: lambda _c, d: {
        "number": d(st.integers(0, 3)),
        "result": "found",
        "cost": d(st.sampled_from([None, eur(300)])),
    },
    task.RefuseTask: lambda _c, d: {"number": d(st.integers(0, 3)), **TEXT},
    task.CancelTask: lambda _c, d: {"number": d(st.integers(0, 3)), **TEXT},
    contact.LogContact: lambda _c, d: {
        "direction": d(st.sampled_from(["inbound", "outbound"])),
        "channel": "phone",
        "named_owner": d(st.booleans()),
        "emotion": d(st.sampled_from([None, None, "high", "calm"])),
        "tone": d(st.sampled_from([None, None, None, "hostile"])),
    },
    contact.PauseTargets: lambda _c, d: {"reason": d(st.sampled_from(["customer", "report"]))},
    contact.ResumeTargets: lambda _c, d: {"reason": d(st.sampled_from(["customer", "report"]))},
    promise.MakePromise: lambda c, d: {
        "what": "call back",
        "due": d(st.sampled_from([None, (c.at or MONDAY) + timedelta(hours=3)])),
        "matter": d(st.sampled_from([None, "money", "goods"])),
        "supersedes": d(st.sampled_from([None, None, 1, 2])),
        "fact": d(st.sampled_from([None, "contact", "payment", "result"])),
    },
    promise.KeepPromise: lambda c, d: {
        "number": d(st.integers(0, 3)),
        "proof": "call 1",
        "contact": _contact(c, d),
    },
    promise.MovePromise: lambda c, d: {
        "number": d(st.integers(0, 3)),
        "due": (c.at or MONDAY) + timedelta(days=2),
        "told": "call 2",
    },
    supervisor.RequestSupervisor: lambda _c, _d: {},
    supervisor.RecordMeeting: lambda c, _d: {"contact": c.contacts.count},
    supervisor.WithdrawRequest: lambda _c, _d: {},
    regard.OpenBrief: lambda _c, _d: {},
    exemption.RequestException: lambda _c, d: {
        "rule": d(st.sampled_from(["extras", "offers"])),
        "amount": eur(500),
        **TEXT,
    },
    exemption.ApproveException: lambda _c, d: {"number": d(st.integers(0, 3))},
    exemption.RefuseException: lambda _c, d: {"number": d(st.integers(0, 3)), **TEXT},
    remedy.ProposeRemedy: lambda c, d: {
        "plan": d(st.sampled_from(PLANS)),
        "contact": _contact(c, d),
        "acknowledges": regard.facts(c.intake, c.promises) if c.intake else (),
        "exception": d(st.sampled_from([None, None, None, 1])),
        "why_otherwise": d(st.sampled_from([None, "because"])),
    },
    remedy.ApproveRemedy: lambda c, d: {"proposal": _hash(c, d)},
    remedy.RejectRemedy: lambda c, d: {"proposal": _hash(c, d), "reason": "too much"},
    remedy.AcceptRemedy: lambda c, d: {
        "proposal": _hash(c, d),
        "contact": _contact(c, d),
        "choice": _choice(c, d),
    },
    wish.WishRemedy: lambda c, d: {
        "wish": d(st.sampled_from(["a new one", "money"])),
        "contact": _contact(c, d),
    },
    wish.AnswerWish: lambda _c, d: {"wish": d(st.integers(0, 3)), "reason": "we cannot"},
    remedy.DeclineRemedy: lambda c, d: {"proposal": _hash(c, d), "reason": "no", "contact": _contact(c, d)},
    withdrawal.NoteWithdrawal: lambda c, d: {"contact": _contact(c, d) or 1, "reason": "by phone"},
    withdrawal.ContradictWithdrawal: lambda c, d: {"contact": _contact(c, d)},
    saga.CancelRemedy: lambda _c, _d: TEXT,
    saga.RetryStep: lambda c, d: {"step": _step(c, d)},
    saga.SkipStep: lambda c, d: {"step": _step(c, d), "reason": "settled"},
    saga.MarkStepDone: lambda c, d: {"step": _step(c, d), "reference": "by hand"},
    saga.UndoByHand: lambda c, d: {"step": _step(c, d), "reference": "by hand"},
    saga.ConfirmStep: lambda c, d: {"step": "installation", "contact": _contact(c, d)},
    saga.ContestStep: lambda c, d: {"step": "installation", "contact": _contact(c, d), **TEXT},
    saga.GiveAccount: lambda _c, d: {"account": d(st.sampled_from(["acc-1", "acc-2"]))},
    saga.CheckAccount: lambda _c, d: {"account": d(st.sampled_from(["acc-1", "acc-2"]))},
    saga.HandIn: lambda _c, d: {
        "store": "s1",
        "receipt": d(st.sampled_from(["r1", "r2"])),
        "finding": d(st.sampled_from(["as_claimed", "not_as_claimed", "part_returned"])),
    },
    result.RegisterResult: lambda _c, d: {
        "outcome": d(st.sampled_from(["upheld", "upheld", "not_upheld"])),
        "cause": "defect",
        "summary": "done",
        "final": d(st.booleans()),
    },
    result.TellResult: lambda _c, _d: {"how": "by phone"},
    contact.OptOut: lambda c, d: {"calls": d(st.booleans()), "contact": _contact(c, d)},
    happy_call.AssignCaller: lambda _c, d: {"to": d(st.sampled_from(["cat", "ann", "nobody"]))},
    happy_call.ReportCall: lambda _c, d: {"reference": d(st.sampled_from([None, "call1", "call2"]))},
    retention.TakeRetentionStep: lambda c, _d: {"contact": c.contacts.count, "what": "a call"},
    growth.AttachSalesOffer: lambda _c, d: {
        "offer": d(st.sampled_from(["of-1", "of-2"])),
        "selling": "cross_sell",
    },
    growth.EncourageContact: lambda _c, d: {"between": d(st.sampled_from(["reference", "community"]))},
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
    evidence.RecordEvidence: lambda _c, d: {"what": "worn", "reference": d(st.sampled_from(["r1", "r2"]))},
    evidence.ConfirmEvidence: lambda _c, _d: {},
    joining.JoinCase: lambda _c, d: {
        "into": d(st.sampled_from(["TEST", "EARLY", "OTHER"])),
        "basis": d(st.sampled_from(["same_key", "customer", "staff"])),
    },
    joining.LinkCase: lambda _c, d: {"to": d(st.sampled_from(["TEST", "EARLY", "LATE"]))},
    joining.SplitCase: lambda _c, d: {"joined": d(st.sampled_from(["LATE", "OTHER"])), **TEXT},
    joining.TakeIn: lambda _c, d: {
        "case": d(st.sampled_from(["LATE", "OTHER"])),
        "mode": d(st.sampled_from(["join", "join", "link", "split"])),
        "opened_at": MONDAY + timedelta(days=400),
        "received_at": d(st.sampled_from([MONDAY - timedelta(days=30), MONDAY])),
        "customer": d(st.sampled_from([None, "mira", "tom"])),
        "upto": d(st.sampled_from([3, 9])),
        "last": d(st.booleans()),
        "contacts": d(st.sampled_from([(), _handed_over()])),
    },
    post.ReportRemoval: lambda _c, d: {
        "how": d(st.sampled_from(["hidden", "removed"])),
        "by_whom": d(st.sampled_from(["author", "firm", "unknown"])),
    },
    post.ExplainRemoval: lambda _c, d: {
        "legal_ground": "terms 3",
        "approved_by": d(st.sampled_from(["sue", "hal", "ann", "nobody"])),
        **TEXT,
    },
    Redact: lambda c, d: {
        "seq": d(st.sampled_from([0, 1, 2, c.version, c.version + 1])),
        "ground": d(st.sampled_from(["asked", "ordered"])),
        "approved_by": d(st.sampled_from(["sue", "hal", "ann", "nobody"])),
        **TEXT,
    },
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
    (saga.GiveAccount, AGENT),
    (saga.CheckAccount, SUPERVISOR),
    (saga.ConfirmStep, MIRA),
    (result.RegisterResult, OWNER),
    (happy_call.ReportCall, CALLER),
    (retention.TakeRetentionStep, SUPERVISOR),
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
        saga.RetryStep,
        saga.SkipStep,
        ending.OpenRound,
        joining.TakeIn,
    )
)
"""Commands that say how things shall be; said twice they change nothing. The others say that something
happened, or shall happen, once more (their ids tell a repeat apart, in the interpreter)."""

EVENT: TypeAdapter[Event] = TypeAdapter(CaseEvent)
BIG = 1024 * 1024


class AnyLife(RuleBasedStateMachine):
    """A case to which anything may be said at any time."""

    policies = (FOLLOWED.model_copy(update={"gestures": POLICY.by_hand}), ADDED_UP)

    def __init__(self) -> None:
        super().__init__()
        self.pinned = FOLLOWED
        self.case: Case = unopened("TEST", self.pinned)
        self.now = MONDAY
        self.came_back: set[str] = set()
        self.told: list[Any] = []
        self.ended = False
        self.agreed = 0
        self.bank = Bank()

    @initialize(late=st.sampled_from([0, 0, 1, 20, 400]), sums=st.booleans())
    def open(self, late: int, sums: bool) -> None:  # noqa: FBT001
        """Open the case, perhaps hours late, by the web or on a board, its decisions added up or not."""
        self.pinned = self.policies[sums]
        self.case = unopened("TEST", self.pinned)
        self.now = MONDAY + timedelta(hours=late)
        self.tell(opening(at=self.now, received_at=MONDAY, source="board" if late == 1 else "web"))
        self.pass_time()

    def tell(self, message: Any) -> tuple[Event, ...]:
        """Say one thing; the version grows by one per event, and events live through JSON."""
        events = decide(self.case, message)
        before = self.case
        self.told += events
        for event in events:
            self.case = evolve(self.case, event)
            if isinstance(event, InterestOwed):  # what the law adds is owed without anybody's decision
                self.agreed += event.amount.minor
            if isinstance(event, remedy.RemedyAgreed):
                self.agreed += self._decided()
            assert EVENT.validate_json(canonical(event)) == event
        assert self.case.version == before.version + len(events)
        if before.ending.end is not None:
            assert self.case.ending.end == before.ending.end, "an end is the end"
        return events

    def _decided(self) -> int:
        """Return what the agreed plan pays, which lies within its proposer's authority or was approved."""
        proposal = self.case.remedy.proposal
        assert proposal is not None
        assert not proposal.needs_approval or proposal.approved_by is not None
        return proposal.total.minor

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
        kept = (effect.once or effect.key) in self.bank.deeds
        if how == "refused" and not kept:
            code = data.draw(st.sampled_from([None, "means-expired"]))
            self.tell(EffectRefused(at=self.now, key=effect.key, reason="n" * 200, code=code))
        elif how == "unknown":
            if effect.request.kind == "pay_refund" and data.draw(st.booleans()):
                self._pay(effect, later=data.draw(st.booleans()))
            self.tell(OutcomeUnknown(at=self.now, key=effect.key))
        else:
            self.tell(EffectSucceeded(at=self.now, key=effect.key, result=self._result(effect, data)))
        assert self.case.version > before, "an outcome is never answered with nothing"

    def _result(self, effect: Effect, data: st.DataObject) -> Any:
        request = effect.request
        match request.kind:
            case "find_outcome":
                lost = COMES_BACK[request.lost.kind][0] if request.lost.kind != "pay_refund" else None
                happened = self.bank.deeds.get(request.key) or data.draw(st.sampled_from([lost, None]))
                return Found(outcome=happened)
            case "pay_refund":
                return self._pay(effect, later=data.draw(st.booleans()))
            case "track_refund":
                well = data.draw(st.sampled_from([True, False, None]))
                return PENDING if well is None else self.bank.settle(request.refund, well=well)
            case _:
                return data.draw(st.sampled_from(COMES_BACK[request.kind]))

    def _pay(self, effect: Effect, *, later: bool) -> Outcome:
        assert effect.request.kind == "pay_refund"
        return self.bank.pay(effect.once or effect.key, effect.request.amount, later=later)

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

    def teardown(self) -> None:
        """Whoever reads only what is left of every event without its words sees the same line.

        What may be erased while a case is open stands nowhere in its state.
        """
        if not self.told:
            return
        left = [EVENT.validate_json(canonical(rest_of(event))) for event in self.told]
        again = reduce(evolve, left, unopened("TEST", self.pinned))
        assert case_row(again) == case_row(self.case)
        free = (
            rest if rest.kind in redaction.FREE else event  # type: ignore[attr-defined]  # they are a case's
            for rest, event in zip(left, self.told, strict=True)
        )
        assert reduce(evolve, free, unopened("TEST", self.pinned)) == self.case

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
    def nobody_ends_while_the_customer_waits_for_a_supervisor(self) -> None:
        """But with another case, or because the customer took it back in person (R23)."""
        if self.case.ending.end not in (None, "joined") and self.case.supervisor.open:
            taken = [event for event in self.told if isinstance(event, ending.WithdrawalRecorded)]
            assert [event.by.role for event in taken][:1] == [Role.CUSTOMER]

    @invariant()
    def something_always_goes_on(self) -> None:
        """A case that has not ended waits for somebody: the world, an hour, or a person."""
        if self.case.version and self.case.ending.withdrawn and self.case.ending.end is None:
            hand = any(step.state in ("begun", "reported") for step in self.case.saga.steps)
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
    def no_more_is_paid_than_was_decided(self) -> None:
        """What went out, by any key, never exceeds what was agreed, plus interest by law."""
        believed = sum(amount.minor for amount in self.case.saga.paid)
        paid = sum(self.bank.paid().values())
        assert believed <= paid, "the case believes in money that no bank has paid"
        assert paid <= self.agreed, "more was paid than was decided"

    @invariant()
    def no_account_without_a_second_person(self) -> None:
        """Money is sent to another account only once a second person has checked it."""
        for effect in todo(self.case):
            account = effect.request.account if effect.request.kind == "pay_refund" else None
            assert account is None or account.entered_by != account.checked_by


STARTS: tuple[Literal["withdrawal", "goods_returned"], ...] = ("withdrawal", "goods_returned")
RULED = POLICY.model_copy(
    update={
        "offer_table": (
            OfferRule(id="price", harm="price", owes="price", clause="promise"),
            OfferRule(id="shipping", harm="shipping", owes="shipping", clause="promise"),
            OfferRule(
                id="more", harm="trouble", owes="extra", usual=eur(100), at_most=eur(9_000), clause="promise"
            ),
        ),
        "interest": (InterestRate(valid_from=date(2016, 1, 1), basis_points=1_500, clause="promise"),),
        "repeat_failure": RepeatFailure(recent_months=6),
        "treatments": ROWS,
        "relations": RELATIONS,
        "clauses": (*POLICY.clauses, *CARE_CLAUSES),
        "profile": ProfileRules(patience=timedelta(minutes=5), again_after=(timedelta(hours=1),)),
        "wish_words": {"exchange": ("new one",), "refund": ("money",)},
        "exceptions": EXCEPTIONS,
        "removal_explanation": CalendarDays(n=2),
        "same_claim_days": 30,
        "guarantees": (
            Guarantee(
                id="answer",
                promise="response",
                target="first_response",
                pays=eur(300),
                clause="promise",
                terms={"en": "3 euros", "ko": "3유로"},
            ),
        ),
        "statutory": tuple(
            StatutoryClock(
                id=start,
                duty=start,
                clause="promise",
                budget=CalendarDays(n=2),
                starts_on=start,
                met_by="paid",
            )
            for start in STARTS
        ),
    }
)


class AnyLifeWithPeople(AnyLife):
    """The same, with skills, tasks, limits of refusals and hand-overs, sure readings, and upset customers."""

    policies = (HANDLED, HEATED)

    @invariant()
    def whoever_leads_keeps_what_changed_hands_too_often(self) -> None:
        """A pinned case is never with an agent who is nothing else."""
        owner, held = self.case.assignment.owner, self.case.assignment
        if held.pinned and owner is not None:
            assert self.case.policy.leads(owner)


class AnyLifeUnderEveryRule(AnyLife):
    """The same, with computed amounts, interest, guarantees and customers who were failed before."""

    policies = (
        RULED,
        RULED.model_copy(update={"authority_totals": ADDED_UP.authority_totals}),
    )

    @invariant()
    def its_fairness_can_be_judged_at_any_point(self) -> None:
        """Two judgements agree, every proof happened, and nothing is found twice."""
        if len(self.told) % 4:  # judging the whole life costs more than all else here: now and then will do
            return
        told = numbered(self.told)
        judged = report(told, self.case.policy, self.now)
        assert canonical(judged) == canonical(report(told, self.case.policy, self.now))
        assert all(1 <= seq <= len(told) for each in judged.findings for seq in each.proof)
        names = [(each.rule, each.about) for each in judged.findings]
        assert len(set(names)) == len(names), "one thing found twice"

    @invariant()
    def money_went_out_once_per_round(self) -> None:
        """Each payment of a proposal once, and interest once on top of each."""
        assert len(self.case.saga.paid) <= 6 * self.case.remedy.proposed
        names = [step.name for step in self.case.saga.steps]
        assert len(set(names)) == len(names)

    @invariant()
    def a_guarantee_pays_once(self) -> None:
        """However often it is broken."""
        broken = self.case.guarantees.broken
        assert len(set(broken)) == len(broken)


class AnyLifeThatIsSpokenTo(AnyLife):
    """The same, under a policy that says how the firm speaks."""

    policies = (SPEAKING, SPEAKING.model_copy(update={"authority_totals": ADDED_UP.authority_totals}))

    @invariant()
    def no_notice_leaves_a_needed_slot_empty(self) -> None:
        """Whatever caused it."""
        for effect in todo(self.case):
            if isinstance(effect.request, SendNotice):
                assert unfilled(self.case.policy, effect.request, self.case.result.outcome) is None


CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.mark.parametrize("lives", [AnyLife, AnyLifeUnderEveryRule, AnyLifeThatIsSpokenTo, AnyLifeWithPeople])
def test_a_sample_of_lives_keeps_every_promise(lives: type[AnyLife]) -> None:
    run_state_machine_as_test(
        lives,
        settings=settings(
            max_examples=15,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=CHECKS,
            database=None,
        ),
    )


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lives", [AnyLife, AnyLifeUnderEveryRule, AnyLifeThatIsSpokenTo, AnyLifeWithPeople])
def test_many_long_lives_keep_every_promise(lives: type[AnyLife]) -> None:
    run_state_machine_as_test(
        lives,
        settings=settings(
            max_examples=300,
            stateful_step_count=80,
            deadline=None,
            suppress_health_check=CHECKS,
            database=None,
        ),
    )
