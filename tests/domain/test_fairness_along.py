"""The rules run at each decision and at the end."""

from dataclasses import replace
from datetime import timedelta

from domain.fairness import report
from domain.fairness_along import Verdict, along
from domain.record import canonical
from tests.domain.fair_lives import SETTLED, STORIES, Story, call, fair, repeat
from tests.domain.lives import ok, wait

RECOVERED = (wait(hours=25), ok("happy-call", call()), wait(days=9))


def verdicts(story: Story) -> tuple[Verdict, ...]:
    return along(story.entries, story.life.case.policy, story.life.now)


def test_every_decision_has_its_verdict_and_so_has_the_end() -> None:
    story = Story(fair(*SETTLED, *RECOVERED))
    kinds = [each.kind for each in verdicts(story)]
    assert kinds[0] == "customer_read"
    assert [each for each in kinds if each.startswith(("triaged", "remedy", "result"))] == [
        *("triaged", "remedy_proposed", "remedy_offered", "remedy_agreed", "result_registered"),
    ]
    assert (kinds[-1], story.life.end) == ("case_ended", "recovered")


def test_a_finding_is_new_once_and_stands_at_the_decisions_after_it() -> None:
    found = verdicts(Story(fair(repeat(), *SETTLED)))
    first = next(place for place, each in enumerate(found) if each.new)
    assert found[first].kind == "remedy_proposed"
    assert [each.rule for each in found[first].findings] == ["P3"]
    assert all(each.new == 0 and each.findings for each in found[first + 1 :])
    assert found[:first]
    assert not any(each.findings for each in found[:first])


def test_a_verdict_knows_only_what_had_happened_by_then() -> None:
    story = STORIES["O1"].broken
    for each in verdicts(story):
        so_far = story.entries[: each.seq]
        judged = report(so_far, story.life.case.policy, each.at).findings
        assert sorted(map(canonical, each.findings)) == sorted(map(canonical, judged))


def test_the_last_verdict_on_an_ended_case_is_its_report() -> None:
    story = Story(fair(repeat(), *SETTLED, *RECOVERED))
    last = verdicts(story)[-1]
    assert (last.kind, [each.rule for each in last.findings]) == ("case_ended", ["P3"])
    assert {canonical(each) for each in last.findings} == {canonical(each) for each in story.judged.findings}


def test_erased_events_decide_nothing_that_can_be_judged() -> None:
    story = Story(fair(*SETTLED))
    erased = tuple(replace(each, event=None) if each.kind == "triaged" else each for each in story.entries)
    assert "triaged" not in {each.kind for each in along(erased, story.life.case.policy, story.life.now)}
    assert along(story.entries, story.life.case.policy, story.entries[0].at - timedelta(seconds=1)) == ()
