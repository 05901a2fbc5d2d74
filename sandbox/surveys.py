"""The survey service (port surveys): opens surveys, and tells what was answered by link, once and in time."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from domain.effect import FetchAnswer, SurveyAnswer
from domain.questions import SCALES
from domain.record import Instant, Line, Record, Text, canonical
from domain.refusal import Refused
from domain.servqual import HIGH, LOW, expected, perceived
from sandbox.calls import reply_to, verbatim
from sandbox.chance import between, draw, mark
from sandbox.service import Call, Operation, Operations, World

BY_LINK_SHARE = 0.45
"""Of those who were not reached by phone, how many answer by link."""

FORM_SHARE = 0.3


class OpenSurvey(Record):
    """A survey that is answered once, until it expires."""

    kind: Literal["open_survey"] = "open_survey"
    survey: Literal["happy_call", "servqual"]
    language: Literal["ko", "en"]
    questions: dict[str, Text] = Field(default_factory=dict)
    order: tuple[Line, ...]
    expires_at: Instant


class SurveyOpened(Record):
    """Where it can be answered."""

    kind: Literal["survey_opened"] = "survey_opened"
    reference: Line
    path: Line


def token_of(world: World, key: str) -> str:
    """Return the secret part of a link; the same key has the same one, so nothing is opened twice."""
    return hashlib.sha256(f"{world.seed}\x1ftoken\x1f{key}".encode()).hexdigest()[:32]


def reference_of(token: str) -> str:
    """Return what a link is called; it does not lead back to its secret part."""
    return f"sv-{mark('survey', token)}"


def open_survey(world: World, call: Call[OpenSurvey]) -> SurveyOpened:
    """Open a survey."""
    token = token_of(world, call.key)
    return SurveyOpened(reference=reference_of(token), path=f"/answers/{token}")


def fetch_answer(world: World, call: Call[FetchAnswer]) -> SurveyAnswer:
    """Tell how a survey stands at the case's own time."""
    opened = [
        deed
        for deed in world.books.done_with("open_survey", call.request.reference)
        if deed.case_id == call.case_id
    ]
    if not opened:
        raise Refused("no such survey was opened for this case", code="no-survey")
    given = world.books.answer(call.request.reference)
    if given is not None:
        return SurveyAnswer.model_validate_json(given)
    survey = OpenSurvey.model_validate_json(opened[0].request)
    answer = _played(world, call, survey, opened[0].at)
    if answer.state == "open" and call.at > survey.expires_at:
        world.books.keep_answer(call.request.reference, canonical(answer))  # closed: nobody answers any more
    return answer


def _played(world: World, call: Call[FetchAnswer], survey: OpenSurvey, opened_at: datetime) -> SurveyAnswer:
    """Answer as the customer of this case would, some hours after the link came."""
    reference, share = call.request.reference, BY_LINK_SHARE if survey.survey == "happy_call" else FORM_SHARE
    then = opened_at + timedelta(hours=between(2, 60, world.seed, reference, "answers after"))
    answers = not world.lucky and draw(world.seed, reference, "by link") < share
    if not answers or then > min(call.at, survey.expires_at):
        return SurveyAnswer(state="open")
    happy = draw(world.seed, call.case_id, "unhappy") >= 0.5  # noqa: PLR2004 - who was hard to reach is less content
    questions = survey.order
    given = (
        {each: reply_to(world, reference, each, happy=happy) for each in questions}
        if survey.survey == "happy_call"
        else _form(world, reference, questions)
    )
    answer = SurveyAnswer(
        state="answered",
        answered_at=then,
        answers=given,
        verbatim=verbatim(survey.language, happy=happy),
    )
    world.books.keep_answer(reference, canonical(answer))
    return answer


def _form(world: World, reference: str, items: tuple[str, ...]) -> dict[str, int]:
    """Fill the form in, here and there leaving something out."""
    answers: dict[str, int] = {}
    for item in items:
        for name in (expected(item), perceived(item)):
            if draw(world.seed, reference, name, "skips") >= 0.05:  # noqa: PLR2004 - one in twenty is left out
                answers[name] = between(LOW, HIGH, world.seed, reference, name)
    return answers


class Unanswerable(Exception):  # noqa: N818 - named after what cannot be done
    """An answer that is not taken; `code` is the status to give."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def survey_behind(world: World, token: str) -> tuple[OpenSurvey, str, str]:
    """Return the survey of a link, its reference, and its case.

    Raises:
        Unanswerable: where there is none.
    """
    reference = reference_of(token)
    found = world.books.done_with("open_survey", reference)
    if not found:
        raise Unanswerable(404, "no such link")
    return OpenSurvey.model_validate_json(found[0].request), reference, found[0].case_id


def take_answer(world: World, token: str, fields: Mapping[str, str]) -> SurveyAnswer:
    """Keep what somebody filled in on the page: once, in time, and only what was asked.

    The time is the case's own: that of the form, else when anything was last done for the case.

    Raises:
        Unanswerable: used, expired, or not readable.
    """
    survey, reference, case_id = survey_behind(world, token)
    if world.books.answer(reference) is not None:
        raise Unanswerable(410, "this link was used already")
    try:
        at = datetime.fromisoformat(fields["at"]) if fields.get("at") else world.books.latest(case_id)
        given = {name: int(fields[name]) for name in names_of(survey) if fields.get(name)}
        late = at is not None and at > survey.expires_at
    except (ValueError, TypeError):
        raise Unanswerable(422, "numbers are whole numbers, and `at` is a time with its zone") from None
    if late:
        raise Unanswerable(410, "this link has expired")
    answer = SurveyAnswer(
        state="declined" if fields.get("declined") else "answered",
        answered_at=at,
        answers=given,
        verbatim=fields.get("verbatim", "")[:4000],
    )
    if not world.books.keep_answer(reference, canonical(answer)):
        raise Unanswerable(410, "this link was used already")
    return answer


def names_of(survey: OpenSurvey) -> tuple[str, ...]:
    """Return the fields of the page, in its order."""
    if survey.survey == "happy_call":
        return survey.order
    return tuple(name for item in survey.order for name in (expected(item), perceived(item)))


def range_of(name: str) -> tuple[int, int]:
    """Return the lowest and the highest answer of a field."""
    scale = SCALES.get(name)
    return (scale.low, scale.high) if scale else (LOW, HIGH)


OPERATIONS: Operations = {
    "open_survey": Operation(takes=OpenSurvey, answer=open_survey),
    "fetch_answer": Operation(takes=FetchAnswer, answer=fetch_answer, keeps=False),
}
