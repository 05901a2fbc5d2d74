"""What a customer stated stays stated: triage cannot drop it, only their own word can (R2, R10)."""

from typing import Any

import pytest

from domain.harm_withdrawal import WithdrawHarm
from domain.triage import ClaimHarm, HarmLine
from tests.domain.fair_lives import Story
from tests.domain.lives import (
    AGENT,
    IN_RECOVERY,
    INQUIRY,
    MIRA,
    OWNER,
    PAYING,
    PRICE,
    PUT_RIGHT,
    RAISED,
    Item,
    contact,
    eur,
    given,
    register,
    say,
    triage,
    wait,
)

MORE = HarmLine(id="more", harm="consequential", stated="a ruined carpet", amount=eur(5_000))
CLAIMED: tuple[Item, ...] = (*IN_RECOVERY, wait(minutes=5), say(ClaimHarm, MIRA, line=MORE))
LATER: tuple[Item, ...] = (wait(minutes=5), contact(direction="inbound", summary="I was wrong about it"))


def unsaid(by: Any = OWNER, **fields: Any) -> Any:
    return say(WithdrawHarm, by, **{"line": "more", **fields})


def test_triage_does_not_drop_what_the_customer_claimed() -> None:
    answer = given(*CLAIMED).when(triage(OWNER, severity="high"))
    answer.then_refused("more was stated and stays", "harm-lines")
    answer.then_refused("withdraw_harm, with the contact", "harm-lines")


@pytest.mark.parametrize(
    "other", [{"amount": eur(1)}, {"harm": "trouble"}, {"stated": "a carpet"}], ids=["less", "kind", "words"]
)
def test_triage_does_not_change_what_the_customer_claimed(other: dict[str, Any]) -> None:
    changed = triage(OWNER, severity="high", harm_lines=(PRICE, MORE.model_copy(update=other)))
    given(*CLAIMED).when(changed).then_refused("more was stated and stays", "harm-lines")


def test_what_triage_read_may_be_put_more_exactly_but_not_dropped() -> None:
    life = given(*IN_RECOVERY)
    exact = PRICE.model_copy(update={"amount": eur(8_000)})
    assert life.told(triage(OWNER, harm_lines=(exact,))).case.triage.harm_lines == (exact,)
    life.when(triage(OWNER, harm_lines=(MORE,))).then_refused("price was stated and stays", "harm-lines")


def test_triage_that_names_every_harm_or_none_goes_on() -> None:
    life = given(*CLAIMED)
    for lines in ((PRICE, MORE), (MORE, PRICE), ()):
        told = life.told(triage(OWNER, severity="high", harm_lines=lines))
        assert {line.id for line in told.case.triage.harm_lines} == {"price", "more"}


def test_the_harm_that_triage_presumed_gives_way() -> None:
    life = given(*RAISED, triage(harm_lines=()))
    assert life.told(triage(harm_lines=(PRICE,))).case.triage.harm_lines == (PRICE,)


def test_a_claim_of_trouble_is_no_presumption() -> None:
    trouble = HarmLine(id="trouble", harm="trouble")
    life = given(*INQUIRY, say(ClaimHarm, MIRA, line=trouble))
    life.when(triage(harm_lines=(PRICE,))).then_refused("trouble was stated and stays", "harm-lines")


def test_the_customer_takes_back_what_they_claimed_by_mistake() -> None:
    life = given(*CLAIMED).when(unsaid(MIRA)).then("harm_withdrawn")
    assert life.case.triage.harm_lines == (PRICE,)
    life.when(unsaid(MIRA)).then()
    again = life.told(say(ClaimHarm, MIRA, line=MORE))
    assert again.case.triage.harm_lines == (PRICE, MORE)
    again.when(unsaid(MIRA)).then("harm_withdrawn")


def test_staff_need_a_contact_after_the_claim() -> None:
    life = given(*CLAIMED)
    life.when(unsaid()).then_refused("log the contact", "contact")
    life.when(unsaid(contact=9)).then_refused("log the contact", "contact")
    life.when(unsaid(contact=1)).then_refused("before the customer named that harm", "contact")
    unreached = life.told(wait(minutes=5), contact(reached=False))
    unreached.when(unsaid(contact=2)).then_refused("log the contact", "contact")
    life.told(*LATER).when(unsaid(contact=2)).then("harm_withdrawn")


def test_what_triage_read_wrongly_needs_the_customers_word_too() -> None:
    life = given(*CLAIMED)
    life.when(unsaid(line="price", contact=1)).then("harm_withdrawn")
    life.when(unsaid(line="nothing", contact=1)).then_refused("line: use one of price, more", "harm-lines")


def test_the_last_harm_goes_only_with_the_whole_complaint() -> None:
    given(*IN_RECOVERY).when(unsaid(MIRA, line="price")).then_refused("the only harm", "harm-lines")


@pytest.mark.parametrize("life", [PAYING, PUT_RIGHT], ids=["agreed", "done"])
def test_what_was_agreed_on_is_not_taken_back(life: tuple[Item, ...]) -> None:
    more = say(ClaimHarm, MIRA, line=MORE)
    given(*life, more).when(unsaid(MIRA, line="price")).then_refused("agreed", "agreed")


def test_a_case_goes_on_without_it_and_no_rule_misses_it() -> None:
    done = given(*PUT_RIGHT, say(ClaimHarm, MIRA, line=MORE))
    done.when(register()).then_refused("undecided", "undecided")
    life = done.told(unsaid(MIRA), register())
    assert life.stage == "result_registered"
    assert "O1" not in {each.rule for each in Story(life).judged.findings}


def test_an_agent_may_enter_it_and_nobody_outside() -> None:
    given(*CLAIMED, *LATER).when(unsaid(AGENT, contact=2)).then("harm_withdrawn")
