"""Words are erased in a running case and after its end, on the real server; the rest stays readable."""

import asyncio
from typing import Any

import asyncpg

from client import Redress
from stack.embedded import Stack
from tests.cli.driving import Answer, Command, opening, settled

WORDS = "이웃 김철수 씨도 들었다고 함"
PHONE = "010-1234-5678"


async def test_words_are_erased_while_a_case_runs_and_after_its_end_and_the_rest_stays(
    stack: Stack, redress: Redress, redress_command: Command
) -> None:
    async def run(*arguments: object) -> Answer:
        return await asyncio.to_thread(redress_command, *arguments, "--json", given=opening())

    async def erase(number: str, seq: int, approver: str = "sup-02", ground: str = "asked") -> Answer:
        why = ("--reason", "asked for by letter", "--ground", ground, "--approved-by", approver)
        return await run("redact", number, seq, *why, "--by", "supervisor:sup-01")

    async def erased(number: str, seq: int) -> None:
        done = await erase(number, seq)
        assert (done.code, done.json["state"] if done.out else None) == (0, "erased"), done.err

    async def seen(number: str) -> Any:
        for command in ("show", "history", "fairness", "remedy"):
            answer = await run(command, number)
            assert (command, answer.code) == (command, 0), answer.err
        return (await run("show", number)).json

    async def held(number: str) -> str:
        """Return what Temporal keeps of the last run."""
        return str([each async for each in redress.handle(number).fetch_history_events()])

    number = (await run("open", "-")).json["number"]
    call = f'{{"direction": "inbound", "channel": "phone", "summary": "{WORDS}"}}'
    await run("submit", number, "log_contact", "--by", "agent:agent-01", "--data", call)
    await settled(redress, number)
    before = await seen(number)
    (seq,) = (each["seq"] for each in before["events"] if each["kind"] == "contact_logged")

    assert (await erase(number, seq, ground="because")).code == 1
    assert "somebody else" in (await erase(number, seq, approver="sup-01")).err
    assert "once it has ended" in (await erase(number, 1)).err
    await erased(number, seq)
    after = await seen(number)
    told = after["events"][seq - 1]["fields"]
    assert (told["erased"]["ground"], told["summary"], told["channel"]) == ("asked", "[erased]", "phone")
    assert [each["kind"] for each in after["events"]].count("attempt_refused") == 2
    assert (await erase(number, seq)).code == 1

    assert PHONE in await held(number)
    mira = ("--by", "customer:cust-1")
    assert (await run("submit", number, "withdraw_case", *mira, "--data", "{}")).code == 0
    async with asyncio.timeout(20):
        await redress.handle(number).result()
    await erased(number, 1)
    assert (await erase(number, 1)).code == 1
    async with asyncio.timeout(20):
        await redress.handle(number).result()
    last = await seen(number)
    assert last["view"]["row"]["end"] == "withdrawn"
    assert last["events"][0]["fields"]["opening"]["contact"]["phone"] == "[erased]"

    connection = await asyncpg.connect(stack.addresses.database)
    bodies = await connection.fetch("SELECT seq, body FROM events WHERE case_id = $1 ORDER BY seq", number)
    await connection.close()
    assert [each["seq"] for each in bodies if each["body"] is None] == [1, seq]
    assert not [each for each in bodies if WORDS in (each["body"] or "") or PHONE in (each["body"] or "")]
    assert PHONE not in await held(number)
    proved = await run("verify")
    assert proved.code == 0, proved.out
