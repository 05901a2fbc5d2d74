import pytest

from tests.workflows.environment import Environment
from tests.workflows.lives import LIVES


@pytest.mark.parametrize("name", LIVES)
async def test_a_life_comes_to_its_end(env: Environment, name: str) -> None:
    await LIVES[name](env)


@pytest.mark.parametrize("name", ["recovered", "compensated", "continued", "escalated", "garbage"])
async def test_a_life_in_which_every_task_replays_comes_to_the_same_end(env: Environment, name: str) -> None:
    async with env.with_worker(cached_workflows=0):
        await LIVES[name](env)
