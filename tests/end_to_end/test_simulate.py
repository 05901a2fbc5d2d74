from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import policies
import sandbox
from cli.parts import Part
from cli.rows import Format, Row, rows
from cli.simulate import DEFAULT_FAULTS
from cli.simulation import Simulated, simulated
from domain.intake import Opening

FEE = "They charged a late fee of {$35.00} although my payment was on time."
RETAIL = Path(sandbox.__file__).parent / "samples" / "retail.jsonl"


def parts() -> list[Part]:
    """Five complaints in which goods may move, and two about money."""
    retail, finance = policies.load("retail-kr"), policies.load("finance-us")
    read = list(rows(RETAIL, Format.JSONL, ZoneInfo("Asia/Seoul")))
    shop = [Part(opening=each.opening, policy=retail) for each in read[:5] if isinstance(each, Row)]
    fees = (
        Opening(source="cfpb", source_key=f"test-{number}", text=FEE, product="Credit card", issue="Fees")
        for number in range(2)
    )
    return [*shop, *(Part(opening=each, policy=finance) for each in fees)]


@pytest.mark.proof
async def test_seven_complaints_live_to_their_ends_and_everything_holds() -> None:
    done: Simulated = await simulated(
        parts(), seed=7, limit=timedelta(days=365), plan=DEFAULT_FAULTS.model_copy(update={"faults": ()})
    )
    assert [each.stuck for each in done.played if each.stuck] == []
    assert all(each.end for each in done.played)
    assert sum(done.tally.ends.values()) == 7
    assert done.verify.breaches == ()
    assert done.tally.happened["refunds"] == done.verify.refunds > 0
