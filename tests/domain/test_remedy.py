from datetime import timedelta
from typing import Any

import pytest

from domain import remedy
from domain.actor import Role
from domain.assignment import AcceptCase
from domain.case import before_remedy, opened
from domain.contact import PauseTargets
from domain.effect import OrderSnapshot
from domain.message import Deadline
from domain.money import Money
from domain.plan import Before, Plan, needs_answer
from domain.policy import Ground
from domain.refusal import Refused
from domain.remedy import (
    AcceptRemedy,
    ApproveRemedy,
    OfferNoticeFailed,
    ProposeRemedy,
    RejectRemedy,
    Remedy,
)
from domain.saga import CancelRemedy
from domain.triage import ClaimHarm, HarmLine
from tests.domain.lives import (
    AGENT,
    BOTH,
    CUSTOMER,
    HEAD,
    IN_RECOVERY,
    INQUIRY,
    MIRA,
    MONDAY,
    NOTICE,
    OFFERED,
    ORDER,
    OWNED,
    OWNER,
    PAYING,
    POLICY,
    PRICE,
    PUT_RIGHT,
    RAISED,
    SUPERVISOR,
    Item,
    Life,
    accept,
    approve,
    contact,
    decision,
    decline,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    refused,
    register,
    reject,
    say,
    standing,
    triage,
    unknown,
    wait,
)

DEAR = plan(decision(amount=eur(20_000)))
"""Above the owner's authority."""
BETTER = plan(gestures=("apology_call", "manager_letter"))
WAITING: tuple[Item, ...] = (*IN_RECOVERY, propose(DEAR))


def state(life: Life) -> str:
    """Return the state of the standing proposal."""
    assert life.case.remedy.proposal is not None
    return life.case.remedy.proposal.state


# Proposing. ------------------------------------------------------------------------------------------------


def test_a_proposal_within_authority_is_offered_at_once() -> None:
    life = given(*IN_RECOVERY).when(propose()).then("remedy_proposed", "remedy_offered")
    assert state(life) == "offered"
    assert life.owed == ()


def test_a_proposal_that_nobody_told_the_customer_goes_out_by_notice() -> None:
    life = given(*IN_RECOVERY, propose(told_in=None))
    assert life.owed == ("offer:1",)
    life = life.when(ok("offer", NOTICE)).then("offer_notice_sent")
    assert life.owed == ()


@pytest.mark.parametrize("how", [refused("offer"), unknown("offer")])
def test_an_offer_that_did_not_go_out_still_stands(how: Item) -> None:
    life = given(*IN_RECOVERY, propose(told_in=None)).when(how).then("offer_notice_failed")
    assert (state(life), life.owed) == ("offered", ())


def test_the_offer_speaks_the_customers_language() -> None:
    def words(text: str, **fields: Any) -> str:
        life = given(opening(text=text), *RAISED[1:], triage(), *OWNED[5:], contact())
        life = life.told(propose(plan(**fields), told_in=None))
        assert life.case.remedy.proposal is not None
        assert life.case.intake is not None
        return remedy.in_words(life.case.remedy.proposal, life.case.intake.language)

    assert words("broken", words="") == "refund of 90.00 EUR"
    assert words("broken") == "we are sorry (refund of 90.00 EUR)"
    assert words("깨졌어요", words="") == "환불 금액 90.00 EUR"


def test_an_exchange_is_offered_in_its_own_words() -> None:
    life = given(*IN_RECOVERY, propose(plan(decision("exchange"), words="a new cup")))
    assert life.case.remedy.proposal is not None
    assert remedy.in_words(life.case.remedy.proposal, "en") == "a new cup"


def test_nothing_is_proposed_before_triage() -> None:
    life = given(*RAISED)
    before = Before(
        policy=POLICY,
        intake=opened(life.case),
        triage=life.case.triage,
        contacts=life.case.contacts,
    )
    with pytest.raises(Refused, match="not triaged"):
        remedy.decide(Remedy(), before, say(ProposeRemedy, OWNER, plan=plan(), at=MONDAY))


def test_only_complaints_get_a_remedy() -> None:
    given(*INQUIRY).when(propose(told_in=None)).then_refused("only complaints", "short-way")


def test_an_agreed_remedy_is_not_replaced() -> None:
    given(*PAYING).when(propose()).then_refused("cancel it first", "agreed")


def test_a_remedy_put_right_is_not_proposed_again() -> None:
    given(*PUT_RIGHT).when(propose()).then_refused("register the result", "done")


def test_a_harm_claimed_later_gets_a_plan_of_its_own() -> None:
    line = HarmLine(id="time", harm="time")
    life = given(*PUT_RIGHT, say(ClaimHarm, MIRA, line=line))
    life.when(register()).then_refused("undecided", "undecided")
    life.when(propose()).then_refused("decide each harm line once: time", "harm-lines")
    more = plan(decision("apology", harm_line="time"))
    life = life.when(propose(more)).then("remedy_proposed", "remedy_agreed", "saga_begun", "remedy_done")
    life.when(register()).then("result_registered")
    assert len(life.case.saga.paid) == 1


def test_a_proposal_names_a_contact_that_was_logged() -> None:
    given(*IN_RECOVERY).when(propose(told_in=2)).then_refused("log the contact first", "contact")


def test_offers_are_bounded_and_then_the_final_position_is_open() -> None:
    life = given(*OFFERED, decline(), propose(BETTER), accept(), refused("payout"))
    life.when(propose()).then_refused("no further offer", "offers")
    assert state(life) == "compensated"
    life.when(register(final=True, outcome="not_upheld")).then("result_registered")


@pytest.mark.parametrize(
    ("words", "decided"),
    [
        ("decide each harm line once", plan(decision(harm_line="other"))),
        ("decide each harm line once", plan(decision(), decision())),
        ("names its clause", plan(decision("refusal", clause="nowhere"))),
        ("names its clause", plan(decision("refusal", reason=None))),
        ("name the ground", plan(decision(ground=None))),
        ("give the amount", plan(decision(amount=None))),
        ("give the amount", plan(decision(amount=eur(0)))),
        ("this case is in EUR", plan(decision("exchange", amount=Money(minor=1, currency="KRW")))),
        ("this case is in EUR", plan(decision(amount=Money(minor=1, currency="KRW")))),
        ("the order has no line", plan(order_lines=("l9",))),
        ("every fee is the firm's", plan(fee_payer="customer")),
        ("add an apology", plan(gestures=())),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(words: str, decided: Plan) -> None:
    answer = given(*IN_RECOVERY).when(propose(decided))
    assert answer.refusal is not None
    assert words in answer.refusal.reason


def test_a_plan_in_order_lines_and_fees_of_another_cause_holds() -> None:
    life = given(*RAISED, triage(cause="other"), *OWNED[5:], contact())
    fine = plan(decision(ground="goodwill"), order_lines=("l1",), fee_payer="customer", gestures=())
    life.when(propose(fine)).then("remedy_proposed", "remedy_offered")


def test_a_policy_without_goods_never_exchanges() -> None:
    financial = POLICY.model_copy(update={"remedies": ("fee_refund", "correction")})
    life = given(*IN_RECOVERY, policy=financial)
    life.when(propose(plan(decision("exchange")))).then_refused("has no exchange", "remedy-kind")


def test_the_whole_sum_stays_payable() -> None:
    huge = (decision(amount=eur(10**15)), decision(harm_line="more", amount=eur(1)))
    lines = (PRICE, HarmLine(id="more", harm="time"))
    life = given(*RAISED, triage(harm_lines=lines), *OWNED[5:], contact())
    life.when(propose(plan(*huge))).then_refused("larger than any", "amount")


@pytest.mark.parametrize("order", [refused("order"), ok("order", OrderSnapshot(known=False))])
def test_money_and_goods_need_an_order(order: Item) -> None:
    life = given(*RAISED[:3], order, triage(), *OWNED[5:], contact())
    life.when(propose()).then_refused("no order is known", "no-order")
    life.when(propose(plan(decision("apology")))).then(
        "remedy_proposed", "remedy_agreed", "saga_begun", "remedy_done"
    )


def test_words_need_no_yes_but_goods_that_come_back_do() -> None:
    assert not needs_answer(plan(decision("explanation")))
    assert needs_answer(plan(decision("explanation"), collect=True))


# Approving. ------------------------------------------------------------------------------------------------


def test_a_proposal_above_authority_waits_for_approval() -> None:
    life = given(*IN_RECOVERY).when(propose(DEAR)).then("remedy_proposed")
    assert life.dues["remedy/approval:1"] == MONDAY + timedelta(hours=4)
    life.when(approve()).then("remedy_approved", "remedy_offered")


def test_an_approval_counts_once() -> None:
    given(*WAITING, approve()).when(approve()).then_refused("sue approved it already", "replay")
    given(*WAITING, approve()).when(approve(HEAD)).then_refused("counts once", "replay")


def test_what_waits_for_no_approval_is_not_approved() -> None:
    given(*OFFERED).when(approve()).then_refused("not waiting for approval", "offered")
    given(*OFFERED).when(reject()).then_refused("not waiting for approval", "offered")


def test_nobody_approves_or_rejects_their_own_proposal_in_whatever_role() -> None:
    mine = given(*IN_RECOVERY, propose(plan(decision(amount=eur(60_000))), by=BOTH))
    mine.when(approve(BOTH)).then_refused("their own proposal, in whatever role", "self-approval")
    mine.when(reject(BOTH)).then_refused("their own proposal", "self-approval")
    taken = given(*RAISED, triage(), say(AcceptCase, BOTH.model_copy(update={"role": Role.AGENT})))
    as_owner = BOTH.model_copy(update={"role": Role.OWNER})
    taken = taken.told(contact(as_owner), propose(DEAR, by=as_owner))
    taken.when(approve(BOTH)).then_refused("in whatever role", "self-approval")


def test_an_approval_needs_authority_of_its_own_except_a_department_heads() -> None:
    life = given(*IN_RECOVERY, propose(plan(decision(amount=eur(60_000)))))
    life.when(approve()).then_refused("above your authority", "authority")
    life.when(approve(HEAD)).then("remedy_approved", "remedy_offered")
    no_limits = POLICY.model_copy(update={"authority": {Role.OWNER: eur(1)}})
    given(*IN_RECOVERY, propose(), policy=no_limits).when(approve()).then_refused("above your authority")


def test_the_approval_of_an_edited_plan_is_refused() -> None:
    life = given(*WAITING)
    old = standing(life.case)
    life = life.told(propose(plan(decision(amount=eur(30_000)))))
    life.when(say(ApproveRemedy, SUPERVISOR, proposal=old)).then_refused("replaced by another", "void")
    life.when(say(ApproveRemedy, SUPERVISOR, proposal="f" * 8)).then_refused(
        "none of that hash", "no-proposal"
    )


def test_eight_letters_of_the_hash_will_do() -> None:
    life = given(*WAITING)
    short = standing(life.case)[:8]
    life.when(say(ApproveRemedy, SUPERVISOR, proposal=short)).then("remedy_approved", "remedy_offered")
    life.when(say(ApproveRemedy, SUPERVISOR, proposal=short[:7])).then_refused("at least 8", "no-proposal")


def test_a_rejected_proposal_is_rejected_once_and_another_may_follow() -> None:
    life = given(*WAITING).when(reject()).then("remedy_rejected")
    life = life.when(reject()).then()
    life.when(approve()).then_refused("it is rejected", "rejected")
    life.when(propose()).then("remedy_proposed", "remedy_offered")


def test_an_approval_missed_moves_the_case_up_each_time_it_falls_due() -> None:
    life = given(*WAITING)
    assert life.told(wait(hours=4)).many("approval_missed") == 0
    life = life.told(wait(hours=4, milliseconds=1))
    assert (life.many("approval_missed"), life.case.assignment.owner) == (1, "sue")
    assert life.dues["remedy/approval:1"] == MONDAY + timedelta(hours=8)
    assert life.told(wait(days=4)).many("approval_missed") > 2


def test_no_pause_stops_an_approval() -> None:
    life = given(*WAITING, say(PauseTargets, OWNER, reason="customer"))
    assert life.dues["remedy/approval:1"] == MONDAY + timedelta(hours=4)


# Answering. ------------------------------------------------------------------------------------------------


def test_the_customer_accepts_once() -> None:
    life = given(*OFFERED).when(accept()).then("remedy_agreed", "saga_begun", "step_begun")
    life.when(accept()).then()


def test_staff_enter_the_customers_answer_with_the_contact_that_proves_it() -> None:
    given(*OFFERED).when(accept(AGENT)).then_refused("the contact that proves it", "contact")
    given(*OFFERED).when(accept(AGENT, contact=9)).then_refused("proves it")
    given(*OFFERED).when(accept(AGENT, contact=1)).then("remedy_agreed", "saga_begun", "step_begun")
    given(*OFFERED).when(decline(AGENT, contact=1)).then("remedy_declined")


def test_the_customer_declines_once_and_gets_another_offer() -> None:
    life = given(*OFFERED).when(decline()).then("remedy_declined")
    life = life.when(decline()).then()
    life.when(accept()).then_refused("it is declined", "declined")
    life.when(propose(BETTER)).then("remedy_proposed", "remedy_offered")


def test_an_answer_to_an_offer_that_waits_for_approval_is_refused() -> None:
    given(*WAITING).when(accept()).then_refused("not an open offer", "waiting_approval")
    given(*OWNED).when(say(AcceptRemedy, MIRA, proposal="abcdefgh")).then_refused("none of that hash")
    given(*OWNED).when(say(RejectRemedy, HEAD, proposal="abcdefgh", reason="x")).then_refused("none of")


def test_an_offer_is_reminded_once_and_then_expires() -> None:
    life = given(*OFFERED)
    due = life.dues["remedy/offer:1"]
    assert due == (MONDAY + timedelta(days=8)).replace(hour=0)
    reminded = life.passed(due + timedelta(milliseconds=1))
    assert reminded.many("offer_reminded") == 1
    reminded = reminded.passed(due + timedelta(hours=9, seconds=1))  # in the customer's hours
    assert "offer-reminder:1" in reminded.owed
    reminded = reminded.told(ok("offer-reminder", NOTICE))
    again = reminded.dues["remedy/offer:1"]
    assert reminded.passed(again).many("offer_expired") == 0
    gone = reminded.passed(again + timedelta(milliseconds=1))
    assert (gone.many("offer_reminded"), gone.many("offer_expired")) == (1, 1)
    gone.when(accept()).then_refused("it is expired", "expired")
    gone.when(register(by=SUPERVISOR, final=True, outcome="not_upheld")).then("result_registered")


def test_an_offer_answered_after_its_reminder_stands() -> None:
    given(*OFFERED, wait(days=9)).when(accept()).then("remedy_agreed", "saga_begun", "step_begun")


def test_no_pause_stops_an_offer() -> None:
    life = given(*OFFERED)
    paused = life.told(say(PauseTargets, OWNER, reason="customer"))
    assert paused.dues["remedy/offer:1"] == life.dues["remedy/offer:1"]


def test_the_words_of_an_offer_that_was_replaced_change_nothing() -> None:
    life = given(*IN_RECOVERY, propose(told_in=None), propose(told_in=None))
    assert life.owed == ("offer:2",)
    late = life.told(OfferNoticeFailed(key="offer:1", at=MONDAY))
    assert late.owed == ("offer:2",)


def test_a_remedy_that_is_not_carried_out_cannot_be_cancelled() -> None:
    given(*OFFERED).when(say(CancelRemedy, MIRA, reason="x")).then_refused("no remedy is being", "no-saga")


# Seen from inside. -----------------------------------------------------------------------------------------


def test_a_remedy_without_a_proposal_has_no_deadline_to_lapse_and_nothing_to_evolve() -> None:
    assert remedy.deadlines(Remedy()) == ()
    gone = Deadline(name="remedy/offer:1", due=MONDAY)
    assert remedy.lapse(Remedy(), before_remedy(given(*RAISED).case), gone, MONDAY) == ()
    assert remedy.evolve(Remedy(), OfferNoticeFailed(key="offer:1", at=MONDAY)) == Remedy()


@pytest.mark.parametrize("ground", ["withdrawal", "warranty", "goodwill"])
def test_another_ground_needs_no_gesture(ground: Ground) -> None:
    life = given(*RAISED, triage(cause="other"), *OWNED[5:], contact())
    life.when(propose(plan(decision(ground=ground), gestures=()))).then("remedy_proposed", "remedy_offered")


def test_the_snapshot_of_a_known_order_is_what_lines_are_held_against() -> None:
    life = given(opening(), ok("ack", NOTICE), ok("cust", CUSTOMER), ok("order", ORDER))
    assert life.case.intake is not None
    assert life.case.intake.order == ORDER
