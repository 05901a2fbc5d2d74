"""A withdrawal that staff enter: told to the customer, void if they contradict, never past a request."""

from datetime import timedelta
from typing import Any

import pytest

from domain.actor import Actor
from domain.contact import PauseTargets
from domain.effect import NoticeSent
from domain.supervisor import RequestSupervisor, WithdrawRequest
from domain.withdrawal import ContradictWithdrawal, NoteWithdrawal
from tests.domain.lives import (
    AGENT,
    IN_RECOVERY,
    MIRA,
    MONDAY,
    NOTICE,
    OWNER,
    SUPERVISOR,
    Item,
    given,
    ok,
    refused,
    say,
    unknown,
    wait,
)

NOTE = say(NoteWithdrawal, OWNER, contact=1, reason="she found the receipt")
NOTED: tuple[Item, ...] = (*IN_RECOVERY, NOTE)
CONFIRMED: tuple[Item, ...] = (*NOTED, ok("withdrawal", NOTICE))
WINDOW = wait(days=3, hours=24)


def contradict(by: Actor = MIRA, **fields: Any) -> Any:
    return say(ContradictWithdrawal, by, **fields)


def test_it_names_the_contact_in_which_the_customer_said_so() -> None:
    wrong = say(NoteWithdrawal, OWNER, contact=2, reason="she found the receipt")
    given(*IN_RECOVERY).when(wrong).then_refused("log the contact", "contact")
    given(*NOTED).when(NOTE).then()


def test_the_customer_is_told_before_anything_follows() -> None:
    life = given(*NOTED)
    assert "withdrawal:1" in life.owed
    assert life.told(wait(days=30)).many("withdrawal_uncontradicted") == 0
    assert "withdrawal/contradict:1" in given(*CONFIRMED).dues


def test_it_ends_the_case_only_after_the_time_for_a_contradiction() -> None:
    life = given(*CONFIRMED)
    due = life.dues["withdrawal/contradict:1"]
    assert due > MONDAY + timedelta(days=2)
    assert life.end is None
    assert life.told(WINDOW).end == "withdrawn"


def test_no_pause_stops_the_time_for_a_contradiction() -> None:
    paused = given(*CONFIRMED, say(PauseTargets, OWNER, reason="customer"))
    assert paused.dues["withdrawal/contradict:1"] == given(*CONFIRMED).dues["withdrawal/contradict:1"]


@pytest.mark.parametrize("before", [NOTED, CONFIRMED])
def test_the_customer_contradicts_and_the_case_goes_on(before: tuple[Item, ...]) -> None:
    life = given(*before).when(contradict()).then("withdrawal_contradicted")
    assert "withdrawal:1" not in life.owed
    assert life.told(WINDOW).end is None
    life.when(contradict()).then()
    assert life.when(NOTE).event("withdrawal_noted").number == 2


def test_a_contradiction_that_staff_heard_names_its_contact() -> None:
    life = given(*CONFIRMED)
    life.when(contradict(AGENT)).then_refused("log the contact", "contact")
    life.when(contradict(AGENT, contact=1)).then("withdrawal_contradicted")


@pytest.mark.parametrize(
    "answer",
    [
        ok("withdrawal", NoticeSent(reference="n", delivered=False, text="x")),
        refused("withdrawal"),
        unknown("withdrawal"),
    ],
)
def test_what_the_customer_could_not_be_told_is_void(answer: Item) -> None:
    life = given(*NOTED, answer)
    assert life.many("withdrawal_unconfirmed") == 1
    assert life.told(WINDOW).end is None


def test_it_has_no_effect_while_a_request_for_a_supervisor_stands() -> None:
    life = given(*IN_RECOVERY, say(RequestSupervisor, MIRA), NOTE, ok("withdrawal", NOTICE), WINDOW)
    assert life.case.withdrawal.stands
    assert life.end is None
    assert life.told(wait(days=30)).end is None
    assert life.told(say(WithdrawRequest, MIRA)).end == "withdrawn"


def test_a_supervisor_enters_it_like_anybody_else() -> None:
    life = given(*IN_RECOVERY, say(NoteWithdrawal, SUPERVISOR, contact=1, reason="by phone"))
    assert life.end is None
