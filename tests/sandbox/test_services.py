from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.effect import CallMade, Contact, OrderSnapshot, PlaceCall, RefundPaid, RefundPending
from sandbox.app import create_app
from sandbox.bank import TrackSettlement, track_refund
from sandbox.calls import place_call
from sandbox.courier import PICKUP_REFUSED_SHARE, finding
from sandbox.service import Call, World

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")


async def order(do: Any, **asked: str) -> OrderSnapshot:
    answer = await do("shop/fetch_order", source="cfpb", **asked)
    return OrderSnapshot.model_validate(answer.json())


@pytest.mark.parametrize(
    "product",
    [
        "Debt collection",
        "Credit reporting",
        "Mortgage",
        "Payday loan, title loan, or personal loan",
        "Other financial service",
        "Money transfers",
        "Checking or savings account",
        None,
    ],
)
async def test_a_financial_complaint_is_about_a_fee_in_dollars(do: Any, product: str | None) -> None:
    asked = {"source_key": "2108553"} | ({"product": product} if product else {})
    snapshot = await order(do, **asked)
    (line,) = snapshot.lines
    assert (line.price.currency, snapshot.shipping_paid, snapshot.known) == ("USD", None, True)


@pytest.mark.parametrize("product", ["냉장고", "Graphics card", "Headphones"])
async def test_a_retail_complaint_is_about_an_order_in_won(do: Any, product: str) -> None:
    snapshot = await order(do, source_key="r-1", product=product)
    assert {line.price.currency for line in snapshot.lines} == {"KRW"}
    assert snapshot.lines[0].product == product
    assert snapshot.delivered_on is not None
    assert snapshot.delivered_on < NOON.date()


async def test_an_order_stays_as_it_was_first_told(do: Any) -> None:
    first = await order(do, order_id="ord-77", source_key="a", product="냉장고")
    later = await do(
        "shop/fetch_order", at="2027-01-01T00:00:00Z", source="x", source_key="b", order_id="ord-77"
    )
    assert OrderSnapshot.model_validate(later.json()) == first
    assert await order(do, source_key="a") == await order(do, source_key="a")
    assert await order(do, source_key="a") != await order(do, source_key="b")


async def test_some_orders_do_not_exist(do: Any) -> None:
    assert not (await order(do, order_id="none-1", source_key="a")).known
    refund = {"order_id": "none-1", "amount": {"minor": 1, "currency": "KRW"}, "reason": "x"}
    assert (await do("bank/pay_refund", "key-00001", **refund)).json()["code"] == "no-such-order"


async def refund(do: Any, key: str, *, minor: int, lines: tuple[str, ...] = (), currency: str = "KRW") -> Any:
    amount = {"minor": minor, "currency": currency}
    return await do("bank/pay_refund", key, order_id="ord-5", line_ids=lines, amount=amount, reason="broken")


async def test_no_more_is_refunded_than_the_lines_and_shipping_cost(do: Any) -> None:
    bought = await order(do, order_id="ord-5", source_key="a", product="냉장고")
    shipping = bought.shipping_paid.minor if bought.shipping_paid else 0
    first = bought.lines[0]
    left = first.price.minor + shipping
    over = await refund(do, "key-00001", minor=left + 1, lines=(first.line_id,))
    half = await refund(do, "key-00002", minor=1_000, lines=(first.line_id,))
    over_the_rest = await refund(do, "key-00003", minor=left - 999, lines=(first.line_id,))
    the_rest = await refund(do, "key-00004", minor=left - 1_000, lines=(first.line_id,))
    one_more = await refund(do, "key-00005", minor=1, lines=(first.line_id,))
    answers = [over, half, over_the_rest, the_rest, one_more]
    assert [answer.status_code for answer in answers] == [409, 200, 409, 200, 409]
    assert over.json()["code"] == "over-refund"


async def test_the_whole_order_is_refunded_once(do: Any) -> None:
    bought = await order(do, order_id="ord-5", source_key="a", product="냉장고")
    shipping = bought.shipping_paid.minor if bought.shipping_paid else 0
    everything = sum(line.price.minor for line in bought.lines) + shipping
    assert (await refund(do, "key-00001", minor=everything)).status_code == 200
    assert (await refund(do, "key-00002", minor=1)).status_code == 409


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"minor": 5, "currency": "USD"}, "currency"),
        ({"minor": 0}, "nothing"),
        ({"minor": 5, "lines": ("other-1",)}, "no-such-line"),
    ],
)
async def test_the_bank_refuses_what_makes_no_sense(do: Any, asked: dict[str, Any], code: str) -> None:
    answer = await refund(do, "key-00001", **asked)
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def later(days: float) -> str:
    return (NOON + timedelta(days=days)).isoformat()


async def book(do: Any, operation: str, key: str, **request: str) -> str:
    answer = await do(f"courier/{operation}", key, **request)
    assert answer.status_code == 200
    reference: str = answer.json()["reference"]
    return reference


async def test_goods_come_back_days_after_booking_as_the_asker_sees_it(do: Any) -> None:
    reference = await book(do, "book_collection", "key-00001", order_id="ord-1")
    soon = await do("courier/track_collection", at=later(0.9), reference=reference)
    at_last = await do("courier/track_collection", at=later(3), reference=reference)
    earlier_again = await do("courier/track_collection", at=later(0.9), reference=reference)
    assert soon.json()["arrived"] is False
    assert soon.json() == earlier_again.json()
    assert (at_last.json()["arrived"], at_last.json()["finding"]) == (True, "as_claimed")
    assert at_last.json()["arrived_at"] > NOON.isoformat()


async def test_a_collection_is_called_off_while_it_is_out(do: Any) -> None:
    reference = await book(do, "book_collection", "key-00001", order_id="ord-1")
    assert await book(do, "cancel_collection", "key-00002", reference=reference) == reference
    never = await do("courier/track_collection", at=later(30), reference=reference)
    assert never.json()["arrived"] is False
    once_more = await do("courier/cancel_collection", "key-00003", at=later(30), reference=reference)
    assert once_more.status_code == 200


async def test_goods_that_are_back_cannot_be_called_off(do: Any) -> None:
    reference = await book(do, "book_collection", "key-00001", order_id="ord-1")
    late = await do("courier/cancel_collection", "key-00002", at=later(4), reference=reference)
    assert (late.status_code, late.json()["code"]) == (409, "too-late")


async def test_a_replacement_goes_out_once_and_arrives(do: Any) -> None:
    reservation = await book(do, "reserve_replacement", "key-00001", order_id="ord-1")
    shipment = await book(do, "ship_replacement", "key-00002", reference=reservation, order_id="ord-1")
    twice = await do("courier/ship_replacement", "key-00003", reference=reservation, order_id="ord-1")
    release = await do("courier/release_replacement", "key-00004", reference=reservation)
    assert [twice.json()["code"], release.json()["code"]] == ["already-shipped", "too-late"]
    on_its_way = await do("courier/track_delivery", at=later(0.5), reference=shipment)
    there = await do("courier/track_delivery", at=later(3), reference=shipment)
    assert (on_its_way.json()["delivered"], there.json()["delivered"]) == (False, True)


async def test_a_released_replacement_is_not_shipped(do: Any) -> None:
    reservation = await book(do, "reserve_replacement", "key-00001", order_id="ord-1")
    await book(do, "release_replacement", "key-00002", reference=reservation)
    await book(do, "release_replacement", "key-00003", reference=reservation)
    shipped = await do("courier/ship_replacement", "key-00004", reference=reservation, order_id="ord-1")
    assert shipped.json()["code"] == "released"


def test_without_luck_some_inspections_find_something_else(world: World) -> None:
    drawn = World(books=world.books, seed=7)
    findings = {finding(drawn, f"co-{n}") for n in range(200)}
    assert findings == {"as_claimed", "not_as_claimed", "missing"}


@pytest.mark.parametrize(
    "operation",
    [
        "cancel_collection",
        "track_collection",
        "release_replacement",
        "ship_replacement",
        "track_delivery",
    ],
)
async def test_an_unknown_reference_is_refused(do: Any, operation: str) -> None:
    answer = await do(f"courier/{operation}", "key-00001", reference="co-unknown", order_id="ord-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "no-such-reference")


async def test_where_days_are_short_a_refund_settles_and_a_voucher_is_used_within_seconds(
    do: Any, world: World, stage: Any
) -> None:
    short = World(books=world.books, seed=7, day=timedelta(seconds=2))
    stage.app = create_app(short)
    some = {"minor": 1_000, "currency": "KRW"}
    await do("shop/fetch_order", source="web", source_key="x", order_id="later-1")
    await do("bank/pay_refund", "key-00001", order_id="later-1", amount=some, reason="r")
    tracked = [
        track_refund(
            short, Call(key="unkept", at=at, case_id="case-1", request=TrackSettlement(key="key-00001"))
        )
        for at in (NOON, NOON + timedelta(seconds=6))
    ]
    assert [type(each) for each in tracked] == [RefundPending, RefundPaid]
    refused = []
    for n in range(20):
        asked = {"voucher": "coupon", "order_id": "ord-1", "worth": some}
        issued = (await do("vouchers/issue_voucher", f"issue-{n:05}", **asked)).json()["reference"]
        when = (NOON + timedelta(seconds=10)).isoformat()
        answer = await do("vouchers/revoke_voucher", f"revoke-{n:05}", at=when, reference=issued)
        refused.append(answer.json().get("code"))
    assert {*refused} == {None, "used"}


async def test_of_an_order_that_comes_back_in_part_something_stays_away(do: Any) -> None:
    asked = {"source": "web", "source_key": "x"}
    answers = [await do("shop/fetch_order", order_id=f"part-{n}", **asked) for n in range(20)]
    assert {len(answer.json()["lines"]) for answer in answers} == {2, 3}


async def test_without_luck_some_pickups_are_refused(do: Any, world: World, stage: Any) -> None:
    stage.app = create_app(World(books=world.books, seed=7))
    answers = [await do("courier/book_collection", f"key-{n:05}", order_id=f"ord-{n}") for n in range(60)]
    refused = [answer for answer in answers if answer.status_code == 409]
    assert 0 < len(refused) < 60 * PICKUP_REFUSED_SHARE * 3
    assert {answer.json()["code"] for answer in refused} == {"no-pickup"}


async def test_a_complaint_without_contact_has_a_customer_and_an_address(do: Any) -> None:
    known = (await do("crm/fetch_customer", contact={})).json()
    found = (await do("crm/find_address", contact={}, channel="email")).json()
    assert known["known"]
    assert found["address"].startswith(known["customer_id"])
    other = (await do("crm/fetch_customer", case_id="case-2", contact={})).json()
    assert other["customer_id"] != known["customer_id"]


async def test_whoever_gives_the_same_contact_is_the_same_customer_in_every_case(do: Any) -> None:
    told = [{"phone": f"010-{n:04}"} for n in range(40)]
    seen = [(await do("crm/fetch_customer", contact=contact)).json() for contact in told]
    later = [(await do("crm/fetch_customer", case_id="case-2", contact=contact)).json() for contact in told]
    assert seen == later
    assert {customer["known"] for customer in seen} == {True, False}


@pytest.mark.parametrize("channel", ["sms", "phone", "email", "post"])
async def test_a_customer_has_an_address_for_every_channel(do: Any, channel: str) -> None:
    found = await do("crm/find_address", contact={"customer_id": "cust-1"}, channel=channel)
    assert found.json()["address"]


async def test_nobody_knows_where_a_prospect_lives(do: Any) -> None:
    prospect = {"customer_id": "none-1"}
    assert (await do("crm/fetch_customer", contact=prospect)).json()["known"] is False
    assert (await do("crm/find_address", contact=prospect, channel="sms")).json()["code"] == "no-address"


async def test_the_gateway_delivers_the_text_it_was_given(do: Any, client: httpx.AsyncClient) -> None:
    text = {"template": "result", "language": "ko", "text": "안녕하세요"}
    sent = await do("gateway/send_notice", "key-00001", channel="sms", address="010-1", **text)
    assert (sent.json()["delivered"], sent.json()["text"]) == (True, "안녕하세요")
    (deed,) = (await client.get("/gateway/books")).json()["deeds"]
    assert deed["request"]["address"] == "010-1"


QUESTIONS = ("problem_gone", "outcome", "effort", "came_back")


def called(world: World, case: int, attempt: int) -> CallMade:
    request = PlaceCall(caller="hana", contact=Contact(), language="ko", attempt=attempt, questions=QUESTIONS)
    key = f"call-{case}-{attempt}"
    return place_call(world, Call(key=key, at=NOON, case_id=f"case-{case}", request=request))


def test_a_fixed_share_of_customers_is_unhappy_and_some_cannot_be_reached(world: World) -> None:
    drawn = World(books=world.books, seed=7)
    calls = [called(drawn, case, 1) for case in range(300)]
    answered = [call.answers for call in calls if call.outcome == "answered"]
    unhappy = [answers for answers in answered if answers["problem_gone"] == 0]
    assert {call.outcome for call in calls} == {"answered", "no_answer", "declined"}
    assert 0.15 < len(unhappy) / len(answered) < 0.35
    assert all(a["outcome"] <= 3 and a["effort"] >= 5 and a["came_back"] == 1 for a in unhappy)
    assert calls == [called(drawn, case, 1) for case in range(300)]


def test_in_a_lucky_world_everybody_answers_and_is_content(world: World) -> None:
    calls = [called(world, case, 1) for case in range(50)]
    assert {call.outcome for call in calls} == {"answered"}
    assert {call.answers["problem_gone"] for call in calls} == {1}


async def test_some_of_the_unhappy_are_won_back_by_a_second_round_and_nobody_is_lost(
    do: Any, world: World, stage: Any
) -> None:
    drawn = World(books=world.books, seed=7)
    stage.app = create_app(drawn)
    asked = {"caller": "hana", "contact": {}, "language": "en", "questions": ["problem_gone"]}
    gone: list[list[int]] = []
    for case in range(100):
        answers = [
            (
                await do("calls/place_call", f"{case:08}-{n}", case_id=f"case-{case}", attempt=n, **asked)
            ).json()
            for n in (1, 2)
        ]
        if all(answer["outcome"] == "answered" for answer in answers):
            gone.append([answer["answers"]["problem_gone"] for answer in answers])
    assert [0, 1] in gone
    assert [0, 0] in gone
    assert [1, 0] not in gone
