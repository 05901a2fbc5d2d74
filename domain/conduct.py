"""How the firm keeps its word: promises and withdrawals by staff's hand, person by person (R94).

A fold over events, so that the same history always gives the same figures, and nothing is stored.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from domain.assignment import DepartmentAssigned
from domain.message import Event
from domain.promise import PromiseBroken, PromiseKept, PromiseMade, PromiseMoved
from domain.record import Record
from domain.withdrawal import (
    WithdrawalContradicted,
    WithdrawalNoted,
    WithdrawalUnconfirmed,
    WithdrawalUncontradicted,
)


class Word(Record):
    """One promise, or one withdrawal that staff entered.

    Attributes:
        by: id of who gave it or entered it.
        department: whose case it was then; None before it had one.
        at: when a promise last fell due, or a withdrawal was entered.
        moved: how often the customer was told of a later time.
    """

    what: Literal["promise", "withdrawal"]
    by: str
    department: str | None
    at: datetime
    state: Literal["open", "kept", "broken", "contradicted", "void", "took_effect"] = "open"
    moved: int = 0


class Counted(Record):
    """The words of one person, department or of all.

    Attributes:
        kept_per_cent: of the promises that were kept or broken, rounded down; None where none was either.
    """

    heading: str
    promises: int
    kept: int
    broken: int
    open: int
    moved: int
    kept_per_cent: int | None
    withdrawals: int
    contradicted: int
    void: int
    took_effect: int


def words_of(events: Sequence[Event]) -> tuple[Word, ...]:
    """Return what staff of one case promised and entered, as it came out."""
    promises: dict[int, Word] = {}
    entered: dict[int, Word] = {}
    department: str | None = None
    for event in events:
        match event:
            case DepartmentAssigned():
                department = event.department
            case PromiseMade():
                promises[event.number] = Word(
                    what="promise", by=event.by.id, department=department, at=event.falls_due
                )
            case PromiseMoved():
                before = promises[event.number]
                moved = {"at": event.falls_due, "moved": before.moved + 1}
                promises[event.number] = before.model_copy(update=moved)
            case PromiseKept():
                promises[event.number] = promises[event.number].model_copy(update={"state": "kept"})
            case PromiseBroken():
                promises[event.number] = promises[event.number].model_copy(update={"state": "broken"})
            case WithdrawalNoted():
                entered[event.number] = Word(
                    what="withdrawal", by=event.by.id, department=department, at=event.at
                )
            case WithdrawalContradicted():
                entered[event.number] = entered[event.number].model_copy(update={"state": "contradicted"})
            case WithdrawalUnconfirmed():
                entered[event.number] = entered[event.number].model_copy(update={"state": "void"})
            case WithdrawalUncontradicted():
                entered[event.number] = entered[event.number].model_copy(update={"state": "took_effect"})
            case _:
                pass
    return (*promises.values(), *entered.values())


def counted(heading: str, words: Iterable[Word]) -> Counted:
    """Count words under one heading."""
    own = tuple(words)
    promises = [each for each in own if each.what == "promise"]
    entered = [each for each in own if each.what == "withdrawal"]
    kept = sum(each.state == "kept" for each in promises)
    broken = sum(each.state == "broken" for each in promises)
    return Counted(
        heading=heading,
        promises=len(promises),
        kept=kept,
        broken=broken,
        open=sum(each.state == "open" for each in promises),
        moved=sum(bool(each.moved) for each in promises),
        kept_per_cent=100 * kept // (kept + broken) if kept + broken else None,
        withdrawals=len(entered),
        contradicted=sum(each.state == "contradicted" for each in entered),
        void=sum(each.state == "void" for each in entered),
        took_effect=sum(each.state == "took_effect" for each in entered),
    )
