"""Interest on a refund that came late: owed by law, paid in the same saga under its own key."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

import policies
from domain.budget import BusinessDays
from domain.calendar import Calendar
from domain.case import todo
from domain.effect import CollectionStatus, Found, OrderLine, PayRefund, RefundPaid
from domain.interest import DaysAtRate, InterestOwed, at_rates, days_late, interest_on
from domain.money import Money
from domain.policy import InterestRate, Policy, StatutoryClock
from domain.saga import MarkStepDone, RetryStep, SkipStep
from domain.triage import ClaimHarm, HarmLine
from domain.view import view
from tests.domain.lives import (
    AGENT,
    BOOKED,
    DELIVERED,
    HEAD,
    IN_RECOVERY,
    INSPECTED,
    MONDAY,
    ORDER,
    OWNER,
    PAID,
    POLICY,
    RESERVED,
    SHIPPED,
    Item,
    Life,
    accept,
    decision,
    eur,
    given,
    ok,
    owed,
    plan,
    propose,
    refused,
    register,
    say,
    to_end_of_collection,
    unknown,
    wait,
)

RATES = (
    InterestRate(valid_from=date(2000, 1, 1), basis_points=2_000, clause="promise"),
    InterestRate(valid_from=date(2026, 12, 1), basis_points=1_500, clause="promise"),
)
REFUND = StatutoryClock(
    id="refund",
    duty="refund",
    clause="promise",
    grounds=("defect",),
    budget=BusinessDays(n=3, form="end_of_day"),
    starts_on="goods_returned",
    met_by="paid",
)
LAW = POLICY.model_copy(update={"statutory": (REFUND,), "interest": RATES, "max_tries": 50})
FRIDAY = datetime(2026, 11, 27, tzinfo=UTC)
"""Midnight after the third business day on from Monday."""

INTEREST = RefundPaid(reference="pay2", amount=eur(5))


def returned(*more: Item) -> Life:
    """Return the life in which the goods came back on Monday, under this law."""
    return given(*to_end_of_collection(), ok("inspect", INSPECTED), *more, policy=LAW)


# The arithmetic. -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "days", "basis_points", "interest"),
    [
        (100_000, 365, 1_500, 15_000),
        (100_000, 1, 1_500, 42),  # 41.09...
        (33_000, 10, 1_500, 136),  # 135.6...
        (0, 10, 1_500, 0),
        (100_000, 0, 1_500, 0),
        (1, 1, 1, 1),
    ],
)
def test_principal_times_rate_times_days_over_365_rounded_up(
    minor: int, days: int, basis_points: int, interest: int
) -> None:
    won = Money(minor=minor, currency="KRW")
    rate = DaysAtRate(days=days, basis_points=basis_points, clause="c")
    assert interest_on(won, (rate,)) == Money(minor=interest, currency="KRW")


def test_a_deadline_at_midnight_ended_the_day_before() -> None:
    assert days_late(FRIDAY, FRIDAY, POLICY.calendar) == (date(2026, 11, 26), 1)
    assert days_late(FRIDAY, FRIDAY - timedelta(microseconds=1), POLICY.calendar)[1] == 0
    assert days_late(FRIDAY, FRIDAY + timedelta(days=1, hours=-1), POLICY.calendar)[1] == 1
    assert days_late(FRIDAY, FRIDAY + timedelta(days=1), POLICY.calendar)[1] == 2
    assert days_late(FRIDAY, FRIDAY - timedelta(days=9), POLICY.calendar)[1] == 0


def test_days_are_days_of_the_policys_zone() -> None:
    seoul = Calendar(timezone="Asia/Seoul", hours={})
    midnight_in_seoul = datetime(2026, 11, 26, 15, tzinfo=UTC)
    assert days_late(midnight_in_seoul, midnight_in_seoul, seoul) == (date(2026, 11, 26), 1)


def test_each_day_counts_at_the_rate_in_force_on_it() -> None:
    found = at_rates(RATES, last=date(2026, 11, 28), days=5)
    assert [(rate.days, rate.basis_points) for rate in found] == [(2, 2_000), (3, 1_500)]
    assert at_rates(RATES, last=date(1999, 12, 29), days=2) == ()
    assert [rate.days for rate in at_rates(RATES, last=date(1999, 12, 30), days=2)] == [1]
    assert at_rates((), last=date(2026, 1, 1), days=9) == ()


@holds(
    st.integers(0, 10**12),
    st.dates(date(1999, 1, 1), date(2030, 1, 1)),
    st.integers(0, 2_000),
)
def test_rates_cover_each_day_once_and_interest_is_never_short(minor: int, last: date, days: int) -> None:
    rates = at_rates(RATES, last=last, days=days)
    per_day = [
        max((r for r in RATES if r.valid_from <= day), key=lambda r: r.valid_from, default=None)
        for day in (last + timedelta(days=n) for n in range(1, days + 1))
    ]
    assert sum(rate.days for rate in rates) == sum(rate is not None for rate in per_day)
    exact = minor * sum(rate.basis_points for rate in per_day if rate)
    paid = interest_on(eur(minor), rates).minor * 365 * 10_000
    assert exact <= paid < exact + 365 * 10_000


# In the saga. ----------------------------------------------------------------------------------------------


def test_a_refund_in_time_bears_no_interest() -> None:
    life = (
        returned(wait(days=3, hours=14, minutes=59)).when(ok("payout", PAID)).then("step_done", "remedy_done")
    )
    assert life.case.saga.interest is None


def test_a_late_refund_adds_interest_under_its_own_key_without_approval() -> None:
    life = returned(wait(days=4)).when(ok("payout", PAID)).then("step_done", "interest_owed", "step_begun")
    owed_ = life.last("interest_owed")
    assert (owed_.principal, owed_.clock, owed_.was_due) == (eur(9_000), "refund", FRIDAY)
    assert [(rate.days, rate.basis_points) for rate in owed_.rates] == [(1, 2_000)]
    assert owed_.amount == eur(5)  # 9000 x 20 % x 1 / 365 = 4.93
    (effect,) = [effect for effect in todo(life.case) if effect.key.startswith("interest")]
    assert isinstance(effect.request, PayRefund)
    assert (effect.request.amount, effect.request.beyond) == (eur(5), eur(5))
    assert effect.after_written == life.case.saga.intent
    assert life.events.index(owed_) + 1 == life.case.saga.intent
    life = life.when(ok("interest", INTEREST)).then("step_done", "remedy_done")
    assert life.case.saga.paid == (eur(9_000), eur(5))
    seen = view(life.case, head="h", unwritten=0)
    assert (seen.interest, seen.row.refunds) == ("0.05 EUR", ("90.00 EUR", "0.05 EUR"))
    assert "interest" in [step.step for step in seen.steps]
    life = life.told(register())
    assert life.case.result.gets == "- 0.05 EUR: interest by law for the delay"


def test_interest_counts_from_when_the_goods_came_back_not_from_when_we_looked() -> None:
    then = CollectionStatus(arrived=True, arrived_at=MONDAY - timedelta(days=7), finding="as_claimed")
    life = given(*to_end_of_collection(), ok("inspect", then), ok("payout", PAID), policy=LAW)
    assert life.last("interest_owed").rates[0].days == 4


def test_a_rate_that_changes_during_the_delay_counts_by_the_day() -> None:
    life = returned(wait(days=9), ok("payout", PAID))
    assert [(rate.days, rate.basis_points) for rate in life.last("interest_owed").rates] == [
        (4, 2_000),
        (2, 1_500),
    ]


def test_a_lost_payout_that_is_found_late_bears_interest_once() -> None:
    life = returned(wait(days=4), unknown("payout"))
    assert life.many("interest_owed") == 0
    life = life.told(ok("ask-payout", Found(outcome=PAID)))
    assert life.many("interest_owed") == 1


def test_interest_that_is_refused_is_parked_past_the_pivot() -> None:
    life = returned(wait(days=4), ok("payout", PAID)).told(refused("interest", "the account is closed"))
    assert life.parked == "remedy step interest: the account is closed"
    again = life.told(say(RetryStep, OWNER, step="interest"))
    assert owed(again.case, "interest") == "interest:1.2"
    by_hand = life.told(say(MarkStepDone, AGENT, step="interest", reference="paid in cash"))
    assert by_hand.case.saga.stage == "completed"


def rest_kept() -> Life:
    """Return the life in which one cup of three came back and was paid; the rest waits for a person."""
    lines = tuple(OrderLine(line_id=f"l{n}", product="cup", price=eur(3_000)) for n in (1, 2, 3))
    some = CollectionStatus(arrived=True, finding="part_returned", returned=("l1",))
    third = RefundPaid(reference="p", amount=eur(3_000))
    script = list(to_end_of_collection())
    order = next(place for place, item in enumerate(script) if getattr(item, "key", "") == "order")
    script[order] = ok("order", ORDER.model_copy(update={"lines": lines}))
    return given(*script, ok("inspect", some), ok("payout", third), policy=LAW)


def test_a_rest_that_a_person_lets_go_late_bears_interest_of_its_own() -> None:
    life = rest_kept()
    assert (life.many("interest_owed"), life.case.saga.stage) == (0, "parked")
    life = life.told(wait(days=9), say(RetryStep, HEAD, step="rest_payout"))
    rest = RefundPaid(reference="q", amount=eur(6_000))
    life = life.when(ok("rest_payout", rest)).then("step_done", "interest_owed", "step_begun")
    owed_ = life.last("interest_owed")
    assert (owed_.on, owed_.principal) == ("rest_payout", eur(6_000))
    assert [(rate.days, rate.basis_points) for rate in owed_.rates] == [(4, 2_000), (2, 1_500)]
    (effect,) = [effect for effect in todo(life.case) if effect.key.startswith("rest_interest")]
    assert isinstance(effect.request, PayRefund)
    assert (effect.request.amount, effect.request.beyond) == (owed_.amount, owed_.amount)
    assert effect.after_written == life.case.saga.intent
    life = life.when(ok("rest_interest", INTEREST)).then("step_done", "remedy_done")
    assert view(life.case, head="h", unwritten=0).interest == str(owed_.amount)


def test_of_a_refund_in_parts_each_bears_interest_on_what_came_late() -> None:
    early = rest_kept()
    assert early.told(say(SkipStep, HEAD, step="rest_payout", reason="kept")).many("interest_owed") == 0


def test_fees_that_come_back_later_than_the_price_bear_interest_of_their_own() -> None:
    claimed = say(ClaimHarm, OWNER, line=HarmLine(id="more", harm="shipping"))
    both = plan(decision(), decision("return_shipping", harm_line="more", amount=eur(500)), collect=True)
    script = (*IN_RECOVERY, claimed, propose(both), accept(), ok("collect", BOOKED), ok("inspect", INSPECTED))
    life = given(*script, ok("payout", PAID), policy=LAW)
    assert life.many("interest_owed") == 0
    fee = RefundPaid(reference="f", amount=eur(500))
    life = (
        life.told(wait(days=9)).when(ok("fee_refund", fee)).then("step_done", "interest_owed", "step_begun")
    )
    assert (life.last("interest_owed").on, life.last("interest_owed").principal) == ("fee_refund", eur(500))
    life.when(ok("fee_interest", INTEREST)).then("step_done", "remedy_done")


def test_price_and_fees_that_are_both_late_bear_interest_each_on_its_own_principal() -> None:
    claimed = say(ClaimHarm, OWNER, line=HarmLine(id="more", harm="shipping"))
    both = plan(decision(), decision("return_shipping", harm_line="more", amount=eur(500)), collect=True)
    script = (*IN_RECOVERY, claimed, propose(both), accept(), ok("collect", BOOKED), ok("inspect", INSPECTED))
    life = given(*script, wait(days=9), ok("payout", PAID), policy=LAW)
    assert life.last("interest_owed").principal == eur(9_000)
    life = life.told(ok("interest", INTEREST), ok("fee_refund", RefundPaid(reference="f", amount=eur(500))))
    assert life.last("interest_owed").principal == eur(500)
    assert life.case.saga.interest_in_all is not None
    both_owed = [event.amount.minor for event in life.events if isinstance(event, InterestOwed)]
    assert life.case.saga.interest_in_all.minor == sum(both_owed)


def test_a_payout_that_a_person_skipped_bears_no_interest() -> None:
    exchange = plan(decision("exchange"), decision(harm_line="more"))
    claimed = say(ClaimHarm, OWNER, line=HarmLine(id="more", harm="price"))
    life = given(*IN_RECOVERY, claimed, propose(exchange), accept(), ok("reserve", RESERVED), policy=LAW)
    life = life.told(ok("ship", SHIPPED), ok("deliver", DELIVERED), wait(days=9), refused("payout"))
    life = life.told(say(SkipStep, HEAD, step="payout", reason="paid in cash"))
    assert (life.many("interest_owed"), life.case.saga.stage) == (0, "completed")


@pytest.mark.parametrize(
    "policy",
    [
        LAW.model_copy(update={"interest": ()}),
        LAW.model_copy(update={"statutory": ()}),
        LAW.model_copy(update={"statutory": (REFUND.model_copy(update={"grounds": ("withdrawal",)}),)}),
        LAW.model_copy(update={"statutory": (REFUND.model_copy(update={"met_by": "sent"}),)}),
        LAW.model_copy(update={"statutory": (REFUND.model_copy(update={"starts_on": "goods_delivered"}),)}),
    ],
)
def test_no_law_no_interest(policy: Policy) -> None:
    script = (*to_end_of_collection(), ok("inspect", INSPECTED), wait(days=9), ok("payout", PAID))
    life = given(*script, policy=policy)
    assert (life.many("interest_owed"), life.case.saga.stage) == (0, "completed")


def test_the_korean_rate_is_15_percent() -> None:
    (rate,) = policies.load("retail-kr").interest
    assert (rate.basis_points, rate.valid_from) == (1_500, date(2016, 1, 1))
