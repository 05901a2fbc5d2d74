"""The level of after-sale work: answer time and courtesy, from events alone."""

from datetime import timedelta

from domain.after_sale import AfterSale, AgainstSales, Taken, after_sale
from domain.assignment import AcceptCase
from domain.effect import CallMade
from domain.policy import SalesLevel
from tests.domain.lives import (
    AGENT,
    CALLED,
    NOTICE,
    POLICY,
    RAISED,
    SATISFIED,
    STILL_BAD,
    SUPERVISOR,
    Item,
    accept,
    contact,
    given,
    ok,
    propose,
    register,
    say,
    triage,
    wait,
)
from tests.domain.lives import PAID as PAID_OUT


def level(*script: Item) -> AfterSale:
    found = after_sale(given(*script).events, POLICY)
    assert found is not None
    return found


def minutes(count: int, working: int | None = None) -> Taken:
    return Taken(seconds=count * 60, working_seconds=(count if working is None else working) * 60)


def test_a_case_that_was_not_opened_has_no_level() -> None:
    assert after_sale((), POLICY) is None


def test_what_has_not_come_yet_is_not_counted() -> None:
    found = level(*RAISED)
    assert (found.acceptance, found.answer, found.resolution, found.courtesy) == (None, None, None, None)
    assert (found.apologised, found.explained, found.told_again) == (False, False, 0)


def test_each_time_is_counted_from_the_receipt() -> None:
    found = level(
        *RAISED,
        triage(),
        wait(minutes=10),
        say(AcceptCase, AGENT),
        wait(minutes=20),
        contact(),
        wait(minutes=30),
        propose(),
        accept(),
        ok("payout", PAID_OUT),
        register(),
        ok("result-notice", NOTICE),
    )
    assert (found.acceptance, found.answer, found.resolution) == (minutes(10), minutes(30), minutes(60))


def test_the_night_passes_for_the_customer_and_not_for_the_firm() -> None:
    found = level(*RAISED, triage(), say(AcceptCase, AGENT), wait(days=1), contact(SUPERVISOR))
    assert found.answer == minutes(24 * 60, working=9 * 60)


def test_a_call_that_said_nothing_is_no_answer() -> None:
    silent = contact(named_owner=False, next_step=None)
    talk = contact(repeat=True, apology=True, explanation=True)
    found = level(*RAISED, triage(), say(AcceptCase, AGENT), silent, wait(minutes=5), talk)
    assert found.answer == minutes(5)
    assert (found.apologised, found.explained, found.told_again) == (True, True, 1)


def test_of_several_results_the_last_one_counts() -> None:
    once, twice = level(*CALLED).resolution, level(*STILL_BAD).resolution
    assert once is not None
    assert twice is not None
    assert twice.seconds > once.seconds


def test_courtesy_is_what_the_customer_said_of_it_and_kept_back_until_the_end() -> None:
    good = CallMade(reference="c", outcome="answered", answers={"problem_gone": 1, "treatment_fair": 6})
    answered = given(*CALLED, ok("happy-call", good))
    open_still = after_sale(answered.events, POLICY)
    ended = after_sale(answered.told(wait(days=9)).events, POLICY)
    assert open_still is not None
    assert ended is not None
    assert (open_still.courtesy, ended.courtesy) == (None, 6)


SALES = POLICY.model_copy(update={"sales_level": SalesLevel(answer_minutes=45, courtesy=6.5)})


def test_both_are_held_against_the_level_of_sales_where_the_policy_tells_it() -> None:
    good = CallMade(reference="c", outcome="answered", answers={"problem_gone": 1, "treatment_fair": 6})
    ended = given(*CALLED, ok("happy-call", good)).told(wait(days=9)).events
    without, held = after_sale(ended, POLICY), after_sale(ended, SALES)
    assert without is not None
    assert held is not None
    assert without.against_sales is None
    assert held.answer is not None
    later = held.answer.working_seconds - 45 * 60
    assert held.against_sales == AgainstSales(answered_later=later, courtesy_above=-0.5)
    raised = after_sale(given(*RAISED).events, SALES)
    assert raised is not None
    assert raised.against_sales == AgainstSales(answered_later=None, courtesy_above=None)


def test_a_customer_who_was_not_asked_about_the_treatment_gives_no_score() -> None:
    assert level(*SATISFIED, wait(days=9)).courtesy is None


def test_the_same_history_always_gives_the_same_level() -> None:
    life = given(*CALLED)
    assert after_sale(life.events, POLICY) == after_sale(life.events, POLICY)
    assert life.now > life.events[0].at + timedelta(hours=1)
