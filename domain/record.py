"""What every command, fact and event is made of: a frozen record with one canonical text."""

import json
import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

MAX_TEXT = 64 * 1024
"""Longest text taken from anybody, in bytes of UTF-8."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _fits(text: str) -> str:
    """Refuse what no store or payload takes: too much, half a character, or a NUL."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("holds half a character; send whole UTF-8") from None
    if size > MAX_TEXT:
        raise ValueError(f"has {size} bytes; at most {MAX_TEXT} are taken")
    if "\x00" in text:
        raise ValueError("holds a NUL character; leave it out")
    return text


def _one_line(text: str) -> str:
    """Refuse characters that would steer a terminal or break a line."""
    if _CONTROL.search(_fits(text)):
        raise ValueError("holds a control character; leave it out")
    return text


Text = Annotated[str, AfterValidator(_fits)]
"""Words that a person wrote."""

Letter = Annotated[str, StringConstraints(max_length=12 * 1024), AfterValidator(_fits)]
"""Words that go out to a customer: with their template around them they still fit into a `Text`."""

Note = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_fits)]
"""Words that stay in a case's state, many times over."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_one_line)]
"""A short text: a reason, a name, a heading."""

Id = Annotated[
    str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\s:]+$"), AfterValidator(_one_line)
]
"""An identifier: one word without colon."""

Instant = AwareDatetime
"""An aware datetime."""


class Record(BaseModel):
    """Base of everything that is recorded or sent: frozen, tolerant of unknown fields.

    Errors never quote the input, because the input may be personal data.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


AN_OBJECT = "give an object with its fields: {...}"
A_TIME = "write a date with its time and offset, for example 2026-11-23T14:00:00+09:00"
PLAINLY = {
    "missing": "is missing; add it",
    "extra_forbidden": "is no field of this; leave it out, or look whether it is misspelt",
    "model_type": AN_OBJECT,
    "model_attributes_type": AN_OBJECT,
    "dict_type": AN_OBJECT,
    "list_type": "give a list: [...]",
    "tuple_type": "give a list: [...]",
    "datetime_type": A_TIME,
    "datetime_parsing": A_TIME,
    "datetime_from_date_parsing": A_TIME,
    "timezone_aware": A_TIME,
}
"""What to do about a value that cannot be, by pydantic's name for what is wrong with it."""


def plainly(kind: str, said: str) -> str:
    """Return what is wrong with a value and what to do, from pydantic's name and words for it."""
    return PLAINLY.get(kind) or said.removeprefix("Value error, ").replace("Input should be", "must be", 1)


def canonical(record: BaseModel) -> str:
    """Return the one JSON text of a record: keys sorted, no spaces, UTF-8 as it is."""
    return json.dumps(
        record.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def iso(instant: datetime) -> str:
    """Return the text under which an instant is hashed and stored."""
    return instant.isoformat()
