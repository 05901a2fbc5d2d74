"""What the rules read from a customer's words, and what a person makes of it."""

import pytest

import policies
from domain.actor import Actor, Role
from domain.policy import Policy, TriageRule
from domain.suggestion import suggest
from domain.triage import Triage
from tests.domain.lives import POLICY, given, opening, say

KR = policies.load("retail-kr")
US = policies.load("finance-us")
CLASSIFIER = Actor(role=Role.SYSTEM, id="classifier")


@pytest.mark.parametrize(
    ("policy", "text", "read"),
    [
        (KR, "컵에 금이 가 있었습니다. 교환해 주세요.", {"voc_type": "complaint", "cause": "defect"}),
        (KR, "주문한 것과 다른 색이 왔어요.", {"cause": "wrong_item", "department": "logistics"}),
        (KR, "배송이 늦어 아직도 안 왔습니다.", {"cause": "late_delivery", "department": "logistics"}),
        (KR, "상담원이 반말을 하고 전화를 끊었습니다. 화가 납니다.", {"cause": "service", "emotion": "high"}),
        (KR, "기사님이 친절하게 설치해 주셔서 감사드립니다. 칭찬합니다.", {"voc_type": "compliment"}),
        (
            KR,
            "손잡이를 더 크게 개선해 주시기를 제안합니다.",
            {"voc_type": "suggestion"},
        ),
        (KR, "영업시간이 궁금해서 문의드립니다.", {"voc_type": "inquiry", "department": "customer_service"}),
        (KR, "The kettle arrived broken.", {"cause": "defect"}),
        (US, "They took money with withdrawals I never approved.", {"cause": "unauthorised_payment"}),
        (US, "Equifax put an error on my credit report.", {"product": "Credit reporting"}),
    ],
)
def test_a_text_is_read_by_the_rules_of_its_policy(policy: Policy, text: str, read: dict[str, str]) -> None:
    found = suggest(policy, text)
    assert {name: getattr(found, name) for name in read} == read


def test_every_reading_names_the_words_that_made_it() -> None:
    found = suggest(KR, "유리가 깨져서 손을 다쳤습니다.")
    assert [(each.field, each.words) for each in found.because] == [
        ("cause", ("깨져",)),
        ("safety", ("다쳤",)),
    ]
    assert (found.safety, found.severity) == (True, "critical")


def test_words_that_no_rule_knows_suggest_nothing_and_go_to_customer_service() -> None:
    found = suggest(KR, "음")
    assert (found.voc_type, found.cause, found.because) == (None, None, ())
    assert found.department == "customer_service"


def test_latin_words_match_whole_and_over_line_ends_korean_ones_as_stems() -> None:
    rules = (
        TriageRule(field="cause", value="service", words=("rude staff",)),
        TriageRule(field="cause", value="defect", words=("깨졌",)),
    )
    policy = POLICY.model_copy(update={"triage_rules": rules})
    assert suggest(policy, "Rude\n  STAFF!").cause == "service"
    assert suggest(policy, "crude staffing").cause is None
    assert suggest(policy, "컵이 깨졌어요").cause == "defect"


def test_the_most_words_win_each_by_its_weight_and_of_equals_the_first_rule() -> None:
    rules = (
        TriageRule(field="cause", value="service", words=("one", "two")),
        TriageRule(field="cause", value="defect", words=("three",), weight=2),
        TriageRule(field="cause", value="price", words=("four",), weight=3),
    )
    policy = POLICY.model_copy(update={"triage_rules": rules})
    assert suggest(policy, "one two three").cause == "service"
    assert suggest(policy, "one three").cause == "defect"
    assert suggest(policy, "one two three four").cause == "price"


def test_a_classification_says_where_it_departs_from_the_rules() -> None:
    life = given(opening(text="컵이 깨져서 왔어요. 환불해 주세요.", language="ko"), policy=KR)
    confirmed = life.when(say(Triage, CLASSIFIER, voc_type="complaint", cause="defect"))
    assert confirmed.event("triaged").corrects == ()
    corrected = life.when(say(Triage, CLASSIFIER, voc_type="complaint", cause="service"))
    assert corrected.event("triaged").corrects == ("cause", "department")


def test_safety_and_emotion_are_suggested_with_their_words_and_confirmed_or_corrected() -> None:
    life = given(opening(text="냄비에 화상을 입었습니다. 너무 화가 납니다.", language="ko"), policy=KR)
    found = suggest(KR, "냄비에 화상을 입었습니다. 너무 화가 납니다.")
    assert (found.safety, found.emotion, found.severity) == (True, "high", "critical")
    assert {each.field for each in found.because} >= {"safety", "emotion"}
    assert found.routed
    confirmed = say(Triage, CLASSIFIER, voc_type="complaint", safety=True, emotion="high")
    assert life.when(confirmed).event("triaged").corrects == ()
    corrected = say(Triage, CLASSIFIER, voc_type="complaint", severity="critical", emotion="calm")
    assert life.when(corrected).event("triaged").corrects == ("emotion", "safety")


def test_nothing_is_corrected_where_no_rule_said_anything() -> None:
    life = given(opening(text="음"), policy=KR)
    assert life.when(say(Triage, CLASSIFIER, voc_type="inquiry")).event("triaged").corrects == ()
