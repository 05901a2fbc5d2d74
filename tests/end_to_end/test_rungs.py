import asyncio
from datetime import timedelta

import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

import policies
from cli.embedded import options
from cli.hurry import hurried
from client import Redress, connect
from domain.effect import Contact
from domain.intake import Opening
from domain.targets import Rung
from ledger.fold import events_of
from ledger.pool import open_pool
from ledger.store import EventStore
from stack.embedded import Stack

RUNGS = 7
"""`accept`: warned and breached for the department, level 1 and level 2; there one rung after the breach."""


@pytest.mark.proof  # the worker starts seven times; test_clocks.py shows it in one process
async def test_each_rung_fires_once_though_the_worker_is_killed_at_every_one() -> None:
    opening = Opening(
        source="web", source_key="rungs", text="깨진 컵", contact=Contact(phone="010-1234-5678")
    )
    async with Stack(options(time_skipping=True, lucky=True)) as stack, asyncio.timeout(100):
        temporal = await connect(stack.addresses.temporal, stack.addresses.namespace)
        skipper = TimeSkipper(temporal, config=TimeSkippingConfig(enabled=False))
        redress = Redress(skipper.client, secret="rungs")
        number = (await redress.open(opening, hurried(policies.load("retail-kr")))).number
        triage = {"id": "t", "by": "system:test", "voc_type": "complaint", "cause": "defect"}
        await redress.submit_fields(number, "triage", triage)
        (worker,) = stack.workers
        async with await open_pool(stack.addresses.database) as pool:
            store = EventStore(pool)
            fired: list[Rung] = []
            while len(fired) < RUNGS:
                await skipper.fast_forward(redress.handle(number), timedelta(seconds=1))
                seen = [each for each in events_of(await store.read(number)) if isinstance(each, Rung)]
                accepts = [each for each in seen if each.target == "accept"]
                if len(accepts) > len(fired):
                    await worker.kill()
                    await worker.start()
                fired = accepts
    marks = [(each.generation, each.rung) for each in fired]
    assert marks == [("1", 0), ("1", 1), ("2", 0), ("2", 1), ("3", 0), ("3", 1), ("3", 2)]
    assert all(each.due is not None and each.at > each.due for each in fired)
