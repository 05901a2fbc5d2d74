import asyncio
import json
from pathlib import Path

import httpx
import pytest

from client import Redress
from domain.spoken import EVERYTHING
from stack.embedded import Stack
from tests.cli.driving import Answer, Command, opening, settled
from tests.cli.own_amounts import own_amounts

HARM = {"voc_type": "complaint", "cause": "defect", "harm_lines": [{"id": "price", "harm": "price"}]}
CREDIT = {
    "decisions": [
        {
            "harm_line": "price",
            "remedy": "goodwill_credit",
            "ground": "goodwill",
            "amount": {"minor": 3000, "currency": "KRW"},
            "reason": "agreed on the phone",
        }
    ],
    "gestures": ["apology_call"],
}
EXCHANGE = {
    "decisions": [{"harm_line": "price", "remedy": "exchange", "ground": "defect"}],
    "gestures": ["apology_call"],
}
CUSTOMER = "customer:cust-remedy"
TALK = {
    "direction": "outbound",
    "channel": "phone",
    "apology": True,
    "named_owner": True,
    "asks_further": True,
    "next_step": "we refund it",
}


@pytest.fixture
async def number(redress: Redress, redress_command: Command, tmp_path: Path) -> str:
    policy = own_amounts(tmp_path)
    # Customers of their own: what a customer had in other tests of this ledger counts against the limits.
    customer = {"customer_id": CUSTOMER.partition(":")[2], "phone": "010-1234-5678"}
    opened = await asyncio.to_thread(
        redress_command, "open", "-", "--policy", policy, "--json", given=opening(contact=customer)
    )
    found: str = opened.json["number"]
    await settled(redress, found)
    return found


async def agreed(ask: Command, number: str, plan: object = CREDIT) -> None:
    """Take a case as far as a remedy that the customer has accepted."""

    def say(command: str, by: str, **fields: object) -> Answer:
        answered = ask("submit", number, command, "--by", by, "--data", json.dumps(fields), "--json")
        assert answered.code == 0, answered.err
        return answered

    def lead() -> None:
        say("triage", "agent:agent-07", **HARM)
        say("accept_case", "agent:agent-07")
        say("open_brief", "owner:agent-07")
        say("log_contact", "owner:agent-07", **TALK)
        say("propose_remedy", "owner:agent-07", plan=plan, contact=1, said=EVERYTHING)
        proposal = ask("show", number, "--json").json["view"]["proposal"]["hash"]
        say("accept_remedy", CUSTOMER, proposal=proposal)

    await asyncio.to_thread(lead)


async def test_a_remedy_shows_its_plan_its_money_its_steps_and_the_level_of_the_work(
    redress: Redress, redress_command: Command, number: str
) -> None:
    await agreed(redress_command, number)
    await settled(redress, number)
    told = (await asyncio.to_thread(redress_command, "remedy", number, "--json")).json
    remedy = told["remedy"]
    assert (remedy["state"], remedy["round"]) == ("completed", 1)
    assert {name: amount["minor"] for name, amount in remedy["money"].items()} == {
        "decided": 3000,
        "paid": 3000,
        "left": 0,
    }
    (plan,) = remedy["plans"]
    assert (plan["state"], plan["by"]["id"], plan["plan"]["decisions"][0]["remedy"]) == (
        "done",
        "agent-07",
        "goodwill_credit",
    )
    assert [(step["step"], step["state"]) for step in remedy["steps"]] == [
        ("payout", "done"),
        ("apology_call", "done"),
    ]
    assert told["parked"] is None
    assert told["after_sale"]["answer"]["seconds"] >= 0
    shown = await asyncio.to_thread(redress_command, "remedy", number)
    assert "decided 3,000 KRW, paid 3,000 KRW, left 0 KRW" in shown.out
    assert "첫 실질 답변까지" in shown.out
    whole = await asyncio.to_thread(redress_command, "show", number, "--json")
    assert whole.json["after_sale"] == told["after_sale"]


async def test_a_parked_case_is_listed_with_who_can_free_it_and_how(
    stack: Stack, redress: Redress, redress_command: Command, number: str
) -> None:
    def ask(*arguments: object) -> Answer:
        return redress_command(*arguments)

    faults = [
        {
            "kind": "refuse",
            "service": "courier",
            "operation": operation,
            "calls": 1,
            "reason": "no such street",
        }
        for operation in ("ship_replacement", "release_replacement")
    ]
    async with httpx.AsyncClient(base_url=stack.addresses.sandbox, trust_env=False) as outside:
        (await outside.post("/faults", json={"faults": faults})).raise_for_status()
    await agreed(redress_command, number, EXCHANGE)
    await settled(redress, number)

    listed = (await asyncio.to_thread(ask, "parked", "--json")).json
    (parked,) = [each for each in listed if each["case_id"] == number]
    assert parked["cause"] == "remedy"
    assert [way["command"] for way in parked["ways"]] == ["retry_step", "undo_by_hand", "skip_step"]
    assert parked["whom"][:3] == ["owner:agent-07", "supervisor", "department_head"]
    shown = (await asyncio.to_thread(ask, "parked")).out
    assert f'redress submit {number} undo_by_hand --data \'{{"step": "reserve"}}\'' in shown
    assert "되돌리기가 멈췄습니다" in shown
    assert "the undo stopped at its step reserve" in (await asyncio.to_thread(ask, "remedy", number)).out

    freed = await asyncio.to_thread(
        ask,
        *("submit", number, "undo_by_hand", "--by", "supervisor:sup-04"),
        *("--data", '{"step": "reserve", "reference": "put back on the shelf"}'),
    )
    assert freed.code == 0, freed.err
    await settled(redress, number)
    listed = (await asyncio.to_thread(ask, "parked", "--json")).json
    assert number not in [each["case_id"] for each in listed]
    assert (await asyncio.to_thread(ask, "remedy", number, "--json")).json["remedy"]["state"] == "compensated"


async def test_a_case_without_a_remedy_says_so(redress_command: Command, number: str) -> None:
    shown = await asyncio.to_thread(redress_command, "remedy", number)
    assert "no plan was proposed (제안 없음)" in shown.out


def test_the_remedy_of_an_unknown_case_is_refused(redress_command: Command) -> None:
    assert redress_command("remedy", "0000-0000-0000-0").code == 1


def test_without_a_ledger_nothing_is_shown(nowhere: Command) -> None:
    assert nowhere("remedy", "2Q5N-18Q0-ZWDY-E").code == 3
    assert nowhere("parked").code == 3
