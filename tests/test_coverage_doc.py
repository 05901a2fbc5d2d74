"""docs/coverage.md: a row for every item, and nothing in it that does not exist."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ITEMS = 160
STATES = re.compile(r"works|partly \(.+\)|not yet")
NAME = re.compile(r"`([^`]+)`")


def rows() -> list[tuple[str, ...]]:
    """Return the cells of every row that begins with a number."""
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| *(\d+ .*)\|$", text, re.MULTILINE)
    return [tuple(cell.strip() for cell in line.split("|")) for line in lines]


ROWS = rows()
"""Number, Korean name, state, modules, tests."""


def test_every_item_has_one_row_in_order() -> None:
    assert [int(row[0]) for row in ROWS] == [*range(1, ITEMS + 1)]
    assert {len(row) for row in ROWS} == {5}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_is_honest(row: tuple[str, ...]) -> None:
    _, korean, state, modules, tests = row
    assert re.search("[가-힣A-Z]", korean)
    assert STATES.fullmatch(state)
    for name in NAME.findall(modules):
        assert (ROOT / name).exists(), name
    for name in NAME.findall(tests):
        path, _, test = name.partition("::")
        assert re.search(rf"def {test}\b", (ROOT / path).read_text(encoding="utf-8")), name
    if state == "works":
        assert NAME.search(modules), "what works lies somewhere"
        assert NAME.search(tests) or modules.startswith("`docs/"), "what works is proved, or is a document"


def test_the_summary_counts_the_rows() -> None:
    counted = Counter(row[2].partition(" (")[0] for row in ROWS)
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    told = re.search(r"(\d+) work, (\d+) partly, (\d+) not yet", text)
    assert told is not None
    assert tuple(map(int, told.groups())) == (counted["works"], counted["partly"], counted["not yet"])


def test_every_gaming_attempt_of_the_guide_is_tried() -> None:
    text = (ROOT / "docs" / "fairness.md").read_text(encoding="utf-8")
    _, _, games = text.partition("## Gaming, tried and caught")
    acts = (ROOT / "tests" / "cli" / "test_forbidden_acts.py").read_text(encoding="utf-8")
    tried = [name for name in NAME.findall(games) if "::" in name]
    assert len(tried) > len(games.splitlines()) // 2
    for name in tried:
        path, _, test = name.partition("::")
        assert re.search(rf"def {test}\b", (ROOT / path).read_text(encoding="utf-8")), name
    for act in re.findall(r'"([^"]+)"', games):
        assert f'"{act}": ' in acts, act
