"""What the customers of the money drill want: every kind of remedy, and everything that can befall one."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from cli.money_paths import PathName
from sandbox.courier import comes_for

HARMS = [{"id": "price", "harm": "price"}, {"id": "trouble", "harm": "trouble"}]
SMALLEST, LARGEST = 1_000, 9_000
"""Won; no order of the sandbox was cheaper than the largest, so that no refund is refused as too much."""

CANCELS, WITHDRAWS, LATEST = 0.1, 0.06, 7
"""Shares of customers who change their mind, and within how many seconds."""

Decision = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way in which a remedy can go.

    Attributes:
        share: how often it is drawn, against the others.
        gives: what is decided about the price and about the trouble.
        order: how the id of its order begins, by which the sandbox knows what befalls it; empty: by chance.
        reaches: what at least one case of this kind must have met, or the drill is broken.
        back: whether the goods are collected; `in_advance`: after the replacement went out.
        hands_in: whether the customer brings them to a store after all.
        cancels: whether the customer gives the remedy up; `withdraws`: or the whole complaint.
        otherwise: the kind that is tried where this one came to nothing.
    """

    share: int
    gives: tuple[str, str]
    reaches: tuple[PathName, ...]
    order: str = ""
    back: bool = False
    in_advance: bool = False
    hands_in: bool = False
    cancels: bool = False
    withdraws: bool = False
    otherwise: str = "refund"


KINDS: Mapping[str, Kind] = {
    "refund": Kind(share=16, gives=("refund", "apology"), reaches=("paid", "approved")),
    "collected refund": Kind(share=12, gives=("refund", "apology"), back=True, reaches=("paid", "collected")),
    "exchange": Kind(share=10, gives=("exchange", "goodwill_credit"), reaches=("exchanged", "paid")),
    "collected exchange": Kind(
        share=8, gives=("exchange", "goodwill_credit"), back=True, reaches=("exchanged", "collected")
    ),
    "exchange in advance": Kind(
        share=6,
        gives=("exchange", "apology"),
        back=True,
        in_advance=True,
        reaches=("exchanged in advance",),
    ),
    "goodwill": Kind(share=6, gives=("goodwill_credit", "apology"), reaches=("paid",)),
    "vouchers": Kind(share=8, gives=("points", "coupon"), reaches=("coupon given", "points given")),
    "rewards": Kind(
        share=4, gives=("membership", "information"), reaches=("membership given", "information given")
    ),
    "repair": Kind(share=8, gives=("repair", "apology"), back=True, reaches=("repaired",)),
    "beyond repair": Kind(
        share=5,
        gives=("repair", "coupon"),
        back=True,
        order="scrap-",
        reaches=("not repairable", "voucher taken back", "goods given back"),
    ),
    "settled later": Kind(share=6, gives=("refund", "apology"), order="later-", reaches=("settled later",)),
    "bounced": Kind(
        share=4,
        gives=("refund", "apology"),
        order="bounce-",
        reaches=("settlement failed",),
        otherwise="vouchers",
    ),
    "another account": Kind(
        share=5, gives=("refund", "apology"), order="expired-", reaches=("paid to another account",)
    ),
    "handed in": Kind(
        share=6, gives=("refund", "apology"), back=True, hands_in=True, reaches=("handed in at a store",)
    ),
    "nobody met": Kind(
        share=5, gives=("refund", "apology"), back=True, order="away-", reaches=("nobody met",)
    ),
    "lost from the customer": Kind(
        share=4, gives=("refund", "apology"), back=True, order="lost-", reaches=("lost from the customer",)
    ),
    "lost to the customer": Kind(
        share=4, gives=("exchange", "coupon"), order="lost-", reaches=("lost to the customer",)
    ),
    "part returned": Kind(
        share=4, gives=("refund", "apology"), back=True, order="part-", reaches=("part came back",)
    ),
    "cancelled": Kind(
        share=4,
        gives=("exchange", "goodwill_credit"),
        back=True,
        cancels=True,
        reaches=("cancelled", "taken back"),
    ),
    "withdrawn": Kind(
        share=4, gives=("refund", "apology"), back=True, withdraws=True, reaches=("withdrawn midway",)
    ),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the customer of one case gets, and does meanwhile.

    Attributes:
        order_id: the order it is about; None: the shop finds it.
        otherwise: the plan that is proposed where the first came to nothing.
        after: seconds from the agreement to what the customer does meanwhile.
    """

    kind: str
    plan: Mapping[str, Any]
    otherwise: Mapping[str, Any]
    order_id: str | None = None
    cancels: bool = False
    withdraws: bool = False
    hands_in: bool = False
    after: int = 0


def wish_of(seed: int, place: int) -> Wish:
    """Draw what one customer wants; the same for the same seed and place.

    The first of all get one kind each and no other luck than their own; nothing of the mix is left out.
    """
    chance = Random(f"{seed}:{place}")  # noqa: S311 - a seed, not a secret
    if place < len(KINDS):
        name, sure = [*KINDS][place], True
    else:
        (name,) = chance.choices([*KINDS], [kind.share for kind in KINDS.values()])
        sure = False
    kind = KINDS[name]
    # An owner may not decide the first refund alone, so that even the smallest drill has an approval.
    minor = LARGEST if sure else chance.randint(SMALLEST, LARGEST)
    return Wish(
        name,
        plan_of(name, minor),
        plan_of(kind.otherwise, LARGEST // 2),
        order_id=_order_id(seed, place, kind, sure=sure),
        cancels=kind.cancels or (not sure and chance.random() < CANCELS),
        withdraws=kind.withdraws or (not sure and chance.random() < WITHDRAWS),
        hands_in=kind.hands_in,
        after=0 if sure else chance.randrange(LATEST),
    )


def _order_id(seed: int, place: int, kind: Kind, *, sure: bool) -> str | None:
    """Name an order; where the kind has to come about, one to whose address the courier goes."""
    if not sure and not kind.order:
        return None
    names = (f"{kind.order or 'ord-'}{seed}-{place}-{attempt}" for attempt in count())
    return next(name for name in names if not sure or comes_for(seed, name))


def plan_of(name: str, minor: int) -> Mapping[str, Any]:
    """Return the plan of a kind; what it gives in money or vouchers is worth this much."""
    kind = KINDS[name]
    price, trouble = kind.gives
    return {
        "decisions": [_decision("price", price, minor), _decision("trouble", trouble, minor)],
        "gestures": ["apology_call"],
        "collect": kind.back,
        "in_advance": kind.in_advance,
    }


def _decision(line: str, remedy: str, minor: int) -> Decision:
    ground = "defect" if remedy in ("refund", "exchange", "repair") else "goodwill"
    decision = {"harm_line": line, "remedy": remedy, "ground": ground}
    if remedy not in ("refund", "goodwill_credit", "coupon", "points", "membership"):
        return decision
    amount = {"minor": minor, "currency": "KRW"}
    return {**decision, "amount": amount, "reason": "agreed on the phone"}  # another than the table gives


def paths_of(kinds: set[str]) -> tuple[PathName, ...]:
    """Return what a drill with these kinds must have met."""
    return tuple(dict.fromkeys(path for name in KINDS if name in kinds for path in KINDS[name].reaches))
