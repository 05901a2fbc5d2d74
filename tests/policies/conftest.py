import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.policy import check
from policies.reading import FOLDER

Edit = Callable[..., Path]
"""Writes a changed copy of a shipped policy: pairs of old and new text, each old text found once or more."""


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    def edit(*changes: tuple[str, str], of: str = "retail-kr") -> Path:
        text = (FOLDER / f"{of}.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"the shipped policy no longer says {old}"
            text = text.replace(old, new, 1)
        for each in FOLDER.glob("wordings*.yaml"):
            shutil.copy(each, tmp_path)
        path = tmp_path / f"{of}-changed.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return edit


@pytest.fixture
def worded(tmp_path: Path) -> Edit:
    def edit(*changes: tuple[str, str]) -> Path:
        text = (FOLDER / "wordings.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"the shipped wordings no longer say {old}"
            text = text.replace(old, new, 1)
        path = tmp_path / "wordings.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return edit


Told = Callable[[Path, str, str], None]


@pytest.fixture
def told() -> Told:
    """Return an assertion: the file has a problem at this field, told with its file and a real line."""

    def assert_told(path: Path, field: str, said: str) -> None:
        problem = next((each for each in check(path) if each.field == field), None)
        assert problem is not None, [str(each) for each in check(path)]
        assert said in problem.message
        assert 1 <= problem.line <= len(path.read_text(encoding="utf-8").splitlines())
        where = f"{path}:{problem.line}: "
        assert str(problem).startswith(f"{where}{field}: " if field else where)

    return assert_told
