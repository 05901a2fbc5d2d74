"""Words of a history are erased on a legal ground that a second person approved; the rest stays (P2).

An order is followed by two errands to the ledger: what is left of the event is read first and recorded, and
only once that is written are the words erased. So a crash between them loses nothing but time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, assert_never

from domain.actor import Actor
from domain.effect import Effect, EraseWords, ReadRest, RestRead, WordsGone
from domain.message import CameBack, EffectRefused, EffectSucceeded
from domain.permission import check_second_person
from domain.policy import Policy
from domain.redaction_events import (
    OWN,
    Ground,
    Redact,
    Redacted,
    RedactionEvent,
    RedactionFailed,
    RedactionOrdered,
    Why,
    WordsErased,
)
from domain.refusal import Refused

PATIENCE = timedelta(days=30)
"""A ledger that is down delays an erasure; after this somebody has to order it again."""

OPENING = 1
"""Seq of the opening: how the customer is reached stands in it."""

FREE = frozenset(
    {
        "acknowledgement_sent",
        "added_to_case",
        "answer_notified",
        "attempt_refused",
        "case_escalated",
        "case_resumed",
        "contact_logged",
        "contact_taken_in",
        "evidence_recorded",
        "offer_notice_sent",
        "owner_away",
        "remedy_declined",
        "removal_explained",
        "result_notified",
        "transfer_offered",
    }
)
"""Kinds of which an open case carries no word in its state: its run knows of them no more than the ledger.

By all other words it still goes: where it writes to, what was stated, promised, wished, asked for and found.
A run that is alive could show them after the ledger has forgotten them, so they wait for the end.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order to erase.

    Attributes:
        written: seq of the event that must be in the ledger before the next errand.
        at: when it last went on; of what is erased, when the ledger said so.
        why: why it came to nothing, where it did.
    """

    number: int
    seq: int
    reason: str
    ground: Ground
    approved_by: str
    by: Actor
    written: int
    at: datetime
    state: Literal["ordered", "redacted", "erased", "failed"] = "ordered"
    why: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactions:
    """What was ordered to be erased, and how far it is."""

    orders: tuple[Order, ...] = ()


def decide(
    redactions: Redactions,
    policy: Policy,
    command: Redact,
    *,
    last: int,
    owner: str | None,
    ended: bool,
) -> tuple[RedactionEvent, ...]:
    """Order an erasure.

    Args:
        redactions: what was ordered before.
        policy: whose role directory knows the approver.
        command: what is asked.
        last: number of the case's last event.
        owner: who owns the case, or owned it when it ended.
        ended: whether the case has.
    """
    if not 1 <= command.seq <= last:
        raise Refused(
            f"seq: the case has events 1 to {last}; give a number as `redress show` does", code="no-event"
        )
    if any(each.seq == command.seq and each.state != "failed" for each in redactions.orders):
        raise Refused(
            f"seq: event {command.seq} is erased, or about to be; leave it, or name another", code="redacted"
        )
    if command.seq == OPENING and not ended:
        raise Refused(
            "seq: the open case still writes or calls by its opening; ask again once it has ended",
            code="needed",
        )
    check_second_person(policy, command.approved_by, owner=owner, by=command.by.id)
    ordered = RedactionOrdered(
        number=len(redactions.orders) + 1,
        seq=command.seq,
        reason=command.reason,
        ground=command.ground,
        approved_by=command.approved_by,
        at=command.at,
        by=command.by,
    )
    return (ordered,)


def todo(redactions: Redactions) -> tuple[Effect, ...]:
    """Return what the ledger is still to be asked; each errand waits for the event before it."""
    return tuple(_errand(each) for each in redactions.orders if each.state in ("ordered", "redacted"))


def _errand(order: Order) -> Effect:
    if order.state == "ordered":
        key, request = f"redaction:{order.number}", ReadRest(seq=order.seq)
        return Effect(key=key, request=request, patience=PATIENCE, after_written=order.written)
    key, erase = f"erasure:{order.number}", EraseWords(seq=order.seq)
    return Effect(key=key, request=erase, patience=PATIENCE, after_written=order.written)


def came_back(redactions: Redactions, fact: CameBack, *, ended: bool) -> tuple[RedactionEvent, ...]:
    """Record what is left before anything is erased, and that it was."""
    order = redactions.orders[int(fact.key.partition(":")[2]) - 1]
    match fact:
        case EffectSucceeded(result=RestRead() as read):
            why = _why_not(read, ended=ended)
            return (_failed(order, fact, why),) if why else (_redacted(order, read, fact),)
        case EffectSucceeded(result=WordsGone()):
            return (WordsErased(number=order.number, seq=order.seq, at=fact.at),)
        case EffectRefused(code="erased"):
            return (_failed(order, fact, "erased"),)
        case EffectRefused():
            return (_failed(order, fact, "refused"),)
        case _:
            return (_failed(order, fact, "unknown"),)


def _why_not(read: RestRead, *, ended: bool) -> Why | None:
    if read.was in OWN:
        return "own"
    if not read.words:
        return "wordless"
    return None if ended or read.was in FREE else "needed"


def _redacted(order: Order, read: RestRead, fact: CameBack) -> Redacted:
    return Redacted(
        number=order.number,
        seq=order.seq,
        was=read.was,
        rest=read.rest,
        reason=order.reason,
        ground=order.ground,
        approved_by=order.approved_by,
        at=fact.at,
        by=order.by,
    )


def _failed(order: Order, fact: CameBack, why: Why) -> RedactionFailed:
    return RedactionFailed(number=order.number, seq=order.seq, why=why, at=fact.at)


def order_of(redactions: Redactions, seq: int) -> Order | None:
    """Return the last order about an event."""
    return next((each for each in reversed(redactions.orders) if each.seq == seq), None)


def evolve(redactions: Redactions, event: RedactionEvent, version: int) -> Redactions:
    """Apply one event about an erasure."""
    if isinstance(event, RedactionOrdered):
        order = Order(
            number=event.number,
            seq=event.seq,
            reason=event.reason,
            ground=event.ground,
            approved_by=event.approved_by,
            by=event.by,
            written=version,
            at=event.at,
        )
        return replace(redactions, orders=(*redactions.orders, order))
    return replace(
        redactions,
        orders=tuple(
            _moved(order, event, version) if order.number == event.number else order
            for order in redactions.orders
        ),
    )


def _moved(order: Order, event: Redacted | WordsErased | RedactionFailed, version: int) -> Order:
    match event:
        case Redacted():
            return replace(order, state="redacted", written=version, at=event.at)
        case WordsErased():
            return replace(order, state="erased", at=event.at)
        case RedactionFailed(why=why):
            return replace(order, state="failed", at=event.at, why=why)
        case _:
            assert_never(event)
