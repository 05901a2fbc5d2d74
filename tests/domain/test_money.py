import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.actor import Actor, Role
from domain.money import LARGEST, Money, split, total
from tests.domain.lives import eur, refuses


def test_money_is_written_in_its_own_places() -> None:
    assert str(eur(123_456)) == "1,234.56 EUR"
    assert str(Money(minor=1_234_567, currency="KRW")) == "1,234,567 KRW"


def test_money_is_never_negative_and_of_a_known_currency() -> None:
    with pytest.raises(ValidationError):
        Money(minor=-1, currency="EUR")
    with pytest.raises(ValidationError, match="unknown currency"):
        Money(minor=1, currency="XXX")


def test_amounts_of_one_currency_add_up() -> None:
    assert total((), "EUR") == eur(0)
    assert total((eur(1), eur(2)), "EUR") == eur(3)


def test_amounts_of_different_currencies_do_not() -> None:
    with refuses("in KRW, the case in EUR"):
        total((eur(1), Money(minor=1, currency="KRW")), "EUR")


def test_a_sum_beyond_reason_is_refused() -> None:
    with refuses("larger than any"):
        total((eur(LARGEST), eur(1)), "EUR")


def test_an_id_is_no_address() -> None:
    with pytest.raises(ValidationError, match="must not be an e-mail"):
        Actor(role=Role.AGENT, id="ann@example.org")
    assert str(Actor(role=Role.AGENT, id="ann")) == "agent:ann"


@given(
    minor=st.integers(0, 10**9),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=20),
)
def test_a_split_loses_no_unit_and_gives_nobody_more_than_a_unit_too_much(
    minor: int, weights: list[int]
) -> None:
    parts = [part.minor for part in split(eur(minor), weights)]
    assert sum(parts) == minor
    if not any(weights):
        assert max(parts) - min(parts) <= 1
        return
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - minor * weight) < sum(weights), "a unit at most from the exact share"


def test_the_earlier_part_gets_the_unit_on_a_tie() -> None:
    assert [part.minor for part in split(eur(100), (1, 1, 1))] == [34, 33, 33]
    assert [part.minor for part in split(eur(10), (1, 0, 2))] == [3, 0, 7]
