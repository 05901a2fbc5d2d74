"""The state of one case: the policy pinned at its opening, and each stage's part."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.after_care import AfterCare
from domain.allocation import Allocation
from domain.assignment import Assignment
from domain.contact import Contacts
from domain.cost import Spent
from domain.ending import Ending
from domain.evidence import Evidence
from domain.exemption import Exemptions
from domain.growth import Growth
from domain.guarantee import Guarantees
from domain.happy_call import FollowUp
from domain.heat import Heat
from domain.intake import Intake
from domain.joining import Joining
from domain.learnt import Learnt
from domain.lesson import Lessons
from domain.policy import Policy
from domain.post import BoardPost
from domain.promise import Promises
from domain.redaction import Redactions
from domain.refusal import Refused
from domain.regard import Regard
from domain.remedy import Remedy
from domain.result import Result
from domain.retention import Retention
from domain.saga import Saga
from domain.staff_news import News
from domain.supervisor import SupervisorRight
from domain.targets import Targets
from domain.task import Tasks
from domain.took_part import TookPart
from domain.treatment import Treatment
from domain.triage import Classification
from domain.wish import Wishes
from domain.withdrawal import Withdrawal
from domain.written_form import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The state of one case: the policy pinned at its opening, and each stage's part.

    Attributes:
        worded: digests of what the customer was written, so that the same is not sent twice.
    """

    id: str
    policy: Policy
    version: int = 0
    at: datetime | None = None
    amended_at: datetime | None = None
    intake: Intake | None = None
    triage: Classification = field(default_factory=Classification)
    assignment: Assignment = field(default_factory=Assignment)
    evidence: Evidence = field(default_factory=Evidence)
    allocation: Allocation = field(default_factory=Allocation)
    tasks: Tasks = field(default_factory=Tasks)
    staff_news: News = field(default_factory=News)
    spent: Spent = field(default_factory=Spent)
    contacts: Contacts = field(default_factory=Contacts)
    # A run hands nothing of it to the next where no flag stands, as runs did before there was one.
    heat: Annotated[Heat, Field(exclude_if=lambda heat: heat == Heat())] = field(default_factory=Heat)
    promises: Promises = field(default_factory=Promises)
    supervisor: SupervisorRight = field(default_factory=SupervisorRight)
    treatment: Treatment = field(default_factory=Treatment)
    exemptions: Exemptions = field(default_factory=Exemptions)
    regard: Regard = field(default_factory=Regard)
    remedy: Remedy = field(default_factory=Remedy)
    wishes: Wishes = field(default_factory=Wishes)
    saga: Saga = field(default_factory=Saga)
    result: Result = field(default_factory=Result)
    follow_up: FollowUp = field(default_factory=FollowUp)
    form: Form = field(default_factory=Form)
    after_care: AfterCare = field(default_factory=AfterCare)
    retention: Retention = field(default_factory=Retention)
    took_part: TookPart = field(default_factory=TookPart)
    ending: Ending = field(default_factory=Ending)
    joining: Joining = field(default_factory=Joining)
    post: BoardPost = field(default_factory=BoardPost)
    withdrawal: Withdrawal = field(default_factory=Withdrawal)
    targets: Targets = field(default_factory=Targets)
    guarantees: Guarantees = field(default_factory=Guarantees)
    redactions: Redactions = field(default_factory=Redactions)
    worded: tuple[str, ...] = ()
    lessons: Lessons = field(default_factory=Lessons)
    learnt: Learnt = field(default_factory=Learnt)
    growth: Growth = field(default_factory=Growth)


def unopened(case_id: str, policy: Policy) -> Case:
    """Return a case to which nothing has happened yet."""
    return Case(id=case_id, policy=policy)


def opened(case: Case) -> Intake:
    """Return how the case came in.

    Raises:
        Refused: where it was not opened yet.
    """
    if case.intake is None:
        raise Refused("there is no such case yet: open it first", code="unopened")
    return case.intake
