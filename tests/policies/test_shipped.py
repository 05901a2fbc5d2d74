from datetime import date, datetime, timedelta
from itertools import product
from typing import get_args

import pytest

from domain.actor import Role
from domain.budget import due_of
from domain.calendar import is_business_day
from domain.policy import MOVES_GOODS, Policy, Severity, VocType
from domain.record import canonical
from policies import load, resolve_names, wordings
from policies.reading import MAX_SNAPSHOT, hash_of
from policies.sense import NEEDED

SHIPPED = ("finance-uk", "finance-us", "retail-kr")
RESPONSIBLE = {"r_and_d", "production", "marketing", "sales", "logistics", "customer_service"}


@pytest.fixture(params=SHIPPED)
def policy(request: pytest.FixtureRequest) -> Policy:
    return load(str(request.param), year_from=2026)


def test_three_policies_are_shipped_and_wordings_are_none_of_them() -> None:
    assert resolve_names() == SHIPPED


def test_the_default_is_korean_retail() -> None:
    assert load(year_from=2026).name == "retail-kr"


def test_a_policy_is_called_as_its_file(policy: Policy) -> None:
    assert load(policy.name, year_from=2026) == policy


def test_the_snapshot_stays_small_even_with_forty_years_of_holidays(policy: Policy) -> None:
    long = load(policy.name, year_from=2010, years=40)
    assert len(canonical(long).encode()) < MAX_SNAPSHOT


def test_the_snapshot_survives_its_way_through_json(policy: Policy) -> None:
    assert Policy.model_validate_json(canonical(policy), strict=True, extra="forbid") == policy


def test_anybody_can_recompute_the_hash(policy: Policy) -> None:
    assert hash_of(policy) == policy.hash
    assert hash_of(policy.model_copy(update={"max_offers": 9})) != policy.hash


def test_loading_again_gives_the_same_hash_and_other_years_another() -> None:
    assert load("retail-kr", year_from=2026).hash == load("retail-kr", year_from=2026, years=6).hash
    assert load("retail-kr", year_from=2026).hash != load("retail-kr", year_from=2016).hash


def test_the_wordings_that_a_policy_names_are_known(policy: Policy) -> None:
    assert policy.wording_hash in wordings()


def test_every_class_of_case_can_be_acknowledged_taken_and_ended_in_time(policy: Policy) -> None:
    for voc, severity in product(get_args(VocType), get_args(Severity)):
        for name in NEEDED if voc == "complaint" else ("acknowledge", "accept", "resolve"):
            assert policy.target(name, voc, severity), (name, voc, severity)


def test_graver_complaints_are_never_due_later(policy: Policy) -> None:
    start = datetime.fromisoformat("2026-03-04T09:00+09:00")
    for name in NEEDED:
        targets = [policy.target(name, "complaint", severity) for severity in get_args(Severity)]
        dues = [due_of(each.budget, policy.calendar, start) for each in targets if each]
        assert dues == sorted(dues, key=str, reverse=True), name


def test_the_six_responsibilities_have_two_or_three_levels_of_leaders(policy: Policy) -> None:
    assert {department.id for department in policy.departments} == RESPONSIBLE
    for department in policy.departments:
        assert 2 <= len(department.levels) <= 3
        assert policy.holds(department.levels[-1], Role.DEPARTMENT_HEAD)


def test_every_department_has_somebody_who_can_accept_a_case(policy: Policy) -> None:
    for department in RESPONSIBLE:
        assert any(each.department == department and Role.AGENT in each.roles for each in policy.people)


def test_three_happy_callers_are_nothing_else(policy: Policy) -> None:
    callers = [person for person in policy.people if Role.HAPPY_CALLER in person.roles]
    assert [person.id for person in callers] == ["caller-01", "caller-02", "caller-03"]
    assert all(len(person.roles) == 1 for person in callers)


def test_authority_grows_with_the_role(policy: Policy) -> None:
    roles = (Role.AGENT, Role.OWNER, Role.SUPERVISOR, Role.DEPARTMENT_HEAD)
    limits = [policy.authority[role].minor for role in roles]
    assert limits == sorted(limits)
    assert {limit.currency for limit in policy.authority.values()} == {policy.currency}


def test_every_clause_names_its_source_with_its_kind_and_its_plain_words(policy: Policy) -> None:
    assert {clause.kind for clause in policy.clauses} >= {"own", "law"}
    for clause in policy.clauses:
        assert set(clause.plain) == {"ko", "en"}, clause.id
        assert clause.plain["ko"] != clause.plain["en"]


@pytest.mark.parametrize("name", ["finance-us", "finance-uk"])
def test_goods_are_never_forced_onto_a_financial_complaint(name: str) -> None:
    assert not set(load(name, year_from=2026).remedies) & set(MOVES_GOODS)


def test_korean_amounts_and_follow_up_are_as_decided() -> None:
    policy = load("retail-kr", year_from=2026)
    assert str(policy.authority[Role.AGENT]) == "100,000 KRW"
    assert str(policy.authority[Role.SUPERVISOR]) == "500,000 KRW"
    assert policy.vague_words["금방"] == timedelta(minutes=20)
    rules = policy.happy_call
    assert (rules.attempts, rules.delay, rules.apart) == (3, timedelta(hours=24), timedelta(hours=5))
    assert (rules.from_hour, rules.to_hour, rules.cut_off) == (10, 20, 3)


def test_korean_holidays_are_closed_with_their_source_named() -> None:
    policy = load("retail-kr", year_from=2026)
    assert not is_business_day(policy.calendar, date(2026, 9, 24))
    assert is_business_day(policy.calendar, date(2026, 9, 23))
    assert policy.holidays_from.startswith("holidays 0.")
    assert "KR, 2026 to 2031" in policy.holidays_from


def test_old_cases_get_the_holidays_of_their_own_years() -> None:
    days = load("finance-us", year_from=2016, years=2).calendar.holidays
    assert {day.year for day in days} == {2016, 2017}
    assert date(2016, 9, 5) in days


def test_an_observed_new_years_day_of_the_year_before_is_kept() -> None:
    assert date(2027, 12, 31) in load("finance-us", year_from=2026).calendar.holidays


def due(name: str, clock_id: str, start: str) -> datetime | None:
    policy = load(name, year_from=2026)
    clock = next(clock for clock in policy.statutory if clock.id == clock_id)
    return due_of(clock.budget, policy.calendar_of(clock), datetime.fromisoformat(start))


def test_a_refund_over_chuseok_is_due_at_the_end_of_the_third_business_day() -> None:
    got = due("retail-kr", "refund-after-return", "2026-09-23T15:00+09:00")
    assert got == datetime.fromisoformat("2026-10-01T00:00+09:00")


def test_withdrawal_on_a_seventh_day_that_is_a_holiday_moves_on() -> None:
    got = due("retail-kr", "withdrawal-7-days", "2026-09-17T15:00+09:00")
    assert got == datetime.fromisoformat("2026-09-29T00:00+09:00")


def test_the_summary_resolution_route_over_easter_counts_bank_holidays() -> None:
    got = due("finance-uk", "disp-summary-resolution", "2026-04-02T16:30+01:00")
    assert got == datetime.fromisoformat("2026-04-10T00:00+01:00")


def test_the_final_response_is_due_after_eight_weeks() -> None:
    got = due("finance-uk", "disp-final-response", "2026-01-05T10:00+00:00")
    assert got == datetime.fromisoformat("2026-03-03T00:00+00:00")


def test_the_bureau_counts_calendar_days_from_the_day_it_sent_the_complaint() -> None:
    policy = load("finance-us", year_from=2026)
    (clock,) = policy.statutory
    assert clock.starts_on == "sent_to_company"
    assert clock.extended_by is not None
    start = datetime.fromisoformat("2026-03-02T00:00-05:00")
    calendar = policy.calendar_of(clock)
    assert due_of(clock.budget, calendar, start) == datetime.fromisoformat("2026-03-18T00:00-04:00")
    assert due_of(clock.extended_by, calendar, start) == datetime.fromisoformat("2026-05-02T00:00-04:00")


def test_a_statutory_clock_ignores_opening_hours_unless_it_asks_for_them() -> None:
    policy = load("retail-kr", year_from=2026)
    clock = policy.statutory[0]
    public = policy.calendar_of(clock)
    assert public.hours["mon"] == (("00:00", "24:00"),)
    assert "sat" not in public.hours
    assert public.holidays == policy.calendar.holidays
    assert policy.calendar_of(clock.model_copy(update={"calendar": "firm"})) == policy.calendar


def test_payments_have_their_own_final_response_and_only_the_short_route_may_lapse() -> None:
    clocks = {clock.id: clock for clock in load("finance-uk", year_from=2026).statutory}
    assert clocks["disp-summary-resolution"].consequence == "closes_option"
    payments, other = clocks["disp-final-response-payments"], clocks["disp-final-response"]
    assert payments.duty == other.duty
    assert list(clocks).index(payments.id) < list(clocks).index(other.id)
    assert payments.extended_by is not None


@pytest.mark.parametrize(("first", "years"), [(1500, 6), (2026, 0), (2026, 41)])
def test_years_without_sense_are_refused(first: int, years: int) -> None:
    with pytest.raises(ValueError, match="years of holidays"):
        load("retail-kr", year_from=first, years=years)


def test_without_a_year_the_present_is_covered() -> None:
    days = load("retail-kr").calendar.holidays
    assert {datetime.now().astimezone().year - 1, datetime.now().astimezone().year} <= {d.year for d in days}
