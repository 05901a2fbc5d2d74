from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.exceptions import ApplicationError

from activities.wordings import Unfillable, render
from domain.effect import REFUSED, Contact, NoticeSent, SendNotice

HASH = "sha256-of-the-wordings"
MIRA = Contact(name="Mira", phone="010-1234-5678", email="mira@example.invalid", customer_id="cust-1")
FILLED = {"name": "Mira", "amount": "5,000 KRW"}


def notice(**fields: Any) -> SendNotice:
    usual = {"template": "result", "wording_hash": HASH, "language": "en", "channel": "sms"}
    return SendNotice.model_validate({**usual, "contact": MIRA, "slots": FILLED, **fields})


async def test_the_text_goes_out_rendered_and_comes_back(outside: Any) -> None:
    sent = await outside.port(notice())
    assert isinstance(sent, NoticeSent)
    assert (sent.text, sent.delivered) == ("Dear Mira, we refund 5,000 KRW.", True)
    (deed,) = outside.deeds("gateway")
    assert sent.text in deed.request
    assert "010-1234-5678" in deed.request


async def test_the_language_decides_the_text(outside: Any) -> None:
    sent = await outside.port(notice(language="ko"))
    assert sent.text == "Mira님, 5,000 KRW을 돌려드립니다."


async def test_where_the_case_has_no_address_the_crm_is_asked(outside: Any) -> None:
    await outside.port(notice(contact=Contact(customer_id="cust-9"), channel="email"))
    await outside.port(notice(contact=None, channel="sms"), key="effect:2")
    first, second = outside.deeds("gateway")
    assert '"address":"cust-9@example.invalid"' in first.request
    assert '"address":"010-' in second.request


async def test_staff_are_told_inside_the_house(outside: Any) -> None:
    await outside.port(notice(staff="minjun", contact=None))
    (deed,) = outside.deeds("gateway")
    assert '"address":"minjun","channel":"internal"' in deed.request


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"slots": {"name": "Mira"}}, "slot amount is not filled"),
        ({"slots": {**FILLED, "amount": ""}}, "slot amount is not filled"),
        ({"slots": {**FILLED, "rest": "x"}}, "no slot rest"),
        ({"template": "sly", "slots": {"name": "x"}}, "more than a name"),
        ({"template": "torn", "slots": {"name": "x"}}, "unmatched brace"),
        ({"template": "farewell"}, "no farewell in en"),
        ({"template": "plain", "language": "ko", "slots": {}}, "no plain in ko"),
        ({"wording_hash": "another"}, "no wordings with this hash"),
        ({"channel": "internal"}, "needs a member of staff"),
        ({"contact": Contact(customer_id="none-1")}, "no address for sms"),
    ],
)
async def test_what_cannot_be_sent_is_refused_naming_why(
    outside: Any, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ApplicationError, match=reason) as raised:
        await outside.port(notice(**fields))
    assert (raised.value.type, raised.value.non_retryable) == (REFUSED, True)
    assert "Mira" not in str(raised.value)
    assert outside.deeds("gateway") == ()


async def test_a_text_leaves_a_digest_that_is_the_same_only_in_its_case(outside: Any) -> None:
    first, again = await outside.port(notice()), await outside.port(notice(), key="effect:2")
    elsewhere = await outside.port(notice(), case_id="case-2")
    other = await outside.port(notice(slots={**FILLED, "name": "Tom"}), key="effect:3")
    assert first.digest == again.digest
    assert len({first.digest, elsewhere.digest, other.digest}) == 3
    assert "Mira" not in first.digest


def test_a_line_with_nothing_to_say_is_left_out_and_only_where_it_may_be() -> None:
    text = "Dear {name},\nwe promise: {terms?}\nGoodbye."
    assert render(text, {"name": "Mira", "terms": "5 euros"}) == "Dear Mira,\nwe promise: 5 euros\nGoodbye."
    assert render(text, {"name": "Mira", "terms": ""}) == "Dear Mira,\nGoodbye."
    with pytest.raises(Unfillable, match="slot name is not filled"):
        render(text, {"name": "", "terms": "5 euros"})


def test_doubled_braces_are_braces() -> None:
    assert render("{{{name}}} {{x}}", {"name": "Mira"}) == "{Mira} {x}"


@given(st.text(min_size=1))
def test_a_slot_is_filled_exactly_as_given(value: str) -> None:
    assert render("<{name}>", {"name": value}) == f"<{value}>"


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_rendering_gives_a_text_or_says_that_it_cannot(text: str, slots: dict[str, str]) -> None:
    with suppress(Unfillable):
        assert isinstance(render(text, slots), str)
