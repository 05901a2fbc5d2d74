"""What may not be done with money is refused with its reason and recorded, from the command line."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from client import Redress
from domain.spoken import EVERYTHING
from domain.view import CaseView
from tests.cli.driving import Answer, Command, opening, settled
from tests.cli.own_amounts import own_amounts

HARM = {"voc_type": "complaint", "cause": "defect", "harm_lines": [{"id": "price", "harm": "price"}]}
HEAD = "department_head:head-production"


class Desk:
    """One case, led from the command line."""

    def __init__(self, ask: Command, redress: Redress, policy: Path) -> None:
        self._ask, self._redress, self._policy = ask, redress, policy
        self.number = ""

    async def open(self, order_id: str) -> CaseView:
        """Open a case about an order and lead it to where a remedy is proposed."""
        complaint = opening(order_id=order_id)
        opened = await asyncio.to_thread(
            self._ask, "open", "-", "--policy", self._policy, "--json", given=complaint
        )
        self.number = opened.json["number"]
        await settled(self._redress, self.number)
        await self.does("triage", "agent:agent-01", **HARM)
        await self.does("accept_case", "agent:agent-01")
        await self.does(
            "log_contact",
            "owner:agent-01",
            direction="outbound",
            channel="phone",
            apology=True,
            asks_further=True,
        )
        await self.does("open_brief", HEAD)
        return await self._redress.view(self.number)

    async def tries(self, command: str, by: str, **fields: Any) -> Answer:
        """Give a command, whatever comes of it."""
        data = json.dumps(fields)
        return await asyncio.to_thread(
            self._ask, "submit", self.number, command, "--by", by, "--data", data, "--json"
        )

    async def does(self, command: str, by: str, **fields: Any) -> list[str]:
        """Give a command that is carried out; return its events."""
        answer = await self.tries(command, by, **fields)
        assert answer.code == 0, answer.err
        return list(answer.json["events"])

    async def refuses(self, command: str, by: str, **fields: Any) -> str:
        """Give a command that is refused; return the reason, which is also in the history."""
        answer = await self.tries(command, by, **fields)
        assert answer.code == 1, answer.out
        reason = str(json.loads(answer.err)["error"])
        attempts = [event for event in await self.history() if event["kind"] == "attempt_refused"]
        assert attempts[-1]["command"] == command
        assert attempts[-1]["reason"] in reason
        return reason

    async def refund(self, minor: int, *, currency: str = "KRW", lines: tuple[str, ...] = ()) -> None:
        """Have a refund proposed and accepted, and wait for what the bank makes of it."""
        await self.does(
            "propose_remedy", HEAD, plan=refund(minor, currency, lines), contact=1, said=EVERYTHING
        )
        await settled(self._redress, self.number)  # the ledger counts it for who proposed it
        view = await self._redress.view(self.number)
        assert view.proposal is not None
        await self.does("accept_remedy", "customer:cust-1", proposal=view.proposal.hash)
        await settled(self._redress, self.number)

    async def view(self) -> CaseView:
        """Return where the case stands, once the outside has answered."""
        await settled(self._redress, self.number)
        return await self._redress.view(self.number)

    async def history(self) -> list[dict[str, Any]]:
        """Return the events of the case as the ledger has them."""
        await settled(self._redress, self.number)
        seen = await asyncio.to_thread(self._ask, "show", self.number, "--json")
        return [{"kind": each["kind"], **each["fields"]} for each in seen.json["events"]]


def refund(minor: int, currency: str = "KRW", lines: tuple[str, ...] = ()) -> dict[str, Any]:
    amount = {"minor": minor, "currency": currency}
    decision = {"harm_line": "price", "remedy": "refund", "ground": "defect", "amount": amount}
    return {"decisions": [decision], "gestures": ["apology_call"], "order_lines": list(lines)}


@pytest.fixture
def desk(redress: Redress, redress_command: Command, tmp_path: Path) -> Desk:
    return Desk(redress_command, redress, own_amounts(tmp_path))


async def test_a_refund_to_another_account_needs_a_second_person(desk: Desk) -> None:
    await desk.open("expired-cli-1")
    await desk.refund(1_000)
    assert "means-expired" in ((await desk.view()).row.parked or "")
    await desk.does("give_account", "agent:agent-01", account="acc-1")
    for role in ("agent", "owner"):
        reason = await desk.refuses("check_account", f"{role}:agent-01", account="acc-1")
        assert "second person" in reason
    assert "second person" in await desk.refuses("retry_step", "owner:agent-01", step="payout")
    assert "not the account" in await desk.refuses("check_account", "supervisor:sup-01", account="acc-2")
    await desk.does("check_account", "supervisor:sup-01", account="acc-1")
    assert (await desk.view()).remedy == "completed"


async def test_an_account_that_nobody_needs_is_refused(desk: Desk) -> None:
    await desk.open("ord-cli-2")
    await desk.refund(1_000)
    assert "where it came from" in await desk.refuses("give_account", "agent:agent-01", account="acc-1")


async def test_more_than_was_paid_in_this_case_is_refused_at_the_proposal(desk: Desk) -> None:
    view = await desk.open("ord-cli-3")
    assert view.order is not None
    paid = sum(line.price.minor for line in view.order.lines)
    paid += view.order.shipping_paid.minor if view.order.shipping_paid else 0
    reason = await desk.refuses("propose_remedy", HEAD, plan=refund(paid + 1), contact=1, said=EVERYTHING)
    assert "refund at most the rest" in reason
    tried = [event for event in await desk.history() if event["kind"] == "attempt_refused"]
    assert tried[-1]["code"] == "over-refund"


async def test_more_than_was_paid_over_two_cases_is_refused_by_the_bank_and_recorded(
    redress: Redress, redress_command: Command, tmp_path: Path
) -> None:
    policy = own_amounts(tmp_path)
    first, second = Desk(redress_command, redress, policy), Desk(redress_command, redress, policy)
    view = await first.open("ord-cli-5")
    assert view.order is not None
    line = view.order.lines[0]
    await first.refund(line.price.minor, lines=(line.line_id,))
    assert (await first.view()).remedy == "completed"
    await second.open("ord-cli-5")
    await second.refund(line.price.minor, lines=(line.line_id,))
    assert (await second.view()).remedy == "compensated"
    kinds = {event["kind"]: event for event in await second.history()}
    tried = kinds["attempt_refused"]
    assert (tried["command"], tried["code"]) == ("propose_remedy", "over-refund")
    assert tried["reason"] == kinds["step_refused"]["reason"]
    assert "left to refund" in tried["reason"]


async def test_another_currency_is_refused(desk: Desk) -> None:
    await desk.open("ord-cli-4")
    reason = await desk.refuses("propose_remedy", HEAD, plan=refund(1_000, "USD"), contact=1, said=EVERYTHING)
    assert "this case is in KRW" in reason
