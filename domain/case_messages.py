"""Everything that may be said to a case, and everything that can have happened to it."""

from typing import Annotated, Literal

from pydantic import Field

from domain.after_care import AfterCareEvent
from domain.allocation import AllocationCommand, AllocationEvent
from domain.amendment import AmendmentCommand, AmendmentEvent
from domain.answer_link import LinkEvent
from domain.assignment import AssignmentCommand, AssignmentEvent
from domain.attempt import AttemptEvent
from domain.consent import ContactWithheld
from domain.contact import ContactCommand, ContactEvent
from domain.ending import EndingCommand, EndingEvent
from domain.evidence import EvidenceCommand, EvidenceEvent
from domain.exemption import ExceptionCommand, ExceptionEvent
from domain.growth import GrowthCommand, GrowthEvent
from domain.guarantee import GuaranteeBroken
from domain.happy_call import HappyCallCommand, HappyCallEvent
from domain.harm_withdrawal import HarmWithdrawn, WithdrawHarm
from domain.heat import HeatEvent
from domain.intake import IntakeCommand, IntakeEvent, Opening
from domain.joining import JoiningCommand, JoiningEvent
from domain.learnt import LearntEvent
from domain.lesson import LessonEvent
from domain.post import PostCommand, PostEvent
from domain.promise import PromiseCommand, PromiseEvent
from domain.record import Instant, Line, Record
from domain.redaction_events import Redact, RedactionEvent
from domain.regard import BriefOpened, OpenBrief
from domain.remedy import RemedyCommand, RemedyEvent
from domain.result import ResultCommand, ResultEvent
from domain.retention import RetentionEvent, TakeRetentionStep
from domain.saga import SagaCommand, SagaEvent
from domain.staff_news import NewsEvent
from domain.supervisor import SupervisorCommand, SupervisorEvent
from domain.targets import TargetCommand, TargetEvent
from domain.task import TaskCommand, TaskEvent
from domain.treatment import TreatmentEvent
from domain.triage import TriageCommand, TriageEvent
from domain.wish import WishCommand, WishEvent
from domain.withdrawal import WithdrawalCommand, WithdrawalEvent
from domain.written_form import FormEvent

CaseCommand = Annotated[
    IntakeCommand
    | TriageCommand
    | AssignmentCommand
    | EvidenceCommand
    | AllocationCommand
    | TaskCommand
    | ContactCommand
    | PromiseCommand
    | SupervisorCommand
    | ExceptionCommand
    | OpenBrief
    | RemedyCommand
    | WithdrawHarm
    | WishCommand
    | SagaCommand
    | ResultCommand
    | HappyCallCommand
    | TakeRetentionStep
    | GrowthCommand
    | EndingCommand
    | JoiningCommand
    | PostCommand
    | WithdrawalCommand
    | TargetCommand
    | AmendmentCommand
    | Redact,
    Field(discriminator="kind"),
]
"""Everything that people and systems may ask of a case; handlers decode this and nothing else."""


CaseEvent = Annotated[
    IntakeEvent
    | TriageEvent
    | AssignmentEvent
    | EvidenceEvent
    | AllocationEvent
    | TaskEvent
    | NewsEvent
    | ContactEvent
    | HeatEvent
    | PromiseEvent
    | SupervisorEvent
    | TreatmentEvent
    | ExceptionEvent
    | BriefOpened
    | RemedyEvent
    | HarmWithdrawn
    | WishEvent
    | SagaEvent
    | ResultEvent
    | HappyCallEvent
    | LinkEvent
    | ContactWithheld
    | FormEvent
    | AfterCareEvent
    | RetentionEvent
    | EndingEvent
    | JoiningEvent
    | PostEvent
    | WithdrawalEvent
    | TargetEvent
    | GuaranteeBroken
    | LessonEvent
    | LearntEvent
    | GrowthEvent
    | AmendmentEvent
    | RedactionEvent
    | AttemptEvent,
    Field(discriminator="kind"),
]
"""Everything that can have happened to a case."""


class Open(Record):
    """The interpreter opens the case with what the channel handed in; not a command, nobody can send it."""

    kind: Literal["open"] = "open"
    at: Instant
    opening: Opening
    source_key: Line
    key_digest: Line
    caller_key: Line | None = None
