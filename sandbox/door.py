"""The door of every service: reads a request, meets the faults, and is strict about idempotency keys."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.record import Id, Instant, canonical
from domain.refusal import Refused
from sandbox.books import Deed
from sandbox.faults import Refuse
from sandbox.service import Call, Operation, World

KEY = re.compile(r"[A-Za-z0-9_-]{8,128}")
NO_KEY = "unkept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A status and a JSON text."""

    status: int
    body: str


class Envelope(BaseModel):
    """What arrives: the case's own time, the case, and what is asked for.

    The time is no part of what is asked: the same request under the same key may come again later.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    at: Instant
    case_id: Id
    request: dict[str, Any]


class Unreadable(Exception):  # noqa: N818 - named after what arrived
    """A request that cannot be taken, with the reply that says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body)
        self.reply = reply


def reply(code: int, /, **fields: object) -> Reply:
    """Return a reply made of plain fields."""
    return Reply(status=code, body=json.dumps(fields, ensure_ascii=False))


def read(operation: Operation[Any], *, content: bytes, key: str | None) -> Call[Any]:
    """Read a request.

    Raises:
        Unreadable: naming each wrong field, or the missing key.
    """
    if operation.keeps and (key is None or not KEY.fullmatch(key)):
        why = "needs an Idempotency-Key of 8 to 128 letters, digits, - or _"
        raise Unreadable(reply(400, error=why))
    try:
        envelope = Envelope.model_validate_json(content)
        asked = operation.takes.model_validate(envelope.request)
    except ValidationError as error:
        fields = [".".join(str(part) for part in detail["loc"]) for detail in error.errors()]
        raise Unreadable(reply(422, error="the request is malformed", fields=fields)) from None
    return Call(key=key or NO_KEY, at=envelope.at, case_id=envelope.case_id, request=asked)


def carry_out(
    world: World,
    service: str,
    name: str,
    operation: Operation[Any],
    *,
    call: Call[Any],
    refuse: Refuse | None,
) -> Reply:
    """Do what is asked, once per key; what was answered before is answered again.

    Never awaits, so no second request with the same key comes between looking up and writing down.
    """
    if not operation.keeps:
        return _answer(world, operation, call, refuse)[1]
    digest = _digest(name, call)
    before = world.books.find(service, call.key)
    if before is not None:
        return _again(world, before, digest)
    status, answer = _answer(world, operation, call, refuse)
    world.books.write(
        Deed(
            service=service,
            operation=name,
            key=call.key,
            digest=digest,
            case_id=call.case_id,
            at=call.at,
            request=canonical(call.request),
            status=status,
            result=answer.body,
        )
    )
    return answer


def status_of(deed: Deed | None) -> Reply:
    """Tell what became of a key."""
    if deed is None:
        return reply(404, status="nothing", error="nothing happened under this key")
    told = {"operation": deed.operation, "case_id": deed.case_id, "at": deed.at.isoformat()}
    return reply(200, status=deed.status, **told, result=json.loads(deed.result))


def _again(world: World, before: Deed, digest: str) -> Reply:
    world.books.asked_again(before.service, before.key)
    if before.digest != digest:
        return reply(422, error="this Idempotency-Key was used for another request", key=before.key)
    return Reply(status=200 if before.status == "done" else 409, body=before.result)


def _answer(
    world: World, operation: Operation[Any], call: Call[Any], refuse: Refuse | None
) -> tuple[str, Reply]:
    if refuse is not None:
        return "refused", reply(409, refused=refuse.reason, code=refuse.code)
    try:
        return "done", Reply(status=200, body=canonical(operation.answer(world, call)))
    except Refused as refused:
        return "refused", reply(409, refused=refused.reason, code=refused.code)


def _digest(name: str, call: Call[Any]) -> str:
    return hashlib.sha256(f"{name}\n{call.case_id}\n{canonical(call.request)}".encode()).hexdigest()
