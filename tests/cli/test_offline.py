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
