"""What was planted against what was found: each way in which the two can differ is told apart."""

from typing import get_args

import pytest

from cli.judging import Proof, Reopened, Script, ended_without_notice, reopened
from cli.parts import Deed
from cli.planted import TRACES, Found, compared
from cli.proof_shown import shown
from domain.ending import AnswerCase, CaseEnded, WithdrawCase
from domain.fairness import RULES
from domain.remedy import RoundOpened
from domain.result import ResultNotified
from sandbox.manners import NAMED
from sandbox.staff_faults import ATTEMPTS, WORDS, StaffFault
from tests.domain.lives import (
    FINAL,
    INQUIRY,
    MIRA,
    MONDAY,
    NOTICE,
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

ANGER = Deed("ONE", "anger", MONDAY)
SILENCE = Deed("TWO", "no_word", MONDAY)
SEEN = Found("ONE", "I3", "contact 2")
LATE = Found("TWO", "P4", "next_update:1.1.0")


def test_what_was_planted_and_found_holds() -> None:
    held = compared([ANGER, SILENCE], [SEEN, LATE, LATE])
    assert held.holds
    assert [(each.fault, each.planted, each.found, each.rules) for each in held.counted] == [
        ("no_word", 1, 1, {"P4": 1}),
        ("anger", 1, 1, {"I3": 1}),
    ]


def test_nothing_planted_and_nothing_found_holds() -> None:
    assert compared([], []).holds


def test_a_planted_fault_that_no_rule_found_is_missed() -> None:
    held = compared([ANGER, SILENCE], [LATE])
    assert (held.missed, held.unexplained, held.holds) == ((ANGER,), (), False)


def test_a_finding_without_a_fault_that_can_cause_it_is_unexplained() -> None:
    elsewhere = Found("THREE", "I3", "contact 1")
    other = Found("ONE", "O1", "price")
    held = compared([ANGER], [SEEN, elsewhere, other])
    assert (held.missed, held.unexplained, held.holds) == ((), (elsewhere, other), False)
    assert not compared([], [SEEN]).holds


def test_a_fault_found_by_the_wrong_rule_is_missed_and_leaves_a_finding_unexplained() -> None:
    wrong = Found("ONE", "P3", "repeated story")
    held = compared([ANGER], [wrong])
    assert (held.missed, held.unexplained, held.holds) == ((ANGER,), (wrong,), False)


def test_an_attempt_is_to_be_refused_and_leaves_nothing_to_find() -> None:
    refused = Deed("ONE", "tries_blame", MONDAY, "blame")
    assert compared([refused], []).holds
    assert compared([refused], [SEEN]).unexplained == (SEEN,)
    through = Deed("ONE", "tries_blame", MONDAY)
    held = compared([through], [])
    assert (held.let_through, held.missed, held.holds) == ((through,), (), False)


def test_a_fault_that_the_engine_refused_was_not_carried_out() -> None:
    held = compared([Deed("ONE", "no_gesture", MONDAY, "gesture")], [])
    assert (held.counted, held.holds) == ((), True)


def test_every_fault_has_its_words_its_share_and_a_rule_that_is_judged() -> None:
    faults = set(get_args(StaffFault))
    assert set(WORDS) == set(NAMED["planted"].plant) == faults
    assert set(TRACES) == faults - set(ATTEMPTS)
    assert {rule for each in TRACES.values() for rule in (*each.surely, *each.perhaps)} <= set(RULES)


# What must hold beside it. ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("life", "counted"),
    [
        (SATISFIED, Reopened(0, 0)),
        (SECOND_ROUND, Reopened(1, 1)),
        (STILL_BAD, Reopened(1, 1)),
    ],
)
def test_the_dissatisfied_are_counted_while_a_round_is_left(
    life: tuple[Item, ...], counted: Reopened
) -> None:
    assert reopened(given(*life).events, POLICY) == counted


def test_a_bad_call_that_reopened_nothing_is_counted_against_us() -> None:
    events = [each for each in given(*SECOND_ROUND).events if not isinstance(each, RoundOpened)]
    assert reopened(events, POLICY) == Reopened(1, 0)


@pytest.mark.parametrize(
    "life",
    [
        (*SATISFIED, wait(days=9)),
        (*FINAL, wait(days=16)),
        (*INQUIRY, say(AnswerCase, OWNER, text="at nine"), ok("answer", NOTICE)),
        (*PUT_RIGHT, say(WithdrawCase, MIRA)),
        PUT_RIGHT,
    ],
)
def test_who_was_told_or_withdrew_is_not_without_notice(life: tuple[Item, ...]) -> None:
    assert not ended_without_notice(given(*life).events)


def test_an_end_of_which_nobody_was_told_is_without_notice() -> None:
    events = given(*SATISFIED, wait(days=9)).events
    assert isinstance(events[-1], CaseEnded)
    silent = [each for each in events if not isinstance(each, ResultNotified)]
    assert ended_without_notice(silent)


@pytest.mark.parametrize(
    ("again", "silent", "holds"),
    [(Reopened(3, 3), (), True), (Reopened(3, 2), (), False), (Reopened(0, 0), ("ONE",), False)],
)
def test_a_proof_needs_every_part_of_it(again: Reopened, silent: tuple[str, ...], *, holds: bool) -> None:
    proof = Proof(
        script=Script((ANGER,), (), {}),
        found=(SEEN,),
        comparison=compared([ANGER], [SEEN]),
        reopened_of_dissatisfied=again,
        ended_without_notice=silent,
    )
    assert proof.holds is holds
    assert len(list(shown(proof))) == 2 + len(silent)
