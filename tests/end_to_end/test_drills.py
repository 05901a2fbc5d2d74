"""Crashes on a stack whose state is in files, in real time: no case is lost, doubled or failed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus

from cli.embedded import options
from cli.money_drill import money_drill
from cli.money_wish import KINDS
from cli.verifying import verify
from client import OutcomeUnknown, Redress, Unreachable, connect
from domain.message import Command
from domain.policy import Policy
from domain.triage import Triage
from domain.view import CaseView
from ledger.pool import Pool, open_pool
from ledger.store import EventStore
from stack.embedded import Stack
from tests.workflows.environment import Ground, skipper_of
from tests.workflows.life import Life, event_in, eventually, open_case
from tests.workflows.lives import AGENT, close, recover, refund, withdraw
from tests.workflows.policies_for_tests import ladder, with_targets
from workflows.messages import Receipt

CASES = 8
RUNGS = (0.05, 0.02, 0.04, 0.06)
"""Minutes: missed three seconds after the receipt, and rungs a second or so apart after that."""

PATIENCE = 60.0
"""Seconds; what a killed worker held is tried again after a heartbeat time-out of fifteen."""


@dataclass(kw_only=True)
class Drill(Ground):
    """A stack that is crashed, and what it is asked through."""

    stack: Stack
    pool: Pool

    async def opens(self, count: int = CASES, policy: Policy | None = None) -> list[Life]:
        """Open cases of people who ask until they have an answer."""
        opened = [await open_case(self, policy) for _ in range(count)]
        return [Stubborn(**vars(life) | {"patience": PATIENCE}) for life in opened]

    async def paid(self, lives: Sequence[Life]) -> Counter[str]:
        """Count what the bank has paid, by case."""
        async with httpx.AsyncClient(base_url=self.stack.addresses.sandbox, trust_env=False) as bank:
            deeds = (await bank.get("/bank/books")).json()["deeds"]
        numbers = {life.number for life in lives}
        done = (deed["case_id"] for deed in deeds if deed["status"] == "done")
        return Counter(number for number in done if number in numbers)

    async def proves(self, lives: Sequence[Life]) -> None:
        """Every life came to its end and was paid once; every invariant holds."""
        assert await self.paid(lives) == Counter(life.number for life in lives)
        for life in lives:
            description = await life.handle.describe()
            assert description.status == WorkflowExecutionStatus.COMPLETED
        report = await verify(self.redress, self.pool, sandbox_url=self.stack.addresses.sandbox)
        assert not report.breaches


class Stubborn(Life):
    """A life whose people ask again, under the same id, while a service is away."""

    async def command(self, kind: type[Command], by: str, **fields: Any) -> Receipt:
        """Send a command until it is answered."""
        while True:
            try:
                return await super().command(kind, by, **fields)
            except (OutcomeUnknown, Unreachable):
                self.sent -= 1

    async def view(self) -> CaseView:
        """Ask until there is an answer."""
        while True:
            try:
                return await super().view()
            except Unreachable:
                await asyncio.sleep(0.1)


@pytest_asyncio.fixture(scope="module")
async def drill(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Drill]:
    """One durable stack for all drills, with a worker process of its own."""
    folder: Path = tmp_path_factory.mktemp("drills")
    wanted = options(folder=folder, durable=True, lucky=True, environment={"REDRESS_SERVICE_WAIT": "1"})
    async with Stack(wanted) as stack, await open_pool(stack.addresses.database) as pool:
        temporal = await connect(stack.addresses.temporal, stack.addresses.namespace)
        yield Drill(
            redress=Redress(temporal, secret="for drills only"),
            skipper=skipper_of(temporal),
            store=EventStore(pool),
            stack=stack,
            pool=pool,
        )


async def lived(life: Life) -> None:
    """Live to the end; the client asks again, under the same id, whatever is away meanwhile."""
    async with asyncio.timeout(PATIENCE):
        await recover(life, refund(5_000))
        await close(life)
        assert await life.ended() == "recovered"


async def met(drill: Drill, lives: Sequence[Life], paid: int) -> None:
    """Wait until so many have been paid: in the middle of the others' lives."""

    async def are_paid() -> bool:
        return (await drill.paid(lives)).total() >= paid

    await eventually(are_paid, PATIENCE)


async def test_a_worker_that_is_killed_loses_and_doubles_nothing(drill: Drill) -> None:
    lives = await drill.opens()
    async with asyncio.TaskGroup() as group:
        for life in lives:
            group.create_task(lived(life))
        await met(drill, lives, 1)
        (worker,) = drill.stack.workers
        await worker.kill()
        await worker.start()
    await drill.proves(lives)


async def test_a_ledger_that_is_away_delays_nothing_but_the_ledger_and_the_money(drill: Drill) -> None:
    postgres = drill.stack.postgres
    assert postgres is not None
    lives = await drill.opens()
    async with asyncio.TaskGroup() as group:
        for life in lives[:4]:
            group.create_task(lived(life))
        await met(drill, lives, 1)
        await postgres.stop()
        late = await open_case(drill)
        assert (await late.command(Triage, AGENT, voc_type="complaint")).events
        await late.until(lambda view: bool(view.unwritten))
        await postgres.start()
        for life in lives[4:]:
            group.create_task(lived(life))
    await drill.proves(lives)
    assert "triaged" in await late.kinds()
    await withdraw(late)


async def test_a_temporal_that_is_restarted_goes_on_where_it_was(drill: Drill) -> None:
    lives = await drill.opens()
    await asyncio.gather(*(recover(life, refund(5_000)) for life in lives))
    await drill.stack.temporal.stop()
    await drill.stack.temporal.start()
    await asyncio.gather(*(finished(life) for life in lives))
    await drill.proves(lives)


async def finished(life: Life) -> None:
    """Close what was agreed before the restart."""
    async with asyncio.timeout(PATIENCE):
        await close(life)
        assert await life.ended() == "recovered"


async def test_deadlines_that_pass_while_nobody_works_fire_once_each_rung_by_rung(drill: Drill) -> None:
    (worker,) = drill.stack.workers
    policy = with_targets((ladder(*RUNGS),))
    lives = await drill.opens(6, policy)
    await worker.stop()
    lives += await drill.opens(6, policy)  # these begin their lives when all is late
    last = datetime.now(UTC) + timedelta(minutes=RUNGS[0] + RUNGS[-1])
    while datetime.now(UTC) < last:  # noqa: ASYNC110 - a clock tells nobody
        await asyncio.sleep(0.05)
    await worker.start()
    for life in lives:
        await climbed(life)
    await asyncio.gather(*(withdraw(life) for life in lives))
    report = await verify(drill.redress, drill.pool, sandbox_url=drill.stack.addresses.sandbox)
    assert not report.breaches


async def climbed(life: Life) -> None:
    """Wait for the top of the ladder, and see that every rung was climbed once, in order, never early."""

    async def is_at_the_top() -> bool:
        return len([each for each in await life.kinds() if each in CLIMBS]) >= len(RUNGS)

    await eventually(is_at_the_top, PATIENCE)
    (opened,) = await life.events("case_opened")
    spans = (0, *RUNGS[1:])
    expected = [opened.at + timedelta(minutes=RUNGS[0] + span) for span in spans]
    events = [event_in(entry) for entry in await life.written() if entry.kind in CLIMBS]
    assert [event.due for event in events] == expected
    assert all(event.due is not None and event.at > event.due for event in events)


CLIMBS = ("target_breached", "target_overdue")


@pytest.mark.proof
@pytest.mark.timeout(900)
async def test_remedies_under_faults_and_kills_leave_no_unit_unaccounted_for() -> None:
    told: list[str] = []
    report = await money_drill(seed=5, cases=len(KINDS), say=told.append)
    assert report.ok, (report, told)
    assert report.ended == len(KINDS), "one of each kind"
    assert report.payments > 0
    assert report.vouchers > 0
    assert report.unknown_asked > 0
    assert report.kills >= 3
    assert {"V3", "V4", "V7", "V9"} <= set(report.verify.checked)
    assert any("Postgres is restarted" in each for each in told)
