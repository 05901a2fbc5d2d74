"""A ledger that holds another history, or will never take these rows: writing stops, the case lives on."""

import asyncio
from collections.abc import Sequence

from domain.chain import GENESIS, RecordedEvent
from domain.intake import AddToCase
from domain.policy import Policy
from domain.refusal import Refused
from domain.row import CaseRow
from ledger.errors import LedgerRejected
from ledger.pool import open_pool
from ledger.store import EventStore
from tests.workflows.environment import Environment
from tests.workflows.life import Life, open_case
from tests.workflows.lives import AGENT, close, recover, refund
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
        raise LedgerRejected(f"case {case_id}, {len(events)} events: {row is None} {policy is None}")


async def shows_conflict(life: Life) -> None:
    """Wait until the search attribute says that the ledger holds something else."""
    async with asyncio.timeout(20):
        while not (await life.handle.describe()).typed_search_attributes.get(CONFLICT):
            await asyncio.sleep(0.02)


async def appends(life: Life) -> int:
    """Count the appends that the case has asked for."""
    scheduled = (event.activity_task_scheduled_event_attributes for event in await life.history())
    return len([each for each in scheduled if each.activity_type.name == "append_events"])


async def lives_on(life: Life) -> None:
    """See that commands and money that needs no ledger go on, and that nothing more is written."""
    before = await appends(life)
    receipt = await life.command(AddToCase, AGENT, text="still here")
    assert receipt.events == ("added_to_case",)
    assert (await life.view()).unwritten
    assert await appends(life) == before == 1
    description = await life.handle.describe()
    assert description.status is not None
    assert description.status.name == "RUNNING"


async def test_a_second_history_under_a_case_stops_the_writing_and_shows(env: Environment) -> None:
    life = await open_case_while_another_history_is_written(env)
    await shows_conflict(life)
    assert "conflict" in await details(life)
    await lives_on(life)
    assert [entry.hash for entry in await env.store.read(life.number)] == [life_of_another.hash]
    await life.handle.terminate("its ledger holds another history")


life_of_another: RecordedEvent


async def open_case_while_another_history_is_written(env: Environment) -> Life:
    """Open a case nobody works on yet, and write an event of another history under its number."""
    global life_of_another  # noqa: PLW0603 - what the one test wrote
    async with env.without_worker():
        life = await open_case(env)
        life_of_another = another(life)
        async with await open_pool(env.worker.settings.database_url or url_of(env)) as pool:
            await EventStore(pool).append(life.number, (life_of_another,))
    return life


def url_of(env: Environment) -> str:
    """Return the database as the application role sees it."""
    return env.owner_url.replace("redress_owner", "redress_app")


def another(life: Life) -> RecordedEvent:
    """Return a first event as it would have been in another life."""
    raise NotImplementedError


async def details(life: Life) -> str:
    """Return what the Temporal UI shows about a case."""
    raise NotImplementedError
