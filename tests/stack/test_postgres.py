import os
import shutil
import socket
from pathlib import Path

import asyncpg
import pytest

from stack.errors import StackError
from stack.folder import temporary_folder
from stack.postgres import DATABASE_URL, MIGRATION_URL, Postgres, external_urls

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


async def test_data_survives_stop_and_kill(tmp_path: Path, port: int) -> None:
    server = Postgres(tmp_path, port, durable=True)
    await server.start()
    try:
        await _execute(server.migration_url, "CREATE TABLE kept (word text)")
        await _execute(server.migration_url, "GRANT INSERT, SELECT ON kept TO redress_app")
        await _execute(server.database_url, "INSERT INTO kept VALUES ('before')")
        await server.stop()
        assert not server.running
        await server.start()
        await _execute(server.database_url, "INSERT INTO kept VALUES ('between')")
        await server.kill()
        await server.start()
        connection = await asyncpg.connect(server.database_url)
        rows = await connection.fetch("SELECT word FROM kept")
        await connection.close()
        assert [row["word"] for row in rows] == ["before", "between"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _execute(server.database_url, "CREATE TABLE mine ()")
    finally:
        await server.stop()


async def test_a_pid_that_now_belongs_to_another_program_does_not_keep_the_server_down(
    tmp_path: Path, port: int
) -> None:
    server = Postgres(tmp_path, port, durable=False)
    await server.start()
    await server.kill()
    pid_file = server.data / "postmaster.pid"
    pid_file.write_text("\n".join([str(os.getppid()), *pid_file.read_text().splitlines()[1:]]))
    try:
        await server.start()
    finally:
        await server.stop()


@as_root
@pytest.mark.parametrize("closed", [True, False])
async def test_root_runs_it_in_folders_open_and_closed(port: int, closed: bool) -> None:  # noqa: FBT001
    folder = temporary_folder()
    folder.chmod(0o700 if closed else 0o711)
    server = Postgres(folder, port, durable=False)
    try:
        await server.start()
        assert (_user_of(server.pid) == 0) is closed
        assert (folder.stat().st_mode & 0o777) == (0o700 if closed else 0o711)
    finally:
        await server.stop()
        shutil.rmtree(folder)


async def test_a_taken_port_is_named(tmp_path: Path, port: int) -> None:
    server = Postgres(tmp_path, port, durable=False)
    taken = f"Port {port} for Postgres cannot be used"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(StackError, match=taken):
        await server.start()


def test_an_own_database_needs_both_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATABASE_URL, raising=False)
    monkeypatch.delenv(MIGRATION_URL, raising=False)
    assert external_urls() is None
    monkeypatch.setenv(DATABASE_URL, "postgresql://app@db/own")
    with pytest.raises(StackError, match="REDRESS_MIGRATION_URL is missing"):
        external_urls()
    monkeypatch.setenv(MIGRATION_URL, "postgresql://owner@db/own")
    assert external_urls() == ("postgresql://app@db/own", "postgresql://owner@db/own")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _user_of(pid: int | None) -> int:
    return Path(f"/proc/{pid}").stat().st_uid
