"""Versions of a policy, each a file with the instant from which it is in force (R73).

`retail-kr.yaml` may have further versions beside it, `retail-kr.2027.yaml` and so on. Whoever opens a case
names the policy; which version counts is decided by the time of the opening, for every branch alike.
"""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from policies import tree
from policies.errors import PolicyError, Problem
from policies.reading import path_of
from policies.tree import Document

FIELD = "effective_from"
ALWAYS = datetime.min.replace(tzinfo=UTC)
"""From when a version holds that does not say it: there was none before it."""


def in_force(name_or_path: str, at: datetime) -> Path:
    """Return the file of the version that is in force at an instant.

    Raises:
        PolicyError: A version does not say from when it holds, or none holds yet.
    """
    path = path_of(name_or_path)
    since = {file: _unchanged(file, *_stamp(file)) for file in _versions(path)}
    begun = {file: instant for file, instant in since.items() if instant <= at}
    if not begun:
        first = min(since.values())
        raise PolicyError(
            [Problem(file=str(path), line=1, field=FIELD, message=f"is not in force before {first}")]
        )
    return max(begun, key=lambda file: begun[file])


def _versions(path: Path) -> list[Path]:
    """Return the files of a policy: itself, and those beside it that are called after it."""
    first = path.with_name(f"{path.stem.partition('.')[0]}{path.suffix}")
    files = dict.fromkeys((*([first] if first.is_file() else []), path))
    files |= dict.fromkeys(sorted(path.parent.glob(f"{first.stem}.*{path.suffix}")))
    return [*files]


def _stamp(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:  # whoever reads it says what is wrong
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=64)
def _unchanged(file: Path, _changed: int, _size: int) -> datetime:
    """Return from when a file holds; it is read once while it stays as it is.

    Every opening asks, and a listener with every look at the time.
    """
    return _since(tree.read(file))


def _since(document: Document) -> datetime:
    given = document.value.get(FIELD)
    if given is None:
        return ALWAYS
    try:
        found = datetime.fromisoformat(str(given))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        message = "must be an instant with its offset, such as 2027-01-01T00:00:00+09:00"
        raise PolicyError([document.problem((FIELD,), message)])
    return found


def unpublishable(path: Path) -> list[Problem]:
    """Return what is wrong between the versions of a policy; none where each moment has exactly one."""
    try:
        documents = {file: tree.read(file) for file in _versions(path)}
        since = {file: _since(document) for file, document in documents.items()}
    except PolicyError as error:
        return [*error.problems]
    own, others = documents[path], [file for file in documents if file != path]
    found = []
    if "." in path.stem and FIELD not in own.value:
        found.append(own.problem((), "is missing: a further version says from when it holds", missing=FIELD))
    for other in others:
        if since[other] == since[path]:
            found.append(own.problem((FIELD,), f"is that of {other.name} as well; one of them holds"))
        if documents[other].value.get("version") == own.value.get("version"):
            found.append(own.problem(("version",), f"is that of {other.name} as well; name another"))
        if documents[other].value.get("name") != own.value.get("name"):
            found.append(own.problem(("name",), f"is another than in {other.name}; versions share theirs"))
    return found
