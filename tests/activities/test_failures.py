"""What each failure of a provider becomes: refused, or unknown; and that nothing is done twice."""

import asyncio
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.http import MISUNDERSTOOD, TIMED_OUT, UNAVAILABLE, Patience, open_client
from activities.keys import idempotency_key
from activities.outcomes import Outcomes
from activities.payments import Payments
from activities.retry import HEARTBEAT, START_TO_CLOSE
from domain.effect import (
    REFUSED,
    Ask,
    BookCollection,
    Contact,
    FetchCustomer,
    FindOutcome,
    Found,
    NoticeSent,
    PayRefund,
    PlaceCall,
    RefundPaid,
    Request,
    SendNotice,
)
from domain.money import Money

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
REFUND = PayRefund(order_id="acct-1", amount=Money(minor=500, currency="USD"), reason="fee")
LOST = FindOutcome(key="refund:1", lost=REFUND)


def failed(raised: pytest.ExceptionInfo[ApplicationError]) -> tuple[str | None, bool]:
    return raised.value.type, raised.value.non_retryable


def done(outside: Any, service: str = "bank") -> int:
    return sum(deed.status == "done" for deed in outside.deeds(service))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "fail", "calls": 3},
        {"kind": "down", "calls": 3},
        {"kind": "lose_answer", "calls": 2},
        {"kind": "slow", "calls": 1, "seconds": 0.3},
        {"kind": "flaky", "rate": 0.5, "seed": 5},
    ],
)
async def test_an_adapter_waits_for_its_service_and_the_refund_is_paid_once(
    outside: Any, fault: dict[str, Any]
) -> None:
    outside.arm(service="bank", **fault)
    assert isinstance(await outside.port(REFUND, key="refund:1"), RefundPaid)
    assert done(outside) == 1


async def test_an_adapter_that_waits_gives_signs_of_life(outside: Any) -> None:
    outside.arm(kind="fail", service="bank", calls=4)
    await outside.port(REFUND)
    assert outside.port.heartbeats == 5


async def test_an_adapter_that_waits_can_be_cancelled(outside: Any) -> None:
    outside.arm(kind="lose_answer", service="bank", calls=100)
    waiting = asyncio.ensure_future(outside.port(REFUND))
    while not outside.deeds("bank"):  # noqa: ASYNC110 - the books have no event
        await asyncio.sleep(0.005)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize(
    ("fault", "type_"),
    [
        ({"kind": "fail", "calls": 1}, UNAVAILABLE),
        ({"kind": "down"}, UNAVAILABLE),
        ({"kind": "lose_answer", "calls": 1}, TIMED_OUT),
    ],
)
async def test_what_never_answers_is_unknown_and_worth_a_retry(
    outside: Any, fault: dict[str, Any], type_: str
) -> None:
    outside.arm(service="bank", **fault)
    with pytest.raises(ApplicationError) as raised:
        await outside.hasty(REFUND)
    assert failed(raised) == (type_, False)


async def test_nobody_at_the_address_is_unknown_too() -> None:
    ask = Ask(case_id="case-1", key="refund:1", at=NOON, request=REFUND)
    async with open_client("http://127.0.0.1:9") as nobody:
        payments = Payments(nobody, Patience(request=1, service=0.05, pause=0.01))
        with pytest.raises(ApplicationError) as raised:
            await ActivityEnvironment().run(payments.pay_refund, ask)
    assert failed(raised) == (UNAVAILABLE, False)


async def test_a_refusal_is_final_and_carries_its_reason(outside: Any) -> None:
    outside.arm(kind="refuse", service="bank", calls=1, reason="the account is closed")
    for _ in range(2):
        with pytest.raises(ApplicationError, match="the account is closed") as raised:
            await outside.port(REFUND)
        assert failed(raised) == (REFUSED, True)
    assert done(outside) == 0


async def test_a_key_reused_for_another_request_is_never_a_refusal(outside: Any) -> None:
    await outside.port(REFUND)
    other = REFUND.model_copy(update={"reason": "another"})
    with pytest.raises(ApplicationError) as raised:
        await outside.port(other)
    # Something was done under this key: "refused" would tell the case that nothing was.
    assert failed(raised) == (MISUNDERSTOOD, False)


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (404, b"not found"),
        (200, b"<html>"),
        (200, b"{}"),
        (409, b"{}"),
        (302, b""),
        (401, b'{"status": "nothing"}'),
        (422, b'{"refused": "in a form that is no refusal"}'),
    ],
)
async def test_an_answer_outside_the_contract_is_unknown(status: int, content: bytes) -> None:
    answer = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    async with httpx.AsyncClient(transport=answer, base_url="http://bank.invalid") as client:
        payments, outcomes = Payments(client), Outcomes(client)
        for run, request in ((payments.pay_refund, REFUND), (outcomes.find_outcome, LOST)):
            ask = Ask(case_id="case-1", key="refund:1", at=NOON, request=request)
            with pytest.raises(ApplicationError) as raised:
                await ActivityEnvironment().run(run, ask)
            assert failed(raised) == (MISUNDERSTOOD, False)


async def test_a_lost_refund_is_found_by_its_key(outside: Any) -> None:
    outside.arm(kind="lose_answer", service="bank", calls=1)
    with pytest.raises(ApplicationError):
        await outside.hasty(REFUND, key="refund:1")
    found = await outside.port(LOST, key="find-refund:1")
    assert found == Found(outcome=RefundPaid(reference=found.outcome.reference, amount=REFUND.amount))
    again = await outside.port(REFUND, key="refund:1")
    assert again == found.outcome


@pytest.mark.parametrize("fault", [None, {"kind": "refuse", "calls": 1, "reason": "closed"}])
async def test_nothing_is_found_where_nothing_was_done(outside: Any, fault: dict[str, Any] | None) -> None:
    if fault is not None:
        outside.arm(service="bank", **fault)
        with pytest.raises(ApplicationError):
            await outside.port(REFUND, key="refund:1")
    assert await outside.port(LOST, key="find-refund:1") == Found(outcome=None)


async def test_an_outcome_that_cannot_be_asked_for_stays_unknown(outside: Any) -> None:
    outside.arm(kind="down", service="bank")
    with pytest.raises(ApplicationError) as raised:
        await outside.hasty(LOST)
    assert failed(raised) == (UNAVAILABLE, False)


@pytest.mark.parametrize(
    ("lost", "service"),
    [
        (BookCollection(order_id="ord-1"), "courier"),
        (
            SendNotice(template="plain", wording_hash="sha256-of-the-wordings", language="en", channel="sms"),
            "gateway",
        ),
        (PlaceCall(caller="hana", contact=Contact(), language="ko", attempt=1, questions=("q",)), "calls"),
    ],
)
async def test_each_service_finds_what_was_lost_there(outside: Any, lost: Any, service: str) -> None:
    outside.arm(kind="lose_answer", service=service, operation=lost.kind, calls=1)
    with pytest.raises(ApplicationError):
        await outside.hasty(lost, key="lost:1")
    found = await outside.port(FindOutcome(key="lost:1", lost=lost), key="find:1")
    again = await outside.port(lost, key="lost:1")
    # The mark of its words is made by who sends them, and a lost answer is looked up by who does not.
    told = again.model_copy(update={"digest": None}) if isinstance(again, NoticeSent) else again
    assert found.outcome == told
    assert done(outside, service) == 1


async def test_no_failure_tells_who_it_was_about(outside: Any) -> None:
    outside.arm(kind="down", service="crm")
    with pytest.raises(ApplicationError) as raised:
        await outside.hasty(FetchCustomer(contact=Contact(name="Mira Kim", phone="010-1234-5678")))
    shown = f"{raised.value!r} {raised.value.__cause__!r} {raised.value.details!r}"
    assert "Mira" not in shown
    assert "1234" not in shown


def test_a_key_is_of_case_and_effect_and_tells_neither() -> None:
    key = idempotency_key("case-1", "refund:1")
    assert key == idempotency_key("case-1", "refund:1")
    assert len({key, idempotency_key("case-2", "refund:1"), idempotency_key("case-1", "refund:2")}) == 3
    assert "case" not in key
    assert "refund" not in key


def test_every_kind_of_request_outlasts_the_wait_inside_its_activity() -> None:
    kinds = {model.model_fields["kind"].default for model in get_args(get_args(Request)[0])}
    usual = Patience()
    longest = timedelta(seconds=usual.service + usual.request)
    assert {*START_TO_CLOSE} == kinds
    own = {"reserve_authority", "release_authority", "read_load", "report_lesson"}
    at_a_service = [span for kind, span in START_TO_CLOSE.items() if kind not in own]
    assert min(at_a_service) > longest
    assert START_TO_CLOSE["send_notice"] > 2 * longest
    assert timedelta(seconds=2 * (usual.request + usual.pause)) < HEARTBEAT


def test_workflows_can_import_the_times_without_the_adapters() -> None:
    look = "import sys, activities.retry; print([*{'httpx', 'pydantic', 'temporalio'} & {*sys.modules}])"
    run = subprocess.run(
        [sys.executable, "-c", look],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
