"""Commands to a case: submit, escalate, approve, and the list of all there are."""

from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.text import Text

from cli import catalogue
from cli.cases import Case
from cli.connection import cases, find_settings, run, subject
from cli.output import Json, answer, plain
from cli.reading import bounded, json_object, read_bytes
from client import Unreachable
from domain.record import iso
from domain.refusal import Refused
from domain.theme import is_request
from settings import Settings
from workflows.decode import command_from, improvement_command_from
from workflows.messages import Receipt

By = Annotated[str, typer.Option("--by", metavar="ROLE:ID", help="Who asks, for example supervisor:sup-01.")]
CommandId = Annotated[
    str | None,
    typer.Option("--id", help="The command's own id; sent again, it is answered again and done once."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("submit", epilog=f"Commands: {catalogue.names()}. `redress commands` explains them.")(submit)
    app.command("commands")(list_commands)
    app.command("escalate")(escalate)
    app.command("approve")(approve)


def submit(
    case: Case,
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="Its name, for example accept_case.")],
    *,
    by: By,
    data: Annotated[
        str, typer.Option(metavar="JSON|@FILE", help="The command's fields as a JSON object.")
    ] = "{}",
    command_id: CommandId = None,
    occurred_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When it happened, where that was earlier (ISO 8601 with offset)."),
    ] = None,
    signal: Annotated[
        bool, typer.Option("--signal", help="A letter: stored at once, nobody waits for an answer.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Send any command to a case, or to an improvement request, and print its receipt."""
    fields = _fields(data)
    if occurred_at is not None:
        fields["occurred_at"] = instant(occurred_at, "occurred_at")
    _give(case, command, by, fields, command_id, signal=signal, as_json=as_json)


def escalate(
    case: Case,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    by: By,
    command_id: CommandId = None,
    *,
    as_json: Json = False,
) -> None:
    """Move a case one level up."""
    _give(case, "escalate_case", by, {"reason": reason}, command_id, signal=False, as_json=as_json)


def approve(
    case: Case,
    proposal: Annotated[str, typer.Option(metavar="HASH", help="The proposal, as `redress show` names it.")],
    by: By,
    command_id: CommandId = None,
    *,
    as_json: Json = False,
) -> None:
    """Approve exactly this proposal."""
    _give(case, "approve_remedy", by, {"proposal": proposal}, command_id, signal=False, as_json=as_json)


def list_commands(
    name: Annotated[str | None, typer.Argument(help="Only this command, in full.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """List every command that a case takes, with its fields and who may give it."""
    if name is None:
        entries = catalogue.catalogue()
        answer(entries, catalogue.overview(entries), as_json=as_json)
    else:
        found = catalogue.entry(name)
        answer(found, catalogue.detail(found), as_json=as_json)


def _fields(data: str) -> dict[str, Any]:
    if data.startswith("@"):
        return json_object(read_bytes(data[1:]), data[1:])
    return json_object(bounded(data.encode("utf-8", "surrogateescape"), "--data"), "--data")


def instant(given: str, name: str) -> str:
    """Return a time as commands carry it.

    Raises:
        Refused: it has no offset, or is none.
    """
    try:
        return iso(datetime.fromisoformat(given))
    except ValueError:
        raise Refused(
            f"{name}: write an ISO 8601 time with an offset, such as 2026-11-22T09:00:00+09:00",
            code="invalid",
        ) from None


def _give(
    case: str,
    name: str,
    by: str,
    fields: dict[str, Any],
    command_id: str | None,
    *,
    signal: bool,
    as_json: bool,
) -> None:
    number = subject(case)
    catalogue.entry(name)
    stated = {"id": command_id or uuid4().hex, "by": actor(by)}
    twice = sorted(stated.keys() & fields.keys())
    if twice:
        raise Refused(f"{twice[0]}: is given by its own option; leave it out of --data", code="invalid")
    read = improvement_command_from if is_request(number) else command_from
    command = read(name, {**fields, **stated})
    sent = command.model_dump(mode="json", exclude={"at"}, exclude_none=True)
    receipt = run(_send(find_settings(), number, name, sent, signal=signal))
    told = {"case_id": number, "command_id": command.id, "sent": "signal"} if receipt is None else receipt
    answer(told, _words(receipt, number, command.id), as_json=as_json)


def actor(by: str) -> str:
    """Return who asks, as commands carry it.

    Raises:
        Refused: it has not both parts.
    """
    role, colon, person = by.partition(":")
    if not (role and colon and person):
        raise Refused("by: write ROLE:ID, for example supervisor:sup-01", code="invalid")
    return by


async def _send(
    settings: Settings, number: str, name: str, fields: dict[str, Any], *, signal: bool
) -> Receipt | None:
    try:
        async with cases(settings) as redress:
            if signal:
                await redress.send(number, name, fields)
                return None
            return await redress.submit_fields(number, name, fields)
    except Unreachable as error:
        raise Unreachable(f"{error} (the command's id was {fields['id']})") from None


def _words(receipt: Receipt | None, number: str, command_id: str) -> Text:
    if receipt is None:
        return plain(
            f"{command_id} is stored with case {number} and carried out as soon as a worker is there"
        )
    what = ", ".join(receipt.events) or "nothing changed: it was already so"
    if receipt.attempt:
        what += f"; not on your own authority, and recorded as an attempt: {receipt.attempt}"
    return plain(f"{what}  ({number} at version {receipt.version}; command {command_id})")
