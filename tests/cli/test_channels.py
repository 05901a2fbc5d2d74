"""Stories of channels on the real server: joining, splitting, a post that disappears, a call put through."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from client import Redress
from stack.embedded import Stack
from tests.cli.driving import Answer, Command, invoke, opening, settled

KEYS = count(1)
STAFF = ("--by", "agent:agent-01")


@pytest.fixture
def outside(stack: Stack) -> Callable[..., None]:
    """Let something happen on a board or a telephone."""

    def happen(service: str, kind: str, at: datetime | None = None, **fields: Any) -> None:
        answer = httpx.post(
            f"{stack.addresses.sandbox}/{service}/{kind}",
            headers={"Idempotency-Key": f"played-{service}-{next(KEYS)}"},
            json={
                "at": (at or datetime.now(UTC)).isoformat(),
                "case_id": "outside",
                "request": {"kind": kind, **fields},
            },
            timeout=10,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text

    return happen


def break_feed(sandbox: str) -> None:
    """Let the telephones not answer once."""
    fault = {"kind": "down", "service": "telephony", "operation": "feed", "calls": 1}
    httpx.post(f"{sandbox}/faults", json={"faults": [fault]}, trust_env=False).raise_for_status()


def said(answer: Answer, what: str, subject: str | None = None) -> list[dict[str, Any]]:
    """Return what a listener said, of one kind and about one thing."""
    assert answer.code == 0, answer.err
    told = [json.loads(line) for line in answer.out.splitlines()]
    return [each for each in told if each["what"] == what and subject in (None, each["subject"])]


async def listen() -> Answer:
    return await asyncio.to_thread(invoke, "listen", "--once", "--json")


async def ask(*arguments: object) -> Any:
    answer = await asyncio.to_thread(invoke, *arguments, "--json")
    assert answer.code == 0, answer.err
    return answer.json


async def opened(redress: Redress, **fields: object) -> str:
    answer = await asyncio.to_thread(invoke, "open", "-", "--json", given=opening(**fields))
    assert answer.code == 0, answer.err
    number: str = answer.json["number"]
    await settled(redress, number)
    return number


async def until_ended(number: str, end: str) -> Any:
    async with asyncio.timeout(30):
        while True:
            view = (await ask("show", number))["view"]
            if view["row"]["end"] == end:
                return view
            await asyncio.sleep(0.1)


def kinds(seen: Any) -> list[str]:
    return [event["kind"] for event in seen["events"]]


async def test_a_second_submission_by_another_channel_joins_the_first_and_a_wrong_join_is_split_again(
    redress: Redress, redress_command: Command
) -> None:
    claim = {"order_id": "join-1", "contact": {"customer_id": "cust-join"}}
    letter = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    early = await opened(redress, **claim)
    late = await opened(redress, source="post", text="두 번째로 씁니다", received_at=letter, **claim)
    joining = said(await listen(), "joining", late)
    assert joining[0]["cases"] == [late, early]
    ended = await until_ended(late, "joined")
    assert ended["joined_into"] == early
    await settled(redress, early)
    seen = await ask("show", early)
    assert seen["view"]["taken_in"] == [late]
    assert kinds(seen).count("contact_taken_in") == 1
    [taken] = [each["fields"] for each in seen["events"] if each["kind"] == "contact_taken_in"]
    assert (taken["case"], taken["seq"], taken["contact"]["channel"]) == (late, 1, "post")

    await ask(
        "submit",
        early,
        "split_case",
        "--by",
        "supervisor:sup-01",
        "--data",
        f'{{"joined": "{late}", "reason": "two orders mixed up"}}',
    )
    await settled(redress, early)
    after = await ask("show", early)
    [split] = [each["fields"] for each in after["events"] if each["kind"] == "case_split"]
    fresh = await ask("show", split["into"])
    assert fresh["view"]["text"] == "두 번째로 씁니다"
    assert fresh["view"]["row"]["source"] == "post"
    assert fresh["events"][0]["fields"]["received_at"][:10] == letter[:10]
    assert after["view"]["taken_in"] == []
    assert said(await listen(), "joining", split["into"]) == []
    assert (await asyncio.to_thread(redress_command, "verify")).code == 0


async def test_a_post_opens_a_case_and_its_removal_is_noticed_and_explained(
    redress: Redress, redress_command: Command, outside: Callable[..., None]
) -> None:
    outside("board", "publish_post", post="post-1", text="환불이 너무 늦어요", author="별명")
    [heard] = said(await listen(), "opened", "post-1")
    number = heard["cases"][0]
    await settled(redress, number)
    outside("board", "publish_post", post="post-1", text="환불이 너무 늦어요. 아직도요", author="별명")
    outside("board", "take_down_post", post="post-1", how="removed", by_whom="firm", who="kim-07")
    outside("board", "take_down_post", post="post-2", how="hidden", by_whom="board")
    news = await listen()
    assert [each["cases"] for each in said(news, "added", "post-1")] == [[number]]
    assert [each["cases"] for each in said(news, "removed", "post-1")] == [[number]]
    [unread] = said(news, "opened", "post-2")
    assert unread["cases"] != [number]
    await settled(redress, number)
    seen = await ask("show", number)
    assert seen["view"]["post"] == "removed by firm, to be explained"
    assert [due["name"] for due in seen["dues"] if due["name"].startswith("post/")]
    why = '{"reason": "named a person", "legal_ground": "network act 44-2", "approved_by": "sup-02"}'
    alone = why.replace("sup-02", "sup-01")
    explain = ("submit", number, "explain_removal", "--by", "supervisor:sup-01", "--data")
    refused = await asyncio.to_thread(redress_command, *explain, alone)
    assert "somebody else" in refused.err
    assert refused.code == 1
    await ask(*explain, why)
    assert (await ask("show", number))["view"]["post"] == "removed by firm, explained"


async def test_a_call_brings_up_its_callers_case_and_becomes_its_contact_once(
    stack: Stack, redress: Redress, redress_command: Command, outside: Callable[..., None]
) -> None:
    phone = "010-7777-4321"
    number = await opened(redress, contact={"customer_id": "cust-tel", "phone": phone})
    began = datetime.now(UTC) - timedelta(minutes=30)

    def report(call: str, event: str, second: int, **fields: Any) -> None:
        at = began + timedelta(seconds=second)
        outside("telephony", "report_call", at, call=call, event=event, **fields)

    report("tel-1", "ring", 0, caller="+82 10 7777 4321")
    report("tel-1", "answer", 700, agent="agent-01")
    report("tel-1", "transfer", 730, agent="agent-02")
    report("tel-1", "answer", 760, agent="agent-02")
    listening = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "starter", "listen", "--json", "--every", "0.1"),
        env={**os.environ, **stack.addresses.environment()},
        cwd=Path(__file__).parent.parent.parent,
        stdout=asyncio.subprocess.PIPE,
    )
    assert listening.stdout is not None
    try:
        async with asyncio.timeout(60):
            while (heard := json.loads(await listening.stdout.readline()))["what"] != "ring":
                pass
    finally:
        listening.kill()
        await listening.wait()
    assert ([each.partition(" ")[0] for each in heard["cases"]], bool(heard["brief"])) == ([number], True)
    assert "cust-tel" not in json.dumps(heard), "the profile comes with the ring, not who they are"
    report("tel-1", "hang_up", 820, ended_by="customer")
    report("tel-2", "ring", 300, caller="010-0000-0000")
    report("tel-2", "hang_up", 310)
    await asyncio.to_thread(break_feed, stack.addresses.sandbox)
    first, then = await listen(), await listen()
    assert [each["subject"] for each in said(first, "waiting")] == ["telephony"]
    contacts = said(first, "contact", "tel-1") + said(then, "contact", "tel-1")
    assert [each["cases"] for each in contacts] == [[number]]
    [unknown] = said(first, "unplaced", "tel-2") + said(then, "unplaced", "tel-2")
    assert unknown["note"] == "unknown caller"
    assert "tel-2" in [each["reference"] for each in await ask("calls")]

    # Killed at any point, an entry is dealt with again: from the very beginning, nothing changes.
    owner = await asyncpg.connect(stack.addresses.migration)
    try:
        await owner.execute("UPDATE feeds SET cursor = 0")
    finally:
        await owner.close()
    again = await listen()
    [ring] = said(again, "ring", "tel-1")
    assert ring["cases"] == [f"{number} raised"]
    await settled(redress, number)
    seen = await ask("show", number)
    [contact] = [each["fields"] for each in seen["events"] if each["kind"] == "contact_logged"]
    assert (contact["wait_seconds"], contact["minutes"], contact["transfers"]) == (730, 2, 1)
    assert (contact["person"], contact["over"], contact["ended_by"]) == ("agent-02", ["wait"], "customer")
    assert phone not in str(contact)
    assert (await asyncio.to_thread(redress_command, "listen", "--every", "0")).code == 2
