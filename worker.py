"""Composition root of the worker: builds pool and HTTP client from the settings, registers, runs."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from activities.authority import AuthorityActivities
from activities.calls import Calls
from activities.cases import Cases
from activities.customers import Customers, OpenCases, OtherCases
from activities.http import Patience, open_client
from activities.improvements import Improvements
from activities.ledger import LedgerActivities
from activities.load import LoadActivities
from activities.logistics import Logistics
from activities.notices import Notices
from activities.orders import Orders
from activities.outcomes import Outcomes
from activities.payments import Payments
from activities.surveys import Surveys
from activities.vouchers import Vouchers
from client import NotFound, Redress, Unreachable, connect
from domain.intake import Opening
from domain.policy import Policy
from domain.refusal import Refused
from ledger.authority import AuthorityStore
from ledger.load import LoadStore
from ledger.other_cases import other_cases
from ledger.pool import open_pool
from ledger.store import EventStore
from policies import wordings
from settings import Settings
from workflows.case import CaseWorkflow
from workflows.improvement import ImprovementWorkflow
from workflows.names import IMPROVEMENT_WORKFLOW, IMPROVEMENTS_BEGIN, TASK_QUEUE
from workflows.sandboxing import sandbox_runner

GRACE = timedelta(seconds=20)
"""How long a worker that was told to stop lets its activities finish."""


OTHER_CASES_WITHIN = timedelta(seconds=2)
"""How long the ledger may take to name a customer's other cases; else they stay unknown."""

SHARED: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    # Here and not in a renderer: that one imports rich inside the workflow sandbox, which refuses it.
    structlog.processors.format_exc_info,
]


def build_log() -> None:
    """Render every log line, ours and the SDK's, as one JSON object on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=SHARED,
        )
    )
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def build_worker(
    settings: Settings,
    temporal: Client,
    *,
    outside: httpx.AsyncClient,
    store: EventStore,
    authority: AuthorityStore,
    load: LoadStore,
) -> Worker:
    """Return a worker with everything registered."""
    patience, words = Patience(service=settings.service_wait), wordings()
    notices = Notices(outside, words, patience)
    customers = Customers(outside, patience, other_cases=_other_cases(store), open_cases=_open_cases(store))
    improvements = Improvements(
        temporal,
        secret=settings.number_secret,
        store=store,
        notices=notices,
        customers=customers,
        workflow=(IMPROVEMENT_WORKFLOW, TASK_QUEUE, IMPROVEMENTS_BEGIN),
        carry_on_after=settings.carry_on_after,
    )
    ports = (
        *_all(customers),
        Orders(outside, patience).fetch_order,
        notices.send_notice,
        *_all(Payments(outside, patience)),
        *_all(Logistics(outside, patience)),
        *_all(Vouchers(outside, patience)),
        *_all(Calls(outside, patience, words)),
        *_all(Surveys(outside, words, patience)),
        Outcomes(outside, patience).find_outcome,
        *_all(AuthorityActivities(authority)),
        *_all(LoadActivities(load)),
        *_all(improvements),
        *_all(Cases(store, ClientDoor(temporal, settings))),
    )
    return Worker(
        temporal,
        task_queue=TASK_QUEUE,
        workflows=[CaseWorkflow, ImprovementWorkflow],
        activities=[*ports, LedgerActivities(store).append_events],
        workflow_runner=sandbox_runner(),
        max_cached_workflows=settings.cached_workflows,
        graceful_shutdown_timeout=GRACE,
    )


def _other_cases(store: EventStore) -> OtherCases:
    """A profile does not wait long for what the ledger adds to it."""
    hasty = store.hasty(OTHER_CASES_WITHIN)
    return lambda customer, case_id: other_cases(hasty, customer, but=case_id)


def _open_cases(store: EventStore) -> OpenCases:
    hasty = store.hasty(OTHER_CASES_WITHIN)
    return lambda customer, case_id: hasty.open_cases_of(customer, but=case_id)


class ClientDoor:
    """How one case reaches another: by the same client as everybody."""

    def __init__(self, temporal: Client, settings: Settings) -> None:
        self._redress = Redress(
            temporal, secret=settings.number_secret, carry_on_after=settings.carry_on_after
        )

    async def give(self, number: str, name: str, fields: dict[str, Any]) -> None:
        """Give a command to a case."""
        try:
            await self._redress.submit_fields(number, name, fields)
        except NotFound:
            raise Refused("there is no running case of that number", code="not-found") from None

    async def open(self, opening: Opening, policy: Policy) -> str:
        """Open a case; the same opening gives the same case."""
        return (await self._redress.open(opening, policy)).number


def _all(port: object) -> tuple[Callable[..., object], ...]:
    """Return every activity of a port that has several."""
    methods = (getattr(port, name) for name in dir(port) if not name.startswith("_"))
    return tuple(method for method in methods if hasattr(method, "__temporal_activity_definition"))


async def run(settings: Settings) -> None:
    """Run one worker until SIGINT or SIGTERM; then finish what it holds."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    temporal = await connect(settings.temporal_address, settings.temporal_namespace)
    async with (
        open_client(settings.sandbox_url) as outside,
        await open_pool(settings.database_url) as pool,
        build_worker(
            settings,
            temporal,
            outside=outside,
            store=EventStore(pool),
            authority=AuthorityStore(pool),
            load=LoadStore(pool),
        ),
    ):
        structlog.get_logger().info("worker is running", task_queue=TASK_QUEUE)
        await stop.wait()


def main() -> int:
    """Run one worker with the settings of the environment; 3 where Temporal is unreachable."""
    build_log()
    try:
        asyncio.run(run(Settings()))
    except Unreachable as error:
        structlog.get_logger().error(str(error))
        return 3
    return 0


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(
        code
    )  # the SDK's threads may crash the interpreter while it is torn down, after all work is done
