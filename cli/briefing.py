"""`redress brief CASE`: what somebody has to know before they say a word to this customer."""

from typing import Annotated
from uuid import uuid4

import typer

from cli.cases import Case
from cli.commanding import actor
from cli.connection import case_number, cases, find_settings, run
from cli.output import Json, answer, row, table
from domain.brief import Brief, in_words
from domain.policy import Language
from domain.refusal import Refused
from settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("brief")(brief)


def brief(
    case: Case,
    by: Annotated[
        str | None, typer.Option("--by", metavar="ROLE:ID", help="Who reads it; that is recorded.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Of the labels: ko or en.")] = "ko",
    *,
    as_json: Json = False,
) -> None:
    """Show who the customer is, what was promised and told, what may be offered, and what is at risk."""
    spoken: Language | None = {"ko": "ko", "en": "en"}.get(language)  # type: ignore[assignment]
    if spoken is None:
        raise Refused("language: use ko or en", code="invalid")
    found = run(_read(find_settings(), case_number(case), by))
    lines = table(f"{found.case_id}", "", "")
    lines.show_header = False
    for label, text in in_words(found, spoken):
        row(lines, label, text)
    answer(found, lines, as_json=as_json)


async def _read(settings: Settings, number: str, by: str | None) -> Brief:
    async with cases(settings) as redress:
        if by is not None:
            await redress.submit_fields(number, "open_brief", {"id": uuid4().hex, "by": actor(by)})
        return await redress.brief(number)
