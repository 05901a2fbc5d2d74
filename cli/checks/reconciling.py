"""Holds the outside world's books against the ledger to the last unit: paid twice, lost, left lying about."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from activities.keys import idempotency_key
from cli.checks.evidence import Ledger, events
from client import Unreachable
from domain.actor import Role
from domain.saga import SagaBegun, StepBegun, StepDone, StepSkipped, UndoDone
from ledger.breach import Breach

PAID = "refund_paid"
"""The kind of result with which a provider says that money went out."""


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
    """What the comparison found; everything but the sums is empty where books and ledger agree."""

    payments: int
    paid_minor: int
    recorded_minor: int
    double_payments: tuple[Breach, ...]
    lost_payments: tuple[Breach, ...]
    orphans: tuple[Breach, ...]

    @property
    def ok(self) -> bool:
        """Whether books and ledger agree to the last unit."""
        found = (*self.double_payments, *self.lost_payments, *self.orphans)
        return not found and self.paid_minor == self.recorded_minor


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
    said = {case_id: _Said.of(case_id, entries) for case_id, entries in ledger.items()}
    return Reckoning(
        payments=len(payments),
        paid_minor=sum(deed.minor or 0 for deed in payments),
        recorded_minor=sum(
            event.amount.minor for each in said.values() for event in each.paid if event.amount
        ),
        double_payments=tuple(_doubles(payments, said)),
        lost_payments=tuple(_lost(payments, said)),
        orphans=tuple(_orphans(done, said)),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What one case says of itself.

    Attributes:
        attempts: by the key that its provider sees, the remedy and the step for which it was begun.
        by_a_person: whether a person saw to an undo, or let the remedy go on without it.
    """

    attempts: dict[str, str]
    paid: tuple[StepDone, ...]
    by_a_person: bool

    @classmethod
    def of(cls, case_id: str, entries: Any) -> "_Said":
        number, attempts, paid, by_a_person = 0, {}, [], False
        for event in events(entries):
            match event:
                case SagaBegun():
                    number = event.number
                case StepBegun(step=step, once=once):
                    attempts[idempotency_key(case_id, once)] = f"{step} of proposal {number}"
                case StepDone() if event.amount is not None:
                    paid.append(event)
                case UndoDone(by=by) | StepSkipped(by=by):
                    by_a_person |= by.role is not Role.SYSTEM
                case _:
                    pass
        return cls(attempts, tuple(paid), by_a_person)


NOBODY = _Said({}, (), by_a_person=False)


def _doubles(payments: Sequence[Deed], said: dict[str, _Said]) -> Iterator[Breach]:
    """Name what was paid more than once, and what nobody asked for."""
    times: Counter[tuple[str, str]] = Counter()
    for deed in payments:
        what = said.get(deed.case_id, NOBODY).attempts.get(deed.key)
        if what is None:
            yield Breach("books", deed.case_id, f"{deed.reference} was paid and never begun")
        else:
            times[deed.case_id, what] += 1
    for (case_id, what), count in times.items():
        if count > 1:
            yield Breach("books", case_id, f"{what} was paid {count} times")


def _lost(payments: Sequence[Deed], said: dict[str, _Said]) -> Iterator[Breach]:
    """Name what the case believes to have paid and the books do not have, and the other way round."""
    booked = {(deed.case_id, deed.reference): deed.minor for deed in payments}
    for case_id, each in said.items():
        for event in each.paid:
            minor = booked.pop((case_id, event.reference), None)
            if event.amount is not None and minor != event.amount.minor:
                yield Breach(
                    "books", case_id, f"it says that {event.reference} was paid, the books say {minor}"
                )
    for case_id, reference in booked:
        yield Breach("books", case_id, f"{reference} was paid, and the case does not say so")


ENDS_IT = {
    "book_collection": ("cancel_collection", "return_goods", "repair_goods"),
    "issue_label": ("void_label", "return_goods", "repair_goods"),
    "reserve_replacement": ("release_replacement", "ship_replacement"),
}
"""What begins something in the outside world, and what ends it by naming its reference."""


def _orphans(done: Sequence[Deed], said: dict[str, _Said]) -> Iterator[Breach]:
    """Name what still stands outside for a case that gave nothing for it and did not take it back."""
    ended = {(deed.operation, deed.named) for deed in done}
    given = {deed.case_id for deed in done if deed.minor is not None or deed.operation == "ship_replacement"}
    for deed in done:
        enders = ENDS_IT.get(deed.operation, ())
        over = any((ender, deed.reference) in ended for ender in enders)
        seen_to = said.get(deed.case_id, NOBODY).by_a_person
        collected = deed.operation in ("book_collection", "issue_label") and deed.case_id in given
        if enders and not (over or seen_to or collected):
            yield Breach("books", deed.case_id, f"{deed.operation} {deed.reference} was left lying about")
