"""What travels between a case's workflow and the world: its input, what it carries on, and its receipts."""

from domain.case import Case
from domain.chain import GENESIS, RecordedEvent
from domain.improvement_state import Improvement
from domain.intake import Opening
from domain.policy import Policy
from domain.record import Id, Line, Record


class Receipt(Record):
    """The answer to a command.

    Attributes:
        version: seq of the case's last event after it.
        events: kinds of what happened; empty where it was already so.
        refused: why it was refused, where the refusal itself is part of the history; else None.
        code: the refusal's word for programs, or the attempt's.
        attempt: why what was asked may not be done alone, where it goes to a second person instead.
    """

    case_id: Id
    command_id: Id
    version: int
    events: tuple[Line, ...] = ()
    refused: str | None = None
    code: str | None = None
    attempt: str | None = None


class Answered(Record):
    """A command that was answered; sent again under its id it gets the same receipt.

    Attributes:
        digest: of the command, so that another command under the same id is told apart.
    """

    digest: str
    receipt: Receipt


class Baggage(Record):
    """What a run hands to the next one beside the state of its decider."""

    head: str = GENESIS
    unwritten: tuple[RecordedEvent, ...] = ()
    came_back: tuple[str, ...] = ()
    answered: tuple[Answered, ...] = ()
    pinned: Policy | None = None


class Carried(Baggage):
    """What a run hands to the next one, or what `revive` folds from the ledger."""

    case: Case


class CaseInput(Record):
    """The start of a run: an opening and its policy for the first, what is carried on for the next.

    Attributes:
        caller_key: keyed digest of the customer's telephone number; empty where none is known.
        carry_on_after: events after which a run continues as new; part of the history, so that a changed
            default never moves a running case.
    """

    case_id: Id
    policy: Policy | None = None
    opening: Opening | None = None
    source_key: str = ""
    key_digest: str = ""
    caller_key: str = ""
    carried: Carried | None = None
    carry_on_after: int = 500


class CaseSummary(Record):
    """How a case ended."""

    case_id: Id
    end: Line
    version: int
    head: str


class ImprovementCarried(Baggage):
    """The same of an improvement request."""

    request: Improvement


class ImprovementInput(Record):
    """The start of a run of an improvement request; its first case comes with the start, as a signal."""

    improvement_id: Id
    carried: ImprovementCarried | None = None
    carry_on_after: int = 500
