import pytest
from pydantic import ValidationError

from domain.actor import Actor, Role
from domain.money import LARGEST, Money, total
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
