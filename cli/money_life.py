"""One case of the money drill: what its customer wants and does, and the people who decide what parks."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cli.money_wish import HARMS, Wish
from cli.stubborn import Commands, ended, stubborn, until
from client import NotFound, Redress
from domain.effect import Contact
from domain.intake import Opening
from domain.policy import Policy
from domain.spoken import EVERYTHING
from domain.view import CaseView

AGENT, SUPERVISOR, HEAD = "agent:agent-07", "supervisor:sup-04", "department_head:head-production"

SHIPPING = {"harm_line": "shipping", "remedy": "refund", "ground": "defect"}
"""What the customer paid for shipping goes back with the price; the policy says how much that is."""

EVERY = 2.0
"""Seconds between two looks at a case: many are looked at, and each look is work for the one worker."""

RETRIES = 4
"""How often people let a parked step be tried again before they go on without it."""

PARKED_STEP = re.compile(r"remedy step (?P<step>\w+): (?P<why>.*)", re.DOTALL)
STANDING = ("waiting_approval", "offered")


@dataclass(slots=True)
class MoneyLife:
    """A case and those who drive it, until it has ended."""

    redress: Redress
    policy: Policy
    place: int
    wish: Wish
    number: str = ""
    parked: int = 0
    _paid_shipping: bool = False
    _say: Commands = field(init=False)
    _retried: dict[str, int] = field(default_factory=dict)

    @property
    def customer(self) -> str:
        """Whose case it is."""
        return f"customer:cust-{self.place}"

    async def live(self) -> None:
        """Live from the opening to the end."""
        await self._open()
        plan, over = self.wish.plan, ""
        while over != "completed":
            await self._agree(plan)
            await self._hand_in()
            await self._change_of_mind()
            over = await self._carried_out()
            if self.wish.withdraws or (over == "compensated" and self.wish.cancels):
                break
            # What the courier does not fetch or the bank does not bring is put right in another way.
            plan = self.wish.otherwise
        if over == "completed" and not self.wish.withdraws:
            await self._tell()
        await self._withdraw()
        await stubborn(lambda: ended(self.redress, self.number))

    async def _open(self) -> None:
        contact = Contact(customer_id=f"cust-{self.place}", phone=f"010-0000-{self.place:04}", language="ko")
        opening = Opening(
            source="web",
            source_key=f"money-{self.place}",
            text="받은 물건이 깨져 있었습니다.",
            product="cup",
            order_id=self.wish.order_id,
            voc_type="complaint",
            contact=contact,
        )
        self.number = (await stubborn(lambda: self.redress.open(opening, self.policy))).number
        self._say = Commands(self.redress, self.number)
        view = await self._until(lambda view: not view.waiting)
        paid = view.order.shipping_paid if view.order else None
        self._paid_shipping = bool(paid and paid.minor)
        await self._say("triage", AGENT, voc_type="complaint", cause="defect", harm_lines=HARMS)
        await self._say("accept_case", AGENT)
        await self._say.as_owner("open_brief")
        told = {"direction": "outbound", "channel": "phone", "apology": True, "named_owner": True}
        await self._say.as_owner("log_contact", next_step="we put it right", asks_further=True, **told)

    async def _agree(self, plan: Mapping[str, Any]) -> None:
        """Propose, have it approved where it must be, and accept; each waits for the one before."""
        if self._paid_shipping and plan["decisions"][0]["remedy"] == "refund":
            plan = {**plan, "decisions": [*plan["decisions"], SHIPPING]}
        await self._say.as_owner("propose_remedy", plan=plan, contact=1, said=EVERYTHING)
        view = await self._until(lambda view: view.proposal is not None and view.proposal.state in STANDING)
        if view.proposal is not None and view.proposal.state == "waiting_approval":
            await self._say("approve_remedy", HEAD, proposal=view.proposal.hash)
            view = await self._until(
                lambda view: view.proposal is not None and view.proposal.state == "offered"
            )
        proposal = view.proposal.hash if view.proposal else ""
        await self._say("accept_remedy", self.customer, proposal=proposal)

    async def _hand_in(self) -> None:
        if not self.wish.hands_in:
            return
        await asyncio.sleep(self.wish.after)  # before the courier was asked, or while he is on his way
        brought = {"store": "gangnam", "receipt": f"r{self.place}"}
        await self._say("hand_in", AGENT, may_be_too_late=True, **brought)

    async def _change_of_mind(self) -> None:
        if not (self.wish.cancels or self.wish.withdraws):
            return
        await asyncio.sleep(self.wish.after)  # at another moment of the remedy in each case
        if self.wish.withdraws:
            await self._withdraw()
        else:
            await self._say("cancel_remedy", self.customer, may_be_too_late=True, reason="never mind")

    async def _withdraw(self) -> None:
        with suppress(NotFound):  # it ended already: of a withdrawal whose answer was lost, say
            await self._say("withdraw_case", self.customer, may_be_too_late=True)

    async def _carried_out(self) -> str:
        """Wait until the remedy is over; whenever it parks, a person decides."""
        while True:
            view = await self._until(lambda view: _is_over(view) or view.remedy == "parked")
            if _is_over(view):
                return view.remedy
            await self._decide(view)

    async def _decide(self, view: CaseView) -> None:
        found = PARKED_STEP.match(view.row.parked or "")
        if found is None:
            return
        self.parked += 1
        name, by, fields = self.decision(found["step"], found["why"])
        with suppress(NotFound):
            await self._say(name, by, may_be_too_late=True, **fields)

    def decision(self, step: str, why: str) -> tuple[str, str, dict[str, str]]:
        """Return what is done about a parked step, and by whom."""
        account = {"account": f"tok-{self.place}"}
        if why.startswith("the original means cannot"):
            return "give_account", AGENT, account
        if why.startswith("account "):
            return "check_account", SUPERVISOR, account
        name, fields = self._decision(step, why)
        return name, SUPERVISOR, fields

    def _decision(self, step: str, why: str) -> tuple[str, dict[str, str]]:
        if why.startswith(("cannot be undone", "nobody knows whether it was undone")):
            return "mark_step_done", {"step": step, "reference": "seen to in person"}
        tried = self._retried[step] = self._retried.get(step, 0) + 1
        if why.startswith("the inspection found") or tried > RETRIES:
            return "skip_step", {"step": step, "reason": "the customer is believed"}
        return "retry_step", {"step": step}

    async def _tell(self) -> None:
        result = {"outcome": "upheld", "cause": "defect", "summary": "환불해 드렸습니다."}
        round_told = (await self._until(lambda _: True)).round
        await self._say.as_owner("register_result", **result)
        # A happy call waits for the customer's hours, which no drill can hurry: the customer ends it instead,
        # unless this is one who is not called at all, whose case has ended with the result. In these hours
        # the call is made at once, and a bad answer opens the next round.
        await self._until(lambda view: view.row.stage in ("following_up", "ended") or view.round > round_told)

    async def _until(self, holds: Any) -> CaseView:
        return await until(self.redress, self.number, holds, every=EVERY)


def _is_over(view: CaseView) -> bool:
    return view.remedy in ("completed", "compensated") or view.row.end is not None
