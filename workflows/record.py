"""How events leave the workflow: hash-linked, as text, in batches that no limit of the server cuts."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from domain.chain import RecordedEvent, digest_of, link
from domain.message import UNSTAMPED, Command, Event
from domain.record import canonical, iso


class State(Protocol):
    """What recording reads of the state of a decider."""

    @property
    def id(self) -> str:
        """Under which its events are kept."""

    @property
    def version(self) -> int:
        """How many events it has."""

    @property
    def at(self) -> datetime | None:
        """The time of the last one."""


MAX_EVENTS = 200
MAX_BYTES = 256 * 1024
MAX_CARRIED = 512 * 1024
"""Unwritten events over this wait for the ledger in their run: an input over 2 MB would fail for ever."""


def recorded(state: State, event: Event, *, before: str, salt: str) -> RecordedEvent:
    """Return the event as it will be kept; `state` is the state after it, `before` the head before it."""
    body = canonical(event)
    kind: str = getattr(event, "kind", "")
    digest = digest_of(salt, body)
    at, by = iso(event.at), str(event.by)
    return RecordedEvent(
        case_id=state.id,
        seq=state.version,
        kind=kind,
        at=at,
        by=by,
        body=body,
        salt=salt,
        digest=digest,
        hash=link(before, case_id=state.id, seq=state.version, kind=kind, at=at, by=by, digest=digest),
    )


def take_batch(unwritten: Sequence[RecordedEvent]) -> tuple[RecordedEvent, ...]:
    """Return the first events that fit one activity: at most 200 or 256 KB, but always one."""
    taken: list[RecordedEvent] = []
    size = 0
    for entry in unwritten[:MAX_EVENTS]:
        size += _size(entry)
        if taken and size > MAX_BYTES:
            break
        taken.append(entry)
    return tuple(taken)


def may_be_carried(unwritten: Sequence[RecordedEvent]) -> bool:
    """Say whether these events fit into the input of a next run, beside the case itself."""
    return sum(_size(entry) for entry in unwritten) <= MAX_CARRIED


def _size(entry: RecordedEvent) -> int:
    return len(entry.body.encode()) + 400


def digest_of_command(command: Command) -> str:
    """Return what tells one command from another under the same id, whenever it was taken."""
    return sha256(canonical(command.model_copy(update={"at": UNSTAMPED})).encode()).hexdigest()[:16]
