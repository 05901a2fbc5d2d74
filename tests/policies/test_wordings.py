import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from activities.wordings import Wordings, render, slots_in
from domain.notice import FIRST_SLOTS, MAY_HAVE, bare
from policies import PolicyError, wordings
from policies.wording_files import hash_of, read_wordings

Edit = Callable[..., Path]
SHIPPED = sorted(wordings().items())


@pytest.fixture(params=SHIPPED, ids=[digest[:8] for digest, _ in SHIPPED])
def shipped(request: pytest.FixtureRequest) -> Wordings:
    _, texts = request.param
    assert isinstance(texts, Wordings)
    return texts


def slots(text: str) -> set[str]:
    return set(slots_in(text))


@pytest.mark.parametrize("template", MAY_HAVE)
def test_both_languages_say_it_with_the_same_slots_that_a_case_fills(
    shipped: Wordings, template: str
) -> None:
    texts = shipped.texts[template]
    assert set(texts) == {"ko", "en"}
    assert slots(texts["ko"]) == slots(texts["en"])
    assert set(FIRST_SLOTS[template]) <= set(map(bare, slots(texts["ko"]))) <= set(MAY_HAVE[template])


@pytest.mark.parametrize("template", MAY_HAVE)
def test_korean_is_korean_and_english_is_english(shipped: Wordings, template: str) -> None:
    texts = shipped.texts[template]
    assert texts["ko"] != texts["en"]
    korean = re.sub(r"\{\w+\??\}", "", texts["ko"])
    letters = re.findall(r"[^\W\d_]", korean)
    assert sum("가" <= letter <= "힣" for letter in letters) > 0.9 * len(letters)
    assert not re.search("[가-힣]", texts["en"])


@pytest.mark.parametrize("template", MAY_HAVE)
def test_korean_sentences_end_politely(shipped: Wordings, template: str) -> None:
    ends = re.findall(r"(\w+)[.!](?:\s|$)", shipped.texts[template]["ko"])
    assert ends
    assert all(word.endswith(("니다", "시오")) for word in ends), ends


@pytest.mark.parametrize(("template", "language"), [*product(MAY_HAVE, ("ko", "en"))])
def test_what_fills_a_slot_reaches_the_reader_as_it_is(
    shipped: Wordings, template: str, language: str
) -> None:
    names = map(bare, slots(shipped.texts[template][language]))
    filled = {name: f"<{name} {{x}} 100%>" for name in names}
    text = render(shipped.texts[template][language], filled)
    assert all(value in text for value in filled.values())


def test_the_shipped_wordings_are_found_by_their_hash() -> None:
    for digest, texts in wordings().items():
        assert digest == hash_of(texts)


def test_wordings_beside_a_policy_of_ones_own_are_found_too(worded: Edit) -> None:
    path = worded(("thank you", "many thanks"))
    assert hash_of(read_wordings(path)) in wordings(path.parent)
    assert hash_of(read_wordings(path)) not in wordings()


def test_comments_and_layout_do_not_change_the_hash(worded: Edit) -> None:
    path = worded(("offer:\n", "# a remark\noffer:\n"))
    assert hash_of(read_wordings(path)) in wordings()


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (("acknowledgement:", "acknowledgment:"), "acknowledgement", "is missing"),
        (("acknowledgement:", "acknowledgment:"), "acknowledgment", "is not a notice"),
        (("  en: |-\n    {address}", "  fr: |-\n    {address}"), "acknowledgement.en", "is missing"),
        (("  en: |-\n    {address}", "  fr: |-\n    {address}"), "acknowledgement.fr", "not a language"),
        (("Your case number is {number}.", "Noted."), "acknowledgement.en", "does not say {number}"),
        (
            ("Your case number is {number}.", "{number} {name}"),
            "acknowledgement.en",
            "name that nothing fills",
        ),
        (("Your case number is {number}.", "{number?}"), "acknowledgement.en", "write {number}"),
        (("this number is enough", "{product?} is enough"), "acknowledgement", "other slots in one language"),
        (("Your case number is {number}.", "{number}}"), "acknowledgement.en", "unmatched brace"),
        (("Your case number is {number}.", "{number.real}"), "acknowledgement.en", "more than a name"),
        (("answer:\n  ko: |-", "answer:\n  ko: '{number} {answer}'\n  xx: |-"), "answer.ko", "no Korean"),
        (("delay:\n  ko: |-", "delay:\n  ko: 7\n  xx: |-"), "delay.ko", "must be text"),
    ],
)
def test_an_error_in_wordings_names_file_line_and_field(
    worded: Edit, change: tuple[str, str], field: str, said: str
) -> None:
    path = worded(change)
    with pytest.raises(PolicyError) as raised:
        read_wordings(path)
    problem = next(each for each in raised.value.problems if each.field == field)
    assert said in problem.message
    assert problem.file == str(path)
    assert problem.line > 1 or said == "is missing"


def test_the_same_text_in_two_languages_is_no_translation(worded: Edit) -> None:
    path = worded()
    text = path.read_text(encoding="utf-8")
    both = "target_staff:\n  ko: 목표 {number} {target}\n  en: 목표 {number} {target}\n"
    path.write_text(text[: text.index("target_staff:")] + both, encoding="utf-8")
    with pytest.raises(PolicyError, match="translate it"):
        read_wordings(path)
