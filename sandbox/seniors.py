"""Played supervisors, approvers and departments: they approve, meet customers, and free what is parked."""

import re
from collections.abc import Iterator

from domain.actor import Actor, Role
from domain.budget import WorkingTime
from domain.gesture import is_gesture
from domain.policy import Person
from domain.saga import HAND_STEPS
from domain.view import ProposalView
from sandbox.chance import mark
from sandbox.diagnosis import diagnose
from sandbox.duty import FORGOTTEN
from sandbox.harms import harms_of
from sandbox.plans import plan_for, promise, told_in
from sandbox.scene import Intention, Scene

ENTERED = re.compile(r"account (?P<account>\S+) was entered by (?P<by>\S+):")
PARKED_STEP = re.compile(r"remedy step (?P<step>\w+): (?P<why>.*)")

GESTURES, BY_HAND = (20, 120), (60, 360)
"""Working minutes in which somebody apologises, writes or explains, and in which other handwork is done."""


def intentions(scene: Scene) -> Iterator[Intention]:
    """Yield what supervisors and departments mean to do."""
    yield from _approval(scene)
    yield from _meeting(scene)
    yield from _hand_steps(scene)
    if scene.view.row.parked is not None and "record_meeting" not in scene.view.row.parked:
        yield from _parked(scene, scene.view.row.parked)


def _approval(scene: Scene) -> Iterator[Intention]:
    proposal = scene.view.proposal
    if proposal is None or proposal.state != "waiting_approval":
        return
    overreach = f"overreach:{proposal.hash}"
    if overreach not in scene.done and scene.likely(scene.staff.overreach, overreach):
        yield Intention(
            key=overreach,
            topic=overreach,
            command="approve_remedy",
            by=Actor(role=Role.SUPERVISOR, id=proposal.by),
            fields={"proposal": proposal.hash},
            slip="tries to approve the own proposal",
        )
    level = scene.view.row.level
    forgets = scene.likely(scene.staff.forget_approval, "approval", proposal.hash, level)
    rejects = scene.likely(scene.staff.reject, "reject", proposal.hash)
    fields: dict[str, object] = {"proposal": proposal.hash}
    if rejects:
        own = [clause.id for clause in scene.policy.clauses if clause.kind == "own"]
        fields |= {"reason": "more than the harm; propose less", "clause": own[-1]}
    yield Intention(
        key=f"approval:{proposal.hash}@{level}",
        topic=f"approval:{proposal.hash}",
        command="reject_remedy" if rejects else "approve_remedy",
        by=_approver(scene, proposal),
        fields=fields,
        wait=scene.working(*(FORGOTTEN if forgets else (20, 180)), proposal.hash),
        slip="forgets an approval" if forgets else None,
    )


def _approver(scene: Scene, proposal: ProposalView) -> Actor:
    """Return somebody whose authority suffices, but never the proposer."""
    role = Role(proposal.approver or Role.DEPARTMENT_HEAD)
    able = [person for person in scene.policy.people if role in person.roles and person.id != proposal.by]
    department = scene.view.row.department
    own = [person for person in able if person.department == department]
    chosen: Person = (own or able)[0]
    return Actor(role=role, id=chosen.id)


def _senior(scene: Scene) -> Actor:
    return scene.member(Role.SUPERVISOR, scene.view.row.department, "senior")


def _meeting(scene: Scene) -> Iterator[Intention]:
    if not scene.view.supervisor_requested:
        return
    # Another contact may come between talk and record; then the supervisor calls once more.
    recorded = scene.settled("meeting:")
    talk, meeting = f"talk before meeting {recorded}", f"meeting:{recorded}"
    if talk not in scene.done:
        forgets = scene.likely(scene.staff.forget, "meeting")
        yield Intention(
            key=talk,
            topic=talk,
            command="log_contact",
            by=_senior(scene),
            fields={"direction": "outbound", "channel": "phone", "minutes": 12, "named_owner": True},
            wait=scene.working(*(FORGOTTEN if forgets else (60, 400)), "meeting"),
            slip="forgets the customer who asked for a supervisor" if forgets else None,
        )
    else:
        yield Intention(
            key=meeting,
            topic=meeting,
            command="record_meeting",
            by=_senior(scene),
            fields={"contact": scene.view.contacts},
        )


def _hand_steps(scene: Scene) -> Iterator[Intention]:
    for step in scene.view.steps:
        if step.step not in HAND_STEPS or step.state != "begun" or scene.view.remedy != "forward":
            continue
        topic = f"by hand:{scene.view.round}:{step.step}"
        key = f"{topic}@{scene.view.row.level}"
        forgets, gesture = scene.likely(scene.staff.forget, "forget", key), is_gesture(step.step)
        yield Intention(
            key=key,
            topic=topic,
            command="mark_step_done",
            by=scene.member(Role.AGENT, scene.view.row.department, "by hand"),
            fields={"step": step.step, "reference": f"{step.step}-{scene.view.round}"},
            wait=scene.working(*(FORGOTTEN if forgets else GESTURES if gesture else BY_HAND), key),
            slip=f"forgets the {step.step}" if forgets else None,
        )


def _parked(scene: Scene, why: str) -> Iterator[Intention]:
    """Free a case that waits for a human."""
    found = PARKED_STEP.match(why)
    command, fields = _at_step(scene, **found.groupdict()) if found else _elsewhere(scene, why)
    topic = f"parked:{command}:{scene.view.row.version}"
    yield Intention(
        key=f"parked:{why}",
        topic=topic,
        command=command,
        by=_clerk(scene) if command == "give_account" else _senior(scene),
        fields=fields,
        wait=WorkingTime(minutes=scene.between(60, 500, topic)),
    )


def _clerk(scene: Scene) -> Actor:
    return scene.member(Role.AGENT, scene.view.row.department, "clerk")


def _at_step(scene: Scene, *, step: str, why: str) -> tuple[str, dict[str, object]]:
    if "give_account" in why:
        return "give_account", {"account": f"acc-{mark(scene.view.row.case_id)}"}
    entered = ENTERED.match(why)
    if entered:
        return "check_account", {"account": entered["account"]}
    if why.startswith(("cannot be undone", "nobody knows whether it was undone")):
        return "mark_step_done", {"step": step, "reference": "seen to in person"}
    if scene.likely(0.3, "gives up", step) and step == "inspect":
        return "cancel_remedy", {"reason": "the goods are not what was claimed"}
    return "skip_step", {"step": step, "reason": "the customer is believed"}


def _elsewhere(scene: Scene, why: str) -> tuple[str, dict[str, object]]:
    if "tell_result" in why:
        return "tell_result", {"how": "phone"}
    if "answer_case" in why:
        owner, again = scene.view.row.voc_type, scene.settled("parked:answer_case") + 1
        return "answer_case", {
            # What was lost is not sent again in the same words.
            "text": scene.say(
                f"{again}번째로 다시 보내 드립니다. 전화로 말씀드린 대로입니다.",
                f"We write for the {again}. time: this is what we told you by phone.",
            ),
            "outcome": "held" if owner == "suggestion" else "answered",
        }
    if "propose_remedy" in why:
        plan = plan_for(scene, "first").model_dump(mode="json", exclude_none=True)
        return "propose_remedy", {"plan": plan, **told_in(scene)}
    if "resume_case" in why:
        return "resume_case", {"note": "seen by a supervisor"}
    if scene.view.round <= scene.policy.max_rounds and scene.likely(0.5, "one more round"):
        return "open_round", {"reason": "one more try by somebody else"}
    return "state_final_position", {
        "outcome": "partly_upheld",
        "cause": diagnose(scene).cause,
        "clauses": [promise(scene)],
        "summary": scene.say(
            f"{harms_of(scene)}에 대한 저희의 최종 입장을 알려 드립니다.",
            f"This is our final position on {harms_of(scene)}.",
        ),
    }
