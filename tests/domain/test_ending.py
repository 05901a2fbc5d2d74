from datetime import timedelta
from typing import Any, get_args

import pytest

from domain import ending
from domain.assignment import AcceptCase
from domain.case import around, todo
from domain.case_reading import course_of
from domain.clocks import running
from domain.ending import (
    AnswerCase,
    AppealCase,
    Ending,
    OpenRound,
    ReopenCase,
    StateFinalPosition,
    WithdrawCase,
)
from domain.intake import AddToCase
from domain.saga import SkipStep
from domain.withdrawal import NoteWithdrawal
from tests.domain.lives import (
    AGAIN,
    AGENT,
    BAD_CALL,
    BOTH,
    CALLED,
    DELIVERED,
    FINAL,
    GOOD_CALL,
    HEAD,
    IN_RECOVERY,
    INQUIRY,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NOTICE,
    OFFERED,
    OWNED,
    OWNER,
    PAID,
    PAYING,
    RAISED,
    REGISTERED,
    RESERVED,
    SATISFIED,
    SECOND_ROUND,
    SHIPPED,
    STILL_BAD,
    SUPERVISOR,
    UNDONE,
    Item,
    accept,
    contact,
    decision,
    given,
    ok,
    plan,
    propose,
    refused,
    refuses,
    register,
    say,
    to_end_of_collection,
    triage,
    unknown,
    wait,
)

WITHDRAW = say(WithdrawCase, MIRA)
REOPEN = say(ReopenCase, MIRA, reason="it broke again")
APPEAL = say(AppealCase, MIRA, reason="that is not right")
ROUND = say(OpenRound, SUPERVISOR, reason="once more")
MS = timedelta(milliseconds=1)


def final_position(**fields: Any) -> Any:
    known = {"outcome": "partly_upheld", "cause": "defect", "summary": "no more"}
    return say(StateFinalPosition, SUPERVISOR, **{**known, **fields})


def answer(text: str = "from nine to six", **fields: Any) -> Any:
    return say(AnswerCase, OWNER, text=text, **fields)


# Recovered. ------------------------------------------------------------------------------------------------


def test_a_good_call_and_a_quiet_window_end_as_recovered() -> None:
    life = given(*SATISFIED)
    due = life.dues["ending/reopen-window:1"]
    assert due == (MONDAY + timedelta(days=9)).replace(hour=0)
    assert life.passed(due).end is None
    life = life.passed(due + MS)
    assert (life.end, life.many("case_ended"), life.over) == ("recovered", 1, True)
    life.when(say(AddToCase, MIRA, text="thanks")).then_refused("the case has ended", "ended")
    assert life.when(wait(days=900)).then().dues == {}


@pytest.mark.parametrize(
    ("life", "window", "end"),
    [(SATISFIED, "ending/reopen-window:1", "recovered"), (FINAL, "ending/appeal-window:1", "final_position")],
)
def test_nobody_closes_a_case_before_its_window_ends(life: Any, window: str, end: str) -> None:
    open_ = given(*life)
    due = open_.dues[window]
    noted = open_.told(say(NoteWithdrawal, OWNER, contact=1, reason="all is well"))
    assert (open_.passed(due).end, noted.passed(due).end) == (None, None)
    for ends_it in (
        say(AnswerCase, SUPERVISOR, text="that is all"),
        say(WithdrawCase, SUPERVISOR),
        say(StateFinalPosition, SUPERVISOR, outcome="upheld", cause="defect", summary="that is all"),
        register(SUPERVISOR, final=True, summary="that is all"),
    ):
        assert open_.when(ends_it).refusal is not None
    assert open_.passed(due + timedelta(milliseconds=1)).end == end


def test_the_customer_reopens_within_the_window() -> None:
    life = given(*SATISFIED).when(REOPEN).then("round_opened", "case_escalated")
    assert life.stage == "in_recovery"
    given(*CALLED).when(REOPEN).then_refused("no meaning while the case is following_up", "stage")
    with refuses("no good answer to take back"):
        ending.decide(Ending(), course_of(given(*CALLED).case), REOPEN)


def test_what_was_refunded_in_an_earlier_round_stays_on_the_books() -> None:
    life = given(*SATISFIED, REOPEN)
    assert life.case.saga.paid == (PAID.amount,)


# Rounds. ---------------------------------------------------------------------------------------------------


def test_still_bad_after_the_last_round_is_parked_for_a_supervisor() -> None:
    life = given(*STILL_BAD)
    assert life.parked == "dissatisfied after the last round: open_round or state_final_position"
    assert life.many("round_opened") == 1
    assert life.dues == {}
    assert life.told(wait(days=900)).parked == life.parked


def test_a_second_round_that_is_good_ends_as_recovered() -> None:
    life = given(*SECOND_ROUND, *AGAIN, ok("happy-call", GOOD_CALL), wait(days=9))
    assert life.end == "recovered"


def test_the_final_position_after_the_last_round_can_be_appealed() -> None:
    life = given(*STILL_BAD).when(final_position()).then("result_registered")
    assert life.parked is None
    life = life.told(ok("result-notice", NOTICE))
    assert life.stage == "appeal_open"
    life.when(APPEAL).then("round_opened", "owner_appointed")
    assert life.told(wait(days=20)).end == "final_position"


def test_a_final_position_does_not_untell_the_result_before_it() -> None:
    """What the customer had in time is not late because a second letter follows it."""
    life = given(*STILL_BAD, wait(days=60)).when(final_position()).then("result_registered")
    assert {clock.name for clock in running(around(life.case))} == {"result_notice"}
    life = life.told(wait(hours=1), ok("result-notice", NOTICE))
    assert life.many("target_breached") == given(*STILL_BAD).many("target_breached")


def test_a_final_position_needs_a_known_cause_and_rounds_used_up() -> None:
    given(*STILL_BAD).when(final_position(cause="magic")).then_refused("cause: use one of", "cause")
    given(*CALLED).when(final_position()).then_refused("not used up", "round")
    final = course_of(given(*FINAL).case)
    assert ending.decide(Ending(), final, final_position()) == ()


def test_a_supervisor_opens_one_exceptional_round() -> None:
    given(*CALLED).when(ROUND).then_refused("not used up", "round")
    life = given(*STILL_BAD).when(ROUND).then("round_opened", "case_escalated")
    script = (contact(SUPERVISOR), propose(by=SUPERVISOR), accept(), ok("payout", PAID))
    life = life.told(*script, register(SUPERVISOR), ok("result-notice", NOTICE), wait(hours=25))
    life = life.told(ok("happy-call", BAD_CALL))
    life.when(ROUND).then_refused("one exceptional round was used", "round")
    life.when(final_position()).then("result_registered")


# Final position. -------------------------------------------------------------------------------------------


def test_a_final_position_that_nobody_contests_ends_the_case() -> None:
    life = given(*FINAL)
    due = life.dues["ending/appeal-window:1"]
    assert life.passed(due).end is None
    assert life.passed(due + MS).end == "final_position"


def test_an_appeal_reopens_with_a_reviewer_who_took_no_part() -> None:
    life = given(*FINAL).when(APPEAL).then("round_opened", "owner_appointed")
    assert life.case.assignment.owner == BOTH.id
    assert life.stage == "in_recovery"
    given(*CALLED).when(APPEAL).then_refused("no meaning", "stage")
    with refuses("no final position to appeal"):
        ending.decide(Ending(), course_of(given(*CALLED).case), APPEAL)


# Withdrawn. ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "so_far", [RAISED, OWNED, IN_RECOVERY, OFFERED, REGISTERED, CALLED, SATISFIED, FINAL]
)
def test_a_withdrawal_ends_a_case_with_nothing_on_its_way_at_once(so_far: tuple[Item, ...]) -> None:
    life = given(*so_far).when(WITHDRAW).then("withdrawal_recorded", "case_ended")
    assert (life.end, life.dues) == ("withdrawn", {})


def test_nobody_but_the_customer_withdraws() -> None:
    for staff in (AGENT, OWNER, SUPERVISOR, HEAD):
        given(*OWNED).when(say(WithdrawCase, staff)).then_refused("may not withdraw_case", "not-your-role")


def test_a_withdrawal_mid_saga_undoes_first() -> None:
    life = given(*to_end_of_collection()).when(WITHDRAW).then("withdrawal_recorded", "remedy_cancelled")
    life = life.when(say(WithdrawCase, MIRA)).then()
    assert life.dues.keys() & {"targets/resolve:1:1"} == set()
    life = life.when(refused("inspect")).then("step_refused", "saga_turned_back", "undo_begun")
    life.when(ok("undo-collect", UNDONE)).then("undo_done", "remedy_compensated", "case_ended")


def test_a_withdrawal_while_money_is_on_its_way_waits_for_it() -> None:
    life = given(*PAYING, WITHDRAW)
    assert life.end is None
    life = life.when(ok("payout", PAID)).then("step_done", "remedy_done", "case_ended")
    assert life.end == "withdrawn"


def test_a_withdrawal_past_the_pivot_only_goes_forward() -> None:
    shipped = (propose(plan(decision("exchange"))), accept(), ok("reserve", RESERVED), ok("ship", SHIPPED))
    life = given(*IN_RECOVERY, *shipped).when(WITHDRAW).then("withdrawal_recorded")
    life.when(ok("deliver", DELIVERED)).then("step_done", "remedy_done", "case_ended")


def test_a_withdrawal_while_an_undo_is_parked_waits_for_the_human() -> None:
    life = given(*to_end_of_collection(), refused("inspect"), refused("undo-collect"))
    life = life.when(WITHDRAW).then("withdrawal_recorded")
    assert life.parked is not None
    skip = say(SkipStep, SUPERVISOR, step="collect", reason="fetched by hand")
    life.when(skip).then("step_skipped", "remedy_compensated", "case_ended")


# The short way. --------------------------------------------------------------------------------------------


def test_an_inquiry_is_answered_and_ends() -> None:
    life = given(*INQUIRY).when(answer()).then("answer_given")
    assert life.owed == ("answer:1",)
    life = life.when(answer()).then()
    life.when(answer("else")).then_refused("answered already", "answered")
    life = life.when(ok("answer", NOTICE)).then("answer_notified", "case_ended")
    assert (life.end, life.over) == ("answered", True)


@pytest.mark.parametrize("how", [ok("answer", LOST_NOTICE), refused("answer"), unknown("answer")])
def test_an_answer_that_reached_nobody_is_given_again(how: Item) -> None:
    life = given(*INQUIRY, answer(), how)
    assert life.parked == "the answer did not go out: answer again (answer_case)"
    life = life.when(answer()).then("answer_given")
    assert (life.owed, life.parked) == (("answer:2",), None)


def test_a_suggestion_is_adopted_held_or_declined() -> None:
    life = given(*RAISED, triage(voc_type="suggestion"), say(AcceptCase, AGENT))
    life.when(answer()).then_refused("adopted, held or declined", "outcome")
    life.when(answer(outcome="held")).then("answer_given")


def test_a_complaint_is_not_answered_away() -> None:
    given(*OWNED).when(answer()).then_refused("only inquiries", "short-way")
    given(*RAISED).when(say(AnswerCase, SUPERVISOR, text="x")).then_refused("triage it first", "short-way")


def test_an_inquiry_that_turned_into_a_complaint_does_not_end_by_its_answer() -> None:
    life = given(*INQUIRY, answer(), triage())
    life = life.when(ok("answer", NOTICE)).then("answer_notified")
    assert (life.end, "targets/resolve:1:1" in life.dues) == (None, True)


def test_an_inquiry_that_turned_into_a_complaint_does_not_stay_parked_for_its_answer() -> None:
    life = given(*INQUIRY, answer(), triage(), refused("answer"))
    assert life.parked is None


def test_a_withdrawal_drops_the_answer_that_was_on_its_way() -> None:
    life = given(*INQUIRY, answer(), WITHDRAW)
    assert (life.end, life.owed, todo(life.case)) == ("withdrawn", (), ())


def test_an_end_is_the_end() -> None:
    course = course_of(given(*STILL_BAD).case)
    assert ending.follow(Ending(end="recovered"), course, MONDAY) == ()


def test_only_these_roads_lead_to_an_end() -> None:
    roads = ("recovered", "final_position", "unconfirmed", "withdrawn", "answered", "joined")
    assert get_args(ending.End) == roads
