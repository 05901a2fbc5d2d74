"""Appends events and reads them and their read model back."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from functools import partial

import asyncpg

from domain.chain import GENESIS, RecordedEvent
from domain.policy import Policy, content_hash
from domain.record import canonical
from domain.row import CaseRow, ImprovementRow, QueuedContact
from domain.theme import is_request
from ledger import statements
from ledger.batch import check, instant_of
from ledger.errors import SourceTaken, VersionConflict
from ledger.patience import patiently
from ledger.pool import CONNECT_SECONDS, Pool
from ledger.rests import with_rests

PATIENCE = timedelta(seconds=30)
"""How long a call waits for a database that is away; an activity's start-to-close must be longer."""

PAGE = 1000

ERASED = ""
"""Body and salt of an event that was redacted, as it is read back (canonical JSON is never empty)."""


class EventStore:
    """The ledger over a pool; every call waits up to `patience` for the database.

    Args:
        pool: from `open_pool`, as the application role.
        patience: how long to wait before `LedgerUnavailable`; a command line waits less than a worker.
    """

    def __init__(self, pool: Pool, *, patience: timedelta = PATIENCE) -> None:
        self._pool = pool
        self._patience = patience

    def hasty(self, patience: timedelta) -> "EventStore":
        """Return the same store for somebody who can do without its answer and waits less."""
        return EventStore(self._pool, patience=patience)

    async def append(
        self,
        case_id: str,
        events: Sequence[RecordedEvent],
        row: CaseRow | ImprovementRow | None = None,
        policy: Policy | None = None,
    ) -> None:
        """Write events, outbox and read model together; do nothing where these very events are there.

        The row shows up only with the event that it was folded up to: a row ahead of a partial batch waits
        for the batch that completes it. A policy is kept once, under the hash of its content.

        Raises:
            VersionConflict: where another event, a gap or another past is in the ledger.
            LedgerRejected: where the batch is malformed.
            LedgerUnavailable: where the database stayed away.
        """
        check(case_id, events, row)
        rest = tuple(events)
        while rest:
            rest = await patiently(partial(self._append, rest, row, policy), self._patience)

    async def read(self, case_id: str) -> tuple[RecordedEvent, ...]:
        """Return all events of a case in order; `()` for an unknown case.

        Of an event that was erased by a recorded redaction the body is what that left of it.
        """
        records = await self._fetch(statements.READ, case_id)
        return with_rests([event_of(record) for record in records])

    async def erase(self, case_id: str, seq: int) -> bool:
        """Erase the words of an event that a recorded redaction names; False where they are gone already.

        Raises:
            LedgerRejected: where no redaction that is in the ledger names it.
        """
        records = await self._fetch(statements.ERASE, case_id, seq)
        return bool(records[0][0])

    async def row(self, case_id: str) -> CaseRow | None:
        """Return the read model's line about a case."""
        records = await self._fetch(statements.ROW, case_id)
        return next((CaseRow.model_validate_json(record["row"]) for record in records), None)

    async def find_source(self, source: str, key_digest: str) -> str | None:
        """Return the case that holds the complaint with this source and key."""
        records = await self._fetch(statements.FIND_SOURCE, source, key_digest)
        return next((record["case_id"] for record in records), None)

    async def cases(
        self,
        *,
        stage: str | None = None,
        owner: str | None = None,
        department: str | None = None,
        due_before: datetime | None = None,
        parked: bool | None = None,
        ended: bool | None = None,
        customer: str | None = None,
        product: str | None = None,
        voc_type: str | None = None,
        limit: int = PAGE,
        by_priority: bool = False,
    ) -> list[CaseRow]:
        """Return the cases that match every filter given, what falls due first at the top.

        Args:
            stage: only cases in this stage.
            owner: only cases of this owner's.
            department: only cases with this department.
            due_before: only cases with a deadline before this instant (what is at risk).
            parked: only cases that wait (or do not wait) for a human.
            ended: only cases that have (or have not) ended.
            customer: only cases of this customer's.
            product: only cases about this product.
            voc_type: only complaints, inquiries, compliments or suggestions.
            limit: how many at most.
            by_priority: what the policy ranks highest first, then what falls due first.
        """
        about = (customer, product, voc_type)
        wanted = (stage, owner, department, due_before, parked, ended, *about, limit, by_priority)
        records = await self._fetch(statements.CASES, *wanted)
        return [CaseRow.model_validate_json(record["row"]) for record in records]

    async def contacts(
        self,
        *,
        direction: str | None = None,
        department: str | None = None,
        who: str | None = None,
        free: bool = False,
        limit: int = PAGE,
    ) -> list[QueuedContact]:
        """Return the contacts that are owed to customers, what falls due first at the top.

        Args:
            direction: only inbound or outbound ones.
            department: only those of cases with this department.
            who: only those that lie with this person.
            free: only those that lie with nobody yet.
            limit: how many at most.
        """
        records = await self._fetch(statements.CONTACTS, direction, department, who, free, limit)
        return [QueuedContact.model_validate_json(record["line"]) for record in records]

    async def improvement(self, id_: str) -> ImprovementRow | None:
        """Return the read model's line about an improvement request."""
        records = await self._fetch(statements.IMPROVEMENT_ROW, id_)
        return next((ImprovementRow.model_validate_json(record["row"]) for record in records), None)

    async def improvements(
        self,
        *,
        department: str | None = None,
        product: str | None = None,
        cause: str | None = None,
        states: Sequence[str] | None = None,
        month: str | None = None,
        limit: int = PAGE,
    ) -> list[ImprovementRow]:
        """Return the improvement requests that match every filter given, the most cases at the top.

        Args:
            department: only requests that this department answers for.
            product: only requests about this product.
            cause: only requests of this cause, or feature.
            states: only requests in one of these.
            month: only requests of which a case failed in this month (`YYYY-MM`).
            limit: how many at most.
        """
        wanted = (department, product, cause, list(states) if states is not None else None, month, limit)
        records = await self._fetch(statements.IMPROVEMENTS, *wanted)
        return [ImprovementRow.model_validate_json(record["row"]) for record in records]

    async def cases_of(self, customer: str, *, but: str, limit: int = PAGE) -> list[CaseRow]:
        """Return a customer's cases but one, the latest first."""
        records = await self._fetch(statements.CASES_OF, customer, but, limit)
        return [CaseRow.model_validate_json(record["row"]) for record in records]

    async def open_cases_of(self, customer: str, *, but: str) -> list[str]:
        """Return the numbers of a customer's open cases but one."""
        records = await self._fetch(statements.OPEN_CASES_OF, customer, but)
        return [record["case_id"] for record in records]

    async def policies(self) -> dict[str, Policy]:
        """Return every pinned policy by the hash of its content."""
        records = await self._fetch(statements.POLICIES)
        return {record["hash"]: Policy.model_validate_json(record["body"]) for record in records}

    async def case_ids(self) -> AsyncIterator[str]:
        """Yield the id of every case that has events, in order, page by page."""
        async for case_id in self._ids(statements.CASE_IDS):
            yield case_id

    async def improvement_ids(self) -> AsyncIterator[str]:
        """Yield the id of every improvement request that has events, in order, page by page."""
        async for id_ in self._ids(statements.IMPROVEMENT_IDS):
            yield id_

    async def _ids(self, sql: str) -> AsyncIterator[str]:
        last = ""
        while records := await self._fetch(sql, last, PAGE):
            for record in records:
                yield record["case_id"]
            last = records[-1]["case_id"]

    async def _fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        async def fetch() -> list[asyncpg.Record]:
            # The time-out also bounds the release of a connection to a frozen server.
            async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
                return await connection.fetch(sql, *values)

        return await patiently(fetch, self._patience)

    async def _append(
        self, batch: tuple[RecordedEvent, ...], row: CaseRow | ImprovementRow | None, policy: Policy | None
    ) -> tuple[RecordedEvent, ...]:
        """Try one append and return what is still to be written."""
        try:
            async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
                linked = await connection.fetchval(_statement(batch), *_parameters(batch, row, policy))
        except asyncpg.UniqueViolationError as violation:
            taken = violation.constraint_name
        else:
            taken = None
            if linked:
                return ()
        if taken == "cases_source_key":
            await self._check_source(batch[0], row)
        return await self._settle(batch, stored_before=taken is not None)

    async def _check_source(self, first: RecordedEvent, row: CaseRow | ImprovementRow | None) -> None:
        """Refuse a complaint that another case holds.

        Postgres also names this constraint to the loser of two identical appends: ON CONFLICT watches the
        primary key only, and the loser may meet the other index first.
        """
        if not isinstance(row, CaseRow):
            return
        async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
            holder = await connection.fetchval(statements.FIND_SOURCE, row.source, row.key_digest)
        if holder not in {None, first.case_id}:
            raise SourceTaken(first.case_id, first.seq, "its source and key belong to another case")

    async def _settle(
        self, batch: tuple[RecordedEvent, ...], *, stored_before: bool
    ) -> tuple[RecordedEvent, ...]:
        """Compare a batch that did not go in with what is stored; return what is missing at its end."""
        first, last = batch[0], batch[-1]
        async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
            records = await connection.fetch(statements.STORED_HASHES, first.case_id, first.seq, last.seq)
        hashes = {record["seq"]: record["hash"] for record in records}
        for event in batch:
            if hashes.get(event.seq, event.hash) != event.hash:
                raise VersionConflict(first.case_id, event.seq, "another event is stored under its number")
        if not stored_before:
            raise VersionConflict(first.case_id, first.seq, "it does not link to the last event stored")
        return tuple(event for event in batch if event.seq not in hashes)


def event_of(record: asyncpg.Record) -> RecordedEvent:
    """Return a stored event as it travelled; where it was redacted, body and salt are `ERASED`."""
    values = dict(record)
    return RecordedEvent(**values | {"body": values["body"] or ERASED, "salt": values["salt"] or ERASED})


def _statement(batch: tuple[RecordedEvent, ...]) -> str:
    """Return the append of a case, or of an improvement request: each has a read model of its own."""
    return statements.APPEND_TO_IMPROVEMENT if is_request(batch[0].case_id) else statements.APPEND


def _parameters(
    batch: tuple[RecordedEvent, ...], row: CaseRow | ImprovementRow | None, policy: Policy | None
) -> tuple[object, ...]:
    shown = row is not None and row.version == batch[-1].seq
    return (
        batch[0].case_id,
        batch[0].seq,
        [event.seq for event in batch],
        [event.kind for event in batch],
        [event.at for event in batch],
        [instant_of(event) for event in batch],
        [event.by for event in batch],
        [event.body for event in batch],
        [event.salt for event in batch],
        [event.digest for event in batch],
        [event.hash for event in batch],
        GENESIS,
        row.model_dump_json() if row is not None and shown else None,
        content_hash(policy) if policy is not None else None,
        canonical(policy) if policy is not None else None,
    )
