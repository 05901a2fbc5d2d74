"""What a case learnt is proposed to the CRM: in codes, with its source, once, and holding up nothing."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case import is_over, todo
from domain.effect import CustomerSnapshot, Effect, FactsTaken, ProposeFacts
from domain.remedy import ProposeRemedy
from domain.treatment_rules import ProfileRules
from domain.wish import WishRemedy
from tests.domain.lives import (
    CALLED,
    CUSTOMER,
    GOOD_CALL,
    MIRA,
    NOTICE,
    OWNED,
    OWNER,
    PAID,
    POLICY,
    RAISED,
    Item,
    Life,
    accept,
    contact,
    given,
    ok,
    plan,
    register,
    say,
    unknown,
    wait,
)

PROFILE = ProfileRules(
    patience=timedelta(minutes=5), proposes=("preference", "need", "cause"), needs=("large-print",)
)
POLICY_THAT_TELLS = POLICY.model_copy(update={"profile": PROFILE})

TAKEN = FactsTaken(reference="fact-1")


def to_end(*more: Item, customer: CustomerSnapshot = CUSTOMER, needs: tuple[str, ...] = ()) -> Life:
    """Live to a recovered end under a policy that tells the CRM, with more said on the way."""
    way = (
        *(ok("customer", customer) if item is RAISED[2] else item for item in OWNED),
        contact(needs=needs),
        *more,
        say(ProposeRemedy, OWNER, plan=plan(), contact=1, acknowledges=("access:large-print",)),
        accept(),
        ok("payout", PAID),
        register(),
        ok("result-notice", NOTICE),
        wait(hours=25),
        ok("happy-call", GOOD_CALL),
        wait(days=60),
    )
    life = given(*way, policy=POLICY_THAT_TELLS)
    assert life.case.ending.end == "recovered"
    return life


def wish(remedy: str = "refund") -> Any:
    return say(WishRemedy, MIRA, wish="my money back, please", remedy=remedy)


def proposed(life: Life) -> tuple[Effect, ...]:
    return tuple(each for each in todo(life.case) if isinstance(each.request, ProposeFacts))


def test_preference_need_and_cause_are_proposed_once_at_the_end_with_their_source_events() -> None:
    life = to_end(wish(), needs=("large-print",))
    (effect,) = proposed(life)
    assert isinstance(effect.request, ProposeFacts)
    told = {(fact.fact, fact.value): fact for fact in effect.request.facts}
    assert set(told) == {("need", "large-print"), ("preference", "refund"), ("cause", "defect")}
    for fact in told.values():
        source = life.events[fact.seq - 1]
        assert fact.event == source.kind  # type: ignore[attr-defined]  # every event of a case has one
    assert "please" not in effect.request.model_dump_json(), "no words of the customer"
    after = life.told(ok("facts", TAKEN))
    assert (proposed(after), is_over(after.case)) == ((), True)
    assert after.events[-1].kind == "facts_proposed"  # type: ignore[attr-defined]


def test_nothing_is_proposed_while_the_case_runs() -> None:
    running = given(*OWNED, contact(needs=("large-print",)), policy=POLICY_THAT_TELLS)
    assert proposed(running) == ()


def test_a_crm_that_is_down_holds_up_nothing_and_is_given_up_at_last() -> None:
    life = to_end(wish())
    (effect,) = proposed(life)
    assert (life.case.ending.end, effect.patience) == ("recovered", timedelta(days=7))
    given_up = life.told(unknown("facts"))
    assert (proposed(given_up), is_over(given_up.case)) == ((), True)


@pytest.mark.parametrize(
    "customer",
    [
        CUSTOMER.model_copy(update={"prefers": ("refund",), "access": ("large-print",)}),
        CUSTOMER.model_copy(update={"consent_to_profile": False}),
        CustomerSnapshot(known=False),
    ],
)
def test_what_the_profile_holds_or_the_customer_does_not_want_kept_is_not_proposed(
    customer: CustomerSnapshot,
) -> None:
    life = to_end(wish(), customer=customer, needs=("large-print",))
    facts = [fact.fact for each in proposed(life) for fact in each.request.facts]  # type: ignore[union-attr]
    assert facts == (["cause"] if customer.prefers else [])


def test_a_need_is_one_of_the_policys_codes() -> None:
    owned = given(*OWNED, policy=POLICY_THAT_TELLS)
    owned.when(contact(needs=("she-is-deaf",))).then_refused("large-print", "need")


def test_a_policy_says_which_facts_are_passed_on() -> None:
    silent = POLICY.model_copy(update={"profile": PROFILE.model_copy(update={"proposes": ("need",)})})
    assert proposed(given(*CALLED, ok("happy-call", GOOD_CALL), wait(days=60), policy=silent)) == ()
