from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from ledger.migrate import migrate
from ledger.pool import Connection, Pool, open_pool
from ledger.store import EventStore
from stack.addresses import free_ports
from stack.postgres import APPLICATION, OWNER, Postgres

_numbers = count(1)

# Cheaper than a database for each test, by a tenth of a second.
EMPTY = f"""
REVOKE ALL ON events FROM {APPLICATION};
GRANT SELECT, INSERT ON events TO {APPLICATION};
ALTER TABLE events DISABLE TRIGGER USER;
TRUNCATE events, cases, improvements, outbox, authority_used, authority_claims;
ALTER TABLE events ENABLE TRIGGER USER;
"""


@dataclass(frozen=True, slots=True)
class Database:
    """One empty, migrated database of its own."""

    app_url: str
    owner_url: str


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """One server for all tests of the ledger, its database migrated."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    server = Postgres(folder, free_ports(1)[0], durable=False)
    await server.start()
    try:
        await migrate(server.migration_url, APPLICATION)
        yield server
    finally:
        await server.stop()


@pytest.fixture
async def bare(postgres: Postgres) -> Database:
    """A database without any table."""
    name = f"bare_{next(_numbers)}"
    base = postgres.migration_url.rpartition("@")[2].removesuffix("/redress")
    admin = await asyncpg.connect(f"postgresql://postgres@{base}/postgres")
    await admin.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
    await admin.close()
    return Database(f"postgresql://{APPLICATION}@{base}/{name}", f"postgresql://{OWNER}@{base}/{name}")


@pytest.fixture
async def database(postgres: Postgres) -> Database:
    """The migrated database, emptied, its rights and triggers as they were."""
    connection = await asyncpg.connect(postgres.migration_url)
    await connection.execute(EMPTY)
    await connection.close()
    return Database(postgres.database_url, postgres.migration_url)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    """A pool as the application role."""
    async with await open_pool(database.app_url) as opened:
        yield opened


@pytest.fixture
def store(pool: Pool) -> EventStore:
    """A store that waits a little."""
    return EventStore(pool, patience=timedelta(seconds=5))


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[Connection]:
    """A connection as the owner role."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        yield connection
    finally:
        await connection.close()
