"""What happened to a case as the fairness rules read it: numbered events up to an instant.

Rules read events only, so that a history from anywhere can be judged; a missing or erased one is seen so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from domain import amendment
from domain.amendment import AmendmentEvent
from domain.assignment import CaseAccepted, CaseEscalated, OwnerAppointed
from domain.case import CaseEvent
from domain.contact import ContactTakenIn
from domain.ending import CaseEnded
from domain.fairness_limits import RuleId
from domain.finding import TEXTS, Finding, State, Words, part_of
from domain.happy_call import HappyCallAnswered
from domain.harm_withdrawal import HarmWithdrawn
from domain.intake import CaseOpened, CustomerRead, OrderRead
from domain.joining import CaseSplit
from domain.policy import Policy
from domain.remedy import RemedyAgreed, RemedyOffered, RemedyProposed
from domain.result import ResultRegistered
from domain.triage import IMPLIED, HarmClaimed, HarmLine, Triaged
from domain.written_form import FormAnswered

E = TypeVar("E")
F = TypeVar("F")
E_co = TypeVar("E_co", covariant=True)


class Seen(NamedTuple, Generic[E_co]):
    """An event with its number."""

    seq: int
    event: E_co


def in_order(some: Iterable[Seen[E]], others: Iterable[Seen[F]]) -> tuple[Seen[E | F], ...]:
    """Return events of two kinds in the order in which they happened."""
    both: tuple[Seen[E | F], ...] = (*some, *others)
    return tuple(sorted(both, key=lambda each: each.seq))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a history; `event` is None where its words were erased."""

    seq: int
    at: datetime
    kind: str
    event: CaseEvent | None


def numbered(events: Iterable[CaseEvent]) -> tuple[Entry, ...]:
    """Return the whole history of a case as entries, from number 1."""
    return tuple(
        Entry(seq=seq, at=event.at, kind=event.kind, event=event) for seq, event in enumerate(events, start=1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A plan that reached the customer: proposed at one event, told by another."""

    proposed: Seen[RemedyProposed]
    reached: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class History:
    """A case's events up to the instant of judgement, and the policy that was pinned at its opening."""

    entries: tuple[Entry, ...]
    pinned: Policy
    at: datetime

    @cached_property
    def seen(self) -> tuple[Seen[CaseEvent], ...]:
        """Every event that can be read.

        A contact that was taken in from another case about the same claim counts as one of this case's own,
        unless it was split off again.
        """
        known = [(entry.seq, entry.event) for entry in self.entries if entry.event is not None]
        left = {event.joined for _, event in known if isinstance(event, CaseSplit)}
        return tuple(
            Seen(seq, event.contact.model_copy(update={"number": event.number}))
            if isinstance(event, ContactTakenIn) and event.case not in left
            else Seen(seq, event)
            for seq, event in known
        )

    def of(self, kind: type[E]) -> tuple[Seen[E], ...]:
        """Return the events of one kind."""
        return tuple(Seen(seq, event) for seq, event in self.seen if isinstance(event, kind))

    @cached_property
    def whole(self) -> bool:
        """Whether every event from the opening on is there and can be read."""
        gapless = all(entry.seq == place for place, entry in enumerate(self.entries, start=1))
        first = self.entries[0].event if self.entries else None
        return gapless and len(self.seen) == len(self.entries) and isinstance(first, CaseOpened)

    def may_lack(self, *kinds: str) -> bool:
        """Say whether an event of these kinds may be among those that are missing or erased.

        Where it may, nothing can be found by its absence.
        """
        gapless = all(entry.seq == place for place, entry in enumerate(self.entries, start=1))
        return not gapless or any(entry.event is None and entry.kind in kinds for entry in self.entries)

    @cached_property
    def policy(self) -> Policy:
        """The rules under which the case lives at the instant of judgement."""
        policy = self.pinned
        for _, event in self.seen:
            if isinstance(event, AmendmentEvent):
                policy = amendment.evolve(policy, event)
        return policy

    @cached_property
    def opened(self) -> Seen[CaseOpened] | None:
        """How the case came in."""
        return next(iter(self.of(CaseOpened)), None)

    @cached_property
    def customer(self) -> str | None:
        """Whose case it is, as the CRM said last, else as the channel did."""
        read = [each.event.snapshot.customer_id for each in self.of(CustomerRead)]
        own = self.opened.event.opening.contact.customer_id if self.opened else None
        return next((each for each in reversed(read) if each is not None), own)

    @cached_property
    def ended(self) -> Seen[CaseEnded] | None:
        """How the case ended."""
        return next(iter(self.of(CaseEnded)), None)

    @cached_property
    def voc_type(self) -> str | None:
        """What kind of voice it is, as classed last, else as its channel said."""
        if classed := self.of(Triaged):
            return classed[-1].event.voc_type
        return self.opened.event.opening.voc_type if self.opened else None

    @cached_property
    def product(self) -> str | None:
        """What it is about, as classed last, else as its channel said."""
        if classed := self.of(Triaged):
            return classed[-1].event.product
        return self.opened.event.opening.product if self.opened else None

    @cached_property
    def causes(self) -> tuple[Seen[Triaged | ResultRegistered], ...]:
        """Every event that says what the case is put down to."""
        classed = (each for each in self.of(Triaged) if each.event.cause is not None)
        return in_order(classed, self.of(ResultRegistered))

    @cached_property
    def cause(self) -> str | None:
        """What the case is put down to at the instant of judgement."""
        return self.causes[-1].event.cause if self.causes else None

    @cached_property
    def order(self) -> Seen[OrderRead] | None:
        """What was bought, as the shop told it."""
        known = [each for each in self.of(OrderRead) if each.event.snapshot.known]
        return known[-1] if known else None

    @cached_property
    def owned_from(self) -> int | None:
        """Number of the event with which somebody first owned the case."""
        owners = in_order(self.of(CaseAccepted), in_order(self.of(CaseEscalated), self.of(OwnerAppointed)))
        return owners[0].seq if owners else None

    def is_owned(self, seq: int) -> bool:
        """Say whether somebody owned the case before this event."""
        return self.owned_from is not None and self.owned_from < seq

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """Every plan that reached the customer, by an offer or because it asked nothing of them."""
        told: dict[str, Seen[RemedyOffered | RemedyAgreed]] = {}
        for each in in_order(self.of(RemedyOffered), self.of(RemedyAgreed)):
            told.setdefault(each.event.hash, each)
        return tuple(
            Offer(proposed=made, reached=told[made.event.hash].seq, at=told[made.event.hash].event.at)
            for made in self.of(RemedyProposed)
            if made.event.hash in told
        )

    @cached_property
    def harms(self) -> tuple[Seen[HarmLine], ...]:
        """Every harm that was ever stated, once: only the customer unsays one, not classing a case anew."""
        found: dict[str, Seen[HarmLine]] = {}
        last = self.of(Triaged)[-1].event.harm_lines if self.of(Triaged) else ()
        for seq, event in self.seen:
            if isinstance(event, HarmWithdrawn):
                found.pop(event.line, None)
            lines = event.harm_lines if isinstance(event, Triaged) else ()
            lines = (event.line,) if isinstance(event, HarmClaimed) else lines
            for line in lines:
                if line != IMPLIED or line in last:
                    found.setdefault(line.id, Seen(seq, line))
        return tuple(found.values())

    def finding(
        self,
        rule: RuleId,
        *,
        about: str,
        proof: Iterable[int],
        since: datetime,
        what: Words,
        clause: str | None = None,
        put_right: bool = False,
    ) -> Finding:
        """Return a finding as it stands at the instant of judgement."""
        state: State = "put_right" if put_right else "too_late" if self.ended else "open"
        return Finding(
            rule=rule,
            part=part_of(rule),
            clause=clause or self.policy.fairness.clauses.get(rule) or TEXTS[rule].source,
            about=about,
            proof=tuple(sorted(set(proof))),
            since=since,
            state=state,
            what=what,
            repair=TEXTS[rule].repair if state == "open" else None,
        )


def without_answers(told: History) -> History:
    """Return a case as it is known without its scores: that the customer answered, and not what."""
    silent = {"answers": {}, "verbatim": ""}
    entries = (
        replace(each, event=each.event.model_copy(update=silent))
        if isinstance(each.event, HappyCallAnswered | FormAnswered)
        else each
        for each in told.entries
    )
    return replace(told, entries=tuple(entries))


def history(entries: Sequence[Entry], policy: Policy, at: datetime) -> History:
    """Return what had happened by an instant."""
    known = tuple(entry for entry in entries if entry.at <= at)
    return History(entries=known, pinned=policy, at=at)
