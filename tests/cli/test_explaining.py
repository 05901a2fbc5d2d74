import asyncio

from client import Redress
from tests.cli.driving import Command, opening, settled


async def test_every_deadline_is_explained_in_both_languages(
    redress: Redress, redress_command: Command
) -> None:
    given = opening(voc_type="complaint")
    opened = await asyncio.to_thread(redress_command, "open", "-", "--json", given=given)
    number = opened.json["number"]
    await settled(redress, number)
    answered = await asyncio.to_thread(redress_command, "clock", "explain", number, "--json")
    assert answered.code == 0
    clocks = {clock["name"]: clock for clock in answered.json["clocks"]}
    resolve = clocks["resolve"]
    assert resolve["explanation"]["timezone"] == "Asia/Seoul"
    assert "업무 시간" in resolve["explanation"]["ko"]
    assert "working time" in resolve["explanation"]["en"]
    assert [rung["fired"] for rung in resolve["rungs"]] == [False] * len(resolve["rungs"])
    shown = await asyncio.to_thread(redress_command, "clock", "explain", number)
    assert "resolve (1)" in shown.out


def test_an_unknown_case_is_refused(redress_command: Command) -> None:
    assert redress_command("clock", "explain", "0000-0000-0000-0").code == 1
