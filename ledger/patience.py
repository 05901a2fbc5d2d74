"""Waits for a database that is away, and turns every database error into one of ours without its words."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import asyncpg

from ledger.errors import LedgerError, LedgerNotReady, LedgerRejected, LedgerUnavailable

Result = TypeVar("Result")

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0

UNAVAILABLE = (
    OSError,  # refused, reset, no such socket, time-outs
    asyncpg.InterfaceError,  # the connection broke under us
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up, statement cancelled
    asyncpg.InsufficientResourcesError,  # no connection, memory or disk left
    asyncpg.TransactionRollbackError,  # deadlock, serialisation
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby before it takes over
)
NOT_READY = (
    asyncpg.SyntaxOrAccessError,  # no such table, no right: not migrated
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)


async def patiently(operation: Callable[[], Awaitable[Result]], patience: timedelta) -> Result:
    """Run an operation that may be repeated; repeat it while the database is away.

    Raises:
        LedgerUnavailable: where it stayed away for all of `patience`.
        LedgerError: what else the operation ran into.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + patience.total_seconds()
    pause = FIRST_PAUSE
    while True:
        try:
            return await once(operation, seconds=max(end - clock(), FIRST_PAUSE))
        except LedgerNotReady:
            raise
        except LedgerUnavailable:
            if clock() + pause >= end:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def once(operation: Callable[[], Awaitable[Result]], *, seconds: float | None = None) -> Result:
    """Run an operation once, within `seconds`, with its database errors translated."""
    try:
        async with asyncio.timeout(seconds):
            return await operation()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
        failure = translated(error)
    # Raised here, not above: an error raised while another is handled carries it along, and Postgres quotes
    # rows in its details.
    raise failure


def translated(error: Exception) -> LedgerError:
    """Return our error for one of the driver's: its class and SQLSTATE, none of its words."""
    code = getattr(error, "sqlstate", None)
    name = f"{type(error).__name__}, SQLSTATE {code}" if code else type(error).__name__
    if isinstance(error, NOT_READY):
        return LedgerNotReady(f"the ledger is not set up for this program ({name}); migrate it")
    if isinstance(error, UNAVAILABLE) and not isinstance(error, ValueError):
        return LedgerUnavailable(f"the ledger does not answer ({name})")
    return LedgerRejected(f"the ledger does not take this ({name})")
