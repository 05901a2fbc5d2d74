from collections.abc import Callable
from pathlib import Path

import pytest

Edit = Callable[..., Path]
Told = Callable[[Path, str, str], None]

BUDGET = "{unit: working_time, minutes: 240}"
CASES = {
    "unknown field": ("max_offers: 3", "max_offers: 3\nmax_ofers: 3", "max_ofers", "did you mean max_offers"),
    "unknown and far from any": ("max_offers: 3", "max_offers: 3\nzzz: 1", "zzz", "leave it out"),
    "missing": ("max_rounds: 2\n", "", "max_rounds", "is missing"),
    "missing inside": ("  cut_off: 3\n", "", "happy_call.cut_off", "is missing"),
    "computed": ("max_offers: 3", "max_offers: 3\nhash: abc", "hash", "computed"),
    "given twice": ("max_offers: 3", "max_offers: 3\nmax_offers: 4", "max_offers", "written twice"),
    "unknown unit": ("offer: {unit: calendar_days", "offer: {unit: calendar_day", "offer", "calendar_days"),
    "no unit": ("offer: {unit: calendar_days, n: 7}", "offer: {n: 7}", "offer", "its unit"),
    "bare number": (f"approval: {BUDGET}", "approval: 240", "approval", "must consist of fields"),
    "list for fields": (f"approval: {BUDGET}", "approval: [1]", "approval", "must consist of fields"),
    "text for a list": ("remedies: [refund, exchange,", "remedies: refund #", "remedies", "must be a list"),
    "text for a number": ("minutes: 240}\noffer", 'minutes: "240"}\noffer', "approval.minutes", "must be"),
    "negative budget": (
        "budget: {unit: working_time, minutes: 60}",
        "budget: {unit: working_time, minutes: -1}",
        "targets[0].budget.minutes",
        "greater than or equal to 0",
    ),
    "two units at once": (
        "reopen_window: {unit: calendar_days, n: 7}",
        "reopen_window: {unit: calendar_days, n: 7, minutes: 3}",
        "reopen_window.minutes",
        "not a field here",
    ),
    "share over one": ("{at: 0.5, ", "{at: 1.5, ", "targets[8].ladder[0].at", "share of the budget"),
    "unknown moment": ("{at: breach, ", "{at: breech, ", "targets[0].ladder[0].at", "share of the budget"),
    "bad budget after the breach": (
        "{at: {unit: working_time, minutes: 120}",
        "{at: {unit: working_time, minutes: x}",
        "targets[0].ladder[1].at.minutes",
        "must be",
    ),
    "unknown action": (
        "actions: [tell_supervisor]",
        "actions: [tell_supervizor]",
        "targets[0].ladder[0].actions[0]",
        "'tell_supervisor'",
    ),
    "number for a length": ("maximum: P7D", "maximum: 7", "pause_reasons[0].maximum", "PT20M"),
    "words for a length": ("금방: PT20M", "금방: 20 minutes", "vague_words.금방", "PT20M"),
    "months for a length": ("maximum: P7D", "maximum: P1M", "pause_reasons[0].maximum", "PT20M"),
    "years for a length": ("금방: PT20M", "금방: P1Y2D", "vague_words.금방", "PT20M"),
    "unquoted version": ('version: "2026.1"', "version: 2026.1", "version", "quotes"),
    "hours backwards": (
        '["13:00", "18:00"]',
        '["18:00", "13:00"]',
        "calendar.hours",
        "ends before it starts",
    ),
    "unknown weekday": ("    tue: *weekday", "    tues: *weekday", "calendar.hours", "not a weekday"),
    "unknown zone": ("Asia/Seoul", "Asia/Soul", "calendar.timezone", "IANA"),
    "unknown country": ("country: KR", "country: KO", "calendar.public_holidays.country", "ISO 3166"),
    "unknown subdivision": (
        "{country: KR}",
        "{country: KR, subdivision: 99x}",
        "calendar.public_holidays.subdivision",
        "must be one of",
    ),
    "holidays of nowhere": ("{country: KR}", "{land: KR}", "calendar.public_holidays", "{country: KR}"),
    "holidays that are no list": (
        "  public_holidays: {country: KR}",
        "  public_holidays: {country: KR}\n  holidays: 2026-11-23",
        "calendar.holidays",
        "must be a list",
    ),
    "calendar that is no calendar": (
        "calendar:\n",
        "calendar: 9-18\nx:\n",
        "calendar",
        "must consist of fields",
    ),
    "no calendar": ("calendar:\n", "calendars:\n", "calendar", "is missing"),
    "unknown remedy": ("remedies: [refund,", "remedies: [refunds,", "remedies[0]", "'refund'"),
    "unknown role": ("roles: [auditor]", "roles: [audit]", "people[27].roles[0]", "'auditor'"),
    "unknown currency": (
        "agent: {minor: 100000, currency: KRW}",
        "agent: {minor: 100000, currency: WON}",
        "authority.agent.currency",
        "unknown currency",
    ),
    "no wordings": ("wordings: wordings.yaml\n", "", "", "beside this one"),
    "wordings elsewhere": (
        "wordings: wordings.yaml",
        "wordings: ../wordings.yaml",
        "wordings",
        "beside this one",
    ),
    "endless alias": ("plain_words:", "plain_words: &own [*own]\nx:", "", "contains itself"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_wrong_form_is_told_with_file_line_and_field(
    edited: Edit, told: Told, case: tuple[str, str, str, str]
) -> None:
    old, new, field, said = case
    told(edited((old, new)), field, said)
