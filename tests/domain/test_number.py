import re

import pytest

from domain import number
from domain.number import caller_key, key_digest, normal, number_of

SPEAKABLE = re.compile(
    r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]"
)


def test_the_same_message_has_the_same_number_and_another_one_another() -> None:
    assert number_of("s", "web", "1") == number_of("s", "web", "1")
    numbers = {number_of("s", "web", str(key)) for key in range(500)}
    assert len(numbers) == 500
    assert all(SPEAKABLE.fullmatch(each) for each in numbers)


def test_a_collision_gives_the_next_number_and_another_secret_other_numbers() -> None:
    assert number_of("s", "web", "1", 1) != number_of("s", "web", "1")
    assert number_of("t", "web", "1") != number_of("s", "web", "1")


def test_a_number_is_read_as_people_type_it() -> None:
    for key in range(200):
        written = number_of("s", "web", str(key))
        assert normal(written) == written
        assert normal(f"case-{written}".lower()) == written
        for one in "il":
            assert normal(written.replace("0", "o").replace("1", one).replace("-", " ")) == written


def test_a_slip_of_the_pen_is_noticed() -> None:
    written = number_of("s", "web", "1")
    first = number.ALPHABET[(number.ALPHABET.index(written[0]) + 1) % 32]
    assert normal(first + written[1:]) is None
    assert normal(written[:-2]) is None
    assert normal(written + "0") is None
    assert normal("U" + written[1:]) is None
    assert normal(written[:-1] + "U") is None


def test_a_body_whose_check_cannot_be_spoken_is_no_number() -> None:
    assert normal("0000-0000-0010-0") is None  # 32, whose check would be the 33rd letter of 32
    assert all(normal(f"0000-0000-0010-{check}") is None for check in number.ALPHABET)
    assert normal("0000-0000-000Z-Z") == "0000-0000-000Z-Z"  # 31


def test_a_key_cannot_be_guessed_back_and_is_the_same_for_the_same() -> None:
    assert key_digest("s", "web", "1") == key_digest("s", "web", "1")
    assert len({key_digest(s, "web", k) for s in "ab" for k in "12"}) == 4
    assert key_digest("s", "web", "1") != key_digest("s", "we", "b1")


def test_a_caller_is_found_however_the_number_is_written_and_not_read_from_it() -> None:
    first = caller_key("s", "010-1234-5678")
    assert first == caller_key("s", "+82 10 1234 5678")
    assert first != caller_key("s", "010-1234-5679")
    assert first != caller_key("another", "010-1234-5678")
    assert first is not None
    assert "12345678" not in first


@pytest.mark.parametrize("phone", [None, "", "1588", "unknown"])
def test_what_is_no_telephone_number_finds_nobody(phone: str | None) -> None:
    assert caller_key("s", phone) is None
