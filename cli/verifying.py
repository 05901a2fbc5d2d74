"""`redress verify`: holds a live deployment against its invariants and names each breach."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cli.checks import evidence, personal
from cli.checks.approvals import approval_breaches
from cli.checks.deadlines import deadline_breaches, request_breaches
from cli.checks.endings import ending_breaches
from cli.checks.money import money_breaches
from cli.checks.presence import lesson_breaches, presence_breaches
from cli.checks.privacy import privacy_breaches
from cli.checks.sagas import saga_breaches
from cli.checks.views import view_breaches
from client import Redress
from ledger.breach import Breach
from ledger.fold import fold_row
from ledger.pool import Pool
from ledger.store import EventStore
from ledger.verify import verify_chain, verify_no_personal_data, verify_read_model, verify_roles

Say = Callable[[str], None]
"""Told what is being checked."""


LOOKS = 3
"""How often is looked again before something counts as a breach."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was looked at, and every breach found."""

    cases: int
    events: int
    refunds: int
    checked: tuple[str, ...]
    breaches: tuple[Breach, ...]


async def verify(
    redress: Redress,
    pool: Pool,
    *,
    sandbox_url: str | None,
    logs: Sequence[Path] = (),
    say: Say = lambda _text: None,
) -> VerifyReport:
    """Check everything that can be checked from outside, on a database that goes on living.

    Args:
        redress: the client; every workflow that the server knows is held against the ledger.
        pool: the ledger, as the application role.
        sandbox_url: base URL of the outside world, whose own books are compared; None leaves that out.
        logs: files in which no personal value may stand.
        say: told what is being checked.
    """
    found: set[Breach] | None = None
    for _ in range(LOOKS):
        report = await _look(redress, pool, sandbox_url=sandbox_url, logs=logs, say=say)
        # On a system that goes on living, a breach is what is still there when looked at again.
        now = set(report.breaches)
        found = now if found is None else found & now
        if not found:
            break
        await asyncio.sleep(1)
    return replace(report, breaches=tuple(breach for breach in report.breaches if breach in (found or ())))


async def _look(
    redress: Redress, pool: Pool, *, sandbox_url: str | None, logs: Sequence[Path], say: Say
) -> VerifyReport:
    store = EventStore(pool)
    policies = await store.policies()
    books = await evidence.books(sandbox_url) if sandbox_url else evidence.NO_BOOKS
    say("V1 nothing acknowledged is lost")
    found = [*await presence_breaches(redress, store, books)]
    say("V2 the chains of events hold")
    found += [*await verify_chain(pool), *await verify_roles(pool)]
    ledger, requests = await evidence.ledger_of(store), await evidence.requests_of(store)
    found += lesson_breaches(ledger, requests)
    if sandbox_url:
        say("V3 money went out once")
        found += money_breaches(ledger, books)
    say("V4 no remedy is left in between")
    found += saga_breaches(ledger)
    say("V5 deadlines fired once, and never early")
    found += [*deadline_breaches(ledger), *request_breaches(requests)]
    say("V6 read models and running cases agree with the ledger")
    found += [*await verify_read_model(pool, fold_row(policies)), *await view_breaches(redress, store)]
    say("V7 what was approved and agreed is what was done")
    found += approval_breaches(ledger)
    say("V8 no personal data where everybody may read")
    found += await verify_no_personal_data(pool, personal.values_of)
    found += await privacy_breaches(redress, ledger, requests, logs)
    say("V9 every bad answer was acted on, every end met its conditions")
    found += ending_breaches(ledger, policies)
    return VerifyReport(
        cases=len(ledger),
        events=sum(len(entries) for entries in (*ledger.values(), *requests.values())),
        refunds=len(books.refunds),
        checked=("V1", "V2", *(("V3",) if sandbox_url else ()), "V4", "V5", "V6", "V7", "V8", "V9"),
        breaches=tuple(found),
    )
