import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.common import SearchAttributeIndexedValueType as Kind

from stack.errors import StackError
from stack.temporal_server import TemporalOptions, TemporalServer

pytestmark = pytest.mark.usefixtures("real_temporal")


async def test_a_file_survives_a_kill_and_learns_new_search_attributes(tmp_path: Path, port: int) -> None:
    options = TemporalOptions(
        port=port, durable=True, time_skipping=True, search_attributes=[("CaseStage", Kind.KEYWORD)]
    )
    server = TemporalServer(tmp_path, options)
    await server.start()
    client = await server.connect()
    await client.start_workflow("Nobody", id="kept", task_queue="nobody")
    await server.kill()
    assert not server.running

    more = replace(options, search_attributes=[*options.search_attributes, ("Severity", Kind.INT)])
    server = TemporalServer(tmp_path, more)
    try:
        await server.start()
        client = await server.connect()
        assert (await client.get_workflow_handle("kept").describe()).id == "kept"
        answer = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace="default")
        )
        assert answer.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=365)
    finally:
        await server.stop()

    server = TemporalServer(tmp_path, replace(options, search_attributes=[("Severity", Kind.TEXT)]))
    with pytest.raises(StackError, match="another type or not at all: Severity"):
        await server.start()
    assert not server.running


async def test_a_taken_port_is_named(tmp_path: Path, port: int) -> None:
    server = TemporalServer(tmp_path, TemporalOptions(port=port))
    taken = f"Port {port} for Temporal cannot be used"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(StackError, match=taken):
        await server.start()
    assert not server.running


async def test_a_server_that_dies_is_quoted(tmp_path: Path, port: int) -> None:
    server = TemporalServer(tmp_path, TemporalOptions(port=port, durable=True))
    server.database.write_bytes(b"no database" * 1000)
    with pytest.raises(StackError, match=r"(?s)temporal ended while starting.*not a database"):
        await server.start()
    assert not server.running
