"""What the customer's words suggest about a case: rules of the policy, each with the words that matched."""

import re
from collections import Counter
from functools import lru_cache
from typing import get_args

from domain.assignment import route
from domain.policy import Policy, Severity, TriageRule, VocType
from domain.record import Line, Record
from domain.triage import Classification


class Reason(Record):
    """One rule that matched, and the words of the text that made it."""

    field: Line
    value: Line
    words: tuple[Line, ...]


class Suggestion(Record):
    """What the rules read from a text; a person confirms or corrects it. None: no rule matched.

    Attributes:
        department: whom the routing rules would give a case so classed; `routed` is their reason.
        because: every rule that matched, those that lost included.
    """

    voc_type: VocType | None = None
    product: Line | None = None
    cause: Line | None = None
    severity: Severity | None = None
    emotion: Line | None = None
    safety: bool = False
    department: Line
    routed: Line = "-"
    because: tuple[Reason, ...] = ()


def suggest(policy: Policy, text: str) -> Suggestion:
    """Read a text by the policy's rules.

    Of the values of one field the one whose rules matched the most words counts, each word as much as its
    rule weighs; of equals the one that the policy names first. Rules do not see negations ("not broken"): a
    person decides, which is why every suggestion names its words.
    """
    found = [(rule, words) for rule in policy.triage_rules if (words := _matched(rule, text))]
    best = {field: _best(field, found) for field in ("voc_type", "product", "cause", "severity", "emotion")}
    safety = any(rule.field == "safety" for rule, _ in found)
    severity = "critical" if safety else best["severity"]
    likely = Classification(
        classed=True,
        voc_type=_one_of(VocType, best["voc_type"]) or "complaint",
        product=best["product"],
        cause=best["cause"],
    )
    found_department = route(frozenset(), likely, policy)
    return Suggestion.model_validate(
        {
            **best,
            "severity": severity,
            "safety": safety,
            "department": found_department.department,
            "routed": found_department.reason,
            "because": tuple(
                Reason(field=rule.field, value=rule.value, words=words) for rule, words in found
            ),
        }
    )


def corrections(policy: Policy, text: str, triage: Classification) -> tuple[Line, ...]:
    """Name what somebody decided otherwise than the rules suggest, `department` where that routes elsewhere.

    A text that no rule matches suggests nothing, so nothing is corrected.
    """
    suggested = suggest(policy, text)
    if not suggested.because:
        return ()
    fields = ("voc_type", "product", "cause", "severity", "emotion")
    compared = ((field, getattr(suggested, field), getattr(triage, field)) for field in fields)
    wrong = tuple(field for field, rules, person in compared if rules is not None and rules != person)
    if triage.emotion is None:  # nobody said anything about it
        wrong = tuple(field for field in wrong if field != "emotion")
    if suggested.safety != triage.safety:
        wrong = (*wrong, "safety")
    elsewhere = route(frozenset(), triage, policy).department != suggested.department
    return (*wrong, "department") if elsewhere else wrong


def _one_of(kind: object, value: str | None) -> VocType | None:
    return next((each for each in get_args(kind) if each == value), None)


def _best(field: str, found: list[tuple[TriageRule, tuple[Line, ...]]]) -> str | None:
    scores: Counter[str] = Counter()
    for rule, words in found:
        if rule.field == field:
            scores[rule.value] += rule.weight * len(words)
    return max(scores, key=lambda value: scores[value], default=None)


def _matched(rule: TriageRule, text: str) -> tuple[Line, ...]:
    """Return the rule's words that the text has, each once."""
    return matched(rule.words, text)


def matched(words: tuple[Line, ...], text: str) -> tuple[Line, ...]:
    """Return those of the words that a text has, each once."""
    return tuple(word for word in words if matches(word, text))


def matches(word: str, text: str) -> bool:
    """Say whether a text has a word."""
    return _pattern(word).search(text) is not None


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    """Latin words match whole, Korean ones as stems: endings follow them without a space."""
    escaped = r"\s+".join(re.escape(part) for part in word.split())
    latin = word.isascii()
    return re.compile(rf"\b{escaped}\b" if latin else escaped, re.IGNORECASE)
