"""Remedies on the real thing that take longer ways: settled later, failed after all, repaired, handed in."""

from datetime import timedelta

from domain.plan import LineDecision, Plan
from domain.saga import HandIn
from tests.workflows.environment import Environment
from tests.workflows.life import Life, open_case
from tests.workflows.lives import close, recover, refund
from tests.workflows.policies_for_tests import policy

A_WHILE = timedelta(days=4)


async def about(env: Environment, order_id: str, plan: Plan) -> Life:
    """Return a case about an order, with a remedy that the customer has accepted."""
    life = await open_case(env, policy(), order_id=order_id)
    await recover(life, plan)
    return life


async def test_a_refund_that_settles_days_later_is_paid_when_the_bank_says_so(env: Environment) -> None:
    life = await about(env, "later-wf-1", refund(9_000))
    await life.until(lambda view: any(step.state == "pending" for step in view.steps))
    await life.forward(A_WHILE)
    await life.until(lambda view: view.remedy == "completed")
    done, said = await life.bodies("step_done")
    assert (done["step"], said["step"], said["reference"]) == ("payout", "apology_call", "contact 1")
    assert done["happened"] < done["at"]
    assert [deed.operation for deed in env.deeds("bank", life.number)] == ["pay_refund"]
    assert "settlement_asked" in await life.kinds()


async def test_a_refund_that_fails_after_all_was_never_paid(env: Environment) -> None:
    life = await about(env, "bounce-wf-1", refund(9_000))
    await life.until(lambda view: any(step.state == "pending" for step in view.steps))
    await life.forward(A_WHILE)
    await life.until(lambda view: view.remedy == "compensated")
    (refused,) = await life.bodies("step_refused")
    assert refused["code"] == "returned"
    assert (await life.view()).row.refunds == ()


async def test_what_cannot_be_repaired_comes_back_to_its_owner(env: Environment) -> None:
    repair = LineDecision(harm_line="price", remedy="repair", ground="warranty")
    life = await about(env, "scrap-wf-1", Plan(decisions=(repair,), gestures=("apology_call",), collect=True))
    await life.forward(timedelta(days=12))
    await life.until(lambda view: view.remedy == "compensated")
    done = [deed.operation for deed in env.deeds("courier", life.number)]
    assert done == ["book_collection", "repair_goods", "return_goods"]


async def test_goods_handed_in_at_a_store_call_the_courier_off_and_are_paid(env: Environment) -> None:
    life = await about(env, "ord-wf-1", refund(9_000, collect=True))
    await life.until(lambda view: view.steps[1].state == "again")
    await life.command(HandIn, "system:store-till", store="gangnam", receipt="77")
    await close(life)
    done = [deed.operation for deed in env.deeds("courier", life.number)]
    assert done == ["book_collection", "cancel_collection"]
