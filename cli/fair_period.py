"""Findings of a period: of single cases, by department, clause or product, and those that take many cases."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import get_args

from cli.connection import ledger_pool
from cli.fair_entries import entries_of, pinned_of
from domain.actor import Actor
from domain.fairness_history import Entry, History, history, without_answers
from domain.fairness_many import Level, SharedFinding, shared_findings
from domain.fairness_marks import Facts, facts_of
from domain.figures import Broken, Period, broken_in, gathered, shares
from domain.finding import Finding
from domain.follow_up_view import may_see_scores
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
class InCase:
    """A finding with the case in which it was made."""

    case: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each rule was broken under one heading, in how many cases, and each finding itself."""

    heading: str
    findings: int
    cases: int
    rules: dict[str, int]
    found: tuple[InCase, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of a period.

    Attributes:
        judged: how many cases were judged.
        unjudged: how many could not be: their opening or pinned policy is gone from the ledger.
        counted: what became a finding on these days, in single cases.
        over_many: what the cases that were received on these days show together.
    """

    judged: int
    unjudged: int
    counted: tuple[Counted, ...]
    over_many: tuple[SharedFinding, ...]


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


def instant(given: str | None) -> datetime | None:
    """Read the instant as of which to judge.

    Raises:
        Refused: it is none, or says not where on Earth.
    """
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise Refused(
            "--at: is no time (ISO 8601, for example 2026-03-09T10:00:00+09:00)", code="at"
        ) from None
    if found.tzinfo is None:
        raise Refused("--at: has no offset; add one such as +09:00, or Z", code="at")
    return found


LEVELS: dict[By, tuple[Level, ...]] = {
    By.DEPARTMENT: get_args(Level),
    By.PRODUCT: ("product",),
    By.CLAUSE: ("clause",),
}
"""Which findings over many cases belong to which question; a department answers for all of them."""


async def over_period(
    settings: Settings, days: Period, by: By, at: datetime | None, viewer: Actor | None
) -> Findings:
    """Judge every case as it stands now, or stood at an instant, and gather what was found in the period."""
    broken: list[Broken] = []
    facts: list[Facts] = []
    received: set[str] = set()
    judged = unjudged = 0
    async for number, known in stand(settings, at):
        if known is None:
            unjudged += 1
            continue
        judged += 1
        told = as_seen(known, viewer)
        broken += broken_in(number, told, days)
        own_facts = facts_of(number, told)
        if days.holds_receipt(told):
            received.add(number)
        else:  # what was told before the period is told again in it
            own_facts = replace(own_facts, marks=())
        facts.append(own_facts)
    many = (
        each
        for each in shared_findings(facts)
        if each.level in LEVELS[by] and (each.level != "customer" or each.about in received)
    )
    return Findings(judged, unjudged, tuple(_counted(broken, by)), tuple(many))


def as_seen(told: History, viewer: Actor | None) -> History:
    """Return a case as far as this viewer may see what its customer answered."""
    shown = may_see_scores(told.policy, viewer, ended=told.ended is not None)
    return told if shown else without_answers(told)


async def stand(settings: Settings, at: datetime | None) -> AsyncIterator[tuple[str, History | None]]:
    """Yield each case as it stands now, or stood at an instant; None where it cannot be judged.

    A case that was opened after the instant is none yet.
    """
    now = datetime.now(UTC)
    async with ledger_pool(settings.database_url) as pool:
        policies = await EventStore(pool).policies()
        async for number, entries in _every_case(pool):
            pinned = pinned_of(entries, policies)
            told = history(entries, pinned, at or as_of(entries, now)) if pinned else None
            if told is None or told.opened is not None:
                yield number, told


async def _every_case(pool: Pool) -> AsyncIterator[tuple[str, tuple[Entry, ...]]]:
    async with snapshot(pool) as connection:
        async for case in stored_cases(connection):
            if not is_request(case.case_id):
                yield case.case_id, entries_of(case.recorded())


def as_of(entries: tuple[Entry, ...], now: datetime) -> datetime:
    """Return when to judge a case: at its end, else now; a case may live on a clock ahead of ours."""
    last = entries[-1].at
    return last if any(entry.kind == "case_ended" for entry in entries) else max(last, now)


def _heading(broken: Broken, by: By) -> str:
    match by:
        case By.CLAUSE:
            return broken.finding.clause
        case By.PRODUCT:
            return broken.product
        case By.DEPARTMENT:
            return broken.department


def _counted(broken: Iterable[Broken], by: By) -> Iterator[Counted]:
    under = gathered(broken, lambda each: _heading(each, by))
    for share in shares(under):
        yield Counted(
            heading=share.heading,
            findings=share.findings,
            cases=share.cases,
            rules=share.rules,
            found=tuple(InCase(each.case_id, each.finding) for each in under[share.heading]),
        )
