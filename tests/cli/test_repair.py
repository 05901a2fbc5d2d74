import asyncio
import json

import asyncpg

from client import Redress
from stack.embedded import Stack
from tests.cli.driving import Command, opening, settled


async def _opened(redress: Redress, command: Command) -> str:
    opened = await asyncio.to_thread(command, "open", "-", "--json", given=opening())
    number: str = opened.json["number"]
    await settled(redress, number)
    return number


async def test_a_terminated_case_goes_on_from_the_ledger(redress: Redress, redress_command: Command) -> None:
    number = await _opened(redress, redress_command)
    well = await asyncio.to_thread(redress_command, "revive", number)
    assert well.code == 1
    assert "--force" in well.err
    await redress.handle(number).terminate()
    seen = await asyncio.to_thread(redress_command, "show", number)
    assert seen.code == 0
    revived = await asyncio.to_thread(redress_command, "revive", number, "--json")
    assert revived.code == 0, revived.err
    version = revived.json["version"]
    words = ("add_to_case", "--by", "customer:cust-1", "--data", '{"text": "still broken"}', "--json")
    answered = await asyncio.to_thread(redress_command, "submit", number, *words)
    assert answered.json["version"] == version + 1
    await settled(redress, number)
    again = await asyncio.to_thread(redress_command, "replay", number)
    assert again.code == 0, again.out


async def test_the_read_models_are_folded_again_and_the_proof_holds_then_names_a_breach(
    stack: Stack, redress: Redress, redress_command: Command
) -> None:
    number = await _opened(redress, redress_command)
    rebuilt = await asyncio.to_thread(redress_command, "rebuild", "--json")
    assert rebuilt.code == 0
    assert rebuilt.json["cases"] >= 1
    connection = await asyncpg.connect(stack.addresses.migration)
    try:
        await connection.execute("UPDATE cases SET version = version + 1 WHERE case_id = $1", number)
        broken = await asyncio.to_thread(redress_command, "verify", "--json")
    finally:
        await connection.close()
    assert broken.code == 4
    assert number in [breach["case_id"] for breach in json.loads(broken.out)["breaches"]]
    await asyncio.to_thread(redress_command, "rebuild")
