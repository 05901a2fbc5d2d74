"""Money as integer minor units of one ISO 4217 currency."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field, field_validator

from domain.record import Record
from domain.refusal import Refused

MINOR_UNITS = {"KRW": 0, "JPY": 0, "USD": 2, "GBP": 2, "EUR": 2}
"""Decimal places of each currency that a policy may use (ISO 4217)."""


LARGEST = 10**15
"""More minor units than this is a mistake, whatever the currency."""


class Money(Record):
    """An amount that cannot be negative, in minor units (KRW has none: 1 is one won)."""

    minor: Annotated[int, Field(ge=0, le=LARGEST)]
    currency: str

    @field_validator("currency")
    @classmethod
    def _known(cls, currency: str) -> str:
        if currency not in MINOR_UNITS:
            raise ValueError(f"unknown currency; use one of {', '.join(sorted(MINOR_UNITS))}")
        return currency

    def __str__(self) -> str:
        places = MINOR_UNITS[self.currency]
        return f"{self.minor / 10**places:,.{places}f} {self.currency}"


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts of one currency.

    Raises:
        Refused: where an amount has another currency.
    """
    minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise Refused(
                f"the amount is in {amount.currency}, the case in {currency}; give it in the case's currency",
                code="currency",
            )
        minor += amount.minor
    if minor > LARGEST:
        raise Refused(
            "the amounts together are larger than any that can be paid; give smaller ones", code="amount"
        )
    return Money(minor=minor, currency=currency)


def split(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Split an amount by weights without losing a unit: largest remainder, the earlier part on a tie.

    Every part is its exact share rounded down, and the units that are left go one each to the parts that
    lost most by that. Where every weight is zero the parts are equal.
    """
    shares = tuple(weights) if any(weights) else (1,) * len(weights)
    whole = sum(shares)
    parts = [amount.minor * share // whole for share in shares]
    lost = [amount.minor * share % whole for share in shares]
    left = amount.minor - sum(parts)
    for index in sorted(range(len(parts)), key=lambda at: (-lost[at], at))[:left]:
        parts[index] += 1
    return tuple(Money(minor=part, currency=amount.currency) for part in parts)
