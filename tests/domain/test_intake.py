from datetime import timedelta
from typing import Any

import pytest

from domain import intake
from domain.effect import Contact, CustomerSnapshot
from domain.intake import Acknowledge, AddToCase, CustomerUnknown
from tests.domain.lives import (
    AGENT,
    CUSTOMER,
    LOST_NOTICE,
    MIRA,
    MONDAY,
    NOTICE,
    ORDER,
    RAISED,
    SYSTEM,
    given,
    ok,
    opening,
    refused,
    say,
    unknown,
    wait,
)


def test_an_opening_makes_a_case_that_owes_an_acknowledgement_and_two_snapshots() -> None:
    life = given().when(opening()).then("case_opened")
    assert life.owed == ("acknowledgement:1", "customer:1", "order:1")
    assert life.stage == "raised"


def test_an_opening_twice_is_already_so() -> None:
    given(opening()).when(opening()).then()


def test_an_empty_submission_is_refused() -> None:
    empty = opening(text=" ", contact=Contact())
    given().when(empty).then_refused("the submission is empty", "empty")


@pytest.mark.parametrize("something", [{"text": "hm"}, {"issue": "fee"}, {"contact": Contact(name="Mira")}])
def test_a_submission_with_anything_in_it_is_taken(something: dict[str, object]) -> None:
    known = {"text": "", "contact": Contact(), **something}
    given().when(opening(**known)).then("case_opened")


def test_receipt_in_the_future_is_refused() -> None:
    given().when(opening(received_at=MONDAY + timedelta(seconds=1))).then_refused("future", "future")


def test_receipt_before_1970_is_refused() -> None:
    given().when(opening(received_at=MONDAY.replace(year=1))).then_refused("before 1970", "past")


def test_an_unknown_source_is_taken_and_marked() -> None:
    assert not given().when(opening(source="pigeon")).event("case_opened").known_source


def test_nothing_may_be_asked_of_a_case_that_was_not_opened() -> None:
    given().when(say(AddToCase, MIRA, text="hello")).then_refused("no such case", "unopened")


def test_a_delivered_acknowledgement_acknowledges() -> None:
    life = given(opening()).when(ok("acknowledgement", NOTICE)).then("acknowledgement_sent")
    assert life.case.intake is not None
    assert life.case.intake.acknowledged_at == MONDAY


def test_an_undelivered_acknowledgement_acknowledges_nothing() -> None:
    life = given(opening()).when(ok("acknowledgement", LOST_NOTICE)).then("acknowledgement_sent")
    assert life.case.intake is not None
    assert life.case.intake.acknowledged_at is None
    assert "acknowledgement:1" not in life.owed


def test_a_failed_acknowledgement_is_left_to_a_person() -> None:
    assert given(opening()).when(refused("acknowledgement")).event("acknowledgement_failed").why == "refused"
    answer = given(opening()).when(unknown("acknowledgement"))
    assert answer.event("acknowledgement_failed").why == "unknown"
    life = answer.life.when(say(Acknowledge, AGENT, how="by phone")).then("acknowledged")
    life.when(say(Acknowledge, AGENT, how="again")).then()


def test_a_late_acknowledgement_does_not_move_the_first() -> None:
    life = given(opening(), say(Acknowledge, AGENT, how="by phone"), wait(hours=1))
    life = life.told(ok("acknowledgement", NOTICE))
    assert life.case.intake is not None
    assert life.case.intake.acknowledged_at == MONDAY


def test_a_case_runs_without_its_snapshots() -> None:
    life = given(opening()).when(unknown("customer")).then("customer_unknown")
    life.when(refused("order")).then("order_unknown")


def test_snapshots_are_pinned() -> None:
    life = given(opening(), ok("customer", CUSTOMER), ok("order", ORDER))
    assert life.case.intake is not None
    assert (life.case.intake.customer, life.case.intake.order) == (CUSTOMER, ORDER)


def test_the_customer_adds_words() -> None:
    given(*RAISED).when(say(AddToCase, MIRA, text="and the saucer")).then("added_to_case")


def test_another_customer_is_kept_out_also_where_only_the_crm_knows_whose_case_it_is() -> None:
    life = given(opening(contact=Contact(phone="555")))
    life = life.when(say(AddToCase, SYSTEM, text="x")).then("added_to_case")
    life = life.told(ok("customer", CustomerSnapshot(known=True, customer_id="tom")))
    life.when(say(AddToCase, MIRA, text="x")).then_refused("another customer's", "not-your-case")


def test_the_language_is_the_channels_the_contacts_the_crms_or_that_of_the_words() -> None:
    def language(**fields: Any) -> str:
        life = given(opening(contact=Contact(phone="5"), **fields))
        assert life.case.intake is not None
        return life.case.intake.language

    assert language(language="ko") == "ko"
    assert language(text="컵이 깨졌어요") == "ko"
    assert language() == "en"
    life = given(opening(), ok("customer", CUSTOMER.model_copy(update={"language": "ko"})))
    assert life.case.intake is not None
    assert life.case.intake.language == "ko"


def test_the_channels_are_the_preferred_one_then_those_that_are_known_then_post() -> None:
    life = given(opening(), ok("customer", CUSTOMER.model_copy(update={"preferred_channel": "email"})))
    assert life.case.intake is not None
    assert intake.channels(life.case.intake) == ("email", "sms", "post")
    bare = given(opening(contact=Contact(name="Mira")))
    assert bare.case.intake is not None
    assert bare.case.intake.channel == "post"


def test_no_case_begins_with_anything_but_its_opening() -> None:
    with pytest.raises(ValueError, match="must begin with case_opened"):
        intake.evolve(None, CustomerUnknown(key="customer:1", at=MONDAY))


def test_what_happened_cannot_lie_in_the_future_or_before_1970() -> None:
    ahead = say(AddToCase, MIRA, text="x", occurred_at=MONDAY + timedelta(days=1))
    given(*RAISED).when(ahead).then_refused("future", "future")
    ancient = say(AddToCase, MIRA, text="x", occurred_at=MONDAY.replace(year=1))
    given(*RAISED).when(ancient).then_refused("before 1970", "past")
