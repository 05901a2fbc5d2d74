"""What a person sees of the follow-up: who asked what, how often, with what answer; scores only at the end.

Until the case has ended nobody but a supervisor sees what this customer answered, or nobody would dare to
answer truly, and staff would work for the score instead of the customer.
"""

from collections.abc import Mapping
from typing import Any

from domain.actor import Actor, Role
from domain.case import Case
from domain.happy_call import FollowUp
from domain.policy import Policy
from domain.questions import SCALES, Scale
from domain.record import Instant, Line, Record

KEPT_BACK: Mapping[str, tuple[str, ...]] = {
    "happy_call_answered": ("answers", "verbatim", "bad"),
    "form_answered": ("answers", "verbatim"),
}
"""Fields of events that tell a customer's scores."""

REASONS: Mapping[str, str] = {"round_opened": "cause", "case_escalated": "cause"}
"""Events whose reason may repeat what was answered, and the field that says whether it does."""

HIDDEN = "(kept back until the end)"


class AnswerView(Record):
    """One answer with its scale."""

    question: Line
    answer: int
    scale: Scale | None


class FollowUpView(Record):
    """How the follow-up of the present round stands.

    Attributes:
        caller: who makes or made the last attempt, or is to make the next.
        asked: ids of the questions, in the order in which they were asked.
        link: how the answer link stands; None where none was sent.
        answered: whether the customer answered.
        answers: None while they are kept back from this viewer.
        form: how the written form stands.
        reassured: how many messages of the series went out.
        churn: why this customer may leave.
        retention_due: by when somebody has to speak to them.
    """

    attempts: int
    uncounted: int
    caller: Line | None
    asked: tuple[Line, ...]
    tried_at: tuple[Instant, ...]
    link: Line | None
    link_expires_at: Instant | None
    answered: bool
    given_up: Line | None
    answers: tuple[AnswerView, ...] | None
    form: Line | None
    reassured: int
    reassurance_stopped: Line | None
    churn: tuple[Line, ...]
    retention_due: Instant | None


def may_see_scores(policy: Policy, viewer: Actor | None, *, ended: bool) -> bool:
    """Say whether somebody may see a named score: a supervisor by the directory, and anybody at the end."""
    supervisor = viewer is not None and viewer.role is Role.SUPERVISOR
    return ended or (supervisor and viewer is not None and policy.holds(viewer.id, Role.SUPERVISOR))


def follow_up_view(case: Case, viewer: Actor | None = None) -> FollowUpView:
    """Return how the follow-up stands, as far as this viewer may see it."""
    held = case.follow_up
    shown = may_see_scores(case.policy, viewer, ended=case.ending.end is not None)
    return FollowUpView(
        attempts=held.attempts,
        uncounted=held.failed,
        caller=held.assigned or held.caller,
        asked=held.questions,
        tried_at=held.tried_at,
        link=_link(held),
        link_expires_at=held.link.expires_at if held.link else None,
        answered=held.answered_at is not None,
        given_up=held.given_up,
        answers=_answers(held) if shown else None,
        form=_form(case),
        reassured=case.after_care.sent,
        reassurance_stopped=case.after_care.stopped,
        churn=case.retention.reasons,
        retention_due=case.retention.due,
    )


def _answers(held: FollowUp) -> tuple[AnswerView, ...]:
    return tuple(
        AnswerView(question=name, answer=value, scale=SCALES.get(name)) for name, value in held.answers
    )


def _link(held: FollowUp) -> str | None:
    if held.link is None:
        return None
    if held.link.reference is None:
        return "going out" if held.link.sending else "not delivered"
    return "over" if held.over else f"sent by {held.link.channel}, looked at {held.link.looks} times"


def _form(case: Case) -> str | None:
    form = case.form
    if form.answered_at is not None:
        return "answered"
    return form.closed or ("sent" if form.link is not None else None)


def without_scores(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an event with what tells a score kept back."""
    hidden = {*KEPT_BACK.get(kind, ())}
    if "happy_call" in str(fields.get(REASONS.get(kind, ""), "")):
        hidden.add("reason")
    return {name: HIDDEN if name in hidden and value else value for name, value in fields.items()}
