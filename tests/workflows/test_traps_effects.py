"""Traps of effects: refused, cancelled in back-off, running while the case continues as new; broken rules."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner

import domain.case
import worker
import workflows.interpreter
from client import Redress
from domain.assignment import AcceptCase
from domain.intake import AddToCase
from domain.regard import OpenBrief
from domain.remedy import AcceptRemedy, ProposeRemedy
from domain.saga import MarkStepDone
from domain.triage import HarmLine, Triage
from tests.workflows.environment import Environment
from tests.workflows.life import Life, eventually, open_case, scheduled
from tests.workflows.lives import AGENT, OWNER, close, customer, is_weighed, recover, refund, withdraw
from tests.workflows.policies_for_tests import prompt


async def test_a_refused_effect_is_asked_once_and_not_for_ever(env: Environment) -> None:
    life = await open_case(env)
    env.arm(kind="refuse", service="bank", calls=100, reason="the account is closed")
    await recover(life, refund())
    await life.until(lambda view: view.remedy == "compensated")
    assert (await scheduled(life)).count("pay_refund") == 1
    assert [deed.asked for deed in env.deeds("bank", life.number)] == [1]
    await withdraw(life)


async def test_an_effect_cancelled_in_back_off_is_unknown_and_the_case_goes_on(env: Environment) -> None:
    life = await open_case(env)
    await life.until(lambda view: not view.waiting)
    lines = (HarmLine(id="price", harm="price"),)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect", harm_lines=lines)
    await life.command(AcceptCase, AGENT)
    await life.command(OpenBrief, OWNER)
    env.arm(kind="down", service="gateway")
    await life.command(ProposeRemedy, OWNER, plan=refund(5_000))
    view = await life.until(is_weighed)
    assert view.proposal is not None
    assert view.waiting == ("offer:1",)
    await attempted(life)
    await life.command(AcceptRemedy, customer(life), proposal=view.proposal.hash)
    await life.until(lambda view: [step.state for step in view.steps] == ["done", "begun"])
    await life.command(MarkStepDone, AGENT, step="apology_call", reference="called in person")
    await life.until(lambda view: view.remedy == "completed")
    assert [each["key"] for each in await life.bodies("offer_notice_failed")] == ["offer:1"]
    env.faults.clear()
    await withdraw(life)


async def attempted(life: Life) -> None:
    """Wait until the one pending activity has failed and waits for its next try."""

    async def is_tried_again() -> bool:
        pending = (await life.handle.describe()).raw_description.pending_activities
        return any(each.attempt > 1 for each in pending)

    await eventually(is_tried_again)


async def test_a_bank_that_is_down_is_asked_for_the_outcome_and_pays_once(env: Environment) -> None:
    life = await open_case(env)
    env.arm(kind="down", service="bank")
    await recover(life, refund())
    await life.forward(timedelta(hours=2))
    env.faults.clear()
    await life.forward(timedelta(hours=6))
    await close(life)
    await life.until(lambda view: view.row.stage == "following_up")
    await life.forward(timedelta(days=2))  # customers are not called at night
    assert await life.ended() == "recovered"
    deeds = env.deeds("bank", life.number)
    assert [(deed.operation, deed.status) for deed in deeds] == [("pay_refund", "done")]


async def test_an_effect_that_runs_while_the_case_continues_as_new_happens_once(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The workflow sandbox imports the module anew and would not see the shorter limit.
    monkeypatch.setattr(worker, "sandbox_runner", UnsandboxedWorkflowRunner)
    monkeypatch.setattr(workflows.interpreter, "HARD_LIMIT", timedelta(seconds=0.3))
    monkeypatch.setattr(env, "redress", Redress(env.temporal, secret="running", carry_on_after=17))
    async with env.with_worker():
        life = await open_case(env, prompt(statutory=()))
        env.arm(kind="slow", service="bank", seconds=1.5, calls=1)
        await recover(life, refund())

        async def is_paying() -> bool:
            return bool(env.faults.left()[0]["met"])

        await eventually(is_paying)
        await life.until(lambda view: "authority-count:1" not in view.waiting)
        await life.command(AddToCase, AGENT, text="the seventeenth event")
        await close(life)
        assert await life.ended() == "recovered"
    deeds = env.deeds("bank", life.number)
    assert [(deed.status, deed.asked) for deed in deeds] == [("done", 2)]
    assert [done["step"] for done in await life.bodies("step_done")].count("payout") == 1


async def test_a_deadline_that_does_not_move_fails_the_task_where_everybody_sees_it(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await open_case(env)
    await life.until(lambda view: not view.waiting)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect")
    monkeypatch.setattr(domain.case, "time_passes", lambda *_: ())
    forward = asyncio.create_task(life.forward(timedelta(days=1)))
    await life.until_counted("WORKFLOW_TASK_FAILED")
    monkeypatch.undo()
    await env.worker.on()
    await forward
    assert "target_breached" in await life.kinds()
    await withdraw(life)


async def test_an_effect_that_is_wanted_again_after_its_outcome_fails_the_task_visibly(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(case: Any, fact: Any) -> tuple[Any, ...]:
        return () if fact.key == "customer:1" else came_back(case, fact)

    came_back = vars(domain.case)["came_back"]
    monkeypatch.setattr(domain.case, "came_back", forgetful)
    life = await open_case(env)
    await life.until_counted("WORKFLOW_TASK_FAILED")
    assert (await scheduled(life)).count("fetch_customer") == 1
    await life.handle.terminate("it would fail until the rules are mended")
