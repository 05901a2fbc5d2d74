"""Runs a real Temporal server on loopback, with the namespace and search attributes that Redress needs."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.service import RPCError

from stack.addresses import LOOPBACK, answers, require_free
from stack.errors import StackError
from stack.service import Service
from stack.temporal_binary import find_temporal

SearchAttribute = tuple[str, SearchAttributeIndexedValueType]

TIME_SKIPPING: Mapping[str, str] = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    # Without this every skipped timer costs about a second of real time; safe on a single process only.
    "history.timerProcessorMaxTimeShift": '"10ms"',
    # The default lets about 7 timers a second through.
    "history.timerProcessorMaxPollRPS": "10000",
    "history.timerProcessorMaxPollHostRPS": "10000",
    # After the default of 200 skips a fast-forward hangs for ever.
    "frontend.WorkflowTimeSkippingMaxSkipPerSession": "100000",
}
"""Dynamic configuration for each workflow's own clock."""

_ASK_PATIENCE = 5.0
_REGISTER_ATTEMPTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporalOptions:
    """How a server is to run."""

    port: int
    ui_port: int | None = None
    """The port of the web interface; without one the server runs headless."""
    durable: bool = False
    """Whether histories are kept in a file or in memory."""
    namespace: str = "default"
    retention: timedelta = timedelta(days=365)
    time_skipping: bool = False
    search_attributes: Sequence[SearchAttribute] = ()
    dynamic_config: Mapping[str, str] = field(default_factory=dict)


class TemporalServer(Service):
    """A Temporal server; with a file, `start` carries on where a stop or a kill interrupted it."""

    def __init__(self, folder: Path, options: TemporalOptions) -> None:
        """Describe a server whose histories are in `folder/temporal.db`, or in memory."""
        super().__init__("temporal", folder)
        self.options = options
        self.database = folder / "temporal.db"
        self.address = f"{LOOPBACK}:{options.port}"
        self._binary: Path | None = None

    def command(self) -> Sequence[str]:
        """Return the command line of the server."""
        options = self.options
        place = ["--ip", LOOPBACK, "--port", str(options.port), "--namespace", options.namespace]
        state = ["--db-filename", str(self.database)] if options.durable else []
        web = ["--ui-port", str(options.ui_port)] if options.ui_port else ["--headless"]
        dynamic = {**(TIME_SKIPPING if options.time_skipping else {}), **options.dynamic_config}
        values = [part for item in dynamic.items() for part in ("--dynamic-config-value", "=".join(item))]
        # On a new database this spares the wait for the namespace cache; on an old one it is ignored.
        attributes = [
            part
            for name, kind in options.search_attributes
            for part in ("--search-attribute", f"{name}={_cli_name(kind)}")
        ]
        log = ["--log-level", "warn", "--log-format", "json"]
        return [str(self._binary), "server", "start-dev", *place, *state, *web, *log, *values, *attributes]

    async def prepare(self) -> None:
        """Find the binary and make sure that the ports are free."""
        require_free(self.options.port, "Temporal")
        if self.options.ui_port:
            require_free(self.options.ui_port, "Temporal's web interface")
        self._binary = self._binary or await find_temporal()

    async def is_ready(self) -> bool:
        """Tell whether the server answers for our namespace."""
        if not await answers(self.options.port):
            return False
        try:
            async with asyncio.timeout(_ASK_PATIENCE):
                client = await self.connect()
                await client.workflow_service.describe_namespace(
                    DescribeNamespaceRequest(namespace=self.options.namespace)
                )
        except (RuntimeError, RPCError, TimeoutError):
            return False
        return True

    async def settle(self) -> None:
        """Set the retention and register what is searched for: a database file may be older than both."""
        client = await self.connect()
        await self._keep_closed_cases(client)
        await self._register_search_attributes(client)

    async def connect(self) -> Client:
        """Return a plain client, for questions about the server itself."""
        return await Client.connect(self.address, namespace=self.options.namespace)

    async def _keep_closed_cases(self, client: Client) -> None:
        retention = Duration()
        retention.FromTimedelta(self.options.retention)
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace=self.options.namespace,
                config=NamespaceConfig(workflow_execution_retention_ttl=retention),
            )
        )

    async def _register_search_attributes(self, client: Client) -> None:
        wanted = {name: _server_kind(kind) for name, kind in self.options.search_attributes}
        present = await self._search_attributes(client)
        missing = {name: kind for name, kind in wanted.items() if name not in present}
        if missing:
            request = AddSearchAttributesRequest(namespace=self.options.namespace, search_attributes=missing)
            await client.operator_service.add_search_attributes(request)
        for _ in range(_REGISTER_ATTEMPTS):
            present = await self._search_attributes(client)
            if wanted.keys() <= present.keys():
                break
            await asyncio.sleep(0.1)
        _compare(wanted, present)

    async def _search_attributes(self, client: Client) -> dict[str, IndexedValueType.ValueType]:
        request = ListSearchAttributesRequest(namespace=self.options.namespace)
        answer = await client.operator_service.list_search_attributes(request)
        return dict(answer.custom_attributes)


def _compare(
    wanted: Mapping[str, IndexedValueType.ValueType], present: Mapping[str, IndexedValueType.ValueType]
) -> None:
    # The server answers "ok" to a request that names another type for an attribute it already has.
    wrong = [name for name, kind in wanted.items() if present.get(name) != kind]
    if wrong:
        raise StackError(
            f"Temporal has these search attributes with another type or not at all: {', '.join(wrong)}. "
            "At most 10 of type Keyword fit; a type can be changed only with a new data folder."
        )


def _server_kind(kind: SearchAttributeIndexedValueType) -> IndexedValueType.ValueType:
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.name}")


def _cli_name(kind: SearchAttributeIndexedValueType) -> str:
    return kind.name.title().replace("_", "")


def main() -> None:
    """Make sure that the binary is there and say where: `python -m stack.temporal_server`."""
    try:
        sys.stdout.write(f"{asyncio.run(find_temporal())}\n")
    except StackError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
