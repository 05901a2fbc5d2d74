"""What a telephone reports of a call comes to one contact."""

from datetime import timedelta
from typing import Any

from domain.contact import LogContact
from domain.fairness import report as judge
from domain.fairness_history import numbered
from domain.news import CallReported, News, PostPublished, call_from, contact_of
from tests.domain.lives import MONDAY, OWNED, POLICY, SYSTEM, given, say

DAY = timedelta(days=1)


def report(n: int, event: Any, second: int, **fields: Any) -> News:
    item = CallReported(call="tel-1", event=event, **fields)
    return News(n=n, at=MONDAY + timedelta(seconds=second), item=item)


PUT_THROUGH = (
    report(1, "ring", 0, caller="010-1234-5678"),
    report(2, "answer", 30, agent="ann"),
    report(3, "transfer", 90, agent="ben"),
    report(4, "answer", 150, agent="ben", case="A"),
    report(5, "wait", 160),
    report(6, "answer", 170, agent="ben"),
    report(7, "hang_up", 231, ended_by="customer"),
)


def test_ringing_holding_and_being_put_through_are_waiting_and_the_rest_is_talking() -> None:
    call = call_from(PUT_THROUGH)
    assert call is not None
    assert (call.wait_seconds, call.minutes, call.transfers) == (30 + 60 + 10, 3, 1)
    assert (call.agent, call.case, call.ended_by, call.reached) == ("ben", "A", "customer", True)
    assert (call.began, call.caller) == (MONDAY, "010-1234-5678")


def test_a_call_that_goes_on_is_no_contact_yet() -> None:
    assert call_from(PUT_THROUGH[:-1]) is None
    post = News(n=1, at=MONDAY, item=PostPublished(post="p", text="x"))
    assert call_from([post]) is None
    assert call_from([]) is None


def test_a_caller_who_gives_up_was_not_reached_and_waited_all_the_time() -> None:
    call = call_from([PUT_THROUGH[0], report(2, "hang_up", 75)])
    assert call is not None
    assert (call.reached, call.wait_seconds, call.minutes, call.agent) == (False, 75, 0, None)


def test_reports_after_the_end_count_for_nothing() -> None:
    call = call_from([*PUT_THROUGH, report(8, "hang_up", 900)])
    assert call is not None
    assert call.wait_seconds == 100


def test_a_call_is_logged_as_its_contact_with_whoever_spoke() -> None:
    call = call_from(PUT_THROUGH)
    assert call is not None
    fields = contact_of(call, MONDAY + DAY)
    assert fields["occurred_at"] == MONDAY.isoformat()
    assert contact_of(call, MONDAY - DAY)["occurred_at"] == (MONDAY - DAY).isoformat()
    life = given(*OWNED).told(say(LogContact, SYSTEM, **fields))
    logged = life.last("contact_logged")
    assert (logged.person, logged.wait_seconds, logged.transfers, logged.reference) == (
        "ben",
        100,
        1,
        "tel-1",
    )
    life.when(say(LogContact, SYSTEM, **fields)).then()


def test_a_caller_who_waits_too_long_in_a_call_that_the_telephones_report_is_a_finding() -> None:
    call = call_from([PUT_THROUGH[0], report(2, "answer", 900, agent="ann"), report(3, "hang_up", 960)])
    assert call is not None
    life = given(*OWNED).told(say(LogContact, SYSTEM, **contact_of(call, MONDAY)))
    assert life.last("contact_logged").over == ("wait",)
    events: tuple[Any, ...] = life.events
    judged = judge(numbered(events), POLICY, life.now)
    assert [(each.rule, each.about) for each in judged.findings if each.rule == "P3"] == [
        ("P3", "wait in contact 1")
    ]
