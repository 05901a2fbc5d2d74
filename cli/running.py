"""Commands that run things: the embedded stack, and workers alone."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.connection import FOLDER, cases, find_settings, run, stack_folder
from cli.embedded import options
from cli.output import ExitCode, Json, answer, note, row, table
from domain.refusal import Refused
from settings import Settings
from stack.addresses import TEMPORAL_PORT, UI_PORT
from stack.embedded import Stack, StackOptions
from stack.processes import dies_with_parent

Port = Annotated[int, typer.Option(min=1, max=65535)]
FreePort = Annotated[int | None, typer.Option(min=1, max=65535, help="Any free one without it.")]

FINE = {0, -signal.SIGTERM}
"""How a worker ends that was told to; one that was told while it still started had nothing to finish."""

LISTENER = (sys.executable, "-m", "starter", "listen")
"""Reads boards and telephones, and joins equal claims, as long as the stack runs."""

HERE = Path(__file__).parent.parent
"""Where `worker.py` lies, installed or not."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("up")(up)
    app.command("worker")(worker)


def up(
    *,
    folder: Annotated[
        Path | None,
        typer.Option(envvar=FOLDER, help="Where everything is kept; $XDG_DATA_HOME/redress without it."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
    temporal_port: Port = TEMPORAL_PORT,
    ui_port: Port = UI_PORT,
    postgres_port: FreePort = None,
    sandbox_port: FreePort = None,
    as_json: Json = False,
) -> None:
    """Run Temporal with its UI, Postgres, the sandbox, workers and a listener, durable, until Ctrl-C."""
    asked = replace(
        options(folder=folder or stack_folder(), workers=workers),
        temporal_port=temporal_port,
        ui_port=ui_port,
        postgres_port=postgres_port,
        sandbox_port=sandbox_port,
        retention=timedelta(days=Settings().retention_days),
        listener_command=LISTENER,
    )
    run(_until_told(_up(asked, as_json=as_json)))


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    """Do the work until SIGINT or SIGTERM; then let it end in good order, also while it still starts."""
    task, told = asyncio.create_task(work), asyncio.create_task(_stop_event().wait())
    await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if task.done():
        await task
        return
    note("stopping ...")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


async def _up(asked: StackOptions, *, as_json: bool) -> None:
    note("starting Temporal, Postgres, sandbox, workers and listener ...")
    async with Stack(asked) as stack:
        _show(stack, as_json=as_json)
        await stack.supervise(note)


def _show(stack: Stack, *, as_json: bool) -> None:
    pids = {service.name: service.pid for service in stack.services}
    told = {**stack.addresses.model_dump(), "folder": str(stack.folder), "pids": pids}
    lines = table("Redress is up; Ctrl-C ends it", "", "")
    lines.show_header = False
    for name, value in told.items():
        row(
            lines, name, value if name != "pids" else ", ".join(f"{each} {pid}" for each, pid in pids.items())
        )
    row(lines, "next", "redress open FILE, redress queue, redress list, redress show CASE, redress verify")
    if stack.folder != stack_folder():
        row(lines, "", f"other commands find it by {FOLDER}={stack.folder}")
    answer(told, lines, as_json=as_json)
    sys.stdout.flush()


def worker(
    processes: Annotated[int, typer.Option(min=0, max=256, help="How many; 0: one per core.")] = 1,
    *,
    as_json: Json = False,
) -> None:
    """Run workers alone until SIGTERM or Ctrl-C; each finishes what it holds."""
    settings = find_settings()
    for name, value in (("DATABASE_URL", settings.database_url), ("SANDBOX_URL", settings.sandbox_url)):
        if not value:
            raise Refused(f"REDRESS_{name} is not set; a worker needs it", code="settings")
    raise typer.Exit(run(_workers(settings, processes or os.cpu_count() or 1, as_json=as_json)))


async def _workers(settings: Settings, count: int, *, as_json: bool) -> int:
    async with cases(settings):  # answers within three seconds where Temporal is away
        pass
    stop = asyncio.create_task(_stop_event().wait())
    running = [await _start(settings) for _ in range(count)]
    pids = [process.pid for process in running]
    told = table(f"{count} worker process(es): {', '.join(map(str, pids))}; SIGTERM ends them in good order")
    answer({"pids": pids}, told.title or "", as_json=as_json)
    sys.stdout.flush()
    ends = [asyncio.create_task(process.wait()) for process in running]
    await asyncio.wait({stop, *ends}, return_when=asyncio.FIRST_COMPLETED)
    asked = stop.done()
    stop.cancel()
    for process in running:
        if process.returncode is None:
            process.terminate()
    codes = await asyncio.gather(*ends)
    for pid, code in zip(pids, codes, strict=True):
        if code not in FINE:
            note(f"worker {pid} ended with {code}")
    return _code(codes, asked=asked)


async def _start(settings: Settings) -> Process:
    path = os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH"))))
    where = {
        "REDRESS_TEMPORAL_ADDRESS": settings.temporal_address,
        "REDRESS_TEMPORAL_NAMESPACE": settings.temporal_namespace,
        "REDRESS_DATABASE_URL": settings.database_url,
        "REDRESS_SANDBOX_URL": settings.sandbox_url,
    }
    return await asyncio.create_subprocess_exec(
        *dies_with_parent(signal.SIGTERM),
        *(sys.executable, "-m", "worker"),
        env={**os.environ, **where, "PYTHONPATH": path},
        # Ctrl-C in the terminal must reach only us: each worker is told once.
        start_new_session=True,
    )


def _code(codes: list[int], *, asked: bool) -> int:
    """Return 0 where all ended because they were told to, 3 where one found no Temporal."""
    if ExitCode.UNREACHABLE in codes:
        return ExitCode.UNREACHABLE
    return ExitCode.DONE if asked and FINE.issuperset(codes) else ExitCode.REFUSED
