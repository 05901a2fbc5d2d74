"""`redress figures`: what happened in a period, and the head who must answer for it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Group, RenderableType

from cli.cases import pinned
from cli.connection import cases, find_settings, run
from cli.fair_period import as_seen, period, stand
from cli.output import Json, answer, plain, row, table
from cli.service_level import phase_sums_shown
from client import Redress
from domain.figures import Figures, Part, Period, last_whole, part_of, total
from domain.policy import Policy
from domain.refusal import Refused
from domain.theme import Rulebook, Theme, figures_book, request_id
from ledger.pool import Pool
from ledger.store import EventStore
from settings import Settings


@dataclass(frozen=True, slots=True)
class Sent:
    """The figures, and the request under which a head answers for them; None where they were not sent."""

    figures: Figures
    head: str | None
    request: str | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("figures")(figures)


def figures(
    *,
    days: Annotated[
        str | None,
        typer.Option("--period", metavar="FROM..TO", help="These days; else the last whole week or month."),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(help="Cases of this policy; a shipped policy's name or a YAML file.")
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Have the head answer for them; sent again, it is one request.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Count what happened in a period: promises, targets, findings, further rounds, failed recoveries."""
    settings = find_settings()
    rules = pinned(policy or settings.policy, None)
    asked = period(days) if days is not None else _due(rules)
    sent = run(_figures(settings, rules, asked, send=send))
    answer(sent, _shown(sent), as_json=as_json)


def _due(policy: Policy) -> Period:
    if policy.figures is None:
        raise Refused(
            "--period: name the days; this policy has no `figures` that say how often", code="period"
        )
    return last_whole(policy.figures.every, _today(policy))


def _today(policy: Policy) -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(policy.calendar.timezone)).date()


async def _figures(settings: Settings, policy: Policy, days: Period, *, send: bool) -> Sent:
    book = _book(policy, days) if send else None
    found = await _counted(settings, policy, days)
    if book is None:
        return Sent(found, policy.service_head, None)
    async with cases(settings) as redress:
        id_ = await redress.report_figures(theme_of(policy, days), found, book)
    return Sent(found, policy.service_head, id_)


def _book(policy: Policy, days: Period) -> Rulebook:
    book = figures_book(policy)
    if book is None:
        raise Refused("--send: this policy has nobody answer for figures (`figures`)", code="policy")
    if days.last >= _today(policy):
        raise Refused("--send: the period is not over yet", code="period")
    return book


def theme_of(policy: Policy, days: Period) -> Theme:
    """Return under what the figures of a period are one request."""
    head = policy.person(policy.service_head or "")
    department = (head.department if head else None) or policy.fallback_department
    return Theme(kind="figures", department=department, product=str(days), cause=policy.name)


async def _counted(settings: Settings, policy: Policy, days: Period) -> Figures:
    parts: list[Part] = []
    unjudged = 0
    async for number, told in stand(settings, None):
        if told is None:
            unjudged += 1
        elif told.pinned.name == policy.name:
            parts.append(part_of(number, as_seen(told, None), days))
    return total(parts, policy=policy.name, days=days, unjudged=unjudged)


class FiguresSender:
    """Sends the figures of each whole period once, as soon as it is over; the ledger knows what was sent."""

    def __init__(self, redress: Redress, pool: Pool, settings: Settings) -> None:
        self._redress = redress
        self._pool = pool
        self._settings = settings
        self._done: Period | None = None

    async def once(self) -> str | None:
        """Return the number of the request that was opened just now; None where there was nothing to send."""
        policy = pinned(self._settings.policy, None)
        book = figures_book(policy)
        if book is None:
            return None
        days = _due(policy)
        if days == self._done:
            return None
        theme = theme_of(policy, days)
        id_ = request_id(self._settings.number_secret, theme)
        sent = await EventStore(self._pool).improvement(id_) is not None
        if not sent:
            found = await _counted(self._settings, policy, days)
            sent = found.judged == 0
            if not sent:
                await self._redress.report_figures(theme, found, book)
        self._done = days
        return None if sent else id_


def _shown(sent: Sent) -> RenderableType:
    shown = [figures_shown(sent.figures)]
    if sent.request is not None:
        shown.append(plain(f"\n{sent.head} answers for them: redress improvement {sent.request}"))
    return Group(*shown)


def figures_shown(found: Figures) -> RenderableType:
    """Return the figures as tables."""
    unjudged = f", {found.unjudged} cannot be judged" if found.unjudged else ""
    title = f"{found.policy}, {found.first} to {found.last}: {found.judged} cases{unjudged}"
    lines = table(title, "", "", "")
    lines.show_header = False
    kept = found.promises
    rate = "-" if kept.kept_per_cent is None else f"{kept.kept_per_cent} %"
    words = f"{rate} ({kept.kept} kept, {kept.broken} broken, {kept.open} open, {kept.moved} moved)"
    staff = f"{kept.withdrawals}, {kept.contradicted} contradicted"
    for en, ko, value in (
        ("opened", "접수", found.opened),
        ("ended", "종결", _counts(found.ended)),
        ("promises kept", "약속 이행률", words),
        ("targets missed", "목표 미달", _counts(found.missed)),
        ("fairness findings", "공정성 위배", found.findings),
        ("further rounds", "재개", _counts(found.reopened)),
        ("recovery failed twice", "이중 실패", found.double_deviations),
        ("withdrawals entered by staff", "직원이 적은 취하", staff),
    ):
        row(lines, en, ko, value)
    broken = table("\nFindings (공정성 위배)", "under", "findings", "cases", "by rule")
    for each in (*found.departments, *found.clauses):
        row(broken, each.heading, each.findings, each.cases, _counts(each.rules))
    return Group(lines, phase_sums_shown(found.phases), *([broken] if found.findings else []))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "-"
