"""`redress verify`: shows what holds and what does not on the deployment that runs."""

from pathlib import Path

import typer
from rich.console import Group, RenderableType

from cli.app import ProofFailed
from cli.connection import cases, find_settings, ledger_pool, run, stack_folder
from cli.output import Json, answer, note, plain, row, table
from cli.verifying import VerifyReport, verify
from settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify_deployment)


def verify_deployment(*, as_json: Json = False) -> None:
    """Check the invariants on everything stored, and name each breach; exit code 4 where one is broken."""
    report = run(_verify(find_settings()))
    answer(report, _shown(report), as_json=as_json)
    if report.breaches:
        raise ProofFailed


async def _verify(settings: Settings) -> VerifyReport:
    async with cases(settings) as redress, ledger_pool(settings.database_url) as pool:
        return await verify(redress, pool, sandbox_url=settings.sandbox_url or None, logs=_logs(), say=note)


def _logs() -> tuple[Path, ...]:
    """Return the logs of the embedded stack; elsewhere they are not on this machine."""
    return tuple(sorted((stack_folder() / "logs").glob("*.log")))


def _shown(report: VerifyReport) -> RenderableType:
    counted = (
        f"{report.cases} cases, {report.events} events, {report.refunds} refunds in the provider's books"
    )
    if not report.breaches:
        return plain(f"{', '.join(report.checked)} hold: {counted}")
    found = table(f"{len(report.breaches)} breaches ({counted})", "invariant", "case", "what")
    for breach in report.breaches:
        row(found, breach.invariant, breach.case_id, breach.what)
    return Group(found)
