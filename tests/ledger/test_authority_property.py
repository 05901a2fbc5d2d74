"""Whatever cases ask in whatever order, what is reserved is what is alive (design section 2c).

Real cases decide, the real database counts; Hypothesis chooses who does what next and which answers get lost.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.actor import Actor, Role
from domain.case import todo
from domain.effect import Contact, Effect, ReleaseAuthority, ReserveAuthority
from domain.message import EffectSucceeded, OutcomeUnknown
from domain.remedy import RemedyApproved, RemedyProposed
from ledger.authority import AuthorityStore
from ledger.pool import Connection, Pool
from tests.domain.lives import (
    ADDED_UP,
    BOTH,
    HEAD,
    IN_RECOVERY,
    PAID,
    SUPERVISOR,
    Life,
    accept,
    approve,
    decision,
    decline,
    eur,
    ok,
    opening,
    plan,
    propose,
    reject,
    wait,
)
from tests.domain.lives import given as lived

CUSTOMERS = ("mira", "mira", "mira", "tom", "tom")
"""Whose case each of the five is."""

EXAMPLES = count(1)

PEOPLE: dict[str, Callable[[str, int], Any]] = {
    "propose": lambda _, amount: propose(plan(decision(amount=eur(amount)))),
    "propose in another role": lambda _, amount: propose(plan(decision(amount=eur(amount))), by=BOTH),
    "approve": lambda _, __: approve(HEAD),
    "approve in another role": lambda _, __: approve(SUPERVISOR),
    "reject": lambda _, __: reject(HEAD),
    "accept": lambda customer, _: accept(Actor(role=Role.CUSTOMER, id=customer)),
    "decline": lambda customer, _: decline(Actor(role=Role.CUSTOMER, id=customer)),
    "wait": lambda _, __: wait(hours=3),
}
WORLD = ("answer", "answer", "answer", "answer twice", "lose the answer", "do not ask")
Step = tuple[int, str, int]
STEP = st.tuples(
    st.integers(0, len(CUSTOMERS) - 1),
    st.sampled_from([*PEOPLE, *["propose"] * 6, "accept", "decline", "decline", *WORLD, *WORLD]),
    st.sampled_from([4_000, 9_000, 9_000, 10_000, 20_000]),
)


class Firm:
    """Five cases of few people and two customers, and the database that adds up what they do."""

    def __init__(
        self, store: AuthorityStore, owner: Connection, customers: tuple[str, ...] = CUSTOMERS
    ) -> None:
        self.customers = customers
        self.store, self.owner, self.example = store, owner, next(EXAMPLES)
        self.lives = [
            lived(
                opening(contact=Contact(customer_id=customer, phone="555")), *IN_RECOVERY[1:], policy=ADDED_UP
            )
            for customer in customers
        ]

    def case_id(self, number: int) -> str:
        """Return the id of a case, which no other example has."""
        return f"e{self.example}-{number}"

    def own(self, subject: str) -> str:
        """Return the id of a person or customer, whom no other example has."""
        return f"{subject}-e{self.example}"

    async def happens(self, step: Step) -> None:
        """Let one thing happen; what may not be changes nothing."""
        number, deed, amount = step
        life = self.lives[number]
        if deed in WORLD:
            self.lives[number] = await self.answered(number, deed)
        elif life.case.remedy.proposal is not None or "propose" in deed:
            self.lives[number] = life.when(PEOPLE[deed](self.customers[number], amount)).life

    async def answered(self, number: int, how: str) -> Life:
        """Let the next effect come back, or not."""
        life = self.lives[number]
        for effect in todo(life.case):
            if isinstance(effect.request, ReserveAuthority | ReleaseAuthority):
                return await self.counted(number, effect, how)
            if effect.key.startswith("payout"):
                return life.told(ok("payout", PAID))
        return life

    async def counted(self, number: int, effect: Effect, how: str) -> Life:
        """Ask the database as the activity does; of a reservation, answers may get lost."""
        life, reserves = self.lives[number], effect.key.startswith("authority:")
        if how == "do not ask" and reserves:
            return life.told(OutcomeUnknown(at=life.now, key=effect.key))
        result = await self.asked(number, effect)
        if how == "answer twice":
            result = await self.asked(number, effect)
        if how == "lose the answer" and reserves:
            return life.told(OutcomeUnknown(at=life.now, key=effect.key))
        return life.told(EffectSucceeded(at=life.now, key=effect.key, result=result))

    async def asked(self, number: int, effect: Effect) -> Any:
        """Ask the database."""
        request = effect.request
        if isinstance(request, ReleaseAuthority):
            return await self.store.release(self.case_id(number), request)
        assert isinstance(request, ReserveAuthority)
        own = {"person": self.own(request.person), "customer": self.own(request.customer or "")}
        return await self.store.reserve(self.case_id(number), request.model_copy(update=own))

    async def comes_to_rest(self) -> None:
        """Let the ledger be told everything."""
        for number in range(len(self.customers)):
            while any(effect.key.startswith("authority") for effect in todo(self.lives[number].case)):
                self.lives[number] = await self.answered(number, "answer")

    async def sums_hold(self) -> None:
        """What a person decided alone in a period never exceeds the limit; each sum is that of its claims."""
        alone = await self.owner.fetch(
            "SELECT person, period, sum(minor) AS sum FROM authority_claims "
            "WHERE state = 'reserved' AND case_id LIKE $1 GROUP BY person, period",
            f"e{self.example}-%",
        )
        most = {self.own("ann"): 30_000, self.own("pat"): 200_000}
        assert all(each["sum"] <= most[each["person"]] for each in alone)
        off = await self.owner.fetch(
            "SELECT scope, subject FROM authority_used AS used WHERE subject LIKE $1 AND minor <> ("
            "SELECT coalesce(sum(minor), 0) FROM authority_claims AS claim WHERE state <> 'released' "
            "AND used.period = claim.period "
            "AND used.subject = CASE scope WHEN 'person' THEN person ELSE customer END)",
            f"%-e{self.example}",
        )
        assert off == []

    async def what_counts_is_alive(self) -> None:
        """At rest exactly the live proposals count: offered, agreed or done; those in doubt may."""
        rows = await self.owner.fetch(
            "SELECT case_id, proposal FROM authority_claims WHERE state <> 'released' AND case_id LIKE $1",
            f"e{self.example}-%",
        )
        counting = {(each["case_id"], each["proposal"]) for each in rows}
        sure, doubtful = set(), set()
        for number, life in enumerate(self.lives):
            name = self.case_id(number)
            sure |= {(name, hash_) for hash_ in done(life)}
            proposal = life.case.remedy.proposal
            if proposal is not None and proposal.state in ("offered", "agreed"):
                sure.add((name, proposal.hash))
            if proposal is not None and proposal.over == ("unknown",) and proposal.approved_by is None:
                doubtful.add((name, proposal.hash))
        assert sure <= counting
        assert counting - sure <= doubtful

    def given_alone(self) -> Counter[str]:
        """What each person has given or offered, by the cases' own events, with nobody's approval."""
        alone: Counter[str] = Counter()
        for life in self.lives:
            approved = {event.hash for event in life.events if isinstance(event, RemedyApproved)}
            living = {*done(life), *_standing(life)} - approved
            for event in life.events:
                if isinstance(event, RemedyProposed) and event.hash in living:
                    alone[event.by.id] += event.total.minor
        return alone


def _standing(life: Life) -> set[str]:
    proposal = life.case.remedy.proposal
    open_ = proposal is not None and proposal.state in ("offered", "agreed")
    return {proposal.hash} if proposal is not None and open_ else set()


def done(life: Life) -> set[str]:
    """Return the hashes of the proposals that were carried out."""
    return {event.hash for event in life.events if getattr(event, "kind", "") == "remedy_done"}  # type: ignore[attr-defined]


async def test_what_is_reserved_is_what_is_alive_and_never_above_the_limit(
    pool: Pool, owner: Connection
) -> None:
    loop, store = asyncio.get_running_loop(), AuthorityStore(pool)
    seen: dict[str, int] = {}

    async def lives(steps: list[Step]) -> None:
        firm = Firm(store, owner)
        for step in steps:
            await firm.happens(step)
            await firm.sums_hold()
        await firm.comes_to_rest()
        await firm.sums_hold()
        await firm.what_counts_is_alive()
        alone = firm.given_alone()
        assert alone["ann"] <= 30_000
        assert alone["pat"] <= 200_000
        for life in firm.lives:
            for event in life.events:
                kind = str(getattr(event, "kind", ""))
                seen[kind] = seen.get(kind, 0) + 1

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # to make a failure smaller would take minutes of a real database
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(STEP, min_size=20, max_size=80))
    def whatever_happens(steps: list[Step]) -> None:
        asyncio.run_coroutine_threadsafe(lives(steps), loop).result(60)

    await asyncio.to_thread(whatever_happens)
    for kind in ("authority_reserved", "authority_exceeded", "authority_unknown", "authority_counted"):
        assert seen[kind] > 3, f"{kind} hardly ever happened: {seen}"
    assert seen["authority_released"] > 3


MANY = tuple(f"customer-{number}" for number in range(10))


async def test_no_sequence_of_small_refunds_passes_a_limit_without_a_second_person(
    pool: Pool, owner: Connection
) -> None:
    loop, store = asyncio.get_running_loop(), AuthorityStore(pool)
    waited = 0

    async def gives(amounts: list[int]) -> None:
        """One person gives small refunds, each alone within their authority, each to another customer."""
        nonlocal waited
        firm, alone = Firm(store, owner, MANY), 0
        for number, amount in enumerate(amounts):
            for deed in ("propose", "answer", "accept", "answer"):
                await firm.happens((number, deed, amount))
            life = firm.lives[number]
            if alone + amount <= 30_000:
                alone += amount
                assert done(life), "within the limit nobody else is asked"
                continue
            waited += 1
            proposal = life.case.remedy.proposal
            assert proposal is not None
            assert (proposal.state, proposal.over) == ("waiting_approval", ("person",))
            tried = life.last("attempt_refused")
            assert (tried.code, tried.by.id) == ("splitting", "ann")
        assert firm.given_alone()["ann"] == alone <= 30_000

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.integers(1_500, 9_000), min_size=8, max_size=len(MANY)))
    def whatever_they_are(amounts: list[int]) -> None:
        asyncio.run_coroutine_threadsafe(gives(amounts), loop).result(60)

    await asyncio.to_thread(whatever_they_are)
    assert waited > 3
