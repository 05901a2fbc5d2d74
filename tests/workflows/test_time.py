"""Deadlines on the real server, time skipped: exact, once each, rung by rung, whatever happens meanwhile."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from domain.assignment import AcceptCase
from domain.happy_call import HappyCallBegun
from domain.intake import AddToCase
from domain.promise import MakePromise
from domain.refusal import Refused
from domain.targets import TargetBreached
from domain.triage import Triage
from tests.workflows.environment import Environment
from tests.workflows.life import Life, open_case
from tests.workflows.lives import AGENT, close, recover, refund, withdraw
from tests.workflows.policies_for_tests import ladder, policy, with_targets

HOUR = timedelta(hours=1)
RUNGS = (60, 120, 240, 480, 960)
"""Minutes after the receipt at which a target is missed, and after that at which the case moves up."""


async def assigned(env: Environment, *minutes: float) -> Life:
    """Open a case that must be resolved within the first span, and give it to a department."""
    life = await open_case(env, with_targets((ladder(*minutes),)))
    await life.until(lambda view: not view.waiting)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect")
    await life.written()  # an append that still runs would hold the time
    return life


async def start_of(life: Life) -> datetime:
    """Return when the case was opened, which is when its clocks began."""
    (event,) = await life.events("case_opened")
    return event.at


async def rungs(life: Life) -> list[tuple[datetime, datetime]]:
    """Return due and time of each rung of the ladder that was climbed, as written."""
    found: list[tuple[datetime, datetime]] = []
    for entry in ("target_breached", "target_overdue"):
        for event in await life.events(entry):
            assert event.due is not None
            found.append((event.due, event.at))
    return sorted(found)


def dues(start: datetime, minutes: Sequence[float]) -> list[datetime]:
    """Return the exact instants of a ladder."""
    late = [0, *minutes[1:]]
    return [start + timedelta(minutes=minutes[0] + span) for span in late]


def check(found: list[tuple[datetime, datetime]], start: datetime, minutes: Sequence[float]) -> None:
    """Every rung once, with its exact due, never early."""
    assert [due for due, _ in found] == dues(start, minutes)
    assert all(at > due for due, at in found)


async def test_every_rung_fires_once_with_its_exact_due(env: Environment) -> None:
    life = await assigned(env, *RUNGS)
    await life.forward(timedelta(days=2))
    check(await rungs(life), await start_of(life), RUNGS)
    await withdraw(life)


async def test_rungs_fire_as_the_time_flies_in_pieces(env: Environment) -> None:
    life = await assigned(env, *RUNGS)
    start = await start_of(life)
    for step in range(20):
        await life.forward(timedelta(minutes=61))
        passed = [due for due in dues(start, RUNGS) if due < start + (step + 1) * timedelta(minutes=61)]
        assert [due for due, _ in await rungs(life)] == passed
    check(await rungs(life), await start_of(life), RUNGS)
    await withdraw(life)


async def test_rungs_fire_once_though_the_worker_is_restarted_in_between(env: Environment) -> None:
    life = await assigned(env, *RUNGS)
    for _ in range(3):
        await life.forward(5 * HOUR + timedelta(minutes=40))
        await env.worker.on()
    await life.forward(24 * HOUR)
    check(await rungs(life), await start_of(life), RUNGS)
    await withdraw(life)


async def test_an_alarm_that_nobody_heard_is_made_up_for_rung_by_rung(env: Environment) -> None:
    life = await assigned(env, *RUNGS)
    start = await start_of(life)
    async with env.without_worker():
        flying = asyncio.create_task(life.forward(20 * HOUR))
        await life.until_counted("TIMER_FIRED")
        letter = {
            "id": "after-the-night",
            "by": AGENT,
            "what": "I call you",
            "due": (start + 30 * HOUR).isoformat(),
        }
        await life.signal("make_promise", letter)
    await flying
    check(await rungs(life), start, RUNGS)
    await life.forward(11 * HOUR)
    broken = await life.events("promise_broken")
    assert [event.due for event in broken] == [start + 30 * HOUR]
    await withdraw(life)


async def test_a_case_opened_twenty_hours_late_keeps_escalating(env: Environment) -> None:
    """For a worker that is away see tests/end_to_end: a clock that skips waits for the worker."""
    received = datetime.now(UTC) - 20 * HOUR
    life = await open_case(env, policy(statutory=()), received_at=received)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect")
    await life.forward(timedelta(days=20))
    fired = [event for event in await life.events("target_breached") if isinstance(event, TargetBreached)]
    assert "first_response" in {event.target for event in fired}
    # The day it was promised had passed before anybody knew of the case: said once, and the ladder goes on.
    names = [(event.target, event.generation, event.rung) for event in fired]
    assert len(names) == len(set(names))
    assert {event.target for event in fired if event.late_known} == {"acknowledge", "first_response"}
    assert "target_overdue" in await life.kinds()
    assert not (await life.counted())["WORKFLOW_TASK_FAILED"]
    await withdraw(life)


@pytest.mark.parametrize("how", ["signal", "update"])
async def test_a_command_in_the_task_of_a_due_alarm_does_not_erase_the_deadline(
    env: Environment, how: str
) -> None:
    life = await assigned(env, 60)
    start = await start_of(life)
    async with env.without_worker():
        flying = asyncio.create_task(life.forward(2 * HOUR))
        await life.until_counted("TIMER_FIRED")
        if how == "signal":
            await life.signal("accept_case", {"id": "late", "by": AGENT})
            asking = None
        else:
            asking = asyncio.create_task(life.command(MakePromise, AGENT, what="I call", word="soon"))
            await asyncio.wait([asking], timeout=0.3)
    await flying
    if asking is not None:
        await asking
    kinds = await life.kinds()
    assert [due for due, _ in await rungs(life)] == [start + HOUR]
    told = "letter_refused" if how == "signal" else "promise_made"
    assert kinds.index("target_breached") < kinds.index("case_escalated") < kinds.index(told)
    await withdraw(life)


async def test_a_command_is_judged_after_the_time_that_has_passed(env: Environment) -> None:
    """An update that was possible before the deadline is refused after it, and leaves no trace."""
    life = await assigned(env, 60)
    async with env.without_worker():
        flying = asyncio.create_task(life.forward(2 * HOUR))
        await life.until_counted("TIMER_FIRED")
        before = (await life.counted())["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"]
        asking = asyncio.create_task(life.command(AcceptCase, AGENT))
        await asyncio.wait([asking], timeout=0.3)
    await flying
    with pytest.raises(Refused) as refused:
        await asking
    assert refused.value.code == "owned"
    assert (await life.counted())["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"] == before
    assert "case_accepted" not in await life.kinds()
    await withdraw(life)


async def test_the_alarm_is_armed_once_for_many_commands(env: Environment) -> None:
    life = await assigned(env, 600)
    for call in range(5):
        await life.command(AddToCase, AGENT, text="more")
        await life.command(
            MakePromise, AGENT, what="I call", matter=f"call {call}", due=datetime.now(UTC) + 300 * HOUR
        )
    assert (await life.counted())["TIMER_STARTED"] == 1
    await withdraw(life)


async def test_an_earlier_deadline_moves_the_alarm_and_a_later_one_does_not(env: Environment) -> None:
    life = await assigned(env, 600)
    due = datetime.now(UTC) + HOUR
    await life.command(MakePromise, AGENT, what="I call", due=due)
    await life.forward(2 * HOUR)
    (broken,) = await life.events("promise_broken")
    assert broken.due == due
    timers = [
        event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        for event in await life.history()
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]
    assert len(timers) == 3
    await withdraw(life)


async def test_a_happy_call_is_made_at_its_hour_and_the_window_after_it_closes(env: Environment) -> None:
    life = await open_case(env, policy())
    await recover(life, refund())
    await close(life)
    await life.until(lambda view: view.row.stage == "following_up")
    view = await life.view()
    (due,) = (due.due for due in view.row.dues if due.name.startswith("happy_call/"))
    await life.forward(timedelta(days=3))
    begun = [event for event in await life.events("happy_call_begun") if isinstance(event, HappyCallBegun)]
    assert [event.due for event in begun] == [due]
    await life.forward(timedelta(days=9))
    assert await life.ended() == "recovered"
