from typing import Any

from domain.money import Money
from domain.triage import ClaimHarm, HarmLine
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    INQUIRY,
    MIRA,
    OWNED,
    PRICE,
    RAISED,
    WITH_DEPARTMENT,
    eur,
    given,
    ok,
    opening,
    say,
    triage,
)


def claim(line: HarmLine) -> Any:
    return say(ClaimHarm, MIRA, line=line)


def test_a_case_begins_as_the_channel_classed_it() -> None:
    life = given(opening(voc_type="suggestion", product="oven"), ok("customer", CUSTOMER))
    assert (life.case.triage.voc_type, life.case.triage.product) == ("suggestion", "oven")
    assert not life.case.triage.classed


def test_triage_classes_the_case_and_finds_its_department() -> None:
    life = given(*RAISED).when(triage()).then("triaged", "department_assigned")
    assert life.stage == "with_department"


def test_the_same_triage_is_already_so() -> None:
    given(*WITH_DEPARTMENT).when(triage()).then()


def test_an_unknown_cause_is_refused() -> None:
    given(*RAISED).when(triage(cause="magic")).then_refused("cause: use one of", "cause")


def test_two_harm_lines_of_one_id_are_refused() -> None:
    given(*RAISED).when(triage(harm_lines=(PRICE, PRICE))).then_refused("same id", "harm-lines")


def test_a_harm_in_another_currency_is_refused() -> None:
    line = HarmLine(id="price", harm="price", amount=Money(minor=1, currency="USD"))
    given(*RAISED).when(triage(harm_lines=(line,))).then_refused("in EUR", "currency")
    given(*WITH_DEPARTMENT).when(claim(line)).then_refused("in EUR", "currency")


def test_safety_makes_a_case_critical_and_vulnerability_at_least_high() -> None:
    assert given(*RAISED).when(triage(safety=True)).event("triaged").severity == "critical"
    assert given(*RAISED).when(triage(vulnerable=True)).event("triaged").severity == "high"
    graver = triage(vulnerable=True, severity="critical")
    assert given(*RAISED).when(graver).event("triaged").severity == "critical"


def test_a_complaint_without_stated_harm_has_the_trouble_of_complaining() -> None:
    (line,) = given(*RAISED).when(triage(harm_lines=())).event("triaged").harm_lines
    assert line.harm == "trouble"


def test_an_inquiry_has_no_harm() -> None:
    assert given(*RAISED).when(triage(voc_type="inquiry")).event("triaged").harm_lines == ()


def test_a_new_triage_keeps_what_it_does_not_say() -> None:
    life = given(*WITH_DEPARTMENT).told(triage(harm_lines=(), product=None, cause=None, severity="low"))
    assert (life.case.triage.harm_lines, life.case.triage.product) == ((PRICE,), "cup")


def test_an_inquiry_can_turn_into_a_complaint() -> None:
    life = given(*INQUIRY)
    event = life.when(triage()).event("triaged")
    assert event.converted
    after = life.told(triage()).case.triage
    assert after.complaint_since == event.at


def test_a_complaint_stays_a_complaint() -> None:
    given(*OWNED).when(triage(voc_type="inquiry")).then_refused("stays a complaint", "downgrade")


def test_what_the_channel_called_a_complaint_may_be_an_inquiry() -> None:
    life = given(opening(voc_type="complaint"))
    life.when(triage(voc_type="inquiry")).then("triaged", "department_assigned")


def test_the_customer_claims_a_further_harm_once() -> None:
    line = HarmLine(id="time", harm="time", amount=eur(100))
    life = given(*WITH_DEPARTMENT).when(claim(line)).then("harm_claimed")
    life.when(claim(line)).then()
    other = line.model_copy(update={"amount": eur(200)})
    life.when(claim(other)).then_refused("use another id", "harm-lines")


def test_a_case_takes_twenty_harm_lines() -> None:
    lines = tuple(HarmLine(id=f"h{n}", harm="time") for n in range(20))
    life = given(*RAISED, triage(AGENT, harm_lines=lines))
    life.when(claim(HarmLine(id="h20", harm="time"))).then_refused("20 harm lines", "harm-lines")
