"""`redress simulate`: complaints from files live through weeks in seconds, with played people and faults."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

import policies
import sandbox
from cli import proof_shown
from cli.app import ProofFailed
from cli.connection import run
from cli.judging import Proof
from cli.output import Json, answer, note, plain, row, table
from cli.parts import Part
from cli.rows import POLICY_OF, Format, Rejected, Row, format_of, rows
from cli.simulation import Simulated, simulated
from cli.tally import shown
from domain.intake import Opening, open_case
from domain.policy import Policy
from domain.refusal import Refused
from sandbox.chance import mark
from sandbox.faults import BadPlan, FaultPlan, LoseAnswer, Refuse, load_plan
from sandbox.manners import BadManners, StaffManners, staff_manners

SAMPLES = Path(sandbox.__file__).parent / "samples"
BESIDE_CFPB = (SAMPLES / "retail.jsonl", SAMPLES / "korean.jsonl")
"""Hand-written voices of every kind, channel and department; no financial complaint moves goods."""

DEFAULT_FAULTS = FaultPlan(
    faults=(
        Refuse(service="courier", operation="book_collection", calls=2, reason="no van goes there this week"),
        LoseAnswer(service="bank", operation="pay_refund", calls=1),
        LoseAnswer(service="courier", operation="reserve_replacement", calls=1),
    )
)
"""Without a plan: couriers refuse, and two answers are lost, one of them about money."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(
    inputs: Annotated[
        list[Path], typer.Option("--input", help="A file of complaints; may stand several times.")
    ],
    *,
    seed: Annotated[int, typer.Option(help="What all luck is drawn from.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="Of every file; told by header or extension without it.")
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days after which a case is left as it is.")
    ] = 365,
    faults: Annotated[
        Path | None, typer.Option(help="What the outside world does wrong (docs/ports.md); some without it.")
    ] = None,
    staff_faults: Annotated[
        str,
        typer.Option(
            help="What staff do wrong: none, planted (and found), usual, careless, or a file of shares."
        ),
    ] = "usual",
    as_json: Json = False,
) -> None:
    """Play complaints on a private stack with time skipping, from opening to end; then verify."""
    plan, manners = _plans(faults, staff_faults)
    parts, rejected = _parts(inputs, form, seed, manners)
    note(f"{len(parts)} complaints; starting a private stack ...")
    done = run(
        simulated(parts, seed=seed, limit=timedelta(days=days), plan=plan, rejected=rejected, quiet=as_json)
    )
    _tell(done, as_json=as_json)
    if not done.holds:
        raise ProofFailed


def _plans(faults: Path | None, staff_faults: str) -> tuple[FaultPlan, StaffManners]:
    try:
        return (load_plan(faults) if faults else DEFAULT_FAULTS), staff_manners(staff_faults)
    except OSError as error:
        raise Refused(f"{faults}: cannot be read: {error.strerror}", code="file") from None
    except BadPlan as bad:
        raise Refused(f"{faults}: {bad}", code="plan") from None
    except BadManners as bad:
        raise Refused(str(bad), code="plan") from None


def _parts(
    inputs: list[Path], form: Format | None, seed: int, manners: StaffManners
) -> tuple[list[Part], tuple[Rejected, ...]]:
    parts: list[Part] = []
    rejected: list[Rejected] = []
    formats = [form or format_of(path) for path in inputs]
    named = list(zip(inputs, formats, strict=True))
    if Format.CFPB in formats:
        named += [(path, Format.JSONL) for path in BESIDE_CFPB]
    for path, known in named:
        policy = policies.load(POLICY_OF[known])
        for read in rows(path, known, ZoneInfo(policy.calendar.timezone)):
            checked = read if isinstance(read, Rejected) else _checked(read, policy, parts)
            if isinstance(checked, Rejected):
                rejected.append(checked)
                note(f"{path.name}, line {checked.line}: {checked.reason}")
            else:
                opening = _with_customer(checked.opening, seed)
                parts.append(Part(opening=opening, policy=policy, staff=manners))
    return parts, tuple(rejected)


def _checked(read: Row, policy: Policy, before: list[Part]) -> Row | Rejected:
    """Reject what cannot be opened, and what would be the same case as an earlier row."""
    opening = read.opening
    try:
        open_case(opening, policy=policy, source_key="-", key_digest="-", at=datetime.now(UTC))
    except Refused as refused:
        return Rejected(read.line, refused.reason)
    same = ((each.opening.source, each.opening.source_key) for each in before)
    if opening.source_key is not None and (opening.source, opening.source_key) in same:
        return Rejected(read.line, "source_key: stands in an earlier row; it would be the same case")
    return read


def _with_customer(opening: Opening, seed: int) -> Opening:
    """Give a complaint without contact a customer: derived from the seed and the source key."""
    if opening.contact.customer_id is not None:
        return opening
    customer = f"cust-{mark(seed, opening.source, opening.source_key or opening.text)}"
    return opening.model_copy(
        update={"contact": opening.contact.model_copy(update={"customer_id": customer})}
    )


def _tell(done: Simulated, *, as_json: bool) -> None:
    slips = Counter(slip for played in done.played for slip in played.slips)
    refused = Counter(f"{name}: {code}" for played in done.played for name, code in played.refused)
    stuck = {played.number: played.stuck for played in done.played if played.stuck}
    told = {
        "seconds": round(done.seconds, 1),
        "cases": done.tally.cases,
        "events": done.tally.events,
        "ends": done.tally.ends,
        "happened": done.tally.happened,
        "slips": dict(slips),
        "refused": dict(refused),
        "stuck": stuck,
        "improvements": done.improved,
        "rejected": done.rejected,
        "verify": done.verify,
        **(_proved(done.proof) if done.proof else {}),
    }
    more = {
        "commands": sum(played.commands for played in done.played),
        "commands refused": refused.total(),
        "slips of staff": slips.total(),
        "improvement requests": ", ".join(f"{n} {state}" for state, n in done.improved.states.items()),
        "verify": f"{len(done.verify.breaches)} breaches ({', '.join(done.verify.checked)})",
    }
    answer(told, shown(done.tally, seconds=done.seconds, more=more), as_json=as_json)
    if not as_json and done.proof is not None:
        for each in proof_shown.shown(done.proof):
            answer(None, each, as_json=False)
    if not as_json and done.verify.breaches:
        lines = table("Breaches", "invariant", "case", "what")
        for breach in done.verify.breaches:
            row(lines, breach.invariant, breach.case_id, breach.what)
        answer(None, lines, as_json=False)
    for number, why in stuck.items():
        note(str(plain(f"{number} is stuck: {why}")))


def _proved(proof: Proof) -> dict[str, object]:
    """Return what a program is told of the faults of staff: first what the script wrote down."""
    return {
        "planted": proof.script.planted,
        "refused_attempts": proof.script.refused,
        "not_planted": proof.script.not_planted,
        "found": proof.found,
        "by_fault": proof.comparison.counted,
        "missed": proof.comparison.missed,
        "unexplained": proof.comparison.unexplained,
        "let_through": proof.comparison.let_through,
        "reopened_of_dissatisfied": proof.reopened_of_dissatisfied,
        "ended_without_notice": proof.ended_without_notice,
    }
