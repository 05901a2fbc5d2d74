"""A bank for tests: pays once per key, remembers everything, and settles later what it took on."""

from dataclasses import dataclass, field

from domain.effect import Outcome, RefundFailed, RefundPaid, RefundPending
from domain.money import Money


@dataclass
class Bank:
    """What was asked for under each key, and what came of it."""

    deeds: dict[str, Outcome] = field(default_factory=dict)
    asked: dict[str, Money] = field(default_factory=dict)

    def pay(self, key: str, amount: Money, *, later: bool) -> Outcome:
        """Pay, or take on; the same key is answered again."""
        self.asked.setdefault(key, amount)
        assert self.asked[key] == amount, "one key for two requests"
        first: Outcome = RefundPending(reference=key) if later else RefundPaid(reference=key, amount=amount)
        return self.deeds.setdefault(key, first)

    def settle(self, key: str, *, well: bool) -> Outcome:
        """Say how something ended that was taken on; it ends once."""
        if isinstance(self.deeds[key], RefundPending):
            paid = RefundPaid(reference=key, amount=self.asked[key])
            failed = RefundFailed(reference=key, reason="the account does not take it", code="returned")
            self.deeds[key] = paid if well else failed
        return self.deeds[key]

    def paid(self) -> dict[str, int]:
        """Return what went out, by key."""
        return {key: deed.amount.minor for key, deed in self.deeds.items() if isinstance(deed, RefundPaid)}
