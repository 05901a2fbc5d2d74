"""The contract of each port: its request is carried out, its result has its shape."""

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.authority import AuthorityActivities
from activities.calls import Calls
from activities.cases import Cases
from activities.customers import Customers
from activities.http import MISUNDERSTOOD
from activities.improvements import Improvements
from activities.load import LoadActivities
from activities.logistics import Logistics
from activities.notices import Notices
from activities.orders import Orders
from activities.outcomes import SERVICES, Outcomes
from activities.payments import Payments
from activities.redaction import Redactions
from activities.surveys import HIDDEN, Surveys
from activities.vouchers import Vouchers
from domain.effect import (
    REFUSED,
    Ask,
    BookCollection,
    CallMade,
    CancelCollection,
    CollectionBooked,
    CollectionStatus,
    Contact,
    CustomerSnapshot,
    DeliveryStatus,
    FactsTaken,
    FetchAnswer,
    FetchCall,
    FetchCustomer,
    FetchOrder,
    FindOutcome,
    LearntFact,
    LinkSent,
    OrderSnapshot,
    PayRefund,
    PlaceCall,
    ProposeFacts,
    RefundPaid,
    ReleaseReplacement,
    ReplacementReserved,
    ReplacementShipped,
    Request,
    ReserveReplacement,
    SendLink,
    ShipReplacement,
    SurveyAnswer,
    TrackCollection,
    TrackDelivery,
    Undone,
)
from domain.money import Money
from tests.activities.conftest import HASH

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
KINDS = {model.model_fields["kind"].default for model in get_args(get_args(Request)[0])}


def registered_names(*classes: type) -> list[str]:
    methods = [method for cls in classes for method in vars(cls).values()]
    definitions = [activity._Definition.from_callable(method) for method in methods if callable(method)]  # noqa: SLF001 - the SDK has no public way
    return [definition.name or "" for definition in definitions if definition is not None]


def test_every_kind_of_request_has_one_activity_of_its_name() -> None:
    names = registered_names(
        *(AuthorityActivities, Calls, Cases, Customers, Improvements, LoadActivities, Logistics),
        *(Notices, Orders, Outcomes, Payments, Redactions, Surveys, Vouchers),
    )
    assert sorted(names) == sorted(KINDS)


def test_every_request_that_can_be_lost_has_a_service_to_ask() -> None:
    annotation: Any = FindOutcome.model_fields["lost"].annotation
    assert {model.model_fields["kind"].default for model in get_args(annotation)} == {*SERVICES}


async def test_customers(outside: Any) -> None:
    result = await outside.port(FetchCustomer(contact=Contact()))
    assert isinstance(result, CustomerSnapshot)
    assert result.known
    assert result.customer_id is not None


async def test_customers_take_what_a_case_learnt(outside: Any) -> None:
    fact = LearntFact(fact="need", value="large-print", seq=7, event="contact_logged")
    ask = ProposeFacts(customer_id="mira", facts=(fact,))
    taken = await outside.port(ask)
    assert isinstance(taken, FactsTaken)
    assert await outside.port(ask) == taken, "once per key"


async def test_orders(outside: Any) -> None:
    result = await outside.port(FetchOrder(source="cfpb", source_key="1", product="Mortgage"))
    assert isinstance(result, OrderSnapshot)
    assert result.lines[0].price.currency == "USD"


async def test_payments(outside: Any) -> None:
    amount = Money(minor=500, currency="USD")
    result = await outside.port(PayRefund(order_id="acct-1", amount=amount, reason="fee"))
    assert isinstance(result, RefundPaid)
    assert result.amount == amount


async def test_payments_refuse_more_than_was_paid(outside: Any) -> None:
    amount = Money(minor=10**9, currency="USD")
    with pytest.raises(ApplicationError) as raised:
        await outside.port(PayRefund(order_id="acct-1", amount=amount, reason="fee"))
    assert (raised.value.type, raised.value.non_retryable) == (REFUSED, True)
    assert "left to refund" in raised.value.message


async def test_logistics_of_goods_that_come_back(outside: Any) -> None:
    booked = await outside.port(BookCollection(order_id="ord-1"), key="collection:1")
    assert isinstance(booked, CollectionBooked)
    track = TrackCollection(reference=booked.reference)
    status = await outside.port(track, key="look:1", at=NOON + timedelta(days=3))
    assert isinstance(status, CollectionStatus)
    assert (status.arrived, status.finding) == (True, "as_claimed")


async def test_logistics_of_a_collection_that_is_called_off(outside: Any) -> None:
    booked = await outside.port(BookCollection(order_id="ord-1"), key="collection:1")
    undone = await outside.port(CancelCollection(reference=booked.reference), key="undo:1")
    assert undone == Undone(reference=booked.reference)


async def test_logistics_of_a_replacement(outside: Any) -> None:
    reserved = await outside.port(ReserveReplacement(order_id="ord-1"), key="reserve:1")
    assert isinstance(reserved, ReplacementReserved)
    ship = ShipReplacement(reference=reserved.reference, order_id="ord-1")
    shipped = await outside.port(ship, key="ship:1")
    assert isinstance(shipped, ReplacementShipped)
    status = await outside.port(TrackDelivery(reference=shipped.reference), key="look:1")
    assert status == DeliveryStatus(delivered=False)
    with pytest.raises(ApplicationError, match="already been shipped"):
        await outside.port(ReleaseReplacement(reference=reserved.reference), key="undo:1")


async def test_calls(outside: Any) -> None:
    call = PlaceCall(
        caller="hana", contact=Contact(), language="ko", attempt=1, questions=("problem_gone", "outcome")
    )
    result = await outside.port(call)
    assert isinstance(result, CallMade)
    assert (result.outcome, {*result.answers}) == ("answered", {"problem_gone", "outcome"})


async def test_calls_made_by_hand(outside: Any) -> None:
    call = PlaceCall(caller="hana", contact=Contact(), language="ko", attempt=1, questions=("problem_gone",))
    made = await outside.port(call)
    assert await outside.port(FetchCall(reference=made.reference)) == made
    with pytest.raises(ApplicationError, match="no such call"):
        await outside.port(FetchCall(reference="invented"))


def survey(**fields: Any) -> SendLink:
    known: dict[str, Any] = {
        "survey": "happy_call",
        "template": "link",
        "wording_hash": HASH,
        "language": "en",
        "channel": "sms",
        "contact": Contact(phone="010-1"),
        "questions": ("problem_gone",),
        "expires_at": NOON + timedelta(days=3),
        "slots": {"number": "7"},
    }
    return SendLink(**(known | fields))


@pytest.mark.parametrize(
    ("kind", "item", "words"),
    [("happy_call", "problem_gone", "Is it gone?"), ("servqual", "r1", "keeps promises")],
)
async def test_surveys_by_link(outside: Any, kind: str, item: str, words: str) -> None:
    sent = await outside.port(survey(survey=kind, questions=(item,)))
    assert isinstance(sent, LinkSent)
    assert (sent.delivered, sent.text) == (True, f"Case 7: {HIDDEN}")
    assert await outside.port(survey(survey=kind, questions=(item,))) == sent
    (deed,) = outside.deeds("gateway")
    assert "/answers/" in deed.request
    (opened,) = outside.deeds("surveys")
    assert words in opened.request
    answer = await outside.port(FetchAnswer(reference=sent.reference))
    assert answer == SurveyAnswer(state="open")


async def test_a_link_goes_where_only_the_crm_knows_and_not_without_its_words(outside: Any) -> None:
    sent = await outside.port(survey(channel="email", contact=Contact(customer_id="mira")))
    assert isinstance(sent, LinkSent)
    (deed,) = outside.deeds("gateway")
    assert "mira@example.invalid" in deed.request
    with pytest.raises(ApplicationError, match="no missing in en"):
        await outside.port(survey(template="missing"), key="effect:2")
    assert len(outside.deeds("surveys")) == 1


async def test_a_request_at_the_wrong_activity_is_no_refusal(client: Any) -> None:
    ask = Ask(case_id="case-1", key="k", at=NOON, request=FetchCustomer(contact=Contact()))
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(Payments(client).pay_refund, ask)
    assert (raised.value.type, raised.value.non_retryable) == (MISUNDERSTOOD, False)
