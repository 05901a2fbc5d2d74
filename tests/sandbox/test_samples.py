"""The hand-written Korean voices: every channel, kind and department is among them."""

from collections import Counter
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import sandbox
from cli.rows import Format, Row, rows
from domain.intake import KNOWN_SOURCES, Opening
from domain.row import CaseRow
from tests.sandbox.test_people import RETAIL, Play

KOREAN = Path(sandbox.__file__).parent / "samples" / "korean.jsonl"


def voices() -> list[Opening]:
    """Read them as `redress simulate` does."""
    read = list(rows(KOREAN, Format.JSONL, ZoneInfo("Asia/Seoul")))
    return [each.opening for each in read if isinstance(each, Row)]


@cache
def registered() -> tuple[CaseRow, ...]:
    """Let played staff read each voice, until some department has it."""
    plays = [Play(each) for each in voices()]
    for play in plays:
        play.until(lambda case: case.assignment.department is not None)
    return tuple(play.scene.view.row for play in plays)


def test_there_are_enough_of_them_and_no_two_say_the_same() -> None:
    said = [each.text for each in voices()]
    assert len(said) == len(set(said)) == len(KOREAN.read_text(encoding="utf-8").splitlines()) >= 60


def test_they_come_by_every_channel_and_in_korean() -> None:
    assert {each.source for each in voices()} == set(KNOWN_SOURCES) - {"cfpb", "signal"}
    assert all(any("가" <= letter <= "힣" for letter in each.text) for each in voices())


def test_they_are_of_every_kind_and_reach_every_department() -> None:
    kinds = Counter(row.voc_type for row in registered())
    assert all(kinds[kind] >= 8 for kind in ("complaint", "inquiry", "compliment", "suggestion")), kinds
    departments = Counter(row.department for row in registered())
    assert set(departments) == {each.id for each in RETAIL.departments}, departments
