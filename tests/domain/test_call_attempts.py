from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import happy_call
from domain.actor import Actor, Role
from domain.case import past_of, todo
from domain.contact import OptOut
from domain.effect import DeliveryStatus, FetchCall, PlaceCall, RefundPaid
from domain.happy_call import AssignCaller, ReportCall
from domain.message import EffectSucceeded
from domain.policy import Person
from tests.domain.lives import (
    AGENT,
    CALLED,
    CALLER,
    GOOD_CALL,
    IN_RECOVERY,
    MIRA,
    MONDAY,
    NO_ANSWER,
    NOTICE,
    NOTIFIED,
    POLICY,
    PUT_RIGHT,
    REGISTERED,
    RESERVED,
    SHIPPED,
    SUPERVISOR,
    Life,
    accept,
    contact,
    decision,
    eur,
    given,
    ok,
    plan,
    propose,
    refused,
    register,
    say,
    unknown,
    wait,
)

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY


def rules(**changes: Any) -> Any:
    """Return the small policy with another happy call."""
    return POLICY.model_copy(update={"happy_call": POLICY.happy_call.model_copy(update=changes)})


FINANCE = rules(attempts=6, per_day=2, business_days=True, apart=timedelta(hours=5))


def attempts(life: Life, most: int) -> list[datetime]:
    """Return when each attempt begins where nobody ever answers."""
    begun: list[datetime] = []
    for _ in range(most):
        due = next((due for name, due in life.dues.items() if name.startswith("happy_call/attempt")), None)
        if due is None:
            return begun
        life = life.passed(due + timedelta(milliseconds=1)).told(ok("happy-call", NO_ANSWER))
        begun.append(life.last("happy_call_begun").due)
    return begun


def test_after_a_refund_it_counts_from_the_settlement_where_that_is_later() -> None:
    settled = MONDAY + timedelta(days=2)
    paid = RefundPaid(reference="pay1", amount=eur(9_000), settled_at=settled)
    script = (*IN_RECOVERY, propose(), accept(), ok("payout", paid), register(), ok("result-notice", NOTICE))
    assert given(*script).dues["happy_call/attempt:1"] == settled + DAY


def test_after_an_exchange_it_counts_from_the_arrival_of_the_goods() -> None:
    arrived = DeliveryStatus(delivered=True, delivered_at=MONDAY + timedelta(days=1, hours=2))
    script = (
        *IN_RECOVERY,
        propose(plan(decision("exchange"))),
        accept(),
        ok("reserve", RESERVED),
        ok("ship", SHIPPED),
        ok("deliver", arrived),
        register(),
        ok("result-notice", NOTICE),
    )
    assert given(*script).dues["happy_call/attempt:1"] == MONDAY + timedelta(days=2, hours=2)


def test_a_notice_that_nobody_has_yet_starts_nothing() -> None:
    assert not [name for name in given(*REGISTERED).dues if name.startswith("happy_call")]
    late = given(*REGISTERED, wait(hours=3), ok("result-notice", NOTICE))
    assert late.dues["happy_call/attempt:1"] == MONDAY + timedelta(hours=27)


def test_a_financial_firm_calls_twice_a_day_on_three_business_days_at_six_hours() -> None:
    thursday = (*REGISTERED, wait(days=3), ok("result-notice", NOTICE))
    begun = attempts(given(*thursday, policy=FINANCE), 9)
    days = [instant.date() for instant in begun]
    assert len(begun) == 6
    assert [days.count(day) for day in dict.fromkeys(days)] == [2, 2, 2]
    assert all(instant.weekday() < 5 for instant in begun)
    assert len({instant.hour for instant in begun}) == 6


def test_a_shop_calls_three_times_in_all_at_other_hours() -> None:
    begun = attempts(given(*NOTIFIED, policy=rules(attempts=3)), 9)
    assert len(begun) == 3
    assert len({instant.hour for instant in begun}) == 3
    assert all(9 <= instant.hour < 20 for instant in begun)


def test_once_every_hour_of_the_window_was_tried_an_hour_comes_again() -> None:
    narrow = rules(attempts=4, from_hour=9, to_hour=11)
    begun = attempts(given(*NOTIFIED, policy=narrow), 9)
    assert [instant.hour for instant in begun] == [9, 10, 9, 9]


def test_a_calendar_that_never_opens_does_not_keep_us_looking_for_ever() -> None:
    closed = POLICY.calendar.model_copy(update={"hours": {}})
    never = rules(business_days=True).model_copy(update={"calendar": closed, "targets": ()})
    assert given(*NOTIFIED, policy=never).dues["happy_call/attempt:1"] > MONDAY + timedelta(days=300)


# By whom. --------------------------------------------------------------------------------------------------


def with_callers(*ids: str) -> Any:
    """Return the small policy with more happy callers."""
    more = tuple(Person(id=each, roles=(Role.HAPPY_CALLER, Role.AGENT)) for each in ids)
    return POLICY.model_copy(update={"people": (*POLICY.people, *more)})


DOUBLE = Actor(role=Role.AGENT, id="dan")


def test_a_supervisor_says_who_calls() -> None:
    life = given(*NOTIFIED, policy=with_callers("dan"))
    life = life.when(say(AssignCaller, SUPERVISOR, to="dan")).then("caller_assigned")
    assert life.when(say(AssignCaller, SUPERVISOR, to="dan")).then() == life
    (begun,) = [each for each in life.told(wait(hours=25)).events if each.kind == "happy_call_begun"]  # type: ignore[attr-defined]
    assert begun.caller == "dan"  # type: ignore[attr-defined]


def test_whoever_resolved_it_never_makes_the_call() -> None:
    for person in ("ann", "sue"):
        life = given(*NOTIFIED, wait(hours=1), contact(SUPERVISOR), policy=with_callers("sue"))
        life.when(say(AssignCaller, SUPERVISOR, to=person)).then_refused(
            "has worked on this case", "took-part"
        )
    given(*NOTIFIED).when(say(AssignCaller, SUPERVISOR, to="ben")).then_refused("cat", "not-a-caller")
    nobody = given(*NOTIFIED, policy=POLICY.model_copy(update={"people": POLICY.people[:6]}))
    nobody.when(say(AssignCaller, SUPERVISOR, to="ben")).then_refused("nobody is left", "not-a-caller")


def test_somebody_who_only_helped_in_between_is_not_chosen_either() -> None:
    helped = (*NOTIFIED[:-1], contact(DOUBLE), NOTIFIED[-1], wait(hours=25))
    for _ in range(2):
        life = given(*helped, policy=with_callers("dan"))
        assert life.last("happy_call_begun").caller == "cat"


def test_a_caller_who_was_assigned_and_then_worked_on_the_case_does_not_call() -> None:
    life = given(*NOTIFIED, say(AssignCaller, SUPERVISOR, to="dan"), policy=with_callers("dan"))
    life = life.told(contact(DOUBLE), wait(hours=25))
    assert life.last("happy_call_begun").caller == "cat"


# Calls by hand. --------------------------------------------------------------------------------------------


def report(reference: str | None = "call9", by: Actor = CALLER) -> Any:
    """Report a call that was made by hand."""
    return say(ReportCall, by, reference=reference)


HERS = NO_ANSWER.model_copy(update={"reference": "call9"})


def test_an_attempt_without_a_reference_is_refused() -> None:
    given(*NOTIFIED).when(report(None)).then_refused("only with the call centre's reference", "no-reference")


def test_a_reported_call_counts_once_the_call_centre_knows_it() -> None:
    life = given(*NOTIFIED).when(report()).then("call_reported")
    (effect,) = todo(life.case)
    assert effect.request == FetchCall(reference="call9")
    assert not [name for name in life.dues if name.startswith("happy_call")]
    life.when(report("other")).then_refused("under way", "under-way")
    life = life.when(ok("call-report", HERS)).then("happy_call_missed")
    assert life.case.follow_up.attempts == 1
    life.when(report()).then_refused("counted already", "counted")


@pytest.mark.parametrize(
    "answer", [refused("call-report"), unknown("call-report"), ok("call-report", NO_ANSWER)]
)
def test_a_reported_call_that_the_call_centre_does_not_know_never_counts(answer: Any) -> None:
    life = given(*NOTIFIED, report()).when(answer).then("call_unproved")
    assert (life.case.follow_up.attempts, "happy_call/attempt:1" in life.dues) == (0, True)


def test_a_reported_answer_is_the_customers_answer() -> None:
    good = GOOD_CALL.model_copy(update={"reference": "call9"})
    life = given(*NOTIFIED, report()).when(ok("call-report", good)).then("happy_call_answered")
    assert life.stage == "reopen_window"
    life.when(report("call10")).then_refused("no call is due", "no-call-due")


def test_nobody_reports_a_call_about_their_own_work() -> None:
    own = Actor(role=Role.HAPPY_CALLER, id="dan")
    life = given(*NOTIFIED, contact(DOUBLE), policy=with_callers("dan"))
    life.when(report(by=own)).then_refused("has worked on this case", "took-part")


# Consent. --------------------------------------------------------------------------------------------------


def test_a_customer_who_opts_out_of_calls_is_not_called_again() -> None:
    life = given(*NOTIFIED).when(say(OptOut, MIRA)).then("opted_out", "follow_up_given_up", "case_ended")
    assert (life.end, life.last("follow_up_given_up").why) == ("unconfirmed", "no_consent")


def test_staff_enter_an_opt_out_only_with_the_contact_in_which_it_was_said() -> None:
    life = given(*PUT_RIGHT)
    life.when(say(OptOut, AGENT)).then_refused("log the contact", "contact")
    life.when(say(OptOut, MIRA, calls=False, messages=False)).then_refused("say which", "opt-out")
    life = life.when(say(OptOut, AGENT, messages=False, contact=1)).then("opted_out")
    assert (life.case.contacts.no_calls, life.case.contacts.no_messages) == (True, False)
    life.when(say(OptOut, MIRA, messages=False)).then()
    life.when(say(OptOut, MIRA)).then("opted_out")


def test_an_attempt_of_an_earlier_round_that_comes_back_says_nothing_about_this_one() -> None:
    life = given(*CALLED)
    late = EffectSucceeded(at=life.now, key="happy-call:0.1", result=GOOD_CALL)
    (event,) = happy_call.came_back(life.case.follow_up, past_of(life.case), late)
    assert event.kind == "call_came_late"  # type: ignore[attr-defined]
    assert life.after((event,)).case.follow_up == life.case.follow_up


def test_the_script_goes_out_with_the_policys_words() -> None:
    (effect,) = todo(given(*CALLED).case)
    assert isinstance(effect.request, PlaceCall)
    assert effect.request.wording_hash == POLICY.wording_hash
