"""Cases of a made-up domain: bodies, the chain over them, and their fold."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from domain.chain import GENESIS, RecordedEvent, digest_of, link
from domain.row import CaseRow, Due

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = 'Mira "Kim" 김미라'
"""Personal words in every body, which no error and no read model may show."""


def recorded(
    case_id: str,
    seq: int,
    before: str,
    *,
    stage: str = "registered",
    words: str = WORDS,
    by: str = "agent:a7",
    kind: str = "moved",
    more: dict[str, object] | None = None,
) -> RecordedEvent:
    """Return one event linked to `before`."""
    body = text({"kind": kind, "stage": stage, "words": words, **(more or {})})
    at = (NOON + timedelta(minutes=seq)).isoformat()
    salt = sha256(f"{case_id}/{seq}".encode()).hexdigest()[:32]
    digest = digest_of(salt, body)
    hash_ = link(before, case_id=case_id, seq=seq, kind=kind, at=at, by=by, digest=digest)
    return RecordedEvent(
        case_id=case_id,
        seq=seq,
        kind=kind,
        at=at,
        by=by,
        body=body,
        salt=salt,
        digest=digest,
        hash=hash_,
    )


def text(fields: dict[str, object]) -> str:
    """Return a body."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def redacting(seq: int, after: Sequence[RecordedEvent], *, left: str = "moved") -> RecordedEvent:
    """Return the next event of a case, a redaction that names the event `seq` and what is left of it."""
    last = after[-1]
    rest = text({"kind": left, "stage": "registered", "words": "[erased]"})
    more: dict[str, object] = {"seq": seq, "rest": rest}
    return recorded(last.case_id, last.seq + 1, last.hash, words="", kind="redacted", more=more)


def chain(
    case_id: str,
    count: int,
    after: Sequence[RecordedEvent] = (),
    *,
    stage: str = "registered",
    words: str = WORDS,
    by: str = "agent:a7",
) -> tuple[RecordedEvent, ...]:
    """Return the next `count` events of a case."""
    events = list(after)
    for _ in range(count):
        before = events[-1].hash if events else GENESIS
        events.append(recorded(case_id, len(events) + 1, before, stage=stage, words=words, by=by))
    return tuple(events[len(after) :])


def fold(events: Sequence[RecordedEvent]) -> CaseRow:
    """Return the read model's line of a case, as a domain would; erased events keep the stage."""
    first, last = events[0], events[-1]
    stages = [json.loads(event.body)["stage"] for event in events if event.body]
    return CaseRow(
        case_id=first.case_id,
        version=last.seq,
        source="shop",
        key_digest=sha256(first.case_id.encode()).hexdigest(),
        voc_type="complaint",
        product=None,
        severity="minor",
        stage=stages[-1],
        department="care",
        owner="mira" if stages[-1] == "owned" else None,
        level=0,
        customer="c-1",
        opened_at=datetime.fromisoformat(first.at),
        last_at=datetime.fromisoformat(last.at),
        dues=(Due(name="accept", due=datetime.fromisoformat(last.at) + timedelta(hours=4)),),
        parked=None,
        end="recovered" if stages[-1] == "recovered" else None,
        acknowledged=last.seq > 1,
    )
