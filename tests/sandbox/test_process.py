import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
REFUND = {
    "at": "2026-03-02T12:00:00Z",
    "case_id": "case-1",
    "request": {"order_id": "acct-1", "amount": {"minor": 500, "currency": "USD"}, "reason": "fee"},
}


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    with start(*options) as process:
        try:
            assert process.stdout is not None
            where = process.stdout.readline().split()[2].rstrip(",")
            with httpx.Client(base_url=where, trust_env=False, timeout=5) as client:
                yield process, client
        finally:
            process.kill()


def pay(client: httpx.Client) -> httpx.Response:
    return client.post("/bank/pay_refund", json=REFUND, headers={"Idempotency-Key": "key-00001"})


def test_a_killed_sandbox_remembers_what_it_did(tmp_path: Path) -> None:
    with running("--data", str(tmp_path)) as (process, client):
        first = pay(client)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with running("--data", str(tmp_path)) as (_, client):
        again = pay(client)
        (deed,) = client.get("/bank/books").json()["deeds"]
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert (deed["asked"], deed["status"]) == (2, "done")


def test_it_starts_with_a_fault_plan_and_ends_in_order(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("faults: [{kind: fail, service: bank, calls: 1}]")
    with running("--data", str(tmp_path), "--faults", str(plan)) as (process, client):
        assert [pay(client).status_code, pay(client).status_code] == [500, 200]
        process.terminate()
        assert process.wait(timeout=5) == 0


@pytest.mark.parametrize("plan", ['{"faults": [{"kind": "fail", "service": "bank"}]}', None])
def test_a_bad_plan_ends_the_start_with_a_clear_line(tmp_path: Path, plan: str | None) -> None:
    file = tmp_path / "plan.json"
    if plan is not None:
        file.write_text(plan)
    process = start("--data", str(tmp_path), "--faults", str(file))
    _, said = process.communicate(timeout=10)
    assert process.returncode == 1
    assert ("faults.0.calls" if plan else "plan.json") in said
    assert "Traceback" not in said


def test_a_taken_port_ends_the_start_with_a_clear_line(tmp_path: Path) -> None:
    with running("--data", str(tmp_path / "a")) as (_, client):
        second = start("--data", str(tmp_path / "b"), "--port", str(client.base_url.port))
        _, said = second.communicate(timeout=10)
    assert second.returncode == 1
    assert str(client.base_url.port) in said
    assert "Traceback" not in said
