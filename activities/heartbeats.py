"""Beats while an activity waits for what may take its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio import activity

HEARTBEAT = timedelta(seconds=2)
"""How often the activity says that it still waits; a heartbeat timeout should be some of these."""


@asynccontextmanager
async def heartbeats(every: timedelta = HEARTBEAT) -> AsyncIterator[None]:
    """Beat in the background: one call to another case, or to a frozen server, may hang."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(every.total_seconds())

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
