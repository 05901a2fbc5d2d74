import json
import os
import subprocess
import sys
import time

import pytest

from tests.cli.driving import Command, opening

NUMBER = "2Q5N-18Q0-ZWDY-E"
COMMANDS = {
    "open": ("open", "-"),
    "list": ("list",),
    "show": ("show", NUMBER),
    "submit": ("submit", NUMBER, "accept_case", "--by", "agent:agent-01"),
    "signal": ("submit", NUMBER, "accept_case", "--by", "agent:agent-01", "--signal"),
    "escalate": ("escalate", NUMBER, "--by", "supervisor:sup-01", "--reason", "slow"),
    "approve": ("approve", NUMBER, "--by", "supervisor:sup-01", "--proposal", "abc"),
    "history": ("history", NUMBER),
    "replay": ("replay", NUMBER),
    "revive": ("revive", NUMBER),
    "rebuild": ("rebuild",),
    "verify": ("verify",),
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_service_that_is_away_is_exit_code_3_within_three_seconds(
    nowhere: Command, arguments: tuple[str, ...]
) -> None:
    begun = time.monotonic()
    answer = nowhere(*arguments, given=opening())
    assert time.monotonic() - begun < 2.5
    assert answer.code == 3
    assert len(answer.err.splitlines()) == 1
    assert answer.out == ""


def test_standard_error_has_one_sentence_and_nothing_of_the_sdk() -> None:
    environment = {**os.environ, "REDRESS_TEMPORAL_ADDRESS": "127.0.0.1:1"}
    asked = [sys.executable, "-m", "starter", "open", "-", "--json"]
    done = subprocess.run(
        asked, input=opening(), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert json.loads(done.stderr)["code"] == "unreachable"
    assert done.stdout == ""


def test_a_lost_command_names_the_id_to_ask_again_with(nowhere: Command) -> None:
    answer = nowhere(*COMMANDS["submit"], "--id", "mine")
    assert "mine" in answer.err


def test_without_a_stack_it_is_said_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, nowhere: Command, tmp_path: object
) -> None:
    monkeypatch.delenv("REDRESS_TEMPORAL_ADDRESS")
    monkeypatch.setenv("REDRESS_FOLDER", str(tmp_path))
    answer = nowhere("list")
    assert answer.code == 3
    assert "redress up" in answer.err
