import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.policy import check
from domain.record import canonical
from policies import PolicyError, load

Edit = Callable[..., Path]


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        (("max_offers: 3", "max_offers: 3\nmax_ofers: 3"), "max_ofers", "max_ofers: 3"),
        (("maximum: P7D", "maximum: 7"), "pause_reasons[0].maximum", "waiting_customer"),
        (("clause: own-resolve", "clause: own"), "targets[8].clause", "clause: own"),
        (("  cut_off: 3\n", ""), "happy_call.cut_off", "happy_call:"),
        (("{at: breach, ", "{at: breech, "), "targets[0].ladder[0].at", "{at: breech, "),
    ],
)
def test_the_line_is_the_line_of_the_field(
    edited: Edit, change: tuple[str, str], field: str, text: str
) -> None:
    path = edited(change)
    (problem,) = [each for each in check(path) if each.field == field]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert text in lines[problem.line - 1]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(edited: Edit) -> None:
    path = edited(
        ("max_offers: 3", "max_offers: three"),
        ("maximum: P7D", "maximum: 7"),
        ("language: ko", "language: kr"),
    )
    with pytest.raises(PolicyError) as raised:
        load(str(path))
    assert [each.field for each in raised.value.problems] == [
        "language",
        "pause_reasons[0].maximum",
        "max_offers",
    ]
    assert str(raised.value).count("\n") == 2


def test_what_aliases_repeat_is_told_once(edited: Edit) -> None:
    path = edited(("ladder: &nobody_owns\n      - {at: 0.8", "ladder: &nobody_owns\n      - {at: 8.0"))
    (problem,) = check(path)
    assert problem.field == "targets[1].ladder[0].at"


def test_times_and_dates_need_no_quotes(edited: Edit) -> None:
    plain = edited(
        ('[["09:00", "12:00"], ["13:00", "18:00"]]', "[[09:00, 12:00], [13:00, 18:00]]"),
        ("  public_holidays: {country: KR}", "  public_holidays: {country: KR}\n  holidays: [2026-11-23]"),
    )
    calendar = load(str(plain), year_from=2026).calendar
    assert calendar.hours["fri"] == (("09:00", "12:00"), ("13:00", "18:00"))
    assert "2026-11-23" in {day.isoformat() for day in calendar.holidays}


def test_a_calendar_needs_no_public_holidays(edited: Edit) -> None:
    policy = load(str(edited(("  public_holidays: {country: KR}\n", ""))), year_from=2026)
    assert policy.calendar.holidays == ()
    assert policy.holidays_from == "none"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name: [", "is not YAML"),
        (b"a: b: c", "is not YAML"),
        (b"- 1\n- 2", "must consist of fields"),
        (b"", "must consist of fields"),
        (b"name: \xff\xfe", "not UTF-8"),
        (b"name: \x00", "is not YAML"),
        (b"name: !!python/object:os.system x", "is not YAML"),
        (b"name: !!timestamp 2026-01-01", "a YAML tag"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_its_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)
    (problem, *_) = check(path)
    assert said in problem.message
    assert str(path) in str(problem)


def test_a_file_that_is_not_there_is_refused_with_its_name() -> None:
    (problem,) = check("no-such-policy.yaml")
    assert str(problem) == "no-such-policy.yaml:1: cannot be read: No such file or directory"
    (problem,) = check("no-such-policy")
    assert problem.message == "is no policy; name a file, or one of finance-uk, finance-us, retail-kr"


def test_a_snapshot_over_its_limit_is_refused(edited: Edit) -> None:
    words = "".join(f"\n  jargon-{place}: {'쉬운 말 ' * 50}" for place in range(400))
    (problem,) = check(edited(("plain_words:", f"plain_words:{words}")))
    assert "at most 65536" in problem.message


def test_a_file_without_problems_has_none(edited: Edit) -> None:
    assert check(edited()) == []
    assert check("finance-uk") == []


def test_a_changed_file_is_read_again(edited: Edit) -> None:
    path = edited()
    before = load(str(path), year_from=2026)
    stat = path.stat()
    path.write_text(
        path.read_text(encoding="utf-8").replace("max_offers: 3", "max_offers: 4"), encoding="utf-8"
    )
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    after = load(str(path), year_from=2026)
    assert (before.max_offers, after.max_offers) == (3, 4)
    assert before.hash != after.hash


def test_layout_and_comments_do_not_change_the_hash(edited: Edit) -> None:
    path = edited(("max_offers: 3", "# another remark\nmax_offers:   3"))
    assert load(str(path), year_from=2026).hash == load("retail-kr", year_from=2026).hash


def test_a_changed_wording_changes_the_hash(edited: Edit) -> None:
    path = edited()
    words = path.with_name("wordings.yaml")
    words.write_text(words.read_text(encoding="utf-8").replace("thank you", "many thanks"), encoding="utf-8")
    changed, shipped = load(str(path), year_from=2026), load("retail-kr", year_from=2026)
    assert changed.wording_hash != shipped.wording_hash
    assert changed.hash != shipped.hash
    assert canonical(changed) != canonical(shipped)
