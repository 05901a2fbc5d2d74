"""The guard before the sandbox: events that belong to no workflow task never reach a workflow."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from workflows.names import CATCHING_UP
from workflows.sandboxing import DIRECT_QUERY, TaskByTask


@dataclass
class Inner:
    """A workflow that only remembers what it was given."""

    seen: list[WorkflowActivation] = field(default_factory=list)

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Remember."""
        self.seen.append(act)
        return WorkflowActivationCompletion(run_id="passed on")


def activation(second: int, length: int, job: str, *, replaying: bool = False) -> WorkflowActivation:
    """Return an activation of the task that began at `second`."""
    single: Any = WorkflowActivationJob()
    getattr(single, job).SetInParent()
    if job == "query_workflow":
        single.query_workflow.query_id = DIRECT_QUERY
        replaying = True
    act = WorkflowActivation(run_id="r", history_length=length, jobs=[single], is_replaying=replaying)
    act.timestamp.seconds = second
    return act


@pytest.fixture
def inner() -> Inner:
    return Inner()


@pytest.fixture
def guard(inner: Inner) -> TaskByTask:
    guard = TaskByTask(inner)  # type: ignore[arg-type]
    guard.activate(activation(1, 3, "initialize_workflow"))
    return guard


@pytest.mark.parametrize("job", ["resolve_activity", "signal_workflow", "fire_timer"])
def test_events_without_a_task_are_withheld_and_their_query_fails(
    guard: TaskByTask, inner: Inner, job: str
) -> None:
    assert guard.activate(activation(1, 19, job)).WhichOneof("status") == "successful"
    answer = guard.activate(activation(1, 19, "query_workflow"))
    assert answer.failed.failure.message == CATCHING_UP
    assert [act.history_length for act in inner.seen] == [3]


@pytest.mark.parametrize("job", ["resolve_activity", "do_update", "fire_timer", "query_workflow"])
def test_the_next_task_is_passed_on(guard: TaskByTask, inner: Inner, job: str) -> None:
    assert guard.activate(activation(2, 19, job)).run_id == "passed on"
    assert len(inner.seen) == 2


def test_what_a_task_brings_about_itself_is_passed_on(guard: TaskByTask, inner: Inner) -> None:
    guard.activate(activation(1, 3, "resolve_activity"))  # an activity that the task cancelled
    guard.activate(activation(1, 3, "query_workflow"))
    assert len(inner.seen) == 3


def test_a_query_that_brings_only_what_the_last_task_wrote_is_passed_on(
    guard: TaskByTask, inner: Inner
) -> None:
    assert guard.activate(activation(1, 10, "query_workflow")).run_id == "passed on"
    assert guard.activate(activation(2, 12, "signal_workflow")).run_id == "passed on"
    assert len(inner.seen) == 3


def loaded(inner: Inner) -> TaskByTask:
    """Return the guard of a run that was loaded from its history."""
    guard = TaskByTask(inner)  # type: ignore[arg-type]
    guard.activate(activation(1, 3, "initialize_workflow", replaying=True))
    return guard


def test_a_query_right_after_the_first_news_of_a_loaded_run_fails(inner: Inner) -> None:
    guard = loaded(inner)
    guard.activate(activation(2, 22, "resolve_activity"))
    assert guard.activate(activation(2, 22, "query_workflow")).failed.failure.message == CATCHING_UP


def test_a_query_later_in_a_loaded_run_is_answered(inner: Inner) -> None:
    guard = loaded(inner)
    assert guard.activate(activation(1, 10, "query_workflow")).run_id == "passed on"
    guard.activate(activation(2, 22, "resolve_activity"))
    guard.activate(activation(3, 26, "resolve_activity"))
    assert guard.activate(activation(3, 26, "query_workflow")).run_id == "passed on"


def test_an_eviction_is_always_passed_on(guard: TaskByTask, inner: Inner) -> None:
    guard.activate(activation(1, 19, "resolve_activity"))
    guard.activate(activation(1, 19, "remove_from_cache"))
    assert inner.seen[-1].jobs[0].HasField("remove_from_cache")
