"""What played staff do late, otherwise or not at all where a fault is planted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from domain.actor import Actor, Role
from domain.budget import PlainTime, WorkingTime
from sandbox.diagnosis import CLAIMED, diagnose, triage
from sandbox.misdeeds import TOPIC, customer, fee, first_plan, once, open_owner, plan_in
from sandbox.plans import LAST, told_in
from sandbox.scene import Intention, Scene

TEN_DAYS, ELEVEN_DAYS, WITHOUT_WORD, NO_CALL = 6000, 5400, 1700, 1200
"""In minutes of working time."""


def late(wanted: Sequence[Intention], topic: str, minutes: int, scene: Scene) -> Iterator[Intention]:
    """Nobody does it sooner, whoever has the case by then."""
    for each in wanted:
        if each.topic == topic:
            yield replace(each, key=topic, wait=WorkingTime(minutes=minutes), at=None, plants=scene.fault)
        else:
            yield each


def changed(wanted: Sequence[Intention], topic: str, scene: Scene, **fields: object) -> Iterator[Intention]:
    """The same is done in other words."""
    for each in wanted:
        if each.topic == topic:
            yield replace(each, fields={**each.fields, **fields}, plants=scene.fault)
        else:
            yield each


def silent(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """After the first talk nobody says a word, and nothing is proposed."""
    owner = open_owner(scene)
    if TOPIC in scene.done or owner is None:
        yield from wanted
        return
    yield from (each for each in wanted if not each.topic.startswith(("update:", "propose:")))
    yield from once(
        scene,
        "log_contact",
        owner,
        WorkingTime(minutes=WITHOUT_WORD),
        direction="outbound",
        channel="phone",
        named_owner=True,
        apology=True,
        done_since=scene.say("담당 부서와 확인했습니다", "I have asked the department"),
        next_step=scene.say("곧 방안을 말씀드립니다", "I make you an offer next"),
    )


def forgotten(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """The customer names a further harm; whoever classes the case anew tries to leave it out."""
    owner, claimed = open_owner(scene), "fault:claimed"
    if owner is None or TOPIC in scene.done:
        yield from wanted
        return
    yield from (each for each in wanted if not each.topic.startswith("propose:"))
    if claimed not in scene.done:
        line = CLAIMED.model_dump(mode="json", exclude_none=True)
        yield Intention(
            key=claimed,
            topic=claimed,
            command="claim_harm",
            by=customer(scene),
            fields={"line": line},
            wait=PlainTime(minutes=20),
        )
        return
    anew: dict[str, Any] = triage(scene)
    anew["harm_lines"] = [{"id": harm, "harm": harm} for harm in diagnose(scene).harms]
    yield from once(scene, "triage", owner, WorkingTime(minutes=10), **anew)


def ignored(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """The customer asks for a supervisor, and none calls."""
    if open_owner(scene) is not None and TOPIC not in scene.done:
        words = scene.say("책임자와 이야기하고 싶어요", "I want to speak to a supervisor")
        yield from once(
            scene,
            "request_supervisor",
            customer(scene),
            PlainTime(minutes=15),
            fault=False,
            words=words,
        )
    yield from late(wanted, "talk before meeting 0", NO_CALL, scene)


def handed_around(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """One department refuses, then two owners hand it on; nobody speaks to the customer meanwhile."""
    row = scene.view.row
    if row.department is not None and row.owner is None and "fault:refused" not in scene.done:
        if row.department == scene.policy.fallback_department:
            yield from wanted
            return
        agent = scene.member(Role.AGENT, row.department, "refuses")
        topic = "fault:refused"
        yield Intention(
            key=topic,
            topic=topic,
            command="refuse_department",
            by=agent,
            fields={"reason": "not our responsibility"},
            wait=WorkingTime(minutes=10),
        )
        return
    if "fault:refused" not in scene.done or "fault:taken 2" in scene.done or row.owner is None:
        yield from wanted
        return
    yield from (each for each in wanted if not each.topic.startswith(("contact:", "propose:")))
    yield from _handed_on(scene)


def _handed_on(scene: Scene) -> Iterator[Intention]:
    owner, number = scene.owner(), scene.settled("fault:taken") + 1
    if owner is None:
        return
    agents = [each for each in scene.policy.people if Role.AGENT in each.roles and each.id != owner.id]
    own = [each for each in agents if each.department == scene.view.row.department] or agents
    colleague = own[scene.between(0, len(own) - 1, "hands on", number)].id
    offer, taken = f"fault:offered {number}", f"fault:taken {number}"
    if offer not in scene.done:
        yield Intention(
            key=offer,
            topic=offer,
            command="transfer_case",
            by=owner,
            fields={"to": colleague, "summary": "as told by phone"},
            plants=scene.fault if number > 1 else None,
        )
    elif taken not in scene.done:
        yield Intention(
            key=taken, topic=taken, command="accept_transfer", by=Actor(role=Role.AGENT, id=colleague)
        )


def no_gesture(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """Somebody promises to call, nobody calls, and the offer passes over it."""
    owner = open_owner(scene)
    states = {each.state for each in scene.view.promises}
    waits = states <= {"open"}
    for each in wanted:
        if waits and each.topic.startswith(("keep:", "update:", "propose:")):
            continue
        if each.topic == "propose:1:0" and "broken" in states:
            plan = {**first_plan(scene), "gestures": []}
            yield replace(each, fields={**each.fields, "plan": plan}, plants=scene.fault)
        elif not each.topic.startswith("keep:"):
            yield each
    if owner is not None and TOPIC not in scene.done:
        what = scene.say("내일까지 다시 연락드리겠습니다", "I will call you back tomorrow")
        soon = WorkingTime(minutes=5)
        yield from once(scene, "make_promise", owner, soon, fault=False, what=what, fact="contact")


def never_sorry(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """Offers are told by phone, so that none goes out in writing with the engine's own apology."""
    for each in wanted:
        if each.topic == "contact:1":
            yield replace(
                each, fields={**each.fields, "apology": False, "explanation": False, "empathy": True}
            )
        elif each.topic.startswith("propose:1:"):
            yield replace(each, fields={**each.fields, **told_in(scene)})
        elif each.topic == "result:1" and _kept_quiet(scene):
            yield replace(each, plants=scene.fault)
        else:
            yield each


def _kept_quiet(scene: Scene) -> bool:
    """Say whether it has not come to the last plan, which is an apology."""
    return scene.settled("propose:1:") <= LAST


def charged(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """The customer is made to pay."""
    dear = scene.fault == "dear_fee"
    for each in wanted:
        if each.topic.startswith("propose:1:"):
            fees = [fee(scene)] if dear and each.topic.endswith(":0") else []
            plan = {**plan_in(each), "fee_payer": "customer", "fees": fees}
            yield replace(each, fields={**each.fields, "plan": plan})
        elif dear and each.command == "approve_remedy" and scene.settled("propose:1:") == 1:
            yield replace(each, plants=scene.fault)
        elif not dear and each.topic.startswith("result:"):  # nor does a later round say otherwise
            cause = scene.policy.firm_pays_causes[0]
            plants = scene.fault if each.topic == "result:1" else None
            yield replace(each, fields={**each.fields, "cause": cause}, plants=plants)
        else:
            yield each
