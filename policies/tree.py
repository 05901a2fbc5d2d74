"""YAML read strictly, with the line of every field, so that a problem can say where it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from policies.errors import PolicyError, Problem

Step = str | int
"""One step into a document: a key, or a place in a list."""

PLAIN = (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]+", "-0123456789"),
    ("null", r"null|~|", "n~"),
)

if TYPE_CHECKING:
    _Fastest = yaml.SafeLoader
else:  # ten times as fast, where PyYAML was built with libyaml
    _Fastest = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):
    """YAML in which all but numbers, true, false and null is text: the default reads 18:00 as 1080."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own


for _tag, _pattern, _first in PLAIN:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), [*_first, ""]
    )


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its plain value, and the nodes that know their lines."""

    file: str
    value: dict[str, Any]
    root: yaml.MappingNode

    def problem(self, path: Sequence[Step], message: str, *, missing: str = "") -> Problem:
        """Return a problem at the deepest part of a path that the file has.

        Args:
            path: Steps from the top; steps that the file does not have are passed over.
            message: What is wrong.
            missing: A field that should stand there and does not.
        """
        node: yaml.Node = self.root
        line, field = 1, ""
        for step in path:
            found = _child(node, step)
            if found is not None:
                node, line = found
                field = _joined(field, step)
        if missing:
            field = _joined(field, missing)
        return Problem(file=self.file, line=line, field=field, message=message)


def _child(node: yaml.Node, step: Step) -> tuple[yaml.Node, int] | None:
    """Return what a step leads to, and its line; a step that a validator made up leads nowhere."""
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


def read(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        PolicyError: The file cannot be read, is not YAML, or writes a key twice.
    """
    root, value = _composed(path)
    if not isinstance(root, yaml.MappingNode):
        raise PolicyError([_of_file(path, 1, "must consist of fields, each as `name: value`")])
    document = Document(file=str(path), value=value, root=root)
    repeated = tuple(_repeated(path, root))
    if repeated:
        raise PolicyError(repeated)
    return document


def _composed(path: Path) -> tuple[yaml.Node | None, Any]:
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    except OSError as error:
        raise PolicyError([_of_file(path, 1, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise PolicyError([_of_file(path, 1, "cannot be read: it is not UTF-8 text")]) from None
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise PolicyError([_of_file(path, line, f"is not YAML: {error.problem}")]) from None
    except yaml.YAMLError as error:
        raise PolicyError([_of_file(path, 1, f"is not YAML: {error}")]) from None


def _of_file(path: Path, line: int, message: str) -> Problem:
    return Problem(file=str(path), line=line, field="", message=message)


def _repeated(path: Path, root: yaml.Node) -> Iterator[Problem]:
    """YAML keeps the last of two equal keys without a word; here the second is a problem."""
    for node in _nodes(root, set()):
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.value in seen:
                message = "is written twice; keep one of them"
                line = key.start_mark.line + 1
                yield Problem(file=str(path), line=line, field=str(key.value), message=message)
            seen.add(str(key.value))


def _nodes(node: yaml.Node, seen: set[int]) -> Iterator[yaml.Node]:
    """Return every node once: an alias leads to one that is known, or even back to where it stands."""
    if id(node) in seen:
        return
    seen.add(id(node))
    yield node
    for each in node.value if isinstance(node, yaml.CollectionNode) else ():
        for child in each if isinstance(each, tuple) else (each,):
            yield from _nodes(child, seen)
