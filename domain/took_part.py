"""Who of the staff worked on a case, and who of them heard the customer first; a fold over events."""

from dataclasses import dataclass

from domain.actor import Role
from domain.assignment import DepartmentRefused
from domain.contact import ContactLogged
from domain.intake import Acknowledged, AddedToCase
from domain.message import Event
from domain.triage import HarmClaimed, Triaged

STAFF = (Role.AGENT, Role.OWNER, Role.SUPERVISOR, Role.DEPARTMENT_HEAD)

HEARD = (Acknowledged, AddedToCase, ContactLogged, Triaged, HarmClaimed, DepartmentRefused)
"""What whoever takes the customer's words does, before and beside the one who settles the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TookPart:
    """Ids of staff, in the order in which they first did something."""

    worked: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()


def evolve(took_part: TookPart, event: Event) -> TookPart:
    """Note who did this; a call does not make its caller a party."""
    if event.by.role not in STAFF:
        return took_part
    worked, heard = took_part.worked, took_part.heard
    if event.by.id not in worked:
        worked = (*worked, event.by.id)
    if isinstance(event, HEARD) and event.by.id not in heard:
        heard = (*heard, event.by.id)
    return TookPart(worked=worked, heard=heard)
