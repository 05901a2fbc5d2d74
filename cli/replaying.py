"""Holds current code against the history of every case of a drill, and keeps what it does not replay."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from temporalio.client import Client, WorkflowHistory

from cli.histories import runs_of
from ledger.breach import Breach
from workflows.replay import Difference, replay


async def unreplayable(temporal: Client, numbers: Sequence[str]) -> tuple[Breach, ...]:
    """Name the cases whose recorded history current code does not replay; each history is saved to a file."""
    found: list[Breach] = []
    for number in numbers:
        for history in await runs_of(temporal, number):
            differences = await replay(history)
            if differences:
                found.append(Breach("replay", number, _told(differences[0], _kept(number, history))))
    return tuple(found)


def _told(first: Difference, file: Path) -> str:
    return f"{first.place} {first.path}: recorded {first.recorded}, now {first.replayed} ({file})"


def _kept(number: str, history: WorkflowHistory) -> Path:
    """Save a history that is a finding; the private stack that it came from goes with the drill."""
    file = Path(tempfile.mkdtemp(prefix="redress-drill-")) / f"{number}.json"
    file.write_text(history.to_json(), encoding="utf-8")
    return file
