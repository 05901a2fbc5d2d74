"""Policies whose hours hold at any hour of the day, so that no test depends on when it runs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import policies
from domain.actor import Role
from domain.budget import PlainTime
from domain.calendar import WEEKDAYS, Calendar
from domain.ladder import Rung
from domain.money import Money
from domain.policy import Policy, Target

AT_ONCE = PlainTime(minutes=0)


def afternoon() -> str:
    """Return a zone in which it is one o'clock now: customers may be called, and go on for some hours."""
    behind = (datetime.now(UTC).hour - 13) % 24
    # POSIX signs: Etc/GMT+3 is three hours behind Greenwich.
    return f"Etc/GMT+{behind}" if behind <= 12 else f"Etc/GMT-{24 - behind}"


def always_open() -> Calendar:
    """Return a calendar that never closes."""
    return Calendar(timezone=afternoon(), hours=dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),)))


def policy(**changes: Any) -> Policy:
    """Return the default policy with other numbers, open at every hour."""
    usual = policies.load("retail-kr")
    # An owner may decide on little, so that small refunds need approval and are still covered by the order.
    authority = usual.authority | {Role.OWNER: Money(minor=8_000, currency="KRW")}
    amounts: dict[str, Any] = {
        "offer_table": (),
        "repeat_failure": None,
        "guarantees": (),
        "treatments": (),  # nor does who complains move a test's deadlines
    }  # amounts are the tests' own
    return usual.model_copy(update={"calendar": always_open(), "authority": authority, **amounts, **changes})


def prompt(**changes: Any) -> Policy:
    """Return a policy under which a life that goes well never has to wait."""
    standard = policies.load("retail-kr").happy_call
    # Whether a score is so high that the CRM hears of it is luck, and would be one more activity.
    changed = {"delay": timedelta(0), "from_hour": 0, "to_hour": 24, "growth": None}
    call = standard.model_copy(update=changed)
    return policy(happy_call=call, reopen_window=AT_ONCE, appeal_window=AT_ONCE, **changes)


def ladder(*minutes: float) -> Target:
    """Return a target: missed the first span after the receipt, one level up each other span after that."""
    later = tuple(Rung(at=PlainTime(minutes=span), actions=("escalate",)) for span in minutes[1:])
    return Target(
        name="resolve",
        budget=PlainTime(minutes=minutes[0]),
        ladder=(Rung(at="breach", actions=("escalate",)), *later),
        clause="own-resolve",
    )


def with_targets(targets: Sequence[Target], **changes: Any) -> Policy:
    """Return a policy with these service targets only, and no duty from outside."""
    return prompt(targets=tuple(targets), statutory=(), **changes)
