"""Plays one case: its people act through public commands, and its own time passes in between."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from cli.beside import Beside
from cli.parts import Deed, Part, Played
from client import NotFound, OutcomeUnknown, Redress, Unreachable
from domain import growth
from domain.effect import OrderSnapshot
from domain.intake import OrderRead
from domain.refusal import Refused
from domain.view import CaseView
from ledger.fold import events_of
from ledger.store import EventStore
from sandbox.people import Agenda
from sandbox.planting import at_the_door, drawn, easy, luck_of
from sandbox.scene import Intention, Scene
from sandbox.staff_faults import SAID_WHEN_CALLED

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
ENDED = "ended"
"""Why a command came to nothing: the case had ended."""

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
        self,
        redress: Redress,
        store: EventStore,
        *,
        seed: int,
        secret: str,
        sandbox: str | None = None,
        hear: Hear = _hear_nothing,
    ) -> None:
        self._skipper = skipper(redress)
        # Cases opened through this client have a clock of their own.
        self._redress = Redress(self._skipper.client, secret=secret)
        self._store = store
        self._seed = seed
        self._hear = hear
        self._beside = Beside(sandbox) if sandbox else None

    async def play(self, part: Part, *, limit: timedelta) -> Played:
        """Open a case and play it until it ends, its days are over, or nothing more can happen."""
        luck = luck_of(self._seed, part.opening)
        coming = at_the_door(part.opening, part.staff, luck)
        opened = await _patiently(lambda: self._redress.open(coming, part.policy))
        now = datetime.now(UTC)
        played = Played(number=opened.number, part=part, begun=now, now=now, seen=time.monotonic())
        await self._pass(played, MOMENT)
        scene = await self._scene(played, luck)
        agenda = Agenda()
        while not self._over(played, limit):
            planned = agenda.next(scene, played.now)
            played.slips = tuple(agenda.slips.values())
            if planned is not None and planned[0] <= played.now:
                if await self._act(played, planned[1]) is not None and planned[1].plants is None:
                    agenda.refused(planned[1])
                scene = replace(scene, done=scene.done | {planned[1].topic})
            elif not await self._pass(played, _step(played, planned and planned[0])):
                played.stuck = None if await self._has_ended(played) else "time does not pass"
            scene = replace(
                scene, view=await self._look(played), order=scene.order or await self._order(played)
            )
            await self._hear(played)
        if played.end is not None:
            await self._settle(played)
        if self._beside is not None and scene.fault in SAID_WHEN_CALLED:
            played.deeds += await self._beside.told(played.number, scene.fault)
        return played

    def _over(self, played: Played, limit: timedelta) -> bool:
        view = played.view
        if view is None or view.row.end is not None or played.stuck is not None:
            return True
        return played.now - played.begun > limit

    async def _scene(self, played: Played, luck: float) -> Scene:
        part = played.part
        scene = Scene(
            seed=self._seed,
            opening=part.opening,
            order=await self._order(played),
            policy=part.policy,
            view=await self._look(played),
            staff=part.staff,
            customer=part.customer,
        )
        played.fault = drawn(scene, luck)
        if played.fault is None:
            return scene
        if played.fault == "turned_away":
            played.deeds.append(Deed(played.number, played.fault, played.begun))
        return replace(scene, fault=played.fault, customer=easy(scene.customer))

    async def _order(self, played: Played) -> OrderSnapshot | None:
        """Return the order as the case has pinned it."""
        events = events_of(await self._store.read(played.number))
        return next((event.snapshot for event in events if isinstance(event, OrderRead)), None)

    async def _look(self, played: Played) -> CaseView:
        played.view = await _patiently(lambda: self._redress.view(played.number))
        return played.view

    async def _act(self, played: Played, intention: Intention) -> str | None:
        """Do what somebody means to do, and return the code with which it was refused."""
        if intention.unrecorded:
            if self._beside is not None:
                await self._beside.remember(played.number, intention.command, played.now)
            return None
        refused = await self._command(played, intention)
        if intention.plants is not None and refused != ENDED:
            played.deeds.append(Deed(played.number, intention.plants, played.now, refused))
        # What the outside answers at once is heard at once, and not hours later.
        if (await self._look(played)).waiting:
            await self._pass(played, MOMENT)
        return refused

    async def _command(self, played: Played, intention: Intention) -> str | None:
        """Give a command, and return the code with which it was refused."""
        played.commands += 1
        by = {"role": intention.by.role.value, "id": intention.by.id}
        fields: dict[str, Any] = {**intention.fields, "id": f"played-{played.commands}", "by": by}
        try:
            await _patiently(lambda: self._redress.submit_fields(played.number, intention.command, fields))
        except Refused as refused:
            played.refused.append((intention.command, refused.code))
            return refused.code
        except NotFound:
            played.refused.append((intention.command, ENDED))
            return ENDED
        return None

    async def _pass(self, played: Played, span: timedelta) -> bool:
        """Let the case's time pass; nothing is skipped while the outside is asked. False where it ended."""
        handle = self._redress.handle(played.number)
        until = played.tick() + span
        passed = await self._skip(handle, span)
        played.now = max(until, played.tick())
        # A skip whose answer was lost is neither done twice nor taken for done: the server knows the time.
        with suppress(RPCError):
            played.now = await self._skipper.get_current_time(handle)
            played.seen = time.monotonic()
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
                span = MOMENT  # it may have been done; twice would make everybody late
                await asyncio.sleep(0.5)
        return False

    async def skip(self, handle: WorkflowHandle[Any, Any], span: timedelta) -> bool:
        """Let time fly for something else than a case; False where it ended."""
        return await self._skip(handle, span)

    async def _has_ended(self, played: Played) -> bool:
        return (await self._look(played)).row.end is not None

    async def _settle(self, played: Played) -> None:
        """Wait until what the case still had to write is written; what waits for other cases is given up."""
        handle, span = self._redress.handle(played.number), LOOK_AT_LEAST
        rules = played.part.policy.happy_call.growth
        if rules is not None and played.view is not None and growth.KEY in played.view.waiting:
            span += rules.patience
        await self._skip(handle, span)
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
