"""Names in a policy: each refers to something that the policy defines, and defines it once."""

from collections.abc import Iterable, Iterator
from itertools import chain

from domain.actor import Role
from domain.policy import Policy
from policies.tree import Step

Finding = tuple[tuple[Step, ...], str]
"""A field, and what is wrong with it."""

LEADS = (Role.SUPERVISOR, Role.DEPARTMENT_HEAD)


def undefined(policy: Policy) -> Iterator[Finding]:
    """Find every name that refers to nothing, and every id that is given twice."""
    return chain(
        _departments(policy),
        _clauses(policy),
        _causes(policy),
        _people(policy),
        _told(policy),
        _twice(policy),
    )


def _departments(policy: Policy) -> Iterator[Finding]:
    known = [department.id for department in policy.departments]
    uses: list[tuple[tuple[Step, ...], str]] = [(("fallback_department",), policy.fallback_department)]
    uses += [(("routing", place, "department"), rule.department) for place, rule in enumerate(policy.routing)]
    uses += [
        (("people", place, "department"), person.department)
        for place, person in enumerate(policy.people)
        if person.department is not None
    ]
    return _unknown("department", uses, known)


def _clauses(policy: Policy) -> Iterator[Finding]:
    known = [clause.id for clause in policy.clauses]
    uses: list[tuple[tuple[Step, ...], str]] = [
        (("targets", place, "clause"), target.clause) for place, target in enumerate(policy.targets)
    ]
    uses += [(("statutory", place, "clause"), clock.clause) for place, clock in enumerate(policy.statutory)]
    uses += [(("offer_table", place, "clause"), rule.clause) for place, rule in enumerate(policy.offer_table)]
    uses += [
        (("extra_limits", place, "clause"), each.clause) for place, each in enumerate(policy.extra_limits)
    ]
    uses += [
        (("extra_budgets", place, "clause"), each.clause) for place, each in enumerate(policy.extra_budgets)
    ]
    uses += [(("standards", place, "clause"), rule.clause) for place, rule in enumerate(policy.standards)]
    if policy.warranty is not None:
        uses.append((("warranty", "clause"), policy.warranty.clause))
    uses += [(("guarantees", place, "clause"), each.clause) for place, each in enumerate(policy.guarantees)]
    uses += [(("interest", place, "clause"), rate.clause) for place, rate in enumerate(policy.interest)]
    uses += policy.further_clauses()
    uses += [(("fairness", "clauses", rule), clause) for rule, clause in policy.fairness.clauses.items()]
    return _unknown("clause", uses, known)


def _causes(policy: Policy) -> Iterator[Finding]:
    uses: list[tuple[tuple[Step, ...], str]] = [
        (("firm_pays_causes", place), cause) for place, cause in enumerate(policy.firm_pays_causes)
    ]
    uses += [
        (("routing", place, "causes", index), cause)
        for place, rule in enumerate(policy.routing)
        for index, cause in enumerate(rule.causes)
    ]
    uses += [
        (("offer_table", place, "causes", index), cause)
        for place, row in enumerate(policy.offer_table)
        for index, cause in enumerate(row.causes)
    ]
    return _unknown("cause", uses, policy.causes)


def _unknown(
    what: str, uses: Iterable[tuple[tuple[Step, ...], str]], known: Iterable[str]
) -> Iterator[Finding]:
    names = list(known)
    for path, name in uses:
        if name not in names:
            yield path, f"names the {what} {name}, which is not defined; there are {', '.join(names)}"


def _people(policy: Policy) -> Iterator[Finding]:
    """Cases climb to people who may decide; others would own what they cannot act on."""
    for place, department in enumerate(policy.departments):
        for index, id_ in enumerate(department.levels):
            path = ("departments", place, "levels", index)
            if policy.person(id_) is None:
                yield path, f"names {id_}, who is not among the people"
            elif not any(policy.holds(id_, role) for role in LEADS):
                yield path, f"names {id_}, who is neither supervisor nor department_head"


def _told(policy: Policy) -> Iterator[Finding]:
    late_to = policy.figures.late_to if policy.figures is not None else ()
    for place, id_ in enumerate(late_to):
        if policy.person(id_) is None:
            yield ("figures", "late_to", place), f"names {id_}, who is not among the people"


def _twice(policy: Policy) -> Iterator[Finding]:
    lists: dict[str, Iterable[str]] = {
        "clauses": (clause.id for clause in policy.clauses),
        "departments": (department.id for department in policy.departments),
        "people": (person.id for person in policy.people),
        "pause_reasons": (reason.id for reason in policy.pause_reasons),
        "offer_table": (rule.id for rule in policy.offer_table),
        "guarantees": (each.id for each in policy.guarantees),
        "standards": (rule.id for rule in policy.standards),
        "statutory": (clock.id for clock in policy.statutory),
        "signals": (rule.id for rule in policy.signals),
        "prepared": (each.id for each in policy.prepared),
    }
    for name, ids in lists.items():
        seen: set[str] = set()
        for place, id_ in enumerate(ids):
            if id_ in seen:
                yield (name, place, "id"), f"{id_} is defined twice"
            seen.add(id_)
