"""Tests that live cases share `tests/domain/lives.py`; its asserts speak as pytest's own."""

import pytest

pytest.register_assert_rewrite("tests.domain.lives")

LONGEST = ("end_to_end", "workflows", "cli", "stack")
"""Folders whose files take longest, the longest first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand out the longest files first, shuffled as the rest is: one that comes last keeps a core idle."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    folder = item.path.parent.name
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)
