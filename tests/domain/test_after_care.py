from typing import Any

import pytest

from domain import after_care
from domain.after_care import AfterCare
from domain.case import past_of, todo
from domain.contact import OptOut
from domain.effect import CustomerSnapshot, OtherCase, SendNotice
from domain.ending import WithdrawCase
from domain.intake import AddToCase
from domain.message import Deadline
from domain.supervisor import RequestSupervisor
from tests.domain.follow_ups import CARE, DAY, PREVENTED, asking
from tests.domain.lives import (
    AGENT,
    BAD_CALL,
    CUSTOMER,
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
LOOKED = ok("reassurance-look", CUSTOMER.model_copy(update={"cases": ()}))
DUE: tuple[Item, ...] = (*CONTENT, wait(days=2, minutes=1))
FIRST: tuple[Item, ...] = (*DUE, LOOKED)


def another(**fields: Any) -> Item:
    """Return the look that finds another case of the customer."""
    known = {"case_id": "NEXT", "voc_type": "complaint", "opened_at": MONDAY + DAY, "stage": "raised"}
    cases = (OtherCase.model_validate(known | fields),)
    return ok("reassurance-look", CUSTOMER.model_copy(update={"cases": cases}))


def series(life: Any) -> list[str]:
    """Return the deadlines of the series."""
    return [name for name in life.dues if name.startswith("after_care")]


def test_what_was_changed_is_told_after_the_remedy_and_once_more() -> None:
    life = given(*CONTENT, policy=CARED)
    assert life.dues["after_care/reassure:1"] == MONDAY + 3 * DAY
    life = life.told(wait(days=2, minutes=1))
    assert life.owed == ("reassurance-look:1.1",)
    life = life.when(LOOKED).then("other_cases_seen", "reassurance_begun")
    (effect,) = todo(life.case)
    assert isinstance(effect.request, SendNotice)
    assert (effect.key, effect.request.template) == ("reassurance:1.1", "reassurance")
    assert effect.request.slots["prevention"] == "we pack it better"
    life = life.when(ok("reassurance", NOTICE)).then("reassurance_sent")
    assert life.dues["after_care/reassure:2"] == MONDAY + 5 * DAY
    life = life.told(wait(days=3), LOOKED)
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


def test_a_complaint_that_the_customer_opened_as_another_case_stops_the_series() -> None:
    life = given(*DUE, policy=CARED).when(another()).then("other_cases_seen", "after_care_stopped")
    assert life.last("other_cases_seen").complaints == ("NEXT",)
    assert (life.last("after_care_stopped").why, life.owed, series(life)) == ("complained", (), [])
    later = given(*FIRST, ok("reassurance:", NOTICE), wait(days=3), policy=CARED)
    assert later.when(another()).then("other_cases_seen", "after_care_stopped").case.after_care.sent == 1


@pytest.mark.parametrize(
    "other",
    [{"voc_type": "inquiry"}, {"opened_at": MONDAY - DAY}, {"end": "joined"}, {"end": "withdrawn"}],
    ids=["a question", "an earlier one", "joined", "taken back"],
)
def test_other_cases_that_are_no_new_complaint_stop_nothing(other: dict[str, Any]) -> None:
    given(*DUE, policy=CARED).when(another(**other)).then("other_cases_seen", "reassurance_begun")


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (ok("reassurance-look", CUSTOMER), "not_known"),
        (unknown("reassurance-look"), "not_known"),
        (refused("reassurance-look"), "not_known"),
        (ok("reassurance-look", CUSTOMER.model_copy(update={"consent_to_messages": False})), "no_consent"),
    ],
)
def test_what_is_not_known_is_not_risked_and_the_series_goes_on(look: Item, why: str) -> None:
    life = given(*DUE, policy=CARED).when(look).then("other_cases_seen", "contact_withheld")
    assert (life.last("contact_withheld").why, series(life)) == (why, ["after_care/reassure:2"])


def test_a_customer_without_an_id_has_no_other_cases_to_be_found() -> None:
    look = ok("reassurance-look", CustomerSnapshot(known=False))
    known = given(*DUE, policy=CARED).when(look)
    assert known.then("other_cases_seen", "contact_withheld").last("contact_withheld").why == "not_known"
    prospect = (
        opening(contact={"email": "m at home"}),
        RAISED[1],
        ok("customer", CustomerSnapshot(known=False)),
        *DUE[3:],
    )
    given(*prospect, policy=CARED).when(look).then("other_cases_seen", "reassurance_begun")


def test_an_answer_that_comes_at_night_sends_nothing() -> None:
    life = given(*DUE, wait(hours=12), policy=CARED).when(LOOKED)
    assert life.then("other_cases_seen", "contact_withheld").last("contact_withheld").why == "outside_hours"


def test_words_that_come_while_it_is_looked_up_stop_the_series() -> None:
    asked = given(*DUE, policy=CARED)
    early = asked.told(say(AddToCase, MIRA, text="it broke again"))
    assert (early.last("after_care_stopped").why, early.owed) == ("complained", ())
    last = given(*FIRST, ok("reassurance:", NOTICE), wait(days=3), policy=CARED)
    last = last.told(say(AddToCase, MIRA, text="it broke again"))
    last.when(LOOKED).then("other_cases_seen", "after_care_stopped")


def test_nobody_looks_for_a_customer_who_took_the_complaint_back() -> None:
    life = given(*DUE, say(WithdrawCase, MIRA), policy=CARED)
    assert life.owed == ()


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
    unreachable = (quiet, RAISED[1], ok("customer", CustomerSnapshot(known=False)), *DUE[3:])
    assert given(*unreachable, policy=CARED).last("contact_withheld").why == "no_channel"
    silent = CustomerSnapshot(known=True, customer_id="mira", consent_to_messages=False)
    life = given(RAISED[0], RAISED[1], ok("customer", silent), *DUE[3:], policy=CARED)
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
