"""Fetches Temporal's own histories of a case, and puts each event in a line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseError
from google.protobuf.message import Message
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from client import Unreachable
from domain.refusal import Refused
from workflows.names import workflow_id

PREFIX = "EVENT_TYPE_"
TASKS = "WORKFLOW_TASK_"
LINKS = ("scheduled_event_id", "accepted_event_id")


@dataclass(frozen=True, slots=True)
class Line:
    """One event of Temporal's history.

    Attributes:
        what: activity or update name, summary, reason: what makes it readable.
    """

    run: int
    id: int
    at: datetime
    type: str
    what: str


async def runs_of(temporal: Client, number: str) -> tuple[WorkflowHistory, ...]:
    """Return the histories of a case's runs, the first run first; `()` where the server knows none.

    Raises:
        Unreachable: the server does not answer.
    """
    found: list[WorkflowHistory] = []
    run_id: str | None = None
    try:
        while run_id != "":
            handle = temporal.get_workflow_handle(workflow_id(number), run_id=run_id)
            fetched = await handle.fetch_history()
            found.insert(0, fetched)
            started = fetched.events[0].workflow_execution_started_event_attributes
            run_id = started.continued_execution_run_id
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise Unreachable("the Temporal server does not answer") from None
    return tuple(found)


def read_history(path: Path) -> WorkflowHistory:
    """Return a saved history.

    Raises:
        Refused: the file is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
        history = WorkflowHistory.from_json(json.loads(text).get("workflowId", path.stem), text)
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}", code="file") from None
    except (ValueError, AttributeError, TypeError, KeyError, ParseError):
        raise Refused(f"{path}: is no history of Temporal in JSON", code="json") from None
    if not history.events:
        raise Refused(f"{path}: is no history of Temporal: it has no events", code="json")
    return history


def lines_of(runs: Iterable[WorkflowHistory], *, every: bool) -> tuple[Line, ...]:
    """Return the events in lines; workflow tasks, which are most of them, only on request."""
    return tuple(
        line for place, run in enumerate(runs, start=1) for line in _lines_of(place, run, every=every)
    )


def _lines_of(place: int, run: WorkflowHistory, *, every: bool) -> Iterator[Line]:
    """Yield the lines of one run; what concerns an earlier event carries that event's name."""
    named: dict[int, str] = {}
    for event in run.events:
        about = _about(event, named)
        named[event.event_id] = about
        if every or not EventType.Name(event.event_type).startswith(f"{PREFIX}{TASKS}"):
            yield _line(place, event, about)


def _about(event: HistoryEvent, named: Mapping[int, str]) -> str:
    which = event.WhichOneof("attributes")
    of: Any = getattr(event, which) if which else event
    before = [getattr(of, name) for name in LINKS if name in of.DESCRIPTOR.fields_by_name]
    told = (*(named.get(each, "") for each in before), *_names(of), _summary(event))
    return "  ".join(dict.fromkeys(filter(None, told)))


def _line(run: int, event: HistoryEvent, about: str) -> Line:
    return Line(
        run=run,
        id=event.event_id,
        at=event.event_time.ToDatetime(tzinfo=UTC),
        type=EventType.Name(event.event_type).removeprefix(PREFIX).lower(),
        what=about,
    )


def _names(of: Message) -> tuple[str, ...]:
    """Return what an event is about: an activity's or update's name, the reason of a failure."""
    return (
        _text(of, "activity_type", "name"),
        _text(of, "accepted_request", "input", "name"),
        _text(of, "signal_name"),
        _text(of, "failure", "message"),
        _text(of, "reason"),
    )


def _text(message: Message, *path: str) -> str:
    """Return a field's text where the message has such a field."""
    value: Any = message
    for name in path:
        if not isinstance(value, Message) or name not in value.DESCRIPTOR.fields_by_name:
            return ""
        value = getattr(value, name)
    return value if isinstance(value, str) else ""


def _summary(event: HistoryEvent) -> str:
    data = event.user_metadata.summary.data
    try:
        text = json.loads(data) if data else ""
    except ValueError:
        return ""
    return text if isinstance(text, str) else ""
