"""Gathers what the invariants are held against: the ledger's events and the outside world's own books."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from client import Unreachable
from domain.case import CaseEvent
from domain.chain import RecordedEvent
from domain.money import Money
from ledger.fold import events_of
from ledger.store import EventStore

Ledger = dict[str, tuple[RecordedEvent, ...]]
"""Every case's events."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that the bank says went out."""

    case_id: str
    key: str
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Notice:
    """Words that the gateway says went out."""

    case_id: str
    template: str


@dataclass(frozen=True, slots=True)
class Books:
    """What the outside world did, by its own account."""

    refunds: tuple[Refund, ...] = ()
    notices: tuple[Notice, ...] = ()


NO_BOOKS = Books()


async def books(sandbox_url: str) -> Books:
    """Read the books of bank and gateway.

    Raises:
        Unreachable: the outside world does not answer.
    """
    try:
        async with httpx.AsyncClient(base_url=sandbox_url, timeout=30.0, trust_env=False) as client:
            bank = await _deeds(client, "bank")
            gateway = await _deeds(client, "gateway")
    except httpx.HTTPError:
        raise Unreachable(f"the outside world at {sandbox_url} does not show its books") from None
    return Books(
        # What the bank took on and has not settled, or what failed after all, is no money that went out.
        refunds=tuple(_refund(deed) for deed in bank if deed["result"].get("kind") == "refund_paid"),
        notices=tuple(
            Notice(case_id=deed["case_id"], template=deed["request"].get("template", ""))
            for deed in gateway
            if deed["operation"] == "send_notice"
        ),
    )


async def _deeds(client: httpx.AsyncClient, service: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/{service}/books")
    answer.raise_for_status()
    return [deed for deed in answer.json()["deeds"] if deed["status"] == "done"]


def _refund(deed: dict[str, Any]) -> Refund:
    return Refund(
        case_id=deed["case_id"],
        key=deed["key"],
        reference=deed["result"]["reference"],
        amount=Money.model_validate(deed["result"]["amount"]),
    )


async def ledger_of(store: EventStore) -> Ledger:
    """Read every case's events."""
    return {case_id: await store.read(case_id) async for case_id in store.case_ids()}


async def requests_of(store: EventStore) -> Ledger:
    """Read the events of every improvement request."""
    return {id_: await store.read(id_) async for id_ in store.improvement_ids()}


def events(entries: tuple[RecordedEvent, ...]) -> tuple[CaseEvent, ...]:
    """Return the events that were not erased."""
    return events_of([entry for entry in entries if entry.body])


def whole(ledger: Ledger) -> Iterator[tuple[str, tuple[CaseEvent, ...]]]:
    """Yield the cases of which nothing was erased: of the others nobody can say what is missing."""
    for case_id, entries in ledger.items():
        if all(entry.body for entry in entries):
            yield case_id, events(entries)
