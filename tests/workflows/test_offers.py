"""Computed amounts, interest and guarantees on the real server, against the bank's own books."""

from datetime import UTC, datetime, timedelta
from typing import Any

import policies
from domain.assignment import AcceptCase
from domain.contact import LogContact
from domain.effect import Contact
from domain.plan import LineDecision, Plan
from domain.regard import OpenBrief
from domain.remedy import AcceptRemedy, ProposeRemedy
from domain.result import RegisterResult
from domain.spoken import EVERYTHING
from domain.triage import HarmLine, Triage
from domain.wish import WishRemedy
from tests.workflows.environment import Environment
from tests.workflows.life import Life, open_case
from tests.workflows.lives import AGENT, OWNER, customer, expect_refusal, withdraw
from tests.workflows.policies_for_tests import ladder, prompt

USUAL = policies.load("retail-kr")
PRICED: dict[str, Any] = {
    "offer_table": USUAL.offer_table,
    "guarantees": USUAL.guarantees,
    "repeat_failure": USUAL.repeat_failure,
    "authority_totals": {},
    "authority": {role: limit.model_copy(update={"minor": 10**9}) for role, limit in USUAL.authority.items()},
}


def bare(*lines: str) -> Plan:
    """Return a plan that refunds these lines and leaves the amounts to the engine."""
    decisions = tuple(LineDecision(harm_line=line, remedy="refund", ground="defect") for line in lines)
    return Plan(decisions=decisions, gestures=("apology_call",))


async def owned(life: Life) -> None:
    """Take a case about the price as far as its first contact."""
    await life.until(lambda view: not view.waiting)
    lines = (HarmLine(id="price", harm="price"),)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect", harm_lines=lines)
    await life.command(AcceptCase, AGENT)
    await life.command(OpenBrief, OWNER)
    told = {"apology": True, "named_owner": True, "next_step": "we refund"}
    await life.command(LogContact, OWNER, direction="outbound", channel="phone", **told)


async def test_a_late_refund_is_computed_and_bears_interest_in_the_banks_books(env: Environment) -> None:
    received = datetime.now(UTC) - timedelta(days=30)
    patient = prompt(**PRICED, targets=(ladder(10**6),))  # only the law is late here, not the service
    life = await open_case(env, patient, received_at=received)
    await owned(life)
    order = (await life.view()).order
    assert order is not None
    paid = order.shipping_paid.minor if order.shipping_paid else 0
    if paid:
        refusal = await expect_refusal(
            life, ProposeRemedy, OWNER, plan=bare("price"), contact=1, said=EVERYTHING
        )
        assert refusal.code == "shipping"
    await life.command(WishRemedy, customer(life), wish="내신 돈을 돌려주세요", remedy="refund")
    plan = bare("price", "shipping") if paid else bare("price")
    await life.command(ProposeRemedy, OWNER, plan=plan, contact=1, said=EVERYTHING)
    view = await life.view()
    assert view.proposal is not None
    assert [wish.answered for wish in view.wishes] == [f"proposal {view.proposal.hash}"]
    await life.command(AcceptRemedy, customer(life), proposal=view.proposal.hash)
    view = await life.until(lambda view: view.remedy == "completed")
    owner = f"owner:{view.row.owner}"  # the missed duty has moved the case up
    told = {"outcome": "upheld", "cause": "defect", "summary": "환불해 드렸습니다"}
    await life.command(RegisterResult, owner, **told)
    (proposed,) = await life.bodies("remedy_proposed")
    price = sum(line.price.minor for line in order.lines)
    assert proposed["total"]["minor"] == price + paid
    (interest,) = await life.bodies("interest_owed")
    days = sum(rate["days"] for rate in interest["rates"])
    assert days > 20
    assert interest["amount"]["minor"] == -(-(price + paid) * days * 1_500 // 3_650_000)
    settled = [each["amount"]["minor"] for each in await life.bodies("step_done") if each["amount"]]
    assert settled == [price + paid, interest["amount"]["minor"]]
    assert [deed.asked for deed in env.deeds("bank", life.number)] == [1, 1]
    (result,) = await life.bodies("result_registered")
    assert "지연이자" in result["gets"]
    assert await life.ended() == "recovered"


async def test_a_broken_guarantee_pays_without_a_claim(env: Environment) -> None:
    life = await open_case(env, prompt(**PRICED), order_id="ord-guaranteed-late")
    await life.until(lambda view: not view.waiting)
    await life.command(Triage, AGENT, voc_type="complaint", cause="late_delivery")
    view = await life.until(lambda view: view.remedy == "completed")
    assert view.row.refunds == ("3,000 KRW",)
    assert [(each.guarantee, each.broken) for each in view.guarantees] == [("delivery-day", True)]
    (broken,) = await life.bodies("guarantee_broken")
    assert (broken["cause"], broken["department"]) == ("late_delivery", "logistics")
    await withdraw(life)


async def test_a_customer_who_was_failed_before_begins_one_level_up(env: Environment) -> None:
    contact = Contact(customer_id="cust-failed-again", phone="010-0000-0000")
    life = await open_case(env, prompt(**PRICED), contact=contact)
    await life.until(lambda view: not view.waiting)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect")
    view = await life.view()
    assert (view.row.level, view.earlier_failure is not None) == (1, True)
    await withdraw(life)
