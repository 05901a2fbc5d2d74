"""How commands answer: tables for a person, JSON for a program, and exit codes for a script."""

import json
import re
import sys
from contextvars import ContextVar
from datetime import datetime, tzinfo
from enum import IntEnum
from typing import Annotated, Any

import typer
from pydantic_core import to_jsonable_python
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text


class ExitCode(IntEnum):
    """What a command's exit says."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    UNPROVED = 4


EXIT_CODES = (
    "Exit codes: 0 done; 1 refused (also bad input, closed, not found, a policy error, a port or folder "
    "taken); 2 usage; 3 a service is unreachable or the outcome is unknown; 4 a proof failed."
)

PIPE_WIDTH = 200
"""Columns where the output is no terminal."""

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""A customer's words must not steer a supervisor's terminal."""

SAYS_NOTHING: tuple[object, ...] = (None, "", [], {})

_json: ContextVar[bool] = ContextVar("json", default=False)


def _note(value: bool) -> bool:  # noqa: FBT001 - typer's callback
    """Remember the flag, so that an error is answered in the same form."""
    _json.set(value)
    return value


Json = Annotated[bool, typer.Option("--json", callback=_note, help="Answer in JSON.")]


def forget_form() -> None:
    """Answer a person until `--json` is read."""
    _json.set(False)


def answer(value: object, shown: RenderableType, *, as_json: bool) -> None:
    """Print the value as JSON, or what is shown to a person."""
    if as_json:
        sys.stdout.write(json.dumps(to_jsonable_python(value), ensure_ascii=False, indent=2) + "\n")
    else:
        console().print(shown)


def fail(message: str, *, code: str, exit_code: ExitCode, **more: str) -> None:
    """Say on standard error what went wrong, in one line (or one JSON object)."""
    if _json.get():
        told = {"error": message, "code": code, "exit": int(exit_code), **more}
        sys.stderr.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"{CONTROL.sub('?', message)}\n")


def note(message: str) -> None:
    """Tell a person something beside the answer; programs do not hear it."""
    if not _json.get():
        sys.stderr.write(f"{CONTROL.sub('?', message)}\n")


def console() -> Console:
    """Return where tables go: the terminal as wide as it is, a pipe wide enough."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def plain(value: object) -> Text:
    """Return a value as text without markup and control characters."""
    return Text("-" if value is None else CONTROL.sub("?", str(value)))


def table(title: str, *columns: str) -> Table:
    """Return an empty table in our one style."""
    return Table(
        *columns,
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        header_style="dim",
        pad_edge=False,
    )


def row(into: Table, *cells: object) -> None:
    """Add a row of plain cells."""
    into.add_row(*(plain(cell) for cell in cells))


def when(instant: datetime | None, zone: tzinfo | None = None, exact: str = "seconds") -> str:
    """Return an instant as a person reads it: in the given zone, else in this machine's, with its offset."""
    return "-" if instant is None else instant.astimezone(zone).isoformat(" ", exact)


def words(body: dict[str, Any], *, width: int = 120) -> str:
    """Return a body's fields in one line, cut to a width."""
    text = "  ".join(f"{name}={_brief(value)}" for name, value in body.items() if value not in SAYS_NOTHING)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _brief(value: object) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    return json.dumps(_told(value), ensure_ascii=False, separators=(",", ":"))


def _told(value: object) -> object:
    """Leave out what says nothing."""
    if isinstance(value, dict):
        told = {name: _told(inner) for name, inner in value.items()}
        return {name: inner for name, inner in told.items() if inner not in SAYS_NOTHING}
    return [_told(inner) for inner in value] if isinstance(value, list) else value
