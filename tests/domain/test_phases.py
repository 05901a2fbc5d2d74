"""Every step of a case belongs to one of three phases, each with its time and cost."""

from datetime import timedelta
from itertools import chain

from domain.message import Event
from domain.money import Money
from domain.phases import PHASES, PhaseTaken, added_up, phases, phases_of
from domain.policy import Costs
from tests.domain.lives import (
    HANDLED,
    IN_RECOVERY,
    INQUIRY,
    MONDAY,
    NOTIFIED,
    RAISED,
    REGISTERED,
    SATISFIED,
    SECOND_ROUND,
    STILL_BAD,
    Item,
    contact,
    given,
    opening,
    wait,
)

HOUR = timedelta(hours=1)
PRICED = HANDLED.model_copy(
    update={
        "handling": HANDLED.handling.model_copy(  # type: ignore[union-attr]  # handled lives have it
            update={
                "costs": Costs(
                    contact_minute=Money(minor=100, currency="EUR"),
                    collection=Money(minor=500, currency="EUR"),
                    shipment=Money(minor=400, currency="EUR"),
                )
            }
        )
    }
)


def kinds(script: tuple[Item, ...], phase: str) -> list[str]:
    return [getattr(event, "kind", "") for own, event in phases_of(given(*script).events) if own == phase]


def taken(*script: Item) -> dict[str, PhaseTaken]:
    life = given(*script, policy=PRICED)
    return {each.phase: each for each in phases(life.events, PRICED, life.now)}


def test_every_event_of_every_life_belongs_to_one_phase_in_the_order_of_the_life() -> None:
    for script in (RAISED, IN_RECOVERY, REGISTERED, SATISFIED, STILL_BAD, INQUIRY):
        events: tuple[Event, ...] = given(*script).events
        placed = tuple(phases_of(events))
        assert [event for _, event in placed] == list(events)
        assert {phase for phase, _ in placed} <= set(PHASES)
        assert sum(each.events for each in phases(events, PRICED, MONDAY)) == len(events)


def test_raising_is_before_handling_is_on_and_what_follows_the_delivered_result_is_after() -> None:
    assert kinds(SATISFIED, "before") == ["case_opened"]
    on, after = kinds(SATISFIED, "on"), kinds(SATISFIED, "after")
    assert {"acknowledgement_sent", "triaged", "contact_logged", "remedy_agreed"} <= {*on}
    assert on[-1] == "result_registered"
    assert after[0] == "result_notified"
    assert "happy_call_answered" in after


def test_a_further_round_is_service_again() -> None:
    assert kinds(SECOND_ROUND, "on")[-1] != "result_registered"
    assert "round_opened" in kinds(SECOND_ROUND, "on")


def test_time_is_counted_from_the_failure_to_awareness_to_the_result_and_on() -> None:
    early = opening(failed_at=MONDAY - 5 * HOUR, noticed_at=MONDAY - 2 * HOUR)
    found = taken(early, *NOTIFIED[1:-1], wait(hours=3), NOTIFIED[-1], wait(hours=7))
    assert (found["before"].seconds, found["on"].seconds, found["after"].seconds) == (
        3 * 3600,
        5 * 3600,
        7 * 3600,
    )


def test_a_failure_that_nobody_dates_has_no_length_and_a_phase_to_come_neither() -> None:
    found = taken(*IN_RECOVERY)
    assert (found["before"].seconds, found["after"].seconds) == (None, None)


def test_cost_falls_into_the_phase_in_which_it_was_spent_and_adds_up() -> None:
    found = taken(*NOTIFIED, contact(minutes=4, channel="phone"))
    costs = [each.cost for each in found.values()]
    assert all(each is not None for each in costs)
    on, after = found["on"].cost, found["after"].cost
    assert on is not None
    assert after is not None
    assert (on.given.minor, after.given.minor, after.handled.minor, after.total.minor) == (9_000, 0, 400, 400)
    several = {each.phase: each for each in added_up([tuple(found.values())] * 3)}
    assert several["after"].cost == Money(minor=1_200, currency="EUR")
    assert (several["before"].known, several["on"].known) == (0, 3)
    assert added_up(()) == added_up(chain()), "no case, no cost"
