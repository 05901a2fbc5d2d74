"""The lives that a case can have, from its opening to each of its ends, played on the real thing."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from client import Redress
from domain.assignment import AcceptCase
from domain.contact import LogContact
from domain.ending import AnswerCase, WithdrawCase
from domain.evidence import ConfirmEvidence, RecordEvidence
from domain.money import Money
from domain.plan import LineDecision, Plan
from domain.refusal import Refused
from domain.regard import OpenBrief
from domain.remedy import AcceptRemedy, ApproveRemedy, ProposeRemedy
from domain.result import RegisterResult
from domain.saga import RetryStep
from domain.spoken import EVERYTHING
from domain.supervisor import RequestSupervisor
from domain.triage import HarmLine, Triage
from domain.view import CaseView
from tests.workflows.environment import Environment, goods_that_fly
from tests.workflows.life import Life, open_case
from tests.workflows.policies_for_tests import policy

AGENT, OWNER, HEAD = "agent:agent-07", "owner:agent-07", "department_head:head-production"
SOON = timedelta(days=20)


def customer(life: Life) -> str:
    """Return the customer as somebody who asks."""
    return f"customer:{life.opening.contact.customer_id}"


def refund(minor: int = 9_000, *, collect: bool = False) -> Plan:
    """Return a plan that pays money back."""
    decision = LineDecision(
        harm_line="price", remedy="refund", ground="defect", amount=Money(minor=minor, currency="KRW")
    )
    return Plan(decisions=(decision,), gestures=("apology_call",), collect=collect)


def exchange() -> Plan:
    """Return a plan that sends another cup, and money for the trouble after it."""
    swap = LineDecision(harm_line="price", remedy="exchange", ground="defect")
    credit = LineDecision(
        harm_line="trouble",
        remedy="goodwill_credit",
        ground="goodwill",
        amount=Money(minor=5_000, currency="KRW"),
    )
    return Plan(decisions=(swap, credit), gestures=("apology_call",))


def is_weighed(view: CaseView) -> bool:
    """Say whether the ledger has had its word on the proposal."""
    return view.proposal is not None and view.proposal.state != "reserving"


async def recover(life: Life, plan: Plan) -> None:
    """Take a case as far as a remedy that the customer has accepted."""
    lines = tuple(
        HarmLine(id=each.harm_line, harm="price" if each.harm_line == "price" else "trouble")
        for each in plan.decisions
    )
    await life.until(lambda view: not view.waiting)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect", harm_lines=lines)
    await life.command(AcceptCase, AGENT)
    await life.command(OpenBrief, OWNER)
    await life.command(
        LogContact,
        OWNER,
        direction="outbound",
        channel="phone",
        apology=True,
        named_owner=True,
        next_step="we put it right",
    )
    await life.command(ProposeRemedy, OWNER, plan=plan, contact=1, said=EVERYTHING)
    view = await life.until(is_weighed)
    assert view.proposal is not None
    if view.proposal.needs_approval:
        await life.command(ApproveRemedy, HEAD, proposal=view.proposal.hash)
    await life.command(AcceptRemedy, customer(life), proposal=view.proposal.hash)


async def close(life: Life, *, outcome: str = "upheld") -> None:
    """Register the result of a remedy that was carried out."""
    await life.until(lambda view: view.remedy == "completed")
    await life.command(RegisterResult, OWNER, outcome=outcome, cause="defect", summary="환불해 드렸습니다")


async def standard(env: Environment) -> Life:
    """Live the standard life L: approved refund with the goods fetched and inspected, happy call, close."""
    with goods_that_fly():
        life = await open_case(env)
        await recover(life, refund(collect=True))
        await close(life)
        assert await life.ended() == "recovered"
    return life


async def final_position(env: Environment) -> Life:
    """Refuse every harm line with its clause; the appeal window passes."""
    life = await open_case(env, policy())
    await life.command(RecordEvidence, AGENT, what="the seams are shrunk", reference="photo-1")
    await life.command(Triage, AGENT, voc_type="complaint", cause="customer_error")
    await life.command(AcceptCase, "agent:agent-01")
    await life.command(ConfirmEvidence, "supervisor:sup-01")
    refusal = LineDecision(
        harm_line="trouble",
        remedy="refusal",
        clause=life.policy.clauses[0].id,
        reason="it was washed hotter than the label says",
    )
    await life.command(OpenBrief, "owner:agent-01")
    await life.command(ProposeRemedy, "owner:agent-01", plan=Plan(decisions=(refusal,)))
    view = await life.view()
    assert view.proposal is not None
    if view.proposal.needs_approval:
        await life.command(
            ApproveRemedy, "department_head:head-customer_service", proposal=view.proposal.hash
        )
    await life.until(lambda view: view.remedy == "completed")
    await life.command(
        RegisterResult, "owner:agent-01", outcome="not_upheld", cause="customer_error", summary="거절 이유"
    )
    await life.until(lambda view: view.row.stage == "appeal_open")
    await life.forward(SOON)
    assert await life.ended() == "final_position"
    return life


async def unconfirmed(env: Environment) -> Life:
    """Call three times and reach nobody."""
    life = await open_case(env)
    await recover(life, refund(5_000))
    env.arm(kind="refuse", service="calls", calls=20, reason="the line is dead")
    await close(life)
    await life.until(lambda view: view.row.stage == "following_up")
    await life.forward(SOON)
    assert await life.ended() == "unconfirmed"
    return life


async def withdrawn(env: Environment) -> Life:
    """The customer takes the complaint back at once."""
    life = await open_case(env)
    await withdraw(life)
    return life


async def withdraw(life: Life) -> None:
    """Let the customer end it."""
    await life.command(WithdrawCase, customer(life))
    assert await life.ended() == "withdrawn"


async def answered(env: Environment) -> Life:
    """An inquiry takes the short way."""
    life = await open_case(env, text="When do you open?")
    await life.command(Triage, AGENT, voc_type="inquiry")
    await life.command(AcceptCase, "agent:agent-01")
    await life.command(AnswerCase, "owner:agent-01", text="At nine.")
    assert await life.ended() == "answered"
    return life


async def parked_and_resumed(env: Environment) -> Life:
    """Past the pivot a payout is refused; a person lets it go on."""
    with goods_that_fly():
        life = await open_case(env)
        env.arm(kind="refuse", service="bank", calls=1, reason="the account is closed")
        await recover(life, exchange())
        await life.until(lambda view: view.remedy == "parked")
        await life.command(RetryStep, OWNER, step="payout")
        await close(life)
        assert await life.ended() == "recovered"
    return life


async def compensated(env: Environment) -> Life:
    """The courier refuses to ship; what was set aside is put back."""
    life = await open_case(env)
    env.arm(kind="refuse", service="courier", operation="ship_replacement", calls=1, reason="no such street")
    await recover(life, exchange())
    await life.until(lambda view: view.remedy == "compensated")
    await withdraw(life)
    return life


async def continued(env: Environment) -> Life:
    """A run is over after ten events; the case goes on."""
    env_of_short_runs = Redress(env.temporal, secret="short runs", carry_on_after=10)
    usual, env.redress = env.redress, env_of_short_runs
    try:
        return await standard(env)
    finally:
        env.redress = usual


async def escalated(env: Environment) -> Life:
    """Nobody does anything for a month."""
    life = await open_case(env, policy())
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect")
    await life.forward(timedelta(days=30))
    await withdraw(life)
    return life


async def refused_attempts(env: Environment) -> Life:
    """People ask for what they may not, on money and rights."""
    life = await open_case(env)
    await recover_until_proposed(life, refund())
    view = await life.view()
    assert view.proposal is not None
    for by in ("agent:agent-07", "supervisor:agent-07"):
        await expect_refusal(life, ApproveRemedy, by, proposal=view.proposal.hash)
    await life.command(RequestSupervisor, customer(life))
    await withdraw(life)
    return life


async def recover_until_proposed(life: Life, plan: Plan) -> None:
    """Take a case as far as a proposal."""
    await life.until(lambda view: not view.waiting)
    lines = (HarmLine(id="price", harm="price"),)
    await life.command(Triage, AGENT, voc_type="complaint", cause="defect", harm_lines=lines)
    await life.command(AcceptCase, AGENT)
    await life.command(OpenBrief, OWNER)
    await life.command(LogContact, OWNER, direction="outbound", channel="phone")
    await life.command(ProposeRemedy, OWNER, plan=plan, contact=1, said=EVERYTHING)


async def expect_refusal(life: Life, kind: Any, by: str, **fields: Any) -> Refused:
    """Send a command that may not be, and return why."""
    try:
        await life.command(kind, by, **fields)
    except Refused as refusal:
        return refusal
    raise AssertionError(f"{kind.__name__} was not refused")


async def garbage(env: Environment) -> Life:
    """Somebody sends what nobody can read."""
    life = await open_case(env)
    await life.signal("triage", "this is no object")
    await life.signal("no such command", {"id": "x"})
    await life.signal("triage")
    await life.signal("triage", {}, {})
    await withdraw(life)
    return life


LIVES: Mapping[str, Callable[[Environment], Awaitable[Life]]] = {
    "recovered": standard,
    "final-position": final_position,
    "unconfirmed": unconfirmed,
    "withdrawn": withdrawn,
    "answered": answered,
    "parked-and-resumed": parked_and_resumed,
    "compensated": compensated,
    "continued": continued,
    "escalated": escalated,
    "refused-attempts": refused_attempts,
    "garbage": garbage,
}
"""Every end, and every turn on the way to one."""
