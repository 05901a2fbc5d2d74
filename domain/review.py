"""The review of a hostile contact: who looks at how a customer was spoken to, and for what (R22)."""

from dataclasses import dataclass
from typing import Literal

from domain.actor import Role
from domain.message import Event
from domain.policy import Language, Person, Policy
from domain.record import Id, Instant, Line, Note


class ReviewOpened(Event):
    """A leader who took no part is to look at how the customer was spoken to in a contact.

    Attributes:
        number: of the task that this is.
        contact: number of the contact.
        apart: who took part by then, and does not judge it; whoever takes the case over afterwards may.
    """

    kind: Literal["review_opened"] = "review_opened"
    number: int
    contact: int
    department: Line
    needed: Note
    apart: tuple[Id, ...]
    falls_due: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which contact is to be looked at.

    Attributes:
        department: whose case it is; None before it has one.
        spoke: who of ours spoke in the contact, where that is known.
        part: who took part in the case so far.
    """

    contact: int
    department: str | None
    spoke: str | None
    part: tuple[str, ...]


NEEDED: dict[Language, str] = {
    "ko": "접촉 {contact}에서 고객을 어떻게 응대했는지 살피고, 무엇을 달리할지 적어 주십시오",
    "en": "look at how the customer was spoken to in contact {contact}, and say what has to change",
}
"""What a review is to find out."""


def judging(policy: Policy, asked: Asked) -> tuple[str, tuple[str, ...]] | None:
    """Return whose leaders judge a contact, and which people do not.

    A leader of the department itself, supervisors before heads, else of another. Where every one took part,
    one who did not speak in the contact; None where there is no other.
    """
    speakers = (asked.spoke,) if asked.spoke else ()
    for apart in (tuple(dict.fromkeys((*asked.part, *speakers))), speakers):
        leader = _leader(policy, asked.department or policy.fallback_department, apart)
        if leader is not None and leader.department is not None:
            return leader.department, apart
    return None


def _leader(policy: Policy, department: str, apart: tuple[str, ...]) -> Person | None:
    free = [
        each
        for each in policy.people
        if each.department is not None and policy.leads(each.id) and each.id not in apart
    ]
    return min(
        free,
        key=lambda each: (each.department != department, Role.SUPERVISOR not in each.roles),
        default=None,
    )


def judges(policy: Policy, department: str, apart: tuple[str, ...]) -> tuple[str, ...]:
    """Return the leaders of a department who took no part."""
    return tuple(
        person.id
        for person in policy.people
        if person.department == department and policy.leads(person.id) and person.id not in apart
    )
