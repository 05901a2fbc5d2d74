import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stack.addresses import free_ports
from stack.temporal_binary import VARIABLE, find_temporal

SANDBOX = """
import http.server, sys
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.BaseHTTPRequestHandler).serve_forever()
"""
WORKER = "import time; time.sleep(600)"
POLLING_WORKER = """
import asyncio, os
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.workflow import defn, run

@defn(name="Greet", sandboxed=False)
class Greet:
    @run
    async def run(self) -> str:
        return "hello"

async def main():
    client = await Client.connect(
        os.environ["REDRESS_TEMPORAL_ADDRESS"], namespace=os.environ["REDRESS_TEMPORAL_NAMESPACE"]
    )
    await Worker(client, task_queue="greetings", workflows=[Greet]).run()

asyncio.run(main())
"""


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture(scope="session")
async def temporal_binary() -> Path:
    """The real binary, found once: tests change the environment in which it is looked for."""
    return await find_temporal()


@pytest.fixture
def real_temporal(temporal_binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(temporal_binary))


@pytest.fixture
def stand_ins() -> dict[str, tuple[str, ...]]:
    """Small programs in place of our own, which this package must not know."""
    return {
        "sandbox_command": (sys.executable, "-c", SANDBOX),
        "worker_command": (sys.executable, "-c", WORKER),
    }


@pytest.fixture
def polling_worker() -> tuple[str, ...]:
    """A real worker of the queue `greetings`."""
    return (sys.executable, "-c", POLLING_WORKER)


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Path]:
    """Return a function that writes a shell script under a name, in one folder for the PATH."""

    def write(name: str, body: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return write
