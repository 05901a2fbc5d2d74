"""Every outbound text of every shipped policy, in both languages; and what the check says of words."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.notice import MAY_HAVE, bare
from domain.plain_speech import jargon_in
from domain.policy import Policy
from domain.suggestion import speaks_of
from policies import load, wordings
from policies.speech import FIRST, LANGUAGES, texts

Edit = Callable[..., Path]
Told = Callable[[Path, str, str], None]
SHIPPED = ("finance-uk", "finance-us", "retail-kr")


@pytest.fixture(params=SHIPPED)
def policy(request: pytest.FixtureRequest) -> Policy:
    return load(str(request.param), year_from=2026)


def test_every_text_that_a_customer_may_read_is_there_in_korean_and_in_english(policy: Policy) -> None:
    found = [*texts(policy)]
    assert len(found) > len(policy.clauses) + len(policy.departments)
    for path, text in found:
        assert set(text) == {"ko", "en"}, path
        assert text["ko"].strip() != text["en"].strip(), path
        assert re.search("[가-힣]", text["ko"]), path
        assert not re.search("[가-힣]", text["en"]), path


def test_no_notice_and_no_clause_speaks_jargon(policy: Policy) -> None:
    said = [text for each in wordings()[policy.wording_hash].texts.values() for text in each.values()]
    said += [text for _, each in texts(policy) for text in each.values()]
    assert policy.plain_words
    assert [found for text in said for found in jargon_in(policy, text)] == []


def test_the_first_notices_hold_apology_and_a_name(policy: Policy) -> None:
    assert policy.spoken is not None
    first = wordings()[policy.wording_hash].texts
    for name, language in ((name, language) for name in (*FIRST, "offer", "delay") for language in LANGUAGES):
        assert any(speaks_of(word, first[name][language]) for word in policy.spoken.sorry), (name, language)
        assert "{owner}" in first[name][language]


def test_letters_about_decisions_say_what_they_must(policy: Policy) -> None:
    assert policy.spoken is not None
    for notice in ("offer", "result", "final_position"):
        says = set(policy.spoken.must_say(notice, "not_upheld"))
        assert says >= {"happened", "clauses", "owner"}
        assert says <= {bare(slot) for slot in policy.slots[notice]}
    assert set(policy.spoken.must_say("final_position", "upheld")) >= {
        *("outcome", "clauses", "to_do", "appeal_within", "outside_body")
    }
    assert "until" in policy.spoken.must_say("offer", None)
    assert "clauses" not in policy.spoken.must_say("result", "upheld")


def test_guarantees_are_told_in_the_first_notice_and_the_result(policy: Policy) -> None:
    for notice in ("acknowledgement", "complaint_acknowledgement", "offer", "result"):
        assert "guarantee?" in policy.slots[notice]


def test_two_profiles_are_addressed_in_two_ways(policy: Policy) -> None:
    assert policy.spoken is not None
    gold, *_, everybody = policy.spoken.address
    assert gold.tiers
    assert not everybody.tiers
    assert gold.words != everybody.words


def test_slots_are_pinned_as_the_wordings_have_them(policy: Policy) -> None:
    assert set(policy.slots) == set(MAY_HAVE)
    assert "number" in policy.slots["offer"]


NOBODY = ("    agent-01: {ko: 김하늘", "    agent-99: {ko: 김하늘")
LAST = '    - {words: {ko: "고객님,", en: "Hello,"}}\n'


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (("blaming_causes: [customer_error]", "blaming_causes: [x]"), "spoken.blaming_causes[0]", "cause x"),
        (NOBODY, "spoken.names.agent-99", "not among the people"),
        (NOBODY, "spoken.names", "no name for agent-01"),
        (("en: Haneul Kim}", "en: 김하늘}"), "spoken.names.agent-01", "translate it"),
        (("{ko: 김하늘,", "{ko: Haneul,"), "spoken.names.agent-01.ko", "no Korean"),
        ((LAST, ""), "spoken.address", "no last entry"),
        (("says: [clauses]", "says: [appeal_within]"), "spoken.letters[2].says[0]", "does not say"),
        (("sorry: [죄송, 사과,", "sorry: ["), "wordings", "no apology or empathy"),
        (("en: We confirm every", "en: VOC, we confirm"), "clauses[0].plain.en", "is jargon; say"),
    ],
)
def test_a_policy_that_could_not_speak_is_told_so(
    edited: Edit, told: Told, change: tuple[str, str], field: str, said: str
) -> None:
    told(edited(change), field, said)


def test_wordings_that_speak_jargon_or_name_nobody_are_told(edited: Edit, told: Told) -> None:
    path = edited()
    words = path.with_name("wordings.yaml")
    text = words.read_text(encoding="utf-8")
    words.write_text(text.replace("보내 주신 내용을", "보내 주신 VOC를", 1), encoding="utf-8")
    told(path, "wordings", "acknowledgement.ko says VOC")
    nameless = text.replace("; until then it is with {owner}", "").replace(
        " 그때까지는 {owner} 책임자가 살핍니다.", ""
    )
    words.write_text(nameless, encoding="utf-8")
    told(path, "wordings", "names nobody")
