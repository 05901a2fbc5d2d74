"""What a script plants is found, and nothing else: a sample in `make test`, every voice in `make prove`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import policies
import sandbox
from cli.parts import Part, Played
from cli.planted import TRACES
from cli.rows import Format, Row, rows
from cli.simulate import DEFAULT_FAULTS
from cli.simulation import Simulated, simulated
from domain.policy import Policy
from sandbox.manners import NAMED, NO_FAULTS, StaffManners
from sandbox.staff_faults import ATTEMPTS, StaffFault

SAMPLES = Path(sandbox.__file__).parent / "samples"
FARTHEST_WEST = -12
ALL_WELL = DEFAULT_FAULTS.model_copy(update={"faults": ()})


def at_ten(policy: Policy) -> Policy:
    """Return the policy in the time zone in which it is now past ten in the morning.

    People keep opening hours, so what happens to a case depends on the hour at which it begins; a proof
    should not. The weekday stays as it is.
    """
    east = 10 - datetime.now(UTC).hour
    zone = (
        f"Etc/GMT{-(east if east >= FARTHEST_WEST else east + 24):+d}"  # signs are the other way round there
    )
    return policy.model_copy(update={"calendar": policy.calendar.model_copy(update={"timezone": zone})})


def voices(*files: str) -> dict[str, Part]:
    policy = at_ten(policies.load("retail-kr"))
    return {
        str(each.opening.source_key): Part(opening=each.opening, policy=policy, staff=NO_FAULTS)
        for file in files
        for each in rows(SAMPLES / f"{file}.jsonl", Format.JSONL, ZoneInfo("Asia/Seoul"))
        if isinstance(each, Row)
    }


def surely(part: Part, fault: StaffFault) -> Part:
    return Part(
        opening=part.opening, policy=part.policy, staff=NO_FAULTS.model_copy(update={"plant": {fault: 1.0}})
    )


def _where(played: Played) -> tuple[object, ...]:
    row = played.view.row if played.view else None
    return played.part.opening.source_key, played.fault, row, played.refused


async def play(parts: list[Part], *, all_well: bool = False) -> Simulated:
    plan = ALL_WELL if all_well else DEFAULT_FAULTS
    done = await simulated(parts, seed=7, limit=timedelta(days=365), plan=plan)
    assert [(each.number, each.stuck) for each in done.played if each.stuck] == []
    assert [_where(each) for each in done.played if not each.end] == []
    assert done.verify.breaches == ()
    return done


SAMPLE: dict[str, StaffFault] = {
    "kv-033": "turned_away",
    "kv-041": "hung_up",
    "kv-037": "empty_words",
    "kv-029": "unexplained_rule",
    "kv-038": "tries_blame",
}


async def test_what_is_planted_is_found_and_nothing_else() -> None:
    known = voices("korean")
    planted = [surely(known[key], fault) for key, fault in SAMPLE.items()]
    done = await play([*planted, known["kv-034"]], all_well=True)
    assert done.proof is not None
    compared = done.proof.comparison
    assert (compared.missed, compared.unexplained, compared.let_through) == ((), (), ())
    assert [deed.refused for deed in done.proof.script.refused] == ["blame"]
    assert {each.fault for each in compared.counted} == set(SAMPLE.values()) - {"tries_blame"}
    assert done.proof.script.not_planted == {}
    assert done.holds


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("plan", ["none", "planted"])
async def test_of_every_voice_what_is_planted_is_found_and_nothing_else(plan: str) -> None:
    staff: StaffManners = NAMED[plan]
    known = voices("korean", "retail")
    parts = [Part(opening=each.opening, policy=each.policy, staff=staff) for each in known.values()]
    done = await play(parts)
    assert done.proof is not None
    compared, again = done.proof.comparison, done.proof.reopened_of_dissatisfied
    assert (compared.missed, compared.unexplained, compared.let_through) == ((), (), ())
    assert 0 < again.dissatisfied == again.reopened
    assert done.proof.ended_without_notice == ()
    assert {each.fault for each in compared.counted} == (set(TRACES) if plan == "planted" else set())
    tried = {deed.fault for deed in done.proof.script.refused} & set(ATTEMPTS)
    assert tried == (set(ATTEMPTS) if plan == "planted" else set())
    assert done.holds
