"""`redress conduct`: how promises were kept and withdrawals entered, by person, department and firm."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import RenderableType

from cli.connection import find_settings, ledger_pool, run
from cli.fair_entries import entries_of, pinned_of
from cli.fair_period import period
from cli.output import Json, answer, row, table
from domain.conduct import Counted, Word, counted, words_of
from domain.figures import Period
from domain.policy import Policy
from domain.record import Record
from domain.theme import is_request
from ledger.store import EventStore
from ledger.stream import snapshot, stored_cases
from settings import Settings

FIRM = "전체 · the firm"


class Per(StrEnum):
    """What words are counted by, beside the firm as a whole."""

    PERSON = "person"
    DEPARTMENT = "department"


class Conduct(Record):
    """The figures, most promises first, and those of the firm."""

    firm: Counted
    counted: tuple[Counted, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("conduct")(conduct)


def conduct(
    *,
    days: Annotated[
        str | None,
        typer.Option("--period", metavar="FROM..TO", help="What fell due or was entered on these days."),
    ] = None,
    by: Annotated[Per, typer.Option(help="Count by person or by department.")] = Per.PERSON,
    as_json: Json = False,
) -> None:
    """Show how promises were kept (moved ones beside them) and how withdrawals entered by staff came out."""
    asked = period(days) if days is not None else None
    figures = run(_figures(find_settings(), asked, by))
    answer(figures, _shown(figures, by), as_json=as_json)


async def _figures(settings: Settings, days: Period | None, by: Per) -> Conduct:
    words: list[Word] = []
    async with ledger_pool(settings.database_url) as pool:
        policies = await EventStore(pool).policies()
        async with snapshot(pool) as connection:
            async for case in stored_cases(connection):
                if is_request(case.case_id):
                    continue
                entries = entries_of(case.recorded())
                own = words_of([each.event for each in entries if each.event is not None])
                words += (each for each in own if _holds(days, each, pinned_of(entries, policies)))
    headings = sorted({_heading(each, by) for each in words})
    found = [counted(name, [each for each in words if _heading(each, by) == name]) for name in headings]
    found.sort(key=lambda each: -each.promises)
    return Conduct(firm=counted(FIRM, words), counted=tuple(found))


def _holds(days: Period | None, word: Word, policy: Policy | None) -> bool:
    return days is None or (policy is not None and days.holds(word.at, policy))


def _heading(word: Word, by: Per) -> str:
    return word.by if by is Per.PERSON else word.department or "-"


def _shown(figures: Conduct, by: Per) -> RenderableType:
    shown = table(
        "Promises and withdrawals entered by staff (약속 이행과 직원이 적은 취하)",
        by.value,
        "약속 promises",
        "이행 kept",
        "어김 broken",
        "미정 open",
        "변경 moved",
        "이행률 kept %",
        "취하 withdrawals",
        "이의 contradicted",
        "무효 void",
        "확정 took effect",
    )
    for each in (*figures.counted, figures.firm):
        rate = "-" if each.kept_per_cent is None else each.kept_per_cent
        row(
            shown,
            each.heading,
            *(each.promises, each.kept, each.broken, each.open, each.moved, rate),
            *(each.withdrawals, each.contradicted, each.void, each.took_effect),
        )
    return shown
