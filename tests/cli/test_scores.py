import json

import pytest
from rich.console import Console

from cli.sight import Recorded, Sight, seen_by, shown
from cli.viewer import viewer_of
from domain.actor import Actor
from domain.chain import RecordedEvent
from domain.follow_up_view import HIDDEN
from domain.refusal import Refused
from domain.view import view
from tests.cli.forging import ledger
from tests.domain.lives import OWNER, SATISFIED, SUPERVISOR, Life, given, wait


def kept(life: Life) -> tuple[RecordedEvent, ...]:
    """Return a life as the ledger keeps it, each entry under its event's kind."""
    (entries,) = ledger(*life.events).values()
    return tuple(each.model_copy(update={"kind": json.loads(each.body)["kind"]}) for each in entries)


def events_for(viewer: Actor | None, life: Life) -> dict[str, object]:
    """Return the fields of the answered call as somebody sees them."""
    seen = seen_by(viewer, Recorded(kept(life), life.case))
    return next(each.fields for each in seen if each.kind == "happy_call_answered")


@pytest.mark.parametrize("viewer", [None, OWNER])
def test_the_events_of_an_open_case_are_shown_without_scores(viewer: Actor | None) -> None:
    assert events_for(viewer, given(*SATISFIED))["answers"] == HIDDEN


def test_a_supervisor_sees_them_and_everybody_does_at_the_end() -> None:
    scores = {"problem_gone": 1, "outcome_fair": 6}
    assert events_for(SUPERVISOR, given(*SATISFIED))["answers"] == scores
    assert events_for(None, given(*SATISFIED, wait(days=9)))["answers"] == scores


def test_a_case_whose_policy_cannot_be_read_shows_no_score_to_anybody() -> None:
    seen = seen_by(SUPERVISOR, Recorded(kept(given(*SATISFIED)), None))
    assert next(each.fields for each in seen if each.kind == "happy_call_answered")["answers"] == HIDDEN


def test_what_is_shown_says_that_answers_are_kept_back() -> None:
    life = given(*SATISFIED)
    for viewer, words in ((None, "kept back until the end"), (SUPERVISOR, "outcome_fair 6 of 7")):
        seen = view(life.case, head="h", unwritten=0, viewer=viewer)
        sight = Sight(view=seen, source="ledger", timezone="UTC", dues=(), events=(), notes=())
        assert words in told(sight)


def told(sight: Sight) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(shown(sight))
    return captured.get()


def test_who_looks_is_a_role_and_an_id() -> None:
    assert viewer_of("supervisor:sue") == SUPERVISOR
    assert viewer_of(None) is None
    with pytest.raises(Refused, match="write ROLE:ID"):
        viewer_of("sue")
