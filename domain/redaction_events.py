"""What is said of erasing: the order, its record, and the legal grounds, in Korean and English."""

from typing import Literal

from domain.message import Command, Event
from domain.record import Id, Line, Note

Ground = Literal["asked", "rights_of_another", "ordered", "time_over", "wrong_case", "unlawful_content"]

GROUNDS: dict[Ground, tuple[str, str]] = {
    "asked": (
        "정보주체가 삭제를 요구하였습니다",
        "the person whom it is about asked for the erasure",
    ),
    "rights_of_another": (
        "다른 사람의 개인정보나 권리를 침해합니다",
        "it holds personal data, or touches the rights, of somebody else",
    ),
    "ordered": (
        "법원이나 관청이 삭제를 명하였습니다",
        "a court or an authority ordered the erasure",
    ),
    "time_over": (
        "보관할 수 있는 기간이 지났습니다",
        "the time for which it may be kept is over",
    ),
    "wrong_case": (
        "다른 건의 내용을 잘못 적었습니다",
        "it belongs to another case and was entered here by mistake",
    ),
    "unlawful_content": ("내용 자체가 불법입니다", "its content is itself unlawful"),
}
"""The legal grounds, in Korean and English; which paragraph it is, the reason says."""

Why = Literal["needed", "own", "wordless", "erased", "refused", "unknown"]

WHY: dict[Why, tuple[str, str]] = {
    "needed": (
        "종결되지 않은 건이 아직 따르는 내용입니다. 종결된 뒤에 지우십시오",
        "the open case still goes by these words; erase them once it has ended",
    ),
    "own": (
        "삭제 기록 자체는 지우지 않습니다",
        "it is itself a record of an erasure",
    ),
    "wordless": (
        "지울 글이나 이름이 들어 있지 않습니다",
        "there are no words, names or contacts in it",
    ),
    "erased": (
        "이미 근거 없이 지워져 남길 내용을 알 수 없습니다",
        "it was erased by hand, without a record, and nobody knows what it said",
    ),
    "refused": ("기록 저장소가 받아들이지 않았습니다", "the ledger refused it"),
    "unknown": (
        "기록 저장소가 답하지 않았습니다. 다시 지시하십시오",
        "the ledger never answered; order it again",
    ),
}
"""Why an order came to nothing, in Korean and English."""

OWN = frozenset({"redaction_ordered", "redacted", "words_erased", "redaction_failed"})


class Redact(Command):
    """Have the words of one event erased.

    Attributes:
        seq: the event's number, as `redress show` gives it.
        ground: one of the legal grounds.
        approved_by: who approved it: a supervisor or head other than the owner and whoever asks.
    """

    kind: Literal["redact"] = "redact"
    seq: int
    reason: Note
    ground: Ground
    approved_by: Id


class RedactionOrdered(Event):
    """The words of an event are to be erased; the ledger is asked what is left of it."""

    kind: Literal["redaction_ordered"] = "redaction_ordered"
    number: int
    seq: int
    reason: Note
    ground: Ground
    approved_by: Id


class Redacted(Event):
    """The words of an event are erased, why, on which ground, and who approved it: not its owner.

    Attributes:
        was: the kind of the event.
        rest: its canonical text without the words; whoever reads the case from now on reads this.
    """

    kind: Literal["redacted"] = "redacted"
    number: int
    seq: int
    was: Line
    rest: str
    reason: Note
    ground: Ground
    approved_by: Id


class WordsErased(Event):
    """The ledger holds the words no longer."""

    kind: Literal["words_erased"] = "words_erased"
    number: int
    seq: int


class RedactionFailed(Event):
    """An order came to nothing."""

    kind: Literal["redaction_failed"] = "redaction_failed"
    number: int
    seq: int
    why: Why


RedactionEvent = RedactionOrdered | Redacted | WordsErased | RedactionFailed
