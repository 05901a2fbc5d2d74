"""Notices say what happened to this customer; one that would leave a needed slot empty is refused."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from domain import said
from domain.assignment import AcceptCase
from domain.case import decide, todo
from domain.effect import Effect, SendNotice
from domain.ending import AnswerCase, StateFinalPosition
from domain.message import EffectSucceeded
from domain.notice import ANYWHERE, FIRST_SLOTS, MAY_BE_EMPTY, MAY_HAVE, bare, worded
from domain.policy import Harm, RemedyKind, TargetName
from tests.domain.lives import (
    AGAIN,
    AGENT,
    BAD_CALL,
    CUSTOMER,
    IN_RECOVERY,
    NOTICE,
    ORDER,
    OWNER,
    PAID,
    RAISED,
    SUPERVISOR,
    accept,
    contact,
    decision,
    decline,
    eur,
    given,
    ok,
    opening,
    owed,
    plan,
    propose,
    refused,
    register,
    say,
    triage,
    wait,
)
from tests.domain.speaking import SLOTS, SPEAKING, STATED, classed, in_korean, notice, speaking

TAKEN = (say(AcceptCase, AGENT), contact())
EN = (*RAISED, classed(), *TAKEN)
KO = (in_korean(), *RAISED[1:], classed(), *TAKEN)
BY_NOTICE = propose(plan(decision(clause="promise")), told_in=None)
SENT = NOTICE.model_copy(update={"digest": "d"})


def test_the_acknowledgement_names_who_answers_and_what_is_guaranteed() -> None:
    slots = notice(speaking(opening()), "acknowledgement").slots
    assert slots["owner"] == "Sue (Service)"
    assert slots["guarantee"] == "If our answer is late, you get 5 euros."
    assert notice(speaking(in_korean()), "acknowledgement").slots["owner"] == "서비스 수"


def test_a_person_without_a_name_is_called_by_department() -> None:
    nameless = SPEAKING.spoken.model_copy(update={"names": {}}) if SPEAKING.spoken else None
    assert notice(speaking(opening(), spoken=nameless), "acknowledgement").slots["owner"] == "Service"


def test_the_offer_says_what_happened_what_is_done_why_and_until_when() -> None:
    slots = notice(speaking(*EN, BY_NOTICE), "offer").slots
    assert slots["happened"] == "- what you paid (90.00 EUR): The handle came off."
    assert slots["remedies"] == "- what you paid: we pay your money back, 90.00 EUR"
    assert slots["clauses"] == "in time"
    assert slots["until"] == "30 November 2026"
    assert slots["owner"] == "Ann (Service)"


def test_the_offer_speaks_korean_to_a_korean_customer() -> None:
    slots = notice(speaking(*KO, BY_NOTICE), "offer").slots
    assert slots["happened"].startswith("- 구매하신 금액 (90.00 EUR): ")
    assert slots["remedies"] == "- 구매하신 금액: 내신 돈을 돌려 드립니다, 90.00 EUR"
    assert slots["until"] == "2026년 11월 30일"
    assert slots["address"] == "고객님,"


def test_a_refusal_says_why_and_by_which_clause() -> None:
    life = speaking(*EN, propose(plan(decision("refusal", reason="it is worn"))))
    life = life.told(register(outcome="not_upheld"))
    slots = notice(life, "result-notice").slots
    assert slots["remedies"] == "- what you paid: we are sorry that we cannot do this (it is worn)"
    assert slots["clauses"] == "not ours"
    assert slots["outcome"].startswith("We looked into it, and we cannot")
    assert slots["appeal_within"] == "14 calendar days"
    assert slots["next_step"].startswith("If you do not agree, you may appeal")
    assert slots["outside_body"] == "the ombudsman"


DONE = (*EN, propose(), accept(), ok("payout", PAID))


def test_a_result_says_what_to_do_and_until_when_or_that_there_is_nothing() -> None:
    life = speaking(*DONE)
    assert notice(life.told(register()), "result-notice").slots["to_do"].startswith("There is nothing")
    life.when(register(to_do="Send the label back")).then_refused("to_do_by: say until when", "to-do-by")
    by = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
    life = life.told(register(to_do="Send the label back", to_do_by=by))
    assert (
        notice(life, "result-notice").slots["to_do"] == "Send the label back (by 15:30 on 01 December 2026)"
    )


def test_a_customer_who_wants_no_calls_is_promised_none() -> None:
    wants_none = CUSTOMER.model_copy(update={"consent_to_calls": False})
    script = [ok("customer", wants_none) if item == RAISED[2] else item for item in DONE]
    life = speaking(*script, register())
    assert notice(life, "result-notice").slots["next_step"].startswith("You asked us not to call")
    assert "we will call" in notice(speaking(*DONE, register()), "result-notice").slots["next_step"]


def test_a_letter_that_would_lack_what_it_must_say_is_refused_naming_the_cure() -> None:
    life = speaking(*DONE)
    partly: dict[str, Any] = {"outcome": "partly_upheld"}
    life.when(register(**partly)).then_refused(
        "the result would leave clauses empty: name the clause", "empty-slot"
    )
    life.when(register(**partly, clauses=("x",))).then_refused("clauses: this policy has no x", "clause")
    life.when(register(**partly, clauses=("promise",))).then("result_registered")
    assert notice(life.told(register(**partly, clauses=("promise",))), "result").slots["clauses"] == "in time"


def test_words_wait_for_their_slot_and_go_out_once_it_is_known() -> None:
    slots = {**SLOTS, "answer": (*SLOTS["answer"], "product")}
    asked = triage(voc_type="inquiry", product=None)
    life = speaking(*RAISED[:3], refused("order"), asked, say(AcceptCase, AGENT), slots=slots)
    answer = say(AnswerCase, OWNER, text="At nine.")
    life.when(answer).then_refused("leave product empty: triage the case with its `product`", "empty-slot")
    life = life.told(triage(voc_type="inquiry", product="cup")).when(answer).then("answer_given")
    assert notice(life, "answer").slots["product"] == "cup"


def test_the_product_is_what_the_order_says() -> None:
    assert notice(speaking(*DONE, register()), "result").slots["product"] == ORDER.lines[0].product


def test_a_final_position_is_plain_and_names_its_clause() -> None:
    life = speaking(*DONE, register(), ok("result-notice", SENT), wait(hours=25), ok("happy-call", BAD_CALL))
    life = life.told(*AGAIN, ok("happy-call", BAD_CALL))
    final = {"outcome": "not_upheld", "cause": "defect"}
    jargon = say(StateFinalPosition, SUPERVISOR, **final, summary="No chargeback.", clauses=("promise",))
    life.when(jargon).then_refused("summary: say", "jargon")
    plain = {**final, "summary": "We cannot give more."}
    life.when(say(StateFinalPosition, SUPERVISOR, **plain)).then_refused("clauses empty", "empty-slot")
    life.when(say(StateFinalPosition, SUPERVISOR, **plain, clauses=("x",))).then_refused("no x", "clause")
    life = life.told(say(StateFinalPosition, SUPERVISOR, **plain, clauses=("promise",)))
    assert notice(life, "result-notice").slots["clauses"] == "in time"
    assert life.told(ok("result-notice", SENT)).stage == "appeal_open"


def test_the_same_answer_is_not_given_again() -> None:
    life = speaking(*RAISED, triage(voc_type="inquiry"), say(AcceptCase, AGENT))
    asked = life.told(say(AnswerCase, OWNER, text="At nine."))
    sent = notice(asked, "answer")
    said_before = worded("TEST", sent)
    assert said_before not in asked.case.worded
    lost = asked.told(ok("answer", SENT.model_copy(update={"delivered": False})))
    assert said_before in lost.case.worded
    lost.when(say(AnswerCase, OWNER, text="At nine.")).then_refused("the same words", "same-words")
    lost.when(say(AnswerCase, OWNER, text="At nine, every weekday.")).then("answer_given")


def test_a_delivered_notice_leaves_its_digest() -> None:
    life = speaking(opening())
    events = decide(
        life.case, EffectSucceeded(at=life.now, key=owed(life.case, "acknowledgement"), result=SENT)
    )
    assert getattr(events[0], "digest", None) == "d"
    for script, kind in (
        ((*EN, BY_NOTICE, ok("offer", SENT)), "offer_notice_sent"),
        ((*DONE, register(), ok("result-notice", SENT)), "result_notified"),
    ):
        assert speaking(*script).last(kind).digest == "d"


def test_an_offer_whose_words_did_not_go_out_is_parked_until_it_is_proposed_again() -> None:
    life = speaking(*EN, BY_NOTICE, refused("offer:"))
    assert life.last("offer_notice_failed")
    assert life.parked == "the offer did not go out: propose it again (propose_remedy)"
    again = life.told(BY_NOTICE, ok("offer:", SENT))
    assert again.parked is None
    assert given(*IN_RECOVERY, propose(told_in=None), refused("offer:")).parked is None


def test_a_delay_says_what_is_late_and_since_when() -> None:
    life = speaking(*RAISED, classed(), say(AcceptCase, AGENT), wait(days=4))
    (slots,) = [each for each in map(slots_of, todo(life.case)) if "late" in each]
    assert slots["late"] == "our first answer"
    assert slots["since"] == "17:00 on 23 November 2026"


def slots_of(effect: Effect) -> dict[str, str]:
    """Return the slots of a notice; of anything else none."""
    return effect.request.slots if isinstance(effect.request, SendNotice) else {}


def test_a_late_approval_says_so_with_another_date_each_time() -> None:
    dear = propose(plan(decision(amount=eur(40_000))))
    life = speaking(*EN, dear, wait(hours=30))
    slots = [notice(life, key).slots for key in life.owed if key.startswith("approval-delay")]
    assert slots
    assert {each["late"] for each in slots} == {"deciding on what we offer you"}
    assert len({each["since"] for each in slots}) == len(slots)


# Texts that stand in the code. -----------------------------------------------------------------------------

TEXTS = {
    **{f"harm {name}": both for name, both in said.HARMS.items()},
    **{f"remedy {name}": both for name, both in said.REMEDIES.items()},
    **{f"outcome {name}": both for name, both in said.OUTCOMES.items()},
    **{f"late {name}": both for name, both in said.LATE.items()},
    **{
        name: getattr(said, name)
        for name in ("DUTY", "NOTHING_TO_DO", "DEAR", "CALLED", "NOT_CALLED", "APPEAL")
    },
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_of_the_code_is_korean_and_english(name: str) -> None:
    korean, english = TEXTS[name]
    assert korean.strip()
    assert english.strip()
    assert korean != english
    assert any("가" <= letter <= "힣" for letter in korean)
    assert not any("가" <= letter <= "힣" for letter in english)


def test_every_harm_remedy_outcome_and_target_has_its_text() -> None:
    assert set(said.HARMS) == set(get_args(Harm))
    assert set(said.REMEDIES) == set(get_args(RemedyKind))
    assert set(said.LATE) == {*get_args(TargetName), "approval"}
    assert said.late("disp-final-response", "en") == said.DUTY[1]


def test_korean_remedies_speak_formally() -> None:
    assert all(korean.endswith("니다") for korean, _ in said.REMEDIES.values())


def test_slots_know_each_other() -> None:
    for template, first in FIRST_SLOTS.items():
        assert set(first) <= set(MAY_HAVE[template])
    assert set(map(bare, MAY_BE_EMPTY)) <= set(ANYWHERE) | {"clauses", "remedies", "offer"}
    assert STATED.stated


def test_tone_follows_the_profile() -> None:
    gold = CUSTOMER.model_copy(update={"tier": "gold"})
    script = [ok("customer", gold) if item == RAISED[2] else item for item in EN]
    assert notice(speaking(*script, BY_NOTICE), "offer").slots["address"] == "Dear valued customer,"
    assert notice(speaking(*EN, BY_NOTICE), "offer").slots["address"] == "Hello,"


def test_a_declined_offer_may_be_followed_by_a_better_one_in_other_words() -> None:
    life = speaking(*EN, BY_NOTICE, ok("offer:", SENT), decline())
    better = propose(plan(decision("exchange", clause="promise")), told_in=None)
    life.when(better).then("remedy_proposed", "remedy_offered")
