import asyncio
import json
from pathlib import Path

import pytest

from client import Redress
from stack.embedded import Stack
from tests.cli.driving import Command, invoke, opening, settled


def test_opening_prints_the_number_and_again_the_same(redress_command: Command, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(opening(), encoding="utf-8")
    first, again = redress_command("open", file, "--json"), redress_command("open", file)
    assert first.code == again.code == 0
    assert first.json["existing"] is False
    assert again.out.split() == [first.json["number"]], "a script reads it"
    assert "existed already" in again.err


def test_the_same_key_with_another_text_names_the_case_and_the_way_to_add(redress_command: Command) -> None:
    number = redress_command("open", "-", "--json", given=opening(source_key="same")).json["number"]
    refused = redress_command("open", "-", given=opening(source_key="same", text="something else"))
    assert refused.code == 1
    assert number in refused.err
    assert "redress submit" in refused.err


GARBAGE = {
    "unknown field": (opening(colour="red"), "colour"),
    "unknown nested field": (opening(contact={"fax": "1"}), "contact.fax"),
    "unknown currency": (opening(claimed={"minor": 1, "currency": "XXX"}), "claimed.currency"),
    "negative amount": (opening(claimed={"minor": -1, "currency": "KRW"}), "claimed.minor"),
    "amount as words": (opening(claimed={"minor": "ten", "currency": "KRW"}), "claimed.minor"),
    "five megabytes": (opening(text="x" * 5_000_000), "256 KB"),
    "text over 64 KB": (opening(text="컵" * 30_000), "text: has 90000 bytes"),
    "bad json": ('{"source": "web", ', "not JSON"),
    "no object": ("[1, 2]", "one JSON object"),
    "a name twice": ('{"source": "web", "source": "fax"}', "source: stands twice"),
    "a NUL": (opening(product="a\0b"), "product: holds a NUL"),
    "half a character": ('{"source": "web", "text": "\\ud800"}', "text: holds half a character"),
    "not a number": ('{"source": "web", "rejected_tries": NaN}', "NaN"),
    "deep nesting": ("[" * 100_000, "not JSON"),
    "not utf-8": (b'{"source": "\xff"}', "UTF-8"),
    "time without offset": (opening(received_at="2026-01-01T00:00:00"), "received_at"),
    "source missing": ('{"text": "hello"}', "source"),
    "an e-mail address as id": (opening(contact={"customer_id": "a b"}), "contact.customer_id"),
}


@pytest.mark.parametrize(("given", "named"), GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused_naming_the_field_and_never_its_content(
    nowhere: Command, given: str | bytes, named: str
) -> None:
    # Nothing answers: what is refused here was refused before anything could be stored.
    refused = nowhere("open", "-", "--json", given=given)
    assert refused.code == 1
    told = json.loads(refused.err)
    assert named in told["error"]
    assert "컵이" not in told["error"]
    assert refused.out == ""


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ('{"source": "web", "source_key": "empty"}', "text"),
        (opening(received_at="2100-01-01T00:00:00Z"), "received_at"),
    ],
)
async def test_what_the_case_itself_would_refuse_is_refused_before_it_is_stored(
    redress: Redress, redress_command: Command, given: str, named: str
) -> None:
    before = [number async for number in redress.numbers()]
    refused = await asyncio.to_thread(redress_command, "open", "-", given=given)
    assert refused.code == 1
    assert named in refused.err
    assert [number async for number in redress.numbers()] == before


def test_a_policy_or_file_that_cannot_be_read_is_named(nowhere: Command, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: x\n")
    refused = nowhere("open", "-", "--policy", broken, given=opening())
    assert refused.code == 1
    assert f"{broken}:1" in refused.err
    missing = nowhere("open", tmp_path / "missing.json")
    assert missing.code == 1
    assert "No such file" in missing.err


def test_old_receipts_are_taken_and_impossible_ones_named(redress_command: Command) -> None:
    taken = redress_command("open", "-", given=opening(received_at="2016-03-01T09:00:00+09:00"))
    assert taken.code == 0, taken.err
    refused = redress_command("open", "-", given=opening(received_at="0001-01-01T00:00:00+14:00"))
    assert refused.code == 1
    assert "received_at" in refused.err


async def test_a_case_is_opened_while_postgres_and_sandbox_are_down(
    stack: Stack, redress: Redress, redress_command: Command
) -> None:
    assert stack.postgres is not None
    assert stack.sandbox is not None
    await asyncio.gather(stack.postgres.stop(), stack.sandbox.stop())
    try:
        opened = await asyncio.to_thread(redress_command, "open", "-", "--json", given=opening())
        assert opened.code == 0
        listed = await asyncio.to_thread(redress_command, "list")
        assert listed.code == 3
        seen = await asyncio.to_thread(redress_command, "show", opened.json["number"])
        assert seen.code == 0
        assert "raised" in seen.out
        assert "the ledger does not answer" in seen.out
    finally:
        await asyncio.gather(stack.postgres.start(), stack.sandbox.start())
    await settled(redress, opened.json["number"])
    listed = await asyncio.to_thread(invoke, "list", "--json")
    assert opened.json["number"] in [each["case_id"] for each in listed.json]
