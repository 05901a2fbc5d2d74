"""The notices port: renders the policy's wording and has the gateway deliver it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect, refused
from activities.wordings import Unfillable, Wordings, render
from domain.effect import Answer, Ask, Contact, NoticeSent, SendLink, SendNotice
from domain.record import Line, Record, Text

__all__ = ["Notices", "Wordings"]

Channel = Literal["sms", "email", "phone", "post", "internal"]


class FindAddress(Record):
    """What the CRM is asked where the case has no address for a channel."""

    kind: Literal["find_address"] = "find_address"
    contact: Contact
    channel: Channel


class Address(Record):
    """What the CRM answers."""

    address: Line


class Delivery(Record):
    """What the gateway takes."""

    kind: Literal["send_notice"] = "send_notice"
    template: Line
    language: Literal["ko", "en"]
    channel: Channel
    address: Line
    text: Text


class Notices:
    """Sends words, over wordings that the worker has read from the policies, by their hash."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        wordings: Mapping[str, Wordings],
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self._gateway = Provider(client, "gateway", patience)
        self._crm = Provider(client, "crm", patience)
        self._wordings = wordings

    @activity.defn(name="send_notice")
    async def send_notice(self, ask: Ask) -> Answer:
        """Render and deliver; the text that went out is part of the result, so that the case knows it."""
        request = expect(ask, SendNotice)
        # A wording that cannot be filled is refused before anybody is asked for anything.
        text = self._render(request)
        delivery = Delivery(
            template=request.template,
            language=request.language,
            channel=_channel(request),
            address=await self._address(ask, request),
            text=text,
        )
        sent = await self._gateway.ask(ask, delivery, NoticeSent)
        return Answer(result=sent.model_copy(update={"digest": digest(ask.case_id, text)}))

    def _render(self, request: SendNotice) -> str:
        return rendered(self._wordings, request, request.slots)

    async def _address(self, ask: Ask, request: SendNotice) -> str:
        if request.staff is not None:
            return request.staff
        if request.channel == "internal":
            raise refused("an internal notice needs a member of staff")
        return await address_of(self._crm, ask, request.contact or Contact(), request.channel)


async def address_of(crm: Provider, ask: Ask, contact: Contact, channel: Channel) -> str:
    """Return where a customer is reached: as they said themselves, or else as the CRM knows."""
    given = {"sms": contact.phone, "phone": contact.phone, "email": contact.email}.get(channel)
    if given is not None:
        return given
    return (await crm.ask(ask, FindAddress(contact=contact, channel=channel), Address)).address


def digest(case_id: str, text: str) -> str:
    """Return what tells that the same text went out twice in one case, and nothing else.

    The number of the case, which nobody can guess, is part of it: texts of other cases cannot be compared.
    """
    return sha256(f"{case_id}:{text}".encode()).hexdigest()


def rendered(
    wordings: Mapping[str, Wordings], request: SendNotice | SendLink, slots: Mapping[str, str]
) -> str:
    """Return the words of a request; one that cannot be said is refused before anybody is asked."""
    known = wordings.get(request.wording_hash)
    if known is None:
        raise refused("no wordings with this hash are known here")
    text = known.texts.get(request.template, {}).get(request.language)
    if text is None:
        raise refused(f"the wordings have no {request.template} in {request.language}")
    try:
        return render(text, slots)
    except Unfillable as unfillable:
        raise refused(f"{request.template} in {request.language}: {unfillable}") from None


def _channel(request: SendNotice) -> Channel:
    return "internal" if request.staff is not None else request.channel
