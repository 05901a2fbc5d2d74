"""Prepared answers: the same question, the same answer, and every customer's own situation in it."""

from typing import Any

import pytest

from domain.assignment import AcceptCase
from domain.brief import brief
from domain.ending import AnswerCase
from domain.policy import PreparedAnswer
from domain.prepared import fields_of
from tests.domain.fair_lives import FAIR, READ, sent
from tests.domain.lives import AGENT, OWNER, Item, Life, given, ok, opening, say, triage

ANSWER = PreparedAnswer(
    id="when",
    question={"ko": "언제 오는지", "en": "when it comes"},
    words=("when will it arrive",),
    text={
        "ko": "{where}에 있고 {when} 도착합니다.",
        "en": "It is at {where} and is due {when}, from {where}.",
    },
)
POLICY = FAIR.model_copy(update={"prepared": (ANSWER,)})
ASKED: tuple[Item, ...] = (
    opening(text="When will it arrive?"),
    *READ,
    triage(voc_type="inquiry"),
    say(AcceptCase, AGENT),
)
WHOLE = {"where": "Busan", "when": "on Friday"}


def asked() -> Life:
    return given(*ASKED, policy=POLICY)


def answer(**fields: Any) -> Any:
    return say(AnswerCase, OWNER, **fields)


def test_a_prepared_answer_goes_out_about_this_customers_situation() -> None:
    life = asked().when(answer(prepared="when", situation=WHOLE)).then("answer_given")
    given_ = life.last("answer_given")
    assert given_.text == "It is at Busan and is due on Friday, from Busan."
    assert (given_.prepared, given_.situation) == ("when", WHOLE)
    assert life.told(ok("answer", sent(given_.text))).end == "answered"


@pytest.mark.parametrize("situation", [{}, {"where": "Busan"}, {"where": "Busan", "when": "  "}])
def test_nothing_goes_out_before_the_situation_is_filled_in(situation: dict[str, str]) -> None:
    missing = "situation.where" if not situation else "situation.when"
    asked().when(answer(prepared="when", situation=situation)).then_refused(missing, "empty-slot")


def test_what_the_answer_does_not_ask_for_and_what_is_not_prepared_are_refused() -> None:
    more = {**WHOLE, "why": "snow"}
    asked().when(answer(prepared="when", situation=more)).then_refused("use where, when", "prepared")
    asked().when(answer(prepared="why", situation=WHOLE)).then_refused("use one of when", "prepared")
    given(*ASKED, policy=FAIR).when(answer(prepared="x")).then_refused("this policy has none", "prepared")


def test_an_answer_is_ones_own_or_prepared_and_never_neither_nor_both() -> None:
    asked().when(answer()).then_refused("your own words", "answer")
    asked().when(answer(text="soon", prepared="when", situation=WHOLE)).then_refused("own words", "answer")
    asked().when(answer(text="on Friday")).then("answer_given")


def test_the_brief_names_the_answers_to_what_this_customer_asks() -> None:
    assert brief(asked().case).prepared == ("when",)
    other = given(opening(text="It broke."), *READ, policy=POLICY)
    assert brief(other.case).prepared == ()


def test_a_text_asks_for_each_thing_once() -> None:
    assert fields_of(ANSWER.text["en"]) == ("where", "when")
