"""Whoever frees a parked case is told why it waits, since when, for whom, and how it goes on."""

from datetime import timedelta

from domain.case import unopened
from domain.ending import AnswerCase
from domain.parking import Parking, parking, parking_of
from domain.saga import RetryStep
from domain.view import case_row
from tests.domain.lives import (
    HEAD,
    IN_RECOVERY,
    INQUIRY,
    LOST_NOTICE,
    MONDAY,
    NOT_THERE,
    OWNER,
    POLICY,
    PUT_RIGHT,
    RAISED,
    RESERVED,
    STILL_BAD,
    Item,
    Life,
    accept,
    decision,
    given,
    ok,
    plan,
    propose,
    refused,
    register,
    say,
    to_end_of_collection,
    triage,
    unknown,
    wait,
)

LOOKED: tuple[Item, ...] = (wait(days=1, seconds=1), ok("inspect", NOT_THERE))
PARKED: tuple[Item, ...] = (*to_end_of_collection(), ok("inspect", NOT_THERE), *LOOKED, *LOOKED)


def found(life: Life) -> Parking:
    seen = parking(unopened("TEST", POLICY), life.events)
    assert seen is not None
    assert seen.why == life.parked
    return seen


def commands(seen: Parking) -> list[str]:
    return [way.command for way in seen.ways]


def test_a_case_that_goes_on_by_itself_waits_for_nobody() -> None:
    assert parking(unopened("TEST", POLICY), given(*IN_RECOVERY).events) is None


def test_a_remedy_before_its_pivot_can_be_given_up_as_well() -> None:
    seen = found(given(*PARKED))
    assert (seen.cause, seen.owner) == ("remedy", "ann")
    assert commands(seen) == ["retry_step", "mark_step_done", "skip_step", "cancel_remedy"]
    assert [way.fields for way in seen.ways] == [{"step": "inspect"}] * 3 + [{}]
    assert seen.whom == ("owner:ann", "supervisor", "department_head", "agent", "customer")
    assert "inspect" in seen.ko
    assert "nothing arrived after 3 looks" in seen.en


def test_it_waits_since_it_was_parked_and_not_since_the_last_thing_that_happened() -> None:
    life = given(*PARKED)
    since = life.now
    later = life.told(wait(hours=1))
    assert found(later).since == since
    again = later.told(say(RetryStep, OWNER, step="inspect"), ok("inspect", NOT_THERE), *LOOKED, *LOOKED)
    assert found(again).since == again.now


def test_past_the_pivot_nothing_is_given_up() -> None:
    exchange = (propose(plan(decision("exchange"))), accept(), ok("reserve", RESERVED))
    shipped = given(*IN_RECOVERY, *exchange, unknown("ship"), refused("ask-ship"))
    assert "cancel_remedy" in commands(found(shipped))
    life = given(*PUT_RIGHT)
    assert parking(unopened("TEST", POLICY), life.events) is None


def test_an_undo_that_stopped_cannot_be_given_up() -> None:
    exchange = (propose(plan(decision("exchange"))), accept(), ok("reserve", RESERVED))
    seen = found(given(*IN_RECOVERY, *exchange, refused("ship"), refused("undo-reserve")))
    assert commands(seen) == ["retry_step", "undo_by_hand", "skip_step"]
    assert seen.en.startswith("the undo stopped at its step reserve: cannot be undone")
    assert "되돌리기가" in seen.ko


def test_a_result_that_reached_nobody_is_told_in_person() -> None:
    life = given(*PUT_RIGHT, register())
    while not life.parked:
        life = life.told(ok("result-notice", LOST_NOTICE))
    seen = found(life)
    assert (seen.cause, commands(seen)) == ("result", ["tell_result"])


def test_an_answer_that_did_not_go_out_is_given_again() -> None:
    seen = found(given(*INQUIRY, say(AnswerCase, OWNER, text="at nine"), refused("answer")))
    assert (seen.cause, commands(seen)) == ("answer", ["answer_case"])


def test_a_case_that_nobody_touches_is_looked_at_by_a_supervisor() -> None:
    seen = found(given(*RAISED, triage(), wait(days=30)))
    assert (seen.cause, commands(seen), seen.whom) == (
        "target",
        ["resume_case"],
        ("supervisor", "department_head"),
    )
    assert seen.since > MONDAY + timedelta(days=1)


def test_a_customer_who_is_still_dissatisfied_needs_a_decision() -> None:
    seen = found(given(*STILL_BAD))
    assert (seen.cause, commands(seen)) == ("rounds", ["open_round", "state_final_position"])


def test_of_a_case_that_cannot_be_read_any_more_the_list_tells_what_it_knows() -> None:
    row = case_row(given(*PARKED).case)
    seen = parking_of(row)
    assert seen is not None
    assert (seen.cause, seen.why, seen.owner, seen.ways) == (None, row.parked, "ann", ())
    assert parking_of(row.model_copy(update={"parked": None})) is None
    assert HEAD.role in found(given(*STILL_BAD)).whom
    nobody = parking_of(row.model_copy(update={"owner": None}))
    assert nobody is not None
    assert (seen.whom, nobody.whom) == (("owner:ann",), ())
