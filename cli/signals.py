"""Commands for cases that the firm opens itself: by rule from what it observed, and how often wrongly."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import RenderableType

import policies
from cli.app import in_words
from cli.checks.evidence import events, ledger_of
from cli.connection import cases, find_settings, ledger, run
from cli.output import Json, answer, row, table
from cli.reading import bounded, json_object
from domain.case import CaseEvent
from domain.ending import CaseEnded
from domain.intake import CaseOpened
from domain.policy import Policy
from domain.refusal import Refused
from domain.result import ResultRegistered
from domain.signal import Found, Signal, found
from settings import Settings


@dataclass(frozen=True, slots=True)
class OpenedBySignal:
    """A case that a rule opened, or had opened before."""

    number: str
    existing: bool
    rule: str
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foresight:
    """How well one way of opening cases in advance does.

    Attributes:
        right: something was put right.
        wrong: nothing was wrong after all (not upheld, or no complaint at all).
    """

    rule: str
    opened: int
    right: int
    wrong: int

    @property
    def false_rate(self) -> float | None:
        """Share of the judged cases in which nothing was wrong."""
        judged = self.right + self.wrong
        return self.wrong / judged if judged else None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("signal")(signal)
    app.command("proactive")(proactive)


def signal(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", help="One observed signal per line as JSON; - reads standard input."
        ),
    ],
    policy: Annotated[str | None, typer.Option(help="A shipped policy's name or a YAML file.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be opened.")] = False,
    as_json: Json = False,
) -> None:
    """Open cases by the policy's rules from what was observed; the same signals give the same cases."""
    settings = find_settings() if policy is None or not dry_run else None
    rules = policies.load(policy or (settings.policy if settings else "retail-kr"))
    due = found(rules, read_signals(source))
    if dry_run or settings is None:
        answer(due, _dry(due), as_json=as_json)
        return
    opened = run(_open(settings, rules, due))
    lines = table(f"{len(opened)} cases by rule", "case", "rule", "signals", "")
    for each in opened:
        row(
            lines, each.number, each.rule, ", ".join(each.signals), "existed already" if each.existing else ""
        )
    answer(opened, lines, as_json=as_json)


def _dry(due: tuple[Found, ...]) -> RenderableType:
    lines = table(f"{len(due)} cases would be opened", "rule", "signals", "why")
    for each in due:
        row(lines, each.rule, ", ".join(each.signals), each.opening.text)
    return lines


async def _open(settings: Settings, policy: Policy, due: tuple[Found, ...]) -> list[OpenedBySignal]:
    done = []
    async with cases(settings) as redress:
        for each in due:
            opened = await redress.open(each.opening, policy)
            done.append(OpenedBySignal(opened.number, opened.existing, each.rule, each.signals))
    return done


def read_signals(source: str) -> tuple[Signal, ...]:
    """Read one signal per line.

    Raises:
        Refused: naming line and field; nothing is opened then.
    """
    try:
        if source == "-":
            return tuple(_signals(sys.stdin.buffer))
        with Path(source).open("rb") as file:
            return tuple(_signals(file))
    except OSError as error:
        raise Refused(f"{source}: cannot be read: {error.strerror}", code="file") from None


def _signals(lines: Iterable[bytes]) -> Iterator[Signal]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"line {number}"
            try:
                yield Signal.model_validate(json_object(bounded(line, where), where), extra="forbid")
            except ValidationError as error:
                raise Refused(f"{where}: {in_words(error)}", code="invalid") from None


def proactive(*, as_json: Json = False) -> None:
    """Count the cases that the firm opened itself, by what opened them, and in how many nothing was wrong."""
    counted = foresight(run(_histories(find_settings())))
    lines = table(f"{sum(each.opened for each in counted)} cases opened by the firm", "opened by", "cases")
    for name in ("something put right", "nothing was wrong", "false openings"):
        lines.add_column(name)
    for each in counted:
        rate = "-" if each.false_rate is None else f"{each.false_rate:.0%}"
        row(lines, each.rule, each.opened, each.right, each.wrong, rate)
    told = [
        {
            "rule": each.rule,
            "opened": each.opened,
            "right": each.right,
            "wrong": each.wrong,
            "false_rate": each.false_rate,
        }
        for each in counted
    ]
    answer(told, lines, as_json=as_json)


async def _histories(settings: Settings) -> list[tuple[CaseEvent, ...]]:
    async with ledger(settings) as store:
        return [events(entries) for entries in (await ledger_of(store)).values()]


def foresight(histories: Iterable[tuple[CaseEvent, ...]]) -> tuple[Foresight, ...]:
    """Judge every opening by the firm by how its case came out; the rest are still under way."""
    opened: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for happened in histories:
        first = next((each for each in happened if isinstance(each, CaseOpened)), None)
        if first is None or not first.opening.proactive:
            continue
        rule = first.opening.issue or first.opening.source
        opened[rule] += 1
        came_out = _came_out(happened)
        right[rule] += came_out is True
        wrong[rule] += came_out is False
    return tuple(Foresight(rule, count, right[rule], wrong[rule]) for rule, count in opened.most_common())


def _came_out(happened: tuple[CaseEvent, ...]) -> bool | None:
    """Say whether something was wrong; None while nobody knows, or where the customer took it back."""
    results = [each for each in happened if isinstance(each, ResultRegistered)]
    if results:
        return results[-1].outcome != "not_upheld"
    ends = [each for each in happened if isinstance(each, CaseEnded)]
    return False if ends and ends[-1].end == "answered" else None
