"""What a case learnt about its customer, proposed to the CRM once, at the case's end (R84).

Coded facts only, each with the event that it comes from; no words of the customer. What the profile holds
already is nothing learnt, and a customer who does not want it kept has nothing proposed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, assert_never

from domain.contact import ContactLogged, OptedOut
from domain.effect import CustomerSnapshot, Effect, FactsTaken, LearntFact, ProposeFacts
from domain.intake import Intake
from domain.message import CameBack, EffectSucceeded, Event
from domain.policy import Policy
from domain.record import Line
from domain.result import ResultRegistered
from domain.wish import RemedyWished

PATIENCE = timedelta(days=7)
"""A CRM that is down for longer goes without: the case has ended long before, and its history keeps it."""

MOST = 40
"""Facts of one case; all of them travel with it."""

KEY = "facts:1"
"""Under which the one proposal is made."""


class FactsProposed(Event):
    """The CRM has the facts; what it makes of them is its own."""

    kind: Literal["facts_proposed"] = "facts_proposed"
    key: Line
    reference: Line


class FactsNotProposed(Event):
    """The CRM did not take them, or could not be asked."""

    kind: Literal["facts_not_proposed"] = "facts_not_proposed"
    key: Line
    why: Literal["refused", "unknown"]


LearntEvent = FactsProposed | FactsNotProposed


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What was learnt so far, and whether the CRM was asked to take it."""

    facts: tuple[LearntFact, ...] = ()
    asked: bool = False


def heard(learnt: Learnt, event: Event, seq: int) -> Learnt:
    """Keep what an event says of the customer; the first that says it is its source."""
    if isinstance(event, LearntEvent):
        return replace(learnt, asked=learnt.asked or event.key == KEY)
    known = {(fact.fact, fact.value) for fact in learnt.facts}
    new = tuple(fact for fact in _facts(event, seq) if (fact.fact, fact.value) not in known)
    return replace(learnt, facts=(*learnt.facts, *new)[:MOST]) if new else learnt


def _facts(event: Event, seq: int) -> Iterator[LearntFact]:
    match event:
        case RemedyWished(remedy=str(remedy), kind=kind):
            yield LearntFact(fact="preference", value=remedy, seq=seq, event=kind)
        case OptedOut(kind=kind):
            for name in ("calls", "messages"):
                if getattr(event, name):
                    yield LearntFact(fact="preference", value=f"no-{name}", seq=seq, event=kind)
        case ContactLogged(needs=needs, kind=kind):
            yield from (LearntFact(fact="need", value=need, seq=seq, event=kind) for need in needs)
        case ResultRegistered(outcome="upheld" | "partly_upheld", cause=cause, kind=kind):
            yield LearntFact(fact="cause", value=cause, seq=seq, event=kind)
        case _:
            pass


def todo(learnt: Learnt, policy: Policy, intake: Intake, *, ended: bool) -> tuple[Effect, ...]:
    """Return the one proposal to the CRM; it holds up nothing, because the case is at its end."""
    customer, profile = intake.customer, profile_of(intake)
    if not ended or learnt.asked or customer is None or profile is None:
        return ()
    facts = tuple(fact for fact in learnt.facts if _is_news(fact, policy, customer))
    if not facts:
        return ()
    request = ProposeFacts(customer_id=profile, facts=facts)
    return (Effect(key=KEY, request=request, patience=PATIENCE),)


def profile_of(intake: Intake) -> str | None:
    """Return whose profile may be told something; None where the CRM has none, or the customer wants none."""
    customer = intake.customer
    if customer is None or not customer.known or not customer.consent_to_profile:
        return None
    return customer.customer_id


def _is_news(fact: LearntFact, policy: Policy, customer: CustomerSnapshot) -> bool:
    """Say whether the policy passes such facts on, and the profile does not hold this one."""
    if policy.profile is None or fact.fact not in policy.profile.proposes:
        return False
    match fact.fact:
        case "preference":
            known = fact.value in customer.prefers
            refused = {"no-calls": customer.consent_to_calls, "no-messages": customer.consent_to_messages}
            return not known and refused.get(fact.value, True)
        case "need":
            return fact.value not in customer.access
        case "cause":
            return True
        case "advocate" | "sales_offer" | "prosumer":
            return False  # what only a customer with nothing open hears of goes its own way
        case _:
            assert_never(fact.fact)


def came_back(fact: CameBack) -> tuple[LearntEvent, ...]:
    """Say whether the CRM has what it was told, of whichever key."""
    match fact:
        case EffectSucceeded(result=FactsTaken(reference=reference)):
            return (FactsProposed(key=fact.key, reference=reference, at=fact.at),)
        case _:
            why: Literal["refused", "unknown"] = "refused" if fact.kind == "effect_refused" else "unknown"
            return (FactsNotProposed(key=fact.key, why=why, at=fact.at),)
