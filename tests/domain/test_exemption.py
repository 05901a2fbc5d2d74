"""Exceptions to the policy: asked for with a reason, approved by another, bounded, used once, shown."""

from datetime import timedelta
from typing import Any

import pytest

from domain.actor import Actor, Role
from domain.assignment import AcceptCase
from domain.budget import BusinessDays, WorkingTime
from domain.exemption import ApproveException, RefuseException, RequestException
from domain.plan import Extra, Plan
from domain.policy import ExtraLimit, OfferRule
from domain.remedy import DeclineRemedy, ProposeRemedy
from domain.treatment_rules import ExceptionRule
from domain.view import view
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    HEAD,
    MIRA,
    NOTICE,
    ORDER,
    OWNER,
    POLICY,
    SUPERVISOR,
    Life,
    accept,
    decision,
    eur,
    given,
    ok,
    opening,
    plan,
    say,
    standing,
    triage,
    wait,
)

EXCEPTIONS = (
    ExceptionRule(
        rule="extras",
        approver=Role.DEPARTMENT_HEAD,
        at_most=eur(5_000),
        answer=WorkingTime(minutes=480),
        valid=BusinessDays(n=2, form="end_of_day"),
        clause="promise",
    ),
    ExceptionRule(
        rule="offers",
        approver=Role.SUPERVISOR,
        answer=WorkingTime(minutes=480),
        valid=BusinessDays(n=2, form="end_of_day"),
        clause="promise",
    ),
)
RULES = POLICY.model_copy(
    update={
        "extra_limits": (ExtraLimit(at_most=eur(1_000), clause="promise"),),
        "offer_table": (OfferRule(id="all", harm="price", owes="price", clause="promise"),),
        "max_offers": 1,
        "authority": {**POLICY.authority, Role.OWNER: eur(50_000), Role.DEPARTMENT_HEAD: eur(50_000)},
        "exceptions": EXCEPTIONS,
    }
)
BEGUN = (opening(), ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", ORDER))
OWNED = given(*BEGUN, triage(), say(AcceptCase, AGENT), policy=RULES)
ASK = {"rule": "extras", "amount": eur(3_000), "reason": "they waited four weeks"}


def asked(life: Life = OWNED, **fields: Any) -> Life:
    """Ann asks for an exception."""
    return life.told(say(RequestException, OWNER, **{**ASK, **fields}))


def approved(life: Life, by: Actor = HEAD, number: int = 1) -> Life:
    """Somebody approves it."""
    return life.told(say(ApproveException, by, number=number))


def generous(amount: int, *, by: Actor = OWNER, **fields: Any) -> Any:
    """Propose the price and something on top."""
    extra = Extra(amount=eur(amount), reason="they waited four weeks")
    return offer(plan(decision(amount=None), extras=(extra,)), by, **fields)


def offer(plan_: Plan, by: Actor = OWNER, **fields: Any) -> Any:
    """Propose a plan; a notice tells the customer."""
    return say(ProposeRemedy, by, plan=plan_, **fields)


def test_an_exception_is_asked_for_approved_named_used_and_shown() -> None:
    OWNED.when(generous(3_000)).then_refused("extras together", "extras")
    event = asked().last("exception_requested")
    assert (event.clause, event.policy, event.approver) == ("promise", "test/1", "department_head")
    life = approved(asked())
    assert life.last("exception_approved").by == HEAD
    life.when(generous(3_000)).then_refused("extras together", "extras")  # it has to be named
    used = life.told(generous(3_000, exception=1))
    assert used.last("remedy_proposed").exception == 1
    done = used.told(accept())
    (shown,) = view(done.case, head="", unwritten=0).exceptions
    assert (shown.state, shown.by, shown.approved_by, shown.reason) == ("used", "ann", "hal", ASK["reason"])


def test_it_is_bounded_in_amount_and_time() -> None:
    OWNED.when(say(RequestException, OWNER, **{**ASK, "amount": eur(5_001)})).then_refused(
        "50.00", "exception"
    )
    OWNED.when(say(RequestException, OWNER, **{**ASK, "amount": None})).then_refused("amount", "amount")
    life = approved(asked())
    life.when(generous(3_001, exception=1)).then_refused("extras together", "extras")
    still = life.told(wait(days=1)).when(generous(3_000, by=HEAD, exception=1))
    assert still.refusal is None
    late = life.told(wait(days=4))
    late.when(generous(3_000, by=HEAD, exception=1)).then_refused("could be used until", "exception")


@pytest.mark.parametrize(
    ("by", "code"),
    [(SUPERVISOR, "authority"), (Actor(role=Role.AGENT, id="ben"), "not-your-role")],
)
def test_it_is_approved_by_the_role_that_the_policy_names(by: Actor, code: str) -> None:
    asked().when(say(ApproveException, by, number=1)).then_refused("", code)


def test_nobody_approves_their_own_request_in_whatever_role() -> None:
    own = OWNED.told(say(RequestException, HEAD, **ASK))
    own.when(say(ApproveException, HEAD, number=1)).then_refused("their own", "self-approval")


def test_a_request_is_refused_with_a_reason_or_lapses_and_is_then_answered_no_more() -> None:
    refused = asked().told(say(RefuseException, HEAD, number=1, reason="not four weeks"))
    assert refused.last("exception_refused").reason == "not four weeks"
    refused.when(generous(3_000, exception=1)).then_refused("refused, not approved", "exception")
    refused.when(say(ApproveException, HEAD, number=1)).then_refused("refused already", "exception")
    lapsed = asked().told(wait(days=2))
    assert lapsed.many("exception_lapsed") == 1
    lapsed.when(say(ApproveException, HEAD, number=1)).then_refused("lapsed already", "exception")


def test_one_further_offer_can_be_let_be_made() -> None:
    declined = OWNED.told(
        offer(plan(decision(amount=None))),
        lambda case: say(DeclineRemedy, MIRA, proposal=standing(case), reason="too little"),
    )
    declined.when(generous(1_000)).then_refused("no further offer", "offers")
    life = approved(asked(declined, rule="offers", amount=None), by=SUPERVISOR)
    again = life.told(generous(1_000, exception=1))
    assert again.last("remedy_offered")


def test_asking_twice_asks_once_and_what_the_policy_does_not_know_is_refused() -> None:
    asked().when(say(RequestException, OWNER, **ASK)).then()
    plain = given(*BEGUN, triage(), say(AcceptCase, AGENT))
    plain.when(say(RequestException, OWNER, **ASK)).then_refused("lets nobody", "exception")
    OWNED.when(say(ApproveException, HEAD, number=7)).then_refused("no request 7", "exception")
    full = OWNED
    for amount in range(1, 21):
        full = asked(full, amount=eur(amount))
    full.when(say(RequestException, OWNER, **ASK)).then_refused("20 requests", "exception")
    foreign = {**ASK, "amount": eur(1).model_copy(update={"currency": "USD"})}
    OWNED.when(say(RequestException, OWNER, **foreign)).then_refused("EUR", "currency")


def test_an_approval_counts_once_and_is_a_repeat_afterwards() -> None:
    life = approved(asked())
    life.when(say(ApproveException, HEAD, number=1)).then()
    refused = asked().told(say(RefuseException, HEAD, number=1, reason="no"))
    refused.when(say(RefuseException, HEAD, number=1, reason="no")).then()
    spent = life.told(generous(2_000, exception=1), accept(), wait(hours=1))
    assert spent.case.exemptions.made[0].state == "used"
    assert spent.now - OWNED.now == timedelta(hours=1)
