from datetime import timedelta

import pytest

from cli.checks.sagas import QUIET, saga_breaches
from domain.ending import CaseEnded
from domain.message import Event
from domain.remedy import RoundOpened
from domain.saga import RetryStep, SagaBegun
from ledger.breach import Breach
from tests.cli.forging import ledger, without
from tests.domain.lives import (
    IN_RECOVERY,
    INSPECTED,
    MONDAY,
    NOT_THERE,
    OWNER,
    PAID,
    PAYING,
    PUT_RIGHT,
    RESERVED,
    SATISFIED,
    STILL_BAD,
    UNDONE,
    Item,
    accept,
    decision,
    given,
    ok,
    plan,
    propose,
    refused,
    say,
    to_end_of_collection,
    unknown,
    wait,
)

LATER = MONDAY + timedelta(days=365)

EXCHANGE: tuple[Item, ...] = (*IN_RECOVERY, propose(plan(decision("exchange"))), accept())
COMPENSATED: tuple[Item, ...] = (
    *EXCHANGE,
    ok("reserve", RESERVED),
    refused("ship"),
    ok("undo-reserve", UNDONE),
)
COLLECTED = to_end_of_collection()
LOOKED: tuple[Item, ...] = (wait(days=1, seconds=1), ok("inspect", NOT_THERE))
PARKED: tuple[Item, ...] = (*COLLECTED, ok("inspect", NOT_THERE), *LOOKED, *LOOKED)

GOOD = {
    "none": IN_RECOVERY,
    "completed": PUT_RIGHT,
    "ended": (*SATISFIED, wait(days=9)),
    "second round": STILL_BAD,
    "compensated": COMPENSATED,
    "parked": PARKED,
}


def breaches(*events: Event, after: timedelta = LATER - MONDAY) -> tuple[Breach, ...]:
    return saga_breaches(ledger(*events), now=MONDAY + after)


@pytest.mark.parametrize("script", GOOD.values(), ids=GOOD.keys())
def test_a_remedy_that_is_over_or_parked_is_no_breach_however_long_ago(script: tuple[Item, ...]) -> None:
    assert breaches(*given(*script).events) == ()


def test_a_remedy_begun_long_ago_that_is_neither_is_named() -> None:
    (breach,) = breaches(*given(*PAYING).events)
    assert (breach.invariant, breach.case_id) == ("V4", "A")
    assert "the remedy of proposal 1" in breach.what
    assert "neither over nor parked, and silent since" in breach.what


def test_a_remedy_that_went_on_after_it_was_parked_is_no_longer_parked() -> None:
    freed = given(*PARKED, say(RetryStep, OWNER, step="inspect"))
    (breach,) = breaches(*freed.events)
    assert "silent since" in breach.what
    assert breaches(*freed.told(ok("inspect", INSPECTED), ok("payout", PAID)).events) == ()


def test_a_remedy_that_waits_for_its_next_look_is_not_silent() -> None:
    life = given(*COLLECTED, ok("inspect", NOT_THERE))
    due = life.dues["saga/inspect:1"]
    assert saga_breaches(ledger(*life.events), now=due + QUIET) == ()
    assert len(saga_breaches(ledger(*life.events), now=due + QUIET + timedelta(seconds=1))) == 1


def test_a_case_whose_own_clock_runs_ahead_is_judged_by_it() -> None:
    life = given(*PAYING, unknown("payout"))
    assert breaches(*life.events, after=timedelta(0)) == ()
    ahead = CaseEnded(end="withdrawn", at=LATER)
    (breach,) = breaches(*life.events, ahead, after=timedelta(0))
    assert "left in between when the case ended (withdrawn)" in breach.what


def test_a_case_that_ended_with_a_parked_remedy_is_named() -> None:
    (breach,) = breaches(*given(*PARKED).events, CaseEnded(end="final_position", at=LATER))
    assert breach.what == (
        "the remedy of proposal 1 was left in between when the case ended (final_position)"
    )


def test_a_round_that_forgets_a_running_remedy_is_named() -> None:
    opened = RoundOpened(round=2, cause="happy_call", reason="bad", at=LATER)
    (breach,) = breaches(*given(*PAYING).events, opened)
    assert breach.what.endswith("when round 2 opened")


def test_a_remedy_over_which_another_began_is_named() -> None:
    begun = SagaBegun(number=2, steps=(), at=LATER)
    found = breaches(*given(*PAYING).events, begun, after=LATER - MONDAY)
    assert [breach.what for breach in found] == [
        "the remedy of proposal 1 was left in between when that of proposal 2 began"
    ]


def test_a_second_round_whose_first_remedy_never_ended_is_named() -> None:
    found = breaches(*without("remedy_done", given(*STILL_BAD).events))
    assert {breach.what for breach in found} >= {
        "the remedy of proposal 1 was left in between when round 2 opened"
    }
