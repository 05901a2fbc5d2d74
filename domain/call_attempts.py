"""When a happy call is tried and by whom: after the remedy arrived, at other hours, by an outsider to it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.actor import Role
from domain.assignment import Assignment
from domain.calendar import is_business_day
from domain.hours import contact_window
from domain.plan import Before
from domain.policy import Policy
from domain.refusal import Refused
from domain.result import Result
from domain.saga import PAYOUTS, Saga

ARRIVALS = (*PAYOUTS, "deliver", "returned")
"""Steps whose happening the customer feels: money that is settled, goods that have arrived."""

MOST_MOVES = 500
"""A window or a calendar that never opens may not keep us looking for ever."""


def counted_from(result: Result, saga: Saga) -> datetime | None:
    """Return the later of the delivered notice and what the customer got, by the outside's own word."""
    if result.delivered_at is None:
        return None
    arrived = (step.done_at for step in saga.steps if step.name in ARRIVALS and step.done_at is not None)
    return max((result.delivered_at, *arrived))


def permitted(before: Before, instant: datetime, tried: tuple[datetime, ...]) -> datetime:
    """Move an instant to the next at which this customer may be called, at an hour not tried before."""
    zone = ZoneInfo(before.policy.calendar.timezone)
    for _ in range(MOST_MOVES):
        moved = contact_window(before, instant)
        local = moved.astimezone(zone)
        if not _is_day_for_calls(before, local, tried):
            instant = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        elif local.hour in (hours := {each.astimezone(zone).hour for each in tried}) and _is_other_left(
            before, moved, hours
        ):
            instant = (local + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        else:
            return moved
    return moved


def _is_day_for_calls(before: Before, local: datetime, tried: tuple[datetime, ...]) -> bool:
    rules = before.policy.happy_call
    if rules.business_days and not is_business_day(before.policy.calendar, local.date()):
        return False
    on_it = sum(each.astimezone(local.tzinfo).date() == local.date() for each in tried)
    return rules.per_day is None or on_it < rules.per_day


def _is_other_left(before: Before, moved: datetime, tried: set[int]) -> bool:
    """Say whether the window has an hour at which nobody has called yet."""
    zone = ZoneInfo(before.policy.calendar.timezone)
    day = moved.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return any(
        hour not in tried and contact_window(before, day.replace(hour=hour)) == day.replace(hour=hour)
        for hour in range(24)
    )


def callers(policy: Policy, assignment: Assignment, worked: tuple[str, ...]) -> tuple[str, ...]:
    """Return the happy callers who never owned this case nor worked on it."""
    return tuple(
        person.id
        for person in policy.people
        if Role.HAPPY_CALLER in person.roles and person.id not in (*assignment.owners, *worked)
    )


def check_caller(policy: Policy, assignment: Assignment, worked: tuple[str, ...], person: str) -> None:
    """Refuse somebody who would ask for a verdict on their own work.

    Raises:
        Refused: naming why.
    """
    if person in (*assignment.owners, *worked):
        raise Refused(
            f"{person} has worked on this case; somebody else must call: name another caller",
            code="took-part",
        )
    if not policy.holds(person, Role.HAPPY_CALLER):
        names = ", ".join(callers(policy, assignment, worked)) or "nobody is left"
        raise Refused(f"{person} is no happy caller; these may call: {names}", code="not-a-caller")
