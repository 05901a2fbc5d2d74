"""What was asked in vain: refusals that matter, letters nobody could read, and attempts to stop a case."""

from typing import Literal

from domain.message import Event
from domain.record import Line

ATTEMPTS_MATTER = frozenset(
    {
        "approve_exception",
        "propose_remedy",
        "approve_remedy",
        "reject_remedy",
        "accept_remedy",
        "mark_step_done",
        "undo_by_hand",
        "retry_step",
        "skip_step",
        "give_account",
        "check_account",
        "request_supervisor",
        "record_meeting",
        "withdraw_request",
        "note_withdrawal",
        "withdraw_harm",
        "redact",
    }
)
"""Commands on money, authority, the right to a supervisor and erasing: a refused one is itself an event."""


class AttemptRefused(Event):
    """Somebody asked for something that may not be."""

    kind: Literal["attempt_refused"] = "attempt_refused"
    command: Line
    command_id: Line
    code: Line
    reason: Line


class LetterRefused(Event):
    """A signal could not be read or may not be; of garbage only its length and digest are kept."""

    kind: Literal["letter_refused"] = "letter_refused"
    name: Line
    reason: Line
    length: int
    digest: Line


class CancellationRequested(Event):
    """Somebody asked the server to cancel the workflow; a case ends only as its rules say."""

    kind: Literal["cancellation_requested"] = "cancellation_requested"


AttemptEvent = AttemptRefused | LetterRefused | CancellationRequested
