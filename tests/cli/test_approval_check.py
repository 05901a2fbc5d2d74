import pytest

from cli.checks.approvals import approval_breaches
from domain.actor import Actor, Role
from domain.effect import RefundPaid
from domain.message import Event
from domain.remedy import RemedyApproved, RemedyCompensated
from domain.saga import RetryStep, SkipStep, StepSkipped
from tests.cli.forging import altered, ledger, without
from tests.domain.lives import (
    IN_RECOVERY,
    MONDAY,
    OWNER,
    PAID,
    PUT_RIGHT,
    STILL_BAD,
    SUPERVISOR,
    Item,
    accept,
    approve,
    decision,
    eur,
    given,
    ok,
    plan,
    propose,
    refused,
    say,
    wait,
)
from tests.domain.test_customers_say import CHOICE
from tests.domain.test_interest import INTEREST, returned
from tests.domain.test_redaction import CALL, HANDLED, redact
from tests.domain.test_saga_kinds import part_returned

LARGE = plan(decision(amount=eur(20_000)))
"""Above what its proposer may decide."""

APPROVED: tuple[Item, ...] = (*IN_RECOVERY, propose(LARGE), approve(), accept())
CARRIED_OUT: tuple[Item, ...] = (
    *APPROVED,
    ok("payout", PAID.model_copy(update={"amount": eur(20_000)})),
)

GOOD = {
    "within authority": PUT_RIGHT,
    "approved": CARRIED_OUT,
    "compensated": (*APPROVED, refused("payout")),
    "replaced": (*IN_RECOVERY, propose(LARGE), propose(), accept(), ok("payout", PAID)),
    "second round": STILL_BAD,
}


def found(*events: Event) -> list[str]:
    breaches = approval_breaches(ledger(*events))
    assert {breach.invariant for breach in breaches} <= {"V7"}
    return [breach.what for breach in breaches]


@pytest.mark.parametrize("script", GOOD.values(), ids=GOOD.keys())
def test_what_was_decided_by_the_rules_is_no_breach(script: tuple[Item, ...]) -> None:
    assert found(*given(*script).events) == []


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DEPARTMENT_HEAD])
def test_a_proposal_approved_by_its_requester_is_named_whatever_the_role(role: Role) -> None:
    own = Actor(role=role, id="ann")
    events = altered("remedy_approved", given(*CARRIED_OUT).events, by=own)
    assert found(*events) == [f"{own} approved proposal 1, which is ann's own"]


@pytest.mark.parametrize("approver", ["ann", "sue"])
def test_an_erasure_approved_by_the_owner_or_by_whoever_asked_is_named(approver: str) -> None:
    asked = redact(by=SUPERVISOR, approved_by="hal")
    events = HANDLED.told(asked).events
    assert found(*events) == []
    assert found(*altered("redaction_ordered", events, approved_by=approver)) == [
        f"{approver} approved the erasing of event {CALL}, and asked or owns the case"
    ]


def test_an_approval_of_what_nobody_proposed_is_named() -> None:
    stray = RemedyApproved(hash="f" * 32, at=MONDAY, by=SUPERVISOR)
    assert found(*given(*IN_RECOVERY).events, stray) == [
        f"{SUPERVISOR} approved ffffffff, which nobody proposed"
    ]


def test_an_approval_of_a_plan_that_was_edited_meanwhile_is_named() -> None:
    life = given(*IN_RECOVERY, propose(LARGE))
    old = life.last("remedy_proposed").hash
    late = RemedyApproved(hash=old, at=MONDAY, by=SUPERVISOR)
    assert found(*life.told(propose()).events, late) == [
        f"{SUPERVISOR} approved proposal 1 after another had replaced it"
    ]


def test_a_proposal_agreed_without_the_approval_that_it_needs_is_named() -> None:
    events = without("remedy_approved", given(*CARRIED_OUT).events)
    assert found(*events) == ["proposal 1 was agreed without the approval that it needs"]


def test_a_plan_that_is_not_the_one_its_hash_names_is_named() -> None:
    events = given(*CARRIED_OUT).events
    larger = plan(decision(amount=eur(20_001)))
    (what, *_) = found(*altered("remedy_proposed", events, plan=larger))
    assert what.startswith("proposal 1 is not what its hash ")


def test_a_remedy_that_is_not_the_one_agreed_is_named() -> None:
    events = given(*GOOD["replaced"]).events
    (what, *_) = found(*altered("saga_begun", events, number=1))
    assert what == "proposal 1 is carried out, and it is not the one that was agreed"


def test_steps_that_the_plan_does_not_ask_for_are_named() -> None:
    events = altered("saga_begun", given(*PUT_RIGHT).events, steps=("collect", "payout"))
    assert found(*events) == ["the steps carried out (collect, payout) are not those of proposal 1"]


@pytest.mark.parametrize("minor", [8_999, 9_001])
def test_another_amount_than_the_one_decided_is_named(minor: int) -> None:
    events = altered("step_done", given(*PUT_RIGHT).events, amount=eur(minor))
    assert found(*events) == [f"proposal 1 decided 9000 (minor units), and {minor} were paid"]


def test_a_payment_that_a_person_let_go_may_be_missing_but_none_may_be_too_much() -> None:
    events = given(*PUT_RIGHT).events
    skipped = StepSkipped(step="payout", reason="paid in cash", at=MONDAY, by=SUPERVISOR)
    unpaid = tuple(skipped if getattr(each, "kind", "") == "step_done" else each for each in events)
    assert found(*unpaid) == []
    place = next(n for n, each in enumerate(events) if getattr(each, "kind", "") == "step_done")
    assert found(*altered("step_done", (*events[:place], skipped, *events[place:]), amount=eur(9_001))) == [
        "proposal 1 decided 9000 (minor units), and 9001 were paid"
    ]


def test_money_that_went_out_for_a_remedy_that_was_taken_back_is_named() -> None:
    life = given(*PUT_RIGHT)
    taken_back = RemedyCompensated(hash=life.last("remedy_proposed").hash, reason="no", at=MONDAY)
    assert found(*without("remedy_done", life.events), taken_back) == [
        "proposal 1 was taken back, and 9000 (minor units) had been paid for it"
    ]


def test_the_end_of_another_remedy_than_the_one_carried_out_is_named() -> None:
    events = altered("remedy_done", given(*PUT_RIGHT).events, hash="f" * 32)
    assert found(*events) == ["ffffffff is over, and proposal 1 was carried out"]


# Interest, choice, and goods that did not come back. -------------------------------------------------------


LATE = returned(wait(days=4), ok("payout", PAID), ok("interest", INTEREST)).events


def test_interest_by_law_is_paid_beside_what_was_decided_and_not_without_being_owed() -> None:
    assert found(*LATE) == []
    assert found(*without("interest_owed", LATE)) == [
        "proposal 1 decided 9000 (minor units), and 9005 were paid"
    ]


def test_what_the_customer_chose_is_what_is_carried_out() -> None:
    life = given(*IN_RECOVERY, propose(CHOICE), accept(choice="keep"))
    events = life.told(ok("payout", PAID.model_copy(update={"amount": eur(4_000)}))).events
    assert found(*events) == []
    assert found(*altered("step_done", events, amount=eur(9_000))) == [
        "proposal 1 decided 4000 (minor units), and 9000 were paid"
    ]
    assert "the steps carried out (payout)" in found(*altered("remedy_agreed", events, choice="exchange"))[0]
    nothing = found(*altered("remedy_agreed", events, choice="gold"))
    assert nothing == ["proposal 1 decided 9000 (minor units), and 4000 were paid"]


def test_money_for_goods_that_did_not_come_back_may_stay_and_may_go_out() -> None:
    parked = part_returned().told(ok("payout", RefundPaid(reference="p", amount=eur(3_500))))
    kept = parked.told(say(SkipStep, SUPERVISOR, step="rest_payout", reason="they were never sent"))
    assert found(*kept.events) == []
    released = parked.told(say(RetryStep, OWNER, step="rest_payout"))
    assert found(*released.told(ok("rest_payout", RefundPaid(reference="r", amount=eur(6_000)))).events) == []
    unwithheld = altered("inspection_found", without("step_skipped", kept.events), withheld=None)
    assert found(*unwithheld) == ["proposal 1 decided 9500 (minor units), and 3500 were paid"]
