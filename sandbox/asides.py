"""What played staff do beside the main line: they promise, hand a case over, or give it up."""

from collections.abc import Iterator
from datetime import timedelta

from domain.actor import Actor, Role
from sandbox.duty import asked
from sandbox.scene import Intention, Scene


def intentions(scene: Scene, owner: Actor) -> Iterator[Intention]:
    """Yield what an owner means to do beside carrying the case along."""
    yield from _pauses(scene, owner)
    manners, row = scene.staff, scene.view.row
    if "promise" not in scene.done and scene.likely(manners.promise, "promise"):
        what = scene.say("내일까지 다시 연락드리겠습니다", "I will call you back tomorrow")
        word = next(iter(scene.policy.vague_words), None) if scene.likely(0.3, "vague") else None
        fields = {"what": what, "fact": "contact"} | ({"word": word} if word else {})
        yield asked(scene, "promise", "make_promise", by=owner, low=1, high=5, **fields)
    if "transfer" not in scene.done and row.level == 0 and scene.likely(manners.transfer, "transfer"):
        to = scene.member(Role.AGENT, row.department, "colleague").id
        yield asked(
            scene,
            "transfer",
            "transfer_case",
            by=owner,
            low=20,
            high=90,
            to=to,
            summary="as told by phone",
        )
    if "transfer" in scene.done and "taken over" not in scene.done and row.level == 0:
        colleague = scene.member(Role.AGENT, row.department, "colleague")
        yield asked(scene, "taken over", "accept_transfer", by=colleague, low=10, high=60)
    if "escalate" not in scene.done and row.level == 0 and scene.likely(manners.escalate, "escalate"):
        yield asked(
            scene, "escalate", "escalate_case", by=owner, low=60, high=200, reason="beyond my experience"
        )


def _pauses(scene: Scene, owner: Actor) -> Iterator[Intention]:
    """Pause the service targets while the customer has to answer or goods are on their way, and no longer."""
    for reason in scene.policy.pause_reasons:
        waits = _waits(scene, customer=reason.ended_by_customer) and (
            reason.ended_by_customer or "goods" in reason.id
        )
        paused = reason.id in scene.view.paused
        if waits == paused or (paused and reason.ended_by_customer):
            continue
        # Whatever the customer says ends a wait for them, and so does its maximum; while they still owe an
        # answer it begins again.
        topic = f"pause {reason.id}:{waits}:{scene.view.row.version}"
        yield Intention(
            key=topic,
            topic=topic,
            command="pause_targets" if waits else "resume_targets",
            by=owner,
            fields={"reason": reason.id},
        )


def _waits(scene: Scene, *, customer: bool) -> bool:
    proposal = scene.view.proposal
    if customer:
        return proposal is not None and proposal.state == "offered"
    return any(step.step in CARRIED and step.state in UNDER_WAY for step in scene.view.steps)


CARRIED = ("collect", "inspect", "ship", "deliver")
"""Steps during which goods are on their way, or looked at once they have arrived."""

UNDER_WAY = ("begun", "asking", "again")


def retention(scene: Scene) -> Iterator[Intention]:
    """Yield the talk with a customer who may leave, and the note that it took place."""
    owner = scene.owner()
    due = next((due for due in scene.view.row.dues if due.name.startswith("retention/step")), None)
    if owner is None or due is None:
        return
    flag = due.name.partition(":")[2].partition(".")[0]
    talk, note = f"keep-talk:{flag}", f"keep:{flag}"
    if talk not in scene.done:
        yield asked(
            scene,
            talk,
            "log_contact",
            by=owner,
            low=30,
            high=400,
            direction="outbound",
            channel="phone",
            apology=True,
            named_owner=True,
            next_step=scene.say("다음 주문을 직접 살피겠습니다", "I look after your next order myself"),
        )
        return
    what = scene.say("직접 통화하여 사과드리고 의견을 들었습니다", "spoke to the customer and listened")
    yield asked(
        scene, note, "take_retention_step", by=owner, low=2, high=10, contact=scene.view.contacts, what=what
    )


def updates(scene: Scene) -> Iterator[Intention]:
    """Yield the next word to a customer who is waiting, before it falls due; or days later."""
    topic = f"update:{scene.view.contacts}"
    if f"contact:{scene.view.round}" not in scene.done:
        return
    for due in scene.view.row.dues:
        if not due.name.startswith("targets/next_update"):
            continue
        forgets = scene.likely(scene.staff.forget, topic)
        yield Intention(
            key=topic,
            topic=topic,
            command="log_contact",
            by=scene.owner() or _someone(scene),  # nobody owns it while it moves up; the customer waits on
            fields={
                "direction": "outbound",
                "channel": "phone",
                "named_owner": True,
                "done_since": scene.say("담당 부서와 확인하고 있습니다", "I have asked the department"),
                "next_step": scene.say("답이 오는 대로 알려 드립니다", "I tell you as soon as they answer"),
            },
            at=due.due + (timedelta(days=3) if forgets else -timedelta(minutes=scene.between(10, 60, topic))),
            slip="leaves the customer without word" if forgets else None,
        )


def promises(scene: Scene) -> Iterator[Intention]:
    """Yield how the open promises are kept, or what is done once they are broken."""
    for promise in scene.view.promises:
        topic = f"keep:{promise.number}"
        if promise.state != "open" or topic in scene.done:
            continue
        if scene.likely(scene.staff.break_promise, topic):
            sorry = scene.say("연락이 늦어 죄송합니다", "I am sorry that I call late")
            yield Intention(
                key=topic,
                topic=topic,
                command="log_contact",
                by=_someone(scene),
                fields={"direction": "outbound", "channel": "phone", "apology": True, "summary": sorry},
                at=promise.due + timedelta(days=1),
                slip="breaks a promise",
            )
            continue
        yield Intention(
            key=topic,
            topic=topic,
            command="log_contact",
            by=_someone(scene),
            fields={
                "direction": "outbound",
                "channel": "phone",
                "named_owner": True,
                "summary": scene.say("약속드린 대로 연락드렸습니다", "as I promised, I call you back"),
            },
            at=promise.due - timedelta(minutes=scene.between(2, 15, topic)),
        )


def _someone(scene: Scene) -> Actor:
    return scene.member(Role.AGENT, scene.view.row.department, "someone")
