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
    amendment,
    assignment,
    contact,
    ending,
    exemption,
    guarantee,
    happy_call,
    intake,
    joining,
    late_refund,
    permission,
    post,
    promise,
    regard,
    remedy,
    result,
    saga,
    supervisor,
    targets,
    treatment,
    triage,
    wish,
    withdrawal,
)
from domain.actor import Role
from domain.amendment import AmendmentCommand, AmendmentEvent
from domain.assignment import Assignment, AssignmentCommand, AssignmentEvent
from domain.attempt import AttemptEvent, AttemptRefused
from domain.clocks import Around
from domain.contact import ContactCommand, ContactEvent, Contacts
from domain.decision import named
from domain.earlier import earlier_failure
from domain.effect import Effect
from domain.ending import Course, Ending, EndingCommand, EndingEvent
from domain.exemption import ExceptionCommand, ExceptionEvent, Exemptions
from domain.guarantee import GuaranteeBroken, Guarantees
from domain.happy_call import FollowUp, HappyCallEvent
from domain.intake import Intake, IntakeCommand, IntakeEvent, Opening
from domain.joining import Joining, JoiningCommand, JoiningEvent
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
from domain.permission import Stage
from domain.plan import Before
from domain.policy import Policy
from domain.post import Post, PostCommand, PostEvent
from domain.promise import PromiseCommand, PromisedFact, PromiseEvent, Promises
from domain.record import Instant, Line, Record
from domain.refusal import Refused
from domain.regard import BriefOpened, OpenBrief, Regard
from domain.remedy import (
    Remedy,
    RemedyAgreed,
    RemedyCommand,
    RemedyCompensated,
    RemedyDone,
    RemedyEvent,
    RoundOpened,
)
from domain.result import Recovery, Result, ResultCommand, ResultEvent
from domain.saga import Agreed, Saga, SagaCommand, SagaEvent
from domain.suggestion import corrections
from domain.supervisor import SupervisorCommand, SupervisorEvent, SupervisorRight
from domain.targets import TargetCommand, TargetEvent, Targets
from domain.treatment import Treatment, TreatmentEvent
from domain.triage import Classification, TriageCommand, TriageEvent
from domain.wish import WishCommand, Wishes, WishEvent
from domain.withdrawal import Withdrawal, WithdrawalCommand, WithdrawalEvent

CaseCommand = Annotated[
    IntakeCommand
    | TriageCommand
    | AssignmentCommand
    | ContactCommand
    | PromiseCommand
    | SupervisorCommand
    | ExceptionCommand
    | OpenBrief
    | RemedyCommand
    | WishCommand
    | SagaCommand
    | ResultCommand
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
    | EndingEvent
    | JoiningEvent
    | PostEvent
    | WithdrawalEvent
    | TargetEvent
    | GuaranteeBroken
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
    """The state of one case: the policy pinned at its opening, and each stage's part."""

    id: str
    policy: Policy
    version: int = 0
    at: datetime | None = None
    amended_at: datetime | None = None
    intake: Intake | None = None
    triage: Classification = field(default_factory=Classification)
    assignment: Assignment = field(default_factory=Assignment)
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
    ending: Ending = field(default_factory=Ending)
    joining: Joining = field(default_factory=Joining)
    post: Post = field(default_factory=Post)
    withdrawal: Withdrawal = field(default_factory=Withdrawal)
    targets: Targets = field(default_factory=Targets)
    guarantees: Guarantees = field(default_factory=Guarantees)


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


def _course(case: Case) -> Course:
    return Course(
        before=before_remedy(case),
        assignment=case.assignment,
        remedy=case.remedy,
        saga=case.saga,
        result=case.result,
        follow_up=case.follow_up,
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
        extended=case.targets.extended,
        updates_missed=case.targets.updates_missed,
        update_from=case.targets.update_from,
        amended_at=case.amended_at,
        treated_at=case.treatment.changed_at,
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
            events = _command(case, message)
            taken = assignment.taken_up(case.assignment, message)
            return taken + events + _wait_over(case, message) if events else ()


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
            return assignment.decide(case.assignment, case.policy, command)
        case contact.LogContact() | contact.PauseTargets() | contact.ResumeTargets():
            owned = case.assignment.owner is not None
            return contact.decide(case.contacts, case.policy, command, owned=owned)
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
            return saga.decide(case.saga, case.policy, command, contacts=case.contacts.count)
        case result.RegisterResult() | result.TellResult():
            if isinstance(command, result.RegisterResult):
                wish.check_answered(case.wishes)
                supervisor.check_result(case.supervisor, case.policy, command.by.id)
            return result.decide(case.result, _recovery(case), command)
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
            return ending.decide(case.ending, _course(case), command)
        case joining.JoinCase() | joining.LinkCase() | joining.SplitCase():
            return joining.decide(case.joining, _standing(case), command)
        case joining.TakeIn():
            return _taken_over(case, command)
        case post.ReportRemoval() | post.ExplainRemoval():
            return post.decide(case.post, opened(case), case.policy, case.assignment.owner, command)
        case withdrawal.NoteWithdrawal() | withdrawal.ContradictWithdrawal():
            return withdrawal.decide(case.withdrawal, case.contacts.count, command)
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
        *promise.deadlines(case.promises),
        *supervisor.deadlines(case.supervisor),
        *remedy.deadlines(case.remedy),
        *saga.deadlines(case.saga),
        *happy_call.deadlines(case.follow_up, before_remedy(case), case.result),
        *ending.deadlines(case.ending, _course(case)),
        *post.deadlines(case.post),
        *withdrawal.deadlines(case.withdrawal),
        *targets.deadlines(case.targets, around(case)),
    )
    return tuple(sorted(found, key=lambda deadline: (deadline.due, deadline.name)))


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
    promise.PromiseBroken,
    supervisor.SupervisorRequestMissed,
    remedy.ApprovalMissed,
    remedy.ApprovalExpired,
    saga.HandStepMissed,
    post.RemovalUnexplained,
)
"""Events of deadlines after which the case moves one level up."""


def _classed(case: Case, events: tuple[TriageEvent, ...]) -> tuple[Event, ...]:
    """Note on a classification where it departs from what the rules read in the customer's words."""
    text = opened(case).opening.text
    return tuple(
        event.model_copy(
            update={"corrects": corrections(case.policy, text, triage.evolve(case.triage, event))}
        )
        for event in events
    )


def _lapse(case: Case, deadline: Deadline, at: datetime) -> tuple[Event, ...]:
    lapse: dict[str, Callable[[], tuple[Event, ...]]] = {
        "intake": lambda: intake.lapse(deadline, at),
        "exemption": lambda: exemption.lapse(deadline, at),
        "contact": lambda: contact.lapse(case.contacts, deadline, at),
        "promise": lambda: promise.lapse(deadline, at),
        "supervisor": lambda: supervisor.lapse(case.supervisor, deadline, at),
        "remedy": lambda: remedy.lapse(case.remedy, case.policy, deadline, at),
        "saga": lambda: saga.lapse(case.saga, case.policy, deadline, at),
        "happy_call": lambda: happy_call.lapse(
            case.follow_up, before_remedy(case), case.assignment, deadline, at
        ),
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
        or assignment.follow(case.assignment, case.triage, case.policy, at)
        or treatment.follow(
            case.treatment, case.policy, opened(case), case.triage, at, emotion=case.contacts.emotion
        )
        or _begin_higher(case, at)
        or guarantee.follow(case.guarantees, around(case), case.targets, at)
        or wish.follow(case.wishes, case.remedy, at)
        or remedy.follow(case.remedy, before, at)
        or late_refund.follow(around(case), at)
        or saga.follow(case.saga, _agreed(case), at)
        or happy_call.follow(case.follow_up, before, case.result, at)
        or promise.follow(case.promises, _seen(case), at)
        or _withdrawn_by_staff(case, at)
        or ending.follow(case.ending, _course(case), at)
    )


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
    before = before_remedy(case)
    intake_ = opened(case)
    return (
        *intake.todo(intake_, policy=case.policy, number=case.id),
        *treatment.todo(case.treatment, case.policy, case.assignment, case.id),
        *remedy.todo(case.remedy, before, case.id),
        *saga.todo(case.saga, _agreed(case)),
        *result.todo(case.result, before, case.id),
        *happy_call.todo(case.follow_up, before),
        *ending.todo(case.ending, before, case.id),
        *joining.todo(case.joining),
        *withdrawal.todo(case.withdrawal, intake.post(intake_, case.policy), case.id),
        *targets.todo(case.targets, around(case), case.id),
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
        ):
            return remedy.came_back(case.remedy, case.policy, fact)
        case "result-notice":
            return result.came_back(case.result, fact)
        case "happy-call":
            return happy_call.came_back(case.follow_up, before, fact)
        case "answer":
            return ending.came_back(fact)
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
    changed = _evolve(case, event)
    return replace(changed, version=case.version + 1, at=event.at)


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
        return replace(case, saga=saga.evolve(case.saga, event, version))
    if isinstance(event, ResultEvent):
        possible = intake.channels(opened(case))
        return replace(case, result=result.evolve(case.result, event, possible))
    if isinstance(event, HappyCallEvent):
        return replace(case, follow_up=happy_call.evolve(case.follow_up, event))
    if isinstance(event, ending.CaseEnded):
        return replace(
            case,
            ending=ending.evolve(case.ending, event),
            remedy=remedy.closed(case.remedy),
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
    if isinstance(event, AmendmentEvent):
        return replace(case, policy=amendment.evolve(case.policy, event), amended_at=event.at)
    if isinstance(event, AttemptEvent):
        return case
    raise TypeError(f"an event that no stage knows: {type(event).__name__}")


def _taken_in(case: Case, event: IntakeEvent) -> Case:
    taken = intake.evolve(case.intake, event)
    if case.intake is None:
        return replace(case, intake=taken, triage=triage.before(taken))
    if isinstance(event, intake.AddedToCase):
        return replace(case, intake=taken, joining=joining.heard(case.joining))
    return replace(case, intake=taken)


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
    if case.targets.parked is not None:
        return f"{case.targets.parked} is far overdue: a supervisor looks at it (resume_case)"
    if ending.dissatisfied_for_good(_course(case)) and not case.result.final:
        return "dissatisfied after the last round: open_round or state_final_position"
    return None


def is_over(case: Case) -> bool:
    """Say whether the case is at its end and owes and is owed nothing."""
    return case.ending.end is not None and not todo(case)
