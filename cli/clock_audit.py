"""`redress clock audit`: what a real ticket log's response and resolve times were, in working time."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from rich.console import Group
from rich.table import Table

from domain.budget import Budget, due_of
from domain.calendar import Calendar, Span, working_time
from domain.record import Instant, Record

STATES = ("New", "Active", "Awaiting User Info", "Awaiting Problem", "Resolved", "Closed")
# Rule 8: being set on hold is never a first response.
RESPONSES = ("Active", "Resolved", "Closed")
COLUMNS = ("number", "incident_state", "opened_at", "sys_updated_at", "priority", "reassignment_count")


class PriorityTargets(Record):
    """What was promised for one priority; None where nothing was."""

    respond: Budget | None = None
    resolve: Budget | None = None


class UnusableRow(Record):
    """A row that the audit left out.

    Attributes:
        line: Its line in the file, the header being line 1.
        number: The case it names.
        reason: Why.
    """

    line: int
    number: str
    reason: str


class CaseAudit(Record):
    """One case as its transitions tell it; all durations are working time.

    Attributes:
        priority: The priority in force at the end.
        responded: When somebody first took it up; None if nobody did.
        resolved: When it was last resolved, or closed without that; None if it was not.
        response: From opening to `responded`, pauses cut out.
        resolve: From opening to `resolved`, pauses cut out.
        paused: What waiting for the user took out of `resolve`.
        internal_wait: Waiting for a problem inside the firm, which counts (rule 8).
        reopened: How often it left `Resolved` for anything but `Closed`.
        response_breach: The priority whose target was missed first; None if none was.
        resolve_breach: As `response_breach`.
    """

    number: str
    priority: str
    opened: Instant
    responded: Instant | None
    resolved: Instant | None
    response: timedelta | None
    resolve: timedelta | None
    paused: timedelta
    internal_wait: timedelta
    reassignments: int
    reopened: int
    response_breach: str | None
    resolve_breach: str | None


class PriorityAudit(Record):
    """The cases of one final priority, and the breaches that fell under it; durations are working time."""

    priority: str
    cases: int
    median_response: timedelta | None
    median_resolve: timedelta | None
    paused: timedelta
    response_breaches: int
    resolve_breaches: int


class AuditReport(Record):
    """What the log says.

    Attributes:
        rows: Rows read.
        cases: Each case that could be told.
        priorities: Sums by priority, in the priorities' order.
        unusable: Each row that was left out and why.
    """

    rows: int
    cases: tuple[CaseAudit, ...]
    priorities: tuple[PriorityAudit, ...]
    unusable: tuple[UnusableRow, ...]


class Step(NamedTuple):
    """One usable row."""

    number: str
    opened: datetime
    at: datetime
    state: str
    priority: str
    reassignments: int


def audit(path: Path, calendar: Calendar, targets: Mapping[str, PriorityTargets]) -> AuditReport:
    """Measure each case of a log by its own transitions.

    Only columns that tell the row's own moment are read; those that repeat a case's final values are not.

    Args:
        path: A CSV file with the columns of `COLUMNS`; times are DD-MM-YYYY HH:MM in the calendar's zone.
        calendar: When working time counts.
        targets: Priority, as the log writes it, to what was promised for it.

    Raises:
        ValueError: A column is missing; the message names it.
        OSError: The file cannot be read.
    """
    steps: list[Step] = []
    unusable: list[UnusableRow] = []
    for line, row in _rows(path):
        read = _step(row, calendar)
        if isinstance(read, Step):
            steps.append(read)
        else:
            unusable.append(UnusableRow(line=line, number=row["number"], reason=read))
    steps.sort(key=lambda each: (each.number, each.at))
    cases = tuple(
        _case(list(each), calendar, targets) for _, each in groupby(steps, key=lambda step: step.number)
    )
    return AuditReport(
        rows=len(steps) + len(unusable), cases=cases, priorities=_by_priority(cases), unusable=tuple(unusable)
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="")
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"{path.name}: no column {', '.join(missing)}; export the log with its header")
        for row in reader:
            yield reader.line_num, row


def _step(row: Mapping[str, str], calendar: Calendar) -> Step | str:
    """Return the row as a step of its case, or why it is none."""
    if row["incident_state"] not in STATES:
        return f"incident_state is none of {', '.join(STATES)}"
    if not row["priority"].strip("? "):
        return "priority is unknown"
    opened, at = _local(row["opened_at"], calendar), _local(row["sys_updated_at"], calendar)
    if opened is None or at is None:
        return f"{'opened_at' if opened is None else 'sys_updated_at'} is not a time (DD-MM-YYYY HH:MM)"
    if at < opened:
        return "sys_updated_at lies before opened_at"
    if not row["reassignment_count"].isascii() or not row["reassignment_count"].isdigit():
        return "reassignment_count is not a whole number"
    count = int(row["reassignment_count"])
    return Step(row["number"], opened, at, row["incident_state"], row["priority"], count)


def _local(stated: str, calendar: Calendar) -> datetime | None:
    """Read a wall-clock time in the calendar's zone (rule 3)."""
    try:
        # UTC stands in until the zone is known to be the calendar's.
        read = datetime.strptime(stated, "%d-%m-%Y %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return read.replace(tzinfo=calendar.rota.zone).astimezone(UTC)


def _case(steps: Sequence[Step], calendar: Calendar, targets: Mapping[str, PriorityTargets]) -> CaseAudit:
    opened = min(step.opened for step in steps)
    responded = next((step.at for step in steps if step.state in RESPONSES), None)
    resolved = _resolved(steps)
    pauses, inside = _stays(steps, "Awaiting User Info"), _stays(steps, "Awaiting Problem")
    until = resolved or steps[-1].at
    total, net = working_time(calendar, opened, until), working_time(calendar, opened, until, pauses)
    respond = {name: each.respond for name, each in targets.items()}
    resolve = {name: each.resolve for name, each in targets.items()}
    return CaseAudit(
        number=steps[0].number,
        priority=steps[-1].priority,
        opened=opened,
        responded=responded,
        resolved=resolved,
        response=None if responded is None else working_time(calendar, opened, responded, pauses),
        resolve=None if resolved is None else net,
        paused=total - net,
        internal_wait=total - working_time(calendar, opened, until, inside),
        reassignments=steps[-1].reassignments,
        reopened=_reopenings(steps),
        response_breach=_breach(steps, respond, calendar, responded, pauses),
        resolve_breach=_breach(steps, resolve, calendar, resolved, pauses),
    )


def _resolved(steps: Sequence[Step]) -> datetime | None:
    """Return when the case last became resolved, else when it was closed without that."""
    states = ["", *[step.state for step in steps]]
    entered = [step for before, step in zip(states, steps, strict=False) if step.state != before]
    for state in ("Resolved", "Closed"):
        moments = [step.at for step in entered if step.state == state]
        if moments:
            return moments[-1]
    return None


def _reopenings(steps: Sequence[Step]) -> int:
    over = ("Resolved", "Closed")
    return sum(before.state in over and after.state not in over for before, after in pairwise(steps))


def _stays(steps: Sequence[Step], state: str) -> list[Span]:
    """Return the spans spent in a state; the last is open if the log ends in it."""
    ends: list[datetime | None] = [*[step.at for step in steps[1:]], None]
    return [Span(step.at, end) for step, end in zip(steps, ends, strict=True) if step.state == state]


def _breach(
    steps: Sequence[Step],
    budgets: Mapping[str, Budget | None],
    calendar: Calendar,
    met: datetime | None,
    pauses: Sequence[Span],
) -> str | None:
    """Return the priority under which the target was first missed.

    A change of priority re-targets from the original start and removes no breach that came before (rule 14).
    """
    opened, end = min(step.opened for step in steps), met or steps[-1].at
    # A target already met stays met: later changes of priority do not touch it.
    begun = [steps[0], *[step for step in steps[1:] if step.at < end]]
    for step, until in zip(begun, [*[step.at for step in begun[1:]], end], strict=True):
        budget = budgets.get(step.priority)
        due = None if budget is None else due_of(budget, calendar, opened, pauses)
        if due is not None and due < until:
            return step.priority
    return None


def _by_priority(cases: Sequence[CaseAudit]) -> tuple[PriorityAudit, ...]:
    named = {case.priority for case in cases} | {case.response_breach for case in cases}
    names = sorted(name for name in named | {case.resolve_breach for case in cases} if name)
    return tuple(_sums(name, cases) for name in names)


def _sums(name: str, cases: Sequence[CaseAudit]) -> PriorityAudit:
    own = [case for case in cases if case.priority == name]
    return PriorityAudit(
        priority=name,
        cases=len(own),
        median_response=_median([case.response for case in own]),
        median_resolve=_median([case.resolve for case in own]),
        paused=sum((case.paused for case in own), timedelta()),
        response_breaches=sum(case.response_breach == name for case in cases),
        resolve_breaches=sum(case.resolve_breach == name for case in cases),
    )


def _median(times: Sequence[timedelta | None]) -> timedelta | None:
    known = [time.total_seconds() for time in times if time is not None]
    return timedelta(seconds=median(known)) if known else None


def as_json(report: AuditReport) -> str:
    """Return the report as JSON; durations are ISO 8601."""
    return report.model_dump_json(indent=2)


def as_table(report: AuditReport) -> Group:
    """Return the report as tables for a terminal: sums by priority, then the rows left out."""
    sums = Table("priority", "cases", "response", "resolve", "paused", "late\nresponse", "late\nresolve")
    for column in sums.columns:
        column.no_wrap = True
    sums.title = f"{len(report.cases)} cases from {report.rows} rows, medians in working time (h:mm:ss)"
    for each in report.priorities:
        times = [_hours(time) for time in (each.median_response, each.median_resolve, each.paused)]
        late = [str(each.response_breaches), str(each.resolve_breaches)]
        sums.add_row(each.priority, str(each.cases), *times, *late)
    left_out = Table("line", "case", "reason", title=f"{len(report.unusable)} rows left out")
    for row in report.unusable:
        left_out.add_row(str(row.line), row.number, row.reason)
    return Group(sums, left_out) if report.unusable else Group(sums)


def _hours(time: timedelta | None) -> str:
    if time is None:
        return "-"
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
