from datetime import timedelta
from typing import Any, Literal

import pytest

from domain import saga
from domain.assignment import AcceptCase
from domain.case import todo
from domain.effect import (
    CancelCollection,
    CollectionStatus,
    FindOutcome,
    Found,
    PayRefund,
    ReleaseReplacement,
    ReturnGoods,
)
from domain.ending import WithdrawCase
from domain.message import EffectSucceeded
from domain.saga import Agreed, CancelRemedy, MarkStepDone, RetryStep, Saga, SkipStep
from domain.triage import HarmLine
from tests.domain.lives import (
    AGENT,
    BOOKED,
    DELIVERED,
    HEAD,
    IN_RECOVERY,
    INSPECTED,
    MIRA,
    MONDAY,
    NOT_THERE,
    ON_ITS_WAY,
    OWNER,
    PAID,
    PAYING,
    POLICY,
    PRICE,
    PUT_RIGHT,
    RAISED,
    RESERVED,
    SENT_BACK,
    SHIPPED,
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
    say,
    to_end_of_collection,
    triage,
    unknown,
    wait,
)

CANCEL = say(CancelRemedy, MIRA, reason="never mind")
EXCHANGE: tuple[Item, ...] = (
    *IN_RECOVERY,
    propose(plan(decision("exchange"), collect=True)),
    accept(),
)
COLLECTED = to_end_of_collection()
CORRECTING: tuple[Item, ...] = (*IN_RECOVERY, propose(plan(decision("correction"))))
ASKED_IN_VAIN: tuple[Item, ...] = (
    *PAYING,
    unknown("payout"),
    unknown("ask-payout"),
    wait(hours=1, seconds=1),
)
LOST: tuple[Item, ...] = (*ASKED_IN_VAIN, unknown("ask-payout"))
"""A payout of which its provider does not say whether it happened: parked."""


def retry(step: str) -> Any:
    return say(RetryStep, OWNER, step=step)


def skip(step: str) -> Any:
    return say(SkipStep, SUPERVISOR, step=step, reason="settled outside")


def mark(step: str) -> Any:
    return say(MarkStepDone, AGENT, step=step, reference="by hand")


# Forward. --------------------------------------------------------------------------------------------------


def test_a_refund_is_paid_after_its_intent_was_written() -> None:
    life = given(*PAYING)
    (effect,) = todo(life.case)
    assert isinstance(effect.request, PayRefund)
    assert effect.after_written is not None
    assert effect.after_written <= life.case.version
    life.when(ok("payout", PAID)).then("step_done", "remedy_done")


def test_an_exchange_runs_its_steps_in_order() -> None:
    life = given(*EXCHANGE)
    for key, result in (
        ("reserve", RESERVED),
        ("collect", BOOKED),
        ("inspect", INSPECTED),
        ("ship", SHIPPED),
    ):
        life = life.when(ok(key, result)).then("step_done", "step_begun")
    life = life.when(ok("deliver", ON_ITS_WAY)).then("step_waits")
    life = life.told(wait(days=1, seconds=1))
    life.when(ok("deliver", DELIVERED)).then("step_done", "remedy_done")


def test_words_alone_need_no_step() -> None:
    life = given(*IN_RECOVERY).when(propose(plan(decision("apology"))))
    life.then("remedy_proposed", "remedy_agreed", "saga_begun", "remedy_done")


def test_goods_that_did_not_arrive_are_looked_for_again_but_not_for_ever() -> None:
    life = given(*COLLECTED)
    for _ in range(2):
        life = life.when(ok("inspect", NOT_THERE)).then("step_waits")
        assert life.owed == ()
        life = life.told(wait(days=1))
        life = life.when(wait(milliseconds=1)).then("step_begun")
    life = life.when(unknown("inspect")).then("saga_parked")
    assert life.parked == "remedy step inspect: nothing arrived after 3 looks"
    life.when(retry("inspect")).then("saga_unparked", "step_begun")


def test_a_look_of_unknown_outcome_is_looked_at_again() -> None:
    given(*COLLECTED).when(unknown("inspect")).then("step_waits")


def test_an_answer_of_the_wrong_kind_is_parked() -> None:
    parked = given(*PAYING).when(ok("payout", UNDONE)).then("saga_parked")
    assert "wrong kind" in (parked.parked or "")


def test_a_department_carries_out_its_steps_by_hand_and_reports() -> None:
    life = given(*CORRECTING)
    assert life.owed == ()
    assert life.dues["saga/correction:1"] == MONDAY + timedelta(hours=9)
    life = life.when(mark("correction")).then("step_done", "remedy_done")
    life.when(mark("correction")).then()


def test_a_card_is_reissued_by_hand() -> None:
    life = given(*IN_RECOVERY, propose(plan(decision("reissued_card"))))
    life.when(mark("reissued_card")).then("step_done", "remedy_done")


def test_a_department_that_is_late_moves_the_case_up_each_time() -> None:
    life = given(*CORRECTING)
    life = life.told(wait(hours=9))
    assert life.many("hand_step_missed") == 0
    life = life.told(wait(milliseconds=1))
    assert (life.many("hand_step_missed"), life.case.assignment.owner) == (1, "sue")
    assert life.told(wait(days=1)).many("hand_step_missed") == 2


# Unknown. --------------------------------------------------------------------------------------------------


def test_an_unknown_payout_that_did_not_happen_is_retried_under_the_same_provider_key() -> None:
    life = given(*PAYING).when(unknown("payout")).then("step_asked")
    (effect,) = todo(life.case)
    assert isinstance(effect.request, FindOutcome)
    assert (effect.request.key, effect.once, effect.after_written) == ("payout:1.1", None, None)
    life = life.when(ok("ask-payout", Found(outcome=None))).then("step_waits")
    assert life.owed == ()
    life = life.when(wait(hours=1, milliseconds=1)).then("step_begun")
    (effect,) = todo(life.case)
    assert (effect.key, effect.once) == ("payout:1.3", "payout:1.1")
    life = life.when(ok("payout", PAID)).then("step_done", "remedy_done")
    assert life.case.saga.paid == (PAID.amount,)


@pytest.mark.parametrize("items", [PAYING, COLLECTED, (*PAYING, unknown("payout"))])
def test_how_long_a_step_is_tried_is_the_policys_say(items: tuple[Item, ...]) -> None:
    (effect,) = todo(given(*items).case)
    assert effect.patience == timedelta(minutes=10), "where the policy says nothing"
    quick = POLICY.model_copy(update={"unknown_after": timedelta(minutes=2)})
    (effect,) = todo(given(*items, policy=quick).case)
    assert effect.patience == timedelta(minutes=2)


def test_an_unknown_payout_that_happened_is_paid_once() -> None:
    life = given(*PAYING, unknown("payout"))
    life = life.when(ok("ask-payout", Found(outcome=PAID))).then("step_done", "remedy_done")
    assert life.case.saga.paid == (PAID.amount,)


def test_a_provider_that_does_not_say_is_asked_again_and_then_a_human() -> None:
    life = given(*PAYING, unknown("payout")).when(unknown("ask-payout")).then("step_waits")
    life = life.when(wait(hours=1, seconds=1)).then("step_asked")
    life = life.when(unknown("ask-payout")).then("saga_parked")
    assert "does not say whether it happened" in (life.parked or "")


def test_a_lost_payout_is_asked_for_again_before_it_is_retried() -> None:
    life = given(*LOST).when(retry("payout")).then("saga_unparked", "step_asked")
    life = life.told(ok("ask-payout", Found(outcome=None)), wait(hours=1, seconds=1))
    (effect,) = todo(life.case)
    assert effect.once == "payout:1.1"


def test_a_lost_payout_is_asked_for_before_the_remedy_is_given_up() -> None:
    life = given(*LOST).when(CANCEL).then("remedy_cancelled", "step_asked")
    life.when(ok("ask-payout", Found(outcome=PAID))).then("step_done", "remedy_done")
    life = life.when(ok("ask-payout", Found(outcome=None))).then("step_waits")
    life = life.when(wait(hours=1, seconds=1)).then("step_asked")
    life.when(ok("ask-payout", Found(outcome=None))).then("saga_turned_back", "remedy_compensated")


def test_a_provider_that_refuses_to_say_leaves_the_payout_under_its_key() -> None:
    life = given(*PAYING, unknown("payout")).when(refused("ask-payout")).then("step_refused", "saga_parked")
    life = life.told(retry("payout"), ok("ask-payout", Found(outcome=None)), wait(hours=1, seconds=1))
    (effect,) = todo(life.case)
    assert effect.once == "payout:1.1"


def test_a_payout_that_never_happens_is_parked() -> None:
    life = given(*PAYING, unknown("payout"), ok("ask-payout", Found(outcome=None)), wait(hours=1, seconds=1))
    life = life.told(unknown("payout"))
    life = life.when(ok("ask-payout", Found(outcome=None))).then("saga_parked")
    assert "did not happen in" in (life.parked or "")


# Back. -----------------------------------------------------------------------------------------------------


def test_a_courier_who_refuses_turns_the_saga_back() -> None:
    life = given(*EXCHANGE, ok("reserve", RESERVED))
    life = life.when(refused("collect", "no such street")).then(
        "step_refused", "saga_turned_back", "undo_begun"
    )
    (effect,) = todo(life.case)
    assert effect.request == ReleaseReplacement(reference="res1")
    life.when(ok("undo-reserve", UNDONE)).then("undo_done", "remedy_compensated")


def test_what_had_begun_is_undone_in_reverse_order() -> None:
    life = given(*EXCHANGE, ok("reserve", RESERVED), ok("collect", BOOKED))
    life = life.when(refused("inspect")).then("step_refused", "saga_turned_back", "undo_begun")
    (effect,) = todo(life.case)
    assert effect.request == CancelCollection(reference="col1")
    life = life.when(ok("undo-collect", UNDONE)).then("undo_done", "undo_begun")
    life.when(ok("undo-reserve", UNDONE)).then("undo_done", "remedy_compensated")


def test_a_first_step_that_is_refused_leaves_nothing_to_undo() -> None:
    life = given(*PAYING).when(refused("payout"))
    life.then("step_refused", "saga_turned_back", "remedy_compensated")


def test_another_remedy_may_follow_a_compensated_one_under_new_keys() -> None:
    life = given(*PAYING, refused("payout"), propose(), accept())
    assert life.owed == ("payout:2.1",)


def test_an_undo_of_unknown_outcome_is_tried_again_under_its_key_and_then_parked() -> None:
    life = given(*COLLECTED, refused("inspect"))
    life = life.when(unknown("undo-collect")).then("undo_waits")
    life = life.when(wait(hours=1, seconds=1)).then("undo_begun")
    (effect,) = todo(life.case)
    assert (effect.key, effect.once) == ("undo-collect:1.3", "undo-collect:1.2")
    life = life.told(unknown("undo-collect"), wait(hours=1, seconds=1))
    life = life.when(unknown("undo-collect")).then("saga_parked")
    assert "nobody knows whether it was undone" in (life.parked or "")
    life.when(retry("collect")).then("saga_unparked", "undo_begun")


def test_an_undo_that_is_refused_is_parked_whatever_the_length_of_the_reason() -> None:
    life = given(*COLLECTED, refused("inspect"))
    life = life.when(refused("undo-collect", "n" * 200)).then("step_refused", "saga_parked")
    again = life.told(retry("collect"))
    (effect,) = todo(again.case)
    assert effect.once == effect.key, "a refusal stands for its key"
    life.when(mark("collect")).then("undo_done", "remedy_compensated")
    life.when(skip("collect")).then("step_skipped", "remedy_compensated")
    life.when(CANCEL).then()
    life.when(mark("payout")).then_refused("not parked at payout", "not-parked")


# Giving up. ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("so_far", "in_flight", "result", "undone"),
    [
        ((), "reserve", RESERVED, ("undo_begun",)),
        ((ok("reserve", RESERVED),), "collect", BOOKED, ("undo_begun",)),
        ((ok("reserve", RESERVED), ok("collect", BOOKED)), "inspect", INSPECTED, ("undo_begun",)),
    ],
)
def test_what_is_given_up_waits_for_what_runs_and_is_then_undone(
    so_far: tuple[Item, ...], in_flight: str, result: Any, undone: tuple[str, ...]
) -> None:
    life = given(*EXCHANGE, *so_far).when(CANCEL).then("remedy_cancelled")
    life = life.when(CANCEL).then()
    life = life.when(ok(in_flight, result)).then("step_done", "saga_turned_back", *undone)
    life.when(CANCEL).then()


def test_what_is_given_up_while_it_waits_turns_back_at_once() -> None:
    life = given(*COLLECTED, ok("inspect", NOT_THERE))
    life.when(CANCEL).then("remedy_cancelled", "saga_turned_back", "undo_begun")


def test_a_payout_under_way_that_is_given_up_and_was_paid_is_completed() -> None:
    life = given(*PAYING, CANCEL)
    life.when(ok("payout", PAID)).then("step_done", "remedy_done")


def test_a_payout_under_way_that_is_given_up_and_was_refused_is_compensated() -> None:
    life = given(*PAYING, CANCEL)
    life.when(refused("payout")).then("step_refused", "saga_turned_back", "remedy_compensated")


def test_a_step_done_by_hand_is_given_up_at_once() -> None:
    given(*CORRECTING).when(CANCEL).then("remedy_cancelled", "saga_turned_back", "remedy_compensated")


def test_past_the_pivot_there_is_only_forward() -> None:
    shipped = (ok("reserve", RESERVED), ok("collect", BOOKED), ok("inspect", INSPECTED), ok("ship", SHIPPED))
    life = given(*EXCHANGE, *shipped)
    life.when(CANCEL).then_refused("past the point of return", "pivot")
    life = life.when(refused("deliver")).then("step_refused", "saga_parked")
    life.when(CANCEL).then_refused("past the point of return", "pivot")
    life.when(skip("deliver")).then("step_skipped", "remedy_done")
    life.when(mark("deliver")).then("step_done", "remedy_done")
    given(*PUT_RIGHT).when(CANCEL).then_refused("no remedy is being carried out", "no-saga")


def test_a_step_refused_past_the_pivot_is_retried_under_a_new_key() -> None:
    both = plan(decision("exchange"), decision("refund", harm_line="more"))
    life = given(*RAISED, *two_lines(), propose(both), accept(), ok("reserve", RESERVED), ok("ship", SHIPPED))
    life = life.told(ok("deliver", DELIVERED), refused("payout"))
    assert "payout" in (life.parked or "")
    life = life.when(retry("payout")).then("saga_unparked", "step_begun")
    (effect,) = todo(life.case)
    assert effect.once == effect.key == "payout:1.2"


def two_lines() -> tuple[Item, ...]:
    """Return triage with two harm lines, acceptance and a contact."""
    lines = (PRICE, HarmLine(id="more", harm="trouble"))
    return (triage(harm_lines=lines), say(AcceptCase, AGENT), contact())


def test_what_was_given_up_before_the_pivot_is_retried_past_it_like_anything_else() -> None:
    both = plan(decision("exchange"), decision("refund", harm_line="more"))
    life = given(*RAISED, *two_lines(), propose(both), accept(), ok("reserve", RESERVED), CANCEL)
    life = life.told(ok("ship", SHIPPED), ok("deliver", DELIVERED), unknown("payout"))
    life = life.told(ok("ask-payout", Found(outcome=None)))
    life.when(wait(hours=1, seconds=1)).then("step_begun")


# Parked. ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("finding", ["not_as_claimed", "missing"])
def test_an_inspection_that_contradicts_is_parked_for_a_human(
    finding: Literal["not_as_claimed", "missing"],
) -> None:
    found = CollectionStatus(arrived=True, finding=finding)
    life = given(*COLLECTED).when(ok("inspect", found)).then("inspection_found", "saga_parked")
    assert life.parked == f"remedy step inspect: the inspection found the goods {finding}"
    assert [name for name in life.dues if name.startswith("saga/")] == []
    life.when(retry("inspect")).then("saga_unparked", "step_begun")
    life.when(skip("inspect")).then("step_skipped", "step_begun")
    life.when(mark("inspect")).then("step_done", "step_begun")
    back = "undo_begun" if finding == "not_as_claimed" else "remedy_compensated"
    life = life.when(CANCEL).then("remedy_cancelled", "saga_turned_back", back)
    assert ("undo-inspect:1.2" in life.owed) == (finding == "not_as_claimed"), (
        "goods that came are given back"
    )


def test_who_withdraws_gets_the_goods_back() -> None:
    found = CollectionStatus(arrived=True, finding="not_as_claimed")
    withdrawn = given(*COLLECTED, ok("inspect", found)).when(say(WithdrawCase, MIRA))
    life = withdrawn.then("withdrawal_recorded", "remedy_cancelled", "saga_turned_back", "undo_begun")
    (effect,) = todo(life.case)
    assert effect.request == ReturnGoods(reference="col1", order_id="o1")
    life.when(ok("undo-inspect", SENT_BACK)).then("undo_done", "remedy_compensated", "case_ended")


def test_only_the_parked_step_is_retried_skipped_or_reported() -> None:
    life = given(*PAYING)
    life.when(retry("payout")).then_refused("not parked at payout", "not-parked")
    life.when(skip("payout")).then_refused("not parked at payout", "not-parked")
    life.when(mark("payout")).then_refused("not parked at payout", "not-parked")
    life.when(mark("ship")).then_refused("has no ship", "no-step")


def test_a_lost_payout_that_a_person_settled_is_not_asked_for() -> None:
    given(*LOST).when(skip("payout")).then("step_skipped", "remedy_done")
    given(*LOST).when(mark("payout")).then("step_done", "remedy_done")


def test_a_department_head_may_skip() -> None:
    given(*LOST).when(say(SkipStep, HEAD, step="payout", reason="x")).then("step_skipped", "remedy_done")


# Seen from inside. -----------------------------------------------------------------------------------------


def test_an_outcome_under_a_key_that_no_step_has_is_a_bug_and_says_so() -> None:
    stray = EffectSucceeded(at=MONDAY, key="payout:9.9", result=PAID)
    agreed = Agreed(policy=POLICY, proposal=None, order=None, order_id="o1")
    with pytest.raises(ValueError, match="no step is under way"):
        saga.came_back(Saga(), agreed, stray)


def test_a_saga_without_steps_has_no_pivot() -> None:
    assert saga.pivot(Saga()) is None
    assert not saga.past_pivot(Saga())
