"""At which hours people hear from a case: customers in their contact window, staff in working time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import next_opening
from domain.plan import Before
from domain.policy import Policy


def contact_window(before: Before, instant: datetime) -> datetime:
    """Move an instant to the next hour at which this customer may be called or written to unasked."""
    rules = before.policy.happy_call
    customer = before.intake.customer
    first = max(rules.from_hour, customer.open_from_hour if customer else 0)
    last = min(rules.to_hour, customer.open_to_hour if customer else 24)
    chosen = before.intake.manner.hours
    if chosen is not None and max(first, chosen[0]) < min(last, chosen[1]):  # theirs come first
        first, last = max(first, chosen[0]), min(last, chosen[1])
    local = instant.astimezone(ZoneInfo(before.policy.calendar.timezone))
    if local.hour < first:
        local = local.replace(hour=first, minute=0, second=0, microsecond=0)
    elif local.hour >= last:
        local = (local + timedelta(days=1)).replace(hour=first, minute=0, second=0, microsecond=0)
    return local.astimezone(instant.tzinfo)


def at_work(policy: Policy, instant: datetime) -> datetime:
    """Move an instant to the next working time; where a calendar never opens again nothing waits."""
    return next_opening(policy.calendar, instant) or instant
