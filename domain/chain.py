"""The hash chain over a case's events: what makes a changed past visible.

Each link covers the one before it, seq, kind, at, by and a salted digest of the body, so that a body can be
erased (body and salt to null) and the chain still verifies.
"""

from hashlib import sha256

from domain.record import Record

GENESIS = "0" * 64
"""The head before the first event."""


class RecordedEvent(Record):
    """One event as it travels to the ledger: text that is never serialised again.

    Attributes:
        at: ISO 8601 instant at which the interpreter took the message.
        by: `role:id` of whoever caused it.
        body: canonical JSON of the event.
        salt: 32 hex characters, so that an erased body cannot be guessed from its digest.
        digest: sha256(salt + body), kept when body and salt are erased.
        hash: the link.
    """

    case_id: str
    seq: int
    kind: str
    at: str
    by: str
    body: str
    salt: str
    digest: str
    hash: str


def digest_of(salt: str, body: str) -> str:
    """Return the salted digest of a body."""
    return sha256(f"{salt}\n{body}".encode()).hexdigest()


def link(before: str, *, case_id: str, seq: int, kind: str, at: str, by: str, digest: str) -> str:
    """Return the hash of one event, given the hash of the one before it (`GENESIS` for seq 1)."""
    return sha256("\n".join((before, case_id, str(seq), kind, at, by, digest)).encode()).hexdigest()
