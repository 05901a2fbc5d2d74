"""The ledger's events as the fairness rules read them, with the policy that was pinned at the opening."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.chain import RecordedEvent
from domain.fairness_history import Entry
from domain.intake import CaseOpened
from domain.policy import Policy
from ledger.fold import events_of


def entries_of(recorded: Sequence[RecordedEvent]) -> tuple[Entry, ...]:
    """Return the events; one whose words were erased keeps its number, time and kind."""
    return tuple(
        Entry(
            seq=each.seq,
            at=datetime.fromisoformat(each.at),
            kind=each.kind,
            event=events_of((each,))[0] if each.body else None,
        )
        for each in recorded
    )


def pinned_of(entries: Sequence[Entry], policies: Mapping[str, Policy]) -> Policy | None:
    """Return the policy under which a case was opened; None where opening or policy are gone."""
    opening = entries[0].event if entries else None
    return policies.get(opening.policy_hash) if isinstance(opening, CaseOpened) else None
