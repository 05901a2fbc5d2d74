"""Every clock on the real server, time skipped: warned, missed and moved up, with its due exact and once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.checks.deadlines import name_of
from domain.amendment import AmendCalendar
from domain.assignment import AcceptCase, EscalateCase
from domain.budget import PlainTime, WorkingTime
from domain.calendar import WEEKDAYS, Calendar
from domain.case import Case
from domain.clock_view import clock_views
from domain.contact import LogContact, PauseTargets, ResumeTargets
from domain.ending import ReopenCase
from domain.ladder import Rung
from domain.policy import Policy, Severity, Target, TargetName
from domain.promise import KeepPromise, MakePromise, MovePromise
from domain.supervisor import RequestSupervisor
from domain.triage import Triage
from ledger.fold import events_of, fold_case
from tests.workflows.environment import Environment, goods_that_fly
from tests.workflows.life import Life, eventually, open_case
from tests.workflows.lives import (
    AGENT,
    OWNER,
    close,
    customer,
    recover,
    recover_until_proposed,
    refund,
    withdraw,
)
from tests.workflows.policies_for_tests import policy, prompt

HOUR = timedelta(hours=1)
BUDGET, LATER = 60, 120
RUNGS = ("target_warned", "target_breached", "target_overdue")


def target(name: TargetName, minutes: float = BUDGET, *severities: Severity) -> Target:
    """Return a target with a rung before, at and after it; only the breach moves the case up."""
    return Target(
        name=name,
        severities=severities,
        budget=WorkingTime(minutes=minutes),
        ladder=(
            Rung(at=0.5, actions=("tell_supervisor",)),
            Rung(at="breach", actions=("tell_supervisor", "escalate")),
            Rung(at=WorkingTime(minutes=LATER), actions=("tell_supervisor",)),
        ),
        clause="own-resolve",
    )


def only(*targets: Target, **changes: Any) -> Policy:
    """Return a policy in which nothing else is due; which product the shop knows makes no difference."""
    return policy(**{"targets": targets, "statutory": (), "treatments": (), **changes})


async def once_each(life: Life) -> list[Any]:
    """Return the events of deadlines, having seen that none fired early or twice."""
    happened = [event for event in events_of(await life.written()) if event.due is not None]
    assert all(event.kind == "targets_resumed" or event.at > event.due for event in happened if event.due)
    names = [name for name in map(name_of, happened) if name is not None]
    assert sorted(names) == sorted(set(names))
    return happened


async def dues(life: Life, name: str, kind: str = "target_breached") -> list[datetime]:
    """Return the dues of the events that a clock caused."""
    found: list[Any] = [event for event in await once_each(life) if event.kind == kind]
    return [event.due for event in found if event.target == name]


async def at_of(life: Life, kind: str) -> datetime:
    """Return when the last event of a kind happened."""
    return (await life.events(kind))[-1].at


async def classed(env: Environment, rules: Policy, **fields: Any) -> Life:
    """Open a complaint under these rules and class it."""
    life = await open_case(env, rules, **fields)
    await life.until(lambda view: not view.waiting)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect")
    return life


async def talking(life: Life) -> None:
    """Let its owner accept the case and speak with the customer."""
    await life.command(AcceptCase, AGENT)
    told = {"apology": True, "named_owner": True, "next_step": "we look into it"}
    await life.command(LogContact, OWNER, direction="outbound", channel="phone", **told)


# One case per target. ------------------------------------------------------------------------------------


async def unacknowledged(env: Environment) -> tuple[Life, str]:
    """The gateway refuses the acknowledgement."""
    env.arm(kind="refuse", service="gateway", calls=1, reason="no such number")
    life = await classed(env, only(target("acknowledge")))
    return life, "case_opened"


async def unaccepted(env: Environment) -> tuple[Life, str]:
    """No department takes it."""
    return await classed(env, only(target("accept"))), "department_assigned"


async def unaccepted_above(env: Environment) -> tuple[Life, str]:
    """The supervisor to whom it was moved up does not take it."""
    life = await classed(env, only(target("owner_accepts")))
    await life.command(EscalateCase, AGENT, reason="urgent")
    return life, "case_escalated"


async def unanswered(env: Environment) -> tuple[Life, str]:
    """It is taken, and nobody speaks with the customer."""
    life = await classed(env, only(target("first_response")))
    await life.command(AcceptCase, AGENT)
    return life, "case_opened"


async def not_kept_informed(env: Environment) -> tuple[Life, str]:
    """The customer heard us once, and then nothing."""
    life = await classed(env, only(target("next_update")))
    await talking(life)
    return life, "contact_logged"


async def unresolved(env: Environment) -> tuple[Life, str]:
    """Nobody puts it right."""
    return await classed(env, only(target("resolve"))), "case_opened"


async def untold(env: Environment) -> tuple[Life, str]:
    """The result is registered, and no notice of it arrives."""
    life = await open_case(env, only(target("result_notice")))
    await recover(life, refund(5_000))
    await life.until(lambda view: view.remedy == "completed")
    env.arm(kind="refuse", service="gateway", calls=20, reason="no such number")
    await close(life)
    await life.until(lambda view: view.row.parked is not None)
    return life, "result_registered"


STARTS: dict[str, Callable[[Environment], Awaitable[tuple[Life, str]]]] = {
    "acknowledge": unacknowledged,
    "accept": unaccepted,
    "owner_accepts": unaccepted_above,
    "first_response": unanswered,
    "next_update": not_kept_informed,
    "resolve": unresolved,
    "result_notice": untold,
}


@pytest.mark.parametrize("name", STARTS)
async def test_each_target_warns_breaches_and_moves_up_at_its_exact_due(env: Environment, name: str) -> None:
    life, begins = await STARTS[name](env)
    start = await at_of(life, begins)
    before = len(await life.events("case_escalated"))
    await life.forward(timedelta(minutes=230))
    found = {kind: (await dues(life, name, kind))[:1] for kind in RUNGS}
    missed = start + timedelta(minutes=BUDGET)
    # Who is asked anew, and a period that is over, have a clock of their own, and no rung after this one.
    overdue = [missed + timedelta(minutes=LATER)]
    if name in ("accept", "owner_accepts", "next_update"):
        overdue = []
    assert found == {
        "target_warned": [start + timedelta(minutes=BUDGET / 2)],
        "target_breached": [missed],
        "target_overdue": overdue,
    }
    moved = (await life.events("case_escalated"))[before]
    assert moved.due == missed
    await withdraw(life)


async def test_updates_are_due_again_and_again_until_somebody_gives_one(env: Environment) -> None:
    life, _ = await not_kept_informed(env)
    first = await at_of(life, "contact_logged")
    await life.forward(timedelta(minutes=150))
    # A busy server may fly further than it was asked to, never less far.
    missed = await dues(life, "next_update")
    assert len(missed) >= 2
    periods = [first + timedelta(minutes=BUDGET * count) for count in range(1, len(missed) + 1)]
    assert missed == periods
    owner = (await life.view()).row.owner
    update = {"done_since": "we asked the works", "next_step": "they answer tomorrow"}
    told = {"direction": "outbound", "channel": "phone", **update}
    await life.command(LogContact, f"owner:{owner}", **told)
    heard = await at_of(life, "contact_logged")
    await life.forward(timedelta(minutes=61))
    assert (await dues(life, "next_update"))[: len(periods) + 1] == [*periods, heard + HOUR]
    await withdraw(life)


# Crashes. ------------------------------------------------------------------------------------------------


async def has_rung(life: Life, before: int) -> bool:
    """Say whether another alarm rang, whether or not somebody heard it."""
    return (await life.counted())["TIMER_FIRED"] > before


async def climbed(env: Environment, life: Life, *, cached: int | None) -> None:
    """Let three rungs come while no worker is there, and start one after each."""
    for rung in range(3):
        fired = (await life.counted())["TIMER_FIRED"]
        async with env.without_worker():
            flying = asyncio.create_task(life.forward(timedelta(minutes=(31, 30, 121)[rung])))
            await eventually(partial(has_rung, life, fired))
        if cached is not None:
            await env.worker.on(cached_workflows=cached)
        await flying
        await life.written()


@pytest.mark.parametrize("cached", [None, 0])
async def test_each_rung_fires_once_with_the_worker_away_at_every_rung(
    env: Environment, cached: int | None
) -> None:
    life = await classed(env, only(target("resolve")))
    start = await at_of(life, "case_opened")
    await life.written()
    await climbed(env, life, cached=cached)
    found = [await dues(life, "resolve", kind) for kind in RUNGS]
    assert found == [[start + timedelta(minutes=span)] for span in (30, 60, 180)]
    assert len(await life.events("case_escalated")) == 1
    await withdraw(life)


# Pauses and weekends. ------------------------------------------------------------------------------------


def monday() -> datetime:
    """Return nine o'clock of the last Monday."""
    now = datetime.now(UTC)
    day = now.date() - timedelta(days=now.weekday())
    begun = datetime.combine(day, time(9), UTC)
    return begun if begun <= now else begun - timedelta(days=7)


OFFICE = Calendar(timezone="UTC", hours=dict.fromkeys(WEEKDAYS[:5], (("09:00", "18:00"),)))
TWO_WEEKS_AND_FOUR_HOURS = 94 * 60
"""Working minutes: begun on a Monday at nine, due on the Monday two weeks later at one o'clock."""


async def in_the_office(env: Environment) -> Life:
    """Open a complaint that was received on the last Monday, in a firm that rests at the weekend."""
    rules = only(target("resolve", TWO_WEEKS_AND_FOUR_HOURS), calendar=OFFICE)
    life = await classed(env, rules, received_at=monday())
    await talking(life)
    return life


async def until(life: Life, at: datetime) -> None:
    """Let time fly up to an instant, on the case's own clock."""
    now = (await life.events("contact_logged"))[-1].at
    resumed = await life.events("targets_paused")
    now = max([now, *(event.at for event in resumed)])
    await life.forward(at - now)


async def test_a_pause_across_a_weekend_moves_the_deadline_by_its_working_time(env: Environment) -> None:
    life = await in_the_office(env)
    friday, after = monday() + timedelta(days=11, hours=7), monday() + timedelta(days=14, hours=2)
    await until(life, friday)
    await life.command(PauseTargets, OWNER, reason="waiting_customer")
    assert not any(each.name.startswith("targets/") for each in (await life.view()).row.dues)
    await until(life, after)
    await life.command(ResumeTargets, OWNER, reason="waiting_customer")
    paused, resumed = await at_of(life, "targets_paused"), await at_of(life, "targets_resumed")
    assert paused.weekday() == 4
    assert resumed.weekday() == 0
    # What was left of Friday, and what had passed of Monday.
    cost = (monday() + timedelta(days=11, hours=9) - paused) + (resumed - (monday() + timedelta(days=14)))
    await life.forward(timedelta(days=1))
    assert await dues(life, "resolve") == [monday() + timedelta(days=14, hours=4) + cost]
    await withdraw(life)


async def test_a_temporary_holiday_reaches_the_case_that_is_told_of_it_and_no_other(env: Environment) -> None:
    told, other = await asyncio.gather(in_the_office(env), in_the_office(env))
    wednesday = (monday() + timedelta(days=9)).date()
    holiday = {"holidays": (wednesday,), "announced": "cabinet"}
    await told.command(AmendCalendar, "supervisor:sup-04", **holiday)
    (amended,) = await told.bodies("calendar_amended")
    assert amended["holidays"] == [wednesday.isoformat()]
    explained = await asyncio.gather(*(explanation(env, life) for life in (told, other)))
    assert [wednesday.isoformat() in each for each in explained] == [True, False]
    await asyncio.gather(*(life.forward(timedelta(days=23)) for life in (told, other)))
    due = monday() + timedelta(days=14, hours=4)
    assert await dues(told, "resolve") == [due + timedelta(days=1)]
    assert await dues(other, "resolve") == [due]
    await asyncio.gather(withdraw(told), withdraw(other))


async def explanation(env: Environment, life: Life) -> str:
    """Return why the resolve target is due when it is, from what the ledger has."""
    case: Case = fold_case(await env.store.policies(), await life.written())
    (text,) = [view.explanation.en for view in clock_views(case) if view.name == "resolve"]
    return text


# Changes of class, and further rounds. -------------------------------------------------------------------


async def test_a_case_that_is_classed_up_and_down_counts_from_its_start(env: Environment) -> None:
    severe, normal, light = (
        target("resolve", 60, "critical"),
        target("resolve", 600, "normal"),
        target("resolve", 1200, "low"),
    )
    life = await classed(env, only(severe, normal, light))
    start = await at_of(life, "case_opened")
    await life.forward(2 * HOUR)
    assert await dues(life, "resolve") == []
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect", severity="low")
    await life.forward(9 * HOUR)  # past the ten hours of the class that it had
    assert await dues(life, "resolve") == []
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect", severity="critical")
    await life.forward(timedelta(minutes=1))
    (missed,) = await life.bodies("target_breached")
    assert (await dues(life, "resolve"), missed["late_known"]) == ([start + HOUR], True)
    assert [event.due for event in await life.events("target_warned")] == [start + 10 * HOUR]
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect", severity="normal")
    await life.forward(20 * HOUR)
    assert await dues(life, "resolve") == [start + HOUR]
    await withdraw(life)


async def test_a_reopened_case_has_a_new_resolve_target_from_its_reopening(env: Environment) -> None:
    rules = prompt(targets=(target("resolve", 6_000),), statutory=(), treatments=())
    rules = rules.model_copy(update={"reopen_window": PlainTime(minutes=9_000)})
    life = await open_case(env, rules)
    await recover(life, refund(5_000))
    await close(life)
    await life.until(lambda view: view.row.stage == "reopen_window")
    await life.command(ReopenCase, customer(life), reason="it broke again")
    reopened = await at_of(life, "round_opened")
    await life.forward(timedelta(minutes=6_010))
    assert await dues(life, "resolve") == [reopened + timedelta(minutes=6_000)]
    (missed,) = await life.bodies("target_breached")
    assert missed["generation"] == "2"
    await withdraw(life)


# Promises, the supervisor, approvals, offers. ------------------------------------------------------------


async def test_promises_are_kept_moved_and_broken(env: Environment) -> None:
    life = await classed(env, only())
    await talking(life)
    start = await at_of(life, "contact_logged")
    for number in (1, 2, 3):
        await life.command(
            MakePromise, AGENT, what="I call", matter=f"call {number}", due=start + number * HOUR
        )
    await life.command(PauseTargets, OWNER, reason="waiting_customer")  # which stops no promise
    await life.command(KeepPromise, customer(life), number=1, proof="call 7")
    await life.command(MovePromise, AGENT, number=2, due=start + 5 * HOUR, told="by phone")
    await life.forward(4 * HOUR)
    assert [event.due for event in await life.events("promise_broken")] == [start + 3 * HOUR]
    await life.forward(2 * HOUR)
    assert [event.due for event in await life.events("promise_broken")] == [
        start + 3 * HOUR,
        start + 5 * HOUR,
    ]
    moved = await life.events("case_escalated")
    assert moved[0].due == start + 3 * HOUR
    await once_each(life)
    await withdraw(life)


async def test_a_supervisor_who_does_not_come_is_missed_once(env: Environment) -> None:
    life = await classed(env, only(supervisor_meeting=WorkingTime(minutes=90)))
    await life.command(RequestSupervisor, customer(life))
    asked = await at_of(life, "supervisor_requested")
    await life.forward(5 * HOUR)
    assert [event.due for event in await life.events("supervisor_request_missed")] == [
        asked + timedelta(minutes=90)
    ]
    (moved,) = await life.events("case_escalated")
    assert moved.due == asked + timedelta(minutes=90)
    await once_each(life)
    await withdraw(life)


async def test_an_approval_that_nobody_gives_is_missed_and_asked_for_above(env: Environment) -> None:
    life = await open_case(env, only(approval=WorkingTime(minutes=60)))
    await recover_until_proposed(life, refund())
    proposed = await at_of(life, "remedy_proposed")
    await life.forward(timedelta(minutes=130))
    missed = [event.due for event in await life.events("approval_missed")]
    assert missed == [proposed + HOUR, proposed + 2 * HOUR]
    assert [event.due for event in await life.events("case_escalated")] == missed
    await once_each(life)
    await withdraw(life)


async def test_an_offer_is_reminded_of_once_and_then_expires(env: Environment) -> None:
    spans = {"offer": PlainTime(minutes=60), "offer_reminder": PlainTime(minutes=30)}
    life = await open_case(env, only(**spans))
    await recover_until_proposed(life, refund(5_000))
    offered = await at_of(life, "remedy_offered")
    await life.forward(2 * HOUR)
    assert [event.due for event in await life.events("offer_reminded")] == [offered + HOUR]
    assert [event.due for event in await life.events("offer_expired")] == [offered + timedelta(minutes=90)]
    await once_each(life)
    await withdraw(life)


# What the law owes. --------------------------------------------------------------------------------------


def end_of_third_business_day(at: datetime, zone: ZoneInfo, closed: tuple[date, ...]) -> datetime:
    """Count three weekdays that are no holidays on the fingers; the day of the event is none of them."""
    day, left = at.astimezone(zone).date(), 3
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in closed
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


@pytest.mark.parametrize("collect", [True, False])
async def test_a_refund_is_owed_by_law_while_everything_of_our_own_is_paused(
    env: Environment, *, collect: bool
) -> None:
    life = await open_case(env, policy(targets=(target("resolve", 600),)))
    env.arm(kind="down", service="bank")
    with goods_that_fly():
        await recover(life, refund(5_000, collect=collect))
        await life.until(lambda view: any(step.step == "payout" for step in view.steps))
        await life.until(lambda view: view.waiting != () and view.waiting[0].startswith(("payout", "ask")))
        await life.command(PauseTargets, OWNER, reason="waiting_outside_report")
        name = "refund-after-return" if collect else "refund-nothing-delivered"
        (clock,) = [each for each in (await life.view()).row.dues if each.name.startswith(f"targets/{name}")]
        returned = [each for each in await life.bodies("step_done") if each["step"] == "inspect"]
        begun = (
            datetime.fromisoformat(returned[0]["happened"]) if collect else await at_of(life, "case_opened")
        )
        rules = life.policy.calendar
        owed = end_of_third_business_day(begun, ZoneInfo(rules.timezone), rules.holidays)
        assert clock.due == begun + (owed - begun) / 2  # its first rung
        env.faults.clear()
        env.arm(
            kind="refuse", service="bank", operation="pay_refund", calls=1000, reason="the account is closed"
        )
        await life.forward(timedelta(days=13))  # within the pause, and beyond the longest holidays
        assert await dues(life, name) == [owed]
        assert [event.due for event in await life.events("target_warned")] == [begun + (owed - begun) / 2]
        assert await dues(life, "resolve") == []
        await withdraw(life)
