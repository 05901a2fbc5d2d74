"""The call centre's telephones (port telephony): calls ring, are answered, wait, move on and end. Played."""

from domain.news import CallReported
from sandbox.board import Noted
from sandbox.chance import mark
from sandbox.service import Call, Operation, Operations, World


def report_call(_world: World, call: Call[CallReported]) -> Noted:
    """Let something happen to a call."""
    return Noted(reference=f"tel-{mark(call.request.call)}")


OPERATIONS: Operations = {"report_call": Operation(takes=CallReported, answer=report_call)}
