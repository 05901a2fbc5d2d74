import asyncio
import json
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.embedded import options
from client import Redress, connect
from stack.embedded import Stack
from starter import app

KEYS = count(1)


class Answer:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Answer]


def invoke(*arguments: object, given: str | bytes | None = None) -> Answer:
    result = CliRunner().invoke(app, [str(each) for each in arguments], input=given)
    return Answer(result.exit_code, result.stdout, result.stderr)


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


def opening(**fields: object) -> str:
    """Return a complaint as a channel hands it in."""
    key = f"test-{next(KEYS)}"
    whole = {
        "source": "web",
        "source_key": key,
        "text": "컵이 깨져 왔어요",
        "product": "cup",
        "contact": {"customer_id": "cust-1", "phone": "010-1234-5678"},
        **fields,
    }
    return json.dumps(whole, ensure_ascii=False)


async def settled(redress: Redress, number: str) -> None:
    """Wait until the outside owes nothing and the ledger has everything."""
    async with asyncio.timeout(20):
        while True:
            view = await redress.view(number)
            if not view.waiting and not view.unwritten:
                return
            await asyncio.sleep(0.05)
