"""Figures of a period: counted from events, sent to a head once, and answered; a late answer is told on."""

from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest

from domain.actor import REDRESS, Actor, Role
from domain.effect import SendNotice
from domain.fairness import findings
from domain.fairness_history import History, history, numbered
from domain.figures import HEADINGS, Figures, Period, last_whole, part_of, total
from domain.improvement import deadlines, decide, todo
from domain.improvement_events import (
    AcceptImprovement,
    AnswerFigures,
    FinishImprovement,
    RefuseImprovement,
    ReportFigures,
)
from domain.improvement_state import Improvement, evolve, unheard_of
from domain.improvement_view import improvement_row, improvement_view
from domain.message import Event, LetTimePass, OutcomeUnknown
from domain.refusal import Refused
from domain.targets import TargetBreached
from domain.theme import Theme, figures_book
from policies import load
from tests.domain.fair_lives import STORIES
from tests.domain.lives import AGENT, IN_RECOVERY, MONDAY, POLICY, Life, given, wait
from tests.domain.test_conduct import promise
from tests.domain.test_improvement import RAISED, told

DAY = timedelta(days=1)
EVER = Period(first=date(2000, 1, 1), last=date(2100, 1, 1))
NEVER = Period(first=date(2000, 1, 1), last=date(2000, 1, 2))
KR = load("retail-kr", year_from=2026)
THEME = Theme(kind="figures", department="customer_service", product="2026-11-16..2026-11-22", cause="kr")
HEAD = Actor(role=Role.DEPARTMENT_HEAD, id="head-customer_service")
OTHER_HEAD = Actor(role=Role.DEPARTMENT_HEAD, id="head-sales")


def counted(*lives: Life, days: Period = EVER) -> Figures:
    told = [history(numbered(life.events), POLICY, life.now) for life in lives]  # type: ignore[arg-type]
    parts = [part_of(f"case {number}", each, days) for number, each in enumerate(told)]
    return total(parts, policy=POLICY.name, days=days, unjudged=0)


def broken() -> dict[str, History]:
    """Return a history that breaks each rule."""
    return {
        rule: history(story.entries, story.life.case.policy, story.life.now + story.later)
        for rule, story in ((rule, each.broken) for rule, each in STORIES.items())
    }


def report(figures: Figures | None = None) -> ReportFigures:
    book = figures_book(KR)
    assert book is not None
    return ReportFigures(id="f", by=REDRESS, theme=THEME, figures=figures or counted(), book=book, at=MONDAY)


ASKED: Improvement = told(unheard_of("IMP-1"), report())


# Counting. --------------------------------------------------------------------------------------------------


def test_the_last_whole_week_begins_on_a_monday_and_the_last_whole_month_on_its_first() -> None:
    for today in (date(2026, 11, 23), date(2026, 11, 29)):
        assert str(last_whole("week", today)) == "2026-11-16..2026-11-22"
    assert str(last_whole("month", date(2026, 3, 1))) == "2026-02-01..2026-02-28"
    assert str(last_whole("month", date(2026, 1, 31))) == "2025-12-01..2025-12-31"


def test_promises_targets_and_openings_of_a_period_are_counted_from_events() -> None:
    late = given(*IN_RECOVERY, promise(AGENT, 2), wait(hours=40 * 24))
    found = counted(late, given(*IN_RECOVERY))
    assert (found.judged, found.opened, found.promises.promises, found.promises.broken) == (2, 2, 1, 1)
    assert found.missed
    breaches = [each for each in late.events if isinstance(each, TargetBreached)]
    assert sum(found.missed.values()) == len(breaches)
    before = counted(late, days=NEVER)
    assert (before.judged, before.opened, before.promises.promises, before.missed) == (1, 0, 0, {})


def test_findings_are_counted_by_clause_and_department_as_the_rules_find_them() -> None:
    told = broken()
    found = total([part_of(*each, EVER) for each in told.items()], policy="p", days=EVER, unjudged=0)
    assert found.findings == sum(len(findings(each)) for each in told.values()) > 0
    assert len(found.clauses) <= HEADINGS
    assert sum(each.findings for each in found.departments) == found.findings
    assert [each.findings for each in found.clauses] == sorted(
        (each.findings for each in found.clauses), reverse=True
    )


def test_what_is_sent_is_bounded_however_many_cases_there_are() -> None:
    parts = [part_of(rule, each, EVER) for rule, each in broken().items()] * 30
    assert len(total(parts, policy="p", days=EVER, unjudged=0).model_dump_json()) < 16_000


# Answering. -------------------------------------------------------------------------------------------------


def answer(by: Actor = HEAD, at: Any = MONDAY + DAY) -> AnswerFigures:
    return AnswerFigures(id="a", by=by, answer="two more people for logistics", at=at)


def test_the_head_is_asked_once_for_a_period() -> None:
    assert (ASKED.state, ASKED.owner) == ("raised", HEAD.id)
    (asked,) = todo(ASKED)
    assert isinstance(asked.request, SendNotice)
    assert (asked.request.template, asked.request.staff) == ("figures_asked", HEAD.id)
    assert asked.request.slots["about"] == THEME.product
    other = counted(given(*IN_RECOVERY))
    assert decide(ASKED, report(other)) == (), "counted anew it changes nothing"


def test_the_answer_is_recorded_with_who_and_when_and_ends_the_limit() -> None:
    answered = told(ASKED, answer())
    view = improvement_view(answered, head="", unwritten=0, waiting=(), now=MONDAY + DAY)
    assert (view.answer, view.answered_by, view.answered_at) == (
        "two more people for logistics",
        HEAD,
        MONDAY + DAY,
    )
    assert (improvement_row(answered).state, deadlines(answered)) == ("done", ())
    assert (view.figures, view.measured) == (ASKED.figures, None)


@pytest.mark.parametrize(
    "by", [OTHER_HEAD, Actor(role=Role.SUPERVISOR, id="sup-01"), Actor(role=Role.AUDITOR, id="auditor-01")]
)
def test_nobody_answers_in_the_heads_place(by: Actor) -> None:
    with pytest.raises(Refused) as refusal:
        decide(ASKED, answer(by))
    assert refusal.value.code in ("not-your-role", "not-in-directory")


def test_figures_are_answered_and_neither_taken_on_nor_refused_and_improvements_have_no_answer() -> None:
    for command in (
        AcceptImprovement(id="x", by=HEAD, at=MONDAY),
        FinishImprovement(id="x", by=HEAD, changed="nothing", at=MONDAY),
        RefuseImprovement(id="x", by=HEAD, reason="no", at=MONDAY),
    ):
        with pytest.raises(Refused):
            decide(ASKED, command)
    with pytest.raises(Refused, match="like cases"):
        decide(RAISED, answer())
    with pytest.raises(Refused, match="like cases"):
        decide(RAISED, report())


def test_a_late_answer_is_reminded_of_until_it_is_there_and_somebody_else_hears() -> None:
    request, at = ASKED, MONDAY
    events: list[Event] = []
    request = reduce(evolve, decide(request, OutcomeUnknown(at=MONDAY, key="tell:1")), request)
    for _ in range(30):
        at += DAY
        while found := decide(request, LetTimePass(at=at)):
            request = reduce(evolve, found, request)
            events += found
    kinds = [getattr(each, "kind", "") for each in events]
    assert kinds[0] == "improvement_reminded"
    assert kinds.count("improvement_late") > 3
    assert request.owner == HEAD.id, "the head still has to answer"
    late = {word.staff for word in request.words if word.notice == "figures_late"}
    assert late == {HEAD.id, "auditor-01"}
    answered = told(request, answer(at=at))
    assert (answered.state, deadlines(answered)) == ("done", ())


@pytest.mark.parametrize("name", ["retail-kr", "finance-uk", "finance-us"])
def test_every_shipped_policy_names_a_head_who_must_answer(name: str) -> None:
    policy = load(name, year_from=2026)
    book = figures_book(policy)
    assert book is not None
    assert book.levels[0] == policy.service_head
    assert policy.holds(book.levels[0], Role.DEPARTMENT_HEAD)
