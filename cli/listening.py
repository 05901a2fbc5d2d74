"""Reads boards and telephones, and joins what is one claim: each step may be repeated after a crash.

An entry is dealt with first and remembered as read afterwards; whatever it does has a key of its own (the
post, the call, the entry's number), so that reading it twice changes nothing.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, assert_never
from uuid import uuid4

from activities.feeds import FEEDS, Feed, Feeds, FeedUnavailable
from cli.cases import pinned
from client import NotFound, Redress, RedressError
from domain.brief import at_a_glance
from domain.effect import Contact
from domain.intake import Opening
from domain.news import Call, CallReported, News, PostPublished, PostTakenDown, call_from, contact_of
from domain.post import BOARD
from domain.refusal import Refused
from domain.row import CaseRow
from ledger.errors import LedgerError
from ledger.listening import ListeningStore

BY = {"role": "system", "id": "listener"}
REST = 300.0
"""Seconds after which a case that could not be joined is asked again."""

LATER = (RedressError, LedgerError, FeedUnavailable)
"""What passes: the entry is dealt with when it is read again."""

GONE_WORDS = ("게시글이 삭제되었습니다", "A post was taken down before it was read")


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that the listener did or noticed; no word of a customer.

    Attributes:
        what: for programs: opened, added, removed, ring, contact, unplaced, joining, refused or waiting.
        subject: the post, the call or the feed.
        cases: the cases concerned, each with its stage where it is known.
        note: why, where there is a why.
        brief: of a ring: who calls, in labelled lines.
    """

    what: str
    subject: str
    cases: tuple[str, ...] = ()
    note: str = ""
    brief: tuple[tuple[str, str], ...] = ()


Say = Callable[[Heard], None]


class Listener:
    """One reader of all feeds."""

    def __init__(
        self, redress: Redress, store: ListeningStore, feeds: Feeds, *, policy: str, say: Say
    ) -> None:
        self._redress = redress
        self._store = store
        self._feeds = feeds
        self._policy = policy
        self._say = say
        self._rests: dict[str, float] = {}

    async def once(self) -> bool:
        """Read what is new in every feed and look for equal claims; say whether there was anything new."""
        news = [await self._patiently(feed) for feed in FEEDS]
        await self._join()
        return any(news)

    async def _patiently(self, feed: Feed) -> bool:
        """Read a page of a feed; what is away now is asked again later, and holds up no other feed."""
        try:
            return await self._read(feed)
        except LATER as error:
            self._say(Heard("waiting", feed, note=str(error)))
            return False

    async def _read(self, feed: Feed) -> bool:
        page = await self._feeds.after(feed, await self._store.cursor(feed))
        for news in page:
            try:
                await self._deal_with(news)
            except (Refused, NotFound) as refusal:  # an entry that nobody can take must not stop the feed
                self._say(Heard("refused", f"{feed}/{news.n}", note=str(refusal)))
            await self._store.move(feed, news.n)
        return bool(page)

    async def _deal_with(self, news: News) -> None:
        match news.item:
            case PostPublished() as post:
                await self._published(news, post)
            case PostTakenDown() as gone:
                await self._taken_down(news, gone)
            case CallReported() as report:
                await self._reported(report)
            case _:
                assert_never(news.item)

    # Boards. -------------------------------------------------------------------------------------------

    async def _published(self, news: News, post: PostPublished) -> None:
        """The first words of a post open its case, changed words are added to it."""
        first = await self._first(post.post)
        if first < news.n and (number := await self._redress.find(BOARD, post.post)) is not None:
            fields = {"id": f"board-{news.n}", "by": BY, "text": post.text}
            try:
                await self._redress.submit_fields(number, "add_to_case", fields)
            except (NotFound, Refused) as refusal:
                if not _is_over(refusal):
                    raise
                await self._open(_opening(news, post, f"{post.post}#{news.n}"), post.post)
            else:
                self._say(Heard("added", post.post, (number,)))
            return
        await self._open(_opening(news, post, post.post), post.post)

    async def _first(self, post: str) -> int:
        entries = await self._feeds.about("board", post)
        return min(each.n for each in entries if isinstance(each.item, PostPublished))

    async def _taken_down(self, news: News, gone: PostTakenDown) -> None:
        """A post that disappears is noticed on its case; where it has none that runs, it gets one."""
        number = await self._redress.find(BOARD, gone.post)
        if number is None:
            number = await self._open(self._lost(news, gone, gone.post, ""), gone.post)
        try:
            await self._report(number, news, gone)
        except (NotFound, Refused) as refusal:
            if not _is_over(refusal):
                raise
            opening = self._lost(news, gone, f"{gone.post}#{gone.how}", f" ({number})")
            await self._report(await self._open(opening, gone.post), news, gone)

    def _lost(self, news: News, gone: PostTakenDown, key: str, about: str) -> Opening:
        text = gone.text or " / ".join(f"{words}{about}" for words in GONE_WORDS)
        return Opening(
            source=BOARD,
            source_key=key,
            text=text,
            composed=not gone.text,
            voc_type="complaint",
            received_at=_past(news.at),
        )

    async def _open(self, opening: Opening, subject: str) -> str:
        opened = await self._redress.open(opening, pinned(self._policy, opening.received_at))
        self._say(Heard("opened", subject, (opened.number,), "existed already" if opened.existing else ""))
        return opened.number

    async def _report(self, number: str, news: News, gone: PostTakenDown) -> None:
        fields: dict[str, Any] = {
            "id": f"board-{news.n}",
            "by": BY,
            "how": gone.how,
            "by_whom": gone.by_whom,
            "who": gone.who,
            "reason": gone.reason,
            "occurred_at": min(news.at, datetime.now(UTC)).isoformat(),
        }
        told = {name: value for name, value in fields.items() if value is not None}
        await self._redress.submit_fields(number, "report_removal", told)
        self._say(Heard("removed", gone.post, (number,), gone.how))

    # Telephones. ---------------------------------------------------------------------------------------

    async def _reported(self, report: CallReported) -> None:
        """A ring brings up caller and cases; a call that ended becomes a contact of the one it is about."""
        if report.event == "ring":
            rows = await self._cases_of(report.caller)
            note = "" if rows else "unknown caller"
            self._say(Heard("ring", report.call, _named(rows), note, await self._who(rows)))
        if report.event == "hang_up":
            call = call_from(await self._feeds.about("telephony", report.call))
            if call is not None:
                await self._ended(call)

    async def _who(self, rows: Sequence[CaseRow]) -> tuple[tuple[str, str], ...]:
        """Return the caller's profile as the first of their cases has it; a ring waits for nothing."""
        try:
            found = await self._redress.brief(rows[0].case_id) if rows else None
        except (RedressError, Refused):
            return ()
        return at_a_glance(found, found.language) if found is not None else ()

    async def _ended(self, call: Call) -> None:
        rows = await self._cases_of(call.caller)
        numbers = tuple(row.case_id for row in rows)
        number = call.case or (numbers[0] if len(numbers) == 1 else None)
        if number is None:
            await self._unplaced(call, numbers)
            return
        fields = {"id": f"call-{call.call}", "by": BY, **contact_of(call, datetime.now(UTC))}
        try:
            await self._redress.submit_fields(number, "log_contact", fields)
        except (NotFound, Refused) as refusal:
            await self._unplaced(call, numbers, str(refusal))
            return
        self._say(Heard("contact", call.call, (number,)))

    async def _unplaced(self, call: Call, numbers: tuple[str, ...], why: str = "") -> None:
        """Nothing is opened for a call by itself; it is listed, and a person says what it was about."""
        key = self._redress.caller_key(call.caller) if call.caller else None
        await self._store.note(call, key, numbers)
        default = "the caller has several cases" if numbers else "unknown caller"
        self._say(Heard("unplaced", call.call, numbers, why or default))

    async def _cases_of(self, caller: str | None) -> Sequence[CaseRow]:
        return await self._store.cases_of(self._redress.caller_key(caller) if caller else None)

    # Equal claims. -------------------------------------------------------------------------------------

    async def _join(self) -> None:
        """Ask each later case about the same order and customer to join the earlier one.

        One that may not be joined now, for a promise or a remedy, is asked again after a while.
        """
        try:
            for later, earlier in await self._store.same_claims():
                if self._rests.get(later, 0.0) <= time.monotonic():
                    self._rests[later] = time.monotonic() + REST
                    await self._ask_to_join(later, earlier)
        except LATER as error:
            self._say(Heard("waiting", "same claims", note=str(error)))

    async def _ask_to_join(self, later: str, earlier: str) -> None:
        fields = {"id": uuid4().hex, "by": BY, "into": earlier, "basis": "same_key"}
        try:
            receipt = await self._redress.submit_fields(later, "join_case", fields)
        except (NotFound, Refused):
            return
        if receipt.events:
            self._say(Heard("joining", later, (later, earlier)))


def _opening(news: News, post: PostPublished, key: str) -> Opening:
    contact = Contact(customer_id=post.customer, name=post.author)
    return Opening(source=BOARD, source_key=key, text=post.text, contact=contact, received_at=_past(news.at))


def _is_over(refusal: NotFound | Refused) -> bool:
    """Say whether the case is at its end, so that what comes now needs a case of its own."""
    return isinstance(refusal, NotFound) or refusal.code == "ended"


def _named(rows: Sequence[CaseRow]) -> tuple[str, ...]:
    return tuple(f"{row.case_id} {row.stage}" for row in rows)


def _past(at: datetime) -> datetime | None:
    """Leave out what a board's clock puts ahead of ours: receipt is then when we read it."""
    return at if at <= datetime.now(UTC) else None
