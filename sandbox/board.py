"""A public board (port boards): customers post, and posts are hidden or removed. What happens is played."""

from domain.news import PostPublished, PostTakenDown
from domain.record import Line, Record
from domain.refusal import Refused
from sandbox.chance import mark
from sandbox.service import Call, Operation, Operations, World


class Noted(Record):
    """It stands in the books, and in the feed."""

    reference: Line


def publish_post(_world: World, call: Call[PostPublished]) -> Noted:
    """Show a post, or its changed words."""
    return Noted(reference=f"po-{mark(call.request.post)}")


def take_down_post(world: World, call: Call[PostTakenDown]) -> Noted:
    """Hide or remove a post; what is removed is gone."""
    before = [deed for deed in world.books.all_of("board") if _removed(deed.request, call.request.post)]
    if before:
        raise Refused("the post has been removed before", code="removed")
    return Noted(reference=f"po-{mark(call.request.post)}")


def _removed(request: str, post: str) -> bool:
    return f'"post":"{post}"' in request and '"how":"removed"' in request


OPERATIONS: Operations = {
    "publish_post": Operation(takes=PostPublished, answer=publish_post),
    "take_down_post": Operation(takes=PostTakenDown, answer=take_down_post),
}
