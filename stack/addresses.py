"""Where the parts of a running stack are found, and the environment that tells child processes so."""

import asyncio
import os
import socket
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from stack.errors import StackError

LOOPBACK = "127.0.0.1"
TEMPORAL_PORT = 7233
UI_PORT = 8233


class Addresses(BaseModel):
    """The addresses of one running stack."""

    model_config = ConfigDict(frozen=True)

    temporal: str
    namespace: str
    database: str
    """The database as the application role, which may only insert and read events."""
    migration: str
    """The same database as its owner, who may change the schema."""
    sandbox: str
    ui: str | None = None

    def environment(self) -> dict[str, str]:
        """Return the settings by which a child process finds the stack."""
        return {
            "REDRESS_TEMPORAL_ADDRESS": self.temporal,
            "REDRESS_TEMPORAL_NAMESPACE": self.namespace,
            "REDRESS_DATABASE_URL": self.database,
            "REDRESS_MIGRATION_URL": self.migration,
            "REDRESS_SANDBOX_URL": self.sandbox,
        }


def data_folder() -> Path:
    """Return the folder that keeps what must survive: `$XDG_DATA_HOME/redress`."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "redress"


def cache_folder() -> Path:
    """Return the folder for what can be made again: `$XDG_CACHE_HOME/redress`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "redress"


def free_ports(count: int) -> tuple[int, ...]:
    """Return different ports that nobody listens on; the sockets are held until all are known."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return tuple(each.getsockname()[1] for each in sockets)
    finally:
        for each in sockets:
            each.close()


def require_free(port: int, purpose: str) -> None:
    """Raise a readable error where another program already listens on the port."""
    with socket.socket() as probe:
        # Without this, connections of an earlier run in TIME_WAIT look like a taken port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise StackError(
                f"Port {port} for {purpose} cannot be used ({error.strerror}). "
                "End what listens there, or choose another port."
            ) from error


async def answers(port: int) -> bool:
    """Tell whether something accepts connections on a loopback port."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(LOOPBACK, port), timeout=2)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
