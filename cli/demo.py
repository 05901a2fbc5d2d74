"""`redress demo`: a narrated tour; hand-written complaints live through their weeks in seconds."""

import asyncio
import contextlib
import signal
import sys
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from cli.app import ProofFailed
from cli.connection import run
from cli.embedded import options
from cli.output import Json, answer, console, note, plain
from cli.tour import SEED, Toured, tour
from stack.addresses import UI_PORT, free_ports, require_free
from stack.embedded import Stack
from stack.errors import StackError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the stack up at the end, until Ctrl-C.")] = False,
    as_json: Json = False,
) -> None:
    """Watch complaints live through weeks in seconds: a narrated tour in Korean and English."""
    toured = run(_demo(keep=keep, as_json=as_json))
    if toured.verify.breaches:
        raise ProofFailed


async def _demo(*, keep: bool, as_json: bool) -> Toured:
    note("Starting a real Temporal server, Postgres, the sandbox and two workers for this demo ...")
    asked = options(time_skipping=True, workers=2, ui_port=_ui_port())
    asked = replace(asked, sandbox_command=(*asked.sandbox_command, "--seed", str(SEED)))
    async with Stack(asked) as stack:
        show = Console(stderr=True, quiet=True) if as_json else console()
        toured = await tour(stack, show)
        _close(toured, keep=keep, as_json=as_json)
        if keep:
            await _until_interrupted()
    return toured


def _ui_port() -> int:
    """Return the usual port of the UI, another where that is taken."""
    with contextlib.suppress(StackError):
        require_free(UI_PORT, "the UI")
        return UI_PORT
    return free_ports(1)[0]


def _close(toured: Toured, *, keep: bool, as_json: bool) -> None:
    breaches = [f"{each.invariant} {each.case_id}: {each.what}" for each in toured.verify.breaches]
    happened = ", ".join(f"{count} {name}" for name, count in toured.tally.happened.items() if count)
    words = (
        f"\n{toured.tally.cases} cases, {toured.tally.events} events in {toured.seconds:.0f} s: {happened}\n"
        f"verify: {', '.join(toured.verify.checked)} hold; "
        + (f"{len(breaches)} BREACHES: {'; '.join(breaches)}" if breaches else "no breach")
        + f"\nTemporal UI: {toured.ui} "
        + (
            "(up until Ctrl-C)"
            if keep
            else "(gone now; `redress demo --keep` keeps it, `redress up` starts your own)"
        )
    )
    answer(toured, plain(words), as_json=as_json)
    sys.stdout.flush()


async def _until_interrupted() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
