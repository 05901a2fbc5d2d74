"""What the firm observes opens a case by rule, with its reason, before the customer complains."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import policies
from domain.case import Open, decide, unopened
from domain.intake import CaseOpened
from domain.signal import Signal, found
from domain.view import view
from tests.domain.lives import given, opening

POLICY = policies.load("retail-kr")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def signal(kind: Any, *, at: datetime = NOON, **fields: Any) -> Signal:
    known = {"customer_id": "mira", "order_id": "o1", "id": f"{kind}-{at:%m%d%H%M%S}"}
    return Signal(kind=kind, at=at, **{**known, **fields})


def contacts(*days: int, **fields: Any) -> list[Signal]:
    return [signal("contact", at=NOON + day * DAY, **fields) for day in days]


def rules_of(signals: list[Signal]) -> list[str]:
    return [each.rule for each in found(POLICY, signals)]


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ([signal("delay", until=NOON - 25 * DAY / 24)], ["late-delivery"]),
        ([signal("delay", until=NOON - DAY)], []),
        ([signal("delay")], []),
        (contacts(0, 1), []),
        (contacts(0, 1, 2), ["repeated-contact"]),
        (contacts(0, 7, 14), ["repeated-contact"]),
        (contacts(0, 8, 15), []),
        ([signal("survey", score=2)], ["low-survey"]),
        ([signal("survey", score=3)], []),
        ([signal("survey")], []),
        ([signal("refund"), signal("refund", at=NOON + 90 * DAY)], ["repeated-refund"]),
        ([signal("refund"), signal("refund", at=NOON + 91 * DAY)], []),
    ],
)
def test_a_rule_holds_from_its_threshold_on(signals: list[Signal], expected: list[str]) -> None:
    assert rules_of(signals) == expected


def test_signals_count_together_by_customer_and_order_only() -> None:
    others = [*contacts(0, 1), *contacts(2, customer_id="tom"), *contacts(3, order_id="o2")]
    assert rules_of(others) == []


def test_the_same_signals_in_any_order_give_the_same_case() -> None:
    forth, back = found(POLICY, contacts(0, 1, 2)), found(POLICY, contacts(2, 1, 0))
    assert forth == back
    assert forth[0].opening.source_key == "repeated-contact/mira/o1/20261123T120000"


def test_more_of_one_bout_open_no_second_case_and_a_new_bout_does() -> None:
    first = found(POLICY, contacts(0, 1, 2))
    more = found(POLICY, contacts(0, 1, 2, 3, 9))
    assert [each.opening.source_key for each in more] == [each.opening.source_key for each in first]
    assert len(found(POLICY, contacts(0, 1, 2, 40, 41, 42))) == 2


def test_the_case_that_is_opened_is_marked_and_says_why() -> None:
    (one,) = found(POLICY, contacts(0, 1, 2, language="en"))
    assert one.opening.proactive
    assert one.signals == ("contact-1123120000", "contact-1124120000", "contact-1125120000")
    assert "several times" in one.opening.text
    message = Open(at=NOON + 3 * DAY, opening=one.opening, source_key="k", key_digest="d")
    (opened,) = decide(unopened("TEST", POLICY), message)
    assert isinstance(opened, CaseOpened)
    assert opened.known_source
    assert opened.received_at == NOON + 2 * DAY


def test_a_case_that_the_firm_opened_is_seen_as_one() -> None:
    assert view(given(opening(proactive=True)).case, head="", unwritten=0).proactive
    assert not view(given(opening()).case, head="", unwritten=0).proactive
