"""Findings of every case over a period, counted by department, by clause or by product."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rich.console import RenderableType

from cli.connection import ledger_pool
from cli.fair_entries import entries_of, pinned_of
from cli.output import row, table
from domain.fairness_history import Entry, History, history
from domain.figures import Broken, Period, Share, broken_in, shares
from domain.policy import Language, Policy
from domain.refusal import Refused
from domain.theme import is_request
from ledger.pool import Pool
from ledger.store import EventStore
from ledger.stream import snapshot, stored_cases
from settings import Settings


class By(StrEnum):
    """What findings are counted by."""

    DEPARTMENT = "department"
    CLAUSE = "clause"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of a period.

    Attributes:
        judged: how many cases were judged.
        unjudged: how many could not be: their opening or pinned policy is gone from the ledger.
    """

    judged: int
    unjudged: int
    counted: tuple[Share, ...]


def period(given: str) -> Period:
    """Read `FROM..TO`, or one day.

    Raises:
        Refused: it is no period.
    """
    first, dots, last = given.partition("..")
    try:
        found = Period(first=date.fromisoformat(first), last=date.fromisoformat(last if dots else first))
    except ValueError:
        raise Refused("--period: write FROM..TO, for example 2026-03-01..2026-03-31", code="period") from None
    if found.last < found.first:
        raise Refused("--period: ends before it begins", code="period")
    return found


async def over_period(settings: Settings, days: Period, by: By, now: datetime) -> Findings:
    """Judge every case as it stands now, and count what became a finding in the period."""
    broken: list[Broken] = []
    judged = unjudged = 0
    async with ledger_pool(settings.database_url) as pool:
        async for number, told in every_history(pool, now):
            if told is None:
                unjudged += 1
                continue
            judged += 1
            broken += broken_in(number, told, days)
    return Findings(judged, unjudged, shares(broken, HEADING[by]))


async def every_history(pool: Pool, now: datetime) -> AsyncIterator[tuple[str, History | None]]:
    """Yield every case as it stands now; None where its opening or pinned policy is gone."""
    policies = await EventStore(pool).policies()
    async with snapshot(pool) as connection:
        async for case in stored_cases(connection):
            if not is_request(case.case_id):
                yield case.case_id, _as_it_stands(entries_of(case.recorded()), policies, now)


def _as_it_stands(
    entries: tuple[Entry, ...], policies: Mapping[str, Policy], now: datetime
) -> History | None:
    pinned = pinned_of(entries, policies)
    return history(entries, pinned, as_of(entries, now)) if pinned else None


def as_of(entries: tuple[Entry, ...], now: datetime) -> datetime:
    """Return when to judge a case: at its end, else now; a case may live on a clock ahead of ours."""
    last = entries[-1].at
    return last if any(entry.kind == "case_ended" for entry in entries) else max(last, now)


HEADING: dict[By, Callable[[Broken], str]] = {
    By.DEPARTMENT: lambda each: each.department,
    By.CLAUSE: lambda each: each.finding.clause,
    By.PRODUCT: lambda each: each.product,
}
"""Under what a finding is counted."""

HEADINGS: dict[Language, tuple[str, ...]] = {
    "ko": ("위반", "건수", "사례", "규칙별"),
    "en": ("under", "findings", "cases", "by rule"),
}


def shown(found: Findings, days: Period, language: Language) -> RenderableType:
    """Return what a person sees."""
    title = {
        "ko": f"{days.first}부터 {days.last}까지: {found.judged}건 판정",
        "en": f"{days.first} to {days.last}: {found.judged} cases judged",
    }[language]
    if found.unjudged:
        title += {"ko": f", {found.unjudged}건 판정 불가", "en": f", {found.unjudged} not"}[language]
    lines = table(title, *HEADINGS[language])
    for each in found.counted:
        rules = "  ".join(f"{rule} {count}" for rule, count in each.rules.items())
        row(lines, each.heading, each.findings, each.cases, rules)
    return lines
