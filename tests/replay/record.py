"""Records a history of every kind of life: `python -m tests.replay.record --reason "why" [NAME ...]`.

A recorded history is a promise to cases that are under way: current code must replay it. Record anew only
where a change breaks it on purpose (tests/histories/README.md says when that is right), and say why: the
reason is written down there.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import WorkflowHistory

from tests.workflows.environment import Environment, environment
from tests.workflows.lives import LIVES
from tests.workflows.requests import REQUESTS
from workflows.names import improvement_workflow_id, workflow_id

FOLDER = Path(__file__).parent.parent / "histories"
README = FOLDER / "README.md"


async def record(names: Sequence[str]) -> dict[str, int]:
    """Live each life on a real server and keep the history of each of its runs; return bytes by file."""
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        async with environment(Path(folder)) as env:
            for name in names:
                workflow = await _lived(env, name)
                await env.reset()
                for place, history in enumerate(await _runs(env, workflow), start=1):
                    path = FOLDER / (f"{name}-{place}.json" if place > 1 else f"{name}.json")
                    path.write_text(_compact(history), encoding="utf-8")
                    sizes[path.name] = path.stat().st_size
    return sizes


async def _lived(env: Environment, name: str) -> str:
    """Live a life, of a case or of an improvement request, and return its workflow id."""
    if name in REQUESTS:
        return improvement_workflow_id((await REQUESTS[name](env)).id)
    return workflow_id((await LIVES[name](env)).number)


async def _runs(env: Environment, workflow: str) -> list[WorkflowHistory]:
    """Return the history of every run, oldest first."""
    found = [
        each
        async for each in env.temporal.list_workflows(f"WorkflowId = '{workflow}'")
        if each.start_time is not None
    ]
    found.sort(key=lambda each: each.start_time)
    handles = [env.temporal.get_workflow_handle(each.id, run_id=each.run_id) for each in found]
    return [await handle.fetch_history() for handle in handles]


def _compact(history: WorkflowHistory) -> str:
    """Return the history as JSON, one event a line, so that a change of one shows as one line."""
    events = json.loads(history.to_json())["events"]
    lines = ",\n".join(json.dumps(event, separators=(",", ":"), sort_keys=True) for event in events)
    return f'{{"events":[\n{lines}\n]}}\n'


def main(arguments: Sequence[str] | None = None) -> int:
    """Record and write down why."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay.record", description=__doc__)
    parser.add_argument("--reason", required=True, help="why the recorded histories no longer hold")
    parser.add_argument(
        "names", nargs="*", choices=[[], *LIVES, *REQUESTS], metavar="NAME", help="which; without: all"
    )
    options = parser.parse_args(arguments)
    logging.getLogger("temporalio").setLevel(logging.ERROR)  # refusals are part of these lives
    sizes = asyncio.run(record(options.names or [*LIVES, *REQUESTS]))
    with README.open("a", encoding="utf-8") as readme:
        readme.write(
            f"- {datetime.now(UTC):%Y-%m-%d}: {', '.join(options.names) or 'all'}: {options.reason}\n"
        )
    for name, size in sizes.items():
        sys.stdout.write(f"{size:9,} {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
