"""What is left of an event once its words were erased: who, what, when, how much, and under which clause.

Words of people, names, telephone numbers and addresses go; everything that the case counts with stays, so
that a case with erased words folds to the same line as before. A plan and a policy stay whole: their hash was
approved, or pinned.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from domain.actor import REDRESS
from domain.contact import TargetsResumed
from domain.effect_requests import Contact
from domain.message import Event
from domain.pauses import Pause
from domain.plan import Plan
from domain.policy import Policy
from domain.record import Letter, Note, Record, Text
from domain.saga_events import SagaParked

MARK = "[erased]"
"""Stands where words stood."""

OF_PEOPLE = (Text, Note, Letter)
"""Types of what people wrote at length."""

SHORT = frozenset({"reason", "note", "told", "proof", "why_otherwise"})
"""Short texts that are words of a person where a person gave them; the engine gives them by codes."""

PERSONAL = frozenset({"name", "phone", "email"})
"""How a customer is called and reached; the id stays, which says nothing by itself."""

CODED = (Pause, TargetsResumed, SagaParked)
"""Records whose reason is a word of the policy, or of the engine, and not anybody's."""

WHOLE = (Plan, Policy)

R = TypeVar("R", bound=Record)


def rest_of(event: R) -> R:
    """Return an event without its words."""
    return _without(event, by_person=isinstance(event, Event) and event.by != REDRESS)


def _without(record: R, *, by_person: bool) -> R:
    wordy = _wordy(type(record)) | (SHORT if by_person else frozenset())
    if isinstance(record, Contact):
        wordy = PERSONAL
    if isinstance(record, CODED):
        wordy = frozenset()
    fields = ((name, getattr(record, name)) for name in type(record).model_fields)
    left = {name: _masked(value, wordy=name in wordy, by_person=by_person) for name, value in fields}
    return record.model_copy(update=left)


def _masked(value: Any, *, wordy: bool, by_person: bool) -> Any:
    match value:
        case str():
            return MARK if wordy and value else value
        case Record():
            return value if isinstance(value, WHOLE) else _without(value, by_person=by_person)
        case tuple() | list():
            return type(value)(_masked(each, wordy=wordy, by_person=by_person) for each in value)
        case Mapping():
            return {name: _masked(each, wordy=wordy, by_person=by_person) for name, each in value.items()}
        case _:
            return value


@cache
def _wordy(kind: type[Record]) -> frozenset[str]:
    """Return the names of the fields that hold words."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name in kind.model_fields if _holds_words(hints[name]))


def _holds_words(shape: Any) -> bool:
    return shape in OF_PEOPLE or any(_holds_words(inner) for inner in get_args(shape))
