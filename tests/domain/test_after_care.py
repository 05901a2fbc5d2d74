from typing import Any

import pytest

from domain import after_care
from domain.after_care import AfterCare
from domain.case import past_of, todo
from domain.contact import OptOut
from domain.effect import CustomerSnapshot, SendNotice
from domain.ending import WithdrawCase
from domain.intake import AddToCase
from domain.message import Deadline
from domain.supervisor import RequestSupervisor
from tests.domain.follow_ups import CARE, DAY, PREVENTED, asking
from tests.domain.lives import (
    AGENT,
    BAD_CALL,
    FINAL,
    GOOD_CALL,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NO_ANSWER,
    NOTICE,
    NOTIFIED,
    RAISED,
    Item,
    given,
    ok,
    opening,
    refused,
    say,
    unknown,
    wait,
)

CARED = asking(after_care=CARE)
CONTENT: tuple[Item, ...] = (*PREVENTED, wait(hours=25), ok("happy-call", GOOD_CALL))
FIRST: tuple[Item, ...] = (*CONTENT, wait(days=2))


def series(life: Any) -> list[str]:
    """Return the deadlines of the series."""
    return [name for name in life.dues if name.startswith("after_care")]


def test_what_was_changed_is_told_after_the_remedy_and_once_more() -> None:
    life = given(*CONTENT, policy=CARED)
    assert life.dues["after_care/reassure:1"] == MONDAY + 3 * DAY
    life = life.told(wait(days=2))
    (effect,) = todo(life.case)
    assert isinstance(effect.request, SendNotice)
    assert (effect.key, effect.request.template) == ("reassurance:1.1", "reassurance")
    assert effect.request.slots["prevention"] == "we pack it better"
    life = life.when(ok("reassurance", NOTICE)).then("reassurance_sent")
    assert life.dues["after_care/reassure:2"] == MONDAY + 5 * DAY
    life = life.told(wait(days=3))
    (again,) = todo(life.case)
    assert isinstance(again.request, SendNotice)
    assert again.request.template == "reassurance_again"
    life = life.told(ok("reassurance", NOTICE))
    assert (series(life), life.case.after_care.sent) == ([], 2)


@pytest.mark.parametrize(
    "how", [ok("reassurance", LOST_NOTICE), refused("reassurance"), unknown("reassurance")]
)
def test_a_message_that_did_not_arrive_is_not_sent_again_and_the_series_goes_on(how: Item) -> None:
    life = given(*FIRST, how, policy=CARED)
    assert (series(life), life.case.after_care.sent, life.owed) == (["after_care/reassure:2"], 0, ())


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (say(AddToCase, MIRA, text="another thing is broken"), "complained"),
        (say(RequestSupervisor, MIRA), "complained"),
        (say(OptOut, MIRA), "opted_out"),
    ],
)
def test_the_series_stops_at_a_new_complaint_and_when_the_customer_wants_no_messages(
    what: Any, why: str
) -> None:
    life = given(*CONTENT, policy=CARED).told(what)
    assert (life.last("after_care_stopped").why, series(life)) == (why, [])


def test_the_series_stops_at_a_bad_answer_and_begins_anew_with_the_next_remedy() -> None:
    life = given(*PREVENTED, wait(hours=25), policy=CARED).told(ok("happy-call", BAD_CALL))
    assert life.last("after_care_stopped").why == "dissatisfied"
    assert life.case.after_care == AfterCare(round=2)


def test_a_note_of_staff_is_no_complaint() -> None:
    life = given(*CONTENT, policy=CARED).told(say(AddToCase, AGENT, text="a note"))
    assert series(life) == ["after_care/reassure:1"]


def test_words_before_the_result_stop_nothing() -> None:
    life = given(*RAISED, say(AddToCase, MIRA, text="and this"), *CONTENT[4:], policy=CARED)
    assert series(life) == ["after_care/reassure:1"]


def test_what_has_nothing_to_say_is_recorded_and_not_sent() -> None:
    life = given(*NOTIFIED, wait(hours=25), ok("happy-call", GOOD_CALL), wait(days=5), policy=CARED)
    withheld = life.last("contact_withheld")
    assert (withheld.purpose, withheld.number, withheld.why) == ("reassurance", 2, "nothing_to_say")
    assert (life.many("contact_withheld"), life.owed, series(life)) == (2, (), [])


def test_consent_and_channel_are_looked_at_before_each_message() -> None:
    quiet = opening(contact={"customer_id": "mira"})
    unreachable = (quiet, RAISED[1], ok("customer", CustomerSnapshot(known=False)), *FIRST[3:])
    assert given(*unreachable, policy=CARED).last("contact_withheld").why == "no_channel"
    silent = CustomerSnapshot(known=True, customer_id="mira", consent_to_messages=False)
    life = given(RAISED[0], RAISED[1], ok("customer", silent), *FIRST[3:], policy=CARED)
    assert life.last("contact_withheld").why == "no_consent"


def test_it_comes_inside_the_customers_hours() -> None:
    evening = (*PREVENTED[:-1], wait(hours=12), PREVENTED[-1])
    life = given(*evening, policy=CARED)
    assert life.dues["after_care/reassure:1"] == MONDAY + 4 * DAY


def test_a_final_position_and_a_withdrawn_complaint_are_not_followed_by_reassurance() -> None:
    assert series(given(*FINAL, policy=CARED)) == []
    assert series(given(*PREVENTED, say(WithdrawCase, MIRA), policy=CARED)) == []


def test_an_unreachable_customer_is_reassured_as_well() -> None:
    life = given(*PREVENTED, wait(hours=25), ok("happy-call", NO_ANSWER), policy=CARED)
    assert "after_care/reassure:1" in life.dues


def test_an_outcome_of_another_round_leaves_the_message_in_flight_alone() -> None:
    flying = given(*FIRST, policy=CARED).case.after_care
    sent = after_care.ReassuranceSent(key="reassurance:9.1", delivered=False, text="", at=MONDAY)
    failed = after_care.ReassuranceFailed(key="reassurance:9.1", at=MONDAY)
    assert after_care.evolve(flying, sent) == flying
    assert after_care.evolve(flying, failed) == flying


def test_a_remedy_of_refusals_only_has_nothing_to_reassure_about() -> None:
    life = given(*PREVENTED, policy=CARED)
    deadline = Deadline(name="after_care/reassure:1", due=MONDAY)
    refusals = life.case.remedy.__class__()
    (event,) = after_care.lapse(AfterCare(), past_of(life.case), refusals, deadline, MONDAY + DAY)
    assert event.why == "nothing_to_say"  # type: ignore[attr-defined]
