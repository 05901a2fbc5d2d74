"""`redress import`: opens every complaint of a file; asked again, it goes on where it was interrupted."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console, Group
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import policies
from cli.connection import cases, find_settings, run
from cli.output import ExitCode, Json, answer, plain, row, table
from cli.rows import POLICY_OF, Format, Read, Rejected, Row, format_of, rows
from client import Opened, Redress, Unreachable
from domain.intake import Opening
from domain.policy import Policy
from domain.refusal import Refused

TOGETHER = 20
"""Openings in flight at once."""

YEARS = 6
"""Years of holidays that a new case needs at least; an old one needs those up to today as well."""

MOST_YEARS = 40


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that is a case now; `existing` where it was one before."""

    line: int
    number: str
    existing: bool


@dataclass(slots=True)
class Report:
    """What became of a file."""

    taken: list[Taken] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


def import_(
    file: Annotated[Path, typer.Argument(help="CSV of the CFPB, or one JSON object per line.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="Told by header or extension without it.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option(help="Name or file; finance-us for cfpb, retail-kr for jsonl.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Open many complaints; rows that cannot be taken are named with line and reason, the others go in."""
    known = form or format_of(file)
    report = run(_import(file, known, policy or POLICY_OF[known], quiet=as_json))
    told = {
        "opened": sum(not each.existing for each in report.taken),
        "existed": sum(each.existing for each in report.taken),
        "rejected": sorted(report.rejected, key=lambda each: each.line),
        "cases": sorted(report.taken, key=lambda each: each.line),
    }
    answer(told, _shown(file, report), as_json=as_json)
    if report.rejected:
        raise typer.Exit(ExitCode.REFUSED)


def _shown(file: Path, report: Report) -> Group:
    existed = sum(each.existing for each in report.taken)
    counts = (
        f"{len(report.taken) - existed} opened, {existed} were open before, {len(report.rejected)} rejected"
    )
    lines = table(f"Rejected rows of {file.name}", "line", "reason")
    for each in sorted(report.rejected, key=lambda each: each.line):
        row(lines, each.line, each.reason)
    return Group(plain(counts), *((lines,) if report.rejected else ()))


async def _import(file: Path, form: Format, policy: str, *, quiet: bool) -> Report:
    zone = ZoneInfo(policies.load(policy).calendar.timezone)
    total = sum(1 for _ in rows(file, form, zone))
    report = Report()
    async with cases(find_settings()) as redress:
        with progress(quiet=quiet) as bar:
            task = bar.add_task(f"opening {file.name}", total=total)
            async for _ in open_all(redress, rows(file, form, zone), policy, report):
                bar.advance(task)
    return report


def progress(*, quiet: bool) -> Progress:
    """Return the one style of progress display; on standard error, so that answers can be piped."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=quiet,
        transient=True,
    )


TRIES, PAUSE = 10, 3.0
"""How often, and how many seconds apart, an opening is sent again; then the server counts as away."""


async def open_all(
    redress: Redress, reads: Iterator[Read], policy: str, report: Report
) -> AsyncIterator[Read]:
    """Open every row, some at once, and yield each when it is done; the same rows again give the same cases.

    Raises:
        Unreachable: the server is away; what is open already is found again when this is run once more.
    """
    waiting: set[asyncio.Task[Read]] = set()
    try:
        for read in reads:
            if len(waiting) >= TOGETHER:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
            waiting.add(asyncio.create_task(_open(redress, read, policy, report)))
        for finished in asyncio.as_completed(waiting):
            yield await finished
    finally:
        for task in waiting:
            task.cancel()


async def _patiently(redress: Redress, opening: Opening, policy: Policy) -> Opened:
    """Ask again while a loaded server does not answer: the same complaint gives the same case."""
    for left in reversed(range(TRIES)):
        try:
            return await redress.open(opening, policy)
        except Unreachable:
            if not left:
                raise
            await asyncio.sleep(PAUSE)
    raise AssertionError("unreachable: the last try returns or raises")


async def _open(redress: Redress, read: Read, policy: str, report: Report) -> Read:
    if isinstance(read, Rejected):
        report.rejected.append(read)
        return read
    try:
        opened = await _patiently(redress, read.opening, policy_for(policy, read))
    except Refused as refused:
        report.rejected.append(Rejected(read.line, refused.reason))
    else:
        report.taken.append(Taken(read.line, opened.number, opened.existing))
    return read


def policy_for(name: str, read: Row) -> Policy:
    """Return the policy with the holidays of the row's years, from its receipt to beyond today."""
    this_year = datetime.now(UTC).year
    received = read.opening.received_at
    first = (
        min(received.year, this_year)
        if received and received.year >= this_year - MOST_YEARS + YEARS
        else this_year - 1
    )
    years = max(YEARS, this_year - first + 2)
    version = str(policies.in_force(name, datetime.now(UTC)))
    return policies.load(version, year_from=first, years=years)
