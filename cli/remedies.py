"""`redress remedy` and `redress parked`: plan, money and steps of a case, and what waits for a human."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Group, RenderableType

from cli.cases import Case
from cli.connection import case_number, find_settings, ledger, run
from cli.output import Json, answer, plain, row, table, when
from cli.service_level import level_shown
from client import NotFound
from domain.after_sale import AfterSale, after_sale
from domain.case import unopened
from domain.intake import CaseOpened
from domain.message import Event
from domain.money import Money
from domain.parking import Parking, Way, parking, parking_of
from domain.plan import LineDecision
from domain.points import points_for
from domain.policy import Policy
from domain.remedy_view import Approval, PlanView, RemedyView, StepRow, remedy_view
from domain.row import CaseRow
from ledger.errors import LedgerRejected
from ledger.fold import events_of, fold_case
from ledger.store import EventStore
from settings import Settings


@dataclass(frozen=True, slots=True)
class Seen:
    """What `redress remedy` tells of a case."""

    remedy: RemedyView
    parked: Parking | None
    after_sale: AfterSale | None
    timezone: str


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("remedy")(show_remedy)
    app.command("parked")(list_parked)


def show_remedy(case: Case, *, as_json: Json = False) -> None:
    """Show plan, money, steps with their undos, approvals, and what is waiting for whom."""
    seen = run(_remedy(find_settings(), case_number(case)))
    answer(seen, _shown(seen), as_json=as_json)


async def _remedy(settings: Settings, number: str) -> Seen:
    async with ledger(settings) as store:
        return await look_at(store, number)


async def look_at(store: EventStore, number: str) -> Seen:
    """Return the remedy of a case as the ledger tells it.

    Raises:
        NotFound: the ledger has no such case.
    """
    entries = await store.read(number)
    if not entries:
        raise NotFound(f"the ledger has no case {number}")
    known = await store.policies()
    case, events = fold_case(known, entries), events_of(entries)
    return Seen(
        remedy=remedy_view(case, events),
        parked=_parking_of(known, number, events),
        after_sale=after_sale(events, case.policy),
        timezone=case.policy.calendar.timezone,
    )


def _parking_of(known: Mapping[str, Policy], number: str, events: Sequence[Event]) -> Parking | None:
    """Return why a case waits for a human; None where it does not."""
    opened = events[0]
    if not isinstance(opened, CaseOpened) or opened.policy_hash not in known:
        raise LedgerRejected("the ledger lacks the opening or the pinned policy of the case")
    return parking(unopened(number, known[opened.policy_hash]), events)


def list_parked(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    *,
    as_json: Json = False,
) -> None:
    """List what waits for a human: why, since when, for whom, and which commands let it go on."""
    found = run(_parked(find_settings(), limit))
    answer(found, _parked_shown(found), as_json=as_json)


async def _parked(settings: Settings, limit: int) -> list[Parking]:
    async with ledger(settings) as store:
        known = await store.policies()
        rows = await store.cases(parked=True, ended=False, limit=limit)
        found = [await _one(store, known, each) for each in rows]
    return sorted((each for each in found if each is not None), key=lambda each: each.since)


async def _one(store: EventStore, known: Mapping[str, Policy], found: CaseRow) -> Parking | None:
    """Return why one case waits; None where it went on since it was listed."""
    entries = await store.read(found.case_id)
    if all(entry.body for entry in entries):
        return _parking_of(known, found.case_id, events_of(entries))
    return parking_of(found)


# What a person sees. ---------------------------------------------------------------------------------------


def _shown(seen: Seen) -> RenderableType:
    zone, remedy = ZoneInfo(seen.timezone), seen.remedy
    money = remedy.money
    head = (
        f"{remedy.case_id}: remedy {remedy.state}, round {remedy.round}; decided {money.decided}, "
        f"paid {money.paid}, left {money.left}"
    )
    parts: list[RenderableType] = [plain(head)]
    parts += [_plan(each, zone, remedy.point_worth) for each in remedy.plans] or [
        plain("no plan was proposed (제안 없음)")
    ]
    if remedy.steps:
        parts.append(_steps(remedy.steps, zone))
    if remedy.waiting:
        parts.append(_waiting(remedy, zone))
    if seen.parked is not None:
        parts += _parking(seen.parked, zone)
    if seen.after_sale is not None:
        parts.append(level_shown(seen.after_sale))
    return Group(*parts)


def _plan(plan: PlanView, zone: tzinfo, point_worth: Money | None) -> RenderableType:
    title = (
        f"\nplan {plan.number} ({plan.hash[:8]}): {plan.state}, {plan.decided}, paid {plan.paid}, "
        f"by {plan.by} {when(plan.at, zone)}; approval {_approval(plan.approval, zone)}"
    )
    shown = table(title, "harm", "remedy", "amount", "ground", "why")
    for each in plan.plan.decisions:
        row(shown, each.harm_line, each.remedy, _amount(each, point_worth), each.ground, _why(each))
    for extra in plan.plan.extras:
        row(shown, "extra", extra.remedy, extra.amount, "", extra.reason)
    if plan.interest is not None:
        row(shown, "interest", "by law", plan.interest, "", "the money came late")
    if plan.withheld is not None:
        row(shown, "withheld", "", plan.withheld, "", "not all goods came back")
    back = "goods come back by prepaid label" if plan.plan.label else "goods come back"
    instead = [f"sent instead: {plan.plan.equivalent}"] if plan.plan.equivalent else []
    extras = [*plan.plan.gestures, *([back] if plan.plan.collect else []), *instead]
    if extras:
        row(shown, "", ", ".join(extras), "", f"fees: {plan.plan.fee_payer}", "")
    return shown


def _amount(decision: LineDecision, point_worth: Money | None) -> str | None:
    """Say what a decision gives: points as points, at the policy's rate."""
    if decision.amount is None:
        return None
    points = points_for(decision.amount, point_worth) if decision.remedy == "points" else None
    return str(decision.amount) if points is None else f"{points:,} points ({decision.amount})"


def _why(decision: LineDecision) -> str | None:
    return f"{decision.reason} [{decision.clause}]" if decision.reason else decision.clause


def _approval(approval: Approval, zone: tzinfo) -> str:
    if approval.by is None:
        return "needed (승인 대기)" if approval.needed else "not needed"
    verdict = f"rejected: {approval.rejected}" if approval.rejected else "given"
    return f"{verdict} by {approval.by} {when(approval.at, zone)}"


def _steps(steps: Iterable[StepRow], zone: tzinfo) -> RenderableType:
    shown = table("\nSteps (단계)", "step", "state", "undo", "reference", "again or done", "key")
    for each in steps:
        undo = "pivot" if each.pivot else "can be undone" if each.undoable else "-"
        undo = each.state if each.state.startswith("und") else undo
        at = each.again_at or each.done_at
        row(shown, each.step, each.state, undo, each.reference, when(at, zone), each.key)
    return shown


def _waiting(remedy: RemedyView, zone: tzinfo) -> RenderableType:
    shown = table("\nWaiting (대기)", "what", "for whom", "until", "", "")
    for each in remedy.waiting:
        row(shown, each.what, each.whom, when(each.due, zone), each.ko, each.en)
    return shown


def _parking(parked: Parking, zone: tzinfo | None) -> list[RenderableType]:
    """Show why a case waits, and the commands as they are typed, one line each."""
    lines = [
        f"\n{parked.case_id}: waits for {', '.join(parked.whom)} since {when(parked.since, zone)}",
        f"  {parked.ko}",
        f"  {parked.en}",
    ]
    for way in parked.ways:
        lines.append(f"    {_command(parked.case_id, way)} --by ROLE:ID  ({', '.join(way.roles)})")
        lines.append(f"      {way.ko} / {way.en}")
    return [plain(line) for line in lines]


def _command(case_id: str, way: Way) -> str:
    fields = ", ".join(f'"{name}": "{value}"' for name, value in way.fields.items())
    data = f" --data '{{{fields}}}'" if fields else ""
    return f"redress submit {case_id} {way.command}{data}"


def _parked_shown(found: list[Parking]) -> RenderableType:
    if not found:
        return plain("nothing waits for a human (사람을 기다리는 건이 없습니다)")
    parts: list[RenderableType] = [plain(f"{len(found)} cases wait for a human")]
    for each in found:
        parts += _parking(each, None)
    return Group(*parts)
