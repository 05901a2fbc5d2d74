"""What each event means for a case. Total: the past is never refused."""

from dataclasses import replace
from functools import reduce

from domain import (
    after_care,
    allocation,
    amendment,
    assignment,
    contact,
    ending,
    evidence,
    exemption,
    growth,
    guarantee,
    happy_call,
    harm_withdrawal,
    heat,
    intake,
    joining,
    learnt,
    lesson,
    post,
    promise,
    redaction,
    regard,
    remedy,
    result,
    retention,
    saga,
    staff_news,
    supervisor,
    targets,
    task,
    took_part,
    triage,
    wish,
    withdrawal,
    written_form,
)
from domain.after_care import AfterCareEvent
from domain.allocation import AllocationEvent
from domain.amendment import AmendmentEvent
from domain.answer_link import LinkEvent
from domain.assignment import AssignmentEvent
from domain.attempt import AttemptEvent
from domain.case_across import (
    agreed_to,
    beside,
    joined,
    reopened,
    saga_went_on,
    taken_in,
    treated,
    withheld,
    words_sent,
)
from domain.case_reading import around
from domain.case_state import Case, opened
from domain.consent import ContactWithheld
from domain.contact import ContactEvent
from domain.ending import EndingEvent
from domain.evidence import EvidenceEvent
from domain.exemption import ExceptionEvent
from domain.growth import GrowthEvent
from domain.guarantee import GuaranteeBroken
from domain.happy_call import HappyCallEvent
from domain.harm_withdrawal import HarmWithdrawn
from domain.heat import HeatEvent
from domain.intake import IntakeEvent
from domain.joining import JoiningEvent
from domain.learnt import LearntEvent
from domain.lesson import LessonEvent
from domain.message import Event
from domain.post import PostEvent
from domain.promise import PromiseEvent
from domain.redaction_events import RedactionEvent
from domain.regard import BriefOpened
from domain.remedy import RemedyAgreed, RemedyCompensated, RemedyDone, RemedyEvent, RoundOpened
from domain.result import ResultEvent
from domain.retention import RetentionEvent
from domain.saga import SagaEvent
from domain.staff_news import NewsEvent
from domain.supervisor import SupervisorEvent
from domain.targets import TargetEvent
from domain.task import TaskEvent
from domain.treatment import TreatmentEvent
from domain.triage import TriageEvent
from domain.wish import WishEvent
from domain.withdrawal import WithdrawalEvent
from domain.written_form import FormEvent


def evolve(case: Case, event: Event) -> Case:
    """Apply one recorded event. Total: the past is never refused."""
    changed = beside(case, _evolve(case, event), event)
    return replace(
        changed,
        version=case.version + 1,
        at=event.at,
        worded=words_sent(case, event),
        took_part=took_part.evolve(case.took_part, event),
        learnt=learnt.heard(case.learnt, event, case.version + 1),
        growth=growth.heard(case.growth, event, case.version + 1),
        after_care=after_care.heard(changed.after_care, case.result.delivered_at, event),
    )


def _evolve(case: Case, event: Event) -> Case:
    version = case.version + 1
    if isinstance(event, IntakeEvent):
        return taken_in(case, event)
    if isinstance(event, TriageEvent):
        classed = replace(case, triage=triage.evolve(case.triage, event))
        if classed.triage.complaint_since == case.triage.complaint_since:
            return classed
        return replace(classed, intake=intake.converted(opened(case), event.at))
    if isinstance(event, HarmWithdrawn):
        return replace(case, triage=harm_withdrawal.evolve(case.triage, event))
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
    if isinstance(event, HeatEvent):
        return replace(case, heat=heat.evolve(case.heat, event))
    if isinstance(event, PromiseEvent):
        return replace(case, promises=promise.evolve(case.promises, event))
    if isinstance(event, SupervisorEvent):
        return replace(case, supervisor=supervisor.evolve(case.supervisor, event))
    if isinstance(event, TreatmentEvent):
        return treated(case, event)
    if isinstance(event, ExceptionEvent):
        return replace(case, exemptions=exemption.evolve(case.exemptions, event))
    if isinstance(event, BriefOpened):
        return replace(case, regard=regard.evolve(case.regard, event))
    if isinstance(event, RemedyAgreed):
        return agreed_to(case, event)
    if isinstance(event, RoundOpened):
        return reopened(case, event)
    if isinstance(event, RemedyDone | RemedyCompensated):
        ended_ = saga.evolve(case.saga, event, version)
        return replace(case, remedy=remedy.evolve(case.remedy, event), saga=ended_)
    if isinstance(event, RemedyEvent):
        return replace(case, remedy=remedy.evolve(case.remedy, event))
    if isinstance(event, WishEvent):
        return replace(case, wishes=wish.evolve(case.wishes, event))
    if isinstance(event, SagaEvent):
        return saga_went_on(case, event, version)
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
        return withheld(case, event)
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
        return joined(case, event)
    if isinstance(event, PostEvent):
        return replace(case, post=post.evolve(case.post, event))
    if isinstance(event, TargetEvent):
        return replace(case, targets=targets.evolve(case.targets, event, around(case)))
    if isinstance(event, GuaranteeBroken):
        return replace(case, guarantees=guarantee.evolve(case.guarantees, event))
    if isinstance(event, LessonEvent):
        return replace(case, lessons=lesson.evolve(case.lessons, event))
    if isinstance(event, AmendmentEvent):
        return replace(case, policy=amendment.evolve(case.policy, event), amended_at=event.at)
    if isinstance(event, RedactionEvent):
        return replace(case, redactions=redaction.evolve(case.redactions, event, version))
    if isinstance(event, LearntEvent | GrowthEvent | AttemptEvent):
        return case  # learnt.heard and growth.heard know the first two; an attempt changes nothing
    raise TypeError(f"an event that no stage knows: {type(event).__name__}")


def fold(case: Case, events: tuple[Event, ...]) -> Case:
    """Return the case after these events."""
    return reduce(evolve, events, case)
