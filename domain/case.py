"""A case as a decider: composes the stages of its life, and nothing else knows them all.

`decide` says what a message may cause, `evolve` what an event means, `deadlines` what falls due and `todo`
what the outside world still owes. Pure: messages carry the time at which the interpreter took them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain import (
    after_care,
    allocation,
    amendment,
    assignment,
    contact,
    cost,
    ending,
    evidence,
    exemption,
    guarantee,
    happy_call,
    intake,
    joining,
    late_refund,
    learnt,
    lesson,
    permission,
    plain_speech,
    post,
    promise,
    regard,
    remedy,
    result,
    retention,
    saga,
    said,
    staff_news,
    staff_readers,
    supervisor,
    targets,
    task,
    took_part,
    treatment,
    triage,
    wish,
    withdrawal,
    written_form,
)
from domain.actor import Role
from domain.after_care import AfterCare, AfterCareEvent
from domain.allocation import Allocation, AllocationCommand, AllocationEvent, Desk
from domain.amendment import AmendmentCommand, AmendmentEvent
from domain.answer_link import LinkEvent
from domain.assignment import Assignment, AssignmentCommand, AssignmentEvent
from domain.attempt import AttemptEvent, AttemptRefused
from domain.clocks import Around
from domain.consent import ContactWithheld
from domain.contact import ContactCommand, ContactEvent, Contacts
from domain.cost import Spent
from domain.decision import named
from domain.earlier import earlier_failure
from domain.effect import Effect, SendNotice
from domain.ending import AnswerNotified, Course, Ending, EndingCommand, EndingEvent
from domain.evidence import Evidence, EvidenceCommand, EvidenceEvent
from domain.exemption import ExceptionCommand, ExceptionEvent, Exemptions
from domain.guarantee import GuaranteeBroken, Guarantees
from domain.happy_call import FollowUp, HappyCallCommand, HappyCallEvent, Past
from domain.intake import AcknowledgementSent, Intake, IntakeCommand, IntakeEvent, Opening
from domain.joining import Joining, JoiningCommand, JoiningEvent
from domain.learnt import Learnt, LearntEvent
from domain.lesson import Learned, LessonEvent, Lessons
from domain.message import (
    EARLIEST,
    CameBack,
    Deadline,
    EffectRefused,
    EffectSucceeded,
    Event,
    Fact,
    LetTimePass,
    OutcomeUnknown,
)
from domain.notice import Post, unfilled, worded
from domain.permission import Stage
from domain.plan import Before
from domain.policy import Policy
from domain.post import BoardPost, PostCommand, PostEvent
from domain.promise import PromiseCommand, PromisedFact, PromiseEvent, Promises
from domain.record import Instant, Line, Record
from domain.refusal import Refused
from domain.regard import BriefOpened, OpenBrief, Regard
from domain.remedy import (
    OfferNoticeSent,
    Remedy,
    RemedyAgreed,
    RemedyCommand,
    RemedyCompensated,
    RemedyDone,
    RemedyEvent,
    RoundOpened,
    WaitTold,
)
from domain.result import Recovery, Result, ResultCommand, ResultEvent, ResultNotified
from domain.retention import Retention, RetentionEvent, TakeRetentionStep
from domain.saga import Agreed, Saga, SagaCommand, SagaEvent
from domain.saga_events import GoodsHandedIn, InspectionFound
from domain.staff_news import News, NewsEvent
from domain.suggestion import corrections, read_surely
from domain.supervisor import SupervisorCommand, SupervisorEvent, SupervisorRight
from domain.targets import TargetCommand, TargetEvent, Targets, Told
from domain.task import TaskCommand, TaskEvent, Tasks
from domain.took_part import TookPart
from domain.treatment import Treatment, TreatmentEvent
from domain.triage import Classification, TriageCommand, TriageEvent
from domain.wish import WishCommand, Wishes, WishEvent
from domain.withdrawal import Withdrawal, WithdrawalCommand, WithdrawalConfirmed, WithdrawalEvent
from domain.written_form import Form, FormEvent

CaseCommand = Annotated[
    IntakeCommand
    | TriageCommand
    | AssignmentCommand
    | EvidenceCommand
    | AllocationCommand
    | TaskCommand
    | ContactCommand
    | PromiseCommand
    | SupervisorCommand
    | ExceptionCommand
    | OpenBrief
    | RemedyCommand
    | WishCommand
    | SagaCommand
    | ResultCommand
    | HappyCallCommand
    | TakeRetentionStep
    | EndingCommand
    | JoiningCommand
    | PostCommand
    | WithdrawalCommand
    | TargetCommand
    | AmendmentCommand,
    Field(discriminator="kind"),
]
"""Everything that people and systems may ask of a case; handlers decode this and nothing else."""

CaseEvent = Annotated[
    IntakeEvent
    | TriageEvent
    | AssignmentEvent
    | EvidenceEvent
    | AllocationEvent
    | TaskEvent
    | NewsEvent
    | ContactEvent
    | PromiseEvent
    | SupervisorEvent
    | TreatmentEvent
    | ExceptionEvent
    | BriefOpened
    | RemedyEvent
    | WishEvent
    | SagaEvent
    | ResultEvent
    | HappyCallEvent
    | LinkEvent
    | ContactWithheld
    | FormEvent
    | AfterCareEvent
    | RetentionEvent
    | EndingEvent
    | JoiningEvent
    | PostEvent
    | WithdrawalEvent
    | TargetEvent
    | GuaranteeBroken
    | LessonEvent
    | LearntEvent
    | AmendmentEvent
    | AttemptEvent,
    Field(discriminator="kind"),
]
"""Everything that can have happened to a case."""


class Open(Record):
    """The interpreter opens the case with what the channel handed in; not a command, nobody can send it."""

    kind: Literal["open"] = "open"
    at: Instant
    opening: Opening
    source_key: Line
    key_digest: Line
    caller_key: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The state of one case: the policy pinned at its opening, and each stage's part.

    Attributes:
        worded: digests of what the customer was written, so that the same is not sent twice.
    """

    id: str
    policy: Policy
    version: int = 0
    at: datetime | None = None
    amended_at: datetime | None = None
    intake: Intake | None = None
    triage: Classification = field(default_factory=Classification)
    assignment: Assignment = field(default_factory=Assignment)
    evidence: Evidence = field(default_factory=Evidence)
    allocation: Allocation = field(default_factory=Allocation)
    tasks: Tasks = field(default_factory=Tasks)
    staff_news: News = field(default_factory=News)
    spent: Spent = field(default_factory=Spent)
    contacts: Contacts = field(default_factory=Contacts)
    promises: Promises = field(default_factory=Promises)
    supervisor: SupervisorRight = field(default_factory=SupervisorRight)
    treatment: Treatment = field(default_factory=Treatment)
    exemptions: Exemptions = field(default_factory=Exemptions)
    regard: Regard = field(default_factory=Regard)
    remedy: Remedy = field(default_factory=Remedy)
    wishes: Wishes = field(default_factory=Wishes)
    saga: Saga = field(default_factory=Saga)
    result: Result = field(default_factory=Result)
    follow_up: FollowUp = field(default_factory=FollowUp)
    form: Form = field(default_factory=Form)
    after_care: AfterCare = field(default_factory=AfterCare)
    retention: Retention = field(default_factory=Retention)
    took_part: TookPart = field(default_factory=TookPart)
    ending: Ending = field(default_factory=Ending)
    joining: Joining = field(default_factory=Joining)
    post: BoardPost = field(default_factory=BoardPost)
    withdrawal: Withdrawal = field(default_factory=Withdrawal)
    targets: Targets = field(default_factory=Targets)
    guarantees: Guarantees = field(default_factory=Guarantees)
    worded: tuple[str, ...] = ()
    lessons: Lessons = field(default_factory=Lessons)
    learnt: Learnt = field(default_factory=Learnt)


def unopened(case_id: str, policy: Policy) -> Case:
    """Return a case to which nothing has happened yet."""
    return Case(id=case_id, policy=policy)


# What the stages may read. -------------------------------------------------------------------------------


def opened(case: Case) -> Intake:
    """Return how the case came in.

    Raises:
        Refused: where it was not opened yet.
    """
    if case.intake is None:
        raise Refused("there is no such case yet: open it first", code="unopened")
    return case.intake


def before_remedy(case: Case) -> Before:
    """Return what the stages before the remedy know."""
    return Before(
        policy=case.policy,
        intake=opened(case),
        triage=case.triage,
        contacts=case.contacts,
        treatment=case.treatment.applied,
        exemptions=case.exemptions,
    )


def _desk(case: Case) -> Desk:
    return Desk(
        policy=case.policy,
        triage=case.triage,
        assignment=case.assignment,
        claimed=opened(case).opening.claimed,
    )


def _hand_over_summary(case: Case) -> str:
    """Say what whoever takes over must know; the rest stands in the case itself."""
    open_promises = sum(each.state == "open" for each in case.promises.made)
    if case.policy.language == "ko":
        return (
            f"담당자 {case.assignment.owner} 부재로 인계합니다. 분류 {case.triage.voc_type}, "
            f"원인 {case.triage.cause or '미정'}, 심각도 {case.triage.severity}, "
            f"접촉 {case.contacts.count}회, 지켜야 할 약속 {open_promises}건, "
            f"진행 중인 부서 과제 {len(case.tasks.open)}건입니다."
        )
    return (
        f"{case.assignment.owner} is away. A {case.triage.voc_type}, cause {case.triage.cause or 'open'}, "
        f"severity {case.triage.severity}; {case.contacts.count} contacts so far, {open_promises} open "
        f"promises, {len(case.tasks.open)} open tasks of departments."
    )


def _agreed(case: Case) -> Agreed:
    intake_ = opened(case)
    order_id = intake_.order.order_id if intake_.order else intake_.opening.order_id
    return Agreed(
        policy=case.policy,
        proposal=case.remedy.proposal,
        order=intake_.order,
        order_id=order_id or "unknown",
    )


def _recovery(case: Case) -> Recovery:
    return Recovery(
        before=before_remedy(case), remedy=case.remedy, saga=case.saga, department=case.assignment.department
    )


def past_of(case: Case) -> Past:
    """Return what lies behind a follow-up."""
    return Past(
        before=before_remedy(case),
        assignment=case.assignment,
        saga=case.saga,
        result=case.result,
        worked=case.took_part.worked,
    )


def _course(case: Case) -> Course:
    return Course(
        before=before_remedy(case),
        assignment=case.assignment,
        remedy=case.remedy,
        saga=case.saga,
        result=case.result,
        follow_up=case.follow_up,
        held=case.retention.open,
        held_until=case.retention.settled_at,
    )


def _standing(case: Case) -> joining.Standing:
    return joining.Standing(
        case_id=case.id,
        intake=opened(case),
        contacts=case.contacts,
        promises=case.promises,
        supervisor=case.supervisor,
        saga=case.saga,
        ended=case.ending.end is not None,
        same_claim_days=case.policy.same_claim_days,
    )


def around(case: Case) -> Around:
    """Return what the targets read."""
    return Around(
        before=before_remedy(case),
        assignment=case.assignment,
        remedy=case.remedy,
        saga=case.saga,
        result=case.result,
        ending=case.ending,
        allocation=case.allocation,
        extended=case.targets.extended,
        updates_missed=case.targets.updates_missed,
        update_from=case.targets.update_from,
        amended_at=case.amended_at,
        treated_at=case.treatment.changed_at,
    )


def _learned(case: Case) -> Learned:
    return Learned(
        case_id=case.id,
        before=before_remedy(case),
        assignment=case.assignment,
        result=case.result,
        guarantees=case.guarantees,
        ending=case.ending,
    )


# decide ----------------------------------------------------------------------------------------------------


def decide(case: Case, message: CaseCommand | Fact | Open) -> tuple[Event, ...]:
    """Return what happened, with all that follows by itself; `()` if it is already so.

    Raises:
        Refused: if it may not be.
    """
    direct = tuple(named(case.policy, event) for event in _directly(case, message))
    if not direct:
        return ()
    after = reduce(evolve, direct, case)
    return direct + tuple(named(after.policy, event) for event in _consequences(after, message.at))


def _directly(case: Case, message: CaseCommand | Fact | Open) -> tuple[Event, ...]:
    match message:
        case Open():
            return _open(case, message)
        case LetTimePass(at=at):
            return _time(case, at)
        case EffectSucceeded() | EffectRefused() | OutcomeUnknown():
            return _came_back(case, message)
        case _:
            _check(case, message)
            plain_speech.check(case.policy, case.evidence, opened(case), message)
            events = _command(case, message)
            _check_notices(case, events, message.at)
            taken = assignment.taken_up(case.assignment, message)
            return taken + events + _wait_over(case, message) if events else ()


def _check_notices(case: Case, events: tuple[Event, ...], at: datetime) -> None:
    """Let nobody cause a notice that cannot be filled, or that says again what was said before.

    Raises:
        Refused: naming the slot, or that the words were sent already.
    """
    if not events or not case.policy.slots:
        return
    known = {effect.key for effect in todo(case)}
    after = reduce(evolve, (*events, *_consequences(reduce(evolve, events, case), at)), case)
    for effect in todo(after):
        if effect.key in known or not isinstance(effect.request, SendNotice) or effect.request.staff:
            continue
        slot = unfilled(case.policy, effect.request, after.result.outcome)
        if slot is not None:
            raise Refused(
                f"the {effect.request.template} would leave {slot} empty: {FILLED_BY.get(slot, SAY_IT)}",
                code="empty-slot",
            )
        if worded(case.id, effect.request) in case.worded:
            raise Refused("the same words went to this customer before; say what is new", code="same-words")


SAY_IT = "give it with the command"
FILLED_BY = {
    "product": "triage the case with its `product`",
    "happened": "triage the case with its `harm_lines`",
    "clauses": "name the clause of each decision, or give `clauses`",
    "remedies": "decide on each harm line first",
    "offer": "give `plan.words`",
    "guarantee": "this policy guarantees nothing here; change the wording",
}
"""What fills a slot of a notice."""


def _wait_over(case: Case, command: CaseCommand) -> tuple[Event, ...]:
    """Whatever the customer says to us ends a wait for the customer; a logged contact knows that itself."""
    if command.by.role is not Role.CUSTOMER or isinstance(command, contact.LogContact):
        return ()
    return contact.heard_from_customer(case.contacts, case.policy, command.at)


def _open(case: Case, message: Open) -> tuple[Event, ...]:
    if case.version:
        return ()
    opened_ = intake.open_case(
        message.opening,
        policy=case.policy,
        source_key=message.source_key,
        key_digest=message.key_digest,
        caller_key=message.caller_key,
        at=message.at,
    )
    return (opened_,)


def _check(case: Case, command: CaseCommand) -> None:
    if command.occurred_at is not None and command.occurred_at > command.at:
        raise Refused("occurred_at lies in the future", code="future")
    if command.occurred_at is not None and command.occurred_at < EARLIEST:
        raise Refused("occurred_at lies before 1970", code="past")
    permission.check(
        command.kind,
        command,
        policy=case.policy,
        stage=stage(case),
        owner=case.assignment.owner,
        customer=intake.customer_of(opened(case)),
    )


def _command(case: Case, command: CaseCommand) -> tuple[Event, ...]:
    match command:
        case intake.AddToCase() | intake.Acknowledge():
            return intake.decide(opened(case), command)
        case triage.Triage():
            return _classed(case, triage.decide(case.triage, case.policy, command))
        case triage.ClaimHarm():
            return triage.decide(case.triage, case.policy, command)
        case (
            assignment.RefuseDepartment()
            | assignment.AcceptCase()
            | assignment.TransferCase()
            | assignment.AcceptTransfer()
            | assignment.EscalateCase()
        ):
            if isinstance(command, assignment.TransferCase):
                allocation.check_transfer(case.allocation, _desk(case), command)
            return assignment.decide(case.assignment, case.policy, command)
        case allocation.SuggestOwner() | allocation.ReportAbsence():
            return allocation.decide(case.allocation, _desk(case), command)
        case task.GiveTask() | task.AcceptTask() | task.FinishTask() | task.RefuseTask() | task.CancelTask():
            return task.decide(case.tasks, case.policy, command)
        case contact.LogContact() | contact.PauseTargets() | contact.ResumeTargets() | contact.OptOut():
            complaint = case.triage.voc_type in (None, "complaint")
            owned = case.assignment.owner is not None
            return contact.decide(case.contacts, case.policy, command, complaint=complaint, owned=owned)
        case evidence.RecordEvidence() | evidence.ConfirmEvidence():
            return evidence.decide(case.evidence, case.policy, opened(case), command)
        case promise.MakePromise() | promise.KeepPromise() | promise.MovePromise():
            return promise.decide(case.promises, case.policy, case.contacts, command)
        case supervisor.RequestSupervisor() | supervisor.RecordMeeting() | supervisor.WithdrawRequest():
            return supervisor.decide(case.supervisor, case.policy, case.contacts, command)
        case (
            remedy.ProposeRemedy()
            | remedy.ApproveRemedy()
            | remedy.RejectRemedy()
            | remedy.AcceptRemedy()
            | remedy.DeclineRemedy()
        ):
            if isinstance(command, remedy.ProposeRemedy):
                regard.check(before_remedy(case), case.promises, case.wishes, command)
            return remedy.decide(case.remedy, before_remedy(case), command)
        case exemption.RequestException() | exemption.ApproveException() | exemption.RefuseException():
            return exemption.decide(case.exemptions, case.policy, command)
        case regard.OpenBrief():
            return regard.decide(case.regard, opened(case), case.promises, command)
        case wish.WishRemedy() | wish.AnswerWish():
            return wish.decide(case.wishes, before_remedy(case), case.remedy, command)
        case (
            saga.RetryStep()
            | saga.SkipStep()
            | saga.MarkStepDone()
            | saga.UndoByHand()
            | saga.CancelRemedy()
            | saga.ConfirmStep()
            | saga.ContestStep()
            | saga.GiveAccount()
            | saga.CheckAccount()
            | saga.HandIn()
        ):
            return saga.decide(case.saga, case.policy, command, contacts=case.contacts)
        case result.RegisterResult() | result.TellResult():
            if isinstance(command, result.RegisterResult):
                wish.check_answered(case.wishes)
                supervisor.check_result(case.supervisor, case.policy, command.by.id)
                task.check_none_open(case.tasks)
            return _costed(case, result.decide(case.result, _recovery(case), command))
        case happy_call.AssignCaller() | happy_call.ReportCall():
            return happy_call.decide(case.follow_up, past_of(case), command)
        case TakeRetentionStep():
            return retention.decide(case.retention, before_remedy(case), command)
        case amendment.AmendCalendar() | amendment.AdoptPolicy():
            return amendment.decide(case.policy, command)
        case targets.ResumeCase() | targets.ExtendClock():
            return targets.decide(case.targets, around(case), command)
        case (
            ending.WithdrawCase()
            | ending.AnswerCase()
            | ending.ReopenCase()
            | ending.AppealCase()
            | ending.OpenRound()
            | ending.StateFinalPosition()
        ):
            if isinstance(command, ending.AnswerCase | ending.StateFinalPosition):
                supervisor.check_result(case.supervisor, case.policy, command.by.id)
                task.check_none_open(case.tasks)
            return _costed(case, ending.decide(case.ending, _course(case), command))
        case joining.JoinCase() | joining.LinkCase() | joining.SplitCase():
            return joining.decide(case.joining, _standing(case), command)
        case joining.TakeIn():
            return _taken_over(case, command)
        case post.ReportRemoval() | post.ExplainRemoval():
            return post.decide(case.post, opened(case), case.policy, case.assignment.owner, command)
        case withdrawal.NoteWithdrawal() | withdrawal.ContradictWithdrawal():
            return withdrawal.decide(case.withdrawal, case.contacts, command)
        case _:
            assert_never(command)


def _taken_over(case: Case, command: joining.TakeIn) -> tuple[Event, ...]:
    """What the customer said in another case about this claim ends a wait for the customer, too."""
    events = joining.decide(case.joining, _standing(case), command)
    said = any(
        isinstance(event, contact.ContactTakenIn) and event.contact.direction == "inbound" for event in events
    )
    return (*events, *contact.heard_from_customer(case.contacts, case.policy, command.at)) if said else events


def attempt(command: CaseCommand, refusal: Refused) -> AttemptRefused:
    """Return the event that a refused command on money, authority or rights leaves behind."""
    return AttemptRefused(
        command=command.kind,
        command_id=command.id,
        code=refusal.code,
        reason=refusal.reason[:200],
        at=command.at,
        by=command.by,
    )


# What time does. -------------------------------------------------------------------------------------------


def deadlines(case: Case) -> tuple[Deadline, ...]:
    """Return everything that falls due, earliest first."""
    if case.version == 0 or case.ending.end is not None:
        return ()
    found = (
        *intake.deadlines(opened(case)),
        *exemption.deadlines(case.exemptions),
        *contact.deadlines(case.contacts),
        *allocation.deadlines(case.allocation, _desk(case)),
        *task.deadlines(case.tasks),
        *staff_news.deadlines(case.staff_news),
        *promise.deadlines(case.promises),
        *supervisor.deadlines(case.supervisor),
        *remedy.deadlines(case.remedy),
        *saga.deadlines(case.saga),
        *_after_result_deadlines(case),
        *ending.deadlines(case.ending, _course(case)),
        *post.deadlines(case.post),
        *withdrawal.deadlines(case.withdrawal),
        *targets.deadlines(case.targets, around(case)),
    )
    return tuple(sorted(found, key=lambda deadline: (deadline.due, deadline.name)))


def _after_result_deadlines(case: Case) -> tuple[Deadline, ...]:
    """A customer who took the complaint back is left alone."""
    if case.ending.withdrawn:
        return ()
    past = past_of(case)
    return (
        *happy_call.deadlines(case.follow_up, past),
        *written_form.deadlines(case.form, past.before, case.follow_up),
        # Nobody writes while somebody calls; and an alarm for it would be one more.
        *(() if happy_call.is_in_flight(case.follow_up) else after_care.deadlines(case.after_care, past)),
        *retention.deadlines(case.retention),
    )


def next_due(case: Case) -> datetime | None:
    """Return when the earliest deadline falls due."""
    found = deadlines(case)
    return found[0].due if found else None


def _time(case: Case, at: datetime) -> tuple[Event, ...]:
    """Answer the earliest deadline that has passed; the interpreter asks again until nothing has."""
    found = deadlines(case)
    if not found or at <= found[0].due:  # at the due instant is in time
        return ()
    lapsed = _lapse(case, found[0], at)
    if isinstance(lapsed[0], MOVES_UP):
        cause = found[0].name.partition(":")[0]
        lapsed += assignment.escalate(
            case.assignment, case.policy, cause=cause, reason=f"{cause} was missed", at=at, due=found[0].due
        )
    return lapsed


MOVES_UP = (
    task.TaskMissed,
    promise.PromiseBroken,
    supervisor.SupervisorRequestMissed,
    remedy.ApprovalMissed,
    remedy.ApprovalExpired,
    saga.HandStepMissed,
    retention.RetentionStepMissed,
    post.RemovalUnexplained,
)
"""Events of deadlines after which the case moves one level up."""


def _classed(case: Case, events: tuple[TriageEvent, ...]) -> tuple[Event, ...]:
    """Note on a classification where it departs from what the rules read in the customer's words.

    Raises:
        Refused: where a complaint on which a remedy was proposed already would be called something else.
    """
    text = opened(case).opening.text
    for event in events:
        if isinstance(event, triage.Triaged) and event.voc_type != "complaint" and case.remedy.proposed:
            raise Refused("a remedy was proposed, so it stays a complaint", code="downgrade")
    return tuple(
        event.model_copy(
            update={"corrects": corrections(case.policy, text, triage.evolve(case.triage, event))}
        )
        for event in events
    )


def _costed(case: Case, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Add to a result what became of each harm line, and what the case has cost."""
    return tuple(
        event.model_copy(
            update={
                "remedies": result.line_results(_recovery(case)),
                "cost": cost.cost_of(case.spent, case.policy),
            }
        )
        if isinstance(event, result.ResultRegistered)
        else event
        for event in events
    )


def _lapse(case: Case, deadline: Deadline, at: datetime) -> tuple[Event, ...]:
    lapse: dict[str, Callable[[], tuple[Event, ...]]] = {
        "intake": lambda: intake.lapse(deadline, at),
        "exemption": lambda: exemption.lapse(deadline, at),
        "contact": lambda: contact.lapse(case.contacts, deadline, at),
        "allocation": lambda: allocation.lapse(case.allocation, _desk(case), deadline, at),
        "task": lambda: task.lapse(case.tasks, case.policy, deadline, at),
        "news": lambda: staff_news.lapse(case.staff_news, deadline, at),
        "promise": lambda: promise.lapse(deadline, at),
        "supervisor": lambda: supervisor.lapse(case.supervisor, deadline, at),
        "remedy": lambda: remedy.lapse(case.remedy, case.policy, deadline, at),
        "saga": lambda: saga.lapse(case.saga, case.policy, deadline, at),
        "happy_call": lambda: happy_call.lapse(case.follow_up, past_of(case), deadline, at),
        "written_form": lambda: written_form.lapse(case.form, before_remedy(case), deadline, at),
        "after_care": lambda: after_care.lapse(case.after_care, past_of(case), case.remedy, deadline, at),
        "retention": lambda: retention.lapse(case.retention, before_remedy(case), deadline, at),
        "ending": lambda: ending.lapse(deadline, at),
        "post": lambda: post.lapse(deadline, at),
        "withdrawal": lambda: withdrawal.lapse(case.withdrawal, deadline, at),
        "targets": lambda: targets.lapse(case.targets, around(case), deadline, at),
    }
    return lapse[deadline.name.partition("/")[0]]()


def after_time(case: Case, at: datetime) -> Case:
    """Return the case as it stands once everything that has passed by `at` has been answered."""
    while events := decide(case, LetTimePass(at=at)):
        case = reduce(evolve, events, case)
    return case


def _consequences(case: Case, at: datetime) -> tuple[Event, ...]:
    """Return what follows by itself, step by step, until nothing does."""
    followed: tuple[Event, ...] = ()
    while events := _follow(case, at):
        followed += events
        case = reduce(evolve, events, case)
    return followed


def _follow(case: Case, at: datetime) -> tuple[Event, ...]:
    if case.ending.end is not None:
        return ()
    before = before_remedy(case)
    return (
        joining.follow(case.joining, at)
        or _read_surely(case, at)
        or assignment.follow(case.assignment, case.triage, case.policy, at)
        or allocation.follow(case.allocation, _desk(case), at)
        or treatment.follow(
            case.treatment, case.policy, opened(case), case.triage, at, emotion=case.contacts.emotion
        )
        or _begin_higher(case, at)
        or guarantee.follow(case.guarantees, around(case), case.targets, at)
        or lesson.follow(case.lessons, _learned(case), at)
        or wish.follow(case.wishes, case.remedy, at)
        or remedy.follow(case.remedy, before, at)
        or late_refund.follow(around(case), at)
        or saga.follow(case.saga, _agreed(case), at)
        or _follow_result(case, at)
        or promise.follow(case.promises, _seen(case), at)
        or _withdrawn_by_staff(case, at)
        or _called_off(case, at)
        or ending.follow(case.ending, _course(case), at)
    )


def _follow_result(case: Case, at: datetime) -> tuple[Event, ...]:
    if case.ending.withdrawn:
        return ()
    past = past_of(case)
    return (
        retention.follow(case.retention, past.before, case.remedy, case.follow_up, at)
        or happy_call.follow(case.follow_up, past, at)
        or written_form.follow(case.form, case.follow_up, at)
        or after_care.follow(case.after_care, past, bad=bool(case.follow_up.bad), at=at)
    )


def _read_surely(case: Case, at: datetime) -> tuple[Event, ...]:
    """A report of a failure that the rules read surely takes its way at once (R106)."""
    read = read_surely(case.policy, opened(case).opening) if not case.triage.classed else None
    if read is None or case.ending.withdrawn:
        return ()
    classed = triage.read(
        case.triage,
        cause=read.cause,
        product=read.product,
        severity=read.severity,
        safety=read.safety,
        at=at,
    )
    return (classed,)


def _called_off(case: Case, at: datetime) -> tuple[Event, ...]:
    """Departments do not go on working for a complaint that was taken back."""
    return task.called_off(case.tasks, at, "the customer withdrew") if case.ending.withdrawn else ()


def _seen(case: Case) -> Mapping[PromisedFact, datetime | None]:
    """Return when what can be promised last came about."""
    told = (talk.happened for talk in case.contacts.talks if talk.outbound and talk.answered)
    return {
        "contact": max(told, default=None),
        "payment": next((s.done_at for s in case.saga.steps if s.name == "payout"), None),
        "result": case.result.delivered_at,
    }


def _withdrawn_by_staff(case: Case, at: datetime) -> tuple[Event, ...]:
    """What staff noted counts once nobody contradicted, and never past a request for a supervisor."""
    noted = case.withdrawal
    if not noted.stands or case.supervisor.open or case.ending.withdrawn:
        return ()
    return (ending.WithdrawalRecorded(reason=noted.reason, at=at),)


def _begin_higher(case: Case, at: datetime) -> tuple[Event, ...]:
    """A complaint begins as high as the policy says: after an earlier failure, or by a row of its table."""
    held, applied = case.assignment, case.treatment.applied
    if (
        case.triage.voc_type != "complaint"
        or held.department is None
        or case.result.registered_at is not None
    ):
        return ()
    row = treatment.row_of_level(case.policy, applied) if applied and applied.level > held.level else None
    failure = earlier_failure(case.policy, opened(case), case.triage) if held.level == 0 else None
    clause: str | None
    if row is not None and not (row.failed_before and failure):
        cause, clause = f"treatment:{row.id}", row.clause
        reason = f"by the policy's row {row.id} such a complaint begins at level {row.level}"
    elif failure is not None:
        cause, clause = "earlier_failure", _clause_of_failure(case)
        reason = f"an earlier failure of the same customer on {failure.on}"
    else:
        return ()
    return assignment.escalate(held, case.policy, cause=cause, reason=reason, at=at, clause=clause)


def _clause_of_failure(case: Case) -> str | None:
    return case.policy.repeat_failure.clause if case.policy.repeat_failure else None


# What the outside world owes. ------------------------------------------------------------------------------


def todo(case: Case) -> tuple[Effect, ...]:
    """Return what the outside world still owes this case."""
    if case.version == 0:
        return ()
    before, writes = before_remedy(case), _writes(case)
    return (
        *intake.todo(opened(case), writes),
        *remedy.todo(case.remedy, before, writes),
        *saga.todo(case.saga, _agreed(case)),
        *result.todo(case.result, case.remedy, before, writes),
        *happy_call.todo(case.follow_up, past_of(case), case.id),
        *written_form.todo(case.form, before, case.id),
        *after_care.todo(case.after_care, past_of(case), writes),
        *ending.todo(case.ending, writes),
        *withdrawal.todo(case.withdrawal, writes, case.id),
        *targets.todo(case.targets, around(case), writes),
        *(allocation.todo(case.allocation) if case.ending.end is None else ()),
        *treatment.todo(case.treatment, case.policy, case.assignment, case.id),
        *joining.todo(case.joining),
        *staff_news.todo(case.staff_news, case.policy, case.id),
        *lesson.todo(case.lessons, before),
        *learnt.todo(case.learnt, case.policy, before.intake, ended=case.ending.end is not None),
    )


def _writes(case: Case) -> Post:
    before = before_remedy(case)
    return Post(
        policy=case.policy,
        language=before.intake.language,
        channel=before.intake.channel,
        contact=before.intake.opening.contact,
        number=case.id,
        says=lambda: said.common(case.policy, before, case.assignment),
    )


def _came_back(case: Case, fact: CameBack) -> tuple[Event, ...]:
    before = before_remedy(case)
    match fact.key.partition(":")[0]:
        case "acknowledgement" | "customer" | "order":
            return intake.came_back(fact, case.policy)
        case "alert":
            return treatment.came_back(fact)
        case (
            "offer"
            | "offer-reminder"
            | "approval-delay"
            | "authority"
            | "authority-count"
            | "authority-release"
            | "authority-rest"
            | "authority-given"
        ):
            return remedy.came_back(case.remedy, case.policy, fact)
        case "load":
            desk = replace(_desk(case), summary=_hand_over_summary(case))
            found = allocation.came_back(case.allocation, desk, fact)
            return found[:1] if case.ending.end is not None else found
        case "news":
            return staff_news.came_back(case.staff_news, fact)
        case "result-notice":
            return result.came_back(case.result, fact)
        case "happy-call" | "call-report" | "happy-call-link" | "happy-call-answer":
            return happy_call.came_back(case.follow_up, past_of(case), fact)
        case "servqual-link" | "servqual-answer":
            return written_form.came_back(case.form, before, fact)
        case "reassurance":
            return after_care.came_back(fact)
        case "answer":
            return ending.came_back(fact)
        case "lesson":
            return lesson.came_back(fact)
        case "facts":
            return learnt.came_back(fact)
        case "tell":
            return targets.came_back(fact)
        case "join" | "split":
            return joining.came_back(case.joining, _standing(case), fact)
        case "withdrawal":
            return withdrawal.came_back(case.policy, fact)
        case _:
            return saga.came_back(case.saga, _agreed(case), fact)


# evolve ----------------------------------------------------------------------------------------------------


def evolve(case: Case, event: Event) -> Case:
    """Apply one recorded event. Total: the past is never refused."""
    changed = _beside(case, _evolve(case, event), event)
    return replace(
        changed,
        version=case.version + 1,
        at=event.at,
        worded=_worded(case, event),
        took_part=took_part.evolve(case.took_part, event),
        learnt=learnt.heard(case.learnt, event, case.version + 1),
        after_care=after_care.heard(changed.after_care, case.result.delivered_at, event),
    )


WENT_OUT = (
    AcknowledgementSent,
    OfferNoticeSent,
    ResultNotified,
    AnswerNotified,
    WaitTold,
    WithdrawalConfirmed,
    Told,
)
"""Events after which the customer may have the words of a notice."""


def _worded(case: Case, event: Event) -> tuple[str, ...]:
    """Remember what a notice said that went out under its key; policies without slots ask for none."""
    if not case.policy.slots or not isinstance(event, WENT_OUT) or event.digest is None:
        return case.worded
    sent = next((effect.request for effect in todo(case) if effect.key == event.key), None)
    if not isinstance(sent, SendNotice):
        return case.worded
    return tuple(dict.fromkeys((*case.worded, worded(case.id, sent))))


def _beside(before: Case, case: Case, event: Event) -> Case:
    """Keep what every event may touch: who hears of it, who is at work, and what it cost."""
    if case.intake is None:
        return case
    spent = cost.evolve(case.spent, event, before.remedy)
    allocation_ = case.allocation
    if not isinstance(event, allocation.OwnerAway):
        allocation_ = allocation.back_at_work(allocation_, event.by.id)
    scene = staff_readers.Scene(
        policy=case.policy,
        intake=case.intake,
        triage=case.triage,
        assignment=case.assignment,
        tasks=case.tasks,
        result=case.result,
        ending=case.ending,
    )
    heard = staff_readers.heard(case.staff_news, scene, event)
    return replace(case, spent=spent, allocation=allocation_, staff_news=heard)


def _evolve(case: Case, event: Event) -> Case:
    version = case.version + 1
    if isinstance(event, IntakeEvent):
        return _taken_in(case, event)
    if isinstance(event, TriageEvent):
        classed = replace(case, triage=triage.evolve(case.triage, event))
        if classed.triage.complaint_since == case.triage.complaint_since:
            return classed
        return replace(classed, intake=intake.converted(opened(case), event.at))
    if isinstance(event, AssignmentEvent):
        return replace(case, assignment=assignment.evolve(case.assignment, event))
    if isinstance(event, EvidenceEvent):
        return replace(case, evidence=evidence.evolve(case.evidence, event))
    if isinstance(event, allocation.OwnerAway):
        moved = allocation.without_offer(case.assignment, event.person)
        return replace(case, assignment=moved, allocation=allocation.evolve(case.allocation, event))
    if isinstance(event, AllocationEvent):
        return replace(case, allocation=allocation.evolve(case.allocation, event))
    if isinstance(event, TaskEvent):
        return replace(case, tasks=task.evolve(case.tasks, event))
    if isinstance(event, NewsEvent):
        return replace(case, staff_news=staff_news.evolve(case.staff_news, event))
    if isinstance(event, ContactEvent):
        came = isinstance(event, contact.ContactLogged | contact.ContactTakenIn)
        news = joining.heard(case.joining) if came else case.joining
        return replace(case, contacts=contact.evolve(case.contacts, event), joining=news)
    if isinstance(event, PromiseEvent):
        return replace(case, promises=promise.evolve(case.promises, event))
    if isinstance(event, SupervisorEvent):
        return replace(case, supervisor=supervisor.evolve(case.supervisor, event))
    if isinstance(event, TreatmentEvent):
        return _treated(case, event)
    if isinstance(event, ExceptionEvent):
        return replace(case, exemptions=exemption.evolve(case.exemptions, event))
    if isinstance(event, BriefOpened):
        return replace(case, regard=regard.evolve(case.regard, event))
    if isinstance(event, RemedyAgreed):
        return _agreed_to(case, event)
    if isinstance(event, RoundOpened):
        return _reopened(case, event)
    if isinstance(event, RemedyDone | RemedyCompensated):
        ended_ = saga.evolve(case.saga, event, version)
        return replace(case, remedy=remedy.evolve(case.remedy, event), saga=ended_)
    if isinstance(event, RemedyEvent):
        return replace(case, remedy=remedy.evolve(case.remedy, event))
    if isinstance(event, WishEvent):
        return replace(case, wishes=wish.evolve(case.wishes, event))
    if isinstance(event, SagaEvent):
        return _saga_went_on(case, event, version)
    if isinstance(event, ResultEvent):
        possible = intake.channels(opened(case))
        return replace(case, result=result.evolve(case.result, event, possible))
    if isinstance(event, HappyCallEvent):
        return replace(case, follow_up=happy_call.evolve(case.follow_up, event))
    if isinstance(event, LinkEvent):
        if event.survey == "servqual":
            return replace(case, form=written_form.evolve(case.form, event))
        return replace(case, follow_up=happy_call.evolve(case.follow_up, event))
    if isinstance(event, FormEvent):
        return replace(case, form=written_form.evolve(case.form, event))
    if isinstance(event, ContactWithheld):
        return _withheld(case, event)
    if isinstance(event, AfterCareEvent):
        return replace(case, after_care=after_care.evolve(case.after_care, event))
    if isinstance(event, RetentionEvent):
        return replace(case, retention=retention.evolve(case.retention, event))
    if isinstance(event, ending.CaseEnded):
        return replace(
            case,
            ending=ending.evolve(case.ending, event),
            remedy=remedy.closed(case.remedy),
            staff_news=staff_news.at_the_end(case.staff_news),
            withdrawal=withdrawal.closed(case.withdrawal),
        )
    if isinstance(event, WithdrawalEvent):
        return replace(case, withdrawal=withdrawal.evolve(case.withdrawal, event))
    if isinstance(event, EndingEvent):
        return replace(case, ending=ending.evolve(case.ending, event))
    if isinstance(event, JoiningEvent):
        return _joined(case, event)
    if isinstance(event, PostEvent):
        return replace(case, post=post.evolve(case.post, event))
    if isinstance(event, TargetEvent):
        return replace(case, targets=targets.evolve(case.targets, event, around(case)))
    if isinstance(event, GuaranteeBroken):
        return replace(case, guarantees=guarantee.evolve(case.guarantees, event))
    if isinstance(event, LessonEvent):
        return replace(case, lessons=lesson.evolve(case.lessons, event))
    if isinstance(event, LearntEvent):
        return case  # learnt.heard knows it
    if isinstance(event, AmendmentEvent):
        return replace(case, policy=amendment.evolve(case.policy, event), amended_at=event.at)
    if isinstance(event, AttemptEvent):
        return case
    raise TypeError(f"an event that no stage knows: {type(event).__name__}")


def _saga_went_on(case: Case, event: SagaEvent, version: int) -> Case:
    changed = replace(case, saga=saga.evolve(case.saga, event, version))
    if isinstance(event, InspectionFound | GoodsHandedIn) and event.finding == "not_as_claimed":
        return replace(changed, evidence=evidence.inspected(case.evidence))
    return changed


def _taken_in(case: Case, event: IntakeEvent) -> Case:
    taken = intake.evolve(case.intake, event)
    if case.intake is None:
        return replace(case, intake=taken, triage=triage.before(taken))
    if isinstance(event, intake.AddedToCase):
        return replace(case, intake=taken, joining=joining.heard(case.joining))
    return replace(case, intake=taken)


def _withheld(case: Case, event: ContactWithheld) -> Case:
    """Only a series counts what was withheld; elsewhere what follows it says how it goes on."""
    if event.purpose != "reassurance":
        return case
    return replace(case, after_care=after_care.evolve(case.after_care, event))


def _treated(case: Case, event: TreatmentEvent) -> Case:
    """What the policy adds decides how the customer is reached as well."""
    treated = replace(case, treatment=treatment.evolve(case.treatment, event))
    if treated.treatment.applied is None:
        return treated
    return replace(
        treated, intake=replace(opened(case), manner=treatment.manner_of(treated.treatment.applied))
    )


def _agreed_to(case: Case, event: RemedyAgreed) -> Case:
    """An exception is used up once the customer agrees to what was proposed under it."""
    proposal = case.remedy.proposal
    number = proposal.exception if proposal else None
    spent = case.exemptions if number is None else exemption.used(case.exemptions, number)
    return replace(case, remedy=remedy.evolve(case.remedy, event), exemptions=spent)


def _joined(case: Case, event: JoiningEvent) -> Case:
    """The earliest start of all that is joined counts; what it makes overdue is noticed once."""
    joined = replace(case, joining=joining.evolve(case.joining, event, case.version + 1))
    if not isinstance(event, joining.CaseTakenIn | joining.CaseSplit):
        return joined
    known, start = opened(case), joining.earliest_start(joined.joining, opened(case))
    if start == known.received_at:
        return joined
    return replace(joined, intake=replace(known, received_at=start), amended_at=event.at)


def _reopened(case: Case, event: RoundOpened) -> Case:
    """Begin the next round with the record of the last one's numbers, so that no key is used twice."""
    return replace(
        case,
        remedy=remedy.evolve(case.remedy, event),
        saga=Saga(paid=case.saga.paid),
        result=Result(number=case.result.number),
        follow_up=FollowUp(round=event.round),
        after_care=AfterCare(round=event.round),
    )


def fold(case: Case, events: tuple[Event, ...]) -> Case:
    """Return the case after these events."""
    return reduce(evolve, events, case)


# Where the case stands. ------------------------------------------------------------------------------------


def stage(case: Case) -> Stage:
    """Return where in its life the case stands."""
    if case.ending.end is not None:
        return "ended"
    if case.result.registered_at is not None:
        return _after_result(case)
    if case.assignment.owner is not None:
        begun = case.contacts.first_response_at is not None or case.remedy.proposal is not None
        return "in_recovery" if begun else "owned"
    return "with_department" if case.assignment.department is not None else "raised"


def _after_result(case: Case) -> Stage:
    if case.result.delivered_at is None:
        return "result_registered"
    if case.result.final:
        return "appeal_open"
    return "reopen_window" if case.follow_up.good else "following_up"


def parked(case: Case) -> str | None:
    """Return why the case waits for a human; None where it does not."""
    if case.ending.end is not None:
        return None
    if case.saga.stage == "parked":
        return f"remedy step {case.saga.parked_at}: {case.saga.parked_why}"
    if case.result.needs_person:
        return "the result notice reached nobody: tell the customer in person (tell_result)"
    if case.ending.answer_failed and case.triage.voc_type != "complaint":
        return "the answer did not go out: answer again (answer_case)"
    if offer_untold(case):
        return "the offer did not go out: propose it again (propose_remedy)"
    if case.targets.parked is not None:
        return f"{case.targets.parked} is far overdue: a supervisor looks at it (resume_case)"
    if ending.dissatisfied_for_good(_course(case)) and not case.result.final:
        return "dissatisfied after the last round: open_round or state_final_position"
    return None


def offer_untold(case: Case) -> bool:
    """Say whether an offer stands that its customer knows nothing of."""
    proposal = case.remedy.proposal
    told = proposal is None or proposal.state != "offered" or not proposal.words_failed
    return case.policy.spoken is not None and not told


def is_over(case: Case) -> bool:
    """Say whether the case is at its end and owes and is owed nothing."""
    return case.ending.end is not None and not todo(case)
