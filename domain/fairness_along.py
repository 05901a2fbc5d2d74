"""The rules run at each decision of a case and at its end (R120): what was found by then, and what is new.

Each verdict knows only what had happened before and with its decision: what whoever decided could have known.
Nothing of it is stored: the same events give the same verdicts.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.ending import AnswerGiven, CaseEnded
from domain.fairness import findings
from domain.fairness_history import Entry, history
from domain.finding import Finding
from domain.message import Decision
from domain.policy import Policy
from domain.record import Instant, Line, Record
from domain.remedy import RemedyAgreed, RemedyDeclined, RemedyOffered, RoundOpened
from domain.triage import HarmClaimed

MOMENTS = (
    *(Decision, HarmClaimed, RemedyOffered, RemedyAgreed, RemedyDeclined),
    *(RoundOpened, AnswerGiven, CaseEnded),
)
"""Events with which something is decided about the case: by us, by the customer, or by its end."""


class Verdict(Record):
    """What the rules find at one event.

    Attributes:
        seq: number of the event.
        findings: all that stands by then.
        new: how many of them no verdict before had; these come first.
    """

    seq: int
    kind: Line
    at: Instant
    findings: tuple[Finding, ...]
    new: int


def along(entries: Sequence[Entry], policy: Policy, at: datetime) -> tuple[Verdict, ...]:
    """Judge a case at each decision up to an instant, and at its end."""
    return tuple(_verdicts(entries, policy, at))


def _verdicts(entries: Sequence[Entry], policy: Policy, at: datetime) -> Iterator[Verdict]:
    known: set[tuple[str, str]] = set()
    for place, entry in enumerate(entries, start=1):
        if entry.at > at:
            return
        if not isinstance(entry.event, MOMENTS):
            continue
        found = findings(history(entries[:place], policy, entry.at))
        new = [each for each in found if (each.rule, each.about) not in known]
        old = [each for each in found if (each.rule, each.about) in known]
        known |= {(each.rule, each.about) for each in new}
        yield Verdict(seq=entry.seq, kind=entry.kind, at=entry.at, findings=(*new, *old), new=len(new))
