"""`redress drill crash`: cases live on while worker, Postgres and Temporal are killed and come back."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import policies
from cli.embedded import options
from cli.hurry import hurried
from cli.stubborn import Commands, decided, ended, ended_all, stubborn, until
from cli.verifying import VerifyReport, verify
from client import Redress, connect
from domain.effect import Contact
from domain.intake import Opening
from domain.policy import Policy
from domain.spoken import EVERYTHING
from domain.targets import Rung
from domain.view import CaseView
from ledger.fold import events_of
from ledger.pool import Pool, open_pool
from ledger.store import EventStore
from stack.embedded import Stack

Say = Callable[[str], None]

AMOUNT = {"minor": 1000, "currency": "KRW"}
PATIENCE = 600.0
"""Seconds after the last crash within which every case must have ended; a case that hangs is a finding."""

FORGOTTEN = 5
"""Every fifth case is accepted only after its whole ladder has fired."""


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What was done to the stack, and what became of the cases."""

    cases: int
    ended: int
    refunds: int
    kills: int
    rungs: int
    doubled_rungs: int
    early_rungs: int
    missing_rungs: int
    verify: VerifyReport

    @property
    def ok(self) -> bool:
        """Whether nothing was lost, doubled or early."""
        faults = self.doubled_rungs + self.early_rungs + self.missing_rungs + len(self.verify.breaches)
        return self.ended == self.cases and self.refunds == self.cases and not faults


async def crash_drill(*, seed: int, cases: int, outage: float = 20.0, say: Say) -> DrillReport:
    """Run the drill on a private stack whose state is in files.

    Args:
        seed: order and moments of the crashes.
        cases: how many complaints live through it.
        outage: seconds for which Postgres is away.
        say: told what happens.
    """
    environment = {"REDRESS_SERVICE_WAIT": "5"}
    async with Stack(options(durable=True, lucky=True, environment=environment)) as stack:
        supervisor = asyncio.create_task(stack.supervise(say))
        try:
            return await _drill(stack, Random(seed), cases, outage, say)  # noqa: S311 - a seed, not a secret
        finally:
            supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await supervisor


async def _drill(stack: Stack, chance: Random, cases: int, outage: float, say: Say) -> DrillReport:
    addresses = stack.addresses
    redress = Redress(await connect(addresses.temporal, addresses.namespace), secret="drill")  # noqa: S106
    policy = hurried(policies.load("retail-kr"))
    say(f"{cases} cases begin their lives")
    opened: dict[int, str] = {}
    lives = [
        asyncio.create_task(_live(redress, policy, place, opened, forgotten=place % FORGOTTEN == 0))
        for place in range(cases)
    ]
    try:
        kills = await _crashes(stack, chance, outage, say)
        _, hanging = await asyncio.wait(lives, timeout=PATIENCE)
    finally:
        await ended_all(lives)
    say(f"{len(hanging)} cases hang" if hanging else "everything is up again; the ledger is read")
    for life in lives:
        if life not in hanging:
            life.result()  # a life that went another way than written here is a bug of the drill
    async with await open_pool(addresses.database) as pool:
        return await _report(redress, pool, opened, cases=cases, kills=kills, stack=stack, say=say)


async def _crashes(stack: Stack, chance: Random, outage: float, say: Say) -> int:
    """Do every kind of harm once or more, at moments drawn from the seed; return how many kills -9."""
    worker, kills = stack.workers[0], 0
    for _ in range(3):
        await asyncio.sleep(chance.uniform(1, 3))
        say("the worker is killed (-9)")
        starts = worker.starts
        await worker.kill()
        await worker.wait_until_restarted(starts)
        kills += 1
    await asyncio.sleep(chance.uniform(1, 3))
    if stack.postgres is not None:
        say(f"Postgres is stopped for {outage:.0f} s")
        await stack.postgres.stop()
        await asyncio.sleep(outage)
        await stack.postgres.start()
    say("Temporal is restarted")
    await stack.temporal.stop()
    await stack.temporal.start()
    say("no worker for 12 s, past several deadlines")
    await worker.stop()
    await asyncio.sleep(12)
    await worker.start()
    say("Temporal is killed (-9)")
    starts = stack.temporal.starts
    await stack.temporal.kill()
    await stack.temporal.wait_until_restarted(starts)
    return kills + 1


# One life, driven as a stubborn backend would: ask again with the same id until there is an answer. --------


async def _live(
    redress: Redress, policy: Policy, place: int, opened: dict[int, str], *, forgotten: bool
) -> None:
    contact = Contact(customer_id=f"cust-{place}", phone=f"010-0000-{place:04}", language="ko")
    opening = Opening(
        source="web",
        source_key=f"drill-{place}",
        text="받은 물건이 깨져 있었습니다.",
        product="cup",
        voc_type="complaint",
        contact=contact,
    )
    number = opened[place] = (await stubborn(lambda: redress.open(opening, policy))).number
    await until(redress, number, lambda view: not {"customer:1", "order:1"} & set(view.waiting))
    say = Commands(redress, number)
    await say("triage", "system:drill", voc_type="complaint", cause="defect")
    if forgotten:  # nobody takes it up until it has climbed; on a busy machine other ladders climb along
        await until(redress, number, _is_forgotten)
    else:
        await say("accept_case", "agent:agent-07", may_be_too_late=True)
    await say.as_owner("open_brief")
    contacted = {"direction": "outbound", "channel": "phone", "apology": True, "named_owner": True}
    await say.as_owner("log_contact", next_step="refund", asks_further=True, **contacted)
    decision = {"harm_line": "trouble", "remedy": "refund", "ground": "defect", "amount": AMOUNT}
    decision["reason"] = "a small sum, so that no drill waits for an approval"
    plan = {"decisions": [decision], "gestures": ["apology_call"]}
    await say.as_owner("open_brief")  # it may have climbed to somebody else meanwhile
    await say.as_owner("propose_remedy", plan=plan, contact=1, said=EVERYTHING)
    proposal = await decided(redress, number, say)
    await say("accept_remedy", f"customer:cust-{place}", proposal=proposal)
    await until(redress, number, lambda view: view.remedy == "completed")
    result = {"outcome": "upheld", "cause": "defect", "summary": "환불해 드렸습니다."}
    await say.as_owner("register_result", **result)
    await until(redress, number, lambda view: view.row.stage == "following_up")
    # A happy call waits for the customer's hours, which no drill can hurry: the customer ends it instead.
    await say("withdraw_case", f"customer:cust-{place}")
    await stubborn(lambda: ended(redress, number))


CLIMBED = 2
"""Levels up at which a forgotten case is taken up after all."""


def _is_forgotten(view: CaseView) -> bool:
    return view.row.level >= CLIMBED and not any(
        due.name.startswith("targets/accept") for due in view.row.dues
    )


# What became of it. --------------------------------------------------------------------------------------


async def _report(
    redress: Redress,
    pool: Pool,
    numbers: Mapping[int, str],
    *,
    cases: int,
    kills: int,
    stack: Stack,
    say: Say,
) -> DrillReport:
    store = EventStore(pool)
    logs = [service.log for service in stack.workers]
    report = await verify(redress, pool, sandbox_url=stack.addresses.sandbox, logs=logs, say=say)
    rungs: Counter[tuple[str, str]] = Counter()
    ended = early = missing = 0
    for place, number in numbers.items():
        events = events_of(await store.read(number))
        kinds = Counter(event.kind for event in events)
        ended += kinds["case_ended"]
        fired = [event for event in events if isinstance(event, Rung)]
        rungs.update((number, f"{event.target}:{event.generation}:{event.rung}") for event in fired)
        early += sum(event.due is not None and event.at <= event.due for event in fired)
        if place % FORGOTTEN == 0:
            missing += _missing({(e.generation, e.rung) for e in fired if e.target == "accept"})
    return DrillReport(
        cases=cases,
        ended=ended,
        refunds=report.refunds,
        kills=kills,
        rungs=sum(rungs.values()),
        doubled_rungs=sum(count - 1 for count in rungs.values()),
        early_rungs=early,
        missing_rungs=missing,
        verify=report,
    )


def _missing(rungs: set[tuple[str, int]]) -> int:
    """Count the rungs of `accept` that were left out below one that fired."""
    highest = {generation: max(r for g, r in rungs if g == generation) for generation, _ in rungs}
    return sum((g, rung) not in rungs for g, top in highest.items() for rung in range(top))
