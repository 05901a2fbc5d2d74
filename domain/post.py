"""A public post that opened the case: its hiding or removal is an event, and the firm has to say why (P2)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from domain.budget import due_of
from domain.intake import Intake
from domain.message import Command, Deadline, Event
from domain.policy import Policy
from domain.record import Id, Instant, Line, Note
from domain.refusal import Refused

BOARD = "board"
"""The source of cases that began as a public post."""

How = Literal["hidden", "removed"]
ByWhom = Literal["author", "firm", "board", "unknown"]


class ReportRemoval(Command):
    """A public post of the customer's is not to be seen any more.

    Attributes:
        by_whom: as far as the board says; `who` is the id of a member of staff, where it was one.
        reason: the board's own words for why.
    """

    kind: Literal["report_removal"] = "report_removal"
    how: How
    by_whom: ByWhom = "unknown"
    who: Id | None = None
    reason: Line | None = None


class ExplainRemoval(Command):
    """Say why the post is, or will be, hidden or removed, on which legal ground, and who approved it."""

    kind: Literal["explain_removal"] = "explain_removal"
    reason: Note
    legal_ground: Line
    approved_by: Id


class PostRemoved(Event):
    """The post was hidden or removed.

    Attributes:
        explain_by: until when the firm has to explain it; None where the author took it down, or where it
            was explained before.
    """

    kind: Literal["post_removed"] = "post_removed"
    how: How
    by_whom: ByWhom
    who: Id | None
    reason: Line | None
    happened: Instant
    explain_by: Instant | None


class RemovalExplained(Event):
    """The firm said why, on which legal ground, and who approved it: somebody other than the owner."""

    kind: Literal["removal_explained"] = "removal_explained"
    reason: Note
    legal_ground: Line
    approved_by: Id


class RemovalUnexplained(Event):
    """Nobody explained in time why the post is gone."""

    kind: Literal["removal_unexplained"] = "removal_unexplained"


PostCommand = ReportRemoval | ExplainRemoval
PostEvent = PostRemoved | RemovalExplained | RemovalUnexplained


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPost:
    """How the post stands."""

    hidden_at: datetime | None = None
    removed_at: datetime | None = None
    by_whom: str | None = None
    explained: bool = False
    explain_by: datetime | None = None
    unexplained: bool = False

    @property
    def standing(self) -> str:
        """Say in one word whether it can be seen."""
        return "removed" if self.removed_at else "hidden" if self.hidden_at else "public"


def decide(
    post: BoardPost, intake: Intake, policy: Policy, owner: str | None, command: PostCommand
) -> tuple[PostEvent, ...]:
    """Note that a post is gone, or why."""
    if intake.opening.source != BOARD:
        raise Refused(
            "this case did not begin as a post on a board; report it in the case that did", code="no-post"
        )
    match command:
        case ReportRemoval():
            return _report(post, policy, command)
        case ExplainRemoval():
            return _explain(post, policy, owner, command)
        case _:
            assert_never(command)


def _report(post: BoardPost, policy: Policy, command: ReportRemoval) -> tuple[PostEvent, ...]:
    if post.removed_at is not None or (command.how == "hidden" and post.hidden_at is not None):
        return ()
    owed = command.by_whom != "author" and not post.explained and policy.removal_explanation is not None
    due = post.explain_by
    if owed and due is None and policy.removal_explanation is not None and not post.unexplained:
        due = due_of(policy.removal_explanation, policy.calendar, command.at)
    removed = PostRemoved(
        how=command.how,
        by_whom=command.by_whom,
        who=command.who,
        reason=command.reason,
        happened=command.happened,
        explain_by=due,
        at=command.at,
        by=command.by,
    )
    return (removed,)


def _explain(
    post: BoardPost, policy: Policy, owner: str | None, command: ExplainRemoval
) -> tuple[PostEvent, ...]:
    if post.explained:
        return ()
    if command.approved_by in (owner, command.by.id):
        raise Refused(
            "approved_by: somebody else than the owner and whoever says so has to approve; name one",
            code="second-person",
        )
    if not policy.leads(command.approved_by):
        raise Refused(
            f"approved_by: the role directory does not give {command.approved_by} the role supervisor "
            "or department_head"
            "; name somebody to whom it does",
            code="not-in-directory",
        )
    explained = RemovalExplained(
        reason=command.reason,
        legal_ground=command.legal_ground,
        approved_by=command.approved_by,
        at=command.at,
        by=command.by,
    )
    return (explained,)


def deadlines(post: BoardPost) -> tuple[Deadline, ...]:
    """Return until when the removal has to be explained."""
    if post.explain_by is None:
        return ()
    return (Deadline(name="post/explanation:1", due=post.explain_by),)


def lapse(deadline: Deadline, at: datetime) -> tuple[PostEvent, ...]:
    """Nobody said why."""
    return (RemovalUnexplained(due=deadline.due, at=at),)


def evolve(post: BoardPost, event: PostEvent) -> BoardPost:
    """Apply one event about the post."""
    match event:
        case PostRemoved(how=how, by_whom=by_whom, explain_by=due, happened=happened):
            gone = replace(post, by_whom=by_whom, explain_by=due)
            return (
                replace(gone, hidden_at=happened) if how == "hidden" else replace(gone, removed_at=happened)
            )
        case RemovalExplained():
            return replace(post, explained=True, explain_by=None)
        case RemovalUnexplained():
            return replace(post, unexplained=True, explain_by=None)
        case _:
            assert_never(event)
