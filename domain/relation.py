"""How far a customer has come with the firm, by rule from what the CRM knows of their transactions."""

from datetime import date

from domain.budget import Months, last_day
from domain.effect import CustomerSnapshot
from domain.policy import Policy
from domain.treatment_rules import Relation, RelationRule


def relation_of(policy: Policy, customer: CustomerSnapshot, on: date) -> tuple[Relation, str | None]:
    """Return the stage of relationship on a day, and the clause by which it is so.

    Whoever the CRM does not know is a prospect and a full customer of this engine; whom no rule lifts is a
    customer.
    """
    if not customer.known:
        return "prospect", None
    rule = next((rule for rule in policy.relations if _holds(rule, customer, on)), None)
    return ("customer", None) if rule is None else (rule.relation, rule.clause)


def _holds(rule: RelationRule, customer: CustomerSnapshot, on: date) -> bool:
    return (
        customer.purchases >= rule.purchases
        and customer.referrals >= rule.referrals
        and (customer.partner or not rule.partner)
        and (not rule.months or _for_months(customer.first_bought_on, rule.months, on))
    )


def _for_months(since: date | None, months: int, on: date) -> bool:
    return since is not None and on >= last_day(Months(n=months), since)
