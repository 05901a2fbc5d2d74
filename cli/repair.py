"""Commands that put things right: revive a case from the ledger, rebuild the read models."""

from typing import Annotated

import typer
from rich.text import Text
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from cli.cases import Case
from cli.connection import cases, find_settings, ledger, ledger_pool, run, subject
from cli.output import Json, answer, note
from cli.sight import folded
from client import NotFound, Redress
from domain.case import is_over
from domain.refusal import Refused
from domain.theme import is_request
from ledger.fold import fold_request, fold_row
from ledger.read_models import rebuild
from ledger.store import EventStore
from settings import Settings
from workflows.messages import Carried, ImprovementCarried
from workflows.names import CONFLICT

EVERY = 100
"""Cases between two lines of progress."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("revive")(revive)
    app.command("rebuild")(rebuild_read_models)


def revive(
    case: Case,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Even where the case runs: what it has not written yet is lost.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Start a case or request again from what the ledger holds (after a terminate, reset, or conflict)."""
    number = subject(case)
    version = run((_revive_request if is_request(number) else _revive)(find_settings(), number, force=force))
    answer(
        {"case_id": number, "version": version},
        Text(f"{number} goes on after event {version}"),
        as_json=as_json,
    )


async def _revive(settings: Settings, number: str, *, force: bool) -> int:
    async with cases(settings) as redress, ledger(settings) as store:
        found = await folded(store, number)
        if not found.entries:
            raise NotFound(f"the ledger holds nothing of case {number}")
        if found.case is None:
            raise Refused(
                "events of this case were erased; it cannot be folded from the ledger", code="erased"
            )
        if is_over(found.case):
            raise Refused(
                f"the case is over ({found.case.ending.end}); there is nothing to revive", code="ended"
            )
        if not force:
            await _check_stopped(redress, number)
        carried = Carried(case=found.case, head=found.entries[-1].hash)
        await redress.revive(number, carried)
        return found.case.version


async def _revive_request(settings: Settings, id_: str, *, force: bool) -> int:
    async with cases(settings) as redress, ledger(settings) as store:
        entries = await store.read(id_)
        if not entries:
            raise NotFound(f"the ledger holds nothing of improvement request {id_}")
        if not force:
            await _check_stopped(redress, id_)
        carried = ImprovementCarried(request=fold_request(entries), head=entries[-1].hash)
        await redress.revive_improvement(carried)
        return carried.request.version


async def _check_stopped(redress: Redress, number: str) -> None:
    """Refuse to end a run that is well: events that it has not written yet would be lost."""
    described = await _described(redress, number)
    if described is None or described.status is not WorkflowExecutionStatus.RUNNING:
        return
    if not described.typed_search_attributes.get(CONFLICT, default=False):
        raise Refused(
            "it runs and agrees with its ledger: there is nothing to revive (--force does it anyway)",
            code="running",
        )


async def _described(redress: Redress, number: str) -> WorkflowExecutionDescription | None:
    try:
        return await redress.handle(number).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


def rebuild_read_models(*, as_json: Json = False) -> None:
    """Drop the read models and fold them again from the events, while everything goes on."""
    count = run(_rebuild(find_settings()))
    answer({"cases": count}, Text(f"{count} cases folded again"), as_json=as_json)


async def _rebuild(settings: Settings) -> int:
    async with ledger_pool(settings.migration_url, "REDRESS_MIGRATION_URL") as pool:
        policies = await EventStore(pool).policies()
        return await rebuild(pool, fold_row(policies), _progress)


def _progress(done: int, total: int) -> None:
    if done % EVERY == 0 or done == total:
        note(f"{done} of {total} cases")
