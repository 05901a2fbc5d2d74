"""Which clocks run, and when exactly they fall due: every due below was counted by hand on a calendar."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.actor import Actor, Role
from domain.assignment import AcceptCase, AcceptTransfer, EscalateCase, TransferCase
from domain.budget import CalendarDays, WorkingTime
from domain.case import Case, around, todo
from domain.clocks import Clock, running
from domain.contact import PauseTargets, ResumeTargets
from domain.effect import CollectionStatus, OrderSnapshot, SendNotice
from domain.ending import AnswerCase, WithdrawCase
from domain.intake import Acknowledge
from domain.ladder import Rung
from domain.policy import Policy, StatutoryClock
from domain.saga import CancelRemedy
from domain.targets import ExtendClock
from domain.triage import ClaimHarm, HarmLine
from policies import load
from tests.domain.lives import (
    AGENT,
    BAD_CALL,
    BOOKED,
    CUSTOMER,
    IN_RECOVERY,
    INSPECTED,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    OWNED,
    OWNER,
    PAID,
    POLICY,
    RESERVED,
    SENT_BACK,
    SHIPPED,
    SUPERVISOR,
    SYSTEM,
    Item,
    Life,
    accept,
    contact,
    decision,
    given,
    ok,
    opening,
    plan,
    propose,
    refused,
    register,
    say,
    triage,
    unknown,
    wait,
)

MS = timedelta(milliseconds=1)


def shipped(name: str) -> Policy:
    """Return a shipped policy with its own clocks and calendar, and the people and money of these lives."""
    rules = load(name, year_from=2026)
    theirs = (
        "currency",
        "authority",
        "authority_totals",
        "people",
        "service_head",
        "departments",
        "fallback_department",
        "routing",
        "remedies",
    )
    update = {field: getattr(POLICY, field) for field in theirs} | {"profile": None}
    causes = tuple(dict.fromkeys((*rules.causes, *POLICY.causes)))
    return rules.model_copy(update={**update, "causes": causes})


KR, UK, US = shipped("retail-kr"), shipped("finance-uk"), shipped("finance-us")
ZONES = {"retail-kr": "Asia/Seoul", "finance-uk": "Europe/London", "finance-us": "America/New_York"}


def on(policy: Policy, text: str) -> datetime:
    """Return an instant of 2026 (or later) as read from the wall clock of the policy's zone."""
    year = "" if text[:2] == "20" else "2026-"
    return datetime.fromisoformat(year + text).replace(tzinfo=ZoneInfo(ZONES[policy.name]))


def kr(text: str) -> datetime:
    """Return an instant on the wall clock of Seoul."""
    return on(KR, text)


def uk(text: str) -> datetime:
    """Return an instant on the wall clock of London."""
    return on(UK, text)


def monday(policy: Policy) -> datetime:
    """Return the opening of Monday, 23 November 2026."""
    return on(policy, "11-23 09:00")


def case(policy: Policy, *items: Item, order: OrderSnapshot = ORDER, **fields: Any) -> Life:
    """Return a life that began on that Monday at nine, its acknowledgement under way."""
    now = fields.pop("now", monday(policy))
    begun = opening(at=now, received_at=now, **fields) if "received_at" not in fields else None
    first = begun or opening(at=now, **fields)
    return given(first, ok("customer", CUSTOMER), ok("order", order), *items, policy=policy, now=now)


def complaint(policy: Policy, *items: Item, **fields: Any) -> Life:
    """Return a life up to a triaged complaint whose acknowledgement arrived."""
    begun = {name: fields.pop(name) for name in tuple(fields) if name in ("order", "source", "now")}
    classed = triage(**{"cause": "other", **fields})
    return case(policy, ok("acknowledgement", NOTICE), classed, *items, **begun)


def clocks(life: Life) -> dict[str, Clock]:
    """Return the clocks that run, by name."""
    return {clock.name: clock for clock in running(around(life.case))}


def due(life: Life, name: str) -> datetime | None:
    """Return when a clock that runs falls due."""
    return clocks(life)[name].due


def as_owner(command: Any, **fields: Any) -> Callable[[Case], Any]:
    """Return what whoever owns the case by then says; `owner_accepts` may have moved it up."""
    return lambda case: command.model_copy(
        update={"by": Actor(role=Role.OWNER, id=case.assignment.owner or ""), **fields}
    )


def of(life: Life, kind: str, target: str) -> list[Any]:
    """Return the events of a kind that a clock caused."""
    return [
        each
        for each in life.events
        if getattr(each, "kind", "") == kind and getattr(each, "target", "") == target
    ]


# Every service target of the shipped policies. -----------------------------------------------------------

COMPLAINTS = [
    (KR, "low", ("10:00", "14:00", "11-23 18:00", "12-04 18:00")),
    (KR, "normal", ("10:00", "14:00", "11-23 18:00", "12-01 18:00")),
    (KR, "high", ("10:00", "10:00", "11-23 14:00", "11-27 18:00")),
    (KR, "critical", ("10:00", "10:00", "11-23 11:00", "11-25 18:00")),
    (UK, "low", ("10:00", "17:00", "11-24 17:00", "12-11 17:00")),
    (UK, "normal", ("10:00", "17:00", "11-24 17:00", "12-11 17:00")),
    (UK, "high", ("10:00", "11:00", "11-23 13:00", "11-27 17:00")),
    (UK, "critical", ("10:00", "11:00", "11-23 13:00", "11-25 17:00")),
    # Thursday, 26 November is Thanksgiving.
    (US, "low", ("10:00", "18:00", "11-24 18:00", "12-07 18:00")),
    (US, "normal", ("10:00", "18:00", "11-24 18:00", "12-07 18:00")),
    (US, "high", ("10:00", "11:00", "11-23 13:30", "11-30 18:00")),
    (US, "critical", ("10:00", "11:00", "11-23 13:30", "11-25 18:00")),
]
"""Acknowledge (as the web is), accept, first response, resolve, all counted from Monday at nine."""


@pytest.mark.parametrize(("policy", "severity", "expected"), COMPLAINTS)
def test_the_first_targets_of_a_complaint(policy: Policy, severity: str, expected: tuple[str, ...]) -> None:
    life = case(policy, triage(severity=severity, cause="other"))
    acknowledge, accepted, response, resolve = expected
    found = {clock.name: clock.due for clock in clocks(life).values() if not clock.statutory}
    assert found == {
        "acknowledge": on(policy, f"11-23 {acknowledge}"),
        "accept": on(policy, f"11-23 {accepted}"),
        "first_response": on(policy, response),
        "resolve": on(policy, resolve),
    }


@pytest.mark.parametrize(
    ("policy", "voc_type", "expected"),
    [
        (KR, "inquiry", ("11-23 10:00", "11-23 18:00", "11-24 18:00", "11-25 18:00")),
        (KR, "compliment", ("11-23 10:00", "11-23 18:00", None, "12-04 18:00")),
        (KR, "suggestion", ("11-23 10:00", "11-23 18:00", None, "12-04 18:00")),
        (UK, "inquiry", ("11-23 10:00", "11-24 17:00", "11-25 17:00", "11-27 17:00")),
        (UK, "compliment", ("11-23 10:00", "11-24 17:00", None, "12-04 17:00")),
        (UK, "suggestion", ("11-23 10:00", "11-24 17:00", None, "12-04 17:00")),
        (US, "inquiry", ("11-23 10:00", "11-24 18:00", "11-25 18:00", "11-30 18:00")),
        (US, "compliment", ("11-23 10:00", "11-24 18:00", None, "12-07 18:00")),
        (US, "suggestion", ("11-23 10:00", "11-24 18:00", None, "12-07 18:00")),
    ],
)
def test_the_targets_of_every_other_voice(
    policy: Policy, voc_type: str, expected: tuple[str | None, ...]
) -> None:
    found = clocks(case(policy, triage(voc_type=voc_type, cause=None)))
    names = ("acknowledge", "accept", "first_response", "resolve")
    dues = {name: on(policy, text) for name, text in zip(names, expected, strict=True) if text}
    assert {name: clock.due for name, clock in found.items()} == dues


@pytest.mark.parametrize(
    ("policy", "severity", "expected"),
    [
        (KR, "normal", "11-25 18:00"),
        (KR, "low", "11-25 18:00"),
        (KR, "high", "11-23 18:00"),
        (KR, "critical", "11-23 18:00"),
        (UK, "normal", "11-27 17:00"),
        (UK, "critical", "11-24 17:00"),
        (US, "normal", "11-30 18:00"),
        (US, "high", "11-24 18:00"),
    ],
)
def test_the_next_update_is_due_from_the_first_response(policy: Policy, severity: str, expected: str) -> None:
    life = complaint(policy, say(AcceptCase, AGENT), contact(), severity=severity)
    assert due(life, "next_update") == on(policy, expected)
    assert "first_response" not in clocks(life)


@pytest.mark.parametrize(
    ("policy", "asked", "notice"), [(KR, "14:00", "14:00"), (UK, "17:00", "17:00"), (US, "18:00", "18:00")]
)
def test_whoever_a_case_is_moved_up_to_accepts_and_a_result_arrives_in_time(
    policy: Policy, asked: str, notice: str
) -> None:
    owned = complaint(policy, say(AcceptCase, AGENT), contact())
    up = owned.told(say(EscalateCase, AGENT, reason="urgent"))
    assert due(up, "owner_accepts") == on(policy, f"11-23 {asked}")
    told = owned.told(propose(), accept(), ok("payout", PAID), register())
    assert due(told, "result_notice") == on(policy, f"11-23 {notice}")
    assert "result_notice" not in clocks(told.told(ok("result-notice", NOTICE)))


# Acceptance. ---------------------------------------------------------------------------------------------


def test_each_person_to_whom_a_case_is_moved_up_has_a_target_of_their_own() -> None:
    life = complaint(KR, say(AcceptCase, AGENT), wait(hours=1), say(EscalateCase, AGENT, reason="urgent"))
    assert due(life, "owner_accepts") == kr("11-23 15:00")
    life = life.told(say(AcceptCase, SUPERVISOR))
    assert "owner_accepts" not in clocks(life)
    life = life.told(wait(hours=5), say(EscalateCase, SUPERVISOR, reason="urgent"))
    assert clocks(life)["owner_accepts"].generation == "3"
    assert due(life, "owner_accepts") == kr("11-24 10:00")


def test_who_owns_a_case_before_it_has_a_department_is_asked_as_a_person() -> None:
    """The department was never asked, so it is not held to anything."""
    life = case(KR, ok("acknowledgement", NOTICE), wait(hours=9, seconds=1))
    assert life.last("target_breached").target == "first_response"
    assert life.case.assignment.owner == "sue"
    assert due(life, "owner_accepts") == kr("11-24 14:00")
    assert "accept" not in clocks(life)


def test_a_policy_without_a_target_for_owners_holds_them_to_the_departments() -> None:
    kept = tuple(target for target in KR.targets if target.name != "owner_accepts")
    policy = KR.model_copy(update={"targets": kept})
    life = complaint(policy, say(AcceptCase, AGENT), say(EscalateCase, AGENT, reason="urgent"))
    assert (clocks(life)["accept"].generation, due(life, "accept")) == ("2", kr("11-23 14:00"))


def test_a_case_that_is_handed_over_is_accepted_by_being_taken() -> None:
    given_on = say(TransferCase, OWNER, to="ben", summary="the cup broke")
    life = complaint(KR, say(AcceptCase, AGENT), given_on)
    assert clocks(life)["owner_accepts"].generation == "offer-1"
    taken = life.told(say(AcceptTransfer, AGENT.model_copy(update={"id": "ben"})))
    assert "owner_accepts" not in clocks(taken)


# The next update. ----------------------------------------------------------------------------------------

TALKING = (say(AcceptCase, AGENT), contact())
UPDATE: dict[str, Any] = {"done_since": "we asked the works", "next_step": "they answer tomorrow"}


def test_an_update_with_what_was_done_and_what_comes_begins_the_next_period() -> None:
    life = complaint(KR, *TALKING, wait(days=1), contact(**UPDATE))
    assert due(life, "next_update") == kr("11-26 18:00")  # 480 minutes left of Tuesday, then two days
    assert of(life.told(wait(days=2, hours=8)), "target_breached", "next_update") == []


@pytest.mark.parametrize(
    "words",
    [
        contact(next_step="soon"),
        contact(done_since="much", next_step=None),
        contact(SYSTEM, **UPDATE),
        contact(reached=False, **UPDATE),
        contact(MIRA, direction="inbound", **UPDATE),
        contact(direction="inbound", **UPDATE),
        contact(done_since="", next_step="soon"),
    ],
)
def test_what_is_not_an_update_leaves_the_period_as_it_was(words: Any) -> None:
    life = complaint(KR, *TALKING, wait(days=1), words)
    assert due(life, "next_update") == kr("11-25 18:00")


def test_a_period_that_was_missed_begins_the_next() -> None:
    life = complaint(KR, *TALKING, wait(days=2, hours=9, seconds=1))
    (missed,) = of(life, "target_breached", "next_update")
    assert (missed.due, missed.late_known) == (kr("11-25 18:00"), False)
    assert due(life, "next_update") == kr("11-30 18:00")  # Thursday, Friday, Monday
    life = life.told(wait(days=5))
    assert [each.due for each in of(life, "target_breached", "next_update")] == [
        kr("11-25 18:00"),
        kr("11-30 18:00"),
    ]
    assert len(of(life, "target_warned", "next_update")) == 2
    generations = [each.generation for each in of(life, "target_breached", "next_update")]
    assert len(set(generations)) == 2


def test_an_update_after_a_missed_period_counts_from_itself() -> None:
    life = complaint(KR, *TALKING, wait(days=3), contact(**UPDATE))
    assert due(life, "next_update") == kr("11-30 18:00")
    assert clocks(life)["next_update"].start == kr("11-26 09:00")


def test_an_update_from_before_the_period_is_no_update_of_this_period() -> None:
    life = complaint(KR, *TALKING, wait(days=7, hours=1))
    before = clocks(life)["next_update"]
    fired = len(of(life, "target_warned", "next_update"))
    told = life.told(contact(**UPDATE, occurred_at=kr("11-24 10:00")), wait(minutes=1))
    assert clocks(told)["next_update"] == before
    assert len(of(told, "target_warned", "next_update")) == fired


def test_nobody_owes_an_update_before_the_first_response_or_without_an_owner() -> None:
    assert "next_update" not in clocks(complaint(KR, say(AcceptCase, AGENT)))
    assert "next_update" not in clocks(complaint(KR, contact(AGENT)))


def test_no_update_is_owed_once_the_customer_has_the_result() -> None:
    life = complaint(KR, *TALKING, propose(), accept(), ok("payout", PAID), register())
    assert "next_update" in clocks(life)
    assert "next_update" not in clocks(life.told(ok("result-notice", NOTICE)))


def test_an_update_that_is_already_late_in_another_class_is_missed_once() -> None:
    life = complaint(KR, *TALKING, wait(days=2))
    assert due(life, "next_update") == kr("11-25 18:00")
    life = life.told(triage(severity="high", cause="other"), wait(minutes=1))
    (missed,) = of(life, "target_breached", "next_update")
    assert (missed.due, missed.late_known) == (kr("11-23 18:00"), True)
    start = clocks(life)["next_update"].start
    assert start == missed.at == kr("11-25 09:01")
    assert [word.target for word in life.case.targets.words].count("next_update") == 1


def test_updates_count_from_the_opening_of_a_case_that_was_opened_late() -> None:
    received = kr("11-20 16:00")
    told = contact(AGENT, occurred_at=kr("11-20 17:00"))
    life = case(KR, triage(cause="other"), told, say(AcceptCase, AGENT), received_at=received)
    assert clocks(life)["next_update"].start == kr("11-23 09:00")
    assert of(life.told(wait(hours=1)), "target_breached", "next_update") == []


def test_a_new_round_has_its_own_updates() -> None:
    done = (propose(), accept(), ok("payout", PAID), register(), ok("result-notice", NOTICE))
    life = complaint(KR, *TALKING, *done, wait(days=15))
    missed = len(of(life, "target_breached", "next_update"))
    life = life.told(ok("happy-call", BAD_CALL), say(AcceptCase, SUPERVISOR), wait(hours=1))
    assert len(of(life, "target_breached", "next_update")) == missed == 0
    clock = clocks(life)["next_update"]
    assert (clock.start, clock.generation) == (life.case.remedy.round_at, "2.0.0")


# Resolve: the stage of the product's life is a factor. ---------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("introduction", "11-27 17:12"),  # 3360 x 0.7 = 2352 minutes: four days and 432 minutes
        ("growth", "11-30 17:36"),  # 3360 x 0.85 = 2856 minutes: five days and 456 minutes
        ("maturity", "12-01 18:00"),
        ("decline", "12-01 18:00"),
        (None, "12-01 18:00"),
    ],
)
def test_a_product_new_to_the_market_is_put_right_sooner(stage: Any, expected: str) -> None:
    life = complaint(KR, order=ORDER.model_copy(update={"life_cycle": stage}))
    assert due(life, "resolve") == kr(expected)
    assert due(life, "first_response") == kr("11-23 18:00")


def test_the_factor_knows_working_time_only_and_a_case_without_order_has_none() -> None:
    young = ORDER.model_copy(update={"life_cycle": "growth"})
    targets = tuple(
        each.model_copy(update={"budget": CalendarDays(n=3)}) if each.name == "resolve" else each
        for each in KR.targets
    )
    life = complaint(KR.model_copy(update={"targets": targets}), order=young)
    assert due(life, "resolve") == kr("11-27 00:00")
    nothing = given(opening(at=monday(KR)), policy=KR, now=monday(KR))
    assert due(nothing, "resolve") == kr("12-01 18:00")


# Reclassification and late opening. ----------------------------------------------------------------------


def test_a_graver_and_a_lighter_class_count_from_the_original_start_with_all_pauses() -> None:
    pause = say(PauseTargets, OWNER, reason="waiting_customer")
    life = complaint(KR, *TALKING, wait(hours=1), pause, wait(hours=1))
    life = life.told(say(ResumeTargets, OWNER, reason="waiting_customer"))
    assert due(life, "resolve") == kr("12-02 10:00")
    graver = life.told(triage(severity="critical", cause="other"))
    assert due(graver, "resolve") == kr("11-26 10:00")
    assert due(graver.told(triage(severity="low", cause="other")), "resolve") == kr("12-07 10:00")


def test_what_is_already_overdue_in_the_graver_class_breaches_once_with_one_notice() -> None:
    life = complaint(KR, *TALKING, wait(days=4), contact(**UPDATE))
    words = len(life.case.targets.words)
    life = life.told(triage(severity="critical", cause="other"), wait(milliseconds=1))
    (missed,) = of(life, "target_breached", "resolve")
    assert (missed.due, missed.late_known) == (kr("11-25 18:00"), True)
    assert [each.due for each in of(life, "target_warned", "resolve")] == [kr("11-26 14:00")]
    told = [word.staff for word in life.case.targets.words[words:] if word.target == "resolve"]
    assert told == ["sue", None]  # the one rung tells the supervisor and the customer
    again = life.told(triage(severity="normal", cause="other"), triage(severity="critical", cause="other"))
    assert len(of(again.told(wait(days=30)), "target_breached", "resolve")) == 1


def test_what_was_met_stays_met_in_every_class() -> None:
    life = complaint(KR, *TALKING)
    for severity in ("critical", "low", "high"):
        life = life.told(triage(severity=severity, cause="other"))
        assert not {"acknowledge", "accept", "first_response"} & set(clocks(life))


def test_a_case_opened_late_breaches_each_overdue_target_once() -> None:
    life = case(KR, triage(cause="other"), wait(seconds=1), received_at=kr("11-19 09:00"))
    late = [each for each in life.events if getattr(each, "late_known", False)]
    assert sorted((each.target, each.due) for each in late) == [  # type: ignore[attr-defined]
        ("acknowledge", kr("11-19 10:00")),
        ("first_response", kr("11-19 18:00")),
    ]
    assert due(life, "resolve") == kr("11-27 18:00")
    assert life.many("target_warned") == 0


def test_an_answered_case_owes_no_first_response_and_a_closed_one_nothing() -> None:
    asked = case(KR, triage(voc_type="inquiry", cause=None), say(AcceptCase, AGENT))
    assert {"first_response", "resolve"} <= set(clocks(asked))
    answered = asked.told(say(AnswerCase, OWNER, text="At nine."), ok("answer", NOTICE))
    assert clocks(answered) == {}
    withdrawn = complaint(KR, *TALKING, propose(), accept(), say(WithdrawCase, MIRA))
    assert clocks(withdrawn) == {}


def test_money_that_is_on_its_way_stays_owed_to_a_customer_who_withdraws() -> None:
    both = plan(decision("exchange", harm_line="more"), decision("refund"))
    shipped = (ok("reserve", RESERVED), ok("ship", SHIPPED))
    claimed = say(ClaimHarm, MIRA, line=HarmLine(id="more", harm="trouble"))
    life = complaint(KR, *TALKING, claimed, propose(both), accept(), *shipped)
    life = life.told(say(WithdrawCase, MIRA))
    assert set(clocks(life)) == {"refund-nothing-delivered"}
    late = life.told(wait(days=9))
    assert len(of(late, "target_breached", "refund-nothing-delivered")) == 1


def test_the_answer_to_an_inquiry_does_not_resolve_the_complaint_that_it_became() -> None:
    asked = case(UK, triage(voc_type="inquiry", cause=None), say(AcceptCase, AGENT))
    life = asked.told(say(AnswerCase, OWNER, text="At nine."), triage(cause="other"), ok("answer", NOTICE))
    assert life.case.ending.answered_at is not None
    assert {"resolve", "disp-final-response"} <= set(clocks(life))


# Pauses. -------------------------------------------------------------------------------------------------


def test_a_pause_stops_every_service_target_and_no_statutory_clock() -> None:
    life = complaint(UK, *TALKING, say(PauseTargets, OWNER, reason="waiting_outside_report"))
    found = clocks(life)
    assert {name: clock.due for name, clock in found.items() if not clock.statutory} == {
        "next_update": None,
        "resolve": None,
    }
    assert due(life, "disp-final-response") == uk("2027-01-19 00:00")
    # Thursday midnight passes while everything of our own stands still.
    life = life.told(wait(days=4))
    assert [each.target for each in of(life, "target_breached", "disp-summary-resolution")] != []
    assert life.many("target_breached") == 1


# Statutory clocks of Korean retail. ----------------------------------------------------------------------


def delivered(day: int) -> OrderSnapshot:
    """Return an order whose goods came on that day of November."""
    return ORDER.model_copy(update={"delivered_on": date(2026, 11, day)})


@pytest.mark.parametrize(
    ("day", "cause", "clock", "expected"),
    [
        (20, "price", "withdrawal-7-days", "11-28 00:00"),  # the end of Friday, 27 November
        (17, "price", "withdrawal-7-days", "11-25 00:00"),
        (15, "price", "withdrawal-7-days", "11-24 00:00"),  # Sunday the 22nd moves to Monday
        (20, "defect", "withdrawal-3-months", "2027-02-23 00:00"),  # Saturday, 20 February moves to Monday
        (23, "misdescription", "withdrawal-3-months", "2027-02-24 00:00"),
    ],
)
def test_the_customers_window_of_withdrawal_is_a_civil_period(
    day: int, cause: str, clock: str, expected: str
) -> None:
    life = complaint(KR, order=delivered(day), cause=cause)
    found = {name: each for name, each in clocks(life).items() if name.startswith("withdrawal")}
    assert {name: each.due for name, each in found.items()} == {clock: kr(expected)}
    assert found[clock].closes_option


def test_a_window_that_closes_is_no_breach_and_moves_nobody() -> None:
    life = complaint(KR, *TALKING, order=delivered(17), cause="price")
    before = (life.case.assignment, life.case.targets.words)
    life = life.told(wait(days=1, hours=15, seconds=1))
    (closed,) = of(life, "target_breached", "withdrawal-7-days")
    assert (closed.closes_option, closed.late_known, closed.actions) == (True, False, ())
    assert (life.case.assignment, life.case.targets.words) == before


def test_a_window_that_had_closed_before_the_case_was_opened_is_noted_once() -> None:
    life = case(KR, wait(seconds=1), order=delivered(2))
    (closed,) = of(life, "target_breached", "withdrawal-7-days")
    assert (closed.due, closed.late_known) == (kr("11-10 00:00"), True)


def test_goods_of_which_nobody_knows_when_they_came_have_no_window() -> None:
    assert not any(name.startswith("withdrawal") for name in clocks(complaint(KR)))
    nothing = given(opening(at=monday(KR)), policy=KR, now=monday(KR))
    assert not any(name.startswith("withdrawal") for name in clocks(nothing))


def test_a_plan_ends_the_window_for_good_also_in_a_later_round() -> None:
    done = (propose(), accept(), ok("payout", PAID), register(), ok("result-notice", NOTICE))
    life = complaint(KR, *TALKING, order=delivered(20), cause="defect").told(*done)
    assert "withdrawal-3-months" not in clocks(life)
    life = life.told(wait(days=3), ok("happy-call", BAD_CALL))
    assert life.case.remedy.proposal is None
    assert "withdrawal-3-months" not in clocks(life)


def returned(arrived: datetime | None) -> CollectionStatus:
    """Return what the courier says of goods that came back as claimed."""
    return INSPECTED.model_copy(update={"arrived_at": arrived})


def collecting(remedy: Any = "refund", ground: str = "defect") -> tuple[Item, ...]:
    """Return the script of a remedy for which goods come back, up to their being fetched."""
    proposal = propose(plan(decision(remedy, ground=ground), collect=True))
    reserve = (ok("reserve", RESERVED),) if remedy == "exchange" else ()
    return (*TALKING, proposal, accept(), *reserve, ok("collect", BOOKED))


@pytest.mark.parametrize("ground", ["defect", "withdrawal"])
def test_the_refund_is_due_three_business_days_after_the_goods_came_back(ground: str) -> None:
    life = complaint(KR, *collecting(ground=ground), wait(days=4))
    assert not any(name.startswith("refund") for name in clocks(life))
    life = life.told(ok("inspect", returned(kr("11-26 15:00"))))
    # Friday, Monday, Tuesday: a day on which we looked does not count, the arrival does.
    assert due(life, "refund-after-return") == kr("12-02 00:00")
    assert "refund-nothing-delivered" not in clocks(life)
    assert "refund-after-return" not in clocks(life.told(ok("payout", PAID)))


def test_goods_of_which_only_the_inspection_is_known_count_from_then() -> None:
    life = complaint(KR, *collecting(), wait(days=1), ok("inspect", returned(None)))
    assert due(life, "refund-after-return") == kr("11-28 00:00")


def test_a_refund_for_which_nothing_comes_back_counts_from_the_withdrawal() -> None:
    life = complaint(KR, *TALKING, wait(hours=7), propose())
    assert "refund-nothing-delivered" not in clocks(life)
    life = life.told(accept())
    assert due(life, "refund-nothing-delivered") == kr("11-27 00:00")  # Tuesday, Wednesday, Thursday
    assert "refund-nothing-delivered" not in clocks(life.told(ok("payout", PAID)))


def test_a_late_agreement_finds_the_refund_overdue_once() -> None:
    life = complaint(KR, *TALKING, wait(days=9), as_owner(propose()), accept(), wait(seconds=1))
    (missed,) = of(life, "target_breached", "refund-nothing-delivered")
    assert (missed.due, missed.late_known) == (kr("11-27 00:00"), True)
    assert of(life, "target_warned", "refund-nothing-delivered") == []


def test_a_late_refund_warns_at_half_and_breaches() -> None:
    life = complaint(KR, *collecting(), ok("inspect", returned(kr("11-23 10:00"))), wait(days=4))
    (warned,) = of(life, "target_warned", "refund-after-return")
    assert warned.due == kr("11-25 05:00")  # half of the 86 hours until the end of Thursday
    (missed,) = of(life, "target_breached", "refund-after-return")
    assert (missed.due, missed.closes_option) == (kr("11-27 00:00"), False)


@pytest.mark.parametrize(
    "plan_",
    [
        plan(decision("exchange")),
        plan(decision("apology")),
        plan(decision("goodwill_credit", ground="goodwill")),
        plan(decision("refund", ground="warranty")),
    ],
)
def test_what_pays_no_money_on_a_ground_of_the_law_owes_no_refund(plan_: Any) -> None:
    life = complaint(KR, *TALKING, propose(plan_))
    if life.case.remedy.proposal is not None and life.case.remedy.proposal.state == "offered":
        life = life.told(accept())
    assert life.case.remedy.agreed_at is not None
    assert not any(name.startswith("refund") for name in clocks(life))


def test_an_exchange_for_which_goods_come_back_owes_no_refund() -> None:
    life = complaint(KR, *collecting("exchange"), ok("inspect", returned(kr("11-23 10:00"))))
    assert not any(name.startswith("refund") for name in clocks(life))


def test_a_bank_that_refuses_does_not_end_the_duty_to_refund() -> None:
    life = complaint(KR, *collecting(), ok("inspect", returned(kr("11-23 10:00"))))
    life = life.told(refused("payout"), ok("undo-inspect", SENT_BACK))
    assert life.case.remedy.proposal is not None
    assert life.case.remedy.proposal.state == "compensated"
    assert due(life, "refund-after-return") == kr("11-27 00:00")


def test_a_remedy_that_was_given_up_owes_no_refund() -> None:
    life = complaint(KR, *collecting(), say(CancelRemedy, MIRA, reason="I keep it"))
    life = life.told(ok("inspect", returned(kr("11-23 10:00"))))
    assert not any(name.startswith("refund") for name in clocks(life))


def test_each_remedy_owes_a_refund_of_its_own() -> None:
    """A breach of the first round does not hide one of the second."""
    paid = (ok("payout", PAID), ok("interest", PAID))
    done = (*paid, as_owner(register()), ok("result-notice", NOTICE), wait(days=2))
    life = complaint(KR, *collecting(), ok("inspect", returned(kr("11-23 10:00"))), wait(days=8), *done)
    life = life.told(ok("happy-call", BAD_CALL))
    assert not any(name.startswith("refund") for name in clocks(life))
    again = as_owner(propose(plan(collect=True)))
    life = life.told(as_owner(contact()), again, accept(), ok("collect", BOOKED))
    life = life.told(ok("inspect", returned(life.now)), wait(days=9))
    breaches = of(life, "target_breached", "refund-after-return")
    assert [each.generation for each in breaches] == ["1", "2"]


def test_in_a_later_round_a_refund_without_goods_counts_from_the_reopening() -> None:
    done = (propose(), accept(), ok("payout", PAID), register(), ok("result-notice", NOTICE), wait(days=4))
    life = complaint(KR, *TALKING, *done, ok("happy-call", BAD_CALL), say(AcceptCase, SUPERVISOR))
    life = life.told(contact(SUPERVISOR), propose(by=SUPERVISOR), accept())
    clock = clocks(life)["refund-nothing-delivered"]
    assert (clock.start, clock.generation) == (life.case.remedy.round_at, "2")
    assert due(life, "refund-nothing-delivered") == kr("12-03 00:00")  # reopened on Friday, 27 November


def test_a_platform_reports_in_three_and_ten_business_days() -> None:
    life = complaint(KR, *TALKING, product="marketplace")
    assert due(life, "intermediary-progress") == kr("11-27 00:00")
    assert due(life, "intermediary-result") == kr("12-08 00:00")
    assert not any(name.startswith("intermediary") for name in clocks(complaint(KR, product="cup")))


# Statutory clocks of UK finance. -------------------------------------------------------------------------


def test_eight_weeks_for_most_complaints_and_three_days_for_the_short_route() -> None:
    life = complaint(UK, *TALKING, product="mortgage")
    assert due(life, "disp-final-response") == uk("2027-01-19 00:00")
    assert due(life, "disp-summary-resolution") == uk("11-27 00:00")
    assert "disp-final-response-payments" not in clocks(life)


def test_the_short_route_closes_without_a_breach() -> None:
    life = complaint(UK, *TALKING, wait(days=4))
    (closed,) = of(life, "target_breached", "disp-summary-resolution")
    assert (closed.due, closed.closes_option, closed.actions) == (uk("11-27 00:00"), True, ())


def test_a_letter_that_was_sent_meets_the_duty_even_if_it_did_not_arrive() -> None:
    life = complaint(UK, *TALKING, propose(), accept(), ok("payout", PAID), register())
    assert "disp-final-response" in clocks(life.told(unknown("result-notice")))
    assert not any(name.startswith("disp") for name in clocks(life.told(ok("result-notice", LOST_NOTICE))))


def test_what_a_first_round_met_stays_met_in_the_second() -> None:
    done = (propose(), accept(), ok("payout", PAID), register(), ok("result-notice", NOTICE))
    life = complaint(UK, *TALKING, *done, wait(days=2), ok("happy-call", BAD_CALL))
    assert life.case.remedy.round == 2
    assert not any(name.startswith("disp") for name in clocks(life))


PAYMENTS = "disp-final-response-payments"


def extension(number: int = 1, **fields: Any) -> Any:
    """Return the command that a holding response went out."""
    known = {"clock": PAYMENTS, "reasons": "the bank abroad is silent", "contact": number}
    return as_owner(say(ExtendClock, OWNER, **known), **fields)


def paying(*items: Item) -> Life:
    """Return a complaint about a payment."""
    return complaint(UK, *TALKING, *items, product="payment_services")


def test_payments_have_fifteen_business_days_and_thirty_five_after_a_holding_response() -> None:
    life = paying()
    assert due(life, PAYMENTS) == uk("12-15 00:00")
    assert "disp-final-response" not in clocks(life)
    life = life.told(wait(days=20)).told(as_owner(contact()), extension())
    # Without Christmas, its substitute on Monday the 28th, and New Year.
    assert due(life, PAYMENTS) == uk("2027-01-15 00:00")
    life.when(extension()).then()
    life = life.told(wait(days=40))
    (missed,) = of(life, "target_breached", PAYMENTS)
    assert (missed.due, missed.generation) == (uk("2027-01-15 00:00"), "extended")


def test_an_extension_after_the_breach_is_refused_and_the_breach_stays() -> None:
    life = paying(wait(days=22))
    (missed,) = of(life, "target_breached", PAYMENTS)
    assert missed.due == uk("12-15 00:00")
    sent = extension(occurred_at=uk("12-10 10:00"))
    life = life.when(sent).then_refused("missed already; nothing removes a breach", "late")
    assert len(of(life, "target_breached", PAYMENTS)) == 1


def test_only_a_clock_that_runs_and_can_be_extended_is_extended() -> None:
    paying().when(extension(clock="resolve")).then_refused("only these", "clock")
    complaint(UK, *TALKING).when(extension()).then_refused("does not run", "not-running")
    paying().when(extension(2)).then_refused("log the holding response", "contact")
    complaint(KR, *TALKING).when(extension()).then_refused("none", "clock")


def test_another_product_has_another_clock_and_one_that_passed_breaches_once() -> None:
    life = complaint(UK, *TALKING, wait(days=30))
    words = [word for word in life.case.targets.words if word.target == PAYMENTS]
    assert words == []
    life = life.told(triage(cause="other", product="electronic_money"), wait(milliseconds=1))
    (missed,) = of(life, "target_breached", PAYMENTS)
    assert (missed.due, missed.late_known) == (uk("12-15 00:00"), True)
    assert of(life, "target_warned", PAYMENTS) == []
    assert len([word for word in life.case.targets.words if word.target == PAYMENTS]) == 1
    assert "disp-final-response" not in clocks(life)


def test_an_inquiry_has_no_statutory_clock() -> None:
    asked = case(UK, triage(voc_type="inquiry", cause=None))
    assert not any(clock.statutory for clock in clocks(asked).values())


# The statutory clock of US finance. ----------------------------------------------------------------------


def test_the_portal_counts_from_the_day_on_which_it_sent_the_complaint() -> None:
    sent, now = on(US, "11-20 00:00"), on(US, "11-24 09:00")
    talking = (as_owner(contact()),)
    life = case(
        US, triage(cause="other"), wait(seconds=1), *talking, source="cfpb", received_at=sent, now=now
    )
    assert due(life, "cfpb-response") == on(US, "12-06 00:00")
    more = extension(clock="cfpb-response")
    assert due(life.told(more), "cfpb-response") == on(US, "2027-01-20 00:00")
    assert not any(clock.statutory for clock in clocks(complaint(US)).values())


# Policies that firms write. ------------------------------------------------------------------------------


def statutory(**fields: Any) -> StatutoryClock:
    """Return a clock of a policy of somebody's own."""
    known = {
        "id": "act:1.2",
        "duty": "own",
        "clause": POLICY.clauses[0].id,
        "budget": WorkingTime(minutes=60),
        "starts_on": "receipt",
        "met_by": "delivered",
    }
    return StatutoryClock(**{**known, **fields})


def under(*found: StatutoryClock) -> Policy:
    """Return the small policy with these statutory clocks."""
    return POLICY.model_copy(update={"statutory": found})


def test_an_id_with_colons_and_the_firms_own_hours_work() -> None:
    policy = under(statutory(calendar="firm", ladder=(Rung(at="breach", actions=("tell_supervisor",)),)))
    life = given(opening(), policy=policy).told(wait(hours=1, seconds=1))
    assert of(life, "target_breached", "act:1.2")[0].due == life.now - timedelta(seconds=1)


def test_a_duty_to_deliver_is_met_by_delivery() -> None:
    done = (triage(), *TALKING, propose(), accept(), ok("payout", PAID), register())
    policy = under(statutory(budget=CalendarDays(n=20)))
    begun = (opening(), ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", ORDER))
    life = given(*begun, *done, policy=policy)
    assert "act:1.2" in clocks(life.told(ok("result-notice", LOST_NOTICE)))
    assert "act:1.2" not in clocks(life.told(ok("result-notice", NOTICE)))


def test_a_duty_to_pay_without_grounds_is_owed_by_whatever_pays() -> None:
    policy = under(statutory(met_by="paid", starts_on="withdrawal", budget=CalendarDays(n=3)))
    begun = (opening(), ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", ORDER))
    life = given(*begun, triage(), *TALKING, policy=policy)
    assert "act:1.2" not in clocks(life)
    assert "act:1.2" in clocks(life.told(propose(), accept()))
    assert "act:1.2" not in clocks(life.told(propose(plan(decision("exchange"))), accept()))


def test_a_duty_on_grounds_waits_for_the_plan_that_names_them() -> None:
    policy = under(statutory(grounds=("defect",), budget=CalendarDays(n=3)))
    begun = (opening(), ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", ORDER))
    life = given(*begun, triage(), *TALKING, policy=policy)
    assert "act:1.2" not in clocks(life)
    assert "act:1.2" in clocks(life.told(propose()))


def test_a_converted_inquiry_owes_the_law_from_its_first_dissatisfaction() -> None:
    inquiry = (opening(voc_type="inquiry"), triage(voc_type="inquiry", harm_lines=()))
    life = given(*inquiry, wait(days=3), triage())
    since = life.case.triage.complaint_since
    assert since == MONDAY + timedelta(days=3)
    assert given(*OWNED).case.triage.complaint_since is None


def test_a_call_that_is_logged_late_does_not_move_the_update_back() -> None:
    update: dict[str, Any] = {"done_since": "collected", "next_step": "inspect"}
    life = given(*IN_RECOVERY, wait(hours=5), contact(**update))
    late = life.told(contact(**update, occurred_at=MONDAY + timedelta(hours=1)))
    assert late.case.contacts.last_update_at == life.case.contacts.last_update_at


def test_an_inquiry_that_becomes_a_complaint_is_acknowledged_anew() -> None:
    inquiry = (opening(voc_type="inquiry"), triage(voc_type="inquiry", harm_lines=()))
    asked = given(*inquiry, ok("acknowledgement", NOTICE), ok("customer", CUSTOMER), ok("order", ORDER))
    assert asked.owed == ()
    life = asked.told(wait(days=1), triage())
    assert life.owed == ("acknowledgement:2",)
    (effect,) = (each for each in todo(life.case) if each.key == "acknowledgement:2")
    assert isinstance(effect.request, SendNotice)
    assert effect.request.template == "complaint_acknowledgement"
    clock = clocks(life)["acknowledge"]
    assert (clock.generation, clock.start) == ("2", MONDAY + timedelta(days=1))
    late = life.told(refused("acknowledgement"), wait(hours=1, seconds=1))
    assert [event.generation for event in of(late, "target_breached", "acknowledge")] == ["2"]
    answered = life.told(ok("acknowledgement", NOTICE))
    assert "acknowledge" not in clocks(answered)


def test_an_acknowledgement_from_before_the_conversion_does_not_meet_the_new_target() -> None:
    life = given(opening(voc_type="inquiry"), triage(voc_type="inquiry", harm_lines=()), wait(hours=2))
    early = say(Acknowledge, AGENT, how="by phone", occurred_at=life.now - timedelta(minutes=5))
    converted = life.told(triage())
    converted.when(early).then_refused("before this became a complaint", "happened")
    assert "acknowledgement:1" not in converted.owed
    assert "acknowledge" in clocks(converted)
