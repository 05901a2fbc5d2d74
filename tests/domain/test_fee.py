from typing import Any

import pytest

from domain.assignment import AcceptCase
from domain.fee import QuoteFee, WaiveFee
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    HEAD,
    NOTICE,
    ORDER,
    OWNER,
    SUPERVISOR,
    Item,
    contact,
    eur,
    given,
    ok,
    opening,
    refused,
    say,
    triage,
)

BEFORE_ORDER: tuple[Item, ...] = (opening(), ok("acknowledgement", NOTICE), ok("customer", CUSTOMER))
UNDER_WAY: tuple[Item, ...] = (triage(cause="other"), say(AcceptCase, AGENT), contact())
READY: tuple[Item, ...] = (*BEFORE_ORDER, ok("order", ORDER), *UNDER_WAY)


def quote(minor: int, **fields: Any) -> Any:
    by = fields.pop("by", OWNER)
    return say(QuoteFee, by, **{"what": "repair", "amount": eur(minor), "contact": 1, **fields})


def test_a_fee_is_quoted_in_a_contact_and_can_be_waived_once() -> None:
    life = given(*READY).when(quote(500)).then("fee_quoted")
    waive = say(WaiveFee, OWNER, number=1, reason="goodwill")
    life = life.when(waive).then("fee_waived")
    life.when(waive).then()
    life.when(say(WaiveFee, OWNER, number=2, reason="goodwill")).then_refused("number", "no-fee")


def test_fees_together_stay_in_proportion_to_the_price() -> None:
    given(*READY).when(quote(2_700)).then("fee_quoted")
    given(*READY).when(quote(2_701)).then_refused("30 % of the price", "fee-ratio")
    given(*READY, quote(2_700)).when(quote(1)).then_refused("30 % of the price", "fee-ratio")
    waived = say(WaiveFee, OWNER, number=1, reason="goodwill")
    given(*READY, quote(2_700), waived).when(quote(2_700)).then("fee_quoted")


@pytest.mark.parametrize(("by", "may"), [(SUPERVISOR, False), (HEAD, True)])
def test_only_a_department_head_quotes_more(by: Any, may: bool) -> None:  # noqa: FBT001 - a table
    answer = given(*READY).when(quote(5_000, by=by))
    assert (answer.refusal is None) == may


def test_a_fee_that_may_not_be_is_refused() -> None:
    given(*READY, triage(cause="defect")).when(quote(1)).then_refused("every fee is the firm's", "fee-payer")
    given(*READY).when(quote(1, contact=2)).then_refused("tell the customer first", "contact")
    won = eur(1).model_copy(update={"currency": "KRW"})
    given(*READY).when(quote(1, amount=won)).then_refused("in EUR", "currency")
    no_order = (*BEFORE_ORDER, refused("order"), *UNDER_WAY)
    given(*no_order).when(quote(1)).then_refused("no order is known", "no-order")
