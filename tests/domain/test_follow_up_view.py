import pytest

from domain.actor import Actor, Role
from domain.follow_up_view import HIDDEN, follow_up_view, may_see_scores, without_scores
from domain.happy_call import faults
from domain.view import view
from tests.domain.follow_ups import BY_LINK, LINKED, MISSED, answered, asking
from tests.domain.lives import (
    AGENT,
    BAD_CALL,
    CALLED,
    CALLER,
    FINAL,
    GOOD_CALL,
    HEAD,
    NOTIFIED,
    OWNER,
    POLICY,
    SATISFIED,
    SUPERVISOR,
    TOM,
    given,
    ok,
    refused,
    unknown,
    wait,
)
from tests.domain.test_written_form import ASKED, FILLED_IN, WITH_FORM
from tests.domain.test_written_form import SENT as FORM_SENT

NO_SUPERVISOR = Actor(role=Role.SUPERVISOR, id="ann")


@pytest.mark.parametrize("viewer", [None, OWNER, AGENT, CALLER, HEAD, TOM, NO_SUPERVISOR])
def test_before_the_end_nobody_but_a_supervisor_sees_a_score(viewer: Actor | None) -> None:
    life = given(*SATISFIED)
    seen = view(life.case, head="h", unwritten=0, viewer=viewer)
    assert seen.follow_up is not None
    assert (seen.follow_up.answered, seen.follow_up.answers) == (True, None)
    assert not may_see_scores(POLICY, viewer, ended=False)


def test_a_supervisor_sees_the_scores_with_their_scale_and_everybody_does_at_the_end() -> None:
    life = given(*SATISFIED)
    for case, viewer in ((life.case, SUPERVISOR), (life.told(wait(days=9)).case, None)):
        answers = follow_up_view(case, viewer).answers
        assert answers is not None
        assert [(each.question, each.answer) for each in answers] == [
            ("problem_gone", 1),
            ("outcome_fair", 6),
        ]
        assert answers[1].scale is not None
        assert answers[1].scale.high == 7


def test_events_are_shown_without_what_tells_a_score() -> None:
    life = given(*CALLED, ok("happy-call", BAD_CALL))
    fields = {
        name: without_scores(name, life.last(name).model_dump(mode="json"))
        for name in ("happy_call_answered", "round_opened", "case_escalated", "happy_call_begun")
    }
    assert fields["happy_call_answered"]["answers"] == HIDDEN
    assert fields["happy_call_answered"]["bad"] == HIDDEN
    assert fields["happy_call_answered"]["verbatim"] == ""
    assert fields["round_opened"]["reason"] == fields["case_escalated"]["reason"] == HIDDEN
    assert fields["happy_call_begun"]["caller"] == "cat"


def test_the_view_tells_what_was_asked_tried_and_sent() -> None:
    seen = follow_up_view(given(*LINKED, policy=BY_LINK).case)
    assert (seen.attempts, len(seen.tried_at), seen.caller) == (2, 2, "cat")
    assert seen.link == "sent by sms, looked at 0 times"
    assert set(seen.asked) == set(POLICY.happy_call.questions)
    assert follow_up_view(given(*MISSED, policy=BY_LINK).case).link == "going out"
    lost = given(*MISSED, refused("happy-call-link"), unknown("happy-call-link"), policy=BY_LINK)
    assert follow_up_view(lost.case).link == "not delivered"
    assert follow_up_view(given(*NOTIFIED).case).link is None


def test_the_view_tells_how_the_written_form_stands() -> None:
    life = given(*ASKED, policy=WITH_FORM)
    assert follow_up_view(life.case).form == "sent"
    assert follow_up_view(given(*SATISFIED, policy=WITH_FORM).case).form is None
    life = life.told(
        ok("servqual-link", FORM_SENT), wait(days=3, hours=1), ok("servqual-answer", answered(FILLED_IN))
    )
    assert follow_up_view(life.case).form == "answered"


# A refused complaint. --------------------------------------------------------------------------------------

REFUSED = asking(refused_questions=("treatment_fair", "clear"))


def test_a_refused_complaint_gets_a_call_on_treatment_and_clarity_only() -> None:
    life = given(*FINAL, wait(hours=25), policy=REFUSED)
    assert set(life.last("happy_call_begun").questions) == {"treatment_fair", "clear"}
    kind = GOOD_CALL.model_copy(update={"answers": {"treatment_fair": 6, "clear": 2}})
    life = life.when(ok("happy-call", kind)).then("happy_call_answered")
    assert (life.stage, list(life.dues)) == ("appeal_open", ["ending/appeal-window:1"])
    assert life.told(wait(days=20)).end == "final_position"


def test_a_refused_customer_who_was_treated_badly_gets_a_supervisor() -> None:
    rude = GOOD_CALL.model_copy(update={"answers": {"treatment_fair": 2, "clear": 6}})
    life = (
        given(*FINAL, wait(hours=25), policy=REFUSED)
        .when(ok("happy-call", rude))
        .then("happy_call_answered", "round_opened", "case_escalated")
    )
    assert life.stage == "in_recovery"


def test_a_refused_customer_who_is_not_reached_can_still_appeal() -> None:
    life = given(*FINAL, wait(hours=25), policy=REFUSED)
    unreached = GOOD_CALL.model_copy(update={"outcome": "declined", "answers": {}})
    life = life.when(ok("happy-call", unreached)).then("follow_up_given_up")
    assert (life.end, life.stage) == (None, "appeal_open")


def test_a_problem_that_came_back_is_bad_whatever_the_scores() -> None:
    assert faults({"came_back": 1, "outcome_fair": 7}, 3) == ("came_back",)
