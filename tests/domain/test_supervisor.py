from datetime import timedelta
from typing import Any

import pytest

from domain.actor import Actor
from domain.contact import PauseTargets
from domain.ending import AnswerCase
from domain.supervisor import RecordMeeting, RequestSupervisor, WithdrawRequest
from tests.domain.lives import (
    AGENT,
    HEAD,
    IN_RECOVERY,
    INQUIRY,
    MIRA,
    MONDAY,
    OWNED,
    OWNER,
    PUT_RIGHT,
    SUPERVISOR,
    contact,
    given,
    register,
    say,
    wait,
)

DUE = MONDAY + timedelta(hours=4)
ASKED = (*IN_RECOVERY, say(RequestSupervisor, MIRA, words="your boss please"))


def meet(number: int = 2) -> Any:
    return say(RecordMeeting, SUPERVISOR, contact=number)


def test_a_request_stands_once_with_a_due_meeting() -> None:
    life = given(*ASKED)
    assert life.dues["supervisor/meeting:1"] == DUE
    life.when(say(RequestSupervisor, AGENT)).then()


def test_a_request_counts_from_when_it_was_made() -> None:
    life = given(*IN_RECOVERY, wait(hours=2), say(RequestSupervisor, AGENT, occurred_at=MONDAY))
    assert life.dues["supervisor/meeting:1"] == DUE


def test_a_meeting_needs_the_contact_that_proves_it() -> None:
    given(*ASKED).when(meet()).then_refused("log the contact first", "contact")
    life = given(*ASKED, contact(SUPERVISOR)).when(meet()).then("supervisor_met")
    assert "supervisor/meeting:1" not in life.dues
    life.when(meet()).then()
    given(*OWNED).when(meet()).then()


def test_a_missed_meeting_moves_the_case_up_once_and_the_request_still_stands() -> None:
    life = given(*ASKED)
    assert life.told(wait(hours=4)).many("supervisor_request_missed") == 0
    life = life.when(wait(hours=4, milliseconds=1)).then("supervisor_request_missed", "case_escalated")
    assert life.case.supervisor.open
    assert life.told(wait(days=1)).many("supervisor_request_missed") == 1
    life.told(contact(SUPERVISOR)).when(meet()).then("supervisor_met")


@pytest.mark.parametrize(
    ("talk", "why"),
    [
        (contact(OWNER), "recorded by who held it"),
        (contact(SUPERVISOR, reached=False), "did not reach"),
        (contact(SUPERVISOR, occurred_at=MONDAY - timedelta(hours=1)), "before the customer asked"),
    ],
)
def test_a_contact_that_is_no_meeting_proves_none(talk: Any, why: str) -> None:
    given(*ASKED, talk).when(meet()).then_refused(why, "contact")


def test_staff_register_no_result_while_the_customer_waits_for_a_supervisor() -> None:
    life = given(*PUT_RIGHT, say(RequestSupervisor, MIRA))
    life.when(register()).then_refused("waits for a supervisor", "supervisor-waits")
    life.when(register(SUPERVISOR)).then("result_registered")
    life.told(say(WithdrawRequest, MIRA)).when(register()).then("result_registered")
    life.told(contact(SUPERVISOR), meet()).when(register()).then("result_registered")


def test_staff_answer_no_inquiry_away_while_the_customer_waits_for_a_supervisor() -> None:
    life = given(*INQUIRY, say(RequestSupervisor, MIRA))
    answer = say(AnswerCase, OWNER, text="from nine to six")
    life.when(answer).then_refused("waits for a supervisor", "supervisor-waits")
    life.when(say(AnswerCase, SUPERVISOR, text="from nine to six")).then("answer_given")
    life.told(say(WithdrawRequest, MIRA)).when(answer).then("answer_given")


def test_no_pause_stops_a_request() -> None:
    assert given(*ASKED, say(PauseTargets, OWNER, reason="customer")).dues["supervisor/meeting:1"] == DUE


@pytest.mark.parametrize("staff", [AGENT, OWNER, SUPERVISOR, HEAD])
def test_nobody_but_the_customer_withdraws_a_request(staff: Actor) -> None:
    given(*ASKED).when(say(WithdrawRequest, staff)).then_refused("may not withdraw_request", "not-your-role")


@pytest.mark.parametrize("staff", [AGENT, OWNER])
def test_no_agent_says_that_a_meeting_took_place(staff: Actor) -> None:
    given(*ASKED).when(say(RecordMeeting, staff, contact=1)).then_refused("may not record_meeting")


def test_the_customer_withdraws_a_request_once_and_may_ask_again() -> None:
    life = given(*ASKED).when(say(WithdrawRequest, MIRA)).then("supervisor_request_withdrawn")
    life = life.when(say(WithdrawRequest, MIRA)).then()
    life = life.when(say(RequestSupervisor, MIRA)).then("supervisor_requested")
    assert "supervisor/meeting:2" in life.dues
