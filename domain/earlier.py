"""Earlier failures of the same customer: a similar or a recent one makes the next a double deviation.

Two similar failures, or two close in time, weaken any recovery (domain.md section 2), so that the standard
offer is not enough and the case begins one level up.
"""

from datetime import date

from domain.budget import Months, last_day
from domain.calendar import local_date
from domain.effect import EarlierFailure
from domain.intake import Intake
from domain.policy import Policy
from domain.triage import Classification


def earlier_failure(policy: Policy, intake: Intake, triage: Classification) -> EarlierFailure | None:
    """Return the latest earlier failure that is similar (same cause) or recent; None where none counts."""
    rule, customer = policy.repeat_failure, intake.customer
    if rule is None or customer is None:
        return None
    received = local_date(policy.calendar, intake.received_at)
    counted = [
        failure
        for failure in customer.earlier
        if failure.on <= received
        and (
            (triage.cause is not None and failure.cause == triage.cause)
            or received <= months_after(failure.on, rule.recent_months)
        )
    ]
    return max(counted, key=lambda failure: failure.on, default=None)


def months_after(day: date, months: int) -> date:
    """Return the last day of a period of months that began on a day."""
    return last_day(Months(n=months), day)
