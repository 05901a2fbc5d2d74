"""One case as its people drive it: commands, waiting for what must come, time that flies."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle

from client import Opened
from domain.actor import Actor, Role
from domain.case import CaseEvent
from domain.chain import RecordedEvent
from domain.effect import Contact
from domain.intake import Opening
from domain.message import Command
from domain.policy import Policy
from domain.view import CaseView
from tests.workflows.environment import Ground
from tests.workflows.policies_for_tests import prompt
from workflows.messages import Receipt

EVENTS: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)

PATIENCE = 45.0
"""Seconds after which something that must come will not come; a busy machine needs some of them."""


async def eventually(holds: Callable[[], Awaitable[bool]], patience: float = PATIENCE) -> None:
    """Wait until something holds; fail where it does not in time."""
    pause = 0.02
    async with asyncio.timeout(patience):
        while not await holds():
            await asyncio.sleep(pause)
            pause = min(1.3 * pause, 0.25)  # to be asked is work, for those who have what is awaited to do


def actor(text: str) -> Actor:
    """Read `role:id`."""
    role, _, person = text.partition(":")
    return Actor(role=Role(role), id=person)


@dataclass
class Life:
    """A case and what can be done with it."""

    env: Ground
    number: str
    opening: Opening
    policy: Policy
    sent: int = 0
    patience: float = PATIENCE
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The workflow, whichever run it is in."""
        return self.env.redress.handle(self.number)

    async def command(self, kind: type[Command], by: str, **fields: Any) -> Receipt:
        """Send a command and return its receipt."""
        self.sent += 1
        command: Any = kind(id=f"c{self.sent}", by=actor(by), **fields)
        receipt = await self.env.redress.submit(self.number, command)
        self.receipts.append(receipt)
        return receipt

    async def signal(self, name: str, *arguments: Any) -> None:
        """Send a letter, readable or not."""
        await self.handle.signal(name, args=arguments)

    async def view(self) -> CaseView:
        """Return where the case stands."""
        return await self.env.redress.view(self.number)

    async def until(self, holds: Callable[[CaseView], bool]) -> CaseView:
        """Wait until something holds, and return how the case then stands."""
        view = await self.view()

        async def is_so() -> bool:
            nonlocal view
            view = await self.view()
            return holds(view)

        await eventually(is_so, self.patience)
        return view

    async def until_counted(self, kind: str) -> None:
        """Wait until Temporal's own history has an event of a type."""

        async def is_there() -> bool:
            return bool((await self.counted())[kind])

        await eventually(is_there, self.patience)

    async def forward(self, span: timedelta) -> None:
        """Let time fly, on this case's own clock."""
        async with asyncio.timeout(self.patience):  # a fast-forward that goes wrong would hang for ever
            await self.env.skipper.fast_forward(self.handle, span)

    async def ended(self) -> str:
        """Wait until the case is over and return its end."""
        async with asyncio.timeout(self.patience):
            summary = await self.handle.result()
        return str(summary["end"])

    async def written(self) -> tuple[RecordedEvent, ...]:
        """Wait until the ledger has everything, and return it."""
        if (await self.handle.describe()).close_time is None:
            await self.until(lambda view: not view.unwritten)
        return await self.env.store.read(self.number)

    async def kinds(self) -> list[str]:
        """Return what happened, by kind, from the ledger."""
        return [entry.kind for entry in await self.written()]

    async def events(self, kind: str) -> list[CaseEvent]:
        """Return the events of one kind from the ledger."""
        return [event_in(entry) for entry in await self.written() if entry.kind == kind]

    async def bodies(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the events of one kind as plain fields."""
        return [event.model_dump(mode="json") for event in await self.events(kind)]

    async def history(self) -> list[HistoryEvent]:
        """Return Temporal's own history of the present run."""
        return list((await self.handle.fetch_history()).events)

    async def counted(self) -> Counter[str]:
        """Count Temporal's own events by type."""
        return Counter(
            EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in await self.history()
        )


async def scheduled(life: Life) -> list[str]:
    """Return the activities that the present run has asked for, by type."""
    return [
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in await life.history()
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]


def event_in(entry: RecordedEvent) -> CaseEvent:
    """Read an event back as it was written."""
    return EVENTS.validate_json(entry.body)


async def open_case(env: Ground, policy: Policy | None = None, **fields: Any) -> Life:
    """Open a case of a customer whose cup arrived broken."""
    pinned = policy or prompt()
    opening = opening_of(env, **fields)
    opened: Opened = await env.redress.open(opening, pinned)
    return Life(env, opened.number, opening, pinned)


def opening_of(env: Ground, **fields: Any) -> Opening:
    """Return what the web form hands in; every call is another customer's message."""
    number = next(env.numbers)
    told: dict[str, Any] = {
        "source": "web",
        "source_key": f"form-{number}",
        "text": "컵이 깨져서 왔어요",
        "product": "cup",
        "contact": Contact(customer_id=f"cust-{number}", phone="010-0000-0000"),
        "asked_further": True,  # the form has a field for it
    }
    return Opening(**told | fields)
