"""A case that is played, and how far it got."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.intake import Opening
from domain.policy import Policy
from domain.view import CaseView
from sandbox.manners import USUAL_CUSTOMER, USUAL_STAFF, CustomerManners, StaffManners
from sandbox.staff_faults import StaffFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One case to be played: who complains, under which policy, and how its people are."""

    opening: Opening
    policy: Policy
    staff: StaffManners = USUAL_STAFF
    customer: CustomerManners = USUAL_CUSTOMER


@dataclass(frozen=True, slots=True)
class Deed:
    """A planted fault as the script notes it when it is carried out, or the refusal that it met.

    Attributes:
        refused: the code with which the engine refused it; None where it was let through.
    """

    case: str
    fault: StaffFault
    at: datetime
    refused: str | None = None


@dataclass(slots=True, kw_only=True)
class Played:
    """How far a case was played.

    Attributes:
        number: its case number.
        stuck: why nothing more could be played; None where the case ended or its days were over.
        now: the case's own time when it was last looked at, and by our clock `seen`.
        slips: what people were going to do wrong, noted before anything came of it.
        refused: commands that were refused, with the code of the refusal.
        fault: what the script meant to have done wrong.
        deeds: when it was carried out, in the script's own terms.
    """

    number: str
    part: Part
    begun: datetime
    now: datetime
    seen: float
    view: CaseView | None = None
    commands: int = 0
    stuck: str | None = None
    slips: tuple[str, ...] = ()
    refused: list[tuple[str, str]] = field(default_factory=list)
    fault: StaffFault | None = None
    deeds: list[Deed] = field(default_factory=list)

    def tick(self) -> datetime:
        """Add what has passed by our clock: the case's own time runs on with it between two skips."""
        seen = time.monotonic()
        self.now += timedelta(seconds=seen - self.seen)
        self.seen = seen
        return self.now

    @property
    def end(self) -> str | None:
        """How the case ended; None where it did not."""
        return self.view.row.end if self.view else None
