"""The harms that a customer stated in a case that is joined are claimed in the case that stays.

They keep the number of the case that they came from, so that a split takes them along again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.actor import Actor
from domain.message import Event
from domain.remedy_state import Remedy
from domain.triage import MAX_LINES, Classification, HarmClaimed, HarmLine, TriageEvent, evolve


def stated(case_id: str, events: Iterable[Event], *, own: bool) -> tuple[HarmLine, ...]:
    """Return the harms that a case states, by its events.

    Args:
        case_id: Where they were stated.
        events: What happened there.
        own: Whether they become the other case's own, as a split has it, or stay marked as from here.
    """
    classed = Classification()
    for event in events:
        if isinstance(event, TriageEvent):
            classed = evolve(classed, event)
    here = (line for line in classed.harm_lines if not own or line.origin is None)
    return tuple(line if own else _from(case_id, line) for line in here)


def _from(case_id: str, line: HarmLine) -> HarmLine:
    if line.origin is not None:
        return line
    return line.model_copy(update={"id": f"{case_id}/{line.id}", "origin": case_id})


def claimed(
    triage: Classification, lines: Sequence[HarmLine], *, currency: str, at: datetime, by: Actor
) -> tuple[HarmClaimed, ...]:
    """Claim what another case states and this one does not say already, as far as a case has room."""
    standing, found = list(triage.harm_lines), list[HarmClaimed]()
    for line in lines:
        in_this_currency = line.amount is None or line.amount.currency == currency
        if not in_this_currency or len(standing) >= MAX_LINES or any(_says(each, line) for each in standing):
            continue
        standing.append(line)
        found.append(HarmClaimed(line=line, at=at, by=by))
    return tuple(found)


def _says(known: HarmLine, line: HarmLine) -> bool:
    """Say whether a line adds nothing to one that stands: a bare harm of a kind, or the same words."""
    if known.id == line.id:
        return True
    bare = not line.stated and line.amount is None
    return known.harm == line.harm and (bare or (known.stated, known.amount) == (line.stated, line.amount))


STANDS = ("reserving", "waiting_approval", "approved", "offered", "agreed")
"""States of a proposal that somebody may still act on as it is."""


def leaving(triage: Classification, remedy: Remedy, case_id: str) -> tuple[str, ...]:
    """Return the lines that a split takes along: those from that case about which nothing is decided."""
    standing = remedy.proposal if remedy.proposal and remedy.proposal.state in STANDS else None
    decisions = (*remedy.done, *(standing.plan.decisions if standing else ()))
    decided = {decision.harm_line for decision in decisions}
    return tuple(line.id for line in triage.harm_lines if line.origin == case_id and line.id not in decided)
