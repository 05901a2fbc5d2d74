"""Gathers what is known of one case, from its workflow and from the ledger, and shows it."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType

from cli.connection import cases, ledger
from cli.output import plain, row, table, when, words
from cli.service_level import level_shown, phases_shown
from cli.why import DueWhy, whys
from client import NotFound, RedressError, Unreachable
from domain.actor import Actor
from domain.after_sale import AfterSale, after_sale
from domain.case import Case
from domain.chain import RecordedEvent
from domain.follow_up_view import FollowUpView, follow_up_view, may_see_scores, without_scores
from domain.heat_view import UpsetView
from domain.phases import PhaseTaken, phases
from domain.record import iso
from domain.redaction import order_of
from domain.redaction_events import GROUNDS
from domain.remedy import WHOSE
from domain.view import CaseView, GuaranteeView, ProposalView, TaskView, WishView, view
from ledger.errors import LedgerError
from ledger.fold import events_of, fold_case
from ledger.rests import is_erased
from ledger.store import EventStore
from settings import Settings

ANSWER_WITHIN = 2.0
"""Seconds after which a workflow without a worker is read from the ledger instead."""

COMMON = {"kind", "at", "by"}


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a case; `fields` says when and on which ground where its words were erased.

    Where they were erased without a record of it, there are none.
    """

    seq: int
    at: str
    kind: str
    by: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a case.

    Attributes:
        source: workflow, or ledger where no worker answers.
        timezone: in which times are shown.
        notes: what could not be asked.
        after_sale: how soon and how courteously it was dealt with, where the ledger can be read.
        phases: time and cost before, on and after service, up to its last event; the same.
    """

    view: CaseView
    source: str
    timezone: str | None
    dues: tuple[DueWhy, ...]
    events: tuple[Happened, ...]
    notes: tuple[str, ...]
    after_sale: AfterSale | None = None
    phases: tuple[PhaseTaken, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the ledger holds of a case, folded."""

    entries: tuple[RecordedEvent, ...]
    case: Case | None


async def sight(settings: Settings, number: str, viewer: Actor | None = None) -> Sight:
    """Return what is known of a case, as far as this viewer may see it.

    Raises:
        NotFound: neither the server nor the ledger knows it.
        Unreachable: neither of them answers.
    """
    live, kept = await asyncio.gather(_live(settings, number), recorded(settings, number))
    known = kept if isinstance(kept, Recorded) else Recorded((), None)
    if isinstance(live, CaseView):
        seen, source = _with_scores(live, known, viewer), "workflow"
    elif known.case is not None:
        seen, source = view(known.case, head=known.entries[-1].hash, unwritten=0, viewer=viewer), "ledger"
    elif isinstance(live, NotFound) and isinstance(kept, Recorded):
        raise NotFound(f"there is no case {number}")
    else:
        raise live
    return Sight(
        view=seen,
        source=source,
        timezone=known.case.policy.calendar.timezone if known.case else None,
        dues=whys(seen.row.dues, known.case),
        events=seen_by(viewer, known),
        notes=tuple(str(each) for each in (live, kept) if isinstance(each, Exception)),
        after_sale=_level(known),
        phases=_phases(known),
    )


def _with_scores(live: CaseView, known: Recorded, viewer: Actor | None) -> CaseView:
    """The workflow keeps scores back from everybody; whoever may see them sees the ledger's."""
    if viewer is None or known.case is None or live.follow_up is None:
        return live
    return live.model_copy(update={"follow_up": follow_up_view(known.case, viewer)})


def seen_by(viewer: Actor | None, known: Recorded) -> tuple[Happened, ...]:
    """Return the events of a case; scores are kept back until its end from all but a supervisor."""
    every = tuple(_with_erasure(entry, known.case) for entry in known.entries)
    ended = any(entry.kind == "case_ended" for entry in known.entries)
    policy = known.case.policy if known.case else None
    if ended or (policy is not None and may_see_scores(policy, viewer, ended=False)):
        return every
    return tuple(replace(each, fields=without_scores(each.kind, each.fields)) for each in every)


def _level(known: Recorded) -> AfterSale | None:
    if known.case is None:
        return None
    return after_sale(events_of(known.entries), known.case.policy)


def _phases(known: Recorded) -> tuple[PhaseTaken, ...]:
    if known.case is None:
        return ()
    events = events_of(known.entries)
    return phases(events, known.case.policy, events[-1].at)


async def _live(settings: Settings, number: str) -> CaseView | RedressError:
    try:
        async with cases(settings) as redress, asyncio.timeout(ANSWER_WITHIN):
            return await redress.view(number)
    except RedressError as error:
        return error
    except TimeoutError:
        return Unreachable("no worker answers; start one with `redress worker`")


async def recorded(settings: Settings, number: str) -> Recorded | LedgerError:
    """Return what the ledger holds, or why it cannot be asked."""
    try:
        async with ledger(settings) as store:
            return await folded(store, number)
    except LedgerError as error:
        return error


async def folded(store: EventStore, number: str) -> Recorded:
    """Return a case as the ledger tells it; None for the case where a body was erased or nothing is there."""
    entries = await store.read(number)
    whole = entries and all(entry.body for entry in entries)
    return Recorded(entries, fold_case(await store.policies(), entries) if whole else None)


def happened(entry: RecordedEvent) -> Happened:
    """Return an entry of the ledger with its body's own fields."""
    body = json.loads(entry.body) if entry.body else {}
    own = {name: value for name, value in body.items() if name not in COMMON}
    return Happened(entry.seq, entry.at, entry.kind, entry.by, own)


def _with_erasure(entry: RecordedEvent, case: Case | None) -> Happened:
    """Say of an event whose words are gone when that was ordered, and on which ground."""
    told = happened(entry)
    order = order_of(case.redactions, entry.seq) if case is not None and is_erased(entry) else None
    if order is None:
        return told
    erased = {"at": iso(order.at), "ground": order.ground, "because": GROUNDS[order.ground][1]}
    return replace(told, fields={"erased": erased, **told.fields})


def shown(seen: Sight) -> RenderableType:
    """Return what a person sees."""
    zone = ZoneInfo(seen.timezone) if seen.timezone else None
    parts: list[RenderableType] = [_standing(seen.view)]
    if seen.dues:
        dues = table("\nFalls due", "when", "what", "why")
        for each in seen.dues:
            row(dues, when(each.due, zone), each.what, each.why)
        parts.append(dues)
    if seen.after_sale is not None:
        parts.append(level_shown(seen.after_sale))
    if seen.phases:
        parts.append(phases_shown(seen.phases))
    if seen.events:
        events = table("\nHappened", "", "when", "what", "by", "details")
        for event in seen.events:
            row(
                events,
                event.seq,
                when(datetime.fromisoformat(event.at), zone),
                event.kind,
                event.by,
                words(event.fields),
            )
        parts.append(events)
    return Group(*parts, *(plain(f"({each})") for each in seen.notes))


def _standing(view: CaseView) -> RenderableType:
    now = view.row
    lines = table(f"{now.case_id}: {now.stage}", "", "")
    lines.show_header = False
    proposal = view.proposal
    told = {
        "ended": now.end,
        "parked": now.parked,
        "class": f"{now.voc_type}, severity {now.severity or 'not classed'}, product {now.product or '-'}",
        "department": now.department,
        "owner": f"{now.owner} (level {now.level})" if now.owner else None,
        "suggested": _suggested(view),
        "lacks": f"{', '.join(view.lacks)}: the next hand-over repairs it" if view.lacks else None,
        "upset": _upset(view.upset) if view.upset else None,
        "read by": "the rules; no person has confirmed it" if view.read_by_rules else None,
        "customer": now.customer,
        "opened by": "the firm itself, before the customer complained" if view.proactive else None,
        "counted with": ", ".join(view.improvements) or None,
        "came by": _came(view),
        "over limits": f"{view.over_limits} contacts" if view.over_limits else None,
        "acknowledged": when(view.acknowledged_at) if view.acknowledged_at else "not yet",
        "wants": view.wants,
        "treatment": _treatment(view),
        "exceptions": ", ".join(f"{each.number} {each.rule}: {each.state}" for each in view.exceptions)
        or None,
        "words": view.text or None,
        "proposal": f"{proposal.hash}  {proposal.state}, {_worth(proposal)}, by {proposal.by}"
        if proposal
        else None,
        "approval": _approval(view),
        "remedy": view.remedy if view.steps or view.remedy != "none" else None,
        "steps": ", ".join(f"{step.step} {step.state}" for step in view.steps) or None,
        "refunds": ", ".join(now.refunds) or None,
        "interest": f"{view.interest} by law, because money came late" if view.interest else None,
        "wishes": "; ".join(_wish(each) for each in view.wishes) or None,
        "guarantees": "; ".join(_guarantee(each) for each in view.guarantees) or None,
        "tasks": ", ".join(_task(each) for each in view.tasks) or None,
        "promises": "; ".join(
            f"{each.number} by {each.by}, due {when(each.due)}: {each.state}"
            + (f" ({each.what})" if each.what else "")
            for each in view.promises
        )
        or None,
        "joined into": view.joined_into,
        "holds as well": ", ".join(view.taken_in) or None,
        "linked with": ", ".join(view.linked) or None,
        "public post": view.post,
        "result": view.outcome,
        "happy call": view.happy_call if view.outcome else None,
        **(_follow_up(view.follow_up) if view.follow_up else {}),
        "waits for": ", ".join(view.waiting) or None,
        "paused": ", ".join(view.paused) or None,
        "supervisor": "the customer asked for one" if view.supervisor_requested else None,
        "not in ledger": f"{view.unwritten} events" if view.unwritten else None,
    }
    for name, value in told.items():
        if value is not None:
            row(lines, name, value)
    return lines


def _task(task: TaskView) -> str:
    review = f" (review of contact {task.reviews}, by {' or '.join(task.reviewers)})" if task.reviews else ""
    return f"{task.number} {task.department}: {task.state}{review}"


def _upset(upset: UpsetView) -> str:
    after = f" from {when(upset.not_before)}" if upset.not_before else ""
    until = f" until {when(upset.call_by)}" if upset.call_by else ""
    apart = f", not {' or '.join(upset.not_by)}" if upset.not_by else ""
    return f"in contact {upset.contact}: called back{after}{until}, by who has {upset.skill} or leads{apart}"


def _worth(proposal: ProposalView) -> str:
    return f"{proposal.total} and {proposal.points:,} points" if proposal.points else proposal.total


def _wish(wish: WishView) -> str:
    kind = f" ({wish.remedy})" if wish.remedy else ""
    return f"{wish.number}. {wish.wish}{kind}: {wish.answered or 'not answered yet'}"


def _guarantee(each: GuaranteeView) -> str:
    return f"{each.terms or each.guarantee} ({each.pays}{', broken' if each.broken else ''})"


def _follow_up(told: FollowUpView) -> dict[str, str | None]:
    answers = None
    if told.answered:
        answers = "kept back until the end"
    if told.answers:
        answers = ", ".join(
            f"{each.question} {each.answer}" + (f" of {each.scale.high}" if each.scale else "")
            for each in told.answers
        )
    return {
        "asked": ", ".join(told.asked) or None,
        "called by": told.caller,
        "answer link": told.link,
        "answers": answers,
        "written form": told.form,
        "reassured": f"{told.reassured} messages" if told.reassured else told.reassurance_stopped,
        "may leave": ", ".join(told.churn) or None,
        "retention due": when(told.retention_due) if told.retention_due else None,
    }


def _suggested(view: CaseView) -> str | None:
    if view.suggested_owner is None:
        return None
    return f"{view.suggested_owner} ({', '.join(view.suggested_because)})"


def _treatment(view: CaseView) -> str | None:
    if view.treatment is None or not view.treatment.rows:
        return None
    return f"priority {view.treatment.priority}, by {', '.join(view.treatment.rows)}"


def _came(view: CaseView) -> str:
    source = view.row.source if view.known_source else f"{view.row.source} (a channel that nobody knows)"
    return f"{source}, at {view.place}" if view.place else source


def _approval(view: CaseView) -> str | None:
    proposal = view.proposal
    if proposal is None or not proposal.needs_approval:
        return None
    if proposal.approved_by:
        return f"by {proposal.approved_by}"
    over = [WHOSE[bound] for bound in proposal.over if bound in WHOSE]
    split = f": with the other proposals of {' and of '.join(over)} above the authority of {proposal.by}"
    decides = f"; {proposal.approver} decides" if proposal.approver else ""
    return f"needed{split if over else ''}{decides}"
