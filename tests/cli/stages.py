"""One case for each stage of a life, led there on the real server, for acts that leave it as it is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from client import Redress
from domain.intake import Opening
from domain.policy import Policy
from domain.spoken import EVERYTHING
from domain.view import CaseView
from tests.cli.driving import opening, settled

AGENT, OWNER, SUPERVISOR = "agent:agent-01", "owner:agent-01", "supervisor:sup-01"
CUSTOMER = "customer:stage-customer"
"""Of these cases only: what others decide for their customers counts for authority as well."""

TALK = {
    "direction": "outbound",
    "channel": "phone",
    "apology": True,
    "named_owner": True,
    "asks_further": True,
    "next_step": "오늘 안에 다시 연락드리겠습니다",
}
DEAR = 200_000
"""Above an owner's authority, within a supervisor's."""


@dataclass(frozen=True)
class Case:
    """A case, and what a command may name of it by a word in angle brackets."""

    redress: Redress
    number: str
    names: dict[str, str] = field(default_factory=dict)

    async def says(self, command: str, by: str, **fields: object) -> None:
        """Give a command that is carried out."""
        said = {"id": uuid4().hex, "by": by, **fields}
        await self.redress.submit_fields(self.number, command, said)

    async def view(self) -> CaseView:
        """Return where the case stands, once the outside has answered."""
        await settled(self.redress, self.number)
        return await self.redress.view(self.number)

    async def owned(self, person: str = "agent-01") -> "Case":
        """Class it as a complaint about a defect; somebody takes it and calls."""
        role = "supervisor" if person.startswith("sup") else "agent"
        harm = {"id": "price", "harm": "price"}
        await self.says("triage", f"{role}:{person}", voc_type="complaint", cause="defect", harm_lines=[harm])
        await self.says("accept_case", f"{role}:{person}")
        await settled(self.redress, self.number)
        await self.says("open_brief", f"owner:{person}")
        await self.says("log_contact", f"owner:{person}", **TALK)
        return self

    async def proposed(self, plan: dict[str, Any], by: str = OWNER, name: str = "proposal") -> None:
        """Propose a plan and remember its hash."""
        await self.says("open_brief", by)
        await self.says("propose_remedy", by, plan=plan, contact=1, said=EVERYTHING)
        proposal = (await self.view()).proposal
        assert proposal is not None
        self.names[name] = proposal.hash


def credit(minor: int, **more: Any) -> dict[str, Any]:
    """Return a plan that gives a credit for the price."""
    amount = {"minor": minor, "currency": "KRW"}
    decision = {"harm_line": "price", "remedy": "goodwill_credit", "ground": "goodwill", "amount": amount}
    return {"decisions": [decision], "gestures": ["apology_call"], **more}


APOLOGY = {
    "decisions": [{"harm_line": "price", "remedy": "apology", "ground": "goodwill"}],
    "gestures": ["apology_call"],
}


async def raised(case: Case) -> None:
    """Nobody has classed it; one promise is open, another one was due an hour ago."""
    then = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    await case.says("make_promise", AGENT, what="내일 전화드리겠습니다", word="내일")
    await case.says(
        "make_promise", AGENT, what="금방 찾아보겠습니다", word="금방", matter="조사", occurred_at=then
    )


async def suggestion(case: Case) -> None:
    """It is a suggestion, and somebody is at it."""
    await case.says("triage", AGENT, voc_type="suggestion", product="cup")
    await case.says("accept_case", AGENT)


async def inquiry(case: Case) -> None:
    """It is an inquiry whose customer wants to speak to a supervisor."""
    await case.says("triage", AGENT, voc_type="inquiry")
    await case.says("accept_case", AGENT)
    await case.says("request_supervisor", CUSTOMER)


async def offered(case: Case) -> None:
    """A credit is offered, its customer has to answer, and the second call reached nobody."""
    await (await case.owned()).proposed(credit(10_000))
    order = (await case.view()).order
    assert order is not None
    shipping = order.shipping_paid.minor if order.shipping_paid else 0
    await case.says("log_contact", OWNER, **{**TALK, "reached": False})
    case.names["too much"] = str(sum(line.price.minor for line in order.lines) + shipping + 1)


async def waiting(case: Case) -> None:
    """A plan above its owner's authority waits, edited once."""
    await case.owned()
    await case.proposed(credit(DEAR), name="first")
    await case.proposed(credit(DEAR + 1))


async def waiting_for_another(case: Case) -> None:
    """A supervisor owns it, and has proposed more than an owner may."""
    await (await case.owned("sup-02")).proposed(credit(DEAR), by="owner:sup-02")


async def expecting(case: Case) -> None:
    """Its customer expects an exchange and was promised a call; a supervisor has asked for an exception."""
    await case.owned()
    await case.says("wish_remedy", CUSTOMER, wish="새것으로 교환해 주세요")
    await case.says("make_promise", OWNER, what="전화드리겠습니다", word="내일")
    await case.says(
        "request_exception", "supervisor:sup-02", rule="offers", reason="세 번 모두 저희 잘못입니다"
    )


async def posted(case: Case) -> None:
    """It began as a post on a board, which the firm has taken down."""
    await case.owned("sup-02")
    await case.says("report_removal", SUPERVISOR, how="removed", by_whom="firm")


async def tasked(case: Case) -> None:
    """Another department still has a task for it."""
    await (await case.owned()).proposed(APOLOGY)
    await case.says("give_task", OWNER, department="production", needed="원인을 확인해 주십시오")


async def quoted(case: Case) -> None:
    """A fee of half the price was proposed, and a supervisor has refused it."""
    await case.owned()
    await case.says("triage", AGENT, voc_type="complaint", cause="other")
    order = (await case.view()).order
    assert order is not None
    case.names["fee"] = str(sum(line.price.minor for line in order.lines) // 2)
    await case.proposed(charged(int(case.names["fee"])))
    await case.says("reject_remedy", SUPERVISOR, proposal=case.names["proposal"], reason="너무 비쌉니다")


def charged(fee: int | str) -> dict[str, Any]:
    """Return a plan for which the customer pays an inspection."""
    amount = {"minor": fee, "currency": "KRW"}
    return {
        **APOLOGY,
        "fee_payer": "customer",
        "fees": [{"what": "inspection", "amount": amount, "reason": "검사비"}],
    }


async def declined(case: Case) -> None:
    """Its customer has declined the offer, and names a further harm."""
    await (await case.owned()).proposed(credit(10_000))
    await case.says("decline_remedy", CUSTOMER, proposal=case.names["proposal"], reason="너무 적습니다")
    await case.says("claim_harm", CUSTOMER, line={"id": "time", "harm": "time"})


async def asked(case: Case) -> None:
    """Everything is put right, and its customer has asked for a supervisor and talked to one of two."""
    await (await case.owned()).proposed(APOLOGY)
    await case.says("request_supervisor", CUSTOMER)
    await case.says("log_contact", "supervisor:sup-02", **TALK)


async def told(case: Case) -> None:
    """Its customer has the result; the happy call comes next."""
    await (await case.owned()).proposed(APOLOGY)
    await case.says(
        "register_result", OWNER, outcome="upheld", cause="defect", summary="컵이 깨진 것을 확인했습니다"
    )


STAGES: tuple[Callable[[Case], Awaitable[None]], ...] = (
    raised,
    suggestion,
    inquiry,
    offered,
    waiting,
    waiting_for_another,
    expecting,
    posted,
    tasked,
    quoted,
    declined,
    asked,
    told,
)


async def one_of_each(redress: Redress, policy: Policy) -> dict[str, Case]:
    """Return a case of each stage, all of them at rest."""

    async def opened(lead: Callable[[Case], Awaitable[None]]) -> Case:
        contact = {"customer_id": CUSTOMER.partition(":")[2], "phone": "010-1234-5678"}
        source = "board" if lead is posted else "web"
        order = f"stage-{lead.__name__}"
        said = Opening.model_validate_json(opening(source=source, order_id=order, contact=contact))
        case = Case(redress, (await redress.open(said, policy)).number)
        await case.view()
        return case

    async def led(lead: Callable[[Case], Awaitable[None]], case: Case) -> None:
        await lead(case)
        await case.view()

    # They are of one customer, and what was promised in one of them a later one would have to know.
    cases = await asyncio.gather(*map(opened, STAGES))
    await asyncio.gather(*map(led, STAGES, cases))
    return {lead.__name__: case for lead, case in zip(STAGES, cases, strict=True)}
