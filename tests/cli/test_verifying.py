from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

import policies
from cli.embedded import options
from cli.verifying import verify
from client import Redress, connect
from domain.actor import Actor, Role
from domain.case import CaseCommand
from domain.effect import Contact
from domain.ending import CaseEnded
from domain.intake import Opening
from domain.message import Event
from domain.remedy import RemedyApproved
from domain.saga import SagaBegun
from ledger.breach import Breach
from ledger.pool import open_pool
from stack.embedded import Stack
from tests.cli.driving import settled
from tests.cli.forging import ledger
from workflows.decode import command_from

BREAK = """
ALTER TABLE events DISABLE TRIGGER USER;
{statement};
ALTER TABLE events ENABLE TRIGGER USER;
"""


SUPERVISOR = Actor(role=Role.SUPERVISOR, id="sup-01")


class Bench:
    """A private stack that a test may break."""

    def __init__(self, stack: Stack, redress: Redress) -> None:
        self.stack, self.redress = stack, redress
        self.policy = policies.load("retail-kr")

    async def open(self, key: str, name: str = "김하늘") -> str:
        opening = Opening(
            source="web",
            source_key=key,
            text="받은 컵의 손잡이가 떨어져 있었습니다.",
            contact=Contact(customer_id="cust-1", name=name, phone="010-2345-6789"),
        )
        number = (await self.redress.open(opening, self.policy)).number
        await settled(self.redress, number)
        return number

    async def say(self, number: str, name: str, by: str, **fields: object) -> None:
        command: CaseCommand = command_from(name, {"id": f"{number}-{name}", "by": by, **fields})
        await self.redress.submit(number, command)
        await settled(self.redress, number)

    async def sql(self, statement: str) -> None:
        connection = await asyncpg.connect(self.stack.addresses.migration)
        await connection.execute(BREAK.format(statement=statement))
        await connection.close()

    async def forge(self, number: str, event: Event) -> None:
        """Write an event into the ledger that the case never had."""
        entry = next(iter(ledger(event)["A"]))
        columns = "case_id, seq, kind, at, instant, by, body, salt, digest, hash"
        values = f"'{number}', max(seq) + 1, 'forged', max(at), max(instant), 'system:x', $${entry.body}$$"
        await self.sql(
            f"INSERT INTO events ({columns}) SELECT {values}, 'salt', max(digest), max(hash) "
            f"FROM events WHERE case_id = '{number}'"
        )

    async def outside(self, path: str, case_id: str, request: dict[str, object]) -> None:
        """Do something in the outside world that no case asked for."""
        body = {"at": "2026-11-23T00:00:00Z", "case_id": case_id, "request": request}
        key = {"Idempotency-Key": f"nobody-asked-for-{case_id}"}
        async with httpx.AsyncClient(base_url=self.stack.addresses.sandbox, trust_env=False) as client:
            (await client.post(path, json=body, headers=key)).raise_for_status()

    async def breaches(self) -> tuple[Breach, ...]:
        async with await open_pool(self.stack.addresses.database) as pool:
            sandbox = self.stack.addresses.sandbox
            logs = [worker.log for worker in self.stack.workers]
            return (await verify(self.redress, pool, sandbox_url=sandbox, logs=logs)).breaches


@pytest.fixture(scope="module")
async def bench() -> AsyncIterator[Bench]:
    async with Stack(options(lucky=True)) as stack:
        temporal = await connect(stack.addresses.temporal, stack.addresses.namespace)
        yield Bench(stack, Redress(temporal, secret="embedded-stack-only"))


async def test_every_invariant_holds_until_it_is_broken_and_is_then_named(bench: Bench) -> None:
    numbers = [await bench.open(f"case-{place}") for place in range(9)]
    lost, forged, paid, shown, told, whole, left, approved, ended = numbers
    named = await bench.open("case-named", name="agent-08")
    await bench.say(told, "triage", "system:test", voc_type="complaint", cause="defect")
    assert await bench.breaches() == ()

    await bench.sql(
        f"DELETE FROM events WHERE case_id = '{lost}'; DELETE FROM cases WHERE case_id = '{lost}'"
    )
    await bench.sql(f"UPDATE events SET body = body || ' ' WHERE case_id = '{forged}' AND seq = 2")
    await bench.sql(f"UPDATE cases SET row = row || '{{\"level\": 3}}' WHERE case_id = '{shown}'")
    order: dict[str, object] = {
        "kind": "fetch_order",
        "order_id": "order-1",
        "source": "web",
        "source_key": "x",
    }
    await bench.outside("/shop/fetch_order", paid, order)
    refund: dict[str, object] = {
        "kind": "pay_refund",
        "order_id": "order-1",
        "amount": {"minor": 1, "currency": "KRW"},
        "reason": "x",
    }
    await bench.outside("/bank/pay_refund", paid, refund)
    notice: dict[str, object] = {
        "kind": "send_notice",
        "template": "acknowledgement",
        "language": "en",
        "channel": "sms",
        "address": "010-0000-0000",
        "text": "we have it",
    }
    await bench.outside("/gateway/send_notice", "NONE-SUCH-CASE-0", notice)
    await bench.say(named, "triage", "agent:agent-08", voc_type="complaint", cause="defect")

    long_ago = datetime(2020, 3, 2, tzinfo=UTC)
    await bench.forge(left, SagaBegun(number=1, steps=("payout",), at=long_ago))
    await bench.forge(approved, RemedyApproved(hash="f" * 32, at=long_ago, by=SUPERVISOR))
    await bench.forge(ended, CaseEnded(end="recovered", at=long_ago))

    found = await bench.breaches()
    broken = {(breach.invariant, breach.case_id) for breach in found}
    assert broken >= {
        ("V1", lost),
        ("V1", "NONE-SUCH-CASE-0"),
        ("V2", forged),
        ("V3", paid),
        ("V4", left),
        ("V6", shown),
        ("V7", approved),
        ("V8", named),
        ("V9", ended),
    }
    assert not [breach for breach in found if breach.case_id in {told, whole}]
