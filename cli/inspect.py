"""Commands that look into a case: its history beside Temporal's, and current code held against it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text
from temporalio.client import WorkflowHistory

from cli.app import ProofFailed
from cli.cases import Case
from cli.connection import case_number, cases, find_settings, run
from cli.histories import Line, lines_of, read_history, runs_of
from cli.output import Json, answer, note, plain, row, table, when, words
from cli.sight import Happened, Recorded, recorded, seen_by
from cli.viewer import Viewer, viewer_of
from client import NotFound
from domain.actor import Actor
from domain.refusal import Refused
from ledger.errors import LedgerError
from settings import Settings
from workflows.replay import Difference, replay


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("history")(history)
    app.command("replay")(replay_case)


def history(
    case: Case,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Save Temporal's history as JSON, for `redress replay FILE`."),
    ] = None,
    *,
    viewer: Viewer = None,
    every: Annotated[bool, typer.Option("--all", help="Temporal's workflow tasks too.")] = False,
    as_json: Json = False,
) -> None:
    """Show what happened to a case beside what Temporal did for it, in one order."""
    number = case_number(case)
    runs, events, why_not = run(_history(find_settings(), number, viewer_of(viewer)))
    if why_not:
        note(f"({why_not}; only Temporal's history is shown)")
    lines = lines_of(runs, every=every)
    saved = _save(export, runs) if export else ()
    told = {"case_id": number, "events": events, "temporal": lines, "saved": [str(path) for path in saved]}
    answer(
        told,
        Group(_side_by_side(number, events, lines), *(Text(f"saved: {path}") for path in saved)),
        as_json=as_json,
    )


async def _history(
    settings: Settings, number: str, viewer: Actor | None
) -> tuple[tuple[WorkflowHistory, ...], tuple[Happened, ...], str | None]:
    kept = await recorded(settings, number)
    async with cases(settings) as redress:
        runs = await runs_of(redress.temporal, number)
    events = seen_by(viewer, kept) if isinstance(kept, Recorded) else ()
    if not runs and not events:
        raise NotFound(f"there is no case {number}")
    return runs, events, str(kept) if isinstance(kept, LedgerError) else None


def _side_by_side(number: str, events: Sequence[Happened], lines: Sequence[Line]) -> RenderableType:
    """Put both in one order; an event follows the server's events of its own instant."""
    shown = table(
        f"{number}: the case, and what Temporal did for it", "when", "case", "by", "Temporal", "details"
    )
    both: list[tuple[datetime, int, Happened | Line]] = [(line.at, 0, line) for line in lines]
    both += [(datetime.fromisoformat(event.at), 1, event) for event in events]
    for at, _, each in sorted(both, key=lambda entry: entry[:2]):
        if isinstance(each, Happened):
            row(
                shown,
                when(at, UTC, "milliseconds"),
                f"{each.seq} {each.kind}",
                each.by,
                "",
                words(each.fields, width=90),
            )
        else:
            row(shown, when(at, UTC, "milliseconds"), "", "", f"{each.id} {each.type}", each.what)
    return shown


def _save(path: Path, runs: Sequence[WorkflowHistory]) -> tuple[Path, ...]:
    """Save the last run under the name given, earlier ones beside it with their number."""
    if not runs:
        raise NotFound("Temporal keeps no history of this case any more; the ledger does")
    names = [path.with_name(f"{path.stem}.run-{place}{path.suffix}") for place in range(1, len(runs))] + [
        path
    ]
    try:
        for name, each in zip(names, runs, strict=True):
            name.write_text(each.to_json(), encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path}: cannot be written: {error.strerror}", code="file") from None
    return tuple(names)


def replay_case(
    subject: Annotated[str, typer.Argument(metavar="CASE|FILE", help="A case, or a saved history.")],
    *,
    as_json: Json = False,
) -> None:
    """Run current code over a recorded history and compare what it hands out; exit 4 where it differs."""
    if subject.endswith(".json") and not Path(subject).is_file():
        raise Refused(f"{subject}: no such file", code="no-file")
    runs = (read_history(Path(subject)),) if Path(subject).is_file() else run(_runs(subject))
    found = run(_replay(runs))
    first = found[0] if found else None
    text = f"{len(runs)} run(s) replayed, no difference" if first is None else _difference(first, len(found))
    answer({"runs": len(runs), "differences": found}, plain(text), as_json=as_json)
    if found:
        raise ProofFailed


async def _replay(runs: tuple[WorkflowHistory, ...]) -> tuple[Difference, ...]:
    found: tuple[Difference, ...] = ()
    for each in runs:
        found += await replay(each)
    return found


async def _runs(subject: str) -> tuple[WorkflowHistory, ...]:
    number = case_number(subject)
    async with cases(find_settings()) as redress:
        runs = await runs_of(redress.temporal, number)
    if not runs:
        raise NotFound(f"Temporal has no history of case {number}")
    return runs


def _difference(first: Difference, count: int) -> str:
    where = f" (event {first.event})" if first.event else ""
    field = f"\n  field:    {first.path}" if first.path else ""
    return (
        f"Current code differs from what was recorded, first in {first.place}{where}:{field}\n"
        f"  recorded: {first.recorded}\n  now:      {first.replayed}\n{count} difference(s) in all."
    )
