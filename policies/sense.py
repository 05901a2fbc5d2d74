"""Sense of a policy: what has the right form and still could not work."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, product
from typing import get_args

from domain.actor import Role
from domain.budget import AnyBudget, due_of
from domain.calendar import Calendar, next_opening
from domain.happy_call import JUSTICE
from domain.policy import AuthorityTotals, Language, Policy, Severity, Target, TargetName, VocType
from policies.names import Finding
from policies.tree import Step

LANGUAGES = get_args(Language)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
VOC_TYPES: tuple[VocType, ...] = get_args(VocType)
NEEDED: tuple[TargetName, ...] = ("acknowledge", "accept", "first_response", "resolve", "result_notice")
"""Targets that every complaint has, whatever its severity."""

JUSTICE_SCALE = 7
DAY = 24


def senseless(policy: Policy, first_year: int) -> Iterator[Finding]:
    """Find what could not work: a calendar that never opens, a target without breach, a caller who owns."""
    return chain(
        _never_due(policy, first_year),
        _targets(policy),
        _ladders(policy),
        _statutory(policy, first_year),
        _money(policy),
        _lengths(policy),
        _happy_call(policy),
        _people(policy),
        _languages(policy),
        _readings(policy),
    )


def _readings(policy: Policy) -> Iterator[Finding]:
    """A rule that speaks for what triage does not take would suggest what nobody can confirm."""
    known: dict[str, tuple[str, ...]] = {
        "voc_type": VOC_TYPES,
        "cause": policy.causes,
        "severity": SEVERITIES,
        "safety": ("true",),
        "emotion": ("high",),
    }
    for place, rule in enumerate(policy.triage_rules):
        values = known.get(rule.field, (rule.value,))
        if rule.value not in values:
            yield ("triage_rules", place, "value"), f"use one of {', '.join(values)} for {rule.field}"


def _never_due(policy: Policy, first_year: int) -> Iterator[Finding]:
    """A deadline that never comes is worse than none: nobody misses it (clock rule 5)."""
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    if next_opening(policy.calendar, start) is None:
        yield ("calendar", "hours"), "never opens, so nothing would ever fall due"
        return
    for path, budget, calendar in _budgets(policy):
        if due_of(budget, calendar, start) is None:
            yield path, "never falls due: the calendar does not open that long"


def _budgets(policy: Policy) -> Iterator[tuple[tuple[Step, ...], AnyBudget, Calendar]]:
    for name in ("approval", "offer", "offer_reminder", "supervisor_meeting", "by_hand", "reopen_window"):
        yield (name,), getattr(policy, name), policy.calendar
    yield ("appeal_window",), policy.appeal_window, policy.calendar
    if policy.approval_expires is not None:
        yield ("approval_expires",), policy.approval_expires, policy.calendar
    for place, target in enumerate(policy.targets):
        yield ("targets", place, "budget"), target.budget, policy.calendar
        for index, rung in enumerate(target.ladder):
            if not isinstance(rung.at, float | str):
                yield ("targets", place, "ladder", index, "at"), rung.at, policy.calendar
    for place, clock in enumerate(policy.statutory):
        yield ("statutory", place, "budget"), clock.budget, policy.calendar_of(clock)


def _targets(policy: Policy) -> Iterator[Finding]:
    for name, severity in product(NEEDED, SEVERITIES):
        if policy.target(name, "complaint", severity) is None:
            yield ("targets",), f"has no {name} for complaints of severity {severity}"
    used = {id(policy.target(each.name, *case)) for each in policy.targets for case in _cases()}
    for place, target in enumerate(policy.targets):
        if id(target) not in used:
            yield ("targets", place), f"is never used: earlier entries of {target.name} cover all of it"


def _cases() -> Iterator[tuple[VocType, Severity]]:
    return product(VOC_TYPES, SEVERITIES)


def _ladders(policy: Policy) -> Iterator[Finding]:
    for place, target in enumerate(policy.targets):
        if _breaches(target) != 1:
            yield ("targets", place, "ladder"), "needs exactly one rung at: breach, or a miss would be silent"


def _statutory(policy: Policy, first_year: int) -> Iterator[Finding]:
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    for place, clock in enumerate(policy.statutory):
        if clock.extended_by is None:
            continue
        calendar = policy.calendar_of(clock)
        due, later = due_of(clock.budget, calendar, start), due_of(clock.extended_by, calendar, start)
        if due is not None and later is not None and later <= due:
            yield ("statutory", place, "extended_by"), "must end later than budget, which it extends"


def _breaches(target: Target) -> int:
    return sum(rung.at == "breach" for rung in target.ladder)


def _money(policy: Policy) -> Iterator[Finding]:
    for role, limit in policy.authority.items():
        if limit.currency != policy.currency:
            yield ("authority", role, "currency"), f"must be {policy.currency}, the policy's currency"
    for role in policy.authority:
        if policy.authority_totals and role not in policy.authority_totals:
            yield ("authority_totals",), f"has no {role}, who could decide without end by splitting"
    for role, totals in policy.authority_totals.items():
        yield from _totals(policy, role, totals)


def _totals(policy: Policy, role: Role, totals: AuthorityTotals) -> Iterator[Finding]:
    """A sum below the limit of one proposal would send every proposal to a second person."""
    single = policy.authority.get(role)
    if single is None:
        yield ("authority_totals", role), "has no limit for one proposal in authority"
        return
    for name, limit in totals:
        if limit.currency != policy.currency:
            yield (
                ("authority_totals", role, name, "currency"),
                f"must be {policy.currency}, the policy's currency",
            )
        if limit.minor < single.minor:
            yield (
                ("authority_totals", role, name, "minor"),
                f"must not be below {single.minor}, which {role} may decide at once (authority)",
            )


def _lengths(policy: Policy) -> Iterator[Finding]:
    lengths: list[tuple[tuple[Step, ...], timedelta]] = [
        (("vague_default",), policy.vague_default),
        (("look_every",), policy.look_every),
        (("retry_after",), policy.retry_after),
        (("happy_call", "delay"), policy.happy_call.delay),
        (("happy_call", "apart"), policy.happy_call.apart),
    ]
    lengths += [(("vague_words", word), length) for word, length in policy.vague_words.items()]
    for place, reason in enumerate(policy.pause_reasons):
        lengths.append((("pause_reasons", place, "maximum"), reason.maximum))
        if reason.total < reason.maximum:
            yield (
                ("pause_reasons", place, "total"),
                "must not be shorter than maximum, the length of one pause",
            )
    for path, length in lengths:
        if length <= timedelta():
            yield path, "must be longer than nothing"


def _happy_call(policy: Policy) -> Iterator[Finding]:
    rules = policy.happy_call
    if not 0 <= rules.from_hour < rules.to_hour <= DAY:
        yield ("happy_call", "from_hour"), f"must be an hour before to_hour, both from 0 to {DAY}"
    if not 1 <= rules.cut_off < JUSTICE_SCALE:
        yield ("happy_call", "cut_off"), f"must lie inside the scale, from 1 to {JUSTICE_SCALE - 1}"
    missing = [name for name in ("problem_gone", *JUSTICE) if name not in rules.questions]
    if missing:
        yield ("happy_call", "questions"), f"must ask {', '.join(missing)} as well, or no answer could be bad"


def _people(policy: Policy) -> Iterator[Finding]:
    for place, person in enumerate(policy.people):
        if Role.HAPPY_CALLER in person.roles and len(person.roles) > 1:
            yield (
                ("people", place, "roles"),
                "a happy caller holds no other role, so that none judges own work",
            )
    for role in (Role.HAPPY_CALLER, Role.SUPERVISOR, Role.DEPARTMENT_HEAD):
        if not any(role in person.roles for person in policy.people):
            yield ("people",), f"has no {role}; the engine needs at least one"


def _languages(policy: Policy) -> Iterator[Finding]:
    texts: list[tuple[tuple[Step, ...], dict[Language, str]]] = [(("outside_body",), policy.outside_body)]
    texts += [(("clauses", place, "plain"), clause.plain) for place, clause in enumerate(policy.clauses)]
    texts += [(("departments", place, "name"), each.name) for place, each in enumerate(policy.departments)]
    for path, text in texts:
        missing = [language for language in LANGUAGES if language not in text]
        if missing:
            yield path, f"has no text in {', '.join(missing)}"
