import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from ledger.errors import LedgerNotReady, LedgerRejected, MigrationRefused
from ledger.migrate import FOLDER, migrate, migrations
from stack.postgres import APPLICATION, OWNER
from tests.ledger.conftest import Database

NAMES = tuple(migration.name for migration in migrations())


async def test_migrating_twice_applies_everything_once(bare: Database) -> None:
    assert await migrate(bare.owner_url, APPLICATION) == NAMES
    assert await migrate(bare.owner_url, APPLICATION) == ()


async def test_many_programs_may_migrate_at_once(bare: Database) -> None:
    answers = await asyncio.gather(*(migrate(bare.owner_url, APPLICATION) for _ in range(5)))
    assert sorted(answers) == [(), (), (), (), NAMES]


async def test_a_changed_migration_is_refused(bare: Database, tmp_path: Path) -> None:
    await migrate(bare.owner_url, APPLICATION)
    folder = shutil.copytree(FOLDER, tmp_path / "changed")
    (folder / NAMES[0]).write_text("-- something else")
    with pytest.raises(MigrationRefused, match="was changed"):
        await migrate(bare.owner_url, APPLICATION, folder)


async def test_an_older_program_leaves_a_newer_database_alone(bare: Database, tmp_path: Path) -> None:
    await migrate(bare.owner_url, APPLICATION)
    folder = shutil.copytree(FOLDER, tmp_path / "older")
    (folder / NAMES[-1]).unlink()
    with pytest.raises(MigrationRefused, match="does not know"):
        await migrate(bare.owner_url, APPLICATION, folder)


async def test_a_failing_migration_leaves_nothing_behind(bare: Database, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "failing")
    (folder / "9999_fails.sql").write_text("CREATE TABLE half (id int); SELECT 1 / 0;")
    with pytest.raises(LedgerRejected):
        await migrate(bare.owner_url, APPLICATION, folder)
    connection = await asyncpg.connect(bare.owner_url)
    assert await connection.fetchval("SELECT to_regclass('events')") is None
    await connection.close()


async def test_the_application_role_must_exist(bare: Database) -> None:
    with pytest.raises(LedgerNotReady, match="nobody_of_ours does not exist"):
        await migrate(bare.owner_url, "nobody_of_ours")


async def test_one_role_for_both_is_possible(bare: Database) -> None:
    assert await migrate(bare.owner_url, OWNER) == NAMES


async def test_rights_given_by_hand_are_taken_back(bare: Database) -> None:
    await migrate(bare.owner_url, APPLICATION)
    connection = await asyncpg.connect(bare.owner_url)
    await connection.execute(f"GRANT UPDATE ON events TO {APPLICATION}")
    await migrate(bare.owner_url, APPLICATION)
    may = await connection.fetchval("SELECT has_table_privilege($1, 'events', 'UPDATE')", APPLICATION)
    await connection.close()
    assert may is False
