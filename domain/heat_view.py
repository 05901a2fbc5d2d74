"""What whoever speaks to an upset customer has to know: from when, until when, and who may."""

from domain.allocation import may_speak
from domain.case import Case, around
from domain.case_reading import desk_of
from domain.clocks import running
from domain.record import Instant, Line, Record


class UpsetView(Record):
    """The customer is upset: when they may be called again, until when, and by whom.

    Attributes:
        contact: number of the contact that found them so.
        not_before: when the cooling-off ends.
        call_by: when the call back falls due; None where the policy has no such target.
        skill: whoever calls has it, or leads; `not_by` do not call.
        owner_may: whether its owner may.
    """

    contact: int
    not_before: Instant | None
    call_by: Instant | None
    skill: Line
    not_by: tuple[Line, ...]
    owner_may: bool


def upset_view(case: Case) -> UpsetView | None:
    """Return what the flag of an upset customer asks; None where none stands."""
    upset, owner = desk_of(case).upset, case.assignment.owner
    if upset is None:
        return None
    clock = next((each for each in running(around(case)) if each.name == "call_back"), None)
    return UpsetView(
        contact=upset.contact,
        not_before=case.heat.cools_at,
        call_by=clock.due if clock else None,
        skill=upset.skill,
        not_by=upset.apart,
        owner_may=owner is not None and may_speak(case.policy, upset, owner),
    )
