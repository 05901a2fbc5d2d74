"""Histories that a drill found and that current code cannot replay: each is an open finding, named here."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from workflows.replay import replay

FINDINGS = Path(__file__).parent.parent / "findings"


@pytest.mark.xfail(
    reason="The worker was killed, its sticky task timed out, the next task carried activity results and "
    "an update. Live the SDK handed them over one after the other, on replay together and the update first.",
    strict=True,
)
async def test_an_update_after_a_timed_out_task_replays() -> None:
    recorded = (FINDINGS / "update-after-a-timed-out-task.json").read_text(encoding="utf-8")
    assert await replay(WorkflowHistory.from_json("case-finding", recorded)) == ()
