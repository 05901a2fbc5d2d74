"""Traps of messages: forged, unreadable, oversized, repeated, refused, and many at once."""

import asyncio
import hashlib
from typing import Any

import pytest
from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

import client
from client import NotFound, OutcomeUnknown, Redress
from domain.assignment import AcceptCase
from domain.intake import AddToCase
from domain.message import EffectRefused, EffectSucceeded, LetTimePass
from domain.message import OutcomeUnknown as Unknown
from domain.refusal import Refused
from domain.remedy import ApproveRemedy
from tests.workflows.environment import Environment, quietly
from tests.workflows.life import Life, actor, eventually, open_case
from tests.workflows.lives import AGENT, expect_refusal, recover_until_proposed, refund, withdraw

NOON = "2026-03-02T12:00:00+09:00"
PAID = {"kind": "refund_paid", "reference": "rf-forged", "amount": {"minor": 9, "currency": "KRW"}}
FORGED: dict[str, dict[str, Any]] = {
    LetTimePass.model_fields["kind"].default: {"at": "2099-01-01T00:00:00Z"},
    EffectSucceeded.model_fields["kind"].default: {"at": NOON, "key": "payout:1.1", "result": PAID},
    EffectRefused.model_fields["kind"].default: {"at": NOON, "key": "acknowledgement:1", "reason": "no"},
    Unknown.model_fields["kind"].default: {"at": NOON, "key": "acknowledgement:1"},
    "open": {"at": NOON, "opening": {"source": "web"}, "source_key": "k", "key_digest": "d"},
    "case_ended": {"at": NOON, "end": "recovered"},
}


def raw(data: bytes, encoding: bytes = b"json/plain") -> RawValue:
    """Return a payload as any program might send it."""
    return RawValue(Payload(metadata={"encoding": encoding}, data=data))


async def update(life: Life, name: str, *arguments: Any) -> Any:
    """Send an update past our own client."""
    return await life.handle.execute_update(name, args=arguments)


@pytest.mark.parametrize("kind", FORGED)
async def test_a_forged_fact_is_refused_as_an_update_and_leaves_no_trace(env: Environment, kind: str) -> None:
    life = await open_case(env)
    before = await life.until(lambda view: not view.waiting and not view.unwritten)
    length = len(await life.history())
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await update(life, kind, {"kind": kind, **FORGED[kind]})
    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.details[0] == "unknown-command"
    assert len(await life.history()) == length
    assert await life.view() == before
    await withdraw(life)


@pytest.mark.parametrize("kind", FORGED)
async def test_a_forged_fact_is_refused_as_a_signal_and_recorded(env: Environment, kind: str) -> None:
    life = await open_case(env)
    await life.signal(kind, {"kind": kind, **FORGED[kind]})
    await withdraw(life)
    assert [each["name"] for each in await life.bodies("letter_refused")] == [kind]
    assert "step_done" not in await life.kinds()
    assert (await life.kinds()).count("case_ended") == 1


@pytest.mark.parametrize("kind", FORGED)
async def test_a_forged_fact_in_the_clothes_of_a_command_is_refused(env: Environment, kind: str) -> None:
    life = await open_case(env)
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await update(life, "add_to_case", {"kind": kind, **FORGED[kind]})
    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.details[0] == "kind"
    await withdraw(life)


BIG = 1_900_000
GARBAGE: dict[str, tuple[str, tuple[RawValue, ...]]] = {
    "bad json": ("triage", (raw(b"{'voc_type': "),)),
    "bad utf-8": ("triage", (raw(b'{"id": "\xff\xfe"}'),)),
    "lone surrogate": ("add_to_case", (raw(b'{"id":"x","by":"agent:agent-01","text":"\\ud800"}'),)),
    "no argument": ("triage", ()),
    "two arguments": ("triage", (raw(b"{}"), raw(b"{}"))),
    "no object": ("triage", (raw(b"[1, 2]"),)),
    "no number": ("triage", (raw(b'{"severity": NaN}'),)),
    "deeper than any stack": ("triage", (raw(b"[" * 100_000),)),
    "another encoding": ("triage", (raw(b"\x00\x01", b"binary/plain"),)),
    "nothing at all": ("triage", (raw(b"", b"binary/null"),)),
    "1.9 MB": ("add_to_case", (raw(b'{"text":"' + b"x" * BIG + b'"}'),)),
    "strange field": ("triage", (raw(b'{"\\u0000\\n\\ud83d": 1, "' + b"f" * 900 + b'": 2}'),)),
    "unknown name": ("please_help", (raw(b"{}"),)),
    "long name": ("n" * 900, (raw(b"{}"),)),
    "strange name": ("\x01\U0001f4a9\u202e", (raw(b"{}"),)),
}


@pytest.mark.parametrize("name", GARBAGE)
async def test_a_garbage_signal_is_recorded_by_length_and_digest_and_breaks_nothing(
    env: Environment, name: str
) -> None:
    kind, arguments = GARBAGE[name]
    life = await open_case(env)
    await life.handle.signal(kind, args=arguments)
    await withdraw(life)
    data = b"".join(argument.payload.data for argument in arguments)
    (refused,) = await life.bodies("letter_refused")
    assert (refused["length"], refused["digest"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert refused["name"] == "".join(each if each.isprintable() else "?" for each in kind[:60])
    assert not (await life.counted())["WORKFLOW_TASK_FAILED"]


@pytest.mark.parametrize("name", [name for name in GARBAGE if name != "1.9 MB"])
async def test_a_garbage_update_is_refused_and_leaves_no_trace(env: Environment, name: str) -> None:
    kind, arguments = GARBAGE[name]
    life = await open_case(env)
    await life.until(lambda view: not view.waiting and not view.unwritten)
    length = len(await life.history())
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await update(life, kind, *arguments)
    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.type == "Refused"
    assert len(await life.history()) == length
    await withdraw(life)


async def test_a_command_without_a_meaning_for_money_leaves_no_trace_where_it_cannot_be_read(
    env: Environment,
) -> None:
    life = await open_case(env)
    await life.until(lambda view: not view.waiting and not view.unwritten)
    length = len(await life.history())
    fields = {"id": "x", "by": "supervisor:sup-04", "proposal": "12345678"}
    unreadable: tuple[dict[str, Any], ...] = (
        {**fields, "at": NOON},
        {**fields, "kind": "triage"},
        {"id": "x"},
    )
    for sent in unreadable:
        with pytest.raises(WorkflowUpdateFailedError):
            await update(life, "approve_remedy", sent)
    assert len(await life.history()) == length
    await withdraw(life)


async def test_what_is_too_big_is_refused_at_the_edge(env: Environment) -> None:
    with pytest.raises(ValidationError, match="text"):
        await open_case(env, text="x" * 5_000_000)
    life = await open_case(env)
    await life.until(lambda view: not view.waiting and not view.unwritten)
    length = len(await life.history())
    with pytest.raises(ValidationError, match="text"):
        AddToCase(id="x", by=actor(AGENT), text="x" * 70_000)
    fields = {"id": "x", "by": AGENT, "text": "x" * 300_000}
    with pytest.raises(Refused, match="bytes") as refused:
        await env.redress.submit_fields(life.number, "add_to_case", fields)
    assert refused.value.code == "size"
    huge = {**fields, "text": "x" * 5_000_000}
    with pytest.raises(Refused, match="bytes"):
        await env.redress.submit_fields(life.number, "add_to_case", huge)
    with pytest.raises(Refused, match="bytes"):
        await env.redress.send(life.number, "add_to_case", huge)
    with pytest.raises(RPCError):
        await life.handle.signal("add_to_case", huge)
    assert len(await life.history()) == length
    await withdraw(life)


async def test_a_command_of_many_texts_is_refused_by_its_size_past_our_client_too(env: Environment) -> None:
    life = await open_case(env)
    lines = [{"id": f"line-{number}", "harm": "trouble", "stated": "x" * 60_000} for number in range(20)]
    fields = {"id": "x", "by": AGENT, "voc_type": "complaint", "harm_lines": lines}
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await update(life, "triage", fields)
    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.details[0] == "size"
    await life.signal("triage", fields)
    await withdraw(life)
    assert [each["reason"][:11] for each in await life.bodies("letter_refused")] == ["the command"]


async def test_many_big_texts_in_one_task_do_not_end_the_case(env: Environment) -> None:
    life = await open_case(env)
    await life.until(lambda view: not view.waiting)
    text = "가" * 20_000
    async with env.without_worker():
        for number in range(12):
            fields = {"id": f"big-{number}", "by": AGENT, "text": text}
            await life.signal("add_to_case", fields)
    await life.until(lambda view: not view.unwritten)
    assert len(await life.events("added_to_case")) == 12
    await withdraw(life)


async def test_a_refused_update_leaves_no_trace_in_the_history(env: Environment) -> None:
    life = await open_case(env)
    await life.until(lambda view: not view.waiting and not view.unwritten)
    length = len(await life.history())
    refusal = await expect_refusal(life, AcceptCase, AGENT)
    assert refusal.code == "stage"
    assert len(await life.history()) == length
    await withdraw(life)


async def test_a_refused_attempt_on_money_is_recorded_and_answered(env: Environment) -> None:
    life = await open_case(env)
    await recover_until_proposed(life, refund())
    view = await life.view()
    assert view.proposal is not None
    own = await expect_refusal(life, ApproveRemedy, "supervisor:agent-07", proposal=view.proposal.hash)
    role = await expect_refusal(life, ApproveRemedy, AGENT, proposal=view.proposal.hash)
    assert (own.code, role.code) == ("not-in-directory", "not-your-role")
    attempts = await life.bodies("attempt_refused")
    assert [(each["command"], each["code"]) for each in attempts] == [
        ("approve_remedy", "not-in-directory"),
        ("approve_remedy", "not-your-role"),
    ]
    await withdraw(life)


async def test_a_refused_letter_on_money_is_recorded_once(env: Environment) -> None:
    life = await open_case(env)
    letter = {"id": "letter-1", "by": AGENT, "proposal": "12345678"}
    for _ in range(3):
        await life.signal("approve_remedy", letter)
    await withdraw(life)
    assert len(await life.events("attempt_refused")) == 1
    assert "letter_refused" not in await life.kinds()


async def test_a_command_sent_again_gets_the_same_receipt_and_is_done_once(env: Environment) -> None:
    life = await open_case(env)
    command = AddToCase(id="again", by=actor(AGENT), text="more words")
    first = await env.redress.submit(life.number, command)
    # Past the server's own memory of update ids.
    fields = command.model_dump(mode="json", exclude={"at"}, exclude_none=True)
    second = await life.handle.execute_update("add_to_case", fields, id="another", result_type=type(first))
    await life.signal("add_to_case", fields)
    assert second == first
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await update(life, "add_to_case", {**fields, "text": "other words"})
    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.details[0] == "id-used"
    assert len(await life.events("added_to_case")) == 1
    await withdraw(life)


async def test_a_command_sent_again_to_the_next_run_gets_the_same_receipt(env: Environment) -> None:
    env_of_short_runs = Redress(env.temporal, secret="short runs", carry_on_after=10)
    usual, env.redress = env.redress, env_of_short_runs
    try:
        life = await open_case(env)
        command = AddToCase(id="again", by=actor(AGENT), text="more words")
        first = await env.redress.submit(life.number, command)
        run = (await life.handle.describe()).run_id
        for _ in range(12):
            await life.command(AddToCase, AGENT, text="filling")

        async def is_another_run() -> bool:
            return (await life.handle.describe()).run_id != run

        await eventually(is_another_run)
        assert await env.redress.submit(life.number, command) == first
        texts = [each["text"] for each in await life.bodies("added_to_case")]
        assert texts.count("more words") == 1
        await withdraw(life)
    finally:
        env.redress = usual


async def test_an_answer_that_was_lost_is_asked_again_with_the_same_id(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await open_case(env)
    command = AddToCase(id="lost", by=actor(AGENT), text="more words")
    async with env.without_worker():
        monkeypatch.setattr(client, "ANSWER_WITHIN", 0.3)
        with pytest.raises(OutcomeUnknown) as unknown:
            await env.redress.submit(life.number, command)
        monkeypatch.undo()
    assert unknown.value.command_id == "lost"
    first = await env.redress.submit(life.number, command)
    assert await env.redress.submit(life.number, command) == first
    assert len(await life.events("added_to_case")) == 1
    await withdraw(life)


async def test_more_updates_than_fit_are_all_answered_once(env: Environment) -> None:
    life = await open_case(env)
    sent = [AddToCase(id=f"many-{number}", by=actor(AGENT), text=f"{number}") for number in range(40)]
    async with env.without_worker():
        waiting = [asyncio.create_task(env.redress.submit(life.number, each)) for each in sent]
        try:
            await asyncio.wait(waiting, timeout=0.5)
        except BaseException:
            await asyncio.gather(*(quietly(each) for each in waiting))
            raise
    receipts = await asyncio.gather(*waiting)
    assert sorted(receipt.command_id for receipt in receipts) == sorted(each.id for each in sent)
    assert len({receipt.version for receipt in receipts}) == 40
    assert len(await life.events("added_to_case")) == 40
    await withdraw(life)


async def test_a_closed_case_answers_not_found(env: Environment) -> None:
    life = await open_case(env)
    await withdraw(life)
    with pytest.raises(NotFound):
        await life.command(AddToCase, AGENT, text="too late")
    with pytest.raises(NotFound):
        await env.redress.send(life.number, "add_to_case", {"id": "x"})


async def test_letters_that_arrive_while_a_case_closes_do_not_wedge_it(env: Environment) -> None:
    life = await open_case(env)
    await life.until(lambda view: not view.waiting)
    letter = {"by": AGENT, "text": "on the last minute"}
    sent = (env.redress.send(life.number, "add_to_case", {"id": f"l{n}", **letter}) for n in range(10))
    _, *outcomes = await asyncio.gather(withdraw(life), *sent, return_exceptions=True)
    assert all(outcome is None or isinstance(outcome, NotFound) for outcome in outcomes)
    kinds = await life.kinds()
    assert kinds.count("case_ended") == 1
    # One failed task is what the server makes of a signal that arrives in the closing task.
    assert (await life.counted())["WORKFLOW_TASK_FAILED"] <= 10


async def test_who_asks_may_be_written_as_role_and_id(env: Environment) -> None:
    life = await open_case(env)
    fields = {"id": "t", "by": AGENT, "voc_type": "complaint", "cause": "defect"}
    receipt = await env.redress.submit_fields(life.number, "triage", fields)
    assert "department_assigned" in receipt.events
    await withdraw(life)
