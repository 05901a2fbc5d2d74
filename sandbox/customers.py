"""Played customers: they wait, ask, say yes or no, change their mind, and say when it was not put right."""

from collections.abc import Iterator

from domain.actor import Actor, Role
from domain.permission import BEFORE_RESULT
from sandbox.diagnosis import CLAIMED, diagnose
from sandbox.scene import Intention, Scene

SHORT_WAIT, LONGEST_WAIT = (10, 300), (660, 1500)
"""Seconds that a caller waits: as it should be, and as no house allows."""


def intentions(scene: Scene) -> Iterator[Intention]:
    """Yield what the customer means to do."""
    row = scene.view.row
    if row.stage in BEFORE_RESULT:
        yield from _while_waiting(scene)
    if row.voc_type == "complaint" and scene.view.proposal is not None:
        yield from _about_the_offer(scene, scene.view.proposal.hash, scene.view.proposal.state)
    if row.stage == "reopen_window":
        yield from _once(
            scene,
            scene.customer.reopen if scene.view.round == 1 else 0,
            "reopen",
            command="reopen_case",
            hours=(10, 60),
            reason=scene.say("같은 문제가 다시 생겼어요", "the same thing happened again"),
        )
    if row.stage == "appeal_open":
        yield from _once(
            scene,
            scene.customer.appeal,
            "appeal",
            command="appeal_case",
            hours=(24, 150),
            reason=scene.say("설명을 받아들일 수 없어요", "I do not accept this explanation"),
        )


def customer(scene: Scene) -> Actor:
    """Return the customer as the firm knows them."""
    known = scene.opening.contact.customer_id or scene.view.row.customer
    return Actor(role=Role.CUSTOMER, id=known or "customer")


def _once(
    scene: Scene, share: float, topic: str, *, command: str, hours: tuple[int, int], **fields: object
) -> Iterator[Intention]:
    """Do something at most once in the case's life, if the customer is one who does it."""
    if topic in scene.done or not scene.likely(share, topic):
        return
    yield Intention(
        key=topic,
        topic=topic,
        command=command,
        by=customer(scene),
        fields=fields,
        wait=scene.hours(*hours, topic),
    )


def _while_waiting(scene: Scene) -> Iterator[Intention]:
    manners, complaint = scene.customer, diagnose(scene).voc_type == "complaint"
    if not complaint:
        return
    again = scene.likely(scene.staff.ask_again, "told again")
    told_again = scene.say("전에 말씀드린 그대로예요.", "As I told you before.")
    asks = scene.say("어떻게 되어 가는지 궁금해서요.", "I wonder how it stands.")
    patience = LONGEST_WAIT if scene.likely(scene.staff.keep_waiting, "queue") else SHORT_WAIT
    yield from _once(
        scene,
        manners.chase,
        "chase",
        command="log_contact",
        hours=(20, 90),
        direction="inbound",
        channel="phone",
        wait_seconds=scene.between(*patience, "queue"),
        minutes=scene.between(2, 15, "talk"),
        repeat=again,
        summary=told_again if again else asks,
    )
    yield from _once(
        scene,
        manners.ask_supervisor,
        "ask-supervisor",
        command="request_supervisor",
        hours=(16, 100),
        words=scene.say("책임자와 이야기하고 싶어요", "I want to speak to a supervisor"),
    )
    yield from _once(
        scene,
        manners.withdraw,
        "withdraw",
        command="withdraw_case",
        hours=(12, 120),
        reason=scene.say("그냥 넘어갈게요", "I will leave it at that"),
    )
    if scene.view.row.department is not None and scene.view.proposal is None:
        yield from _once(
            scene,
            manners.claim,
            "claim",
            command="claim_harm",
            hours=(1, 6),
            line=CLAIMED.model_dump(mode="json", exclude_none=True),
        )


def _about_the_offer(scene: Scene, hash_: str, state: str) -> Iterator[Intention]:
    if state == "offered" and f"answer:{hash_}" not in scene.done:
        yield from _answer(scene, hash_)
    if state == "agreed" and scene.view.remedy == "forward" and "payout" not in _begun(scene):
        yield from _once(
            scene,
            scene.customer.cancel,
            "cancel",
            command="cancel_remedy",
            hours=(2, 20),
            reason=scene.say("마음이 바뀌었어요", "I have changed my mind"),
        )


def _begun(scene: Scene) -> tuple[str, ...]:
    return tuple(step.step for step in scene.view.steps if step.state != "waiting")


def _answer(scene: Scene, hash_: str) -> Iterator[Intention]:
    manners = scene.customer
    # Who was refused once is easier to please the second time.
    decline = manners.decline * 0.6 ** scene.settled("answer:")
    luck = scene.between(0, 9999, "answer", hash_) / 10000
    # Who was reminded once answers sooner the second time.
    first = scene.settled("propose:") <= 1
    if luck < manners.silent and first:
        return
    no = luck < manners.silent + decline
    hours = (180, 220) if first and scene.likely(manners.late, "late", hash_) else (1, 60)
    fields: dict[str, object] = {"proposal": hash_}
    if no:
        fields["reason"] = scene.say("이것으로는 부족해요", "this is not enough")
    yield Intention(
        key=f"answer:{hash_}",
        topic=f"answer:{hash_}",
        command="decline_remedy" if no else "accept_remedy",
        by=customer(scene),
        fields=fields,
        wait=scene.hours(*hours, "answer", hash_),
    )
