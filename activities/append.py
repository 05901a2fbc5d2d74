"""What the workflow hands to the ledger's activity; models only, so that workflows import nothing else."""

from domain.chain import RecordedEvent
from domain.policy import Policy
from domain.record import Record
from domain.row import CaseRow, ImprovementRow

APPEND_EVENTS = "append_events"
"""Name of the activity."""


class AppendEvents(Record):
    """A batch of events of one case (or improvement request) and its line for the read model.

    Attributes:
        row: the fold up to the last of these events; None where more batches follow.
        policy: the pinned policy, with the first batch only: without it nobody could fold the ledger.
    """

    case_id: str
    events: tuple[RecordedEvent, ...]
    row: CaseRow | ImprovementRow | None = None
    policy: Policy | None = None
