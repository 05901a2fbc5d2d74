"""What may not be, named act by act from the requirements (R) and domain.md, and refused on the command line.

Each is tried on a running case at the stage where it would tempt somebody. It ends with exit code 1, the
typed code, and words that say why and what to do instead. The case stays as it was; where the attempt itself
matters (money, authority, the right to a supervisor) it is in the history.
"""

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from client import Redress
from policies.reading import load
from stack.embedded import Stack
from tests.cli.driving import Command, settled
from tests.cli.own_amounts import own_amounts
from tests.cli.stages import AGENT, OWNER, SUPERVISOR, TALK, Case, charged, credit, one_of_each

SUMMARY = {"cause": "defect", "summary": "확인했습니다"}


@dataclass(frozen=True)
class Act:
    """Something that somebody tries on the case of one stage.

    Attributes:
        source: the requirement, or the section of domain.md, that forbids it.
        says: words of the refusal.
        recorded: whether the attempt itself is an event.
    """

    source: str
    stage: str
    by: str
    command: str
    code: str
    says: str
    fields: dict[str, Any] = field(default_factory=dict)
    recorded: bool = False


def approving(source: str, stage: str, by: str, code: str, says: str, *, proposal: str = "<proposal>") -> Act:
    """Return the approval of a proposal by somebody who may not."""
    return Act(source, stage, by, "approve_remedy", code, says, {"proposal": proposal}, recorded=True)


def planned(source: str, code: str, says: str, *, stage: str = "offered", **plan: Any) -> Act:
    """Return a plan that may not be proposed."""
    fields = {"plan": {**credit(5_000), **plan}, "contact": 1}
    return Act(source, stage, OWNER, "propose_remedy", code, says, fields, recorded=True)


def deciding(remedy: str, **more: Any) -> list[dict[str, Any]]:
    return [{"harm_line": "price", "remedy": remedy, "ground": "defect", **more}]


MONEY_AND_AUTHORITY = {
    "an owner approves the own proposal": approving(
        "R100", "waiting", OWNER, "not-your-role", "these may: supervisor, department_head"
    ),
    "an agent approves as the supervisor that they are not": approving(
        "R86", "waiting", "supervisor:agent-01", "not-in-directory", "does not give agent-01 the role"
    ),
    "a supervisor approves what they proposed under their other role": approving(
        "R100", "waiting_for_another", "supervisor:sup-02", "self-approval", "nobody approves their own"
    ),
    "a plan is approved that was edited since": approving(
        "R100", "waiting", SUPERVISOR, "void", "look at the present one", proposal="<first>"
    ),
    "a department head approves whom nobody knows": approving(
        "R86",
        "waiting",
        "department_head:head-of-nothing",
        "not-in-directory",
        "does not give head-of-nothing",
    ),
    "more is refunded than was paid": planned(
        "R115",
        "over-refund",
        "refund at most the rest",
        decisions=deciding("refund", amount={"minor": "<too much>", "currency": "KRW"}),
    ),
    "fees for a defect are put on the customer": planned(
        "R14", "fee-payer", "every fee is the firm's", fee_payer="customer"
    ),
    "a fee is quoted again that a supervisor refused": planned(
        "R12", "fee-capped", "was refused in this case", stage="quoted", **charged("<fee>")
    ),
    "a claim is refused as expired while the warranty runs": planned(
        "R11",
        "warranty",
        "it has not expired",
        decisions=deciding("refusal", clause="own-warranty-expired", reason="보증기간이 지났습니다"),
    ),
    "a harm is refused without its clause": planned(
        "R19",
        "clause",
        "a refusal names its clause and a reason",
        decisions=[{"harm_line": "price", "remedy": "refusal", "reason": "안 됩니다"}],
    ),
    "a plan passes over the harm that was stated": planned(
        "R10",
        "harm-lines",
        "decide each harm line once: price",
        decisions=[{"harm_line": "time", "remedy": "apology", "ground": "goodwill"}],
    ),
    "a defect is swapped without a word of apology": planned(
        "R5", "gesture", "add an apology", decisions=deciding("exchange"), gestures=[]
    ),
    "a plan passes over a promise that is open": planned(
        "R24", "profile", "say in the plan what becomes of it", stage="expecting"
    ),
    "a plan passes over what the customer expects": Act(
        "R109",
        "expecting",
        OWNER,
        "propose_remedy",
        "expectation",
        "propose it, or say why it is something else",
        {"plan": credit(5_000), "contact": 1, "acknowledges": ["promise:1"]},
        recorded=True,
    ),
    "a supervisor approves their own exception": Act(
        "R73",
        "expecting",
        "supervisor:sup-02",
        "approve_exception",
        "self-approval",
        "nobody approves their own exception",
        {"number": 1},
        recorded=True,
    ),
    "a customer takes another customer's offer": Act(
        "R86",
        "offered",
        "customer:somebody-else",
        "accept_remedy",
        "not-your-case",
        "another customer's case",
        {"proposal": "<proposal>"},
        recorded=True,
    ),
    "an agent says yes for the customer": Act(
        "R72",
        "offered",
        AGENT,
        "accept_remedy",
        "contact",
        "with the contact that proves it",
        {"proposal": "<proposal>"},
        recorded=True,
    ),
    "an agent says yes by a call that reached nobody": Act(
        "R72",
        "offered",
        AGENT,
        "accept_remedy",
        "contact",
        "with the contact that proves it",
        {"proposal": "<proposal>", "contact": 2},
        recorded=True,
    ),
}

ENDINGS = {
    "staff withdraw a complaint": Act(
        "domain.md 12",
        "offered",
        OWNER,
        "withdraw_case",
        "not-your-role",
        "these may: customer",
        {"reason": "취하"},
    ),
    "staff note a withdrawal that nobody heard": Act(
        "domain.md 12",
        "offered",
        OWNER,
        "note_withdrawal",
        "contact",
        "log the contact in which the customer said so",
        {"contact": 9, "reason": "취하"},
        recorded=True,
    ),
    "a harm is classed away": Act(
        "R10",
        "offered",
        OWNER,
        "triage",
        "harm-lines",
        "was stated and stays",
        {"voc_type": "complaint", "harm_lines": [{"id": "other", "harm": "trouble"}]},
    ),
    "staff take a harm back that the customer never took back": Act(
        "R10",
        "offered",
        OWNER,
        "withdraw_harm",
        "harm-lines",
        "the only harm",
        {"line": "price", "contact": 1},
        recorded=True,
    ),
    "a complaint is classed down to an inquiry": Act(
        "R117",
        "offered",
        OWNER,
        "triage",
        "downgrade",
        "only its customer can withdraw it",
        {"voc_type": "inquiry"},
    ),
    "a complaint is answered away": Act(
        "R36", "offered", OWNER, "answer_case", "short-way", "only inquiries", {"text": "확인했습니다"}
    ),
    "a result is registered over an undecided harm": Act(
        "R10",
        "offered",
        OWNER,
        "register_result",
        "undecided",
        "harm lines are undecided",
        {"outcome": "upheld", **SUMMARY},
    ),
    "a final position gives no reasons": Act(
        "R19",
        "declined",
        SUPERVISOR,
        "register_result",
        "undecided",
        "propose a remedy, or give its clause",
        {"outcome": "not_upheld", "final": True, **SUMMARY},
    ),
    "a final position is stated before the customer was asked": Act(
        "R117",
        "told",
        SUPERVISOR,
        "state_final_position",
        "round",
        "the bounded rounds are not used up",
        {"outcome": "not_upheld", **SUMMARY},
    ),
    "a suggestion is closed without saying what becomes of it": Act(
        "R13",
        "suggestion",
        OWNER,
        "answer_case",
        "outcome",
        "adopted, held or declined",
        {"text": "감사합니다"},
    ),
    "a prepared answer goes out with nothing of this customer in it": Act(
        "R90",
        "suggestion",
        OWNER,
        "answer_case",
        "empty-slot",
        "say how it is with this customer",
        {"prepared": "where-is-my-order", "situation": {"order": "A-1"}, "outcome": "held"},
    ),
    "a letter goes out with nothing in it": Act(
        "R20",
        "suggestion",
        OWNER,
        "answer_case",
        "empty-slot",
        "would leave answer empty: give it with the command",
        {"text": " ", "outcome": "held"},
    ),
    "a result is registered over a task that its department still has": Act(
        "R8",
        "tasked",
        OWNER,
        "register_result",
        "open-task",
        "wait for them or cancel_task with a reason",
        {"outcome": "upheld", **SUMMARY},
    ),
    "a case is closed by hand": Act("R117", "told", SUPERVISOR, "close_case", "unknown-command", "lists all"),
}

RIGHT_TO_A_SUPERVISOR = {
    "an agent registers the result while the customer waits for a supervisor": Act(
        "R23",
        "asked",
        OWNER,
        "register_result",
        "supervisor-waits",
        "only one registers a result or answers now",
        {"outcome": "upheld", **SUMMARY},
    ),
    "an agent answers the case away while the customer waits for a supervisor": Act(
        "R23",
        "inquiry",
        OWNER,
        "answer_case",
        "supervisor-waits",
        "only one registers a result or answers now",
        {"text": "넣으셔도 됩니다"},
    ),
    "an agent records the supervisor's meeting": Act(
        "domain.md 12",
        "asked",
        AGENT,
        "record_meeting",
        "not-your-role",
        "these may: supervisor",
        {"contact": 2},
        recorded=True,
    ),
    "a supervisor records a meeting that another held": Act(
        "domain.md 12",
        "asked",
        SUPERVISOR,
        "record_meeting",
        "contact",
        "recorded by who held it",
        {"contact": 2},
        recorded=True,
    ),
    "an agent drops the customer's request": Act(
        "R23",
        "asked",
        OWNER,
        "withdraw_request",
        "not-your-role",
        "these may: customer",
        recorded=True,
    ),
}

WORDS = {
    "jargon is told to a customer": Act(
        "R21",
        "offered",
        OWNER,
        "log_contact",
        "jargon",
        "say `주문을 취소하고 돌려보내시는 것`",
        {**TALK, "next_step": "청약철회를 도와드리겠습니다"},
    ),
    "a customer is blamed in words": Act(
        "R21",
        "offered",
        OWNER,
        "make_promise",
        "blame",
        "leave it out, or record_evidence first",
        {"what": "고객님의 과실이지만 살펴보겠습니다", "word": "내일"},
    ),
    "the cause is put on the customer without evidence": Act(
        "R21",
        "offered",
        OWNER,
        "triage",
        "blame",
        "record_evidence first",
        {"voc_type": "complaint", "cause": "customer_error"},
    ),
    "an angry customer is answered in kind": Act(
        "R22",
        "offered",
        OWNER,
        "log_contact",
        "harsh",
        "say it civilly",
        {**TALK, "next_step": "억지 부리지 마십시오"},
    ),
    "a promise is kept on the bare word of who made it": Act(
        "R94", "raised", AGENT, "keep_promise", "proof", "log the contact", {"number": 1, "proof": "전화함"}
    ),
    "a promise is moved after it was due": Act(
        "R105",
        "raised",
        AGENT,
        "move_promise",
        "broken",
        "make a new one",
        {"number": 2, "due": "2036-01-04T00:00:00Z", "told": "전화로"},
    ),
    "a second promise contradicts the first": Act(
        "R71",
        "expecting",
        OWNER,
        "make_promise",
        "contradicts",
        "keep it, move it, or name it (supersedes)",
        {"what": "다음 주에 연락드리겠습니다", "due": "2036-01-04T00:00:00Z"},
    ),
    "targets stand still for a wait inside the firm": Act(
        "domain.md 11",
        "offered",
        OWNER,
        "pause_targets",
        "pause",
        "use one of waiting_customer",
        {"reason": "waiting_for_production"},
    ),
}

HAPPY_CALL = {
    "a happy call is reported that the call centre does not know": Act(
        "domain.md 5",
        "told",
        "happy_caller:caller-01",
        "report_call",
        "no-reference",
        "only with the call centre's reference",
    ),
    "who resolved the case is made its caller": Act(
        "R46", "told", SUPERVISOR, "assign_caller", "took-part", "somebody else must call", {"to": "agent-01"}
    ),
    "who resolved the case reports the happy call": Act(
        "R46",
        "told",
        "happy_caller:agent-01",
        "report_call",
        "not-in-directory",
        "does not give agent-01 the role happy_caller",
        {"reference": "call-1"},
    ),
}

DEPARTMENTS_AND_OWNERS = {
    "a task is reported done by another department": Act(
        "R8",
        "tasked",
        AGENT,
        "finish_task",
        "not-your-department",
        "is the department production's",
        {"number": 1, "result": "확인했습니다"},
    ),
    "a case is taken from its owner": Act(
        "R17", "offered", "agent:agent-02", "accept_case", "owned", "ask for a transfer"
    ),
    "a case is handed over without a word": Act(
        "R17",
        "offered",
        OWNER,
        "transfer_case",
        "summary",
        "say what the next owner must know",
        {"to": "agent-02", "summary": " "},
    ),
}

ROLES_AND_RECORDS = {
    "a customer writes into another customer's case": Act(
        "R86",
        "raised",
        "customer:somebody-else",
        "add_to_case",
        "not-your-case",
        "another customer's",
        {"text": "저도요"},
    ),
    "an auditor changes something": Act(
        "R86",
        "raised",
        "auditor:auditor-01",
        "triage",
        "not-your-role",
        "these may: system, agent",
        {"voc_type": "complaint"},
    ),
    "an agent puts another policy over a case": Act(
        "R73",
        "raised",
        AGENT,
        "adopt_policy",
        "not-your-role",
        "these may: department_head",
        {"policy": "<policy>", "reason": "우리 매장은 다릅니다"},
    ),
    "a post is hidden on the word of one person": Act(
        "R16",
        "posted",
        SUPERVISOR,
        "explain_removal",
        "second-person",
        "somebody else than the owner",
        {"reason": "보기 좋지 않아서", "legal_ground": "약관", "approved_by": "sup-01"},
    ),
    "words are erased on the word of one person": Act(
        "R16",
        "posted",
        SUPERVISOR,
        "redact",
        "second-person",
        "somebody else than the owner",
        {"seq": 2, "reason": "보기 좋지 않아서", "ground": "unlawful_content", "approved_by": "sup-01"},
        recorded=True,
    ),
    "a contact is edited": Act(
        "R72",
        "offered",
        OWNER,
        "edit_contact",
        "unknown-command",
        "lists all",
        {"number": 1, "apology": True},
    ),
    "an event is deleted": Act(
        "R16", "offered", "system:redress", "delete_event", "unknown-command", "lists all", {"seq": 1}
    ),
    "a fact is sent as if it were a command": Act(
        "domain.md 12",
        "offered",
        "system:redress",
        "effect_succeeded",
        "unknown-command",
        "lists all",
        {"key": "refund:1"},
    ),
}

ACTS = MONEY_AND_AUTHORITY | ENDINGS | RIGHT_TO_A_SUPERVISOR | WORDS | HAPPY_CALL
ACTS |= DEPARTMENTS_AND_OWNERS | ROLES_AND_RECORDS


@pytest.fixture(scope="module")
async def cases(redress: Redress, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    policy = load(str(own_amounts(tmp_path_factory.mktemp("policy"))))
    found = await one_of_each(redress, policy)
    found["raised"].names["policy"] = policy.model_dump_json()
    return found


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_it_is_refused(
    act: Act, cases: dict[str, Case], redress: Redress, redress_command: Command, tmp_path: Path
) -> None:
    case = cases[act.stage]
    before = await redress.view(case.number)
    data = tmp_path / "fields.json"
    data.write_text(filled(act.fields, case.names), encoding="utf-8")
    by, fields = ("--by", act.by), ("--data", f"@{data}")
    answer = await asyncio.to_thread(
        redress_command, "submit", case.number, act.command, *by, *fields, "--json"
    )
    assert answer.code == 1, answer.out
    refusal = json.loads(answer.err)
    assert (refusal["code"], act.says in refusal["error"]) == (act.code, True), refusal
    after = await redress.view(case.number)
    assert after.row.version - before.row.version == act.recorded
    if act.recorded:
        tried = (await history(redress, redress_command, case.number))[-1]
        assert (tried["kind"], tried["by"]) == ("attempt_refused", act.by)
        assert (tried["fields"]["command"], tried["fields"]["code"]) == (act.command, act.code)


def filled(fields: dict[str, Any], names: dict[str, str]) -> str:
    """Return the fields as JSON, with what they name of the case put in."""
    text = json.dumps(fields, ensure_ascii=False)
    for name, value in names.items():
        bare = value.startswith("{") or value.isdigit()
        text = text.replace(f'"<{name}>"', value if bare else json.dumps(value))
    return text


async def history(redress: Redress, redress_command: Command, number: str) -> list[dict[str, Any]]:
    """Return the events of the case as the ledger has them."""
    await settled(redress, number)
    shown = await asyncio.to_thread(redress_command, "show", number, "--json")
    events: list[dict[str, Any]] = shown.json["events"]
    return events


@pytest.mark.parametrize("change", ["UPDATE events SET kind = kind", "DELETE FROM events"])
async def test_who_runs_the_cases_may_not_change_what_happened(stack: Stack, change: str) -> None:
    """The record of R16 and R72: not even with the database at hand."""
    connection = await asyncpg.connect(stack.addresses.database)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(change)
    finally:
        await connection.close()


def test_the_acts_come_from_named_sources() -> None:
    assert len(ACTS) >= 20
    assert all(act.source.startswith(("R", "domain.md ")) for act in ACTS.values())
