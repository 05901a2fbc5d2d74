"""The limits of fair treatment in words, for the comparison of two policies."""

from collections.abc import Iterator
from datetime import timedelta

from cli.policy_rules import Sentence, Subject
from domain.policy import Policy
from domain.record import Record


def fairness(policy: Policy) -> Iterator[Sentence]:
    """Say each limit, name by name."""
    for name, value in policy.fairness:
        heading = name.replace("_", " ")
        if isinstance(value, dict):
            for key, each in value.items():
                yield Subject(f"fairness: {heading}", key), _words(each)
        else:
            yield Subject("fairness", heading), _words(value)


def _words(value: object) -> str:
    if isinstance(value, Record):
        return ", ".join(f"{name} {each}" for name, each in value)
    if isinstance(value, tuple):
        return "; ".join(_words(each) for each in value) if _records(value) else ", ".join(map(str, value))
    return f"{value.total_seconds() / 60:g} minutes" if isinstance(value, timedelta) else str(value)


def _records(value: tuple[object, ...]) -> bool:
    return any(isinstance(each, Record) for each in value)
