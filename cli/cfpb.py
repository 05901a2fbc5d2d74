"""Reads a row of the Consumer Complaint Database: what the customer and the portal said, never its labels."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.intake import Opening
from domain.record import MAX_TEXT
from domain.refusal import Refused

SENT, RECEIVED = "Date sent to company", "Date received"
NEEDED = (RECEIVED, "Product", "Issue", "Sub-issue", "Consumer complaint narrative", SENT, "Complaint ID")
"""Columns that are read. How the company answered, and whether in time, would give the answer away."""

DAYS = ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d")
MISSING = ("", "none", "n/a")
LONGEST_LINE = 200
"""As `domain.record.Line`."""


def is_header(cells: list[str]) -> bool:
    """Say whether this is the header of the format."""
    return set(NEEDED) <= set(cells)


def opening(row: Mapping[str, str], zone: ZoneInfo) -> Opening:
    """Return the opening of one row.

    Raises:
        Refused: naming the column that is malformed; a missing value never is.
    """
    product, issue = _line(row, "Product"), _line(row, "Issue")
    narrative = _present(row, "Consumer complaint narrative")
    if narrative is not None and len(narrative.encode()) > MAX_TEXT:
        raise Refused(f"Consumer complaint narrative: has more than {MAX_TEXT} bytes", code="size")
    told = (issue, _present(row, "Sub-issue"))
    composed = ". ".join(part for part in (product, *told) if part) if any(told) else ""
    return Opening(
        source="cfpb",
        source_key=_complaint_id(row),
        text=narrative or composed,
        composed=narrative is None,
        voc_type="complaint",
        product=product,
        issue=issue,
        language="en",
        received_at=_day(row, SENT, zone),
        raised_at=_day(row, RECEIVED, zone),
    )


def _present(row: Mapping[str, str], name: str) -> str | None:
    """Return a cell's words; None for each of the three ways in which the files leave one empty."""
    cell = row.get(name, "").strip()
    return None if cell.lower() in MISSING else cell


def _line(row: Mapping[str, str], name: str) -> str | None:
    words = _present(row, name)
    if words is None:
        return None
    words = " ".join(words.split())
    if len(words) > LONGEST_LINE:
        raise Refused(f"{name}: has {len(words)} characters; at most {LONGEST_LINE}", code="size")
    return words


def _complaint_id(row: Mapping[str, str]) -> str | None:
    key = _present(row, "Complaint ID")
    if key is not None and not (key.isascii() and key.isdigit()):
        raise Refused("Complaint ID: is no number", code="invalid")
    return key


def _day(row: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    words = _present(row, name)
    if words is None:
        return None
    for form in DAYS:
        try:
            return datetime.strptime(words, form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise Refused(f"{name}: is no date (MM/DD/YY, MM/DD/YYYY or YYYY-MM-DD)", code="invalid")
