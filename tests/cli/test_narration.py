"""What a case is told by: every word that an event can name has its sentences, Korean and English."""

import re
from itertools import chain
from typing import Any, cast, get_args

import pytest

from cli.narration import ENDS, ROUNDS, STAFF_NEWS, STEPS, TOLD, told
from domain.case import CaseEvent
from domain.ending import End
from domain.remedy import RoundOpened
from domain.saga_steps import StepName
from domain.staff_news import Topic
from tests.domain.lives import FINAL, SATISFIED, SECOND_ROUND, STILL_BAD, Item, given

HANGUL = re.compile("[가-힣]")


def kinds_of(event: Any) -> set[str]:
    """Return the kinds of a union of events, which lies in others and in an annotation."""
    parts = get_args(event)
    if parts:
        return set(chain.from_iterable(map(kinds_of, parts)))
    return {event.model_fields["kind"].default} if hasattr(event, "model_fields") else set()


@pytest.mark.parametrize(
    ("told_by", "words"),
    [
        (STEPS, StepName),
        (ENDS, End),
        (ROUNDS, RoundOpened.model_fields["cause"].annotation),
        (STAFF_NEWS, Topic),
    ],
)
def test_no_word_that_an_event_can_name_is_without_a_sentence(told_by: dict[str, Any], words: Any) -> None:
    assert set(told_by) == set(get_args(words))


def test_every_kind_that_is_told_of_is_one() -> None:
    assert set(TOLD) <= kinds_of(CaseEvent)


@pytest.mark.parametrize("sentences", [*STEPS.values(), *ENDS.values(), *ROUNDS.values()])
def test_the_two_languages_say_it_each_in_its_own_words(sentences: tuple[str, str]) -> None:
    korean, english = sentences
    assert HANGUL.search(korean)
    assert not HANGUL.search(english)


@pytest.mark.parametrize("script", [SATISFIED, SECOND_ROUND, STILL_BAD, FINAL])
def test_whole_lives_are_told(script: tuple[Item, ...]) -> None:
    spoken = [sentences for event in given(*script).events if (sentences := told(cast("CaseEvent", event)))]
    assert spoken
    assert all(HANGUL.search(korean) and english for korean, english in spoken)
