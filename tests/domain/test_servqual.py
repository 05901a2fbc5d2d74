import pytest

from domain.servqual import DIMENSIONS, ITEMS, Item, expected, gap_of, gaps, items_for, perceived


def rated(item: str, wished: int | None, felt: int | None) -> dict[str, int]:
    """Return the answers to one item; what is None was left out."""
    both = {expected(item): wished, perceived(item): felt}
    return {name: value for name, value in both.items() if value is not None}


def test_the_form_has_the_items_of_1988() -> None:
    counts = [sum(item.dimension == each for item in ITEMS) for each in DIMENSIONS]
    assert (len(ITEMS), counts) == (22, [4, 5, 4, 4, 5])
    assert {item.dimension for item in ITEMS if item.turned} == {"responsiveness", "empathy"}


def test_a_gap_is_perception_minus_expectation() -> None:
    assert gaps(rated("r1", 7, 5))["reliability"] == -2
    assert gaps(rated("a1", 4, 6))["assurance"] == 2


def test_items_worded_the_other_way_round_are_turned_on_both_sides() -> None:
    # "Staff do not help at once": expected 1 (disagree), felt 6 (agree) is a service five points too low.
    assert gaps(rated("s2", 1, 6))["responsiveness"] == -5
    assert gaps(rated("e1", 6, 1))["empathy"] == 5


def test_a_missing_answer_is_not_zero_and_leaves_its_item_out() -> None:
    answers = rated("r1", 7, 5) | rated("r2", 7, None) | rated("r3", None, 1) | rated("r4", 7, 7)
    assert gaps(answers)["reliability"] == -1
    assert gaps(rated("r2", 7, None))["reliability"] is None
    assert gaps({}) == dict.fromkeys(DIMENSIONS)


@pytest.mark.parametrize(("wished", "felt"), [(0, 5), (5, 8), (9, 9)])
def test_what_lies_off_the_scale_is_missing(wished: int, felt: int) -> None:
    assert gap_of(Item("r1", "reliability"), rated("r1", wished, felt)) is None


def test_a_channel_without_facilities_is_not_asked_about_them() -> None:
    assert len(items_for(tangibles=True)) == 22
    assert {item.dimension for item in items_for(tangibles=False)} == {*DIMENSIONS} - {"tangibles"}
