"""Dissatisfaction found in advance: what the firm observes becomes a case by rule, with its reason."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.effect import Contact
from domain.intake import Opening
from domain.policy import Language, Policy, SignalRule
from domain.record import Id, Instant, Line, Record

SOURCE = "signal"
"""The channel of cases that the firm opens by rule."""


class Signal(Record):
    """One thing that a system of the firm observed.

    Attributes:
        id: the system's own id for it.
        kind: a delivery that is late, a contact about the same order, a refund, or an answer to a survey.
        subject: what it is about: an order, else the product; like signals of one customer count together.
        score: of a survey, 1 to 7.
        until: of a delay, the instant by which it was promised.
    """

    id: Id
    kind: Literal["delay", "contact", "refund", "survey"]
    at: Instant
    customer_id: Id
    order_id: Id | None = None
    product: Line | None = None
    score: Annotated[int, Field(ge=1, le=7)] | None = None
    until: Instant | None = None
    language: Language | None = None

    @property
    def subject(self) -> str:
        """What like signals share."""
        return self.order_id or self.product or "-"


class Found(Record):
    """A case to open, and the rule and signals that speak for it."""

    rule: Line
    signals: tuple[Id, ...]
    opening: Opening


def found(policy: Policy, signals: Sequence[Signal]) -> tuple[Found, ...]:
    """Return the cases that these signals call for, each rule once per customer and subject.

    The source key names rule, customer and subject with the span in which it began, so that the same signals
    give the same case again, and a new bout of them a new one.
    """
    ordered = sorted(signals, key=lambda signal: (signal.at, signal.id))
    groups: dict[tuple[str, str], list[Signal]] = {}
    for signal in ordered:
        groups.setdefault((signal.customer_id, signal.subject), []).append(signal)
    return tuple(
        _found(policy, rule, bout)
        for group in groups.values()
        for rule in policy.signals
        for bout in _bouts(rule, group)
    )


def _bouts(rule: SignalRule, group: Sequence[Signal]) -> tuple[tuple[Signal, ...], ...]:
    """Return each run of matching signals that is long enough and lies within the rule's window."""
    bouts: list[tuple[Signal, ...]] = []
    current: list[Signal] = []
    for signal in (each for each in group if _matches(rule, each)):
        if bouts and signal.at - bouts[-1][0].at <= rule.within:
            continue  # the case that this bout opened takes it
        current = [each for each in current if signal.at - each.at <= rule.within]
        current.append(signal)
        if len(current) >= rule.at_least:
            bouts.append(tuple(current))
            current = []
    return tuple(bouts)


def _matches(rule: SignalRule, signal: Signal) -> bool:
    if rule.signal != signal.kind:
        return False
    match signal.kind:
        case "survey":
            return signal.score is not None and rule.at_most is not None and signal.score <= rule.at_most
        case "delay":
            return signal.until is not None and late_by(signal) > (rule.later_than or timedelta())
        case _:
            return True


def late_by(signal: Signal) -> timedelta:
    """Return how late a delivery is at the moment of its signal."""
    return signal.at - (signal.until or signal.at)


def _found(policy: Policy, rule: SignalRule, bout: Sequence[Signal]) -> Found:
    first, last = bout[0], bout[-1]
    language: Language = last.language or policy.language
    return Found(
        rule=rule.id,
        signals=tuple(each.id for each in bout),
        opening=Opening(
            source=SOURCE,
            source_key=_key(rule, first),
            text=rule.text[language],
            composed=True,
            voc_type="complaint",
            product=last.product,
            issue=rule.id,
            contact=Contact(customer_id=last.customer_id),
            language=language,
            order_id=last.order_id,
            raised_at=first.at,
            received_at=last.at,
            proactive=True,
        ),
    )


def _key(rule: SignalRule, first: Signal) -> str:
    return f"{rule.id}/{first.customer_id}/{first.subject}/{first.at:%Y%m%dT%H%M%S}"[:200]
