"""Scores of many cases: means of what was answered, each beside what the events measure."""

from itertools import permutations
from typing import Any

from domain.assignment import AcceptCase
from domain.effect import CallMade
from domain.ending import AnswerCase
from domain.fairness import findings
from domain.fairness_history import History, history, numbered, without_answers
from domain.happy_call import HappyCallAnswered
from domain.promise import KeepPromise, MakePromise
from domain.questions import Scale
from domain.record import canonical
from domain.repetition import answers_of, cared
from domain.scores import CaseScores, Mean, scored, scores_of
from domain.servqual import expected, perceived
from tests.domain.fair_lives import READ, sent
from tests.domain.follow_ups import FORM, HOUR, answered, asking
from tests.domain.lives import (
    AGENT,
    CALLED,
    IN_RECOVERY,
    MONDAY,
    OWNER,
    SATISFIED,
    Item,
    Life,
    given,
    ok,
    opening,
    say,
    triage,
    wait,
)
from tests.domain.test_prepared import POLICY, WHOLE
from tests.domain.test_written_form import SENT

OVER = wait(days=9)


def told(life: Life) -> History:
    return history(numbered(life.events), life.case.policy, life.now)  # type: ignore[arg-type]


def called(*more: Item, **answers: int) -> Life:
    """Return a case whose customer answered the call."""
    made = CallMade(reference="c1", outcome="answered", answers={"problem_gone": 1, **answers})
    return given(*CALLED, ok("happy-call", made), *more)


def case(life: Life, name: str = "ONE", *, shown: bool = True) -> CaseScores:
    return scores_of(name, told(life), shown=shown)


def scores(*lives: Life) -> Any:
    return scored("all", [case(each, f"CASE-{place}") for place, each in enumerate(lives)])


def test_a_missing_answer_is_not_zero_and_every_mean_says_of_how_many() -> None:
    found = scores(called(outcome_fair=6, effort=2), called(outcome_fair=5), given(*IN_RECOVERY))
    assert (found.cases, found.answered) == (3, 2)
    assert found.means["outcome_fair"] == Mean(n=2, mean=5.5)
    assert found.means["effort"] == Mean(n=1, mean=2)
    assert found.means["process_fair"] == Mean(n=0, mean=None)
    assert (found.problem_gone.n, found.problem_gone.per_cent) == (2, 100)
    assert (found.recommend.n, found.recommend.score) == (0, None)


def test_recommendation_is_promoters_less_detractors() -> None:
    found = scores(*(called(recommend=score) for score in (10, 9, 8, 7, 6, 0))).recommend
    assert (found.n, found.promoters, found.passives, found.detractors, found.score) == (6, 2, 2, 2, 0)
    assert scores(called(recommend=10), called(recommend=9), called(recommend=6)).recommend.score == 33


def test_an_answer_off_its_scale_or_on_another_scale_is_missing() -> None:
    assert scores(called(effort=9)).means["effort"].n == 0
    life = called(effort=2)
    turned = life.last("happy_call_answered").model_copy(
        update={"scales": {"effort": Scale(low=1, high=5, better="high")}}
    )
    events = [turned if isinstance(each, HappyCallAnswered) else each for each in life.events]
    other = history(numbered(events), life.case.policy, life.now)  # type: ignore[arg-type]
    assert scored("all", [scores_of("ONE", other, shown=True)]).means["effort"].n == 0


def test_scores_of_a_case_that_goes_on_are_counted_for_nobody_but_who_may_see_them() -> None:
    life = called(outcome_fair=2)
    hidden = scored("all", [case(life, shown=False)])
    assert (hidden.cases, hidden.kept_back, hidden.answered) == (1, 1, 0)
    assert hidden.means["outcome_fair"].n == 0
    assert hidden.responsiveness.first_answer.n == 1
    assert scores(life).means["outcome_fair"].mean == 2
    assert scored("all", [case(given(*IN_RECOVERY), shown=False)]).kept_back == 0


def test_nothing_that_a_rule_found_in_an_answer_tells_the_score_before_the_end() -> None:
    life = called(courtesy=7, empathy=1)
    assert case(life).quality.empathy.cold - case(life, shown=False).quality.empathy.cold == 1
    assert "call c1" in {each.about for each in findings(told(life))}
    assert "call c1" not in {each.about for each in findings(without_answers(told(life)))}


def test_a_score_that_was_begged_for_counts_nowhere() -> None:
    found = scores(called(outcome_fair=7, solicited=1), called(outcome_fair=5, solicited=0))
    assert (found.begged, found.means["outcome_fair"]) == (1, Mean(n=1, mean=5))


def test_each_dimension_stands_beside_its_measure() -> None:
    form = {expected("r1"): 7, perceived("r1"): 4, expected("e1"): 1, perceived("e1"): 2}
    life = given(*SATISFIED, wait(days=1, hours=1), policy=asking(form=FORM)).told(
        ok("servqual-link", SENT), wait(days=3, hours=1), ok("servqual-answer", answered(form))
    )
    promise = say(MakePromise, AGENT, what="call", due=MONDAY + 3 * HOUR)
    kept = given(*IN_RECOVERY, promise, say(KeepPromise, AGENT, number=1, proof="call 1", contact=1))
    broken = given(*IN_RECOVERY, promise, wait(hours=4))
    found = scores(life, kept, broken)
    assert (found.forms, found.reliability.gap, found.empathy.gap) == (
        1,
        Mean(n=1, mean=-3),
        Mean(n=1, mean=-1),
    )
    assert found.tangibles == found.assurance.gap == Mean(n=0, mean=None)
    assert (found.reliability.promises_kept.n, found.reliability.promises_kept.per_cent) == (2, 50)
    assert (found.responsiveness.first_answer.n, found.responsiveness.first_answer.seconds) == (3, 0)
    assert (found.assurance.of_the_department.n, found.assurance.with_the_skill.per_cent) == (4, 100)


def test_whatever_the_order_the_scores_are_the_same_bytes() -> None:
    cases = [case(called(outcome_fair=score, recommend=score), f"C{score}") for score in (1, 3, 7)]
    assert len({canonical(scored("all", order)) for order in permutations(cases)}) == 1


def test_a_case_counts_for_its_department_product_and_the_owner_whom_the_customer_judged() -> None:
    found = case(called(OVER, outcome_fair=6))
    assert (found.department, found.product, found.owner) == ("service", "cup", "ann")
    bare = case(given(opening()))
    assert (bare.department, bare.product, bare.owner, bare.answers) == (None, None, None, None)


# The same question again. ----------------------------------------------------------------------------------


def asked(**situation: str) -> History:
    """Return an inquiry that was answered with a prepared answer."""
    items = (opening(text="When will it arrive?"), *READ, triage(voc_type="inquiry"), say(AcceptCase, AGENT))
    whole = say(AnswerCase, OWNER, prepared="when", situation={**WHOLE, **situation})
    return told(given(*items, whole, ok("answer", sent("...")), policy=POLICY))


def test_care_is_told_by_how_often_the_owner_had_answered_the_question_before() -> None:
    first, others = asked(where="the depot in Busan"), [asked() for _ in range(10)]
    answers = [each for place, one in enumerate((first, *others)) for each in answers_of(f"C{place:02}", one)]
    found = cared(answers, {f"C{place:02}" for place in range(11)})
    assert [(each.before, each.answers, each.own_words) for each in found] == [
        ("0", 1, 6),
        ("1-9", 9, 3),
        ("10-99", 1, 3),
    ]
    assert {(each.owner, each.question) for each in found} == {("ann", "when")}


def test_answers_in_other_periods_count_as_given_before() -> None:
    answers = [each for name in ("A", "B") for each in answers_of(name, asked())]
    assert [(each.before, each.answers) for each in cared(answers, {"B"})] == [("1-9", 1)]
    own = told(given(*SATISFIED))
    assert list(answers_of("C", own)) == []
