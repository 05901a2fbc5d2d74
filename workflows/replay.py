"""Holds current code against a recorded history, activity inputs, answers and the end of the run included.

The Replayer compares which commands a workflow gives, never what is in them: a changed `decide` that
escalates to somebody else replays clean there. Here every input is compared with the recorded one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    ContinueAsNewInput,
    ExecuteWorkflowInput,
    HandleUpdateInput,
    Interceptor,
    Replayer,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from domain.record import Record
from workflows.case import CaseWorkflow
from workflows.converter import DATA_CONVERTER
from workflows.improvement import ImprovementWorkflow
from workflows.sandboxing import sandbox_runner

ABSENT = "(absent)"

LONGEST = 300
"""Characters of a value that a difference shows."""


class Difference(Record):
    """One thing that current code does otherwise.

    Attributes:
        place: the activity, update or end concerned, or `history` where the commands themselves differ.
        event: id of the recorded event; 0 where none can be named.
        path: the field within its input, for example `events[0].body.level`; empty for all of it.
        recorded: what was recorded there, as JSON.
        replayed: what current code gives instead.
    """

    place: str
    event: int
    path: str
    recorded: str
    replayed: str


async def replay(history: WorkflowHistory) -> tuple[Difference, ...]:
    """Run current code over a history of one run; return every difference, `()` where there is none."""
    script = _Script(history)
    replayer = Replayer(
        workflows=[CaseWorkflow, ImprovementWorkflow],
        data_converter=DATA_CONVERTER,
        workflow_runner=sandbox_runner(),
        interceptors=[_Comparing(script)],
    )
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    found = tuple(script.differences)
    if result.replay_failure is not None:
        failure = str(result.replay_failure) or type(result.replay_failure).__name__
        found += (Difference(place="history", event=0, path="", recorded="as recorded", replayed=failure),)
    return found


class _Script:
    """What was recorded, by where it belongs, and what differed from it."""

    def __init__(self, history: WorkflowHistory) -> None:
        self.differences: list[Difference] = []
        self._recorded: dict[str, tuple[int, Any]] = {}
        names: dict[int, str] = {}
        for event in history.events:
            match event.event_type:
                case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                    scheduled = event.activity_task_scheduled_event_attributes
                    self._note(f"activity {scheduled.activity_id}", event.event_id, scheduled.input)
                case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                    accepted = event.workflow_execution_update_accepted_event_attributes
                    names[event.event_id] = accepted.accepted_request.meta.update_id
                case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
                    completed = event.workflow_execution_update_completed_event_attributes
                    if completed.outcome.HasField("success"):
                        self._note(
                            f"update {completed.meta.update_id}", event.event_id, completed.outcome.success
                        )
                case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
                    next_run = event.workflow_execution_continued_as_new_event_attributes
                    self._note("continue as new", event.event_id, next_run.input)
                case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
                    ended = event.workflow_execution_completed_event_attributes
                    self._note("result", event.event_id, ended.result)

    def _note(self, place: str, event: int, payloads: Payloads) -> None:
        self._recorded[place] = (event, [_decoded(payload) for payload in payloads.payloads])

    def compare(self, place: str, label: str, values: Sequence[Any]) -> None:
        """Compare what current code gives with what was recorded; what lies past it is passed over."""
        if place not in self._recorded:
            return
        event, recorded = self._recorded[place]
        payloads = DATA_CONVERTER.payload_converter.to_payloads(values)
        replayed = [_decoded(payload) for payload in payloads]
        for path, before, after in differing(recorded, replayed, ""):
            difference = Difference(
                place=label, event=event, path=path, recorded=_short(before), replayed=_short(after)
            )
            self.differences.append(difference)


class _Comparing(Interceptor):
    """Puts the comparison between workflow and replayer."""

    def __init__(self, script: _Script) -> None:
        self._script = script

    def workflow_interceptor_class(
        self, _given: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """Return the interceptor of one replay."""
        script = self._script

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(_Outbound(outbound, script))

            async def execute_workflow(self, given: ExecuteWorkflowInput) -> Any:
                result = await super().execute_workflow(given)
                script.compare("result", "the result of the run", [result])
                return result

            async def handle_update_handler(self, given: HandleUpdateInput) -> Any:
                receipt = await super().handle_update_handler(given)
                script.compare(f"update {given.id}", f"the answer to {given.update} {given.id}", [receipt])
                return receipt

        return Inbound


class _Outbound(WorkflowOutboundInterceptor):
    """Compares what the workflow hands out."""

    def __init__(self, inner: WorkflowOutboundInterceptor, script: _Script) -> None:
        super().__init__(inner)
        self._script = script
        self._started = 0

    def start_activity(self, given: StartActivityInput) -> ActivityHandle[Any]:
        """Compare an input with the recorded one; the SDK numbers activities in the order of their start."""
        self._started += 1
        label = f"the input of activity {self._started} ({given.activity}, {given.summary})"
        self._script.compare(f"activity {self._started}", label, given.args)
        return super().start_activity(given)

    def continue_as_new(self, given: ContinueAsNewInput) -> NoReturn:
        """Compare what is handed to the next run."""
        self._script.compare("continue as new", "what the run hands to the next", given.args)
        super().continue_as_new(given)


def differing(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield each innermost place in which two JSON values differ."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            inner = f"{path}.{name}" if path else str(name)
            yield from differing(before.get(name, ABSENT), after.get(name, ABSENT), inner)
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            old, new = (each[place] if place < len(each) else ABSENT for each in (before, after))
            yield from differing(old, new, f"{path}[{place}]")
    elif before != after:
        yield path, before, after


def _decoded(payload: Payload) -> Any:
    """Return a payload as JSON, event bodies (JSON within JSON) opened as well."""
    try:
        return _opened(json.loads(payload.data)) if payload.data else None
    except ValueError:
        return payload.data.hex()


def _opened(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _opened(json.loads(inner)) if name == "body" and isinstance(inner, str) else _opened(inner)
            for name, inner in value.items()
        }
    return [_opened(inner) for inner in value] if isinstance(value, list) else value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
