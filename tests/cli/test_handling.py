"""Departments, owners and tasks on the real server, driven by the command line."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from client import Redress
from domain.spoken import EVERYTHING
from tests.cli.driving import Answer, Command, opening, settled
from tests.cli.own_amounts import own_amounts

AT_ONCE = (
    "task: {unit: working_time, minutes: 960}  # two working days",
    "task: {unit: plain_time, minutes: 0.02}",
)
"""A department is late after a second, and a third time after three."""

ALWAYS_OPEN = (
    ('[["09:00", "12:00"], ["13:00", "18:00"]]', '[["00:00", "24:00"]]'),
    ("    fri: *weekday\n", "    fri: *weekday\n    sat: *weekday\n    sun: *weekday\n"),
    ("  public_holidays: {country: KR}\n", ""),
)
"""Words to staff wait for working hours; a test does not."""

APOLOGY = {
    "decisions": [{"harm_line": "trouble", "remedy": "apology", "ground": "goodwill"}],
    "gestures": ["apology_call"],
    "words": "죄송합니다",
}
TALK = {
    "direction": "outbound",
    "channel": "phone",
    "apology": True,
    "asks_further": True,
    "next_step": "we look into it",
}


HEAD = "department_head:head-customer_service"


class Story:
    """One case, led by commands."""

    def __init__(self, ask: Command, redress: Redress, number: str) -> None:
        self.ask, self.redress, self.number = ask, redress, number

    async def say(self, command: str, by: str, **fields: object) -> Answer:
        """Give a command."""
        data = json.dumps(fields)
        return await asyncio.to_thread(
            self.ask, "submit", self.number, command, "--by", by, "--data", data, "--json"
        )

    async def done(self, command: str, by: str, **fields: object) -> list[str]:
        """Give a command that is taken, and return what happened."""
        answered = await self.say(command, by, **fields)
        assert answered.code == 0, answered.err
        await settled(self.redress, self.number)
        events: list[str] = answered.json["events"]
        return events

    async def shown(self) -> Any:
        """Return what `show` tells."""
        return (await asyncio.to_thread(self.ask, "show", self.number, "--json")).json

    async def happened(self, kind: str) -> list[dict[str, Any]]:
        """Return the fields of every event of this kind."""
        return [each["fields"] for each in (await self.shown())["events"] if each["kind"] == kind]

    async def until(self, kind: str, times: int = 1) -> None:
        """Wait until something has happened by itself."""
        async with asyncio.timeout(40):
            while len(await self.happened(kind)) < times:  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.1)


async def opened(ask: Command, redress: Redress, policy: Path, **fields: object) -> Story:
    """Open a case."""
    answered = await asyncio.to_thread(
        ask, "open", "-", "--policy", policy, "--json", given=opening(**fields)
    )
    assert answered.code == 0, answered.err
    story = Story(ask, redress, answered.json["number"])
    await settled(redress, story.number)
    return story


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """Return a policy under which departments are late after a second."""
    return own_amounts(tmp_path, AT_ONCE, *ALWAYS_OPEN)


async def test_departments_refuse_an_owner_is_away_a_task_is_late_and_everybody_hears_how_it_came_out(
    redress: Redress, redress_command: Command, policy: Path
) -> None:
    story = await opened(redress_command, redress, policy, text="컵이 이상해요", taken_by="store-7")
    await story.done("triage", "agent:agent-04", voc_type="complaint", cause="defect", product="delivery")
    assert await story.done("refuse_department", "agent:agent-07", reason="우리 일이 아닙니다") == [
        "department_refused",
        "department_assigned",
    ]
    assert await story.done("refuse_department", "agent:agent-05", reason="우리도 아닙니다") == [
        "department_refused",
        "department_assigned",
        "fallback_alerted",
    ]
    assert (await story.shown())["view"]["row"]["department"] == "customer_service"

    await story.done("accept_case", "agent:agent-03")
    assert (await story.shown())["view"]["lacks"] == ["products"]
    await story.done("log_contact", "owner:agent-03", **TALK)
    before = {each["name"]: each["due"] for each in (await story.shown())["dues"]}
    told = await asyncio.to_thread(
        redress_command,
        *("away", "agent-03", "--by", "supervisor:sup-01", "--reason", "병가", "--json"),
    )
    assert [each["events"] for each in told.json if each["case_id"] == story.number] == [
        ["owner_away", "owner_sought"]
    ]
    await story.until("transfer_offered")
    await settled(redress, story.number)
    ((offered,), (suggested,)) = (
        await story.happened("transfer_offered"),
        await story.happened("owner_suggested"),
    )
    # Both have the skill; which of them has fewer cases depends on the other tests of this ledger.
    colleague = offered["to"]
    assert (colleague in ("agent-01", "agent-02"), suggested["reasons"][0]) == (True, "has products")
    after = {each["name"]: each["due"] for each in (await story.shown())["dues"]}
    assert {name: due for name, due in after.items() if name in before} == before
    await story.done("accept_transfer", f"agent:{colleague}")

    needed = {"department": "production", "needed": "원인을 확인해 주십시오"}
    assert await story.done("give_task", f"owner:{colleague}", **needed) == ["task_given"]
    await story.until("task_missed", times=3)  # nobody is left to tell after the third
    await settled(redress, story.number)
    assert (await story.shown())["view"]["row"]["owner"] == "head-customer_service"
    await story.done("accept_case", HEAD)
    await story.done("open_brief", HEAD)
    await story.done("propose_remedy", HEAD, plan=APOLOGY, contact=1, said=EVERYTHING)
    result = {"outcome": "upheld", "cause": "defect", "summary": "원인을 찾아 사과드렸습니다"}
    early = await story.say("register_result", HEAD, **result)
    assert (early.code, "these tasks are open: 1 (production)" in early.err) == (1, True)
    await story.done(
        "finish_task",
        "agent:agent-07",
        number=1,
        result="유약 불량",
        cost={"minor": 2000, "currency": "KRW"},
    )
    await story.done("register_result", HEAD, **result)
    await story.until("result_notified")
    (registered,) = await story.happened("result_registered")
    assert registered["cost"]["tasks"]["minor"] == 2000
    assert [each["remedy"] for each in registered["remedies"]] == ["apology"]
    await settled(redress, story.number)
    told_by = [
        each["staff"] for each in await story.happened("staff_informed") if each["topic"] == "staff_result"
    ]
    took_part = [colleague, "agent-03", "agent-04", "agent-07", "store-7", "sup-01", "sup-02"]
    assert sorted(told_by) == took_part


async def test_a_report_that_is_read_surely_has_its_department_before_anybody_looks(
    redress: Redress, redress_command: Command, policy: Path
) -> None:
    story = await opened(
        redress_command,
        redress,
        policy,
        source="monitoring",
        proactive=True,
        text="배송이 늦어 아직도 안 왔습니다. 환불해 주세요.",
    )
    row = (await story.shown())["view"]["row"]
    assert (row["stage"], row["department"], row["voc_type"]) == ("with_department", "logistics", "complaint")
    listed = await asyncio.to_thread(
        redress_command, "list", "--type", "complaint", "--department", "logistics", "--json"
    )
    assert story.number in [each["case_id"] for each in listed.json]
    of_nobody = await asyncio.to_thread(redress_command, "list", "--customer", "nobody", "--json")
    assert of_nobody.json == []


SOON_CALLED = (
    "cooling_off: {unit: working_time, minutes: 60}",
    "cooling_off: {unit: plain_time, minutes: 0.01}",
)
CALLED_BACK = (
    "budget: {unit: working_time, minutes: 240}\n    clause: own-call-back",
    "budget: {unit: plain_time, minutes: 0.05}\n    clause: own-call-back",
)


async def test_an_upset_customer_gets_another_owner_a_call_back_with_its_timers_and_a_review(
    redress: Redress, redress_command: Command, tmp_path: Path
) -> None:
    policy = own_amounts(tmp_path, SOON_CALLED, CALLED_BACK, *ALWAYS_OPEN)
    story = await opened(redress_command, redress, policy, text="컵이 이상해요")
    await story.done("triage", "agent:agent-04", voc_type="complaint", cause="service")
    await story.done("accept_case", "agent:agent-03")
    await story.done("log_contact", "owner:agent-03", **TALK)
    heated = {"direction": "inbound", "channel": "phone", "emotion": "high", "tone": "hostile"}
    events = await story.done("log_contact", "owner:agent-03", **heated)
    assert [each for each in events if each != "treatment_decided"] == [
        *("contact_logged", "heat_flagged", "review_opened", "owner_sought")
    ]
    shown = await story.shown()
    assert shown["view"]["upset"]["not_by"] == ["agent-03"]
    assert any("[own-call-back]" in each["why"] for each in shown["dues"])
    told = await asyncio.to_thread(redress_command, "show", story.number)
    assert "in contact 2: called back from" in told.out
    assert "review of contact 2, by sup-01 or sup-02" in told.out
    await story.until("owner_appointed")
    (appointed,) = await story.happened("owner_appointed")
    assert appointed["owner"] == "agent-02"
    handed = await story.say("transfer_case", "supervisor:sup-02", to="agent-04", summary="바빠서")
    assert (handed.code, "trained in de_escalation" in handed.err) == (1, True)
    await story.until("cooled_off")
    await story.until("case_escalated")
    await settled(redress, story.number)
    (moved,) = await story.happened("case_escalated")
    assert (moved["cause"], moved["owner"]) == ("target:call_back", "sup-01")
    assert "heat_settled" in await story.done("log_contact", "owner:sup-01", **TALK)

    review = {"number": 1, "result": "응대 방법을 다시 교육합니다"}
    own = await story.say("finish_task", "agent:agent-03", **review)
    assert (own.code, "only a leader who took no part" in own.err) == (1, True)
    away = await story.say("cancel_task", "owner:sup-01", number=1, reason="지난 일입니다")
    assert (away.code, "nobody calls off" in away.err) == (1, True)
    assert await story.done("finish_task", "supervisor:sup-02", **review) == ["task_done"]
