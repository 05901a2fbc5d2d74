from collections.abc import AsyncIterator

import pytest

from cli.embedded import options
from client import Redress, connect
from stack.embedded import Stack
from tests.cli.driving import Command, invoke, settled

__all__ = ["settled"]


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    async with Stack(options(lucky=True)) as running:
        yield running


@pytest.fixture(scope="session")
async def redress(stack: Stack) -> Redress:
    temporal = await connect(stack.addresses.temporal, stack.addresses.namespace)
    return Redress(temporal, secret="embedded-stack-only")


@pytest.fixture
def redress_command(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command against the stack, in this process."""
    for name, value in stack.addresses.environment().items():
        monkeypatch.setenv(name, value)
    return invoke


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command where nothing answers."""
    monkeypatch.setenv("REDRESS_TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("REDRESS_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    return invoke
