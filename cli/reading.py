"""Reads what people and programs hand in: bounded before it is parsed, strict about every name."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cli.app import in_words
from domain.intake import Opening
from domain.record import MAX_TEXT
from domain.refusal import Refused
from workflows.decode import MAX_BYTES


def read_bytes(source: str, at_most: int = MAX_BYTES) -> bytes:
    """Return a file's content, `-` being standard input; no more of it than may be taken is read.

    Raises:
        Refused: it cannot be read, or is too long.
    """
    try:
        if source == "-":
            data = sys.stdin.buffer.read(at_most + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(at_most + 1)
    except OSError as error:
        raise Refused(f"{source}: cannot be read: {error.strerror}", code="file") from None
    return bounded(data, source, at_most)


def bounded(data: bytes, source: str, at_most: int = MAX_BYTES) -> bytes:
    """Refuse what is too long to be parsed."""
    if len(data) > at_most:
        raise Refused(f"{source}: is longer than {at_most // 1024} KB; nothing was stored", code="size")
    return data


def json_object(data: bytes, source: str) -> dict[str, Any]:
    """Return the JSON object.

    Raises:
        Refused: it is none, a name stands twice, or a text is too long.
    """
    value = json_value(data, source)
    if not isinstance(value, dict):
        raise Refused(f"{source}: must be one JSON object", code="json")
    return value


def json_value(data: bytes, source: str) -> Any:
    """Return what the JSON says, whatever it is.

    Raises:
        Refused: it is no JSON, a name stands twice, or a text is too long.
    """
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Refused(f"{source}: is not UTF-8 text", code="json") from None
    except json.JSONDecodeError as error:
        raise Refused(
            f"{source}: is not JSON: {error.msg} in line {error.lineno}, column {error.colno}", code="json"
        ) from None
    except (ValueError, RecursionError):
        raise Refused(f"{source}: is not JSON that can be read", code="json") from None
    for path, text in _texts(value, ""):
        _check_text(path, text)
    return value


def opening_from(data: bytes, source: str) -> Opening:
    """Return the opening that a channel hands in.

    Raises:
        Refused: naming each field that is wrong or unknown; never what was in it.
    """
    value = json_object(data, source)
    try:
        return Opening.model_validate(value, extra="forbid")
    except ValidationError as error:
        raise Refused(in_words(error), code="invalid") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: JSON would keep the last without a word."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Refused(f"{name[:60]}: stands twice", code="json")
        found[name] = value
    return found


def _no_number(name: str) -> None:
    raise Refused(f"{name} is no number in JSON", code="json")


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{place}]")


def _check_text(path: str, text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Refused(f"{path}: holds half a character (a lone surrogate)", code="invalid") from None
    if "\0" in text:
        raise Refused(f"{path}: holds a NUL character, which no database takes", code="invalid")
    if size > MAX_TEXT:
        raise Refused(f"{path}: has {size} bytes of UTF-8; at most {MAX_TEXT} are taken", code="size")
