"""What each command causes in its stage."""

from dataclasses import replace
from functools import reduce
from typing import assert_never

from domain import (
    allocation,
    amendment,
    assignment,
    contact,
    cost,
    ending,
    evidence,
    exemption,
    growth,
    happy_call,
    harm_withdrawal,
    heat,
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
    triage,
    wish,
    withdrawal,
)
from domain.case_messages import CaseCommand
from domain.case_reading import (
    CLASSED_ANEW,
    around,
    before_remedy,
    course_of,
    desk_of,
    hand_over_summary,
    past_of,
    recovery_of,
    standing_of,
)
from domain.case_state import Case, opened
from domain.message import Command, Event
from domain.redaction_events import Redact
from domain.refusal import Refused
from domain.retention import TakeRetentionStep
from domain.review import Asked
from domain.suggestion import corrections, suggest
from domain.treatment_rules import Emotion
from domain.triage import TriageEvent


def commanded(case: Case, command: CaseCommand) -> tuple[Event, ...]:
    """Return what a command causes directly.

    Raises:
        Refused: if it may not be.
    """
    match command:
        case intake.AddToCase() | intake.Acknowledge():
            return intake.decide(opened(case), command)
        case triage.Triage():
            return _classed(case, triage.decide(case.triage, case.policy, command))
        case triage.ClaimHarm():
            return triage.decide(case.triage, case.policy, command)
        case harm_withdrawal.WithdrawHarm():
            return harm_withdrawal.decide(case.triage, case.remedy, case.contacts, command)
        case (
            assignment.RefuseDepartment()
            | assignment.AcceptCase()
            | assignment.TransferCase()
            | assignment.AcceptTransfer()
            | assignment.EscalateCase()
        ):
            if isinstance(command, assignment.TransferCase):
                allocation.check_transfer(case.allocation, desk_of(case), command)
            return assignment.decide(case.assignment, case.policy, command)
        case allocation.SuggestOwner() | allocation.ReportAbsence():
            return allocation.decide(case.allocation, desk_of(case), command)
        case task.GiveTask() | task.AcceptTask() | task.FinishTask() | task.RefuseTask() | task.CancelTask():
            return task.decide(case.tasks, case.policy, command)
        case contact.LogContact() | contact.PauseTargets() | contact.ResumeTargets() | contact.OptOut():
            complaint = case.triage.voc_type in (None, "complaint")
            owned = case.assignment.owner is not None
            logged = contact.decide(case.contacts, case.policy, command, complaint=complaint, owned=owned)
            return (*logged, *_of_temper(case, logged, command))
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
                regard.check(before_remedy(case), case.regard, case.promises, case.wishes, command)
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
            return _costed(case, result.decide(case.result, recovery_of(case), command))
        case happy_call.AssignCaller() | happy_call.ReportCall():
            return happy_call.decide(case.follow_up, past_of(case), command)
        case TakeRetentionStep():
            return retention.decide(case.retention, before_remedy(case), command)
        case growth.AttachSalesOffer() | growth.EncourageContact():
            return growth.decide(case.growth, course_of(case), command)
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
            return _costed(case, ending.decide(case.ending, course_of(case), command))
        case joining.JoinCase() | joining.LinkCase() | joining.SplitCase():
            return joining.decide(case.joining, standing_of(case), command)
        case joining.TakeIn():
            return _taken_over(case, command)
        case post.ReportRemoval() | post.ExplainRemoval():
            return post.decide(case.post, opened(case), case.policy, case.assignment.owner, command)
        case Redact():
            return redaction.decide(
                case.redactions,
                case.policy,
                command,
                last=case.version,
                owner=case.assignment.owner,
                ended=case.ending.end is not None,
            )
        case withdrawal.NoteWithdrawal() | withdrawal.ContradictWithdrawal():
            return withdrawal.decide(case.withdrawal, case.contacts, command)
        case _:
            assert_never(command)


def _classed(case: Case, events: tuple[TriageEvent, ...]) -> tuple[Event, ...]:
    """Note on a classification where it departs from what the rules read in the customer's words.

    Raises:
        Refused: where a complaint on which a remedy was proposed already would be called something else.
    """
    text = opened(case).opening.text
    for event in events:
        if isinstance(event, triage.Triaged) and event.voc_type != "complaint" and case.remedy.proposed:
            raise Refused(
                "a remedy was proposed, so it stays a complaint; leave `voc_type` at complaint",
                code="downgrade",
            )
    noted: tuple[TriageEvent, ...] = tuple(
        event.model_copy(
            update={"corrects": corrections(case.policy, text, triage.evolve(case.triage, event))}
        )
        for event in events
    )
    return (*noted, *_rerouted(case, noted))


def _rerouted(case: Case, classed: tuple[TriageEvent, ...]) -> tuple[Event, ...]:
    """What a person classed anew goes to the department that the rules name for it, owned or not."""
    if not classed:
        return ()
    after = reduce(triage.evolve, classed, case.triage)
    summary = hand_over_summary(replace(case, triage=after), CLASSED_ANEW)
    at, by = classed[-1].at, classed[-1].by
    return assignment.reroute(case.assignment, after, case.policy, summary=summary, at=at, by=by)


def _costed(case: Case, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Add to a result what became of each harm line, and what the case has cost."""
    return tuple(
        event.model_copy(
            update={
                "remedies": result.line_results(recovery_of(case)),
                "cost": cost.cost_of(case.spent, case.policy),
            }
        )
        if isinstance(event, result.ResultRegistered)
        else event
        for event in events
    )


def _taken_over(case: Case, command: joining.TakeIn) -> tuple[Event, ...]:
    """What the customer said in another case about this claim ends a wait for the customer, too."""
    events = joining.decide(case.joining, standing_of(case), command)
    said = any(
        isinstance(event, contact.ContactTakenIn) and event.contact.direction == "inbound" for event in events
    )
    ended = contact.heard_from_customer(case.contacts, case.policy, command.at) if said else ()
    return (*events, *ended, *_of_temper(case, events, command))


def _of_temper(case: Case, logged: tuple[Event, ...], command: Command) -> tuple[Event, ...]:
    """What contacts say of tempers flags the case or frees it, and has a leader look at ours."""
    found: tuple[Event, ...] = heat.heard(case.heat, case.policy, logged, command.at)
    part, tasks = (*case.took_part.worked, *case.assignment.owners), case.tasks
    for number, spoke in heat.to_review(case.policy, logged, _emotion(case)):
        asked = Asked(contact=number, department=case.assignment.department, spoke=spoke, part=part)
        opened_ = task.review(tasks, case.policy, asked, command.at)
        found, tasks = (*found, *opened_), reduce(task.evolve, opened_, tasks)
    return found


def _emotion(case: Case) -> Emotion | None:
    """Return the customer's as a contact or a person noted it, else as the rules read their words."""
    noted = case.contacts.emotion or case.triage.emotion
    if noted is None and suggest(case.policy, opened(case).opening.text).emotion == "high":
        return "high"
    return noted
