"""Builds the embedded stack of Redress: its migration, its search attributes, its workers."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ledger.migrate import migrate
from stack.addresses import Addresses
from stack.embedded import StackOptions
from workflows.names import SEARCH_ATTRIBUTES, TASK_QUEUE

NAMED_ATTRIBUTES = tuple((key.name, key.indexed_value_type) for key in SEARCH_ATTRIBUTES)
"""What every server that runs cases must know."""


async def prepare_ledger(addresses: Addresses) -> None:
    """Bring the schema up to date; the application role is the user of the application's URL."""
    await migrate(addresses.migration, urlsplit(addresses.database).username or "redress_app")


def options(
    *,
    folder: Path | None = None,
    time_skipping: bool = False,
    workers: int = 1,
    durable: bool | None = None,
    lucky: bool = False,
    outside: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    temporal_port: int | None = None,
    ui_port: int | None = None,
) -> StackOptions:
    """Return the options of a stack of ours; without a folder it is private and leaves nothing behind.

    Args:
        folder: where everything is kept.
        time_skipping: whether cases may skip time.
        workers: how many worker processes.
        durable: whether state survives a kill; by default where a folder is named.
        lucky: whether the outside world does everything it is asked, whatever its seed says.
        outside: more arguments for the sandbox, as `python -m sandbox --help` lists them.
        environment: more settings for workers and sandbox.
        temporal_port: a free one by default.
        ui_port: without one there is no web interface.
    """
    return StackOptions(
        folder=folder,
        durable=durable,
        time_skipping=time_skipping,
        workers=workers,
        sandbox_command=(sys.executable, "-m", "sandbox", *(("--lucky",) if lucky else ()), *outside),
        task_queue=TASK_QUEUE,
        search_attributes=NAMED_ATTRIBUTES,
        environment=dict(environment or {}),
        prepare=prepare_ledger,
        temporal_port=temporal_port,
        ui_port=ui_port,
    )
