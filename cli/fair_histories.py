"""Reads a history that was exported or written by hand, and says line and field of what it cannot take."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cli.app import in_words
from cli.reading import json_value, read_bytes
from domain.case import CaseEvent, evolve, unopened
from domain.fairness_history import Entry
from domain.intake import CaseOpened
from domain.policy import Policy
from domain.record import Instant
from domain.refusal import Refused

_EVENT: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
NEEDED = ("seq", "at", "kind", "by")
DECODER = json.JSONDecoder()
SPACE = re.compile(r"[ \t\n\r]*")
LARGEST = 16 * 1024 * 1024
"""An exported history is longer than anything that one command may bring."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a file, with the line on which it begins."""

    line: int
    entry: Entry


def read_entries(source: str) -> tuple[Told, ...]:
    """Return the history in a file: what `redress history --json` prints, or its list of events alone.

    Raises:
        Refused: naming line and field.
    """
    data = read_bytes(source, at_most=LARGEST)
    value = json_value(data, source)
    events = value.get("events") if isinstance(value, dict) else value
    if not isinstance(events, list):
        raise Refused(f"{source}: events: give a list of events", code="invalid")
    lines = _lines(data.decode("utf-8-sig"))
    told = tuple(_told(f"{source}:{line}", line, each) for line, each in zip(lines, events, strict=True))
    _check_order(source, told)
    return told


def _told(where: str, line: int, value: Any) -> Told:
    """An event with empty fields whose words its kind needs was erased."""
    if not isinstance(value, dict):
        raise Refused(
            f"{where}: must be an event: an object with {', '.join(NEEDED)}, fields", code="invalid"
        )
    missing = [name for name in NEEDED if name not in value]
    if missing:
        raise Refused(f"{where}: {missing[0]}: is missing", code="invalid")
    seq, fields = value["seq"], value.get("fields", {})
    if not isinstance(seq, int) or isinstance(seq, bool) or seq < 1:
        raise Refused(f"{where}: seq: must be a whole number from 1", code="invalid")
    if not isinstance(fields, dict):
        raise Refused(f"{where}: fields: must be an object", code="invalid")
    at, kind = _instant(where, value["at"]), str(value["kind"])
    whole = {**fields, "at": value["at"], "kind": value["kind"], "by": _actor(where, value["by"])}
    return Told(line, Entry(seq=seq, at=at, kind=kind, event=_event(where, whole, erased=not fields)))


def _instant(where: str, given: object) -> datetime:
    try:
        return _INSTANT.validate_python(given)
    except ValidationError:
        raise Refused(f"{where}: at: must be a time with its offset (ISO 8601)", code="invalid") from None


def _actor(where: str, given: object) -> dict[str, str]:
    role, _, person = str(given).partition(":")
    if not person:
        raise Refused(f"{where}: by: must be role:id, for example agent:agent-01", code="invalid")
    return {"role": role, "id": person}


def _event(where: str, whole: dict[str, Any], *, erased: bool) -> CaseEvent | None:
    try:
        return _EVENT.validate_python(whole)
    except ValidationError as error:
        only_missing = all(each["type"] == "missing" for each in error.errors(include_input=False))
        if erased and only_missing:
            return None
        raise Refused(f"{where}: {_own_fields(error, str(whole['kind']))}", code="invalid") from None


def _own_fields(error: ValidationError, kind: str) -> str:
    """Name fields as the file does: without the kind by which the right form was found."""
    return in_words(error).replace(f"{kind}.", "")


def _check_order(source: str, told: tuple[Told, ...]) -> None:
    for before, after in pairwise(told):
        if after.entry.seq <= before.entry.seq:
            raise Refused(f"{source}:{after.line}: seq: must be greater than the one before", code="invalid")
        if after.entry.at < before.entry.at:
            raise Refused(f"{source}:{after.line}: at: lies before the event before", code="invalid")


def check_sense(source: str, told: tuple[Told, ...], policy: Policy) -> None:
    """Refuse a whole history in which an event cannot follow what is before it.

    Raises:
        Refused: naming the line.
    """
    case = unopened("-", policy)
    whole = all(each.entry.event and each.entry.seq == place for place, each in enumerate(told, start=1))
    for each in told if whole else ():
        try:
            case = reduce(evolve, (each.entry.event,) if each.entry.event else (), case)
        except (ValueError, LookupError, StopIteration, TypeError, AttributeError):
            raise Refused(
                f"{source}:{each.line}: kind: {each.entry.kind} cannot follow what is before it",
                code="invalid",
            ) from None


def opening_of(source: str, told: tuple[Told, ...]) -> CaseOpened | None:
    """Return the opening; None where it is missing or erased.

    Raises:
        Refused: the list is empty.
    """
    if not told:
        raise Refused(f"{source}: events: holds no event", code="invalid")
    return next((each.entry.event for each in told if isinstance(each.entry.event, CaseOpened)), None)


def _lines(text: str) -> list[int]:
    """Return the line on which each event begins."""
    place = _list_start(text)
    found: list[int] = []
    while (place := _skip(text, place)) < len(text) and text[place] != "]":
        found.append(text.count("\n", 0, place) + 1)
        place = _skip(text, DECODER.raw_decode(text, place)[1])
        place += text[place] == ","
    return found


def _list_start(text: str) -> int:
    """Return where the list of events begins: at the top, or under the name `events`."""
    place = _skip(text, 0)
    if text[place] == "[":
        return place + 1
    place = _skip(text, place + 1)
    while True:
        name, place = DECODER.raw_decode(text, place)
        place = _skip(text, _skip(text, place) + 1)
        if name == "events":
            return place + 1
        place = _skip(text, DECODER.raw_decode(text, place)[1])
        place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    space = SPACE.match(text, place)
    return space.end() if space else place
