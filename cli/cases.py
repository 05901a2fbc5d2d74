"""Commands for cases: open, list, show."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_args

import typer
from rich.text import Text

import policies
from cli.connection import case_number, cases, find_settings, ledger, run
from cli.output import Json, answer, note, row, table, when
from cli.reading import opening_from, read_bytes
from cli.sight import Sight, shown, sight
from cli.viewer import Viewer, viewer_of
from client import Opened
from domain.intake import Opening
from domain.permission import Stage
from domain.policy import Policy
from domain.policy_terms import VocType
from domain.refusal import Refused
from domain.row import CaseRow
from settings import Settings

AT_RISK = 24.0
"""Hours before a deadline from which a case counts as at risk."""

TYPES = (*get_args(VocType), "unknown")
"""What a case can be listed by; unknown: nobody has classed it yet."""

YEARS = 6
"""Years of holidays for a case, from this one on."""

LONGEST_PAST = 30
"""Years before this one of which holidays are looked up."""

Case = Annotated[
    str, typer.Argument(metavar="CASE", help="The case number; capitals, dashes and O/0 do not matter.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("open")(open_case)
    app.command("list")(list_cases)
    app.command("show")(show_case)


def open_case(
    source: Annotated[
        str, typer.Argument(metavar="FILE|-", help="One complaint as JSON; - reads standard input.")
    ],
    policy: Annotated[str | None, typer.Option(help="A shipped policy's name or a YAML file.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Open a case and print its number; opening the same complaint again gives the same case."""
    opening = opening_from(read_bytes(source), source)
    settings = find_settings()
    if opening.place is not None and policy not in (None, settings.policy):
        raise Refused(
            "--policy: what is taken in at a branch or store is opened under the published policy; "
            "ask for an exception in the case (request_exception)",
            code="published",
        )
    opened = run(_open(settings, opening, policy))
    answer(opened, Text(opened.number), as_json=as_json)
    if opened.existing and not as_json:
        note("this case existed already")  # beside the number, which a script reads


async def _open(settings: Settings, opening: Opening, policy: str | None) -> Opened:
    held = pinned(policy or settings.policy, opening.received_at)
    async with cases(settings) as redress:
        return await redress.open(opening, held)


def pinned(name: str, received: datetime | None) -> Policy:
    """Return the version in force now, with holidays from receipt on to the years that a case may last."""
    today = datetime.now(UTC)
    now = today.year
    year = min(received.year, now) if received else now
    if year < now - LONGEST_PAST:  # the case itself says what it thinks of such a date
        year = now
    version = str(policies.in_force(name, today))
    return policies.load(version, year_from=year, years=now - year + YEARS)


def list_cases(
    *,
    owner: Annotated[str | None, typer.Option(metavar="ID", help="Only cases of this owner.")] = None,
    stage: Annotated[
        Stage | None, typer.Option(help="Only cases at this stage; `ended` shows closed ones.")
    ] = None,
    department: Annotated[str | None, typer.Option(help="Only cases with this department.")] = None,
    customer: Annotated[str | None, typer.Option(metavar="ID", help="Only cases of this customer.")] = None,
    product: Annotated[str | None, typer.Option(help="Only cases about this product.")] = None,
    voc_type: Annotated[
        str | None,
        typer.Option("--type", help="Only complaint, inquiry, compliment, suggestion or unknown."),
    ] = None,
    within: Annotated[float, typer.Option(min=0, help="Hours that count as at risk.")] = AT_RISK,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    at_risk: Annotated[
        bool, typer.Option("--at-risk", help="Only cases with a deadline that is near.")
    ] = False,
    parked: Annotated[bool, typer.Option("--parked", help="Only cases that wait for a human.")] = False,
    ended: Annotated[bool, typer.Option("--all", help="Closed cases too.")] = False,
    by_priority: Annotated[
        bool, typer.Option("--by-priority", help="What the policy ranks highest first.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List cases, what falls due first at the top."""
    if voc_type is not None and voc_type not in TYPES:
        raise Refused(f"type: use one of {', '.join(TYPES)}", code="invalid")
    before = datetime.now(UTC) + timedelta(hours=within) if at_risk else None
    wanted = {
        "owner": owner,
        "stage": stage,
        "department": department,
        "customer": customer,
        "product": product,
        "voc_type": voc_type,
        "due_before": before,
        "parked": parked or None,
        "ended": None if ended or stage == "ended" else False,
        "limit": limit,
        "by_priority": by_priority,
    }
    found = run(_list(find_settings(), wanted))
    lines = table(
        f"{len(found)} cases",
        "case",
        "stage",
        "severity",
        "priority",
        "owner",
        "next due",
        "what",
        "parked or end",
    )
    for each in found:
        due = each.dues[0] if each.dues else None
        place = (each.case_id, each.stage, each.severity, each.priority, each.owner or each.department)
        row(lines, *place, when(due.due if due else None), due.name if due else "-", each.parked or each.end)
    answer(found, lines, as_json=as_json)


async def _list(settings: Settings, wanted: dict[str, Any]) -> list[CaseRow]:
    async with ledger(settings) as store:
        return await store.cases(**wanted)


def show_case(case: Case, viewer: Viewer = None, *, as_json: Json = False) -> None:
    """Show where a case stands, what falls due when and why, and what happened."""
    seen: Sight = run(sight(find_settings(), case_number(case), viewer_of(viewer)))
    answer(seen, shown(seen), as_json=as_json)
