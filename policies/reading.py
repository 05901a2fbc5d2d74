"""Policy files made into snapshots: checked, holidays resolved, content named by its hash."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from activities.wordings import Wordings
from domain.policy import Policy
from domain.record import canonical
from policies import fields, names, public_holidays, sense, speech, tree, wording_files
from policies.errors import PolicyError, Problem
from policies.tree import Document

FOLDER = Path(__file__).parent
WORDINGS = "wordings*.yaml"
MAX_SNAPSHOT = 64 * 1024
"""Longest snapshot in bytes of JSON: it travels in the start input of every case (design section 3)."""

YEARS = 6
"""Years of holidays in a snapshot unless asked otherwise."""


def load(name_or_path: str = "retail-kr", *, year_from: int | None = None, years: int = YEARS) -> Policy:
    """Read a policy and return the snapshot that a case pins.

    An unchanged file is read once; the same file, years and version of `holidays` give the same hash.

    Args:
        name_or_path: A shipped policy's name, or the path of a YAML file.
        year_from: First year with holidays: that of the receipt; without it, last year.
        years: How many years with holidays; beyond them only weekends are closed.

    Raises:
        PolicyError: Naming file, line and field of every problem.
        ValueError: The years make no sense.
    """
    first = datetime.now(UTC).year - 1 if year_from is None else year_from
    if not (1970 <= first < 2400 and 1 <= years <= public_holidays.MAX_YEARS):  # noqa: PLR2004 - a sane range
        raise ValueError(f"give from 1 to {public_holidays.MAX_YEARS} years of holidays, from 1970 on")
    path = path_of(name_or_path)
    return _snapshot(path, _stamps(path), first, years)


def path_of(name_or_path: str) -> Path:
    """Return the file of a shipped policy by name, or the path itself.

    Raises:
        PolicyError: it is neither a shipped name nor looks like a file.
    """
    if name_or_path in resolve_names():
        return FOLDER / f"{name_or_path}.yaml"
    path = Path(name_or_path)
    if not path.suffix and not path.exists():
        names = ", ".join(resolve_names())
        said = f"is no policy; name a file, or one of {names}"
        raise PolicyError([Problem(file=name_or_path, line=1, field="", message=said)])
    return path


def resolve_names() -> tuple[str, ...]:
    """Return the names of the shipped policies, whichever versions they have."""
    return tuple(
        sorted(
            {path.stem for path in FOLDER.glob("*.yaml") if "." not in path.stem}
            - {path.stem for path in _worded(FOLDER)}
        )
    )


def wordings(*folders: Path) -> dict[str, Wordings]:
    """Return every set of wordings by the hash under which policies name it, old ones too.

    Args:
        folders: Where policies lie that are not shipped.
    """
    every = [wording_files.read_wordings(path) for folder in (FOLDER, *folders) for path in _worded(folder)]
    return {wording_files.hash_of(each): each for each in every}


def _worded(folder: Path) -> list[Path]:
    return sorted(folder.glob(WORDINGS))


def _stamps(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when the file, or wordings beside it, change."""
    files = (path, *_worded(path.parent))
    stats = [(file.name, file.stat()) for file in files if file.is_file()]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


@lru_cache(maxsize=64)
def _snapshot(path: Path, _stamps: tuple[tuple[str, int, int], ...], first: int, years: int) -> Policy:
    document = tree.read(path)
    value = {key: each for key, each in document.value.items() if key != "wordings"}
    value |= public_holidays.resolved(document, first, years)
    draft = fields.drafted(document, value)
    found = [*names.undefined(draft), *sense.senseless(draft, first)]
    if found:
        raise PolicyError(document.problem(where, message) for where, message in found)
    wordings = _wordings(document, path)
    pinned = {"wording_hash": wording_files.hash_of(wordings), "slots": wording_files.slots_of(wordings)}
    worded = draft.model_copy(update=pinned)
    unsaid = [*speech.unsaid(worded, wordings)]
    if unsaid:
        raise PolicyError(document.problem(where, message) for where, message in unsaid)
    content = worded.model_dump(mode="json") | {"hash": hash_of(worded)}
    policy = Policy.model_validate_json(json.dumps(content))
    return _checked_size(document, policy)


def hash_of(policy: Policy) -> str:
    """Return the hash that names a snapshot: of its canonical JSON with the field `hash` empty."""
    return sha256(canonical(policy.model_copy(update={"hash": ""})).encode()).hexdigest()


def _wordings(document: Document, path: Path) -> Wordings:
    name = document.value.get("wordings")
    if not isinstance(name, str) or not Path(name).match(WORDINGS) or Path(name).name != name:
        message = f"must name a file beside this one that is called {WORDINGS}"
        raise PolicyError([document.problem(("wordings",), message)])
    return wording_files.read_wordings(path.with_name(name))


def _checked_size(document: Document, policy: Policy) -> Policy:
    size = len(canonical(policy).encode())
    if size > MAX_SNAPSHOT:
        message = (
            f"makes a snapshot of {size} bytes; at most {MAX_SNAPSHOT}: shorten texts, or load fewer years"
        )
        raise PolicyError([document.problem((), message)])
    return policy
