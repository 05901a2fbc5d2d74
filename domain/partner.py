"""Partners among the customers: asked to review an improvement, and given a share in its benefit (R135).

Only whoever has a case behind the request, and was a partner by the policy's rule when it was read, can be
asked: they know what it is about. People speak to them; what came of it is recorded here.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, assert_never

from pydantic import StringConstraints

from domain.message import Command, Event
from domain.money import Money
from domain.record import Id, Line, Note, Text
from domain.refusal import Refused

Verdict = Literal["agrees", "objects", "declined"]


class AskPartner(Command):
    """A partner is asked to review the improvement.

    Attributes:
        how: how they were asked, for example by telephone.
    """

    kind: Literal["ask_partner"] = "ask_partner"
    customer: Id
    how: Line


class RecordReview(Command):
    """A partner who was asked took part, or would rather not.

    Attributes:
        review: what they say of it.
    """

    kind: Literal["record_review"] = "record_review"
    customer: Id
    verdict: Verdict
    review: Note = ""


class ShareBenefit(Command):
    """A partner who took part gets a share in what the improvement is worth, once it is done."""

    kind: Literal["share_benefit"] = "share_benefit"
    customer: Id
    share: Money
    reason: Annotated[Line, StringConstraints(min_length=1)]


class PartnerAsked(Event):
    """A partner was asked to review the improvement."""

    kind: Literal["partner_asked"] = "partner_asked"
    customer: Id
    how: Line


class PartnerReviewed(Event):
    """A partner took part, or would rather not."""

    kind: Literal["partner_reviewed"] = "partner_reviewed"
    customer: Id
    verdict: Verdict
    review: Text


class BenefitShared(Event):
    """A partner got a share in the benefit."""

    kind: Literal["benefit_shared"] = "benefit_shared"
    customer: Id
    share: Money
    reason: Line


PartnerCommand = AskPartner | RecordReview | ShareBenefit
PartnerEvent = PartnerAsked | PartnerReviewed | BenefitShared


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """How one partner stands to an improvement; None: not yet."""

    customer: str
    verdict: Verdict | None = None
    share: Money | None = None


def decide(
    partners: tuple[Partner, ...],
    known: tuple[str, ...],
    most: Money | None,
    command: PartnerCommand,
) -> tuple[PartnerEvent, ...]:
    """Take what was asked, said and given.

    Args:
        partners: who was asked in this round.
        known: partners with a case behind the request.
        most: what one partner may get; None: the policy shares nothing.
        command: what is to be recorded.
    """
    if command.customer not in known:
        raise Refused(
            "customer: no partner with a case behind this request; name one who has", code="not-a-partner"
        )
    asked = next((each for each in partners if each.customer == command.customer), None)
    match command:
        case AskPartner(customer=customer, how=how, at=at, by=by):
            return () if asked else (PartnerAsked(customer=customer, how=how, at=at, by=by),)
        case RecordReview(customer=customer, verdict=verdict, review=review, at=at, by=by):
            if asked is None:
                raise Refused("customer: was not asked yet; use ask_partner first", code="not-asked")
            if asked.verdict is not None:
                return ()
            return (PartnerReviewed(customer=customer, verdict=verdict, review=review, at=at, by=by),)
        case ShareBenefit():
            return _share(asked, most, command)
        case _:
            assert_never(command)


def _share(asked: Partner | None, most: Money | None, command: ShareBenefit) -> tuple[BenefitShared, ...]:
    if asked is None or asked.verdict in (None, "declined"):
        raise Refused(
            "customer: took no part in this improvement; name a partner whose review is recorded",
            code="no-part",
        )
    if asked.share is not None:
        return ()
    if most is None:
        raise Refused(
            "share: the policy shares nothing; set `improvement.partner_share` in it first", code="no-share"
        )
    if command.share.currency != most.currency or not 0 < command.share.minor <= most.minor:
        raise Refused(f"share: give more than nothing and at most {most}", code="share")
    shared = BenefitShared(
        customer=command.customer,
        share=command.share,
        reason=command.reason,
        at=command.at,
        by=command.by,
    )
    return (shared,)


def evolve(partners: tuple[Partner, ...], event: PartnerEvent) -> tuple[Partner, ...]:
    """Apply one event."""
    match event:
        case PartnerAsked(customer=customer):
            return (*partners, Partner(customer=customer))
        case PartnerReviewed(customer=customer, verdict=verdict):
            return _with(partners, customer, verdict=verdict)
        case BenefitShared(customer=customer, share=share):
            return _with(partners, customer, share=share)
        case _:
            assert_never(event)


def _with(
    partners: tuple[Partner, ...],
    customer: str,
    *,
    verdict: Verdict | None = None,
    share: Money | None = None,
) -> tuple[Partner, ...]:
    return tuple(
        replace(each, verdict=verdict or each.verdict, share=share or each.share)
        if each.customer == customer
        else each
        for each in partners
    )
