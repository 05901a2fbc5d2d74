"""The figures of a period, for the head who answers for them (R86): counted from events, case by case.

A fold, so that the same histories give the same figures. What is sent to the head is pinned with the request,
so it is bounded: of headings the first few.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from domain.assignment import DepartmentAssigned
from domain.conduct import Counted, Word, counted, words_of
from domain.ending import CaseEnded
from domain.fairness import RULES, findings
from domain.fairness_history import History
from domain.finding import Finding
from domain.happy_call_events import DoubleDeviation
from domain.phases import PhaseSum, PhaseTaken, added_up, phases
from domain.policy import Policy
from domain.record import Line, Record
from domain.remedy import RoundOpened
from domain.targets import TargetBreached

HEADINGS = 10
"""How many headings the figures name; the totals count all."""


class Period(Record):
    """Days, both included, each in the time zone of a case's own policy."""

    first: date
    last: date

    def holds(self, instant: datetime, policy: Policy) -> bool:
        """Say whether an instant lies in the period."""
        return self.first <= instant.astimezone(ZoneInfo(policy.calendar.timezone)).date() <= self.last

    def holds_receipt(self, told: History) -> bool:
        """Say whether a case was received in the period."""
        return told.opened is not None and self.holds(told.opened.event.received_at, told.policy)

    def __str__(self) -> str:
        """Return it as `--period` takes it."""
        return f"{self.first}..{self.last}"


def last_whole(every: Literal["week", "month"], today: date) -> Period:
    """Return the last week (from Monday) or month that is over."""
    if every == "week":
        monday = today - timedelta(days=today.weekday() + 7)
        return Period(first=monday, last=monday + timedelta(days=6))
    last = today.replace(day=1) - timedelta(days=1)
    return Period(first=last.replace(day=1), last=last)


class Share(Record):
    """How often each rule was broken under one heading, and in how many cases."""

    heading: Line
    findings: int
    cases: int
    rules: dict[str, int]


class Figures(Record):
    """What happened in a period to the cases of one policy, in its versions.

    Attributes:
        policy: its name.
        judged: how many cases were looked at.
        unjudged: how many could not be: their opening or pinned policy is gone from the ledger.
        ended: by end.
        promises: those that fell due, and withdrawals that staff entered.
        missed: targets and duties that were missed, by name.
        findings: fairness rules broken, in all.
        clauses: the clauses with the most findings; `departments` the same.
        reopened: further rounds, by what caused them.
        double_deviations: failures of which the second recovery failed too.
        phases: time and cost before, on and after service, of the cases that ended.
    """

    policy: Line
    first: date
    last: date
    judged: int
    unjudged: int
    opened: int
    ended: dict[str, int]
    promises: Counted
    missed: dict[str, int]
    findings: int
    clauses: tuple[Share, ...]
    departments: tuple[Share, ...]
    reopened: dict[str, int]
    double_deviations: int
    phases: tuple[PhaseSum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A finding, with the case that it is of, its product, and the department that had the case then."""

    case_id: str
    department: str
    product: str
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one case adds to the figures of a period."""

    opened: bool
    ended: tuple[str, ...]
    words: tuple[Word, ...]
    missed: tuple[str, ...]
    broken: tuple[Broken, ...]
    reopened: tuple[str, ...]
    double_deviations: int
    phases: tuple[PhaseTaken, ...]


def part_of(case_id: str, told: History, days: Period) -> Part:
    """Return what a case adds, as its events show it."""
    events = tuple(event for _, event in told.seen)
    own = tuple(event for event in events if days.holds(event.at, told.policy))
    breaches = (each for each in own if isinstance(each, TargetBreached) and not each.closes_option)
    ended = tuple(each.end for each in own if isinstance(each, CaseEnded))
    return Part(
        opened=told.opened is not None and days.holds(told.opened.event.at, told.policy),
        ended=ended,
        words=tuple(each for each in words_of(events) if days.holds(each.at, told.policy)),
        missed=tuple(each.target for each in breaches),
        broken=broken_in(case_id, told, days),
        reopened=tuple(each.cause for each in own if isinstance(each, RoundOpened)),
        double_deviations=sum(isinstance(each, DoubleDeviation) for each in own),
        phases=phases(events, told.policy, told.at) if ended else (),
    )


def broken_in(case_id: str, told: History, days: Period) -> tuple[Broken, ...]:
    """Return what became a finding of a case in the period."""
    return tuple(
        Broken(
            case_id=case_id,
            department=_department_at(told, each),
            product=told.product or "-",
            finding=each,
        )
        for each in findings(told)
        if days.holds(each.since, told.policy)
    )


def _department_at(told: History, finding: Finding) -> str:
    """Return the department that had the case when the finding was proved."""
    before = [each for each in told.of(DepartmentAssigned) if each.seq <= finding.proof[-1]]
    return before[-1].event.department if before else "-"


def total(parts: Sequence[Part], *, policy: str, days: Period, unjudged: int) -> Figures:
    """Add up what the cases of a policy give."""
    broken = [each for part in parts for each in part.broken]
    return Figures(
        policy=policy,
        first=days.first,
        last=days.last,
        judged=len(parts),
        unjudged=unjudged,
        opened=sum(part.opened for part in parts),
        ended=_by_name(part.ended for part in parts),
        promises=counted(policy, (word for part in parts for word in part.words)),
        missed=_by_name(part.missed for part in parts),
        findings=len(broken),
        clauses=shares(gathered(broken, lambda each: each.finding.clause))[:HEADINGS],
        departments=shares(gathered(broken, lambda each: each.department))[:HEADINGS],
        reopened=_by_name(part.reopened for part in parts),
        double_deviations=sum(part.double_deviations for part in parts),
        phases=added_up(part.phases for part in parts),
    )


def _by_name(many: Iterable[Iterable[str]]) -> dict[str, int]:
    return _sorted(Counter(name for names in many for name in names))


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def gathered(broken: Iterable[Broken], heading: Callable[[Broken], str]) -> dict[str, list[Broken]]:
    """Return findings under their headings, most findings first."""
    under: dict[str, list[Broken]] = {}
    for each in broken:
        under.setdefault(heading(each), []).append(each)
    return dict(sorted(under.items(), key=lambda each: (-len(each[1]), each[0])))


def shares(under: Mapping[str, Sequence[Broken]]) -> tuple[Share, ...]:
    """Count the findings under each heading."""
    return tuple(
        Share(
            heading=name,
            findings=len(own),
            cases=len({each.case_id for each in own}),
            rules={rule: times for rule in RULES if (times := sum(e.finding.rule == rule for e in own))},
        )
        for name, own in under.items()
    )
