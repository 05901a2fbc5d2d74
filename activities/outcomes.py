"""Asks a provider what became of a request whose answer was lost."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import httpx
from pydantic import Field, TypeAdapter
from temporalio import activity

from activities.http import Patience, Provider, expect
from activities.keys import idempotency_key
from domain.effect import Answer, Ask, FindOutcome, Found, Outcome
from domain.record import Record

SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "pay_refund": "bank",
        "issue_voucher": "vouchers",
        "revoke_voucher": "vouchers",
        "repair_goods": "courier",
        "return_goods": "courier",
        "book_collection": "courier",
        "cancel_collection": "courier",
        "issue_label": "courier",
        "void_label": "courier",
        "reserve_replacement": "courier",
        "release_replacement": "courier",
        "ship_replacement": "courier",
        "send_notice": "gateway",
        "place_call": "calls",
    }
)
"""Where each request that can be lost was sent."""


class Done(Record):
    """It was done, with this outcome."""

    status: Literal["done"]
    result: Outcome


class NotDone(Record):
    """It was refused, or nobody has heard of it."""

    status: Literal["refused", "nothing"]


STATUS: TypeAdapter[Done | NotDone] = TypeAdapter(Annotated[Done | NotDone, Field(discriminator="status")])


class Outcomes:
    """Asks each provider by our key."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience = Patience()) -> None:  # noqa: B008 - frozen
        self._providers = {name: Provider(client, name, patience) for name in {*SERVICES.values()}}

    @activity.defn(name="find_outcome")
    async def find_outcome(self, ask: Ask) -> Answer:
        """Return what happened under the lost key; nothing happened where it was refused."""
        request = expect(ask, FindOutcome)
        provider = self._providers[SERVICES[request.lost.kind]]
        key = idempotency_key(ask.case_id, request.key)
        status = await provider.look_up(key, STATUS)
        return Answer(result=Found(outcome=status.result if isinstance(status, Done) else None))
