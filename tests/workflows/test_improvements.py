"""Improvement requests on the real server: from a case to a department and back to the customer."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from domain.refusal import Refused
from domain.theme import Theme
from ledger.fold import fold_request, fold_row
from tests.workflows.environment import Environment
from tests.workflows.requests import IDEAS_AGENT, Request, carried_out, suggest


async def test_a_suggestion_is_passed_on_carried_out_told_and_comes_back(env: Environment) -> None:
    request = await carried_out(env)
    kinds = await request.kinds()
    assert kinds == [
        *("theme_opened", "like_case_reported", "improvement_raised", "staff_told"),
        *("improvement_accepted", "improvement_done", "suggester_told"),
        *("like_case_reported", "improvement_reopened", "staff_told"),
    ]
    view = await request.view()
    assert (view.row.recurrences, view.row.cases, view.told) == (1, 2, 1)
    told = [json.loads(deed.request) for deed in env.deeds("gateway", request.id)]
    assert [each["template"] for each in told] == [
        "improvement_asked",
        "suggestion_done",
        "improvement_asked",
    ]
    assert "뚜껑이 생겼습니다." in told[1]["text"]
    suggested = fold_request(await env.store.read(request.id)).cases[0].case_id
    answered = [json.loads(deed.request) for deed in env.deeds("gateway", suggested)]
    (address,) = {each["address"] for each in answered if each["template"] == "answer"}
    assert told[1]["address"] == address, "by the channel of the case, which has ended"


async def test_what_the_ledger_holds_is_what_the_request_says_and_folds_into_it(env: Environment) -> None:
    _, request = await suggest(env, f"handle {next(env.numbers)}")
    view = await request.until("raised")
    entries = await env.store.read(request.id)
    assert entries[-1].hash == view.head
    assert await env.store.improvement(request.id) == view.row == fold_row({})(entries)
    assert request.id not in [case_id async for case_id in env.store.case_ids()]


async def test_many_like_cases_raise_one_request_and_reports_sent_again_change_nothing(
    env: Environment,
) -> None:
    theme = Theme(kind="fault", department="production", product=f"pot {next(env.numbers)}", cause="defect")
    request, now = Request(env, theme), datetime.now(UTC)
    for case_id in ("c1", "c2", "c1", "c3", "c2", "c4"):
        await request.report(case_id, now)
    view = await request.until("raised")
    assert (view.row.cases, (await request.kinds()).count("improvement_raised")) == (4, 1)
    with pytest.raises(Refused, match="no agent of the department"):
        await request.command("accept_improvement", IDEAS_AGENT)


async def test_nobody_answers_and_it_moves_up_on_its_own_clock(env: Environment) -> None:
    _, request = await suggest(env, f"spout {next(env.numbers)}")
    await request.until("raised")
    await request.forward(timedelta(days=5))
    view = await request.until("raised")
    assert (view.row.owner, view.row.late) == ("head-r_and_d", True)
    kinds = await request.kinds()
    assert [kind for kind in kinds if kind.startswith("improvement")] == [
        *("improvement_raised", "improvement_reminded", "improvement_late")
    ]
