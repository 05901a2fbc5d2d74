"""One line about a case: what lists show and what the ledger's read model keeps."""

from typing import Literal

from domain.contact import Direction
from domain.record import Instant, Line, Record

OwedFor = Literal[
    "answer", "message", "supervisor", "update", "promise", "result", "call_back", "happy_call", "retention"
]
"""Why a customer is to be spoken to."""


class Due(Record):
    """Something that falls due: its name, and when."""

    name: str
    due: Instant


class OwedContact(Record):
    """A contact that is owed to the customer.

    Attributes:
        direction: inbound where the customer began and waits, outbound where the firm has to begin.
        since: since when the customer waits for it, or would have it coming.
        due: by when; None where no target of the policy says so, or while one is paused.
        not_before: when it may be made at the earliest; None: at once.
        who: id of the person it lies with; None while it lies with nobody, or with nobody who may make it.
    """

    what: OwedFor
    direction: Direction
    since: Instant
    due: Instant | None
    not_before: Instant | None = None
    who: Line | None = None


class QueuedContact(OwedContact):
    """An owed contact as a queue over all cases shows it, with whose case it is and how it ranks."""

    case_id: str
    stage: str
    department: str | None
    severity: str | None
    priority: int


class CaseRow(Record):
    """The open-cases read model, a fold over the events up to `version`. No words, no contacts.

    Attributes:
        version: seq of the last event folded in.
        customer: the customer's id where the case knows one.
        dues: all deadlines that run, earliest first.
        parked: why the case waits for a human; None where it does not.
        end: how the case ended; None while it runs.
        priority: how much sooner than others it is looked at, by the policy's rows.
        caller_key: keyed digest of the customer's telephone number, by which a call finds the case.
        claim: the order and customer that a later case about the same claim has too; None where no rule
            may join this one.
        contacts: what the customer is to hear from a person, what falls due first at the top.
    """

    case_id: str
    version: int
    source: str
    key_digest: str
    voc_type: str
    product: str | None
    severity: str | None
    stage: str
    department: str | None
    owner: str | None
    level: int
    customer: str | None
    opened_at: Instant
    last_at: Instant
    dues: tuple[Due, ...]
    parked: str | None
    end: str | None
    acknowledged: bool
    refunds: tuple[str, ...] = ()
    priority: int = 0
    caller_key: str | None = None
    claim: str | None = None
    contacts: tuple[OwedContact, ...] = ()

    @property
    def id(self) -> str:
        """Under which its events are kept."""
        return self.case_id


class ImprovementRow(Record):
    """The read model of improvement requests, a fold over the events up to `version`.

    Attributes:
        theme: fault or suggestion.
        cases: how many like cases there are; `months` says how many failed in which.
        falls_due: the limit that runs: to be taken on, or to be done.
        next_due: the next instant at which something happens by itself.
    """

    improvement_id: str
    version: int
    theme: str
    department: str
    product: str
    cause: str
    state: str
    why: str | None
    round: int
    cases: int
    payouts: int
    first_failed_at: Instant | None
    last_failed_at: Instant | None
    months: dict[str, int]
    safety: bool
    owner: str | None
    level: int
    falls_due: Instant | None
    late: bool
    recurrences: int
    next_due: Instant | None
    last_at: Instant | None

    @property
    def id(self) -> str:
        """Under which its events are kept."""
        return self.improvement_id
