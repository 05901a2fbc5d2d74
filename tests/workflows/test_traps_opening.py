"""Traps of opening: the same complaint twice, at once, after the close; a second run; a future; a cancel."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus

from client import Opened
from domain.refusal import Refused
from domain.saga import CancelRemedy
from domain.triage import Triage
from tests.workflows.environment import Environment
from tests.workflows.life import Life, open_case, opening_of
from tests.workflows.lives import AGENT, close, expect_refusal, recover, refund, withdraw
from tests.workflows.policies_for_tests import prompt
from workflows.names import workflow_id


async def runs_of(env: Environment, number: str) -> int:
    """Count the runs that the server has under a case's id."""
    found = env.temporal.list_workflows(f"WorkflowId = '{workflow_id(number)}'")
    return len([each async for each in found])


async def test_fifty_openings_at_once_of_one_complaint_give_one_case(env: Environment) -> None:
    opening, policy = opening_of(env), prompt()
    opened = await asyncio.gather(*(env.redress.open(opening, policy) for _ in range(50)))
    assert len({each.number for each in opened}) == 1
    assert [each.existing for each in opened].count(False) == 1
    await withdraw(Life(env, opened[0].number, opening, policy))
    assert await runs_of(env, opened[0].number) == 1


async def test_the_same_complaint_after_the_close_is_the_same_case(env: Environment) -> None:
    life = await open_case(env)
    await withdraw(life)
    again = await env.redress.open(life.opening, life.policy)
    assert again == Opened(number=life.number, existing=True)
    assert await runs_of(env, life.number) == 1
    assert (await life.kinds()).count("case_opened") == 1


async def test_the_same_key_with_another_text_is_refused_and_says_how_to_add_it(env: Environment) -> None:
    life = await open_case(env)
    other = life.opening.model_copy(update={"text": "and the saucer too"})
    with pytest.raises(Refused, match=f"{life.number}.*add_to_case") as refused:
        await env.redress.open(other, life.policy)
    assert refused.value.code == "other-content"
    await withdraw(life)
    with pytest.raises(Refused, match=life.number):
        await env.redress.open(other, life.policy)


async def test_a_message_without_a_key_is_known_by_its_content(env: Environment) -> None:
    life = await open_case(env, source_key=None)
    assert (await env.redress.open(life.opening, life.policy)).existing
    other = await env.redress.open(life.opening.model_copy(update={"text": "another"}), life.policy)
    assert other.number != life.number
    await withdraw(life)
    await withdraw(Life(env, other.number, life.opening, life.policy))


async def test_a_receipt_in_the_future_is_refused_before_anything_is_stored(env: Environment) -> None:
    with pytest.raises(Refused, match="received_at lies in the future"):
        await open_case(env, received_at=datetime.now(UTC) + timedelta(hours=1))


async def test_a_client_whose_clock_is_a_little_ahead_opens_a_case_that_lives(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=1)
    monkeypatch.setattr("client.check_opening", lambda *_: None)
    life = await open_case(env, received_at=soon)
    (opened,) = await life.bodies("case_opened")
    assert opened["received_at"] == opened["at"]
    await withdraw(life)


async def test_a_case_opens_while_nobody_works_and_postgres_and_the_outside_are_asked_later(
    env: Environment,
) -> None:
    async with env.without_worker():
        life = await open_case(env)
    await life.until(lambda view: not view.waiting)
    (opened,) = await life.events("case_opened")
    # Not when somebody first looked at it: the customer's clocks run from the start.
    assert opened.at == (await life.handle.describe()).start_time
    await withdraw(life)


async def test_cancelling_in_the_ui_ends_nothing_and_is_recorded(env: Environment) -> None:
    life = await open_case(env)
    await life.until(lambda view: not view.waiting)
    for _ in range(3):
        await life.handle.cancel()
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect")
    assert "cancellation_requested" in await life.kinds()
    assert (await life.handle.describe()).status == WorkflowExecutionStatus.RUNNING
    await withdraw(life)
    assert (await life.handle.describe()).status == WorkflowExecutionStatus.COMPLETED


async def test_cancelling_before_the_first_task_ends_nothing(env: Environment) -> None:
    async with env.without_worker():
        life = await open_case(env)
        await life.handle.cancel()
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect")
    assert "cancellation_requested" in await life.kinds()
    await withdraw(life)


async def test_cancelling_in_mid_saga_does_not_stop_the_money(env: Environment) -> None:
    life = await open_case(env)
    env.arm(kind="slow", service="bank", seconds=0.5, calls=1)
    await recover(life, refund())
    await life.handle.cancel()
    await close(life)
    assert await life.ended() == "recovered"
    assert [deed.status for deed in env.deeds("bank", life.number)] == ["done"]


async def test_a_remedy_that_was_paid_cannot_be_cancelled(env: Environment) -> None:
    life = await open_case(env)
    await recover(life, refund())
    await life.until(lambda view: view.remedy == "completed")
    refusal = await expect_refusal(life, CancelRemedy, "supervisor:sup-04", reason="too late")
    assert refusal.code == "no-saga"
    await withdraw(life)
