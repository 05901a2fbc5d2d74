"""What boards and telephony promise: a feed in order, read on from any entry, about one thing on request."""

from datetime import datetime
from itertools import count
from typing import Any

import httpx
import pytest

from activities.feeds import Feeds, FeedUnavailable
from domain.news import CallReported, PostPublished, PostTakenDown

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
KEYS = count(1)


@pytest.fixture
def feeds(outside: Any, client: httpx.AsyncClient) -> Feeds:
    assert outside.world
    return Feeds(client, request_seconds=0.3)


async def happen(client: httpx.AsyncClient, service: str, request: Any, *, key: str = "") -> int:
    answer = await client.post(
        f"/{service}/{request.kind}",
        headers={"Idempotency-Key": key or f"happened-{next(KEYS)}"},
        json={"at": NOON.isoformat(), "case_id": "outside", "request": request.model_dump(mode="json")},
    )
    return answer.status_code


async def test_a_feed_tells_what_happened_in_order_and_on_from_any_entry(
    feeds: Feeds, client: httpx.AsyncClient
) -> None:
    post = PostPublished(post="p-1", text="배송이 늦어요", author="별명", customer="cust-1")
    gone = PostTakenDown(post="p-1", how="hidden", by_whom="firm", who="kim-07", reason="rules")
    assert [await happen(client, "board", each) for each in (post, gone)] == [200, 200]
    first, second = await feeds.after("board", 0)
    assert (first.item, second.item) == (post, gone)
    assert (first.n < second.n, first.at) == (True, NOON)
    assert [each.n for each in await feeds.after("board", first.n)] == [second.n]
    assert list(await feeds.after("board", second.n)) == []


async def test_what_is_reported_twice_under_one_key_stands_in_the_feed_once(
    feeds: Feeds, client: httpx.AsyncClient
) -> None:
    ring = CallReported(call="tel-1", event="ring", caller="010-1234-5678")
    for _ in range(2):
        assert await happen(client, "telephony", ring, key="ring-of-tel-1") == 200
    assert [each.item for each in await feeds.after("telephony", 0)] == [ring]


async def test_a_feed_tells_all_about_one_post_or_call_however_many_pages_that_is(
    feeds: Feeds, client: httpx.AsyncClient
) -> None:
    for second in range(205):
        await happen(client, "telephony", CallReported(call="tel-1", event="wait"))
        if second < 2:
            await happen(client, "telephony", CallReported(call="tel-2", event="ring"))
    assert len(await feeds.after("telephony", 0)) == 200
    assert len(await feeds.about("telephony", "tel-1")) == 205
    assert len(await feeds.about("telephony", "tel-2")) == 2
    assert list(await feeds.about("telephony", "tel-3")) == []


async def test_a_removed_post_is_not_taken_down_again(feeds: Feeds, client: httpx.AsyncClient) -> None:
    gone = PostTakenDown(post="p-2", how="removed", by_whom="author")
    assert [await happen(client, "board", gone) for _ in range(2)] == [200, 409]
    assert len(await feeds.after("board", 0)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "down", "service": "board", "operation": "feed", "calls": 1},
        {"kind": "fail", "service": "board", "calls": 1},
        {"kind": "lose_answer", "service": "board", "calls": 1, "seconds": 0.1},
        {"kind": "slow", "service": "board", "calls": 1, "seconds": 0.5},
    ],
)
async def test_a_feed_that_does_not_answer_loses_nothing(
    outside: Any, feeds: Feeds, client: httpx.AsyncClient, fault: dict[str, Any]
) -> None:
    await happen(client, "board", PostPublished(post="p-3", text="x"))
    outside.arm(**fault)
    with pytest.raises(FeedUnavailable):
        await feeds.after("board", 0)
    assert len(await feeds.after("board", 0)) == 1


async def test_only_boards_and_telephones_report_of_themselves(
    client: httpx.AsyncClient, feeds: Feeds
) -> None:
    assert (await client.get("/bank/feed")).status_code == 404
    assert (await client.get("/board/feed", params={"after": "-1"})).status_code == 404
    with pytest.raises(FeedUnavailable, match="404"):
        await feeds.after("bank", 0)  # type: ignore[arg-type]
