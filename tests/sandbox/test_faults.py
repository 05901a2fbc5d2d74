import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import SERVICES
from sandbox.faults import OPERATIONS, BadPlan, FaultPlan, Faults, load_plan, read_plan

REFUND = {"order_id": "acct-1", "amount": {"minor": 500, "currency": "USD"}, "reason": "late fee"}


async def arm(client: httpx.AsyncClient, *faults: dict[str, Any]) -> None:
    assert (await client.post("/faults", json={"faults": faults})).status_code == 200


async def statuses(do: Any, count: int, *, first: int = 0) -> list[int]:
    calls = [await do("bank/pay_refund", f"key-{n:05}", **REFUND) for n in range(first, first + count)]
    return [call.status_code for call in calls]


async def done(client: httpx.AsyncClient) -> int:
    deeds = (await client.get("/bank/books")).json()["deeds"]
    return sum(deed["status"] == "done" for deed in deeds)


async def test_the_next_calls_fail_and_do_nothing(do: Any, client: httpx.AsyncClient) -> None:
    await arm(client, {"kind": "fail", "service": "bank", "operation": "pay_refund", "calls": 2})
    assert await statuses(do, 3) == [500, 500, 200]
    assert await done(client) == 1


async def test_the_next_calls_are_refused_for_good_and_stay_so(do: Any, client: httpx.AsyncClient) -> None:
    await arm(client, {"kind": "refuse", "service": "bank", "calls": 1, "reason": "account closed"})
    assert await statuses(do, 2) == [409, 200]
    again = await do("bank/pay_refund", "key-00000", **REFUND)
    assert (again.status_code, again.json()["refused"]) == (409, "account closed")


async def test_an_answer_is_lost_after_the_deed_was_done(do: Any, client: httpx.AsyncClient) -> None:
    await arm(client, {"kind": "lose_answer", "service": "bank", "calls": 1})
    client.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.ReadTimeout):
        await do("bank/pay_refund", "key-00001", **REFUND)
    assert await done(client) == 1
    assert (await do("bank/pay_refund", "key-00001", **REFUND)).status_code == 200
    assert await done(client) == 1


async def test_a_lost_answer_ends_by_itself(do: Any, client: httpx.AsyncClient) -> None:
    await arm(client, {"kind": "lose_answer", "service": "bank", "calls": 1, "seconds": 0.05})
    assert await statuses(do, 1) == [504]


async def test_a_flaky_service_fails_at_its_rate_and_always_alike(do: Any, client: httpx.AsyncClient) -> None:
    flaky = {"kind": "flaky", "service": "bank", "rate": 0.5, "seed": 3}
    await arm(client, flaky)
    first = await statuses(do, 20)
    await client.delete("/faults")
    await arm(client, flaky)
    assert await statuses(do, 20, first=20) == first
    assert 4 < first.count(500) < 16


async def test_a_service_is_down_for_a_number_of_calls(do: Any, client: httpx.AsyncClient) -> None:
    await arm(client, {"kind": "down", "service": "bank", "calls": 2})
    assert await statuses(do, 3) == [503, 503, 200]


async def test_a_service_is_down_until_cleared_and_only_that_one(do: Any, client: httpx.AsyncClient) -> None:
    await arm(client, {"kind": "down", "service": "bank"})
    assert await statuses(do, 2) == [503, 503]
    assert (await client.get("/bank/by-key/key-00000")).status_code == 503
    assert (await client.get("/health")).status_code == 200
    assert (await client.get("/bank/books")).status_code == 200
    assert (await do("courier/book_collection", "key-00009", order_id="ord-1")).status_code == 200
    await client.delete("/faults")
    assert await statuses(do, 1) == [200]


async def test_a_slow_service_still_answers(do: Any, client: httpx.AsyncClient) -> None:
    await arm(client, {"kind": "slow", "service": "bank", "seconds": 0.3, "calls": 1})
    client.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        await do("bank/pay_refund", "key-00001", **REFUND)
    assert (await do("bank/pay_refund", "key-00001", **REFUND)).status_code == 200


async def test_slowness_comes_before_the_fault_that_decides(do: Any, client: httpx.AsyncClient) -> None:
    slow = {"kind": "slow", "service": "bank", "seconds": 0.001}
    await arm(client, slow, {"kind": "fail", "service": "bank", "calls": 1})
    assert await statuses(do, 2) == [500, 200]
    met = (await client.get("/faults")).json()["faults"]
    assert [(fault["met"], fault["left"]) for fault in met] == [(2, None), (1, 0)]


async def test_the_question_by_key_can_fail_and_lose_its_answer(client: httpx.AsyncClient) -> None:
    await arm(client, {"kind": "fail", "service": "bank", "operation": "by_key", "calls": 1})
    await arm(client, {"kind": "lose_answer", "service": "bank", "calls": 1, "seconds": 0.01})
    codes = [(await client.get("/bank/by-key/key-00001")).status_code for _ in range(3)]
    assert codes == [500, 504, 404]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"faults": [{"kind": "fail", "service": "bank", "calls": 0}]}, "faults.0.calls"),
        ({"faults": [{"kind": "fail", "service": "bank"}]}, "faults.0.calls"),
        ({"faults": [{"kind": "fail", "service": "casino", "calls": 1}]}, "faults.0.service"),
        (
            {"faults": [{"kind": "fail", "service": "bank", "operation": "rob", "calls": 1}]},
            "faults.0.operation",
        ),
        ({"faults": [{"kind": "explode", "service": "bank"}]}, "faults.0"),
        ({"faults": [{"kind": "flaky", "service": "bank", "rate": 1.5, "seed": 1}]}, "faults.0.rate"),
        (
            {"faults": [{"kind": "slow", "service": "bank", "seconds": 1, "pace": 1}]},
            "faults.0.pace",
        ),
        ({"fault": []}, "faults"),
        ([1], "plan"),
        (None, "plan"),
    ],
)
async def test_a_garbage_plan_is_refused_naming_the_field(
    client: httpx.AsyncClient, plan: Any, field: str
) -> None:
    answer = await client.post("/faults", json=plan)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == field
    assert (await client.get("/faults")).json()["faults"] == []


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"", b"a: [", b"&a [*a]"])
async def test_what_is_no_plan_at_all_is_refused(client: httpx.AsyncClient, content: bytes) -> None:
    assert (await client.post("/faults", content=content)).status_code == 422


def test_a_plan_is_read_from_json_and_yaml(tmp_path: Path) -> None:
    faults = [{"kind": "down", "service": "crm", "calls": 3}]
    as_json, as_yaml = tmp_path / "plan.json", tmp_path / "plan.yaml"
    as_json.write_text(json.dumps({"faults": faults}))
    as_yaml.write_text("faults:\n  - {kind: down, service: crm, calls: 3}\n")
    assert load_plan(as_json) == load_plan(as_yaml)


def test_a_bad_plan_says_so_in_one_line() -> None:
    with pytest.raises(BadPlan, match=r"faults\.0\.calls: Field required"):
        read_plan('{"faults": [{"kind": "fail", "service": "bank"}]}')


def test_every_operation_of_every_service_can_be_made_to_fail() -> None:
    assert {name: {*known} - {"by_key", "feed"} for name, known in OPERATIONS.items()} == {
        name: {*operations} for name, operations in SERVICES.items()
    }


def struck(plan: dict[str, object]) -> list[bool]:
    """Return which of a thousand calls a fault strikes."""
    faults = Faults(FaultPlan.model_validate({"faults": [plan]}))
    met = (faults.meet("bank", "pay_refund") for _ in range(1000))
    return [bool(wait) or fault is not None for wait, fault in met]


@pytest.mark.parametrize("plan", [{"kind": "lose_answer"}, {"kind": "slow", "seconds": 1}])
def test_a_rate_strikes_some_calls_the_same_ones_for_a_seed(plan: dict[str, object]) -> None:
    rated = {**plan, "service": "bank", "rate": 0.1, "seed": 4}
    assert 60 < sum(struck(rated)) < 140
    assert struck(rated) == struck(rated)
    assert struck(rated) != struck({**rated, "seed": 5})
    assert all(struck({**plan, "service": "bank"}))
