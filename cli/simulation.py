"""Plays many cases at once on a private stack with time skipping, counts what happened and verifies it."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx

from cli.embedded import options
from cli.importing import progress
from cli.improving import Improved, play_requests
from cli.judging import Proof, judged, script_of
from cli.output import note
from cli.parts import Part, Played
from cli.playing import Stage
from cli.proof_shown import write_down
from cli.rows import Rejected
from cli.tally import Tally, tally
from cli.verifying import VerifyReport, verify
from client import Redress, connect
from domain.intake import Opening
from ledger.pool import open_pool
from ledger.store import EventStore
from sandbox.faults import FaultPlan
from settings import Settings
from stack.embedded import Stack, StackOptions

TOGETHER = 16
"""Cases played at once."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a simulation came to.

    Attributes:
        proof: what was planted against what was found; None where staff slip by chance.
    """

    seconds: float
    tally: Tally
    verify: VerifyReport
    played: tuple[Played, ...]
    rejected: tuple[Rejected, ...]
    improved: Improved
    proof: Proof | None = None

    @property
    def holds(self) -> bool:
        """Whether no invariant is broken, and every planted fault was found and nothing else."""
        return not self.verify.breaches and (self.proof is None or self.proof.holds)


def moved(opening: Opening, now: datetime) -> Opening:
    """Move the receipt to now and keep the distance between its two dates: files are years old."""
    received, raised = opening.received_at, opening.raised_at
    distance = max(received - raised, timedelta()) if received and raised else timedelta()
    return opening.model_copy(update={"received_at": now, "raised_at": now - distance if raised else None})


async def simulated(
    parts: list[Part],
    *,
    seed: int,
    limit: timedelta,
    plan: FaultPlan,
    rejected: tuple[Rejected, ...] = (),
    quiet: bool = True,
) -> Simulated:
    """Play all parts on a private stack of their own."""
    async with Stack(_options(seed)) as stack:
        async with httpx.AsyncClient(base_url=stack.addresses.sandbox, trust_env=False) as outside:
            (await outside.post("/faults", content=plan.model_dump_json())).raise_for_status()
        guard = asyncio.create_task(stack.supervise(note))
        try:
            return await _simulated(stack, parts, seed=seed, limit=limit, rejected=rejected, quiet=quiet)
        finally:
            guard.cancel()
            with suppress(asyncio.CancelledError):
                await guard


def _options(seed: int) -> StackOptions:
    # Histories in memory: on a file the server alone needs both cores, and nothing here outlives the run.
    asked = options(time_skipping=True, workers=2)
    return replace(asked, sandbox_command=(*asked.sandbox_command, "--seed", str(seed)))


async def _simulated(
    stack: Stack,
    parts: list[Part],
    *,
    seed: int,
    limit: timedelta,
    rejected: tuple[Rejected, ...],
    quiet: bool,
) -> Simulated:
    addresses, secret = stack.addresses, Settings().number_secret
    redress = Redress(await connect(addresses.temporal, addresses.namespace), secret=secret)
    gate, begun = asyncio.Semaphore(TOGETHER), time.monotonic()
    async with await open_pool(addresses.database) as pool:
        store = EventStore(pool)
        stage = Stage(redress, store, seed=seed, secret=secret, sandbox=addresses.sandbox)
        with progress(quiet=quiet) as bar:
            task = bar.add_task("playing", total=len(parts))

            async def one(part: Part) -> Played:
                async with gate:
                    fresh = replace(part, opening=moved(part.opening, datetime.now(UTC)))
                    played = await stage.play(fresh, limit=limit)
                    bar.advance(task)
                    return played

            played = tuple(await asyncio.gather(*(one(part) for part in parts)))
        improved = await play_requests(redress, stage, parts, seed=seed)
        seconds = time.monotonic() - begun
        numbers = [each.number for each in played]
        proof = None
        if all(part.staff.provable for part in parts):
            script = script_of(played)
            write_down(script)
            proof = await judged(store, script, numbers)
        found = await tally(store, numbers)
        logs = [service.log for service in stack.services]
        report = await verify(redress, pool, sandbox_url=addresses.sandbox, logs=logs, say=lambda _: None)
    return Simulated(
        seconds=seconds,
        tally=found,
        verify=report,
        played=played,
        rejected=rejected,
        improved=improved,
        proof=proof,
    )
