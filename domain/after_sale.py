"""The level of after-sale work as a figure of its own: how soon it was answered, and how courteously (R99).

A fold over events, so that the same history always gives the same figure, and nothing is stored.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.assignment import CaseAccepted
from domain.calendar import Calendar, working_time
from domain.contact import ContactLogged
from domain.ending import CaseEnded
from domain.happy_call import HappyCallAnswered
from domain.intake import CaseOpened
from domain.message import Event
from domain.policy import Policy, SalesLevel
from domain.record import Record
from domain.result import ResultNotified, ResultTold

COURTESY = "treatment_fair"
"""The question of the happy call that asks how the customer was treated, 1 to 7."""


class Taken(Record):
    """How long something took, counted from the receipt of the complaint.

    Attributes:
        seconds: as they passed for the customer.
        working_seconds: of them, those in which the firm was open; waits for the customer are not cut out,
            because this is what the customer lived through and no target.
    """

    seconds: int
    working_seconds: int


class AgainstSales(Record):
    """After-sale work held against the level of sales; each figure where both sides exist.

    Attributes:
        answered_later: working seconds by which the first real answer came later than sales answers; less
            than nothing where it came sooner.
        courtesy_above: points by which the treatment was judged better; less than nothing where worse.
    """

    answered_later: int | None
    courtesy_above: float | None


class AfterSale(Record):
    """How after-sale work was done in one case; None where it has not come so far.

    Attributes:
        acceptance: until somebody took it on.
        answer: until a person first gave a real answer.
        resolution: until the customer had the result, the last one where there were several.
        courtesy: what the customer said of the treatment, 1 to 7; of several calls the last. Kept back until
            the case ends, so that nobody works for the score.
        apologised: whether a contact held an apology.
        explained: whether a contact held an explanation.
        told_again: how often the customer had to tell the story again.
        against_sales: the same held against the level of sales; None where the policy does not tell it.
    """

    acceptance: Taken | None
    answer: Taken | None
    resolution: Taken | None
    courtesy: int | None
    apologised: bool
    explained: bool
    told_again: int
    against_sales: AgainstSales | None


def after_sale(events: Sequence[Event], policy: Policy) -> AfterSale | None:
    """Return the figures of one case; None where it was not opened yet.

    Args:
        events: everything that happened, in order.
        policy: that of the case, with the firm's opening hours and the level of sales.
    """
    received = next((event.received_at for event in events if isinstance(event, CaseOpened)), None)
    if received is None:
        return None

    def taken(moments: list[datetime]) -> Taken | None:
        return _taken(received, moments[0], policy.calendar) if moments else None

    contacts = [event for event in events if isinstance(event, ContactLogged)]
    told = [event.at for event in events if isinstance(event, ResultNotified | ResultTold)]
    answer, courtesy = taken([event.happened for event in contacts if event.substantive]), _courtesy(events)
    return AfterSale(
        acceptance=taken([event.at for event in events if isinstance(event, CaseAccepted)]),
        answer=answer,
        resolution=taken(told[-1:]),
        courtesy=courtesy,
        apologised=any(event.apology for event in contacts),
        explained=any(event.explanation for event in contacts),
        told_again=sum(event.repeat for event in contacts),
        against_sales=_against(policy.sales_level, answer, courtesy) if policy.sales_level else None,
    )


def _against(sales: SalesLevel, answer: Taken | None, courtesy: int | None) -> AgainstSales:
    return AgainstSales(
        answered_later=answer.working_seconds - sales.answer_minutes * 60 if answer else None,
        courtesy_above=round(courtesy - sales.courtesy, 2) if courtesy is not None else None,
    )


def _taken(start: datetime, end: datetime, calendar: Calendar) -> Taken:
    passed = max(0.0, (end - start).total_seconds())
    return Taken(seconds=int(passed), working_seconds=int(working_time(calendar, start, end).total_seconds()))


def _courtesy(events: Sequence[Event]) -> int | None:
    if not any(isinstance(event, CaseEnded) for event in events):
        return None
    calls = [event.answers for event in events if isinstance(event, HappyCallAnswered)]
    return next((answers[COURTESY] for answers in reversed(calls) if COURTESY in answers), None)
