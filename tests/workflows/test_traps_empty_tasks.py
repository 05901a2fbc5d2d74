"""The trap of empty tasks: one that takes news in and gives no command is joined to the next when loaded."""

import asyncio
from collections.abc import Sequence

from domain.chain import RecordedEvent
from domain.intake import AddToCase
from domain.policy import Policy
from domain.row import CaseRow, ImprovementRow
from ledger.errors import LedgerUnavailable
from ledger.store import EventStore
from tests.workflows.environment import Environment
from tests.workflows.life import open_case
from tests.workflows.lives import withdraw
from workflows.replay import replay


class StuckStore(EventStore):
    """A ledger that does not answer, until it says that it cannot."""

    def __init__(self, usual: EventStore) -> None:
        super().__init__(usual._pool)  # noqa: SLF001 - the same database, which is never asked
        self.given_up = asyncio.Event()

    async def append(
        self,
        case_id: str,
        events: Sequence[RecordedEvent],
        row: CaseRow | ImprovementRow | None = None,
        policy: Policy | None = None,
    ) -> None:
        """Wait, and write nothing."""
        await self.given_up.wait()
        raise LedgerUnavailable(
            f"{case_id}: {len(events)} events not taken ({row is None}, {policy is None})"
        )


async def test_news_that_gave_no_command_are_not_joined_to_an_update_by_the_next_worker(
    env: Environment,
) -> None:
    stuck = StuckStore(env.store)
    async with env.with_worker(store=stuck):
        life = await open_case(env)
        await life.until(lambda view: not view.waiting)  # three answers came in; the append is under way
        stuck.given_up.set()
        await env.worker.off()
        customer = f"customer:{life.opening.contact.customer_id}"
        update = asyncio.create_task(life.command(AddToCase, customer, text="하나 더 있습니다."))
        await asyncio.sleep(0.5)  # it reaches the server while nobody works
    receipt = await update
    assert receipt.events == ("added_to_case",)
    await withdraw(life)
    assert await replay(await life.handle.fetch_history()) == ()
