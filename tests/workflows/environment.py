"""Everything real in one process: Temporal server, Postgres, sandbox and a worker that can be switched."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Worker

import sandbox.courier
from activities.http import open_client
from cli.embedded import NAMED_ATTRIBUTES
from client import Redress, connect
from ledger.authority import AuthorityStore
from ledger.load import LoadStore
from ledger.migrate import migrate
from ledger.pool import open_pool
from ledger.store import EventStore
from sandbox.app import create_app
from sandbox.books import Books, Deed
from sandbox.faults import FaultPlan, Faults
from sandbox.service import World
from sandbox.serving import served
from settings import Settings
from stack.addresses import free_ports
from stack.postgres import APPLICATION, Postgres
from stack.temporal_server import TemporalOptions, TemporalServer
from worker import build_worker

SECRET = "for tests only"  # noqa: S105 - derives case numbers of a server that lives for a minute


@dataclass
class WorkerSwitch:
    """The one worker of the environment: switched off and on, with another cache or another store."""

    temporal: Client
    outside: httpx.AsyncClient
    store: EventStore
    authority: AuthorityStore
    load: LoadStore
    settings: Settings
    _running: Worker | None = None
    _task: "asyncio.Task[None] | None" = None

    async def on(self, **changes: Any) -> None:
        """Start a worker; `store`, `authority` or any setting may be another than usual."""
        await self.off()
        store = changes.pop("store", self.store)
        authority = changes.pop("authority", self.authority)
        load = changes.pop("load", self.load)
        settings = self.settings.model_copy(update=changes)
        self._running = build_worker(
            settings,
            self.temporal,
            outside=self.outside,
            store=store,
            authority=authority,
            load=load,
        )
        self._task = asyncio.create_task(self._running.run())

    async def off(self) -> None:
        """Stop the worker; what it held in memory is gone."""
        running, self._running = self._running, None
        if running is not None and self._task is not None:
            await running.shutdown()
            await self._task

    @property
    def is_on(self) -> bool:
        """Whether a worker runs."""
        return self._running is not None


@dataclass
class Switched:
    """A worker that is off, or another than usual, for the length of a block."""

    worker: WorkerSwitch
    on: dict[str, Any] | None = None

    async def __aenter__(self) -> Self:
        """Switch."""
        await (self.worker.off() if self.on is None else self.worker.on(**self.on))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Switch back."""
        await self.worker.on()


@dataclass(kw_only=True)
class Ground:
    """What a life stands on, wherever its parts run."""

    redress: Redress
    skipper: TimeSkipper
    store: EventStore
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000_000)))


@dataclass(kw_only=True)
class Environment(Ground):
    """What a test of the workflow works with."""

    worker: WorkerSwitch
    world: World
    faults: Faults

    @property
    def temporal(self) -> Client:
        """The Temporal client."""
        return self.redress.temporal

    def arm(self, **fault: Any) -> None:
        """Let something go wrong."""
        self.faults.arm(FaultPlan.model_validate({"faults": [fault]}))

    def deeds(self, service: str, number: str) -> tuple[Deed, ...]:
        """Return what a service did or refused for a case."""
        return self.world.books.all_of(service, case_id=number)

    def without_worker(self) -> Switched:
        """Return a block during which nobody works."""
        return Switched(self.worker)

    def with_worker(self, **changes: Any) -> Switched:
        """Return a block during which another worker works."""
        return Switched(self.worker, changes)

    async def reset(self) -> None:
        """Make the world whole again, whatever the last test did to it."""
        self.faults.clear()
        if not self.worker.is_on:
            await self.worker.on()


@contextmanager
def goods_that_fly() -> Iterator[None]:
    """Let goods arrive at the moment in which they are sent: a life without waiting."""
    courier, usual = vars(sandbox.courier), sandbox.courier._arrival  # noqa: SLF001 - there is no setting for it
    courier["_arrival"] = lambda _world, sent, _reference: sent.at
    try:
        yield
    finally:
        courier["_arrival"] = usual


@asynccontextmanager
async def environment(folder: Path) -> AsyncIterator[Environment]:
    """Start everything, and end it."""
    ports = free_ports(2)
    postgres = Postgres(folder, ports[0], durable=False)
    options = TemporalOptions(port=ports[1], time_skipping=True, search_attributes=NAMED_ATTRIBUTES)
    server = TemporalServer(folder, options)
    faults = Faults()
    try:
        await asyncio.gather(postgres.start(), server.start())
        await migrate(postgres.migration_url, APPLICATION)
        with closing(Books(folder / "sandbox")) as books:
            world = World(books=books, seed=7, lucky=True)
            temporal = await connect(server.address, "default")
            async with (
                served(create_app(world, faults)) as address,
                open_client(address) as outside,
                await open_pool(postgres.database_url) as pool,
            ):
                store = EventStore(pool, patience=timedelta(seconds=2))
                # The cache comes from REDRESS_CACHED_WORKFLOWS, so that a whole run can be without one.
                authority = AuthorityStore(pool)
                switch = WorkerSwitch(
                    temporal,
                    outside,
                    store,
                    authority,
                    LoadStore(pool),
                    Settings(service_wait=0.2, number_secret=SECRET),
                )
                await switch.on()
                try:
                    yield Environment(
                        redress=Redress(temporal, secret=SECRET),
                        skipper=skipper_of(temporal),
                        store=store,
                        worker=switch,
                        world=world,
                        faults=faults,
                    )
                finally:
                    await switch.off()
    finally:
        await asyncio.gather(postgres.stop(), server.stop())


def skipper_of(temporal: Client) -> TimeSkipper:
    """Return what lets single cases skip time; unasked, none does."""
    return TimeSkipper(temporal, config=TimeSkippingConfig(enabled=False))


async def quietly(task: "asyncio.Task[Any]") -> None:
    """End a task that a test no longer needs."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task
