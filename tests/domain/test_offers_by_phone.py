"""An offer told by phone says what a letter would say, or a letter follows before it counts (R19, P5)."""

from typing import Any

import pytest

from domain.remedy import ProposeRemedy
from domain.spoken import EVERYTHING, PhoneContent, Spoken
from tests.domain.lives import (
    IN_RECOVERY,
    MIRA,
    NOTICE,
    OWNER,
    RAISED,
    accept,
    contact,
    decision,
    decline,
    given,
    ok,
    plan,
    refused,
    say,
)
from tests.domain.speaking import SPOKEN, classed, speaking
from tests.domain.test_letters import TAKEN

ASKED = SPOKEN.model_copy(update={"by_phone": EVERYTHING})
OF_ALL = (*RAISED, classed(), *TAKEN)


def told(*said: PhoneContent, **fields: Any) -> Any:
    known = {"plan": plan(decision(clause="promise")), "contact": 1, "said": said}
    return say(ProposeRemedy, OWNER, **{**known, **fields})


def living(*items: Any, spoken: Spoken = ASKED) -> Any:
    return speaking(*OF_ALL, *items, spoken=spoken)


def test_an_offer_of_which_nothing_was_left_out_needs_no_letter_and_counts_at_once() -> None:
    life = living(told(*EVERYTHING))
    assert life.owed == ()
    assert not life.last("remedy_offered").by_notice
    assert life.last("remedy_proposed").said == EVERYTHING
    life.when(accept(OWNER, contact=1)).then("remedy_agreed", "saga_begun", "step_begun")


@pytest.mark.parametrize("left_out", EVERYTHING)
def test_what_was_left_out_goes_out_in_writing_before_staff_enter_an_answer(left_out: PhoneContent) -> None:
    life = living(told(*(each for each in EVERYTHING if each != left_out)))
    assert life.owed == ("offer:1",)
    for answer in (accept, decline):
        life.when(answer(OWNER, contact=1)).then_refused(f"was not told {left_out}", "not-told-yet")
    life = life.told(ok("offer", NOTICE))
    life.when(accept(OWNER, contact=1)).then("remedy_agreed", "saga_begun", "step_begun")


def test_the_customer_answers_in_person_whenever_they_like() -> None:
    living(told()).when(accept(MIRA)).then("remedy_agreed", "saga_begun", "step_begun")


def test_a_letter_that_did_not_go_out_parks_the_case() -> None:
    life = living(told(), refused("offer"))
    assert "propose it again" in str(life.parked)
    life.when(accept(OWNER, contact=1)).then_refused("in writing first", "not-told-yet")


def test_a_policy_that_asks_for_nothing_lets_any_told_offer_count() -> None:
    assert living(told(), spoken=SPOKEN).owed == ()
    assert given(*IN_RECOVERY, contact(), told()).owed == ()
