"""The budget of a tier's extras, counted in the real database beside what people and customers had."""

import asyncio

import pytest

from domain.effect import ReleaseAuthority, ReserveAuthority
from domain.money import Money
from ledger.authority import AuthorityStore
from ledger.pool import Connection, Pool


def won(minor: int) -> Money:
    return Money(minor=minor, currency="KRW")


def asking(
    proposal: str, *, extras: int = 100, tier: str = "gold", approved: bool = False
) -> ReserveAuthority:
    """Ask to count a proposal of 1,000 with extras, by somebody with no limit of their own."""
    return ReserveAuthority(
        proposal=proposal,
        person=f"who-{proposal}",
        customer=f"whose-{proposal}",
        period="2026-11",
        amount=won(1_000),
        approved=approved,
        tier=tier,
        extras=won(extras),
        tier_limit=won(500),
    )


@pytest.fixture
def store(pool: Pool) -> AuthorityStore:
    return AuthorityStore(pool)


async def used(owner: Connection, tier: str = "gold") -> int:
    """Return what a tier has used."""
    found = await owner.fetchval(
        "SELECT minor FROM authority_used WHERE scope = 'tier' AND subject = $1", tier
    )
    return int(found or 0)


async def test_of_many_at_once_just_those_within_the_budget_count(
    store: AuthorityStore, owner: Connection
) -> None:
    requests = [asking(f"p{n}", approved=n % 2 == 0) for n in range(16)]
    answers = await asyncio.gather(*(store.reserve(f"case-{n}", each) for n, each in enumerate(requests)))
    assert sorted(answer.state for answer in answers) == ["exceeded"] * 11 + ["reserved"] * 5
    assert await used(owner) == 500
    whole = await owner.fetchval("SELECT sum(extras) FROM authority_claims WHERE state <> 'released'")
    assert whole == 500


async def test_only_the_extras_count_and_each_tier_for_itself(
    store: AuthorityStore, owner: Connection
) -> None:
    answer = await store.reserve("case-1", asking("p1", extras=400))
    assert (answer.state, answer.tier_used) == ("reserved", won(0))
    assert (await used(owner), await used(owner, "silver")) == (400, 0)
    exceeded = await store.reserve("case-2", asking("p2", extras=101, approved=True))
    assert (exceeded.state, exceeded.tier_used) == ("exceeded", won(400))
    assert (await store.reserve("case-2", asking("p2", extras=101, tier="silver"))).state == "reserved"


async def test_asked_twice_it_counts_once_and_given_up_not_at_all(
    store: AuthorityStore, owner: Connection
) -> None:
    for approved in (False, False, True, True):
        answer = await store.reserve("case-1", asking("p1", extras=500, approved=approved))
        assert answer.state == "reserved"
    assert await used(owner) == 500
    await store.release("case-1", ReleaseAuthority(proposal="p1"))
    assert await used(owner) == 0
    assert (await store.reserve("case-1", asking("p1"))).state == "released"
    assert (await store.reserve("case-2", asking("p2", extras=500))).state == "reserved"


async def test_what_gives_no_extras_uses_no_budget(store: AuthorityStore, owner: Connection) -> None:
    await store.reserve("case-1", asking("p1", extras=500))
    plain = asking("p2").model_copy(update={"tier": None, "extras": None, "tier_limit": None})
    answer = await store.reserve("case-2", plain)
    assert (answer.state, answer.tier_used) == ("reserved", None)
    assert await used(owner) == 500
