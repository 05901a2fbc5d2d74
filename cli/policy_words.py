"""A policy in words, sentence by sentence, so that two policies can be compared by what they mean."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain

from activities.wordings import Wordings
from cli import (
    policy_channels,
    policy_fairness,
    policy_handling,
    policy_improvement,
    policy_offers,
    policy_rules,
    policy_speech,
    policy_treatment,
)
from cli.policy_rules import Scope, Sentence, Subject, length
from domain.budget import AnyBudget
from domain.calendar import WEEKDAYS
from domain.follow_up_rules import AfterCareRules, FormRules, LinkRules, RetentionRules
from domain.policy import BUDGETS, Policy


def in_words(policy: Policy, scope: Scope, wordings: Wordings | None = None) -> dict[Subject, str]:
    """Return what a policy says, by subject.

    Args:
        policy: The snapshot.
        scope: For which causes and products routing is spelled out.
        wordings: The texts that its `wording_hash` names, where they are known.
    """
    return dict(
        chain(
            _plain(policy),
            _calendar(policy),
            _people(policy),
            policy_rules.routing(policy, scope),
            policy_rules.readings(policy),
            policy_handling.handling(policy),
            policy_rules.targets(policy),
            policy_rules.statutory(policy),
            policy_offers.offers(policy),
            policy_treatment.treatment(policy),
            policy_channels.channels(policy),
            _pauses(policy),
            _limits(policy),
            policy_fairness.fairness(policy),
            policy_improvement.improvement(policy),
            _clauses(policy),
            policy_speech.speech(policy),
            _texts(policy, wordings),
        )
    )


def _plain(policy: Policy) -> Iterator[Sentence]:
    for name in ("name", "version", "language", "currency", "fallback_department", "holidays_from"):
        yield Subject(name.replace("_", " ")), getattr(policy, name)
    since = policy.effective_from
    yield Subject("in force from"), since.isoformat() if since is not None else "the beginning"
    for name in ("remedies", "causes", "firm_pays_causes"):
        yield Subject(name.replace("_", " ")), ", ".join(getattr(policy, name))
    for language, text in policy.outside_body.items():
        yield Subject("outside body", language), text
    for name in ("max_offers", "max_rounds", "max_looks", "max_tries", "max_pickups"):
        yield Subject(name.replace("_", " ")), str(getattr(policy, name))


def _calendar(policy: Policy) -> Iterator[Sentence]:
    calendar = policy.calendar
    yield Subject("time zone"), calendar.timezone
    for day in WEEKDAYS:
        yield Subject("open on", day), _hours(calendar.hours.get(day, ()))
    for date in calendar.holidays:
        yield Subject("public holiday", date.isoformat()), "closed"
    for date, hours in calendar.special_days.items():
        yield Subject("special day", date.isoformat()), _hours(hours)


def _hours(hours: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{first}-{last}" for first, last in hours) or "closed"


def _people(policy: Policy) -> Iterator[Sentence]:
    for person in policy.people:
        roles = ", ".join(person.roles)
        yield Subject("person", person.id), f"{roles} in {person.department}" if person.department else roles
    for department in policy.departments:
        names = " / ".join(department.name.values())
        yield Subject("department", department.id), f"{names}; climbs to {', '.join(department.levels)}"


def _pauses(policy: Policy) -> Iterator[Sentence]:
    for reason in policy.pause_reasons:
        by = "; the customer's message ends it" if reason.ended_by_customer else ""
        words = f"at most {span(reason.maximum)} at once, {span(reason.total)} in all{by}"
        yield Subject("pause", reason.id), words
    for stage, factor in policy.resolve_factor.items():
        yield Subject("resolve budget", f"in a product's {stage}"), f"{factor:g} of the usual"
    for word, meant in policy.vague_words.items():
        yield Subject("promised", f'"{word}"'), f"binds for {span(meant)}"
    yield Subject("promised", "any other vague word"), f"binds for {span(policy.vague_default)}"


def _limits(policy: Policy) -> Iterator[Sentence]:
    for role, limit in policy.authority.items():
        yield Subject("may decide up to", role), str(limit)
    for role, totals in policy.authority_totals.items():
        for name, most in totals:
            whole = f"{name} and {policy.authority_period}" if name != "case" else name
            yield Subject(f"may decide in all up to, per {whole}", role), str(most)
    if policy.point_worth is not None:
        yield Subject("a point is worth"), str(policy.point_worth)
    if policy.approval_expires is not None:
        yield Subject("approval expires"), length(policy.approval_expires)
    if policy.ask_further_harm:
        yield Subject("before a proposal"), "the customer is asked for harm beyond the item"
    if policy.gestures is not None:
        yield Subject("a gesture is reported within"), length(policy.gestures)
    for name in BUDGETS:
        yield Subject(name.replace("_", " ")), length(getattr(policy, name))
    for name in ("look_every", "retry_after", "unknown_after", "label_for"):
        yield Subject(name.replace("_", " ")), span(getattr(policy, name))
    for name, value in policy.happy_call:
        yield from _follow_up(name.replace("_", " "), value)


def _follow_up(detail: str, value: object) -> Iterator[Sentence]:
    """Say one part of the follow-up; what has parts of its own is said part by part."""
    if isinstance(value, LinkRules | FormRules | AfterCareRules | RetentionRules):
        for name, each in value:
            yield from _follow_up(f"{detail}: {name.replace('_', ' ')}", each)
        return
    several = value if isinstance(value, tuple) else (value,)
    yield Subject("happy call", detail), ", ".join(_said(each) for each in several)


def _said(value: object) -> str:
    if isinstance(value, timedelta):
        return span(value)
    return length(value) if isinstance(value, AnyBudget) else str(value)


def _clauses(policy: Policy) -> Iterator[Sentence]:
    for clause in policy.clauses:
        yield (
            Subject("clause", clause.id),
            f"{clause.kind}, {clause.source}: {' / '.join(clause.plain.values())}",
        )
        conditions = "; ".join(" / ".join(each.values()) for each in clause.conditions)
        yield Subject("conditions of clause", clause.id), conditions or "none"
    for jargon, plain in policy.plain_words.items():
        yield Subject("said plainly", jargon), plain
    for answer in policy.prepared:
        question, text = (" / ".join(each.values()) for each in (answer.question, answer.text))
        yield Subject("prepared answer", answer.id), f"{question} ({', '.join(answer.words)}): {text}"


def _texts(policy: Policy, wordings: Wordings | None) -> Iterator[Sentence]:
    if wordings is None:
        yield Subject("wordings"), policy.wording_hash
        return
    for template, texts in wordings.texts.items():
        for language, text in texts.items():
            yield Subject(f"notice {template}", language), text.replace("\n", " / ")


def span(time: timedelta) -> str:
    """Return a length of plain time in words."""
    days, rest = divmod(round(time.total_seconds()), 86_400)
    parts = ((days, "day"), (rest // 3600, "hour"), (rest % 3600 // 60, "minute"), (rest % 60, "second"))
    return " ".join(f"{n} {noun}" if n == 1 else f"{n} {noun}s" for n, noun in parts if n) or "no time"
