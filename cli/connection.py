"""Finds the stack that runs, and opens what a command needs of it, without ever waiting long."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from client import Redress, Unreachable, connect
from domain.number import normal
from domain.refusal import Refused
from domain.theme import PREFIX
from ledger.errors import LedgerNotReady
from ledger.pool import Pool, open_pool
from ledger.store import EventStore
from settings import Settings
from stack.addresses import data_folder
from stack.folder import running

FOLDER = "REDRESS_FOLDER"
"""Names the folder of the stack to talk to, where it is not the usual one."""

PATIENCE = 1.5
"""Seconds for each service: the answer that it is away must come within three."""

GOODBYE = 0.5
"""Seconds for a database to close connections in good order."""

ENVIRONMENT = "REDRESS_"
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work to its end."""
    return asyncio.run(work)


def stack_folder() -> Path:
    """Return the folder of the embedded stack."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else data_folder()


def find_settings() -> Settings:
    """Return the settings: from the environment, what it leaves out from the stack that runs here.

    Raises:
        Unreachable: no address is set and no stack runs.
    """
    if f"{ENVIRONMENT}TEMPORAL_ADDRESS" in os.environ:
        return Settings()
    record = running(stack_folder())
    if record is None:
        raise Unreachable(
            f"no stack runs from {stack_folder()}; start one with `redress up`, "
            f"name the folder of one that runs elsewhere ({FOLDER}), or set REDRESS_TEMPORAL_ADDRESS"
        )
    there = record.addresses.environment()
    # What is passed by name would win over the environment; it only fills the gaps.
    gaps = {
        name.removeprefix(ENVIRONMENT).lower(): value
        for name, value in there.items()
        if name not in os.environ
    }
    return Settings.model_validate({**Settings().model_dump(), **gaps})


@asynccontextmanager
async def cases(settings: Settings) -> AsyncIterator[Redress]:
    """Open the client.

    Raises:
        Unreachable: Temporal does not answer.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            temporal = await connect(settings.temporal_address, settings.temporal_namespace)
    except TimeoutError:
        raise Unreachable(
            f"the Temporal server at {settings.temporal_address} does not answer; "
            "`redress up` starts one, REDRESS_TEMPORAL_ADDRESS names another"
        ) from None
    yield Redress(temporal, secret=settings.number_secret, carry_on_after=settings.carry_on_after)


@asynccontextmanager
async def ledger_pool(url: str, variable: str = "REDRESS_DATABASE_URL") -> AsyncIterator[Pool]:
    """Open a pool over the ledger; it connects on first use.

    Raises:
        LedgerNotReady: no address is known.
    """
    if not url:
        raise LedgerNotReady(f"no ledger is named: set {variable}, or start a stack with `redress up`")
    pool = await open_pool(url, max_size=4)
    try:
        yield pool
    finally:
        try:
            async with asyncio.timeout(GOODBYE):
                await pool.close()
        except (TimeoutError, OSError, asyncpg.InterfaceError):
            pool.terminate()


@asynccontextmanager
async def ledger(settings: Settings) -> AsyncIterator[EventStore]:
    """Open the ledger to read; it waits less for its database than a worker does."""
    async with ledger_pool(settings.database_url) as pool:
        yield EventStore(pool, patience=timedelta(seconds=PATIENCE))


def subject(given: str) -> str:
    """Return the number of a case, or of an improvement request, that a person typed.

    Raises:
        Refused: it can be neither.
    """
    if given.upper().startswith(PREFIX):
        return improvement_number(given)
    return case_number(given)


def improvement_number(given: str) -> str:
    """Return the number of an improvement request that a person typed.

    Raises:
        Refused: it cannot be one.
    """
    number = normal(given.upper().removeprefix(PREFIX))
    if number is None:
        raise Refused(
            f"ID: this is no improvement request; one is called {PREFIX} and 13 letters and digits, "
            f"such as {PREFIX}2Q5N-18Q0-ZWDY-E",
            code="number",
        )
    return PREFIX + number


def case_number(given: str) -> str:
    """Return the case number that a person typed.

    Raises:
        Refused: it cannot be one.
    """
    number = normal(given)
    if number is None:
        raise Refused(
            "CASE: this is no case number; one has 13 letters and digits, the last of "
            "which checks the others (2Q5N-18Q0-ZWDY-E): look for a slip of the pen",
            code="number",
        )
    return number
