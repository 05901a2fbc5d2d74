"""Opens the connection pool over the ledger, also while the database is down."""

from typing import TYPE_CHECKING, TypeAlias

import asyncpg
import asyncpg.pool

if TYPE_CHECKING:
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
    Connection: TypeAlias = (
        asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    )
else:  # asyncpg's classes are generic in its stubs only
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection

CONNECT_SECONDS = 5.0
"""How long a connection may take; also how long a cancelled statement may hold up its release."""

STATEMENT_SECONDS = 10.0
"""How long one statement may take before the server counts as frozen; an append takes milliseconds."""


async def open_pool(url: str, *, max_size: int = 10) -> Pool:
    """Open a pool that connects on first use and recovers by itself after an outage."""
    # min_size=0: any idle minimum would make opening fail while the database is down.
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=max_size,
        timeout=CONNECT_SECONDS,
        command_timeout=STATEMENT_SECONDS,
        max_inactive_connection_lifetime=60,
        server_settings={"application_name": "redress", "timezone": "UTC"},
    )
