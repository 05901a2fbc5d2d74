"""Scores of many cases: what customers said of us, each beside what we did (R123 to R128).

The three justices, effort (CES), recommendation (NPS) and the dimensions of SERVQUAL. A missing answer is not
zero: every figure says of how many answers it is. An answer that somebody begged for counts nowhere, and of a
case that has not ended none counts for anybody but a supervisor.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from statistics import median_low

from domain.assignment import (
    CaseAccepted,
    CaseEscalated,
    DepartmentAssigned,
    OwnerAppointed,
    TransferAccepted,
)
from domain.fairness_history import History, without_answers
from domain.happy_call import HappyCallAnswered
from domain.questions import JUSTICE, SCALES, Scale, on_scale
from domain.record import Line, Record
from domain.service_quality import ServiceQuality, quality_of

ASKED = (*JUSTICE, "courtesy", "empathy", "clear", "effort")
"""Questions of which a mean is told, each on its scale."""

PROMOTER, PASSIVE = 9, 7
"""On the scale of recommendation: from which answer on somebody promotes us, or at least does not detract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScores:
    """What one case adds.

    Attributes:
        owner: who owned it when it was last judged by its customer, or last of all.
        answers: of the last answered call or link; None where there is none that counts.
        kept_back: whether the customer answered, and nobody may see it yet.
        begged: whether somebody asked the customer for a good score.
    """

    case: str
    department: str | None
    product: str | None
    owner: str | None
    answers: Mapping[str, int] | None
    quality: ServiceQuality
    kept_back: bool
    begged: bool


class Mean(Record):
    """A mean of answers, to two places; None where nobody answered."""

    n: int
    mean: float | None


class Share(Record):
    """How many of how many, in per cent rounded down; None of none."""

    n: int
    of_them: int
    per_cent: int | None


class Recommendation(Record):
    """NPS: promoters less detractors, in per cent of all who answered; None where nobody did."""

    n: int
    promoters: int
    passives: int
    detractors: int
    score: int | None


class Typical(Record):
    """The middle one of spans of time, in seconds; None of none."""

    n: int
    seconds: int | None


class ReliabilityScore(Record):
    """What was promised, and done."""

    gap: Mean
    promises_kept: Share
    promises_moved: int


class ResponsivenessScore(Record):
    """How soon we answered, and how long we were silent at the most."""

    gap: Mean
    first_answer: Typical
    longest_silence: Typical


class AssuranceScore(Record):
    """Blame and jargon (I2), and owners of the department and with the skill that their case asked for."""

    gap: Mean
    blame_or_jargon: int
    of_the_department: Share
    with_the_skill: Share


class EmpathyScore(Record):
    """Coldness (I1), hostility (I3) and passing over the customer's record (I5)."""

    gap: Mean
    cold: int
    hostile: int
    record_ignored: int


class Scored(Record):
    """The scores under one heading.

    Attributes:
        cases: how many cases; their events are measured whether or not anybody answered.
        answered: cases whose customer answered, in a call or by link; `forms`: the written form.
        kept_back: cases with answers that are not counted yet, because the case goes on.
        begged: cases whose answers are left out, because somebody asked for them.
    """

    heading: Line
    cases: int
    answered: int
    forms: int
    kept_back: int
    begged: int
    problem_gone: Share
    means: dict[Line, Mean]
    recommend: Recommendation
    tangibles: Mean
    reliability: ReliabilityScore
    responsiveness: ResponsivenessScore
    assurance: AssuranceScore
    empathy: EmpathyScore


def scores_of(case: str, told: History, *, shown: bool) -> CaseScores:
    """Return what a case adds; where its scores may not be shown, only what its events measure."""
    calls = told.of(HappyCallAnswered)
    begged = shown and any(each.event.answers.get("solicited") == 1 for each in calls[-1:])
    quality = quality_of(told if shown and not begged else without_answers(told))
    return CaseScores(
        case=case,
        department=_last_department(told),
        product=told.product,
        owner=_last_owner(told, calls[-1].seq if calls else None),
        answers=_comparable(calls[-1].event) if calls and shown and not begged else None,
        quality=quality,
        kept_back=not shown and (bool(calls) or quality.answered),
        begged=begged,
    )


def _comparable(call: HappyCallAnswered) -> dict[str, int]:
    """Return the answers on the scale of today; a scale that was turned round is another question."""
    same: dict[str, int] = {}
    for name, value in on_scale(call.answers).items():
        scale: Scale | None = call.scales.get(name, SCALES.get(name))
        if scale is not None and scale == SCALES.get(name):
            same[name] = value
    return same


def _last_department(told: History) -> str | None:
    assigned = told.of(DepartmentAssigned)
    return assigned[-1].event.department if assigned else None


def _last_owner(told: History, before: int | None) -> str | None:
    owner: str | None = None
    for seq, event in told.seen:
        if before is not None and seq > before:
            break
        if isinstance(event, CaseAccepted | CaseEscalated | OwnerAppointed | TransferAccepted):
            owner = event.owner
    return owner


def scored(heading: str, cases: Iterable[CaseScores]) -> Scored:
    """Return the scores of these cases, the same whatever their order."""
    own = sorted(cases, key=lambda each: each.case)
    answers = [each.answers for each in own if each.answers is not None]
    quality = [each.quality for each in own]
    return Scored(
        heading=heading,
        cases=len(own),
        answered=len(answers),
        forms=sum(each.quality.answered and not (each.kept_back or each.begged) for each in own),
        kept_back=sum(each.kept_back for each in own),
        begged=sum(each.begged for each in own),
        problem_gone=share([each["problem_gone"] for each in answers if "problem_gone" in each]),
        means={name: _mean(each.get(name) for each in answers) for name in ASKED},
        recommend=_recommendation([each["recommend"] for each in answers if "recommend" in each]),
        tangibles=_mean(each.tangibles for each in quality),
        reliability=_reliability(quality),
        responsiveness=_responsiveness(quality),
        assurance=_assurance(quality),
        empathy=_empathy(quality),
    )


def _reliability(quality: Sequence[ServiceQuality]) -> ReliabilityScore:
    promises = [each.reliability.promises for each in quality]
    kept, broken = sum(each.kept for each in promises), sum(each.broken for each in promises)
    return ReliabilityScore(
        gap=_mean(each.reliability.gap for each in quality),
        promises_kept=_of(kept, kept + broken),
        promises_moved=sum(each.moved for each in promises),
    )


def _responsiveness(quality: Sequence[ServiceQuality]) -> ResponsivenessScore:
    return ResponsivenessScore(
        gap=_mean(each.responsiveness.gap for each in quality),
        first_answer=typical(each.responsiveness.first_answer for each in quality),
        longest_silence=typical(each.responsiveness.longest_silence for each in quality),
    )


def _assurance(quality: Sequence[ServiceQuality]) -> AssuranceScore:
    every = [each.assurance for each in quality]
    owners = sum(each.owners for each in every)
    return AssuranceScore(
        gap=_mean(each.gap for each in every),
        blame_or_jargon=sum(each.blame_or_jargon for each in every),
        of_the_department=_of(sum(each.matched for each in every), owners),
        with_the_skill=_of(sum(each.skilled for each in every), owners),
    )


def _empathy(quality: Sequence[ServiceQuality]) -> EmpathyScore:
    every = [each.empathy for each in quality]
    return EmpathyScore(
        gap=_mean(each.gap for each in every),
        cold=sum(each.cold for each in every),
        hostile=sum(each.hostile for each in every),
        record_ignored=sum(each.record_ignored for each in every),
    )


def _mean(answers: Iterable[float | None]) -> Mean:
    """Return the mean, computed exactly, so that no machine and no order rounds otherwise."""
    given = [Fraction(each).limit_denominator(1000) for each in answers if each is not None]
    return Mean(
        n=len(given), mean=float(round(sum(given, start=Fraction(0)) / len(given), 2)) if given else None
    )


def share(answers: Sequence[int]) -> Share:
    """Return how many of these are so."""
    return _of(sum(answers), len(answers))


def _of(part: int, whole: int) -> Share:
    return Share(n=whole, of_them=part, per_cent=part * 100 // whole if whole else None)


def typical(spans: Iterable[timedelta | None]) -> Typical:
    """Return the middle one of the spans that are known."""
    known = [round(each.total_seconds()) for each in spans if each is not None]
    return Typical(n=len(known), seconds=median_low(known) if known else None)


def _recommendation(answers: Sequence[int]) -> Recommendation:
    promoters = sum(each >= PROMOTER for each in answers)
    detractors = sum(each < PASSIVE for each in answers)
    n = len(answers)
    return Recommendation(
        n=n,
        promoters=promoters,
        passives=n - promoters - detractors,
        detractors=detractors,
        score=round(Fraction(100 * (promoters - detractors), n)) if n else None,
    )
