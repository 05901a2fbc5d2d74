import json
from pathlib import Path

from tests.cli.driving import Command

LOG = (
    "number,incident_state,opened_at,sys_updated_at,priority,reassignment_count\n"
    "INC1,New,01-03-2024 09:00,01-03-2024 09:00,3 - Moderate,0\n"
    "INC1,Resolved,01-03-2024 09:00,04-03-2024 11:00,3 - Moderate,1\n"
    "INC2,Lost,01-03-2024 09:00,01-03-2024 09:00,3 - Moderate,0\n"
)


def test_the_calculator_answers_every_line(nowhere: Command) -> None:
    asked = {"op": "calendar_days", "timezone": "Asia/Seoul", "start": "2024-03-01T00:00:00Z", "n": 1}
    answered = nowhere("clock", "eval", given=f"{json.dumps(asked)}\nnonsense\n")
    first, second = (json.loads(line) for line in answered.out.splitlines())
    assert answered.code == 0
    assert first["due"].endswith("Z")
    assert "not JSON" in second["error"]


def test_a_log_is_measured_by_a_policy(nowhere: Command, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(LOG)
    told = nowhere("clock", "audit", log, "--policy", "retail-kr", "--json")
    assert told.code == 0
    assert told.json["cases"][0]["number"] == "INC1"
    # Friday 1 March is a holiday in Korea: two hours on Monday are left.
    assert told.json["cases"][0]["resolve"] == "PT2H"
    assert told.json["unusable"][0]["line"] == 4
    assert "INC2" in nowhere("clock", "audit", log).out
    missing = nowhere("clock", "audit", tmp_path / "none.csv")
    assert missing.code == 1
    log.write_text("number\n")
    assert "no column" in nowhere("clock", "audit", log).err


def test_policies_are_checked_and_compared(nowhere: Command, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: x\nname: y\n")
    assert nowhere("policy", "check", "retail-kr").code == 0
    refused = nowhere("policy", "check", broken)
    assert refused.code == 1
    assert f"{broken}:2: name: is written twice" in refused.out
    assert "nothing changes" in nowhere("policy", "diff", "retail-kr", "retail-kr").out
    assert nowhere("policy", "diff", "retail-kr", "finance-us", "--json").json
    assert nowhere("policy", "diff", "retail-kr", broken).code == 1


def test_rules_are_held_against_the_labels_and_see_the_narrative_only(
    nowhere: Command, tmp_path: Path
) -> None:
    columns = "Date received,Product,Issue,Sub-issue,Consumer complaint narrative,Date sent to company"
    header = f"{columns},Complaint ID\n"
    fee = "Charged fees or interest you didn't expect"
    rows = (
        f"01/02/2024,Mortgage,{fee},,They added a hidden fee to my mortgage escrow,01/02/2024,1\n",
        f"01/02/2024,Mortgage,{fee},,Nothing that a rule knows,01/02/2024,2\n",
        "01/02/2024,Debt collection,Communication tactics,,,01/02/2024,3\n",
    )
    file = tmp_path / "rows.csv"
    file.write_text(header + "".join(rows))
    told = nowhere("triage", "eval", file, "--json")
    assert told.code == 0
    assert told.json["without_narrative"] == 1
    assert (told.json["product"]["rows"], told.json["product"]["right"]) == (2, 0.5)
    assert told.json["product"]["majority_baseline"] == 1.0
    assert told.json["cause"]["classes"] == [
        {"label": "fee", "rows": 2, "recall": 0.5, "suggested": {"(no rule matched)": 1, "fee": 1}}
    ]
    assert "Mortgage" in nowhere("triage", "eval", file).out
    file.write_text("number\n")
    refused = nowhere("triage", "eval", file)
    assert refused.code == 1
    assert "header" in refused.err


def test_a_suggestion_names_its_words(nowhere: Command) -> None:
    told = nowhere("triage", "suggest", "-", "--json", given="컵이 깨져서 왔어요")
    assert told.code == 0
    assert (told.json["cause"], told.json["because"][0]["words"]) == ("defect", ["깨져"])
    assert "깨져" in nowhere("triage", "suggest", "컵이 깨져서 왔어요").out
