"""Figures and findings reach the head who answers for them, from the command line and by the listener."""

import asyncio
import json
from pathlib import Path

import pytest

from cli.connection import find_settings
from cli.figures import FiguresSender
from cli.verifying import verify
from client import Redress
from ledger.pool import open_pool
from ledger.store import EventStore
from stack.embedded import Stack
from tests.cli.driving import Answer, Command, opening, settled
from tests.cli.own_amounts import own_amounts
from tests.cli.test_improvements import written

HEAD = "department_head:head-customer_service"


async def test_figures_of_a_period_reach_the_head_who_answers_them(
    redress: Redress,
    stack: Stack,
    redress_command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Under a policy of its own name: a listener of another test may have sent the other's figures already.
    own = own_amounts(tmp_path, ("name: retail-kr", "name: figures-kr"))
    monkeypatch.setenv("REDRESS_POLICY", str(own))

    async def ask(*arguments: object, given: str | None = None) -> Answer:
        return await asyncio.to_thread(redress_command, *arguments, given=given)

    def answered(by: str) -> tuple[object, ...]:
        said = json.dumps({"answer": "물류팀에 두 명을 더 둡니다."}, ensure_ascii=False)
        return ("submit", id_, "answer_figures", "--by", by, "--data", said)

    opened = await ask("open", "-", "--json", given=opening(rejected_tries=9))
    await settled(redress, opened.json["number"])
    whole = await ask("figures", "--period", "2020-01-01..2099-12-31", "--json")
    assert whole.json["figures"]["judged"] >= 1
    assert {"P1"} <= {rule for each in whole.json["figures"]["clauses"] for rule in each["rules"]}
    too_soon = await ask("figures", "--period", "2020-01-01..2099-12-31", "--send")
    assert (too_soon.code, "not over" in too_soon.err) == (1, True)
    async with await open_pool(stack.addresses.database) as pool:
        sent = await FiguresSender(redress, pool, find_settings()).once()
        assert sent is not None, "the listener sends what is over"
        await written(redress, sent)
        assert await FiguresSender(redress, pool, find_settings()).once() is None, "and sends it once"
        again = await ask("figures", "--send", "--json")
        id_ = again.json["request"]
        assert (id_, again.json["head"]) == (sent, HEAD.partition(":")[2])
        refused = await ask(*answered("department_head:head-sales"), "--json")
        assert (refused.code, "not-in-directory" in refused.err) == (1, True), refused.err
        done = await ask(*answered(HEAD), "--json")
        assert done.json["events"] == ["figures_answered"]
        shown = await ask("improvement", id_, "--json")
        view = shown.json["view"]
        assert (view["row"]["state"], view["answered_by"]["id"]) == ("done", "head-customer_service")
        assert view["row"]["product"] == f"{view['figures']['first']}..{view['figures']['last']}"
        assert "물류팀에" in (await ask("improvement", id_)).out
        await written(redress, id_)
        assert (await verify(redress, pool, sandbox_url=stack.addresses.sandbox)).breaches == ()
        assert await EventStore(pool).improvement(id_) is not None
    counted = await ask("conduct", "--json")
    assert counted.code == 0, "requests lie in the same ledger and are no cases"
