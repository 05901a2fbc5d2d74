"""How problems were solved: at the first contact, for good, and without the same cause again (R63, R139).

A contact in either direction counts, ours as the customer's: who has to be called back was not helped at
once. The message that opened the case is the beginning and no contact of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.contact import ContactLogged
from domain.ending import AnswerNotified
from domain.fairness_history import History
from domain.record import Line, Record
from domain.remedy import RoundOpened
from domain.result import ResultNotified, ResultTold
from domain.scores import Share, share

JUDGED = ("recovered", "final_position", "unconfirmed")
"""Ends of a complaint that was dealt with; who withdrew, was joined or only asked something is not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSolved:
    """What one case adds.

    Attributes:
        told: when its customer first had the outcome; None where not yet.
        inbound: contacts of the customer's; `outbound` of ours, whether or not they reached anybody.
        at_first: whether one contact at most was all it took, and nobody came back; None before the outcome.
        recovered: whether it ended so; None where it has not ended, or is not judged by its end.
    """

    case: str
    customer: str | None
    cause: str | None
    product: str | None
    received: datetime
    told: datetime | None
    inbound: int
    outbound: int
    at_first: bool | None
    recovered: bool | None


class Solving(Record):
    """How the problems under one heading were solved.

    Attributes:
        first_contact: of the cases whose customer has the outcome.
        inbound: contacts in these cases by customers; `outbound` by us.
        recovered: of the complaints that ended and are judged by it.
        same_cause_again: of the cases with an outcome, a cause and a known customer: those after which this
            customer came once more with the same cause.
    """

    heading: Line
    first_contact: Share
    inbound: int
    outbound: int
    recovered: Share
    same_cause_again: Share


def solved_of(case: str, told: History) -> CaseSolved | None:
    """Return what a case adds; None where it was not opened yet."""
    if told.opened is None:
        return None
    outcomes = (
        *told.of(ResultNotified),
        *told.of(ResultTold),
        *(each for each in told.of(AnswerNotified) if each.event.delivered),
    )
    first = min(outcomes, key=lambda each: each.seq, default=None)
    contacts = told.of(ContactLogged)
    back = [each for each in contacts if first and each.seq > first.seq and each.event.direction == "inbound"]
    before = [each for each in contacts if first is None or each.seq < first.seq]
    end = told.ended.event.end if told.ended else None
    return CaseSolved(
        case=case,
        customer=told.customer,
        cause=told.cause,
        product=told.product,
        received=told.opened.event.received_at,
        told=first.event.at if first else None,
        inbound=sum(each.event.direction == "inbound" for each in contacts),
        outbound=sum(each.event.direction == "outbound" for each in contacts),
        at_first=len(before) <= 1 and not back and not told.of(RoundOpened) if first else None,
        recovered=end == "recovered" if end in JUDGED else None,
    )


def solving(heading: str, cases: Iterable[CaseSolved], every: Sequence[CaseSolved]) -> Solving:
    """Return how these cases were solved; whoever came again did so in any of all cases."""
    own = [each for each in cases if each.told is not None]
    counted = [each for each in own if each.customer is not None and each.cause is not None]
    return Solving(
        heading=heading,
        first_contact=share([bool(each.at_first) for each in own]),
        inbound=sum(each.inbound for each in own),
        outbound=sum(each.outbound for each in own),
        recovered=share([each.recovered for each in own if each.recovered is not None]),
        same_cause_again=share([_came_again(each, every) for each in counted]),
    )


def _came_again(before: CaseSolved, every: Sequence[CaseSolved]) -> bool:
    return before.told is not None and any(
        (each.customer, each.cause) == (before.customer, before.cause) and each.received > before.told
        for each in every
        if each.case != before.case
    )
