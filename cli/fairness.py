"""`redress fairness`: how fairly a case was treated, and what was found over a period."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Group, RenderableType

import policies
from cli.connection import case_number, find_settings, ledger, run
from cli.fair_entries import entries_of, pinned_of
from cli.fair_histories import check_sense, opening_of, read_entries
from cli.fair_period import By, as_of, as_seen, instant, over_period, period
from cli.fair_shown import STATES, shown
from cli.output import Json, answer, note, plain, row, table, when
from cli.viewer import Viewer, viewer_of
from client import NotFound
from domain.actor import Actor
from domain.fairness import FairnessReport, report
from domain.fairness_along import Verdict
from domain.fairness_along import along as judged_along
from domain.fairness_history import Entry
from domain.fairness_history import history as history_of
from domain.finding import TEXTS
from domain.message import EARLIEST
from domain.policy import Language, Policy
from domain.record import Record
from domain.refusal import Refused
from ledger.errors import LedgerRejected
from policies.reading import resolve_names
from settings import Settings

PART_NAMES: dict[str, dict[Language, str]] = {
    "distributive": {"ko": "결과적 공정성", "en": "distributive"},
    "procedural": {"ko": "절차적 공정성", "en": "procedural"},
    "interactional": {"ko": "상호작용적 공정성", "en": "interactional"},
}
"""What a report's words are called, in both languages."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A report with the case that it is about; None where a file does not say.

    Attributes:
        along: what the rules found at each decision; None where nobody asked.
    """

    case_id: str | None
    report: FairnessReport
    along: tuple[Verdict, ...] | None = None


@dataclass(frozen=True, slots=True)
class Judgeable:
    """What a case is judged by."""

    entries: tuple[Entry, ...]
    pinned: Policy
    at: datetime


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("fairness")(fairness)


def fairness(
    case: Annotated[str | None, typer.Argument(metavar="CASE", help="The case number.")] = None,
    *,
    history: Annotated[
        str | None,
        typer.Option(metavar="FILE|-", help="Judge what `redress history CASE --json` printed, offline."),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(help="With --history: a shipped policy's name or a YAML file; else the opening's own."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Judge as of this time (ISO 8601); else the end, or now."),
    ] = None,
    days: Annotated[
        str | None,
        typer.Option(
            "--period",
            metavar="FROM..TO",
            help="Findings of all cases over these days, and what many cases show together.",
        ),
    ] = None,
    by: Annotated[By, typer.Option(help="What findings of a period are gathered by.")] = By.DEPARTMENT,
    along: Annotated[
        bool, typer.Option("--along", help="Also what the rules found at each decision, and at the end.")
    ] = False,
    viewer: Viewer = None,
    language: Annotated[str, typer.Option(help="ko or en.")] = "en",
    as_json: Json = False,
) -> None:
    """Judge how fairly a case was treated: findings with the events that prove them, and measures."""
    spoken = _language(language)
    if sum(each is not None for each in (case, history, days)) != 1:
        raise Refused("CASE: name a case, or a file with --history, or days with --period", code="usage")
    if days is not None:
        asked_days = period(days)
        found = run(over_period(find_settings(), asked_days, by, instant(at), viewer_of(viewer)))
        answer(found, shown(found, asked_days, spoken), as_json=as_json)
        return
    asked = instant(at)
    number = case_number(case) if case is not None else None
    if number is not None:
        told = run(_from_ledger(find_settings(), number, asked, viewer_of(viewer)))
    else:
        told = _offline(history or "", policy, asked)
    verdicts = judged_along(told.entries, told.pinned, told.at) if along else None
    judged = Judged(number, report(told.entries, told.pinned, told.at), verdicts)
    answer(judged, _shown(judged, spoken), as_json=as_json)


def _language(given: str) -> Language:
    if given == "ko":
        return "ko"
    if given == "en":
        return "en"
    raise Refused("--language: use ko or en", code="invalid")


def _offline(source: str, name: str | None, at: datetime | None) -> Judgeable:
    """Read a file, to be judged under the policy that its opening names, as shipped now, or the one given."""
    told = read_entries(source)
    opening = opening_of(source, told)
    own = opening.policy.partition("/")[0] if opening else None
    chosen = name or (own if own in resolve_names() else None)
    if chosen is None:
        raise Refused("--policy: name the policy under which to judge this history", code="policy")
    entries = tuple(each.entry for each in told)
    year = (opening.received_at if opening else entries[0].at).year
    pinned = policies.load(chosen, year_from=min(max(year, EARLIEST.year), datetime.now(UTC).year))
    check_sense(source, told, pinned)
    return Judgeable(entries, pinned, at or entries[-1].at)


async def _from_ledger(
    settings: Settings, number: str, at: datetime | None, viewer: Actor | None
) -> Judgeable:
    async with ledger(settings) as store:
        recorded = await store.read(number)
        policies = await store.policies()
    if not recorded:
        raise NotFound(f"there is no case {number}")
    entries = entries_of(recorded)
    pinned = pinned_of(entries, policies)
    if pinned is None:
        raise LedgerRejected("the opening of the case, or its pinned policy, is not in the ledger any more")
    judged_at = at or as_of(entries, datetime.now(UTC))
    return Judgeable(as_seen(history_of(entries, pinned, judged_at), viewer).entries, pinned, judged_at)


def _shown(judged: Judged, language: Language) -> RenderableType:
    found = judged.report
    title = {"ko": f"공정성 {found.score}점", "en": f"Fairness {found.score} of 100"}[language]
    where = f"{judged.case_id}: " if judged.case_id else ""
    parts: list[RenderableType] = [plain(f"{where}{title}  ({found.policy}, {when(found.at)})")]
    for part in found.parts:
        lines = table(f"\n{PART_NAMES[part.part][language]}  {part.kept_per_cent} %", "", "", "", "", "")
        lines.show_header = False
        for each in part.findings:
            repair = each.repair[language] if each.repair else ""
            proof = ", ".join(f"#{seq}" for seq in each.proof)
            row(lines, each.rule, TEXTS[each.rule].name[language], each.what[language], proof, each.clause)
            row(lines, "", "", f"{STATES[each.state][language]}  {repair}", "", "")
        measures = {"distributive": found.outcome, "procedural": found.process}.get(part.part, found.manner)
        parts += [lines, plain(_counted(measures))]
    if judged.along is not None:
        parts.append(_along_shown(judged.along, language))
    if not found.whole:
        note({"ko": "(기록이 온전하지 않습니다)", "en": "(the history is not whole)"}[language])
    return Group(*parts)


def _along_shown(verdicts: tuple[Verdict, ...], language: Language) -> RenderableType:
    title = {"ko": "결정할 때마다", "en": "At each decision"}[language]
    lines = table(f"\n{title}", "#", "", "", "")
    lines.show_header = False
    for each in verdicts:
        stand = ", ".join(f"{found.rule} {found.about}" for found in each.findings[each.new :])
        new = ", ".join(f"{found.rule} {found.about}" for found in each.findings[: each.new])
        row(lines, f"#{each.seq}", each.kind, f"+ {new}" if new else "", stand)
    return lines


def _counted(measures: Record) -> str:
    return "  ".join(f"{name}={_short(value)}" for name, value in measures)


def _short(value: object) -> str:
    if isinstance(value, Record):
        return "/".join(str(each) for _, each in value)
    return "-" if value is None else str(value)
