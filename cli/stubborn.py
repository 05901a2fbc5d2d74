"""Drives a case as a stubborn backend would: asks again, under the same id, until there is an answer.

What the drills share. Only services that are away are asked again; a refusal is an answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from client import NotFound, OutcomeUnknown, Redress, RedressError, Unreachable
from domain.case import CaseCommand
from domain.refusal import Refused
from domain.view import CaseView
from workflows.decode import command_from

T = TypeVar("T")

LOOK_EVERY = 0.3
"""Seconds between two looks at a case."""

PAUSE = 0.5
"""Seconds before a service that was away is asked again."""


class Commands:
    """Sends the commands of one case, each under an id of its own, until each is answered."""

    def __init__(self, redress: Redress, number: str) -> None:
        self._redress, self._number, self._sent = redress, number, 0

    async def __call__(self, name: str, by: str, *, may_be_too_late: bool = False, **fields: Any) -> None:
        """Send one command.

        Raises:
            Refused: unless it may come too late.
        """
        self._sent += 1
        command: CaseCommand = command_from(name, {"id": f"{name}-{self._sent}", "by": by, **fields})
        try:
            await stubborn(lambda: self._redress.submit(self._number, command))
        except Refused:
            if not may_be_too_late:
                raise

    async def as_owner(self, name: str, **fields: Any) -> None:
        """Send a command as whoever owns the case now; while the stack was away it may have moved up."""
        while True:
            try:
                return await self(name, f"owner:{await _owner(self._redress, self._number)}", **fields)
            except Refused as refused:
                if refused.code != "not-owner":
                    raise


async def _owner(redress: Redress, number: str) -> str:
    view = await until(redress, number, lambda view: view.row.owner is not None)
    return view.row.owner or ""


async def stubborn(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer; only services that are away are asked again."""
    while True:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise asyncio.CancelledError  # the SDK may answer a cancelled call with an error of its own
        try:
            return await ask()
        except NotFound:
            raise
        except (Unreachable, OutcomeUnknown, RedressError):
            await asyncio.sleep(PAUSE)


async def until(
    redress: Redress, number: str, holds: Callable[[CaseView], bool], *, every: float = LOOK_EVERY
) -> CaseView:
    """Look at a case until something holds, and return how it then stands."""
    while True:
        view = await stubborn(lambda: redress.view(number))
        if holds(view):
            return view
        await asyncio.sleep(every)


async def ended(redress: Redress, number: str) -> bool:
    """Wait for the end of a case.

    Raises:
        Unreachable: it has not come yet; ask again.
    """
    try:
        async with asyncio.timeout(10):
            await redress.handle(number).result()
    except TimeoutError:
        raise Unreachable("not ended yet") from None
    except Exception as error:
        raise Unreachable("no answer") from error
    return True


async def ended_all(lives: Sequence["asyncio.Task[None]"]) -> None:
    """Cancel whatever still lives, and wait for it."""
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)


async def decided(redress: Redress, number: str, say: Commands) -> str:
    """Wait for the ledger's word on the proposal; where it was away, or the sums are used up, approve it."""
    view = await until(
        redress, number, lambda view: view.proposal is not None and view.proposal.state != "reserving"
    )
    proposal = view.proposal.hash if view.proposal else ""
    if view.proposal is not None and view.proposal.state == "waiting_approval":
        await say("approve_remedy", "department_head:head-customer_service", proposal=proposal)
    return proposal
