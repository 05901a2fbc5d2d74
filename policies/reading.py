"""Policy files made into snapshots: strict fields, holidays resolved, content named by its hash."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import holidays
from pydantic import ValidationError

from activities.wordings import Wordings
from domain.policy import Policy
from domain.record import canonical
from policies import tree
from policies.errors import PolicyError
from policies.tree import Document

FOLDER = Path(__file__).parent
MAX_SNAPSHOT = 64 * 1024
"""Longest snapshot in bytes of JSON: it travels in the start input of every case (design section 3)."""

YEARS = 6
"""Years of holidays in a snapshot unless asked otherwise."""


def path_of(name_or_path: str) -> Path:
    """Return the file of a shipped policy by name, or the path itself."""
    shipped = FOLDER / f"{name_or_path}.yaml"
    return shipped if shipped.is_file() else Path(name_or_path)


def load(name_or_path: str = "retail-kr", *, year_from: int | None = None, years: int = YEARS) -> Policy:
    """Read a policy and return the snapshot that a case pins.

    Args:
        name_or_path: A shipped policy's name, or the path of a YAML file.
        year_from: First year whose holidays the case may meet: that of the receipt; without it, last year.
        years: How many years of holidays.

    Raises:
        PolicyError: Naming file, line and field of every problem.
    """
    path = path_of(name_or_path)
    first = datetime.now(UTC).year - 1 if year_from is None else year_from
    return _snapshot(path, _stamp(path), first, years)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _snapshot(path: Path, _stamp: tuple[int, int], first: int, years: int) -> Policy:
    document = tree.read(path)
    value = dict(document.value)
    value["calendar"], value["holidays_from"] = _resolved(document, first, years)
    value["wording_hash"] = _hash_of_wordings(path.parent / value.pop("wordings", "wordings.yaml"))
    policy = _validated(document, value)
    named = policy.model_copy(update={"hash": sha256(canonical(policy).encode()).hexdigest()})
    size = len(canonical(named).encode())
    if size > MAX_SNAPSHOT:
        message = f"the snapshot has {size} bytes of JSON and may have {MAX_SNAPSHOT}; shorten its texts"
        raise PolicyError([document.problem((), message)])
    return named


def _resolved(document: Document, first: int, years: int) -> tuple[Any, str]:
    """Return the calendar with its public holidays as dates, and where they come from."""
    calendar = document.value.get("calendar")
    asked = calendar.get("public_holidays") if isinstance(calendar, dict) else None
    if not isinstance(calendar, dict) or asked is None:
        return calendar, "none"
    try:
        found = holidays.country_holidays(
            asked["country"], subdiv=asked.get("subdivision"), years=range(first, first + years)
        )
    except (KeyError, TypeError, AttributeError, NotImplementedError):
        message = "write {country: KR}, and a subdivision where the country has them, such as ENG for GB"
        raise PolicyError([document.problem(("calendar", "public_holidays"), message)]) from None
    plain = {key: value for key, value in calendar.items() if key != "public_holidays"}
    plain["holidays"] = sorted({*plain.get("holidays", ()), *(day.isoformat() for day in found)})
    place = "/".join(filter(None, (asked["country"], asked.get("subdivision"))))
    return plain, f"holidays {holidays.__version__}, {place}, {first}-{first + years - 1}"


def _validated(document: Document, value: dict[str, Any]) -> Policy:
    try:
        return Policy.model_validate(value, extra="forbid")
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise PolicyError(document.problem(_path(each["loc"]), each["msg"]) for each in found) from None


def _path(loc: Sequence[int | str]) -> tuple[int | str, ...]:
    return tuple(loc)


def read_wordings(path: Path) -> Wordings:
    """Read one file of wordings.

    Raises:
        PolicyError: Naming file, line and field of every problem.
    """
    document = tree.read(path)
    try:
        return Wordings.model_validate({"texts": document.value})
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise PolicyError(document.problem(each["loc"][1:], each["msg"]) for each in found) from None


def wording_hash(texts: Wordings) -> str:
    """Return the name of a set of wordings: another text is another name, another layout is not."""
    return sha256(canonical(texts).encode()).hexdigest()


def _hash_of_wordings(path: Path) -> str:
    return wording_hash(read_wordings(path))


def wordings() -> dict[str, Wordings]:
    """Return every shipped set of wordings, old ones too, by the hash under which policies name it."""
    every = (read_wordings(path) for path in sorted(FOLDER.glob("wordings*.yaml")))
    return {wording_hash(each): each for each in every}


def resolve_names() -> tuple[str, ...]:
    """Return the names of the shipped policies."""
    return tuple(
        sorted(path.stem for path in FOLDER.glob("*.yaml") if not path.stem.startswith("wordings"))
    )
