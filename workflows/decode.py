"""Reads what people and systems send to a case or a request: commands and nothing else, strictly."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from temporalio.common import RawValue

from domain.case import CaseCommand
from domain.improvement_events import TABLE as IMPROVEMENT_TABLE
from domain.improvement_events import ImprovementCommand
from domain.permission import TABLE
from domain.record import plainly
from domain.refusal import Refused

MAX_BYTES = 256 * 1024
"""A command over this is refused before it is read; the longest text is 64 KB."""

_COMMANDS: TypeAdapter[CaseCommand] = TypeAdapter(CaseCommand)
_IMPROVEMENT_COMMANDS: TypeAdapter[ImprovementCommand] = TypeAdapter(ImprovementCommand)
C = TypeVar("C")


def decode(name: str, args: Sequence[RawValue]) -> CaseCommand:
    """Return the command of that name.

    Raises:
        Refused: naming the field and what is wrong with it; never what was in it.
    """
    if name not in TABLE:
        raise Refused(
            f"there is no command {plain(name, 60)}; see `redress submit --help`", code="unknown-command"
        )
    return command_from(name, _only(args))


def decode_for_improvement(name: str, args: Sequence[RawValue]) -> ImprovementCommand:
    """Return the command of that name to an improvement request.

    Raises:
        Refused: as `decode`.
    """
    return improvement_command_from(name, _only(args))


def _only(args: Sequence[RawValue]) -> dict[str, Any]:
    if len(args) != 1:
        raise Refused("a command takes exactly one argument: a JSON object", code="arguments")
    return _object(args[0].payload.data)


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise Refused(f"the command has {len(data)} bytes; at most {MAX_BYTES} are taken", code="size")
    try:
        value = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused("the command is not JSON in UTF-8", code="json") from None
    if not isinstance(value, dict):
        raise Refused("the command is not a JSON object", code="json")
    return value


def command_from(name: str, fields: dict[str, Any]) -> CaseCommand:
    """Return the command with these fields.

    Raises:
        Refused: as `decode`.
    """
    return _read(_COMMANDS, name, fields)


def improvement_command_from(name: str, fields: dict[str, Any]) -> ImprovementCommand:
    """Return the command to an improvement request with these fields.

    Raises:
        Refused: as `decode`.
    """
    if name not in IMPROVEMENT_TABLE:
        raise Refused(
            f"there is no command {plain(name, 60)} to an improvement request; "
            f"there are {', '.join(IMPROVEMENT_TABLE)}",
            code="unknown-command",
        )
    return _read(_IMPROVEMENT_COMMANDS, name, fields)


def _read(commands: TypeAdapter[C], name: str, fields: dict[str, Any]) -> C:
    if fields.get("kind", name) != name:
        raise Refused(f"kind: says another command than {name}", code="kind")
    if "at" in fields:
        raise Refused("at: is stamped by the engine; give occurred_at for when it happened", code="at")
    try:
        return commands.validate_python(_by_as_object({**fields, "kind": name}), extra="forbid")
    except ValidationError as error:
        raise Refused(in_words(error, name), code="invalid") from None


def _by_as_object(fields: dict[str, Any]) -> dict[str, Any]:
    """Take `role:id` for `by` as well."""
    by = fields.get("by")
    if isinstance(by, str) and ":" in by:
        role, _, person = by.partition(":")
        return {**fields, "by": {"role": role, "id": person}}
    return fields


def in_words(error: ValidationError, name: str) -> str:
    """Say what is wrong, field by field, without what was in the fields."""
    problems = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        path = plain(".".join(str(part) for part in problem["loc"] if part != name), 60)
        problems.append(f"{path or name}: {plainly(problem['type'], problem['msg'])}")
    return "; ".join(problems[:5])


def plain(text: str, limit: int) -> str:
    """Return what a stranger wrote as a line that can be recorded and shown, without control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:limit])


def garbage_digest(args: Sequence[RawValue]) -> tuple[int, str]:
    """Return length and digest of what nobody could read."""
    data = b"".join(arg.payload.data for arg in args)
    return len(data), sha256(data).hexdigest()
