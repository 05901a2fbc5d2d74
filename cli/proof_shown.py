"""What a person sees of a script's faults: what was planted, before any rule runs, and what was found."""

from collections.abc import Iterator

from rich.console import RenderableType

from cli.judging import Proof, Script
from cli.output import note, plain, row, table, when
from sandbox.staff_faults import WORDS


def write_down(script: Script) -> None:
    """Tell what was planted; no rule has seen a case yet."""
    for deed in script.planted:
        note(f"planted in {deed.case} at {when(deed.at)}: {deed.fault} ({WORDS[deed.fault]})")
    for deed in script.refused:
        note(f"tried in {deed.case} at {when(deed.at)}: {deed.fault}, refused ({deed.refused})")
    for case, fault in script.not_planted.items():
        note(f"never got its chance in {case}: {fault}")


def shown(proof: Proof) -> Iterator[RenderableType]:
    """Yield the table of faults, and a sentence for everything that does not hold."""
    lines = table("Faults of staff", "fault", "planted", "found", "by which rule")
    for each in proof.comparison.counted:
        rules = ", ".join(f"{rule} {count}" for rule, count in each.rules.items())
        row(lines, each.fault, each.planted, each.found, rules)
    yield lines
    again = proof.reopened_of_dissatisfied
    yield plain(
        f"refused attempts {len(proof.script.refused)}  without a chance {len(proof.script.not_planted)}  "
        f"findings {len(proof.found)}  reopened of dissatisfied {again.reopened}/{again.dissatisfied}"
    )
    yield from map(plain, _wrong(proof))


def _wrong(proof: Proof) -> Iterator[str]:
    for deed in proof.comparison.missed:
        yield f"MISSED: {deed.case}: {deed.fault}"
    for each in proof.comparison.unexplained:
        yield f"UNEXPLAINED: {each.case}: {each.rule} ({each.about})"
    for deed in proof.comparison.let_through:
        yield f"LET THROUGH: {deed.case}: {deed.fault}"
    for case in proof.ended_without_notice:
        yield f"ENDED WITHOUT NOTICE: {case}"
