"""Plays one case: its people act through public commands, and its own time passes in between."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from cli.parts import Part, Played
from client import NotFound, OutcomeUnknown, Redress, Unreachable
from domain.effect import OrderSnapshot
from domain.intake import OrderRead
from domain.refusal import Refused
from domain.view import CaseView
from ledger.fold import events_of
from ledger.store import EventStore
from sandbox.people import Agenda
from sandbox.scene import Intention, Scene

SKIP_PATIENCE = 60.0
"""Seconds for one fast-forward: an activity that waits for its service holds the case's time meanwhile."""

TRIES = 5
MOMENT = timedelta(seconds=1)
LOOK_AT_LEAST = timedelta(days=1)
"""While a remedy is carried out people look at least so often."""

HEAR_WITHIN = timedelta(hours=4)
"""While the outside is asked: so soon people hear what it answered."""

SILENT = ("saga/", "targets/next_update", "targets/withdrawal", "targets/refund")
"""Deadlines that give nobody a reason to act, or none that waits for them."""

WAIT_AT_MOST = timedelta(days=10)
END_PATIENCE = 60.0

Hear = Callable[[Played], Awaitable[None]]


async def _hear_nothing(_: Played) -> None:
    """Nobody listens."""


def skipper(redress: Redress) -> TimeSkipper:
    """Return what skips time; cases that it starts stand still until they are told to go on."""
    return TimeSkipper(redress.temporal, config=TimeSkippingConfig(enabled=False))


class Stage:
    """The stack on which cases are played."""

    def __init__(
        self, redress: Redress, store: EventStore, *, seed: int, secret: str, hear: Hear = _hear_nothing
    ) -> None:
        self._skipper = skipper(redress)
        # Cases opened through this client have a clock of their own.
        self._redress = Redress(self._skipper.client, secret=secret)
        self._store = store
        self._seed = seed
        self._hear = hear

    async def play(self, part: Part, *, limit: timedelta) -> Played:
        """Open a case and play it until it ends, its days are over, or nothing more can happen."""
        opened = await _patiently(lambda: self._redress.open(part.opening, part.policy))
        now = datetime.now(UTC)
        played = Played(number=opened.number, part=part, begun=now, now=now, seen=time.monotonic())
        handle = self._redress.handle(opened.number)
        await self._pass(played, MOMENT)
        scene = await self._scene(played)
        agenda = Agenda()
        while not self._over(played, limit):
            planned = agenda.next(scene, played.now)
            played.slips = tuple(agenda.slips.values())
            if planned is not None and planned[0] <= played.now:
                await self._act(played, planned[1])
                scene = replace(scene, done=scene.done | {planned[1].topic})
            elif not await self._pass(played, _step(played, planned and planned[0])):
                played.stuck = None if await self._has_ended(played) else "time does not pass"
            scene = replace(
                scene, view=await self._look(played), order=scene.order or await self._order(played)
            )
            await self._hear(played)
        if played.end is not None:
            await self._settle(handle)
        return played

    def _over(self, played: Played, limit: timedelta) -> bool:
        view = played.view
        if view is None or view.row.end is not None or played.stuck is not None:
            return True
        return played.now - played.begun > limit

    async def _scene(self, played: Played) -> Scene:
        part = played.part
        return Scene(
            seed=self._seed,
            opening=part.opening,
            order=await self._order(played),
            policy=part.policy,
            view=await self._look(played),
            staff=part.staff,
            customer=part.customer,
        )

    async def _order(self, played: Played) -> OrderSnapshot | None:
        """Return the order as the case has pinned it."""
        events = events_of(await self._store.read(played.number))
        return next((event.snapshot for event in events if isinstance(event, OrderRead)), None)

    async def _look(self, played: Played) -> CaseView:
        played.view = await _patiently(lambda: self._redress.view(played.number))
        return played.view

    async def _act(self, played: Played, intention: Intention) -> None:
        played.commands += 1
        by = {"role": intention.by.role.value, "id": intention.by.id}
        fields: dict[str, Any] = {**intention.fields, "id": f"played-{played.commands}", "by": by}
        try:
            await _patiently(lambda: self._redress.submit_fields(played.number, intention.command, fields))
        except Refused as refused:
            played.refused.append((intention.command, refused.code))
        except NotFound:
            played.refused.append((intention.command, "ended"))

    async def _pass(self, played: Played, span: timedelta) -> bool:
        """Let the case's time pass; nothing is skipped while the outside is asked. False where it ended."""
        until = played.tick() + span
        passed = await self._skip(self._redress.handle(played.number), span)
        played.now = max(until, played.tick())
        return passed

    async def _skip(self, handle: WorkflowHandle[Any, Any], span: timedelta) -> bool:
        for _ in range(TRIES):
            try:
                async with asyncio.timeout(SKIP_PATIENCE):
                    return await self._skipper.fast_forward(handle, span)
            except TimeoutError:
                span = MOMENT
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return False
                await asyncio.sleep(0.5)
        return False

    async def skip(self, handle: WorkflowHandle[Any, Any], span: timedelta) -> bool:
        """Let time fly for something else than a case; False where it ended."""
        return await self._skip(handle, span)

    async def _has_ended(self, played: Played) -> bool:
        return (await self._look(played)).row.end is not None

    async def _settle(self, handle: WorkflowHandle[Any, Any]) -> None:
        """Wait until what the case still had to write is written."""
        await self._skip(handle, LOOK_AT_LEAST)
        async with asyncio.timeout(END_PATIENCE):
            await handle.result()


def _step(played: Played, planned: datetime | None) -> timedelta:
    """Return how long to let pass: to what somebody means to do, or to what falls due for the case itself."""
    view = played.view
    if view is None:
        return MOMENT
    # A deadline that is missed can give the case to somebody else, who then has reason to act.
    dues = [due.due for due in view.row.dues if not due.name.startswith(SILENT)]
    longest = LOOK_AT_LEAST if view.remedy in ("forward", "back") else WAIT_AT_MOST
    if view.waiting:  # what the outside answers may give people a reason soon
        longest = HEAR_WITHIN
    until = min((*dues, *([planned] if planned else [])), default=played.now + longest)
    return max(MOMENT, min(until - played.now + MOMENT, longest))


async def _patiently(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask again while the answer is that nobody answered; a command goes out under the same id."""
    for tries in range(1, TRIES + 1):
        try:
            return await ask()
        except (Unreachable, OutcomeUnknown):
            if tries == TRIES:
                raise
            await asyncio.sleep(0.5)
    raise AssertionError("unreachable: the last try raises or returns")
