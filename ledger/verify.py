"""Proves from the ledger alone that nothing was lost, changed or let slip (V2, V6, V8)."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise

from domain.chain import GENESIS, RecordedEvent, digest_of
from domain.row import CaseRow, ImprovementRow
from domain.theme import is_request
from ledger.batch import relink
from ledger.breach import Breach
from ledger.patience import once
from ledger.personal import places_of
from ledger.pool import CONNECT_SECONDS, Pool
from ledger.read_models import Fold
from ledger.rests import rests
from ledger.stream import LONG_SECONDS, Progress, StoredCase, StoredEvent, silent, snapshot, stored_cases

PersonalValues = Callable[[Sequence[RecordedEvent]], Collection[str]]
"""What the domain knows to be personal in a case: the values of the fields marked so."""

WITHOUT_EVENTS = """
SELECT case_id FROM (SELECT case_id FROM cases UNION ALL SELECT improvement_id FROM improvements) AS shown
WHERE NOT EXISTS (SELECT FROM events WHERE events.case_id = shown.case_id)
"""
MISFILED = """
SELECT case_id FROM cases WHERE case_id IS DISTINCT FROM row ->> 'case_id'
    OR version IS DISTINCT FROM (row ->> 'version')::bigint
    OR opened_at IS DISTINCT FROM (row ->> 'opened_at')::timestamptz
    OR next_due IS DISTINCT FROM (row #>> '{dues,0,due}')::timestamptz
UNION ALL
SELECT improvement_id FROM improvements WHERE improvement_id IS DISTINCT FROM row ->> 'improvement_id'
    OR version IS DISTINCT FROM (row ->> 'version')::bigint
    OR next_due IS DISTINCT FROM (row ->> 'next_due')::timestamptz
"""
# Rights that would let the application change the past, each with the sentence that names it.
ROLE = """
SELECT current_user AS role,
    pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'events'::regclass), 'MEMBER') AS owns,
    has_table_privilege('events', 'UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege('events', 'UPDATE') AS changes,
    has_function_privilege('redact_event(text, bigint)', 'EXECUTE') AS redacts,
    (SELECT count(*) FROM pg_trigger WHERE tgrelid = 'events'::regclass AND tgenabled IN ('O', 'A')
        AND tgname LIKE 'events\\_are\\_not\\_%') < 3 AS unguarded
"""
ROLE_WORDS = {
    "owns": "the application role {role} is the owner role of events or a member of it",
    "changes": "the application role {role} may update, delete or truncate events",
    "redacts": "the application role {role} may redact events",
    "unguarded": "a trigger that keeps events append-only is missing or disabled",
}


async def verify_chain(pool: Pool, progress: Progress = silent) -> tuple[Breach, ...]:
    """V2: per case the events are gapless, ordered, hash-linked, and the read model stands at their head."""
    return await _each(pool, chain_breaches, progress)


async def verify_read_model(pool: Pool, fold: Fold, progress: Progress = silent) -> tuple[Breach, ...]:
    """V6, the ledger's half: the read model is the fold of the events, with no case too many or too few."""
    found = await _each(pool, lambda case: fold_breaches(case, fold), progress)
    return found + await once(lambda: _whole_read_model(pool))


async def verify_no_personal_data(
    pool: Pool, personal: PersonalValues, progress: Progress = silent
) -> tuple[Breach, ...]:
    """V8, the ledger's part: no personal value of a case in its ids, `by`, kinds or read-model row."""

    def search(case: StoredCase) -> Iterable[Breach]:
        for place in places_of(case, personal(case.recorded())):
            yield Breach("V8", case.case_id, f"a personal value stands in {place}")

    return await _each(pool, search, progress)


async def verify_roles(pool: Pool) -> tuple[Breach, ...]:
    """Tell what would let this pool's role change the past (where owner and application are one role)."""

    async def ask() -> tuple[Breach, ...]:
        async with pool.acquire(timeout=CONNECT_SECONDS) as connection:
            answer = dict(await connection.fetchrow(ROLE) or {})
        words = [text for name, text in ROLE_WORDS.items() if answer[name]]
        return tuple(Breach("V2", None, text.format(role=answer["role"])) for text in words)

    return await once(ask)


def chain_breaches(case: StoredCase) -> Iterable[Breach]:
    """Name what is wrong with the chain of one case."""
    for what in _chain_faults(case.events):
        yield Breach("V2", case.case_id, what)
    for what in _erasure_faults(case):
        yield Breach("V2", case.case_id, what)
    head = case.events[-1].seq
    if case.row is None:
        yield Breach("V2", case.case_id, "the read model has no row for it")
    elif case.row.version != head:
        yield Breach("V2", case.case_id, f"the read model is at {case.row.version}, the events end at {head}")


def fold_breaches(case: StoredCase, fold: Fold) -> Iterable[Breach]:
    """Name where the read model's row is not the fold of the events."""
    if case.row is None:
        yield Breach("V6", case.case_id, "the read model has no row for it")
        return
    shape: type[CaseRow | ImprovementRow] = ImprovementRow if is_request(case.case_id) else CaseRow
    try:
        folded, stored = fold(case.recorded()), shape.model_validate_json(case.row.row)
    except Exception as error:  # noqa: BLE001 - whatever the fold runs into is a finding, not the end of verify
        yield Breach("V6", case.case_id, f"it cannot be folded ({type(error).__name__})")
        return
    fields = [name for name in shape.model_fields if getattr(folded, name) != getattr(stored, name)]
    if fields:
        yield Breach("V6", case.case_id, f"the read model differs from the events in {', '.join(fields)}")


def _chain_faults(events: tuple[StoredEvent, ...]) -> Iterable[str]:
    if events[0].seq != 1:
        yield f"the events start at {events[0].seq}"
    elif events[0].hash != relink(GENESIS, events[0].recorded()):
        yield "event 1 is not linked to the beginning"
    for event in events:
        yield from _body_faults(event)
    for before, event in pairwise(events):
        yield from _order_faults(before, event)


def _body_faults(event: StoredEvent) -> Iterable[str]:
    if (event.body is None) != (event.salt is None):
        yield f"event {event.seq} is half erased"
    elif (
        event.body is not None
        and event.salt is not None
        and event.digest != digest_of(event.salt, event.body)
    ):
        yield f"the body of event {event.seq} does not have its digest"


def _erasure_faults(case: StoredCase) -> Iterable[str]:
    """Every erased body has its recorded redaction, and every redaction has erased what it names."""
    left = rests(case.recorded())
    for event in case.events:
        if event.body is None and event.seq not in left:
            yield f"event {event.seq} is erased, and no event says on which ground"
        elif event.body is not None and event.seq in left:
            yield f"event {event.seq} is redacted, and its words are still there"
        elif event.body is None and json.loads(left[event.seq]).get("kind") != event.kind:
            yield f"what its redaction left of event {event.seq} is another event"


def _order_faults(before: StoredEvent, event: StoredEvent) -> Iterable[str]:
    if event.seq != before.seq + 1:
        yield f"events are missing between {before.seq} and {event.seq}"
    elif event.hash != relink(before.hash, event.recorded()):
        yield f"event {event.seq} is not linked to event {before.seq}"
    if event.instant < before.instant:
        yield f"event {event.seq} happened before event {before.seq}"
    if event.position < before.position:
        yield f"event {event.seq} was written before event {before.seq}"


async def _each(
    pool: Pool, look: Callable[[StoredCase], Iterable[Breach]], progress: Progress
) -> tuple[Breach, ...]:
    async def run() -> tuple[Breach, ...]:
        found: list[Breach] = []
        async with snapshot(pool) as connection:
            async for case in stored_cases(connection, progress):
                found.extend(look(case))
        return tuple(found)

    return await once(run)


async def _whole_read_model(pool: Pool) -> tuple[Breach, ...]:
    async with snapshot(pool) as connection:
        extra = await connection.fetch(WITHOUT_EVENTS, timeout=LONG_SECONDS)
        misfiled = await connection.fetch(MISFILED, timeout=LONG_SECONDS)
    return (
        *(Breach("V6", row["case_id"], "the read model has a row, the ledger no event") for row in extra),
        *(Breach("V6", row["case_id"], "the columns of its row differ from the row") for row in misfiled),
    )
