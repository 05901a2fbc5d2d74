from typing import Any

import pytest

from domain.effect import OrderSnapshot
from domain.ending import WithdrawCase
from domain.retention import TakeRetentionStep
from tests.domain.follow_ups import HOUR, KEEPING, asking
from tests.domain.lives import (
    AGAIN,
    AGENT,
    BAD_CALL,
    CALLED,
    FINAL,
    GOOD_CALL,
    MIRA,
    MONDAY,
    NO_ANSWER,
    OFFERED,
    ORDER,
    OWNER,
    RAISED,
    SECOND_ROUND,
    STILL_BAD,
    SUPERVISOR,
    Item,
    contact,
    decline,
    given,
    ok,
    say,
    wait,
)

KEEPS = asking(retention=KEEPING)
MATURE = ORDER.model_copy(update={"life_cycle": "maturity"})


def of(order: OrderSnapshot, *script: Item) -> tuple[Item, ...]:
    """Return a life whose order is another."""
    return (*RAISED[:3], ok("order", order), *script[4:])


def step(number: int, by: Any = SUPERVISOR) -> Any:
    """Note what was done to keep the customer."""
    return say(TakeRetentionStep, by, contact=number, what="a call by the supervisor")


def test_a_low_score_of_a_mature_product_raises_the_flag() -> None:
    life = (
        given(*of(MATURE, *CALLED), policy=KEEPS)
        .when(ok("happy-call", BAD_CALL))
        .then("happy_call_answered", "churn_flagged", "round_opened", "case_escalated")
    )
    flag = life.last("churn_flagged")
    assert (flag.why, flag.stage) == ("low_score", "maturity")
    assert "retention/step:1.1" in life.dues


@pytest.mark.parametrize("stage", ["introduction", "growth", "decline", None])
def test_at_another_stage_of_the_product_nobody_flags(stage: str | None) -> None:
    other = ORDER.model_copy(update={"life_cycle": stage})
    assert given(*of(other, *SECOND_ROUND), policy=KEEPS).many("churn_flagged") == 0
    everywhere = asking(retention=KEEPING.model_copy(update={"stages": ()}))
    assert given(*of(other, *SECOND_ROUND), policy=everywhere).many("churn_flagged") == 1


def test_a_declined_remedy_and_a_double_deviation_raise_it_too_each_once() -> None:
    declined = (
        given(*of(MATURE, *OFFERED), policy=KEEPS).when(decline()).then("remedy_declined", "churn_flagged")
    )
    assert declined.last("churn_flagged").why == "declined_remedy"
    life = given(*of(MATURE, *SECOND_ROUND), *AGAIN, policy=KEEPS)
    life = life.when(ok("happy-call", BAD_CALL)).then(
        "happy_call_answered", "double_deviation", "churn_flagged"
    )
    assert life.case.retention.reasons == ("low_score", "double_deviation")


def test_the_step_is_a_contact_after_the_flag() -> None:
    life = given(*of(MATURE, *SECOND_ROUND), policy=KEEPS)
    life.when(step(1)).then_refused("speak to the customer", "contact")
    life.when(step(9)).then_refused("speak to the customer", "contact")
    life.when(step(2, AGENT)).then_refused("may not take_retention_step", "not-your-role")
    life = life.told(contact(SUPERVISOR)).when(step(2)).then("retention_step_taken")
    assert (life.case.retention.open, life.case.retention.taken) == (False, 1)
    life.when(step(2)).then_refused("no churn flag is open", "no-flag")


def test_a_step_that_is_missed_moves_the_case_up_and_is_given_up_after_the_second_time() -> None:
    life = given(*of(MATURE, *OFFERED), decline(), policy=KEEPS)
    due = life.dues["retention/step:1.1"]
    kinds = [each.kind for each in life.passed(due + HOUR).events]  # type: ignore[attr-defined]
    assert kinds[kinds.index("retention_step_missed") + 1] == "case_escalated"
    later = life.passed(due + HOUR)
    later = later.passed(later.dues["retention/step:1.2"] + HOUR)
    assert later.many("retention_step_missed") == 2
    assert (later.last("retention_step_missed").next_due, later.case.retention.open) == (None, False)


def test_no_window_closes_a_case_before_somebody_spoke_to_the_customer() -> None:
    """The final position's window is over before the customer was spoken to: the end waits for that."""
    slow = asking(
        retention=KEEPING.model_copy(update={"within": KEEPING.within.model_copy(update={"n": 40})})
    )
    life = given(*of(MATURE, *FINAL), policy=slow).told(wait(days=30))
    assert (life.end, life.stage) == (None, "appeal_open")
    life = life.told(contact(OWNER), step(2, OWNER))
    assert life.dues["ending/appeal-window:1"] == life.now
    assert life.told(wait(seconds=1)).end == "final_position"


def test_an_unconfirmed_end_waits_for_it_as_well() -> None:
    life = given(*of(MATURE, *SECOND_ROUND), *AGAIN, policy=KEEPS)
    life = life.told(ok("happy-call", NO_ANSWER), wait(hours=6), ok("happy-call", NO_ANSWER))
    assert (life.last("follow_up_given_up").why, life.end) == ("unreachable", None)
    again = life.told(contact(SUPERVISOR))
    assert again.told(step(again.case.contacts.count)).end == "unconfirmed"


def test_a_withdrawal_waits_for_nobody() -> None:
    life = given(*of(MATURE, *OFFERED), decline(), say(WithdrawCase, MIRA), policy=KEEPS)
    assert life.end == "withdrawn"


def test_a_good_second_round_ends_as_recovered_though_the_flag_stays() -> None:
    life = given(*of(MATURE, *SECOND_ROUND), contact(SUPERVISOR), step(2), *AGAIN, policy=KEEPS)
    life = life.told(ok("happy-call", GOOD_CALL), wait(days=9))
    assert (life.end, life.case.retention.reasons) == ("recovered", ("low_score",))
    assert life.now > MONDAY
    assert given(*STILL_BAD, policy=KEEPS).many("churn_flagged") == 0
