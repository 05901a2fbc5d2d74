"""Folds what the ledger holds of a case back into the case, as its workflow had it."""

from collections.abc import Callable, Mapping, Sequence

from pydantic import TypeAdapter

from domain.case import Case, CaseEvent, evolve, unopened
from domain.chain import RecordedEvent
from domain.intake import CaseOpened
from domain.policy import Policy
from domain.row import CaseRow
from domain.view import case_row
from ledger.errors import LedgerRejected

_EVENTS: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)


def events_of(entries: Sequence[RecordedEvent]) -> tuple[CaseEvent, ...]:
    """Return the events as the domain knows them.

    Raises:
        ValidationError: where a body is not an event (or was erased).
    """
    return tuple(_EVENTS.validate_json(entry.body) for entry in entries)


def fold_case(policies: Mapping[str, Policy], entries: Sequence[RecordedEvent]) -> Case:
    """Return the case after all these events, under the policy that was pinned at its opening.

    Raises:
        LedgerRejected: where the ledger does not begin with an opening or its policy is missing.
    """
    events = events_of(entries)
    first = events[0] if events else None
    if not isinstance(first, CaseOpened):
        raise LedgerRejected("the events do not begin with an opening")
    policy = policies.get(first.policy_hash)
    if policy is None:
        raise LedgerRejected("the pinned policy of the case is not in the ledger")
    case = unopened(entries[0].case_id, policy)
    for event in events:
        case = evolve(case, event)
    return case


def fold_row(policies: Mapping[str, Policy]) -> Callable[[Sequence[RecordedEvent]], CaseRow]:
    """Return what makes a read-model row of all events of a case."""
    return lambda entries: case_row(fold_case(policies, entries))
