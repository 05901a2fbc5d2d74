"""Improvement requests and signals as a person drives them, from the command line."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from cli.checks.deadlines import request_breaches
from cli.checks.evidence import ledger_of, requests_of
from cli.checks.presence import lesson_breaches
from cli.signals import Foresight, foresight, read_signals
from cli.verifying import verify
from client import NotFound, Redress
from domain.ending import AnswerCase
from domain.improvement_events import ImprovementReminded
from domain.refusal import Refused
from ledger.pool import open_pool
from ledger.store import EventStore
from stack.embedded import Stack
from tests.cli.driving import Answer, Command, opening, settled
from tests.cli.forging import ledger as made_of
from tests.domain.lives import FINAL, INQUIRY, MONDAY, NOTICE, OWNER, PUT_RIGHT, given, ok, register, say
from tests.domain.lives import opening as opened


def test_false_openings_are_counted_by_what_opened_them() -> None:
    def early(rest: tuple[object, ...], rule: str = "late-delivery") -> tuple[object, ...]:
        return given(opened(proactive=True, issue=rule), *rest[1:]).events  # type: ignore[arg-type]

    answer = say(AnswerCase, OWNER, text="all is well")
    histories = [
        early((*PUT_RIGHT, register())),
        early(FINAL),
        early((*INQUIRY, answer, ok("answer", NOTICE)), "low-survey"),
        early(PUT_RIGHT, "low-survey"),
        given(*PUT_RIGHT, register()).events,
    ]
    assert foresight(histories) == (  # type: ignore[arg-type]
        Foresight("late-delivery", opened=2, right=1, wrong=1),
        Foresight("low-survey", opened=2, right=0, wrong=1),
    )
    assert [each.false_rate for each in foresight(histories)] == [0.5, 1.0]  # type: ignore[arg-type]


def test_a_signal_that_cannot_be_read_is_named_by_line_and_field(tmp_path: Path) -> None:
    file = tmp_path / "signals.jsonl"
    file.write_text('{"id":"1","kind":"survey","at":"2026-11-23T12:00:00Z","customer_id":"c","score":9}\n')
    with pytest.raises(Refused, match="line 1: score"):
        read_signals(str(file))


async def test_signals_open_cases_by_rule_and_the_same_signals_no_second_one(
    redress: Redress, redress_command: Command
) -> None:
    lines = "\n".join(
        json.dumps(
            {
                "id": f"s{n}",
                "kind": "contact",
                "customer_id": "c-sig",
                "order_id": "o-1",
                "at": f"2026-11-{n:02}T09:00:00Z",
            }
        )
        for n in (2, 3, 4)
    )
    dry = await asyncio.to_thread(redress_command, "signal", "-", "--dry-run", "--json", given=lines)
    assert [each["rule"] for each in dry.json] == ["repeated-contact"]
    first = await asyncio.to_thread(redress_command, "signal", "-", "--json", given=lines)
    again = await asyncio.to_thread(redress_command, "signal", "-", "--json", given=lines)
    assert [each["existing"] for each in (*first.json, *again.json)] == [False, True]
    assert first.json[0]["number"] == again.json[0]["number"]
    await settled(redress, first.json[0]["number"])
    shown = await asyncio.to_thread(redress_command, "show", first.json[0]["number"], "--json")
    assert shown.json["view"]["proactive"]
    counted = await asyncio.to_thread(redress_command, "proactive", "--json")
    assert [each["opened"] for each in counted.json if each["rule"] == "repeated-contact"] == [1]


async def test_an_improvement_is_asked_for_taken_on_done_and_proved(
    redress: Redress, stack: Stack, redress_command: Command
) -> None:
    def say_it(number: str, command: str, by: str, **fields: object) -> Answer:
        return redress_command(
            "submit", number, command, "--by", by, "--data", json.dumps(fields, ensure_ascii=False), "--json"
        )

    opened_ = await asyncio.to_thread(
        redress_command, "open", "-", "--json", given=opening(text="뚜껑을 제안해요")
    )
    number = opened_.json["number"]
    await settled(redress, number)
    for command, by, fields in (
        ("triage", "agent:agent-11", {"voc_type": "suggestion", "product": "cup"}),
        ("accept_case", "agent:agent-11", {}),
        ("answer_case", "owner:agent-11", {"text": "채택합니다.", "outcome": "adopted", "feature": "lid"}),
    ):
        answered = await asyncio.to_thread(say_it, number, command, by, **fields)
        assert answered.code == 0, answered.err
    id_ = await _raised(redress, stack)
    listed = await asyncio.to_thread(redress_command, "improvements", "--department", "r_and_d", "--json")
    assert [(each["improvement_id"], each["cause"], each["cases"]) for each in listed.json] == [
        (id_, "lid", 1)
    ]
    assert (await asyncio.to_thread(redress_command, "improvements", "--product", "pot", "--json")).json == []
    month = listed.json[0]["first_failed_at"][:7]
    of_month = await asyncio.to_thread(redress_command, "improvements", "--month", month, "--json")
    assert id_ in [each["improvement_id"] for each in of_month.json]
    assert (
        await asyncio.to_thread(redress_command, "improvements", "--month", "1999-01", "--json")
    ).json == []
    wrong = await asyncio.to_thread(say_it, id_, "accept_improvement", "agent:agent-01")
    assert (wrong.code, "not-in-directory" in wrong.err) == (1, True)
    for command, fields in (("accept_improvement", {}), ("finish_improvement", {"changed": "a lid"})):
        answered = await asyncio.to_thread(say_it, id_.lower(), command, "agent:agent-11", **fields)
        assert answered.code == 0, answered.err
    shown = await asyncio.to_thread(redress_command, "improvement", id_, "--json")
    assert (shown.json["view"]["row"]["state"], shown.json["view"]["cases"][0]["case_id"]) == ("done", number)
    assert "done" in (await asyncio.to_thread(redress_command, "improvement", id_)).out
    async with await open_pool(stack.addresses.database) as pool:
        await written(redress, id_)
        report = await verify(redress, pool, sandbox_url=stack.addresses.sandbox)
        assert report.breaches == ()
        store = EventStore(pool)
        before = await store.improvement(id_)
        rebuilt = await asyncio.to_thread(redress_command, "rebuild", "--json")
        assert rebuilt.code == 0, rebuilt.err
        assert await store.improvement(id_) == before is not None
        ledger, requests = await ledger_of(store), await requests_of(store)
        entries = requests[id_]
        lost = {id_: tuple(each for each in entries if each.kind != "like_case_reported")}
        (breach,) = lesson_breaches(ledger, lost)
        assert (breach.case_id, "does not know it" in breach.what) == (number, True)
        early = ImprovementReminded(owner="sup-05", at=MONDAY, due=MONDAY + timedelta(days=1))
        assert "it was due at" in request_breaches(made_of(early))[0].what


async def _raised(redress: Redress, stack: Stack) -> str:
    """Wait for the one request about the lid, and return its id; other tests raise others."""
    async with asyncio.timeout(20), await open_pool(stack.addresses.database) as pool:
        store = EventStore(pool)
        while True:
            for row in await store.improvements(states=["raised"]):
                if (
                    row.cause == "lid"
                    and (await redress.improvement(row.improvement_id)).row.state == "raised"
                ):
                    return row.improvement_id
            await asyncio.sleep(0.05)


async def written(redress: Redress, id_: str) -> None:
    """Wait until a request has told everybody and written everything."""
    async with asyncio.timeout(20):
        while True:
            try:
                view = await redress.improvement(id_)
            except NotFound:
                continue
            if not (view.waiting or view.unwritten):
                return
            await asyncio.sleep(0.05)
