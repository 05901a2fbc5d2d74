"""What the domain is told: commands from people and systems, facts from the interpreter; and what it answers.

A command comes from outside and is stamped with the time at which it was taken. A fact comes from the
interpreter only: handlers decode commands and nothing else, or anyone could say "the refund succeeded".
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from domain.actor import REDRESS, Actor
from domain.effect import Result
from domain.record import Id, Instant, Line, Record

UNSTAMPED = datetime.min.replace(tzinfo=UTC)
"""The time of a command that no interpreter has taken yet."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing that a case counts from lies before this: earlier is a slip of the pen."""


class Command(Record):
    """Something somebody asks for.

    Attributes:
        id: the sender's own id for this request; sent again, it is answered again and done once.
        by: who asks.
        occurred_at: when it happened, where that was earlier (postmark, call record); never after `at`.
        at: when the interpreter took it; stamped there, never by the sender.
    """

    id: Id
    by: Actor
    occurred_at: Instant | None = None
    at: Instant = UNSTAMPED

    @property
    def happened(self) -> datetime:
        """When the thing itself happened."""
        return self.occurred_at or self.at


class Event(Record):
    """Something that happened, never changed afterwards.

    Attributes:
        due: for events of a deadline: when it fell due; `at` may be later, never earlier.
    """

    at: Instant
    by: Actor = REDRESS
    due: Instant | None = None


class Decision(Event):
    """Something that the policy decided, or somebody under it.

    Attributes:
        policy: its name and version.
        clause: the clause that was applied.
    """

    policy: Line | None = None
    clause: Line | None = None


class LetTimePass(Record):
    """It is now `at`."""

    kind: Literal["let_time_pass"] = "let_time_pass"
    at: Instant


class EffectSucceeded(Record):
    """The outside world did what was asked under this key."""

    kind: Literal["effect_succeeded"] = "effect_succeeded"
    at: Instant
    key: Line
    result: Result


class EffectRefused(Record):
    """The outside world refused for good; `code` is its stable word for why, where it has one."""

    kind: Literal["effect_refused"] = "effect_refused"
    at: Instant
    key: Line
    reason: Line
    code: Line | None = None


class OutcomeUnknown(Record):
    """Nobody knows whether it happened: time-out, retries used up, cancelled."""

    kind: Literal["outcome_unknown"] = "outcome_unknown"
    at: Instant
    key: Line


Fact = LetTimePass | EffectSucceeded | EffectRefused | OutcomeUnknown
CameBack = EffectSucceeded | EffectRefused | OutcomeUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """An instant at which something falls due.

    Attributes:
        name: unique within the case while it stands, `stage/what:number`, for example `promise/kept:2`.
        due: at this instant is in time; strictly later is late.
    """

    name: str
    due: datetime
