"""What the customer's words suggest about a case: rules of the policy, each with the words that matched."""

import re
from collections import Counter
from functools import lru_cache
from typing import Any, get_args

from domain.assignment import route
from domain.intake import Opening
from domain.policy import Policy, Severity, SureReading, TriageRule, VocType
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


class Reading(Record):
    """What is read surely enough to route a report of a failure before a person has classed it."""

    cause: Line | None = None
    product: Line | None = None
    severity: Severity = "normal"
    safety: bool = False


def read_surely(policy: Policy, opening: Opening) -> Reading | None:
    """Read a report of a failure; None where a person has to class it (R106).

    Three things have to be sure: that it is a complaint (its channel says so, or its words do, or they name
    a cause of ours and nothing else), that its words weigh enough together, and that a routing rule of the
    cause or of the product answers for it. What would put it on the customer is never read surely: a second
    person sees the evidence first (R21).
    """
    sure = policy.handling.sure if policy.handling else None
    if sure is None or opening.voc_type not in (None, "complaint"):
        return None
    found = [(rule, words) for rule in policy.triage_rules if (words := _matched(rule, opening.text))]
    cause = _leads(_scores("cause", found), sure)
    types, causes = _scores("voc_type", found), _scores("cause", found)
    of_words = _leads(types, sure) if types else ("complaint" if cause in policy.firm_pays_causes else None)
    if "complaint" not in (opening.voc_type, of_words):
        return None
    weight = types["complaint"] + (causes[cause] if cause else 0)
    if opening.voc_type is None and weight < sure.least:
        return None
    likely = Classification(classed=True, voc_type="complaint", product=opening.product, cause=cause)
    blamed = policy.spoken is not None and cause in policy.spoken.blaming_causes
    if blamed or not route((), likely, policy).rule:
        return None
    severity: Severity = _one_of(Severity, _best("severity", found)) or "normal"
    safety = any(rule.field == "safety" for rule, _ in found)
    return Reading(cause=cause, product=opening.product, severity=severity, safety=safety)


def _leads(scores: Counter[str], sure: SureReading) -> str | None:
    """Return the reading that outweighs the next one by enough."""
    ranked = scores.most_common()
    behind = ranked[1][1] if len(ranked) > 1 else 0
    return ranked[0][0] if ranked and ranked[0][1] - behind >= sure.lead else None


def _one_of(kind: object, value: str | None) -> Any:
    return next((each for each in get_args(kind) if each == value), None)


def _best(field: str, found: list[tuple[TriageRule, tuple[Line, ...]]]) -> str | None:
    scores = _scores(field, found)
    return max(scores, key=lambda value: scores[value], default=None)


def _scores(field: str, found: list[tuple[TriageRule, tuple[Line, ...]]]) -> Counter[str]:
    scores: Counter[str] = Counter()
    for rule, words in found:
        if rule.field == field:
            scores[rule.value] += rule.weight * len(words)
    return scores


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


def speaks_of(word: str, text: str) -> bool:
    """Say whether a text that we write has a word; Korean endings may follow a Latin one as well."""
    return _of_ours(word).search(text) is not None


@lru_cache(maxsize=4096)
def _of_ours(word: str) -> re.Pattern[str]:
    escaped = r"\s+".join(re.escape(part) for part in word.split())
    whole = rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])" if word.isascii() else escaped
    return re.compile(whole, re.IGNORECASE)
