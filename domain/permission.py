"""One table: who may ask for what, and at which stage of a case's life."""

from dataclasses import dataclass
from typing import Literal

from domain.actor import Role
from domain.message import Command
from domain.policy import Policy
from domain.record import Id
from domain.refusal import Refused

Stage = Literal[
    "raised",
    "with_department",
    "owned",
    "in_recovery",
    "result_registered",
    "following_up",
    "reopen_window",
    "appeal_open",
    "ended",
]

C, A, O, S, H = Role.CUSTOMER, Role.AGENT, Role.OWNER, Role.SUPERVISOR, Role.DEPARTMENT_HEAD  # noqa: E741 - table
Y, HC = Role.SYSTEM, Role.HAPPY_CALLER
STAFF = (A, O, S, H)

BEFORE_RESULT: tuple[Stage, ...] = ("raised", "with_department", "owned", "in_recovery")
ASSIGNED: tuple[Stage, ...] = ("with_department", "owned", "in_recovery")
OWNED: tuple[Stage, ...] = ("owned", "in_recovery")
AFTER_RESULT: tuple[Stage, ...] = ("result_registered", "following_up", "reopen_window", "appeal_open")
OPEN: tuple[Stage, ...] = (*BEFORE_RESULT, *AFTER_RESULT)


@dataclass(frozen=True, slots=True)
class Permit:
    """Roles that may give a command, and the stages in which it has a meaning.

    Attributes:
        elsewhere: the code with which it is refused in any other stage of an open case.
        until: what to wait for there, where that is more than another stage.
    """

    roles: tuple[Role, ...]
    stages: tuple[Stage, ...]
    elsewhere: str = "stage"
    until: str = ""


TABLE: dict[str, Permit] = {
    "add_to_case": Permit((C, Y, *STAFF), OPEN),
    "acknowledge": Permit(STAFF, OPEN),
    "triage": Permit((Y, *STAFF), BEFORE_RESULT),
    "claim_harm": Permit((C, Y, *STAFF), BEFORE_RESULT),
    "withdraw_harm": Permit((C, *STAFF), BEFORE_RESULT),
    "record_evidence": Permit(STAFF, OPEN),
    "confirm_evidence": Permit((S, H), OPEN),
    "refuse_department": Permit((A, S, H), ASSIGNED),
    "accept_case": Permit((A, S, H), (*ASSIGNED, *AFTER_RESULT)),
    "transfer_case": Permit((O, S, H), OPEN),
    "accept_transfer": Permit((A, S, H), OPEN),
    "escalate_case": Permit((A, O, S, H, Y), OPEN),
    "suggest_owner": Permit((Y, *STAFF), OPEN),
    "report_absence": Permit((S, H, Y), OPEN),
    "give_task": Permit((O, S, H), OWNED),
    "accept_task": Permit((A, S, H), OPEN),
    "finish_task": Permit((A, S, H), OPEN),
    "refuse_task": Permit((A, S, H), OPEN),
    "cancel_task": Permit((O, S, H), OPEN),
    "log_contact": Permit((C, Y, HC, *STAFF), OPEN),
    "opt_out": Permit((C, HC, *STAFF), OPEN),
    "pause_targets": Permit((O, S, H), BEFORE_RESULT),
    "resume_targets": Permit((O, S, H), OPEN),
    "make_promise": Permit(STAFF, OPEN),
    "keep_promise": Permit((C, *STAFF), OPEN),
    "move_promise": Permit(STAFF, OPEN),
    "request_supervisor": Permit((C, Y, *STAFF), OPEN),
    "record_meeting": Permit((S, H), OPEN),
    "withdraw_request": Permit((C,), OPEN),
    "open_brief": Permit((*STAFF, HC), OPEN),
    "request_exception": Permit((A, O, S, H), BEFORE_RESULT),
    "approve_exception": Permit((S, H), BEFORE_RESULT),
    "refuse_exception": Permit((S, H), BEFORE_RESULT),
    "propose_remedy": Permit((O, S, H), OWNED),
    "approve_remedy": Permit((S, H), OWNED),
    "reject_remedy": Permit((S, H), OWNED),
    "accept_remedy": Permit((C, *STAFF), OWNED),
    "decline_remedy": Permit((C, *STAFF), OWNED),
    "wish_remedy": Permit((C, *STAFF), BEFORE_RESULT),
    "answer_wish": Permit((O, S, H), OPEN),
    "cancel_remedy": Permit((C, S, H), OWNED),
    "retry_step": Permit((O, S, H), OPEN),
    "skip_step": Permit((S, H), OPEN),
    "mark_step_done": Permit(STAFF, OPEN),
    "undo_by_hand": Permit(STAFF, OPEN),
    "confirm_step": Permit((C, *STAFF), OPEN),
    "contest_step": Permit((C, *STAFF), OPEN),
    "give_account": Permit(STAFF, OPEN),
    "check_account": Permit(STAFF, OPEN),
    "hand_in": Permit((Y, *STAFF), OPEN),
    "register_result": Permit((O, S, H), (*OWNED, *AFTER_RESULT)),
    "tell_result": Permit(STAFF, AFTER_RESULT),
    "assign_caller": Permit((S, H), AFTER_RESULT),
    "report_call": Permit((HC,), AFTER_RESULT),
    "take_retention_step": Permit((O, S, H), OPEN),
    "attach_sales_offer": Permit(
        (Y, *STAFF),
        ("reopen_window",),
        elsewhere="open-recovery",
        until="nothing is sold to a customer whose case is not put right: wait for a good happy call",
    ),
    "encourage_contact": Permit(
        (Y, *STAFF),
        ("reopen_window",),
        elsewhere="open-recovery",
        until="nobody is sent to others while their case is not put right: wait for a good happy call",
    ),
    "withdraw_case": Permit((C,), OPEN),
    "note_withdrawal": Permit(STAFF, OPEN),
    "contradict_withdrawal": Permit((C, *STAFF), OPEN),
    "answer_case": Permit((O, S, H), BEFORE_RESULT),
    "reopen_case": Permit((C, Y), ("reopen_window",)),
    "appeal_case": Permit((C, Y), ("appeal_open",)),
    "open_round": Permit((S, H), ("following_up",)),
    "state_final_position": Permit((S, H), ("following_up",)),
    "amend_calendar": Permit((S, H), OPEN),
    "adopt_policy": Permit((H,), OPEN),
    "extend_clock": Permit((O, S, H), BEFORE_RESULT),
    "resume_case": Permit((S, H), OPEN),
    "join_case": Permit((Y, *STAFF), OPEN),
    "link_case": Permit((Y, *STAFF), OPEN),
    "split_case": Permit((O, S, H), OPEN),
    "take_in": Permit((Y,), OPEN),
    "report_removal": Permit((C, Y, *STAFF), OPEN),
    "explain_removal": Permit((O, S, H), OPEN),
    "redact": Permit((O, S, H), (*OPEN, "ended")),
}


def check(
    kind: str,
    command: Command,
    *,
    policy: Policy,
    stage: Stage,
    owner: str | None,
    customer: str | None,
) -> None:
    """Hold a command against the table and the role directory.

    Raises:
        Refused: naming the role, the stage or the person.
    """
    permit = TABLE[kind]
    role, person = command.by.role, command.by.id
    if role not in permit.roles:
        allowed = ", ".join(permit.roles)
        raise Refused(f"by: a {role} may not {kind}; these may: {allowed}", code="not-your-role")
    _check_person(role, person, policy=policy, owner=owner, customer=customer)
    if stage == "ended" and stage not in permit.stages:
        raise Refused("the case has ended; open a new one and name this", code="ended")
    if stage not in permit.stages:
        where = "; ".join(filter(None, (", ".join(permit.stages), permit.until)))
        raise Refused(
            f"{kind} has no meaning while the case is {stage}; only: {where}", code=permit.elsewhere
        )


def check_second_person(policy: Policy, approved_by: Id, *, owner: str | None, by: Id) -> None:
    """Hold who approved against who asks and who owns the case.

    Raises:
        Refused: where it is one of these, or nobody who may approve.
    """
    if approved_by in (owner, by):
        raise Refused(
            "approved_by: somebody else than the owner and whoever says so has to approve; name one",
            code="second-person",
        )
    if not policy.leads(approved_by):
        raise Refused(
            f"approved_by: the role directory does not give {approved_by} the role supervisor "
            "or department_head; name somebody to whom it does",
            code="not-in-directory",
        )


def _check_person(
    role: Role, person: str, *, policy: Policy, owner: str | None, customer: str | None
) -> None:
    if role is Role.OWNER and person != owner:
        raise Refused(
            f"by: {person} does not own the case; ask for a transfer, or act in a role of your own",
            code="not-owner",
        )
    if role is Role.CUSTOMER and customer is not None and person != customer:
        raise Refused(
            "by: this is another customer's case; give the number of your own case", code="not-your-case"
        )
    asserted = role in (Role.CUSTOMER, Role.SYSTEM, Role.OWNER)
    if not asserted and not policy.holds(person, role):
        raise Refused(
            f"by: the role directory does not give {person} the role {role}; act in a role that it gives",
            code="not-in-directory",
        )
