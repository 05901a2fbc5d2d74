"""The cases port: one case asks another, through Temporal, keyed by the asking case and its effect.

What another case holds is read from the ledger and handed over as a command, page by page; what it answers
comes back as the effect's recorded answer. Every step may be repeated: the other case takes in once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.heartbeats import heartbeats
from activities.http import expect, refused
from domain.effect import Answer, Ask, HandedOver, JoinInto, SplitOff, SplitOpened
from domain.intake import CaseOpened, CustomerRead, Opening
from domain.joined_lines import stated
from domain.joining import CaseTakenIn, ContactCopy, Mode, copies
from domain.message import Event
from domain.policy import Policy
from domain.record import canonical, iso
from domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.fold import events_of
from ledger.store import EventStore

PAGE_BYTES = 128 * 1024
"""What one command hands over at most: half of what a case takes."""

BY = {"role": "system", "id": "redress"}
GONE = ("not-found", "ended")
"""Refusals of a case that runs no more: it can still be named as linked."""


class Door(Protocol):
    """How other cases are reached; `Refused` where one says no or there is none."""

    async def give(self, number: str, name: str, fields: dict[str, Any]) -> None:
        """Give a command to a case."""

    async def open(self, opening: Opening, policy: Policy) -> str:
        """Open a case and return its number; the same opening gives the same case."""


class Cases:
    """Asks other cases, over a ledger and a door that the worker opens."""

    def __init__(self, store: EventStore, door: Door) -> None:
        self._store = store
        self._door = door

    @activity.defn(name="join_into")
    async def join_into(self, ask: Ask) -> Answer:
        """Hand this case's contacts to the earlier one, or let it know of this one."""
        request = expect(ask, JoinInto)
        async with heartbeats():
            known = await self._events(ask.case_id)
            if not known or known[-1][0] < request.upto:
                raise ApplicationError("the ledger has not all of the case yet", type="LedgerBehind")
            events = [(seq, event) for seq, event in known if request.since < seq <= request.upto]
            told = copies(ask.case_id, events, "join") if request.mode == "join" else ()
            about = _about(known, request.mode, request.basis, request.upto)
            if request.mode == "join":
                until = (event for seq, event in known if seq <= request.upto)
                about |= _lines(ask.case_id, until, own=False)
            try:
                await self._hand_over(ask, request.into, told, {**about, "case": ask.case_id})
            except Refused as refusal:
                if not (request.mode == "link" and refusal.code in GONE and await self._knows(request.into)):
                    raise refused(refusal.reason[:200], refusal.code) from None
        return Answer(result=HandedOver(case=request.into))

    @activity.defn(name="split_off")
    async def split_off(self, ask: Ask) -> Answer:
        """Open a case of its own for what was joined wrongly, and hand it its contacts."""
        request = expect(ask, SplitOff)
        async with heartbeats():
            known = await self._events(request.joined)
            first = known[0][1] if known else None
            if not isinstance(first, CaseOpened):
                raise refused("the ledger does not hold the case that was joined", "not-found")
            number = await self._open_again(ask, request, first)
            about = _about(known, "split", "staff", known[-1][0])
            about |= _lines(request.joined, (event for _, event in known), own=True)
            try:
                leaves = copies(request.joined, known, "split")
                await self._hand_over(ask, number, leaves, {**about, "case": ask.case_id})
            except Refused as refusal:
                raise refused(refusal.reason[:200], refusal.code) from None
        return Answer(result=SplitOpened(case=number))

    async def _open_again(self, ask: Ask, request: SplitOff, first: CaseOpened) -> str:
        """The customer's own words, under a key of this split and the policy that held for them."""
        policies = await self._read(self._store.policies())
        policy = policies.get(first.policy_hash)
        if policy is None:
            raise refused("the ledger does not hold the policy of the case that was joined", "not-found")
        opening = first.opening.model_copy(
            update={
                "source_key": f"split-{ask.case_id}-{request.number}",
                "split_from": ask.case_id,
                "received_at": first.received_at,
            }
        )
        try:
            return await self._door.open(opening, policy)
        except Refused as refusal:
            raise refused(refusal.reason[:200], refusal.code) from None

    async def _hand_over(
        self, ask: Ask, into: str, told: Sequence[ContactCopy], about: dict[str, Any]
    ) -> None:
        pages = list(_pages(told))
        for place, page in enumerate(pages, start=1):
            fields = {
                **about,
                "id": f"{ask.key}-{ask.case_id}-{place}".replace(":", "-"),
                "by": BY,
                "last": place == len(pages),
                "contacts": [copy.model_dump(mode="json") for copy in page],
            }
            await self._door.give(into, "take_in", fields)

    async def _events(self, case_id: str) -> list[tuple[int, Event]]:
        """Return a case's events with their numbers; what was erased stays erased."""
        entries = [entry for entry in await self._read(self._store.read(case_id)) if entry.body]
        return [(entry.seq, event) for entry, event in zip(entries, events_of(entries), strict=True)]

    async def _knows(self, case_id: str) -> bool:
        return await self._read(self._store.row(case_id)) is not None

    async def _read(self, reading: Any) -> Any:
        try:
            return await reading
        except LedgerError as error:
            failure = ApplicationError(str(error), type=type(error).__name__)
        raise failure


def _about(known: Sequence[tuple[int, Event]], mode: Mode, basis: str, upto: int) -> dict[str, Any]:
    """Return what the other case has to know of this one beside its contacts."""
    first = known[0][1]
    if not isinstance(first, CaseOpened):
        raise refused("the opening of the case was erased", "redacted")
    return {
        "mode": mode,
        "basis": basis,
        "opened_at": iso(first.at),
        "received_at": iso(_start(known, first)),
        "customer": _customer(known),
        "upto": upto,
    }


def _lines(case_id: str, events: Iterable[Event], *, own: bool) -> dict[str, Any]:
    """Return the harms that are stated there, for every page: what is claimed once is not claimed again."""
    return {"lines": [line.model_dump(mode="json") for line in stated(case_id, events, own=own)]}


def _start(known: Sequence[tuple[int, Event]], first: CaseOpened) -> datetime:
    """Return the earliest receipt of all that the case holds."""
    taken = [
        event.received_at for _, event in known if isinstance(event, CaseTakenIn) and event.mode == "join"
    ]
    return min([first.received_at, *taken])


def _customer(known: Sequence[tuple[int, Event]]) -> str | None:
    for _, event in known:
        if isinstance(event, CaseOpened) and event.opening.contact.customer_id:
            return event.opening.contact.customer_id
        if isinstance(event, CustomerRead) and event.snapshot.customer_id:
            return event.snapshot.customer_id
    return None


def _pages(told: Sequence[ContactCopy]) -> Iterator[tuple[ContactCopy, ...]]:
    """Yield pages that a command can hold; at least one, which may be empty."""
    page: list[ContactCopy] = []
    size = 0
    for copy in told:
        weight = len(canonical(copy).encode())
        if page and size + weight > PAGE_BYTES:
            yield tuple(page)
            page, size = [], 0
        page.append(copy)
        size += weight
    yield tuple(page)
