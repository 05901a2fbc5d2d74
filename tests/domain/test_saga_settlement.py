"""Payouts that settle later, and means that cannot take money back."""

from datetime import timedelta

from domain.attempt import ATTEMPTS_MATTER
from domain.case import todo
from domain.effect import FindOutcome, Found, PayRefund, RefundPaid, TrackRefund
from domain.saga import CancelRemedy, CheckAccount, GiveAccount, RetryStep
from tests.domain.lives import (
    AGENT,
    FAILED,
    HEAD,
    MIRA,
    MONDAY,
    OTHER_AGENT,
    OWNER,
    PAID,
    PAYING,
    PENDING,
    SUPERVISOR,
    Item,
    eur,
    given,
    ok,
    refused,
    say,
    unknown,
    wait,
)

TAKEN_ON: tuple[Item, ...] = (*PAYING, ok("payout", PENDING))
A_DAY = wait(days=1, seconds=1)
SETTLED_AT = MONDAY + timedelta(hours=20)
SETTLED = RefundPaid(reference="pay1", amount=eur(9_000), settled_at=SETTLED_AT)
EXPIRED = refused("payout", "the card that paid has expired", "means-expired")
CANCEL = say(CancelRemedy, MIRA, reason="never mind")
GIVEN = say(GiveAccount, AGENT, account="acc-1")
CHECKED = say(CheckAccount, SUPERVISOR, account="acc-1")


def test_a_payout_that_was_taken_on_is_asked_for_by_key_until_it_is_settled() -> None:
    life = given(*PAYING).when(ok("payout", PENDING)).then("step_pending")
    assert life.owed == ()
    assert life.dues["saga/payout:1"] == MONDAY + timedelta(days=1)
    life = life.when(A_DAY).then("settlement_asked")
    (effect,) = todo(life.case)
    assert effect.request == TrackRefund(refund="payout:1.1")
    life = life.when(ok("settle-payout", PENDING)).then("step_pending")
    life = life.told(A_DAY).when(ok("settle-payout", SETTLED)).then("step_done", "remedy_done")
    assert life.case.saga.step("payout").done_at == SETTLED_AT
    assert life.case.saga.paid == (eur(9_000),)


def test_a_payout_that_fails_after_all_was_never_paid_and_turns_the_saga_back() -> None:
    failed = given(*TAKEN_ON, A_DAY).when(ok("settle-payout", FAILED))
    life = failed.then("step_refused", "saga_turned_back", "remedy_compensated")
    assert life.case.saga.paid == ()


def test_a_settlement_that_nobody_tells_is_asked_for_again_and_then_a_human() -> None:
    life = given(*TAKEN_ON, A_DAY).when(unknown("settle-payout")).then("step_pending")
    life = life.told(A_DAY, ok("settle-payout", PENDING), A_DAY)
    life = life.when(ok("settle-payout", PENDING)).then("saga_parked")
    assert life.parked == "remedy step payout: not settled after 3 looks"
    life = life.when(say(RetryStep, OWNER, step="payout")).then("saga_unparked", "step_asked")
    (effect,) = [effect for effect in todo(life.case) if effect.key.startswith("ask-")]
    assert isinstance(effect.request, FindOutcome)
    life.when(ok("ask-payout", Found(outcome=PENDING))).then("step_pending")
    life.when(ok("ask-payout", Found(outcome=PAID))).then("step_done", "remedy_done")


def test_a_bank_that_refuses_to_tell_leaves_it_to_a_human() -> None:
    life = given(*TAKEN_ON, A_DAY).when(refused("settle-payout")).then("step_refused", "saga_parked")
    life = life.when(say(RetryStep, OWNER, step="payout")).then("saga_unparked", "step_asked")
    life = life.when(ok("ask-payout", Found(outcome=PENDING))).then("step_pending")
    assert life.case.saga.step("payout").once == "payout:1.1", "never a second payment beside a pending one"


def test_a_lost_answer_under_which_a_payment_failed_leaves_nothing_open() -> None:
    life = given(*PAYING, unknown("payout")).when(ok("ask-payout", Found(outcome=FAILED)))
    life.then("step_refused", "saga_turned_back", "remedy_compensated")


def test_what_is_given_up_while_it_is_not_settled_waits_for_its_end() -> None:
    life = given(*TAKEN_ON).when(CANCEL).then("remedy_cancelled")
    life = life.when(A_DAY).then("settlement_asked")
    life.when(ok("settle-payout", SETTLED)).then("step_done", "remedy_done")
    life.when(ok("settle-payout", FAILED)).then("step_refused", "saga_turned_back", "remedy_compensated")


# Another account. ------------------------------------------------------------------------------------------


def test_a_card_that_expired_waits_for_an_account_that_two_people_saw() -> None:
    life = given(*PAYING).when(EXPIRED).then("step_refused", "account_needed", "saga_parked")
    assert "means-expired" in (life.parked or "")
    life = life.when(GIVEN).then("account_given")
    assert life.owed == ()
    assert life.parked == (
        "remedy step payout: account acc-1 was entered by ann: a second person checks it (check_account)"
    )
    life = life.when(CHECKED).then("account_checked", "step_begun")
    (effect,) = todo(life.case)
    assert isinstance(effect.request, PayRefund)
    account = effect.request.account
    assert account is not None
    assert (account.account, account.entered_by, account.checked_by) == ("acc-1", "ann", "sue")
    assert effect.once == effect.key == "payout:1.2", "a new key: the old one stands for its refusal"
    life = life.when(ok("payout", PAID)).then("step_done", "remedy_done")
    life.when(say(CheckAccount, SUPERVISOR, account="acc-1")).then()


def test_nobody_checks_what_they_entered_in_whatever_role() -> None:
    life = given(*PAYING, EXPIRED, GIVEN)
    for one_person in (AGENT, OWNER):
        life.when(say(CheckAccount, one_person, account="acc-1")).then_refused(
            "second person", "second-person"
        )
    life.when(say(RetryStep, HEAD, step="payout")).then_refused("second person", "second-person")


def test_a_check_counts_for_the_very_account_that_was_entered() -> None:
    life = given(*PAYING, EXPIRED)
    life.when(CHECKED).then_refused("not the account", "other-account")
    life = life.told(GIVEN)
    life.when(GIVEN).then()
    life.when(say(CheckAccount, SUPERVISOR, account="acc-2")).then_refused("not the account", "other-account")
    life = life.when(say(GiveAccount, OTHER_AGENT, account="acc-2")).then("account_given")
    life.when(CHECKED).then_refused("not the account", "other-account")


def test_no_other_account_while_the_original_means_takes_money() -> None:
    for so_far in (PAYING, (*PAYING, refused("payout")), TAKEN_ON):
        given(*so_far).when(GIVEN).then_refused("where it came from", "account-not-needed")


def test_the_original_means_may_be_tried_again_and_the_remedy_given_up() -> None:
    life = given(*PAYING, EXPIRED)
    life.when(say(RetryStep, OWNER, step="payout")).then("saga_unparked", "step_begun")
    life.when(CANCEL).then("remedy_cancelled", "saga_turned_back", "remedy_compensated")


def test_who_gave_it_up_is_not_asked_for_an_account() -> None:
    life = given(*PAYING, CANCEL)
    life.when(EXPIRED).then("step_refused", "saga_turned_back", "remedy_compensated")


def test_whoever_tries_alone_leaves_a_trace() -> None:
    assert {"give_account", "check_account", "retry_step", "undo_by_hand"} <= ATTEMPTS_MATTER
