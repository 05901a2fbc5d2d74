"""Whom we may speak or write to unasked, and how: consent and channel, looked at before each such contact."""

from typing import Literal

from domain.follow_up_rules import WrittenChannel
from domain.intake import channels
from domain.message import Event
from domain.plan import Before

Purpose = Literal["offer", "happy_call", "answer_link", "servqual", "reassurance"]
Why = Literal["no_consent", "no_channel", "nothing_to_say", "does_not_fit", "outside_hours", "not_known"]


class ContactWithheld(Event):
    """A contact that was due and did not take place, because it may not or does not fit."""

    kind: Literal["contact_withheld"] = "contact_withheld"
    purpose: Purpose
    number: int
    why: Why


def may_call(before: Before) -> bool:
    """Say whether this customer may be called unasked."""
    customer = before.intake.customer
    return not before.contacts.no_calls and (customer is None or customer.consent_to_calls)


def may_write(before: Before) -> bool:
    """Say whether this customer may be written to unasked."""
    customer = before.intake.customer
    return not before.contacts.no_messages and (customer is None or customer.consent_to_messages)


WRITTEN: tuple[WrittenChannel, ...] = ("sms", "email")


def written_channels(
    before: Before, allowed: tuple[WrittenChannel, ...] = WRITTEN
) -> tuple[WrittenChannel, ...]:
    """Return the written channels that reach this customer, the preferred one first.

    The CRM may know an address that the case does not, so a customer it knows is reached by any.
    """
    best = channels(before.intake)
    known = sorted((each for each in allowed if each in best), key=best.index)
    customer = before.intake.customer
    others = allowed if customer is not None and customer.known else ()
    return tuple(dict.fromkeys((*known, *others)))
