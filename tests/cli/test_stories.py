"""A case that turns out to be another than it seemed, led through the command line on the real server."""

import asyncio
import json
from typing import Any

from client import Redress
from tests.cli.driving import Answer, Command, opening, settled


class Story:
    """One case and what is said in it."""

    def __init__(self, ask: Command, redress: Redress) -> None:
        self.ask, self.redress, self.number = ask, redress, ""

    async def begin(self, **fields: object) -> None:
        """Open the case."""
        opened = await asyncio.to_thread(self.ask, "open", "-", "--json", given=opening(**fields))
        assert opened.code == 0, opened.err
        self.number = opened.json["number"]

    async def say(self, command: str, by: str, **fields: object) -> None:
        """Give a command that is carried out."""
        said = await self._try(command, by, fields)
        assert said.code == 0, said.err

    async def refused(self, command: str, by: str, **fields: object) -> str:
        """Give a command that is refused, and return the word for it."""
        said = await self._try(command, by, fields)
        assert said.code == 1, said.out
        return str(json.loads(said.err)["code"])

    async def _try(self, command: str, by: str, fields: dict[str, object]) -> Answer:
        await settled(self.redress, self.number)
        data = json.dumps(fields, ensure_ascii=False)
        return await asyncio.to_thread(
            self.ask, "submit", self.number, command, "--by", by, "--data", data, "--json"
        )

    async def seen(self) -> Any:
        """Return what `redress show` tells once everything is written."""
        await settled(self.redress, self.number)
        return (await asyncio.to_thread(self.ask, "show", self.number, "--json")).json


def due(seen: Any, target: str) -> tuple[str, str]:
    """Return when a target has something to do, and when its clock started."""
    [found] = [each for each in seen["dues"] if each["name"].startswith(f"targets/{target}:")]
    _, _, started = found["why"].partition("The clock started at ")
    return found["due"], started.partition(" with a budget of ")[0]


def kinds(seen: Any) -> list[str]:
    """Return what happened, in order."""
    return [event["kind"] for event in seen["events"]]


async def test_an_inquiry_turns_into_a_complaint_in_place(redress: Redress, redress_command: Command) -> None:
    story = Story(redress_command, redress)
    await story.begin(voc_type="inquiry", text="이 컵은 식기세척기에 넣어도 되나요?")
    await story.say("triage", "agent:agent-01", voc_type="inquiry")
    await story.say("accept_case", "agent:agent-01")
    inquiry = await story.seen()
    assert (inquiry["view"]["row"]["voc_type"], inquiry["view"]["row"]["stage"]) == ("inquiry", "owned")

    await story.say("add_to_case", "customer:cust-1", text="넣었더니 금이 갔습니다. 환불해 주세요")
    harm = {"id": "price", "harm": "price"}
    await story.say("triage", "owner:agent-01", voc_type="complaint", cause="defect", harm_lines=[harm])
    complaint = await story.seen()
    row, before = complaint["view"]["row"], inquiry["view"]["row"]
    assert (row["voc_type"], row["owner"], row["opened_at"]) == ("complaint", "agent-01", before["opened_at"])
    assert kinds(complaint)[: len(inquiry["events"])] == kinds(inquiry)
    latest = {each["kind"]: each["fields"] for each in complaint["events"]}
    assert latest["triaged"]["converted"] is True
    assert "지금부터 불만으로 접수" in latest["acknowledgement_sent"]["text"]
    assert latest["case_rerouted"]["department"] == "production", "who answered is not who puts it right"

    # Its targets are a complaint's now, and its customer has waited since the first message.
    (asked, start), (complained, same) = due(inquiry, "first_response"), due(complaint, "first_response")
    assert (complained < asked, same) == (True, start)
    assert await story.refused("triage", "owner:agent-01", voc_type="inquiry") == "downgrade"
    assert await story.refused("answer_case", "owner:agent-01", text="넣지 마십시오") == "short-way"


async def test_a_person_classes_anew_what_the_rules_read_and_targets_and_department_follow(
    redress: Redress, redress_command: Command
) -> None:
    story = Story(redress_command, redress)
    await story.begin(text="배송이 늦어 아직도 안 왔습니다. 환불해 주세요.")
    read = await story.seen()
    row = read["view"]["row"]
    assert (row["department"], row["severity"]) == ("logistics", "normal")
    assert read["view"]["read_by_rules"] is True

    await story.say("triage", "agent:agent-05", voc_type="complaint", cause="defect", severity="high")
    seen = await story.seen()
    row = seen["view"]["row"]
    assert (row["department"], row["severity"]) == ("production", "high")
    assert seen["view"]["read_by_rules"] is False
    decided = [(each["by"], each["fields"]["cause"]) for each in seen["events"] if each["kind"] == "triaged"]
    assert decided == [("system:redress", "late_delivery"), ("agent:agent-05", "defect")]
    corrected = [each["fields"]["corrects"] for each in seen["events"] if each["kind"] == "triaged"][-1]
    assert {"cause", "department"} <= set(corrected)
    for target in ("accept", "first_response", "resolve"):
        (later, start), (sooner, same) = due(read, target), due(seen, target)
        assert (sooner < later, same) == (True, start), target

    # While somebody owns the case a correction hands it over, and they keep it until somebody accepts.
    await story.say("accept_case", "agent:agent-07")
    await story.say("triage", "owner:agent-07", voc_type="complaint", cause="late_delivery", safety=True)
    owned = await story.seen()
    row = owned["view"]["row"]
    assert (row["department"], row["owner"], row["severity"]) == ("logistics", "agent-07", "critical")
    assert due(owned, "resolve")[0] < due(seen, "resolve")[0]
    await story.say("accept_case", "agent:agent-05")
    assert (await story.seen())["view"]["row"]["owner"] == "agent-05"
