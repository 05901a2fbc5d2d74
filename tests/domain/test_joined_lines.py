"""The harms of a joined case are claimed where the claim goes on, and leave again with a split."""

from datetime import timedelta
from typing import Any

import pytest

from activities.notices import rendered
from domain.case import todo
from domain.effect import HandedOver, SendNotice, SplitOpened
from domain.joined_lines import stated
from domain.joining import JoinCase, SplitCase, TakeIn
from domain.policy import Language
from domain.triage import ClaimHarm, HarmLine
from policies import load, wordings
from tests.domain.lives import (
    AGENT,
    IN_RECOVERY,
    MIRA,
    MONDAY,
    NOTICE,
    OWNED,
    PRICE,
    PUT_RIGHT,
    RAISED,
    SUPERVISOR,
    SYSTEM,
    Life,
    decision,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    register,
    say,
    triage,
    unknown,
)
from tests.domain.speaking import SLOTS, speaking

LATER = MONDAY + timedelta(hours=5)
PHONE = HarmLine(id="phone", harm="trouble", stated="I called four times")
BARE = HarmLine(id="trouble", harm="trouble")


def take(*lines: HarmLine, case: str = "LATE", **fields: Any) -> Any:
    """Take in what the later case says."""
    known: dict[str, Any] = {"mode": "join", "opened_at": LATER, "received_at": LATER, "customer": "mira"}
    return say(TakeIn, SYSTEM, case=case, upto=1, lines=lines, **{**known, **fields})


def theirs(*lines: HarmLine, case: str = "LATE") -> tuple[HarmLine, ...]:
    """Return these lines as the later case hands them over."""
    later = given(*RAISED, triage(harm_lines=lines))
    return stated(case, later.events, own=False)


def ids(life: Life) -> list[str]:
    return [line.id for line in life.case.triage.harm_lines]


def test_what_was_stated_there_is_claimed_here_with_where_it_comes_from() -> None:
    life = given(*OWNED).when(take(*theirs(PHONE))).then("harm_claimed", "case_taken_in")
    assert ids(life) == ["price", "LATE/phone"]
    line = life.case.triage.harm_lines[-1]
    assert (line.origin, line.stated) == ("LATE", PHONE.stated)
    life.when(take(*theirs(PHONE))).then()


def test_what_is_said_here_already_is_no_second_line() -> None:
    life = given(*OWNED, take(*theirs(PRICE)))
    assert ids(life) == ["price"]
    also = given(*OWNED, say(ClaimHarm, MIRA, line=PHONE), take(*theirs(BARE)))
    assert ids(also) == ["price", "phone"], "that it is a trouble is said, in better words"


def test_another_currency_and_too_many_lines_stay_words() -> None:
    dear = PHONE.model_copy(update={"amount": eur(100).model_copy(update={"currency": "USD"})})
    assert ids(given(*OWNED, take(dear))) == ["price"]
    many = tuple(HarmLine(id=f"l{place}", harm="time", stated=f"day {place}") for place in range(20))
    assert len(ids(given(*OWNED, take(*many)))) == 20


def test_who_classes_the_case_anew_keeps_what_was_stated_there() -> None:
    life = given(*OWNED, take(*theirs(PHONE)), triage(cause="late"))
    assert ids(life) == ["price", "LATE/phone"]
    first = given(*RAISED, take(*theirs(PHONE)), triage())
    assert ids(first) == ["price", "LATE/phone"]


def test_after_the_result_nothing_is_claimed_any_more() -> None:
    life = given(*PUT_RIGHT, register())
    assert ids(life.told(take(*theirs(PHONE)))) == ids(life)


def test_a_split_takes_its_lines_along_unless_something_is_decided_about_them() -> None:
    wrong = say(SplitCase, SUPERVISOR, joined="LATE", reason="two cups")
    over = ok("split", SplitOpened(case="NEW"))
    joined = given(*IN_RECOVERY, take(*theirs(PHONE)))
    parted = joined.told(wrong, over)
    assert (ids(parted), parted.last("case_split").lines) == (["price"], ("LATE/phone",))
    both = plan(decision(), decision("apology", harm_line="LATE/phone"))
    kept = joined.told(propose(both), wrong, over)
    assert (ids(kept), kept.last("case_split").lines) == (["price", "LATE/phone"], ())


def test_the_case_that_was_split_off_claims_them_as_its_own() -> None:
    later = given(*RAISED, triage(harm_lines=(PHONE,)), take(*theirs(PRICE, case="THIRD"), case="THIRD"))
    assert stated("LATE", later.events, own=True) == (PHONE,), "what was never stated there does not go along"
    life = given(opening(split_from="TEST-1")).told(take(PHONE, case="TEST-1", mode="split"))
    assert life.case.triage.harm_lines == (PHONE,)


# The customer is told. -------------------------------------------------------------------------------------

JOIN = (say(JoinCase, AGENT, into="EARLY"), ok("join", HandedOver(case="EARLY")))


def test_the_customer_hears_once_which_number_counts_from_now_on() -> None:
    life = speaking(*OWNED, *JOIN, slots={**SLOTS, "joined": ("address", "into", "number")})
    assert (life.end, life.over) == ("joined", False)
    (effect,) = [each for each in todo(life.case) if each.key == "joined:1"]
    assert isinstance(effect.request, SendNotice)
    assert (effect.request.slots["number"], effect.request.slots["into"]) == ("TEST", "EARLY")
    told = life.when(ok("joined", NOTICE)).then("join_told")
    assert (told.last("join_told").delivered, told.over) == (True, True)
    lost = life.when(unknown("joined")).then("join_told")
    assert (lost.last("join_told").delivered, lost.over) == (False, True)


def test_a_policy_without_words_for_it_says_nothing() -> None:
    assert given(*OWNED, *JOIN).over


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "앞으로는 접수번호 EARLY만"), ("en", "use number EARLY from")]
)
def test_the_words_name_the_number_in_both_languages(language: Language, words: str) -> None:
    policy = load("retail-kr")
    request = SendNotice(
        template="joined",
        wording_hash=policy.wording_hash,
        language=language,
        channel="sms",
        slots={"number": "LATE", "into": "EARLY", "address": "고객님,", "closing": ""},
    )
    text = rendered(wordings(), request, request.slots)
    assert words in text
    assert "LATE" in text
