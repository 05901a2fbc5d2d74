"""What every service is made of: operations that take a call, and the world they act in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from domain.record import Record
from sandbox.books import Books

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What all services share.

    Attributes:
        lucky: nothing goes wrong by chance: no refused pickup, every inspection and call is good.
        day: how long a day lasts for what takes days outside (goods on the road, a settlement, the use of a
            voucher); short where a drill cannot skip time.
    """

    books: Books
    seed: int
    lucky: bool = False
    day: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[R]):
    """One request as it arrived; `at` is the case's own time, and the only time there is here."""

    key: str
    at: datetime
    case_id: str
    request: R


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[R]):
    """One thing a service does; what it keeps needs an idempotency key, what it only tells does not."""

    takes: type[R]
    answer: Callable[[World, Call[R]], Record]
    keeps: bool = True


Operations = Mapping[str, Operation[Any]]
