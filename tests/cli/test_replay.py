import asyncio
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

import policies
from client import Redress
from domain import assignment
from domain.actor import Actor, Role
from domain.assignment import Assignment, AssignmentCommand, AssignmentEvent, EscalateCase
from domain.intake import Opening
from domain.policy import Policy
from domain.triage import HarmLine, Triage
from tests.cli.driving import Command, opening, settled
from workflows.case import CaseWorkflow
from workflows.converter import DATA_CONVERTER
from workflows.replay import differing, replay
from workflows.sandboxing import sandbox_runner


@pytest.fixture(scope="session")
async def escalated(redress: Redress) -> str:
    """The number of a case with a few commands behind it."""
    opened = await redress.open(Opening.model_validate_json(opening()), policies.load())
    await settled(redress, opened.number)
    by = Actor(role=Role.SUPERVISOR, id="sup-01")
    lines = (HarmLine(id="price", harm="price"),)
    await redress.submit(
        opened.number, Triage(id="t", by=by, voc_type="complaint", cause="defect", harm_lines=lines)
    )
    await redress.submit(opened.number, EscalateCase(id="e", by=by, reason="too slow"))
    await settled(redress, opened.number)
    return opened.number


def test_a_history_is_exported_shown_beside_the_events_and_replays(
    redress_command: Command, escalated: str, tmp_path: Path
) -> None:
    saved = tmp_path / "history.json"
    told = redress_command("history", escalated, "--export", saved, "--json")
    assert told.code == 0
    assert told.json["events"][0]["kind"] == "case_opened"
    assert "send_notice  acknowledgement:1" in [line["what"] for line in told.json["temporal"]]
    people = redress_command("history", escalated)
    assert people.out.index("case_opened") < people.out.index("case_escalated")
    assert "escalate_case" in people.out
    assert redress_command("replay", escalated).code == redress_command("replay", saved).code == 0
    saved.write_text("{}")
    assert redress_command("replay", saved).code == 1


async def test_a_changed_decide_is_found_by_its_inputs_though_the_replayer_sees_nothing(
    redress: Redress, redress_command: Command, escalated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = await redress.handle(escalated).fetch_history()
    decide = assignment.decide

    def to_somebody_else(
        state: Assignment, policy: Policy, command: AssignmentCommand
    ) -> tuple[AssignmentEvent, ...]:
        found = decide(state, policy, command)
        return tuple(event.model_copy(update={"level": 3}) for event in found)

    assert await replay(history) == ()
    monkeypatch.setattr(assignment, "decide", to_somebody_else)
    await _plain_replayer().replay_workflow(history)
    found = await replay(history)
    assert any(each.path.endswith("body.level") and each.replayed == "3" for each in found)
    told = await asyncio.to_thread(redress_command, "replay", escalated)
    assert told.code == 4
    assert "append_events" in told.out
    as_json = await asyncio.to_thread(redress_command, "replay", escalated, "--json")
    assert len(as_json.json["differences"]) == len(found)


async def test_other_commands_are_a_difference_as_well(redress: Redress, escalated: str) -> None:
    history = await redress.handle(escalated).fetch_history()
    told = json.loads(history.to_json())
    for event in told["events"]:
        scheduled = event.get("activityTaskScheduledEventAttributes")
        if scheduled:
            scheduled["activityType"]["name"] = "somewhere_else"
    [difference, *_] = await replay(WorkflowHistory.from_json(history.workflow_id, told))
    assert difference.place == "history"


def test_differences_are_named_by_their_innermost_place() -> None:
    before, after = {"a": [1, {"b": 2}], "c": 3}, {"a": [1, {"b": 4}, 5]}
    assert list(differing(before, after, "")) == [
        ("a[1].b", 2, 4),
        ("a[2]", "(absent)", 5),
        ("c", 3, "(absent)"),
    ]


def _plain_replayer() -> Replayer:
    return Replayer(workflows=[CaseWorkflow], data_converter=DATA_CONVERTER, workflow_runner=sandbox_runner())
