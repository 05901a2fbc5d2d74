from datetime import UTC, datetime, timedelta

from cli.checks.deadlines import deadline_breaches
from domain.promise import PromiseBroken
from domain.targets import TargetBreached
from tests.cli.forging import ledger

DUE = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = DUE + timedelta(milliseconds=1)


def breached(at: datetime, rung: int = 0) -> TargetBreached:
    return TargetBreached(
        target="resolve", generation="1", rung=rung, actions=(), clause="c", late_known=False, due=DUE, at=at
    )


def test_a_deadline_that_fires_after_its_due_instant_is_no_breach() -> None:
    assert deadline_breaches(ledger(breached(LATER), breached(LATER, rung=1))) == ()


def test_a_deadline_that_fires_at_its_due_instant_is_early() -> None:
    (breach,) = deadline_breaches(ledger(breached(DUE)))
    assert (breach.invariant, breach.case_id) == ("V5", "A")
    assert "resolve 1 rung 0 fired at" in breach.what


def test_a_rung_that_fires_twice_is_named() -> None:
    (breach,) = deadline_breaches(ledger(breached(LATER), breached(LATER)))
    assert breach.what == "resolve 1 rung 0 fired 2 times"


def test_a_promise_that_breaks_twice_is_named() -> None:
    broken = PromiseBroken(number=1, due=DUE, at=LATER)
    (breach,) = deadline_breaches(ledger(broken, broken))
    assert breach.what == "promise 1 fired 2 times"
