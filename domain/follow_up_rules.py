"""The follow-up as policy data: its calls, and what goes on beyond them where a policy asks for it."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.budget import Budget
from domain.policy_terms import LifeCycle
from domain.record import Line, Record

WrittenChannel = Literal["sms", "email"]


class LinkRules(Record):
    """The answer link that follows calls which nobody answered.

    Attributes:
        channels: by which it may be sent; the customer's preferred one comes first.
        open_for: how long it can be answered, once.
        look_every: how often the case asks whether somebody did.
    """

    channels: Annotated[tuple[WrittenChannel, ...], Field(min_length=1)]
    open_for: timedelta
    look_every: timedelta


class FormRules(Record):
    """The longer written form (SERVQUAL), by link and never on the phone.

    Attributes:
        delay: from the good answer to the link.
        open_for: how long it can be answered, once; the case asks for it when that is over.
        tangibles_for: sources that have facilities and people to be seen; others are not asked about them.
    """

    delay: timedelta
    open_for: timedelta
    tangibles_for: tuple[Line, ...] = ()


class AfterCareRules(Record):
    """The short series of reassurance: what was changed so that it does not happen again.

    Attributes:
        after: when each message goes out, counted as the first call is.
    """

    after: Annotated[tuple[timedelta, ...], Field(min_length=1, max_length=5)]


class RetentionRules(Record):
    """What is done about a customer who may leave.

    Attributes:
        stages: of a product's life in which it is done; empty: whatever the stage, known or not.
        within: by when somebody has spoken to the customer; nothing but a withdrawal ends the case before.
    """

    stages: tuple[LifeCycle, ...] = ()
    within: Budget


class GrowthRules(Record):
    """What a good end may lead to, beyond the remedy; nothing while another case of the customer is open.

    Attributes:
        advocate_from: by question the answer from which on it is high, inclusive; where low is better, down
            to which. Whoever gives every one of these is an advocate candidate.
        patience: how long that waits for the customer's other cases to end; then the CRM is not told.
    """

    advocate_from: Annotated[dict[Line, int], Field(min_length=1)]
    patience: timedelta


class HappyCall(Record):
    """When and how the follow-up call is made, and which answer is bad.

    Attributes:
        delay: plain hours from the delivered notice (or arrival, settlement) to the first attempt.
        attempts: how many in all.
        apart: plain hours between attempts, so that they fall at different hours.
        from_hour: first hour of the day (policy's zone) at which a customer may be called.
        to_hour: hour at which calls stop.
        questions: ids asked.
        cut_off: a justice score (1-7) at or below it is bad.
        per_day: how many attempts on one day; None: as many as fall on it.
        business_days: whether calls are made on business days only.
        refused_questions: ids asked where everything was refused; none: such a customer is not called.
        link: what follows calls that nobody answered; None: the follow-up ends with them.
        form: the longer written form; None: there is none.
        after_care: reassurance after the remedy; None: there is none.
        retention: what is done about a customer who may leave; None: nothing.
        growth: what a good end may lead to; None: nothing, and no offer is made.
    """

    delay: timedelta
    attempts: Annotated[int, Field(ge=1)]
    apart: timedelta
    from_hour: int
    to_hour: int
    questions: tuple[Line, ...]
    cut_off: int
    per_day: Annotated[int, Field(ge=1)] | None = None
    business_days: bool = False
    refused_questions: tuple[Line, ...] = ()
    link: LinkRules | None = None
    form: FormRules | None = None
    after_care: AfterCareRules | None = None
    retention: RetentionRules | None = None
    growth: GrowthRules | None = None
