"""Sense of the rules of differentiation: each row can apply and names what there is."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from typing import get_args

from domain.actor import Role
from domain.money import Money
from domain.policy import Ground, Policy
from domain.treatment_rules import DecisionName
from policies.names import Finding
from policies.tree import Step

APPROVERS = (Role.SUPERVISOR, Role.DEPARTMENT_HEAD)


def treatment(policy: Policy) -> Iterator[Finding]:
    """Find what could not work in relations, treatments, profile, exceptions and clauses of decisions."""
    return chain(
        _relations(policy),
        _rows(policy),
        _profile(policy),
        _wishes(policy),
        _exceptions(policy),
        _clauses(policy),
    )


def _relations(policy: Policy) -> Iterator[Finding]:
    for place, rule in enumerate(policy.relations):
        if rule.relation in ("prospect", "customer"):
            yield (
                ("relations", place, "relation"),
                "needs no rule: whoever the CRM does not know is a prospect, everybody else a customer",
            )


def _rows(policy: Policy) -> Iterator[Finding]:
    rules, seen = policy.happy_call, set[str]()
    for place, row in enumerate(policy.treatments):
        if row.id in seen:
            yield ("treatments", place, "id"), f"{row.id} is defined twice"
        seen.add(row.id)
        if row.level > min(len(department.levels) for department in policy.departments):
            yield ("treatments", place, "level"), "is higher than some department has levels"
        if row.hours is not None and not rules.from_hour <= row.hours[0] < row.hours[1] <= rules.to_hour:
            yield (
                ("treatments", place, "hours"),
                f"must lie within the hours of happy_call, {rules.from_hour} to {rules.to_hour}",
            )
        for name, amount in (("extras", row.extras), ("value_from", row.value_from)):
            yield from _currency(policy, ("treatments", place, name), amount)


def _currency(policy: Policy, path: tuple[Step, ...], amount: Money | None) -> Iterator[Finding]:
    if amount is not None and amount.currency != policy.currency:
        yield (*path, "currency"), f"must be {policy.currency}, the policy's currency"


def _profile(policy: Policy) -> Iterator[Finding]:
    if policy.profile is None:
        return
    if policy.profile.patience <= timedelta():
        yield ("profile", "patience"), "must be longer than nothing"
    for place, wait in enumerate(policy.profile.again_after):
        if wait <= timedelta():
            yield ("profile", "again_after", place), "must be longer than nothing"


def _wishes(policy: Policy) -> Iterator[Finding]:
    for kind in policy.wish_words:
        if kind not in policy.remedies:
            yield ("wish_words", kind), f"names {kind}, which is not among remedies"


def _exceptions(policy: Policy) -> Iterator[Finding]:
    for place, rule in enumerate(policy.exceptions):
        if rule.approver not in APPROVERS:
            yield ("exceptions", place, "approver"), f"use one of {', '.join(APPROVERS)}"
        if (rule.rule == "extras") != (rule.at_most is not None):
            yield ("exceptions", place, "at_most"), "bounds an exception about extras, and only such a one"
        yield from _currency(policy, ("exceptions", place, "at_most"), rule.at_most)


def _clauses(policy: Policy) -> Iterator[Finding]:
    """A decision needs a clause to be told (R6), and one with few conditions to be understood (R19)."""
    most = policy.fairness.max_conditions
    for place, clause in enumerate(policy.clauses):
        if len(clause.conditions) > most:
            said = f"has {len(clause.conditions)} conditions; the most is {most}, so write two clauses"
            yield ("clauses", place, "conditions"), said
    for name in get_args(DecisionName):
        if name not in policy.decision_clauses:
            yield ("decision_clauses",), f"names no clause for {name}"
    for ground in get_args(Ground):
        if ground not in policy.ground_clauses:
            yield ("ground_clauses",), f"names no clause for a line granted for {ground}"
