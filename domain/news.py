"""What boards and telephones report of themselves, and what a call comes to as a contact."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.contact import EndedBy
from domain.post import ByWhom, How
from domain.record import Id, Instant, Line, Record, Text


class PostPublished(Record):
    """Somebody wrote on a board, or changed what they had written."""

    kind: Literal["publish_post"] = "publish_post"
    post: Id
    text: Text
    author: Line | None = None
    customer: Id | None = None


class PostTakenDown(Record):
    """A post is hidden or removed; `text` is what stood there, where the board still tells."""

    kind: Literal["take_down_post"] = "take_down_post"
    post: Id
    how: How
    by_whom: ByWhom = "unknown"
    who: Id | None = None
    reason: Line | None = None
    text: Text = ""


class CallReported(Record):
    """Something happened to a call.

    Attributes:
        call: the telephone system's own name for the call.
        caller: the customer's number.
        agent: who answered, or to whom it was put through.
        case: which case the agent said that it is about.
    """

    kind: Literal["report_call"] = "report_call"
    call: Id
    event: Literal["ring", "answer", "wait", "transfer", "hang_up"]
    direction: Literal["inbound", "outbound"] = "inbound"
    caller: Line | None = None
    agent: Id | None = None
    ended_by: EndedBy | None = None
    case: Id | None = None


class News(Record):
    """One entry of a feed; `n` grows, and is never used twice."""

    n: int
    at: Instant
    item: Annotated[PostPublished | PostTakenDown | CallReported, Field(discriminator="kind")]


class Call(Record):
    """A call from its first ring to its end.

    Attributes:
        reached: whether somebody spoke to the customer.
        wait_seconds: ringing, on hold and being put through, all together.
        minutes: talking, begun minutes counted whole.
    """

    call: Id
    began: Instant
    caller: Line | None
    case: Id | None
    direction: Literal["inbound", "outbound"]
    agent: Id | None
    reached: bool
    wait_seconds: int
    minutes: int
    transfers: int
    ended_by: EndedBy | None


def call_from(news: Sequence[News]) -> Call | None:
    """Return the call that these reports tell of; None while it goes on."""
    reports = [(each.at, each.item) for each in news if isinstance(each.item, CallReported)]
    if not reports or all(report.event != "hang_up" for _, report in reports):
        return None
    waited, talked = _spans([(at, report.event) for at, report in reports])
    items = [report for _, report in reports]
    return Call(
        call=items[0].call,
        began=reports[0][0],
        caller=next((each.caller for each in items if each.caller), None),
        case=next((each.case for each in reversed(items) if each.case), None),
        direction=items[0].direction,
        agent=next((each.agent for each in reversed(items) if each.event == "answer" and each.agent), None),
        reached=any(each.event == "answer" for each in items),
        wait_seconds=int(waited.total_seconds()),
        minutes=-int(-talked.total_seconds() // 60),
        transfers=sum(each.event == "transfer" for each in items),
        ended_by=next((each.ended_by for each in items if each.event == "hang_up"), None),
    )


def _spans(reports: Sequence[tuple[datetime, str]]) -> tuple[timedelta, timedelta]:
    """Return how long the customer waited and talked: an answer begins talking, anything else ends it."""
    waited = talked = timedelta()
    for (start, event), (end, _) in pairwise(reports):
        if event == "hang_up":
            break
        if event == "answer":
            talked += end - start
        else:
            waited += end - start
    return waited, talked


def contact_of(call: Call, now: datetime) -> dict[str, Any]:
    """Return the fields of the contact that a call is, as the telephone system knows it."""
    return {
        "direction": call.direction,
        "channel": "phone",
        "reached": call.reached,
        "wait_seconds": call.wait_seconds,
        "minutes": call.minutes,
        "transfers": call.transfers,
        "reference": call.call,
        "occurred_at": min(call.began, now).isoformat(),
    } | {
        name: value
        for name, value in (("ended_by", call.ended_by), ("spoke", call.agent))
        if value is not None
    }
