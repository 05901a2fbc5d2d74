"""What a case cost the firm: given to the customer, goods moved, people's time, departments' tasks (R52)."""

from dataclasses import dataclass, replace

from domain.contact import ContactLogged
from domain.message import Event
from domain.money import LARGEST, Money
from domain.policy import VOUCHERS, Policy
from domain.record import Record
from domain.remedy import Remedy, RemedyDone
from domain.saga_events import StepDone
from domain.task import TaskDone


class Cost(Record):
    """What the case has cost up to a result.

    Attributes:
        given: paid to the customer, and issued to them in vouchers at what they are worth.
        moved: goods fetched and sent, at the policy's price for each.
        handled: minutes of contacts that say how long they took.
        tasks: what departments reported for their tasks.
    """

    given: Money
    moved: Money
    handled: Money
    tasks: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was spent, counted as it happens over all rounds; amounts in minor units."""

    given: int = 0
    collections: int = 0
    shipments: int = 0
    minutes: int = 0
    tasks: int = 0


def evolve(spent: Spent, event: Event, remedy: Remedy) -> Spent:
    """Count what an event spent; `remedy` as it stood before."""
    match event:
        case StepDone(step="collect"):
            return replace(spent, collections=spent.collections + 1)
        case StepDone(step="ship" | "return"):
            return replace(spent, shipments=spent.shipments + 1)
        case StepDone(amount=Money(minor=minor)):
            return replace(spent, given=spent.given + minor)
        case RemedyDone():
            return replace(spent, given=spent.given + _vouchers(remedy))
        case ContactLogged(minutes=int(minutes)):
            return replace(spent, minutes=spent.minutes + minutes)
        case TaskDone(cost=Money(minor=minor)):
            return replace(spent, tasks=spent.tasks + minor)
        case _:
            return spent


def _vouchers(remedy: Remedy) -> int:
    """Coupons and points are worth what the plan says; no payment tells it."""
    plan = remedy.proposal.plan if remedy.proposal else None
    if plan is None:
        return 0
    given = [(each.remedy, each.amount) for each in plan.decisions]
    given += [(each.remedy, each.amount) for each in plan.extras]
    return sum(amount.minor for kind, amount in given if kind in VOUCHERS and amount is not None)


def cost_of(spent: Spent, policy: Policy) -> Cost | None:
    """Return what the case has cost so far; None where the policy has no prices for handling."""
    prices = policy.handling.costs if policy.handling else None
    if prices is None:
        return None
    moved = spent.collections * prices.collection.minor + spent.shipments * prices.shipment.minor
    handled = spent.minutes * prices.contact_minute.minor

    def money(minor: int) -> Money:
        return Money(minor=min(minor, LARGEST), currency=policy.currency)

    return Cost(
        given=money(spent.given),
        moved=money(moved),
        handled=money(handled),
        tasks=money(spent.tasks),
        total=money(spent.given + moved + handled + spent.tasks),
    )
