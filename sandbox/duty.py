"""What a member of staff is asked to do: within some working minutes, unless it is forgotten."""

from domain.actor import Actor
from sandbox.scene import Intention, Scene

FORGOTTEN = (1500, 4000)
"""Working minutes for which forgotten things lie: days, so that deadlines move them up first."""


def asked(
    scene: Scene, topic: str, command: str, *, by: Actor, low: int, high: int, **fields: object
) -> Intention:
    """Do what one is asked to do within some working minutes, or forget it for days."""
    key = f"{topic}@{scene.view.row.level}"
    surely = command in scene.staff.always and scene.view.row.level == 0
    forgets = surely or scene.likely(scene.staff.forget, "forget", key)
    return Intention(
        key=key,
        topic=topic,
        command=command,
        by=by,
        fields=fields,
        wait=scene.working(*(FORGOTTEN if forgets else (low, high)), key),
        slip=f"forgets to {command}" if forgets else None,
    )
