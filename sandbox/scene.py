"""What played people see of a case, and what they mean to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.actor import Actor, Role
from domain.budget import AnyBudget, PlainTime, WorkingTime, due_of
from domain.calendar import Calendar
from domain.effect import OrderSnapshot
from domain.intake import Opening
from domain.policy import Language, Policy
from domain.view import CaseView
from sandbox.chance import between, draw, pick
from sandbox.manners import CustomerManners, StaffManners
from sandbox.staff_faults import StaffFault

SOON = WorkingTime(minutes=5)
"""The wait of somebody who is just about to do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intention:
    """A command that somebody means to give, some time after they had reason to.

    Attributes:
        key: names the reason and whoever has it; the wait counts from when it first came up.
        topic: what is settled once the command was given, whoever gave it.
        wait: working time for staff, plain time for customers.
        at: the instant for it, where that is not counted from the reason.
        slip: what the person does wrong here; None where nothing.
        plants: the planted fault that is carried out once this was done.
        unrecorded: said between two people, so that no command tells of it; the customer remembers `command`.
    """

    key: str
    topic: str
    command: str
    by: Actor
    fields: Mapping[str, Any] = field(default_factory=dict)
    wait: AnyBudget = SOON
    at: datetime | None = None
    slip: str | None = None
    plants: StaffFault | None = None
    unrecorded: bool = False

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        """Return when it will be done, given when the reason first came up."""
        if self.at is not None:
            return self.at
        return due_of(self.wait, calendar, since) or since


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A case as its people know it.

    Attributes:
        order: what the shop tells staff who look it up; None where there is no order.
        done: topics that were settled by a command.
        fault: what the script has somebody do wrong in this case.
    """

    seed: int
    opening: Opening
    order: OrderSnapshot | None
    policy: Policy
    view: CaseView
    done: frozenset[str] = frozenset()
    staff: StaffManners
    customer: CustomerManners
    fault: StaffFault | None = None

    @property
    def language(self) -> Language:
        """The language that the customer writes in."""
        if self.opening.language:
            return self.opening.language
        return "ko" if any("가" <= letter <= "힣" for letter in self.opening.text) else "en"

    def say(self, ko: str, en: str) -> str:
        """Return the words in the customer's language."""
        return ko if self.language == "ko" else en

    def likely(self, share: float, *about: object) -> bool:
        """Draw whether something is so; the same for the same case and things."""
        return draw(*self._luck(about)) < share

    def between(self, low: int, high: int, *about: object) -> int:
        """Draw a whole number."""
        return between(low, high, *self._luck(about))

    def working(self, low: int, high: int, *about: object) -> WorkingTime:
        """Draw minutes of working time."""
        return WorkingTime(minutes=self.between(low, high, "wait", *about))

    def hours(self, low: int, high: int, *about: object) -> PlainTime:
        """Draw a plain time, given in hours."""
        return PlainTime(minutes=self.between(low * 60, high * 60, "wait", *about))

    def settled(self, prefix: str) -> int:
        """Return how many topics that begin so are settled."""
        return sum(1 for topic in self.done if topic.startswith(prefix))

    def member(self, role: Role, department: str | None, *about: object) -> Actor:
        """Draw somebody in a role, of the department where it has one."""
        everybody = [person for person in self.policy.people if role in person.roles]
        own = [person for person in everybody if person.department == department]
        return Actor(role=role, id=pick(own or everybody, *self._luck(about)).id)

    def owner(self) -> Actor | None:
        """Return whoever owns the case, in the highest role that the directory gives them."""
        owner = self.view.row.owner
        if owner is None:
            return None
        for role in (Role.DEPARTMENT_HEAD, Role.SUPERVISOR):
            if self.policy.holds(owner, role):
                return Actor(role=role, id=owner)
        return Actor(role=Role.OWNER, id=owner)

    def _luck(self, about: tuple[object, ...]) -> tuple[object, ...]:
        who = self.opening.source_key or self.view.row.case_id
        return (self.seed, "people", self.opening.source, who, *about)
