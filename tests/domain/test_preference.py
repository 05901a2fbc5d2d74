"""What a customer likes best is learnt from their earlier cases, and offered first at equal cost."""

from datetime import timedelta
from itertools import permutations
from typing import Any, Literal

import pytest

from domain.case import todo
from domain.effect import CustomerSnapshot, OtherCase, SendNotice, Taste
from domain.favourite import favourites, learnt
from domain.plan import Alternative
from domain.preference import TEACHES, tastes
from domain.wish import WishRemedy
from tests.domain.lives import (
    BAD_CALL,
    CUSTOMER,
    GOOD_CALL,
    IN_RECOVERY,
    ISSUED,
    MIRA,
    MONDAY,
    NOTICE,
    Life,
    accept,
    decision,
    given,
    ok,
    plan,
    propose,
    register,
    say,
    wait,
)

CREDIT = Alternative(id="credit", decisions=(decision("coupon"),), words="as a coupon")
Word = Literal["chosen", "liked", "disliked"]


def taste(word: Word, remedy: str, days: int = 0) -> Taste:
    return Taste(word=word, remedy=remedy, at=MONDAY + timedelta(days=days))


def told(life: Life) -> list[tuple[str, str]]:
    """What the case teaches."""
    return [(each.word, each.remedy) for each in tastes(life.events)]


def put_right(answer: Any, *, choice: str = "credit") -> Life:
    """The customer chose a coupon instead of money back, and was asked afterwards."""
    agreed = given(*IN_RECOVERY, propose(plan(alternatives=(CREDIT,))), accept(choice=choice))
    registered = agreed.told(ok("coupon", ISSUED), register(), ok("result-notice", NOTICE), wait(hours=25))
    return registered.told(ok("happy-call", answer))


def test_a_choice_and_the_answer_afterwards_teach_what_is_liked() -> None:
    assert told(put_right(GOOD_CALL)) == [("chosen", "coupon"), ("liked", "coupon")]
    assert told(put_right(BAD_CALL)) == [("chosen", "coupon"), ("disliked", "coupon")]


def test_an_offer_that_leaves_nothing_to_choose_teaches_nothing_and_a_wish_does() -> None:
    assert told(given(*IN_RECOVERY, propose(), accept())) == []
    wished = given(*IN_RECOVERY, say(WishRemedy, MIRA, wish="another one", remedy="exchange"))
    assert told(wished) == [("chosen", "exchange")]
    assert told(given(*IN_RECOVERY, say(WishRemedy, MIRA, wish="something"))) == []


def test_what_every_choice_gives_is_not_chosen() -> None:
    both = Alternative(id="points", decisions=(decision("points"),), words="as points")
    life = given(*IN_RECOVERY, propose(plan(alternatives=(both,))), accept(choice="main"))
    assert told(life) == [("chosen", "refund")]


def test_only_the_events_that_are_named_teach() -> None:
    life = put_right(GOOD_CALL)
    known = [event for event in life.events if getattr(event, "kind", "") in TEACHES]
    assert list(tastes(known)) == list(tastes(life.events))


@pytest.mark.parametrize(
    ("known", "best"),
    [
        ([taste("chosen", "coupon"), taste("liked", "refund")], ("coupon", "refund")),
        ([taste("liked", "refund"), taste("liked", "coupon", 9)], ("coupon", "refund")),
        ([taste("chosen", "coupon"), taste("disliked", "coupon")], ()),
        (
            [taste("liked", "points"), taste("liked", "points"), taste("chosen", "refund", 1)],
            ("refund", "points"),
        ),
        ([], ()),
    ],
)
def test_what_was_chosen_counts_twice_and_the_newer_first(known: list[Taste], best: tuple[str, ...]) -> None:
    for order in permutations(known):
        assert learnt(list(order)) == best


def snapshot(*prefers: str, tastes: tuple[Taste, ...] = ()) -> CustomerSnapshot:
    earlier = OtherCase(case_id="OLD", voc_type="complaint", opened_at=MONDAY, stage="ended", tastes=tastes)
    return CUSTOMER.model_copy(update={"prefers": prefers, "cases": (earlier,)})


def test_the_customers_own_word_to_the_firm_comes_before_what_is_learnt() -> None:
    assert favourites(snapshot("refund", tastes=(taste("chosen", "coupon"),))) == ("refund", "coupon")
    assert favourites(snapshot("coupon", tastes=(taste("disliked", "coupon"),))) == ("coupon",)
    assert favourites(CUSTOMER.model_copy(update={"cases": None})) == CUSTOMER.prefers
    assert favourites(None) == ()


def test_of_remedies_that_cost_the_same_what_was_learnt_is_offered_first() -> None:
    liked = snapshot(tastes=(taste("chosen", "coupon"),))
    offer = propose(plan(alternatives=(CREDIT,), words="money back"), told_in=None)
    for customer, said in ((liked, "as a coupon; or main"), (snapshot(), "money back; or credit")):
        life = given(*IN_RECOVERY[:2], ok("customer", customer), *IN_RECOVERY[3:], offer)
        (words,) = (each.request for each in todo(life.case) if isinstance(each.request, SendNotice))
        assert said in words.slots["offer"]
