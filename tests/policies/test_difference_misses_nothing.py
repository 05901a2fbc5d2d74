from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from cli.policy_rules import scope_of
from cli.policy_words import in_words
from policies import load, wordings
from policies.fields import Draft


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if not value or not isinstance(value, dict | list):
        yield path
        return
    for step, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(each, (*path, step))


def fields(whole: dict[str, Any]) -> Iterator[tuple[str | int, ...]]:
    """Return one value of each field of a policy, the last one of each list."""
    every = leaves(whole)
    once = {tuple(step for step in path if isinstance(step, str)): path for path in every}
    return (path for path in once.values() if path[0] not in ("hash", "wording_hash"))


OTHERS: dict[str, Any] = {
    "complaint": "inquiry",
    "inquiry": "compliment",
    "compliment": "inquiry",
    "suggestion": "inquiry",
    "critical": "low",
    "high": "low",
    "normal": "low",
    "low": "critical",
}


LEGAL: tuple[Any, ...] = (
    *(
        "PT7M",
        "2026-11-23",
        "2026-11-23T00:00:00Z",
        "Asia/Tokyo",
        "07:00",
        "23:30",
        "weeks",
        "months",
        "plain_time",
    ),
    *("USD", "KRW", "ko", "en", "own", "law", "agent", "auditor", "breach", "escalate", "park"),
    *("sms", "email", 3, "growth"),
    *(
        "accept",
        "resolve",
        "goodwill",
        "explanation",
        "correction",
        "public",
        "firm",
        "same_time",
        "until",
        "preference",
        "need",
        "week",
        "month",
    ),
    *(
        "shipping",
        "repair_overdue",
        "response",
        "stated",
        "receipt",
        "withdrawal",
        "sent",
        "paid",
        "closes_option",
        "result",
        "upheld",
        "product",
        "delay",
        "contact",
        3,
        "advocate",
        "partner",
        "warm",
        "plain",
        "calm",
        "growth",
        "sms",
        "extras",
        "face_to_face",
        "email",
        "post",
        0.33,
        {"unit": "weeks", "n": 9},
        (11, 12),
    ),
    {"minor": 7, "currency": "KRW"},
    {"reference_months": 7, "clause": "own-goodwill"},
    {"answer_minutes": 7, "courtesy": 6.5},
)
"""Values of every closed list in a policy."""

RATE = {"valid_from": "2026-11-23", "basis_points": 1, "clause": "own-goodwill"}
STANDARD = {"id": "x", "when": "no_same_kind", "owed": ["refund"], "clause": "own-goodwill"}
GUARANTEE = {
    "id": "x",
    "promise": "delivery",
    "pays": {"minor": 7, "currency": "KRW"},
    "clause": "own-goodwill",
    "terms": {},
}
RUNG = {"at": "breach", "actions": ["park"]}


def other(value: Any) -> tuple[Any, ...]:
    """Return other values of the same kind; those that are not legal there are passed over."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int | float):
        return (value + 1, value / 2)
    if isinstance(value, list | dict):
        return (
            ["withdrawal"],
            ["warm"],
            {"ko": "말씀드립니다.", "en": "Words."},
            ["critical"],
            ["upheld"],
            ["suggestion"],
            ["x"],
            [RUNG],
            [RATE],
            [STANDARD],
            [GUARANTEE],
            {"refund": {"en": "y"}},
            ["apology"],
            ["growth"],
            [{"from_day": "2026-11-23"}],
            [{"skill": "x"}],
            {"2026-11-23": []},
            {"x": "y"},
            {"growth": 0.5},
            {"resolve": 0.5},
            ["growth"],
            ["advocate"],
            ["calm"],
            ["sms"],
            {"x": 1},
            {"x": [{"product": "x", "months": 1, "source": "x"}]},
            [{"en": "y"}],
            [{"id": "x", "question": {}, "words": ["x"], "text": {}}],
            {"O1": "y"},
            {"growth": {"procedural": 2}},
        )
    return (OTHERS.get(value, f"{value}x"), f"{value}x", *LEGAL)


OTHERS_IN_FULL = [pytest.param(name, marks=pytest.mark.proof) for name in ("finance-us", "finance-uk")]


@pytest.mark.parametrize("name", ["retail-kr", *OTHERS_IN_FULL])
def test_no_field_can_change_without_a_word(name: str) -> None:
    """Whichever field of a policy changes alone, a sentence changes with it."""
    policy = load(name, year_from=2026, years=1)
    texts = wordings()[policy.wording_hash]
    unseen, before = [], {}
    whole = policy.model_dump(mode="json")
    for path in fields(whole):
        changed = with_another(whole, path)
        assert changed is not None, path
        scope = scope_of(policy, changed)
        if scope not in before:
            before[scope] = in_words(policy, scope, texts)
        if before[scope] == in_words(changed, scope, texts):
            unseen.append(path)
    assert unseen == []


def with_another(whole: dict[str, Any], path: tuple[str | int, ...]) -> Draft | None:
    """Return the policy with another legal value at a place; what was given is left as it was."""
    holder, usual = at(whole, path[:-1]), at(whole, path)
    try:
        for value in other(usual):
            if value == usual:
                continue
            holder[path[-1]] = value
            try:
                return Draft.model_validate(whole)
            except ValidationError:
                continue
    finally:
        holder[path[-1]] = usual
    return None


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value
