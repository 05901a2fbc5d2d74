"""`redress scores`: what customers said of us over a period, beside what we did."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Group, RenderableType

from cli.conduct import FIRM
from cli.connection import find_settings, run
from cli.fair_period import instant, period, stand
from cli.output import Json, answer, plain, row, table
from cli.service_level import span
from cli.viewer import Viewer, viewer_of
from domain.actor import Actor
from domain.figures import Period
from domain.follow_up_view import may_see_scores
from domain.questions import JUSTICE, SCALES, Scale
from domain.record import Line, Record
from domain.repetition import Cared, Repeated, answers_of, cared
from domain.scores import CaseScores, Mean, Scored, Share, Typical, scored, scores_of
from domain.solving import CaseSolved, Solving, solved_of, solving
from settings import Settings


class By(StrEnum):
    """What scores are told by, beside the firm as a whole."""

    DEPARTMENT = "department"
    PRODUCT = "product"
    OWNER = "owner"


class Scores(Record):
    """The scores of a period, with the scale of each question.

    Attributes:
        unjudged: cases whose opening or pinned policy is gone from the ledger.
        repeated: by whom the same question was answered how often, and with how much care.
        solving: how problems were solved, under the same headings, the firm last.
    """

    firm: Scored
    by: tuple[Scored, ...]
    scales: dict[Line, Scale]
    unjudged: int
    repeated: tuple[Cared, ...]
    solving: tuple[Solving, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scores")(scores)


def scores(
    *,
    days: Annotated[
        str, typer.Option("--period", metavar="FROM..TO", help="The cases that were received on these days.")
    ],
    by: Annotated[By, typer.Option(help="What scores are told by.")] = By.DEPARTMENT,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="As of this time (ISO 8601); else as it stands now.")
    ] = None,
    viewer: Viewer = None,
    as_json: Json = False,
) -> None:
    """Show SERVQUAL beside its event measures, the three justices, NPS and CES, each with its count.

    Answers of a case that has not ended are counted for a supervisor only.
    """
    asked = period(days)
    found = run(_figures(find_settings(), asked, by, instant(at), viewer_of(viewer)))
    answer(found, shown(found, asked, by), as_json=as_json)


async def _figures(
    settings: Settings, days: Period, by: By, at: datetime | None, viewer: Actor | None
) -> Scores:
    cases: list[CaseScores] = []
    repeated: list[Repeated] = []
    solved: list[CaseSolved] = []
    unjudged = 0
    async for number, told in stand(settings, at):
        if told is None:
            unjudged += 1
            continue
        solved += (each for each in (solved_of(number, told),) if each is not None)
        repeated += (each for each in answers_of(number, told))
        if days.holds_receipt(told):
            shown = may_see_scores(told.policy, viewer, ended=told.ended is not None)
            cases.append(scores_of(number, told, shown=shown))
    headings = sorted({_heading(each, by) for each in cases})
    return Scores(
        firm=scored(FIRM, cases),
        by=tuple(scored(name, (each for each in cases if _heading(each, by) == name)) for name in headings),
        scales=dict(SCALES),
        unjudged=unjudged,
        repeated=cared(repeated, {each.case for each in cases}),
        solving=tuple(_solving(cases, solved, by, headings)),
    )


def _solving(
    cases: list[CaseScores], solved: list[CaseSolved], by: By, headings: list[str]
) -> Iterator[Solving]:
    """Yield how problems were solved, under each heading and in the firm."""
    under = {each.case: _heading(each, by) for each in cases}
    own = [each for each in solved if each.case in under]
    for name in headings:
        yield solving(name, (each for each in own if under[each.case] == name), solved)
    yield solving(FIRM, own, solved)


def _heading(case: CaseScores, by: By) -> str:
    found = {By.DEPARTMENT: case.department, By.PRODUCT: case.product, By.OWNER: case.owner}[by]
    return found or "-"


def shown(found: Scores, days: Period, by: By) -> RenderableType:
    """Return what a person sees."""
    every = (*found.by, found.firm)
    parts: list[RenderableType] = [
        plain(
            f"{days.first}..{days.last}: {found.firm.cases} cases (건), {found.firm.answered} answered (응답)"
        )
    ]
    if found.firm.kept_back:
        parts.append(plain(f"{found.firm.kept_back} kept back until the end (종결 전 비공개)"))
    parts += [_said(every, by), _servqual(every, by)]
    parts.append(_solved(found.solving, by))
    if found.repeated:
        parts.append(_care(found.repeated))
    return Group(*parts)


def _said(every: tuple[Scored, ...], by: By) -> RenderableType:
    shown = table(
        "\nWhat customers said (고객 응답; 괄호 안은 응답 수)",
        by.value,
        "사례 cases",
        "결과 outcome",
        "절차 process",
        "응대 treatment",
        "노력 CES 1-7",
        "추천 NPS",
        "해결 gone",
    )
    for each in every:
        justice = [_mean(each.means[name]) for name in JUSTICE]
        nps = _told(each.recommend.score, each.recommend.n)
        row(
            shown,
            each.heading,
            each.cases,
            *justice,
            _mean(each.means["effort"]),
            nps,
            _share(each.problem_gone),
        )
    return shown


def _servqual(every: tuple[Scored, ...], by: By) -> RenderableType:
    shown = table(
        "\nSERVQUAL (지각 - 기대) beside what the events show", by.value, "차원", "gap", "이력에서 measured"
    )
    for each in every:
        for dimension, gap, measured in _dimensions(each):
            row(shown, each.heading, dimension, _mean(gap), measured)
    return shown


def _dimensions(each: Scored) -> Iterator[tuple[str, Mean, str]]:
    yield "유형성 tangibles", each.tangibles, "-"
    rely = each.reliability
    kept = f"약속 이행 promises kept {_share(rely.promises_kept)}, moved {rely.promises_moved}"
    yield "신뢰성 reliability", rely.gap, kept
    soon = each.responsiveness
    first, silence = _typical(soon.first_answer), _typical(soon.longest_silence)
    yield "응답성 responsiveness", soon.gap, f"첫 답변 first answer {first}, 최장 공백 silence {silence}"
    sure = each.assurance
    people = f"부서 {_share(sure.of_the_department)}, 기능 skill {_share(sure.with_the_skill)}"
    yield "확신성 assurance", sure.gap, f"I2 {sure.blame_or_jargon}, {people}"
    warm = each.empathy
    yield "공감성 empathy", warm.gap, f"I1 {warm.cold}, I3 {warm.hostile}, I5 {warm.record_ignored}"


def _solved(every: tuple[Solving, ...], by: By) -> RenderableType:
    shown = table(
        "\nHow problems were solved (문제 해결; 괄호 안은 건수)",
        by.value,
        "첫 접촉 해결 first contact",
        "인바운드 inbound",
        "아웃바운드 outbound",
        "회복률 recovered",
        "같은 원인 재발 same cause again",
    )
    for each in every:
        first, well, again = (
            _share(part) for part in (each.first_contact, each.recovered, each.same_cause_again)
        )
        row(shown, each.heading, first, each.inbound, each.outbound, well, again)
    return shown


def _care(repeated: tuple[Cared, ...]) -> RenderableType:
    shown = table(
        "\nThe same question again (같은 질문에 대한 응대)",
        "담당자 owner",
        "질문 question",
        "전에 답한 횟수 answered before",
        "답 answers",
        "고객별 내용(낱말) own words",
        "걸린 시간 took",
        "위반 findings",
    )
    for each in repeated:
        row(
            shown,
            each.owner,
            each.question,
            each.before,
            each.answers,
            each.own_words,
            _typical(each.took),
            each.findings,
        )
    return shown


def _mean(mean: Mean) -> str:
    return _told(mean.mean, mean.n)


def _share(share: Share) -> str:
    return _told(None if share.per_cent is None else f"{share.per_cent} %", share.n)


def _typical(typical: Typical) -> str:
    return _told(None if typical.seconds is None else span(typical.seconds), typical.n)


def _told(value: object, n: int) -> str:
    return "-" if value is None else f"{value} ({n})"
