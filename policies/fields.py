"""The form of a policy file: every field known, none missing, each of its kind, told with file and line."""

import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import ValidationError, model_validator

from domain.policy import Policy
from domain.record import plainly
from policies.errors import PolicyError, Problem
from policies.tree import Document, Step

COMPUTED = ("hash", "holidays_from", "wording_hash", "slots")
"""Fields of the snapshot that a file may not give."""

FILE_ONLY = ("wordings", "public_holidays", "country", "subdivision")
"""Fields of a file that the snapshot does not have."""

LENGTH = "must be a length of time such as PT20M, PT24H or P7D"
LENGTHS = (
    "delay",
    "apart",
    "maximum",
    "total",
    "look_every",
    "retry_after",
    "label_for",
    "vague_default",
    "patience",
    "window",
    "measure_over",
    "within",
    "later_than",
)
NO_LENGTH = re.compile(r"-?P[^T]*[YM]")
"""ISO 8601 has months and years as well; they have no one length (clock rule 12)."""

TEXT = "must be text: put it in quotes"
FIELDS = "must consist of fields, each as `name: value`"
LIST = "must be a list"
BUDGET = (
    "must be a budget with its unit: {unit: working_time, minutes: 60}, {unit: plain_time, minutes: 60}, "
    "{unit: business_days, n: 3, form: end_of_day}, {unit: calendar_days, n: 7}, {unit: weeks, n: 8}, "
    "{unit: months, n: 1} or {unit: civil_kr, n: 7, period: days}"
)
RUNG_AT = "must be a share of the budget such as 0.8, or breach, or a budget that runs after the breach"

PLAIN_WORDS = {
    "missing": "is missing",
    "string_type": TEXT,
    "time_delta_type": LENGTH,
    "time_delta_parsing": LENGTH,
    "union_tag_invalid": BUDGET,
    "union_tag_not_found": BUDGET,
    "model_type": FIELDS,
    "model_attributes_type": FIELDS,
    "dict_type": FIELDS,
    "tuple_type": LIST,
    "list_type": LIST,
}


class Draft(Policy):
    """A policy of the right form; whether its names hold is asked after this, with their lines."""

    @model_validator(mode="after")
    def _names_hold(self) -> "Draft":
        return self


def drafted(document: Document, value: dict[str, Any]) -> Draft:
    """Return the policy that a file's value gives.

    Raises:
        PolicyError: Naming every field that is unknown, missing or of the wrong kind.
    """
    given = [
        document.problem((name,), "is computed; leave it out") for name in COMPUTED if name in document.value
    ]
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        message = "holds an alias that contains itself, or a YAML tag; use plain fields, lists and texts"
        raise PolicyError([*given, document.problem((), message)]) from None
    given += [document.problem(path, LENGTH) for path in _months(value)]
    try:
        # Strictness in JSON means: no number for a length of time, no text for a number.
        draft = Draft.model_validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise PolicyError([*given, *problems_of(document, error)]) from None
    if given:
        raise PolicyError(given)
    return draft


def _months(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Find months and years where a length of time belongs."""
    is_length = bool(path) and (path[-1] in LENGTHS or path[0] == "vague_words" or "again_after" in path)
    if isinstance(value, str) and is_length and NO_LENGTH.match(value):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in items:
        yield from _months(each, (*path, step))


def problems_of(document: Document, error: ValidationError, skip: int = 0) -> tuple[Problem, ...]:
    """Return each wrong field once, where several readings of one field failed the deepest.

    Args:
        document: The file.
        error: What pydantic found.
        skip: Leading steps of each location that the file does not have.
    """
    found: dict[str, Problem] = {}
    for each in error.errors(include_input=False, include_url=False):
        path, kind = each["loc"][skip:], each["type"]
        missing = str(path[-1]) if kind == "missing" else ""
        message = _message(str(path[-1]) if path else "", kind, each["msg"])
        problem = document.problem(path[:-1] if missing else path, message, missing=missing)
        if problem.field in found and problem.field.endswith(".at"):
            problem = problem.model_copy(update={"message": RUNG_AT})
        found[problem.field] = problem
    return tuple(each for each in found.values() if not _is_above_another(each, found))


def _is_above_another(problem: Problem, fields: Iterable[str]) -> bool:
    return any(field.startswith(f"{problem.field}.") for field in fields)


def _message(name: str, kind: str, said: str) -> str:
    if kind == "extra_forbidden":
        return _unknown(name)
    plain = PLAIN_WORDS.get(kind)
    return plain or plainly(kind, said)


def _unknown(name: str) -> str:
    near = get_close_matches(name, _known(), n=1)
    return f"is not a field here; did you mean {near[0]}?" if near else "is not a field here; leave it out"


@cache
def _known() -> tuple[str, ...]:
    schema = Policy.model_json_schema()
    parts = (schema, *schema["$defs"].values())
    names = {name for part in parts for name in part.get("properties", ())}
    return tuple(sorted(names.difference(COMPUTED).union(FILE_ONLY)))
