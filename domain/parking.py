"""A parked case for whoever frees it: why it waits, since when, for whom, and which commands let it go on."""

from collections.abc import Sequence
from typing import Literal, assert_never

from domain.actor import Role
from domain.case import Case, evolve, offer_untold, parked, stage
from domain.message import Event
from domain.permission import TABLE
from domain.record import Id, Instant, Line, Record, Text
from domain.row import CaseRow
from domain.saga import past_pivot

Cause = Literal["remedy", "result", "answer", "offer", "target", "supervisor", "rounds"]


class Way(Record):
    """A command that lets the case go on, who may give it, and what it means.

    Attributes:
        fields: what is known of the command's fields already; the rest is for the person to say.
    """

    command: Line
    fields: dict[Line, Line]
    roles: tuple[Role, ...]
    ko: Line
    en: Line


class Parking(Record):
    """Why a case waits for a human.

    Attributes:
        cause: what it is parked at; None where an erased body keeps that from being told.
        why: the case's own words, as lists and search attributes have them; `ko` and `en` are for a person.
        whom: roles that can let it go on, and the owner where the owner can.
    """

    case_id: Id
    cause: Cause | None
    why: Text
    ko: Text
    en: Text
    since: Instant
    owner: Id | None
    whom: tuple[Line, ...]
    ways: tuple[Way, ...]


WAYS: dict[Line, tuple[Line, Line]] = {
    "retry_step": ("단계를 다시 시도합니다", "try the step again"),
    "mark_step_done": (
        "밖에서 또는 손으로 처리한 단계를 증빙 번호와 함께 완료로 적습니다",
        "say that it was done outside or by hand, with its reference",
    ),
    "undo_by_hand": (
        "손으로 되돌린 단계를 증빙 번호와 함께 적습니다",
        "say that it was undone by hand, with its reference",
    ),
    "give_account": (
        "원래 결제 수단으로 돌려줄 수 없을 때 지급인 명의 계좌를 적습니다",
        "enter an account in the payer's name, where the original means takes no money back",
    ),
    "check_account": (
        "입력한 사람이 아닌 두 번째 사람이 계좌를 확인합니다",
        "a second person checks that account",
    ),
    "skip_step": ("이유를 적고 이 단계 없이 진행합니다", "go on without the step, with a reason"),
    "cancel_remedy": ("보상을 취소하고 한 일을 되돌립니다", "give the remedy up and undo what was done"),
    "tell_result": ("고객에게 직접 알리고 방법을 적습니다", "tell the customer in person and say how"),
    "answer_case": ("다시 답변합니다", "answer again"),
    "propose_remedy": ("해결 방안을 다시 제안합니다", "propose the remedy again"),
    "resume_case": ("확인하고 메모와 함께 다시 진행합니다", "look at it, and let it go on with a note"),
    "record_meeting": (
        "고객을 직접 만나고, 그 연락의 번호로 기록합니다",
        "meet the customer in person, and record it with the number of that contact",
    ),
    "open_round": ("마지막 예외 회차를 한 번 엽니다", "open the one exceptional round"),
    "state_final_position": ("최종 입장을 통지합니다", "state the firm's final position"),
}
"""What each command means here, in Korean and in English."""

AT_STEP = ("retry_step", "undo_by_hand", "mark_step_done", "skip_step")
"""Commands that name the step at which the remedy is parked."""

LETS_GO_ON: dict[Cause, tuple[Line, ...]] = {
    "remedy": (
        "give_account",
        "check_account",
        "retry_step",
        "undo_by_hand",
        "mark_step_done",
        "skip_step",
        "cancel_remedy",
    ),
    "result": ("tell_result",),
    "answer": ("answer_case",),
    "offer": ("propose_remedy",),
    "target": ("resume_case",),
    "supervisor": ("record_meeting",),
    "rounds": ("open_round", "state_final_position"),
}


def parking(start: Case, events: Sequence[Event]) -> Parking | None:
    """Return why the case that these events make waits for a human; None where it does not.

    Args:
        start: the case as nothing has happened to it yet, under its pinned policy.
        events: everything that happened, in order.
    """
    case, why, since = start, None, None
    for event in events:
        case = evolve(case, event)
        now = parked(case)
        if now != why:
            why, since = now, event.at
    if why is None or since is None:
        return None
    return _parking(case, why, since)


def parking_of(row: CaseRow) -> Parking | None:
    """Return as much as its line in the list tells, where the events cannot be read any more."""
    if row.parked is None:
        return None
    return Parking(
        case_id=row.case_id,
        cause=None,
        why=row.parked,
        ko=row.parked,
        en=row.parked,
        since=row.last_at,
        owner=row.owner,
        whom=(f"owner:{row.owner}",) if row.owner else (),
        ways=(),
    )


def _parking(case: Case, why: str, since: Instant) -> Parking:
    cause = _cause(case)
    ways = tuple(_way(case, command) for command in LETS_GO_ON[cause] if _is_open(case, command))
    ko, en = _words(case, cause)
    return Parking(
        case_id=case.id,
        cause=cause,
        why=why,
        ko=ko,
        en=en,
        since=since,
        owner=case.assignment.owner,
        whom=_whom(case, ways),
        ways=ways,
    )


def _cause(case: Case) -> Cause:
    """Return what the case is parked at, in the order in which the case itself names it."""
    if case.saga.stage == "parked":
        return "remedy"
    if case.result.needs_person:
        return "result"
    if case.ending.answer_failed and case.triage.voc_type != "complaint":
        return "answer"
    if offer_untold(case):
        return "offer"
    if case.targets.parked is not None:
        return "target"
    return "supervisor" if case.supervisor.missed else "rounds"


def _is_open(case: Case, command: Line) -> bool:
    """Say whether a command has a meaning now."""
    saga = case.saga
    back = saga.parked_from == "back"
    holds = {
        "cancel_remedy": not (past_pivot(saga) or back),
        "undo_by_hand": back,
        "mark_step_done": not back,
        "give_account": saga.account_needed and saga.account is None,
        "check_account": saga.account is not None and saga.account.checked_by is None,
    }
    return stage(case) in TABLE[command].stages and holds.get(command, True)


def _way(case: Case, command: Line) -> Way:
    at_step = case.saga.parked_at if command in AT_STEP else None
    ko, en = WAYS[command]
    return Way(
        command=command,
        fields={"step": at_step} if at_step else {},
        roles=TABLE[command].roles,
        ko=ko,
        en=en,
    )


def _whom(case: Case, ways: tuple[Way, ...]) -> tuple[Line, ...]:
    """Return who can let it go on: the owner by id, everybody else by role."""
    roles = dict.fromkeys(role for way in ways for role in way.roles)
    owner = case.assignment.owner
    named = {Role.OWNER: f"owner:{owner}"} if owner else {}
    return tuple(named.get(role, role.value) for role in roles)


def _words(case: Case, cause: Cause) -> tuple[str, str]:
    match cause:
        case "remedy":
            at, reason = case.saga.parked_at, case.saga.parked_why
            back = case.saga.parked_from == "back"
            ko = f"보상 단계 {at}에서 {'되돌리기가 ' if back else ''}멈췄습니다: {reason}"
            return ko, f"the {'undo' if back else 'remedy'} stopped at its step {at}: {reason}"
        case "result":
            return (
                "결과 통지가 어느 경로로도 닿지 않았습니다: 고객에게 직접 알려야 합니다",
                "the result notice reached nobody: the customer has to be told in person",
            )
        case "answer":
            return "답변이 전달되지 않았습니다: 다시 답해야 합니다", "the answer did not go out: answer again"
        case "offer":
            return (
                "해결 방안이 고객에게 전달되지 않았습니다: 다시 제안해야 합니다",
                "the offer did not go out: propose it again",
            )
        case "target":
            name = case.targets.parked
            return (
                f"{name} 기한이 크게 지났습니다: 관리자가 보아야 합니다",
                f"{name} is far overdue: a supervisor has to look at it",
            )
        case "supervisor":
            return (
                "고객이 책임자 면담을 기다립니다: 만나기 전에는 종결되지 않습니다",
                "the customer waits for a supervisor: nothing ends before they have met",
            )
        case "rounds":
            return (
                "마지막 회차 뒤에도 고객이 만족하지 못했습니다: 관리자가 결정합니다",
                "the customer is still dissatisfied after the last round: a supervisor decides",
            )
        case _:
            assert_never(cause)
