"""The remedy as a person sees it: every plan, the money, steps and undos, and what waits for whom."""

import pytest

from domain.remedy_view import RemedyView, remedy_view
from domain.saga import CancelRemedy, MarkStepDone, SkipStep
from tests.domain.lives import (
    AGENT,
    IN_RECOVERY,
    MIRA,
    NOT_THERE,
    OFFERED,
    OWNER,
    PAID,
    PAYING,
    PUT_RIGHT,
    RESERVED,
    SECOND_ROUND,
    STILL_BAD,
    SUPERVISOR,
    Item,
    accept,
    approve,
    decision,
    decline,
    eur,
    given,
    ok,
    plan,
    propose,
    refused,
    reject,
    say,
    to_end_of_collection,
    wait,
)
from tests.domain.test_customers_say import CHOICE
from tests.domain.test_interest import INTEREST, returned
from tests.domain.test_saga_kinds import part_returned

LARGE = plan(decision(amount=eur(20_000)))
EXCHANGE: tuple[Item, ...] = (*IN_RECOVERY, propose(plan(decision("exchange"))), accept())


def seen(*script: Item) -> RemedyView:
    life = given(*script)
    return remedy_view(life.case, life.events)


def money(view: RemedyView) -> tuple[int, int, int]:
    return (view.money.decided.minor, view.money.paid.minor, view.money.left.minor)


def states(view: RemedyView) -> list[str]:
    return [each.state for each in view.plans]


def waits(view: RemedyView) -> list[tuple[str, str]]:
    return [(each.what, each.whom) for each in view.waiting]


def test_before_a_proposal_there_is_nothing() -> None:
    view = seen(*IN_RECOVERY)
    assert (view.state, view.plans, view.steps, view.waiting) == ("none", (), (), ())
    assert money(view) == (0, 0, 0)


def test_a_proposal_that_waits_for_approval_names_who_can_give_it() -> None:
    view = seen(*IN_RECOVERY, propose(LARGE))
    assert waits(view) == [("proposal 1", "supervisor, department_head")]
    assert view.waiting[0].due is not None
    assert (view.plans[0].approval.needed, view.plans[0].approval.by) == (True, None)
    assert money(view) == (0, 0, 0)


def test_an_approval_and_a_rejection_say_by_whom() -> None:
    approved = seen(*IN_RECOVERY, propose(LARGE), approve()).plans[0].approval
    rejected = seen(*IN_RECOVERY, propose(LARGE), reject()).plans[0]
    assert (approved.by, approved.rejected) == (SUPERVISOR, None)
    assert (rejected.state, rejected.approval.by, rejected.approval.rejected) == (
        "rejected",
        SUPERVISOR,
        "too much",
    )


def test_an_offer_waits_for_the_customer() -> None:
    view = seen(*OFFERED)
    assert waits(view) == [("proposal 1", "customer")]
    assert states(view) == ["offered"]


def test_while_money_is_on_its_way_it_is_decided_and_left() -> None:
    view = seen(*PAYING)
    assert money(view) == (9_000, 0, 9_000)
    assert waits(view) == [("payout:1.1", "pay_refund")]
    assert [(each.step, each.state, each.pivot) for each in view.steps] == [("payout", "begun", True)]


def test_what_was_paid_is_no_longer_left() -> None:
    view = seen(*PUT_RIGHT)
    assert money(view) == (9_000, 9_000, 0)
    assert (view.state, states(view), view.waiting) == ("completed", ["done"], ())


def test_a_second_round_adds_to_the_first() -> None:
    view = seen(*STILL_BAD)
    assert money(view) == (18_000, 18_000, 0)
    assert states(view) == ["done", "done"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ((*OFFERED, propose()), ["replaced", "offered"]),
        ((*OFFERED, decline()), ["declined"]),
        ((*OFFERED, wait(days=12)), ["expired"]),
        ((*PAYING, refused("payout")), ["compensated"]),
        (SECOND_ROUND, ["done"]),
    ],
)
def test_every_plan_stays_to_be_seen(script: tuple[Item, ...], expected: list[str]) -> None:
    assert states(seen(*script)) == expected


def test_steps_before_the_pivot_can_be_undone_and_show_it_when_they_are() -> None:
    forward = seen(*EXCHANGE, ok("reserve", RESERVED))
    assert [(each.step, each.undoable, each.pivot) for each in forward.steps] == [
        ("reserve", True, False),
        ("ship", False, True),
        ("deliver", False, False),
    ]
    back = seen(*EXCHANGE, ok("reserve", RESERVED), refused("ship"))
    assert (back.state, back.steps[0].state) == ("back", "undoing")
    assert waits(back) == [("undo-reserve:1.2", "release_replacement")]


def test_a_look_that_comes_later_has_its_hour() -> None:
    view = seen(*to_end_of_collection(), ok("inspect", NOT_THERE))
    (later,) = view.waiting
    assert (later.what, later.whom) == ("step inspect", "system")
    assert later.due == view.steps[1].again_at


def test_a_step_done_by_hand_waits_for_its_department() -> None:
    view = seen(*IN_RECOVERY, propose(plan(decision("correction"))))
    assert waits(view) == [("step correction", "service")]


def test_a_parked_saga_waits_for_whoever_may_free_it() -> None:
    parked = (*to_end_of_collection(), *(item for _ in range(3) for item in LOOK))
    assert waits(seen(*parked)) == [("step inspect", "supervisor, department_head, owner")]
    freed = seen(*parked, say(SkipStep, SUPERVISOR, step="inspect", reason="believed"))
    assert (freed.plans[0].let_go, freed.state) == (True, "forward")
    marked = seen(*parked, say(MarkStepDone, AGENT, step="inspect", reference="looked at it"))
    assert marked.plans[0].let_go


LOOK: tuple[Item, ...] = (ok("inspect", NOT_THERE), wait(days=1, seconds=1))


def test_a_remedy_that_was_given_up_leaves_nothing_to_pay() -> None:
    cancel = say(CancelRemedy, MIRA, reason="never mind")
    view = seen(*EXCHANGE, cancel, ok("reserve", RESERVED))
    assert money(view) == (0, 0, 0)
    assert OWNER.id == view.plans[0].by.id


def test_interest_by_law_is_decided_and_left_until_it_is_paid() -> None:
    life = returned(wait(days=4), ok("payout", PAID))
    owed = remedy_view(life.case, life.events)
    assert (money(owed), owed.plans[0].interest) == ((9_005, 9_000, 5), eur(5))
    paid = life.told(ok("interest", INTEREST))
    assert money(remedy_view(paid.case, paid.events)) == (9_005, 9_005, 0)


def test_of_several_ways_the_chosen_one_is_what_was_decided() -> None:
    view = seen(*IN_RECOVERY, propose(CHOICE), accept(choice="keep"))
    assert (money(view), view.plans[0].choice) == ((4_000, 0, 4_000), "keep")


def test_money_for_goods_that_did_not_come_back_is_not_left_to_be_paid() -> None:
    life = part_returned()
    view = remedy_view(life.case, life.events)
    assert (money(view), view.plans[0].withheld) == ((9_500, 0, 3_500), eur(6_000))
