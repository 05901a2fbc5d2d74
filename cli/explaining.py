"""`redress clock explain CASE`: why each deadline of a case is when it is, in Korean and English."""

from zoneinfo import ZoneInfo

import typer
from rich.console import Group, RenderableType

from cli.connection import case_number, find_settings, ledger, run
from cli.output import Json, answer, plain, row, table, when
from cli.why import whys
from client import NotFound
from domain.case import Case
from domain.clock_view import ClockView, RungView, clock_views
from domain.record import Record
from domain.view import case_row
from ledger.fold import fold_case
from settings import Settings

WHAT = {"breach": "at the deadline", "after": "after it"}


class OtherDeadline(Record):
    """A deadline that no clock of the policy measures: a promise, an offer, a window."""

    name: str
    due: str
    what: str
    why: str


class Explained(Record):
    """All deadlines of a case with their reasons."""

    case_id: str
    version: int
    clocks: tuple[ClockView, ...]
    others: tuple[OtherDeadline, ...]


def register(clock: typer.Typer) -> None:
    """Add the command to the group of clocks."""
    clock.command("explain")(clock_explain)


def clock_explain(case: str, *, as_json: Json = False) -> None:
    """Explain every deadline that runs: start, calendar, budget, pauses, holidays, edge rule, rungs."""
    found = run(_case(find_settings(), case_number(case)))
    explained = Explained(
        case_id=found.id, version=found.version, clocks=clock_views(found), others=_others(found)
    )
    answer(explained, _shown(found, explained), as_json=as_json)


async def _case(settings: Settings, number: str) -> Case:
    async with ledger(settings) as store:
        entries = await store.read(number)
        if not entries:
            raise NotFound(f"the ledger has no case {number}")
        return fold_case(await store.policies(), entries)


def _others(case: Case) -> tuple[OtherDeadline, ...]:
    rest = [due for due in whys(case_row(case).dues, case) if not due.name.startswith("targets/")]
    return tuple(
        OtherDeadline(name=due.name, due=due.due.isoformat(), what=due.what, why=due.why) for due in rest
    )


def _shown(case: Case, explained: Explained) -> RenderableType:
    zone = ZoneInfo(case.policy.calendar.timezone)
    parts: list[RenderableType] = [
        plain(f"case {explained.case_id}, after event {explained.version}; times in {zone.key}")
    ]
    for clock in explained.clocks:
        kind = f"{clock.kind}, {clock.source}"
        parts.append(plain(f"\n{clock.name} ({clock.generation})  due {when(clock.due, zone)}  [{kind}]"))
        parts += [plain(f"  {clock.explanation.ko}"), plain(f"  {clock.explanation.en}")]
        parts += [plain(f"  - {_rung_words(rung)} {when(rung.due, zone)}") for rung in clock.rungs]
    if explained.others:
        others = table("other deadlines", "due", "what", "why")
        for other in explained.others:
            row(others, other.due, other.what, other.why)
        parts += [plain(""), others]
    return Group(*parts)


def _rung_words(rung: RungView) -> str:
    done = "fired" if rung.fired else "to come"
    actions = ", ".join(rung.actions) or "noted"
    return f"{WHAT.get(rung.at, f'at {rung.at} of the budget')}: {actions} ({done})"
