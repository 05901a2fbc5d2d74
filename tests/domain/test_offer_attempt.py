"""An offer looks at consent, hours and fit before each attempt; what the law owes does not (R154)."""

from datetime import timedelta
from typing import Any

from domain.contact import OptOut
from domain.harm_withdrawal import WithdrawHarm
from domain.triage import ClaimHarm, HarmLine
from tests.domain.lives import (
    IN_RECOVERY,
    MIRA,
    MONDAY,
    NOTICE,
    OWNER,
    PUT_RIGHT,
    RAISED,
    Item,
    accept,
    contact,
    decision,
    eur,
    given,
    ok,
    plan,
    propose,
    register,
    say,
    wait,
)
from tests.domain.speaking import classed, speaking
from tests.domain.test_letters import TAKEN

SILENT = say(OptOut, MIRA, calls=False)
BY_NOTICE = propose(told_in=None)
NINE_IN_THE_EVENING: tuple[Item, ...] = (*IN_RECOVERY, wait(hours=12))


def test_an_offer_is_not_written_to_who_wants_no_messages_and_somebody_has_to_speak_to_them() -> None:
    life = speaking(*RAISED, classed(), *TAKEN, SILENT)
    by_notice = propose(plan(decision(clause="promise")), told_in=None)
    life = life.when(by_notice).then("remedy_proposed", "remedy_offered", "contact_withheld")
    withheld = life.last("contact_withheld")
    assert (withheld.purpose, withheld.why, life.owed) == ("offer", "no_consent", ())
    assert "propose it again" in str(life.parked)
    told = life.told(propose(plan(decision(clause="promise"))))
    assert (told.parked, told.owed) == (None, ())


def test_what_the_law_owes_goes_out_all_the_same() -> None:
    life = given(RAISED[0], SILENT)
    assert "acknowledgement:1" in life.owed
    assert given(*PUT_RIGHT, SILENT, register()).owed[0].startswith("result-notice")


def test_an_offer_made_in_the_evening_goes_out_when_the_customers_hours_begin() -> None:
    life = given(*NINE_IN_THE_EVENING, BY_NOTICE)
    morning = MONDAY + timedelta(days=1)
    assert (life.owed, life.dues["remedy/words:1"]) == ((), morning)
    in_time = given(*IN_RECOVERY, BY_NOTICE)
    assert (in_time.owed, "remedy/words:1" in in_time.dues) == (("offer:1",), False)
    assert life.dues["remedy/offer:1"] >= in_time.dues["remedy/offer:1"]
    life = life.when(wait(hours=12, seconds=1)).then("offer_words_released")
    assert life.owed == ("offer:1",)


def test_consent_is_looked_at_again_when_the_words_go_out() -> None:
    life = given(*NINE_IN_THE_EVENING, BY_NOTICE, SILENT)
    life.when(wait(hours=12, seconds=1)).then("offer_words_released", "contact_withheld")


def test_a_reminder_looks_as_well() -> None:
    life = given(*IN_RECOVERY, BY_NOTICE, ok("offer:", NOTICE))
    due = life.dues["remedy/offer:1"]
    reminded = life.passed(due + timedelta(seconds=1))
    assert reminded.last("offer_reminded").words_from is None or reminded.owed == ()
    silent = life.told(SILENT).passed(due + timedelta(seconds=1))
    assert (silent.last("contact_withheld").why, silent.owed) == ("no_consent", ())


def test_an_offer_about_a_harm_that_was_taken_back_meanwhile_does_not_go_out() -> None:
    more = HarmLine(id="more", harm="trouble")
    dear: Any = plan(decision("refund", amount=eur(9_000)), decision("apology", harm_line="more"), extras=())
    waiting = given(*NINE_IN_THE_EVENING, say(ClaimHarm, MIRA, line=more), propose(dear, told_in=None))
    assert waiting.owed == ()
    life = waiting.told(say(WithdrawHarm, MIRA, line="more"))
    life = life.when(wait(hours=12, seconds=1)).then("offer_words_released", "contact_withheld")
    assert life.last("contact_withheld").why == "does_not_fit"


def test_what_was_told_in_a_contact_waits_for_nothing() -> None:
    life = given(*NINE_IN_THE_EVENING, SILENT, contact(), propose(told_in=2))
    assert (life.owed, life.many("contact_withheld")) == ((), 0)
    life.when(accept(OWNER, contact=2)).then("remedy_agreed", "saga_begun", "step_begun")


def test_who_answers_before_the_words_went_out_has_answered() -> None:
    life = given(*NINE_IN_THE_EVENING, BY_NOTICE, accept())
    assert "remedy/words:1" not in life.dues
