"""What can be counted of a case's fairness, part by part, from its events alone (R3)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.assignment import CaseEscalated, TransferAccepted, TransferOffered
from domain.calendar import working_time
from domain.contact import ContactLogged
from domain.ending import AnswerNotified
from domain.fairness_history import History, in_order
from domain.fairness_procedure import channel_switches
from domain.intake import Acknowledged, AcknowledgementSent
from domain.promise import PromiseBroken, PromiseKept, PromiseMade, PromiseMoved
from domain.record import Record
from domain.remedy import RemedyDeclined, RemedyDone, RemedyProposed
from domain.result import ResultNotified, ResultRegistered, ResultTold
from domain.supervisor import SupervisorMet, SupervisorRequested


class Elapsed(Record):
    """How long something took from the receipt: on the clock, and in opening hours."""

    plain: timedelta
    working: timedelta


class OutcomeMeasures(Record):
    """Of distributive fairness; `paid_minor` and `fees_minor` are in minor units of `currency`."""

    harm_lines: int
    put_right: int
    refused: int
    offers: int
    declined: int
    currency: str
    paid_minor: int
    fees_minor: int


class ProcessMeasures(Record):
    """Of procedural fairness; a time is None while the thing has not happened.

    Attributes:
        rejected_tries: None where the channel does not report them: unknown, not zero.
        to_claim: from beginning to claim to the receipt; None where the channel does not report it.
    """

    to_claim: timedelta | None
    rejected_tries: int | None
    to_acknowledge: Elapsed | None
    to_first_answer: Elapsed | None
    to_decision: Elapsed | None
    to_result: Elapsed | None
    to_end: Elapsed | None
    transfers: int
    transfers_offered: int
    escalations: int
    contacts: int
    repeated_contacts: int
    channel_switches: int
    updates: int
    longest_wait_seconds: int
    promises: int
    promises_kept: int
    promises_moved: int
    promises_broken: int


class MannerMeasures(Record):
    """Of interactional fairness: of contacts of ours that reached the customer, how many held what."""

    contacts: int
    apologies: int
    explanations: int
    named_owner: int
    next_steps: int
    supervisor_requests: int
    supervisor_meetings: int


def outcome_measures(history: History) -> OutcomeMeasures:
    """Count what the customer got."""
    plans = {each.event.hash: each.event.plan for each in history.of(RemedyProposed)}
    done = [plans[each.event.hash] for each in history.of(RemedyDone) if each.event.hash in plans]
    remedies = {each.harm_line: each.remedy for plan in done for each in plan.decisions}
    return OutcomeMeasures(
        harm_lines=len(history.harms),
        put_right=sum(remedy != "refusal" for remedy in remedies.values()),
        refused=sum(remedy == "refusal" for remedy in remedies.values()),
        offers=len(history.offers),
        declined=len(history.of(RemedyDeclined)),
        currency=history.policy.currency,
        paid_minor=_paid(history),
        fees_minor=sum(fee.amount.minor for plan in done for fee in plan.fees),
    )


def _paid(history: History) -> int:
    paid = 0
    for _, event in history.seen:
        if event.kind == "step_done" and event.amount is not None:
            paid += event.amount.minor
    return paid


def process_measures(history: History) -> ProcessMeasures:
    """Count how long it took and how often the customer had to ask."""
    contacts = history.of(ContactLogged)
    opening = history.opened.event.opening if history.opened else None
    began = opening.began_at if opening else None
    received = history.opened.event.received_at if history.opened else None
    return ProcessMeasures(
        to_claim=received - began if received and began else None,
        rejected_tries=opening.rejected_tries if opening else None,
        to_acknowledge=_since_receipt(history, _acknowledged(history)),
        to_first_answer=_since_receipt(history, _first_answered(history)),
        to_decision=_since_receipt(history, _first(each.event.at for each in history.of(ResultRegistered))),
        to_result=_since_receipt(history, _delivered(history)),
        to_end=_since_receipt(history, history.ended.event.at if history.ended else None),
        transfers=len(history.of(TransferAccepted)),
        transfers_offered=len(history.of(TransferOffered)),
        escalations=len(history.of(CaseEscalated)),
        contacts=len(contacts),
        repeated_contacts=sum(each.event.repeat for each in contacts),
        channel_switches=len(channel_switches(history, list(contacts))),
        updates=sum(_is_update(each.event) for each in contacts),
        longest_wait_seconds=max((each.event.wait_seconds for each in contacts), default=0),
        promises=len(history.of(PromiseMade)),
        promises_kept=len(history.of(PromiseKept)),
        promises_moved=len({each.event.number for each in history.of(PromiseMoved)}),
        promises_broken=len(history.of(PromiseBroken)),
    )


def _since_receipt(history: History, at: datetime | None) -> Elapsed | None:
    if at is None or history.opened is None:
        return None
    received = history.opened.event.received_at
    end = max(at, received)
    return Elapsed(plain=end - received, working=working_time(history.policy.calendar, received, end))


def _first(instants: Iterable[datetime]) -> datetime | None:
    return min(instants, default=None)


def _acknowledged(history: History) -> datetime | None:
    sent = (each.event.at for each in history.of(AcknowledgementSent) if each.event.delivered)
    return _first((*sent, *(each.event.happened for each in history.of(Acknowledged))))


def _first_answered(history: History) -> datetime | None:
    spoken = (each.event.happened for each in history.of(ContactLogged) if each.event.substantive)
    return _first((*spoken, *(each.event.at for each in history.of(AnswerNotified) if each.event.delivered)))


def _delivered(history: History) -> datetime | None:
    results = in_order(history.of(ResultNotified), history.of(ResultTold))
    answers = (each for each in history.of(AnswerNotified) if each.event.delivered)
    return _first((*(each.event.at for each in results), *(each.event.at for each in answers)))


def _is_update(contact: ContactLogged) -> bool:
    told = contact.direction == "outbound" and contact.substantive
    return told and bool(contact.done_since) and bool(contact.next_step)


def manner_measures(history: History) -> MannerMeasures:
    """Count what our contacts held."""
    every = [each.event for each in history.of(ContactLogged)]
    ours = [each for each in every if each.direction == "outbound" and each.reached]
    return MannerMeasures(
        contacts=len(ours),
        apologies=sum(each.apology for each in ours),
        explanations=sum(each.explanation for each in ours),
        named_owner=sum(each.named_owner for each in ours),
        next_steps=sum(bool(each.next_step) for each in ours),
        supervisor_requests=len(history.of(SupervisorRequested)),
        supervisor_meetings=len(history.of(SupervisorMet)),
    )
