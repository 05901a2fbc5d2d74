"""Measures what it costs to compute all deadlines of a case on which every kind of clock runs (retail-kr).

Run with `.venv/bin/python benchmarks/deadlines_of_a_case.py [ROUNDS]`; it must stay under 1 ms.
"""

import sys
from pathlib import Path
from statistics import quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from domain.assignment import EscalateCase
from domain.case import Case, around, deadlines
from domain.clocks import running
from domain.contact import PauseTargets, ResumeTargets
from domain.promise import MakePromise
from domain.supervisor import RequestSupervisor
from tests.domain.lives import AGENT, MIRA, OWNER, Life, ok, refused, say, triage, wait
from tests.domain.test_clocks import KR, case, collecting, delivered, kr, returned

LIMIT = 0.001
"""Seconds for all deadlines of one case."""


def busy() -> Life:
    """Return a life with nothing met that can run beside the rest, three pauses, promises and a request."""
    pauses = [
        part
        for reason in ("waiting_customer", "waiting_goods", "waiting_outside_report")
        for part in (
            wait(minutes=20),
            say(PauseTargets, OWNER, reason=reason),
            wait(minutes=5),
            say(ResumeTargets, OWNER, reason=reason),
        )
    ]
    promises = [say(MakePromise, AGENT, what="I call", due=kr(f"12-{day} 10:00")) for day in (10, 11, 14)]
    return case(
        KR,
        refused("acknowledgement"),
        triage(cause="defect", product="marketplace"),
        *collecting(),
        *pauses,
        *promises,
        say(RequestSupervisor, MIRA),
        ok("inspect", returned(kr("11-23 10:00"))),
        say(EscalateCase, AGENT, reason="urgent"),
        order=delivered(20).model_copy(update={"life_cycle": "growth"}),
    )


def timed(found: Case, rounds: int) -> list[float]:
    """Return how long each computation took, in seconds."""
    took = []
    for _ in range(rounds):
        began = perf_counter()
        deadlines(found)
        took.append(perf_counter() - began)
    return took


def main(rounds: int) -> None:
    """Measure and print."""
    found = busy().case
    clocks, dues = running(around(found)), deadlines(found)
    print(f"{len(clocks)} clocks, {len(dues)} deadlines: {', '.join(clock.name for clock in clocks)}")
    began = perf_counter()
    deadlines(found)
    print(f"again: {(perf_counter() - began) * 1e6:.0f} us")
    cuts = quantiles(timed(found, rounds), n=100)
    print(f"all deadlines of a case: p50 {cuts[49] * 1e6:.0f} us, p99 {cuts[98] * 1e6:.0f} us")
    assert cuts[49] < LIMIT, "over the budget of 1 ms"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
