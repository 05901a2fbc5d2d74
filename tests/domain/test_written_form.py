from datetime import timedelta
from typing import Any

import pytest

from domain import written_form
from domain.case import before_remedy, todo
from domain.contact import OptOut
from domain.effect import CustomerSnapshot, FetchAnswer, LinkSent, SendLink
from domain.ending import ReopenCase
from domain.message import EffectSucceeded
from domain.servqual import expected, perceived
from domain.written_form import Form
from tests.domain.follow_ups import BOUNCED, DAY, FORM, LINKED, OPEN, answered, asking
from tests.domain.lives import (
    CALLED,
    GOOD_CALL,
    MIRA,
    NO_ANSWER,
    RAISED,
    SATISFIED,
    SECOND_ROUND,
    Item,
    given,
    ok,
    opening,
    refused,
    say,
    unknown,
    wait,
)

WITH_FORM = asking(form=FORM)
MS = timedelta(milliseconds=1)
SENT = LinkSent(reference="sv2", delivered=True, text="...")
ASKED: tuple[Item, ...] = (*SATISFIED, wait(days=1, milliseconds=1))
OUT: tuple[Item, ...] = (*ASKED, ok("servqual-link", SENT))
FILLED_IN = {expected("r1"): 7, perceived("r1"): 5}


def test_the_form_goes_out_by_link_a_while_after_the_good_answer() -> None:
    life = given(*SATISFIED, policy=WITH_FORM)
    answered_at = life.last("happy_call_answered").at
    assert life.dues["written_form/send:1"] == answered_at + DAY
    life = life.told(wait(days=1, milliseconds=1))
    (effect,) = todo(life.case)
    assert isinstance(effect.request, SendLink)
    assert (effect.request.survey, effect.request.template) == ("servqual", "form_link")
    assert len(effect.request.questions) == 18
    life.when(ok("servqual-link", SENT)).then("link_delivered")


def test_tangibles_are_asked_about_only_where_there_are_any() -> None:
    script = (opening(source="store"), *ASKED[1:])
    (effect,) = todo(given(*script, policy=WITH_FORM).case)
    assert isinstance(effect.request, SendLink)
    assert {"t1", "t4"} <= set(effect.request.questions)


def test_the_form_is_never_asked_on_the_phone() -> None:
    life = given(*CALLED, policy=WITH_FORM)
    assert not any(question[1:].isdigit() for question in life.last("happy_call_begun").questions)


@pytest.mark.parametrize(
    "so_far", [CALLED, SECOND_ROUND, (*CALLED, ok("happy-call", NO_ANSWER)), LINKED[:-1]]
)
def test_without_a_good_answer_nobody_is_asked_for_more(so_far: tuple[Item, ...]) -> None:
    assert "written_form/send:1" not in given(*so_far, policy=WITH_FORM).dues


def test_the_answer_is_fetched_when_the_link_closes() -> None:
    life = given(*OUT, policy=WITH_FORM)
    assert life.dues["written_form/look:1"] == life.last("link_prepared").expires_at
    life = life.told(wait(days=3, hours=1))
    (effect,) = todo(life.case)
    assert effect.request == FetchAnswer(reference="sv2")
    life = life.when(ok("servqual-answer", answered(FILLED_IN))).then("form_answered")
    assert (life.last("form_answered").answers, life.case.form.over) == (FILLED_IN, True)


@pytest.mark.parametrize(
    ("answer", "kinds", "why"),
    [
        (ok("servqual-answer", OPEN), ("link_unanswered", "form_closed"), "unanswered"),
        (ok("servqual-answer", answered({}, state="declined")), ("form_closed",), "declined"),
    ],
)
def test_a_form_that_nobody_fills_in_changes_nothing(answer: Any, kinds: tuple[str, ...], why: str) -> None:
    life = given(*OUT, wait(days=3, hours=1), policy=WITH_FORM).when(answer).then(*kinds)
    assert (life.case.form.closed, life.told(wait(days=9)).end) == (why, "recovered")


def test_a_survey_service_out_of_reach_is_asked_again() -> None:
    life = given(*OUT, wait(days=3, hours=1), policy=WITH_FORM)
    life.when(unknown("servqual-answer")).then("link_unanswered")


@pytest.mark.parametrize("how", [ok("servqual-link", BOUNCED), refused("servqual-link")])
def test_a_form_that_did_not_arrive_goes_by_the_next_channel_and_then_not_at_all(how: Any) -> None:
    life = given(*ASKED, policy=WITH_FORM).when(how).then("link_failed", "link_prepared")
    life = life.when(how).then("link_failed", "form_closed")
    assert life.case.form.closed == "undelivered"


def test_who_wants_no_messages_gets_no_form_and_it_is_recorded() -> None:
    life = given(*SATISFIED, say(OptOut, MIRA, calls=False), wait(days=2), policy=WITH_FORM)
    assert (life.last("contact_withheld").purpose, life.last("contact_withheld").why) == (
        "servqual",
        "no_consent",
    )
    assert (life.owed, life.case.form.closed) == ((), "withheld")


def test_whom_no_written_channel_reaches_gets_no_form() -> None:
    quiet = opening(contact={"customer_id": "mira"})
    script = (quiet, RAISED[1], ok("customer", CustomerSnapshot(known=False)), *ASKED[3:])
    assert given(*script, policy=WITH_FORM).last("contact_withheld").why == "no_channel"


def test_a_customer_who_comes_back_is_not_asked_for_more() -> None:
    reopen = say(ReopenCase, MIRA, reason="it broke again")
    life = given(*OUT, policy=WITH_FORM).when(reopen).then("round_opened", "case_escalated", "form_closed")
    assert life.case.form.closed == "reopened"
    late = EffectSucceeded(at=life.now, key="servqual-answer:1.1.1", result=answered(FILLED_IN))
    (event,) = written_form.came_back(life.case.form, before_remedy(life.case), late)
    assert life.after((event,)).case.form.closed == "reopened"
    (event,) = written_form.came_back(Form(), before_remedy(life.case), late)
    assert isinstance(event, written_form.FormClosed)


def test_it_is_asked_for_once_in_the_life_of_a_case() -> None:
    life = given(*OUT, wait(days=3, hours=1), ok("servqual-answer", answered(FILLED_IN)), policy=WITH_FORM)
    assert not [name for name in life.dues if name.startswith("written_form")]
    assert GOOD_CALL.outcome == "answered"
