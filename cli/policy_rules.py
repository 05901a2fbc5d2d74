"""Who takes a case, and when it falls due, in words."""

from collections.abc import Iterator
from itertools import chain, product
from typing import NamedTuple, get_args

from domain.budget import AnyBudget
from domain.explanation import budget_words
from domain.ladder import Ladder, Rung
from domain.policy import Policy, Routing, Severity, TargetName, VocType

VOC_TYPES: tuple[VocType, ...] = get_args(VocType)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
TARGETS: tuple[TargetName, ...] = get_args(TargetName)
ANY = "any other"
"""A product or cause that no routing rule names."""


class Subject(NamedTuple):
    """What a sentence is about: a heading, and which of the things under it."""

    heading: str
    detail: str = ""


class Scope(NamedTuple):
    """The causes and products for which routing is spelled out: all that either policy names."""

    causes: tuple[str, ...]
    products: tuple[str, ...]


Sentence = tuple[Subject, str]


def scope_of(*policies: Policy) -> Scope:
    """Return the scope that covers every given policy."""
    rules = [rule for policy in policies for rule in policy.routing]
    causes = chain((cause for policy in policies for cause in policy.causes), (ANY,))
    products = chain((name for rule in rules for name in rule.products), (ANY,))
    return Scope(tuple(dict.fromkeys(causes)), tuple(dict.fromkeys(products)))


def routing(policy: Policy, scope: Scope) -> Iterator[Sentence]:
    """Say which department takes each type, cause and product, and why."""
    for voc, cause, name in product(VOC_TYPES, scope.causes, scope.products):
        where = f"{voc}/{cause}" + ("" if name == ANY else f"/{name}")
        rule = next((rule for rule in policy.routing if _takes(rule, voc, cause, name)), None)
        words = f"{rule.department} ({rule.reason})" if rule else policy.fallback_department
        yield Subject("goes to", where), words


def readings(policy: Policy) -> Iterator[Sentence]:
    """Say which words of a customer speak for what."""
    for rule in policy.triage_rules:
        for word in rule.words:
            yield Subject("speaks for", f"{rule.field} {rule.value}: {word}"), f"counts {rule.weight}"
    for place, rule in enumerate(policy.triage_rules, start=1):
        yield Subject("reading rule", f"{place}"), f"{rule.field} {rule.value}"


def _takes(rule: Routing, voc: VocType, cause: str, name: str) -> bool:
    return (
        (not rule.voc_types or voc in rule.voc_types)
        and (not rule.causes or cause in rule.causes)
        and (not rule.products or name in rule.products)
    )


def targets(policy: Policy) -> Iterator[Sentence]:
    """Say of each target and class of case when it is due, what happens around that, and by which clause."""
    for name, voc, severity in product(TARGETS, VOC_TYPES, SEVERITIES):
        target = policy.target(name, voc, severity)
        if target is not None:
            case = f"{voc}/{severity}"
            yield Subject(f"target {name}", case), length(target.budget)
            yield Subject(f"ladder of {name}", case), _ladder(target.ladder)
            yield Subject(f"clause of {name}", case), target.clause


def _ladder(ladder: Ladder) -> str:
    return ", ".join(_rung(rung) for rung in ladder) or "nobody is told"


def _rung(rung: Rung) -> str:
    words = f"{_at(rung)} {' and '.join(rung.actions)}"
    return f"{words} at any hour" if rung.urgent else words


def _at(rung: Rung) -> str:
    if isinstance(rung.at, float):
        return f"at {rung.at * 100:.10g}%"
    return "at the breach" if isinstance(rung.at, str) else f"{length(rung.at)} after it"


def statutory(policy: Policy) -> Iterator[Sentence]:
    """Say what the law or an authority asks, from when, and what a miss means."""
    for clock in policy.statutory:
        words = f"{length(clock.budget)} from {clock.starts_on}, met by {clock.met_by}"
        if clock.extended_by is not None:
            words += f", with a holding response {length(clock.extended_by)}"
        missed = "a breach" if clock.consequence == "breach" else "the end of an option"
        scope = ", ".join((*clock.grounds, *clock.products)) or "every case"
        yield Subject("statutory clock", clock.id), words
        yield Subject("calendar of", clock.id), clock.calendar
        yield Subject("duty of", clock.id), f"{clock.duty} ({clock.clause}) for {scope}"
        yield Subject("a miss of", clock.id), missed
        yield Subject("ladder of", clock.id), _ladder(clock.ladder)


def length(budget: AnyBudget) -> str:
    """Return a budget in English words."""
    return budget_words(budget)[1]
