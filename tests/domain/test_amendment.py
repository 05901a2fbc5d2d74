"""Rules change under an open case only because somebody says so, and that is an event."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.amendment import AdoptPolicy, AmendCalendar, CalendarAmended
from domain.assignment import AcceptCase
from domain.budget import WorkingTime
from domain.case import around, fold, unopened
from domain.clock_view import ClockView, clock_views
from domain.clocks import running
from domain.contact import PauseTargets, ResumeTargets
from domain.policy import Policy, content_hash
from tests.domain.lives import (
    AGENT,
    HEAD,
    IN_RECOVERY,
    MONDAY,
    OWNED,
    OWNER,
    POLICY,
    SUPERVISOR,
    Life,
    contact,
    given,
    ok,
    say,
    triage,
    wait,
)
from tests.domain.test_clocks import KR, UK, case, collecting, complaint, due, kr, of, returned, uk

WEDNESDAY = date(2026, 11, 25)
FRIDAY = MONDAY + timedelta(days=4)
NEXT_MONDAY = MONDAY + timedelta(days=7)


def holiday(*days: date, **fields: Any) -> Any:
    """Announce a temporary public holiday."""
    known = {"holidays": days, "announced": "cabinet, 20 November 2026"}
    return say(AmendCalendar, SUPERVISOR, **{**known, **fields})


def special(**days: Any) -> Any:
    """Announce other hours on days of November, `d25=(("10:00", "12:00"),)`."""
    hours = {date(2026, 11, int(day[1:])): intervals for day, intervals in days.items()}
    return holiday(special_days=hours)


def adopt(policy: Policy) -> Any:
    """Let another version hold for this case."""
    return say(AdoptPolicy, HEAD, policy=policy, reason="new promise of the firm")


def with_resolve(minutes: float, policy: Policy = POLICY, **changes: Any) -> Policy:
    """Return the policy with another resolve target."""
    targets = tuple(
        each.model_copy(update={"budget": WorkingTime(minutes=minutes)}) if each.name == "resolve" else each
        for each in policy.targets
    )
    return policy.model_copy(update={"targets": targets, "version": "2", **changes})


def view(life: Life, name: str) -> ClockView:
    """Return how one clock explains itself."""
    return next(each for each in clock_views(life.case) if each.name == name)


# A temporary holiday. ------------------------------------------------------------------------------------


def test_a_holiday_moves_open_deadlines_by_command_only_and_explains_itself() -> None:
    life = given(*IN_RECOVERY)
    assert due(life, "resolve") == FRIDAY.replace(hour=18)
    assert view(life, "resolve").explanation.holidays == ()
    answer = life.when(holiday(WEDNESDAY))
    event = answer.event("calendar_amended")
    assert (event.holidays, event.announced) == ((WEDNESDAY,), "cabinet, 20 November 2026")
    after = answer.then("calendar_amended")
    assert due(after, "resolve") == NEXT_MONDAY.replace(hour=18)
    told = view(after, "resolve").explanation
    assert told.holidays == (WEDNESDAY,)
    assert "2026-11-25" in told.ko
    assert "Holidays not counted: 2026-11-25." in told.en
    assert due(life, "resolve") == FRIDAY.replace(hour=18)


def test_a_policy_file_that_changes_meanwhile_does_not_reach_the_case() -> None:
    """The case holds its own snapshot: only events fold into it."""
    life = given(*IN_RECOVERY)
    assert life.case.policy is POLICY
    again = fold(unopened("TEST", POLICY), life.told(holiday(WEDNESDAY)).events)
    assert WEDNESDAY in again.policy.calendar.holidays
    assert POLICY.calendar.holidays == ()


def test_a_holiday_reaches_business_days_of_the_law_as_well() -> None:
    life = complaint(KR, *collecting(), ok("inspect", returned(kr("11-23 10:00"))))
    assert due(life, "refund-after-return") == kr("11-27 00:00")
    assert due(life.told(holiday(WEDNESDAY)), "refund-after-return") == kr("11-28 00:00")


def test_other_hours_of_the_firm_do_not_reach_the_law() -> None:
    life = complaint(UK, say(AcceptCase, AGENT), contact(), product="payment_services")
    closed = life.told(special(d25=()))
    assert due(closed, "next_update") == uk("11-30 17:00")
    assert due(closed, "disp-final-response-payments") == uk("12-15 00:00")


def test_a_breach_that_happened_is_not_removed_by_a_holiday() -> None:
    life = given(*OWNED, wait(days=2))
    before = len(of(life, "target_breached", "first_response"))
    life = life.told(holiday(MONDAY.date()), wait(days=3))
    assert before == len(of(life, "target_breached", "first_response")) == 1


def test_what_is_so_already_changes_nothing() -> None:
    life = given(*IN_RECOVERY, holiday(WEDNESDAY), special(d26=(("10:00", "12:00"),)))
    life.when(holiday(WEDNESDAY)).then()
    life.when(special(d26=(("10:00", "12:00"),))).then()
    life.when(holiday()).then()


def test_only_the_new_days_are_in_the_event_each_once() -> None:
    life = given(*IN_RECOVERY, holiday(WEDNESDAY))
    thursday = date(2026, 11, 26)
    event = life.when(holiday(thursday, WEDNESDAY, thursday)).event("calendar_amended")
    assert event.holidays == (thursday,)


def test_other_hours_replace_those_of_the_day_and_win_over_a_holiday() -> None:
    life = given(*IN_RECOVERY, special(d25=(("09:00", "12:00"),)))
    assert due(life, "resolve") == NEXT_MONDAY.replace(hour=15)
    both = holiday(WEDNESDAY, special_days={WEDNESDAY: (("09:00", "12:00"),)})
    assert due(given(*IN_RECOVERY, both), "resolve") == NEXT_MONDAY.replace(hour=15)


def test_a_holiday_on_a_day_with_special_hours_closes_it() -> None:
    life = given(*IN_RECOVERY, special(d25=(("09:00", "12:00"),)), holiday(WEDNESDAY))
    assert due(life, "resolve") == NEXT_MONDAY.replace(hour=18)
    assert WEDNESDAY not in life.case.policy.calendar.special_days
    life = life.told(special(d25=(("09:00", "12:00"),)))
    assert due(life, "resolve") == NEXT_MONDAY.replace(hour=15)
    life = life.when(holiday(WEDNESDAY)).then("calendar_amended")
    assert due(life, "resolve") == NEXT_MONDAY.replace(hour=18)
    assert life.case.policy.calendar.holidays == (WEDNESDAY,)


@pytest.mark.parametrize("hours", [(("12:00", "09:00"),), (("9", "12"),), (("09:00", "25:00"),)])
def test_hours_that_nobody_can_count_never_become_an_event(hours: Any) -> None:
    with pytest.raises(ValidationError, match="2026-11-25"):
        special(d25=hours)


def test_a_pause_keeps_its_cost_on_the_new_calendar() -> None:
    pausing = (
        say(PauseTargets, OWNER, reason="customer"),
        wait(hours=2),
        say(ResumeTargets, OWNER, reason="customer"),
    )
    life = given(*IN_RECOVERY, *pausing)
    assert due(life, "resolve") == NEXT_MONDAY.replace(hour=11)
    assert due(life.told(holiday(WEDNESDAY)), "resolve") == NEXT_MONDAY.replace(hour=11) + timedelta(days=1)


# Another version of the policy. --------------------------------------------------------------------------


def test_a_new_version_moves_an_open_case_only_by_command() -> None:
    new = with_resolve(1080)
    life = given(*IN_RECOVERY)
    assert due(life, "resolve") == FRIDAY.replace(hour=18)
    answer = life.when(adopt(new))
    event = answer.event("policy_adopted")
    assert (event.policy_hash, event.reason) == (content_hash(new), "new promise of the firm")
    life = answer.then("policy_adopted")
    assert due(life, "resolve") == MONDAY.replace(hour=18) + timedelta(days=1)
    assert life.case.policy == new
    life.when(adopt(new)).then()


def test_a_version_that_is_the_same_in_all_but_an_older_breach_keeps_the_breach() -> None:
    life = given(*OWNED, wait(days=2))
    life = life.told(adopt(with_resolve(5400)), wait(days=1))
    assert len(of(life, "target_breached", "first_response")) == 1


def test_a_target_that_the_new_version_has_made_overdue_breaches_once() -> None:
    life = given(*IN_RECOVERY, wait(days=2), adopt(with_resolve(60)), wait(milliseconds=1))
    (missed,) = of(life, "target_breached", "resolve")
    assert missed.due == MONDAY + timedelta(hours=1)
    back_again = life.told(adopt(POLICY), wait(days=20))
    assert len(of(back_again, "target_breached", "resolve")) == 1


def test_a_version_in_another_currency_is_refused() -> None:
    given(*IN_RECOVERY).when(adopt(POLICY.model_copy(update={"currency": "GBP"}))).then_refused(
        "this case is in EUR", "currency"
    )


def test_a_version_without_the_department_of_the_case_is_refused() -> None:
    smaller = POLICY.model_copy(update={"departments": POLICY.departments[:1], "routing": ()})
    given(*IN_RECOVERY).when(adopt(smaller)).then_refused("it has no works", "department")


def test_who_may_change_the_rules_of_a_case() -> None:
    life = given(*IN_RECOVERY)
    life.when(holiday(WEDNESDAY).model_copy(update={"by": AGENT})).then_refused("may not", "not-your-role")
    life.when(adopt(with_resolve(1)).model_copy(update={"by": SUPERVISOR})).then_refused("may not")


def test_an_adopted_version_takes_its_statutory_clocks_along() -> None:
    life = complaint(KR, say(AcceptCase, AGENT), contact(), product="marketplace")
    names = {clock.name for clock in running(around(life.case))}
    without = life.told(adopt(KR.model_copy(update={"statutory": ()})))
    left = {clock.name for clock in running(around(without.case))}
    assert names - left == {"intermediary-progress", "intermediary-result"}


def test_the_event_of_a_holiday_says_who_announced_it() -> None:
    life = case(KR, triage(cause="other"), holiday(date(2026, 11, 24)))
    event = life.last("calendar_amended")
    assert isinstance(event, CalendarAmended)
    assert (event.by, event.due) == (SUPERVISOR, None)
