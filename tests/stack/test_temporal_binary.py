from collections.abc import Callable
from pathlib import Path

import pytest

from stack import temporal_binary
from stack.errors import StackError
from stack.temporal_binary import VARIABLE, build, cached_path, find_temporal

Program = Callable[[str, str], Path]

NEW = "echo 'temporal version 9.0.0 (Server 1.99.0, UI 2.99.0)'"
OLD = "echo 'temporal version 1.9.0 (Server 1.31.0, UI 2.50.0)'"
GO = """
echo "$@ GOFLAGS=$GOFLAGS CGO_ENABLED=$CGO_ENABLED" >> "$(dirname "$0")/asked"
if [ "$1" = list ]; then echo one; echo two; exit; fi
echo one
while [ "$1" != -o ]; do shift; done
echo '#!/bin/sh' > "$2"
/bin/chmod +x "$2"
"""


@pytest.fixture(autouse=True)
def _bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def closed_network() -> None:
        return None

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(temporal_binary, "download", closed_network)


async def test_the_named_binary_comes_first(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program("temporal", NEW)
    named = program("elsewhere", OLD)
    monkeypatch.setenv(VARIABLE, str(named))
    assert await find_temporal() == named


async def test_a_named_binary_that_does_not_run_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/nowhere/temporal")
    with pytest.raises(StackError, match="REDRESS_TEMPORAL_CLI names /nowhere/temporal"):
        await find_temporal()


async def test_the_path_comes_before_the_cache(program: Program) -> None:
    _in_cache()
    on_path = program("temporal", NEW)
    assert await find_temporal() == on_path


async def test_an_old_binary_on_the_path_is_passed_over(program: Program) -> None:
    program("temporal", OLD)
    in_cache = _in_cache()
    assert await find_temporal() == in_cache


async def test_the_download_comes_before_a_build(monkeypatch: pytest.MonkeyPatch, program: Program) -> None:
    program("go", GO)
    downloaded = program("downloaded", NEW)

    async def open_network() -> Path:
        return downloaded

    monkeypatch.setattr(temporal_binary, "download", open_network)
    assert await find_temporal() == downloaded


async def test_a_build_is_done_once(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    program("go", GO)
    assert await find_temporal() == cached_path()
    assert await find_temporal() == cached_path()
    asked = (tmp_path / "bin" / "asked").read_text().splitlines()
    assert [line.split()[0] for line in asked] == ["list", "build"]
    assert all(line.endswith("GOFLAGS=-mod=readonly CGO_ENABLED=0") for line in asked)
    assert "temporalcli.Version=1.9.1" in asked[1]


def test_a_build_reports_how_far_it_is(program: Program) -> None:
    program("go", GO)
    heard: list[str] = []
    build(heard.append)
    assert heard == ["fetching the sources", "1 of at most 2 packages compiled"]


def test_a_failed_build_leaves_nothing_and_says_what_go_said(program: Program) -> None:
    program("go", "echo no such module; exit 1")
    with pytest.raises(StackError, match="no such module"):
        build()
    assert [path.suffix for path in cached_path().parent.iterdir()] == [".lock"]


def test_without_go_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match=r"Install Go .* or name its binary in REDRESS_TEMPORAL_CLI"):
        build()


def _in_cache() -> Path:
    path = cached_path()
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path
