import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import policies
from cli.sight import happened
from client import Redress
from domain.chain import RecordedEvent
from domain.finding import TEXTS
from domain.record import canonical
from tests.cli.driving import Answer, Command, opening, settled
from tests.domain.fair_lives import STORIES

BROKEN = STORIES["R4"].broken
AGENT = {"role": "agent", "id": "agent-01"}
HEAD = {"role": "department_head", "id": "head-production"}
TRIAGE = {"voc_type": "complaint", "cause": "defect", "severity": "normal", "product": "cup"}


def exported(story: Any = BROKEN) -> list[dict[str, Any]]:
    """Return a life's events as `redress history --json` prints them."""
    recorded = (
        RecordedEvent(
            case_id="TEST",
            seq=entry.seq,
            kind=entry.kind,
            at=entry.event.at.isoformat(),
            by=str(entry.event.by),
            body=canonical(entry.event),
            salt="s",
            digest="d",
            hash="h",
        )
        for entry in story.entries
        if entry.event is not None
    )
    told = (happened(each) for each in recorded)
    return [{"seq": e.seq, "at": e.at, "kind": e.kind, "by": e.by, "fields": e.fields} for e in told]


def file_of(folder: Path, events: object) -> Path:
    file = folder / "history.json"
    file.write_text(json.dumps({"case_id": "TEST", "events": events, "temporal": []}, indent=2))
    return file


def test_an_exported_history_is_judged_offline(nowhere: Command, tmp_path: Path) -> None:
    file = file_of(tmp_path, exported())
    told = nowhere("fairness", "--history", file, "--policy", "retail-kr", "--json")
    assert told.code == 0, told.err
    parts = {part["part"]: part for part in told.json["report"]["parts"]}
    assert list(parts) == ["distributive", "procedural", "interactional"]
    rules = [(each["rule"], each["proof"]) for each in parts["interactional"]["findings"]]
    proving = [e.seq for e in BROKEN.entries if e.kind in ("contact_logged", "result_notified")]
    assert ("R4", proving) in rules
    again = nowhere("fairness", "--history", file, "--policy", "retail-kr", "--json")
    assert again.out == told.out
    bare = tmp_path / "list.json"
    bare.write_text(json.dumps(exported()))
    assert nowhere("fairness", "--history", bare, "--policy", "retail-kr", "--json").out == told.out


def test_a_person_reads_it_in_either_language(nowhere: Command, tmp_path: Path) -> None:
    file = file_of(tmp_path, exported())
    korean = nowhere("fairness", "--history", file, "--policy", "retail-kr", "--language", "ko")
    assert "사과도 설명도" in korean.out
    assert "바로잡을 수 있음" in korean.out
    assert "neither an apology" in nowhere("fairness", "--history", file, "--policy", "retail-kr").out
    assert nowhere("fairness", "--history", file, "--language", "de").code == 1


def test_the_instant_of_judgement_can_be_named(nowhere: Command, tmp_path: Path) -> None:
    file = file_of(tmp_path, exported())
    early = nowhere(
        *("fairness", "--history", file, "--policy", "retail-kr", "--at", "2026-11-01T00:00:00Z", "--json")
    )
    assert [part["findings"] for part in early.json["report"]["parts"]] == [[], [], []]
    for wrong in ("yesterday", "2026-11-01T00:00:00"):
        refused = nowhere("fairness", "--history", file, "--at", wrong)
        assert (refused.code, "--at" in refused.err) == (1, True)


def test_a_gap_and_erased_words_are_findings_not_errors(nowhere: Command, tmp_path: Path) -> None:
    events = exported()
    events[2]["fields"] = {}
    file = file_of(tmp_path, [each for each in events if each["seq"] != 2])
    told = nowhere("fairness", "--history", file, "--policy", "retail-kr", "--json")
    found = [each for part in told.json["report"]["parts"] for each in part["findings"]]
    assert [each["proof"] for each in found if each["rule"] == "P2"] == [[1, 3], [3]]
    assert told.json["report"]["whole"] is False


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no number": ({"seq": 0}, "seq: must be a whole number"),
    "out of order": ({"seq": 1}, "seq: must be greater"),
    "no time": ({"at": "noon"}, "at: must be a time"),
    "back in time": ({"at": "2020-01-01T00:00:00Z"}, "at: lies before"),
    "nobody": ({"by": "system"}, "by: must be role:id"),
    "a role that is none": ({"by": "king:1"}, "by.role"),
    "unknown kind": ({"kind": "party_held"}, "kind"),
    "fields of another kind": ({"fields": []}, "fields: must be an object"),
    "a wrong field": ({"fields": {"key": 7}}, "key: "),
    "out of place": ({"kind": "promise_kept", "fields": {"number": 9, "proof": "x"}}, "cannot follow"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_taken_is_refused_with_line_and_field(
    nowhere: Command, tmp_path: Path, name: str
) -> None:
    changes, words = BAD[name]
    events = exported()
    events[1] |= changes
    file = file_of(tmp_path, events)
    line = file.read_text().split('"events"')[0].count("\n") + 1
    line += json.dumps(events[0], indent=2).count("\n") + 2
    refused = nowhere("fairness", "--history", file, "--policy", "retail-kr")
    assert refused.code == 1
    assert f"{file}:{line}: " in refused.err
    assert words in refused.err


def test_what_is_no_history_is_refused(nowhere: Command, tmp_path: Path) -> None:
    file = tmp_path / "history.json"
    for text, words in {
        "{": "line 1",
        "7": "events: give a list",
        '{"events": {}}': "events: give a list",
        "[]": "holds no event",
        "[7]": "history.json:1: must be an event",
        '[{"seq": 1}]': "history.json:1: at: is missing",
    }.items():
        file.write_text(text)
        refused = nowhere("fairness", "--history", file, "--policy", "retail-kr")
        assert (refused.code, words in refused.err) == (1, True), refused.err
    assert nowhere("fairness", "--history", tmp_path / "none.json").code == 1


def test_a_case_or_a_file_is_named_and_the_policy_is_known(nowhere: Command, tmp_path: Path) -> None:
    assert "name a case" in nowhere("fairness").err
    file = file_of(tmp_path, exported())
    assert "--policy" in nowhere("fairness", "--history", file).err
    assert nowhere("fairness", "2Q5N-18Q0-ZWDY-E").code == 3
    assert nowhere("fairness", "nonsense").code == 1


async def test_a_case_is_judged_from_the_ledger_as_its_export_is(
    redress: Redress, redress_command: Command, tmp_path: Path
) -> None:
    number = (await asyncio.to_thread(redress_command, "open", "-", "--json", given=opening())).json["number"]
    await settled(redress, number)
    shown = await asyncio.to_thread(redress_command, "history", number, "--json")
    file = tmp_path / "export.json"
    file.write_text(shown.out)
    last = shown.json["events"][-1]["at"]
    from_ledger = await asyncio.to_thread(redress_command, "fairness", number, "--at", last, "--json")
    from_file = await asyncio.to_thread(redress_command, "fairness", "--history", file, "--json")
    assert from_ledger.code == from_file.code == 0
    assert from_ledger.json["case_id"] == number
    assert from_ledger.json["report"] == from_file.json["report"]
    assert from_ledger.json["report"]["whole"] is True


async def test_a_report_is_the_same_bytes_again_also_after_the_policy_changed(
    redress: Redress, redress_command: Command
) -> None:
    """What was judged once is judged so for ever, whatever rules the case lives under later."""

    def judge(*more: str) -> str:
        told = redress_command("fairness", number, *more, "--json")
        assert told.code == 0, told.err
        return told.out

    def over_a_period(*more: str) -> list[object]:
        """Return what a period's report says of this case; others of this ledger may go on meanwhile."""
        told = redress_command("fairness", "--period", "2020-01-01..2999-12-31", *more, "--json")
        assert told.code == 0, told.err
        found = [each for heading in told.json["counted"] for each in heading["found"]]
        return [each for each in found if each["case"] == number]

    turned_away = opening(rejected_tries=9)
    opened = await asyncio.to_thread(redress_command, "open", "-", "--json", given=turned_away)
    number = opened.json["number"]
    await redress.submit_fields(number, "triage", {"id": "t1", "by": AGENT, **TRIAGE})
    await settled(redress, number)
    shown = await asyncio.to_thread(redress_command, "history", number, "--json")
    at = ("--at", shown.json["events"][-1]["at"])
    before = await asyncio.to_thread(judge, *at)
    assert json.loads(before)["report"]["parts"][1]["findings"]
    assert await asyncio.to_thread(judge, *at) == before
    among_others = await asyncio.to_thread(over_a_period, *at)
    assert among_others
    pinned = policies.load("retail-kr")
    mild = pinned.fairness.model_copy(update={"max_rejected_tries": 99})
    changed = pinned.model_copy(update={"version": "mild", "fairness": mild}).model_dump(mode="json")
    fields = {"id": "a1", "by": HEAD, "policy": changed, "reason": "another version"}
    await redress.submit_fields(number, "adopt_policy", fields)
    await settled(redress, number)
    assert await asyncio.to_thread(judge, *at) == before
    assert await asyncio.to_thread(over_a_period, *at) == among_others
    later = await asyncio.to_thread(redress_command, "history", number, "--json")
    after = ("--at", later.json["events"][-1]["at"])
    milder = await asyncio.to_thread(judge, *after)
    assert json.loads(milder)["report"]["policy"].endswith("/mild")
    assert await asyncio.to_thread(judge, *after) == milder


def test_a_period_is_checked_before_the_ledger_is_asked(nowhere: Command) -> None:
    for wrong in ("march", "2026-03-02..2026-03-01", "2026-03-01..x"):
        refused = nowhere("fairness", "--period", wrong)
        assert (refused.code, "--period" in refused.err) == (1, True)
    assert "name a case" in nowhere("fairness", "2Q5N-18Q0-ZWDY-E", "--period", "2026-03-01").err


async def test_findings_of_a_period_are_counted_over_the_ledger(
    redress: Redress, redress_command: Command
) -> None:
    def ask(*arguments: object) -> Answer:
        return redress_command(*arguments)

    turned_away = opening(rejected_tries=9)
    opened = await asyncio.to_thread(redress_command, "open", "-", "--json", given=turned_away)
    await settled(redress, opened.json["number"])
    days = "2020-01-01..2999-12-31"
    told = await asyncio.to_thread(ask, "fairness", "--period", days, "--by", "product", "--json")
    assert told.code == 0, told.err
    (cups,) = [each for each in told.json["counted"] if each["heading"] == "cup"]
    assert cups["rules"]["P1"] >= 1
    by_department = await asyncio.to_thread(ask, "fairness", "--period", days, "--language", "ko")
    assert "P1" in by_department.out
    clause = TEXTS["P1"].source
    by_clause = await asyncio.to_thread(ask, "fairness", "--period", days, "--by", "clause", "--json")
    assert clause in {each["heading"] for each in by_clause.json["counted"]}
    assert [each["finding"]["rule"] for each in cups["found"] if each["case"] == opened.json["number"]] == [
        "P1"
    ]
    before = await asyncio.to_thread(ask, "fairness", "--period", "2020-01-01", "--json")
    assert (before.json["counted"], before.json["over_many"]) == ([], [])
    scores = await asyncio.to_thread(ask, "scores", "--period", days, "--by", "product", "--json")
    assert scores.code == 0, scores.err
    assert "cup" in {each["heading"] for each in scores.json["by"]}
    assert scores.json["firm"]["means"]["outcome_fair"] == {"n": 0, "mean": None}
    assert scores.json["scales"]["recommend"]["high"] == 10
    assert "SERVQUAL" in (await asyncio.to_thread(ask, "scores", "--period", days)).out
