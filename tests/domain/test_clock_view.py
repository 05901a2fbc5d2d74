"""Every clock can say why it is due when it is, in Korean and in English, and what its ladder did."""

from datetime import timedelta
from typing import Any

import pytest

from domain.assignment import AcceptCase, EscalateCase
from domain.clock_view import ClockView, clock_views
from domain.contact import PauseTargets, ResumeTargets
from domain.policy import Policy
from tests.domain.lives import (
    AGENT,
    IN_RECOVERY,
    MONDAY,
    NOTICE,
    ORDER,
    OWNED,
    OWNER,
    PAID,
    RAISED,
    Item,
    Life,
    accept,
    contact,
    given,
    ok,
    opening,
    propose,
    register,
    say,
    triage,
    wait,
)
from tests.domain.test_clocks import (
    KR,
    TALKING,
    UK,
    UPDATE,
    US,
    case,
    collecting,
    complaint,
    delivered,
    extension,
    kr,
    on,
    returned,
)


def views(life: Life) -> dict[str, ClockView]:
    """Return what the case says of its clocks, by name."""
    return {view.name: view for view in clock_views(life.case)}


UNACKNOWLEDGED = (triage(cause="other"), say(AcceptCase, AGENT))
RESULT = (*TALKING, propose(), accept(), ok("payout", PAID), register())
MOVED_UP = (*TALKING, say(EscalateCase, AGENT, reason="urgent"))

EXPLAINED: list[tuple[str, Policy, tuple[Item, ...], dict[str, Any], tuple[str, str]]] = [
    (
        "acknowledge",
        KR,
        (),
        {},
        (
            "업무 시간 1시간입니다. 업무 시간 중에 기한이 다합니다.",
            "1 hour of working time. It runs out during",
        ),
    ),
    (
        "accept",
        KR,
        (),
        {},
        ("따라서 기한은 2026-11-23 14:00입니다.", "It runs out during opening hours. Due: 2026-11-23 14:00."),
    ),
    (
        "first_response",
        KR,
        (),
        {},
        (
            "다음 개시 시각이 아니라 종료 시각이 기한입니다.",
            "so it is due at closing and not at the next opening.",
        ),
    ),
    (
        "owner_accepts",
        KR,
        MOVED_UP,
        {},
        ("주어진 기간은 업무 시간 4시간입니다.", "The clock started at 2026-11-23 09:00 (Asia/Seoul)"),
    ),
    (
        "call_back",
        KR,
        (*TALKING, contact(emotion="high")),
        {},
        ("업무 시간 4시간입니다.", "The clock started at 2026-11-23 10:00 (Asia/Seoul)"),
    ),
    ("next_update", KR, TALKING, {}, ("업무 시간 24시간입니다.", "Due: 2026-11-25 18:00.")),
    (
        "resolve",
        KR,
        (),
        {"order": ORDER.model_copy(update={"life_cycle": "introduction"})},
        ("업무 시간 39시간 12분입니다.", "39 hours 12 minutes of working time."),
    ),
    ("result_notice", KR, RESULT, {}, ("업무 시간 4시간입니다.", "Due: 2026-11-23 14:00.")),
    (
        "withdrawal-7-days",
        KR,
        (),
        {"order": delivered(15), "cause": "price"},
        (
            "민법상 7일입니다. 마지막 날이 토요일 또는 공휴일이므로",
            "it moved to the end of the next day that is neither.",
        ),
    ),
    (
        "withdrawal-3-months",
        KR,
        (),
        {"order": delivered(23), "cause": "defect"},
        ("따라서 기한은 2027-02-23 24:00입니다.", "3 months under the Korean Civil Code."),
    ),
    (
        "refund-after-return",
        KR,
        (*collecting(), ok("inspect", returned(kr("11-23 10:00")))),
        {},
        ("기산 시각은 2026-11-23 10:00(Asia/Seoul)이며", "3 business days (by end of day)."),
    ),
    (
        "refund-nothing-delivered",
        KR,
        (*TALKING, propose(), accept()),
        {},
        ("따라서 기한은 2026-11-26 24:00입니다.", "It is due when the last day ends, at 24:00."),
    ),
    (
        "intermediary-progress",
        KR,
        (),
        {"product": "marketplace"},
        ("3영업일(마지막 날 끝까지)입니다.", "Due: 2026-11-26 24:00."),
    ),
    (
        "intermediary-result",
        KR,
        (),
        {"product": "marketplace"},
        ("10영업일(마지막 날 끝까지)입니다.", "Due: 2026-12-07 24:00."),
    ),
    ("disp-summary-resolution", UK, (), {}, ("3영업일(마지막 날 끝까지)입니다.", "Due: 2026-11-26 24:00.")),
    (
        "disp-final-response-payments",
        UK,
        (),
        {"product": "electronic_money"},
        ("15영업일(마지막 날 끝까지)입니다.", "at 24:00. Due: 2026-12-14 24:00."),
    ),
    (
        "disp-final-response-payments",
        UK,
        (*TALKING, extension()),
        {"product": "payment_services"},
        (
            "그 사이의 휴일(2026-12-25, 2026-12-28, 2027-01-01)은 세지 않았습니다.",
            "Holidays not counted: 2026-12-25, 2026-12-28, 2027-01-01.",
        ),
    ),
    ("disp-final-response", UK, (), {"product": "mortgage"}, ("8주입니다.", "Due: 2027-01-18 24:00.")),
    ("cfpb-response", US, (), {"source": "cfpb"}, ("15일입니다.", "15 calendar days.")),
    (
        "resolve",
        US,
        (),
        {},
        ("그 사이의 휴일(2026-11-26)은 세지 않았습니다.", "Holidays not counted: 2026-11-26."),
    ),
]


@pytest.mark.parametrize(("name", "policy", "items", "fields", "words"), EXPLAINED)
def test_each_clock_explains_itself_in_both_languages(
    name: str, policy: Policy, items: tuple[Item, ...], fields: dict[str, Any], words: tuple[str, str]
) -> None:
    begun = {field: fields[field] for field in ("order", "source") if field in fields}
    classed = triage(**{"cause": "other", **{k: v for k, v in fields.items() if k not in begun}})
    found = views(case(policy, classed, *items, **begun))[name]
    assert words[0] in found.explanation.ko
    assert words[1] in found.explanation.en
    assert found.due == found.explanation.due


def test_every_clock_of_the_shipped_policies_is_explained_above() -> None:
    explained = {(policy.name, name) for name, policy, *_ in EXPLAINED}
    services = {name for policy, name in explained if policy == KR.name}
    assert {target.name for target in KR.targets} <= services
    for policy in (KR, UK, US):
        assert {(policy.name, clock.id) for clock in policy.statutory} <= explained


def test_a_clock_names_its_rule_and_where_that_is_written() -> None:
    found = views(complaint(UK, *TALKING))
    law = found["disp-final-response"]
    assert (law.statutory, law.kind, law.clause) == (True, "law", "disp-1-6-2")
    assert "DISP 1.6.2R" in law.source
    own = found["resolve"]
    assert (own.statutory, own.kind, own.generation) == (False, "own", "1")
    assert views(complaint(KR, product="marketplace"))["intermediary-result"].kind == "standard"


def test_what_falls_due_first_is_at_the_top_and_what_is_paused_at_the_end() -> None:
    life = complaint(UK, *TALKING)
    dues = [view.due for view in clock_views(life.case)]
    assert dues == sorted(due for due in dues if due)
    paused = clock_views(life.told(say(PauseTargets, OWNER, reason="waiting_customer")).case)
    assert [view.name for view in paused] == [
        "disp-summary-resolution",
        "disp-final-response",
        "next_update",
        "resolve",
    ]
    assert [view.due for view in paused[2:]] == [None, None]


def test_a_pause_is_explained_with_what_it_cost() -> None:
    pause = say(PauseTargets, OWNER, reason="waiting_customer")
    life = complaint(KR, *TALKING, wait(hours=2), pause)
    during = views(life)["resolve"].explanation
    assert "A pause (waiting_customer) is open since 2026-11-23 11:00" in during.en
    assert "늦어도 2026-11-30 11:00에는 자동으로 끝납니다." in during.ko
    assert during.latest == kr("12-08 18:00")
    life = life.told(wait(hours=4), say(ResumeTargets, OWNER, reason="waiting_customer"))
    after = views(life)["resolve"].explanation
    assert "took out 3 hours of working time" in after.en
    assert "업무 시간 3시간만큼 늦추어졌습니다." in after.ko
    assert views(life)["resolve"].due == kr("12-02 12:00")


def rungs(life: Life, name: str) -> list[tuple[str, bool]]:
    """Return the rungs that a clock shows, and whether each fired."""
    return [(rung.at, rung.fired) for rung in views(life)[name].rungs]


def test_the_rungs_say_which_fired_and_which_are_to_come() -> None:
    life = given(*OWNED)
    assert rungs(life, "first_response") == [("50%", False), ("breach", False), ("after", False)]
    warned = life.told(wait(hours=5))
    assert rungs(warned, "first_response") == [("50%", True), ("breach", False), ("after", False)]
    missed = life.told(wait(hours=9))
    assert rungs(missed, "first_response") == [("50%", True), ("breach", True), ("after", False)]
    (first, second, third) = views(missed)["first_response"].rungs
    assert (first.due, second.due) == (MONDAY + timedelta(hours=4), MONDAY + timedelta(hours=8))
    assert third.due == MONDAY + timedelta(days=1, hours=3)
    assert second.actions == ("tell_supervisor", "escalate")


def test_a_rung_that_is_paused_is_to_come_without_a_due_and_one_that_fired_stays() -> None:
    life = given(*IN_RECOVERY, wait(days=3), say(PauseTargets, OWNER, reason="customer"))
    found = views(life)["resolve"]
    assert [(rung.fired, rung.due is None) for rung in found.rungs] == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_a_rung_that_passed_before_it_was_known_is_neither_fired_nor_to_come() -> None:
    now = MONDAY + timedelta(hours=8, minutes=30)
    life = given(opening(at=now, received_at=MONDAY), now=now).told(wait(seconds=1))
    assert rungs(life, "first_response") == [("breach", True), ("after", False)]


def test_an_update_that_was_missed_shows_the_next_period() -> None:
    life = complaint(KR, *TALKING, wait(days=3))
    found = views(life)["next_update"]
    assert (found.generation, found.explanation.start) == ("1.1", kr("11-25 18:00"))
    assert [rung.fired for rung in found.rungs] == [False, False]
    assert views(life.told(contact(**UPDATE)))["next_update"].generation == "1.1.1"


def test_a_case_without_clocks_explains_nothing() -> None:
    life = given(*RAISED, triage(voc_type="compliment"), policy=KR.model_copy(update={"targets": ()}))
    assert clock_views(life.case) == ()


def test_the_portals_day_is_read_in_the_zone_of_the_policy() -> None:
    found = views(case(US, ok("acknowledgement", NOTICE), source="cfpb"))["cfpb-response"]
    assert found.due == on(US, "12-09 00:00")
    assert "(America/New_York)" in found.explanation.en
