"""What a proposal may not pass over: profile, open promises, needs, further harm, and what is expected.

Whoever proposes names what the brief shows them, so that nobody answers a case that they have not read.
"""

from dataclasses import dataclass, replace
from typing import Literal

from domain.intake import Intake
from domain.message import Command, Event
from domain.plan import Before, Plan, variants
from domain.policy import Policy, RemedyKind
from domain.promise import Promises
from domain.record import Line
from domain.refusal import Refused
from domain.remedy import ProposeRemedy
from domain.suggestion import matched
from domain.wish import Wishes

Known = Literal["known", "prospect", "unknown", "pending"]


class OpenBrief(Command):
    """Open the case's brief; that it was read is recorded."""

    kind: Literal["open_brief"] = "open_brief"


class BriefOpened(Event):
    """Somebody read the brief.

    Attributes:
        profile: how far the customer was known then.
        facts: what a proposal had to acknowledge then.
    """

    kind: Literal["brief_opened"] = "brief_opened"
    profile: Known
    facts: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who read the brief last, and what it said then."""

    person: str
    profile: Known
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regard:
    """Who has read the brief."""

    readers: tuple[Reader, ...] = ()

    def knows(self, person: str) -> bool:
        """Say whether somebody has read the brief with the customer in it, or known to be missing."""
        return any(each.person == person and each.profile != "pending" for each in self.readers)


def profile(intake: Intake) -> Known:
    """Say how far the customer is known."""
    if intake.customer is not None:
        return "known" if intake.customer.known else "prospect"
    return "pending" if "customer:1" in intake.waiting else "unknown"


def facts(intake: Intake, promises: Promises) -> tuple[str, ...]:
    """Return by name what a proposal acknowledges: promises of earlier cases first, then ours, then needs."""
    customer = intake.customer
    others = customer.cases or () if customer else ()
    return (
        *(f"promise:{other.case_id}/{each.number}" for other in others for each in other.promises),
        *(f"promise:{each.number}" for each in promises.made if each.state == "open"),
        *(f"access:{need}" for need in (customer.access if customer else ())),
    )


def decide(regard: Regard, intake: Intake, promises: Promises, command: OpenBrief) -> tuple[BriefOpened, ...]:
    """Record that somebody read the brief; `()` where it says to them what it said before."""
    known, now = profile(intake), facts(intake, promises)
    if Reader(person=command.by.id, profile=known, facts=now) in regard.readers:
        return ()
    return (BriefOpened(profile=known, facts=now, at=command.at, by=command.by),)


def check(before: Before, regard: Regard, promises: Promises, wishes: Wishes, command: ProposeRemedy) -> None:
    """Let nobody propose unread, past the profile, a promise, need or harm, or against what was expected.

    Raises:
        Refused: naming what is passed over and the field that acknowledges it.
    """
    if before.policy.profile is not None:
        _check_profile(before, promises, command)
        if before.policy.profile.read_first and not regard.knows(command.by.id):
            raise Refused(
                f"by: {command.by.id} has not read the brief; read it first (open_brief, "
                "`redress brief CASE --by ROLE:ID`)",
                code="brief",
            )
    if before.policy.ask_further_harm:
        _check_asked(before)
    if before.policy.wish_words and command.why_otherwise is None:
        _check_expected(before, wishes, command.plan)


def _check_asked(before: Before) -> None:
    """Nobody proposes before the customer was asked once what else they lost (R10)."""
    if not (before.contacts.asked_further or before.intake.opening.asked_further):
        raise Refused(
            "ask the customer once for harm beyond the item: shipping, lost time, trouble, what it led to; "
            "then log_contact with asks_further, and triage again or claim_harm where there is more",
            code="harm-not-asked",
        )


def _check_profile(before: Before, promises: Promises, command: ProposeRemedy) -> None:
    if profile(before.intake) == "pending":
        raise Refused(
            "the customer's profile is being fetched; wait until it is known or known missing",
            code="profile",
        )
    passed = [fact for fact in facts(before.intake, promises) if fact not in command.acknowledges]
    if passed:
        raise Refused(
            f"acknowledges: name {', '.join(passed)} and say in the plan what becomes of it; "
            "`redress brief CASE` shows them",
            code="profile",
        )


def _check_expected(before: Before, wishes: Wishes, plan: Plan) -> None:
    given = _given(plan)
    for expected in _expectations(before, wishes):
        if expected and not expected & given:
            kinds = " or ".join(sorted(expected))
            raise Refused(
                f"why_otherwise: the customer expects {kinds}; propose it, or say why it is something else",
                code="expectation",
            )


def _expectations(before: Before, wishes: Wishes) -> tuple[set[str], ...]:
    """Return the remedies that each stated expectation speaks of; none where its words name none."""
    stated = [wanted(before.policy, before.triage.wants or "")]
    stated += [
        {str(wish.remedy)} if wish.remedy else wanted(before.policy, wish.wish) for wish in wishes.open
    ]
    return tuple(stated)


def wanted(policy: Policy, words: str) -> set[str]:
    """Return the remedies that a customer's words speak of, by the policy's words."""
    return {kind for kind, known in policy.wish_words.items() if words == kind or matched(known, words)}


WORDS_OF: dict[str, RemedyKind] = {
    "apology_call": "apology",
    "apology_letter": "apology_letter",
    "manager_letter": "manager_apology",
    "recognition": "recognition",
    "explanation": "explanation",
}
"""Gestures that are what a remedy of that kind is."""


def _given(plan: Plan) -> set[str]:
    decided = {decision.remedy for each in variants(plan) for decision in each.decisions}
    gestures = {WORDS_OF[gesture] for gesture in plan.gestures if gesture in WORDS_OF}
    return {*decided, *gestures, *(extra.remedy for extra in plan.extras)}


def evolve(regard: Regard, event: BriefOpened) -> Regard:
    """Remember what each reader read last."""
    others = tuple(each for each in regard.readers if each.person != event.by.id)
    read = Reader(person=event.by.id, profile=event.profile, facts=event.facts)
    return replace(regard, readers=(*others, read))
