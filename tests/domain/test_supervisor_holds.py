"""No end passes over a customer who waits for a supervisor, only their meeting or own word (R23)."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from cli.checks.endings import ending_breaches
from domain.case import unopened
from domain.ending import AnswerCase, CaseEnded, WithdrawCase
from domain.parking import parking
from domain.policy import content_hash
from domain.supervisor import RecordMeeting, RequestSupervisor, WithdrawRequest
from domain.withdrawal import NoteWithdrawal
from tests.cli.forging import ledger
from tests.domain.lives import (
    AGENT,
    CALL_DECLINED,
    CALLED,
    FINAL,
    INQUIRY,
    MIRA,
    NOTICE,
    POLICY,
    PUT_RIGHT,
    SATISFIED,
    SUPERVISOR,
    Item,
    Life,
    contact,
    given,
    ok,
    register,
    say,
    wait,
)

ASKS = say(RequestSupervisor, MIRA, words="your boss please")
TAKES_BACK = say(WithdrawRequest, MIRA)
LONG = wait(days=60)
BY_A_SUPERVISOR = say(AnswerCase, SUPERVISOR, text="at nine")
NOTED: tuple[Item, ...] = (
    *PUT_RIGHT,
    say(NoteWithdrawal, AGENT, contact=1, reason="by phone"),
    ok("withdrawal", NOTICE),
)

STORIES: dict[str, tuple[Item, ...]] = {
    "recovered": (*SATISFIED, LONG),
    "final_position": (*FINAL, LONG),
    "unconfirmed": (*CALLED, ok("happy-call", CALL_DECLINED)),
    "answered": (*INQUIRY, BY_A_SUPERVISOR, ok("answer", NOTICE)),
    "withdrawn": (*NOTED, LONG),
}
"""A life to each end that nobody holds up, by the name of the end."""


def lived(items: tuple[Item, ...], life: Life | None = None) -> Life:
    """Live through a script in which some things cannot be done any more."""
    life = life or given()
    for item in items:
        with suppress(AssertionError):  # refused, or not owed any more
            life = life.told(item)
    return life


def met(life: Life) -> Life:
    """A supervisor calls, and records it."""
    life = life.told(contact(SUPERVISOR))
    return life.told(say(RecordMeeting, SUPERVISOR, contact=life.case.contacts.count))


@pytest.mark.parametrize("end", STORIES)
def test_these_lives_end_so_where_nobody_asks_for_a_supervisor(end: str) -> None:
    assert given(*STORIES[end]).end == end


@pytest.mark.parametrize(
    ("end", "asked_after"),
    [("recovered", -1), ("final_position", -1), ("unconfirmed", -1), ("answered", -2), ("withdrawn", -1)],
)
def test_an_end_that_time_brings_waits_for_the_supervisor(end: str, asked_after: int) -> None:
    items = STORIES[end]
    held = given(*items[:asked_after], ASKS, *items[asked_after:], LONG)
    assert (held.end, held.case.supervisor.open) == (None, True)
    assert met(held).told(wait(seconds=1)).end == end
    assert held.told(TAKES_BACK, wait(seconds=1)).end == end


def test_a_missed_meeting_after_the_result_is_parked_for_a_supervisor_until_it_was_held() -> None:
    life = given(*SATISFIED, ASKS)
    assert life.parked is None
    late = life.told(wait(days=2))
    assert "meet them (record_meeting)" in str(late.parked)
    assert met(late).parked is None
    seen = parking(unopened("TEST", POLICY), late.events)
    assert seen is not None
    assert (seen.cause, [way.command for way in seen.ways]) == ("supervisor", ["record_meeting"])
    assert "책임자" in seen.ko


def test_verify_names_an_end_that_passed_over_the_request() -> None:
    held = given(*SATISFIED, ASKS, LONG)
    ended = CaseEnded(end="recovered", due=held.now, at=held.now)
    (breach,) = ending_breaches(ledger(*held.events, ended), {content_hash(POLICY): POLICY})
    assert breach.what == "it ended as recovered, and the customer was waiting for a supervisor"


def test_who_takes_the_complaint_back_need_not_meet_anybody() -> None:
    assert given(*SATISFIED, ASKS, say(WithdrawCase, MIRA)).end == "withdrawn"


def test_the_window_still_has_its_length_where_the_meeting_was_early() -> None:
    life = met(given(*SATISFIED, ASKS))
    assert life.dues == {**given(*SATISFIED).dues, **life.dues}
    assert life.end is None


@settings(max_examples=120, deadline=None, database=None)
@any_of(
    st.sampled_from(sorted(STORIES)),
    st.integers(1, 20),
    st.lists(st.sampled_from([1, 5, 30, 24 * 60, 9 * 24 * 60]), max_size=3),
    st.sampled_from([None, "met", "taken back", "asked again"]),
)
def test_no_life_reaches_an_end_while_the_request_stands(
    end: str, place: int, spans: list[int], then: str | None
) -> None:
    items = STORIES[end]
    place = min(place, len(items))
    waits: tuple[Any, ...] = tuple(wait(minutes=span) for span in spans)
    life = lived((*items[:place], ASKS, *waits))
    if life.end is None and then in ("met", "asked again"):
        life = met(life)
    if then is not None and life.end is None:
        life = lived((TAKES_BACK, *((ASKS,) if then == "asked again" else ())), life)
    senior = (register(SUPERVISOR), BY_A_SUPERVISOR)
    life = lived((*items[place:], *senior, *items[place:], LONG, LONG), life)
    assert not (life.end and life.case.supervisor.open), life.end
    assert ending_breaches(ledger(*life.events), {content_hash(POLICY): POLICY}) == ()
