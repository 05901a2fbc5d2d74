"""A sandbox on a free port for the session, with a fresh world for every test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from sandbox.app import create_app
from sandbox.books import Books
from sandbox.service import World
from sandbox.serving import served

NOON = "2026-03-02T12:00:00+09:00"
Do = Callable[..., Awaitable[httpx.Response]]


class Stage:
    """Serves whichever world is on stage; a server per test would cost most of the time."""

    def __init__(self) -> None:
        self.app: Callable[..., Awaitable[None]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand the connection on."""
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest_asyncio.fixture(scope="session")
async def address(stage: Stage) -> AsyncIterator[str]:
    async with served(stage) as where:
        yield where


@pytest.fixture
def world(stage: Stage, tmp_path: Path) -> Iterator[World]:
    with closing(Books(tmp_path)) as books:
        world = World(books=books, seed=7, lucky=True)
        stage.app = create_app(world)
        yield world


@pytest_asyncio.fixture
async def client(world: World, address: str) -> AsyncIterator[httpx.AsyncClient]:
    assert world.lucky
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture
def do(client: httpx.AsyncClient) -> Do:
    """Return a way to ask a service: `do("bank/pay_refund", key, order_id=..., ...)`."""

    async def ask(
        path: str, key: str | None = None, *, at: str = NOON, case_id: str = "case-1", **request: Any
    ) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"at": at, "case_id": case_id, "request": request}
        return await client.post(f"/{path}", json=body, headers=headers)

    return ask
