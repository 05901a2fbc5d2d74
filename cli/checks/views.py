"""V6, the workflow's half: what a running case says of itself is what the ledger says of it."""

import asyncio

from client import NotFound, Redress, RedressError
from domain.chain import GENESIS
from domain.improvement_view import ImprovementView
from domain.theme import is_request
from domain.view import CaseView
from ledger.breach import Breach
from ledger.store import EventStore

TOGETHER = 20
"""Views asked for at once."""


async def view_breaches(redress: Redress, store: EventStore) -> tuple[Breach, ...]:
    """Compare every running case at its view's seq and head hash."""
    gate = asyncio.Semaphore(TOGETHER)

    async def one(number: str) -> Breach | None:
        async with gate:
            return await _compare(redress, store, number)

    numbers = [number async for number in redress.numbers(running=True)]
    numbers += [id_ async for id_ in redress.improvements(running=True)]
    found = await asyncio.gather(*(one(number) for number in numbers))
    return tuple(breach for breach in found if breach is not None)


async def _compare(redress: Redress, store: EventStore, number: str) -> Breach | None:
    try:
        view = await (redress.improvement(number) if is_request(number) else redress.view(number))
    except NotFound:  # ended since it was listed
        return None
    except RedressError:
        return Breach("V6", number, "its workflow does not answer")
    entries = await store.read(number)
    written = view.row.version - view.unwritten
    if len(entries) < written:
        return Breach("V6", number, f"the case has written {written} events, the ledger has {len(entries)}")
    if len(entries) >= view.row.version:
        return await _compare_whole(store, number, view, entries[view.row.version - 1].hash)
    return None


async def _compare_whole(
    store: EventStore, number: str, view: CaseView | ImprovementView, hash_: str
) -> Breach | None:
    if (hash_ or GENESIS) != view.head:
        return Breach("V6", number, f"event {view.row.version} is another in the ledger than in the case")
    row = await (store.improvement(number) if is_request(number) else store.row(number))
    if row is not None and row.version == view.row.version and row != view.row:
        return Breach("V6", number, "the read model's row is not what the case says of itself")
    return None
