from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from _pytest.mark import ParameterSet

from domain.assignment import AcceptCase
from domain.case import CaseEvent
from domain.ending import WithdrawCase
from domain.fairness import RULES, report
from domain.fairness_history import Entry, numbered
from domain.fairness_limits import RuleId, Weights
from domain.finding import TEXTS
from domain.intake import AddToCase
from domain.promise import MakePromise
from domain.record import canonical
from domain.regard import OpenBrief
from domain.treatment_rules import ProfileRules
from tests.domain.fair_lives import (
    FAIR,
    SETTLED,
    SORRY,
    STORIES,
    TAKEN,
    Story,
    call,
    fair,
    hand_over,
    life,
    repeat,
    with_order,
)
from tests.domain.lives import (
    AGENT,
    MIRA,
    MONDAY,
    OWNER,
    SUPERVISOR,
    Item,
    contact,
    given,
    kinds_of,
    ok,
    propose,
    say,
    triage,
    wait,
)

RULE_IDS: tuple[RuleId, ...] = get_args(RuleId)


def of(story: Story, rule: RuleId) -> list[tuple[str, ...]]:
    """Return the kinds of the events that prove each finding of a rule."""
    kinds = {entry.seq: kinds_of((entry.event,))[0] for entry in story.entries if entry.event}
    found = [each for each in story.judged.findings if each.rule == rule]
    return [tuple(kinds[seq] for seq in each.proof) for each in found]


def stories(*names: str) -> list[ParameterSet]:
    return [
        pytest.param(rule, story, id=f"{rule}-{name}-{place}")
        for rule, three in STORIES.items()
        for name in names
        for place, story in enumerate(as_tuple(getattr(three, name)))
    ]


def as_tuple(told: Story | tuple[Story, ...]) -> tuple[Story, ...]:
    return told if isinstance(told, tuple) else (told,)


def test_every_rule_has_its_three_lives_and_its_words() -> None:
    assert tuple(RULES) == tuple(STORIES) == tuple(TEXTS) == RULE_IDS
    assert len(RULE_IDS) == 18


@pytest.mark.parametrize(("rule", "story"), stories("broken", "also_broken"))
def test_a_rule_that_is_broken_is_found_with_the_events_that_prove_it(rule: RuleId, story: Story) -> None:
    assert of(story, rule) == [story.proof]


@pytest.mark.parametrize(("rule", "story"), stories("right", "near_miss", "also_right"))
def test_a_rule_that_is_kept_is_not_found(rule: RuleId, story: Story) -> None:
    assert of(story, rule) == []


@pytest.mark.parametrize(("rule", "story"), stories("broken"))
def test_judging_twice_gives_the_same_bytes(rule: RuleId, story: Story) -> None:
    assert canonical(story.judged) == canonical(story.judged), rule


@pytest.mark.parametrize(("rule", "story"), stories("broken", "near_miss"))
def test_a_beginning_is_judged_by_what_had_happened_only(rule: RuleId, story: Story) -> None:
    """Neither the events after it nor what time has shown since is in the report on a beginning."""
    policy = story.life.case.policy
    for length in range(1, len(story.entries)):
        part = story.entries[:length]
        judged = report(part, policy, part[-1].at)
        assert all(seq <= part[-1].seq for each in judged.findings for seq in each.proof), rule
        assert all(each.since <= part[-1].at for each in judged.findings), rule


def test_the_instant_of_judgement_decides_what_had_happened() -> None:
    story = STORIES["R4"].broken
    last = story.entries[-1].at
    early = report(story.entries, story.life.case.policy, last - timedelta(seconds=1))
    assert early.findings == report((), story.life.case.policy, last - timedelta(seconds=1)).findings == ()


def test_a_finding_says_whether_it_can_still_be_put_right() -> None:
    (missed,) = STORIES["I4"].also_broken[0].judged.findings
    assert missed.state == "open"
    assert missed.repair == TEXTS["I4"].repair
    met = next(each for each in STORIES["I4"].broken.judged.findings if each.rule == "I4")
    assert (met.state, met.repair) == ("put_right", None)
    withdrawn = Story(STORIES["P3"].broken.life.told(say(WithdrawCase, MIRA)))
    (late,) = [each for each in withdrawn.judged.findings if each.rule == "P3"]
    assert (late.state, late.repair) == ("too_late", None)


def test_a_finding_names_the_policys_clause_else_the_research_behind_the_rule() -> None:
    story = STORIES["P3"].broken
    (found,) = story.judged.findings
    assert found.clause == TEXTS["P3"].source
    limits = FAIR.fairness.model_copy(update={"clauses": {"P3": "promise"}})
    (named,) = report(story.entries, FAIR.model_copy(update={"fairness": limits}), found.since).findings
    assert named.clause == "promise"
    late = STORIES["P4"].broken.judged.findings[0]
    assert late.clause == "promise"


def test_every_word_a_person_reads_is_in_both_languages() -> None:
    told = [words for text in TEXTS.values() for words in (text.name, text.repair)]
    every = [story for each in STORIES.values() for story in (each.broken, *each.also_broken)]
    told += [found.what for story in every for found in story.judged.findings]
    for words in told:
        assert set(words) == {"ko", "en"}
        assert any("가" <= letter <= "힣" for letter in words["ko"]), words
        assert not any("가" <= letter <= "힣" for letter in words["en"]), words


def test_a_life_done_right_is_fair_through_and_through() -> None:
    judged = STORIES["O1"].right.judged
    assert (judged.findings, judged.score, judged.whole) == ((), 100, True)


def test_measures_are_counted_from_events() -> None:
    story = Story(fair(repeat(wait_seconds=30), wait(hours=2), *SETTLED))
    judged = story.judged
    assert judged.process.to_first_answer is not None
    assert judged.process.to_first_answer.plain == timedelta()
    assert judged.process.to_result is not None
    assert judged.process.to_result.working == timedelta(hours=2)
    assert judged.process.to_end is None
    assert judged.process.rejected_tries is None
    assert (judged.process.contacts, judged.process.repeated_contacts) == (2, 1)
    assert judged.process.longest_wait_seconds == 30
    assert (judged.outcome.harm_lines, judged.outcome.put_right, judged.outcome.paid_minor) == (1, 1, 9_000)
    assert (judged.manner.contacts, judged.manner.apologies, judged.manner.named_owner) == (1, 1, 1)


def test_a_running_case_has_the_measures_of_what_has_happened() -> None:
    """Every figure of R3 is there while the case runs, each as soon as its event is."""
    promised = say(MakePromise, OWNER, what="call", due=MONDAY + timedelta(hours=3))
    life = fair(promised, repeat(), hand_over("ben"), wait(hours=4))
    seen = Story(life).judged.process
    assert (seen.transfers_offered, seen.repeated_contacts, seen.promises_broken) == (1, 1, 1)
    assert seen.to_acknowledge is not None
    assert seen.to_first_answer is not None
    assert (seen.to_decision, seen.to_end) == (None, None)
    ended = fair(wait(hours=4), *SETTLED, wait(hours=25), ok("happy-call", call()), wait(days=9))
    decided = Story(ended).judged.process
    assert decided.to_decision is not None
    assert decided.to_decision.plain == timedelta(hours=4)
    assert decided.to_end is not None
    assert decided.to_end.plain > timedelta(days=5)


def test_a_part_weighs_as_the_products_stage_of_life_says() -> None:
    weights = {"introduction": Weights(distributive=0, procedural=1, interactional=0)}
    policy = FAIR.model_copy(update={"fairness": FAIR.fairness.model_copy(update={"weights": weights})})
    new = given(*with_order(life_cycle="introduction"), triage(), say(AcceptCase, AGENT), policy=policy)
    old = given(*with_order(life_cycle="maturity"), triage(), say(AcceptCase, AGENT), policy=policy)
    rude = (contact(emotion="high", tone="hostile"),)
    assert Story(new.told(*rude)).judged.score == 100
    assert Story(old.told(*rude)).judged.score == (100 + 100 + 85) // 3


def test_weights_of_nothing_count_as_equal() -> None:
    nothing = {"maturity": Weights(distributive=0, procedural=0, interactional=0)}
    policy = FAIR.model_copy(update={"fairness": FAIR.fairness.model_copy(update={"weights": nothing})})
    assert Story(given(*with_order(life_cycle="maturity"), policy=policy)).judged.score == 100


def without_words(story: Story, *kinds: str) -> tuple[Entry, ...]:
    """Return a history in which the words of events of these kinds were erased."""
    return tuple(replace(each, event=None) if each.kind in kinds else each for each in story.entries)


def test_erased_words_are_found_and_the_rest_is_still_judged() -> None:
    story = STORIES["P3"].broken
    entries = without_words(story, "customer_read")
    judged = report(entries, FAIR, entries[-1].at)
    assert [(each.rule, each.proof) for each in judged.findings] == [("P2", (3,)), ("P3", (entries[-1].seq,))]
    assert not judged.whole


ABSENT: dict[RuleId, str] = {
    "O1": "remedy_offered",
    "I2": "added_to_case",
    "I4": "contact_logged",
    "I5": "customer_read",
    "R4": "contact_logged",
}
"""Rules that find something by what is not there, and a kind of event that might have been it."""


@pytest.mark.parametrize("rule", ABSENT)
def test_nothing_is_found_by_the_absence_of_what_may_have_been_erased(rule: RuleId) -> None:
    story = STORIES[rule].also_broken[0] if rule == "I2" else STORIES[rule].broken
    if rule == "I2":
        story = Story(story.life.told(say(AddToCase, MIRA, text="and another thing")))
    assert of(story, rule)
    entries = without_words(story, ABSENT[rule])
    judged = report(entries, FAIR, story.life.now)
    assert rule not in {each.rule for each in judged.findings}
    with_gap = tuple(each for each in story.entries if each.kind != "acknowledgement_sent")
    assert rule not in {each.rule for each in report(with_gap, FAIR, story.life.now).findings}


def test_a_suggestion_that_ended_without_an_answer_is_found_unless_its_answer_may_be_erased() -> None:
    story = STORIES["O4"].right
    unanswered = numbered(
        each.event for each in story.entries if each.event and not each.kind.startswith("answer")
    )
    assert [each.rule for each in report(unanswered, FAIR, story.life.now).findings] == ["O4"]
    entries = without_words(story, "answer_given", "answer_notified")
    assert "O4" not in {each.rule for each in report(entries, FAIR, story.life.now).findings}


def test_a_clock_that_nobody_kept_is_found_in_a_history_written_by_hand() -> None:
    """Without its breach the history is whole, and the engine's own clocks say what was missed."""
    story = STORIES["P4"].broken
    kept: list[CaseEvent] = [each.event for each in story.entries if each.event is not None]
    by_hand = numbered(event for event in kept if event.kind not in TIME_DOES)
    judged = report(by_hand, story.life.case.policy, story.life.now)
    assert [each.rule for each in judged.findings if each.rule == "P4"] == ["P4"]


TIME_DOES = ("target_warned", "target_breached", "target_overdue", "case_escalated", "ladder_parked")


def test_who_answers_first_has_read_the_brief_where_the_policy_asks_for_it() -> None:
    asks = FAIR.model_copy(update={"profile": ProfileRules(patience=timedelta(minutes=5), read_first=True)})
    read, later = say(OpenBrief, OWNER), say(OpenBrief, SUPERVISOR)

    def found(*items: Item) -> list[tuple[tuple[str, ...], bool]]:
        story = Story(life(*TAKEN, *items, policy=asks))
        kinds = {entry.seq: entry.kind for entry in story.entries}
        judged = [each for each in story.judged.findings if each.rule == "I5"]
        return [(tuple(kinds[seq] for seq in each.proof), each.state == "put_right") for each in judged]

    assert found(SORRY) == found(later, SORRY) == [(("contact_logged",), False)]
    assert found(SORRY, read) == [(("contact_logged", "brief_opened"), True)]
    assert found(read, SORRY, propose()) == found() == []
