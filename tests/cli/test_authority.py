"""Authority from the command line, on the running system: what is tried in vain is refused and recorded."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from client import Redress
from tests.cli.driving import KEYS, Answer, Command, opening, settled
from tests.cli.own_amounts import own_amounts

SUPERVISOR, HEAD = "supervisor:sup-01", "department_head:head-customer_service"
DEAR = 200_000
"""Above an owner's authority, within a supervisor's."""


class Desk:
    """Somebody at a command line."""

    def __init__(self, redress: Redress, command: Command, policy: Path | None = None) -> None:
        self.redress, self.command, self.policy = redress, command, policy

    async def ask(self, *arguments: object, **options: Any) -> Answer:
        """Run a command beside the loop of the test."""
        return await asyncio.to_thread(self.command, *arguments, **options)

    async def submit(self, number: str, name: str, by: str, **fields: object) -> Answer:
        """Give a command."""
        data = json.dumps(fields, ensure_ascii=False)
        return await self.ask("submit", number, name, "--by", by, "--data", data, "--json")

    async def events(self, number: str, kind: str) -> list[dict[str, Any]]:
        """Return the events of one kind as `redress show` tells them, once all are written."""
        await settled(self.redress, number)
        shown = (await self.ask("show", number, "--json")).json
        return [event for event in shown["events"] if event["kind"] == kind]

    async def proposal(self, number: str) -> dict[str, Any]:
        """Return the proposal that stands, once the ledger has said whether it counts."""
        await settled(self.redress, number)
        shown = (await self.ask("show", number, "--json")).json
        found: dict[str, Any] = shown["view"]["proposal"]
        return found

    async def owned_by(self, agent: str, customer: str, *, order: str | None = None, **fields: object) -> str:
        """Open a complaint about an order and let somebody take it and call."""
        key = order or f"order-{next(KEYS)}"
        complaint = opening(order_id=key, contact={"customer_id": customer, "phone": "010-1"}, **fields)
        under = ("--policy", self.policy) if self.policy else ()
        number: str = (await self.ask("open", "-", *under, "--json", given=complaint)).json["number"]
        harm = {"id": "price", "harm": "price"}
        staff = "supervisor" if agent.startswith("sup") else "agent"
        for name, by, told in (
            (
                "triage",
                f"{staff}:{agent}",
                {"voc_type": "complaint", "cause": "service", "harm_lines": [harm]},
            ),
            ("accept_case", f"{staff}:{agent}", {}),
            (
                "log_contact",
                f"owner:{agent}",
                {
                    "direction": "outbound",
                    "channel": "phone",
                    "apology": True,
                    "named_owner": True,
                    "asks_further": True,
                },
            ),
        ):
            done = await self.submit(number, name, by, **told)
            assert done.code == 0, done.err
        await settled(self.redress, number)
        return number

    async def propose(
        self, number: str, by: str, amount: int, *, harm: str = "price", ground: str = "goodwill"
    ) -> Answer:
        """Propose a credit."""
        credit = {
            "harm_line": harm,
            "remedy": "goodwill_credit",
            "ground": ground,
            "amount": {"minor": amount, "currency": "KRW"},
        }
        await self.submit(number, "open_brief", by)
        return await self.submit(number, "propose_remedy", by, plan={"decisions": [credit]})


@pytest.fixture
def desk(redress: Redress, redress_command: Command, tmp_path: Path) -> Desk:
    return Desk(redress, redress_command, own_amounts(tmp_path))


async def was_refused(desk: Desk, number: str, answer: Answer, code: str, words: str) -> None:
    """The command ends with 1 and says why, and the case has it as an attempt."""
    assert answer.code == 1, answer.out
    assert words in answer.err
    tried = (await desk.events(number, "attempt_refused"))[-1]["fields"]
    assert tried["code"] == code
    assert words in tried["reason"]


async def test_splitting_over_cases_is_seen_named_and_needs_a_second_person(desk: Desk) -> None:
    customer = f"splitter-{next(KEYS)}"
    for _ in range(3):
        number = await desk.owned_by("agent-03", customer)
        assert (await desk.propose(number, "owner:agent-03", 100_000)).code == 0
        assert (await desk.proposal(number))["state"] == "offered"
    number = await desk.owned_by("agent-04", customer)
    await desk.propose(number, "owner:agent-04", 100_000)
    waiting = await desk.proposal(number)
    assert (waiting["state"], waiting["over"]) == ("waiting_approval", ["customer"])
    [seen] = await desk.events(number, "authority_exceeded")
    assert seen["fields"]["customer_used"] == {"minor": 300_000, "currency": "KRW"}
    [tried] = await desk.events(number, "attempt_refused")
    assert (tried["by"], tried["fields"]["code"]) == ("owner:agent-04", "splitting")
    assert "this customer in the period" in tried["fields"]["reason"]
    approved = await desk.ask("approve", number, "--proposal", waiting["hash"], "--by", SUPERVISOR)
    assert approved.code == 0, approved.err
    assert (await desk.proposal(number))["state"] == "offered"


async def test_splitting_over_proposals_of_a_case_is_seen_at_once(desk: Desk) -> None:
    customer = f"splitter-{next(KEYS)}"
    # What an order cost is drawn from its id, and the bank gives back no more: this one was dear enough.
    number = await desk.owned_by("agent-04", customer, order="order-dear")
    for harm in ("price", "time", "trouble"):
        if harm != "price":
            line = {"id": harm, "harm": harm}
            assert (await desk.submit(number, "claim_harm", f"customer:{customer}", line=line)).code == 0
        answer = await desk.propose(number, "owner:agent-04", 70_000, harm=harm)
        assert answer.code == 0
        proposal = await desk.proposal(number)
        if proposal["state"] == "offered":
            await desk.submit(number, "accept_remedy", f"customer:{customer}", proposal=proposal["hash"])
            assert (await desk.proposal(number))["state"] == "done"
    assert (proposal["state"], proposal["over"]) == ("waiting_approval", ["case"])
    [tried] = await desk.events(number, "attempt_refused")
    assert "this case" in tried["fields"]["reason"]
    assert (answer.json["code"], answer.json["attempt"]) == ("splitting", tried["fields"]["reason"])
    assert "with the other proposals of this case above" in (await desk.ask("show", number)).out


async def test_nobody_approves_what_they_proposed_also_under_a_second_role(desk: Desk) -> None:
    number = await desk.owned_by("sup-02", f"customer-{next(KEYS)}")
    await desk.propose(number, "owner:sup-02", DEAR)
    hash_ = (await desk.proposal(number))["hash"]
    own = await desk.ask("approve", number, "--proposal", hash_, "--by", "supervisor:sup-02")
    await was_refused(desk, number, own, "self-approval", "in whatever role")
    again = await desk.ask("approve", number, "--proposal", hash_, "--by", "owner:sup-02")
    await was_refused(desk, number, again, "not-your-role", "may not approve_remedy")
    assert (await desk.proposal(number))["state"] == "waiting_approval"


async def test_the_approval_of_an_edited_plan_is_refused(desk: Desk) -> None:
    number = await desk.owned_by("agent-01", f"customer-{next(KEYS)}")
    await desk.propose(number, "owner:agent-01", DEAR)
    seen = (await desk.proposal(number))["hash"]
    await desk.propose(number, "owner:agent-01", DEAR + 1)
    blind = await desk.ask("approve", number, "--proposal", seen, "--by", SUPERVISOR)
    await was_refused(desk, number, blind, "void", "it was replaced by another")
    assert (await desk.proposal(number))["state"] == "waiting_approval"


async def test_an_approval_that_comes_too_late_is_refused(
    desk: Desk, tmp_path: Path, redress_command: Command
) -> None:
    desk = Desk(desk.redress, redress_command, hurried(tmp_path))
    number = await desk.owned_by("agent-02", f"customer-{next(KEYS)}")
    await desk.propose(number, "owner:agent-02", DEAR)
    hash_ = (await desk.proposal(number))["hash"]
    async with asyncio.timeout(30):
        while (await desk.proposal(number))["state"] == "waiting_approval":  # noqa: ASYNC110 - elsewhere
            await asyncio.sleep(0.2)
    assert (await desk.proposal(number))["state"] == "approval_expired"
    late = await desk.ask("approve", number, "--proposal", hash_, "--by", HEAD)
    await was_refused(desk, number, late, "expired", "limited time, which is over")
    [told, *_] = await desk.events(number, "wait_told")
    assert told["fields"]["reached"] is True


def hurried(folder: Path) -> Path:
    """Write the default policy with approvals of seconds, and amounts of our own."""
    usual = "approval_expires: {unit: business_days, n: 5, form: end_of_day}"
    return own_amounts(folder, (usual, EXPIRES), ("approval: {unit: working_time, minutes: 240}", APPROVAL))


EXPIRES = "approval_expires: {unit: plain_time, minutes: 0.05}"
APPROVAL = "approval: {unit: plain_time, minutes: 0.03}"


async def test_an_approval_counts_once(desk: Desk) -> None:
    customer = f"customer-{next(KEYS)}"
    number = await desk.owned_by("agent-01", customer)
    await desk.propose(number, "owner:agent-01", DEAR)
    hash_ = (await desk.proposal(number))["hash"]
    first = await desk.ask(
        "approve", number, "--proposal", hash_, "--by", SUPERVISOR, "--id", "yes", "--json"
    )
    repeated = await desk.ask(
        "approve", number, "--proposal", hash_, "--by", SUPERVISOR, "--id", "yes", "--json"
    )
    assert first.code == repeated.code == 0
    assert first.json == repeated.json
    replayed = await desk.ask("approve", number, "--proposal", hash_, "--by", SUPERVISOR)
    await was_refused(desk, number, replayed, "replay", "an approval counts once")
    await desk.submit(number, "decline_remedy", f"customer:{customer}", proposal=hash_, reason="not enough")
    await desk.propose(number, "owner:agent-01", DEAR + 1_000)
    other = await desk.ask("approve", number, "--proposal", hash_, "--by", SUPERVISOR)
    await was_refused(desk, number, other, "void", "it was replaced by another")
    assert (await desk.proposal(number))["state"] == "waiting_approval"


async def test_what_is_owed_is_not_rejected_for_want_of_authority(desk: Desk) -> None:
    number = await desk.owned_by("agent-01", f"customer-{next(KEYS)}")
    await desk.propose(number, "owner:agent-01", DEAR, ground="guarantee")
    hash_ = (await desk.proposal(number))["hash"]
    no = await desk.submit(number, "reject_remedy", SUPERVISOR, proposal=hash_, reason="above my authority")
    await was_refused(desk, number, no, "owed", "want of authority is no ground")
