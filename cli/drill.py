"""`redress drill`: breaks a private stack on purpose and shows what became of the cases."""

import time
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console, RenderableType

from cli.app import ProofFailed
from cli.connection import run
from cli.crash_drill import DrillReport, crash_drill
from cli.money_drill import MoneyReport, money_drill
from cli.output import Json, answer, row, table

CASES = 80
REMEDIES = 200


def register(app: typer.Typer) -> None:
    """Add the group."""
    drills = typer.Typer(help="Break a private stack on purpose.", no_args_is_help=True)
    drills.command("crash")(crash)
    drills.command("money")(money)
    app.add_typer(drills, name="drill")


def crash(
    *,
    seed: Annotated[int, typer.Option(help="Moments of the crashes.")] = 1,
    cases: Annotated[int, typer.Option(min=1, max=500, help="Complaints that live through it.")] = CASES,
    outage: Annotated[float, typer.Option(min=0, max=300, help="Seconds without Postgres.")] = 20.0,
    as_json: Json = False,
) -> None:
    """Kill worker, Postgres and Temporal while cases live; exit code 4 where anything is lost or doubled."""
    say = _progress(as_json=as_json)
    report = run(crash_drill(seed=seed, cases=cases, outage=outage, say=say))
    answer(report, _shown(report), as_json=as_json)
    if not report.ok:
        raise ProofFailed


def money(
    *,
    seed: Annotated[int, typer.Option(help="Plans, faults, luck and the moments of the kills.")] = 1,
    cases: Annotated[int, typer.Option(min=1, max=1000, help="Remedies that are carried out.")] = REMEDIES,
    limit: Annotated[
        float | None, typer.Option(min=1, help="Seconds after which a case that has not ended hangs.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Carry remedies out under faults and kills; exit code 4 where anything is unaccounted for."""
    report = run(money_drill(seed=seed, cases=cases, limit=limit, say=_progress(as_json=as_json)))
    answer(report, _money_shown(report), as_json=as_json)
    if not report.ok:
        raise ProofFailed


def _progress(*, as_json: bool) -> Callable[[str], None]:
    """Return what tells a person how far it is; a program is told at the end."""
    began = time.monotonic()
    progress = Console(stderr=True, highlight=False)

    def say(what: str) -> None:
        if not as_json:
            progress.print(f"{time.monotonic() - began:6.1f} s  {what}")

    return say


def _money_shown(report: MoneyReport) -> RenderableType:
    shown = table(f"money drill, seed {report.seed}: " + ("held" if report.ok else "BROKEN"), "what", "count")
    row(shown, "cases", report.cases)
    row(shown, "ended as they should", report.ended)
    row(shown, "payments in the bank's books", report.payments)
    row(shown, "minor units paid, by the bank", report.paid_minor)
    row(shown, "minor units paid, by the ledger", report.recorded_minor)
    row(shown, "paid twice", report.double_payments)
    row(shown, "lost", report.lost_payments)
    row(shown, "vouchers in their books", report.vouchers)
    row(shown, "issued twice", report.double_vouchers)
    row(shown, "lost", report.lost_vouchers)
    row(shown, "pickups in the courier's books", report.collections)
    row(shown, "replacements in the courier's books", report.shipments)
    row(shown, "done twice", report.double_goods)
    row(shown, "lost", report.lost_goods)
    row(shown, "left lying about: pickups, goods, vouchers", report.orphans)
    row(shown, "outcomes nobody knew, asked by key", report.unknown_asked)
    row(shown, "parked, and decided by a person", report.parked)
    row(shown, "histories that replay", report.replayed)
    row(shown, "kills -9 of the worker", report.kills)
    row(shown, "seconds", report.seconds)
    row(shown, "cases by remedy", _counted(report.remedies))
    row(shown, "cases by way gone", _counted(report.paths))
    for each in report.missed:
        row(shown, "no case went this way", each)
    for each in report.hanging:
        row(shown, "hangs", each)
    for each in report.broken:
        row(shown, "went another way", each)
    for breach in (*report.found, *report.verify.breaches):
        row(shown, f"{breach.invariant} {breach.case_id or ''}", breach.what)
    return shown


def _counted(cases: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(cases.items()))


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
