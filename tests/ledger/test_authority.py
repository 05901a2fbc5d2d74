import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest

from domain.effect import ReleaseAuthority, ReserveAuthority
from domain.money import Money
from ledger.authority import AuthorityStore
from ledger.errors import LedgerUnavailable
from ledger.pool import Connection, Pool, open_pool
from tests.ledger.conftest import Database

CASE = "case-1"


def won(minor: int) -> Money:
    """Return an amount in won."""
    return Money(minor=minor, currency="KRW")


def asking(
    proposal: str = "p1",
    *,
    amount: int = 100,
    person: str = "ann",
    customer: str | None = "mira",
    period: str = "2026-11",
    person_limit: int = 1_000,
    customer_limit: int = 500,
) -> ReserveAuthority:
    """Ask to count a proposal."""
    return ReserveAuthority(
        proposal=proposal,
        person=person,
        customer=customer,
        period=period,
        amount=won(amount),
        person_limit=won(person_limit),
        customer_limit=won(customer_limit),
    )


def approving(proposal: str = "p1", *, amount: int = 100, person: str = "sue") -> ReserveAuthority:
    """Tell that a second person approved a proposal."""
    return ReserveAuthority(
        proposal=proposal,
        person=person,
        customer="mira",
        period="2026-11",
        amount=won(amount),
        approved=True,
    )


@pytest.fixture
def store(pool: Pool) -> AuthorityStore:
    return AuthorityStore(pool)


@pytest.fixture
async def busy(database: Database) -> AsyncIterator[AuthorityStore]:
    """A store over as many connections as a busy worker has."""
    async with await open_pool(database.app_url, max_size=20) as opened:
        yield AuthorityStore(opened, patience=timedelta(seconds=30))


async def used(owner: Connection) -> dict[str, int]:
    """Return every sum by its subject."""
    return {each["subject"]: each["minor"] for each in await owner.fetch("SELECT * FROM authority_used")}


async def test_a_reservation_counts_for_person_and_customer(store: AuthorityStore, owner: Connection) -> None:
    answer = await store.reserve(CASE, asking())
    assert (answer.state, answer.person_used, answer.customer_used) == ("reserved", won(0), won(0))
    assert await used(owner) == {"ann": 100, "mira": 100}


async def test_the_same_hash_counts_once_and_in_another_case_again(
    store: AuthorityStore, owner: Connection
) -> None:
    for _ in range(3):
        answer = await store.reserve(CASE, asking())
        assert (answer.state, answer.person_used) == ("reserved", won(0))
    await store.reserve("case-2", asking())
    assert await used(owner) == {"ann": 200, "mira": 200}


async def test_what_does_not_fit_counts_for_nothing_and_says_what_is_used(
    store: AuthorityStore, owner: Connection
) -> None:
    await store.reserve(CASE, asking(amount=450))
    answer = await store.reserve(CASE, asking("p2", amount=51))
    assert (answer.state, answer.person_used, answer.customer_used) == ("exceeded", won(450), won(450))
    assert await used(owner) == {"ann": 450, "mira": 450}
    assert (await store.reserve(CASE, asking("p2", amount=50))).state == "reserved"


async def test_each_limit_holds_on_its_own(store: AuthorityStore) -> None:
    for number in range(10):
        other = asking(f"p{number}", customer=f"c{number}")
        assert (await store.reserve(CASE, other)).state == "reserved"
    assert (await store.reserve(CASE, asking("p10", customer="c10"))).state == "exceeded"
    assert (await store.reserve(CASE, asking("p11", customer="c10", person="ben"))).state == "reserved"


async def test_a_customer_whom_nobody_knows_is_not_added_up(store: AuthorityStore, owner: Connection) -> None:
    answer = await store.reserve(CASE, asking(amount=900, customer=None))
    assert (answer.state, answer.customer_used) == ("reserved", None)
    assert await used(owner) == {"ann": 900}


async def test_periods_and_currencies_are_apart(store: AuthorityStore) -> None:
    await store.reserve(CASE, asking(amount=500))
    assert (await store.reserve(CASE, asking("p2", period="2026-12", amount=500))).state == "reserved"
    dollars = Money(minor=500, currency="USD")
    other = asking("p3").model_copy(
        update={"amount": dollars, "person_limit": dollars, "customer_limit": dollars}
    )
    assert (await store.reserve(CASE, other)).state == "reserved"


async def test_what_is_released_counts_no_more_and_never_again(
    store: AuthorityStore, owner: Connection
) -> None:
    await store.reserve(CASE, asking())
    for _ in range(2):
        await store.release(CASE, ReleaseAuthority(proposal="p1"))
        assert await used(owner) == {"ann": 0, "mira": 0}
    assert (await store.reserve(CASE, asking())).state == "released"
    assert (await store.reserve(CASE, approving())).state == "released"
    assert await used(owner) == {"ann": 0, "mira": 0, "sue": 0}


async def test_a_request_that_its_release_overtook_counts_for_nothing(
    store: AuthorityStore, owner: Connection
) -> None:
    await store.release(CASE, ReleaseAuthority(proposal="p1"))
    assert (await store.reserve(CASE, asking())).state == "released"
    assert await used(owner) == {"ann": 0, "mira": 0}


async def test_what_a_second_person_approved_counts_for_that_person_whatever_is_used(
    store: AuthorityStore, owner: Connection
) -> None:
    await store.reserve(CASE, asking())
    for _ in range(2):
        assert (await store.reserve(CASE, approving())).state == "reserved"
        assert await used(owner) == {"ann": 0, "mira": 100, "sue": 100}
    assert (await store.reserve(CASE, approving("p2", amount=10_000))).state == "reserved"
    assert await used(owner) == {"ann": 0, "mira": 10_100, "sue": 10_100}
    assert (await store.reserve(CASE, asking("p3", amount=1))).state == "exceeded"


async def test_a_late_repeat_does_not_take_an_approval_back(store: AuthorityStore, owner: Connection) -> None:
    await store.reserve(CASE, approving())
    assert (await store.reserve(CASE, asking())).state == "reserved"
    assert await used(owner) == {"ann": 0, "mira": 100, "sue": 100}


async def test_what_was_left_over_counts_no_more_and_a_late_repeat_does_not_bring_it_back(
    store: AuthorityStore, owner: Connection
) -> None:
    await store.reserve(CASE, asking(amount=100))
    less = asking(amount=30).model_copy(update={"person_limit": None, "customer_limit": None})
    for request in (less, less, asking(amount=100)):
        assert (await store.reserve(CASE, request)).state == "reserved"
        assert await used(owner) == {"ann": 30, "mira": 30}
    await store.release("case-1", ReleaseAuthority(proposal="p1"))
    assert await used(owner) == {"ann": 0, "mira": 0}


async def test_of_many_at_once_as_many_count_as_fit(busy: AuthorityStore, owner: Connection) -> None:
    """A hundred proposals, each asked for twice, at one instant; the limit has room for ten."""
    asked = [
        busy.reserve(f"case-{number}", asking(customer=f"c{number}")) for number in range(100) for _ in "ab"
    ]
    answers = await asyncio.gather(*asked)
    kept = await owner.fetchval("SELECT count(*) FROM authority_claims WHERE state = 'reserved'")
    assert kept == 10
    assert [answer.state for answer in answers].count("reserved") == 20
    assert (await used(owner))["ann"] == 1_000


async def test_a_storm_of_everything_leaves_the_sums_equal_to_what_counts(
    busy: AuthorityStore, owner: Connection
) -> None:
    """Reserved, approved and released at once, repeated and overtaken, by few people for few customers."""
    chance = Random(7)

    async def something() -> None:
        case, proposal = f"case-{chance.randrange(20)}", f"p{chance.randrange(6)}"
        amount = 10 * (1 + int(proposal[1:]))
        deed = chance.randrange(4)
        if deed == 0:
            await busy.release(case, ReleaseAuthority(proposal=proposal))
        elif deed == 1:
            await busy.reserve(case, approving(proposal, amount=amount))
        else:
            by, of = chance.choice(["ann", "ben"]), chance.choice(["mira", "tom"])
            await busy.reserve(case, asking(proposal, amount=amount, person=by, customer=of))

    await asyncio.gather(*(something() for _ in range(600)))
    for scope in ("person", "customer"):
        off = await owner.fetch(
            f"""SELECT subject FROM authority_used AS used WHERE scope = '{scope}' AND minor <> (
                SELECT coalesce(sum(minor), 0) FROM authority_claims
                WHERE {scope} = used.subject AND state <> 'released')"""
        )
        assert off == []
    alone = await owner.fetch(
        "SELECT person, sum(minor) AS sum FROM authority_claims WHERE state = 'reserved' GROUP BY person"
    )
    assert alone
    assert all(each["sum"] <= 1_000 for each in alone)


async def test_a_database_that_is_away_is_not_waited_for_long(database: Database) -> None:
    gone = database.app_url.rpartition("/")[0].rpartition(":")[0] + ":1/redress"
    async with await open_pool(gone) as nowhere:
        store = AuthorityStore(nowhere, patience=timedelta(milliseconds=100))
        with pytest.raises(LedgerUnavailable):
            await store.reserve(CASE, asking())
        with pytest.raises(LedgerUnavailable):
            await store.release(CASE, ReleaseAuthority(proposal="p1"))
