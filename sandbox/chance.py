"""Luck that repeats: every draw is a digest of the seed and of what it is drawn for."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def draw(*about: object) -> float:
    """Return a number in [0, 1) that is always the same for the same things."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in about).encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def pick(choices: Sequence[T], *about: object) -> T:
    """Return one of the choices, always the same for the same things."""
    return choices[int(draw(*about) * len(choices))]


def between(low: int, high: int, *about: object) -> int:
    """Return a whole number from low to high, both included."""
    return low + int(draw(*about) * (high - low + 1))


def mark(*about: object) -> str:
    """Return twelve hexadecimal digits that stand for these things and do not tell them."""
    return hashlib.sha256("\x1f".join(str(part) for part in about).encode()).hexdigest()[:12]
