"""Runs one program as a child process: start, wait until it answers, stop, kill, start again."""

import asyncio
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stack.errors import StackError, last_lines
from stack.processes import OURSELVES, RunAs, dies_with_parent

START_PATIENCE = 60.0
"""A box whose cores are all busy can take long; a program that dies is noticed at once."""
STOP_PATIENCE = 10.0
"""How long a program may take to end in good order, unless it says otherwise."""
_POLL = 0.02


def _nothing() -> None:
    """Hear of a change and do nothing."""


class Service(ABC):
    """A program that we start, watch and end; a subclass says what to run and when it is ready.

    Start it in the main thread: the kernel ends a child when the *thread* that started it ends.
    """

    stop_signal = signal.SIGTERM
    stop_patience = STOP_PATIENCE
    run_as: RunAs = OURSELVES

    def __init__(self, name: str, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        """Describe the program; its log goes to `folder/logs/<name>.log`."""
        self.name = name
        self.log = folder / "logs" / f"{name}.log"
        self.environment = dict(environment or {})
        self.on_change: Callable[[], None] = _nothing
        self.starts = 0
        self._wanted = False
        self._process: subprocess.Popen[bytes] | None = None
        self._busy = asyncio.Lock()

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Return the command line."""

    @abstractmethod
    async def is_ready(self) -> bool:
        """Tell whether the program can be used."""

    async def prepare(self) -> None:  # noqa: B027 - most programs need nothing
        """Do what must be done before the program can start."""

    async def settle(self) -> None:  # noqa: B027 - as prepare
        """Do what must be done to the running program before it is used."""

    @property
    def pid(self) -> int | None:
        """The pid while the program runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def running(self) -> bool:
        """Whether the program runs, ready or not."""
        return self.pid is not None

    @property
    def has_died(self) -> bool:
        """Whether the program ended though nobody stopped it."""
        return self._wanted and not self.running and not self._busy.locked()

    async def start(self, patience: float = START_PATIENCE) -> None:
        """Start the program and wait until it is ready; nothing happens where it already runs."""
        async with self._busy:
            self._wanted = True
            if self.running:
                return
            await self.prepare()
            self._launch()
            try:
                await self._wait_until_ready(time.monotonic() + patience)
                await self.settle()
            except BaseException:
                # Nobody may find a half-started program, not even where the wait itself is cancelled.
                await self._end(signal.SIGKILL)
                raise

    async def wait_until_restarted(self, starts: int) -> None:
        """Wait until the program has been started more often than `starts` times and is ready."""
        while self.starts <= starts or not self.running or self._busy.locked():  # noqa: ASYNC110 - as in _end
            await asyncio.sleep(_POLL)

    async def stop(self) -> None:
        """End the program in good order, or by force where it takes too long; it is not restarted."""
        self._wanted = False
        async with self._busy:
            await self._end(self.stop_signal)

    async def kill(self) -> None:
        """Kill the program as a crash would; a supervisor starts it again."""
        async with self._busy:
            await self._end(signal.SIGKILL)

    def _launch(self) -> None:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        prefix = (*self.run_as.prefix, *dies_with_parent(self.stop_signal))
        with self.log.open("ab") as log:
            try:
                self._process = subprocess.Popen(  # noqa: S603
                    (*prefix, *self.command()),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **self.environment},
                    # Ctrl-C in the terminal must reach only us: we end the parts in order.
                    start_new_session=True,
                    # Histories, rows and logs are nobody else's business.
                    umask=0o077,
                    user=self.run_as.user,
                    group=self.run_as.group,
                    extra_groups=self.run_as.extra_groups,
                )
            except OSError as error:
                raise StackError(f"{self.name} cannot be started: {error}") from error
        self.starts += 1
        self.on_change()

    async def _wait_until_ready(self, deadline: float) -> None:
        while True:
            # Readiness is asked first and the child second: somebody else may answer at our address.
            ready = await self.is_ready()
            if not self.running:
                raise StackError(f"{self.name} ended while starting. Its log {self.log} ends:\n{self.tail()}")
            if ready:
                return
            if time.monotonic() > deadline:
                raise StackError(f"{self.name} does not answer. Its log {self.log} ends:\n{self.tail()}")
            await asyncio.sleep(_POLL)

    async def _end(self, first: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(first)
        deadline = time.monotonic() + self.stop_patience
        try:
            while process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110 - a child's end is no event
                await asyncio.sleep(_POLL)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.on_change()

    def tail(self) -> str:
        """Return the end of the program's log."""
        return last_lines(self.log)
