"""What a person sees of a period, in both languages."""

from datetime import date

from rich.console import Console, RenderableType

from cli.fair_period import Findings
from cli.fair_shown import SHOWN, shown
from cli.scores import By as ScoresBy
from cli.scores import Scores
from cli.scores import shown as scores_shown
from domain.figures import Period
from domain.questions import SCALES
from domain.repetition import answers_of, cared
from domain.scores import scored
from domain.solving import solved_of, solving
from tests.domain.test_fairness_many import REFUSED, judged, short
from tests.domain.test_scores import asked, called, case, told

DAYS = Period(first=date(2026, 3, 1), last=date(2026, 3, 31))


def read(what: RenderableType) -> str:
    console = Console(width=260)
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def test_findings_over_many_cases_are_shown_with_what_proves_them_and_how_to_mend_it() -> None:
    many = judged(*[short(REFUSED)] * (SHOWN + 1))
    found = Findings(6, 0, (), tuple(each for each in many if each.rule == "O2"))
    korean, english = read(shown(found, DAYS, "ko")), read(shown(found, DAYS, "en"))
    assert "여러 건에서 드러난 것" in korean
    assert "품질보증 기간을 늘리십시오" in korean
    assert "CASE-1 #" in english
    assert "lengthen this product's warranty" in english
    assert f"CASE-{SHOWN + 1} #" not in english
    assert " …" in english


def test_scores_are_shown_with_how_many_answered_and_what_is_kept_back() -> None:
    cases = [case(called(outcome_fair=6, recommend=9)), case(called(outcome_fair=2), "TWO", shown=False)]
    repeated = cared(list(answers_of("A", asked())), {"A"})
    every = scored("firm", cases)
    solved = solved_of("ONE", told(called()))
    assert solved is not None
    found = Scores(
        firm=every,
        by=(every,),
        scales=dict(SCALES),
        unjudged=0,
        repeated=repeated,
        solving=(solving("firm", [solved], [solved]),),
    )
    text = read(scores_shown(found, DAYS, ScoresBy.PRODUCT))
    assert "6.0 (1)" in text
    assert "1 kept back until the end" in text
    assert "100 (1)" in text
    assert "promises kept" in text
    assert "같은 질문" in text
    assert "첫 접촉 해결" in text
    assert "100 % (1)" in text
