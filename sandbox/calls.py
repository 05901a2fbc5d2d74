"""The call centre (port calls): customers who answer, do not answer or hang up, by seed and case."""

import json

from domain.effect import CallMade, PlaceCall
from sandbox.chance import between, draw, mark
from sandbox.service import Call, Operation, Operations, World

UNREACHABLE_SHARE = 0.06
NO_ANSWER_SHARE = 0.25
DECLINED_SHARE = 0.04
UNHAPPY_SHARE = 0.25
WON_BACK_SHARE = 0.7
"""Share of the unhappy who are happy when they are asked again, after a second round."""

YES_NO = {"problem_gone": 1, "came_back": 0}
"""Questions that are answered with 0 or 1, and the answer of a happy customer."""


def place_call(world: World, call: Call[PlaceCall]) -> CallMade:
    """Make one attempt."""
    outcome = "answered" if world.lucky else _outcome(world, call)
    reference = f"ca-{mark(call.key)}"
    if outcome != "answered":
        return CallMade(reference=reference, outcome="no_answer" if outcome == "no_answer" else "declined")
    happy = world.lucky or _is_happy(world, call.case_id)
    return CallMade(
        reference=reference,
        outcome="answered",
        answers={question: _reply(world, call, question, happy=happy) for question in call.request.questions},
        verbatim=_words(call.request.language, happy=happy),
    )


def _outcome(world: World, call: Call[PlaceCall]) -> str:
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


def _reply(world: World, call: Call[PlaceCall], question: str, *, happy: bool) -> int:
    good = YES_NO.get(question)
    if good is not None:
        return good if happy else 1 - good
    low, high = (5, 7) if happy else (1, 3)
    score = between(low, high, world.seed, call.key, question)
    # Effort is asked the other way round: 1 is easy, 7 is hard.
    return 8 - score if "effort" in question else score


def _words(language: str, *, happy: bool) -> str:
    if language == "ko":
        return "잘 해결되었어요." if happy else "아직 해결되지 않았어요."
    return "It was put right." if happy else "It is still not right."


OPERATIONS: Operations = {"place_call": Operation(takes=PlaceCall, answer=place_call)}
