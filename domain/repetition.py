"""The same question again: whether the hundredth customer who asks gets the care of the first (R90).

Which question it is, the prepared answer says. Care is how much an answer says of this customer's situation,
how long it took, and what the rules found about the manner of its case.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median_low

from domain.ending import AnswerGiven
from domain.fairness import findings
from domain.fairness_history import History
from domain.record import Line, Record
from domain.scores import Typical, typical

BANDS: tuple[tuple[int, str], ...] = ((100, "100+"), (10, "10-99"), (1, "1-9"), (0, "0"))
"""How often somebody had answered a question before, the most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """One prepared answer.

    Attributes:
        words: how many words it says of this customer's situation.
        took: from the receipt to the answer.
        cold: findings on the manner of its case.
    """

    case: str
    owner: str
    question: str
    at: datetime
    seq: int
    words: int
    took: timedelta
    cold: int


class Cared(Record):
    """The answers of one person to one question, by how often they had answered it before.

    Attributes:
        before: how often: never, 1 to 9 times, and so on.
        own_words: words about the customer's own situation, the middle one of these answers.
        findings: on the manner of these cases.
    """

    owner: Line
    question: Line
    before: Line
    answers: int
    own_words: int
    took: Typical
    findings: int


def answers_of(case: str, told: History) -> Iterator[Repeated]:
    """Yield the prepared answers of a case."""
    if told.opened is None:
        return
    received = told.opened.event.received_at
    for seq, given in told.of(AnswerGiven):
        if given.prepared is not None:
            yield Repeated(
                case=case,
                owner=given.by.id,
                question=given.prepared,
                at=given.at,
                seq=seq,
                words=sum(len(words.split()) for words in given.situation.values()),
                took=given.at - received,
                cold=sum(each.part == "interactional" for each in findings(told)),
            )


def cared(answers: Iterable[Repeated], cases: Collection[str]) -> tuple[Cared, ...]:
    """Return how these cases were answered; answers in others count as given before."""
    ordered = sorted(answers, key=lambda each: (each.owner, each.question, each.at, each.case, each.seq))
    found: list[Cared] = []
    for (owner, question), own in groupby(ordered, key=lambda each: (each.owner, each.question)):
        ranked = [(_band(before), each) for before, each in enumerate(own) if each.case in cases]
        for band in (name for _, name in reversed(BANDS)):
            some = [each for name, each in ranked if name == band]
            if some:
                found.append(_cared(owner, question, band, some))
    return tuple(found)


def _cared(owner: str, question: str, band: str, some: list[Repeated]) -> Cared:
    return Cared(
        owner=owner,
        question=question,
        before=band,
        answers=len(some),
        own_words=median_low(each.words for each in some),
        took=typical(each.took for each in some),
        findings=sum(each.cold for each in some),
    )


def _band(before: int) -> str:
    return next(name for least, name in BANDS if before >= least)
