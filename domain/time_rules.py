"""Rules of a policy about time: what is owed by when, and what may stop a clock."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.budget import Budget
from domain.ladder import Rung
from domain.policy_terms import Ground, Severity, TargetName, VocType
from domain.record import Line, Record


class Target(Record):
    """A service target: for whom it holds, how long, and what happens before, at and after it."""

    name: TargetName
    voc_types: tuple[VocType, ...] = ()
    severities: tuple[Severity, ...] = ()
    budget: Budget
    ladder: tuple[Rung, ...]
    clause: Line


class StatutoryClock(Record):
    """A duty with a time limit from outside the firm: it runs whatever the case does, and no pause stops it.

    Attributes:
        duty: what is owed, for example `refund`; of the clocks of one duty the first that fits runs.
        grounds: remedies on these grounds only; empty: whatever the ground.
        products: cases about these products only; empty: all.
        calendar: public (every weekday that is no public holiday, whole days) or the firm's own.
        starts_on: receipt by any channel, arrival of the goods at the customer, their return, withdrawal
            where nothing has to come back, or the date on which an authority's portal sent the complaint.
        met_by: what ends it: words sent, words delivered, money paid, or the customer's withdrawal.
        extended_by: the limit from the same start once a holding response with its reasons went out in time.
        consequence: a miss is a breach, or only closes a way that was open until then.
        ladder: what happens before and after; shares count elapsed time.
    """

    id: Line
    duty: Line
    clause: Line
    grounds: tuple[Ground, ...] = ()
    products: tuple[Line, ...] = ()
    budget: Budget
    calendar: Literal["firm", "public"] = "public"
    starts_on: Literal["receipt", "goods_delivered", "goods_returned", "withdrawal", "sent_to_company"]
    met_by: Literal["sent", "delivered", "paid", "withdrawn"]
    extended_by: Budget | None = None
    consequence: Literal["breach", "closes_option"] = "breach"
    ladder: tuple[Rung, ...] = ()


class InterestRate(Record):
    """The yearly rate of interest on a refund that is late, from a day on until the next entry's."""

    valid_from: date
    basis_points: Annotated[int, Field(ge=0, le=10_000)]
    clause: Line


Means = Literal["in_person", "sms", "email", "phone", "post"]
"""How a customer hears that we have their words: a message, or the person who took them in says so."""


class SourceRule(Record):
    """A channel by which cases come in: how and within what time it is acknowledged.

    Attributes:
        kind: across a counter, or from afar.
        means: best first; the first that can reach the customer is used. In person needs somebody who took
            the case in.
        within: in place of the budget of the target `acknowledge`, whose ladder and clause hold as they are.
    """

    source: Line
    kind: Literal["face_to_face", "remote"]
    means: Annotated[tuple[Means, ...], Field(min_length=1)]
    within: Budget


class PauseReason(Record):
    """A reason for which service targets may stand still.

    Attributes:
        maximum: plain time after which one pause ends by itself.
        total: plain time that all pauses of a case for this reason may last together.
        ended_by_customer: whether a message from the customer ends it.
    """

    id: Line
    maximum: timedelta
    total: timedelta
    ended_by_customer: bool = True
