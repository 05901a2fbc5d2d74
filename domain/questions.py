"""What the happy call asks: each question's scale, their order, and what makes an answer bad."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

from domain.record import Record


class Scale(Record):
    """The scale on which a question is answered, kept with the answer: wordings turn scales round."""

    low: int
    high: int
    better: Literal["high", "low"]


_SEVEN = Scale(low=1, high=7, better="high")
SCALES: Mapping[str, Scale] = {
    "problem_gone": Scale(low=0, high=1, better="high"),
    "came_back": Scale(low=0, high=1, better="low"),
    "outcome_fair": _SEVEN,
    "process_fair": _SEVEN,
    "treatment_fair": _SEVEN,
    "courtesy": _SEVEN,
    "empathy": _SEVEN,
    "clear": _SEVEN,
    "effort": Scale(low=1, high=7, better="low"),
    "recommend": Scale(low=0, high=10, better="high"),
    "solicited": Scale(low=0, high=1, better="low"),
}
"""Every question that a policy may ask: yes (1) or no (0), the justice dimensions and manner (1 to 7),
effort (CES, 1 easy to 7 hard), recommendation (NPS, 0 to 10), and whether anybody asked for a good score."""

JUSTICE = ("outcome_fair", "process_fair", "treatment_fair")
"""Questions on the three justice dimensions, 1-7."""


def in_order(questions: tuple[str, ...], seed: str) -> tuple[str, ...]:
    """Return the questions in the order of a seed, always the same for the same seed."""
    return tuple(sorted(questions, key=lambda each: sha256(f"{seed}\n{each}".encode()).hexdigest()))


def seed_of(*about: object) -> str:
    """Return the seed of an order, which the event of the attempt records."""
    return sha256("\n".join(str(each) for each in about).encode()).hexdigest()[:12]


def on_scale(answers: Mapping[str, int]) -> dict[str, int]:
    """Return the answers without those that lie off their scale: these are missing, and not low."""
    return {
        name: value
        for name, value in answers.items()
        if name not in SCALES or SCALES[name].low <= value <= SCALES[name].high
    }


def scales_of(answers: Mapping[str, int]) -> dict[str, Scale]:
    """Return the scale of each answer."""
    return {name: SCALES[name] for name in answers if name in SCALES}


def faults(answers: Mapping[str, int], cut_off: int) -> tuple[str, ...]:
    """Return what makes an answer bad: not gone, came back, or a justice score at or below the cut-off."""
    found = ["problem_not_gone"] if answers.get("problem_gone") == 0 else []
    found += ["came_back"] if answers.get("came_back") == 1 else []
    found += [name for name in JUSTICE if name in answers and answers[name] <= cut_off]
    return tuple(found)
