from datetime import timedelta

import pytest

from cli.checks.endings import ending_breaches
from domain.amendment import PolicyAdopted
from domain.effect import HandedOver
from domain.ending import AnswerCase, CaseEnded, End, WithdrawCase
from domain.joining import CaseJoined, CaseTakenIn, JoinCase
from domain.message import Event
from domain.policy import content_hash
from domain.promise import KeepPromise, MakePromise
from domain.withdrawal import NoteWithdrawal
from tests.cli.forging import altered, ledger, without
from tests.domain.follow_ups import CARE, KEEPING, PREVENTED, asking
from tests.domain.lives import (
    AGENT,
    BAD_CALL,
    CALL_DECLINED,
    CALLED,
    FINAL,
    INQUIRY,
    MIRA,
    MONDAY,
    NOTICE,
    OWNED,
    OWNER,
    POLICY,
    PUT_RIGHT,
    SATISFIED,
    SECOND_ROUND,
    STILL_BAD,
    Item,
    given,
    ok,
    say,
    wait,
)

POLICIES = {content_hash(POLICY): POLICY}

RECOVERED: tuple[Item, ...] = (*SATISFIED, wait(days=9))
WITHDRAWN: tuple[Item, ...] = (*PUT_RIGHT, say(WithdrawCase, MIRA))
NOTED: tuple[Item, ...] = (
    *PUT_RIGHT,
    say(NoteWithdrawal, OWNER, contact=1, reason="by phone"),
    ok("withdrawal", NOTICE),
    wait(days=5),
)
ANSWERED: tuple[Item, ...] = (*INQUIRY, say(AnswerCase, OWNER, text="at nine"), ok("answer", NOTICE))
POSITION: tuple[Item, ...] = (*FINAL, wait(days=16))
UNCONFIRMED: tuple[Item, ...] = (*CALLED, ok("happy-call", CALL_DECLINED))

JOINED: tuple[Item, ...] = (*OWNED, say(JoinCase, AGENT, into="EARLY"), ok("join", HandedOver(case="EARLY")))

GOOD = {
    "joined": JOINED,
    "recovered": RECOVERED,
    "withdrawn": WITHDRAWN,
    "withdrawn by staff's hand": NOTED,
    "answered": ANSWERED,
    "final_position": POSITION,
    "unconfirmed": UNCONFIRMED,
    "open": PUT_RIGHT,
    "second round": SECOND_ROUND,
    "rounds used up": STILL_BAD,
}


def found(*events: Event) -> list[str]:
    breaches = ending_breaches(ledger(*events), POLICIES)
    assert {breach.invariant for breach in breaches} <= {"V9"}
    return [breach.what for breach in breaches]


@pytest.mark.parametrize("name", GOOD)
def test_an_end_that_met_its_conditions_is_no_breach(name: str) -> None:
    life = given(*GOOD[name])
    assert life.end in (name, None) or name.startswith(str(life.end))
    assert found(*life.events) == []


def test_a_bad_happy_call_after_which_nothing_opened_is_named() -> None:
    events = without("round_opened", given(*SECOND_ROUND).events)
    (what, *_) = found(*events)
    assert what == "the happy call was bad (problem_not_gone, outcome_fair) and no round was opened"


def test_what_the_same_answer_tells_besides_does_not_hide_the_reopening() -> None:
    asked = asking(
        questions=("problem_gone", "solicited"), retention=KEEPING.model_copy(update={"stages": ()})
    )
    begged = BAD_CALL.model_copy(update={"answers": {"problem_gone": 0, "solicited": 1}})
    life = (
        given(*CALLED, policy=asked)
        .when(ok("happy-call", begged))
        .then(*("happy_call_answered", "score_solicited", "churn_flagged", "round_opened", "case_escalated"))
    )
    policies = {content_hash(asked): asked}
    assert ending_breaches(ledger(*life.events), policies) == ()
    (breach, *_) = ending_breaches(ledger(*without("round_opened", life.events)), policies)
    assert "no round was opened" in breach.what


def test_the_end_of_the_messages_afterwards_does_not_hide_the_reopening() -> None:
    cared = asking(after_care=CARE)
    life = (
        given(*PREVENTED, wait(hours=25), policy=cared)
        .when(ok("happy-call", BAD_CALL))
        .then("happy_call_answered", "after_care_stopped", "round_opened", "case_escalated")
    )
    policies = {content_hash(cared): cared}
    assert ending_breaches(ledger(*life.events), policies) == ()
    (breach, *_) = ending_breaches(ledger(*without("round_opened", life.events)), policies)
    assert "no round was opened" in breach.what


def test_after_the_last_round_a_person_decides_and_nothing_opens_by_itself() -> None:
    more = POLICY.model_copy(update={"max_rounds": 3})
    events = given(*STILL_BAD).events
    assert found(*events) == []
    adopted = PolicyAdopted(policy=more, policy_hash=content_hash(more), reason="more rounds", at=MONDAY)
    assert len(found(events[0], adopted, *events[1:])) == 1


def test_a_bad_call_of_a_case_that_the_customer_has_withdrawn_opens_nothing() -> None:
    (call,) = [
        each for each in given(*SECOND_ROUND).events if getattr(each, "kind", "") == "happy_call_answered"
    ]
    assert found(*given(*WITHDRAWN).events, call) == []


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("recovered", "no happy call was answered in its last round"),
        ("final_position", "no final position was delivered in its last round"),
        ("unconfirmed", "nobody had given the follow-up up"),
        ("withdrawn", "the customer had not withdrawn it"),
        ("answered", "no answer had been delivered"),
        ("joined", "no other case had taken it in"),
    ],
)
def test_an_end_without_its_conditions_is_named(end: End, why: str) -> None:
    assert found(*given(*PUT_RIGHT).events, CaseEnded(end=end, at=MONDAY)) == [
        f"it ended as {end}, and {why}"
    ]


def test_a_withdrawal_by_staffs_hand_that_nobody_was_told_is_named() -> None:
    events = without("withdrawal_uncontradicted", given(*NOTED).events)
    assert found(*events) == ["it ended as withdrawn, and the customer had not withdrawn it"]


def test_a_bad_call_never_ends_as_recovered() -> None:
    ended = CaseEnded(end="recovered", at=MONDAY)
    assert found(*given(*STILL_BAD).events, ended)[-1] == (
        "it ended as recovered, and the happy call was bad (problem_not_gone, outcome_fair)"
    )


def test_a_good_call_of_an_earlier_round_does_not_count() -> None:
    events = given(*RECOVERED).events
    opened = given(*SECOND_ROUND).last("round_opened")
    assert found(*events[:-1], opened, events[-1]) == [
        "it ended as recovered, and no happy call was answered in its last round"
    ]


def test_a_recovery_before_its_reopen_window_has_passed_is_named() -> None:
    events = altered("case_ended", given(*RECOVERED).events, due=MONDAY - timedelta(days=1))
    assert found(*events) == ["it ended as recovered, and the reopen window had not passed"]


def test_a_final_position_that_was_not_delivered_is_named() -> None:
    events = without("result_notified", given(*POSITION).events)
    assert found(*events) == [
        "it ended as final_position, and no final position was delivered in its last round"
    ]


def test_a_case_that_ends_twice_is_named() -> None:
    events = given(*WITHDRAWN).events
    assert found(*events, events[-1]) == ["it ended 2 times"]


def test_a_join_that_stopped_money_or_a_promise_is_named() -> None:
    joined = CaseJoined(into="EARLY", basis="staff", at=MONDAY)
    ended = CaseEnded(end="joined", at=MONDAY)
    assert found(*given(*PUT_RIGHT).events, joined, ended) == [
        "it ended as joined, and a money step had begun"
    ]
    promised = given(*OWNED, say(MakePromise, AGENT, what="x")).events
    assert found(*promised, joined, ended) == ["it ended as joined, and a promise was open"]
    kept = given(*OWNED, say(MakePromise, AGENT, what="x"), say(KeepPromise, MIRA, number=1, proof="p"))
    assert found(*kept.events, joined, ended) == []


def test_a_case_that_nobody_took_in_is_named() -> None:
    (late,) = ledger(*given(*JOINED).events).values()
    (early,) = ledger(*given(*OWNED).events).values()
    both = {"LATE": late, "EARLY": early}
    assert [breach.what for breach in ending_breaches(both, POLICIES)] == [
        "it was joined into EARLY, which has not taken it in"
    ]
    page = CaseTakenIn(case="LATE", mode="join", basis="staff", received_at=MONDAY, upto=9, at=MONDAY)
    (took,) = ledger(*given(*OWNED).events, page).values()
    assert ending_breaches({"LATE": late, "EARLY": took}, POLICIES) == ()
