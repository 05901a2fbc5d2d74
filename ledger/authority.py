"""Counts what people decide alone and what customers get, over all cases, in one transaction each."""

from dataclasses import dataclass
from datetime import timedelta

from domain.effect import AuthorityAnswer, AuthorityFreed, ReleaseAuthority, ReserveAuthority
from domain.money import Money
from ledger.patience import patiently
from ledger.pool import CONNECT_SECONDS, Connection, Pool

PATIENCE = timedelta(seconds=5)
"""Short: a proposal waits for this, and without an answer a second person decides."""

ONE_CASE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('authority/' || $1, 0))"
"""A request and its repeat, or the release that overtakes it, come after each other."""

CLAIM = """
SELECT person, customer, coalesce(period, '') AS period, coalesce(currency, '') AS currency, minor, state,
    tier, extras
FROM authority_claims
WHERE case_id = $1 AND proposal = $2
"""

MAKE_ROWS = """
INSERT INTO authority_used (scope, subject, period, currency)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS row (scope, subject, period, currency)
ORDER BY scope, subject, period, currency
ON CONFLICT DO NOTHING
"""

LOCK_ROWS = """
SELECT scope, subject, period, currency, minor FROM authority_used
WHERE (scope, subject, period, currency) IN (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
)
ORDER BY scope, subject, period, currency FOR UPDATE
"""
"""Always in this order, so that no two transactions wait for each other."""

ADD = """
UPDATE authority_used SET minor = minor + $5
WHERE scope = $1 AND subject = $2 AND period = $3 AND currency = $4
"""

KEEP = """
INSERT INTO authority_claims (
    case_id, proposal, person, customer, period, currency, minor, state, tier, extras
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (case_id, proposal) DO UPDATE SET person = excluded.person, customer = excluded.customer,
    period = excluded.period, currency = excluded.currency, minor = excluded.minor, state = excluded.state,
    tier = excluded.tier, extras = excluded.extras
"""

RELEASE = """
INSERT INTO authority_claims (case_id, proposal, state) VALUES ($1, $2, 'released')
ON CONFLICT (case_id, proposal) DO UPDATE SET state = 'released'
"""

Row = tuple[str, str, str, str]
"""Scope, subject, period and currency of one sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one proposal counts for."""

    person: str | None
    customer: str | None
    period: str
    currency: str
    minor: int
    state: str
    tier: str | None
    extras: int

    @property
    def parts(self) -> dict[Row, int]:
        """The sums that it is part of, and how much of each it is."""
        subjects = (
            ("customer", self.customer, self.minor),
            ("person", self.person, self.minor),
            ("tier", self.tier, self.extras),
        )
        return {
            (scope, id_, self.period, self.currency): minor
            for scope, id_, minor in subjects
            if id_ is not None
        }


class AuthorityStore:
    """The sums over a pool; every call is one transaction and may be repeated.

    Args:
        pool: from `open_pool`, as the application role.
        patience: how long to wait for the database before `LedgerUnavailable`.
    """

    def __init__(self, pool: Pool, *, patience: timedelta = PATIENCE) -> None:
        self._pool = pool
        self._patience = patience

    async def reserve(self, case_id: str, request: ReserveAuthority) -> AuthorityAnswer:
        """Count a proposal where every limit allows it, or where a second person approved it.

        Raises:
            LedgerError: where the database did not take it, or not in time.
        """
        return await patiently(lambda: self._reserve(case_id, request), self._patience)

    async def release(self, case_id: str, request: ReleaseAuthority) -> AuthorityFreed:
        """Count a proposal no longer, now and for requests that are still on their way.

        Raises:
            LedgerError: where the database did not take it, or not in time.
        """
        return await patiently(lambda: self._release(case_id, request), self._patience)

    async def _reserve(self, case_id: str, request: ReserveAuthority) -> AuthorityAnswer:
        async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection, connection.transaction():
            await connection.execute(ONE_CASE_AT_A_TIME, case_id)
            before = await _claim(connection, case_id, request.proposal)
            wanted = _wanted(request)
            sums = await _locked(connection, (*wanted.parts, *(before.parts if before else ())))
            without = _without(sums, before)
            answer = _judged(request, wanted, before, without)
            if answer.state == "reserved" and _is_news(wanted, before):
                await _count(connection, before, -1)
                await _count(connection, wanted, +1)
                await connection.execute(
                    KEEP,
                    case_id,
                    request.proposal,
                    wanted.person,
                    wanted.customer,
                    wanted.period,
                    wanted.currency,
                    wanted.minor,
                    wanted.state,
                    wanted.tier,
                    wanted.extras,
                )
        return answer

    async def _release(self, case_id: str, request: ReleaseAuthority) -> AuthorityFreed:
        async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection, connection.transaction():
            await connection.execute(ONE_CASE_AT_A_TIME, case_id)
            before = await _claim(connection, case_id, request.proposal)
            if before is not None:
                await _locked(connection, tuple(before.parts))
            await _count(connection, before, -1)
            await connection.execute(RELEASE, case_id, request.proposal)
        return AuthorityFreed()


def _wanted(request: ReserveAuthority) -> Claim:
    return Claim(
        person=request.person,
        customer=request.customer,
        period=request.period,
        currency=request.amount.currency,
        minor=request.amount.minor,
        state="approved" if request.approved else "reserved",
        tier=request.tier,
        extras=request.extras.minor if request.extras else 0,
    )


def _judged(
    request: ReserveAuthority, wanted: Claim, before: Claim | None, without: dict[Row, int]
) -> AuthorityAnswer:
    """Say whether it counts: given up before it never does, approved or counted before it does."""
    used = {row[0]: without[row] for row in wanted.parts}
    whole = {row[0]: without[row] + minor for row, minor in wanted.parts.items()}

    def fits(scope: str, limit: Money | None) -> bool:
        return limit is None or scope not in whole or whole[scope] <= limit.minor

    within = fits("person", request.person_limit) and fits("customer", request.customer_limit)
    decided = request.approved or before is not None
    allowed = (decided or within) and fits("tier", request.tier_limit)
    released = before is not None and before.state == "released"
    customer, tier = used.get("customer"), used.get("tier")
    return AuthorityAnswer(
        state="released" if released else "reserved" if allowed else "exceeded",
        person_used=Money(minor=used["person"], currency=wanted.currency),
        customer_used=None if customer is None else Money(minor=customer, currency=wanted.currency),
        tier_used=None if tier is None else Money(minor=tier, currency=wanted.currency),
    )


def _is_news(wanted: Claim, before: Claim | None) -> bool:
    """A late repeat of the first request takes back neither an approval nor what was lessened since."""
    if before is None or (before.state, wanted.state) == ("reserved", "approved"):
        return True
    return before.state == wanted.state and wanted.minor < before.minor


async def _claim(connection: Connection, case_id: str, proposal: str) -> Claim | None:
    record = await connection.fetchrow(CLAIM, case_id, proposal)
    return Claim(**dict(record)) if record else None


async def _locked(connection: Connection, rows: tuple[Row, ...]) -> dict[Row, int]:
    """Return the sums, each nobody else's until the transaction ends."""
    columns = [list(column) for column in zip(*dict.fromkeys(rows), strict=True)]
    if not columns:
        return {}
    await connection.execute(MAKE_ROWS, *columns)
    records = await connection.fetch(LOCK_ROWS, *columns)
    return {
        (each["scope"], each["subject"], each["period"], each["currency"]): each["minor"] for each in records
    }


def _without(sums: dict[Row, int], before: Claim | None) -> dict[Row, int]:
    """Return the sums as they would be if this proposal did not count."""
    if before is None or before.state == "released":
        return sums
    return {row: sum_ - before.parts.get(row, 0) for row, sum_ in sums.items()}


async def _count(connection: Connection, claim: Claim | None, sign: int) -> None:
    if claim is None or claim.state == "released":
        return
    for row, minor in claim.parts.items():
        await connection.execute(ADD, *row, sign * minor)
