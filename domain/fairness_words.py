"""Words that a customer is sent: never the same twice (R90), in one case or in the next of the same customer.

Whoever asks for the hundredth time is owed the care of the first. An acknowledgement is a receipt and answers
nothing, so it is not looked at. The case's own number says nothing, and is left out of the comparison.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from domain.ending import AnswerNotified
from domain.fairness_history import History, Seen
from domain.finding import Finding, said
from domain.remedy import OfferNoticeSent
from domain.result import ResultNotified

Answering = OfferNoticeSent | ResultNotified | AnswerNotified


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one customer was told in one case, known by its digest.

    Attributes:
        seq: number of the event by which it reached them.
        over: whether the case has ended.
    """

    case: str
    customer: str
    digest: str
    seq: int
    at: datetime
    over: bool


def said_twice(history: History) -> Iterator[Finding]:
    """R90: the same rendered words reached the customer twice.

    What one channel did not deliver and another did was said once. Erased words cannot be compared.
    """
    before: dict[str, int] = {}
    for seq, event in _delivered(history):
        words = _plain(event.text)
        if words in before:
            yield history.finding(
                "R90",
                about=f"words of {seq}",
                proof=(before[words], seq),
                since=event.at,
                what=said(
                    "이미 보낸 것과 똑같은 글을 고객에게 다시 보냈습니다.",
                    "the customer was sent the very words that they had before",
                ),
            )
        before.setdefault(words, seq)


def told_in(case: str, history: History) -> Iterator[Told]:
    """Yield what the customer of a case was told; nobody can compare what an unknown customer was told."""
    customer = history.customer
    if customer is None:
        return
    for seq, event in _delivered(history):
        words = _plain(event.text.replace(case, ""))
        yield Told(
            case=case,
            customer=customer,
            digest=sha256(words.encode()).hexdigest(),
            seq=seq,
            at=event.at,
            over=history.ended is not None,
        )


def _delivered(history: History) -> Iterator[Seen[Answering]]:
    for seq, event in history.seen:
        if isinstance(event, ResultNotified) or (
            isinstance(event, OfferNoticeSent | AnswerNotified) and event.delivered
        ):
            yield Seen(seq, event)


def _plain(text: str) -> str:
    return " ".join(text.split())
