"""Measures how late deadlines fire (due to recorded breach) while many cases wait at once, time not skipped.

Run with `.venv/bin/python benchmarks/lateness.py [CASES] [SPREAD] [WORKERS]`. Every case has one target of a
length in plain seconds; receipts are dated back so that they fall due evenly over SPREAD seconds, all after
the last case was opened. Never early, and every one exactly once: anything else fails.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

import policies
from cli.embedded import options
from cli.hurry import hurried, seconds
from client import Redress, connect
from domain.case import CaseEvent
from domain.effect import Contact
from domain.intake import Opening
from domain.ladder import Rung
from domain.policy import Policy, Target
from domain.targets import TargetBreached
from ledger.fold import events_of
from ledger.pool import open_pool
from ledger.store import EventStore
from stack.embedded import Stack

FIRST = 20
"""Cases opened before the others, to learn how long opening takes on this machine."""

AT_ONCE = 40
PATIENCE = 300.0
"""Seconds after the last deadline within which every breach must be in the ledger."""


def due_after(span: float) -> Policy:
    """Return the policy in which nothing falls due but one target, that many seconds after receipt."""
    rules = hurried(policies.load("retail-kr"))
    ladder = (Rung(at="breach", actions=()),)
    only = Target(name="resolve", budget=seconds(span), ladder=ladder, clause=rules.clauses[0].id)
    return rules.model_copy(update={"targets": (only,), "treatments": ()})


async def opened(redress: Redress, policy: Policy, place: int, received: datetime) -> str:
    """Open one case and return its number."""
    opening = Opening(
        source="web",
        source_key=f"late-{place}",
        text="받은 물건이 깨져 있었습니다.",
        contact=Contact(customer_id=f"cust-{place}", phone="010-0000-0000"),
        received_at=received,
    )
    return (await redress.open(opening, policy)).number


async def many(count: int, one: Callable[[int], Awaitable[str]]) -> list[str]:
    """Open so many cases, some at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(place: int) -> str:
        async with gate:
            return await one(place)

    return list(await asyncio.gather(*(gated(place) for place in range(count))))


async def breaches(store: EventStore, number: str) -> list[TargetBreached]:
    """Return what the ledger has of missed targets of one case."""
    happened: tuple[CaseEvent, ...] = events_of(await store.read(number))
    return [event for event in happened if isinstance(event, TargetBreached)]


async def measured(redress: Redress, store: EventStore, cases: int, spread: float) -> list[float]:
    """Open the cases, wait for all of their deadlines, and return how late each breach was, in seconds."""
    began = perf_counter()
    await many(FIRST, lambda place: opened(redress, due_after(86_400), -1 - place, datetime.now(UTC)))
    opening_takes = (perf_counter() - began) / FIRST * cases * 2 + 10
    policy, base = due_after(spread + opening_takes), datetime.now(UTC) - timedelta(seconds=spread)
    began = perf_counter()
    numbers = await many(
        cases,
        lambda place: opened(redress, policy, place, base + timedelta(seconds=spread * place / cases)),
    )
    took = perf_counter() - began
    assert took < opening_takes, "the first deadline passed before the last case was open: give more SPREAD"
    print(f"{cases} cases opened in {took:.1f} s ({cases / took:.0f}/s); due over the next {spread:.0f} s")
    last = base + timedelta(seconds=2 * spread + opening_takes)
    await asyncio.sleep((last - datetime.now(UTC)).total_seconds())
    found: list[TargetBreached] = []
    async with asyncio.timeout(PATIENCE):
        for number in numbers:
            while not (missed := await breaches(store, number)):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.2)
            assert len(missed) == 1, f"{number} was missed {len(missed)} times"
            found += missed
    return [(each.at - (each.due or each.at)).total_seconds() for each in found]


async def main(cases: int, spread: float, workers: int) -> None:
    """Run the cases on a private stack and print what was measured."""
    async with Stack(options(lucky=True, workers=workers)) as stack:
        redress = Redress(await connect(stack.addresses.temporal, stack.addresses.namespace), secret="bench")  # noqa: S106
        async with await open_pool(stack.addresses.database) as pool:
            late = await measured(redress, EventStore(pool), cases, spread)
    assert min(late) > 0, "a deadline fired early"
    cuts = quantiles(late, n=100)
    print(f"lateness of {cases} breaches, {workers} worker(s): ", end="")
    print(
        f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms, max {max(late) * 1000:.0f} ms; ", end=""
    )
    print(f"min {min(late) * 1000:.1f} ms, so none early")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*(given + [1000, 30, 2][len(given) :])))
