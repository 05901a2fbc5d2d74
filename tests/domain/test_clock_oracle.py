import multiprocessing
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.budget import BusinessDays, due_of
from domain.calendar import Calendar, Span, add_working_time, working_time
from tests.domain import clock_oracle as oracle

SAMPLE = 150
PROOF = 24_000
CHUNK = 250


def instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def engine(case: oracle.Case) -> int | None:
    calendar = Calendar.model_validate(case.calendar)
    pauses = [Span(instant(first), None if last is None else instant(last)) for first, last in case.pauses]
    start = instant(case.start)
    if case.op == "elapsed":
        return working_time(calendar, start, instant(case.amount), pauses) // timedelta(seconds=1)
    if case.op == "due":
        return seconds(case, add_working_time(calendar, start, timedelta(seconds=case.amount), pauses))
    form = "same_time" if case.op == "business_days" else "end_of_day"
    budget = BusinessDays.model_validate({"n": case.amount, "form": form})
    return seconds(case, due_of(budget, calendar, start))


def seconds(case: oracle.Case, due: datetime | None) -> int | None:
    """Return the due second, None beyond the oracle's horizon."""
    if due is None:
        return None
    second = int(due.timestamp())
    return second if second <= case.start + oracle.HORIZON - 5 * oracle.DAY else None


def within(case: oracle.Case, second: int | None) -> int | None:
    far = (
        case.op != "elapsed" and second is not None and second > case.start + oracle.HORIZON - 5 * oracle.DAY
    )
    return None if far else second


def verdict(seed: int) -> tuple[str, str]:
    """Compare the engine with both readings of the oracle.

    Returns:
        `same`; `rule 3` where only an edge that a clock change skipped or repeated makes a difference, and
        the engine reads that edge as rule 3 says; `wrong` otherwise. With the case in words.
    """
    case = oracle.generated(seed)
    ours, labels = engine(case), within(case, oracle.ask(case))
    told = f"seed {seed}: {case.calendar['timezone']} {case.op} {instant(case.start)}: {ours} and {labels}"
    if ours == labels:
        return "same", told
    edges = within(case, oracle.ask(case, oracle.Edges))
    return ("rule 3" if ours == edges else "wrong"), f"{told}, edges {edges}"


def verdicts(seeds: range) -> list[tuple[str, str]]:
    return [verdict(seed) for seed in seeds]


def test_the_engine_agrees_with_counting_along_the_wall_clock() -> None:
    wrong = [told for kind, told in verdicts(range(SAMPLE)) if kind == "wrong"]
    assert wrong == []


@pytest.mark.proof
@pytest.mark.timeout(480)
def test_the_engine_agrees_in_tens_of_thousands_of_cases(capsys: pytest.CaptureFixture[str]) -> None:
    chunks = [range(first, first + CHUNK) for first in range(SAMPLE, SAMPLE + PROOF, CHUNK)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        results = [each for chunk in pool.imap_unordered(verdicts, chunks) for each in chunk]
    kinds = Counter(kind for kind, _ in results)
    with capsys.disabled():
        print(f"\n{len(results)} cases: {dict(kinds)}")  # noqa: T201 - the proof's record
        for kind, told in sorted(results):
            if kind != "same":
                print(f"  {kind}: {told}")  # noqa: T201 - the proof's record
    assert kinds["wrong"] == 0
    assert len(results) >= 20_000


def stated(zone: str, **hours: Any) -> dict[str, Any]:
    return {"timezone": zone, "hours": hours, "holidays": [], "special_days": {}}


def test_the_oracle_itself_counts_a_working_day() -> None:
    monday = int(datetime(2024, 3, 4, tzinfo=UTC).timestamp())
    day = stated("UTC", mon=[["09:00", "12:00"], ["13:00", "18:00"]])
    case = oracle.Case(
        day, "elapsed", monday, monday + oracle.DAY, ((monday + 10 * 3600, monday + 10 * 3600 + 36),)
    )
    assert oracle.ask(case) == 8 * 3600 - 36
    assert oracle.ask(case, oracle.Edges) == 8 * 3600 - 36
