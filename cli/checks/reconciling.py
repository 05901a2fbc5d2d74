"""Holds the outside world's books against the ledger, to the last unit of money, goods and vouchers.

What was done twice, what was lost, what was left lying about. Told remedy by remedy, so that what one remedy
of a case gave does not excuse what another left behind.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from cli.checks.evidence import Ledger
from cli.checks.remedy_story import NOTHING_SAID, Attempt, Story, stories
from client import Unreachable
from domain.saga_steps import REWARD_STEPS
from ledger.breach import Breach

PAID = "refund_paid"
"""The kind of result with which a provider says that money went out."""

VOUCHER, PICKUP, SHELF = "issue_voucher", "book_collection", "reserve_replacement"
LABEL = "issue_label"
SHIPMENT, REPAIR, RETURN = "ship_replacement", "repair_goods", "return_goods"
UNDOES = {
    "revoke_voucher": VOUCHER,
    "cancel_collection": PICKUP,
    "void_label": LABEL,
    "release_replacement": SHELF,
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a provider did, by its own account.

    Attributes:
        named: the reference that the request named, of what was undone or sent on.
        reference: the reference under which the provider knows what it did.
        minor: the money that went out; None where none did.
    """

    operation: str
    case_id: str
    key: str
    named: str | None
    reference: str | None
    minor: int | None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What the comparison found; everything but the sums is empty where books and ledger agree.

    Attributes:
        vouchers: how many were issued; `collections`: how many pickups were booked; `shipments`: how many
            replacements were sent.
        orphans: pickups, replacements on the shelf, goods and vouchers for which nobody answers any more.
        double_goods: what the courier did twice for one step, or nobody asked for.
        lost_goods: what a case believes that the courier did, and his books do not have.
    """

    payments: int
    paid_minor: int
    recorded_minor: int
    double_payments: tuple[Breach, ...]
    lost_payments: tuple[Breach, ...]
    orphans: tuple[Breach, ...]
    vouchers: int = 0
    double_vouchers: tuple[Breach, ...] = ()
    lost_vouchers: tuple[Breach, ...] = ()
    collections: int = 0
    shipments: int = 0
    double_goods: tuple[Breach, ...] = ()
    lost_goods: tuple[Breach, ...] = ()

    @property
    def found(self) -> tuple[Breach, ...]:
        """Everything on which books and ledger disagree."""
        money = (*self.double_payments, *self.lost_payments, *self.orphans)
        vouchers = (*self.double_vouchers, *self.lost_vouchers)
        return (*money, *vouchers, *self.double_goods, *self.lost_goods)

    @property
    def ok(self) -> bool:
        """Whether books and ledger agree to the last unit."""
        return not self.found and self.paid_minor == self.recorded_minor


async def deeds(sandbox_url: str, *services: str) -> tuple[Deed, ...]:
    """Read what these services did.

    Raises:
        Unreachable: the outside world does not answer.
    """
    found: list[Deed] = []
    try:
        async with httpx.AsyncClient(base_url=sandbox_url, timeout=60.0, trust_env=False) as client:
            for service in services:
                answer = await client.get(f"/{service}/books")
                answer.raise_for_status()
                found += [_deed(each) for each in answer.json()["deeds"] if each["status"] == "done"]
    except httpx.HTTPError:
        raise Unreachable(f"the outside world at {sandbox_url} does not show its books") from None
    return tuple(found)


def _deed(told: dict[str, Any]) -> Deed:
    result = told["result"]
    return Deed(
        operation=told["operation"],
        case_id=told["case_id"],
        key=told["key"],
        named=told["request"].get("reference"),
        reference=result.get("reference"),
        minor=result["amount"]["minor"] if result.get("kind") == PAID else None,
    )


def reckon(ledger: Ledger, done: Sequence[Deed]) -> Reckoning:
    """Compare what was done with what the cases say."""
    payments = [deed for deed in done if deed.minor is not None]
    vouchers = [deed for deed in done if deed.operation == VOUCHER]
    told = stories(ledger)
    goods = [deed for deed in done if deed.operation in (PICKUP, LABEL, SHELF, SHIPMENT, REPAIR, RETURN)]
    by = Counter(deed.operation for deed in done)
    return Reckoning(
        payments=len(payments),
        paid_minor=sum(deed.minor or 0 for deed in payments),
        recorded_minor=sum(
            event.amount.minor for each in told.values() for event in each.paid if event.amount
        ),
        double_payments=tuple(_doubles(payments, told, "paid")),
        lost_payments=tuple(_lost(payments, told)),
        orphans=(*_orphans(done, told), *_strange_undos(done, told), *_kept(done, told)),
        vouchers=len(vouchers),
        double_vouchers=tuple(_doubles(vouchers, told, "issued")),
        lost_vouchers=(
            *_unbooked(vouchers, told, REWARD_STEPS, "issued"),
            *_unsaid(vouchers, told, "issued"),
        ),
        collections=by[PICKUP],
        shipments=by[SHIPMENT],
        double_goods=tuple(_doubles(goods, told, "done")),
        lost_goods=(
            *_unbooked(goods, told, ("collect", "reserve", "ship", "repair", "return"), "done"),
            *_unsaid(goods, told, "done"),
        ),
    )


Told = Mapping[str, Story]


def _attempt(deed: Deed, told: Told) -> Attempt | None:
    return told.get(deed.case_id, NOTHING_SAID).attempts.get(deed.key)


def _doubles(done: Sequence[Deed], told: Told, verb: str) -> Iterator[Breach]:
    """Name what was done more often than there was reason to, and what nobody asked for."""
    times: Counter[tuple[str, Attempt]] = Counter()
    for deed in done:
        attempt = _attempt(deed, told)
        if attempt is None:
            yield Breach("books", deed.case_id, f"{deed.reference} was {verb} and never begun")
        else:
            times[deed.case_id, attempt] += 1
    for (case_id, attempt), count in times.items():
        if count > 1 + told[case_id].again[attempt]:
            yield Breach("books", case_id, f"{attempt} was {verb} {count} times")


def _lost(payments: Sequence[Deed], told: Told) -> Iterator[Breach]:
    """Name what the case believes to have paid and the books do not have, and the other way round."""
    booked = {(deed.case_id, deed.reference): deed.minor for deed in payments}
    for case_id, each in told.items():
        for event in each.paid:
            minor = booked.pop((case_id, event.reference), None)
            if event.amount is not None and minor != event.amount.minor:
                yield Breach(
                    "books", case_id, f"it says that {event.reference} was paid, the books say {minor}"
                )
    for case_id, reference in booked:
        yield Breach("books", case_id, f"{reference} was paid, and the case does not say so")


def _unbooked(done: Sequence[Deed], told: Told, steps: tuple[str, ...], verb: str) -> Iterator[Breach]:
    """Name what a case believes to have been done, by itself, and the books do not have."""
    booked = {(deed.case_id, deed.reference) for deed in done}
    for case_id, each in told.items():
        for step, reference in each.done:
            if step in steps and (case_id, reference) not in booked:
                yield Breach("books", case_id, f"it says that {reference} was {verb}, the books do not")


def _unsaid(done: Sequence[Deed], told: Told, verb: str) -> Iterator[Breach]:
    """Name what was done and the case does not know of; what a person saw to instead may be so."""
    for deed in done:
        story, attempt = told.get(deed.case_id, NOTHING_SAID), _attempt(deed, told)
        if attempt is None or attempt.undo or attempt.number in story.by_a_person:
            continue
        if deed.reference not in story.references:
            yield Breach("books", deed.case_id, f"{deed.reference} was {verb}, and the case does not say so")


# What is left lying about. --------------------------------------------------------------------------------

ENDS_IT = {
    PICKUP: ("cancel_collection", RETURN, REPAIR),
    LABEL: ("void_label", RETURN, REPAIR),
    SHELF: ("release_replacement", SHIPMENT),
}
"""What begins something in the outside world, and what ends it by naming its reference."""


def _orphans(done: Sequence[Deed], told: Told) -> Iterator[Breach]:
    """Name what still stands outside for a remedy that gave nothing for it and did not take it back."""
    ended = {(deed.operation, deed.named) for deed in done}
    given = {(deed.case_id, attempt.number) for deed in _gifts(done) if (attempt := _attempt(deed, told))}
    for deed in done:
        story, attempt = told.get(deed.case_id, NOTHING_SAID), _attempt(deed, told)
        number = attempt.number if attempt else 0
        if number in story.by_a_person:
            continue
        over = any((ender, deed.reference) in ended for ender in ENDS_IT.get(deed.operation, ()))
        collected = deed.operation in (PICKUP, LABEL) and (
            (deed.case_id, number) in given or deed.reference in story.over
        )
        if deed.operation in ENDS_IT and not (over or collected):
            yield Breach("books", deed.case_id, f"{deed.operation} {deed.reference} was left lying about")
        standing = deed.operation == VOUCHER and ("revoke_voucher", deed.reference) not in ended
        if standing and number in story.taken_back:
            what = f"{deed.reference} was left with the customer of a remedy that was taken back"
            yield Breach("books", deed.case_id, what)


def _strange_undos(done: Sequence[Deed], told: Told) -> Iterator[Breach]:
    """Name what was undone although the case did not ask for it: what was given is lost."""
    for deed in done:
        if deed.operation in UNDOES and _attempt(deed, told) is None:
            yield Breach("books", deed.case_id, f"{deed.operation} of {deed.named} was never begun")


def _gifts(done: Sequence[Deed]) -> Iterator[Deed]:
    """Yield what the customer was given: money, a replacement, or vouchers that still stand."""
    revoked = {deed.named for deed in done if deed.operation == "revoke_voucher"}
    for deed in done:
        voucher = deed.operation == VOUCHER and deed.reference not in revoked
        if deed.minor is not None or deed.operation == SHIPMENT or voucher:
            yield deed


def _kept(done: Sequence[Deed], told: Told) -> Iterator[Breach]:
    """Name the customers' own goods that stayed with the firm, which gave nothing for them."""
    gave: set[tuple[str, int]] = set()
    back: set[tuple[str, int]] = set()
    for deed in _gifts(done):
        if (attempt := _attempt(deed, told)) is not None:
            gave.add((deed.case_id, attempt.number))
    for deed in done:
        if deed.operation == RETURN and (attempt := _attempt(deed, told)) is not None:
            back.add((deed.case_id, attempt.number))
    for case_id, story in told.items():
        for number in sorted(story.came_in & story.ended):
            if (case_id, number) not in gave | back and number not in story.by_a_person:
                what = f"the goods that proposal {number} brought in stayed, and nothing was given for them"
                yield Breach("books", case_id, what)
