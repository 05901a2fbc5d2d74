"""What the customers of a tier get beyond what is owed comes out of one budget a period; nobody passes it."""

from typing import Any

from domain import authority
from domain.effect import AuthorityAnswer, ReserveAuthority
from domain.money import Money
from domain.plan import Extra
from domain.policy import ExtraBudget, ExtraLimit, OfferRule
from tests.domain.lives import (
    ADDED_UP,
    CUSTOMER,
    FREED,
    HEAD,
    IN_RECOVERY,
    PAID,
    POLICY,
    WITHIN,
    Item,
    Life,
    accept,
    approve,
    decision,
    decline,
    eur,
    given,
    ok,
    plan,
    propose,
    standing,
    unknown,
)

GOLD = ok("customer", CUSTOMER.model_copy(update={"tier": "gold"}))
RULES: dict[str, Any] = {
    "offer_table": (OfferRule(id="price", harm="price", owes="price", clause="promise"),),
    "extra_limits": (ExtraLimit(at_most=eur(3_000), clause="promise"),),
    "extra_budgets": (
        ExtraBudget(tiers=("gold",), at_most=eur(2_000), clause="promise"),
        ExtraBudget(at_most=eur(5_000), clause="promise"),
    ),
}
BUDGETED = ADDED_UP.model_copy(update=RULES)
EXTRA = plan(decision(amount=None), extras=(Extra(amount=eur(500), reason="two waits"),))
OWED = plan(decision(amount=None))


def lived(*items: Item, policy: Any = BUDGETED) -> Life:
    """A gold customer's case."""
    return given(*IN_RECOVERY[:2], GOLD, *IN_RECOVERY[3:], *items, policy=policy)


def answer(state: Any, tier_used: int) -> AuthorityAnswer:
    """What the ledger says of a tier that has used so much."""
    return WITHIN.model_copy(update={"state": state, "tier_used": eur(tier_used)})


def asked(life: Life) -> ReserveAuthority:
    """What the ledger is asked last."""
    request = authority.todo(life.case.remedy.reservations)[-1].request
    assert isinstance(request, ReserveAuthority)
    return request


def state(life: Life) -> str:
    proposal = life.case.remedy.proposal
    assert proposal is not None
    return proposal.state


def test_extras_are_reserved_from_the_budget_of_the_customers_tier() -> None:
    request = asked(lived(propose(EXTRA)))
    assert (request.tier, request.extras, request.tier_limit) == ("gold", eur(500), eur(2_000))
    assert (request.amount, request.person_limit) == (eur(9_500), eur(30_000))
    life = lived(propose(EXTRA)).when(ok("authority:1", answer("reserved", 1_500)))
    life.then("authority_reserved", "remedy_offered")


def test_every_other_tier_has_the_general_budget() -> None:
    for tier, limit in (("none", eur(5_000)), ("silver", eur(5_000)), ("gold", eur(2_000))):
        customer = ok("customer", CUSTOMER.model_copy(update={"tier": tier}))
        life = given(*IN_RECOVERY[:2], customer, *IN_RECOVERY[3:], propose(EXTRA), policy=BUDGETED)
        assert (asked(life).tier, asked(life).tier_limit) == (tier, limit)
    only_gold = BUDGETED.model_copy(update={"extra_budgets": RULES["extra_budgets"][:1]})
    assert asked(given(*IN_RECOVERY, propose(EXTRA), policy=only_gold)).tier is None


def test_a_proposal_above_the_budget_is_void_and_what_is_owed_is_proposed_alone() -> None:
    life = lived(propose(EXTRA)).when(ok("authority:1", answer("exceeded", 1_501)))
    after = life.then("authority_exceeded", "attempt_refused")
    tried = life.event("attempt_refused")
    assert (tried.code, tried.by.id) == ("tier-budget", "ann")
    assert "propose what is owed alone" in tried.reason
    seen = life.event("authority_exceeded")
    assert (seen.over, seen.tier_used) == (("tier",), eur(1_501))
    assert state(after) == "rejected"
    after.when(approve()).then_refused("it is rejected", "rejected")
    after = after.told(ok("authority-release:1", FREED), propose(OWED))
    assert asked(after).tier is None, "what is owed is never counted"
    after.when(ok("authority:2", answer("reserved", 0))).then("authority_reserved", "remedy_offered")


def dear() -> Life:
    """A proposal with extras that a second person decides."""
    more = plan(decision(amount=None), extras=(Extra(amount=eur(1_500), reason="two waits"),))
    return lived(propose(more))


def test_an_approval_does_not_lift_the_budget_and_the_offer_waits_for_it() -> None:
    life = dear()
    assert (state(life), life.owed) == ("waiting_approval", ())
    life = life.when(approve(HEAD)).then("remedy_approved")
    assert (state(life), asked(life).approved, asked(life).tier_limit) == ("reserving", True, eur(2_000))
    counted = life.when(ok("authority-count:1", answer("reserved", 0)))
    counted.then("authority_counted", "remedy_offered")
    over = life.when(ok("authority-count:1", answer("exceeded", 501)))
    assert state(over.then("authority_exceeded", "attempt_refused")) == "rejected"


def test_where_the_ledger_is_silent_an_approved_extra_is_not_given() -> None:
    life = dear().told(approve(HEAD)).when(unknown("authority-count:1")).then("authority_unknown")
    assert (state(life), life.owed) == ("rejected", ("authority-release:1",))
    life.when(propose(OWED)).then("remedy_proposed")


def test_both_limits_are_seen_at_once() -> None:
    both = answer("exceeded", 1_501).model_copy(update={"person_used": eur(29_000)})
    life = lived(propose(EXTRA)).told(ok("authority:1", both))
    assert life.last("authority_exceeded").over == ("person", "tier")
    assert state(life) == "rejected"


def test_extras_come_back_to_the_budget_with_the_proposal_and_stay_used_once_given() -> None:
    offered = lived(propose(EXTRA), ok("authority:1", answer("reserved", 0)))
    assert "authority-release:1" in offered.told(decline()).owed
    paid = offered.told(accept(), ok("payout", PAID.model_copy(update={"amount": eur(9_500)})))
    assert (paid.owed, paid.case.remedy.reservations) == ((), ())


def test_a_policy_that_adds_nothing_else_up_still_keeps_its_budgets() -> None:
    alone = POLICY.model_copy(update=RULES)
    request = asked(lived(propose(EXTRA), policy=alone))
    assert (request.tier, request.person_limit) == ("gold", None)
    lived(policy=alone).when(propose(OWED)).then("remedy_proposed", "remedy_offered")


def test_a_budget_reserves_under_the_hash_of_the_very_proposal() -> None:
    life = lived(propose(EXTRA))
    assert asked(life).proposal == standing(life.case)
    assert asked(life).extras == Money(minor=500, currency="EUR")
