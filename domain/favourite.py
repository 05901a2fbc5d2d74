"""Which remedies a customer likes best: what they told the firm, then what their earlier cases teach (R149).

The CRM's word comes first, because the customer gave it as a preference. After it comes what the customer
chose among remedies or asked for (twice the weight), and what they called good or bad when asked afterwards;
of equal weight whatever is newer. A remedy that taught more bad than good is left out.
"""

from domain.effect import CustomerSnapshot, Taste

WEIGHTS = {"chosen": 2, "liked": 1, "disliked": -2}


def favourites(customer: CustomerSnapshot | None) -> tuple[str, ...]:
    """Return the remedies that this customer likes, the best first."""
    if customer is None:
        return ()
    tastes = [taste for case in customer.cases or () for taste in case.tastes]
    return tuple(dict.fromkeys((*customer.prefers, *learnt(tastes))))


def learnt(tastes: list[Taste]) -> tuple[str, ...]:
    """Return what earlier cases teach, the best first; whatever order they are told in."""
    points: dict[str, int] = {}
    latest: dict[str, float] = {}
    for taste in tastes:
        points[taste.remedy] = points.get(taste.remedy, 0) + WEIGHTS[taste.word]
        latest[taste.remedy] = max(latest.get(taste.remedy, 0.0), taste.at.timestamp())
    good = [remedy for remedy, sum_ in points.items() if sum_ > 0]
    return tuple(sorted(good, key=lambda remedy: (-points[remedy], -latest[remedy], remedy)))
