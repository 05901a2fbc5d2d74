"""The ports boards and telephony: what the outside reports of itself is fetched, entry by entry.

No activity: a listener is a process of its own, asks again by itself, and no case waits for it.
"""

import asyncio
from collections.abc import Sequence
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from activities.http import OK
from domain.news import News

Feed = Literal["board", "telephony"]
FEEDS: tuple[Feed, ...] = ("board", "telephony")


class FeedUnavailable(Exception):  # noqa: N818 - reads as the answer it is
    """A feed did not answer, or not in its contract; nothing was missed, it is asked again."""


class Page(BaseModel):
    """What a feed answers."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    news: tuple[News, ...]


class Feeds:
    """Reads the feeds of the outside world."""

    def __init__(self, client: httpx.AsyncClient, *, request_seconds: float = 5.0) -> None:
        self._client = client
        self._seconds = request_seconds

    async def after(self, feed: Feed, cursor: int) -> Sequence[News]:
        """Return what comes after an entry, oldest first; a page of it.

        Raises:
            FeedUnavailable: no answer, or none that can be read.
        """
        return await self._read(feed, {"after": str(cursor)})

    async def about(self, feed: Feed, subject: str) -> Sequence[News]:
        """Return all that a feed tells of one post or call, oldest first.

        Raises:
            FeedUnavailable: no answer, or none that can be read.
        """
        found: list[News] = []
        while page := await self._read(feed, {"about": subject, "after": str(found[-1].n if found else 0)}):
            found += page
        return found

    async def _read(self, feed: Feed, query: dict[str, str]) -> Sequence[News]:
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._client.get(f"/{feed}/feed", params=query)
        except (TimeoutError, httpx.TransportError):
            raise FeedUnavailable(f"{feed} does not answer") from None
        if answer.status_code != OK:
            raise FeedUnavailable(f"{feed} answers with {answer.status_code}")
        try:
            return Page.model_validate_json(answer.content).news
        except ValidationError:
            raise FeedUnavailable(f"{feed} answers outside its contract") from None
