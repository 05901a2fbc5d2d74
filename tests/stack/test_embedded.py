import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from stack.addresses import Addresses, answers
from stack.embedded import Stack, StackOptions
from stack.errors import StackError
from stack.folder import Folder, RunRecord, read_record, running
from stack.processes import identity

REPOSITORY = Path(__file__).parent.parent.parent
StandIns = dict[str, Any]

KILLED_STACK = """
import asyncio, json, sys
from pathlib import Path
from stack.embedded import Stack, StackOptions

async def main():
    commands = json.loads(sys.argv[2])
    async with Stack(StackOptions(folder=Path(sys.argv[1]), durable=False, **commands)):
        print("up", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""

pytestmark = pytest.mark.usefixtures("real_temporal", "_no_own_database")


@pytest.fixture
def _no_own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDRESS_DATABASE_URL", raising=False)
    monkeypatch.delenv("REDRESS_MIGRATION_URL", raising=False)


async def test_a_stack_runs_alone_in_its_folder_restarts_what_dies_and_leaves_nothing(
    tmp_path: Path, stand_ins: StandIns
) -> None:
    folder = tmp_path / "data"
    prepared: list[Addresses] = []

    async def prepare(addresses: Addresses) -> None:
        prepared.append(addresses)

    async with Stack(StackOptions(folder=folder, workers=2, prepare=prepare, **stand_ins)) as stack:
        assert prepared == [stack.addresses]
        assert [service.name for service in stack.services] == [
            "postgres",
            "temporal",
            "sandbox",
            "worker-1",
            "worker-2",
        ]
        record = running(folder)
        assert record is not None
        assert record.pid == os.getpid()
        pids = {process.name: process.pid for process in record.processes}
        assert pids == {service.name: service.pid for service in stack.services}
        assert f"REDRESS_DATABASE_URL={stack.addresses.database}" in _environment_of(stack.workers[0].pid)

        with pytest.raises(StackError, match=f"in use by process {os.getpid()}"):
            await Stack(StackOptions(folder=folder)).__aenter__()

        await _everything_that_is_killed_comes_back(stack)
        last = read_record(folder)
    assert last is not None
    assert not [process.name for process in last.processes if identity(process.pid) == process.identity]
    assert read_record(folder) is None
    assert running(folder) is None


async def _everything_that_is_killed_comes_back(stack: Stack) -> None:
    heard: list[str] = []
    supervisor = asyncio.create_task(stack.supervise(heard.append))
    before = {service.name: service.pid for service in stack.services}
    for pid in before.values():
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(30):
        for service in stack.services:
            await service.wait_until_restarted(1)
    supervisor.cancel()
    assert sorted(line.split()[0] for line in heard) == sorted(before)
    assert stack.sandbox is not None
    assert await answers(stack.sandbox.port)
    record = read_record(stack.folder)
    assert record is not None
    assert {process.pid for process in record.processes}.isdisjoint(before.values())


async def test_workers_are_ready_when_they_poll(stand_ins: StandIns, polling_worker: tuple[str, ...]) -> None:
    stand_ins["worker_command"] = polling_worker
    options = StackOptions(workers=2, task_queue="greetings", sandbox=False, namespace="shop", **stand_ins)
    async with Stack(options) as stack:
        client = await stack.temporal.connect()
        request = DescribeTaskQueueRequest(
            namespace="shop",
            task_queue=TaskQueue(name="greetings"),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        answer = await client.workflow_service.describe_task_queue(request)
        polling = {int(poller.identity.split("@")[0]) for poller in answer.pollers}
        assert {worker.pid for worker in stack.workers} <= polling
        assert await client.execute_workflow("Greet", id="one", task_queue="greetings") == "hello"


async def test_a_temporary_stack_removes_its_folder_even_where_it_cannot_start(stand_ins: StandIns) -> None:
    async def refuse(_: Addresses) -> None:
        raise StackError("no migration today")

    stack = Stack(StackOptions(prepare=refuse, **stand_ins))
    with pytest.raises(StackError, match="no migration today"):
        await stack.__aenter__()
    assert not stack.folder.exists()
    assert not any(service.running for service in stack.services)


def test_what_a_killed_stack_left_is_ended_by_the_next_owner(tmp_path: Path, stand_ins: StandIns) -> None:
    # As on a machine without setpriv: nothing tells the children that their parent is dead.
    script = f"import stack.service; stack.service.dies_with_parent = lambda _: (){KILLED_STACK}"
    record = _kill_a_stack(tmp_path / "data", stand_ins, script=script)
    assert all(identity(process.pid) == process.identity for process in record.processes)
    assert running(tmp_path / "data") is None

    folder = Folder(tmp_path / "data")
    folder.acquire()
    assert not [each.name for each in record.processes if identity(each.pid) == each.identity]
    assert read_record(tmp_path / "data") is None
    folder.release()


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="the kernel is asked through setpriv")
def test_children_do_not_outlive_a_killed_stack(tmp_path: Path, stand_ins: StandIns) -> None:
    record = _kill_a_stack(tmp_path / "data", stand_ins)
    deadline = time.monotonic() + 20
    while left := [each.name for each in record.processes if identity(each.pid) == each.identity]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def test_a_recorded_pid_that_now_belongs_to_another_process_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        folder = Folder(tmp_path)
        folder.acquire()
        nowhere = Addresses(temporal="", namespace="", database="", migration="", sandbox="")
        process = {"name": "temporal", "pid": stranger.pid, "identity": "an earlier one", "stop_signal": 15}
        folder.write(
            RunRecord.model_validate({"pid": 1, "addresses": nowhere.model_dump(), "processes": [process]})
        )
        folder._end_leftovers()  # noqa: SLF001
        assert stranger.poll() is None
        folder.release()
        stranger.kill()


def _environment_of(pid: int | None) -> list[str]:
    return Path(f"/proc/{pid}/environ").read_text().split("\0")


def _kill_a_stack(folder: Path, stand_ins: StandIns, *, script: str = KILLED_STACK) -> RunRecord:
    arguments = [sys.executable, "-c", script, str(folder), json.dumps(stand_ins)]
    with subprocess.Popen(arguments, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        record = read_record(folder)
        owner.kill()
    assert record is not None
    assert len(record.processes) == 4
    return record
