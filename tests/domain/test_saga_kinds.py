"""Remedies beyond one payout: vouchers, repairs, exchanges in advance, work that the customer confirms."""

from hashlib import sha256
from typing import Any

import pytest

from domain.assignment import AcceptCase
from domain.case import todo
from domain.effect import (
    CollectionStatus,
    DeliveryStatus,
    FindOutcome,
    IssueLabel,
    IssueVoucher,
    OrderLine,
    PayRefund,
    RefundPaid,
    RepairGoods,
    ReserveReplacement,
    ReturnGoods,
    RevokeVoucher,
    TrackCollection,
    TrackDelivery,
    TrackRepair,
    VoidLabel,
)
from domain.plan import hash_of
from domain.record import canonical
from domain.remedy import in_words
from domain.saga import (
    CancelRemedy,
    ConfirmStep,
    ContestStep,
    HandIn,
    MarkStepDone,
    RetryStep,
    SkipStep,
    UndoByHand,
    steps_of,
)
from domain.triage import HarmLine
from domain.view import view
from tests.domain.lives import (
    AGENT,
    BEYOND_REPAIR,
    BOOKED,
    CUSTOMER,
    DELIVERED,
    HEAD,
    IN_RECOVERY,
    IN_WORKSHOP,
    INSPECTED,
    ISSUED,
    LABEL,
    MIRA,
    NOT_THERE,
    NOTICE,
    ORDER,
    OWNER,
    PAID,
    POLICY,
    PRICE,
    REPAIRED,
    RESERVED,
    SENT_BACK,
    SHIPPED,
    SUPERVISOR,
    SYSTEM,
    UNDONE,
    Item,
    Life,
    accept,
    contact,
    decision,
    eur,
    given,
    ok,
    opening,
    plan,
    propose,
    refused,
    register,
    say,
    standing,
    triage,
    unknown,
    wait,
)

CANCEL = say(CancelRemedy, MIRA, reason="never mind")
A_DAY = wait(days=1, seconds=1)
LOST = DeliveryStatus(delivered=False, lost=True)
NOBODY_MET = CollectionStatus(arrived=False, no_show=True)


def agreed(*decisions: Any, told: tuple[Item, ...] = IN_RECOVERY, **fields: Any) -> Life:
    """Return the life in which this plan was agreed."""
    return given(*told, propose(plan(*decisions, **fields)), accept())


def two_harms() -> tuple[Item, ...]:
    """Return a case with a second harm line and three items of one price."""
    lines = tuple(OrderLine(line_id=f"l{n}", product="cup", price=eur(3_000)) for n in (1, 2, 3))
    return (
        opening(),
        ok("acknowledgement", NOTICE),
        ok("customer", CUSTOMER),
        ok("order", ORDER.model_copy(update={"lines": lines, "shipping_paid": eur(1_000)})),
        triage(harm_lines=(PRICE, HarmLine(id="more", harm="trouble"))),
        say(AcceptCase, AGENT),
        contact(),
    )


def refund_and_coupon() -> Life:
    """Return the life in which both were agreed, together within one person's authority."""
    both = (decision(amount=eur(4_000)), decision("coupon", harm_line="more", amount=eur(4_000)))
    return agreed(*both, told=two_harms())


# Vouchers. -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["coupon", "points", "membership"])
def test_a_voucher_is_issued_for_what_it_is_worth(kind: Any) -> None:
    life = agreed(decision(kind))
    (effect,) = todo(life.case)
    assert effect.request == IssueVoucher(voucher=kind, order_id="o1", worth=eur(9_000))
    life.when(ok(kind, ISSUED)).then("step_done", "remedy_done")


def test_information_is_a_reward_without_an_amount_that_the_customer_agrees_to() -> None:
    life = given(*IN_RECOVERY, propose(plan(decision("information"))))
    assert todo(life.case) == ()
    life = life.told(accept())
    (effect,) = todo(life.case)
    assert effect.request == IssueVoucher(voucher="information", order_id="o1", worth=eur(0))
    life.when(ok("information", ISSUED)).then("step_done", "remedy_done")


@pytest.mark.parametrize("kind", ["coupon", "points", "membership", "information"])
def test_every_type_of_reward_is_taken_back_when_what_follows_comes_to_nothing(kind: Any) -> None:
    amount = None if kind == "information" else eur(4_000)
    reward = decision(kind, harm_line="more", amount=amount)
    life = agreed(decision(amount=eur(4_000)), reward, told=two_harms()).told(ok(kind, ISSUED))
    life = life.when(refused("payout")).then("step_refused", "saga_turned_back", "undo_begun")
    (effect,) = [each for each in todo(life.case) if each.key.startswith("undo-")]
    assert effect.request == RevokeVoucher(reference="vo1")
    life.when(ok(f"undo-{kind}", UNDONE)).then("undo_done", "remedy_compensated")


def test_points_are_issued_and_told_as_points_at_the_policys_rate() -> None:
    rated = POLICY.model_copy(
        update={
            "point_worth": eur(40),
            "benefits": {"points": {"en": "to spend at once", "ko": "바로 쓰실 수 있습니다"}},
        }
    )
    life = given(*IN_RECOVERY, propose(plan(decision("points", amount=eur(9_001)))), policy=rated)
    assert life.case.remedy.proposal is not None
    assert in_words(life.case.remedy.proposal, "en", rated) == "we are sorry (226 points)"
    assert in_words(life.case.remedy.proposal, "ko", rated) == "we are sorry (적립금 226점)"
    seen = view(life.case, head="h", unwritten=0).proposal
    assert seen is not None
    assert seen.points == 226
    life = life.told(accept())
    (effect,) = todo(life.case)
    assert effect.request == IssueVoucher(voucher="points", order_id="o1", worth=eur(9_001), points=226)
    life = life.told(ok("points", ISSUED), register())
    assert life.case.result.gets == "- 226 points: to spend at once"


def test_a_voucher_is_taken_back_when_what_follows_is_refused() -> None:
    life = agreed(
        decision("refund", amount=eur(4_000)),
        decision("coupon", harm_line="more", amount=eur(4_000)),
        told=two_harms(),
    )
    life = (
        life.told(ok("coupon", ISSUED))
        .when(refused("payout"))
        .then("step_refused", "saga_turned_back", "undo_begun")
    )
    (effect,) = todo(life.case)
    assert effect.request == RevokeVoucher(reference="vo1")
    life.when(ok("undo-coupon", UNDONE)).then("undo_done", "remedy_compensated")


def test_a_used_voucher_cannot_be_taken_back_and_a_person_decides() -> None:
    life = agreed(
        decision("refund", amount=eur(4_000)),
        decision("coupon", harm_line="more", amount=eur(4_000)),
        told=two_harms(),
    )
    life = life.told(ok("coupon", ISSUED), refused("payout"), refused("undo-coupon", "it was used", "used"))
    assert life.parked == "remedy step coupon: cannot be undone: it was used"
    by_hand = say(UndoByHand, AGENT, step="coupon", reference="balance corrected")
    life.when(by_hand).then("undo_done", "remedy_compensated")
    life.when(say(UndoByHand, AGENT, step="payout", reference="x")).then_refused("not parked", "not-parked")


def test_nothing_is_undone_by_hand_while_the_remedy_goes_forward() -> None:
    life = agreed(collect=True).told(ok("collect", BOOKED), *not_there())
    life = life.told(ok("inspect", NOT_THERE))
    by_hand = say(UndoByHand, AGENT, step="inspect", reference="x")
    life.when(by_hand).then_refused("not being undone", "not-undoing")


def not_there() -> tuple[Item, ...]:
    """Return looks in vain, up to the last but one."""
    return (ok("inspect", NOT_THERE), A_DAY, ok("inspect", NOT_THERE), A_DAY)


# Repair. ---------------------------------------------------------------------------------------------------


def repairing() -> Life:
    """Return a repair whose goods are in."""
    return agreed(decision("repair"), collect=True).told(ok("collect", BOOKED), ok("inspect", INSPECTED))


def test_goods_are_repaired_and_brought_back() -> None:
    life = repairing()
    (effect,) = todo(life.case)
    assert effect.request == RepairGoods(reference="col1", order_id="o1")
    life = life.when(ok("repair", IN_WORKSHOP)).then("step_pending")
    life = life.told(A_DAY)
    (effect,) = todo(life.case)
    assert effect.request == TrackRepair(reference="rep1")
    life = life.when(ok("settle-repair", REPAIRED)).then("step_done", "step_begun")
    life = life.when(ok("return", SENT_BACK)).then("step_done", "step_begun")
    (effect,) = todo(life.case)
    assert effect.request == TrackDelivery(reference="ret1")
    life.when(ok("returned", DELIVERED)).then("step_done", "remedy_done")


def test_what_cannot_be_repaired_is_given_back() -> None:
    for life in (
        repairing().when(refused("repair")),
        repairing().told(ok("repair", IN_WORKSHOP), A_DAY).when(ok("settle-repair", BEYOND_REPAIR)),
    ):
        turned = life.then("step_refused", "saga_turned_back", "undo_begun")
        (effect,) = todo(turned.case)
        assert effect.request == ReturnGoods(reference="col1", order_id="o1")
        turned.when(ok("undo-inspect", SENT_BACK)).then("undo_done", "remedy_compensated")


def test_a_repair_needs_the_goods() -> None:
    asked = given(*IN_RECOVERY).when(propose(plan(decision("repair"))))
    asked.then_refused("has to come in first", "collect")


# Exchange. -------------------------------------------------------------------------------------------------

IN_ADVANCE = plan(decision("exchange"), collect=True, in_advance=True)


def test_an_exchange_in_advance_sends_first_and_collects_afterwards() -> None:
    assert steps_of(IN_ADVANCE) == ("reserve", "ship", "deliver", "collect", "inspect")
    life = given(*IN_RECOVERY, propose(IN_ADVANCE), accept(), ok("reserve", RESERVED), ok("ship", SHIPPED))
    life.when(CANCEL).then_refused("past the point of return", "pivot")
    life = life.told(ok("deliver", DELIVERED), ok("collect", BOOKED))
    life.when(ok("inspect", INSPECTED)).then("step_done", "remedy_done")
    life = life.told(*not_there()).when(ok("inspect", NOT_THERE)).then("saga_parked")
    assert life.parked == "remedy step inspect: nothing arrived after 3 looks"


def test_only_an_exchange_whose_goods_come_back_is_made_in_advance() -> None:
    asked = given(*IN_RECOVERY).when(propose(plan(decision("exchange"), in_advance=True)))
    asked.then_refused("only an exchange", "in-advance")


def test_goods_stay_with_the_customer_where_nothing_is_collected() -> None:
    assert steps_of(plan(decision("exchange"))) == ("reserve", "ship", "deliver")


def test_a_replacement_that_is_lost_is_sent_again_and_then_a_person_decides() -> None:
    life = agreed(decision("exchange")).told(ok("reserve", RESERVED), ok("ship", SHIPPED))
    life = life.when(ok("deliver", LOST)).then("shipment_lost", "step_begun")
    assert life.owed == ("reserve:1.2",)
    life.when(CANCEL).then_refused("past the point of return", "pivot")
    life = life.told(ok("reserve", RESERVED), ok("ship", SHIPPED))
    life = life.when(ok("deliver", LOST)).then("saga_parked")
    assert "the loss is the firm's" in (life.parked or "")


# Goods on their way back. ----------------------------------------------------------------------------------


def collecting() -> Life:
    """Return a refund whose courier is booked."""
    return agreed(collect=True).told(ok("collect", BOOKED))


def test_goods_lost_on_their_way_to_the_firm_are_the_firms_loss() -> None:
    lost = ok("inspect", CollectionStatus(arrived=False, lost=True))
    life = collecting().when(lost).then("shipment_lost", "step_done", "step_begun")
    assert life.owed == ("payout:1.1",)
    life.when(refused("payout")).then("step_refused", "saga_turned_back", "remedy_compensated")


def test_a_pickup_at_which_nobody_was_met_is_booked_anew_but_not_for_ever() -> None:
    life = collecting().when(ok("inspect", NOBODY_MET)).then("pickup_missed", "step_begun")
    assert life.owed == ("collect:1.2",)
    life = life.told(ok("collect", BOOKED), ok("inspect", NOBODY_MET), ok("collect", BOOKED))
    life = life.when(ok("inspect", NOBODY_MET)).then("saga_parked")
    assert "nobody 3 times" in (life.parked or "")
    life = life.when(say(RetryStep, OWNER, step="inspect")).then("saga_unparked", "step_begun")
    life.when(ok("inspect", NOBODY_MET)).then("pickup_missed", "step_begun")


# A prepaid return label. -----------------------------------------------------------------------------------


def labelled() -> Life:
    """Return the life in which the customer has a label for the cup."""
    life = agreed(collect=True, label=True)
    (effect,) = todo(life.case)
    assert effect.request == IssueLabel(order_id="o1")
    return life.when(ok("collect", LABEL)).then("step_done", "step_begun")


def test_goods_that_come_with_a_prepaid_label_are_inspected_and_paid() -> None:
    life = labelled()
    (effect,) = todo(life.case)
    assert effect.request == TrackCollection(reference="lab1")
    life = life.when(ok("inspect", INSPECTED)).then("step_done", "step_begun")
    life.when(ok("payout", RefundPaid(reference="p", amount=eur(9_000)))).then("step_done", "remedy_done")


def test_a_label_that_nobody_used_is_void_once_the_remedy_is_given_up() -> None:
    life = labelled().told(CANCEL)
    life = life.when(ok("inspect", NOT_THERE)).then("step_waits", "saga_turned_back", "undo_begun")
    (effect,) = todo(life.case)
    assert effect.request == VoidLabel(reference="lab1")
    life.when(ok("undo-collect", UNDONE)).then("undo_done", "remedy_compensated")


def test_a_lost_answer_about_a_label_is_asked_for() -> None:
    life = agreed(collect=True, label=True).when(unknown("collect")).then("step_asked")
    (effect,) = todo(life.case)
    assert effect.request == FindOutcome(key="collect:1.1", lost=IssueLabel(order_id="o1"))


def test_a_parcel_that_never_comes_is_parked_after_the_labels_deadline_and_not_before() -> None:
    life = labelled()
    for day in range(14):
        answer = unknown("inspect") if day % 5 == 4 else ok("inspect", NOT_THERE)
        life = life.when(answer).then("step_waits").told(A_DAY)
    life = life.when(ok("inspect", NOT_THERE)).then("saga_parked")
    assert "no parcel came with the return label by 2026-12-07" in (life.parked or "")
    again = life.when(say(RetryStep, HEAD, step="inspect")).then("saga_unparked", "step_begun")
    again.when(ok("inspect", INSPECTED)).then("step_done", "step_begun")
    life.when(say(CancelRemedy, HEAD, reason="keeps the cup")).then(
        "remedy_cancelled", "saga_turned_back", "undo_begun"
    )


def test_a_parcel_brought_to_a_store_makes_the_label_void() -> None:
    life = labelled().told(say(HandIn, SYSTEM, store="s1", receipt="r1"), ok("inspect", NOT_THERE))
    (effect,) = todo(life.case)
    assert effect.request == VoidLabel(reference="lab1")
    life.when(ok("undo-collect", UNDONE)).then("undo_done", "step_done", "step_begun")


def test_a_label_is_for_goods_that_come_back() -> None:
    given(*IN_RECOVERY).when(propose(plan(label=True))).then_refused("set collect as well", "collect")


def test_a_hash_of_old_still_names_its_plan_and_a_label_is_an_edit() -> None:
    whole = plan(collect=True)
    text = canonical(whole)
    assert '"label":false,' in text
    assert '"equivalent":null,' in text
    before = text.replace('"label":false,', "").replace('"equivalent":null,', "")
    old = sha256(f"1\nNone\n{before}".encode()).hexdigest()[:32]
    assert hash_of(whole, number=1, contact=None) == old
    assert hash_of(plan(collect=True, label=True), number=1, contact=None) != old


def part_returned() -> Life:
    """Return a refund of three items and a goodwill credit; one item came back."""
    credit = decision("goodwill_credit", harm_line="more", amount=eur(500))
    life = agreed(decision("refund", amount=eur(9_000)), credit, told=two_harms(), collect=True)
    some = CollectionStatus(arrived=True, finding="part_returned", returned=("l1",))
    answer = life.told(ok("collect", BOOKED)).when(ok("inspect", some))
    return answer.then("inspection_found", "step_done", "step_begun")


def test_of_three_items_of_which_one_came_back_its_share_is_paid_and_the_rest_waits_for_a_person() -> None:
    life = part_returned()
    (effect,) = todo(life.case)
    assert isinstance(effect.request, PayRefund)
    assert effect.request.amount == eur(3_500), "a third of the refund, and the credit in full"
    assert effect.request.line_ids == ("l1",)
    assert life.last("inspection_found").withheld == eur(6_000)
    life = life.when(ok("payout", RefundPaid(reference="p", amount=eur(3_500)))).then(
        "step_done", "saga_parked"
    )
    assert "60.00 EUR is kept" in (life.parked or "")
    life.when(say(SkipStep, SUPERVISOR, step="rest_payout", reason="kept the cups")).then(
        "step_skipped", "remedy_done"
    )
    life = life.when(say(RetryStep, OWNER, step="rest_payout")).then("saga_unparked", "step_begun")
    (effect,) = todo(life.case)
    assert isinstance(effect.request, PayRefund)
    assert (effect.request.amount, effect.request.line_ids) == (eur(6_000), ("l2", "l3"))
    life = life.when(ok("rest_payout", RefundPaid(reference="q", amount=eur(6_000)))).then(
        "step_done", "remedy_done"
    )
    assert sum(paid.minor for paid in life.case.saga.paid) == 9_500


def test_goods_that_came_back_as_all_the_parts_there_are_leave_nothing_to_keep() -> None:
    life = agreed(decision("refund"), collect=True).told(ok("collect", BOOKED))
    all_came = CollectionStatus(arrived=True, finding="part_returned", returned=("l1",))
    life = life.when(ok("inspect", all_came)).then("step_done", "step_begun")
    life.when(ok("payout", PAID)).then("step_done", "remedy_done")


def test_half_an_exchange_is_for_a_person_to_decide() -> None:
    life = agreed(decision("exchange"), collect=True).told(ok("reserve", RESERVED), ok("collect", BOOKED))
    some = CollectionStatus(arrived=True, finding="part_returned", returned=("l1",))
    life.when(ok("inspect", some)).then("inspection_found", "saga_parked")


def test_shipping_that_the_customer_paid_is_a_payment_of_its_own() -> None:
    fee = decision("return_shipping", harm_line="more", amount=eur(400))
    life = agreed(decision("refund"), fee, told=two_harms())
    asked = []
    for key, minor in (("payout", 9_000), ("fee_refund", 400)):
        (effect,) = todo(life.case)
        assert isinstance(effect.request, PayRefund)
        asked.append(effect.request.amount.minor)
        life = life.told(ok(key, RefundPaid(reference=key, amount=eur(minor))))
    assert asked == [9_000, 400]
    assert life.case.saga.stage == "completed"


def test_a_refund_names_what_belongs_to_which_line() -> None:
    life = agreed(
        decision("refund", amount=eur(7_000)),
        decision("apology", harm_line="more"),
        told=two_harms(),
        order_lines=("l1", "l2"),
    )
    (effect,) = todo(life.case)
    assert isinstance(effect.request, PayRefund)
    parts = [(part.line_id, part.amount.minor) for part in effect.request.parts]
    assert parts == [("l1", 3_000), ("l2", 3_000), ("shipping", 1_000)]


# Handed in at a store. -------------------------------------------------------------------------------------


def handed_in(**fields: Any) -> Any:
    return say(HandIn, SYSTEM, store="s1", receipt="77", **fields)


def test_a_store_completes_a_collection_and_the_courier_is_called_off() -> None:
    life = collecting().told(ok("inspect", NOT_THERE))
    life = life.when(handed_in()).then("goods_handed_in", "undo_begun")
    life.when(handed_in()).then()
    life.when(say(HandIn, AGENT, store="s1", receipt="78")).then_refused("are awaited", "not-awaited")
    life = life.when(ok("undo-collect", UNDONE)).then("undo_done", "step_done", "step_begun")
    assert life.owed == ("payout:1.1",)
    life = life.when(refused("payout")).then("step_refused", "saga_turned_back", "undo_begun")
    (effect,) = todo(life.case)
    assert effect.request == ReturnGoods(reference="store-s1-77", order_id="o1")


def test_a_store_may_be_faster_than_the_courier_is_booked() -> None:
    life = agreed(decision("exchange"), collect=True).when(handed_in()).then("goods_handed_in")
    life = life.when(ok("reserve", RESERVED)).then("step_done", "step_done", "step_begun")
    assert life.owed == ("ship:1.1",)
    life = agreed(collect=True).when(handed_in()).then("goods_handed_in")
    life.when(refused("collect", "no such street")).then(
        "step_refused", "step_done", "step_done", "step_begun"
    )


def test_what_a_store_finds_counts_like_any_inspection() -> None:
    life = collecting().told(ok("inspect", NOT_THERE), handed_in(finding="not_as_claimed"))
    life.when(ok("undo-collect", UNDONE)).then("undo_done", "inspection_found", "saga_parked")


def test_a_look_under_way_while_the_goods_are_handed_in_changes_nothing() -> None:
    life = collecting().told(handed_in())
    for came in (ok("inspect", NOBODY_MET), ok("inspect", INSPECTED)):
        life.when(came).then("step_waits", "undo_begun")
    life.when(refused("inspect")).then("step_refused", "undo_begun")


def test_goods_that_a_person_was_waiting_for_are_taken_in_and_the_case_goes_on() -> None:
    life = collecting().told(*not_there(), ok("inspect", NOT_THERE))
    assert life.parked is not None
    life = life.when(handed_in()).then("goods_handed_in", "undo_begun")
    assert life.parked is None


def test_no_store_takes_in_what_nobody_awaits() -> None:
    for life in (agreed(), collecting().told(CANCEL), given(*IN_RECOVERY)):
        life.when(handed_in()).then_refused("are awaited", "not-awaited")


# By hand, and confirmed. -----------------------------------------------------------------------------------


def report(step: str) -> Any:
    return say(MarkStepDone, AGENT, step=step, reference="visit 3")


@pytest.mark.parametrize("kind", ["free_service", "installation", "instruction"])
def test_work_at_the_customers_counts_once_they_say_so(kind: Any) -> None:
    life = given(*IN_RECOVERY, propose(plan(decision(kind))))
    life = life.when(report(kind)).then("step_reported")
    life.when(report(kind)).then()
    life.when(say(ConfirmStep, AGENT, step=kind)).then_refused("proves it", "contact")
    life.when(say(ConfirmStep, AGENT, step=kind, contact=1)).then("step_done", "remedy_done")
    life.when(CANCEL).then_refused("past the point of return", "pivot")
    life = life.when(say(ContestStep, MIRA, step=kind, reason="it still leaks")).then("step_contested")
    life.when(say(ContestStep, MIRA, step=kind, reason="it still leaks")).then()
    life = life.told(report(kind)).when(say(ConfirmStep, MIRA, step=kind)).then("step_done", "remedy_done")
    life.when(say(ConfirmStep, MIRA, step=kind)).then()


def test_a_customer_who_says_nothing_is_asked_by_a_person() -> None:
    life = given(*IN_RECOVERY, propose(plan(decision("installation"))), report("installation"))
    life = life.when(wait(days=8)).life
    assert "the customer has not said" in (life.parked or "")
    life.when(say(ConfirmStep, MIRA, step="installation")).then("step_done", "remedy_done")
    life.when(say(RetryStep, HEAD, step="installation")).then("saga_unparked", "step_begun")


def test_only_what_was_reported_is_confirmed() -> None:
    life = given(*IN_RECOVERY, propose(plan(decision("installation"))))
    life.when(say(ConfirmStep, MIRA, step="installation")).then_refused("customer's word", "not-reported")
    life.when(say(ConfirmStep, MIRA, step="payout")).then_refused("has no payout", "no-step")


@pytest.mark.parametrize("kind", ["apology_letter", "manager_apology"])
def test_an_apology_in_person_or_by_letter_is_a_step_that_somebody_reports(kind: Any) -> None:
    life = given(*IN_RECOVERY, propose(plan(decision(kind))))
    assert set(life.dues) >= {f"saga/{kind}:1"}
    life.when(report(kind)).then("step_done", "remedy_done")


def test_worth_and_money_are_told_apart() -> None:
    life = agreed(decision("coupon"))
    assert life.case.remedy.proposal is not None
    assert life.case.remedy.proposal.total == eur(0)


def test_an_exchange_may_be_for_a_product_of_equal_use() -> None:
    other = plan(decision("exchange"), equivalent="mug", words="another one")
    life = given(*IN_RECOVERY, propose(other))
    assert life.case.remedy.proposal is not None
    assert in_words(life.case.remedy.proposal, "en") == "another one; of equal use: mug"
    assert in_words(life.case.remedy.proposal, "ko") == "another one; 같은 용도의 상품으로: mug"
    (effect,) = todo(life.told(accept()).case)
    assert effect.request == ReserveReplacement(order_id="o1", product="mug")
    swap = given(*IN_RECOVERY, propose(plan(decision("exchange"), words="another one")))
    assert standing(swap.case) != standing(life.case), "an approval is bound to the very product"
    given(*IN_RECOVERY).when(propose(plan(equivalent="mug"))).then_refused("only an exchange", "equivalent")
