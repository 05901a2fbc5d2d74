"""`redress listen` reads what the outside reports of itself; `redress calls` lists calls without a case."""

import asyncio
import json
import signal
from dataclasses import asdict
from typing import Annotated

import typer

from activities.feeds import Feeds
from activities.http import open_client
from cli.connection import cases, find_settings, ledger_pool, run
from cli.figures import FiguresSender
from cli.listening import LATER, Heard, Listener, Say
from cli.output import Json, answer, plain, row, table, when
from domain.refusal import Refused
from ledger.listening import ListeningStore, UnplacedCall
from settings import Settings

WORDS = {
    "opened": "opened for post",
    "added": "added from post",
    "removed": "notes the end of post",
    "ring": "rings:",
    "contact": "has the contact of call",
    "unplaced": "belongs to no one case: call",
    "joining": "is one claim with an earlier one:",
    "refused": "could not be taken:",
    "figures": "asks the head about the figures of the last period",
    "waiting": "waiting:",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("listen")(listen)
    app.command("calls")(calls)


def listen(
    every: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds between looks.")] = 2.0,
    *,
    once: Annotated[bool, typer.Option("--once", help="Read what is there now, and end.")] = False,
    as_json: Json = False,
) -> None:
    """Read board posts and calls, and join what is one claim, until SIGTERM or Ctrl-C.

    Posts open cases and their removal is noted; a ring brings up the caller's profile and cases, and a call
    that ended becomes a contact. The figures of each week or month that is over go to the head who answers
    for them. Killed at any moment it goes on where it was.
    """
    settings = find_settings()
    if not settings.sandbox_url:
        raise Refused("REDRESS_SANDBOX_URL is not set; a listener needs it", code="settings")
    run(_listen(settings, every, once=once, as_json=as_json))


async def _listen(settings: Settings, every: float, *, once: bool, as_json: bool) -> None:
    stop = asyncio.Event()
    for name in () if once else (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)

    def say(heard: Heard) -> None:
        told = json.dumps(asdict(heard), ensure_ascii=False) if as_json else _line(heard)
        typer.echo(told)

    async with (
        cases(settings) as redress,
        ledger_pool(settings.database_url) as pool,
        open_client(settings.sandbox_url) as outside,
    ):
        listener = Listener(redress, ListeningStore(pool), Feeds(outside), policy=settings.policy, say=say)
        sender = FiguresSender(redress, pool, settings)
        while not stop.is_set():
            if not once:
                await _send_figures(sender, say)
            news = await listener.once()
            if once and not news:
                return
            if not news:
                await _pause(stop, every)


async def _send_figures(sender: FiguresSender, say: Say) -> None:
    try:
        request = await sender.once()
    except LATER as error:
        say(Heard("waiting", "figures", note=str(error)))
        return
    if request is not None:
        say(Heard("figures", request))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def _line(heard: Heard) -> str:
    note = f" ({heard.note})" if heard.note else ""
    said = f"{', '.join(heard.cases)} {WORDS[heard.what]} {heard.subject}{note}".strip()
    return "\n".join((said, *(f"  {label}: {text}" for label, text in heard.brief)))


def calls(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    *,
    as_json: Json = False,
) -> None:
    """List calls that belong to no one case: of a caller nobody knows, or who has several cases."""
    found = run(_calls(find_settings(), limit))
    lines = table(
        f"{len(found)} calls without a case", "when", "call", "answered", "wait", "minutes", "cases"
    )
    for each in found:
        answered = "yes" if each.reached else "no"
        told = (answered, f"{each.wait_seconds} s", each.minutes, ", ".join(each.cases) or "unknown caller")
        row(lines, when(each.happened), each.reference, *told)
    hint = plain("log one with `redress submit CASE log_contact`, naming the call as its reference")
    answer(found, lines if found else hint, as_json=as_json)


async def _calls(settings: Settings, limit: int) -> tuple[UnplacedCall, ...]:
    async with ledger_pool(settings.database_url) as pool:
        return await ListeningStore(pool).unplaced(limit)
