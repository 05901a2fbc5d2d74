"""Points are told and issued as points: so many, at the policy rate, rounded up for the customer."""

from domain.money import Money
from domain.policy import Language, Policy


def points_for(worth: Money, rate: Money | None) -> int | None:
    """Return how many points make up a worth; None where the policy has no rate and tells it as money."""
    return -(-worth.minor // rate.minor) if rate is not None and rate.minor else None


def told(worth: Money, policy: Policy, language: Language) -> str:
    """Say how many points somebody gets, for customer and staff."""
    points = points_for(worth, policy.point_worth)
    if points is None:
        return str(worth)
    return f"적립금 {points:,}점" if language == "ko" else f"{points:,} points"
