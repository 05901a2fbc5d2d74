"""SERVQUAL: 22 items in five dimensions, each asked as expected and as perceived (Parasuraman, 1988).

A gap is perception minus expectation. Items worded the other way round are turned on both sides first; an
item without both its answers has no gap, and a dimension without any such item has none: missing is not zero.
"""

from collections.abc import Mapping
from statistics import fmean
from typing import Literal, NamedTuple

Dimension = Literal["tangibles", "reliability", "responsiveness", "assurance", "empathy"]

LOW, HIGH = 1, 7


class Item(NamedTuple):
    """One statement; `turned` where agreeing speaks against the service."""

    id: str
    dimension: Dimension
    turned: bool = False


ITEMS: tuple[Item, ...] = (
    *(Item(f"t{number}", "tangibles") for number in range(1, 5)),
    *(Item(f"r{number}", "reliability") for number in range(1, 6)),
    *(Item(f"s{number}", "responsiveness", turned=True) for number in range(1, 5)),
    *(Item(f"a{number}", "assurance") for number in range(1, 5)),
    *(Item(f"e{number}", "empathy", turned=True) for number in range(1, 6)),
)
"""Responsiveness and empathy are worded negatively, as in the form of 1988; the wordings hold the texts."""

DIMENSIONS: tuple[Dimension, ...] = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


def items_for(*, tangibles: bool) -> tuple[Item, ...]:
    """Return the items of a form; a channel without facilities is not asked about any."""
    return tuple(item for item in ITEMS if tangibles or item.dimension != "tangibles")


def expected(item: str) -> str:
    """Return the name under which the expectation of an item is answered."""
    return f"expected_{item}"


def perceived(item: str) -> str:
    """Return the name under which the perception of an item is answered."""
    return f"perceived_{item}"


def gap_of(item: Item, answers: Mapping[str, int]) -> int | None:
    """Return perception minus expectation; None where either is missing or off the scale."""
    wished, felt = answers.get(expected(item.id)), answers.get(perceived(item.id))
    if wished is None or felt is None or not (LOW <= wished <= HIGH and LOW <= felt <= HIGH):
        return None
    return wished - felt if item.turned else felt - wished


def gaps(answers: Mapping[str, int]) -> dict[Dimension, float | None]:
    """Return the mean gap of each dimension, from -6 to 6; None where no item has both its answers."""
    found: dict[Dimension, list[int]] = {dimension: [] for dimension in DIMENSIONS}
    for item in ITEMS:
        gap = gap_of(item, answers)
        if gap is not None:
            found[item.dimension].append(gap)
    return {dimension: fmean(each) if each else None for dimension, each in found.items()}
