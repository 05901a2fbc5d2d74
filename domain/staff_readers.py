"""Who of the staff hears what of a case: read from each event, so that nothing that happened is forgotten."""

from dataclasses import dataclass, replace

from domain.actor import Role
from domain.allocation import OwnerAway, OwnerSuggested
from domain.assignment import Assignment, CaseRerouted, FallbackAlerted, TransferOffered
from domain.ending import AnswerNotified, Ending
from domain.intake import Acknowledged, AddedToCase, Intake
from domain.message import Event
from domain.policy import Policy
from domain.result import Result, ResultNotified, ResultTold
from domain.review import ReviewOpened, judges
from domain.saga_events import HandStepMissed
from domain.staff_news import News, takes_part, tell
from domain.task import (
    Task,
    TaskAccepted,
    TaskCancelled,
    TaskDone,
    TaskGiven,
    TaskMissed,
    TaskRefused,
    Tasks,
)
from domain.triage import Classification, Triaged

STAFF = (Role.AGENT, Role.OWNER, Role.SUPERVISOR, Role.DEPARTMENT_HEAD)
TOOK_IN = (Acknowledged, AddedToCase, Triaged)
"""What whoever took the case in did with it."""

OfOwners = FallbackAlerted | CaseRerouted | TransferOffered | OwnerAway | OwnerSuggested
"""Events of who has a case, of which somebody else hears."""

WORKED = (TaskAccepted, TaskDone, TaskRefused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The case as it stands after an event."""

    policy: Policy
    intake: Intake
    triage: Classification
    assignment: Assignment
    tasks: Tasks
    result: Result
    ending: Ending


def heard(news: News, scene: Scene, event: Event) -> News:
    """Return who hears of an event, and note whoever took part by it."""
    if isinstance(event, (*TOOK_IN, *WORKED)) and event.by.role in STAFF:
        news = takes_part(news, event.by.id)
    if scene.policy.handling is None:
        return news
    if isinstance(event, OfOwners):
        return _of_owners(news, scene, event)
    if isinstance(event, ResultNotified | ResultTold | AnswerNotified):
        return _of_the_outcome(news, scene, event)
    if isinstance(event, HandStepMissed):
        return _of_late_step(news, scene, event)
    return _of_tasks(news, scene, event)


def _of_late_step(news: News, scene: Scene, event: HandStepMissed) -> News:
    """Whoever answers for the customer and their leader hear that a gesture or a step by hand is late."""
    if scene.policy.gestures is None:
        return news
    held = scene.assignment
    people = (held.owner, scene.policy.leader(held.department, held.level + 1))
    return tell(news, scene.policy, "staff_task_late", people, at=event.at, about=held.department or "")


def _of_owners(news: News, scene: Scene, event: OfOwners) -> News:
    policy, at = scene.policy, event.at
    match event:
        case FallbackAlerted(department=department):
            return tell(news, policy, "staff_fallback", (policy.leader(department),), at=at)
        case CaseRerouted(department=department):
            return tell(news, policy, "staff_offer", (policy.leader(department),), at=at)
        case TransferOffered(to=to):
            return tell(news, policy, "staff_offer", (to,), at=at)
        case OwnerAway(person=person):
            leader = policy.leader(scene.assignment.department, scene.assignment.level + 1)
            return tell(news, policy, "staff_away", (leader,), at=at, about=person)
        case OwnerSuggested(person=person, reasons=reasons):
            if scene.assignment.taken_at is None:
                return news  # whoever asked reads the answer
            return tell(news, policy, "staff_suggested", (person,), at=at, about=", ".join(reasons))


def _of_tasks(news: News, scene: Scene, event: Event) -> News:
    if isinstance(event, TaskGiven):
        leader = scene.policy.leader(event.department)
        return tell(news, scene.policy, "staff_task", (leader,), at=event.at, about=event.department)
    if isinstance(event, ReviewOpened):
        people = judges(scene.policy, event.department, event.apart)
        return tell(news, scene.policy, "staff_task", people[:1], at=event.at, about=event.department)
    if not isinstance(event, TaskMissed | TaskDone | TaskRefused | TaskCancelled):
        return news
    task = scene.tasks.find(event.number)
    return _of_task(news, scene, event, task) if task is not None else news


def _of_task(
    news: News, scene: Scene, event: TaskMissed | TaskDone | TaskRefused | TaskCancelled, task: Task
) -> News:
    policy = scene.policy
    match event:
        case TaskMissed(times=times):
            people = (task.person, policy.leader(task.department, times))
            return tell(news, policy, "staff_task_late", people, at=event.at, about=task.department)
        case TaskDone() | TaskRefused():
            owner = scene.assignment.owner
            reader = owner if owner != event.by.id else None
        case TaskCancelled():
            reader = task.person or policy.leader(task.department)
    return tell(news, policy, "staff_task_answer", (reader,), at=event.at, about=task.department)


def _of_the_outcome(news: News, scene: Scene, event: ResultNotified | ResultTold | AnswerNotified) -> News:
    """Once the customer has it, those who took part before have it too (R54), and the praised (R37)."""
    if isinstance(event, AnswerNotified):
        if not event.delivered:
            return news
        praised = _praise(news, scene, event) if scene.triage.voc_type == "compliment" else news
        return _feed_back(praised, scene, event, scene.ending.answer or "", but=scene.ending.answer_by)
    if news.fed_back == scene.result.number or scene.result.delivered_at is None:
        return news  # by another channel as well, or of a result that a new round took back
    told = _feed_back(news, scene, event, scene.result.summary, but=scene.result.registered_by)
    return replace(told, fed_back=scene.result.number)


def _feed_back(news: News, scene: Scene, event: Event, summary: str, *, but: str | None) -> News:
    before = (*news.part, *scene.assignment.owners, scene.intake.opening.taken_by)
    people = tuple(person for person in before if person not in (but, scene.assignment.owner))
    return tell(news, scene.policy, "staff_result", people, at=event.at, about=summary)


def _praise(news: News, scene: Scene, event: Event) -> News:
    """The person who is praised and their department; without a person the department that answered."""
    person = scene.policy.person(scene.triage.praises) if scene.triage.praises else None
    department = person.department if person else scene.assignment.department
    leader = scene.policy.leader(department)
    return tell(news, scene.policy, "staff_praise", (person.id if person else None, leader), at=event.at)
