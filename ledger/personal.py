"""Searches the places that must be free of personal data for given personal values."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from ledger.stream import StoredCase

SHORT = 4
"""Values shorter than this count as whole words only: "Al" is in "portal" without being anybody."""

PHONE_DIGITS = 7
"""From so many digits on, a value without letters is sought in any grouping of its digits."""

GROUPING = r"[\s().+-]*"


def places_of(case: StoredCase, values: Collection[str]) -> Iterator[str]:
    """Yield the name of each searched place in which one of the values stands."""
    patterns = [pattern_of(value) for value in sorted(values) if value.strip()]
    for place, text in _places(case):
        if any(pattern.search(text) for pattern in patterns):
            yield place


def pattern_of(value: str) -> re.Pattern[str]:
    """Return what finds a personal value: in any case, a phone number also with other separators."""
    text = value.strip()
    digits = re.sub(r"\D", "", text)
    if len(digits) >= PHONE_DIGITS and re.fullmatch(r"[\d\s().+/-]+", text):
        return re.compile(rf"(?<!\d){GROUPING.join(digits)}(?!\d)")
    if len(text) < SHORT:
        return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)
    return re.compile(re.escape(text), re.IGNORECASE)


def _places(case: StoredCase) -> Iterator[tuple[str, str]]:
    yield "the case id", case.case_id
    for event in case.events:
        yield f"`by` of event {event.seq}", event.by
        yield f"`kind` of event {event.seq}", event.kind
    if case.row is not None:
        for name, value in json.loads(case.row.row).items():
            for text in _texts(value):
                yield f"{name} of the read model", text


def _texts(value: Any) -> Iterator[str]:
    """Yield every leaf as text (not the JSON itself: its escapes would hide a quoted value)."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)
