"""The fifteen rules: for each a broken story, a right one, and a prevention seen on the running system.

A rule that finds nothing, or that finds something everywhere, fails the story of that rule.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from domain import fairness
from domain.fairness_history import History
from domain.fairness_limits import RuleId
from domain.finding import Finding, said
from tests.domain.fair_lives import STORIES, Story
from tests.domain.test_fairness import of

TESTS = Path(__file__).parent.parent
FIFTEEN: tuple[RuleId, ...] = tuple(rule for rule in get_args(RuleId) if rule[0] in "OPI")


@dataclass(frozen=True)
class Seen:
    """Where a prevention is seen with a real server and a real ledger.

    Attributes:
        test: file and name.
        act: of a forbidden act, its name in the table of that file.
    """

    test: str
    act: str | None = None


def forbidden(act: str) -> Seen:
    return Seen("cli/test_forbidden_acts.py::test_it_is_refused", act)


PREVENTIONS: dict[RuleId, tuple[Seen, ...]] = {
    "O1": (
        forbidden("a plan passes over the harm that was stated"),
        forbidden("a result is registered over an undecided harm"),
    ),
    "O2": (forbidden("a claim is refused as expired while the warranty runs"),),
    "O3": (forbidden("a fee is quoted again that a supervisor refused"),),
    "O4": (forbidden("a suggestion is closed without saying what becomes of it"),),
    "O5": (forbidden("fees for a defect are put on the customer"),),
    "P1": (
        Seen("cli/test_open.py::test_a_case_is_opened_while_postgres_and_sandbox_are_down"),
        Seen(
            "cli/test_channels.py::"
            "test_a_second_submission_by_another_channel_joins_the_first_and_a_wrong_join_is_split_again"
        ),
    ),
    "P2": (
        forbidden("a post is hidden on the word of one person"),
        forbidden("an event is deleted"),
        Seen("cli/test_channels.py::test_a_post_opens_a_case_and_its_removal_is_noticed_and_explained"),
    ),
    "P3": (
        forbidden("a case is taken from its owner"),
        forbidden("a case is handed over without a word"),
        Seen(
            "cli/test_handling.py::"
            "test_departments_refuse_an_owner_is_away_a_task_is_late_and_everybody_hears_how_it_came_out"
        ),
    ),
    "P4": (
        Seen("workflows/test_clocks.py::test_each_target_warns_breaches_and_moves_up_at_its_exact_due"),
        Seen("workflows/test_clocks.py::test_updates_are_due_again_and_again_until_somebody_gives_one"),
    ),
    "P5": (
        forbidden("a harm is refused without its clause"),
        forbidden("a final position gives no reasons"),
    ),
    "I1": (forbidden("a letter goes out with nothing in it"),),
    "I2": (
        forbidden("jargon is told to a customer"),
        forbidden("a customer is blamed in words"),
        forbidden("the cause is put on the customer without evidence"),
    ),
    "I3": (forbidden("an angry customer is answered in kind"),),
    "I4": (
        Seen("workflows/test_clocks.py::test_a_supervisor_who_does_not_come_is_missed_once"),
        forbidden("an agent registers the result while the customer waits for a supervisor"),
        forbidden("an agent drops the customer's request"),
    ),
    "I5": (
        forbidden("a plan passes over a promise that is open"),
        Seen("workflows/test_offers.py::test_a_customer_who_was_failed_before_begins_one_level_up"),
    ),
}
"""What the requirement names as the prevention of each rule: a refusal, a timer, or a repair."""


@cache
def source(path: str) -> str:
    return (TESTS / path).read_text(encoding="utf-8")


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse(source(path))
    return frozenset(
        each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_each_of_the_fifteen_has_its_stories_and_its_prevention() -> None:
    assert len(FIFTEEN) == 15
    assert set(FIFTEEN) == set(PREVENTIONS)
    assert all(STORIES[rule].broken.proof and not STORIES[rule].right.proof for rule in FIFTEEN)
    assert all(PREVENTIONS.values())


@pytest.mark.parametrize("rule", FIFTEEN)
def test_its_prevention_is_a_test_on_the_running_system(rule: RuleId) -> None:
    for seen in PREVENTIONS[rule]:
        path, _, name = seen.test.partition("::")
        assert path.startswith(("cli/", "workflows/", "end_to_end/")), (
            "with a server, not in the domain alone"
        )
        assert name in functions(path), seen
        assert seen.act is None or f'"{seen.act}"' in source(path), seen


def finds_nothing(_: History) -> Iterator[Finding]:
    """Judge as a rule that was negated away."""
    return iter(())


def finds_always(rule: RuleId) -> fairness.Rule:
    def everywhere(told: History) -> Iterator[Finding]:
        yield told.finding(rule, about="all", proof=(1,), since=told.at, what=said("모두", "all"))

    return everywhere


def holds(rule: RuleId, story: Story) -> bool:
    """Say whether the assertion holds that the tests of the rules make of a story."""
    return of(story, rule) == ([story.proof] if story.proof else [])


@pytest.mark.parametrize("rule", get_args(RuleId))
def test_a_rule_that_is_negated_fails_its_stories(rule: RuleId, monkeypatch: pytest.MonkeyPatch) -> None:
    stories = STORIES[rule]
    assert holds(rule, stories.broken)
    assert holds(rule, stories.right)
    monkeypatch.setitem(fairness.RULES, rule, finds_nothing)
    assert not holds(rule, stories.broken)
    assert all(not holds(rule, each) for each in stories.also_broken)
    monkeypatch.setitem(fairness.RULES, rule, finds_always(rule))
    assert not holds(rule, stories.right)
    assert not holds(rule, stories.near_miss)
