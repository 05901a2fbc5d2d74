"""The chapters of the demo: played side by side on each case's own time, told one after the other."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

import policies
import sandbox
from cli.narration import colour, told
from cli.output import plain
from cli.parts import Part, Played
from cli.playing import Stage
from cli.tally import Tally, tally
from cli.verifying import VerifyReport, verify
from client import Redress, connect
from domain.case import CaseEvent
from domain.intake import Opening
from ledger.fold import events_of
from ledger.pool import Pool, open_pool
from ledger.store import EventStore
from sandbox.faults import FaultPlan, Refuse
from sandbox.manners import CustomerManners, StaffManners
from stack.embedded import Stack

CHAPTERS = Path(sandbox.__file__).parent / "samples" / "demo.jsonl"
SEED = 2026
SECRET = "redress-demo"  # noqa: S105 - so that the same cases have the same luck in every demo
LIMIT = timedelta(days=120)
TOGETHER = 3
"""Chapters that are played ahead while one is told."""

COURIER = FaultPlan(
    faults=(
        Refuse(service="courier", operation="book_collection", calls=1, reason="no van goes to that island"),
    )
)
KOREAN_COLUMN, TIME_COLUMN = 40, 12


class Chapter(BaseModel):
    """One case of the tour, and how its people are.

    Attributes:
        courier_refuses: whether the courier does not come.
    """

    ko: str
    en: str
    policy: str
    opening: Opening
    staff: StaffManners
    customer: CustomerManners
    courier_refuses: bool = False


@dataclass(frozen=True, slots=True)
class Toured:
    """What the tour came to."""

    seconds: float
    tally: Tally
    verify: VerifyReport
    ui: str | None


def chapters() -> tuple[Chapter, ...]:
    """Return the chapters of the tour."""
    lines = CHAPTERS.read_text(encoding="utf-8").splitlines()
    return tuple(Chapter.model_validate(json.loads(line)) for line in lines if line.strip())


async def tour(stack: Stack, show: Console) -> Toured:
    """Play and tell every chapter, then verify."""
    begun, addresses = time.monotonic(), stack.addresses
    redress = Redress(await connect(addresses.temporal, addresses.namespace), secret=SECRET)
    async with await open_pool(addresses.database) as pool:
        numbers = await _tell_all(stack, redress, pool, show)
        store = EventStore(pool)
        found = await tally(store, numbers)
        logs = [service.log for service in stack.services]
        report = await verify(redress, pool, sandbox_url=addresses.sandbox, logs=logs)
    return Toured(seconds=time.monotonic() - begun, tally=found, verify=report, ui=addresses.ui)


async def _tell_all(stack: Stack, redress: Redress, pool: Pool, show: Console) -> list[str]:
    gate = asyncio.Semaphore(TOGETHER)
    async with asyncio.TaskGroup() as group:
        told_later = []
        for place, chapter in enumerate(chapters(), start=1):
            told_by = Teller(EventStore(pool), ZoneInfo(policies.load(chapter.policy).calendar.timezone))
            stage = Stage(redress, EventStore(pool), seed=SEED, secret=SECRET, hear=told_by.hear)
            playing = group.create_task(_play(stage, chapter, gate, stack.addresses.sandbox, told_by))
            told_later.append((place, chapter, told_by, playing))
        for place, chapter, told_by, playing in told_later:
            _open_chapter(show, place, chapter)
            async for instant, event in told_by.events():
                _line(show, instant, event)
            await playing
    return [playing.result().number for *_, playing in told_later]


async def _play(
    stage: Stage, chapter: Chapter, gate: asyncio.Semaphore, sandbox_url: str, told_by: "Teller"
) -> Played:
    part = Part(
        opening=chapter.opening,
        policy=policies.load(chapter.policy),
        staff=chapter.staff,
        customer=chapter.customer,
    )
    try:
        async with gate:
            if chapter.courier_refuses:
                async with httpx.AsyncClient(base_url=sandbox_url, trust_env=False) as outside:
                    (await outside.post("/faults", content=COURIER.model_dump_json())).raise_for_status()
            return await stage.play(part, limit=LIMIT)
    finally:
        await told_by.finish()


class Teller:
    """Hands the events of one case on as they are written, on the case's own time."""

    def __init__(self, store: EventStore, zone: ZoneInfo) -> None:
        self._store = store
        self._zone = zone
        self._queue: asyncio.Queue[CaseEvent | None] = asyncio.Queue()
        self._told = 0
        self._number: str | None = None

    async def hear(self, played: Played) -> None:
        """Look what has been written since."""
        self._number = played.number
        events = events_of((await self._store.read(played.number))[self._told :])
        self._told += len(events)
        for event in events:
            self._queue.put_nowait(event)

    async def finish(self) -> None:
        """Hand on what was written last, and say that this is all."""
        if self._number is not None:
            events = events_of((await self._store.read(self._number))[self._told :])
            for event in events:
                self._queue.put_nowait(event)
        self._queue.put_nowait(None)

    async def events(self) -> AsyncIterator[tuple[datetime, CaseEvent]]:
        """Yield each event with its local time."""
        while (event := await self._queue.get()) is not None:
            yield event.at.astimezone(self._zone), event


def _open_chapter(show: Console, place: int, chapter: Chapter) -> None:
    show.print()
    show.rule(f"[bold]{place}. {chapter.ko}  ·  {chapter.en}", align="left")
    show.print(plain(f"“{chapter.opening.text}”"), style="italic dim")


def _line(show: Console, instant: datetime, event: CaseEvent) -> None:
    sentences = told(event)
    if sentences is None:
        return
    line = Table.grid(padding=(0, 2))
    line.add_column(width=TIME_COLUMN, style="dim")
    line.add_column(width=KOREAN_COLUMN)
    line.add_column()
    line.add_row(f"{instant:%d %b %H:%M}", plain(sentences[0]), plain(sentences[1]))
    show.print(line, style=colour(event))
