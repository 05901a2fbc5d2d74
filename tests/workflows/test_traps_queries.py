"""The trap of queries: one that waited for a worker brings events that no workflow task has carried yet."""

import asyncio

from domain.intake import AddToCase
from tests.workflows.environment import Environment
from tests.workflows.life import open_case
from tests.workflows.lives import withdraw
from workflows.replay import replay


async def test_a_query_that_waited_for_a_worker_does_not_change_what_replays(env: Environment) -> None:
    life = await open_case(env)
    await life.until(lambda view: not view.waiting and not view.unwritten)
    customer = f"customer:{life.opening.contact.customer_id}" if life.opening.contact else "system:web"
    async with env.without_worker():
        questions = [asyncio.create_task(life.view()) for _ in range(3)]
        await asyncio.sleep(0.5)  # they reach the server before the task that the letter schedules
        await life.signal("no_such_letter", {"kind": "no_such_letter"})
        update = asyncio.create_task(life.command(AddToCase, customer, text="하나 더 있습니다."))
        await asyncio.sleep(0.5)
    views = await asyncio.gather(*questions)
    receipt = await update
    assert receipt.events == ("added_to_case",)
    assert {view.row.case_id for view in views} == {life.number}
    await withdraw(life)
    assert await replay(await life.handle.fetch_history()) == ()
