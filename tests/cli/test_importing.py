import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli.importing import policy_for
from cli.rows import Format, Rejected, Row, format_of, rows
from domain.refusal import Refused
from tests.cli.driving import Command

NEW_YORK = ZoneInfo("America/New_York")
HEADER = (
    "Date received,Product,Sub-product,Issue,Sub-issue,Consumer complaint narrative,Company,Tags,"
    "Date sent to company,Company response to consumer,Timely response?,Consumer disputed?,Complaint ID"
)
GOOD = "03/04/2024,Prepaid card,Gift card,Trouble using the card,N/A,,A Bank,None,03/06/2024,Closed,Yes,No,{}"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "complaints.csv"


def written(path: Path, *lines: str) -> list[Row | Rejected]:
    path.write_text("\n".join((HEADER, *lines)), encoding="utf-8")
    return list(rows(path, Format.CFPB, NEW_YORK))


def only(found: list[Row | Rejected]) -> Row:
    assert len(found) == 1
    assert isinstance(found[0], Row), found[0]
    return found[0]


@pytest.mark.parametrize("day", ["03/04/24", "03/04/2024", "2024-03-04"])
def test_each_date_format_is_the_start_of_that_day_in_the_zone_of_the_policy(table: Path, day: str) -> None:
    opening = only(written(table, GOOD.format("17").replace("03/04/2024", day))).opening
    assert opening.raised_at == datetime(2024, 3, 4, 5, tzinfo=UTC)
    assert opening.received_at == datetime(2024, 3, 6, 5, tzinfo=UTC)


def test_a_row_without_narrative_is_composed_and_says_so(table: Path) -> None:
    opening = only(written(table, GOOD.format("17"))).opening
    assert opening.composed
    assert opening.text == "Prepaid card. Trouble using the card"
    assert (opening.source, opening.source_key, opening.voc_type) == ("cfpb", "17", "complaint")


def test_how_the_company_answered_is_no_input(table: Path) -> None:
    opening = only(written(table, GOOD.format("17"))).opening
    changed = GOOD.format("17").replace("Closed,Yes,No", "In progress,No,Yes")
    assert only(written(table, changed)).opening == opening


def test_a_narrative_keeps_its_lines_quotes_and_masked_amounts(table: Path) -> None:
    story = 'They took {$25.00} on XX/XX/XXXX,\nand said ""no"".'
    opening = only(written(table, GOOD.format("17").replace("N/A,,", f'N/A,"{story}",'))).opening
    assert opening.text == 'They took {$25.00} on XX/XX/XXXX,\nand said "no".'
    assert not opening.composed


def test_missing_values_are_never_refused(table: Path) -> None:
    opening = only(written(table, ",,,Fees,None,N/A,,,,,,,")).opening
    assert (opening.text, opening.issue, opening.product) == ("Fees", "Fees", None)
    assert (opening.received_at, opening.raised_at, opening.source_key) == (None, None, None)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (GOOD.format("17").replace("03/06/2024", "06.03.2024"), "Date sent to company"),
        (GOOD.format("17").replace("03/04/2024", "13/40/2024"), "Date received"),
        (GOOD.format("seventeen"), "Complaint ID"),
        (GOOD.format("17").replace("Trouble using the card", "x" * 300), "Issue"),
        (GOOD.format("17").replace("N/A,,", f"N/A,{'y' * 5_000_000},"), "Consumer complaint narrative"),
        (GOOD.format("17") + ",one too many", "14 cells where the header has 13"),
    ],
)
def test_a_malformed_value_is_refused_with_line_and_field_and_the_others_go_in(
    table: Path, line: str, field: str
) -> None:
    two_lines = GOOD.format("16").replace("N/A,,", 'N/A,"two\nlines",')
    before, wrong, after = written(table, two_lines, line, GOOD.format("18"))
    assert isinstance(before, Row)
    assert isinstance(after, Row)
    assert isinstance(wrong, Rejected)
    assert (wrong.line, before.line, after.line) == (4, 2, 5)
    assert field in wrong.reason
    assert "13/40" not in wrong.reason


def test_bytes_that_are_no_text_are_refused_in_their_row_only(table: Path) -> None:
    damaged = GOOD.format("1").replace("Trouble", "Tro\xfcble").encode("latin-1")
    table.write_bytes(b"\n".join((HEADER.encode(), damaged, GOOD.format("2").encode())))
    wrong, good = rows(table, Format.CFPB, NEW_YORK)
    assert isinstance(wrong, Rejected)
    assert wrong.reason == "Issue: is not UTF-8 text"
    assert isinstance(good, Row)


def test_the_format_is_told_by_header_or_extension(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\ufeff" + HEADER, encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "c.txt").write_text("what is this", encoding="utf-8")
    assert format_of(tmp_path / "a.txt") is Format.CFPB
    assert format_of(tmp_path / "b.jsonl") is Format.JSONL
    with pytest.raises(Refused, match="--format"):
        format_of(tmp_path / "c.txt")


def test_a_csv_with_other_columns_is_refused_as_a_whole(table: Path) -> None:
    table.write_text("Product,Issue\na,b\n", encoding="utf-8")
    with pytest.raises(Refused, match="Complaint ID"):
        list(rows(table, Format.CFPB, NEW_YORK))


def test_json_lines_complete_dates_and_name_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "complaints.jsonl"
    lines = [
        json.dumps({"source": "web", "text": "늦었어요", "received_at": "2026-03-09"}),
        "",
        "{not json",
        json.dumps({"source": "web", "txet": "늦었어요"}),
        json.dumps({"source": "web", "text": "x", "received_at": "yesterday"}),
        json.dumps({"source": "web", "text": "x", "raised_at": "2026-03-09T10:00:00"}),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    found = list(rows(file, Format.JSONL, ZoneInfo("Asia/Seoul")))
    assert [each.line for each in found] == [1, 3, 4, 5, 6]
    assert [isinstance(each, Row) for each in found] == [True, False, False, False, True]
    assert isinstance(found[0], Row)
    assert found[0].opening.received_at == datetime(2026, 3, 8, 15, tzinfo=UTC)
    assert "txet" in str(found[2])
    assert "received_at" in str(found[3])
    assert isinstance(found[4], Row)
    assert found[4].opening.raised_at == datetime(2026, 3, 9, 1, tzinfo=UTC)


def test_an_old_row_gets_the_holidays_of_its_years(table: Path) -> None:
    row = only(written(table, GOOD.format("17").replace("2024", "2016")))
    policy = policy_for("finance-us", row)
    assert any(day.year == 2016 for day in policy.calendar.holidays)
    assert any(day.year == datetime.now(UTC).year for day in policy.calendar.holidays)


def test_importing_opens_many_and_again_finds_the_same_cases(table: Path, redress_command: Command) -> None:
    written(table, *(GOOD.format(number) for number in range(901, 931)), GOOD.format("x"), ",,,,,,,,,,,,")
    first = redress_command("import", table, "--json")
    assert first.code == 1
    assert (first.json["opened"], first.json["existed"]) == (30, 0)
    assert [each["line"] for each in first.json["rejected"]] == [32]
    again = redress_command("import", table, "--json")
    assert (again.json["opened"], again.json["existed"]) == (0, 30)
    numbers = [{each["number"] for each in answer.json["cases"]} for answer in (first, again)]
    assert numbers[0] == numbers[1]
