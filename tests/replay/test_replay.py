"""Recorded lives still replay, inputs compared; and a rule that changed is found."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

import domain.assignment
import domain.call_attempts
import domain.case
import domain.happy_call
import domain.hours
import domain.improvement
import domain.saga
import domain.targets
from domain.assignment import CaseEscalated
from tests.workflows.lives import LIVES
from tests.workflows.requests import REQUESTS
from workflows.case import CaseWorkflow
from workflows.converter import DATA_CONVERTER
from workflows.replay import replay
from workflows.sandboxing import sandbox_runner

FOLDER = Path(__file__).parent.parent / "histories"
HISTORIES = sorted(FOLDER.glob("*.json"))


def recorded(name: str) -> WorkflowHistory:
    """Read a recorded history."""
    return WorkflowHistory.from_json(name, (FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_every_life_has_a_recorded_history() -> None:
    assert {path.stem for path in HISTORIES} >= {*LIVES, *REQUESTS}


def test_every_history_has_its_reason_written_down() -> None:
    reasons = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## When and why")[2]
    assert all(name in reasons or ": all:" in reasons for name in LIVES)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_life_still_replays(path: Path) -> None:
    assert await replay(recorded(path.stem)) == ()


def higher(*arguments: Any, **named: Any) -> tuple[CaseEscalated, ...]:
    """Escalate as the rules say, one level further."""
    return tuple(
        event.model_copy(update={"level": event.level + 1}) for event in usual_escalate(*arguments, **named)
    )


def to_somebody_else(*arguments: Any, **named: Any) -> tuple[CaseEscalated, ...]:
    """Escalate as the rules say, to another person."""
    return tuple(
        event.model_copy(update={"owner": "sup-01"}) for event in usual_escalate(*arguments, **named)
    )


def in_other_words(*arguments: Any, **named: Any) -> tuple[CaseEscalated, ...]:
    """Escalate as the rules say, and say something else about it."""
    return tuple(
        event.model_copy(update={"reason": "because"}) for event in usual_escalate(*arguments, **named)
    )


def later(*arguments: Any) -> Any:
    """Call an hour later than the rules say."""
    return usual_window(*arguments) + timedelta(hours=1)


def nobody(*_: Any) -> tuple[()]:
    """Never call anybody."""
    return ()


def no_limit(*_: Any, **__: Any) -> None:
    """Give a department all the time in the world."""


usual_escalate = domain.assignment.escalate
usual_window = domain.hours.contact_window
CHANGES: dict[str, tuple[str, Any, str, Callable[..., Any]]] = {
    "another level": ("escalated", domain.targets, "escalate", higher),
    "another person": ("escalated", domain.targets, "escalate", to_somebody_else),
    "other words": ("escalated", domain.targets, "escalate", in_other_words),
    "another hour": ("recovered", domain.call_attempts, "contact_window", later),
    "no call": ("recovered", domain.happy_call, "todo", nobody),
    "another limit of a request": ("improvement", domain.improvement, "_until", no_limit),
    "another order of steps": ("compensated", domain.saga, "steps_of", lambda _: ("payout", "reserve")),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_rule_is_found(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, module, rule, changed = CHANGES[change]
    monkeypatch.setattr(module, rule, changed)
    assert await replay(recorded(name)) != ()


async def test_the_replayer_alone_does_not_see_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Why inputs are compared: where this fails, the SDK has learned to, and our comparison can go."""
    monkeypatch.setattr(domain.targets, "escalate", in_other_words)
    replayer = Replayer(
        workflows=[CaseWorkflow],
        data_converter=DATA_CONVERTER,
        workflow_runner=sandbox_runner(),
    )
    await replayer.replay_workflow(recorded("escalated"))


async def test_what_was_escalated_to_somebody_else_is_named_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain.targets, "escalate", to_somebody_else)
    differences = await replay(recorded("escalated"))
    assert any(each.path.endswith("body.owner") and "sup-01" in each.replayed for each in differences)
