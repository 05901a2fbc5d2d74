"""Reads complaints from files, one row at a time: what each row became, or why it was refused."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from cli import cfpb
from cli.app import in_words
from cli.reading import bounded, json_object
from domain.intake import Opening
from domain.refusal import Refused

LONGEST_FIELD = 16 * 1024 * 1024
"""A field beyond it breaks the reading; a long one below is refused in its row, and the others go in."""

DAY = "YYYY-MM-DD"
INSTANTS = ("received_at", "raised_at", "began_at")


class Format(StrEnum):
    """The formats that can be read."""

    CFPB = "cfpb"
    JSONL = "jsonl"


POLICY_OF = {Format.CFPB: "finance-us", Format.JSONL: "retail-kr"}
"""The policy of a format's rows, unless one is named."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be opened."""

    line: int
    opening: Opening


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot; the reason names the field and never quotes what stood there."""

    line: int
    reason: str


Read = Row | Rejected


def format_of(path: Path) -> Format:
    """Tell the format by the header, else by the file's name.

    Raises:
        Refused: it can be told by neither.
    """
    with _opened(path) as file:
        head = file.readline()
    if cfpb.is_header(next(csv.reader([head]), [])):
        return Format.CFPB
    if path.suffix.lower() in (".jsonl", ".ndjson") or head.lstrip().startswith("{"):
        return Format.JSONL
    raise Refused(
        f"{path}: neither header nor name tells the format; give --format cfpb or jsonl", code="format"
    )


def rows(path: Path, form: Format, zone: ZoneInfo) -> Iterator[Read]:
    """Yield what each row became.

    Args:
        path: the file.
        form: its format.
        zone: where a day begins that has no time.

    Raises:
        Refused: the file cannot be read, or has not the columns of its format.
    """
    return _cfpb(path, zone) if form is Format.CFPB else _jsonl(path, zone)


def _opened(path: Path) -> io.TextIOWrapper:
    try:
        return path.open(encoding="utf-8-sig", errors="replace", newline="")
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}", code="file") from None


def _cfpb(path: Path, zone: ZoneInfo) -> Iterator[Read]:
    csv.field_size_limit(LONGEST_FIELD)
    with _opened(path) as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if not cfpb.is_header(header):
            missing = ", ".join(name for name in cfpb.NEEDED if name not in header)
            raise Refused(f"{path}: has no header of the CFPB format; missing: {missing}", code="header")
        line = reader.line_num + 1
        while True:
            try:
                cells = next(reader, None)
                if cells is None:
                    return
                if any(cell.strip() for cell in cells):
                    yield Row(line, cfpb.opening(_named(header, cells), zone))
            except (Refused, csv.Error) as error:
                yield Rejected(line, str(error))
            except ValidationError as error:
                yield Rejected(line, in_words(error))
            line = reader.line_num + 1


def _named(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(header) != len(cells):
        raise Refused(f"has {len(cells)} cells where the header has {len(header)}", code="cells")
    damaged = next((name for name, cell in zip(header, cells, strict=True) if "\ufffd" in cell), None)
    if damaged is not None:
        raise Refused(f"{damaged}: is not UTF-8 text", code="encoding")
    return dict(zip(header, cells, strict=True))


def _jsonl(path: Path, zone: ZoneInfo) -> Iterator[Read]:
    try:
        lines = path.open("rb")
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}", code="file") from None
    with lines:
        for number, data in enumerate(lines, start=1):
            if not data.strip():
                continue
            try:
                value = json_object(bounded(data, "the line"), "the line")
                yield Row(number, Opening.model_validate(_with_instants(value, zone), extra="forbid"))
            except Refused as refused:
                yield Rejected(number, refused.reason)
            except ValidationError as error:
                yield Rejected(number, in_words(error))


def _with_instants(value: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Complete what has no zone: a day begins at midnight of the policy's zone, a time is local there."""
    given = {name: value[name] for name in INSTANTS if isinstance(value.get(name), str)}
    return {**value, **{name: _instant(name, text, zone) for name, text in given.items()}}


def _instant(name: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        if len(text) == len(DAY):
            return datetime.combine(date.fromisoformat(text), time(), zone)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            f"{name}: is no date or time (ISO 8601, for example 2026-03-09T10:00:00+09:00)", code="invalid"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)
