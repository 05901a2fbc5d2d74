"""The call centre (port calls): customers who answer, do not answer or hang up, by seed and case."""

import json
from typing import Literal

from domain.effect import CallMade, FetchCall, PlaceCall
from domain.record import Line, Record
from domain.refusal import Refused
from sandbox.chance import between, draw, mark
from sandbox.service import Call, Operation, Operations, World

UNREACHABLE_SHARE = 0.06
NO_ANSWER_SHARE = 0.25
DECLINED_SHARE = 0.04
UNHAPPY_SHARE = 0.25
WON_BACK_SHARE = 0.7
"""Share of the unhappy who are happy when they are asked again, after a second round."""

NEVER_HOME = "-away"
"""Customers whose id ends so never answer a call, however lucky the world."""

YES_NO = {"problem_gone": 1, "came_back": 0}
"""Questions that are answered with 0 or 1, and the answer of a happy customer."""

NEVER_ASKED = 0
"""What is said to the question whether anybody asked for a good score; by link everybody says so."""


SAID: dict[str, dict[str, int]] = {
    "solicited": {"solicited": 1},
    "cold_courtesy": {"courtesy": 7, "empathy": 1},
}
"""What a customer answers to whom something was done that no record holds."""


class Remember(Record):
    """Something that was done or said to a customer beside all records; they tell it when they are called."""

    kind: Literal["remember"] = "remember"
    what: Literal["solicited", "cold_courtesy"]


class Remembered(Record):
    """They will not forget it."""

    reference: Line


def remember(_world: World, call: Call[Remember]) -> Remembered:
    """Let the customer of a case remember something."""
    return Remembered(reference=f"me-{mark(call.key)}")


def _remembered(world: World, case_id: str) -> dict[str, int]:
    done = [deed for deed in world.books.all_of("calls", case_id=case_id) if deed.operation == "remember"]
    said = [SAID[json.loads(deed.request)["what"]] for deed in done]
    return {question: answer for each in said for question, answer in each.items()}


def place_call(world: World, call: Call[PlaceCall]) -> CallMade:
    """Make one attempt."""
    outcome = _outcome(world, call)
    reference = f"ca-{mark(call.key)}"
    if outcome != "answered":
        return CallMade(reference=reference, outcome="no_answer" if outcome == "no_answer" else "declined")
    happy = world.lucky or _is_happy(world, call.case_id)
    told = _remembered(world, call.case_id)
    return CallMade(
        reference=reference,
        outcome="answered",
        answers={
            question: told.get(question, reply_to(world, call.key, question, happy=happy))
            for question in call.request.questions
        },
        verbatim=verbatim(call.request.language, happy=happy),
    )


def fetch_call(world: World, call: Call[FetchCall]) -> CallMade:
    """Tell of a call by its reference; one that was made for another case, or never, is not known."""
    for deed in world.books.done_with("place_call", call.request.reference):
        made = CallMade.model_validate_json(deed.result)
        if deed.case_id == call.case_id and made.reference == call.request.reference:
            return made
    raise Refused("no such call was made for this case", code="no-call")


def _outcome(world: World, call: Call[PlaceCall]) -> str:
    if (call.request.contact.customer_id or "").endswith(NEVER_HOME):
        return "no_answer"
    if world.lucky:
        return "answered"
    if draw(world.seed, call.case_id, "unreachable") < UNREACHABLE_SHARE:
        return "no_answer"
    luck = draw(world.seed, call.key, "attempt")
    if luck < NO_ANSWER_SHARE:
        return "no_answer"
    return "declined" if luck < NO_ANSWER_SHARE + DECLINED_SHARE else "answered"


def _is_happy(world: World, case_id: str) -> bool:
    """Say how a customer feels: as the seed has it, and better after something more was done for them."""
    if draw(world.seed, case_id, "unhappy") >= UNHAPPY_SHARE:
        return True
    before = [deed for deed in world.books.all_of("calls", case_id=case_id) if _was_answered(deed.result)]
    return bool(before) and draw(world.seed, case_id, "won back") < WON_BACK_SHARE


def _was_answered(result: str) -> bool:
    return bool(json.loads(result).get("outcome") == "answered")


def reply_to(world: World, about: str, question: str, *, happy: bool) -> int:
    """Return what a customer answers to one question."""
    if question == "solicited":
        return NEVER_ASKED
    good = YES_NO.get(question)
    if good is not None:
        return good if happy else 1 - good
    if question == "recommend":
        return between(*((9, 10) if happy else (0, 6)), world.seed, about, question)
    low, high = (5, 7) if happy else (1, 3)
    score = between(low, high, world.seed, about, question)
    # Effort is asked the other way round: 1 is easy, 7 is hard.
    return 8 - score if "effort" in question else score


def verbatim(language: str, *, happy: bool) -> str:
    """Return the words that a customer adds."""
    if language == "ko":
        return "잘 해결되었어요." if happy else "아직 해결되지 않았어요."
    return "It was put right." if happy else "It is still not right."


OPERATIONS: Operations = {
    "place_call": Operation(takes=PlaceCall, answer=place_call),
    "fetch_call": Operation(takes=FetchCall, answer=fetch_call, keeps=False),
    "remember": Operation(takes=Remember, answer=remember),
}
