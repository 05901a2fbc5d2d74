"""Commands for improvement requests: what like cases share, who answers for it, whether it helped."""

from typing import Annotated

import typer
from rich.console import Group, RenderableType

from cli.connection import cases, find_settings, improvement_number, ledger, run
from cli.figures import figures_shown
from cli.output import Json, answer, note, row, table, when, words
from cli.sight import Happened, happened
from client import NotFound, RedressError
from domain.improvement_events import OPEN
from domain.improvement_view import ImprovementView, ProsumerView, improvement_view
from domain.row import ImprovementRow
from ledger.fold import fold_request
from settings import Settings

Department = Annotated[str | None, typer.Option(metavar="ID", help="Only what this department answers for.")]
Month = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM", help="Only themes of which a case failed in this month (UTC)."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("improvements")(list_improvements)
    app.command("improvement")(show_improvement)


def list_improvements(
    department: Department = None,
    product: Annotated[str | None, typer.Option(help="Only this product.")] = None,
    cause: Annotated[str | None, typer.Option(help="Only this cause, or feature of a suggestion.")] = None,
    month: Month = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Also what is done or refused, and like cases that are too few yet.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List improvement requests by department, product and cause, the most cases first."""
    states = None if every or month else OPEN
    about_what = {"department": department, "product": product, "cause": cause, "month": month}
    found = run(_list(find_settings(), about_what, states, limit))
    lines = table(
        f"{len(found)} improvement requests",
        *("request", "department", "product", "cause", "cases", "first", "last", "state", "owner", "due"),
    )
    for each in found:
        count = each.cases if month is None else f"{each.months.get(month, 0)} of {each.cases}"
        about = (each.improvement_id, each.department, each.product, each.cause, count)
        failed = (when(each.first_failed_at, exact="minutes"), when(each.last_failed_at, exact="minutes"))
        row(lines, *about, *failed, _state(each), each.owner, when(each.falls_due, exact="minutes"))
    answer(found, lines, as_json=as_json)


async def _list(
    settings: Settings,
    about_what: dict[str, str | None],
    states: tuple[str, ...] | None,
    limit: int,
) -> list[ImprovementRow]:
    async with ledger(settings) as store:
        return await store.improvements(**about_what, states=states, limit=limit)


def _state(each: ImprovementRow) -> str:
    more = (
        *([each.theme] if each.theme in ("suggestion", "figures") else []),
        *(["safety"] if each.safety else []),
        *(["late"] if each.late else []),
        *([f"came back {each.recurrences}x"] if each.recurrences else []),
    )
    return ", ".join((each.state, *more))


def show_improvement(
    improvement: Annotated[
        str, typer.Argument(metavar="ID", help="Its number, as `redress improvements` has it.")
    ],
    *,
    as_json: Json = False,
) -> None:
    """Show one improvement request: its cases, who answers for it, what happened, and whether it helped."""
    view, events = run(_show(find_settings(), improvement_number(improvement)))
    answer({"view": view, "events": events}, _shown(view, events), as_json=as_json)


async def _show(settings: Settings, id_: str) -> tuple[ImprovementView, tuple[Happened, ...]]:
    """Return what it says of itself, or where no worker answers what the ledger says, and its history."""
    async with ledger(settings) as store:
        entries = await store.read(id_)
    events = tuple(happened(each) for each in entries)
    try:
        async with cases(settings) as redress:
            return await redress.improvement(id_), events
    except RedressError as error:
        if not entries:
            raise NotFound(f"there is no improvement request {id_}") from None
        note(f"({error}; shown from the ledger)")
    request = fold_request(entries)
    last = request.last_failed_at or request.at
    if request.at is None or last is None:
        raise NotFound(f"there is no improvement request {id_}")
    now = max(request.at, last)
    return improvement_view(request, head=entries[-1].hash, unwritten=0, waiting=(), now=now), events


def _shown(view: ImprovementView, events: tuple[Happened, ...]) -> RenderableType:
    now = view.row
    lines = table(f"{now.improvement_id}: {_state(now)}", "", "")
    lines.show_header = False
    told = {
        "about": f"{now.product}: {now.cause}",
        "department": now.department,
        "cases": f"{now.cases}, from {when(now.first_failed_at)} to {when(now.last_failed_at)}"
        if now.cases
        else None,
        "policy": view.policy,
        "by month": ", ".join(f"{month}: {count}" for month, count in now.months.items()) or None,
        "guarantees paid": now.payouts or None,
        "owner": f"{now.owner} (level {now.level})" if now.owner else None,
        "due": when(now.falls_due) if now.falls_due else None,
        "done": when(view.done_at) if view.done_at else None,
        "changed": view.changed,
        "refused because": view.refusal,
        "helped": _helped(view),
        "suggestions adopted": f"{view.suggestions}, {view.told} customers told"
        if view.suggestions
        else None,
        "partners": "; ".join(
            f"{each.customer}: {each.verdict or 'asked'}" + (f", share {each.share}" if each.share else "")
            for each in view.partners
        )
        or None,
        "prosumers": "; ".join(f"{each.case}: {_stands(each)}" for each in view.prosumers) or None,
        "answer": view.answer,
        "answered": f"{when(view.answered_at)} by {view.answered_by}" if view.answered_by else None,
        "waits for": ", ".join(view.waiting) or None,
    }
    for name, value in told.items():
        if value is not None:
            row(lines, name, value)
    of_figures = [figures_shown(view.figures)] if view.figures is not None else []
    members = table("\nLike cases", "case", "failed", "registered", "")
    for each in view.cases:
        flags = [name for name in ("safety", "adopted", "payout") if getattr(each, name)]
        row(members, each.case_id, when(each.failed_at), when(each.registered_at), ", ".join(flags))
    history = table("\nHappened", "", "when", "what", "by", "details")
    for event in events:
        own = {name: value for name, value in event.fields.items() if name not in ("book", "figures")}
        row(history, event.seq, event.at, event.kind, event.by, words(own))
    return Group(lines, *(of_figures or [members]), history)


def _stands(each: ProsumerView) -> str:
    if each.why_not is not None:
        return f"not invited, {each.why_not}"
    return each.reply or ("invited" if each.invited else "being looked up")


def _helped(view: ImprovementView) -> str | None:
    rates = view.measured
    if rates is None:
        return None
    after = "too soon to say" if rates.after is None else f"{rates.after} since"
    return f"{rates.before} cases in 30 days before, {after}"
