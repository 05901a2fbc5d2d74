"""`redress drill money`: remedies under faults and kills; afterwards every unit is accounted for."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import httpx

import policies
from cli.checks.evidence import Ledger, events, ledger_of
from cli.checks.reconciling import deeds, reckon
from cli.embedded import options
from cli.hurry import hurried, seconds
from cli.money_life import MoneyLife
from cli.money_paths import PathName, asked_by_key, paths, remedies
from cli.money_wish import KINDS, paths_of, wish_of
from cli.replaying import unreplayable
from cli.stubborn import ended_all
from cli.verifying import VerifyReport, verify
from client import Redress, RedressError, connect
from domain.actor import Role
from domain.money import Money
from domain.policy import Policy
from domain.saga import SagaParked
from ledger.breach import Breach
from ledger.pool import open_pool
from ledger.store import EventStore
from stack.embedded import Stack

Say = Callable[[str], None]

TOGETHER = 40
"""Cases alive at once; the others begin as these end."""

FAULTY = ("bank", "courier", "vouchers", "shop", "crm", "gateway")
ERRORS, LOST, SLOW = 0.2, 0.1, 0.05
"""Shares of all calls: answered with an error, done and then timed out, slow."""

SLOW_SECONDS = 2

AWAY = ("bank", "courier")
"""Providers that are down for a while."""

DOWN, POSTGRES_AWAY = 15.0, 5.0
"""Seconds."""

DAY = 2.0
"""Seconds that goods are on the road, and settlements take, for what is a day elsewhere."""

SERVICE_WAIT = 2
"""Seconds that an adapter waits for its service; with the 5 s of one answer a try takes 7 s at most."""

UNKNOWN_AFTER = timedelta(seconds=8)
"""How long a step is tried: one lost answer is got over, a killed worker or two faults are not, and then its
provider is asked by key."""

RETRY_AFTER = timedelta(seconds=12)
"""Longer than a try that was given up can still be under way, as `policies/sense.py` asks of every policy:
else what is taken back might be paid afterwards."""

BASE_LIMIT, LIMIT_PER_CASE = 300.0, 12.0
"""Seconds for the whole drill, unless told otherwise."""

TOLD_EVERY = 10
"""Kills between two words of how far it is."""

STORM = 0.6
"""Share of the limit after which nothing is killed any more, so that what can still end does."""


@dataclass(frozen=True, slots=True)
class MoneyReport:
    """What became of the money, the goods and the cases.

    Attributes:
        vouchers: coupons and points in their books; `collections`, `shipments`: pickups and replacements.
        orphans: pickups, goods and vouchers that were left lying about.
        parked: how often a remedy waited for a person, who then decided.
        unknown_asked: how often nobody knew what had become of a step, so that its provider was asked by key.
        kinds: lives of each kind in the mix; `remedies`: cases in which each remedy was agreed.
        paths: cases that went each way; `missed`: ways that this mix must go and no case went.
        hanging: cases that had not ended when the time was over, and where each stood.
        broken: cases whose driver met what it did not expect.
        replayed: cases whose whole history current code replays, inputs compared.
        found: what books and ledger disagree on, and which histories do not replay, in words.
    """

    seed: int
    cases: int
    ended: int
    payments: int
    paid_minor: int
    recorded_minor: int
    double_payments: int
    lost_payments: int
    orphans: int
    vouchers: int
    double_vouchers: int
    lost_vouchers: int
    collections: int
    shipments: int
    double_goods: int
    lost_goods: int
    parked: int
    unknown_asked: int
    kinds: dict[str, int]
    remedies: dict[str, int]
    paths: dict[str, int]
    missed: tuple[str, ...]
    kills: int
    seconds: float
    hanging: tuple[str, ...]
    broken: tuple[str, ...]
    replayed: int
    found: tuple[Breach, ...]
    verify: VerifyReport

    @property
    def ok(self) -> bool:
        """Whether every case ended, every unit is where the ledger says, and every way was gone."""
        at_odds = self.found or self.hanging or self.broken or self.missed or self.verify.breaches
        return self.ended == self.cases and self.paid_minor == self.recorded_minor and not at_odds


async def money_drill(*, seed: int, cases: int, limit: float | None = None, say: Say) -> MoneyReport:
    """Run the drill on a private stack whose state is in files, in real time.

    Args:
        seed: of plans, faults, luck and the moments of the kills.
        cases: how many remedies are carried out.
        limit: seconds after which what has not ended hangs.
        say: told what happens.
    """
    wanted = options(
        durable=True,
        outside=("--seed", str(seed), "--day", str(DAY)),
        environment={"REDRESS_SERVICE_WAIT": str(SERVICE_WAIT)},
    )
    async with Stack(wanted) as stack:
        supervisor = asyncio.create_task(stack.supervise(say))
        try:
            span = limit or BASE_LIMIT + cases * LIMIT_PER_CASE
            return await _Drill(stack, seed, cases, span, say).run()
        finally:
            supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await supervisor


def policy_of_the_drill() -> Policy:
    """Return a policy that waits seconds where the usual one waits days, and has half the plans approved."""
    quick = hurried(policies.load("retail-kr"))
    owner = Money(minor=5_000, currency="KRW")
    return quick.model_copy(
        update={
            "targets": (),  # ladders have a drill of their own
            "authority": quick.authority | {Role.OWNER: owner, Role.SUPERVISOR: owner},
            "approval": seconds(600),
            "offer": seconds(600),
            "unknown_after": UNKNOWN_AFTER,
            "retry_after": RETRY_AFTER,
        }
    )


@dataclass(slots=True)
class _Drill:
    stack: Stack
    seed: int
    cases: int
    limit: float
    say: Say
    kills: int = 0
    lives: list[MoneyLife] = field(default_factory=list)

    async def run(self) -> MoneyReport:
        """Live, storm, and count."""
        began = time.monotonic()
        addresses = self.stack.addresses
        redress = Redress(await connect(addresses.temporal, addresses.namespace), secret="drill")  # noqa: S106
        policy, gate = policy_of_the_drill(), asyncio.Semaphore(TOGETHER)
        self.lives = [
            MoneyLife(redress, policy, place, wish_of(self.seed, place)) for place in range(self.cases)
        ]
        await self._arm(faults_of(self.seed))
        self.say(f"{self.cases} remedies begin, {min(TOGETHER, self.cases)} at a time")
        living = [asyncio.create_task(_gated(gate, life)) for life in self.lives]
        storm = asyncio.create_task(self._storm(living, began + STORM * self.limit))
        try:
            _, late = await asyncio.wait(living, timeout=self.limit)
            await storm
        finally:
            storm.cancel()
            await ended_all(living)
        await self._clear()
        self.say(f"{len(late)} cases hang" if late else "every life is over; books and ledger are read")
        return await self._report(redress, living, time.monotonic() - began)

    # The storm. --------------------------------------------------------------------------------------------

    async def _storm(self, living: Sequence["asyncio.Task[None]"], until: float) -> None:
        """Kill the worker every few seconds; once, providers are down and Postgres and Temporal restart.

        A worker lives at least as long as it took to start: on a machine that is busy with other things the
        storm would else be all there is.
        """
        chance = Random(self.seed)  # noqa: S311 - a seed, not a secret
        once = [self._providers_down, self._restart_postgres, self._restart_temporal]
        start = 0.0
        while once or (time.monotonic() < until and not all(life.done() for life in living)):
            await asyncio.sleep(max(chance.uniform(3, 7), start * chance.uniform(1, 2)))
            start = await self._kill()
            if once:
                await once.pop(0)()
            if self.kills % TOLD_EVERY == 0:
                self.say(f"{sum(life.done() for life in living)} lives are over, {self.kills} kills")
        self.say("the storm is over")

    async def _kill(self) -> float:
        """Kill the worker and start it again; return how many seconds its start took."""
        worker = self.stack.workers[0]
        await worker.kill()
        self.kills += 1
        began = time.monotonic()
        # Started here: the supervisor waits longer each time for a program that dies again and again.
        await worker.start()
        return time.monotonic() - began

    async def _providers_down(self) -> None:
        self.say(f"{' and '.join(AWAY)} are down for {DOWN:.0f} s")
        await self._arm([{"kind": "down", "service": service} for service in AWAY], first=True)
        await asyncio.sleep(DOWN)
        await self._clear()
        await self._arm(faults_of(self.seed + 1))

    async def _restart_postgres(self) -> None:
        if self.stack.postgres is None:
            return
        self.say(f"Postgres is restarted, away for {POSTGRES_AWAY:.0f} s")
        await self.stack.postgres.stop()
        await asyncio.sleep(POSTGRES_AWAY)
        await self.stack.postgres.start()

    async def _restart_temporal(self) -> None:
        self.say("Temporal is restarted")
        await self.stack.temporal.stop()
        await self.stack.temporal.start()

    async def _arm(self, faults: Sequence[dict[str, object]], *, first: bool = False) -> None:
        if first:  # the fault that was armed first decides
            await self._clear()
        async with self._outside() as outside:
            (await outside.post("/faults", json={"faults": faults})).raise_for_status()

    async def _clear(self) -> None:
        async with self._outside() as outside:
            (await outside.delete("/faults")).raise_for_status()

    def _outside(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.stack.addresses.sandbox, timeout=30.0, trust_env=False)

    # What became of it. ------------------------------------------------------------------------------------

    async def _report(
        self, redress: Redress, living: Sequence["asyncio.Task[None]"], took: float
    ) -> MoneyReport:
        addresses = self.stack.addresses
        logs = [service.log for service in self.stack.workers]
        async with await open_pool(addresses.database) as pool:
            checked = await verify(redress, pool, sandbox_url=addresses.sandbox, logs=logs, say=self.say)
            ledger = await ledger_of(EventStore(pool))
        self.say("every history is replayed")
        numbers = [life.number for life in self.lives if life.number]
        unfaithful = await unreplayable(redress.temporal, numbers)
        reckoning = reckon(ledger, await deeds(addresses.sandbox, "bank", "courier", "vouchers"))
        mix = Counter(life.wish.kind for life in self.lives)
        gone: Counter[str] = Counter(path for entries in ledger.values() for path in paths(events(entries)))
        return MoneyReport(
            seed=self.seed,
            cases=self.cases,
            ended=sum(any(entry.kind == "case_ended" for entry in entries) for entries in ledger.values()),
            payments=reckoning.payments,
            paid_minor=reckoning.paid_minor,
            recorded_minor=reckoning.recorded_minor,
            double_payments=len(reckoning.double_payments),
            lost_payments=len(reckoning.lost_payments),
            orphans=len(reckoning.orphans),
            vouchers=reckoning.vouchers,
            double_vouchers=len(reckoning.double_vouchers),
            lost_vouchers=len(reckoning.lost_vouchers),
            collections=reckoning.collections,
            shipments=reckoning.shipments,
            double_goods=len(reckoning.double_goods),
            lost_goods=len(reckoning.lost_goods),
            parked=_parked(ledger),
            unknown_asked=sum(asked_by_key(events(entries)) for entries in ledger.values()),
            kinds=dict(mix),
            remedies=dict(Counter(kind for each in ledger.values() for kind in remedies(events(each)))),
            paths=dict(gone),
            missed=tuple(path for path in expected(set(mix)) if path not in gone),
            kills=self.kills,
            seconds=round(took, 1),
            hanging=await self._hanging(redress, living),
            broken=tuple(self._broken(living)),
            found=(*reckoning.found, *unfaithful),
            replayed=len(numbers) - len(unfaithful),
            verify=checked,
        )

    async def _hanging(self, redress: Redress, living: Sequence["asyncio.Task[None]"]) -> tuple[str, ...]:
        found = []
        for life, task in zip(self.lives, living, strict=True):
            if task.cancelled():
                found.append(await _where(redress, life))
        return tuple(found)

    def _broken(self, living: Sequence["asyncio.Task[None]"]) -> list[str]:
        """Name the lives that went another way than written; that is a bug, of the drill or of the case."""
        told = zip(self.lives, living, strict=True)
        return [
            f"{life.number or life.place}: {type(task.exception()).__name__}: {task.exception()}"
            for life, task in told
            if not task.cancelled() and task.exception() is not None
        ]


async def _gated(gate: asyncio.Semaphore, life: MoneyLife) -> None:
    async with gate:
        await life.live()


async def _where(redress: Redress, life: MoneyLife) -> str:
    try:
        view = await redress.view(life.number)
    except RedressError as error:
        return f"{life.number or life.place}: {error}"
    steps = ", ".join(f"{step.step} {step.state}" for step in view.steps)
    return f"{life.number}: {view.row.stage}, remedy {view.remedy} ({steps}), parked: {view.row.parked}"


def _parked(ledger: Ledger) -> int:
    kind = SagaParked.model_fields["kind"].default
    return sum(entry.kind == kind for entries in ledger.values() for entry in entries)


def expected(kinds: set[str]) -> tuple[PathName, ...]:
    """Return every way that a drill with these kinds of lives must have gone.

    What no kind brings about but the storm, an unknown outcome and a remedy that parks, is certain only where
    all kinds are there.
    """
    storm: tuple[PathName, ...] = ("asked by key", "parked") if len(kinds) == len(KINDS) else ()
    return (*paths_of(kinds), *storm)


def faults_of(seed: int) -> list[dict[str, object]]:
    """Return the faults of every provider; a fault met later is drawn only where none struck before it."""
    plan: list[dict[str, object]] = []
    for place, service in enumerate(FAULTY):
        base = 100 * seed + 10 * place
        plan += [
            {"kind": "slow", "service": service, "seconds": SLOW_SECONDS, "rate": SLOW, "seed": base},
            {"kind": "flaky", "service": service, "rate": ERRORS, "seed": base + 1},
            {
                "kind": "lose_answer",
                "service": service,
                "seconds": 30,
                "rate": LOST / (1 - ERRORS),
                "seed": base + 2,
            },
        ]
    return plan
