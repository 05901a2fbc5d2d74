"""`redress drill`: breaks a private stack on purpose and shows what became of the cases."""

import time
from typing import Annotated

import typer
from rich.console import Console, RenderableType

from cli.app import ProofFailed
from cli.connection import run
from cli.crash_drill import DrillReport, crash_drill
from cli.output import Json, answer, row, table

CASES = 80


def register(app: typer.Typer) -> None:
    """Add the group."""
    drills = typer.Typer(help="Break a private stack on purpose.", no_args_is_help=True)
    drills.command("crash")(crash)
    app.add_typer(drills, name="drill")


def crash(
    *,
    seed: Annotated[int, typer.Option(help="Moments of the crashes.")] = 1,
    cases: Annotated[int, typer.Option(min=1, max=500, help="Complaints that live through it.")] = CASES,
    outage: Annotated[float, typer.Option(min=0, max=300, help="Seconds without Postgres.")] = 20.0,
    as_json: Json = False,
) -> None:
    """Kill worker, Postgres and Temporal while cases live; exit code 4 where anything is lost or doubled."""
    began = time.monotonic()
    progress = Console(stderr=True, highlight=False)

    def say(what: str) -> None:
        if not as_json:
            progress.print(f"{time.monotonic() - began:6.1f} s  {what}")

    report = run(crash_drill(seed=seed, cases=cases, outage=outage, say=say))
    answer(report, _shown(report), as_json=as_json)
    if not report.ok:
        raise ProofFailed


def _shown(report: DrillReport) -> RenderableType:
    shown = table("crash drill: " + ("held" if report.ok else "BROKEN"), "what", "count")
    row(shown, "cases", report.cases)
    row(shown, "ended as they should", report.ended)
    row(shown, "refunds in the bank's books", report.refunds)
    row(shown, "kills -9", report.kills)
    row(shown, "ladder rungs fired", report.rungs)
    row(shown, "fired twice", report.doubled_rungs)
    row(shown, "fired early", report.early_rungs)
    row(shown, "not fired", report.missing_rungs)
    for breach in report.verify.breaches:
        row(shown, f"{breach.invariant} {breach.case_id or ''}", breach.what)
    return shown
