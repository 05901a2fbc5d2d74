"""`redress demo` as a newcomer runs it: the first of the two commands that the README gives."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.tour import chapters

ROOT = Path(__file__).parents[2]


@pytest.mark.proof
@pytest.mark.timeout(300)
def test_the_tour_tells_every_chapter_to_its_end_and_everything_holds() -> None:
    tour = subprocess.run(
        [sys.executable, "-m", "starter", "demo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert tour.returncode == 0, tour.stderr
    for place, chapter in enumerate(chapters(), start=1):
        assert f"{place}. {chapter.ko}" in tour.stdout
    assert tour.stdout.count("closed") >= len(chapters())
    assert "no breach" in tour.stdout
