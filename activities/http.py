"""Asks a provider over HTTP: waits for it inside the activity, and sorts what can go wrong.

Failures, all of them ApplicationError with one of these types:

    ProviderRefused         the provider will not do it, now or later (the only non-retryable one)
    ProviderTimedOut        asked, and no answer came: it may have been done
    ProviderUnavailable     nobody there, or it answered that it failed: it may have been done
    ProviderMisunderstood   it answered what its contract does not know; a deployment may cure that

Messages name service and operation, never what was asked: that may be personal.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.keys import idempotency_key
from domain.effect import REFUSED, Ask
from domain.record import Line, Record

R = TypeVar("R")

UNAVAILABLE = "ProviderUnavailable"
TIMED_OUT = "ProviderTimedOut"
MISUNDERSTOOD = "ProviderMisunderstood"

OK, NOT_FOUND, CONFLICT, TOO_MANY, FAILED = 200, 404, 409, 429, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long an adapter waits, in seconds of real time.

    Attributes:
        request: for one answer.
        service: for a service that is down or does not answer, before the attempt fails. Under time
            skipping the server's back-off takes no time at all, so the waiting has to happen here.
        pause: between two tries.
    """

    request: float = 5.0
    service: float = 30.0
    pause: float = 1.0


class Refusal(BaseModel):
    """What a provider answers that will not do it."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    refused: Line
    code: Line | None = None


REFUSAL = TypeAdapter(Refusal)


class _Unanswered(Exception):  # noqa: N818 - an answer that did not come, worth another try
    def __init__(self, type_: str) -> None:
        super().__init__(type_)
        self.type = type_


def open_client(base_url: str) -> httpx.AsyncClient:
    """Return a client for one provider's address; proxies of the environment do not apply."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    return httpx.AsyncClient(base_url=base_url, limits=limits, timeout=None, trust_env=False)  # noqa: S113 - Provider bounds every request as a whole


class Provider:
    """One service of the outside world, as every adapter asks it."""

    def __init__(self, client: httpx.AsyncClient, service: str, patience: Patience) -> None:
        self._client = client
        self._service = service
        self._patience = patience

    async def ask(self, ask: Ask, request: Record, result: type[R] | TypeAdapter[R]) -> R:
        """Send one request under the key of its effect and return the answer.

        Raises:
            ApplicationError: of the types that this module lists.
        """
        kind = str(request.model_dump(include={"kind"})["kind"])
        response = await self._until_answered(
            "POST",
            kind,
            headers={"Idempotency-Key": idempotency_key(ask.case_id, ask.key)},
            json={
                "at": ask.at.isoformat(),
                "case_id": ask.case_id,
                "request": request.model_dump(mode="json"),
            },
        )
        if response.status_code == CONFLICT:
            refusal = self._decode(response, REFUSAL, kind)
            raise refused(refusal.refused, refusal.code)
        if response.status_code != OK:
            raise self._misunderstood(response, kind)
        shape = result if isinstance(result, TypeAdapter) else TypeAdapter(result)
        return self._decode(response, shape, kind)

    async def look_up(self, key: str, status: TypeAdapter[R]) -> R:
        """Ask what became of a key.

        Raises:
            ApplicationError: of the types that this module lists, but never as a refusal.
        """
        response = await self._until_answered("GET", f"by-key/{key}")
        if response.status_code not in (OK, NOT_FOUND):
            raise self._misunderstood(response, "by-key")
        # The body of a 404 has to say it too: a wrong address must not read as "nothing happened".
        return self._decode(response, status, "by-key")

    async def _until_answered(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Try until the service answers, the same request under the same key, as long as patience lasts."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience.service
        while True:
            activity.heartbeat()
            try:
                return await self._once(method, f"/{self._service}/{path}", **content)
            except _Unanswered as unanswered:
                if loop.time() + self._patience.pause >= until:
                    message = f"{self._service} did not answer {path.partition('/')[0]}"
                    raise ApplicationError(message, type=unanswered.type) from None
            await asyncio.sleep(self._patience.pause)

    async def _once(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(self._patience.request):
                response = await self._client.request(method, path, **content)
        except TimeoutError:
            raise _Unanswered(TIMED_OUT) from None
        except httpx.TransportError:
            raise _Unanswered(UNAVAILABLE) from None
        if response.status_code >= FAILED or response.status_code == TOO_MANY:
            raise _Unanswered(UNAVAILABLE)
        return response

    def _decode(self, response: httpx.Response, shape: TypeAdapter[R], operation: str) -> R:
        try:
            return shape.validate_json(response.content)
        except ValidationError:
            raise self._misunderstood(response, operation) from None

    def _misunderstood(self, response: httpx.Response, operation: str) -> ApplicationError:
        message = f"{self._service} answered {operation} with {response.status_code} and no known meaning"
        return ApplicationError(message, type=MISUNDERSTOOD)


def refused(reason: str, code: str | None = None) -> ApplicationError:
    """Return the one error that means: not now and not later; its detail is the provider's word for why."""
    return ApplicationError(reason, *([code] if code else []), type=REFUSED, non_retryable=True)


def expect(ask: Ask, kind: type[R]) -> R:
    """Return the request of an ask as the kind that this activity carries out."""
    if not isinstance(ask.request, kind):
        message = f"{ask.request.kind} was sent to the activity for {kind.__name__}"
        raise ApplicationError(message, type=MISUNDERSTOOD)
    return ask.request
