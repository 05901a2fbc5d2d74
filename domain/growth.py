"""What a good end makes possible: an advocate candidate (R27), an offer (R32), contact with others (R133).

Nothing is sold to somebody whose case is open, and nobody is sent to others as a witness. So an offer or an
encouragement is only set aside while the case waits out its reopen window after a good happy call; a good end
carries it out, and a reopening drops it. What comes of a good end is told to the CRM once no other case of
this customer is open; what the CRM does with it is its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.consent import may_write
from domain.effect import Between, Effect, LearntFact, ProposeWhenAlone
from domain.ending import Course, Ending
from domain.happy_call import FollowUp
from domain.intake import Intake
from domain.learnt import FactsNotProposed, FactsProposed, profile_of
from domain.message import Command, Event
from domain.policy import Policy
from domain.questions import SCALES
from domain.record import Id
from domain.refusal import Refused
from domain.remedy import RoundOpened
from domain.treatment_rules import Relation

Selling = Literal["cross_sell", "up_sell"]

KEY = "growth:1"
"""Under which the CRM is told, once; the answer is an event of `learnt`, as of all that it is told."""


class AttachSalesOffer(Command):
    """Attach an offer beyond the remedy; it waits for the end of the case, which has to be a good one.

    Attributes:
        offer: its number where offers are kept.
        selling: something beside what was bought, or something better.
    """

    kind: Literal["attach_sales_offer"] = "attach_sales_offer"
    offer: Id
    selling: Selling


class EncourageContact(Command):
    """Encourage contact of a regular with other customers; it waits for a good end, as an offer does.

    Attributes:
        between: somebody who thinks of buying asks them (`reference`), or they join other customers
            (`community`).
    """

    kind: Literal["encourage_contact"] = "encourage_contact"
    between: Between


class SalesOfferSetAside(Event):
    """An offer waits for the end of the case; a reopening drops it."""

    kind: Literal["sales_offer_set_aside"] = "sales_offer_set_aside"
    offer: Id
    selling: Selling


class SalesOfferAttached(Event):
    """The case closed with a good score, so the offer may be made."""

    kind: Literal["sales_offer_attached"] = "sales_offer_attached"
    offer: Id
    selling: Selling


class ContactSetAside(Event):
    """Contact with other customers waits for the end of the case; a reopening drops it."""

    kind: Literal["contact_set_aside"] = "contact_set_aside"
    between: Between


class ContactEncouraged(Event):
    """The case closed with a good score, so this customer may be brought together with others."""

    kind: Literal["contact_encouraged"] = "contact_encouraged"
    between: Between


class AdvocateFound(Event):
    """The case closed with so high a score that this customer may speak for the firm."""

    kind: Literal["advocate_found"] = "advocate_found"


GrowthCommand = AttachSalesOffer | EncourageContact
GrowthEvent = SalesOfferSetAside | SalesOfferAttached | ContactSetAside | ContactEncouraged | AdvocateFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What comes of a good end.

    Attributes:
        offer: what is set aside or attached.
        between: contact with other customers that is set aside or encouraged.
        facts: what the CRM is to know of it.
        found: whether the customer was found to be a candidate.
        told: whether the CRM was told, or that was given up.
    """

    offer: tuple[str, Selling] | None = None
    between: Between | None = None
    facts: tuple[LearntFact, ...] = ()
    attached: bool = False
    encouraged: bool = False
    found: bool = False
    told: bool = False


REGULARS: tuple[Relation, ...] = ("regular", "advocate", "partner")
"""Who knows the firm well enough to speak of it to others."""


def decide(growth: Growth, course: Course, command: GrowthCommand) -> tuple[GrowthEvent, ...]:
    """Set it aside; the table lets it come to this only after a good happy call."""
    _check_may_grow(course)
    match command:
        case AttachSalesOffer():
            return _set_aside(growth, command)
        case EncourageContact():
            return _set_contact_aside(growth, course, command)
        case _:
            assert_never(command)


def _check_may_grow(course: Course) -> None:
    if course.before.policy.happy_call.growth is None:
        raise Refused(
            "the policy makes no offers after a complaint; set `happy_call.growth` in it first",
            code="no-offers",
        )
    if not may_write(course.before):
        raise Refused("this customer wants no messages unasked; leave it", code="no-consent")
    if course.held:
        raise Refused(
            "somebody still has to speak to this customer; wait until that is done, then try again",
            code="open-recovery",
        )


def _set_contact_aside(
    growth: Growth, course: Course, command: EncourageContact
) -> tuple[ContactSetAside, ...]:
    if course.before.intake.relation not in REGULARS:
        raise Refused(
            "this customer is no regular (`relation` in the brief); leave it until they are",
            code="no-regular",
        )
    if growth.between == command.between:
        return ()
    if growth.between is not None:
        raise Refused(f"between: {growth.between} is set aside already; leave it at one", code="one-contact")
    return (ContactSetAside(between=command.between, at=command.at, by=command.by),)


def _set_aside(growth: Growth, command: AttachSalesOffer) -> tuple[SalesOfferSetAside, ...]:
    if growth.offer == (command.offer, command.selling):
        return ()
    if growth.offer is not None:
        raise Refused(
            f"offer: {growth.offer[0]} is set aside already; leave it at one offer", code="one-offer"
        )
    aside = SalesOfferSetAside(offer=command.offer, selling=command.selling, at=command.at, by=command.by)
    return (aside,)


def follow(growth: Growth, ending: Ending, course: Course, at: datetime) -> tuple[GrowthEvent, ...]:
    """Say at a good end what came of it, each once."""
    if ending.end != "recovered":
        return ()
    if not growth.found and _is_high(course.before.policy, course.follow_up):
        return (AdvocateFound(at=at),)
    if growth.offer is not None and not growth.attached and may_write(course.before):
        offer, selling = growth.offer
        return (SalesOfferAttached(offer=offer, selling=selling, at=at),)
    if growth.between is not None and not growth.encouraged and may_write(course.before):
        return (ContactEncouraged(between=growth.between, at=at),)
    return ()


def _is_high(policy: Policy, follow_up: FollowUp) -> bool:
    """Say whether every answer that counts for it is high; one that is missing, or was begged for, is not."""
    rules, answers = policy.happy_call.growth, dict(follow_up.answers)
    if rules is None or not follow_up.good or follow_up.solicited:
        return False
    return all(_reaches(answers, name, cut_off) for name, cut_off in rules.advocate_from.items())


def _reaches(answers: Mapping[str, int], name: str, cut_off: int) -> bool:
    """Say whether an answer lies at its cut-off or on its better side."""
    if name not in answers:
        return False
    return answers[name] >= cut_off if SCALES[name].better == "high" else answers[name] <= cut_off


def todo(growth: Growth, policy: Policy, intake: Intake) -> tuple[Effect, ...]:
    """Return the one word to the CRM; the case is at its end, so it holds up nothing."""
    rules, profile = policy.happy_call.growth, profile_of(intake)
    if growth.told or not growth.facts or rules is None or profile is None:
        return ()
    request = ProposeWhenAlone(customer_id=profile, facts=growth.facts)
    return (Effect(key=KEY, request=request, patience=rules.patience),)


def heard(growth: Growth, event: Event, seq: int) -> Growth:
    """Keep what the CRM is to know, with the event that it comes from."""
    match event:
        case SalesOfferSetAside(offer=offer, selling=selling):
            return replace(growth, offer=(offer, selling))
        case RoundOpened():
            return replace(growth, offer=None, between=None)
        case ContactSetAside(between=between):
            return replace(growth, between=between)
        case ContactEncouraged(between=between):
            fact = LearntFact(fact="customer_contact", value=between, seq=seq, event=event.kind)
            return replace(growth, encouraged=True, facts=(*growth.facts, fact))
        case SalesOfferAttached(offer=offer):
            fact = LearntFact(fact="sales_offer", value=offer, seq=seq, event=event.kind)
            return replace(growth, attached=True, facts=(*growth.facts, fact))
        case AdvocateFound():
            fact = LearntFact(fact="advocate", value="candidate", seq=seq, event=event.kind)
            return replace(growth, found=True, facts=(*growth.facts, fact))
        case FactsProposed(key=key) | FactsNotProposed(key=key) if key == KEY:
            return replace(growth, told=True)
        case _:
            return growth
