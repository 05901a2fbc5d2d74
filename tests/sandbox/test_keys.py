import asyncio
from typing import Any

import httpx
import pytest

REFUND = {"order_id": "acct-1", "amount": {"minor": 500, "currency": "USD"}, "reason": "late fee"}


async def deeds(client: httpx.AsyncClient, service: str) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = (await client.get(f"/{service}/books")).json()["deeds"]
    return answer


async def test_the_same_key_and_request_get_the_same_answer_and_are_done_once(
    do: Any, client: httpx.AsyncClient
) -> None:
    first = await do("bank/pay_refund", "key-00001", **REFUND)
    again = await do("bank/pay_refund", "key-00001", at="2026-04-01T00:00:00Z", **REFUND)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    (deed,) = await deeds(client, "bank")
    assert (deed["asked"], deed["status"], deed["case_id"]) == (2, "done", "case-1")


async def test_fifty_at_once_under_one_key_are_done_once(do: Any, client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(do("bank/pay_refund", "key-00001", **REFUND) for _ in range(50)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    (deed,) = await deeds(client, "bank")
    assert deed["asked"] == 50


@pytest.mark.parametrize("other", [{"reason": "another"}, {"case_id": "case-2"}])
async def test_the_same_key_with_another_request_is_an_error(
    do: Any, client: httpx.AsyncClient, other: dict[str, str]
) -> None:
    await do("bank/pay_refund", "key-00001", **REFUND)
    reused = await do("bank/pay_refund", "key-00001", **{**REFUND, **other})
    assert reused.status_code == 422
    assert "another request" in reused.json()["error"]
    assert len(await deeds(client, "bank")) == 1


async def test_a_key_holds_over_all_operations_of_a_service(do: Any) -> None:
    await do("courier/book_collection", "key-00001", order_id="ord-1")
    reused = await do("courier/reserve_replacement", "key-00001", order_id="ord-1")
    assert reused.status_code == 422


@pytest.mark.parametrize("key", [None, "short", "with blank", "k" * 129])
async def test_what_is_kept_needs_a_key(do: Any, client: httpx.AsyncClient, key: str | None) -> None:
    answer = await do("bank/pay_refund", key, **REFUND)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]
    assert await deeds(client, "bank") == []


async def test_a_refusal_is_kept_under_its_key_too(do: Any) -> None:
    too_much = {**REFUND, "amount": {"minor": 10**9, "currency": "USD"}}
    first = await do("bank/pay_refund", "key-00001", **too_much)
    again = await do("bank/pay_refund", "key-00001", **too_much)
    assert (first.status_code, again.status_code) == (409, 409)
    assert first.json() == again.json()


async def test_a_key_tells_what_became_of_it(do: Any, client: httpx.AsyncClient) -> None:
    done = await do("bank/pay_refund", "key-00001", **REFUND)
    await do("bank/pay_refund", "key-00002", **{**REFUND, "amount": {"minor": 1, "currency": "KRW"}})
    found = await client.get("/bank/by-key/key-00001")
    refused = await client.get("/bank/by-key/key-00002")
    nothing = await client.get("/bank/by-key/key-00003")
    assert found.json()["status"] == "done"
    assert found.json()["result"] == done.json()
    assert (refused.status_code, refused.json()["status"]) == (200, "refused")
    assert (nothing.status_code, nothing.json()["status"]) == (404, "nothing")


async def test_a_malformed_request_names_its_fields_and_repeats_no_value(do: Any) -> None:
    answer = await do("bank/pay_refund", "key-00001", order_id="secret words", reason="x")
    assert answer.status_code == 422
    assert answer.json()["fields"] == ["order_id", "amount"]
    assert "secret" not in answer.text


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'{"at":"2026-01-01","case_id":"c"}'])
async def test_garbage_gets_a_clear_error(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post("/bank/pay_refund", content=content, headers={"Idempotency-Key": "key-00001"})
    assert (answer.status_code, answer.json()["error"]) == (422, "the request is malformed")


async def test_unknown_services_and_operations_do_not_exist(do: Any, client: httpx.AsyncClient) -> None:
    assert (await do("bank/rob", "key-00001")).status_code == 404
    assert (await do("casino/pay_refund", "key-00001", **REFUND)).status_code == 404
    assert (await client.get("/casino/books")).status_code == 404
    # Not the 404 that means "nothing happened": an adapter with a wrong address must not read it so.
    assert "status" not in (await client.get("/casino/by-key/key-00001")).json()


async def test_the_books_can_be_read_for_one_case(do: Any, client: httpx.AsyncClient) -> None:
    await do("bank/pay_refund", "key-00001", case_id="case-1", **REFUND)
    await do("bank/pay_refund", "key-00002", case_id="case-2", **REFUND)
    of_one = (await client.get("/bank/books", params={"case_id": "case-2"})).json()["deeds"]
    assert [deed["key"] for deed in of_one] == ["key-00002"]
