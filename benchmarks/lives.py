"""Measures whole lives per second and the latency of opening and commanding, on a private stack.

Run with `make bench` or `.venv/bin/python benchmarks/lives.py [LIVES] [AT_ONCE] [WORKERS]`. The driver never
polls: it follows each history by long poll until the activity that it waits for has come back.
"""

import asyncio
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from temporalio.api.enums.v1 import EventType

import policies
from cli.embedded import options
from cli.hurry import hurried
from client import Redress, connect
from domain.effect import Contact
from domain.intake import Opening
from domain.policy import Policy
from domain.spoken import EVERYTHING
from stack.embedded import Stack
from workflows.decode import command_from

COMPLETED = EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
HEARD = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
SCHEDULED = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED


class Meter:
    """Collects latencies in seconds."""

    def __init__(self) -> None:
        self.opened: list[float] = []
        self.commanded: list[float] = []


async def one_life(redress: Redress, policy: Policy, place: int, meter: Meter) -> None:
    """Open a case, put it right with a refund, notify, and let the customer end it."""
    began = time.perf_counter()
    opening = Opening(
        source="web",
        source_key=f"bench-{place}",
        text="받은 물건이 깨져 있었습니다.",
        product="cup",
        contact=Contact(customer_id=f"cust-{place}", phone="010-0000-0000"),
    )
    number = (await redress.open(opening, policy)).number
    meter.opened.append(time.perf_counter() - began)
    follow = Follower(redress, number)

    async def say(name: str, by: str, **fields: Any) -> None:
        sent = time.perf_counter()
        await redress.submit(number, command_from(name, {"id": name, "by": by, **fields}))
        meter.commanded.append(time.perf_counter() - sent)

    await say("triage", "system:bench", voc_type="complaint", cause="defect")
    await say("accept_case", "agent:agent-07")
    await follow.until("fetch_customer")
    await say("open_brief", "owner:agent-07")
    told = {
        "direction": "outbound",
        "channel": "phone",
        "apology": True,
        "named_owner": True,
        "asks_further": True,
        "next_step": "refund",
    }
    await say("log_contact", "owner:agent-07", **told)
    await follow.until("fetch_order")
    amount = {"minor": 1000, "currency": "KRW"}
    decision = {"harm_line": "trouble", "remedy": "refund", "ground": "defect", "amount": amount}
    decision["reason"] = "a benchmark"
    plan = {"decisions": [decision], "gestures": ["apology_call"]}
    await say("propose_remedy", "owner:agent-07", plan=plan, contact=1, said=EVERYTHING)
    await follow.until("reserve_authority")
    view = await redress.view(number)
    await say("accept_remedy", f"customer:cust-{place}", proposal=view.proposal.hash if view.proposal else "")
    await follow.until("pay_refund")
    await say("register_result", "owner:agent-07", outcome="upheld", cause="defect", summary="환불했습니다.")
    await follow.until("send_notice", times=2)
    await say("withdraw_case", f"customer:cust-{place}")
    await redress.handle(number).result()


class Follower:
    """Reads one history by long poll, as far as it is asked to."""

    def __init__(self, redress: Redress, number: str) -> None:
        self._events = redress.handle(number).fetch_history_events(wait_new_event=True)
        self._kinds: dict[int, str] = {}
        self._back: list[str] = []
        self._done: list[str] = []

    async def until(self, kind: str, times: int = 1) -> None:
        """Wait until the case has heard so often that an activity of that kind completed."""
        while self._done.count(kind) < times:
            event = await anext(self._events)
            if event.event_type == SCHEDULED:
                name = event.activity_task_scheduled_event_attributes.activity_type.name
                self._kinds[event.event_id] = name
            elif event.event_type == COMPLETED:
                place = event.activity_task_completed_event_attributes.scheduled_event_id
                self._back.append(self._kinds[place])
            elif event.event_type == HEARD:
                self._done, self._back = [*self._done, *self._back], []


async def main(lives: int, at_once: int, workers: int) -> None:
    """Run the lives and print what was measured."""
    policy = hurried(policies.load("retail-kr"))
    meter, gate = Meter(), asyncio.Semaphore(at_once)
    async with Stack(options(lucky=True, workers=workers)) as stack:
        redress = Redress(await connect(stack.addresses.temporal, stack.addresses.namespace), secret="bench")  # noqa: S106

        async def gated(place: int) -> None:
            async with gate:
                await one_life(redress, policy, place, meter)

        for place in range(10):
            await one_life(redress, policy, -1 - place, Meter())
        alone = Meter()
        for place in range(20):
            await one_life(redress, policy, -100 - place, alone)
        began = time.perf_counter()
        await asyncio.gather(*(gated(place) for place in range(lives)))
        took = time.perf_counter() - began
    print(f"{lives} lives, {at_once} at once, {workers} worker(s): {lives / took:.1f} lives/s")
    print(f"alone:  open p50 {ms(alone.opened)} ms, command p50 {ms(alone.commanded)} ms")
    print(f"loaded: open p50 {ms(meter.opened)} ms, command p50 {ms(meter.commanded)} ms, ", end="")
    print(f"command p99 {quantiles(meter.commanded, n=100)[98] * 1000:.0f} ms")


def ms(latencies: list[float]) -> str:
    """Return the median in milliseconds."""
    return f"{median(latencies) * 1000:.1f}"


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*(given + [200, 40, 2][len(given) :])))
