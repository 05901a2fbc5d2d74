"""Who asks: a role and the id of a person or system."""

from enum import StrEnum

from pydantic import field_validator

from domain.record import Id, Record


class Role(StrEnum):
    """The roles of design section 2b; `owner` is the agent or supervisor who owns the case."""

    CUSTOMER = "customer"
    AGENT = "agent"
    OWNER = "owner"
    SUPERVISOR = "supervisor"
    DEPARTMENT_HEAD = "department_head"
    HAPPY_CALLER = "happy_caller"
    AUDITOR = "auditor"
    SYSTEM = "system"


class Actor(Record):
    """Somebody in a role. The same id in two roles is one person."""

    role: Role
    id: Id

    def __str__(self) -> str:
        return f"{self.role}:{self.id}"

    @field_validator("id")
    @classmethod
    def _not_personal(cls, value: str) -> str:
        if "@" in value:
            raise ValueError("an id must not be an e-mail address; use the person's staff or customer id")
        return value


REDRESS = Actor(role=Role.SYSTEM, id="redress")
"""The engine itself."""
