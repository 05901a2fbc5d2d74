"""Somebody is away: every open case that they own is told, and handed on by its own rules."""

from dataclasses import dataclass
from typing import Annotated
from uuid import uuid4

import typer

from cli.commanding import By, actor, instant
from cli.connection import cases, find_settings, ledger, run
from cli.output import Json, answer, row, table
from domain.refusal import Refused
from settings import Settings

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one case."""

    case_id: str
    events: tuple[str, ...]
    refused: str | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("away")(away)


def away(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The id of whoever is away.")],
    *,
    by: By,
    reason: Annotated[str, typer.Option(help="Why, in a word; it is recorded in each case.")],
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When they are back (ISO 8601 with offset); left out: never."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Hand on every open case of somebody who is away or has left; deadlines run on."""
    fields = {"person": person, "reason": reason, **({"until": instant(until, "until")} if until else {})}
    told = run(_tell(find_settings(), fields, actor(by)))
    lines = table(f"{len(told)} cases of {person}", "case", "what happened")
    for each in told:
        row(lines, each.case_id, each.refused or ", ".join(each.events) or "nothing: it is told already")
    answer(told, lines, as_json=as_json)


async def _tell(settings: Settings, fields: dict[str, str], by: str) -> list[Told]:
    async with ledger(settings) as store:
        owned = await store.cases(owner=fields["person"], ended=False, limit=MOST)
    async with cases(settings) as redress:
        told = []
        for each in owned:
            command = {**fields, "id": uuid4().hex, "by": by}
            try:
                receipt = await redress.submit_fields(each.case_id, "report_absence", command)
                told.append(Told(each.case_id, receipt.events, None))
            except Refused as refused:
                told.append(Told(each.case_id, (), refused.reason))
    return told
