"""Measures appends to the ledger on a private, durable Postgres: `python -m benchmarks.ledger_append`."""

import asyncio
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from domain.chain import GENESIS, RecordedEvent, digest_of, link
from domain.row import CaseRow
from ledger.migrate import migrate
from ledger.pool import open_pool
from ledger.store import EventStore
from ledger.verify import verify_chain
from stack.addresses import free_ports
from stack.postgres import APPLICATION, Postgres

CASES = 400
APPENDS = 11  # a standard life makes about so many
BATCH = 3
AT_ONCE = 40
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def batch(case_id: str, first: int, before: str) -> tuple[RecordedEvent, ...]:
    """Return the next events of a case, bodies of about 300 bytes."""
    events = []
    for seq in range(first, first + BATCH):
        body = json.dumps({"kind": "contact_made", "words": "x" * 260, "seq": seq})
        digest = digest_of("s" * 32, body)
        said = {"kind": "contact_made", "at": NOON.isoformat(), "by": "agent:a7", "digest": digest}
        before = link(before, case_id=case_id, seq=seq, **said)
        events.append(
            RecordedEvent(case_id=case_id, seq=seq, body=body, salt="s" * 32, hash=before, **said),
        )
    return tuple(events)


def row(case_id: str, version: int) -> CaseRow:
    """Return a line for the read model."""
    return CaseRow(
        case_id=case_id,
        version=version,
        source="bench",
        key_digest=case_id,
        voc_type="complaint",
        product=None,
        severity=None,
        stage="owned",
        department="care",
        owner="mira",
        level=0,
        customer=None,
        opened_at=NOON,
        last_at=NOON,
        dues=(),
        parked=None,
        end=None,
        acknowledged=True,
    )


async def live(store: EventStore, case_id: str, gate: asyncio.Semaphore, took: list[float]) -> None:
    """Write one case, append by append."""
    async with gate:
        head = GENESIS
        for number in range(APPENDS):
            events = batch(case_id, number * BATCH + 1, head)
            head = events[-1].hash
            began = time.perf_counter()
            await store.append(case_id, events, row(case_id, events[-1].seq))
            took.append(time.perf_counter() - began)


async def measure(server: Postgres) -> None:
    """Append, verify, print."""
    await migrate(server.migration_url, APPLICATION)
    async with await open_pool(server.database_url) as pool:
        store, took, gate = EventStore(pool), list[float](), asyncio.Semaphore(AT_ONCE)
        began = time.perf_counter()
        await asyncio.gather(*(live(store, f"case-{number}", gate, took) for number in range(CASES)))
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        assert await verify_chain(pool) == ()
        verified = time.perf_counter() - began
    took.sort()
    events = CASES * APPENDS * BATCH
    print(
        f"{len(took) / seconds:,.0f} appends/s, {events / seconds:,.0f} events/s, {AT_ONCE} cases at a time"
    )
    print(f"append p50 {took[len(took) // 2] * 1e3:.1f} ms, p99 {took[len(took) * 99 // 100] * 1e3:.1f} ms")
    print(f"verify V2: {events / verified:,.0f} events/s")


async def main() -> None:
    """Run on a server of our own, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        server = Postgres(Path(folder), free_ports(1)[0], durable=True)
        await server.start()
        try:
            await measure(server)
        finally:
            await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
