"""Two stories through the command line: a CRM that is down and comes back, and an exception that is used."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from client import Redress
from stack.embedded import Stack
from tests.cli.driving import Answer, Command, opening, settled
from tests.cli.own_amounts import own_amounts

HARM = {"voc_type": "complaint", "cause": "defect", "harm_lines": [{"id": "price", "harm": "price"}]}
USUAL = "patience: PT5M\n  again_after: [PT15M, PT1H, PT4H, P1D, P3D]"
HURRIED = "patience: PT2S\n  again_after: [PT3S, PT3S, PT3S, PT3S, PT3S, PT3S]"
DOWN = {"kind": "down", "service": "crm", "operation": "fetch_customer"}
WITHIN = 30


async def opened(ask: Command, folder: Path, customer: str) -> str:
    """Open a case of this customer under hurried rules."""
    policy = own_amounts(folder, (USUAL, HURRIED))
    known = {"customer_id": customer, "phone": "010-1234-5678"}
    given = opening(contact=known, asked_further=True)  # the form has a field for further harm
    answer = await asyncio.to_thread(ask, "open", "-", "--policy", policy, "--json", given=given)
    assert answer.code == 0, answer.err
    found: str = answer.json["number"]
    return found


async def submitted(ask: Command, case: str, command: str, by: str, **fields: object) -> Answer:
    """Send a command."""
    return await asyncio.to_thread(ask, "submit", case, command, "--by", by, "--data", json.dumps(fields))


async def briefed(ask: Command, number: str, *more: str) -> Any:
    """Return the brief as JSON."""
    answer = await asyncio.to_thread(ask, "brief", number, "--json", *more)
    assert answer.code == 0, answer.err
    return answer.json


async def until(ask: Command, number: str, profile: str) -> Any:
    """Wait until the brief says this of the profile."""
    async with asyncio.timeout(WITHIN):
        while (found := await briefed(ask, number))["profile"] != profile:  # noqa: ASYNC110 - elsewhere
            await asyncio.sleep(0.2)
    return found


async def test_with_the_crm_down_a_case_runs_as_unknown_and_takes_the_snapshot_later(
    stack: Stack, redress: Redress, redress_command: Command, tmp_path: Path
) -> None:
    async with httpx.AsyncClient(base_url=stack.addresses.sandbox, trust_env=False) as outside:
        (await outside.post("/faults", json={"faults": [DOWN]})).raise_for_status()
        try:
            number = await opened(redress_command, tmp_path, "mina-regular")
            await until(redress_command, number, "unknown")
            assert (await submitted(redress_command, number, "triage", "agent:agent-07", **HARM)).code == 0
            assert (await submitted(redress_command, number, "accept_case", "agent:agent-07")).code == 0
            unknown = await briefed(redress_command, number)
            assert unknown["treatment"]["relation"] is None
        finally:
            (await outside.delete("/faults")).raise_for_status()
    late = await until(redress_command, number, "known")
    assert (late["relation"], "regular" in late["treatment"]["rows"]) == ("regular", True)
    assert set(late["value"]) == {"base", "volume", "savings", "referral", "premium"}
    await settled(redress, number)
    again = await opened(redress_command, tmp_path, "mina-regular")
    later = await until(redress_command, again, "known")
    assert number in [each["case_id"] for each in later["cases"]]
    read = await asyncio.to_thread(
        redress_command, "brief", number, "--by", "owner:agent-07", "--language", "en"
    )
    assert read.code == 0, read.err
    assert "value at risk" in read.out
    told = (await asyncio.to_thread(redress_command, "show", number, "--json")).json
    kinds = [event["kind"] for event in told["events"]]
    assert (
        kinds.index("customer_unknown") < kinds.index("snapshot_asked_again") < kinds.index("customer_read")
    )


async def test_an_exception_is_asked_for_approved_by_another_and_used(
    redress: Redress, redress_command: Command, tmp_path: Path
) -> None:
    number = await opened(redress_command, tmp_path, "cust-1")
    await settled(redress, number)

    async def say(command: str, by: str, **fields: object) -> Answer:
        return await submitted(redress_command, number, command, by, **fields)

    assert (await say("triage", "agent:agent-07", **HARM)).code == 0
    assert (await say("accept_case", "agent:agent-07")).code == 0
    asked = {
        "rule": "extras",
        "amount": {"minor": 60_000, "currency": "KRW"},
        "reason": "they waited four weeks",
    }
    assert (await say("request_exception", "owner:agent-07", **asked)).code == 0
    own = await say("approve_exception", "supervisor:sup-04", number=1)
    assert own.code == 1
    assert "department_head decides" in own.err
    assert (await say("approve_exception", "department_head:head-production", number=1)).code == 0
    extra = {"amount": asked["amount"], "reason": "they waited four weeks"}
    refund = {
        "harm_line": "price",
        "remedy": "refund",
        "ground": "defect",
        "amount": {"minor": 1_000, "currency": "KRW"},
    }
    plan = {"decisions": [refund], "gestures": ["apology_call"], "extras": [extra]}
    unread = await say("propose_remedy", "owner:agent-07", plan=plan)
    assert unread.code == 1
    assert "read it first (open_brief" in unread.err
    assert (await asyncio.to_thread(redress_command, "brief", number, "--by", "owner:agent-07")).code == 0
    refused = await say("propose_remedy", "owner:agent-07", plan=plan)
    assert refused.code == 1
    assert "extras" in refused.err
    proposed = await say("propose_remedy", "owner:agent-07", plan=plan, exception=1)
    assert proposed.code == 0, proposed.err
    (shown,) = (await asyncio.to_thread(redress_command, "show", number, "--json")).json["view"]["exceptions"]
    assert (shown["state"], shown["by"], shown["approved_by"]) == ("approved", "agent-07", "head-production")
