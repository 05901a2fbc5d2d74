"""What no single case shows: warranty terms too short (O2), clauses too hard (P5), words said again (R90).

Every case is judged by its own policy, and a share is held against the limit of the newest case that counts:
a policy that is published later never moves what older cases show.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from domain.fairness_limits import RuleId
from domain.fairness_marks import Aspect, Facts, Mark
from domain.fairness_words import Told
from domain.finding import TEXTS, Part, State, Words, part_of, said
from domain.record import Instant, Line, Record

Level = Literal["product", "clause", "customer"]


class Proof(Record):
    """The events of one case that prove a finding."""

    case: Line
    events: tuple[int, ...]


class SharedFinding(Record):
    """One rule broken over many cases.

    Attributes:
        about: the product or the clause; of words said again, the case in which they were.
        clause: the clause that the rule enforces, or the research that it comes from.
        counted: how much counts: defect cases, answered offers, decided cases, told results.
        against: how much of it speaks against the product or the clause.
        measured: what is held against the limit: per cent, months or conditions.
        since: when the last of what proves it came about.
        state: `open` while a case that proves it goes on, so that these customers can still be put right.
        repair: how it is mended, for them or at least for whoever comes next.
    """

    rule: RuleId
    part: Part
    level: Level
    about: Line
    clause: Line
    counted: int
    against: int
    measured: int
    limit: int
    proof: tuple[Proof, ...]
    since: Instant
    state: State
    what: Words
    repair: Words


def shared_findings(facts: Iterable[Facts]) -> tuple[SharedFinding, ...]:
    """Return every finding over these cases, the same whatever their order."""
    every = tuple(facts)
    marks = sorted(
        (mark for each in every for mark in each.marks), key=lambda mark: (*_group(mark), *_age(mark))
    )
    found = [_of_group(tuple(own)) for _, own in groupby(marks, key=_group)]
    return (
        *(each for each in found if each is not None),
        *_repeated(told for each in every for told in each.told),
    )


def _group(mark: Mark) -> tuple[str, str, str]:
    return (mark.aspect, mark.policy, mark.about)


def _age(mark: Mark) -> tuple[datetime, str, tuple[int, ...]]:
    return (mark.received, mark.case, mark.proof)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How an aspect is judged and told: as a share of what counts, or by each value alone."""

    rule: RuleId
    level: Level
    share: bool
    what: Callable[[str, int, int, int], Words]
    repair: Words


LENGTHEN = said("이 제품의 품질보증 기간을 늘리십시오.", "lengthen this product's warranty")
REWRITE = said(
    "이 조항을 쉬운 말로 다시 쓰고 조건을 줄이십시오.",
    "write this clause anew, plainer and with fewer conditions",
)

KINDS: dict[Aspect, _Kind] = {
    "expired": _Kind(
        rule="O2",
        level="product",
        share=True,
        what=lambda about, found, limit, n: said(
            f"{about}: 하자 {n}건 가운데 {found} %를 기준 보증기간 안인데도 기간 만료로 거절했습니다"
            f"(한도 {limit} %).",
            f"{about}: of {n} defect cases {found} % were refused as expired inside the reference term; "
            f"the limit is {limit} %",
        ),
        repair=LENGTHEN,
    ),
    "competitors": _Kind(
        rule="O2",
        level="product",
        share=False,
        what=lambda about, found, limit, _: said(
            f"{about}: 보증기간 {found}개월이 경쟁제품의 {limit}개월보다 짧습니다.",
            f"{about}: a warranty of {found} months, where competing products have {limit}",
        ),
        repair=LENGTHEN,
    ),
    "declined": _Kind(
        rule="P5",
        level="clause",
        share=True,
        what=lambda about, found, limit, n: said(
            f"{about}: 답을 받은 제안 {n}건 가운데 {found} %가 거절되었습니다(한도 {limit} %).",
            f"{about}: of {n} answered offers under it {found} % were declined; the limit is {limit} %",
        ),
        repair=REWRITE,
    ),
    "asked": _Kind(
        rule="P5",
        level="clause",
        share=True,
        what=lambda about, found, limit, n: said(
            f"{about}: 결정한 {n}건 가운데 {found} %에서 뜻을 다시 물었습니다(한도 {limit} %).",
            f"{about}: of {n} cases under it {found} % asked what it means; the limit is {limit} %",
        ),
        repair=REWRITE,
    ),
    "disputed": _Kind(
        rule="P5",
        level="clause",
        share=True,
        what=lambda about, found, limit, n: said(
            f"{about}: 통지한 결과 {n}건 가운데 {found} %에 이의가 있었습니다(한도 {limit} %).",
            f"{about}: of {n} results told under it {found} % were contested; the limit is {limit} %",
        ),
        repair=REWRITE,
    ),
    "conditions": _Kind(
        rule="P5",
        level="clause",
        share=False,
        what=lambda about, found, limit, _: said(
            f"{about}: 조건이 {found}가지로 한도 {limit}가지를 넘습니다.",
            f"{about}: {found} conditions; the limit is {limit}",
        ),
        repair=REWRITE,
    ),
}
"""Every aspect with how it is judged."""


def _of_group(marks: tuple[Mark, ...]) -> SharedFinding | None:
    """Judge the marks of one product or clause, oldest first."""
    against = [mark for mark in marks if mark.against]
    kind, newest = KINDS[marks[0].aspect], marks[-1]
    if not against:
        return None
    measured, limit = against[-1].value, against[-1].limit
    if kind.share:
        if len(against) * 100 <= len(marks) * newest.limit:
            return None
        measured, limit = len(against) * 100 // len(marks), newest.limit
    return SharedFinding(
        rule=kind.rule,
        part=part_of(kind.rule),
        level=kind.level,
        about=newest.about,
        clause=newest.clause,
        counted=len(marks),
        against=len(against),
        measured=measured,
        limit=limit,
        proof=tuple(Proof(case=mark.case, events=mark.proof) for mark in against),
        since=max(mark.at for mark in against),
        state=_state(all(mark.over for mark in against)),
        what=kind.what(newest.about, measured, limit, len(marks)),
        repair=kind.repair,
    )


def _state(over: bool) -> State:  # noqa: FBT001 - said of one thing
    return "too_late" if over else "open"


def _repeated(told: Iterable[Told]) -> Iterator[SharedFinding]:
    """R90 across cases: words that one customer had in another case already."""

    def same(each: Told) -> tuple[str, str]:
        return (each.customer, each.digest)

    for _, own in groupby(
        sorted(told, key=lambda each: (*same(each), each.at, each.case, each.seq)), key=same
    ):
        first_in: dict[str, Told] = {}
        for each in own:
            first_in.setdefault(each.case, each)
        first, *again = first_in.values()
        for each in again:
            yield SharedFinding(
                rule="R90",
                part=part_of("R90"),
                level="customer",
                about=each.case,
                clause=TEXTS["R90"].source,
                counted=len(first_in),
                against=len(again),
                measured=len(first_in),
                limit=1,
                proof=(
                    Proof(case=first.case, events=(first.seq,)),
                    Proof(case=each.case, events=(each.seq,)),
                ),
                since=each.at,
                state=_state(each.over),
                what=said(
                    f"{first.case}에서 이미 보낸 글을 같은 고객에게 {each.case}에서 똑같이 보냈습니다.",
                    f"in {each.case} the customer was sent the very words that they had in {first.case}",
                ),
                repair=TEXTS["R90"].repair,
            )
