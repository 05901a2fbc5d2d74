from collections.abc import Callable
from pathlib import Path

import pytest

from cli.policy import Difference, differences, explain_difference
from cli.policy_rules import scope_of
from cli.policy_words import in_words, span
from policies import PolicyError, load
from policies.fields import Draft

Edit = Callable[..., Path]
VERSION = ('version: "2026.1"', 'version: "2026.2"')
STATED = 'version: was "2026.1", becomes "2026.2"'


def said(edited: Edit, *changes: tuple[str, str]) -> list[str]:
    return explain_difference("retail-kr", edited(VERSION, *changes))


def test_a_policy_does_not_differ_from_itself() -> None:
    assert explain_difference("retail-kr", "retail-kr") == []


GOES = (
    'goes to complaint/price/delivery, complaint/price: was "sales (가격은 영업팀 책임입니다)", '
    'becomes "marketing (가격은 마케팅팀 책임입니다)"'
)
SOONER = (
    'target resolve complaint/critical: was "24 hours of working time", becomes "16 hours of working time"'
)
CHANGES = {
    "a target": (
        "severities: [critical]\n    budget: {unit: working_time, minutes: 1440}",
        "severities: [critical]\n    budget: {unit: working_time, minutes: 960}",
        SOONER,
    ),
    "a window": (
        "reopen_window: {unit: calendar_days, n: 7}",
        "reopen_window: {unit: weeks, n: 2}",
        'reopen window: was "7 calendar days", becomes "2 weeks"',
    ),
    "a number": ("  attempts: 3", "  attempts: 4", 'happy call attempts: was "3", becomes "4"'),
    "a length": ("  delay: PT24H", "  delay: PT48H", 'happy call delay: was "1 day", becomes "2 days"'),
    "a word less": ("  오늘 중: PT8H\n", "", 'promised "오늘 중": no longer: binds for 8 hours'),
    "another person": (
        "  - {id: caller-03, roles: [happy_caller]}",
        "  - {id: caller-09, roles: [happy_caller]}",
        "person caller-09: new: happy_caller",
    ),
    "a temporary holiday": (
        "country: KR}",
        "country: KR}\n  holidays: [2026-11-23]",
        "public holiday 2026-11-23: new: closed",
    ),
    "routing": (
        "{department: sales, causes: [price], reason: 가격은 영업팀 책임입니다}",
        "{department: marketing, causes: [price], reason: 가격은 마케팅팀 책임입니다}",
        GOES,
    ),
    "a legal consequence": (
        "    consequence: closes_option\n",
        "    consequence: breach\n",
        'a miss of withdrawal-7-days: was "the end of an option", becomes "a breach"',
    ),
}


@pytest.mark.parametrize(("old", "new", "sentence"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_told_in_words(edited: Edit, old: str, new: str, sentence: str) -> None:
    assert set(said(edited, (old, new))) >= {STATED, sentence}


def test_the_same_change_of_several_things_is_one_sentence(edited: Edit) -> None:
    changes = [(f"{role}: {{minor: 100000,", f"{role}: {{minor: 200000,") for role in ("agent", "owner")]
    assert said(edited, *changes) == [
        STATED,
        'may decide up to agent, owner: was "100,000 KRW", becomes "200,000 KRW"',
    ]


def test_a_target_of_every_severity_is_named_once(edited: Edit) -> None:
    change = (
        "name: result_notice\n    voc_types: [complaint]\n    budget: {unit: working_time, minutes: 240}",
        "name: result_notice\n    voc_types: [complaint]\n    budget: {unit: working_time, minutes: 120}",
    )
    assert said(edited, change)[1:] == [
        'target result_notice complaint: was "4 hours of working time", becomes "2 hours of working time"'
    ]


def test_moving_an_entry_without_effect_is_no_difference(edited: Edit) -> None:
    path = edited()
    text = path.read_text(encoding="utf-8")
    begin = text.index("  - name: result_notice")
    end = text.index("  - name: acknowledge\n    budget")
    moved = text[:begin] + text[end:].replace(
        "# How far a customer", text[begin:end] + "# How far a customer", 1
    )
    path.write_text(moved, encoding="utf-8")
    changed = explain_difference("retail-kr", path)
    assert changed == [
        'version: was "retail-kr 2026.1", becomes "retail-kr 2026.1 although its content differs"'
    ]


def test_a_changed_text_is_quoted(edited: Edit) -> None:
    path = edited(VERSION)
    words = path.with_name("wordings.yaml")
    words.write_text(
        words.read_text(encoding="utf-8").replace("Your message has reached us", "We have your message"),
        encoding="utf-8",
    )
    (_, sentence) = explain_difference("retail-kr", path)
    assert sentence.startswith('notice acknowledgement en: was "{address} thank you')
    assert "/ We have your message" in sentence.partition("becomes")[2]


def test_long_lists_are_cut_in_words_and_whole_in_data() -> None:
    days = next(
        each
        for each in differences("finance-us", "retail-kr", year_from=2026)
        if each.about == "public holiday"
    )
    assert len(days.which) > 20
    assert "2026-01-19" in days.model_dump(mode="json")["which"]
    assert f"and {len(days.which) - 8} more: no longer: closed" in str(days)


def test_a_policy_that_cannot_be_used_is_not_compared(edited: Edit) -> None:
    with pytest.raises(PolicyError, match="max_offers"):
        explain_difference("retail-kr", edited(("max_offers: 3", "max_offers: x")))


def test_wordings_that_are_not_known_are_named_by_hash() -> None:
    policy = load("retail-kr", year_from=2026)
    assert policy.wording_hash in in_words(policy, scope_of(policy)).values()


def test_a_sentence_about_one_thing_needs_no_list() -> None:
    assert str(Difference(about="offer", which=(), before="1", after="2")) == 'offer: was "1", becomes "2"'


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("PT20M", "20 minutes"),
        ("P1DT1H", "1 day 1 hour"),
        ("PT61S", "1 minute 1 second"),
        ("PT0S", "no time"),
    ],
)
def test_lengths_of_time_are_read_out(iso: str, words: str, edited: Edit) -> None:
    policy = load(str(edited(("vague_default: P1D", "vague_default: P2D"))), year_from=2026)
    changed = Draft.model_validate(policy.model_dump(mode="json") | {"vague_default": iso})
    assert span(changed.vague_default) == words
