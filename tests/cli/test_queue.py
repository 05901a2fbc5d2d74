"""One story through the command line: two queues over one history, and one list of both."""

import asyncio
import json

import pytest

from client import Redress
from tests.cli.driving import Command, opening, settled

HARM: dict[str, object] = {
    "voc_type": "complaint",
    "cause": "defect",
    "harm_lines": [{"id": "price", "harm": "price"}],
}
TALK: dict[str, object] = {
    "direction": "outbound",
    "channel": "phone",
    "apology": True,
    "named_owner": True,
    "asks_further": True,
    "next_step": "we look at the cup",
}
AGENT = "agent:agent-01"


async def test_what_is_answered_in_one_queue_is_not_asked_for_in_the_other(
    redress: Redress, redress_command: Command
) -> None:
    async def ask(*arguments: object, given: str | None = None) -> str:
        answer = await asyncio.to_thread(redress_command, *arguments, given=given)
        assert answer.code == 0, answer.err
        return answer.out

    async def told(command: str, by: str, **fields: object) -> None:
        await ask("submit", number, command, "--by", by, "--data", json.dumps(fields))
        await settled(redress, number)

    async def queue(*options: str) -> list[tuple[str, str | None]]:
        """Return what is owed to this customer."""
        found = json.loads(await ask("queue", "--limit", "10000", "--json", *options))
        return [(each["what"], each["who"]) for each in found if each["case_id"] == number]

    number = json.loads(await ask("open", "-", "--json", given=opening()))["number"]
    await settled(redress, number)
    assert await queue("--direction", "inbound") == await queue("--free") == [("answer", None)]
    await told("triage", AGENT, **HARM)
    await told("accept_case", AGENT)
    [(_, owner)] = await queue("--direction", "inbound")
    assert owner is not None

    await told("log_contact", f"owner:{owner}", **TALK)
    assert await queue("--direction", "inbound") == []
    assert await queue("--direction", "outbound", "--who", owner) == [("update", owner)]

    await told("log_contact", "customer:cust-1", direction="inbound", channel="email", summary="언제 되나요?")
    assert await queue("--direction", "inbound") == [("message", owner)]
    assert set(await queue()) == {("message", owner), ("update", owner)}
    shown = await ask("queue", "--who", owner)
    assert "고객 연락에 답변 · answer to the customer" in shown
    assert "언제 되나요" not in shown


async def test_a_direction_that_is_none_is_refused_by_its_name(redress_command: Command) -> None:
    answer = await asyncio.to_thread(redress_command, "queue", "--direction", "sideways")
    assert answer.code == 2
    assert "'inbound', 'outbound'" in answer.err


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (("queue", "--free", "--who", "sup-01"), "free, who:"),
        (("list", "--type", "banana"), "complaint, inquiry, compliment, suggestion, unknown"),
        (("list", "--stage", "nosuch"), "'reopen_window'"),
        (("show", "2Q5N-18Q0-ZWDY-E", "--as", "queen:x"), "department_head"),
        (("brief", "2Q5N-18Q0-ZWDY-E", "--by", "nobody"), "by: write ROLE:ID"),
        (("show", "2Q5N-18Q0-ZWDY-F"), "look for a slip of the pen"),
        (("replay", "nofile.json"), "nofile.json: no such file"),
        (("policy", "check", "nosuch"), "finance-uk, finance-us, retail-kr"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused_and_the_choices_are_named(
    redress_command: Command, asked: tuple[str, ...], names: str
) -> None:
    answer = await asyncio.to_thread(redress_command, *asked)
    assert answer.code in (1, 2)
    assert names in answer.out + answer.err
