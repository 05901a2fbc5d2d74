"""Findings of every case over a period, counted by department, by clause or by product."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from rich.console import RenderableType

from cli.connection import ledger_pool
from cli.fair_entries import entries_of, pinned_of
from cli.output import row, table
from domain.assignment import DepartmentAssigned
from domain.fairness import RULES, findings
from domain.fairness_history import Entry, History, history
from domain.finding import Finding
from domain.policy import Language, Policy
from domain.refusal import Refused
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
class Period:
    """Days, both included, each in the time zone of a case's own policy."""

    first: date
    last: date

    def holds(self, instant: datetime, policy: Policy) -> bool:
        """Say whether an instant lies in the period."""
        return self.first <= instant.astimezone(ZoneInfo(policy.calendar.timezone)).date() <= self.last


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each rule was broken under one heading, and in how many cases."""

    heading: str
    findings: int
    cases: int
    rules: dict[str, int]


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of a period.

    Attributes:
        judged: how many cases were judged.
        unjudged: how many could not be: their opening or pinned policy is gone from the ledger.
    """

    judged: int
    unjudged: int
    counted: tuple[Counted, ...]


def period(given: str) -> Period:
    """Read `FROM..TO`, or one day.

    Raises:
        Refused: it is no period.
    """
    first, dots, last = given.partition("..")
    try:
        found = Period(date.fromisoformat(first), date.fromisoformat(last if dots else first))
    except ValueError:
        raise Refused("--period: write FROM..TO, for example 2026-03-01..2026-03-31", code="period") from None
    if found.last < found.first:
        raise Refused("--period: ends before it begins", code="period")
    return found


Found = tuple[str, str, Finding]
"""A heading, a case and what was found in it."""


async def over_period(settings: Settings, days: Period, by: By, now: datetime) -> Findings:
    """Judge every case as it stands now, and count what became a finding in the period."""
    found: list[Found] = []
    judged = unjudged = 0
    async with ledger_pool(settings.database_url) as pool:
        policies = await EventStore(pool).policies()
        async for number, entries in _every_case(pool):
            told = _as_it_stands(entries, policies, now)
            if told is None:
                unjudged += 1
                continue
            judged += 1
            own = (each for each in findings(told) if days.holds(each.since, told.policy))
            found += ((_heading(told, each, by), number, each) for each in own)
    return Findings(judged, unjudged, tuple(_counted(found)))


async def _every_case(pool: Pool) -> AsyncIterator[tuple[str, tuple[Entry, ...]]]:
    async with snapshot(pool) as connection:
        async for case in stored_cases(connection):
            yield case.case_id, entries_of(case.recorded())


def _as_it_stands(
    entries: tuple[Entry, ...], policies: Mapping[str, Policy], now: datetime
) -> History | None:
    pinned = pinned_of(entries, policies)
    return history(entries, pinned, as_of(entries, now)) if pinned else None


def as_of(entries: tuple[Entry, ...], now: datetime) -> datetime:
    """Return when to judge a case: at its end, else now; a case may live on a clock ahead of ours."""
    last = entries[-1].at
    return last if any(entry.kind == "case_ended" for entry in entries) else max(last, now)


def _heading(told: History, finding: Finding, by: By) -> str:
    match by:
        case By.CLAUSE:
            return finding.clause
        case By.PRODUCT:
            return told.product or "-"
        case By.DEPARTMENT:
            before = [each for each in told.of(DepartmentAssigned) if each.seq <= finding.proof[-1]]
            return before[-1].event.department if before else "-"


def _counted(found: list[Found]) -> Iterator[Counted]:
    """Count, most findings first."""
    totals = Counter(heading for heading, _, _ in found)
    for heading, count in sorted(totals.items(), key=lambda each: (-each[1], each[0])):
        own = [(number, each) for other, number, each in found if other == heading]
        rules = Counter(each.rule for _, each in own)
        yield Counted(
            heading=heading,
            findings=count,
            cases=len({number for number, _ in own}),
            rules={rule: rules[rule] for rule in RULES if rules[rule]},
        )


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
