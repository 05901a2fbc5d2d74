"""How the follow-up goes on beyond the calls, as policy data; left out, that part does not take place."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.budget import Budget
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

    stages: tuple[Literal["introduction", "growth", "maturity", "decline"], ...] = ()
    within: Budget
