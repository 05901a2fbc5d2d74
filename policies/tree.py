"""YAML read strictly, with the line of every field, so that a problem can say where it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from policies.errors import PolicyError, Problem

Step = str | int
"""One step into a document: a key or a place in a list."""

MERGE = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """YAML in which only numbers, true, false and null are not text.

    The full YAML 1.1 would read 18:00 as 1080 and a date as no text.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]+", "-0123456789"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first)
    )


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its plain value, and the nodes that know their lines."""

    file: str
    value: Any
    root: yaml.Node

    def problem(self, path: Sequence[Step], message: str) -> Problem:
        """Return a problem at the deepest part of a path that the file has, and name the field."""
        node, field = self.root, ""
        line = node.start_mark.line + 1
        for place, step in enumerate(path):
            found = _child(node, step)
            if found is None:
                if place == len(path) - 1 and isinstance(node, yaml.MappingNode):
                    field = _joined(field, step)
                continue
            node, line = found
            field = _joined(field, step)
        return Problem(file=self.file, line=line, field=field, message=message)


def _child(node: yaml.Node, step: Step) -> tuple[yaml.Node, int] | None:
    """Return what a step leads to, and its line; a step that pydantic made up leads nowhere."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item.start_mark.line + 1
    return None


def _joined(field: str, step: Step) -> str:
    if isinstance(step, int):
        return f"{field}[{step}]"
    return f"{field}.{step}" if field else step


def read(path: Path, name: str | None = None) -> Document:
    """Read a YAML file.

    Raises:
        PolicyError: The file cannot be read, is not YAML, or writes a key twice.
    """
    file = name or str(path)
    try:
        text = path.read_text(encoding="utf-8")
        loader = _Loader(text)
        root = loader.get_single_node()
        value = None if root is None else loader.construct_document(root)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise PolicyError([Problem(file=file, line=1, field="", message=f"cannot be read: {why}")]) from None
    except yaml.YAMLError as error:
        raise PolicyError([_not_yaml(file, error)]) from None
    if not isinstance(root, yaml.MappingNode):
        raise PolicyError([Problem(file=file, line=1, field="", message="must be a list of `field: value`")])
    document = Document(file=file, value=value, root=root)
    repeated = [document_problem for document_problem in _repeated(document, root)]
    if repeated:
        raise PolicyError(repeated)
    return document


def _not_yaml(file: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = 1 if mark is None else mark.line + 1
    return Problem(file=file, line=line, field="", message=f"is not YAML: {getattr(error, 'problem', error)}")


def _repeated(document: Document, node: yaml.Node) -> Iterator[Problem]:
    """YAML keeps the last of two equal keys without a word; here it is an error."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(document, item)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield Problem(
                    file=document.file,
                    line=key.start_mark.line + 1,
                    field=key.value,
                    message="is written twice; keep one of them",
                )
            seen.add(key.value)
            yield from _repeated(document, value)
