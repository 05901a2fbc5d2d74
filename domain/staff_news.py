"""What staff hear of a case beside its ladders: tasks, alerts, offers, praise, and how it came out.

Words wait for the hours of their readers while the case runs (clock rule 19); what is left at its end goes
out at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain.effect import Effect
from domain.hours import at_work
from domain.message import CameBack, Deadline, Event
from domain.notice import reached, to_staff
from domain.policy import Policy
from domain.record import Id, Line

Topic = Literal[
    "staff_fallback",
    "staff_offer",
    "staff_away",
    "staff_suggested",
    "staff_task",
    "staff_task_late",
    "staff_task_answer",
    "staff_result",
    "staff_praise",
]
"""Each is the name of its wording."""


class StaffInformed(Event):
    """A member of staff (or a store) heard of something about the case, or could not be told."""

    kind: Literal["staff_informed"] = "staff_informed"
    key: Line
    topic: Topic
    staff: Id
    reached: bool


class NewsReleased(Event):
    """Working hours began; what waited for them goes out."""

    kind: Literal["news_released"] = "news_released"
    keys: tuple[Line, ...]


NewsEvent = StaffInformed | NewsReleased


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something to tell one person; `about` fills the wording's own gap, where it has one."""

    key: str
    topic: Topic
    staff: str
    about: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is still to be told, and who took part in the case.

    Attributes:
        part: members of staff whose work is in the case's history, first come first.
        fed_back: number of the last result that those who took part heard of.
    """

    items: tuple[Item, ...] = ()
    count: int = 0
    part: tuple[str, ...] = ()
    fed_back: int = 0


GAPS: dict[Topic, str] = {
    "staff_away": "person",
    "staff_suggested": "why",
    "staff_task": "department",
    "staff_task_late": "department",
    "staff_task_answer": "department",
    "staff_result": "summary",
}
"""Which gap of a wording `about` fills."""


def tell(
    news: News, policy: Policy, topic: Topic, staff: tuple[str | None, ...], *, at: datetime, about: str = ""
) -> News:
    """Add something to tell these people, each once."""
    opens = at_work(policy, at)
    people = tuple(dict.fromkeys(person for person in staff if person is not None))
    items = tuple(
        Item(
            key=f"news:{news.count + place}",
            topic=topic,
            staff=person,
            about=about,
            not_before=opens if opens > at else None,
        )
        for place, person in enumerate(people, start=1)
    )
    return replace(news, items=(*news.items, *items), count=news.count + len(items))


def takes_part(news: News, person: str) -> News:
    """Remember somebody who worked on the case."""
    return news if person in news.part else replace(news, part=(*news.part, person))


def deadlines(news: News) -> tuple[Deadline, ...]:
    """Return when words that wait may go out."""
    waiting = dict.fromkeys(item.not_before for item in news.items if item.not_before is not None)
    return tuple(Deadline(name=f"news/words:{instant:%Y%m%dT%H%M%S%z}", due=instant) for instant in waiting)


def lapse(news: News, deadline: Deadline, at: datetime) -> tuple[NewsEvent, ...]:
    """The hours of those who are to be told began."""
    keys = tuple(item.key for item in news.items if item.not_before == deadline.due)
    return (NewsReleased(keys=keys, due=deadline.due, at=at),)


def todo(news: News, policy: Policy, number: str) -> tuple[Effect, ...]:
    """Return the words that may go out now, by the internal channel."""
    return tuple(_effect(item, policy, number) for item in news.items if item.not_before is None)


def _effect(item: Item, policy: Policy, number: str) -> Effect:
    gap = GAPS.get(item.topic)
    slots = {"number": number, **({gap: item.about or "-"} if gap else {})}
    return to_staff(policy, item.key, item.topic, staff=item.staff, slots=slots)


def came_back(news: News, fact: CameBack) -> tuple[NewsEvent, ...]:
    """Note whether somebody heard; a failed word is not tried again, what it tells stands in the history."""
    item = next(item for item in news.items if item.key == fact.key)
    told = StaffInformed(key=fact.key, topic=item.topic, staff=item.staff, reached=reached(fact), at=fact.at)
    return (told,)


def evolve(news: News, event: NewsEvent) -> News:
    """Apply one event of the news."""
    if isinstance(event, StaffInformed):
        return replace(news, items=tuple(item for item in news.items if item.key != event.key))
    items = (replace(item, not_before=None) if item.key in event.keys else item for item in news.items)
    return replace(news, items=tuple(items))


def at_the_end(news: News) -> News:
    """Nothing waits any more: an ended case has no deadlines that would release it."""
    return replace(news, items=tuple(replace(item, not_before=None) for item in news.items))
