"""Played staff who carry a case along: they triage, accept, call, promise and propose, or forget to."""

from collections.abc import Iterator

from domain.actor import Actor, Role
from domain.permission import OWNED
from sandbox import asides, chores
from sandbox.diagnosis import diagnose, triage
from sandbox.duty import asked
from sandbox.harms import harms_of
from sandbox.plans import plan_for, promise, refuses_all, told_in, why_next
from sandbox.scene import Intention, Scene

OPEN_AGAIN = ("rejected", "approval_expired", "declined", "expired", "compensated", "void")
"""States of a proposal after which another is due."""


def intentions(scene: Scene) -> Iterator[Intention]:
    """Yield what agents and owners mean to do."""
    row = scene.view.row
    if row.acknowledged is False and "acknowledgement:1" not in scene.view.waiting:
        agent = scene.member(Role.AGENT, row.department, "acknowledge")
        yield asked(scene, "acknowledge", "acknowledge", by=agent, low=10, high=120, how="phone")
    yield from chores.intentions(scene)
    if row.department is None or (scene.view.read_by_rules and "triage" not in scene.done):
        if row.stage in ("raised", "with_department", "owned", "in_recovery"):
            yield _triage(scene)
        return
    if row.owner is None:
        yield from _take(scene)
        return
    if scene.view.passed_from is not None:
        taker = scene.member(Role.AGENT, row.department, "passed", row.department)
        yield asked(scene, f"passed:{row.department}", "accept_case", by=taker, low=15, high=150)
    if any(due.name.startswith(("targets/accept", "targets/owner_accepts")) for due in row.dues):
        yield from _take_over(scene)
    yield from asides.retention(scene)
    if row.stage in OWNED:
        yield from _own(scene)
    yield from asides.promises(scene)
    yield from asides.updates(scene)


def _triage(scene: Scene) -> Intention:
    agent = scene.member(Role.AGENT, scene.policy.fallback_department, "triage")
    return asked(scene, "triage", "triage", by=agent, low=10, high=60, **triage(scene))


def _take(scene: Scene) -> Iterator[Intention]:
    department = scene.view.row.department
    agent = scene.member(Role.AGENT, department, "accept", department)
    refuses = scene.likely(scene.staff.refuse_department, "not ours")
    if refuses and "not ours" not in scene.done and department != scene.policy.fallback_department:
        reason = "not our responsibility"
        yield asked(scene, "not ours", "refuse_department", by=agent, low=30, high=120, reason=reason)
        return
    yield asked(scene, f"accept:{department}", "accept_case", by=agent, low=15, high=150)


def _take_over(scene: Scene) -> Iterator[Intention]:
    """Whoever was made owner from above has to say that they take it."""
    owner = scene.owner()
    low, high = (15, 100) if scene.view.upset is None else (5, 30)  # an upset customer waits for them
    if owner is not None:
        able = owner if owner.role is not Role.OWNER else Actor(role=Role.AGENT, id=owner.id)
        yield asked(
            scene,
            f"accept:{owner.id}:{scene.view.row.level}:{scene.view.round}",
            "accept_case",
            by=able,
            low=low,
            high=high,
        )


def _own(scene: Scene) -> Iterator[Intention]:
    owner = scene.owner()
    if owner is None:
        return
    if scene.view.row.voc_type != "complaint" and chores.waits(scene):
        return
    if scene.view.row.voc_type != "complaint":
        yield asked(scene, "answer", "answer_case", by=owner, low=60, high=600, **_answer(scene))
        return
    contact = f"contact:{scene.view.round}"
    if contact not in scene.done:
        yield asked(scene, contact, "log_contact", by=owner, low=30, high=300, **_first_contact(scene))
        return
    yield from asides.intentions(scene, owner)
    yield from chores.gives(scene, owner)
    proposal = scene.view.proposal
    if proposal is None or proposal.state in OPEN_AGAIN:
        yield from _propose(scene, owner)
    elif proposal.state == "done" and not (_for_a_supervisor(scene, owner) or chores.waits(scene)):
        yield asked(
            scene,
            f"result:{scene.view.round}",
            "register_result",
            by=owner,
            low=20,
            high=200,
            **_result(scene),
        )


def _for_a_supervisor(scene: Scene, owner: Actor) -> bool:
    """The customer waits for a supervisor, so nobody below one closes anything."""
    return scene.view.supervisor_requested and owner.role is Role.OWNER


def _answer(scene: Scene) -> dict[str, object]:
    suggestion = scene.view.row.voc_type == "suggestion"
    outcomes = ("adopted", "held", "declined")
    features = ("packaging", "design", "delivery", "service")
    return {
        **({"feature": features[scene.between(0, 3, "feature")]} if suggestion else {}),
        "text": scene.say("소중한 말씀 감사합니다. 확인하여 답변드립니다.", "Thank you; here is our answer."),
        "outcome": outcomes[scene.between(0, 2, "outcome")] if suggestion else "answered",
    }


def _first_contact(scene: Scene) -> dict[str, object]:
    return {
        "direction": "outbound",
        "channel": "phone",
        "minutes": scene.between(3, 20, "talk"),
        "apology": True,
        "named_owner": True,
        "asks_further": True,
        "explanation": scene.likely(0.6, "explains"),
        "done_since": scene.say("접수 내용을 모두 읽었습니다", "I have read everything you wrote"),
        "next_step": scene.say("해결 방안을 준비합니다", "I prepare an offer"),
    }


def _propose(scene: Scene, owner: Actor) -> Iterator[Intention]:
    proposal, prefix = scene.view.proposal, f"propose:{scene.view.round}:"
    made = scene.settled(prefix)
    state = proposal.state if proposal else None
    unanswered = made >= scene.policy.max_offers and state in ("declined", "expired")
    if unanswered or made > scene.policy.max_offers or scene.view.round > scene.policy.max_rounds:
        if _for_a_supervisor(scene, owner) or chores.waits(scene):
            return
        topic = f"final:{scene.view.round}"
        yield asked(scene, topic, "register_result", by=owner, low=60, high=300, **_final(scene))
        return
    plan = plan_for(scene, why_next(state, made))
    fields: dict[str, object] = {
        "plan": plan.model_dump(mode="json", exclude_none=True),
        "acknowledges": scene.view.regards,
    }
    if diagnose(scene).wants not in [decision.remedy for decision in plan.decisions]:
        fields["why_otherwise"] = scene.say(
            "이 편이 더 나아 보여서", "this seems to serve the customer better"
        )
    if scene.likely(0.6, "told in person", made):
        fields |= told_in(scene)
    yield asked(scene, f"{prefix}{made}", "propose_remedy", by=owner, low=40, high=400, **fields)


def _anew(scene: Scene) -> str:
    """Begin what is said in a further round: nobody is told the same twice in the same words."""
    times = scene.view.round
    if times == 1:
        return ""
    return scene.say(f"{times}번째로 다시 살펴보았습니다. ", f"We looked into it for the {times}. time. ")


def _result(scene: Scene) -> dict[str, object]:
    refused = refuses_all(scene) and scene.settled(f"propose:{scene.view.round}:") == 1
    put_right = "upheld" if scene.likely(0.8, "outcome") else "partly_upheld"
    return {
        "outcome": "not_upheld" if refused else put_right,
        "cause": diagnose(scene).cause,
        "clauses": [promise(scene)],
        "summary": _anew(scene)
        + scene.say(
            f"{harms_of(scene)}에 대하여 확인한 내용과 조치를 알려 드립니다.",
            f"What we found and what we did about {harms_of(scene)}.",
        ),
        "prevention": scene.say(
            "같은 일이 생기지 않도록 출고 전 검수를 두 번 합니다.",
            "Every order is now checked twice before it leaves.",
        ),
    }


def _final(scene: Scene) -> dict[str, object]:
    summary = _anew(scene) + scene.say(
        f"{harms_of(scene)}에 대하여 더 드릴 수 있는 방안이 없어 죄송합니다.",
        f"We are sorry: this is all we can offer for {harms_of(scene)}.",
    )
    return {
        "outcome": "partly_upheld",
        "cause": diagnose(scene).cause,
        "clauses": [promise(scene)],
        "summary": summary,
        "final": True,
    }
