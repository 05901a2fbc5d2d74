"""The sandbox as one web application: every service under its own path, the fault plan beside them."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox import (
    answer_page,
    bank,
    board,
    calls,
    courier,
    crm,
    gateway,
    shop,
    surveys,
    telephony,
    vouchers,
)
from sandbox.door import Reply, Unreadable, carry_out, read, reply, status_of
from sandbox.faults import BY_KEY, FEED, BadPlan, Down, Fail, Faults, Flaky, LoseAnswer, Refuse, read_plan
from sandbox.service import Operations, World

SERVICES: Mapping[str, Operations] = {
    "bank": bank.OPERATIONS,
    "courier": courier.OPERATIONS,
    "crm": crm.OPERATIONS,
    "shop": shop.OPERATIONS,
    "gateway": gateway.OPERATIONS,
    "calls": calls.OPERATIONS,
    "surveys": surveys.OPERATIONS,
    "vouchers": vouchers.OPERATIONS,
    "board": board.OPERATIONS,
    "telephony": telephony.OPERATIONS,
}

FEEDS = ("board", "telephony")
"""Services that report of themselves; what they report is fetched."""

MOST_NEWS = 200

LOOK_EVERY = 0.02
"""Seconds between looks whether somebody who waits for a lost answer has gone."""


def create_app(world: World, faults: Faults | None = None) -> Starlette:
    """Return the application over one world."""
    doors = _Doors(world, faults or Faults())
    return Starlette(
        routes=[
            Route("/health", doors.health, methods=["GET"]),
            Route("/faults", doors.show_faults, methods=["GET"]),
            Route("/faults", doors.arm_faults, methods=["POST"]),
            Route("/faults", doors.clear_faults, methods=["DELETE"]),
            Route("/answers/{token}", doors.show_survey, methods=["GET"]),
            Route("/answers/{token}", doors.take_answer, methods=["POST"]),
            Route("/{service}/books", doors.show_books, methods=["GET"]),
            Route("/{service}/feed", doors.show_feed, methods=["GET"]),
            Route("/{service}/by-key/{key}", doors.find_by_key, methods=["GET"]),
            Route("/{service}/{operation}", doors.ask, methods=["POST"]),
        ]
    )


class _Doors:
    """The endpoints."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults

    async def health(self, _request: Request) -> Response:
        """Say that the sandbox is there; no fault touches this."""
        return _json(reply(200, status="ok", pid=os.getpid(), seed=self._world.seed))

    async def ask(self, request: Request) -> Response:
        """Carry out one operation of one service."""
        service, name = request.path_params["service"], request.path_params["operation"]
        operation = SERVICES.get(service, {}).get(name)
        if operation is None:
            return _json(reply(404, error="no such operation"))
        content = await request.body()
        wait, fault = self._faults.meet(service, name)
        await asyncio.sleep(wait)
        if isinstance(fault, Fail | Flaky | Down):
            return _json(_out_of_order(fault))
        try:
            call = read(operation, content=content, key=request.headers.get("Idempotency-Key"))
        except Unreadable as unreadable:
            return _json(unreadable.reply)
        refuse = fault if isinstance(fault, Refuse) else None
        answer = carry_out(self._world, service, name, operation, call=call, refuse=refuse)
        if isinstance(fault, LoseAnswer):
            answer = await _lose(request, fault)
        return _json(answer)

    async def find_by_key(self, request: Request) -> Response:
        """Tell what became of a key."""
        service, key = request.path_params["service"], request.path_params["key"]
        if service not in SERVICES:
            return _json(reply(404, error="no such service"))
        wait, fault = self._faults.meet(service, BY_KEY)
        await asyncio.sleep(wait)
        if isinstance(fault, LoseAnswer):
            return _json(await _lose(request, fault))
        if fault is not None:
            return _json(_out_of_order(fault))
        return _json(status_of(self._world.books.find(service, key)))

    async def show_books(self, request: Request) -> Response:
        """Show everything that a service did or refused; no fault touches this."""
        service = request.path_params["service"]
        if service not in SERVICES:
            return _json(reply(404, error="no such service"))
        deeds = self._world.books.all_of(service, case_id=request.query_params.get("case_id"))
        rows = [
            {
                **asdict(deed),
                "at": deed.at.isoformat(),
                "request": json.loads(deed.request),
                "result": json.loads(deed.result),
            }
            for deed in deeds
        ]
        return _json(reply(200, service=service, deeds=rows))

    async def show_survey(self, request: Request) -> Response:
        """Show the page behind an answer link; a used one is over."""
        try:
            survey, reference, _ = surveys.survey_behind(self._world, request.path_params["token"])
        except surveys.Unanswerable as wrong:
            return HTMLResponse(answer_page.told("en", "gone"), status_code=wrong.code)
        if self._world.books.answer(reference) is not None:
            return HTMLResponse(answer_page.told(survey.language, "gone"), status_code=410)
        return HTMLResponse(answer_page.page(survey))

    async def take_answer(self, request: Request) -> Response:
        """Take what the customer filled in, once."""
        token = request.path_params["token"]
        fields = dict(parse_qsl((await request.body()).decode("utf-8", errors="replace")))
        try:
            survey, _, _ = surveys.survey_behind(self._world, token)
        except surveys.Unanswerable as wrong:
            return HTMLResponse(answer_page.told("en", "gone"), status_code=wrong.code)
        try:
            surveys.take_answer(self._world, token, fields)
        except surveys.Unanswerable as wrong:
            return HTMLResponse(answer_page.told(survey.language, "gone"), status_code=wrong.code)
        return HTMLResponse(answer_page.told(survey.language, "thanks"))

    async def show_feed(self, request: Request) -> Response:
        """Tell what happened after an entry, oldest first; about one post or call where one is named."""
        service = request.path_params["service"]
        after = request.query_params.get("after", "0")
        if service not in FEEDS or not after.isdecimal():
            return _json(reply(404, error="no such feed"))
        wait, fault = self._faults.meet(service, FEED)
        await asyncio.sleep(wait)
        if isinstance(fault, LoseAnswer):
            return _json(await _lose(request, fault))
        if fault is not None:
            return _json(_out_of_order(fault))
        about = request.query_params.get("about")
        found = self._world.books.news_of(service, after=int(after), limit=MOST_NEWS, about=about)
        news = [{"n": n, "at": deed.at.isoformat(), "item": json.loads(deed.request)} for n, deed in found]
        return _json(reply(200, news=news))

    async def show_faults(self, _request: Request) -> Response:
        """Show what is armed and how much of it is left."""
        return _json(reply(200, faults=self._faults.left()))

    async def arm_faults(self, request: Request) -> Response:
        """Add a plan to what is armed."""
        try:
            self._faults.arm(read_plan((await request.body()).decode("utf-8", errors="replace")))
        except BadPlan as bad:
            return _json(reply(422, error="this is no fault plan", fields=bad.errors))
        return await self.show_faults(request)

    async def clear_faults(self, request: Request) -> Response:
        """Let everything go well again."""
        self._faults.clear()
        return await self.show_faults(request)


def _json(answer: Reply) -> Response:
    return Response(answer.body, status_code=answer.status, media_type="application/json")


def _out_of_order(fault: object) -> Reply:
    if isinstance(fault, Down):
        return reply(503, error="the service is down")
    return reply(500, error="the service failed")


async def _lose(request: Request, fault: LoseAnswer) -> Reply:
    """Hang until the asker gives up or the fault's time is over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + fault.seconds
    while loop.time() < until and not await request.is_disconnected():  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(LOOK_EVERY)
    return reply(504, error="the answer was lost")
