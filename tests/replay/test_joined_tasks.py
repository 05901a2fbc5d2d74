"""How the server cuts news and messages into tasks changes nothing: with fewer tasks a history replays too.

The next worker may be handed an append that ended and an update in one task, and see them apart on replay (or
the other way round). It happened in one of some thousand lives: a case that no worker could load any more.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory

from workflows.replay import replay

FOLDER = Path(__file__).parent.parent / "histories"
TASK = ["WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED", "WORKFLOW_TASK_COMPLETED"]
APPEND_ENDED_THEN_UPDATE = ["ACTIVITY_TASK_COMPLETED", *TASK, *TASK, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED"]


def joined(events: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Join every task that only heard of an append to the update after it; return how many there were."""
    kinds = [str(event["eventType"]).removeprefix("EVENT_TYPE_") for event in events]
    length = len(APPEND_ENDED_THEN_UPDATE)
    places = [at for at in range(len(kinds)) if kinds[at : at + length] == APPEND_ENDED_THEN_UPDATE]
    gone = {at + step for at in places for step in (1, 2, 3)}
    kept = [event for at, event in enumerate(events) if at not in gone]
    names = {str(event["eventId"]): str(place) for place, event in enumerate(kept, start=1)}
    return [renumbered(event, names) for event in kept], len(places)


def renumbered(value: Any, names: dict[str, str]) -> Any:
    """Name every event by its new place."""
    if isinstance(value, list):
        return [renumbered(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: names[each]
        if key.endswith(("eventId", "EventId")) and each in names
        else renumbered(each, names)
        for key, each in value.items()
    }


def joinable() -> list[str]:
    """Return the lives in which there is something to join."""
    lives = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["events"] for path in FOLDER.glob("*.json")
    }
    return sorted(name for name, events in lives.items() if joined(events)[1])


@pytest.mark.parametrize("name", joinable()[:4])
async def test_an_append_that_ended_and_an_update_may_come_in_one_task_or_in_two(name: str) -> None:
    history = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    history["events"], places = joined(history["events"])
    assert places
    assert await replay(WorkflowHistory.from_json(name, json.dumps(history))) == ()
