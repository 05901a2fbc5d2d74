"""First-contact resolution counts both directions; recovered rate, and the same cause again."""

from datetime import timedelta
from typing import Any

from domain.fairness_history import history, numbered
from domain.solving import CaseSolved, solved_of, solving
from tests.domain.lives import (
    CALL_DECLINED,
    CALLED,
    IN_RECOVERY,
    MONDAY,
    NOTIFIED,
    POLICY,
    SATISFIED,
    SECOND_ROUND,
    SYSTEM,
    Life,
    contact,
    given,
    ok,
    wait,
)

CALL_IN = contact(SYSTEM, direction="inbound", substantive=False)
CALL_OUT = contact(direction="outbound")


def solved(life: Life, case: str = "ONE") -> CaseSolved:
    told = history(numbered(life.events), life.case.policy, life.now)  # type: ignore[arg-type]
    found = solved_of(case, told)
    assert found is not None
    return found


def rates(*cases: CaseSolved) -> Any:
    return solving("all", cases, cases)


def test_one_contact_in_either_direction_is_the_first_and_a_second_is_none() -> None:
    plain = solved(given(*NOTIFIED))
    assert (plain.inbound + plain.outbound, plain.at_first) == (1, True)
    for further in (CALL_IN, CALL_OUT):
        before = given(*IN_RECOVERY, further, *NOTIFIED[len(IN_RECOVERY) :])
        assert solved(before).at_first is False


def test_who_comes_back_after_the_outcome_was_not_helped_at_once() -> None:
    told = given(*NOTIFIED)
    assert solved(told.told(CALL_OUT)).at_first is True, "we may ask how it went"
    assert solved(told.told(CALL_IN)).at_first is False
    assert solved(given(*SECOND_ROUND)).at_first is False


def test_before_the_outcome_nothing_is_said() -> None:
    found = solved(given(*IN_RECOVERY))
    assert (found.told, found.at_first, found.recovered) == (None, None, None)
    assert solved_of("NONE", history((), POLICY, MONDAY)) is None
    nothing = rates(found)
    assert (nothing.first_contact.n, nothing.first_contact.per_cent) == (0, None)
    assert (nothing.recovered.per_cent, nothing.same_cause_again.per_cent) == (None, None)


def test_the_recovered_rate_is_of_the_complaints_that_are_judged_by_their_end() -> None:
    well, ill = (
        solved(given(*SATISFIED, wait(days=9))),
        solved(given(*CALLED, ok("happy-call", CALL_DECLINED)), "TWO"),
    )
    assert (well.recovered, ill.recovered) == (True, False)
    open_still = solved(given(*CALLED), "THREE")
    assert open_still.recovered is None
    found = rates(well, ill, open_still)
    assert (found.recovered.n, found.recovered.of_them, found.recovered.per_cent) == (2, 1, 50)
    assert (found.first_contact.n, found.inbound + found.outbound) == (3, 3)


def test_the_same_cause_again_is_a_later_case_of_the_same_customer() -> None:
    first = CaseSolved(
        case="ONE",
        customer="mira",
        cause="defect",
        product="cup",
        received=MONDAY,
        told=MONDAY + timedelta(days=2),
        inbound=0,
        outbound=1,
        at_first=True,
        recovered=True,
    )

    def later(days: int = 30, **other: Any) -> CaseSolved:
        known = {name: getattr(first, name) for name in CaseSolved.__slots__}
        return CaseSolved(**known | {"case": "TWO", "received": MONDAY + timedelta(days=days)} | other)

    def again(second: CaseSolved) -> int:
        found: int = solving("all", (first,), (first, second)).same_cause_again.of_them
        return found

    assert again(later()) == 1
    assert again(later(cause="delay")) == 0
    assert again(later(customer="tom")) == 0
    assert again(later(days=1)) == 0, "raised before the first was put right"
    unknown = later(customer=None)
    assert rates(unknown).same_cause_again.n == 0
    assert rates(first, later()).same_cause_again.of_them == 1
