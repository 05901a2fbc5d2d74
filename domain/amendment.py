"""Changes of the rules while a case runs: only ever by an explicit command, which is an event.

The policy is pinned at the opening (clock rules 13 and 16). A holiday announced later, or a new version of
the policy, reaches an open case only if somebody says so.
"""

from datetime import date
from typing import Annotated, Literal, assert_never

from pydantic import Field, field_validator

from domain.calendar import Calendar, Hours, minutes_of
from domain.message import Command, Event
from domain.policy import Policy, check_in_force, content_hash
from domain.record import Line
from domain.refusal import Refused


class AmendCalendar(Command):
    """A temporary public holiday, or other hours on a day, reaches this case.

    Attributes:
        holidays: closed from now on, whatever special hours the day had.
        special_days: hours that replace the weekday's, and win over a holiday.
        announced: by whom and when, for whoever asks why a deadline moved.
    """

    kind: Literal["amend_calendar"] = "amend_calendar"
    holidays: Annotated[tuple[date, ...], Field(max_length=60)] = ()
    special_days: Annotated[dict[date, Hours], Field(max_length=60)] = Field(default_factory=dict)
    announced: Line

    @field_validator("special_days")
    @classmethod
    def _hours_make_sense(cls, days: dict[date, Hours]) -> dict[date, Hours]:
        """Refuse hours that no calendar can count: once written they could never be taken back."""
        for day, hours in days.items():
            minutes_of(hours, day.isoformat())
        return days


class AdoptPolicy(Command):
    """Another version of the policy holds for this case from now on; breaches that happened stay."""

    kind: Literal["adopt_policy"] = "adopt_policy"
    policy: Policy
    reason: Line


class CalendarAmended(Event):
    """The case's own calendar has other days from now on."""

    kind: Literal["calendar_amended"] = "calendar_amended"
    holidays: tuple[date, ...]
    special_days: dict[date, Hours]
    announced: Line


class PolicyAdopted(Event):
    """The case lives under another policy from now on."""

    kind: Literal["policy_adopted"] = "policy_adopted"
    policy: Policy
    policy_hash: Line
    reason: Line


AmendmentCommand = AmendCalendar | AdoptPolicy
AmendmentEvent = CalendarAmended | PolicyAdopted


def decide(policy: Policy, command: AmendmentCommand) -> tuple[AmendmentEvent, ...]:
    """Amend the pinned rules; `()` where they say so already."""
    match command:
        case AmendCalendar():
            return _amend(policy, command)
        case AdoptPolicy():
            return _adopt(policy, command)
        case _:
            assert_never(command)


def _amend(policy: Policy, command: AmendCalendar) -> tuple[AmendmentEvent, ...]:
    calendar = policy.calendar
    known = calendar.special_days
    new = tuple(day for day in sorted(set(command.holidays)) if day not in calendar.holidays or day in known)
    other = {day: hours for day, hours in command.special_days.items() if known.get(day) != hours}
    if not new and not other:
        return ()
    amended = CalendarAmended(
        holidays=new, special_days=other, announced=command.announced, at=command.at, by=command.by
    )
    return (amended,)


def _adopt(policy: Policy, command: AdoptPolicy) -> tuple[AmendmentEvent, ...]:
    adopted = command.policy
    if content_hash(adopted) == content_hash(policy):
        return ()
    check_in_force(adopted, command.at)
    if adopted.currency != policy.currency:
        raise Refused(
            f"policy: this case is in {policy.currency}; name a policy in that currency", code="currency"
        )
    known = {department.id for department in adopted.departments}
    gone = ", ".join(each.id for each in policy.departments if each.id not in known)
    if gone:
        raise Refused(
            f"policy: it has no {gone}, where this case may be or may be moved up; name one that it has",
            code="department",
        )
    happened = PolicyAdopted(
        policy=adopted,
        policy_hash=content_hash(adopted),
        reason=command.reason,
        at=command.at,
        by=command.by,
    )
    return (happened,)


def evolve(policy: Policy, event: AmendmentEvent) -> Policy:
    """Return the rules under which the case lives from now on."""
    match event:
        case CalendarAmended(holidays=holidays, special_days=special_days):
            return policy.model_copy(update={"calendar": _amended(policy.calendar, holidays, special_days)})
        case PolicyAdopted(policy=adopted):
            return adopted
        case _:
            assert_never(event)


def _amended(calendar: Calendar, holidays: tuple[date, ...], special_days: dict[date, Hours]) -> Calendar:
    kept = {day: hours for day, hours in calendar.special_days.items() if day not in holidays}
    return calendar.model_copy(
        update={
            "holidays": tuple(sorted({*calendar.holidays, *holidays})),
            "special_days": {**kept, **special_days},
        }
    )
