"""The real sandbox on a free port, with a fresh world for every test, and the adapters that ask it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from temporalio.testing import ActivityEnvironment

from activities.calls import Calls
from activities.customers import Customers
from activities.http import Patience, open_client
from activities.logistics import Logistics
from activities.notices import Notices, Wordings
from activities.orders import Orders
from activities.outcomes import Outcomes
from activities.payments import Payments
from activities.surveys import Surveys
from activities.vouchers import Vouchers
from domain.effect import Answer, Ask, Request
from sandbox.app import create_app
from sandbox.books import Books, Deed
from sandbox.faults import FaultPlan, Faults
from sandbox.service import World
from sandbox.serving import served

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
HASH = "sha256-of-the-wordings"
WORDINGS = Wordings(
    texts={
        "result": {"ko": "{name}님, {amount}을 돌려드립니다.", "en": "Dear {name}, we refund {amount}."},
        "link": {"en": "Case {number}: {link}"},
        "question_problem_gone": {"ko": "해결되었습니까", "en": "Is it gone?"},
        "servqual_r1": {"en": "keeps promises"},
        "plain": {"en": "We have your complaint. {{No reply needed.}}"},
        "sly": {"en": "{name.__class__}"},
        "torn": {"en": "Dear {name"},
    }
)
QUICK = Patience(request=0.15, service=2.0, pause=0.01)
"""Long enough for every fault that ends, short enough for a test."""

HASTY = Patience(request=0.15, service=0.0, pause=0.01)
"""One try."""


class Stage:
    """Serves whichever world is on stage; a server per test would cost most of the time."""

    def __init__(self) -> None:
        self.app: Callable[..., Awaitable[None]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand the connection on."""
        assert self.app is not None
        await self.app(scope, receive, send)


class Port:
    """Runs any activity by its request's kind, as a worker would."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience) -> None:
        logistics = Logistics(client, patience)
        self.heartbeats = 0
        self._activities = {
            "fetch_customer": Customers(client, patience).fetch_customer,
            "propose_facts": Customers(client, patience).propose_facts,
            "fetch_order": Orders(client, patience).fetch_order,
            "send_notice": Notices(client, {HASH: WORDINGS}, patience).send_notice,
            "pay_refund": Payments(client, patience).pay_refund,
            "track_refund": Payments(client, patience).track_refund,
            "issue_voucher": Vouchers(client, patience).issue_voucher,
            "revoke_voucher": Vouchers(client, patience).revoke_voucher,
            "repair_goods": logistics.repair_goods,
            "track_repair": logistics.track_repair,
            "return_goods": logistics.return_goods,
            "book_collection": logistics.book_collection,
            "cancel_collection": logistics.cancel_collection,
            "issue_label": logistics.issue_label,
            "void_label": logistics.void_label,
            "track_collection": logistics.track_collection,
            "reserve_replacement": logistics.reserve_replacement,
            "release_replacement": logistics.release_replacement,
            "ship_replacement": logistics.ship_replacement,
            "track_delivery": logistics.track_delivery,
            "place_call": Calls(client, patience, {HASH: WORDINGS}).place_call,
            "fetch_call": Calls(client, patience).fetch_call,
            "send_link": Surveys(client, {HASH: WORDINGS}, patience).send_link,
            "fetch_answer": Surveys(client, {HASH: WORDINGS}, patience).fetch_answer,
            "find_outcome": Outcomes(client, patience).find_outcome,
        }

    async def __call__(
        self, request: Request, *, key: str = "effect:1", case_id: str = "case-1", at: datetime = NOON
    ) -> Any:
        """Run the activity for a request and return the result inside its answer."""
        environment = ActivityEnvironment()
        environment.on_heartbeat = self._beat
        ask = Ask(case_id=case_id, key=key, at=at, request=request)
        answer = await environment.run(self._activities[request.kind], ask)
        assert isinstance(answer, Answer)
        return answer.result

    def _beat(self, *_: Any) -> None:
        self.heartbeats += 1


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The world, its faults and two ways to ask it: with patience, and once."""

    world: World
    faults: Faults
    port: Port
    hasty: Port

    def arm(self, **fault: Any) -> None:
        """Let something go wrong."""
        self.faults.arm(FaultPlan.model_validate({"faults": [fault]}))

    def deeds(self, service: str) -> tuple[Deed, ...]:
        """Return what a service has in its books."""
        return self.world.books.all_of(service)


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest_asyncio.fixture(scope="session")
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with served(stage) as address, open_client(address) as client:
        yield client


@pytest.fixture
def outside(stage: Stage, client: httpx.AsyncClient, tmp_path: Path) -> Iterator[Outside]:
    with closing(Books(tmp_path)) as books:
        world, faults = World(books=books, seed=7, lucky=True), Faults()
        stage.app = create_app(world, faults)
        yield Outside(world=world, faults=faults, port=Port(client, QUICK), hasty=Port(client, HASTY))
