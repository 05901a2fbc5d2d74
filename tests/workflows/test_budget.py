"""What a standard life costs, counted from real histories (design.md section 9; docs/budgets.md)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.workflows.environment import Environment
from tests.workflows.lives import standard

LIVES = 6
EFFECTS = Counter(
    fetch_customer=1,
    fetch_order=1,
    reserve_authority=1,
    report_lesson=1,
    send_notice=2,
    book_collection=1,
    track_collection=1,
    pay_refund=1,
    place_call=1,
)
"""Acknowledgement, two snapshots, what was approved counts for the period, the saga's steps, the result
notice, what the case teaches, the happy call: exactly these."""

UPDATES, TIMERS = 8, 3
"""Triage, accept, brief, contact, propose, approve, accept the remedy, register; an alarm from the opening
on, an earlier one for the happy call, one for the reopen window."""

MOST_APPENDS, MOST_EVENTS, MOST_TASKS = 16, 208, 35


@dataclass(frozen=True)
class Cost:
    """One life, counted."""

    activities: Counter[str]
    events: int
    tasks: int
    timers: int
    updates: int

    @property
    def appends(self) -> int:
        """Activities that only write down."""
        return self.activities["append_events"]

    def __str__(self) -> str:
        whole = self.activities.total()
        return f"{self.events:6} {self.tasks:6} {whole:10} {self.appends:8} {self.timers:7} {self.updates:8}"


def cost_of(events: Sequence[HistoryEvent]) -> Cost:
    """Count a history."""
    kinds = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in events)
    scheduled = (event.activity_task_scheduled_event_attributes.activity_type.name for event in events)
    assert not kinds["WORKFLOW_TASK_FAILED"]
    return Cost(
        activities=Counter(name for name in scheduled if name),
        events=len(events),
        tasks=kinds["WORKFLOW_TASK_COMPLETED"],
        timers=kinds["TIMER_STARTED"],
        updates=kinds["WORKFLOW_EXECUTION_UPDATE_COMPLETED"],
    )


async def test_a_standard_life_stays_within_its_budget(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    lives = [await standard(env) for _ in range(LIVES)]
    costs = [cost_of(await life.history()) for life in lives]
    with capsys.disabled():
        print("\nevents  tasks activities  appends  timers  updates")  # noqa: T201 - the table is the point
        print(*costs, sep="\n")  # noqa: T201 - as above
    for cost in costs:
        assert cost.activities - Counter(append_events=cost.appends) == EFFECTS
        assert cost.updates == UPDATES
        assert cost.timers == TIMERS
        assert cost.appends <= MOST_APPENDS
        assert cost.events <= MOST_EVENTS
        assert cost.tasks <= MOST_TASKS
