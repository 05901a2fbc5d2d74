"""People of departments who take improvement requests on, forget them, and carry them out: pure decisions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.actor import Role
from domain.budget import WorkingTime, due_of
from domain.improvement_view import ImprovementView
from domain.policy import Policy
from sandbox.chance import between, draw, pick
from sandbox.duty import FORGOTTEN
from sandbox.manners import StaffManners

DILIGENT = (60, 900)
"""Working minutes within which somebody takes a request on."""

AT_WORK = (900, 4000)
"""Working minutes that an improvement takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What somebody of the department will do, and when; `slip` is what they do wrong."""

    at: datetime
    command: str
    by: str
    fields: dict[str, Any]
    slip: str | None = None


def next_move(
    view: ImprovementView, policy: Policy, manners: StaffManners, *, seed: int, since: datetime
) -> Move | None:
    """Return what comes next; None where the request waits for nobody.

    Args:
        view: how the request stands.
        policy: who there is, and when they work.
        manners: how often they forget, and refuse.
        seed: of the play.
        since: when they had reason to act, on the request's own time.
    """
    row = view.row
    if row.state not in ("raised", "accepted"):
        return None
    luck = (seed, "improver", row.improvement_id, row.state, row.round, row.level)
    forgets = draw(*luck, "forget") < manners.forget
    low, high = FORGOTTEN if forgets else DILIGENT if row.state == "raised" else AT_WORK
    wait = WorkingTime(minutes=between(low, high, *luck, "wait"))
    at = due_of(wait, policy.calendar, since) or since + timedelta(days=1)
    slip = f"forgets an improvement request that is {row.state}" if forgets else None
    if row.state == "raised" and draw(*luck, "refuse") < manners.refuse_all:
        fields: dict[str, Any] = {"reason": "within what is usual for this product"}
        return Move(
            at=at, command="refuse_improvement", by=_lead(policy, row.owner), fields=fields, slip=slip
        )
    if row.state == "raised":
        by = _worker(policy, row.department, luck)
        return Move(at=at, command="accept_improvement", by=by, fields={}, slip=slip)
    done: dict[str, Any] = {"changed": f"{row.product}: what led to {row.cause} was changed"}
    if row.theme == "suggestion":
        korean = policy.language == "ko"
        done["letter"] = "제안해 주신 대로 바꾸었습니다." if korean else "What you suggested is done."
    return Move(at=at, command="finish_improvement", by=_holder(policy, row.owner), fields=done, slip=slip)


def _worker(policy: Policy, department: str, luck: tuple[object, ...]) -> str:
    people = [each.id for each in policy.people if Role.AGENT in each.roles and each.department == department]
    if people:
        return f"{Role.AGENT}:{pick(people, *luck, 'who')}"
    return _lead(policy, policy.department(department).levels[0])


def _lead(policy: Policy, person: str | None) -> str:
    role = Role.SUPERVISOR if policy.holds(person or "", Role.SUPERVISOR) else Role.DEPARTMENT_HEAD
    return f"{role}:{person}"


def _holder(policy: Policy, person: str | None) -> str:
    """Return whoever has the request, in the role that the directory gives them."""
    return f"{Role.AGENT}:{person}" if policy.holds(person or "", Role.AGENT) else _lead(policy, person)
