"""Each dimension of SERVQUAL beside what the events themselves measure of it (R123 to R128).

What a customer felt and what took place are two things: a gap is what they say of us, a measure what we did.
A fold over events, so that the same history always gives the same figures, and nothing is stored.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from domain.allocation import SkillMismatched
from domain.assignment import CaseAccepted, CaseEscalated, DepartmentAssigned, OwnerAppointed
from domain.contact import ContactLogged
from domain.fairness import findings
from domain.fairness_history import Entry, History, history
from domain.fairness_limits import RuleId
from domain.fairness_measures import process_measures
from domain.policy import Policy
from domain.record import Record
from domain.servqual import gaps
from domain.written_form import FormAnswered


class Kept(Record):
    """Promises whose time has come: kept, broken, and of all made how many were moved."""

    kept: int
    broken: int
    moved: int

    @property
    def per_cent(self) -> int | None:
        """How many were kept of those that were kept or broken; None where none was due yet."""
        settled = self.kept + self.broken
        return self.kept * 100 // settled if settled else None


class Reliability(Record):
    """What was promised, and done."""

    gap: float | None
    promises: Kept


class Responsiveness(Record):
    """How soon the customer had a real answer, and how far the updates lay apart, at the most."""

    gap: float | None
    first_answer: timedelta | None
    longest_silence: timedelta | None


class Assurance(Record):
    """Plain words without blame (rule I2), and owners of the right department with the right skill.

    Attributes:
        matched: of those who came to own the case, how many are of its department by the role directory.
        skilled: how many of them lacked no skill that the case asked for.
    """

    gap: float | None
    blame_or_jargon: int
    owners: int
    matched: int
    skilled: int


class Empathy(Record):
    """Warmth (I1), composure (I3) and regard for the customer's own record (I5): how often each failed."""

    gap: float | None
    cold: int
    hostile: int
    record_ignored: int


class ServiceQuality(Record):
    """The five dimensions; `tangibles` has no measure in events, only what the customer says."""

    answered: bool
    tangibles: float | None
    reliability: Reliability
    responsiveness: Responsiveness
    assurance: Assurance
    empathy: Empathy


def service_quality(entries: Sequence[Entry], policy: Policy, at: datetime) -> ServiceQuality:
    """Return the dimensions of one case by its events up to an instant; of several forms the last counts."""
    return quality_of(history(entries, policy, at))


def quality_of(told: History) -> ServiceQuality:
    """Return the dimensions of a case as it is judged."""
    forms = told.of(FormAnswered)
    gap = gaps(forms[-1].event.answers if forms else {})
    process = process_measures(told)
    found = [each.rule for each in findings(told)]

    def count(rule: RuleId) -> int:
        return found.count(rule)

    answer = process.to_first_answer
    unskilled = {each.event.owner for each in told.of(SkillMismatched)}
    owners = _owners(tuple(each.event for each in told.seen))
    return ServiceQuality(
        answered=bool(forms),
        tangibles=gap["tangibles"],
        reliability=Reliability(
            gap=gap["reliability"],
            promises=Kept(
                kept=process.promises_kept, broken=process.promises_broken, moved=process.promises_moved
            ),
        ),
        responsiveness=Responsiveness(
            gap=gap["responsiveness"],
            first_answer=answer.plain if answer else None,
            longest_silence=_longest_silence(tuple(each.event for each in told.of(ContactLogged))),
        ),
        assurance=Assurance(
            gap=gap["assurance"],
            blame_or_jargon=count("I2"),
            owners=len(owners),
            matched=sum(_belongs(told.policy, owner, department) for owner, department in owners),
            skilled=sum(owner not in unskilled for owner, _ in owners),
        ),
        empathy=Empathy(
            gap=gap["empathy"], cold=count("I1"), hostile=count("I3"), record_ignored=count("I5")
        ),
    )


def _longest_silence(contacts: tuple[ContactLogged, ...]) -> timedelta | None:
    """Return the longest time between two real answers of ours; None before there were two."""
    spoken = sorted(each.happened for each in contacts if each.substantive and each.direction == "outbound")
    return max((later - sooner for sooner, later in pairwise(spoken)), default=None)


def _owners(happened: Sequence[object]) -> list[tuple[str, str | None]]:
    """Return whoever came to own the case, with the department that it then had."""
    found: list[tuple[str, str | None]] = []
    department: str | None = None
    for event in happened:
        if isinstance(event, DepartmentAssigned):
            department = event.department
        elif isinstance(event, CaseAccepted | CaseEscalated | OwnerAppointed):
            found.append((event.owner, department))
    return found


def _belongs(policy: Policy, owner: str, department: str | None) -> bool:
    person = policy.person(owner)
    return person is not None and department is not None and person.department == department
