from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.workflows.environment import Environment, environment


@pytest_asyncio.fixture(scope="session")
async def everything(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Environment]:
    """One server, database, sandbox and worker for all tests of the workflow."""
    async with environment(tmp_path_factory.mktemp("workflows")) as env:
        yield env


@pytest_asyncio.fixture
async def env(everything: Environment) -> AsyncIterator[Environment]:
    """Hand the environment over whole: no fault armed, a worker at work."""
    await everything.reset()
    yield everything
    await everything.reset()
