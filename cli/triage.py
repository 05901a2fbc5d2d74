"""`redress triage`: what the rules read from a text, and how often they agree with those who knew better."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

import policies
from cli import cfpb, cfpb_labels
from cli.checks.evidence import events, ledger_of
from cli.connection import find_settings, run
from cli.output import Json, answer, plain, row, table
from domain.assignment import CaseRerouted
from domain.policy import Policy
from domain.refusal import Refused
from domain.suggestion import suggest
from domain.triage import Triaged
from ledger.pool import open_pool
from ledger.store import EventStore

NOTHING = "(no rule matched)"
NARRATIVE, PRODUCT, ISSUE = "Consumer complaint narrative", "Product", "Issue"


@dataclass(slots=True)
class Confusion:
    """How often each label met each suggestion; labels are what counts as right."""

    met: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """How many rows were compared."""
        return self.met.total()

    @property
    def labels(self) -> list[tuple[str, int]]:
        """Each label and its rows, the most frequent first."""
        counts: Counter[str] = Counter()
        for (label, _), times in self.met.items():
            counts[label] += times
        return counts.most_common()

    @property
    def right(self) -> float:
        """Share of rows of which the suggestion is the label."""
        return _share(sum(times for (label, said), times in self.met.items() if label == said), self.rows)

    @property
    def majority(self) -> float:
        """Share of rows that always answering the most frequent label would get right."""
        return _share(self.labels[0][1], self.rows) if self.rows else 0.0

    def recall(self, label: str) -> float:
        """Share of a label's rows that were suggested as such."""
        return _share(self.met[label, label], dict(self.labels)[label])

    def suggested(self, label: str) -> list[tuple[str, int]]:
        """Return what was suggested for a label's rows, the most frequent first."""
        found = Counter({said: times for (known, said), times in self.met.items() if known == label})
        return found.most_common()

    def as_json(self) -> dict[str, object]:
        """Return the figures for a program."""
        return {
            "rows": self.rows,
            "right": self.right,
            "majority_baseline": self.majority,
            "classes": [
                {
                    "label": label,
                    "rows": times,
                    "recall": self.recall(label),
                    "suggested": dict(self.suggested(label)),
                }
                for label, times in self.labels
            ],
        }


@dataclass(slots=True)
class Evaluation:
    """What a file gave: rows with words compared, rows without counted apart."""

    product: Confusion = field(default_factory=Confusion)
    cause: Confusion = field(default_factory=Confusion)
    without_words: int = 0


def evaluate(policy: Policy, rows: Iterable[Mapping[str, str]]) -> Evaluation:
    """Compare the rules' reading of each narrative with the labels; the rules see the narrative only."""
    found = Evaluation()
    for each in rows:
        words = each[NARRATIVE].strip()
        if not words:
            found.without_words += 1
            continue
        read = suggest(policy, words)
        found.product.met[cfpb_labels.family(each[PRODUCT]), read.product or NOTHING] += 1
        found.cause.met[cfpb_labels.cause(each[ISSUE]), read.cause or NOTHING] += 1
    return found


def register(app: typer.Typer) -> None:
    """Add the commands."""
    triage = typer.Typer(
        help="What the rules of a policy read from a complaint's words.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    triage.command("suggest")(triage_suggest)
    triage.command("eval")(triage_eval)
    triage.command("rate")(triage_rate)
    app.add_typer(triage, name="triage")


def triage_suggest(
    text: Annotated[str, typer.Argument(help="The words; - reads them from standard input.")],
    policy: Annotated[str, typer.Option(help="A YAML file, or a shipped policy's name.")] = "retail-kr",
    *,
    as_json: Json = False,
) -> None:
    """Say what the rules read from a text, each with the words that matched; nothing is stored."""
    words = sys.stdin.read() if text == "-" else text
    found = suggest(policies.load(policy), words)
    kept = found.model_dump(exclude={"because", "routed"}).items()
    lines = [f"{name}: {value}" for name, value in kept if value]
    lines.append(f"  to {found.department} because: {found.routed}")
    reasons = [f"  {each.field} = {each.value}: {', '.join(each.words)}" for each in found.because]
    answer(found, plain("\n".join((*lines, "because:", *reasons))), as_json=as_json)


def triage_eval(
    files: Annotated[list[Path], typer.Argument(help="CSV files of the CFPB.")],
    policy: Annotated[str, typer.Option(help="A YAML file, or a shipped policy's name.")] = "finance-us",
    *,
    as_json: Json = False,
) -> None:
    """Compare the rules with the labels of complaints: confusion, recall per class, majority baseline."""
    found = evaluate(policies.load(policy), (each for file in files for each in _rows(file)))
    told = {
        "product": found.product.as_json(),
        "cause": found.cause.as_json(),
        "without_narrative": found.without_words,
    }
    shown = Group(
        _shown("product", found.product),
        _shown("cause (from the issue)", found.cause),
        plain(f"{found.without_words} rows have no narrative and were not compared"),
    )
    answer(told, shown, as_json=as_json)


def triage_rate(*, as_json: Json = False) -> None:
    """Say how often people corrected what the rules suggested, the department included (wrong routing)."""
    classed, moved = run(_classified())
    wrong = Counter(field for event in classed for field in event.corrects)
    told = {
        "classified": len(classed),
        "corrected": sum(bool(event.corrects) for event in classed),
        "fields": dict(wrong.most_common()),
        "moved_later": moved,
        "wrong_routing_rate": _share(wrong["department"] + moved, len(classed)),
    }
    grid = table(f"{len(classed)} cases were classified", "corrected", "cases", "share")
    for name, times in wrong.most_common():
        row(grid, name, times, f"{_share(times, len(classed)):.1%}")
    answer(told, grid, as_json=as_json)


async def _classified() -> tuple[list[Triaged], int]:
    """Return the first classification of every case that is not the rules' own, and how many moved later.

    Later classifications follow new facts, not a wrong reading; but where one hands an owned case to another
    department, it had been routed wrongly. A case counts once.
    """
    async with await open_pool(find_settings().database_url) as pool:
        ledger = await ledger_of(EventStore(pool))
    lives = [tuple(events(entries)) for entries in ledger.values()]
    firsts = [
        next((each for each in life if isinstance(each, Triaged) and not each.by_rules), None)
        for life in lives
    ]
    moved = sum(
        first is not None
        and "department" not in first.corrects
        and any(isinstance(each, CaseRerouted) for each in life)
        for first, life in zip(firsts, lives, strict=True)
    )
    return [first for first in firsts if first is not None], moved


def _shown(what: str, confusion: Confusion) -> Group:
    grid = table(f"{what}, by label", "label", "rows", "recall", "suggested instead")
    for label, times in confusion.labels:
        others = [f"{said} {count}" for said, count in confusion.suggested(label) if said != label]
        row(grid, label, times, f"{confusion.recall(label):.0%}", ", ".join(others))
    summary = (
        f"{what}: {confusion.right:.1%} of {confusion.rows} right; "
        f"always saying the most frequent one would be right for {confusion.majority:.1%}"
    )
    return Group(grid, plain(summary))


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            if not cfpb.is_header(list(reader.fieldnames or ())):
                raise Refused(f"{file}: the header lacks columns of the CFPB's format", code="format")
            return [{name: cell or "" for name, cell in each.items() if name} for each in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file}: cannot be read: {error}", code="file") from None


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
