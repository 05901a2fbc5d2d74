"""`redress simulate`: complaints from files live through weeks in seconds, with played people and faults."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import httpx
import typer

import policies
import sandbox
from cli.app import ProofFailed
from cli.connection import run
from cli.embedded import options
from cli.importing import progress
from cli.output import Json, answer, note, plain, row, table
from cli.playing import Part, Played, Stage
from cli.rows import POLICY_OF, Format, Rejected, format_of, rows
from cli.tally import Tally, shown, tally
from cli.verifying import VerifyReport, verify
from client import Redress, connect
from domain.intake import Opening
from domain.refusal import Refused
from ledger.pool import open_pool
from ledger.store import EventStore
from sandbox.chance import mark
from sandbox.faults import BadPlan, FaultPlan, LoseAnswer, Refuse, load_plan
from sandbox.manners import BadManners, StaffManners, staff_manners
from settings import Settings
from stack.embedded import Stack, StackOptions

TOGETHER = 16
"""Cases played at once."""

RETAIL = Path(sandbox.__file__).parent / "samples" / "retail.jsonl"
"""Hand-written complaints in which goods come back and go out; no financial complaint moves goods."""

DEFAULT_FAULTS = FaultPlan(
    faults=(
        Refuse(service="courier", operation="book_collection", calls=2, reason="no van goes there this week"),
        LoseAnswer(service="bank", operation="pay_refund", calls=1),
        LoseAnswer(service="courier", operation="reserve_replacement", calls=1),
    )
)
"""Without a plan: couriers refuse, and two answers are lost, one of them about money."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a simulation came to."""

    seconds: float
    tally: Tally
    verify: VerifyReport
    played: tuple[Played, ...]
    rejected: tuple[Rejected, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(
    inputs: Annotated[
        list[Path], typer.Option("--input", help="A file of complaints; may stand several times.")
    ],
    seed: Annotated[int, typer.Option(help="What all luck is drawn from.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="Of every file; told by header or extension without it.")
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days after which a case is left as it is.")
    ] = 365,
    faults: Annotated[
        Path | None, typer.Option(help="What the outside world does wrong (docs/ports.md); some without it.")
    ] = None,
    staff_faults: Annotated[
        str, typer.Option(help="What staff do wrong: none, usual, careless, or a file of shares.")
    ] = "usual",
    *,
    as_json: Json = False,
) -> None:
    """Play complaints on a private stack with time skipping, from opening to end; then verify."""
    plan, manners = _plans(faults, staff_faults)
    parts, rejected = _parts(inputs, form, seed, manners)
    note(f"{len(parts)} complaints; starting a private stack ...")
    done = run(
        simulated(parts, seed=seed, limit=timedelta(days=days), plan=plan, rejected=rejected, quiet=as_json)
    )
    _tell(done, as_json=as_json)
    if done.verify.breaches:
        raise ProofFailed


def _plans(faults: Path | None, staff_faults: str) -> tuple[FaultPlan, StaffManners]:
    try:
        return (load_plan(faults) if faults else DEFAULT_FAULTS), staff_manners(staff_faults)
    except OSError as error:
        raise Refused(f"{faults}: cannot be read: {error.strerror}", code="file") from None
    except (BadPlan, BadManners) as bad:
        raise Refused(f"{faults or staff_faults}: {bad}", code="plan") from None


def _parts(
    inputs: list[Path], form: Format | None, seed: int, manners: StaffManners
) -> tuple[list[Part], tuple[Rejected, ...]]:
    parts: list[Part] = []
    rejected: list[Rejected] = []
    formats = [form or format_of(path) for path in inputs]
    named = list(zip(inputs, formats, strict=True))
    if Format.CFPB in formats:
        named.append((RETAIL, Format.JSONL))
    for path, known in named:
        policy = policies.load(POLICY_OF[known])
        for read in rows(path, known, ZoneInfo(policy.calendar.timezone)):
            if isinstance(read, Rejected):
                rejected.append(read)
                note(f"{path.name}, line {read.line}: {read.reason}")
            else:
                parts.append(Part(opening=_with_customer(read.opening, seed), policy=policy, staff=manners))
    return parts, tuple(rejected)


def _with_customer(opening: Opening, seed: int) -> Opening:
    """Give a complaint without contact a customer: derived from the seed and the source key."""
    if opening.contact.customer_id is not None:
        return opening
    customer = f"cust-{mark(seed, opening.source, opening.source_key or opening.text)}"
    return opening.model_copy(
        update={"contact": opening.contact.model_copy(update={"customer_id": customer})}
    )


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
        stage = Stage(redress, store, seed=seed, secret=secret)
        with progress(quiet=quiet) as bar:
            task = bar.add_task("playing", total=len(parts))

            async def one(part: Part) -> Played:
                async with gate:
                    fresh = replace(part, opening=moved(part.opening, datetime.now(UTC)))
                    played = await stage.play(fresh, limit=limit)
                    bar.advance(task)
                    return played

            played = tuple(await asyncio.gather(*(one(part) for part in parts)))
        seconds = time.monotonic() - begun
        found = await tally(store, [each.number for each in played])
        logs = [service.log for service in stack.services]
        report = await verify(redress, pool, sandbox_url=addresses.sandbox, logs=logs, say=lambda _: None)
    return Simulated(seconds=seconds, tally=found, verify=report, played=played, rejected=rejected)


def _tell(done: Simulated, *, as_json: bool) -> None:
    slips = Counter(slip for played in done.played for slip in played.slips)
    refused = Counter(f"{name}: {code}" for played in done.played for name, code in played.refused)
    stuck = {played.number: played.stuck for played in done.played if played.stuck}
    told = {
        "seconds": round(done.seconds, 1),
        "cases": done.tally.cases,
        "events": done.tally.events,
        "ends": done.tally.ends,
        "happened": done.tally.happened,
        "slips": dict(slips),
        "refused": dict(refused),
        "stuck": stuck,
        "rejected": done.rejected,
        "verify": done.verify,
    }
    more = {
        "commands": sum(played.commands for played in done.played),
        "commands refused": refused.total(),
        "slips of staff": slips.total(),
        "verify": f"{len(done.verify.breaches)} breaches ({', '.join(done.verify.checked)})",
    }
    answer(told, shown(done.tally, seconds=done.seconds, more=more), as_json=as_json)
    if not as_json and done.verify.breaches:
        lines = table("Breaches", "invariant", "case", "what")
        for breach in done.verify.breaches:
            row(lines, breach.invariant, breach.case_id, breach.what)
        answer(None, lines, as_json=False)
    for number, why in stuck.items():
        note(str(plain(f"{number} is stuck: {why}")))
