"""A public post opens a case, and that it disappears is noticed and has to be explained."""

from datetime import timedelta
from typing import Any

import pytest

from domain.assignment import AcceptCase
from domain.budget import PlainTime
from domain.fairness import report
from domain.fairness_history import Entry, numbered
from domain.post import ExplainRemoval, ReportRemoval
from domain.view import view
from tests.domain.lives import (
    AGENT,
    MIRA,
    MONDAY,
    OWNER,
    POLICY,
    RAISED,
    SUPERVISOR,
    SYSTEM,
    Life,
    given,
    opening,
    say,
    triage,
    wait,
)

RULED = POLICY.model_copy(update={"removal_explanation": PlainTime(minutes=600)})
POSTED = (opening(source="board"), *RAISED[1:], triage(), say(AcceptCase, AGENT))


def posted(policy: Any = RULED) -> Life:
    return given(*POSTED, policy=policy)


def gone(how: str = "removed", by_whom: str = "firm", **fields: Any) -> Any:
    return say(ReportRemoval, SYSTEM, how=how, by_whom=by_whom, **fields)


def explain(by: Any = OWNER, **fields: Any) -> Any:
    known = {"reason": "it named a person", "legal_ground": "network act 44-2", "approved_by": "sue"}
    return say(ExplainRemoval, by, **{**known, **fields})


def shown(life: Life) -> str | None:
    return view(life.case, head="h", unwritten=0).post


def test_a_removed_post_is_an_event_that_says_who_and_asks_for_an_explanation() -> None:
    life = posted()
    assert shown(life) == "public"
    event = life.when(gone(who="kim-07", reason="against the rules")).event("post_removed")
    assert (event.who, event.reason, event.explain_by) == (
        "kim-07",
        "against the rules",
        MONDAY + timedelta(hours=10),
    )
    life = life.told(gone())
    assert life.dues["post/explanation:1"] == MONDAY + timedelta(hours=10)
    assert shown(life) == "removed by firm, to be explained"


def test_an_explanation_names_reason_ground_and_somebody_else_who_approved() -> None:
    life = posted().told(gone())
    life.when(explain(approved_by="ann")).then_refused("somebody else", "second-person")
    life.when(explain(SUPERVISOR)).then_refused("somebody else", "second-person")
    life.when(explain(approved_by="ben")).then_refused("role directory", "not-in-directory")
    life = life.when(explain()).then("removal_explained")
    assert "post/explanation:1" not in life.dues
    life.when(explain()).then()
    assert shown(life) == "removed by firm, explained"


def test_a_removal_that_nobody_explains_moves_the_case_up_once() -> None:
    life = posted().told(gone(), wait(hours=10))
    assert life.many("removal_unexplained") == 0
    life = life.told(wait(seconds=1))
    assert life.last("case_escalated").cause == "post/explanation"
    assert shown(life) == "removed by firm, unexplained"
    later = life.told(wait(days=1))
    assert later.many("removal_unexplained") == 1
    later.when(explain(SUPERVISOR, approved_by="pat")).then("removal_explained")


def test_hidden_and_then_removed_are_two_events_with_one_explanation() -> None:
    life = posted().told(gone("hidden"), wait(hours=1))
    event = life.when(gone()).event("post_removed")
    assert event.explain_by == MONDAY + timedelta(hours=10)
    life.when(gone("hidden")).then()
    life.told(gone()).when(gone()).then()
    assert posted().told(gone(), wait(hours=1)).when(gone("hidden")).then()


def test_what_its_author_takes_down_needs_no_explanation() -> None:
    event = posted().when(gone(by_whom="author")).event("post_removed")
    assert event.explain_by is None
    assert shown(posted().told(gone(by_whom="author"))) == "removed by author"


def test_who_hides_with_approval_first_need_not_explain_it_later() -> None:
    event = posted().told(explain()).when(gone()).event("post_removed")
    assert event.explain_by is None


def test_without_a_limit_in_the_policy_the_removal_is_noticed_all_the_same() -> None:
    assert posted(POLICY).when(gone(by_whom="unknown")).event("post_removed").explain_by is None


def test_the_customer_may_say_that_the_post_is_gone() -> None:
    posted().when(say(ReportRemoval, MIRA, how="removed")).then("post_removed")


@pytest.mark.parametrize("command", [gone(), explain()])
def test_only_a_case_from_a_board_has_a_post(command: Any) -> None:
    life = given(*RAISED, triage(), say(AcceptCase, AGENT), policy=RULED)
    life.when(command).then_refused("did not begin as a post", "no-post")


def findings(life: Life) -> list[tuple[str, str, tuple[int, ...]]]:
    events: tuple[Any, ...] = life.events
    judged = report(numbered(events), RULED, life.now)
    return [(each.about, each.state, each.proof) for each in judged.findings if each.rule == "P2"]


def test_a_post_that_the_firm_took_down_without_saying_why_is_a_finding_until_it_does() -> None:
    gone_ = posted().told(gone())
    place = len(gone_.events)
    assert findings(gone_) == [("public post", "open", (place,))]
    assert findings(gone_.told(explain())) == [("public post", "put_right", (place,))]
    assert findings(posted().told(explain(), gone())) == []


@pytest.mark.parametrize("whom", ["author", "board", "unknown"])
def test_what_somebody_else_took_down_is_no_deed_of_the_firms(whom: str) -> None:
    assert findings(posted().told(gone(by_whom=whom))) == []


def test_an_explanation_that_may_have_been_erased_is_not_found_missing() -> None:
    events: tuple[Any, ...] = posted().told(gone(), explain()).events
    entries = list(numbered(events))
    entries[-1] = Entry(seq=entries[-1].seq, kind=entries[-1].kind, at=entries[-1].at, event=None)
    judged = report(tuple(entries), RULED, MONDAY)
    assert "public post" not in [each.about for each in judged.findings]
