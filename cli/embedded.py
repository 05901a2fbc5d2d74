"""Builds the embedded stack of Redress: its migration, its search attributes, its workers."""

from collections.abc import Mapping
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
    environment: Mapping[str, str] | None = None,
    **ports: int,
) -> StackOptions:
    """Return the options of a stack of ours; without a folder it is private and leaves nothing behind."""
    return StackOptions(
        folder=folder,
        time_skipping=time_skipping,
        workers=workers,
        task_queue=TASK_QUEUE,
        search_attributes=NAMED_ATTRIBUTES,
        environment=dict(environment or {}),
        prepare=prepare_ledger,
        **ports,
    )
