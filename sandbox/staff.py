"""Played staff who carry a case along: they triage, accept, call, promise and propose, or forget to."""

from collections.abc import Iterator
from datetime import timedelta

from domain.actor import Actor, Role
from domain.permission import OWNED
from sandbox.diagnosis import diagnose, triage
from sandbox.plans import plan_for, refuses_all, why_next
from sandbox.scene import Intention, Scene

OPEN_AGAIN = ("rejected", "declined", "expired", "compensated", "void")
"""States of a proposal after which another is due."""

FORGOTTEN = (1500, 4000)
"""Working minutes for which forgotten things lie: days, so that deadlines move them up first."""

MOST = 5
"""Proposals of a round after which played staff give up."""


def intentions(scene: Scene) -> Iterator[Intention]:
    """Yield what agents and owners mean to do."""
    row = scene.view.row
    if row.acknowledged is False and "acknowledgement:1" not in scene.view.waiting:
        agent = scene.member(Role.AGENT, row.department, "acknowledge")
        yield _asked(scene, "acknowledge", "acknowledge", by=agent, low=10, high=120, how="phone")
    if row.department is None:
        if row.stage in ("raised", "owned"):
            yield _triage(scene)
        return
    if row.owner is None:
        yield from _take(scene)
        return
    if row.stage in OWNED:
        yield from _own(scene)
    yield from _promises(scene)


def _asked(
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


def _triage(scene: Scene) -> Intention:
    agent = scene.member(Role.AGENT, scene.policy.fallback_department, "triage")
    return _asked(scene, "triage", "triage", by=agent, low=10, high=60, **triage(scene))


def _take(scene: Scene) -> Iterator[Intention]:
    department = scene.view.row.department
    agent = scene.member(Role.AGENT, department, "accept", department)
    refuses = scene.likely(scene.staff.refuse_department, "not ours")
    if refuses and "not ours" not in scene.done and department != scene.policy.fallback_department:
        reason = "not our responsibility"
        yield _asked(scene, "not ours", "refuse_department", by=agent, low=30, high=120, reason=reason)
        return
    yield _asked(scene, f"accept:{department}", "accept_case", by=agent, low=15, high=150)


def _own(scene: Scene) -> Iterator[Intention]:
    owner = scene.owner()
    if owner is None:
        return
    if scene.view.row.voc_type != "complaint":
        yield _asked(scene, "answer", "answer_case", by=owner, low=60, high=600, **_answer(scene))
        return
    contact = f"contact:{scene.view.round}"
    if contact not in scene.done:
        yield _asked(scene, contact, "log_contact", by=owner, low=30, high=300, **_first_contact(scene))
        return
    yield from _aside(scene, owner)
    proposal = scene.view.proposal
    if proposal is None or proposal.state in OPEN_AGAIN:
        yield from _propose(scene, owner)
    elif proposal.state == "done":
        yield _asked(
            scene,
            f"result:{scene.view.round}",
            "register_result",
            by=owner,
            low=20,
            high=200,
            **_result(scene),
        )


def _answer(scene: Scene) -> dict[str, object]:
    suggestion = scene.view.row.voc_type == "suggestion"
    outcomes = ("adopted", "held", "declined")
    return {
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
        "explanation": scene.likely(0.6, "explains"),
        "done_since": scene.say("접수 내용을 모두 읽었습니다", "I have read everything you wrote"),
        "next_step": scene.say("해결 방안을 준비합니다", "I prepare an offer"),
    }


def _aside(scene: Scene, owner: Actor) -> Iterator[Intention]:
    """Promise, hand over or give up, beside the main line."""
    manners, row = scene.staff, scene.view.row
    if "promise" not in scene.done and scene.likely(manners.promise, "promise"):
        what = scene.say("내일까지 다시 연락드리겠습니다", "I will call you back tomorrow")
        word = next(iter(scene.policy.vague_words), None) if scene.likely(0.3, "vague") else None
        fields = {"what": what} | ({"word": word} if word else {})
        yield _asked(scene, "promise", "make_promise", by=owner, low=1, high=5, **fields)
    if "transfer" not in scene.done and row.level == 0 and scene.likely(manners.transfer, "transfer"):
        to = scene.member(Role.AGENT, row.department, "colleague").id
        yield _asked(
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
        yield _asked(scene, "taken over", "accept_transfer", by=colleague, low=10, high=60)
    if "escalate" not in scene.done and row.level == 0 and scene.likely(manners.escalate, "escalate"):
        yield _asked(
            scene, "escalate", "escalate_case", by=owner, low=60, high=200, reason="beyond my experience"
        )


def _propose(scene: Scene, owner: Actor) -> Iterator[Intention]:
    proposal, prefix = scene.view.proposal, f"propose:{scene.view.round}:"
    made = scene.settled(prefix)
    state = proposal.state if proposal else None
    out_of_offers = made >= scene.policy.max_offers and state in ("declined", "expired")
    bounded = scene.view.round > scene.policy.max_rounds
    if out_of_offers or bounded or (state == "expired" and made > 1):
        topic = f"result:{scene.view.round}"
        yield _asked(scene, topic, "register_result", by=owner, low=60, high=300, **_final(scene))
    elif made < MOST:
        why = why_next(state, made)
        plan = plan_for(scene, why).model_dump(mode="json", exclude_none=True)
        fields: dict[str, object] = {"plan": plan}
        if scene.likely(0.6, "told in person", made):
            fields["contact"] = scene.view.contacts
        yield _asked(scene, f"{prefix}{made}", "propose_remedy", by=owner, low=40, high=400, **fields)


def _result(scene: Scene) -> dict[str, object]:
    refused = refuses_all(scene) and scene.settled(f"propose:{scene.view.round}:") == 1
    put_right = "upheld" if scene.likely(0.8, "outcome") else "partly_upheld"
    return {
        "outcome": "not_upheld" if refused else put_right,
        "cause": diagnose(scene).cause,
        "summary": scene.say("확인한 내용과 조치를 알려 드립니다.", "What we found and what we did."),
    }


def _final(scene: Scene) -> dict[str, object]:
    summary = scene.say("더 드릴 수 있는 방안이 없어 죄송합니다.", "We are sorry: this is all we can offer.")
    return {"outcome": "partly_upheld", "cause": diagnose(scene).cause, "summary": summary, "final": True}


def _promises(scene: Scene) -> Iterator[Intention]:
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
            command="keep_promise",
            by=_someone(scene),
            fields={"number": promise.number, "proof": "call record"},
            at=promise.due - timedelta(minutes=scene.between(2, 15, topic)),
        )


def _someone(scene: Scene) -> Actor:
    return scene.member(Role.AGENT, scene.view.row.department, "someone")
