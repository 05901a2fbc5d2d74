"""Words of staff that reach a customer are plain, civil and blame nobody without evidence (R21, R22)."""

from typing import Any

import pytest

from domain.actor import Actor
from domain.assignment import AcceptCase
from domain.contact import LogContact
from domain.effect import CollectionStatus
from domain.ending import AnswerCase
from domain.evidence import ConfirmEvidence, RecordEvidence
from domain.plan import Alternative, Extra, Fee
from domain.policy import TriageRule
from domain.promise import MakePromise
from domain.remedy import ProposeRemedy
from domain.result import RegisterResult
from domain.targets import ExtendClock
from domain.wish import AnswerWish
from tests.domain.lives import (
    AGENT,
    HEAD,
    IN_RECOVERY,
    MIRA,
    OTHER_AGENT,
    OWNED,
    OWNER,
    PUT_RIGHT,
    RAISED,
    SUPERVISOR,
    WITH_DEPARTMENT,
    contact,
    decision,
    eur,
    given,
    ok,
    opening,
    plan,
    register,
    say,
    to_end_of_collection,
    triage,
)
from tests.domain.speaking import speaking

JARGON = "You may ask for a chargeback."
SPOKEN_BY: dict[str, tuple[Any, dict[str, Any]]] = {
    "done_since": (LogContact, {"direction": "outbound", "channel": "phone", "done_since": JARGON}),
    "next_step": (LogContact, {"direction": "outbound", "channel": "phone", "next_step": JARGON}),
    "what": (MakePromise, {"what": JARGON}),
    "plan.words": (ProposeRemedy, {"plan": plan(words=JARGON)}),
    "plan.decisions[0].reason": (ProposeRemedy, {"plan": plan(decision("refusal", reason=JARGON))}),
    "plan.alternatives[0].words": (
        ProposeRemedy,
        {"plan": plan(alternatives=(Alternative(id="x", decisions=(decision(),), words=JARGON),))},
    ),
    "plan.alternatives[0].decisions[0].reason": (
        ProposeRemedy,
        {"plan": plan(alternatives=(Alternative(id="x", decisions=(decision(reason=JARGON),)),))},
    ),
    "plan.extras[0].reason": (
        ProposeRemedy,
        {"plan": plan(extras=(Extra(amount=eur(100), reason=JARGON),))},
    ),
    "plan.fees[0].reason": (
        ProposeRemedy,
        {"plan": plan(fees=(Fee(what="repair", amount=eur(100), reason=JARGON),))},
    ),
    "reason": (AnswerWish, {"wish": 1, "reason": JARGON}),
    "summary": (RegisterResult, {"outcome": "upheld", "cause": "defect", "summary": JARGON}),
    "to_do": (RegisterResult, {"outcome": "upheld", "cause": "defect", "summary": "done", "to_do": JARGON}),
    "text": (AnswerCase, {"text": JARGON}),
    "reasons": (ExtendClock, {"clock": "x", "reasons": JARGON, "contact": 1}),
}


@pytest.mark.parametrize("field", SPOKEN_BY)
def test_jargon_is_refused_naming_the_plain_word(field: str) -> None:
    kind, fields = SPOKEN_BY[field]
    answer = speaking(*IN_RECOVERY).when(say(kind, OWNER, **fields))
    answer.then_refused(f"{field}: say `money back through your card` for `chargeback`", "jargon")


def test_jargon_beside_its_plain_word_explains_itself() -> None:
    both = "A chargeback, that is money back through your card, is under way."
    speaking(*IN_RECOVERY).when(contact(done_since=both)).then("contact_logged")


def test_part_of_another_word_is_no_jargon_in_english_and_a_stem_is_in_korean() -> None:
    life = speaking(*IN_RECOVERY)
    life.when(contact(done_since="No chargebackish thing")).then("contact_logged")
    life.when(contact(done_since="Chargeback it is")).then_refused("chargeback", "jargon")
    life.when(contact(done_since="환급해 드립니다")).then_refused("돈을 돌려 드리는 것", "jargon")


def test_what_the_customer_says_is_nobodys_to_check() -> None:
    told = say(LogContact, OWNER, direction="inbound", channel="phone", summary=JARGON, done_since=JARGON)
    speaking(*IN_RECOVERY).when(told).then("contact_logged")


def test_nobody_is_harsh_to_a_customer() -> None:
    answer = speaking(*IN_RECOVERY).when(contact(done_since="That is Nonsense, frankly."))
    answer.then_refused("done_since: nobody writes `nonsense`", "harsh")


BLAMES = contact(done_since="I fear that it was your fault.")


def evidence(by: Actor = OWNER, reference: str = "photo-1") -> Any:
    return say(RecordEvidence, by, what="the handle was glued before", reference=reference)


def test_a_phrase_that_blames_needs_evidence() -> None:
    life = speaking(*IN_RECOVERY)
    life.when(BLAMES).then_refused("done_since: `your fault` puts it on the customer", "blame")
    life.told(evidence()).when(BLAMES).then("contact_logged")


def test_triage_puts_nothing_on_the_customer_without_evidence_and_a_second_person() -> None:
    life = speaking(*RAISED)
    life.when(triage(cause="other")).then_refused("record_evidence first", "blame")
    life = life.told(evidence(AGENT))
    life.when(triage(cause="other")).then_refused("leave the cause out until then", "second-person")
    life = life.told(say(ConfirmEvidence, SUPERVISOR))
    life.when(triage(cause="other")).then("triaged", "department_assigned")


def test_a_result_that_blames_needs_a_second_persons_eye() -> None:
    life = speaking(*PUT_RIGHT)
    blaming = register(cause="other")
    life.when(blaming).then_refused("record_evidence first", "blame")
    life = life.told(evidence())
    life.when(blaming).then_refused("a second person confirms", "second-person")
    life = life.told(say(ConfirmEvidence, SUPERVISOR))
    life.when(blaming).then("result_registered")


def test_nobody_confirms_what_they_recorded_and_nothing_is_confirmed_that_is_not_there() -> None:
    life = speaking(*IN_RECOVERY)
    confirm = say(ConfirmEvidence, SUPERVISOR)
    life.when(confirm).then_refused("no evidence", "evidence")
    life = life.told(evidence(SUPERVISOR))
    life.when(confirm).then_refused("a second person", "second-person")
    life = life.told(say(ConfirmEvidence, HEAD))
    life.when(say(ConfirmEvidence, HEAD)).then()
    life.when(evidence(SUPERVISOR)).then()


def test_further_evidence_is_seen_anew() -> None:
    life = speaking(*PUT_RIGHT, evidence(), say(ConfirmEvidence, SUPERVISOR), evidence(reference="photo-2"))
    life.when(register(cause="other")).then_refused("confirm", "second-person")


def test_an_inspection_that_found_something_else_is_evidence() -> None:
    found = CollectionStatus(arrived=True, finding="not_as_claimed")
    life = speaking(*to_end_of_collection(), ok("inspect", found))
    life.when(BLAMES).then("contact_logged")


def test_the_customers_own_words_are_evidence_unless_a_channel_composed_them() -> None:
    rules = (TriageRule(field="cause", value="other", words=("dropped it",)),)
    said = {"text": "I dropped it, sorry."}
    own = speaking(opening(**said), say(ConfirmEvidence, SUPERVISOR), triage_rules=rules)
    own.when(triage(cause="other")).then("triaged", "department_assigned")
    composed = speaking(opening(**said, composed=True), triage_rules=rules)
    composed.when(triage(cause="other")).then_refused("record_evidence", "blame")


def test_a_policy_that_says_nothing_of_speech_checks_nothing() -> None:
    life = given(*IN_RECOVERY)
    life.when(contact(done_since="nonsense, your fault, chargeback")).then("contact_logged")
    given(*RAISED).when(triage(cause="other")).then("triaged", "department_assigned")


# The first answer (R119). ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({"apology": True}, ()),
        ({"apology": False, "empathy": True}, ()),
        ({"apology": False}, ("apology or empathy",)),
        ({"named_owner": False}, ("named_owner",)),
        ({"apology": False, "named_owner": False}, ("apology or empathy", "named_owner")),
    ],
)
def test_the_first_answer_holds_apology_or_empathy_and_a_name(
    fields: dict[str, Any], lacks: tuple[str, ...]
) -> None:
    answer = speaking(*OWNED).when(contact(**fields))
    logged = answer.event("contact_logged")
    assert (logged.lacks, logged.substantive) == (lacks, not lacks)
    assert ("targets/first_response" in " ".join(answer.life.dues)) == bool(lacks)


def test_later_answers_need_no_further_apology() -> None:
    life = speaking(*IN_RECOVERY).when(contact(apology=False, named_owner=False)).life
    assert life.last("contact_logged").substantive


def test_an_inquiry_needs_no_apology() -> None:
    life = speaking(*RAISED, triage(voc_type="inquiry"), say(AcceptCase, AGENT))
    assert life.when(contact(apology=False)).event("contact_logged").substantive


def test_what_was_no_answer_lacks_nothing() -> None:
    assert speaking(*OWNED).when(contact(reached=False)).event("contact_logged").lacks == ()


def test_without_such_a_rule_any_real_answer_is_the_first() -> None:
    assert given(*OWNED).when(contact(apology=False)).event("contact_logged").substantive


def test_only_staff_record_and_seniors_confirm_evidence() -> None:
    life = speaking(*WITH_DEPARTMENT)
    life.when(evidence(MIRA)).then_refused("may not", "not-your-role")
    life.when(say(ConfirmEvidence, OTHER_AGENT)).then_refused("may not", "not-your-role")
