"""What played staff do about an upset customer: nobody calls for a while, then whoever may calls back."""

from collections.abc import Iterator

from domain.actor import Actor, Role
from domain.budget import due_of
from domain.view import TaskView
from sandbox.duty import FORGOTTEN
from sandbox.scene import Intention, Scene

CALL_BACK = "call back:"


def intentions(scene: Scene) -> Iterator[Intention]:
    """Yield the call back, once the case is with somebody who may make it."""
    upset, owner = scene.view.upset, scene.owner()
    if upset is None or upset.not_before is None or owner is None or not upset.owner_may:
        return
    topic = f"{CALL_BACK}{upset.contact}"
    forgets = scene.likely(scene.staff.forget, topic)
    wait = scene.working(*(FORGOTTEN if forgets else (5, 120)), topic)
    yield Intention(
        key=topic,
        topic=topic,
        command="log_contact",
        by=owner,
        fields={
            "direction": "outbound",
            "channel": "phone",
            "minutes": scene.between(5, 15, topic),
            "named_owner": True,
            "apology": True,
            "empathy": True,
            "emotion": "calm",
            "done_since": scene.say("통화 기록을 확인했습니다", "I have read what happened in that call"),
            "next_step": scene.say("제가 끝까지 살피겠습니다", "I look after it myself from now on"),
        },
        at=due_of(wait, scene.policy.calendar, upset.not_before),
        slip="forgets to call an upset customer back" if forgets else None,
    )


def waits(scene: Scene, meant: Intention) -> bool:
    """Say whether a call of ours has to wait until the customer was called back."""
    ours = meant.command == "log_contact" and meant.fields.get("direction") == "outbound"
    return scene.view.upset is not None and ours and not meant.topic.startswith(CALL_BACK)


def reviewer(scene: Scene, task: TaskView) -> Actor | None:
    """Return who looks at how an upset customer was spoken to; None where the task is no review."""
    if not task.reviewers:
        return None
    person = task.reviewers[0]
    role = Role.SUPERVISOR if scene.policy.holds(person, Role.SUPERVISOR) else Role.DEPARTMENT_HEAD
    return Actor(role=role, id=person)
