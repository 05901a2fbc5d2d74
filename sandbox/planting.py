"""Which fault a case draws, and what its people do otherwise because of it: at most one fault in a case.

Whoever stands in a case with a fault carries everything else along as they should, and the customer neither
withdraws nor changes their mind, so that the fault gets its chance.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.actor import Actor, Role
from domain.budget import AnyBudget, PlainTime, WorkingTime
from domain.intake import Opening
from domain.permission import AFTER_RESULT, BEFORE_RESULT
from sandbox.chance import draw
from sandbox.diagnosis import GOODS, diagnose
from sandbox.manners import CustomerManners, StaffManners
from sandbox.plans import LAST, plan_for
from sandbox.scene import Intention, Scene
from sandbox.staff_faults import StaffFault

TOO_OFTEN = 4
"""Tries that the channel rejects before it takes the claim."""

TWENTY_MINUTES = 1200
"""In seconds."""

TEN_DAYS, ELEVEN_DAYS, FIVE_DAYS, WITHOUT_WORD, NO_CALL = 6000, 5400, 2600, 1700, 1200
"""In minutes of working time."""

TOPIC = "fault"
FIFTH = 5


def luck_of(seed: int, opening: Opening) -> float:
    """Draw for a case, before it is opened."""
    return draw(seed, "fault", opening.source, opening.source_key or opening.text)


def at_the_door(opening: Opening, manners: StaffManners, luck: float) -> Opening:
    """Return what comes in: a channel that turns people away says how often it did."""
    if luck >= manners.plant.get("turned_away", 0):
        return opening
    return opening.model_copy(update={"rejected_tries": TOO_OFTEN})


def drawn(scene: Scene, luck: float) -> StaffFault | None:
    """Return the fault of a case; None where luck leaves it alone."""
    return chosen(scene.staff.plant, luck, _fitting(scene))


def chosen(
    shares: Mapping[StaffFault, float], luck: float, fitting: Collection[StaffFault]
) -> StaffFault | None:
    """Return the first fault, of those that fit, at which the shares add up to more than the luck."""
    reached = 0.0
    for fault, share in shares.items():
        if fault in fitting or fault == "turned_away":
            reached += share
            if luck < reached:
                return fault
    return None


def easy(customer: CustomerManners) -> CustomerManners:
    """Return a customer who stays, so that what is planted gets its chance."""
    return customer.model_copy(
        update=dict.fromkeys(("withdraw", "cancel", "silent", "claim", "late", "chase", "ask_supervisor"), 0)
    )


def _fitting(scene: Scene) -> tuple[StaffFault, ...]:
    found = diagnose(scene)
    if found.voc_type == "suggestion":
        return ("late_answer",)
    if found.voc_type != "complaint":
        return ()
    fitting: list[StaffFault] = [
        *("story_again", "kept_waiting", "let_lie", "no_word", "empty_words"),
        *("unexplained_rule", "request_ignored", "anger", "hung_up", "cold_courtesy", "solicited"),
        *("tries_jargon", "tries_blame", "tries_closing"),
    ]
    firm = found.cause in scene.policy.firm_pays_causes
    if found.cause in (*GOODS, "late_delivery"):
        fitting.append("handed_around")
    fitting += ["tries_fee"] if firm else ["own_fault_later"]
    if not firm and found.harms[:1] == ("price",):
        fitting.append("dear_fee")
    if found.cause not in GOODS:  # for a defect the engine asks for a gesture itself
        fitting.append("no_gesture")
    if len(found.harms) == 1:
        fitting.append("never_sorry")
    return tuple(fitting)


def spoiled(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """Yield what people mean to do in a case with a fault."""
    match scene.fault:
        case None | "turned_away":
            yield from wanted
        case "story_again":
            yield from (*wanted, *_told_again(scene))
        case "kept_waiting":
            yield from (*wanted, *_in_the_queue(scene))
        case "anger" | "hung_up":
            yield from (*wanted, *_heated(scene))
        case "unexplained_rule":
            yield from (*wanted, *_asks_what_it_means(scene))
        case "cold_courtesy" | "solicited":
            yield from (*wanted, *_between_two(scene))
        case "handed_around":
            yield from _handed_around(scene, wanted)
        case "let_lie":
            yield from _late(wanted, "propose:1:0", TEN_DAYS, scene)
        case "late_answer":
            yield from _late(wanted, "answer", ELEVEN_DAYS, scene)
        case "no_word":
            yield from _silent(scene, wanted)
        case "request_ignored":
            yield from _ignored(scene, wanted)
        case "no_gesture":
            yield from _no_gesture(scene, wanted)
        case "never_sorry":
            yield from _never_sorry(scene, wanted)
        case "dear_fee" | "own_fault_later":
            yield from _charged(scene, wanted)
        case "empty_words":
            words = scene.say("검토를 마쳤습니다.", "We have completed our review.")
            yield from _changed(wanted, "result:1", scene, summary=words)
        case _:
            yield from (*wanted, *_tries(scene))


def _owner(scene: Scene) -> Actor | None:
    return scene.owner() if "contact:1" in scene.done and scene.view.row.stage in BEFORE_RESULT else None


def _once(
    scene: Scene, command: str, by: Actor, wait: AnyBudget, *, fault: bool = True, **fields: object
) -> Iterator[Intention]:
    yield Intention(
        key=TOPIC,
        topic=TOPIC,
        command=command,
        by=by,
        fields=fields,
        wait=wait,
        plants=scene.fault if fault else None,
    )


def _customer(scene: Scene) -> Actor:
    known = scene.opening.contact.customer_id or scene.view.row.customer
    return Actor(role=Role.CUSTOMER, id=known or "customer")


# What somebody does besides. -------------------------------------------------------------------------------


def _told_again(scene: Scene) -> Iterator[Intention]:
    if scene.view.row.owner is None or scene.view.row.stage not in BEFORE_RESULT:
        return
    words = scene.say("처음부터 다시 말씀드려야 하나요?", "Do I have to begin from the beginning again?")
    yield from _once(
        scene,
        "log_contact",
        _customer(scene),
        PlainTime(minutes=30),
        direction="inbound",
        channel="phone",
        minutes=9,
        repeat=True,
        summary=words,
    )


def _in_the_queue(scene: Scene) -> Iterator[Intention]:
    if scene.view.row.stage not in BEFORE_RESULT:
        return
    asks = scene.say("어떻게 되어 가는지 궁금해서요.", "I wonder how it stands.")
    yield from _once(
        scene,
        "log_contact",
        _customer(scene),
        PlainTime(minutes=90),
        direction="inbound",
        channel="phone",
        minutes=4,
        wait_seconds=TWENTY_MINUTES,
        summary=asks,
    )


def _heated(scene: Scene) -> Iterator[Intention]:
    owner = _owner(scene)
    if owner is None:
        return
    how: dict[str, Any] = {"tone": "hostile"}
    if scene.fault == "hung_up":
        how = {"ended_by_staff": {"reason": "the caller was loud"}}
    yield from _once(
        scene,
        "log_contact",
        owner,
        WorkingTime(minutes=20),
        direction="inbound",
        channel="phone",
        minutes=3,
        emotion="high",
        **how,
    )


def _asks_what_it_means(scene: Scene) -> Iterator[Intention]:
    if scene.view.row.stage not in AFTER_RESULT:
        return
    yield from _once(
        scene,
        "log_contact",
        _customer(scene),
        PlainTime(minutes=120),
        direction="inbound",
        channel="phone",
        minutes=6,
        asks_rule=True,
        summary=scene.say("적용하신 조항이 무슨 뜻인가요?", "What does that clause mean?"),
    )


def _between_two(scene: Scene) -> Iterator[Intention]:
    """Nothing of this is a command; the customer will remember it."""
    owner = scene.owner()
    if owner is None or "contact:1" not in scene.done:
        return
    yield Intention(key=TOPIC, topic=TOPIC, command=str(scene.fault), by=owner, unrecorded=True)


def _tries(scene: Scene) -> Iterator[Intention]:
    """Yield what the engine is to refuse."""
    owner, policy = _owner(scene), scene.policy
    if owner is None or scene.view.proposal is not None:
        return
    wait = WorkingTime(minutes=10)
    call: dict[str, Any] = {"direction": "outbound", "channel": "phone", "named_owner": True}
    match scene.fault:
        case "tries_jargon":
            words = next(iter(policy.plain_words), "")
            yield from _once(scene, "log_contact", owner, wait, **call, next_step=words)
        case "tries_blame":
            words = policy.spoken.blames[0] if policy.spoken else ""
            yield from _once(scene, "log_contact", owner, wait, **call, next_step=words)
        case "tries_fee":
            plan = {**_plan(scene), "fee_payer": "customer", "fees": [_fee(scene)]}
            yield from _once(scene, "propose_remedy", owner, wait, plan=plan)
        case _:
            yield from _once(
                scene,
                "register_result",
                owner,
                wait,
                outcome="upheld",
                cause=diagnose(scene).cause,
                summary=scene.say("이것으로 마치겠습니다.", "That is all."),
            )


# What somebody does late, or otherwise, or not at all. ------------------------------------------------------


def _late(wanted: Sequence[Intention], topic: str, minutes: int, scene: Scene) -> Iterator[Intention]:
    """Nobody does it sooner, whoever has the case by then."""
    for each in wanted:
        if each.topic == topic:
            yield replace(each, key=topic, wait=WorkingTime(minutes=minutes), at=None, plants=scene.fault)
        else:
            yield each


def _changed(wanted: Sequence[Intention], topic: str, scene: Scene, **fields: object) -> Iterator[Intention]:
    for each in wanted:
        if each.topic == topic:
            yield replace(each, fields={**each.fields, **fields}, plants=scene.fault)
        else:
            yield each


def _silent(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    owner = _owner(scene)
    if TOPIC in scene.done or owner is None:
        yield from wanted
        return
    yield from (each for each in wanted if not each.topic.startswith(("update:", "propose:")))
    yield from _once(
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


def _ignored(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    if _owner(scene) is not None and TOPIC not in scene.done:
        words = scene.say("책임자와 이야기하고 싶어요", "I want to speak to a supervisor")
        yield from _once(
            scene,
            "request_supervisor",
            _customer(scene),
            PlainTime(minutes=15),
            fault=False,
            words=words,
        )
    yield from _late(wanted, "talk before meeting 0", NO_CALL, scene)


def _handed_around(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
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


def _no_gesture(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """Somebody promises to call, nobody calls, and the offer passes over it."""
    owner = _owner(scene)
    states = {each.state for each in scene.view.promises}
    waits = states <= {"open"}
    for each in wanted:
        if waits and each.topic.startswith(("keep:", "update:", "propose:")):
            continue
        if each.topic == "propose:1:0" and "broken" in states:
            plan = {**_plan(scene), "gestures": []}
            yield replace(each, fields={**each.fields, "plan": plan}, plants=scene.fault)
        elif not each.topic.startswith("keep:"):
            yield each
    if owner is not None and TOPIC not in scene.done:
        what = scene.say("내일까지 다시 연락드리겠습니다", "I will call you back tomorrow")
        soon = WorkingTime(minutes=5)
        yield from _once(scene, "make_promise", owner, soon, fault=False, what=what, fact="contact")


def _never_sorry(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    """Offers are told by phone, in words that nobody keeps; what the engine writes by itself says sorry."""
    for each in wanted:
        if each.topic == "contact:1":
            yield replace(
                each, fields={**each.fields, "apology": False, "explanation": False, "empathy": True}
            )
        elif each.topic.startswith("propose:1:"):
            yield replace(each, fields={**each.fields, "contact": scene.view.contacts})
        elif each.topic == "result:1" and _kept_quiet(scene):
            yield replace(each, plants=scene.fault)
        else:
            yield each


def _kept_quiet(scene: Scene) -> bool:
    """Say whether neither an approved offer, which goes out in writing, nor a last plan said sorry."""
    return not scene.settled("approval:") and scene.settled("propose:1:") <= LAST


def _charged(scene: Scene, wanted: Sequence[Intention]) -> Iterator[Intention]:
    dear = scene.fault == "dear_fee"
    for each in wanted:
        if each.topic.startswith("propose:1:"):
            fees = [_fee(scene)] if dear and each.topic.endswith(":0") else []
            plan = {**_plan_in(each), "fee_payer": "customer", "fees": fees}
            yield replace(each, fields={**each.fields, "plan": plan})
        elif dear and each.command == "approve_remedy" and scene.settled("propose:1:") == 1:
            yield replace(each, plants=scene.fault)
        elif not dear and each.topic == "result:1":
            cause = scene.policy.firm_pays_causes[0]
            yield replace(each, fields={**each.fields, "cause": cause}, plants=scene.fault)
        else:
            yield each


def _plan(scene: Scene) -> dict[str, object]:
    return plan_for(scene, "first").model_dump(mode="json", exclude_none=True)


def _plan_in(intention: Intention) -> dict[str, object]:
    plan = intention.fields["plan"]
    return dict(plan) if isinstance(plan, Mapping) else {}


def _fee(scene: Scene) -> dict[str, object]:
    order = scene.order
    price = sum(line.price.minor for line in order.lines) if order is not None else 0
    amount = {"minor": price // FIFTH, "currency": scene.policy.currency}
    return {"what": "return", "amount": amount, "reason": scene.say("검수 비용", "inspection")}
