"""The sandbox in which workflows run and are replayed, and the one guard that stands before it.

A query that waited while a case had no worker is delivered with every event that came in since, before any
workflow task carries them. SDK 1.35.0 hands those events over to answer it, and keeps the run in its cache
in that state. The next task then acts in another order than a replay of the history it writes: a case that
no worker can ever load again (docs/decisions/0008, found by `redress drill crash`).
"""

from dataclasses import dataclass

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

from workflows.names import CATCHING_UP

PASSED_THROUGH = ("domain", "activities", "pydantic", "pydantic_core", "annotated_types", "typing_extensions")
"""What is not loaded anew for every case; the import test guards these instead."""

ALL_AT_ONCE = 2
"""The SDK's PROCESS_WORKFLOW_ACTIVATION_JOBS_AS_SINGLE_BATCH: all that one task brings is taken in first,
then the workflow goes on. Without it the workflow acts on the messages of a task before it knows the news of
the same task, so that what it commands depends on how tasks are joined (docs/decisions/0010).
"""

DIRECT_QUERY = "legacy_query"
"""Id of a query that comes without a workflow task; those that come with one have ids of their own."""


def sandbox_runner() -> SandboxedWorkflowRunner:
    """Return the runner that worker and replayer share, so that they cannot differ."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return TaskByTaskRunner(restrictions=restrictions)


@dataclass(frozen=True)
class TaskByTaskRunner(SandboxedWorkflowRunner):
    """A sandbox whose workflows see events only as parts of workflow tasks."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Put the guard before the sandboxed workflow."""
        return TaskByTask(super().create_instance(det))


class TaskByTask(WorkflowInstance):
    """Withholds events that belong to no task, and gives the run up so that it is loaded whole.

    Two signs betray them. Every workflow task moves the activation's timestamp, while events without one only
    lengthen the history (what a task brings about itself, as the end of an activity that it cancelled, does
    neither). And in a run that was loaded from its history, a query right after the first news may have
    brought them, from a task that another worker holds: that cannot be told from a task of our own, so the
    run is loaded once more.
    """

    def __init__(self, inner: WorkflowInstance) -> None:
        self._inner = inner
        self._task_began = (0, 0)
        self._length = 0
        self._is_ahead = False
        self._activations = 0
        self._news_after_loading: int | None = None

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Pass a task on; keep quiet at events without one, and fail the query that brought them."""
        if any(job.HasField("remove_from_cache") for job in act.jobs):
            return self._inner.activate(act)
        completion = WorkflowActivationCompletion(run_id=act.run_id)
        self._activations += 1
        if self._is_ahead or self._asks_right_after_loading(act):
            completion.failed.failure.message = CATCHING_UP  # this makes the worker forget the run
        elif self._has_no_task(act):
            self._is_ahead = True
            completion.successful.SetInParent()
        else:
            act.available_internal_flags.append(ALL_AT_ONCE)
            return self._inner.activate(act)
        return completion

    def _asks_right_after_loading(self, act: WorkflowActivation) -> bool:
        if self._activations == 1 and not act.is_replaying:
            self._news_after_loading = 0  # this run begins here: nothing was loaded
        if self._news_after_loading is None and not act.is_replaying:
            self._news_after_loading = self._activations
        direct = any(job.query_workflow.query_id == DIRECT_QUERY for job in act.jobs)
        return direct and self._news_after_loading == self._activations - 1 > 0

    def _has_no_task(self, act: WorkflowActivation) -> bool:
        if all(job.HasField("query_workflow") for job in act.jobs):
            return False  # the history may have grown by what the last task wrote
        before, task = self._length, self._task_began
        self._length = act.history_length
        self._task_began = (act.timestamp.seconds, act.timestamp.nanos)
        return self._task_began == task and self._length > before

    def get_serialization_context(self, command_info: object) -> SerializationContext | None:
        """Hand over to the workflow."""
        return self._inner.get_serialization_context(command_info)  # type: ignore[arg-type]

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        """Hand over to the workflow."""
        return self._inner.get_external_store_context(command_info)  # type: ignore[arg-type]

    def get_info(self) -> Info:
        """Hand over to the workflow."""
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        """Hand over to the workflow."""
        return self._inner.get_thread_id()
