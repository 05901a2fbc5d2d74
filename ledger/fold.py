"""Folds what the ledger holds of a case back into the case, as its workflow had it."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from pydantic import TypeAdapter

from domain.case import Case, CaseEvent, evolve, unopened
from domain.chain import RecordedEvent
from domain.improvement_events import ImprovementEvent
from domain.improvement_state import Improvement, unheard_of
from domain.improvement_state import evolve as evolve_request
from domain.improvement_view import improvement_row
from domain.intake import CaseOpened
from domain.policy import Policy
from domain.record import canonical
from domain.rest import rest_of
from domain.row import CaseRow, ImprovementRow
from domain.theme import is_request
from domain.view import case_row
from ledger.errors import LedgerRejected

_EVENTS: TypeAdapter[CaseEvent] = TypeAdapter(CaseEvent)
_OF_REQUESTS: TypeAdapter[ImprovementEvent] = TypeAdapter(ImprovementEvent)


def events_of(entries: Sequence[RecordedEvent]) -> tuple[CaseEvent, ...]:
    """Return the events as the domain knows them.

    Raises:
        ValidationError: where a body is not an event (or was erased).
    """
    return tuple(_EVENTS.validate_json(entry.body) for entry in entries)


def wordless(entries: Sequence[RecordedEvent]) -> tuple[RecordedEvent, ...]:
    """Return the events with what is left of each without its words: it folds to the same line.

    Raises:
        ValidationError: as `events_of`.
    """
    left = (canonical(rest_of(event)) for event in events_of(entries))
    return tuple(entry.model_copy(update={"body": rest}) for entry, rest in zip(entries, left, strict=True))


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


def events_of_request(entries: Sequence[RecordedEvent]) -> tuple[ImprovementEvent, ...]:
    """Return the events of an improvement request.

    Raises:
        ValidationError: as `events_of`.
    """
    return tuple(_OF_REQUESTS.validate_json(entry.body) for entry in entries)


def fold_request(entries: Sequence[RecordedEvent]) -> Improvement:
    """Return the improvement request after all these events; it pins its own rules."""
    return reduce(evolve_request, events_of_request(entries), unheard_of(entries[0].case_id))


def fold_row(
    policies: Mapping[str, Policy],
) -> Callable[[Sequence[RecordedEvent]], CaseRow | ImprovementRow]:
    """Return what makes a read-model row of all events of a case, or of an improvement request."""

    def row(entries: Sequence[RecordedEvent]) -> CaseRow | ImprovementRow:
        if is_request(entries[0].case_id):
            return improvement_row(fold_request(entries))
        return case_row(fold_case(policies, entries))

    return row
