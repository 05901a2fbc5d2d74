"""Rules of a policy about what like cases lead to: requests to departments, and cases opened unasked."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.budget import Budget
from domain.money import Money
from domain.policy_terms import Language
from domain.record import Id, Line, Record


class ImprovementLimits(Record):
    """How long a department has: to take a request on, and from then to carry it out."""

    accept: Budget
    done: Budget


class ImprovementRules(Record):
    """When like cases become a request to a department, and what happens while it waits.

    Attributes:
        raise_at: how many like cases within the window raise one request.
        window: the span of time, counted back from the latest failure.
        usual: limits of a request.
        safety: limits where somebody may come to harm; one such case is enough to raise it.
        remind_at: share of the way to a limit at which whoever has it is reminded.
        late_every: what passes between two moves up of a request that is late.
        measure_over: the span before and after an improvement over which its cases are counted.
        partner_share: the most that a partner gets who took part in an improvement; None: nothing.
    """

    raise_at: Annotated[int, Field(ge=1)]
    window: timedelta
    usual: ImprovementLimits
    safety: ImprovementLimits
    remind_at: Annotated[float, Field(gt=0, lt=1)]
    late_every: Budget
    measure_over: timedelta
    partner_share: Money | None = None


class FiguresRules(Record):
    """How the figures of customer service reach the head who answers for them (`service_head`).

    Attributes:
        every: they are of the last whole week, from Monday on, or of the last whole month.
        answer: how long the head has to say what will be done.
        late_to: who hears of it besides while the answer is late, one more with each reminder.
    """

    every: Literal["week", "month"]
    answer: Budget
    late_to: tuple[Id, ...] = ()


class SignalRule(Record):
    """What the firm may observe that opens a case before the customer complains.

    Attributes:
        signal: what is observed.
        at_least: how often, by one customer about one order or product.
        within: the span of time in which that is counted.
        at_most: of a survey, the score up to which it counts.
        later_than: of a delay, how late it must be.
        text: the reason, as the case shows it, in both languages.
    """

    id: Line
    signal: Literal["delay", "contact", "refund", "survey"]
    at_least: Annotated[int, Field(ge=1)] = 1
    within: timedelta
    at_most: Annotated[int, Field(ge=1, le=7)] | None = None
    later_than: timedelta | None = None
    text: dict[Language, Line]
