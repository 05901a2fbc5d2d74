"""Every command that a case takes, its fields and who may give it, read off the domain."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rich.console import Group
from rich.text import Text

from cli.output import row, table
from domain.actor import Role
from domain.case import CaseCommand
from domain.improvement_events import TABLE as TABLE_OF_REQUESTS
from domain.improvement_events import ImprovementCommand
from domain.message import Command
from domain.permission import TABLE
from domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a command."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One command."""

    command: str
    does: str
    fields: tuple[Field, ...]
    roles: tuple[str, ...]
    stages: tuple[str, ...]


def catalogue() -> tuple[Entry, ...]:
    """Return every command in the order of a case's life, then those of improvement requests."""
    models = {
        model.model_fields["kind"].default: model
        for model in (*_members(CaseCommand), *_members(ImprovementCommand))
    }
    of_cases = ((name, permit.roles, permit.stages) for name, permit in TABLE.items())
    of_requests = ((name, *permit) for name, permit in TABLE_OF_REQUESTS.items())
    return tuple(
        _entry(models[name], name, roles, stages) for name, roles, stages in (*of_cases, *of_requests)
    )


def entry(name: str) -> Entry:
    """Return one command.

    Raises:
        Refused: there is no such command.
    """
    found = next((each for each in catalogue() if each.command == name), None)
    if found is None:
        raise Refused(
            f"there is no command {name[:60]}; `redress commands` lists all", code="unknown-command"
        )
    return found


def _members(union: Any) -> tuple[type[BaseModel], ...]:
    bare = get_args(union)[0] if get_origin(union) is Annotated else union
    return get_args(bare)


def _entry(model: type[BaseModel], name: str, roles: tuple[Role, ...], stages: tuple[str, ...]) -> Entry:
    own = {
        key: field for key, field in model.model_fields.items() if key not in {*Command.model_fields, "kind"}
    }
    return Entry(
        command=name,
        does=(model.__doc__ or "").strip().splitlines()[0],
        fields=tuple(Field(key, _type(field.annotation), field.is_required()) for key, field in own.items()),
        roles=tuple(roles),
        stages=tuple(stages),
    )


def _type(annotation: Any) -> str:
    """Say in words what a field takes."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(inner[0])
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_type(each) for each in inner if each is not NoneType))
    if origin is Literal:
        return " | ".join(str(each) for each in inner)
    if origin is tuple:
        return f"[{_type(inner[0])}, …]"
    if origin is dict:
        return f"{{{_type(inner[0])}: {_type(inner[1])}}}"
    return _plain_type(annotation)


def _plain_type(annotation: Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"{{{', '.join(_field(name, field) for name, field in annotation.model_fields.items())}}}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " | ".join(each.value for each in annotation)
    names: dict[Any, str] = {
        str: "text",
        int: "whole number",
        bool: "true | false",
        datetime: "time with offset",
    }
    return names.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _field(name: str, field: FieldInfo) -> str:
    mark = "" if field.is_required() else "?"
    return f"{name}{mark}: {_type(field.annotation)}"


def overview(entries: tuple[Entry, ...]) -> Group:
    """Return a table of commands: what they do, their fields (`?` may be left out), and who may give them."""
    shown = table(
        "Commands of a case and of an improvement request", "command", "what it does", "fields", "who"
    )
    for each in entries:
        fields = ", ".join(f"{field.name}{'' if field.required else '?'}" for field in each.fields)
        row(shown, each.command, each.does, fields or "-", ", ".join(each.roles))
    return Group(shown, Text("`redress commands NAME` shows the types of its fields and the stages.", "dim"))


def detail(found: Entry) -> Group:
    """Return one command in full."""
    fields = table(f"{found.command}: {found.does}", "field", "takes", "")
    for each in found.fields:
        row(fields, each.name, each.type, "" if each.required else "may be left out")
    who = f"given by: {', '.join(found.roles)}\nwhile the case or request is: {', '.join(found.stages)}"
    return Group(fields, Text(who))


def names() -> str:
    """Return the names of all commands, for a help text."""
    return ", ".join((*TABLE, *TABLE_OF_REQUESTS))
