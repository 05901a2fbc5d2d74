import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.addresses import free_ports
from stack.embedded import Stack
from tests.cli.driving import opening

REDRESS = (sys.executable, "-m", "starter")


@contextmanager
def _started(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    whole = {**os.environ, **environment}
    with subprocess.Popen(
        (*REDRESS, *arguments), env=whole, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(60)


def _first_object(process: subprocess.Popen[str]) -> dict[str, object]:
    """Read the JSON object that a program prints when it is ready."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            break
    found: dict[str, object] = json.loads("".join(lines))
    return found


def _ask(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, **environment}
    return subprocess.run(
        (*REDRESS, *arguments), env=whole, input=opening(), capture_output=True, text=True, check=False
    )


def test_up_runs_alone_in_its_folder_is_found_by_other_commands_and_ends_in_good_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REDRESS_TEMPORAL_ADDRESS", "REDRESS_DATABASE_URL", "REDRESS_MIGRATION_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = str(tmp_path / "data")
    ports = free_ports(3)
    own = ("--temporal-port", str(ports[0]), "--ui-port", str(ports[1]))
    with _started("up", "--folder", folder, *own, "--json") as up:
        told = _first_object(up)
        assert told["temporal"] == f"127.0.0.1:{ports[0]}"
        assert isinstance(told["pids"], dict)
        assert {"worker-1", "listener"} <= set(told["pids"])
        assert told["ui"] == f"http://127.0.0.1:{ports[1]}"
        asked = (
            (("open", "-"), folder),
            (("up", "--folder", folder), folder),
            (("up", "--folder", str(tmp_path / "other"), *own), folder),
        )
        with ThreadPoolExecutor() as pool:
            opened, second, taken = pool.map(lambda each: _ask(*each[0], REDRESS_FOLDER=each[1]), asked)
        assert opened.returncode == 0, opened.stderr
        assert second.returncode == taken.returncode == 1
        assert f"in use by process {up.pid}" in second.stderr
        assert f"Port {ports[0]}" in taken.stderr
        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0
    assert _ask("list", REDRESS_FOLDER=folder).returncode == 3


def test_workers_run_alone_until_they_are_told_to_stop(stack: Stack) -> None:
    with _started("worker", "--processes", "2", "--json", **stack.addresses.environment()) as workers:
        pids = _first_object(workers)["pids"]
        assert isinstance(pids, list)
        assert len(pids) == 2
        workers.terminate()
        assert workers.wait(60) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_worker_without_temporal_or_ledger_says_so(stack: Stack) -> None:
    where = stack.addresses.environment()
    away = _ask("worker", **{**where, "REDRESS_TEMPORAL_ADDRESS": "127.0.0.1:1"})
    assert away.returncode == 3
    assert len(away.stderr.splitlines()) == 1
    unnamed = _ask("worker", **{**where, "REDRESS_DATABASE_URL": ""})
    assert unnamed.returncode == 1
    assert "REDRESS_DATABASE_URL" in unnamed.stderr
