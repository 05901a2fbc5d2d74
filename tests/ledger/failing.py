"""A store whose database is not what it should be."""

import asyncio
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from ledger.errors import LedgerError

Store = TypeVar("Store")


def failing(store: Store, error: LedgerError, *, after: float = 0) -> Store:
    """Return the store, which fails like this whatever it is asked, at once or after so many seconds."""

    async def fail(*_: Any, **__: Any) -> Any:
        await asyncio.sleep(after)
        raise error

    for name in dir(type(store)):
        if not name.startswith("_") and iscoroutinefunction(getattr(type(store), name)):
            setattr(store, name, fail)
    return store
