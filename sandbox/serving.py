"""Serves an application on loopback, for the sandbox's own process and for tests inside theirs."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

LOOPBACK = "127.0.0.1"


def listen(port: int = 0) -> socket.socket:
    """Return a socket that listens on loopback; port 0 is any free one."""
    # Without the protocol named, asyncio does not switch Nagle's delay off, and each answer takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
        listening.listen(512)
    except BaseException:
        listening.close()
        raise
    return listening


def address(listening: socket.socket) -> str:
    """Return the address under which a socket is reached."""
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}"


def server(app: Callable[..., Any]) -> uvicorn.Server:
    """Return a server that logs nothing but trouble and does not wait for answers that hang."""
    config = uvicorn.Config(
        app,
        interface="asgi3",
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


@asynccontextmanager
async def served(app: Callable[..., Any]) -> AsyncIterator[str]:
    """Serve an application while the block runs; gives its address."""
    listening = listen()
    serving = server(app)
    task = asyncio.create_task(serving.serve(sockets=[listening]))
    try:
        yield address(listening)
    finally:
        serving.should_exit = True
        await task
        listening.close()
