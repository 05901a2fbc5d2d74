"""Whether and when the words of an offer may go out: looked at before each attempt, as calls are (R154).

What the law owes (an acknowledgement, a result, a final position) is told whatever the customer agreed to.
"""

from datetime import datetime

from domain.consent import Why, may_write
from domain.hours import contact_window
from domain.plan import Before, Plan


def why_not(before: Before, plan: Plan) -> Why | None:
    """Return why an offer is not written: no consent to messages, or it decides on a harm taken back."""
    if not may_write(before):
        return "no_consent"
    unfit = any(decision.harm_line in before.triage.withdrawn for decision in plan.decisions)
    return "does_not_fit" if unfit else None


def not_before(before: Before, at: datetime) -> datetime | None:
    """Return when the customer's hours begin; None where it is their time now."""
    opens = contact_window(before, at)
    return None if opens == at else opens
