"""Brings a database to the schema of this program, and the application role to exactly its rights."""

import asyncio
import os
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from ledger.errors import LedgerError, LedgerNotReady, LedgerUnavailable, MigrationRefused
from ledger.patience import once
from ledger.pool import CONNECT_SECONDS, Connection

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x52656472657373
"""Key of the advisory lock under which one process migrates at a time ("Redress" in ASCII)."""

VERSIONS = """
CREATE TABLE IF NOT EXISTS ledger_migrations (
    name text PRIMARY KEY,
    digest text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""
GRANTS = """
DO $grants$
BEGIN
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO {role}', current_database());
END
$grants$;
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON ledger_migrations TO {role};
GRANT SELECT, INSERT ON events, policies TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON cases, improvements, outbox TO {role};
GRANT SELECT, INSERT, UPDATE ON authority_used, authority_claims TO {role};
GRANT SELECT, INSERT, UPDATE ON feeds, unplaced_calls TO {role};
GRANT EXECUTE ON FUNCTION erase_redacted(text, bigint) TO {role};
"""
REVOKES = """
REVOKE ALL ON events, policies FROM {role};
REVOKE ALL ON FUNCTION redact_event(text, bigint) FROM {role};
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of the schema's history."""

    name: str
    sql: str

    @property
    def digest(self) -> str:
        """The fingerprint by which a changed file is noticed."""
        return sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """Return all migrations in the order of their numbers."""
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return tuple(Migration(file.name, file.read_text(encoding="utf-8")) for file in files)


async def migrate(owner_url: str, app_role: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """Apply what is missing, all or nothing, and grant the application role its rights.

    Returns:
        The names of the migrations that were applied now; none where the schema was current.

    Raises:
        MigrationRefused: where an applied file has changed or is unknown to this program.
        LedgerNotReady: where the application role does not exist.
        LedgerUnavailable: where the database does not answer.
    """
    connection = await once(lambda: asyncpg.connect(owner_url, timeout=CONNECT_SECONDS))
    try:
        return await once(lambda: _migrate(connection, app_role, migrations(folder)))
    finally:
        connection.terminate()


async def _migrate(connection: Connection, app_role: str, known: tuple[Migration, ...]) -> tuple[str, ...]:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(VERSIONS)
        applied = await _applied(connection)
        _compare(applied, known)
        missing = [migration for migration in known if migration.name not in applied]
        for migration in missing:
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO ledger_migrations (name, digest) VALUES ($1, $2)",
                migration.name,
                migration.digest,
            )
        await _grant(connection, app_role)
    return tuple(migration.name for migration in missing)


async def _applied(connection: Connection) -> dict[str, str]:
    rows = await connection.fetch("SELECT name, digest FROM ledger_migrations")
    return {row["name"]: row["digest"] for row in rows}


def _compare(applied: dict[str, str], known: tuple[Migration, ...]) -> None:
    digests = {migration.name: migration.digest for migration in known}
    for name, digest in sorted(applied.items()):
        if name not in digests:
            raise MigrationRefused(f"the database has {name}, which this program does not know: update it")
        if digests[name] != digest:
            raise MigrationRefused(
                f"{name} was changed after it was applied: restore it, add a new file instead"
            )


async def _grant(connection: Connection, app_role: str) -> None:
    quoted: str | None = await connection.fetchval(
        "SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = $1", app_role
    )
    if quoted is None:
        raise LedgerNotReady(f"the application role {app_role} does not exist: create it")
    # Where both roles are one (`verify` reports it), revoking would take the owner's own rights.
    if app_role != await connection.fetchval("SELECT current_user"):
        await connection.execute(REVOKES.format(role=quoted))
        await connection.execute(GRANTS.format(role=quoted))


def main() -> int:
    """Migrate the database of the environment: `python -m ledger.migrate`.

    The owner is the user of REDRESS_MIGRATION_URL, the application role that of REDRESS_DATABASE_URL.

    Returns:
        0: the schema is current now; 1: it may not be changed; 3: the database does not answer.
    """
    owner = os.environ.get("REDRESS_MIGRATION_URL")
    role = urlsplit(os.environ.get("REDRESS_DATABASE_URL", "")).username
    if not (owner and role):
        sys.stderr.write("set REDRESS_MIGRATION_URL, and REDRESS_DATABASE_URL with its user\n")
        return 1
    try:
        applied = asyncio.run(migrate(owner, role))
    except LedgerError as error:
        sys.stderr.write(f"{error}\n")
        return 3 if isinstance(error, LedgerUnavailable) else 1
    sys.stdout.write(f"applied: {', '.join(applied) or 'nothing, the schema is current'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
