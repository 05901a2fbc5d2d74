import asyncio
import json
from pathlib import Path

import pytest

from client import Redress
from domain.improvement_events import TABLE as OF_REQUESTS
from domain.permission import TABLE
from tests.cli.driving import Answer, Command, opening, settled

PLAN = {"decisions": [{"harm_line": "price", "remedy": "apology", "ground": "goodwill"}]}


@pytest.fixture
async def number(redress: Redress, redress_command: Command) -> str:
    opened = await asyncio.to_thread(redress_command, "open", "-", "--json", given=opening())
    found: str = opened.json["number"]
    await settled(redress, found)
    return found


async def test_a_case_is_led_by_commands_and_shown_with_its_reasons(
    redress: Redress, redress_command: Command, number: str
) -> None:
    def ask(*arguments: object) -> Answer:
        return redress_command(*arguments)

    def lead() -> None:
        harm = {"voc_type": "complaint", "cause": "defect", "harm_lines": [{"id": "price", "harm": "price"}]}
        taken = ask("submit", number, "triage", "--by", "agent:agent-01", "--data", json.dumps(harm))
        assert taken.code == 0, taken.err
        assert "department_assigned" in taken.out
        typed = number.lower().replace("-", " ").replace("0", "o")
        accepted = ask("submit", typed, "accept_case", "--by", "agent:agent-01", "--id", "one", "--json")
        again = ask("submit", number, "accept_case", "--by", "agent:agent-01", "--id", "one", "--json")
        assert accepted.code == 0, accepted.err
        assert again.json == accepted.json
        assert accepted.json["command_id"] == "one"
        words = ask(
            "submit", number, "add_to_case", "--by", "customer:cust-1", "--data", '{"text": "x"}', "--signal"
        )
        assert words.code == 0
        raised = ask("escalate", number, "--reason", "too slow", "--by", "supervisor:sup-01", "--json")
        assert raised.json["events"] == ["case_escalated"]

    await asyncio.to_thread(lead)
    await settled(redress, number)
    seen = await asyncio.to_thread(ask, "show", number, "--json")
    assert seen.json["source"] == "workflow"
    assert [event["kind"] for event in seen.json["events"]].count("added_to_case") == 1
    [resolve] = [due for due in seen.json["dues"] if due["name"].startswith("targets/resolve")]
    assert "working time" in resolve["why"]
    people = await asyncio.to_thread(ask, "show", number)
    assert "Falls due" in people.out
    owner = seen.json["view"]["row"]["owner"]
    listed = await asyncio.to_thread(ask, "list", "--owner", owner, "--json")
    assert number in [each["case_id"] for each in listed.json]
    rate = (await asyncio.to_thread(ask, "triage", "rate", "--json")).json
    assert rate["classified"] >= 1
    assert 0 <= rate["wrong_routing_rate"] <= 1
    risky = await asyncio.to_thread(ask, "list", "--at-risk", "--within", "0", "--json")
    assert number not in [each["case_id"] for each in risky.json]


REFUSED = {
    "unknown command": (("fly",), "there is no command fly"),
    "unknown role": (("accept_case", "--by", "king:k"), "by.role"),
    "no role": (("accept_case", "--by", "agent"), "ROLE:ID"),
    "an address as id": (("accept_case", "--by", "agent:a@b.c"), "by.id"),
    "wrong role": (("approve_remedy", "--by", "customer:c", "--data", '{"proposal": "x"}'), "may not"),
    "not in the directory": (("accept_case", "--by", "agent:nobody"), "nobody"),
    "unknown field": (("accept_case", "--data", '{"colour": 1}'), "colour"),
    "missing field": (("escalate_case", "--by", "supervisor:sup-01"), "reason"),
    "by twice": (("accept_case", "--data", '{"by": "agent:agent-02"}'), "by: is given by its own option"),
    "stamped": (("accept_case", "--data", '{"at": "2026-01-01T00:00:00Z"}'), "at: is stamped"),
    "bad json": (("accept_case", "--data", "{"), "not JSON"),
    "missing file": (("accept_case", "--data", "@/nowhere/x"), "No such file"),
    "naive time": (("accept_case", "--occurred-at", "2026-01-01T00:00:00"), "occurred_at"),
    "no time": (("accept_case", "--occurred-at", "yesterday"), "occurred_at"),
    "future": (("accept_case", "--occurred-at", "2999-01-01T00:00:00Z"), "occurred_at"),
    "long text": (("add_to_case", "--by", "agent:agent-01", "--data", "@long"), "text: has 90000 bytes"),
    "negative amount": (
        (
            "claim_harm",
            "--data",
            '{"line": {"id": "a", "harm": "price", "amount": {"minor": -1, "currency": "KRW"}}}',
        ),
        "line.amount.minor",
    ),
}


@pytest.mark.parametrize(("arguments", "named"), REFUSED.values(), ids=REFUSED)
def test_a_refused_command_names_the_field_and_leaves_nothing(
    redress_command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    named: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("long").write_text(json.dumps({"text": "컵" * 30_000}), encoding="utf-8")
    who = () if "--by" in arguments else ("--by", "agent:agent-01")
    number = redress_command("open", "-", "--json", given=opening(source_key="refusals")).json["number"]
    refused = redress_command("submit", number, *arguments, *who)
    assert refused.code == 1, refused.out
    assert named in refused.err
    assert len(refused.err.splitlines()) == 1


@pytest.mark.parametrize("command", [("show",), ("history",), ("replay",), ("revive",)])
def test_unknown_cases_and_slips_of_the_pen_are_refused(
    redress_command: Command, command: tuple[str, ...]
) -> None:
    unknown, slip = redress_command(*command, "0000-0000-0000-0"), redress_command(*command, "1234")
    assert unknown.code == slip.code == 1
    assert "0000-0000-0000-0" in unknown.err
    assert "no case number" in slip.err


def test_usage_errors_are_exit_code_2(redress_command: Command) -> None:
    assert redress_command("submit").code == 2
    assert redress_command("list", "--limit", "0").code == 2
    assert redress_command("nonsense").code == 2


def test_every_command_is_listed_with_its_fields_and_roles(nowhere: Command) -> None:
    listed = nowhere("commands", "--json").json
    assert {each["command"]: tuple(each["roles"]) for each in listed} == {
        name: tuple(permit.roles) for name, permit in TABLE.items()
    } | {name: roles for name, (roles, _) in OF_REQUESTS.items()}
    [escalate] = [each for each in listed if each["command"] == "escalate_case"]
    assert escalate["fields"] == [{"name": "reason", "type": "text", "required": True}]
    assert all(name in nowhere("commands").out for name in TABLE)
    assert "minor: whole number" in nowhere("commands", "propose_remedy").out.replace("\n", " ")
    assert nowhere("commands", "fly").code == 1
    assert "escalate_case" in nowhere("submit", "--help").out
