"""The sandbox in which workflows run and are replayed: on, with our pure code and pydantic passed through."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = ("domain", "activities", "pydantic", "pydantic_core", "annotated_types", "typing_extensions")
"""What is not loaded anew for every case; the import test guards these instead."""


def sandbox_runner() -> SandboxedWorkflowRunner:
    """Return the runner that worker and replayer share, so that they cannot differ."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)
