"""What an event changes beside its own stage."""

from dataclasses import replace

from domain import (
    after_care,
    allocation,
    contact,
    cost,
    evidence,
    exemption,
    intake,
    joining,
    remedy,
    saga,
    staff_readers,
    treatment,
    triage,
)
from domain.after_care import AfterCare
from domain.case_state import Case, opened
from domain.case_todo import todo
from domain.consent import ContactWithheld
from domain.effect import SendNotice
from domain.ending import AnswerNotified
from domain.happy_call import FollowUp
from domain.intake import AcknowledgementSent, IntakeEvent
from domain.joining import JoiningEvent
from domain.message import Event
from domain.notice import worded
from domain.remedy import OfferNoticeSent, RemedyAgreed, RoundOpened, WaitTold
from domain.result import Result, ResultNotified
from domain.saga import Saga, SagaEvent
from domain.saga_events import GoodsHandedIn, InspectionFound
from domain.targets import Told
from domain.treatment import TreatmentEvent
from domain.withdrawal import WithdrawalConfirmed

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


def words_sent(case: Case, event: Event) -> tuple[str, ...]:
    """Remember what a notice said that went out under its key; policies without slots ask for none."""
    if not case.policy.slots or not isinstance(event, WENT_OUT) or event.digest is None:
        return case.worded
    sent = next((effect.request for effect in todo(case) if effect.key == event.key), None)
    if not isinstance(sent, SendNotice):
        return case.worded
    return tuple(dict.fromkeys((*case.worded, worded(case.id, sent))))


def beside(before: Case, case: Case, event: Event) -> Case:
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


def saga_went_on(case: Case, event: SagaEvent, version: int) -> Case:
    """An inspection that found something else weakens the evidence."""
    changed = replace(case, saga=saga.evolve(case.saga, event, version))
    if isinstance(event, InspectionFound | GoodsHandedIn) and event.finding == "not_as_claimed":
        return replace(changed, evidence=evidence.inspected(case.evidence))
    return changed


def taken_in(case: Case, event: IntakeEvent) -> Case:
    """An opening says already what some things are; what is added is news to whom a case was joined."""
    taken = intake.evolve(case.intake, event)
    if case.intake is None:
        return replace(case, intake=taken, triage=triage.before(taken))
    if isinstance(event, intake.AddedToCase):
        words = contact.added(case.contacts, event)
        return replace(case, intake=taken, contacts=words, joining=joining.heard(case.joining))
    return replace(case, intake=taken)


def withheld(case: Case, event: ContactWithheld) -> Case:
    """A series counts what was withheld, an offer has reached nobody; elsewhere what follows it says more."""
    if event.purpose == "offer":
        return replace(case, remedy=remedy.untold(case.remedy))
    if event.purpose != "reassurance":
        return case
    return replace(case, after_care=after_care.evolve(case.after_care, event))


def treated(case: Case, event: TreatmentEvent) -> Case:
    """What the policy adds decides how the customer is reached as well."""
    after = replace(case, treatment=treatment.evolve(case.treatment, event))
    if after.treatment.applied is None:
        return after
    return replace(after, intake=replace(opened(case), manner=treatment.manner_of(after.treatment.applied)))


def agreed_to(case: Case, event: RemedyAgreed) -> Case:
    """An exception is used up once the customer agrees to what was proposed under it."""
    proposal = case.remedy.proposal
    number = proposal.exception if proposal else None
    spent = case.exemptions if number is None else exemption.used(case.exemptions, number)
    return replace(case, remedy=remedy.evolve(case.remedy, event), exemptions=spent)


def joined(case: Case, event: JoiningEvent) -> Case:
    """The earliest start of all that is joined counts; what it makes overdue is noticed once."""
    after = replace(case, joining=joining.evolve(case.joining, event, case.version + 1))
    if not isinstance(event, joining.CaseTakenIn | joining.CaseSplit):
        return after
    if isinstance(event, joining.CaseSplit):
        stay = tuple(line for line in case.triage.harm_lines if line.id not in event.lines)
        after = replace(
            after,
            triage=replace(case.triage, harm_lines=stay),
            contacts=contact.split_off(case.contacts, event.joined),
        )
    known, start = opened(case), joining.earliest_start(after.joining, opened(case))
    if start == known.received_at:
        return after
    return replace(after, intake=replace(known, received_at=start), amended_at=event.at)


def reopened(case: Case, event: RoundOpened) -> Case:
    """Begin the next round with the record of the last one's numbers, so that no key is used twice."""
    return replace(
        case,
        remedy=remedy.evolve(case.remedy, event),
        saga=Saga(paid=case.saga.paid),
        result=Result(number=case.result.number),
        follow_up=FollowUp(round=event.round),
        after_care=AfterCare(round=event.round),
    )
