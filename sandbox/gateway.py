"""The message gateway (port notices): delivers text that its sender has rendered."""

from typing import Literal

from domain.effect import NoticeSent
from domain.record import Line, Record, Text
from sandbox.chance import draw, mark
from sandbox.service import Call, Operation, Operations, World

BOUNCED_SHARE = 0.04


class Delivery(Record):
    """A text for an address."""

    kind: Literal["send_notice"] = "send_notice"
    template: Line
    language: Literal["ko", "en"]
    channel: Literal["sms", "email", "phone", "post", "internal"]
    address: Line
    text: Text


def send_notice(world: World, call: Call[Delivery]) -> NoticeSent:
    """Deliver a text; some bounce, which the sender is told."""
    surely = world.lucky or call.request.channel == "internal"
    delivered = surely or draw(world.seed, call.key, "bounce") >= BOUNCED_SHARE
    return NoticeSent(reference=f"nt-{mark(call.key)}", delivered=delivered, text=call.request.text)


OPERATIONS: Operations = {"send_notice": Operation(takes=Delivery, answer=send_notice)}
