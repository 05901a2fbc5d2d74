"""A policy has an effective time; the version in force is pinned, and no branch chooses another."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.cases import pinned
from cli.policy import check
from client import Redress
from domain.actor import Role
from domain.amendment import AdoptPolicy
from domain.intake import Opening
from domain.permission import TABLE
from domain.refusal import Refused
from policies import PolicyError, in_force, load
from tests.cli.driving import invoke, opening
from tests.domain.lives import HEAD, IN_RECOVERY, POLICY, given, say
from tests.policies.conftest import Edit

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def published(edited: Edit) -> tuple[Path, Path]:
    """Publish a version that holds from the new year on, beside the one that holds now."""
    first = edited()
    later = first.with_name(f"{first.stem}.2027.yaml")
    text = first.read_text(encoding="utf-8")
    version = next(line for line in text.splitlines() if line.startswith("version:"))
    text = text.replace(version, f'version: "2027"\neffective_from: {NEW_YEAR.isoformat()}', 1)
    later.write_text(text, encoding="utf-8")
    return first, later


def test_the_version_in_force_at_the_instant_is_the_one_that_counts(published: tuple[Path, Path]) -> None:
    first, later = published
    for at, expected in ((NEW_YEAR - DAY, first), (NEW_YEAR, later), (NEW_YEAR + 400 * DAY, later)):
        assert in_force(str(first), at) == in_force(str(later), at) == expected
    assert check(first) == check(later) == []
    assert load(str(later)).effective_from == NEW_YEAR


def test_an_opening_pins_the_version_that_is_in_force_then(published: tuple[Path, Path]) -> None:
    first, later = published
    today = datetime.now(UTC)
    text = later.read_text(encoding="utf-8")
    for begins, expected in ((today + DAY, load(str(first)).version), (today - DAY, "2027")):
        later.write_text(text.replace(NEW_YEAR.isoformat(), begins.isoformat()), encoding="utf-8")
        assert pinned(str(first), today).version == pinned(str(later), today).version == expected


def test_check_says_what_is_wrong_between_versions(published: tuple[Path, Path]) -> None:
    first, later = published
    right = later.read_text(encoding="utf-8")
    line = f"effective_from: {NEW_YEAR.isoformat()}\n"
    old = load(str(first)).version
    for wrong, field, words in (
        (right.replace(line, ""), "effective_from", "says from when it holds"),
        (right.replace(line, "effective_from: soon\n"), "effective_from", ""),
        (right.replace('version: "2027"', f'version: "{old}"'), "version", "as well"),
        (right.replace("name: retail-kr", "name: branch-7", 1), "name", "share theirs"),
    ):
        later.write_text(wrong, encoding="utf-8")
        problems = [each for each in check(later) if each.field == field]
        assert problems, (field, [str(each) for each in check(later)])
        assert words in problems[0].message
    later.write_text(right, encoding="utf-8")
    twin = later.with_name(f"{first.stem}.other.yaml")
    twin.write_text(right.replace('version: "2027"', 'version: "2027b"'), encoding="utf-8")
    assert any("one of them holds" in each.message for each in check(twin))


def test_before_the_first_version_holds_nothing_is_pinned(published: tuple[Path, Path]) -> None:
    first, later = published
    first.unlink()
    with pytest.raises(PolicyError, match="not in force before"):
        in_force(str(later), NEW_YEAR - DAY)


async def test_nobody_opens_or_adopts_rules_that_are_not_in_force_yet() -> None:
    to_come = POLICY.model_copy(update={"effective_from": datetime.now(UTC) + 400 * DAY, "version": "9"})
    nowhere = Redress(None, secret="s")  # type: ignore[arg-type]  # refused before any server is asked
    with pytest.raises(Refused, match="not in force"):
        await nowhere.open(Opening(source="web", text="x"), to_come)
    adopt = say(AdoptPolicy, HEAD, policy=to_come, reason="sooner")
    given(*IN_RECOVERY).when(adopt).then_refused("not in force", "not-in-force")


def test_a_branch_overrides_nothing_and_may_only_ask_for_an_exception(
    published: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDRESS_TEMPORAL_ADDRESS", "127.0.0.1:1")
    own = invoke("open", "-", "--policy", published[0], "--json", given=opening(source="branch", place="b-7"))
    assert (own.code, "request_exception" in own.err) == (1, True), own.err
    assert TABLE["adopt_policy"].roles == (Role.DEPARTMENT_HEAD,)
    assert Role.AGENT in TABLE["request_exception"].roles
