"""Starts Temporal, Postgres, sandbox, workers and listener as one stack, and ends them together."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.service import RPCError

from stack.addresses import LOOPBACK, TEMPORAL_PORT, UI_PORT, Addresses, answers, free_ports, require_free
from stack.folder import Folder, RunningProcess, RunRecord, temporary_folder
from stack.postgres import Postgres, external_urls
from stack.processes import identity
from stack.service import Service
from stack.temporal_server import SearchAttribute, TemporalOptions, TemporalServer

Prepare = Callable[[Addresses], Awaitable[None]]
Report = Callable[[str], None]

_PYTHON_PATH = Path(__file__).parent.parent
_WATCH_INTERVAL = 0.1
_LONGEST_PAUSE = 5.0
_STEADY = 30.0
"""A program that ran this long is restarted at once; one that dies faster waits longer each time."""


async def _nothing_to_prepare(_: Addresses) -> None:
    """Leave the database as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOptions:
    """What to start, and where."""

    folder: Path | None = None
    """Where everything is kept; without one, a temporary folder that is removed at the end."""
    durable: bool | None = None
    """Whether histories and rows survive a crash of the machine; by default where a folder is named."""
    time_skipping: bool = False
    workers: int = 1
    task_queue: str | None = None
    """A worker is ready when it polls this queue; without one, when it has started."""
    sandbox: bool = True
    temporal_port: int | None = None
    ui_port: int | None = None
    """Without a port Temporal runs without its web interface."""
    postgres_port: int | None = None
    sandbox_port: int | None = None
    namespace: str = "default"
    retention: timedelta = timedelta(days=365)
    search_attributes: Sequence[SearchAttribute] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    """More settings for sandbox and workers."""
    prepare: Prepare = _nothing_to_prepare
    """Runs when the database answers and before any worker starts: the migration."""
    sandbox_command: Sequence[str] = (sys.executable, "-m", "sandbox")
    worker_command: Sequence[str] = (sys.executable, "-m", "worker")
    listener_command: Sequence[str] = ()
    """What reads boards, telephones and equal claims beside the workers; empty: nothing does."""

    @property
    def keeps(self) -> bool:
        """Whether anything is meant to survive."""
        return self.folder is not None if self.durable is None else self.durable


class Sandbox(Service):
    """The playable outside world, a program of its own."""

    def __init__(self, folder: Path, port: int, options: StackOptions) -> None:
        """Describe a sandbox whose memory is in `folder/sandbox`."""
        super().__init__("sandbox", folder, _python_environment(options.environment))
        self.data = folder / "sandbox"
        self.port = port
        self._command = options.sandbox_command

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return [*self._command, "--port", str(self.port), "--data", str(self.data)]

    async def prepare(self) -> None:
        """Make sure that the port is free and the folder there."""
        require_free(self.port, "the sandbox")
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def is_ready(self) -> bool:
        """Tell whether the sandbox takes connections."""
        return await answers(self.port)


class Worker(Service):
    """A worker process; ready when Temporal has heard from it."""

    stop_patience = 25.0
    """Longer than the 20 s for which a worker lets its activities finish."""

    def __init__(self, name: str, folder: Path, temporal: TemporalServer, options: StackOptions) -> None:
        """Describe a worker; how it finds the stack is in its environment."""
        super().__init__(name, folder, _python_environment(options.environment))
        self._temporal = temporal
        self._options = options

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return self._options.worker_command

    async def is_ready(self) -> bool:
        """Tell whether this worker polls: pollers carry the SDK's default identity, `pid@host`."""
        queue = self._options.task_queue
        if queue is None:
            return True
        request = DescribeTaskQueueRequest(
            namespace=self._options.namespace,
            task_queue=TaskQueue(name=queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        try:
            client = await self._temporal.connect()
            answer = await client.workflow_service.describe_task_queue(request)
        except (RuntimeError, RPCError):
            return False
        return any(poller.identity.startswith(f"{self.pid}@") for poller in answer.pollers)


class Listener(Service):
    """The reader of boards and telephones; whatever is away when it starts, it asks again by itself."""

    def __init__(self, folder: Path, options: StackOptions) -> None:
        """Describe a listener; how it finds the stack is in its environment."""
        super().__init__("listener", folder, _python_environment(options.environment))
        self._command = options.listener_command

    def command(self) -> Sequence[str]:
        """Return the command line."""
        return self._command

    async def is_ready(self) -> bool:
        """Nobody waits for what it reads."""
        return True


class Stack:
    """A running stack, as an asynchronous context manager.

    The parts are public, so that a drill can stop, kill and start each one: `temporal`, `postgres`
    (None where the environment names a database), `sandbox` (None where left out), `workers`, `listener`
    (None where none is asked for).
    """

    def __init__(self, options: StackOptions | None = None) -> None:
        """Describe the stack; nothing is started or written before it is entered."""
        self.options = options or StackOptions()
        self.temporal: TemporalServer
        self.postgres: Postgres | None = None
        self.sandbox: Sandbox | None = None
        self.workers: tuple[Worker, ...] = ()
        self.listener: Listener | None = None
        self.addresses: Addresses
        self.folder: Path
        self.services: tuple[Service, ...] = ()
        """All parts in the order of their start."""
        self._held: Folder

    async def __aenter__(self) -> Self:
        """Take the folder, start every part and wait until all are ready."""
        self.folder = (self.options.folder or temporary_folder()).absolute()
        self._held = Folder(self.folder)
        self._held.acquire()
        try:
            self._describe_parts()
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every part; a temporary folder goes with them."""
        await self.stop()

    async def stop(self) -> None:
        """End every part in good order, workers and listener first, and release the folder."""
        try:
            ours = [part for part in self.services if isinstance(part, Worker | Listener)]
            await _together(*(part.stop() for part in ours))
            others = [part for part in self.services if part not in ours]
            await _together(*(part.stop() for part in others))
        finally:
            self._held.release()
            if self.options.folder is None:
                shutil.rmtree(self.folder, ignore_errors=True)

    async def supervise(self, report: Report) -> None:
        """Restart whatever dies, until cancelled; each death and each failed restart is reported."""
        async with asyncio.TaskGroup() as group:
            for service in self.services:
                group.create_task(_keep_alive(service, report))

    def _describe_parts(self) -> None:
        options = self.options
        spare = free_ports(3)
        own_database = external_urls()
        self.temporal = TemporalServer(
            self.folder,
            TemporalOptions(
                port=options.temporal_port or spare[0],
                ui_port=options.ui_port,
                durable=options.keeps,
                namespace=options.namespace,
                retention=options.retention,
                time_skipping=options.time_skipping,
                search_attributes=options.search_attributes,
            ),
        )
        if own_database is None:
            port = options.postgres_port or spare[1]
            self.postgres = Postgres(self.folder, port, durable=options.keeps)
            own_database = self.postgres.database_url, self.postgres.migration_url
        sandbox_port = options.sandbox_port or spare[2]
        if options.sandbox:
            self.sandbox = Sandbox(self.folder, sandbox_port, options)
        self.addresses = Addresses(
            temporal=self.temporal.address,
            namespace=options.namespace,
            database=own_database[0],
            migration=own_database[1],
            sandbox=f"http://{LOOPBACK}:{sandbox_port}",
            ui=f"http://{LOOPBACK}:{options.ui_port}" if options.ui_port else None,
        )
        names = [f"worker-{number}" for number in range(1, options.workers + 1)]
        self.workers = tuple(Worker(name, self.folder, self.temporal, options) for name in names)
        outside = () if self.sandbox is None else (self.sandbox,)
        database = () if self.postgres is None else (self.postgres,)
        self.listener = Listener(self.folder, options) if options.listener_command else None
        listener = () if self.listener is None else (self.listener,)
        self.services = (*database, self.temporal, *outside, *self.workers, *listener)
        for part in self.services:
            part.on_change = self._write_record
        for part in (*outside, *self.workers, *listener):
            part.environment.update(self.addresses.environment())

    async def _start(self) -> None:
        outside = [self.sandbox.start()] if self.sandbox else []
        await _together(self._start_database(), self.temporal.start(), *outside)
        await _together(*(worker.start() for worker in self.workers))
        if self.listener is not None:
            await self.listener.start()

    async def _start_database(self) -> None:
        if self.postgres:
            await self.postgres.start()
        await self.options.prepare(self.addresses)

    def _write_record(self) -> None:
        running = [(part, part.pid) for part in self.services]
        processes = tuple(
            RunningProcess(name=part.name, pid=pid, identity=identity(pid), stop_signal=part.stop_signal)
            for part, pid in running
            if pid is not None
        )
        self._held.write(RunRecord(pid=os.getpid(), addresses=self.addresses, processes=processes))


def up_ports() -> dict[str, int]:
    """Return the ports that `redress up` uses, as arguments for `StackOptions`."""
    return {"temporal_port": TEMPORAL_PORT, "ui_port": UI_PORT}


async def _keep_alive(service: Service, report: Report) -> None:
    pause, last_start = 0.0, time.monotonic() - _STEADY
    while True:
        await asyncio.sleep(_WATCH_INTERVAL)
        if not service.has_died:
            continue
        steady = time.monotonic() - last_start >= _STEADY
        pause = 0.0 if steady else min(max(2 * pause, 0.2), _LONGEST_PAUSE)
        report(f"{service.name} died and is started again" + (f" in {pause:.1f} s" if pause else ""))
        await asyncio.sleep(pause)
        last_start = time.monotonic()
        try:
            await service.start()
        except Exception as error:  # noqa: BLE001 - a supervisor that gives up leaves a half-dead stack
            report(f"{service.name} could not be started: {error}")


async def _together(*work: Coroutine[Any, Any, None]) -> None:
    """Do all at once and wait for all, so that after an error nothing still starts behind our back."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _python_environment(more: Mapping[str, str]) -> dict[str, str]:
    # The programs lie beside this package, installed or not.
    path = os.pathsep.join(filter(None, (str(_PYTHON_PATH), os.environ.get("PYTHONPATH"))))
    return {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **more}
