"""Every decision names the policy and the clause under which it was taken (R6)."""

from domain.message import Decision, Event
from domain.policy import Policy
from domain.treatment_rules import DecisionName

UNDER: dict[str, DecisionName] = {
    "triaged": "triage",
    "department_assigned": "routing",
    "case_rerouted": "routing",
    "owner_appointed": "routing",
    "treatment_decided": "treatment",
    "case_escalated": "escalation",
    "remedy_proposed": "remedy",
    "remedy_approved": "approval",
    "remedy_rejected": "approval",
    "authority_reserved": "approval",
    "authority_exceeded": "approval",
    "authority_unknown": "approval",
    "result_registered": "result",
    "supervisor_requested": "supervisor",
    "exception_requested": "exception",
    "exception_approved": "exception",
    "exception_refused": "exception",
}
"""Under which of the policy's clauses an event was decided, where it does not name its own."""


def named(policy: Policy, event: Event) -> Event:
    """Return a decision with the policy's name and version, and with its clause where it has none yet."""
    if not isinstance(event, Decision):
        return event
    under = UNDER.get(str(getattr(event, "kind", "")))
    clause = policy.decision_clauses.get(under) if under is not None else None
    return event.model_copy(
        update={
            "policy": event.policy or f"{policy.name}/{policy.version}",
            "clause": event.clause or clause,
        }
    )
