"""`redress queue`: whom to speak to next, over all cases; inbound and outbound apart or in one list."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from cli.connection import find_settings, ledger, run
from cli.output import Json, answer, row, table, when
from domain.contact import Direction
from domain.refusal import Refused
from domain.row import OwedFor, QueuedContact
from settings import Settings

WORDS: dict[OwedFor, str] = {
    "answer": "첫 응대 · first answer",
    "message": "고객 연락에 답변 · answer to the customer",
    "supervisor": "상급자 면담 · supervisor asked for",
    "update": "진행 안내 · update",
    "promise": "약속 이행 · promise",
    "result": "결과 직접 안내 · tell the result",
    "call_back": "진정 후 재연락 · call back",
    "happy_call": "해피콜 · happy call",
    "retention": "이탈 우려 고객 연락 · talk to keep them",
}
"""What each contact is for."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("queue")(queue)


def queue(
    direction: Annotated[
        Direction | None,
        typer.Option(help="inbound: the customer waits; outbound: we have to begin. Left out: both."),
    ] = None,
    *,
    department: Annotated[str | None, typer.Option(help="Only contacts of this department's cases.")] = None,
    who: Annotated[str | None, typer.Option(metavar="ID", help="Only what lies with this person.")] = None,
    free: Annotated[bool, typer.Option("--free", help="Only what lies with nobody yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    as_json: Json = False,
) -> None:
    """List whom to speak to next: every contact that is owed, what falls due first at the top."""
    if free and who is not None:
        raise Refused("free, who: what lies with somebody is not free; give one of them", code="invalid")
    found = run(_read(find_settings(), direction, department, who, free=free, limit=limit))
    answer(found, _shown(found, datetime.now(UTC), cut=len(found) == limit), as_json=as_json)


async def _read(
    settings: Settings,
    direction: Direction | None,
    department: str | None,
    who: str | None,
    *,
    free: bool,
    limit: int,
) -> list[QueuedContact]:
    async with ledger(settings) as store:
        return await store.contacts(
            direction=direction, department=department, who=who, free=free, limit=limit
        )


def _shown(found: list[QueuedContact], now: datetime, *, cut: bool) -> Table:
    lines = table(
        f"the first {len(found)} contacts (--limit)" if cut else f"{len(found)} contacts",
        "case",
        "direction",
        "what for",
        "since",
        "not before",
        "due",
        "",
        "priority",
        "department",
        "who",
    )
    for each in found:
        late = "late" if each.due is not None and each.due < now else ""  # at the due instant is in time
        row(
            lines,
            each.case_id,
            each.direction,
            WORDS[each.what],
            when(each.since),
            when(each.not_before),
            when(each.due),
            late,
            each.priority,
            each.department or "-",
            each.who or "-",
        )
    return lines
