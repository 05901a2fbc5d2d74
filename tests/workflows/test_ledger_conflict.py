"""A ledger that holds another history, or will never take these rows: writing stops, the case lives on."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecutionStatus

from domain.case import Open, decide, fold, unopened
from domain.chain import GENESIS, RecordedEvent
from domain.intake import AddToCase
from domain.policy import Policy
from domain.row import CaseRow
from ledger.errors import LedgerRejected
from ledger.store import EventStore
from tests.workflows.environment import Environment
from tests.workflows.life import Life, open_case
from tests.workflows.lives import AGENT
from workflows.names import CONFLICT
from workflows.record import recorded


class FussyStore(EventStore):
    """A ledger that will never take the rows of any case."""

    async def append(
        self,
        case_id: str,
        events: Sequence[RecordedEvent],
        row: CaseRow | None = None,
        policy: Policy | None = None,
    ) -> None:
        """Refuse."""
        raise LedgerRejected(f"case {case_id}, {len(events)} events ({row is None}, {policy is None})")


async def shows_conflict(life: Life) -> None:
    """Wait until the search attribute says that the ledger holds something else."""
    async with asyncio.timeout(20):
        while not (await life.handle.describe()).typed_search_attributes.get(CONFLICT):
            await asyncio.sleep(0.02)
    metadata = await life.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert "redress revive" in metadata.current_details


async def appends(life: Life) -> int:
    """Count the appends that the case has asked for."""
    scheduled = (
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in await life.history()
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    )
    return list(scheduled).count("append_events")


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
