"""Tasks of departments, as staff play them: an owner asks, somebody takes it on, forgets it, or says no."""

from collections.abc import Iterator

from domain.actor import Actor, Role
from sandbox.calming import reviewer
from sandbox.duty import asked
from sandbox.scene import Intention, Scene


def waits(scene: Scene) -> bool:
    """Say whether a department still owes the case an answer; a review of ourselves holds nothing up."""
    return any(task.state in ("given", "accepted") and task.reviews is None for task in scene.view.tasks)


def gives(scene: Scene, owner: Actor) -> Iterator[Intention]:
    """Yield the question that an owner puts to another department."""
    if "task" in scene.done or not scene.likely(scene.staff.task, "task"):
        return
    others = [each.id for each in scene.policy.departments if each.id != scene.view.row.department]
    department = others[scene.between(0, len(others) - 1, "task", "where")]
    needed = scene.say("원인을 확인해 주십시오", "please find out why this happened")
    yield asked(scene, "task", "give_task", by=owner, low=15, high=90, department=department, needed=needed)


def intentions(scene: Scene) -> Iterator[Intention]:
    """Yield what the departments mean to do about their tasks."""
    for task in scene.view.tasks:
        member = reviewer(scene, task) or scene.member(Role.AGENT, task.department, "task", task.number)
        refuses = task.reviews is None and scene.likely(scene.staff.refuse_task, "refuse task", task.number)
        if task.state == "given" and refuses:
            topic, reason = f"task refused:{task.number}", "nothing of ours is part of it"
            yield asked(
                scene,
                topic,
                "refuse_task",
                by=member,
                low=30,
                high=200,
                number=task.number,
                reason=reason,
            )
        elif task.state == "given":
            topic = f"task taken:{task.number}"
            yield asked(scene, topic, "accept_task", by=member, low=20, high=150, number=task.number)
        elif task.state == "accepted":
            topic, found = f"task done:{task.number}", scene.say("확인했습니다", "we looked into it")
            yield asked(
                scene,
                topic,
                "finish_task",
                by=member,
                low=60,
                high=500,
                number=task.number,
                result=found,
            )
