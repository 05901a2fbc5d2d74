"""Sense of a policy: what has the right form and still could not work."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise, product
from typing import get_args

from activities.retry import ONE_SERVICE
from domain.actor import Role
from domain.budget import AnyBudget, due_of
from domain.calendar import Calendar, next_opening
from domain.intake import KNOWN_SOURCES
from domain.money import Money
from domain.offer import Facts, rule_for
from domain.policy import (
    BUDGETS,
    AuthorityTotals,
    Harm,
    OfferRule,
    Policy,
    Severity,
    Target,
    TargetName,
    VocType,
)
from domain.questions import JUSTICE, SCALES
from domain.triage import Classification
from policies import speech
from policies.names import Finding
from policies.sense_treatment import treatment
from policies.tree import Step

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
        _offers(policy),
        _interest(policy),
        _standards(policy),
        _guarantees(policy),
        _improvement(policy, first_year),
        _signals(policy),
        _lengths(policy),
        _tries(policy),
        _happy_call(policy, first_year),
        _people(policy),
        speech.unspeakable(policy),
        _handling(policy),
        _readings(policy),
        treatment(policy),
        _sources(policy),
        _matters(policy),
    )


def _sources(policy: Policy) -> Iterator[Finding]:
    """A channel has one rule, and whoever states how channels are acknowledged states it for all of them."""
    names = [rule.source for rule in policy.sources]
    for place, rule in enumerate(policy.sources):
        if rule.source in names[:place]:
            yield ("sources", place, "source"), f"{rule.source} stands twice"
        if len(set(rule.means)) != len(rule.means):
            yield ("sources", place, "means"), "names a means twice"
        if rule.kind == "remote" and "in_person" in rule.means:
            yield ("sources", place, "means"), "nobody is there in person where a case comes from afar"
    missing = [name for name in KNOWN_SOURCES if name not in names]
    if names and missing:
        yield ("sources",), f"says nothing of {', '.join(missing)}"


def _matters(policy: Policy) -> Iterator[Finding]:
    """A word that speaks for two matters tells neither."""
    seen: dict[str, str] = {}
    for matter, words in policy.promise_matters.items():
        for word in words:
            other = seen.setdefault(word.casefold(), matter)
            if other != matter:
                yield ("promise_matters", matter), f"{word} speaks for {other} as well, so for neither"


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
    for name in BUDGETS:
        yield (name,), getattr(policy, name), policy.calendar
    if policy.happy_call.retention is not None:
        yield ("happy_call", "retention", "within"), policy.happy_call.retention.within, policy.calendar
    if policy.approval_expires is not None:
        yield ("approval_expires",), policy.approval_expires, policy.calendar
    if policy.gestures is not None:
        yield ("gestures",), policy.gestures, policy.calendar
    if policy.handling is not None:
        yield ("handling", "task"), policy.handling.task, policy.calendar
    if policy.handling is not None and policy.handling.heated is not None:
        yield ("handling", "heated", "cooling_off"), policy.handling.heated.cooling_off, policy.calendar
    if policy.removal_explanation is not None:
        yield ("removal_explanation",), policy.removal_explanation, policy.calendar
    for place, source in enumerate(policy.sources):
        yield ("sources", place, "within"), source.within, policy.calendar
    for place, rule in enumerate(policy.exceptions):
        yield ("exceptions", place, "answer"), rule.answer, policy.calendar
        yield ("exceptions", place, "valid"), rule.valid, policy.calendar
    for place, target in enumerate(policy.targets):
        yield ("targets", place, "budget"), target.budget, policy.calendar
        for index, rung in enumerate(target.ladder):
            if not isinstance(rung.at, float | str):
                yield ("targets", place, "ladder", index, "at"), rung.at, policy.calendar
    for place, clock in enumerate(policy.statutory):
        yield ("statutory", place, "budget"), clock.budget, policy.calendar_of(clock)
    if policy.improvement is not None:
        yield ("improvement", "late_every"), policy.improvement.late_every, policy.calendar
        for name in ("usual", "safety"):
            limits = getattr(policy.improvement, name)
            yield ("improvement", name, "accept"), limits.accept, policy.calendar
            yield ("improvement", name, "done"), limits.done, policy.calendar
    if policy.figures is not None:
        yield ("figures", "answer"), policy.figures.answer, policy.calendar


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
    for path, amount in _amounts(policy):
        if amount.currency != policy.currency:
            yield (*path, "currency"), f"must be {policy.currency}, the policy's currency"


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


def _amounts(policy: Policy) -> Iterator[tuple[tuple[Step, ...], Money]]:
    if policy.improvement is not None and policy.improvement.partner_share is not None:
        yield ("improvement", "partner_share"), policy.improvement.partner_share
    for place, rule in enumerate(policy.offer_table):
        if rule.at_most is not None:
            yield ("offer_table", place, "at_most"), rule.at_most
        if rule.usual is not None:
            yield ("offer_table", place, "usual"), rule.usual
    if policy.handling is not None and policy.handling.costs is not None:
        for name, price in policy.handling.costs:
            yield ("handling", "costs", name), price
    for place, guarantee in enumerate(policy.guarantees):
        yield ("guarantees", place, "pays"), guarantee.pays
    for place, limit in enumerate(policy.extra_limits):
        yield ("extra_limits", place, "at_most"), limit.at_most
    for place, budget in enumerate(policy.extra_budgets):
        yield ("extra_budgets", place, "at_most"), budget.at_most
    if policy.point_worth is not None:
        yield ("point_worth",), policy.point_worth


def _offers(policy: Policy) -> Iterator[Finding]:
    """What is owed has no usual amount, what is an extra has one within its limit, and every rule is used."""
    used = {
        id(_first_fit(policy, harm, cause, severity))
        for harm, cause, severity in product(get_args(Harm), policy.causes, SEVERITIES)
    }
    for place, rule in enumerate(policy.offer_table):
        if id(rule) not in used:
            yield ("offer_table", place), f"is never used: earlier entries for {rule.harm} cover all of it"
        if rule.owes != "extra" and rule.usual is not None:
            yield ("offer_table", place, "usual"), "belongs to extras only; what is owed is computed"
        if rule.owes == "extra" and (rule.usual is None or rule.at_most is None):
            yield ("offer_table", place), "an extra needs its usual amount and at_most, its limit"
        elif rule.usual is not None and rule.at_most is not None and rule.usual.minor > rule.at_most.minor:
            yield ("offer_table", place, "usual"), "must not be more than at_most"


def _interest(policy: Policy) -> Iterator[Finding]:
    for place, (before, rate) in enumerate(pairwise(policy.interest), start=1):
        if rate.valid_from <= before.valid_from:
            yield ("interest", place, "valid_from"), "must be later than the entry before it"


def _standards(policy: Policy) -> Iterator[Finding]:
    for place, rule in enumerate(policy.standards):
        for index, kind in enumerate(rule.owed):
            if kind not in policy.remedies:
                yield ("standards", place, "owed", index), f"names {kind}, which is not among remedies"


def _guarantees(policy: Policy) -> Iterator[Finding]:
    for place, each in enumerate(policy.guarantees):
        if (each.promise == "response") != (each.target is not None):
            yield ("guarantees", place, "target"), "names a service target for a response, and only for one"
        if not each.pays.minor:
            yield ("guarantees", place, "pays"), "must be more than nothing"
    if ("points" in policy.remedies) != (policy.point_worth is not None):
        yield ("point_worth",), "says what a point is worth where points are among remedies, and only there"
    elif policy.point_worth is not None and not policy.point_worth.minor:
        yield ("point_worth", "minor"), "must be more than nothing"
    for kind in policy.remedies:
        if policy.benefits and kind not in policy.benefits:
            yield ("benefits",), f"does not say why {kind} helps"


def _improvement(policy: Policy, first_year: int) -> Iterator[Finding]:
    """What may hurt somebody never waits longer than what does not."""
    rules, start = policy.improvement, datetime(first_year, 1, 1, tzinfo=UTC)
    if rules is None:
        return
    for name in ("accept", "done"):
        usual = due_of(getattr(rules.usual, name), policy.calendar, start)
        safety = due_of(getattr(rules.safety, name), policy.calendar, start)
        if usual is not None and safety is not None and safety > usual:
            yield ("improvement", "safety", name), f"must not be later than usual.{name}"


def _signals(policy: Policy) -> Iterator[Finding]:
    """A survey counts by its score and a delay by its length; on the others these would say nothing."""
    for place, rule in enumerate(policy.signals):
        if (rule.signal == "survey") != (rule.at_most is not None):
            yield ("signals", place), "needs at_most (a score) where it is a survey, and only there"
        if (rule.signal == "delay") != (rule.later_than is not None):
            yield ("signals", place), "needs later_than where it is a delay, and only there"
        if rule.within <= timedelta():
            yield ("signals", place, "within"), "must be longer than nothing"


def _first_fit(policy: Policy, harm: Harm, cause: str, severity: Severity) -> OfferRule | None:
    triage = Classification(cause=cause, severity=severity)
    return rule_for(Facts(policy=policy, triage=triage), harm)


def _lengths(policy: Policy) -> Iterator[Finding]:
    lengths: list[tuple[tuple[Step, ...], timedelta]] = [
        (("vague_default",), policy.vague_default),
        (("look_every",), policy.look_every),
        (("retry_after",), policy.retry_after),
        (("label_for",), policy.label_for),
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
    if policy.improvement is not None:
        lengths.append((("improvement", "window"), policy.improvement.window))
        lengths.append((("improvement", "measure_over"), policy.improvement.measure_over))
    for path, length in lengths:
        if length <= timedelta():
            yield path, "must be longer than nothing"


def _tries(policy: Policy) -> Iterator[Finding]:
    """One try may take its whole time-out, and what it sent may arrive as late as that."""
    longest = f"{ONE_SERVICE.total_seconds():.0f} seconds"
    if policy.unknown_after < ONE_SERVICE:
        yield ("unknown_after",), f"must not be shorter than {longest}, which a single try of a step may take"
    if timedelta() < policy.retry_after < ONE_SERVICE:
        why = "in which a try whose outcome counts as unknown may still arrive"
        yield ("retry_after",), f"must not be shorter than {longest}, {why}"


def _happy_call(policy: Policy, first_year: int) -> Iterator[Finding]:
    rules = policy.happy_call
    if not 0 <= rules.from_hour < rules.to_hour <= DAY:
        yield ("happy_call", "from_hour"), f"must be an hour before to_hour, both from 0 to {DAY}"
    if not 1 <= rules.cut_off < JUSTICE_SCALE:
        yield ("happy_call", "cut_off"), f"must lie inside the scale, from 1 to {JUSTICE_SCALE - 1}"
    yield from _asked(policy)
    yield from _follow_up(policy, first_year)
    yield from _growth(policy)
    missing = [name for name in ("problem_gone", *JUSTICE) if name not in rules.questions]
    if missing:
        yield ("happy_call", "questions"), f"must ask {', '.join(missing)} as well, or no answer could be bad"


def _asked(policy: Policy) -> Iterator[Finding]:
    for field in ("questions", "refused_questions"):
        for place, name in enumerate(getattr(policy.happy_call, field)):
            if name not in SCALES:
                yield ("happy_call", field, place), f"is no question; use {', '.join(SCALES)}"
    refused = policy.happy_call.refused_questions
    about = [name for name in ("outcome_fair", "process_fair", "problem_gone") if name in refused]
    if about:
        yield (
            ("happy_call", "refused_questions"),
            f"must not ask {about[0]}: nothing was given, so treatment and clarity are asked about",
        )


def _growth(policy: Policy) -> Iterator[Finding]:
    """An answer that nobody is asked for, or that no scale has, makes nobody an advocate candidate."""
    rules = policy.happy_call.growth
    if rules is None:
        return
    for name, cut_off in rules.advocate_from.items():
        scale, path = SCALES.get(name), ("happy_call", "growth", "advocate_from", name)
        if scale is None or name not in policy.happy_call.questions:
            yield path, f"is not asked; use one of {', '.join(policy.happy_call.questions)}"
        elif not scale.low <= cut_off <= scale.high:
            yield path, f"must lie on its scale, from {scale.low} to {scale.high}"
    if rules.patience <= timedelta():
        yield ("happy_call", "growth", "patience"), "must be longer than nothing"


FIRST_CALL = (timedelta(hours=24), timedelta(hours=48))


def _follow_up(policy: Policy, first_year: int) -> Iterator[Finding]:
    """What could not work: a first call at the wrong time, a look after the end, a form nobody can finish."""
    rules = policy.happy_call
    if not FIRST_CALL[0] <= rules.delay <= FIRST_CALL[1]:
        yield ("happy_call", "delay"), "must be from PT24H to PT48H after the customer had what was agreed"
    if rules.link is not None and not timedelta() < rules.link.look_every <= rules.link.open_for:
        yield ("happy_call", "link", "look_every"), "must be longer than nothing and at most open_for"
    if rules.after_care is not None and list(rules.after_care.after) != sorted(set(rules.after_care.after)):
        yield ("happy_call", "after_care", "after"), "must grow from one message to the next"
    if rules.form is None:
        return
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    closes = due_of(policy.reopen_window, policy.calendar, start)
    if closes is not None and start + rules.form.delay + rules.form.open_for + timedelta(days=1) > closes:
        yield (
            ("happy_call", "form", "open_for"),
            "must end, with delay and a night before it, inside the reopen_window, or nobody would read it",
        )


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


def _handling(policy: Policy) -> Iterator[Finding]:
    """A skill that nobody has is always a mismatch; one that no rule asks for is a slip of the pen."""
    head = policy.service_head
    if head is not None and not policy.holds(head, Role.DEPARTMENT_HEAD):
        yield ("service_head",), "must be a department_head: somebody who can answer for the figures"
    if policy.figures is not None and (head is None or policy.improvement is None):
        yield ("figures",), "needs service_head, who answers, and improvement, whose reminders it shares"
    for place, person in enumerate(policy.people):
        for index, absence in enumerate(person.absences):
            if absence.to_day is not None and absence.to_day < absence.from_day:
                yield ("people", place, "absences", index, "to_day"), "must not lie before from_day"
    handling = policy.handling
    if handling is None:
        return
    known = {skill for person in policy.people for skill in person.skills}
    asked = {rule.skill for rule in handling.skills}
    if handling.heated is not None:
        asked.add(handling.heated.skill)
        if handling.heated.skill not in known:
            yield ("handling", "heated", "skill"), "nobody among people has this skill"
    if (handling.heated is None) == (policy.target("call_back", "complaint", "normal") is not None):
        yield ("handling", "heated"), "needs the target call_back, which runs only with it: state both"
    for place, rule in enumerate(handling.skills):
        if rule.skill not in known:
            yield ("handling", "skills", place, "skill"), "nobody among people has this skill"
    for place, person in enumerate(policy.people):
        for index, skill in enumerate(person.skills):
            if skill not in asked:
                yield ("people", place, "skills", index), "no rule of handling.skills asks for this skill"
