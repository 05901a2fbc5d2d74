"""What played staff do beside their work where a fault is planted: one thing, once."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.actor import Actor, Role
from domain.budget import AnyBudget, PlainTime, WorkingTime
from domain.permission import AFTER_RESULT, BEFORE_RESULT
from domain.post import BOARD
from sandbox.diagnosis import diagnose, harm_lines
from sandbox.plans import plan_for
from sandbox.scene import Intention, Scene

TOPIC = "fault"

TWENTY_MINUTES = 1200
"""In seconds."""

FIFTH = 5


def open_owner(scene: Scene) -> Actor | None:
    """Return who owns the case once the customer was spoken to, and before there is a result."""
    return scene.owner() if "contact:1" in scene.done and scene.view.row.stage in BEFORE_RESULT else None


def once(
    scene: Scene, command: str, by: Actor, wait: AnyBudget, *, fault: bool = True, **fields: Any
) -> Iterator[Intention]:
    """Yield the one thing that is done; it carries the fault out unless it only leads to it."""
    yield Intention(
        key=TOPIC,
        topic=TOPIC,
        command=command,
        by=by,
        fields=fields,
        wait=wait,
        plants=scene.fault if fault else None,
    )


def calls(scene: Scene, by: Actor, wait: AnyBudget, **said: Any) -> Iterator[Intention]:
    """The customer calls; `by` enters it."""
    yield from once(scene, "log_contact", by, wait, direction="inbound", channel="phone", **said)


def customer(scene: Scene) -> Actor:
    """Return the customer as the firm knows them."""
    known = scene.opening.contact.customer_id or scene.view.row.customer
    return Actor(role=Role.CUSTOMER, id=known or "customer")


def told_again(scene: Scene) -> Iterator[Intention]:
    """The customer has to tell the story to somebody who has it."""
    if scene.view.row.owner is None or scene.view.row.stage not in BEFORE_RESULT:
        return
    words = scene.say("처음부터 다시 말씀드려야 하나요?", "Do I have to begin from the beginning again?")
    yield from calls(
        scene,
        customer(scene),
        PlainTime(minutes=30),
        minutes=9,
        repeat=True,
        summary=words,
    )


def in_the_queue(scene: Scene) -> Iterator[Intention]:
    """The customer calls, and waits."""
    if scene.view.row.stage not in BEFORE_RESULT:
        return
    asks = scene.say("어떻게 되어 가는지 궁금해서요.", "I wonder how it stands.")
    yield from calls(
        scene,
        customer(scene),
        PlainTime(minutes=90),
        minutes=4,
        wait_seconds=TWENTY_MINUTES,
        summary=asks,
    )


def heated(scene: Scene) -> Iterator[Intention]:
    """The customer is furious, and so is whoever speaks to them; or the line is cut."""
    owner = open_owner(scene)
    if owner is None:
        return
    how: dict[str, Any] = {"tone": "hostile"}
    if scene.fault == "hung_up":
        how = {"ended_by_staff": {"reason": "the caller was loud"}}
    yield from calls(
        scene,
        owner,
        WorkingTime(minutes=20),
        minutes=3,
        emotion="high",
        **how,
    )


def taken_down(scene: Scene) -> Iterator[Intention]:
    """Somebody of the firm has the post removed; the board tells us, and nobody ever says why."""
    owner = open_owner(scene)
    if owner is None:
        return
    yield from once(
        scene,
        "report_removal",
        Actor(role=Role.SYSTEM, id=BOARD),
        PlainTime(minutes=45),
        how="removed",
        by_whom="firm",
        who=owner.id,
    )


def asks_what_it_means(scene: Scene) -> Iterator[Intention]:
    """The result has left open what its clause means."""
    if scene.view.row.stage not in AFTER_RESULT:
        return
    yield from calls(
        scene,
        customer(scene),
        PlainTime(minutes=120),
        minutes=6,
        asks_rule=True,
        summary=scene.say("적용하신 조항이 무슨 뜻인가요?", "What does that clause mean?"),
    )


def between_two(scene: Scene) -> Iterator[Intention]:
    """Nothing of this is a command; the customer will remember it."""
    owner = scene.owner()
    if owner is None or "contact:1" not in scene.done:
        return
    yield Intention(key=TOPIC, topic=TOPIC, command=str(scene.fault), by=owner, unrecorded=True)


def tries(scene: Scene) -> Iterator[Intention]:
    """Yield what the engine is to refuse."""
    owner, policy = open_owner(scene), scene.policy
    if owner is None or scene.view.proposal is not None:
        return
    wait = WorkingTime(minutes=10)
    call: dict[str, Any] = {"direction": "outbound", "channel": "phone", "named_owner": True}
    match scene.fault:
        case "tries_jargon":
            words = next(iter(policy.plain_words), "")
            yield from once(scene, "log_contact", owner, wait, **call, next_step=words)
        case "tries_blame":
            words = policy.spoken.blames[0] if policy.spoken else ""
            yield from once(scene, "log_contact", owner, wait, **call, next_step=words)
        case "tries_warranty":
            refusal = {
                "remedy": "refusal",
                "ground": "warranty",
                "clause": policy.warranty.clause if policy.warranty else None,
                "reason": scene.say("보증기간이 지났습니다", "the warranty has expired"),
            }
            plan = first_plan(scene)
            plan["decisions"] = [{"harm_line": line, **refusal} for line in harm_lines(scene)]
            yield from once(scene, "propose_remedy", owner, wait, plan=plan, **regarding(scene))
        case "tries_fee":
            plan = {**first_plan(scene), "fee_payer": "customer", "fees": [fee(scene)]}
            yield from once(scene, "propose_remedy", owner, wait, plan=plan, **regarding(scene))
        case _:
            yield from once(
                scene,
                "register_result",
                owner,
                wait,
                outcome="upheld",
                cause=diagnose(scene).cause,
                summary=scene.say("이것으로 마치겠습니다.", "That is all."),
            )


def first_plan(scene: Scene) -> dict[str, object]:
    """Return the plan that would be proposed first."""
    return plan_for(scene, "first").model_dump(mode="json", exclude_none=True)


def regarding(scene: Scene) -> dict[str, Any]:
    """Return what a proposal says beside its plan, so that nothing else keeps it from being made."""
    why = scene.say("이 편이 더 나아 보여서", "this seems to serve the customer better")
    return {"acknowledges": scene.view.regards, "why_otherwise": why}


def plan_in(intention: Intention) -> dict[str, object]:
    """Return the plan that somebody means to propose."""
    plan = intention.fields["plan"]
    return dict(plan) if isinstance(plan, Mapping) else {}


def fee(scene: Scene) -> dict[str, object]:
    """Return a fee out of proportion."""
    order = scene.order
    price = sum(line.price.minor for line in order.lines) if order is not None else 0
    amount = {"minor": price // FIFTH, "currency": scene.policy.currency}
    return {"what": "return", "amount": amount, "reason": scene.say("검수 비용", "inspection")}
