"""`redress redact CASE SEQ`: have the words of one event erased, on a legal ground that a second approved."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

import typer

from cli.cases import Case
from cli.commanding import By, CommandId, actor
from cli.connection import case_number, cases, find_settings, ledger, run
from cli.output import Json, answer, plain
from cli.sight import folded
from client import NotFound, Redress
from domain.case import is_over
from domain.redaction import order_of
from domain.redaction_events import GROUNDS, WHY, Redact
from domain.refusal import Refused
from ledger.fold import fold_case, wordless
from ledger.store import EventStore
from settings import Settings
from workflows.decode import command_from
from workflows.messages import Carried, Receipt

LOOKS, BETWEEN = 100, 0.1
"""How often, and how many seconds apart, the ledger is looked at for what became of an order."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What became of an order: erased; or ordered, and the words go as soon as the ledger answers."""

    case_id: str
    seq: int
    state: str
    ground: str
    because: str
    command_id: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    grounds = "; ".join(f"{name} ({words[1]})" for name, words in GROUNDS.items())
    app.command("redact", epilog=f"Grounds: {grounds}.")(redact)


def redact(
    case: Case,
    seq: Annotated[int, typer.Argument(metavar="SEQ", help="The event, as `redress show` numbers it.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, without the words themselves; it is recorded.")],
    ground: Annotated[str, typer.Option(help="The legal ground; see below.")],
    approved_by: Annotated[
        str, typer.Option(metavar="ID", help="A supervisor or head, not the owner and not whoever asks.")
    ],
    by: By,
    command_id: CommandId = None,
    as_json: Json = False,
) -> None:
    """Erase the words, names and contacts of one event; who did what when, and every figure, stays."""
    number = case_number(case)
    fields = {"seq": seq, "reason": reason, "ground": ground, "approved_by": approved_by}
    command = command_from("redact", {**fields, "id": command_id or uuid4().hex, "by": actor(by)})
    sent = command.model_dump(mode="json", exclude={"at"}, exclude_none=True)
    if not isinstance(command, Redact):
        raise TypeError(command.kind)
    state = run(_redact(find_settings(), number, command, sent))
    because = GROUNDS[command.ground][1]
    told = "its words are erased" if state == "erased" else "its words go as soon as the ledger answers"
    answer(
        Erasure(number, seq, state, command.ground, because, command.id),
        plain(f"{number}, event {seq}: {told} ({because})"),
        as_json=as_json,
    )


async def _redact(settings: Settings, number: str, command: Redact, sent: dict[str, Any]) -> str:
    async with cases(settings) as redress, ledger(settings) as store:
        try:
            receipt = await redress.submit_fields(number, command.kind, sent)
        except NotFound:
            receipt = await _after_its_end(redress, store, number, command.kind, sent)
        return await _became(store, number, command.seq, receipt)


async def _after_its_end(
    redress: Redress, store: EventStore, number: str, name: str, sent: dict[str, Any]
) -> Receipt:
    """Have one more run of an ended case do it, which begins without a word of anybody's."""
    found = await folded(store, number)
    if not found.entries:
        raise NotFound(f"there is no case {number}")
    if found.case is None:
        raise Refused(
            "events of this case were erased by hand; it cannot be folded from the ledger", code="erased"
        )
    if not is_over(found.case):
        raise Refused(f"nothing runs the case, and it has not ended; redress revive {number}", code="stopped")
    bare = fold_case(await store.policies(), wordless(found.entries))
    carried = Carried(case=bare, head=found.entries[-1].hash)
    return await redress.submit_to_ended(found.case, carried, name, sent)


async def _became(store: EventStore, number: str, seq: int, receipt: Receipt) -> str:
    """Wait a little for the errands of an order, and say how far it is.

    Raises:
        Refused: it came to nothing.
    """
    for _ in range(LOOKS):
        case = (await folded(store, number)).case
        order = (
            order_of(case.redactions, seq) if case is not None and case.version > receipt.version else None
        )
        if order is not None and order.why is not None:
            raise Refused(WHY[order.why][1], code=order.why)
        if order is not None and order.state == "erased":
            return order.state
        await asyncio.sleep(BETWEEN)
    return "ordered"
