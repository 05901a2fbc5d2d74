"""A ledger that holds another history, or will never take these rows: writing stops, the case lives on."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecutionStatus

from client import Redress
from domain.case import Open, decide, fold, unopened
from domain.chain import GENESIS, RecordedEvent
from domain.intake import AddToCase
from domain.policy import Policy
from domain.row import CaseRow, ImprovementRow
from ledger.errors import LedgerRejected
from ledger.store import EventStore
from tests.workflows.environment import Environment
from tests.workflows.life import Life, eventually, open_case, scheduled
from tests.workflows.lives import AGENT, close, recover, refund, withdraw
from workflows.names import CONFLICT
from workflows.record import recorded


class FussyStore(EventStore):
    """A ledger that will never take the rows of any case."""

    async def append(
        self,
        case_id: str,
        events: Sequence[RecordedEvent],
        row: CaseRow | ImprovementRow | None = None,
        policy: Policy | None = None,
    ) -> None:
        """Refuse."""
        raise LedgerRejected(f"case {case_id}, {len(events)} events ({row is None}, {policy is None})")


async def shows_conflict(life: Life) -> None:
    """Wait until the search attribute says that the ledger holds something else."""

    async def is_shown() -> bool:
        return bool((await life.handle.describe()).typed_search_attributes.get(CONFLICT))

    await eventually(is_shown)
    metadata = await life.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert "redress revive" in metadata.current_details


async def appends(life: Life) -> int:
    """Count the appends that the case has asked for."""
    return (await scheduled(life)).count("append_events")


async def lives_on(life: Life) -> None:
    """See that commands, effects and time go on, and that nothing more is written."""
    before = await appends(life)
    receipt = await life.command(AddToCase, AGENT, text="still here")
    assert receipt.events == ("added_to_case",)
    await life.until(lambda view: not view.waiting)
    await life.forward(timedelta(days=1))
    view = await life.view()
    assert view.unwritten == view.row.version
    assert await appends(life) == before == 1
    description = await life.handle.describe()
    assert description.status == WorkflowExecutionStatus.RUNNING
    await life.handle.terminate("only `redress revive` helps it")


async def test_a_second_history_under_a_case_stops_the_writing_and_shows(env: Environment) -> None:
    async with env.without_worker():
        life = await open_case(env)
        other = of_another_life(life)
        await env.store.append(life.number, (other,))
    await shows_conflict(life)
    await lives_on(life)
    assert await env.store.read(life.number) == (other,)


def of_another_life(life: Life) -> RecordedEvent:
    """Return the first event as another history would have it."""
    message = Open(
        at=datetime(2026, 1, 2, tzinfo=UTC), opening=life.opening, source_key="other", key_digest="other"
    )
    beginning = unopened(life.number, life.policy)
    (opened,) = decide(beginning, message)
    return recorded(fold(beginning, (opened,)), opened, before=GENESIS, salt="0" * 32)


async def test_rows_that_the_ledger_will_never_take_stop_the_writing_and_show(env: Environment) -> None:
    async with env.with_worker(store=FussyStore(env.store._pool)):  # noqa: SLF001 - never used
        life = await open_case(env)
        await shows_conflict(life)
        await lives_on(life)
    assert not await env.store.read(life.number)


class AbsentStore(EventStore):
    """A ledger that is away until it is told to be there."""

    def __init__(self, real: EventStore) -> None:
        self._real = real
        self.there = asyncio.Event()

    def hasty(self, patience: timedelta) -> EventStore:
        """What only looks may look."""
        return self._real.hasty(patience)

    async def append(
        self,
        case_id: str,
        events: Sequence[RecordedEvent],
        row: CaseRow | ImprovementRow | None = None,
        policy: Policy | None = None,
    ) -> None:
        """Wait for the ledger, as the real store does, then write."""
        await self.there.wait()
        await self._real.append(case_id, events, row, policy)


async def test_money_waits_until_its_intent_is_in_the_ledger(env: Environment) -> None:
    store = AbsentStore(env.store)
    async with env.with_worker(store=store):
        life = await open_case(env)
        await recover(life, refund())
        await life.command(AddToCase, AGENT, text="one more round trip")
        view = await life.view()
        assert "payout:1.1" in view.waiting
        assert "pay_refund" not in await scheduled(life)
        assert not env.deeds("bank", life.number)
        store.there.set()
        await close(life)
        assert await life.ended() == "recovered"
    assert [deed.status for deed in env.deeds("bank", life.number)] == ["done"]


async def test_a_backlog_too_big_to_carry_waits_for_the_ledger(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "redress", Redress(env.temporal, secret="backlog", carry_on_after=10))
    store = AbsentStore(env.store)
    async with env.with_worker(store=store):
        life = await open_case(env)
        for _ in range(45):
            await life.command(AddToCase, AGENT, text="가" * 20_000)
        assert not (await life.counted())["WORKFLOW_TASK_FAILED"]
        store.there.set()
        await life.until(lambda view: not view.unwritten)
        assert len(await life.events("added_to_case")) == 45
        await withdraw(life)
